"""What one directed link of one run remembers from message to message.

`Channel` is the link itself: its queue, the state of its burst loss, the delays just drawn.
`Connection` is the order of what two parties say over it, reliably; it ends when either's memory
does, while the link goes on. Neither knows who is dead, what time it is, or what a message says.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from turncoat.actors import distributions
from turncoat.actors.link import Link, Queue

if TYPE_CHECKING:
    from turncoat.actors.flight import Copy


@attrs.define(eq=False)
class Connection:
    """Reliable, in order, between one incarnation of the sender and one of the receiver.

    Copies have places 0, 1, 2, … in the order of sending. posted: how many have one. expected: the
    place that is to be handed over next. early: who came before that, or None at a place where
    nobody will come. broken: the first place that stays empty because its sender is no more, and
    behind which nothing is handed over. deaf: is the receiver no more?
    """

    posted: int = 0
    expected: int = 0
    early: "dict[int, Copy | None]" = attrs.Factory(dict[int, "Copy | None"])
    broken: float = math.inf
    deaf: bool = False

    def place(self) -> int:
        """The place of the next copy to be sent."""
        self.posted += 1
        return self.posted - 1

    def settle(self, place: int) -> "Copy | None":
        """The copy at `place` was handed over, or will never be. Returns who is next, if here."""
        early = self.early
        if place != self.expected:
            early[place] = None
            return None
        self.expected += 1
        while self.expected in early:
            following = early.pop(self.expected)
            if following is not None:
                return following
            self.expected += 1
        return None

    def break_off(self, place: int) -> "Iterator[Copy]":
        """The copy at `place` will never come, nor what is behind it: yields those of these that
        are here already, in order."""
        self.broken = min(self.broken, place)
        for behind in sorted(p for p in self.early if p > self.broken):
            copy = self.early.pop(behind)
            if copy is not None:
                yield copy

    def forget(self) -> "Iterator[Copy]":
        """The receiver is no more: yields those who waited there for their turn, in order."""
        self.deaf = True
        waiting = [copy for _, copy in sorted(self.early.items()) if copy is not None]
        self.early = dict.fromkeys(self.early)
        yield from waiting


@attrs.define(eq=False)
class Channel:
    """The memory of one directed link. latent: the normal process behind correlated delays.
    bad: the state of burst loss. queue: of a link with a rate. connection: the one now open."""

    latent: int | None = None
    bad: bool = False
    queue: Queue | None = None
    connection: Connection = attrs.Factory(Connection)

    def correlated(self, link: Link, draw: int) -> int:
        """A draw that is correlated with the one before, and as uniform as `draw`."""
        table = distributions.normal()
        fresh = table.at(draw)
        if self.latent is not None:
            fresh = distributions.correlated(self.latent, fresh, link.correlation)
        self.latent = fresh
        return table.rank(fresh)

    def loses(self, link: Link, draw: int, turn: int) -> bool:
        """Is this attempt lost? One draw decides that, another where burst loss goes from here."""
        model = link.gemodel
        if model is None:
            return link.lost(draw)
        lost = draw < (model.one_minus_h if self.bad else model.one_minus_k)
        if turn < (model.r if self.bad else model.p):
            self.bad = not self.bad
        return lost

    def line(self, link: Link, rate: int) -> Queue:
        """The link's own line, by the law now in force; what is on it stays."""
        if self.queue is None:
            self.queue = Queue(rate)
        self.queue.rate, self.queue.limit = rate, link.limit
        return self.queue
