"""The event loop of the simulated world.

Parties only post. When none of them can run, the transport sends what they posted, in an order made
of data, and the kernel then carries out instant after instant until somebody is woken. Within an
instant: faults, held-back sends, retries, departures, arrivals, deliveries, timers. Nothing here
depends on the order in which Trio ran the parties, and tests shuffle that order to prove it.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

import trio
from outcome import Error
from trio.lowlevel import Task, reschedule

from turncoat.actors.actor import Actor, Program
from turncoat.actors.arrivals import GLIDING, Arrivals
from turncoat.actors.carrier import Carrier
from turncoat.actors.clock import VirtualClock
from turncoat.actors.codec import Structures
from turncoat.actors.envelope import Posting
from turncoat.actors.errors import MisuseError
from turncoat.actors.events import ARRIVE, DELIVER, FAULT, LEAVE, RELEASE, RETRY, TIMER
from turncoat.actors.flight import Copy
from turncoat.actors.journal import Journal
from turncoat.actors.mailbox import Slot
from turncoat.actors.nemesis import Nemesis
from turncoat.actors.outcome import Crashed, Stalled, Unfinished
from turncoat.actors.randomness import Draws, TapeFactory
from turncoat.actors.relay import Waiter
from turncoat.actors.rule import Rule
from turncoat.actors.seam import Seam
from turncoat.actors.seat import Seat
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.transport import Transport

if TYPE_CHECKING:
    from turncoat.actors.world import World

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
        self.seam = Seam(self, world)
        self.events: list[Event] = []
        self.woken: list[Slot] = []
        self.stirred = False  # is a task runnable for another reason than a message?
        self.carrier = Carrier(self, world)
        self.transport = Transport(self, world)
        self.nemesis = Nemesis(self, world)
        self.actors = {
            i: (Seat if i in world.rules else Actor)(self, i, group, world.heeds.get(i))
            for i, group in self.cast.groups().items()
        }
        self.arrivals = Arrivals(self, world)
        # Can a second message come to a slot that was gathered?
        self.may_repeat = bool(world.rules) or self.topology.repeats or bool(world.faults)
        self._world = world
        self._instruments = instruments
        self._ticks = 0
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
        self.seam.begin()
        trio.run(self._main, programs, clock=self.clock, instruments=self._instruments)
        if not self.failures:
            self._flush()  # what the last strands posted leaves too, and is billed
        self.seam.end()
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
        self.stirred = bool(self._doomed)
        while self._doomed:
            self._doomed.pop().cancel()
        while not (self.woken or self.stirred or self._doomed):
            if self.outbox or self.seam.stirred:
                self._flush()
            elif not self._next_instant(limit) and (self.cut_short or not self.seam.despair()):
                self._stop_all()
        woken, self.woken = self.woken, []
        if self._world.shuffle is not None:
            self._world.shuffle(woken)
        # All rise before any goes on: what it does to another must not depend on who is first.
        for waiter in [slot.wake() for slot in woken]:
            if waiter is not None:
                self._let_go_on(waiter)
        return True

    def _let_go_on(self, waiter: Waiter) -> None:
        for instrument in self._instruments:
            instrument.before_task_step(waiter.task)
        waiter.step()
        for instrument in self._instruments:
            instrument.after_task_step(waiter.task)

    def _flush(self) -> None:
        postings, self.outbox = self.outbox, []
        self.transport.flush(postings)

    def push(self, due: int, what: int, number: int, subject: Any) -> None:
        """Put an event into the queue. Numbers follow from data alone: what they order within one
        instant and kind is part of the transcript."""
        heappush(self.events, (due, what, number, subject))

    def _next_instant(self, limit: int | None) -> bool:
        """Carry out all events of the next instant; `limit` is when Trio has something to do.
        False if there will never be one."""
        events, due = self.events, limit
        while events and events[0][1] == TIMER and _is_stale(events[0]):
            heappop(events)  # that wait is over: a stale timer must not move time
        if events and (limit is None or events[0][0] < limit) and self._promising(limit):
            due = events[0][0]
        if due is None or self._limit_reached(due):
            return False
        if due > self.clock.now:
            self.clock.now = due
        while events and events[0][0] == due:
            if type(events[0][3]) in GLIDING:
                due = self.arrivals.glide(due, limit)
            else:
                self._carry_out(heappop(events))
        self.stirred |= due == limit
        return True

    def _promising(self, limit: int | None) -> bool:
        """Can anything that is in the queue still wake anybody, or will Trio?"""
        if limit is not None or self.events[0][1] != FAULT:
            return True
        return not all(
            _is_stale(event) or (event[1] == FAULT and self.nemesis.is_idle(event[3]))
            for event in self.events
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
        self.stirred = True

    def _carry_out(self, event: Event) -> None:
        _, what, number, subject = event
        if what == DELIVER:
            self.carrier.deliver(event, subject)
        elif what == ARRIVE:
            self.carrier.reach(subject)
        elif what == TIMER:
            if subject.timer == number and not self._deferred(event, subject.owner):
                self.woken.append(subject)
        elif what == RELEASE:
            self.seam.release(number, subject)
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

    def rouse(self, slot: Slot) -> None:
        """Wake the strand that waits on `slot` once nobody can run; in which order such strands
        are roused changes nothing."""
        self.woken.append(slot)

    def _deferred(self, event: Event, party: int) -> bool:
        return self._eventful and self.nemesis.power.defers(event, party)

    def listeners(self, speaker: int) -> tuple[int, ...]:
        """Those whom an abort announcement of `speaker` ends, in the order of a rotation."""
        heeding = [i for i, a in self.actors.items() if speaker in a.heeds and i != speaker]
        return tuple(sorted(heeding, key=lambda i: (i < speaker, i)))

    # -- what the nemesis asks for -------------------------------------------------------------

    def mourn(self, actor: Actor, outcome: Crashed) -> None:
        """A party's memory is gone; if for good, it does not wait to be back."""
        self.arrivals.mortal = self.stirred = True
        actor.stop(outcome)
        if not actor.returns:
            actor.absence.cancel()

    def resurrect(self, actor: Actor) -> None:
        """A party begins again, as a new incarnation that knows nothing."""
        actor.begin_again()
        self.stirred = True

    def take_copies(self, sender: int) -> list[Copy]:
        """Take out of the queue the copies of one sender that are still on its access line, or to
        be sent again; in the order of their numbers."""
        actor, now = self.actors[sender], self.clock.now
        if actor.line_until <= now and actor.again_until < now:
            return []  # known without a look at the whole queue
        taken, kept = list[Event](), list[Event]()
        for event in self.events:
            (taken if _is_with(sender, event, now) else kept).append(event)
        if taken:
            self.events[:] = kept
            heapify(self.events)
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
