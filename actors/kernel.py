"""The event loop of the simulated world.

Parties only post. When none of them can run, the transport sends what they posted, in an order made
of data, and the kernel then carries out instant after instant until somebody is woken. Within an
instant: faults, held-back sends, retries, departures, arrivals, deliveries, timers. Nothing here
depends on the order in which Trio ran the parties, and tests shuffle that order to prove it.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, Any

import trio
from outcome import Error
from trio.lowlevel import Task, reschedule

from turncoat.actors.actor import AbortAnnouncement, Actor, Program
from turncoat.actors.carrier import Carrier
from turncoat.actors.clock import VirtualClock
from turncoat.actors.envelope import Parcel, Posting
from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.actors.events import ARRIVE, DELIVER, FAULT, LEAVE, RELEASE, RETRY, TIMER
from turncoat.actors.flight import Copy, Flight
from turncoat.actors.journal import Fate, Journal
from turncoat.actors.mailbox import Slot
from turncoat.actors.nemesis import Nemesis
from turncoat.actors.outcome import Aborted, Crashed, Stalled, Unfinished
from turncoat.actors.randomness import Draws, TapeFactory
from turncoat.actors.rule import Rule
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.transport import Transport
from turncoat.actors.wire import Structures

if TYPE_CHECKING:
    from turncoat.actors.world import World

MOST_UNHEARD = 4096  # copies delivered before the pulse is felt again

Event = tuple[int, int, int, Any]  # (due [ns], kind, number, subject); no two are alike


class Kernel:
    """One run of one world. Made by `World.run`; knows no protocol."""

    def __init__(self, world: "World", instruments: Sequence[trio.abc.Instrument] = ()) -> None:
        self.cast: Cast = world.cast
        self.topology: Topology = world.topology
        self.t = world.t
        self.seed = world.seed
        self.tapes: TapeFactory = world.tapes
        self.coins = world.coins
        self.structures: Structures = world.structures
        self.rules: Mapping[int, Sequence[Rule]] = world.rules
        self.draws = world.draws or Draws(world.seed)
        self.clock = VirtualClock()
        self.journal = Journal(keep_bodies=world.keep_bodies)
        self.outbox: list[Posting] = []
        self.failures: dict[int, Exception] = {}
        self.cut_short = ""  # which limit ended the run, if one did
        self.carrier = Carrier(self, world)
        self.transport = Transport(self, world)
        self.nemesis = Nemesis(self, world)
        self.actors = {i: Actor(self, i, group) for i, group in self.cast.groups().items()}
        # Can a second message come to a slot that was gathered?
        self.may_repeat = bool(world.rules) or self.topology.repeats or bool(world.faults)
        self._world = world
        self._instruments = instruments
        self._events: list[Event] = []
        self._woken: list[Slot] = []
        self._stirred = False  # is a task runnable for another reason than a message?
        self._ticks = 0
        self._mortal = False  # has anybody died yet?
        self._doomed: list[trio.CancelScope] = []
        self._root = trio.CancelScope()
        self._nursery: trio.Nursery
        self._programs: Mapping[int, Program] = {}
        self._eventful = bool(world.faults)

    # -- the run -------------------------------------------------------------------------------

    def run(self, programs: Mapping[int, Program]) -> None:
        """Run every party's program to its end. Raises the first party's error, if any had one."""
        self._programs = programs
        self.nemesis.arm()
        trio.run(self._main, programs, clock=self.clock, instruments=self._instruments)
        if not self.failures:
            self._flush()  # what the last strands posted leaves too, and is billed
        for index, error in sorted(self.failures.items()):
            who = f"{self.cast.name(index)} (P{index})" if index else "the simulator"
            error.add_note(f"raised by {who} at {self.clock.now} ns")
            raise error

    async def _main(self, programs: Mapping[int, Program]) -> None:
        self.clock.on_idle = self._idle
        with self._root:
            async with trio.open_nursery() as self._nursery:
                for index, program in programs.items():
                    self._nursery.start_soon(self.actors[index].live, program)
        self.clock.on_idle = None

    def fail(self, index: int, error: Exception) -> None:
        """A party's program (0: the kernel) raised: that is a bug, and ends the run."""
        if not self._root.cancel_called:
            self.failures.setdefault(index, error)
            self.cancel_at_rest(self._root)

    def cancel_at_rest(self, scope: trio.CancelScope) -> None:
        """Cancel `scope` once nobody can run: how far its tasks get in this instant must not
        depend on the order in which Trio runs them."""
        self._doomed.append(scope)

    def _idle(self, limit: int | None) -> bool:
        """Nobody can run: move the world until somebody can."""
        try:
            return self._advance(limit)
        except Exception as error:
            self.fail(0, error)
            return True

    def _advance(self, limit: int | None) -> bool:
        self._stirred = bool(self._doomed)
        while self._doomed:
            self._doomed.pop().cancel()
        while not (self._woken or self._stirred or self._doomed):
            if self.outbox:
                self._flush()
            elif not self._next_instant(limit):
                self._stop_all()
        woken, self._woken = self._woken, []
        if self._world.shuffle is not None:
            self._world.shuffle(woken)
        for slot in woken:
            slot.wake()
        return True

    def _flush(self) -> None:
        postings, self.outbox = self.outbox, []
        self.transport.flush(postings)

    def push(self, due: int, what: int, number: int, subject: Any) -> None:
        """Put an event into the queue. Numbers follow from data alone: what they order within one
        instant and kind is part of the transcript."""
        heappush(self._events, (due, what, number, subject))

    def _next_instant(self, limit: int | None) -> bool:
        """Carry out all events of the next instant; `limit` is when Trio has something to do.
        False if there will never be one."""
        events = self._events
        while events and _is_stale(events[0]):
            heappop(events)  # that wait is over: a stale timer must not move time
        due = events[0][0] if events and (limit is not None or self._promising()) else limit
        if limit is not None and due is not None:
            due = min(due, limit)
        if due is None or self._limit_reached(due):
            return False
        self.clock.now = max(self.clock.now, due)
        while events and events[0][0] == due:
            if type(events[0][3]) is Flight:
                due = self._glide(due, limit)
            else:
                self._carry_out(heappop(events))
        self._stirred |= due == limit
        return True

    def _promising(self) -> bool:
        """Can anything that is in the queue still wake anybody?"""
        if self._events[0][1] != FAULT:
            return True
        return not all(
            _is_stale(event) or (event[1] == FAULT and self.nemesis.is_idle(event[3]))
            for event in self._events
        )

    def _limit_reached(self, due: int) -> bool:
        if due > self._world.time_limit:
            self.cut_short = "time_limit"
        elif self._world.pulse is not None and self._world.pulse(self.clock.now):
            self.cut_short = "timeout"
        return bool(self.cut_short)

    def _stop_all(self) -> None:
        """Nothing will ever happen again, or a limit was reached. No party learns which."""
        end = Unfinished if self.cut_short else Stalled
        running = [a for a in self.actors.values() if a.outcome is None or a.returns]
        for actor in running:
            actor.stop(end(actor.waits()))
            if actor.returns:
                actor.give_up()
        if not running:  # and yet some task waits: a program shields itself from its end
            for task in _leaves(self._nursery):
                reschedule(task, Error(MisuseError("shielded from its end, a program waits on")))
        self._stirred = True

    def _carry_out(self, event: Event) -> None:
        _, what, number, subject = event
        if what == DELIVER:
            self.carrier.deliver(event, subject)
        elif what == ARRIVE:
            self.carrier.reach(subject)
        elif what == TIMER:
            if subject.timer == number and not self._deferred(event, subject.owner):
                self._woken.append(subject)
        elif what == RELEASE:
            self.transport.release(number, subject)
        elif what == FAULT:
            self.nemesis.carry_out(subject)
        elif what == LEAVE:
            self.carrier.leave(subject)
        else:
            self.carrier.enter(subject)

    def timer(self, slot: Slot, due: int) -> None:
        """Wake the strand that waits on `slot` at `due` [ns] at the latest. The number only tells
        a stale timer; among timers of one instant the order changes nothing."""
        self._ticks += 1
        slot.timer = self._ticks
        self.push(max(due, self.clock.now), TIMER, self._ticks, slot)

    def _deferred(self, event: Event, party: int) -> bool:
        return self._eventful and self.nemesis.power.defers(event, party)

    # -- receiving -----------------------------------------------------------------------------

    def _glide(self, due: int, limit: int | None) -> int:
        """Deliver copy after copy, each in its own instant, while flights head the queue and nobody
        is woken; Trio, a limit or the pulse may want to be heard. Returns the last instant."""
        events, actors, journal, clock = self._events, self.actors, self.journal, self.clock
        woken, until = self._woken, self._world.time_limit
        if limit is not None:
            until = min(until, limit - 1)
        for _ in range(MOST_UNHEARD):
            if not events or type(events[0][3]) is not Flight:
                break
            now, _, number, flight = events[0]
            if now != due and (woken or self._stirred or self.outbox or now > until):
                break
            due = clock.now = now
            if flight.whole or self._mortal:
                self._land(now, flight)
                continue
            place = flight.order.pop()
            parcel = flight.parcels[place] if len(flight.parcels) > 1 else flight.parcels[0]
            actor = actors[flight.receivers[place]]
            journal.arrived(now, number, 1, Fate.DELIVERED)
            slot = actor.mailbox.slots.get(parcel.key)
            if slot is None or slot.taken or actor.outcome is not None:
                self.put(actor, parcel)
            elif slot.put(parcel):
                woken.append(slot)
            self._requeue(flight)
        return due

    def _requeue(self, flight: Flight) -> None:
        """Put the flight at the head of the queue back to where its next copy arrives."""
        if flight.order:
            due, number = flight.next()
            heapreplace(self._events, (due, DELIVER, number, flight))
        else:
            heappop(self._events)

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
        if self._mortal:
            for place, receiver in enumerate(receivers):
                dead = now >= self.actors[receiver].died
                if dead:
                    self.nemesis.power.hit(receiver)
                self.journal.arrived(
                    now, first + place, 1, Fate.RECEIVER_DEAD if dead else Fate.DELIVERED
                )
        else:
            self.journal.arrived(now, first, len(receivers), Fate.DELIVERED)
        put, actors = self.put, self.actors
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
                actor.stop(Aborted(f"stopped by P{peer}", stopped_by=peer))
                self._stirred = True
                return
            slot = actor.mailbox.slot(parcel.key)
        if slot.put(parcel):
            self._woken.append(slot)
        elif slot.conflicts and not slot.conflicts.isdisjoint(slot.taken):
            accused = slot.conflicts & slot.taken.keys()
            actor.abort(ProtocolAbort("conflicting-messages", accused))
            self._stirred = True

    # -- what the nemesis asks for -------------------------------------------------------------

    def mourn(self, actor: Actor, outcome: Crashed) -> None:
        """A party's memory is gone; if for good, it does not wait to be back."""
        self._mortal = self._stirred = True
        actor.stop(outcome)
        if not actor.returns:
            actor.absence.cancel()

    def resurrect(self, actor: Actor) -> None:
        """A party begins again, as a new incarnation that knows nothing."""
        actor.begin_again()
        self._stirred = True

    def take_copies(self, sender: int) -> list[Copy]:
        """Take out of the queue the copies of one sender that are still on its access line, or to
        be sent again; in the order of their numbers."""
        taken, kept = list[Event](), list[Event]()
        for event in self._events:
            (taken if _is_with(sender, event, self.clock.now) else kept).append(event)
        if taken:
            self._events[:] = kept
            heapify(self._events)
        return [copy for *_, copy in sorted(taken, key=lambda e: (e[2], e[3].twin))]


def _is_stale(event: Event) -> bool:
    """Is this the timer of a wait that is over?"""
    return event[1] == TIMER and event[3].timer != event[2]


def _is_with(sender: int, event: Event, now: int) -> bool:
    """Is this a copy that has not left its sender, or that waits to be queued again? One whose last
    bit leaves at this very instant is on its way."""
    copy = event[3]
    if type(copy) is not Copy or copy.sender != sender:
        return False
    return copy.left > now or event[1] == RETRY


def _leaves(nursery: trio.Nursery) -> Iterator[Task]:
    """The tasks of a nursery and below that wait for something else than their own children."""
    for task in nursery.child_tasks:
        inner = [n for n in task.child_nurseries if n.child_tasks]
        for child in inner:
            yield from _leaves(child)
        if not inner:
            yield task
