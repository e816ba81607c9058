"""The event loop of the simulated world.

Parties only post. When none of them can run, the kernel sorts the outbox by data (sender, sid,
number), draws, schedules, and then delivers instant after instant until somebody is woken. Within
an instant: faults, delayed sends, arrivals, deliveries, timers. Nothing here depends on the order
in which Trio ran the parties, and tests shuffle that order to prove it.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Any

import trio
from outcome import Error
from trio.lowlevel import Task, reschedule

from turncoat.actors.actor import AbortAnnouncement, Actor, Program
from turncoat.actors.clock import VirtualClock
from turncoat.actors.envelope import Envelope, Parcel, Posting, kind_of_body
from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.actors.faults import Crash, FaultRecord, protocol_point
from turncoat.actors.journal import Fate, Journal
from turncoat.actors.link import retransmission_delay, serialisation
from turncoat.actors.mailbox import Slot
from turncoat.actors.outcome import Aborted, Crashed, Stalled, Unfinished
from turncoat.actors.randomness import Draws, TapeFactory
from turncoat.actors.rule import Rule, through
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.wire import (
    HEADER_BYTES,
    Header,
    Structures,
    check,
    fingerprint,
    number_of,
    round_trip,
    sid_hash,
    size_of,
)

if TYPE_CHECKING:
    from turncoat.actors.world import World

FAULT, RELEASE, ARRIVE, DELIVER, TIMER = range(5)  # their order within one instant

MOST_LOSSES = 40  # rto·2^40 is longer than any run: such a message never arrives

Event = tuple[int, int, int, Any, Any, int]


class Kernel:
    """One run of one world. Made by `World.run`; knows no protocol."""

    def __init__(self, world: "World", instruments: Sequence[trio.abc.Instrument] = ()) -> None:
        self.cast: Cast = world.cast
        self.topology: Topology = world.topology
        self.t = world.t
        self.seed = world.seed
        self.tapes: TapeFactory = world.tapes
        self.structures: Structures = world.structures
        self.rules: Mapping[int, Sequence[Rule]] = world.rules
        self.may_repeat = bool(world.rules)  # can a second message come to a finished slot?
        self.clock = VirtualClock()
        self.journal = Journal(keep_bodies=world.keep_bodies)
        self.outbox: list[Posting] = []
        self.failures: dict[int, Exception] = {}
        self.cut_short = ""  # which limit ended the run, if one did
        self.actors = {i: Actor(self, i, group) for i, group in self.cast.groups().items()}
        self._world = world
        self._instruments = instruments
        self._draws = world.draws or Draws(world.seed)
        self._events: list[Event] = []
        self._woken: list[Slot] = []
        self._stirred = False  # is a task runnable for another reason than a message?
        self._ticks = 0
        self._held = 0
        self._dead = False
        self._doomed: list[trio.CancelScope] = []
        self._root = trio.CancelScope()
        self._nursery: trio.Nursery
        self._struck = dict[Crash, int]()
        self._plain = (
            not self.topology.links
            and not self.topology.default.varies
            and all(a.up is None and a.down is None for a in self.actors.values())
        )

    # -- the run -------------------------------------------------------------------------------

    def run(self, programs: Mapping[int, Program]) -> None:
        """Run every party's program to its end. Raises the first party's error, if any had one."""
        self._arm()
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

    def _arm(self) -> None:
        for number, crash in enumerate(self._world.faults):
            if crash.at is None:
                self.actors[crash.party].crashes.append(crash)
            elif crash.at == 0:  # before anybody has run
                self._crash(self.actors[crash.party], crash)
            else:
                heappush(self._events, (crash.at, FAULT, number, crash, None, 0))

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

    def _next_instant(self, limit: int | None) -> bool:
        """Carry out all events of the next instant; `limit` is when Trio has something to do.
        False if there will never be one."""
        events = self._events
        while events and events[0][1] == TIMER and events[0][3].timer != events[0][2]:
            heappop(events)  # that wait is over: a stale timer must not move time
        due = events[0][0] if events else limit
        if limit is not None and due is not None and limit < due:
            due = limit
        if due is None or self._limit_reached(due):
            return False
        self.clock.now = due
        while events and events[0][0] == due:
            self._carry_out(heappop(events))
        self._stirred |= due == limit
        return True

    def _limit_reached(self, due: int) -> bool:
        if due > self._world.time_limit:
            self.cut_short = "time_limit"
        elif self._world.pulse is not None and self._world.pulse(self.clock.now):
            self.cut_short = "timeout"
        return bool(self.cut_short)

    def _stop_all(self) -> None:
        """Nothing will ever happen again, or a limit was reached. No party learns which."""
        end = Unfinished if self.cut_short else Stalled
        running = [actor for actor in self.actors.values() if actor.outcome is None]
        for actor in running:
            actor.stop(end(actor.waits()))
        if not running:  # and yet some task waits: a program shields itself from its end
            for task in _leaves(self._nursery):
                reschedule(task, Error(MisuseError("shielded from its end, a program waits on")))
        self._stirred = True

    def _carry_out(self, event: Event) -> None:
        due, what, number, subject, parcel, left = event
        if what == DELIVER:
            self._deliver(due, number, subject, parcel, left)
        elif what == ARRIVE:
            if left <= self.actors[parcel.sender].died:  # else it never comes, and takes no room
                due = self._queue_down(due, subject[0], parcel)
            heappush(self._events, (due, DELIVER, number, subject, parcel, left))
        elif what == TIMER:
            if subject.timer == number:
                self._woken.append(subject)
        elif what == RELEASE:
            self._release(self.actors[subject.sender], subject, parcel, tampered=True)
        else:
            self._crash(self.actors[subject.party], subject)

    def timer(self, slot: Slot, due: int) -> None:
        """Wake the strand that waits on `slot` at `due` [ns] at the latest. The number only tells
        a stale timer; among timers of one instant the order changes nothing."""
        self._ticks += 1
        slot.timer = self._ticks
        heappush(self._events, (max(due, self.clock.now), TIMER, self._ticks, slot, None, 0))

    # -- sending -------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Send what the parties posted, in an order made of data: honest seats before corrupted
        ones, then by sender, sid and number."""
        postings, self.outbox = self.outbox, []
        postings.sort(key=lambda p: (p.sender in self.rules, p.sender, p.sid, p.k))
        for posting in postings:
            actor = self.actors[posting.sender]
            if actor.died <= self.clock.now or actor.incarnation != posting.incarnation:
                continue
            crash = self._burn_fuse(actor, posting) if actor.crashes else None
            try:
                if actor.corrupted:
                    self._rewrite(actor, posting)
                elif posting.receivers:
                    self._transmit(actor, posting)
            except Exception as error:
                self.fail(actor.index, error)
            if crash is not None:
                self._crash_once_clear(actor, crash)

    def _burn_fuse(self, actor: Actor, posting: Posting) -> Crash | None:
        """The crash that this posting sets off, if any; the copies after it are cut off."""
        kind = kind_of_body(posting.bodies[0] if posting.bodies else posting.own)
        before, actor.sends = actor.sends, actor.sends + len(posting.receivers)
        for crash in actor.crashes:
            if crash.after == protocol_point(kind):
                return crash
            if crash.after_sends is not None and crash.after_sends <= actor.sends:
                keep = crash.after_sends - before
                posting.receivers = posting.receivers[:keep]
                if len(posting.bodies) > 1:
                    posting.bodies = posting.bodies[:keep]
                return crash
        return None

    def _transmit(self, actor: Actor, posting: Posting) -> None:
        """Send all copies of an honest party's posting."""
        receivers = posting.receivers
        luck = None if self._plain else self._luck(posting, len(receivers))
        if len(posting.bodies) == 1:
            parcel, first = self._record(posting, posting.bodies[0], receivers)
            if luck is None:
                self._carry_evenly(parcel, first, receivers)
                return
            for index, receiver in enumerate(receivers):
                self._carry(actor, parcel, first + index, receiver, luck[index], posting.k)
            return
        for index, (receiver, body) in enumerate(zip(receivers, posting.bodies, strict=True)):
            parcel, first = self._record(posting, body, (receiver,))
            if luck is None:
                self._carry_evenly(parcel, first, (receiver,))
            else:
                self._carry(actor, parcel, first, receiver, luck[index], posting.k)

    def _luck(self, message: Posting, count: int) -> list[tuple[int, int]]:
        """Per copy, the draws of its delay and of the loss of its first attempt."""
        flat = self._draws.many("link", (message.sender, message.sid, message.k), 2 * count)
        return list(zip(islice(flat, 0, None, 2), islice(flat, 1, None, 2), strict=True))

    def _record(
        self,
        message: Posting | Envelope,
        body: Any,
        receivers: tuple[int, ...],
        *,
        tampered: bool = False,
    ) -> tuple[Parcel, int]:
        """Bill and journal one body to some receivers. Returns what travels, and the number of
        its first copy."""
        if tampered:
            check(body, self.structures)  # honest parties' bodies are checked when they speak
        size = size_of(body, self.structures)
        marked = self._world.digest == "full" or message.sender in self.rules  # it may contradict
        mark = fingerprint(body, self.structures) if marked else 0
        key = (message.sid, kind_of_body(body))
        first = self.journal.sent(
            self.clock.now, message.sender, key, message.k, message.phase, message.depth,
            size.payload, size.framing, mark, receivers, body, tampered=tampered,
        )  # fmt: skip
        if self._world.encode:
            number, length = number_of(key[1]), size.payload + size.framing - HEADER_BYTES
            sid = sid_hash(message.sid)
            header = Header(sid, number, message.sender, receivers[0], message.k, length)
            body = round_trip(body, header, size, self.structures)
        parcel = Parcel(message.sender, key, message.depth, body, size.payload + size.framing, mark)
        return parcel, first

    def _carry_evenly(self, parcel: Parcel, first: int, receivers: tuple[int, ...]) -> None:
        """All copies at once: constant latency, nothing lost, no queue anywhere."""
        due = self.clock.now + self.topology.default.latency
        heappush(self._events, (due, DELIVER, first, receivers, parcel, self.clock.now))

    def _carry(
        self, actor: Actor, parcel: Parcel, copy: int, receiver: int, luck: tuple[int, int], k: int
    ) -> None:
        """One copy: the sender's access line, the link, and what it may lose; then arrival."""
        link = self.topology.link(actor.index, receiver)
        left = self.clock.now
        if actor.up is not None:
            left = actor.up_free = max(left, actor.up_free) + serialisation(parcel.size, actor.up)
        due = left + link.delay(luck[0])
        if link.lost(luck[1]):
            held = self._retransmit(actor.index, receiver, parcel, copy, k)
            left, due = left + held, due + held
        if link.varies:  # a reliable channel is FIFO: nothing overtakes what it follows
            last_left, last_due = actor.latest.get(receiver, (0, 0))
            left = left if left > last_left else last_left
            due = due if due > last_due else last_due
            actor.latest[receiver] = left, due
        what = DELIVER if self.actors[receiver].down is None else ARRIVE
        heappush(self._events, (due, what, copy, (receiver,), parcel, left))

    def _retransmit(self, sender: int, receiver: int, parcel: Parcel, copy: int, k: int) -> int:
        """How long the first attempt's loss, and those after it, hold a copy up [ns]."""
        link, losses = self.topology.link(sender, receiver), 1
        name = (sender, receiver, parcel.key[0], k)
        for draw in self._draws.many("resend", name, MOST_LOSSES - 1):
            if not link.lost(draw):
                break
            losses += 1
        self.journal.resends[copy] = losses
        return retransmission_delay(self.topology.timeout(sender, receiver), losses)

    # -- corrupted senders ---------------------------------------------------------------------

    def _rewrite(self, actor: Actor, posting: Posting) -> None:
        """Pass every copy of a corrupted party's posting, its own included, through its rules. What
        comes out has the luck of what went in: a harmless twin meets the same network."""
        copies = [(j, posting.body(k)) for k, j in enumerate(posting.receivers)]
        if posting.own is not None:
            copies.append((actor.index, posting.own))
        draws = self._luck(posting, len(copies))
        for (receiver, body), luck in zip(copies, draws, strict=True):
            envelope = Envelope(
                posting.sender, receiver, posting.sid, posting.k, posting.phase, posting.depth, body
            )
            for copy in through(self.rules[actor.index], envelope, self.clock.now):
                if copy.delay > 0:
                    self._held += 1
                    due = self.clock.now + copy.delay
                    heappush(self._events, (due, RELEASE, self._held, copy, luck, 0))
                else:
                    self._release(actor, copy, luck, tampered=copy is not envelope)

    def _release(
        self, actor: Actor, copy: Envelope, luck: tuple[int, int], *, tampered: bool
    ) -> None:
        """Send one envelope of a corrupted party as its rules left it."""
        if actor.died <= self.clock.now:
            return
        if copy.receiver == actor.index:
            actor.keep(copy.sid, copy.body)
            return
        parcel, first = self._record(copy, copy.body, (copy.receiver,), tampered=tampered)
        self._carry(actor, parcel, first, copy.receiver, luck, copy.k)

    # -- receiving -----------------------------------------------------------------------------

    def _deliver(
        self, now: int, first: int, receivers: tuple[int, ...], parcel: Parcel, left: int
    ) -> None:
        if self._dead:
            receivers = self._survivors(now, first, receivers, parcel, left)
        else:
            self.journal.arrived(now, first, len(receivers), Fate.DELIVERED)
        for receiver in receivers:
            self.put(self.actors[receiver], parcel)

    def _survivors(
        self, now: int, first: int, receivers: tuple[int, ...], parcel: Parcel, left: int
    ) -> tuple[int, ...]:
        """Journal each copy's fate in a world where somebody has crashed; who still gets one."""
        reached: list[int] = []
        for copy, receiver in enumerate(receivers, first):
            fate = Fate.DELIVERED
            if left > self.actors[parcel.sender].died:
                fate = Fate.LOST_IN_CRASH
            elif now >= self.actors[receiver].died:
                fate = Fate.RECEIVER_DEAD
            else:
                reached.append(receiver)
            self.journal.arrived(now, copy, 1, fate)
        return tuple(reached)

    def put(self, actor: Actor, parcel: Parcel) -> None:
        """Hand a message to a party; note whom it wakes."""
        if actor.outcome is not None:
            return
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

    def _queue_down(self, due: int, receiver: int, parcel: Parcel) -> int:
        """When a copy that reaches its receiver's access line at `due` has come in [ns]."""
        actor = self.actors[receiver]
        if actor.down is not None:
            actor.down_free = max(due, actor.down_free) + serialisation(parcel.size, actor.down)
            return actor.down_free
        return due

    # -- faults --------------------------------------------------------------------------------

    def _crash_once_clear(self, actor: Actor, crash: Crash) -> None:
        """Let a fuse strike when the message that set it off has left the access line."""
        if actor.up_free <= self.clock.now:
            self._crash(actor, crash)
            return
        actor.crashes.clear()  # nobody dies twice
        number = self._world.faults.index(crash)
        heappush(self._events, (actor.up_free, FAULT, number, crash, None, 0))

    def _crash(self, actor: Actor, crash: Crash) -> None:
        """Cut a party's power: what has left it still travels, nothing follows."""
        if actor.died > self.clock.now:
            actor.died, self._dead, self._stirred = self.clock.now, True, True
            self._struck[crash] = self.clock.now
            self.journal.mark("crash", actor.index, self.clock.now)
            actor.stop(Crashed(self.clock.now))

    def fault_records(self) -> tuple[FaultRecord, ...]:
        """What each declared fault did."""
        return tuple(
            FaultRecord(crash.name, "crash", crash.party, self._struck.get(crash))
            for crash in self._world.faults
        )


def _leaves(nursery: trio.Nursery) -> Iterator[Task]:
    """The tasks of a nursery and below that wait for something else than their own children."""
    for task in nursery.child_tasks:
        inner = [n for n in task.child_nurseries if n.child_tasks]
        for child in inner:
            yield from _leaves(child)
        if not inner:
            yield task
