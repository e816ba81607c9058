"""Parties drawn from the seed of a run: whom a fault strikes, how a partition halves them.

Every party draws a lot by name, (seed, fault, purpose, party), and those with the least lots are
chosen: no stream of random numbers, so that nothing else that is drawn can change it.
"""

from collections.abc import Sequence

import attrs

from turncoat.actors.randomness import derive
from turncoat.scenarios.selection import selected
from turncoat.scenarios.values_world import Drawn, Who


@attrs.frozen
class Lots:
    """The lots of one fault of one run."""

    seed: int
    fault: str

    def struck(self, who: Who, names: Sequence[str], n: int | None = None) -> tuple[str, ...]:
        """The parties that `who` means, in their order; lots are drawn among the first n."""
        if isinstance(who, Drawn):
            return self.some("who", names[:n], who.of(len(names[:n])))
        return selected(who, names)

    def some(self, purpose: str, names: Sequence[str], count: int) -> tuple[str, ...]:
        """`count` of the parties, in their order; every choice is equally likely."""

        def lot(name: str) -> bytes:
            return derive(self.seed, "faults", self.fault, purpose, name)

        chosen = set(sorted(names, key=lot)[:count])
        return tuple(name for name in names if name in chosen)

    def halves(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Two halves; of an odd number the first has one more."""
        first = self.some("halves", names, (len(names) + 1) // 2)
        rest = {*names} - {*first}
        return first, tuple(name for name in names if name in rest)
