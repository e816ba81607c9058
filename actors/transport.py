"""From the outbox to the event queue: what is posted is rewritten, billed, drawn, queued and lost.

Postings leave in an order made of data: honest seats before corrupted ones, then by sender, sid and
number. Where every link is like every other and nothing queues, a posting is one entry of the
event queue; everywhere else each copy goes its own way through access line, link and loss.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from turncoat.actors.actor import Actor
from turncoat.actors.envelope import Envelope, Parcel, Posting, kind_of_body
from turncoat.actors.events import ARRIVE, DELIVER, RELEASE, RETRY
from turncoat.actors.flight import Copy, Flight
from turncoat.actors.journal import Fate
from turncoat.actors.link import Channel, Link, Queue, retransmission_delay
from turncoat.actors.randomness import Draws
from turncoat.actors.rule import through
from turncoat.actors.wire import (
    HEADER_BYTES,
    Header,
    fingerprint,
    number_of,
    round_trip,
    sid_hash,
    size_of,
)

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World

MOST_LOSSES = 40  # rto·2^40 is longer than any run: such a message never arrives
_EXTRA = (
    6  # draws of an eventful link per copy: turn, corrupt, reorder, detour, duplicate, its delay
)


class Transport:
    """The sending side of the network in one run."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._world = world
        self._topology = world.topology
        self._draws = world.draws or Draws(world.seed)
        self._channels: dict[tuple[int, int], Channel] = {}
        self._links: dict[tuple[int, int], Link] = {}
        self._held = 0
        self._latency, self._spread = self._topology.default.latency, self._topology.default.spread
        self.sends_watched = any(fault.at is None for fault in world.faults)
        # Does a copy ever come again at a time that is not known when it is first sent?
        self.holds_back = self._topology.retries or any(f.kind in _HOLDS_UP for f in world.faults)
        self.even = (
            not self._topology.links
            and not self._topology.overrides
            and not self._topology.default.loss
            and not self._topology.default.eventful
            and not self._topology.queues
            and all(fault.kind == "crash" for fault in world.faults)
        )

    # -- what leaves, and in which order -------------------------------------------------------

    def flush(self, postings: list[Posting]) -> None:
        """Send what the parties posted."""
        kernel, corrupted = self._kernel, self._world.rules
        if len(postings) > 1:
            postings.sort(key=lambda p: (p.sender in corrupted, p.sender, p.sid, p.k))
        for posting in postings:
            actor = kernel.actors[posting.sender]
            if actor.died <= kernel.clock.now or actor.incarnation != posting.incarnation:
                continue
            if actor.asleep:
                actor.backlog.append(posting)
                continue
            strikes = kernel.nemesis.sent(actor, posting) if self.sends_watched else ()
            try:
                if actor.corrupted:
                    self._rewrite(actor, posting)
                elif posting.receivers:
                    self._transmit(actor, posting)
            except Exception as error:
                kernel.fail(actor.index, error)
            for fault in strikes:
                kernel.nemesis.strike_behind(actor, fault)

    def _transmit(self, actor: Actor, posting: Posting) -> None:
        """Send all copies of an honest party's posting."""
        receivers, first = posting.receivers, self._kernel.journal.copies
        if len(posting.bodies) == 1:
            parcels = (self._record(posting, posting.bodies[0], receivers),)
        else:
            pairs = zip(posting.bodies, receivers, strict=True)
            parcels = tuple([self._record(posting, body, (j,)) for body, j in pairs])
        if self.even:
            self._fly(actor, posting, parcels, first)
            return
        luck = self._luck(posting, len(receivers))
        for place, receiver in enumerate(receivers):
            parcel = parcels[place if len(parcels) > 1 else 0]
            copy = Copy(
                first + place, actor.index, receiver, posting.k, parcel,
                self.channel(actor.index, receiver), luck[place],
            )  # fmt: skip
            self.send(actor, copy)

    def _luck(self, message: Posting | Envelope, count: int) -> list[tuple[int, int]]:
        """Per copy, the draws of its delay and of the loss of its first attempt."""
        flat = self._draws.many("link", (message.sender, message.sid, message.k), 2 * count)
        return list(zip(flat[::2], flat[1::2], strict=True))

    def _record(
        self,
        message: Posting | Envelope,
        body: Any,
        receivers: tuple[int, ...],
        *,
        tampered: bool = False,
    ) -> Parcel:
        """Bill and journal one body to some receivers. Returns what travels."""
        kernel = self._kernel
        size = size_of(body, kernel.structures)
        marked = self._world.digest == "full" or message.sender in kernel.rules  # may contradict
        mark = fingerprint(body, kernel.structures) if marked else 0
        key = (message.sid, kind_of_body(body))
        kernel.journal.sent(
            kernel.clock.now, message.sender, key, message.k, message.phase, message.depth,
            size.payload, size.framing, mark, receivers, body, tampered=tampered,
        )  # fmt: skip
        if self._world.encode:
            number, length = number_of(key[1]), size.payload + size.framing - HEADER_BYTES
            sid = sid_hash(message.sid)
            header = Header(sid, number, message.sender, receivers[0], message.k, length)
            body = round_trip(body, header, size, kernel.structures)
        return Parcel(message.sender, key, message.depth, body, size.payload + size.framing, mark)

    # -- over like links: a posting at a time ---------------------------------------------------

    def _fly(self, actor: Actor, posting: Posting, parcels: Sequence[Parcel], first: int) -> None:
        """All copies at once: like links, nothing lost, no queue anywhere."""
        receivers = posting.receivers
        if len(receivers) == 1:
            due = self._due(actor, posting)
            flight = Flight(first, receivers, parcels, [due], [0], True)
            self._kernel.push(due, DELIVER, first, flight)
            return
        dues = self._dues(actor, posting)
        order = [*range(len(receivers) - 1, -1, -1)]
        if self._spread:
            order.sort(key=dues.__getitem__, reverse=True)
        whole = dues[order[0]] == dues[order[-1]]
        flight = Flight(first, receivers, parcels, dues, order, whole)
        due, number = flight.next()
        self._kernel.push(due, DELIVER, number, flight)

    def _due(self, actor: Actor, posting: Posting) -> int:
        """When a single copy arrives [ns]; the same as `_dues` would say."""
        now = self._kernel.clock.now
        if not self._spread:
            return now + self._latency
        name = (actor.index, posting.sid, posting.k)
        draw = self._draws.many("link", name, 2)[0]
        receiver, due = posting.receivers[0], now + self._topology.default.delay(draw)
        if due < actor.horizon:
            due = max(due, actor.latest.get(receiver, 0))
        else:
            actor.horizon = due
        actor.latest[receiver] = due
        return due

    def _dues(self, actor: Actor, posting: Posting) -> list[int]:
        """When each copy arrives [ns], over like links, on none of which one overtakes another."""
        link, receivers, now = self._topology.default, posting.receivers, self._kernel.clock.now
        least = now + self._latency - self._spread
        if not self._spread:
            return [least] * len(receivers)
        name = (actor.index, posting.sid, posting.k)
        draws = self._draws.many("link", name, 2 * len(receivers))[::2]
        if link.distribution == "uniform":
            width = 2 * self._spread + 1
            dues = [least + (draw * width >> 64) for draw in draws]
            if least < now:  # a delay is cut at 0
                dues = [max(now, due) for due in dues]
        else:
            dues, least = [now + link.delay(draw) for draw in draws], now
        latest = actor.latest
        if least < actor.horizon:
            dues = [max(due, latest.get(j, 0)) for j, due in zip(receivers, dues, strict=True)]
        latest.update(zip(receivers, dues, strict=True))
        actor.horizon = max(actor.horizon, *dues)
        return dues

    # -- over any link: a copy at a time --------------------------------------------------------

    def link(self, sender: int, receiver: int) -> Link:
        """The law now in force on a directed link."""
        pair = (sender, receiver)
        found = self._links.get(pair)
        if found is None:
            found = self._topology.link(sender, receiver)
            for override in self._kernel.nemesis.overrides:
                if pair in override.pairs:
                    found = attrs.evolve(found, **override.change)
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
        return found

    def disconnect(self, party: int) -> None:
        """Forget every connection of a party whose power was cut."""
        for pair in [pair for pair in self._channels if party in pair]:
            del self._channels[pair]

    def send(self, actor: Actor, copy: Copy) -> None:
        """One copy: the access line, the link's own line, and what may become of it there."""
        kernel, now = self._kernel, self._kernel.clock.now
        link = self.link(copy.sender, copy.receiver)
        if kernel.nemesis.omits(copy.sender, copy.receiver, copy, "send"):
            kernel.journal.arrived(now, copy.number, 1, Fate.OMITTED)
            return
        if self.holds_back and link.reliable and copy.place < 0:
            copy.place, copy.channel.posted = copy.channel.posted, copy.channel.posted + 1
        left = now if actor.up is None else actor.up.admit(now, copy.parcel.size)
        if left is not None and link.rate is not None:
            left = self._line(copy.channel, link).admit(left, copy.parcel.size)
        if left is None:  # tail drop
            self.drop(copy, link, Fate.TAIL_DROPPED)
        elif kernel.nemesis.cuts(copy.sender, copy.receiver):
            self.cut_off(copy, link)
        else:
            copy.left = left
            self._travel(copy, link, left)

    def _line(self, channel: Channel, link: Link) -> Queue:
        if channel.queue is None or channel.queue.rate != link.rate:
            free = channel.queue.free if channel.queue else 0
            channel.queue = Queue(link.rate or 1, link.limit, free)
        return channel.queue

    def _travel(self, copy: Copy, link: Link, left: int) -> None:
        """Under way at last: delay and loss, then arrival."""
        delay, loss = copy.luck
        due = left + copy.channel.delay(link, delay)
        lost = link.lost(loss)
        if link.eventful:
            turn, corrupt, reorder, detour, duplicate, again = self._extra(copy)
            lost = copy.channel.loses(link, loss, turn) or corrupt < link.corrupt
            if reorder < link.reorder:
                due += link.delay(detour)
            if duplicate < link.duplicate:
                self._duplicate(copy, left + link.delay(again))
        if lost and not link.reliable:
            self._kernel.journal.arrived(left, copy.number, 1, Fate.LOST)
            return
        if lost:
            held = self._resend(copy, link)
            copy.left, due = left + held, due + held
        if link.varies and link.reliable and not self.holds_back:
            due = self._in_order(copy, due)
        self.arrive(due, copy)

    def _extra(self, copy: Copy) -> tuple[int, ...]:
        name = (copy.sender, copy.receiver, copy.parcel.key[0], copy.k, copy.attempts)
        return self._draws.many("extra", name, _EXTRA)

    def _in_order(self, copy: Copy, due: int) -> int:
        """A reliable channel is FIFO: nothing overtakes, or outlives, what it follows."""
        channel = copy.channel
        copy.left = channel.left = max(copy.left, channel.left)
        channel.latest = max(due, channel.latest)
        return channel.latest

    def _resend(self, copy: Copy, link: Link) -> int:
        """How long the first attempt's loss, and those after it, hold a copy up [ns]."""
        losses, channel = 1, copy.channel
        name = (copy.sender, copy.receiver, copy.parcel.key[0], copy.k)
        draws = self._draws.many("resend", name, MOST_LOSSES - 1)
        turns = self._draws.many("turn", name, 2 * MOST_LOSSES) if link.eventful else ()
        for attempt, draw in enumerate(draws):
            lost = link.lost(draw)
            if link.eventful:
                turn, corrupt = turns[2 * attempt], turns[2 * attempt + 1]
                lost = channel.loses(link, draw, turn) or corrupt < link.corrupt
            if not lost:
                break
            losses += 1
        self._kernel.journal.resent(copy.number, losses)
        return retransmission_delay(self._timeout(copy), losses)

    def _timeout(self, copy: Copy) -> int:
        back = self.link(copy.receiver, copy.sender)
        return self.link(copy.sender, copy.receiver).timeout(back)

    def _duplicate(self, copy: Copy, due: int) -> None:
        """The network makes a second one, which arrives by itself."""
        self._kernel.journal.duplicated(copy.number)
        twin = attrs.evolve(copy, twin=True, left=copy.left)
        self.arrive(due, twin)

    def arrive(self, due: int, copy: Copy) -> None:
        """Put a copy into the queue of events, at its receiver's access line if that has one."""
        what = DELIVER if self._kernel.actors[copy.receiver].down is None else ARRIVE
        self._kernel.push(due, what, copy.number, copy)

    # -- what comes again -----------------------------------------------------------------------

    def drop(self, copy: Copy, link: Link, fate: Fate) -> None:
        """An attempt is lost: for good on a datagram channel, else it comes again in time."""
        kernel = self._kernel
        if not link.reliable or copy.twin or copy.attempts > MOST_LOSSES:
            kernel.journal.arrived(kernel.clock.now, copy.number, 1, fate)
            return
        kernel.journal.resent(copy.number, 1)
        wait = self._timeout(copy) << (copy.attempts - 1)
        copy.attempts += 1
        kernel.push(kernel.clock.now + wait, RETRY, copy.number, copy)

    def cut_off(self, copy: Copy, link: Link) -> None:
        """A partition is in the way: a reliable copy waits for its end."""
        if not link.reliable or copy.twin:
            now = self._kernel.clock.now
            self._kernel.journal.arrived(now, copy.number, 1, Fate.CUT_OFF)
        else:
            self._kernel.nemesis.park(copy)

    def retry_after_heal(self, copy: Copy, since: int) -> None:
        """The first of a parked copy's further attempts, at since + rto·(2^j − 1), that finds the
        way free again."""
        kernel, rto, attempts = self._kernel, self._timeout(copy), 1
        while since + retransmission_delay(rto, attempts) < kernel.clock.now:
            attempts += 1
        kernel.journal.resent(copy.number, attempts)
        copy.attempts += attempts
        kernel.push(since + retransmission_delay(rto, attempts), RETRY, copy.number, copy)

    # -- corrupted senders ----------------------------------------------------------------------

    def _rewrite(self, actor: Actor, posting: Posting) -> None:
        """Pass every copy of a corrupted party's posting, its own included, through its rules."""
        copies = [(j, posting.body(k)) for k, j in enumerate(posting.receivers)]
        if posting.own is not None:
            copies.append((actor.index, posting.own))
        for receiver, body in copies:
            envelope = Envelope(
                posting.sender, receiver, posting.sid, posting.k, posting.phase, posting.depth, body
            )
            now = self._kernel.clock.now
            for copy in through(self._world.rules[actor.index], envelope, now):
                if copy.delay > 0:
                    self._held += 1
                    self._kernel.push(now + copy.delay, RELEASE, self._held, copy)
                else:
                    self.release(actor, copy, tampered=copy is not envelope)

    def release(self, actor: Actor, envelope: Envelope, *, tampered: bool) -> None:
        """Send one envelope of a corrupted party as its rules left it."""
        if actor.died <= self._kernel.clock.now:
            return
        if envelope.receiver == actor.index:
            actor.keep(envelope.sid, envelope.body)
            return
        number = self._kernel.journal.copies
        parcel = self._record(envelope, envelope.body, (envelope.receiver,), tampered=tampered)
        # By the receiver's place, so that a harmless twin meets the same network.
        place = (envelope.receiver - actor.index - 1) % self._world.cast.size
        luck = self._luck(envelope, place + 1)[place]
        channel = self.channel(actor.index, envelope.receiver)
        self.send(
            actor,
            Copy(number, actor.index, envelope.receiver, envelope.k, parcel, channel, luck),
        )


_HOLDS_UP = frozenset({"restart", "pause", "partition", "heal", "degrade", "churn"})
