"""Carries faults out: sets them off, lets them strike, ends them, and keeps the record.

Acts between messages, never inside a party's program; all it does is decide when and whether
something is said or heard. Random choices are named draws, like everything else.
"""

from typing import TYPE_CHECKING

import attrs

from turncoat.actors import distributions
from turncoat.actors.actor import Actor
from turncoat.actors.envelope import Posting, kind_of_body
from turncoat.actors.events import DELIVER, FAULT, RETRY
from turncoat.actors.faults import (
    Churn,
    Crash,
    Degrade,
    Fault,
    FaultRecord,
    Heal,
    Omission,
    Partition,
    Pause,
    Restart,
    protocol_point,
)
from turncoat.actors.flight import Copy
from turncoat.actors.outcome import Crashed
from turncoat.actors.topology import Override, Pair

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World


@attrs.define(eq=False)
class Stroke:
    """One thing that the nemesis will do: begin a fault, or end it."""

    number: int  # of the fault in the world's list; −1 − k for the k-th timed override
    begin: bool = True


@attrs.define(eq=False)
class Tally:
    """What one fault has done so far."""

    fired: int | None = None
    strokes: int = 0
    hits: int = 0

    def strike(self, now: int) -> None:
        """Count a stroke; the first one's time is kept."""
        self.fired = now if self.fired is None else self.fired
        self.strokes += 1


class Nemesis:
    """The faults of one run."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._world = world
        self._faults = tuple(world.faults)
        self._tallies = [Tally() for _ in self._faults]
        self._timed = world.topology.overrides
        self.overrides: list[Override] = []  # in force, in the order in which they began
        self._degraded: dict[int, Override] = {}
        self._partitions: dict[int, Partition] = {}
        self._omissions: dict[int, Omission] = {}
        self._parked: list[tuple[int, Copy]] = []
        self._fuses = dict[int, list[int]]()
        self.idle_events = 0  # events in the queue that only go on churning

    # -- setting off ---------------------------------------------------------------------------

    def arm(self) -> None:
        """Put everything that has a time into the queue; strike at once what is due at 0."""
        for k, override in enumerate(self._timed):
            self._schedule(override.start, Stroke(-1 - k))
            if override.end is not None:
                self._schedule(override.end, Stroke(-1 - k, begin=False))
        for number, fault in enumerate(self._faults):
            if fault.at is None:
                self._fuses.setdefault(fault.party, []).append(number)
            elif isinstance(fault, Churn):
                self._schedule_churn(number, fault, fault.at)
            else:
                self._schedule(fault.at, Stroke(number))

    def _schedule(self, due: int, stroke: Stroke) -> None:
        if due <= self._kernel.clock.now:
            self.carry_out(stroke)
        else:
            self._kernel.push(due, FAULT, 2 * stroke.number + stroke.begin, stroke)

    def sent(self, actor: Actor, posting: Posting) -> list[int]:
        """A posting is about to leave: the faults that it sets off. A crash after the k-th message
        cuts the posting's later copies off."""
        fuses = self._fuses.get(actor.index, [])
        point = protocol_point(kind_of_body(posting.bodies[0] if posting.bodies else posting.own))
        before, actor.sends = actor.sends, actor.sends + len(posting.receivers)
        lit = [k for k in fuses if self._faults[k].set_off_by(point, actor.sends)]
        for k in lit:
            fuses.remove(k)
            sends = self._faults[k].after_sends
            if sends is not None and isinstance(self._faults[k], Crash | Restart):
                keep = sends - before
                posting.receivers = posting.receivers[:keep]
                posting.bodies = (
                    posting.bodies if len(posting.bodies) == 1 else posting.bodies[:keep]
                )
        return lit

    def strike_behind(self, actor: Actor, number: int) -> None:
        """Let a fault strike once the message that set it off has left the access line."""
        clear = actor.up.free if actor.up is not None else 0
        self._schedule(max(clear, self._kernel.clock.now), Stroke(number))

    # -- carrying out --------------------------------------------------------------------------

    def carry_out(self, stroke: Stroke) -> None:
        """Begin or end a fault, or a link's override."""
        if stroke.number < 0:
            self._override(self._timed[-1 - stroke.number], stroke.begin)
            return
        fault, now = self._faults[stroke.number], self._kernel.clock.now
        if isinstance(fault, Crash) and self._kernel.actors[fault.party].died <= now:
            return  # nobody dies twice
        verb = "strikes" if stroke.begin else "ends"
        self._kernel.journal.mark(fault.kind, fault.name, verb, fault.party, now)
        if stroke.begin:
            self._tallies[stroke.number].strike(now)
            self._begin(stroke.number, fault)
        else:
            self._end(stroke.number, fault)

    def _begin(self, number: int, fault: Fault) -> None:
        match fault:
            case Crash():
                self._cut_power(number, fault.party)
            case Restart():
                self._go_down(number, fault.party, fault.memory == "amnesia", fault.downtime)
            case Churn():
                self.idle_events -= 1
                down = self._exponential(number, fault.mean_down, "down")
                self._go_down(number, fault.party, fault.memory == "amnesia", down)
            case Pause():
                self._fall_asleep(number, fault.party, fault.duration)
            case Omission():
                self._omissions[number] = fault
                self._until(number, fault.duration)
            case Partition():
                self._partitions[number] = fault
                self._until(number, fault.duration)
            case Heal():
                self._heal(list(self._partitions))
            case Degrade():
                self._degraded[number] = self._degradation(fault)
                self._override(self._degraded[number], begin=True)
                self._until(number, fault.duration)
            case _:
                raise TypeError(f"no such fault: {fault}")

    def _end(self, number: int, fault: Fault) -> None:
        match fault:
            case Restart() | Pause():
                self._come_back(number, fault.party)
            case Churn():
                self._come_back(number, fault.party)
                self._schedule_churn(number, fault, self._kernel.clock.now)
            case Omission():
                del self._omissions[number]
            case Partition():
                self._heal([number] if number in self._partitions else [])
            case Degrade():
                self._override(self._degraded.pop(number), begin=False)
            case _:
                raise TypeError(f"{fault} does not end")

    def _until(self, number: int, duration: int | None) -> None:
        if duration is not None:
            self._schedule(self._kernel.clock.now + max(duration, 1), Stroke(number, begin=False))

    # -- parties -------------------------------------------------------------------------------

    def _cut_power(self, number: int, party: int) -> None:
        """What has left the party still travels, nothing follows."""
        actor = self._kernel.actors[party]
        if actor.died <= self._kernel.clock.now:
            return
        actor.died = self._kernel.clock.now
        self._kernel.mourn(actor, Crashed(actor.died))
        self._clear_line(number, actor, back=None)
        self._kernel.transport.disconnect(party)

    def _go_down(self, number: int, party: int, amnesia: bool, downtime: int) -> None:
        """Power off for a while. With amnesia the incarnation ends here."""
        back = self._kernel.clock.now + max(downtime, 1)
        if amnesia:
            self._cut_power(number, party)
        else:
            actor = self._kernel.actors[party]
            actor.off = True
            self._clear_line(number, actor, back)
            self._fall_asleep(number, party, downtime)
            return
        self._schedule(back, Stroke(number, begin=False))

    def _fall_asleep(self, number: int, party: int, duration: int) -> None:
        actor, back = self._kernel.actors[party], self._kernel.clock.now + max(duration, 1)
        actor.asleep = max(actor.asleep, back)
        self._schedule(back, Stroke(number, begin=False))

    def _come_back(self, number: int, party: int) -> None:
        actor = self._kernel.actors[party]
        if actor.died <= self._kernel.clock.now:
            fault = self._faults[number]
            if getattr(fault, "memory", None) == "amnesia":
                self._kernel.resurrect(actor)
        elif actor.asleep <= self._kernel.clock.now:
            actor.asleep, actor.off = 0, False
            self._kernel.outbox.extend(actor.backlog)
            actor.backlog.clear()

    def _clear_line(self, number: int, actor: Actor, back: int | None) -> None:
        """A power cut takes what is still on the access line; a durable party sends it again."""
        for event in self._kernel.take_copies(actor.index, self._kernel.clock.now):
            copy: Copy = event[3]
            self._tallies[number].hits += 1
            reliable = self._kernel.transport.link(copy.sender, copy.receiver).reliable
            if back is not None and reliable and not copy.twin:
                self._kernel.journal.resent(copy.number, 1)
                copy.attempts += 1
                self._kernel.push(back, RETRY, copy.number, copy)
            else:
                self._kernel.lost_in_crash(copy)

    def defers(self, event: tuple[int, int, int, object], party: int) -> bool:
        """Is the party asleep? Then what would happen to it happens when it wakes."""
        actor = self._kernel.actors[party]
        if actor.asleep <= self._kernel.clock.now:
            return False
        _, what, number, subject = event
        self._kernel.push(actor.asleep, what, number, subject)
        if what == DELIVER:
            self._note_hit(party)
        return True

    def _note_hit(self, party: int) -> None:
        for tally, fault in zip(self._tallies, self._faults, strict=True):
            if fault.party == party and tally.fired is not None:
                tally.hits += 1

    # -- the network ---------------------------------------------------------------------------

    def cuts(self, sender: int, receiver: int) -> bool:
        """Is the direction cut by a partition?"""
        for number, partition in self._partitions.items():
            if partition.blocks(sender, receiver):
                self._tallies[number].hits += 1
                return True
        return False

    def omits(self, sender: int, receiver: int, copy: Copy, direction: str) -> bool:
        """Does a party under omission lose this copy?"""
        party = sender if direction == "send" else receiver
        for number, fault in self._omissions.items():
            if fault.party == party and fault.direction in (direction, "both"):
                name = (number, direction, copy.number)
                if self._kernel.draws.draw("omission", name, 1 << 64) < fault.probability:
                    self._tallies[number].hits += 1
                    return True
        return False

    def park(self, copy: Copy) -> None:
        """Keep a copy that a partition holds up; its attempts go on unseen."""
        self._parked.append((self._kernel.clock.now, copy))

    def _heal(self, numbers: list[int]) -> None:
        for number in numbers:
            del self._partitions[number]
        parked, self._parked = self._parked, []
        for since, copy in parked:
            if any(p.blocks(copy.sender, copy.receiver) for p in self._partitions.values()):
                self._parked.append((since, copy))
            else:
                self._kernel.transport.retry_after_heal(copy, since)

    def _degradation(self, fault: Degrade) -> Override:
        everyone = self._world.cast.indices
        pairs: set[Pair] = {
            pair
            for i in sorted(fault.parties)
            for j in everyone
            if i != j
            for pair in ((i, j), (j, i))
        }
        return Override(frozenset(pairs), fault.change)

    def _override(self, override: Override, begin: bool) -> None:
        if begin:
            self.overrides.append(override)
        else:
            self.overrides.remove(override)
        self._kernel.transport.relink()

    # -- churn ---------------------------------------------------------------------------------

    def _schedule_churn(self, number: int, fault: Churn, start: int) -> None:
        self.idle_events += 1
        due = start + self._exponential(number, fault.mean_up, "up")
        self._kernel.push(max(due, 1), FAULT, 2 * number + 1, Stroke(number))

    def _exponential(self, number: int, mean: int, what: str) -> int:
        """A named draw from the exponential distribution [ns]."""
        name = (number, what, self._tallies[number].strokes)
        draw = self._kernel.draws.draw("churn", name, 1 << 64)
        standard = distributions.exponential().at(draw) + distributions.ONE
        return max(1, standard * mean >> 32)

    # -- the record ----------------------------------------------------------------------------

    def records(self) -> tuple[FaultRecord, ...]:
        """What each declared fault did."""
        return tuple(
            FaultRecord(
                name=fault.name or fault.kind,
                kind=fault.kind,
                party=fault.party,
                fired=tally.fired,
                strokes=tally.strokes,
                hits=tally.hits,
            )
            for fault, tally in zip(self._faults, self._tallies, strict=True)
        )
