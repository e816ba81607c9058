"""The receiving side of the network: what arrives is journalled and put into mailboxes.

Where nothing but delays can happen to a copy, it needs no carrier: it glides from the queue into a
mailbox, instant after instant, until somebody is woken. Knows no fault but that a receiver is dead.
"""

from collections.abc import Sequence
from heapq import heappop, heapreplace
from typing import TYPE_CHECKING

from turncoat.actors.accusing import contradiction
from turncoat.actors.actor import AbortAnnouncement, Actor
from turncoat.actors.envelope import Parcel
from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.events import DELIVER
from turncoat.actors.evidence import CONFLICTING
from turncoat.actors.flight import Flight, Lone
from turncoat.actors.journal import Fate
from turncoat.actors.outcome import Aborted

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World

GLIDING = (Flight, Lone)  # what needs no carrier
MOST_UNHEARD = 4096  # copies delivered before the pulse is felt again


class Arrivals:
    """The mailboxes of one run, as the network sees them."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._until = world.time_limit
        self.mortal = False  # has anybody died yet?

    def glide(self, due: int, limit: int | None) -> int:
        """Deliver copy after copy, each in its own instant, while the queue is headed by what
        glides and nobody is woken; Trio, a limit or the pulse may want to be heard. Returns the
        last instant."""
        kernel = self._kernel
        events, actors, clock, woken = kernel.events, kernel.actors, kernel.clock, kernel.woken
        arrived, until = kernel.journal.arrived, self._until
        if limit is not None:
            until = min(until, limit - 1)
        for _ in range(MOST_UNHEARD):
            if not events:
                break
            now, _, number, subject = events[0]
            if now != due and (woken or kernel.stirred or kernel.outbox or now > until):
                break
            if type(subject) is Lone:
                due = clock.now = now
                heappop(events)
                receiver, parcel = subject.receiver, subject.parcel
            elif type(subject) is not Flight:
                break
            elif subject.whole or self.mortal:
                due = clock.now = now
                self._land(now, subject)
                continue
            else:
                due = clock.now = now
                place = subject.order.pop()
                receiver, parcels = subject.receivers[place], subject.parcels
                parcel = parcels[place] if len(parcels) > 1 else parcels[0]
                self._requeue(subject)
            if self.mortal:
                self._hand_over(now, number, (receiver,), (parcel,))
                continue
            arrived(now, number, 1, Fate.DELIVERED)
            actor = actors[receiver]
            slot = actor.mailbox.slots.get(parcel.key)
            if slot is None or slot.taken or actor.outcome is not None:
                self.put(actor, parcel)
            elif slot.put(parcel):
                woken.append(slot)
        return due

    def _requeue(self, flight: Flight) -> None:
        """Put the flight at the head of the queue back to where its next copy arrives."""
        if flight.order:
            due, number = flight.next()
            heapreplace(self._kernel.events, (due, DELIVER, number, flight))
        else:
            heappop(self._kernel.events)

    def _land(self, now: int, flight: Flight) -> None:
        """Deliver what arrives now of the flight at the head of the queue, and requeue it."""
        order, dues = flight.order, flight.dues
        if flight.whole:
            order.clear()
            self._hand_over(now, flight.first, flight.receivers, flight.parcels)
        while order and dues[order[-1]] == now:
            place = order.pop()
            parcel, receivers = flight.parcel(place), (flight.receivers[place],)
            self._hand_over(now, flight.first + place, receivers, (parcel,))
        self._requeue(flight)

    def _hand_over(
        self, now: int, first: int, receivers: tuple[int, ...], parcels: Sequence[Parcel]
    ) -> None:
        """Copies that arrive in one instant, of one parcel or of one each."""
        kernel = self._kernel
        journal, put, actors = kernel.journal, self.put, kernel.actors
        if self.mortal:
            for place, receiver in enumerate(receivers):
                dead = now >= actors[receiver].died
                if dead:
                    kernel.nemesis.power.hit(receiver)
                journal.arrived(
                    now, first + place, 1, Fate.RECEIVER_DEAD if dead else Fate.DELIVERED
                )
        else:
            journal.arrived(now, first, len(receivers), Fate.DELIVERED)
        if len(parcels) == 1:
            parcel = parcels[0]
            for receiver in receivers:
                put(actors[receiver], parcel)
        else:
            for receiver, parcel in zip(receivers, parcels, strict=True):
                put(actors[receiver], parcel)

    def put(self, actor: Actor, parcel: Parcel) -> None:
        """Hand a message to a party; note whom it wakes."""
        if actor.outcome is not None:
            return
        slot = actor.mailbox.slots.get(parcel.key)
        if slot is None:
            if parcel.key[1] == AbortAnnouncement.__name__:
                peer = parcel.sender
                if peer not in actor.heeds:
                    return
                actor.stop(Aborted(f"stopped by P{peer}", stopped_by=peer))
                self._kernel.stirred = True
                return
            slot = actor.mailbox.slot(parcel.key)
        if slot.put(parcel):
            self._kernel.woken.append(slot)
        elif slot.conflicts and not slot.conflicts.keys().isdisjoint(slot.taken):
            accused = sorted(slot.conflicts.keys() & slot.taken.keys())
            proof = [contradiction(slot, sender, slot.taken[sender]) for sender in accused]
            actor.abort(ProtocolAbort(CONFLICTING, accused, evidence=proof))
            self._kernel.stirred = True
