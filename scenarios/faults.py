"""The [[fault]] tables as the faults that the kernel's nemesis carries out.

Names become indices, and what is left to chance is drawn from the run's seed. What strikes parties
becomes one fault for each of them; what strikes the network stays one, and who, if it waits for
somebody's sends, is that party.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from turncoat.actors.faults import (
    Churn,
    Crash,
    Degrade,
    Fault,
    Heal,
    Omission,
    Partition,
    Pause,
    Restart,
)
from turncoat.actors.randomness import UNIT, threshold
from turncoat.scenarios import schema
from turncoat.scenarios.fault_kinds import DEFAULT_SHAPE, FAULT_KINDS, fault_name
from turncoat.scenarios.lots import Lots
from turncoat.scenarios.network import changed
from turncoat.scenarios.selection import selected


def faults(
    tables: Sequence[schema.Fault], names: Sequence[str], seed: int, n: int | None = None
) -> tuple[Fault, ...]:
    """All faults of a run with this seed, in the order of the file and of the parties. names: of
    all seats, the n computing ones (default: all) first, from which alone lots are drawn."""
    return tuple(
        fault
        for index, table in enumerate(tables)
        for fault in _Entry.of(table, index, names, seed, n).faults()
    )


def struck_groups(fault: Fault) -> tuple[frozenset[int], ...]:
    """The sides of a partition, or the one group whose links are degraded; none of the others."""
    match fault:
        case Partition():
            return fault.groups
        case Degrade():
            return (fault.parties,)
        case _:
            return ()


@attrs.frozen
class _Entry:
    """One [[fault]]: its table, its trigger as the kernel's fields, the parties that it strikes."""

    table: schema.Fault
    trigger: Mapping[str, Any]
    names: Sequence[str]
    struck: tuple[str, ...]
    lots: Lots

    @classmethod
    def of(
        cls, table: schema.Fault, index: int, names: Sequence[str], seed: int, n: int | None
    ) -> "_Entry":
        lots = Lots(seed, fault_name(table.name, table.kind, index))
        trigger = {**attrs.asdict(table.when), "name": lots.fault}
        return cls(table, trigger, names, lots.struck(table.who or (), names, n), lots)

    def faults(self) -> Iterator[Fault]:
        """One for each party, or one for the network."""
        make = _MAKERS[self.table.kind]
        if FAULT_KINDS[self.table.kind].network:
            watched = 0 if self.table.when.at is not None else self.index(self.struck[0])
            yield make(self, watched)
        else:
            yield from (make(self, self.index(name)) for name in self.struck)

    def index(self, name: str) -> int:
        """Of a party, from 1."""
        return self.names.index(name) + 1

    def group(self, names: Sequence[str]) -> frozenset[int]:
        """The indices of parties."""
        return frozenset(map(self.index, names))


# Parties


def _crash(entry: _Entry, party: int) -> Fault:
    return Crash(party, **entry.trigger)


def _restart(entry: _Entry, party: int) -> Fault:
    memory = entry.table.memory or "durable"
    return Restart(party, downtime=entry.table.for_ or 0, memory=memory, **entry.trigger)


def _pause(entry: _Entry, party: int) -> Fault:
    return Pause(party, duration=entry.table.for_ or 0, **entry.trigger)


def _omission(entry: _Entry, party: int) -> Fault:
    chance = entry.table.probability
    return Omission(
        party,
        direction=entry.table.direction or "both",
        probability=UNIT if chance is None else threshold(chance.numerator, chance.denominator),
        duration=entry.table.for_,
        **entry.trigger,
    )


def _churn(entry: _Entry, party: int) -> Fault:
    return Churn(
        party,
        mean_up=entry.table.mean_up or 0,
        mean_down=entry.table.mean_down or 0,
        memory=entry.table.memory or "durable",
        **entry.trigger,
    )


# The network


def _partition(entry: _Entry, watched: int) -> Fault:
    shape = entry.table.shape or DEFAULT_SHAPE
    groups = tuple(entry.group(names) for names in _SIDES[shape](entry))
    return Partition(
        watched,
        groups=groups,
        one_way=shape == "one-way",
        duration=entry.table.for_,
        **entry.trigger,
    )


def _heal(entry: _Entry, watched: int) -> Fault:
    return Heal(watched, **entry.trigger)


def _degrade(entry: _Entry, watched: int) -> Fault:
    link = entry.table.link
    return Degrade(
        watched,
        parties=entry.group(entry.struck),
        change={} if link is None else changed(link),
        duration=entry.table.for_,
        **entry.trigger,
    )


_MAKERS: Mapping[str, Callable[[_Entry, int], Fault]] = {
    "crash": _crash,
    "restart": _restart,
    "pause": _pause,
    "omission": _omission,
    "churn": _churn,
    "partition": _partition,
    "heal": _heal,
    "degrade": _degrade,
}


# The sides of a partition

Sides = Sequence[Sequence[str]]


def _named(entry: _Entry) -> Sides:
    return [selected(group, entry.names) for group in entry.table.groups or ()]


def _halves(entry: _Entry) -> Sides:
    return entry.lots.halves(entry.struck or entry.names)


def _isolated(entry: _Entry) -> Sides:
    rest = [name for name in entry.names if name not in entry.struck]
    return [*([name] for name in entry.struck), *([rest] if rest else [])]


def _bridged(entry: _Entry) -> Sides:
    """Two halves of the others; who bridges them stands in neither, and so talks to all."""
    return entry.lots.halves([name for name in entry.names if name not in entry.struck])


_SIDES: Mapping[str, Callable[[_Entry], Sides]] = {
    "groups": _named,
    "one-way": _named,
    "halves": _halves,
    "isolate": _isolated,
    "bridge": _bridged,
}
