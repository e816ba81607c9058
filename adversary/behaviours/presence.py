"""Whether and when a corrupted party speaks: omission and timing."""

from collections.abc import Callable, Iterable, Iterator

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change


@attrs.frozen
class Withhold:
    """Say nothing, for `count` copies or for good (None)."""

    count: int | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.count == 0 else "presence"

    def act(self) -> Callable[[Envelope], Iterable[Envelope]]:
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

    def act(self) -> Callable[[Envelope], Iterable[Envelope]]:
        return lambda envelope: (attrs.evolve(envelope, delay=envelope.delay + self.by),)
