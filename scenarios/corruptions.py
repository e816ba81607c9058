"""Every corruption set of a scenario, each with the whole library of behaviours: which hold?

The scenario's own adversary is set aside; its faults stay. A set that leaves no honest party, or
holds a trusted seat, is no question and is listed apart; so is a behaviour that somebody would have
to write a program for. Sets that only listen keep their views, for the privacy lab: whether those
tell too much is not asked here. Prints nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import comb

import attrs

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.adversary.views import View, view_of
from turncoat.scenarios.compose import Options, Prepared, prepare
from turncoat.scenarios.report import Report
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Adversary, Expect
from turncoat.scenarios.schema_world import AdversaryWhen
from turncoat.scenarios.units import Comparison
from turncoat.scenarios.verdict import FAILURES

LISTENS = "listens"  # passive corruption: no behaviour at all


@attrs.frozen
class Trial:
    """One corruption set with one behaviour, run and judged. seats: names, in their order. kind: of
    the messages that it was about, None: all that the behaviour is for."""

    seats: tuple[str, ...]
    behaviour: str
    report: Report
    kind: str | None = None

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

    @property
    def view(self) -> View | None:
        """What a set that only listened has heard; None of one that did more."""
        if self.behaviour != LISTENS:
            return None
        run, names = self.report.run, self.report.names
        return view_of(run.journal, [names.index(name) + 1 for name in self.seats], {})


@attrs.frozen
class Sweep:
    """What there is to try: sets of seats, and those left out with the reason.

    kinds: of messages; each behaviour that is about any message is also tried on those of one kind
    alone. unready: behaviours that do nothing until they are given a program of somebody's own.
    """

    prepared: Prepared
    sets: tuple[tuple[str, ...], ...]
    skipped: tuple[tuple[tuple[str, ...], str], ...]
    behaviours: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    unready: tuple[str, ...] = tuple(name for name, info in BEHAVIOURS.items() if not info.ready)

    @classmethod
    def of(
        cls,
        prepared: Prepared,
        bound: Comparison,
        most: int = 10_000,
        kinds: Sequence[str] = (),
    ) -> "Sweep":
        """All sets of so many seats. Raises ValueError for more than `most` runs."""
        names = prepared.plan.names
        behaviours = (LISTENS, *(name for name, info in BEHAVIOURS.items() if info.ready))
        sizes = [k for k in range(1, len(names) + 1) if bound.holds(k)]
        runs = sum(comb(len(names), k) for k in sizes) * _tasks(behaviours, kinds)
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
        return cls(prepared, tuple(chosen), tuple(skipped), behaviours, tuple(kinds))

    def __len__(self) -> int:
        return len(self.sets) * _tasks(self.behaviours, self.kinds)

    def trials(self, options: Options | None = None) -> Iterator[Trial]:
        """Run them all, set by set."""
        for seats in self.sets:
            for behaviour in self.behaviours:
                for kind in (None, *(self.kinds if aimable(behaviour) else ())):
                    yield self.trial(seats, behaviour, kind, options)

    def trial(
        self,
        seats: tuple[str, ...],
        behaviour: str,
        kind: str | None = None,
        options: Options | None = None,
    ) -> Trial:
        """Run one of them."""
        options = options or Options()
        if behaviour == LISTENS:
            options = attrs.evolve(options, keep_bodies=True)
        scenario = corrupted(self.prepared.scenario, seats, behaviour, kind)
        report = prepare(scenario, self.prepared.seed).run(options)
        return Trial(seats, behaviour, report, kind)


def aimable(behaviour: str) -> bool:
    """Is it about any message there may be, so that it can be aimed at those of one kind?"""
    known = BEHAVIOURS.get(behaviour)
    return known is not None and known.depth == "wire" and not known.kinds


def _tasks(behaviours: Sequence[str], kinds: Sequence[str]) -> int:
    return len(behaviours) + len(kinds) * sum(map(aimable, behaviours))


def corrupted(
    scenario: Scenario, seats: Sequence[str], behaviour: str, kind: str | None = None
) -> Scenario:
    """The scenario with these seats as its only adversary, on every message (of a kind), and no
    expectation."""
    does = None if behaviour == LISTENS else behaviour
    model = "passive" if does is None else "active"
    adversary = Adversary(
        corrupts=tuple(seats),
        model=model,
        does=does,
        when=AdversaryWhen(kind=kind),
        required=False,
    )
    tables = attrs.evolve(scenario.tables, adversary=(adversary,), expect=Expect())
    return attrs.evolve(scenario, tables=tables)


def _unaskable(prepared: Prepared, seats: Iterable[str]) -> str:
    indices = {prepared.plan.names.index(name) + 1 for name in seats}
    session = prepared.plan.session
    if indices & session.trusted:
        return "trusted"
    computing = next(iter(session.roles.values()))
    return "" if set(computing) - indices else "nobody honest is left"
