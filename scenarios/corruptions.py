"""Every corruption set of a scenario, each with the whole library of behaviours: which hold?

The scenario's own adversary is set aside; its faults stay. A set that leaves no honest party, or
holds a trusted seat, is no question and is listed apart. Prints nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import comb

import attrs

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.compose import Options, Prepared, prepare
from turncoat.scenarios.report import Report
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Adversary, Expect
from turncoat.scenarios.units import Comparison
from turncoat.scenarios.verdict import FAILURES

LISTENS = "listens"  # passive corruption: no behaviour at all


@attrs.frozen
class Trial:
    """One corruption set with one behaviour, run and judged. seats: names, in their order."""

    seats: tuple[str, ...]
    behaviour: str
    report: Report

    @property
    def verdict(self) -> str:
        """What came of it: the judge's verdict, or that the behaviour found nothing to act on."""
        return self.report.verdict.name if self.acted else "no target"

    @property
    def acted(self) -> bool:
        """Did each behaviour do what it is there for from some seat? Listening always does."""
        receipts = self.report.run.receipts
        return not receipts or any(receipt.acted for receipt in receipts)

    @property
    def broke(self) -> bool:
        """Did what must not happen happen?"""
        return bool(FAILURES & set(self.report.verdict.findings))

    @property
    def promised(self) -> bool:
        """Was the protocol's guarantee in force?"""
        return not self.report.exceeded


@attrs.frozen
class Sweep:
    """What there is to try: sets of seats, and those left out with the reason."""

    prepared: Prepared
    sets: tuple[tuple[str, ...], ...]
    skipped: tuple[tuple[tuple[str, ...], str], ...]
    behaviours: tuple[str, ...]

    @classmethod
    def of(cls, prepared: Prepared, bound: Comparison, most: int = 10_000) -> "Sweep":
        """All sets of so many seats. Raises ValueError for more than `most` runs."""
        names = prepared.plan.names
        behaviours = (LISTENS, *(name for name, info in BEHAVIOURS.items() if info.ready))
        sizes = [k for k in range(1, len(names) + 1) if bound.holds(k)]
        runs = sum(comb(len(names), k) for k in sizes) * len(behaviours)
        if runs > most:
            raise ValueError(
                f"{runs:,} runs ({len(behaviours)} behaviours from every set of {sizes[0]} to "
                f"{sizes[-1]} of {len(names)} seats) are more than {most:,}; lower the bound"
            )
        chosen, skipped = list[tuple[str, ...]](), list[tuple[tuple[str, ...], str]]()
        for seats in (s for k in sizes for s in combinations(names, k)):
            reason = _unaskable(prepared, seats)
            if reason:
                skipped.append((seats, reason))
            else:
                chosen.append(seats)
        return cls(prepared, tuple(chosen), tuple(skipped), behaviours)

    def __len__(self) -> int:
        return len(self.sets) * len(self.behaviours)

    def trials(self, options: Options | None = None) -> Iterator[Trial]:
        """Run them all, set by set."""
        for seats in self.sets:
            for behaviour in self.behaviours:
                scenario = corrupted(self.prepared.scenario, seats, behaviour)
                report = prepare(scenario, self.prepared.seed).run(options)
                yield Trial(seats, behaviour, report)


def corrupted(scenario: Scenario, seats: Sequence[str], behaviour: str) -> Scenario:
    """The scenario with these seats as its only adversary, on every message, and no expectation."""
    does = None if behaviour == LISTENS else behaviour
    model = "passive" if does is None else "active"
    adversary = Adversary(corrupts=tuple(seats), model=model, does=does, required=False)
    tables = attrs.evolve(scenario.tables, adversary=(adversary,), expect=Expect())
    return attrs.evolve(scenario, tables=tables)


def _unaskable(prepared: Prepared, seats: Iterable[str]) -> str:
    indices = {prepared.plan.names.index(name) + 1 for name in seats}
    session = prepared.plan.session
    if indices & session.trusted:
        return "trusted"
    computing = next(iter(session.roles.values()))
    return "" if set(computing) - indices else "nobody honest is left"
