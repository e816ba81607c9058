"""Old words, others' words, words in the wrong place: every value was honestly made once.

What refuses them is that a message is bound to its session, its round and its sender. Relates to
FRESCO's commitments without a party's id, and to shares without a session id.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, vectors
from turncoat.adversary.behaviours.presence import later
from turncoat.adversary.joint_view import Place

_LAST_NUMBER = re.compile(r"(\d+)(?=\D*$)")


@attrs.frozen
class Replay:
    """Say again, under this sid, what was said under an earlier one: the body of `back` matching
    messages before, to the same receiver and of the same shape.

    from_sid: only bodies of sids that match this glob.
    """

    back: int = 1
    from_sid: str = "*"

    @property
    def intends(self) -> Change:
        return "value" if self.back else "none"

    def act(self, place: Place) -> Action:
        said: dict[Any, list[Any]] = {}

        def repeat(envelope: Envelope) -> Iterator[Envelope]:
            before = said.setdefault((envelope.kind, envelope.receiver, shapes(envelope)), [])
            old = before[-self.back :][:1] if len(before) >= self.back > 0 else []
            if fnmatchcase(envelope.sid, self.from_sid):
                before.append(envelope.body)
            yield attrs.evolve(envelope, body=old[0]) if old else envelope

        return repeat


def shapes(envelope: Envelope) -> tuple[tuple[int, ...], ...]:
    """The shapes of a message's vectors."""
    return tuple(vec.shape for vec in vectors(envelope.body).values())


@attrs.frozen
class Resend:
    """Say the same thing `times` times more, `after` ns later each: identical duplicates, which a
    receiver must drop."""

    times: int = 1
    after: int = 0

    @property
    def intends(self) -> Change:
        return "presence" if self.times else "none"

    def act(self, place: Place) -> Action:
        def repeat(envelope: Envelope) -> Iterator[Envelope]:
            yield envelope
            if envelope.receiver != place.party:
                yield from (later(envelope, k * self.after) for k in range(1, self.times + 1))

        return repeat


@attrs.frozen
class WrongRound:
    """Say it under the sid of another round: the last number in the sid, changed by `step`."""

    step: int = 1

    @property
    def intends(self) -> Change:
        return "value" if self.step else "none"

    def act(self, place: Place) -> Action:
        return self._misfile

    def _misfile(self, envelope: Envelope) -> Iterator[Envelope]:
        number = _LAST_NUMBER.search(envelope.sid)
        if not self.step or number is None:
            yield envelope
            return
        other = max(0, int(number[1]) + self.step)
        sid = f"{envelope.sid[: number.start()]}{other}{envelope.sid[number.end() :]}"
        yield attrs.evolve(envelope, sid=sid)


@attrs.frozen
class Unsolicited:
    """Say it `times` times more under sids that nobody uses: a receiver must neither choke on these
    nor take one for an answer."""

    times: int = 1

    @property
    def intends(self) -> Change:
        return "presence" if self.times else "none"

    def act(self, place: Place) -> Action:
        def babble(envelope: Envelope) -> Iterator[Envelope]:
            yield envelope
            if envelope.receiver != place.party:
                for number in range(self.times):
                    yield attrs.evolve(envelope, sid=f"{envelope.sid}/unasked.{number}")

        return babble


@attrs.frozen
class Transplant:
    """Rushing: say, as one's own, what an honest party says under the same sid.

    of: whose message; the first honest party's by default. A commitment that is not bound to its
    committer is copied like this, and opened by copying the opening.
    """

    of: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        async def copy(envelope: Envelope) -> list[Envelope]:
            view = place.view
            of = next(iter(view.honest(place.party)), None) if self.of is None else self.of
            if of is None:  # alone in its role: nobody says the like
                return [envelope]
            seen = await view.read(envelope.sid, envelope.kind, (of,))
            return [attrs.evolve(envelope, body=seen[of])] if of in seen else [envelope]

        return copy


@attrs.frozen
class Reflect:
    """Rushing: say to each party what it has said itself under the same sid."""

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        async def mirror(envelope: Envelope) -> list[Envelope]:
            j = envelope.receiver
            if j not in place.view.honest(place.party):
                return [envelope]
            seen = await place.view.read(envelope.sid, envelope.kind, (j,), to=place.party)
            return [attrs.evolve(envelope, body=seen[j])] if j in seen else [envelope]

        return mirror


@attrs.frozen
class SwapReceivers:
    """Give two receivers each other's message: sound for somebody else.

    first, second: by default the two parties after oneself.
    """

    first: int | None = None
    second: int | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.first is not None and self.first == self.second else "value"

    def act(self, place: Place) -> Action:
        def exchange(envelope: Envelope) -> Iterator[Envelope]:
            others = sorted(envelope.said.keys() - {place.party}) or [place.party]
            first = others[0] if self.first is None else self.first
            second = others[1 % len(others)] if self.second is None else self.second
            partner = {first: second, second: first}.get(envelope.receiver, envelope.receiver)
            body = envelope.said.get(partner, envelope.body)
            yield envelope if body is envelope.body else attrs.evolve(envelope, body=body)

        return exchange
