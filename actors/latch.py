"""A local event between strands of one party: opened once, waited for by any of the others.

Nothing is sent. The waiting strands are woken by the kernel, like those that wait for messages, so
that no order of Trio's shows; and they inherit the causal depth of the strand that opened it. Knows
not what is waited for.
"""

from typing import TYPE_CHECKING

from trio.lowlevel import checkpoint_if_cancelled

from turncoat.actors.mailbox import Slot
from turncoat.actors.strand import STRAND

if TYPE_CHECKING:
    from turncoat.actors.party import Party


class Latch:
    """Closed at first; once open, open for good."""

    def __init__(self, party: "Party") -> None:
        self._party = party
        self._waiting: list[Slot] = []
        self._depth = 0
        self.is_open = False

    def open(self) -> None:
        """Let everybody pass, now and later."""
        self.is_open, self._depth = True, STRAND.get().depth
        for slot in self._waiting:
            self._party.rouse(slot)
        self._waiting.clear()

    async def passed(self) -> None:
        """Wait until it is open."""
        if self.is_open:
            await checkpoint_if_cancelled()
        else:
            slot = Slot((self._party.sid, "latch"), owner=self._party.me)
            self._waiting.append(slot)
            await slot.wait(frozenset(), 1, STRAND.get().relay)
        strand = STRAND.get()
        strand.depth = max(strand.depth, self._depth)
