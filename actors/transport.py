"""From the outbox to the network: what is posted is put in order, rewritten, billed and sent.

Postings leave in an order made of data: honest seats before corrupted ones, then by sender, sid and
number. Where every link is like every other and nothing queues, a posting is one entry of the
event queue; everywhere else each copy is handed to the carrier and goes its own way.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from turncoat.actors.actor import Actor
from turncoat.actors.envelope import Envelope, Parcel, Posting
from turncoat.actors.events import DELIVER, RELEASE
from turncoat.actors.flight import Copy, Flight, Lone
from turncoat.actors.format import HEADER_BYTES
from turncoat.actors.header import Header, sid_hash
from turncoat.actors.randomness import Name
from turncoat.actors.rule import changed, through
from turncoat.actors.seam import Held
from turncoat.actors.wire import check, describe, number_of, round_trip

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World


class Transport:
    """The sending side of the network in one run."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._world = world
        self._topology = world.topology
        self._draws = kernel.draws
        self._carrier = kernel.carrier
        self._seam = kernel.seam
        self._post = kernel.seam.post if kernel.seam.schedules else kernel.carrier.post
        self._journal, self._clock, self._structures = (
            kernel.journal,
            kernel.clock,
            world.structures,
        )
        self._encodes = world.encode
        self._marks_all = world.digest == "full"
        link = self._topology.default
        self._latency, self._spread = link.latency, link.spread
        self._uniform = link.distribution == "uniform"
        self._watched = any(fault.at is None for fault in world.faults)
        self._even = (
            not self._topology.links
            and not self._topology.overrides
            and not self._topology.default.loss
            and not self._topology.default.eventful
            and not self._topology.queues
            and not self._seam.schedules
            and all(fault.kind == "crash" for fault in world.faults)
        )

    # -- what leaves, and in which order -------------------------------------------------------

    def flush(self, postings: list[Posting]) -> None:
        """Send what the parties posted."""
        corrupted = self._world.rules
        if len(postings) > 1:
            postings.sort(key=lambda p: (p.sender in corrupted, p.sender, p.sid, p.k, p.skipped))
        send = self._send if self._world.faults else self._emit
        for posting in postings:
            send(self._kernel.actors[posting.sender], posting)
        if self._seam.waiting:
            self._seam.poll()

    def _send(self, actor: Actor, posting: Posting) -> None:
        """Send a posting, or the part of it that leaves before a fault strikes its sender."""
        kernel, now = self._kernel, self._kernel.clock.now
        if actor.died <= now or actor.incarnation != posting.incarnation:
            return
        if actor.wakes > now:
            actor.backlog.append(posting)
            return
        if not self._watched:
            self._emit(actor, posting)
            return
        count, struck = kernel.nemesis.sent(actor, posting)
        head, rest = posting.split(count)
        self._emit(actor, head)
        for fault in struck:
            kernel.nemesis.strike_behind(actor, fault)
        if rest is not None:
            self._send(actor, rest)

    def _emit(self, actor: Actor, posting: Posting) -> None:
        try:
            if actor.corrupted:
                self._rewrite(actor, posting)
            elif posting.receivers:
                self._transmit(actor, posting)
        except Exception as error:
            self._kernel.fail(actor.index, error)

    def _transmit(self, actor: Actor, posting: Posting) -> None:
        """Send all copies of an honest party's posting."""
        receivers, first = posting.receivers, self._kernel.journal.copies
        if self._seam.listens:
            self._seam.overhear(posting)
        if len(posting.bodies) == 1:
            parcels = (self._record(posting, posting.bodies[0], receivers),)
        else:
            pairs = zip(posting.bodies, receivers, strict=True)
            parcels = [self._record(posting, body, (j,)) for body, j in pairs]
        if self._even:
            self._fly(actor, posting, parcels, first)
            return
        luck = self._luck(actor, posting, len(receivers))
        i, k, incarnation = actor.index, posting.k, actor.incarnation
        post, channel = self._post, self._carrier.channel
        for place, (j, chances) in enumerate(zip(receivers, luck, strict=True)):
            parcel = parcels[place if len(parcels) > 1 else 0]
            post(Copy(first + place, i, j, k, incarnation, parcel, channel(i, j), chances))

    def _luck(self, actor: Actor, posting: Posting, count: int) -> list[tuple[int, int]]:
        """For `count` copies two draws each: of the delay, and of the loss of the first attempt."""
        row = self._row(actor, posting, count)
        return list(zip(row[::2], row[1::2], strict=True))

    def _row(self, actor: Actor, posting: Posting, count: int) -> tuple[int, ...]:
        """The same draws, all in a row. A first incarnation goes without saying in their name."""
        name: tuple[Name, ...] = (actor.index, posting.sid, posting.k)
        if actor.incarnation:
            name = (*name, actor.incarnation)
        if not posting.skipped:
            return self._draws.many("link", name, 2 * count)
        skipped = 2 * posting.skipped
        return self._draws.many("link", name, skipped + 2 * count)[skipped:]

    def _record(
        self,
        message: Posting | Envelope,
        body: Any,
        receivers: tuple[int, ...],
        *,
        tampered: bool = False,
    ) -> Parcel:
        """Bill and journal one body to some receivers. Returns what travels."""
        structures, sender, depth = self._structures, message.sender, message.depth
        if tampered:
            check(body, structures)  # honest parties' bodies are checked when they speak
        marked = self._marks_all or sender in self._world.rules  # who may contradict itself
        kind, (payload, framing), mark = describe(body, structures, marked)
        key = (message.sid, kind)
        self._journal.sent(
            self._clock.now, sender, key, message.k, message.phase, depth,
            payload, framing, mark, receivers, body, tampered,
        )  # fmt: skip
        size = payload + framing
        if self._encodes:
            number, length = number_of(kind), size - HEADER_BYTES
            header = Header(sid_hash(key[0]), number, sender, receivers[0], message.k, length)
            body = round_trip(body, header, size, structures)
        return Parcel(sender, key, depth, body, size, mark)

    # -- over like links: a posting at a time ---------------------------------------------------

    def _fly(self, actor: Actor, posting: Posting, parcels: Sequence[Parcel], first: int) -> None:
        """All copies at once: like links, nothing lost, no queue anywhere."""
        receivers = posting.receivers
        if len(receivers) == 1:
            due = self._due(actor, posting)
            self._kernel.push(due, DELIVER, first, Lone(receivers[0], parcels[0]))
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
        now, spread = self._clock.now, self._spread
        if not spread:
            return now + self._latency
        draw, receiver = self._row(actor, posting, 1)[0], posting.receivers[0]
        if self._uniform:
            due = now + self._latency - spread + (draw * (2 * spread + 1) >> 64)
            if due < now:  # a delay is cut at 0
                due = now
        else:
            due = now + self._topology.default.delay(draw)
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
        draws = self._row(actor, posting, len(receivers))[::2]
        if self._uniform:
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

    # -- corrupted senders ----------------------------------------------------------------------

    def _rewrite(self, actor: Actor, posting: Posting) -> None:
        """Pass every copy of a corrupted party's posting, its own included, through its rules. What
        comes out has the luck of what went in: a harmless twin meets the same network."""
        copies = [(j, posting.body(k)) for k, j in enumerate(posting.receivers)]
        if posting.own is not None:
            copies.append((actor.index, posting.own))
        draws, now = self._luck(actor, posting, len(copies)), self._kernel.clock.now
        said = dict(copies)
        for (receiver, body), luck in zip(copies, draws, strict=True):
            envelope = Envelope(
                posting.sender, receiver, posting.sid, posting.k, posting.phase, posting.depth,
                body, said=said,
            )  # fmt: skip
            self.dispatch(actor, Held(envelope, envelope, now, posting.incarnation, luck))

    def dispatch(self, actor: Actor, held: Held, start: int = 0) -> None:
        """Pass one envelope through its sender's rules from the one at `start` on, and send what
        comes out; of one that no party posted (since −1), send it as it is."""
        rules = self._world.rules[actor.index] if held.since >= 0 else ()
        hold, now = partial(self._seam.hold, held), self._kernel.clock.now
        for copy in through(rules, held.envelope, now, hold, start):
            out = Held(copy, held.origin, held.since, held.incarnation, held.luck)
            if copy.delay > 0:
                self._seam.hold_back(out)
            else:
                self._release(actor, out)

    def release(self, number: int, held: Held) -> None:
        """Send one envelope that was held back, unless its sender is no more."""
        actor, now = self._kernel.actors[held.envelope.sender], self._kernel.clock.now
        if actor.died <= now or actor.incarnation != held.incarnation:
            return
        if actor.wakes > now:
            self._kernel.push(int(actor.wakes), RELEASE, number, held)
        else:
            self._release(actor, held)

    def _release(self, actor: Actor, held: Held) -> None:
        """Send one envelope of a corrupted party as its rules left it."""
        envelope, i, j = held.envelope, actor.index, held.envelope.receiver
        if i == j:
            actor.keep(envelope.sid, envelope.body)
            return
        late = held.since != self._kernel.clock.now
        tampered = late or changed(held.origin, (envelope,)) != "none"
        number, channel = self._kernel.journal.copies, self._carrier.channel(i, j)
        parcel = self._record(envelope, envelope.body, (j,), tampered=tampered)
        self._post(Copy(number, i, j, envelope.k, held.incarnation, parcel, channel, held.luck))
