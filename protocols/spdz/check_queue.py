"""What was opened under one MAC key and is not checked yet, and whose turn it is to check.

All parties must check the same openings, and one check after the other: what an earlier check
gives away of the key must not help in a later one. So where strands run side by side, the order of
checks is that in which `together` names the strands: a check waits until all strands ahead of its
own are over, and covers what they opened, never what a later strand did. That is the one exception
to "strands share nothing". Knows neither MACs nor messages.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType

import attrs

from turncoat.actors.latch import Latch
from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec


@attrs.frozen(eq=False)
class Opened:
    """One vector that was opened: the value that this party was told, and its share of the MAC,
    both flat. number: among those opened under one sid."""

    sid: str
    number: int
    value: Vec
    mac: Vec


@attrs.define(eq=False)
class Branch:
    """One of several strands that begin together; entered by its strand, and left at its end."""

    parent: "Branch | None"
    group: "list[Branch]"
    place: int
    over: Latch

    def __enter__(self) -> None:
        # Trio gives every task its own context, so a strand finds the branch that is its own.
        _BRANCH.set(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.open()


_BRANCH: ContextVar[Branch | None] = ContextVar("branch of the check queue", default=None)


@attrs.define(eq=False)
class CheckQueue:
    """The openings of one key at one party that wait for a check."""

    _waiting: list[tuple[Opened, Branch | None]] = attrs.Factory(list[tuple[Opened, Branch | None]])

    def add(self, opened: Opened) -> None:
        """Note an opening of the running strand."""
        self._waiting.append((opened, _BRANCH.get()))

    def fork(self, party: Party, count: int) -> list[Branch]:
        """Strands that are about to begin together, in the order of their checks."""
        group: list[Branch] = []
        group += [Branch(_BRANCH.get(), group, place, Latch(party)) for place in range(count)]
        return group

    async def turn(self) -> None:
        """Wait until all strands ahead of the running one are over."""
        for branch in _lineage(_BRANCH.get()):
            for ahead in branch.group[: branch.place]:
                await ahead.over.passed()

    def take(self) -> list[Opened]:
        """What the running strand has to check now, in an order that all parties share: taken off
        the queue, where the openings of later strands stay."""
        later = {
            sibling
            for branch in _lineage(_BRANCH.get())
            for sibling in branch.group[branch.place + 1 :]
        }
        due = list[Opened]()
        kept = list[tuple[Opened, Branch | None]]()
        for opened, branch in self._waiting:
            if later.isdisjoint(_lineage(branch)):
                due.append(opened)
            else:
                kept.append((opened, branch))
        self._waiting = kept
        return sorted(due, key=lambda opened: (opened.sid, opened.number))


def _lineage(branch: Branch | None) -> Iterator[Branch]:
    """A branch, and those that it is part of, outwards."""
    while branch is not None:
        yield branch
        branch = branch.parent
