"""Carries single copies: over the sender's lines, the link with its losses and retransmissions, and
the receiver's line, in the order in which a reliable channel hands over.

A copy is always in one place: on a line, on the way, waiting for its next attempt, held up by a
partition, asleep with its receiver, or early. It ends once, and `conclude` is the only end.
Knows no posting and no rule; what a fault forbids it asks the nemesis.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from turncoat.actors.channel import Channel, Connection
from turncoat.actors.events import ARRIVE, DELIVER, LEAVE, RETRY
from turncoat.actors.flight import Copy
from turncoat.actors.journal import Fate
from turncoat.actors.link import Link, retransmission_delay

if TYPE_CHECKING:
    from turncoat.actors.kernel import Event, Kernel
    from turncoat.actors.world import World

_EXTRA = 6  # draws for an attempt on an eventful link: see `_travel`
_NEVER_HANDED_OVER = (Fate.LOST, Fate.TAIL_DROPPED, Fate.CUT_OFF, Fate.LOST_IN_CRASH)
_SHIFTING = frozenset({"partition", "heal", "degrade"})


class Carrier:
    """The roads of one run, and everything under way on them."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._topology = world.topology
        self._draws = kernel.draws
        self._faulty = bool(world.faults)
        # Can the law of a link, or a partition, change while a copy waits on an access line?
        self._shifting = bool(world.topology.overrides) or any(
            fault.kind in _SHIFTING for fault in world.faults
        )
        self._channels: dict[tuple[int, int], Channel] = {}
        self._ties: dict[int, list[tuple[int, int]]] = {}  # party → its channels, oldest first
        self._links: dict[tuple[int, int], Link] = {}
        self._parked: list[Copy] = []  # held up by a partition

    # -- links ---------------------------------------------------------------------------------

    def link(self, sender: int, receiver: int) -> Link:
        """The law now in force on a directed link."""
        pair = (sender, receiver)
        found = self._links.get(pair)
        if found is None:
            found = self._topology.link(sender, receiver)
            for override in self._kernel.nemesis.overrides:
                if pair in override.pairs:
                    found = found.changed(override.change)
            self._links[pair] = found
        return found

    def relink(self) -> None:
        """Links have changed."""
        self._links.clear()

    def channel(self, sender: int, receiver: int) -> Channel:
        """What the directed link remembers."""
        pair = (sender, receiver)
        found = self._channels.get(pair)
        if found is None:
            found = self._channels[pair] = Channel()
            for party in pair:
                self._ties.setdefault(party, []).append(pair)
        return found

    def disconnect(self, party: int) -> None:
        """A party's memory is gone: its connections end, and what waited on them to be heard."""
        for pair in self._ties.get(party, ()):
            channel = self._channels[pair]
            old, channel.connection = channel.connection, Connection()
            if party == pair[1]:
                for copy in old.forget():
                    self._end(copy, Fate.RECEIVER_DEAD)
        stranded = [copy for copy in self._parked if copy.sender == party]
        self._parked = [copy for copy in self._parked if copy.sender != party]
        for copy in stranded:
            self.conclude(copy, Fate.LOST_IN_CRASH)

    # -- from the sender -----------------------------------------------------------------------

    def post(self, copy: Copy) -> None:
        """A new copy sets out."""
        link = self.link(copy.sender, copy.receiver)
        if self._faulty and self._kernel.nemesis.omits(copy, copy.sender, "send"):
            self._end(copy, Fate.OMITTED)
            return
        if link.correlation:
            delay, loss = copy.luck
            copy.luck = copy.channel.correlated(link, delay), loss
        if link.reliable:
            copy.connection = copy.channel.connection
            copy.place = copy.connection.place()
        self._enter(copy, link)

    def enter(self, copy: Copy) -> None:
        """A copy that a full queue refused, or that went down with its sender's power, is sent
        again from the beginning."""
        copy.queued = None
        self._enter(copy, self.link(copy.sender, copy.receiver))

    def _enter(self, copy: Copy, link: Link) -> None:
        """Onto the sender's access line."""
        kernel = self._kernel
        copy.left = left = now = kernel.clock.now
        up = kernel.actors[copy.sender].up
        if up is not None:
            passed = up.admit(now, copy.parcel.size)
            if passed is None:
                self._lose(copy, Fate.TAIL_DROPPED, RETRY)
                return
            copy.left = left = passed
            kernel.actors[copy.sender].line_until = left
        if left > now and (self._shifting or link.eventful):
            kernel.push(left, LEAVE, copy.number, copy)
        else:  # all that can become of it is known already
            self._leave(copy, link)

    def leave(self, copy: Copy) -> None:
        """An attempt leaves the access line, or is made without queuing there."""
        self._leave(copy, self.link(copy.sender, copy.receiver))

    def _leave(self, copy: Copy, link: Link) -> None:
        """Off at `copy.left`: onto the link's own line if it has one, but not if the copy was lost
        behind that before."""
        if self._faulty and self._kernel.nemesis.cuts(copy):
            self._cut_off(copy)
            return
        if link.rate is not None and copy.queued is None:
            passed = copy.channel.line(link, link.rate).admit(copy.left, copy.parcel.size)
            if passed is None:
                self._lose(copy, Fate.TAIL_DROPPED, RETRY)
                return
            copy.queued = passed - copy.left
        self._travel(copy, link)

    def _travel(self, copy: Copy, link: Link) -> None:
        """Under way at last: delay and loss, then arrival."""
        out = copy.left + (copy.queued or 0)
        due = out + link.delay(copy.luck[0])
        lost = False
        if link.eventful:
            name = (*copy.name, copy.attempts)
            turn, corrupt, reorder, detour, duplicate, again = self._draws.many(
                "extra", name, _EXTRA
            )
            lost = copy.channel.loses(link, self._chance(copy), turn) or corrupt < link.corrupt
            due += link.delay(detour) if reorder < link.reorder else 0
            if duplicate < link.duplicate and not (lost and self.comes_again(copy)):
                self._duplicate(copy, out + link.delay(again))
        elif link.loss:
            lost = link.lost(self._chance(copy))
        if lost:
            self._lose(copy, Fate.LOST, LEAVE)
        else:
            self._arrive(due, copy)

    def _chance(self, copy: Copy) -> int:
        """The draw that decides whether this attempt is lost."""
        again = copy.attempts - 1
        return self._draws.many("resend", copy.name, again)[-1] if again else copy.luck[1]

    def _duplicate(self, copy: Copy, due: int) -> None:
        """The network makes a second one, which arrives by itself; never a third."""
        if copy.number not in self._kernel.journal.duplicates:
            self._kernel.journal.duplicated(copy.number)
            self._arrive(due, attrs.evolve(copy, twin=True))

    def _arrive(self, due: int, copy: Copy) -> None:
        """At the receiver's access line if it has one, else at the receiver."""
        what = DELIVER if self._kernel.actors[copy.receiver].down is None else ARRIVE
        self._kernel.push(due, what, copy.number, copy)

    # -- what comes again ----------------------------------------------------------------------

    def comes_again(self, copy: Copy) -> bool:
        """Is it sent again if it is lost? By those who know of it, on a reliable channel."""
        if copy.connection is None or copy.twin:
            return False
        actor = self._kernel.actors[copy.sender]
        return actor.incarnation == copy.incarnation and self._kernel.clock.now < actor.died

    def _lose(self, copy: Copy, fate: Fate, what: int) -> None:
        """An attempt is lost: for good on a datagram channel, else it comes again in time."""
        if self.comes_again(copy):
            self.again(copy, what)
        else:
            self.conclude(copy, fate)

    def again(self, copy: Copy, what: int = LEAVE) -> None:
        """The first of further attempts that is not in the past.

        The j-th loss of a message adds rto·2^(j−1): after attempt a, which left at time x, the
        next ones leave at x + rto·2^(a−1)·(2^j − 1), j = 1, 2, …; who was held up makes them all.
        """
        kernel, back = self._kernel, self.link(copy.receiver, copy.sender)
        rto = self.link(copy.sender, copy.receiver).timeout(back) << (copy.attempts - 1)
        times = 1
        while copy.left + retransmission_delay(rto, times) < kernel.clock.now:
            times += 1
        kernel.journal.resent(copy.number, times)
        copy.attempts += times
        copy.left += retransmission_delay(rto, times)
        actor = kernel.actors[copy.sender]
        if copy.left < actor.off:  # no power for it; the line was cleared as well
            actor.again_until = max(actor.again_until, int(actor.off))
            kernel.push(int(actor.off), RETRY, copy.number, copy)
        else:
            actor.again_until = max(actor.again_until, copy.left)
            kernel.push(copy.left, what, copy.number, copy)

    def _cut_off(self, copy: Copy) -> None:
        """A partition is in the way: a reliable copy is tried in vain until that ends."""
        if self.comes_again(copy):
            self._parked.append(copy)
        else:
            self.conclude(copy, Fate.CUT_OFF)

    def unpark(self, blocked: Callable[[int, int], bool]) -> None:
        """Partitions have ended: who is not blocked by another is sent again."""
        parked, self._parked = self._parked, []
        for copy in parked:
            if blocked(copy.sender, copy.receiver):
                self._parked.append(copy)
            else:
                self.again(copy)

    # -- to the receiver -----------------------------------------------------------------------

    def reach(self, copy: Copy) -> None:
        """A copy comes to its receiver's access line."""
        now, down = self._kernel.clock.now, self._kernel.actors[copy.receiver].down
        passed = now if down is None else down.admit(now, copy.parcel.size)
        if passed is None:
            self._lose(copy, Fate.TAIL_DROPPED, LEAVE)
        else:
            self._kernel.push(passed, DELIVER, copy.number, copy)

    def deliver(self, event: "Event", copy: Copy) -> None:
        """A copy has come all the way; a reliable channel hands it over in its turn."""
        connection, fate = copy.connection, Fate.DELIVERED
        if self._faulty or connection is None or copy.twin:
            received = self._received(event, copy)
            if received is None:
                return
            fate = received
        if fate is Fate.DELIVERED and connection and copy.place != connection.expected:
            connection.early[copy.place] = copy
            return
        self.conclude(copy, fate)
        if fate is Fate.DELIVERED:
            self._kernel.arrivals.put(self._kernel.actors[copy.receiver], copy.parcel)

    def _received(self, event: "Event", copy: Copy) -> Fate | None:
        """What becomes of a copy that is at its receiver; None: it is not there after all."""
        actor, connection = self._kernel.actors[copy.receiver], copy.connection
        now = self._kernel.clock.now
        if now >= actor.died or (connection is not None and connection.deaf):
            self._kernel.nemesis.power.hit(copy.receiver)
            return Fate.RECEIVER_DEAD
        if self._faulty:
            nemesis = self._kernel.nemesis
            if not copy.arrived and nemesis.cuts(copy):
                self._cut_off(copy)
                return None
            if not copy.arrived and connection is None and actor.off > now:
                nemesis.power.hit(copy.receiver)
                return Fate.RECEIVER_DEAD
            copy.arrived = True
            if nemesis.power.defers(event, copy.receiver):
                return None
            if nemesis.omits(copy, copy.receiver, "receive"):
                return Fate.OMITTED
        if connection is not None and copy.place > connection.broken:
            return Fate.LOST_IN_CRASH
        return Fate.DELIVERED if self._is_news(copy) else Fate.SUPPRESSED

    def _is_news(self, copy: Copy) -> bool:
        """A reliable channel drops every double, a datagram channel whichever comes second."""
        if copy.connection is not None:
            return not copy.twin
        return self._kernel.journal.is_first(copy.number)

    # -- the end -------------------------------------------------------------------------------

    def conclude(self, copy: Copy, fate: Fate) -> None:
        """The end of a copy. On a reliable channel it makes way for the next, unless its sender
        would have had to send it again and cannot: then nothing behind it is ever handed over."""
        self._end(copy, fate)
        connection = copy.connection
        if connection is None or copy.twin:
            return
        if fate in _NEVER_HANDED_OVER:
            for behind in connection.break_off(copy.place):
                self._end(behind, Fate.LOST_IN_CRASH)
            return
        following = connection.settle(copy.place)
        if following is not None:
            self._kernel.push(self._kernel.clock.now, DELIVER, following.number, following)

    def _end(self, copy: Copy, fate: Fate) -> None:
        self._kernel.journal.arrived(self._kernel.clock.now, copy.number, 1, fate)
