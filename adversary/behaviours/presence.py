"""Whether and when a corrupted party speaks: omission and timing."""

from collections.abc import Iterator

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change, Thought
from turncoat.adversary.behaviours.lies import Action
from turncoat.adversary.joint_view import Place


@attrs.frozen
class Withhold:
    """Say nothing, for `count` copies or for good (None)."""

    count: int | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.count == 0 else "presence"

    def act(self, place: Place) -> Action:
        withheld = 0

        def swallow(envelope: Envelope) -> Iterator[Envelope]:
            nonlocal withheld
            if self.count is not None and withheld >= self.count:
                yield envelope
            withheld += 1

        return swallow


@attrs.frozen
class Delay:
    """Speak `by` virtual nanoseconds later."""

    by: int

    @property
    def intends(self) -> Change:
        return "time" if self.by else "none"

    def act(self, place: Place) -> Action:
        return lambda envelope: (later(envelope, self.by),)


@attrs.frozen
class Jitter:
    """Speak later by a time of the adversary's choice, uniform in [0, up_to], each copy by its own:
    any order of one's messages comes about."""

    up_to: int

    @property
    def intends(self) -> Change:
        return "time" if self.up_to else "none"

    def act(self, place: Place) -> Action:
        def linger(envelope: Envelope) -> Iterator[Envelope]:
            name = (envelope.sid, envelope.kind, envelope.receiver)
            yield later(envelope, place.draw(self.up_to + 1, "jitter", *name))

        return linger


@attrs.frozen
class Reorder:
    """Keep a message back until `behind` more have been said to the same receiver: the order is
    another, and every word is true. What nothing follows is said when nothing else happens."""

    behind: int = 1

    @property
    def intends(self) -> Change:
        return "time" if self.behind else "none"

    def act(self, place: Place) -> "ReorderAction":
        return ReorderAction(place, self.behind)


@attrs.define(eq=False)
class ReorderAction:
    """Counts what was said to each receiver. Messages to oneself are not kept back."""

    place: Place
    behind: int
    said: dict[int, int] = attrs.Factory(dict[int, int])

    def __call__(self, envelope: Envelope) -> Thought:
        receiver = envelope.receiver
        self.said[receiver] = self.said.get(receiver, 0) + 1
        return self._speak(envelope, self.said[receiver] + self.behind)

    async def _speak(self, envelope: Envelope, turn: int) -> list[Envelope]:
        receiver = envelope.receiver
        if self.behind and receiver != self.place.party:
            await self.place.view.until(
                lambda: self.said[receiver] >= turn, self.place.view.patience
            )
        return [envelope]


def later(envelope: Envelope, by: int) -> Envelope:
    """The envelope, held back by so many more ns; itself if by none."""
    return attrs.evolve(envelope, delay=envelope.delay + by) if by else envelope
