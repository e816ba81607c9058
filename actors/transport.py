"""From the outbox to the network: what is posted is put in order, rewritten, billed and sent.

Postings leave in an order made of data: honest seats before corrupted ones, then by sender, sid and
number. Where every link is like every other and nothing queues, a posting is one entry of the
event queue; everywhere else each copy is handed to the carrier and goes its own way.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from turncoat.actors.actor import Actor
from turncoat.actors.envelope import Envelope, Parcel, Posting, kind_of_body
from turncoat.actors.events import DELIVER, RELEASE
from turncoat.actors.flight import Copy, Flight
from turncoat.actors.randomness import Name
from turncoat.actors.rule import changed, through
from turncoat.actors.seam import Held
from turncoat.actors.wire import (
    HEADER_BYTES,
    Header,
    check,
    fingerprint,
    number_of,
    round_trip,
    sid_hash,
    size_of,
)

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
        self._latency, self._spread = self._topology.default.latency, self._topology.default.spread
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
            parcels = tuple([self._record(posting, body, (j,)) for body, j in pairs])
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
        kernel = self._kernel
        if tampered:
            check(body, kernel.structures)  # honest parties' bodies are checked when they speak
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
        draw = self._row(actor, posting, 1)[0]
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
        draws = self._row(actor, posting, len(receivers))[::2]
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
