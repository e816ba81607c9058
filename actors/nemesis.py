"""Carries faults out: sets them off, lets them strike, ends them, and keeps the record.

Acts between messages, never inside a party's program; all it does is decide when and whether
something is said or heard. Random choices are named draws, like everything else. What a fault does
to a party's power is in `power.py`, what it does to the network here.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from turncoat.actors import distributions
from turncoat.actors.actor import Actor
from turncoat.actors.envelope import Posting, kind_of_body
from turncoat.actors.events import FAULT
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
from turncoat.actors.power import Power, Tally
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Override

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World


_OF_PARTIES = Crash | Restart | Churn | Pause


@attrs.define(eq=False)
class Stroke:
    """One thing that the nemesis will do: begin a fault, or end it."""

    number: int  # of the fault in the world's list; −1 − k for the k-th timed override
    begin: bool = True


class Nemesis:
    """The faults of one run."""

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._world = world
        self._faults = tuple(world.faults)
        self._tallies = [Tally() for _ in self._faults]
        self.power = Power(kernel)
        self.overrides: list[Override] = []  # in force; of two, the later one wins
        self._changes: dict[int, Override] = {}  # the same, by the number of their strokes
        self._partitions: dict[int, Partition] = {}
        self._omissions: dict[int, Omission] = {}
        self._fuses = dict[int, list[int]]()

    # -- setting off ---------------------------------------------------------------------------

    def arm(self) -> None:
        """Put everything that has a time into the queue; strike at once what is due at 0."""
        for k, override in enumerate(self._world.topology.overrides):
            self._schedule(override.start, Stroke(-1 - k))
            if override.end is not None:
                self._schedule(override.end, Stroke(-1 - k, begin=False))
        for number, fault in enumerate(self._faults):
            if fault.at is None:
                self._fuses.setdefault(fault.party, []).append(number)
            else:
                self._set_off(number, fault.at)

    def _set_off(self, number: int, due: int) -> None:
        """A fault strikes at `due`; churn begins with a time of being up."""
        fault = self._faults[number]
        if isinstance(fault, Churn):
            due += self._exponential(number, fault.mean_up, "up")
        self._schedule(due, Stroke(number))

    def _schedule(self, due: int, stroke: Stroke) -> None:
        if due <= self._kernel.clock.now:
            self.carry_out(stroke)
        else:
            # Within an instant all that ends goes before all that begins, each by its number.
            overrides = len(self._world.topology.overrides)
            later = (overrides + len(self._faults)) * stroke.begin
            self._kernel.push(due, FAULT, overrides + stroke.number + later, stroke)

    def sent(self, actor: Actor, posting: Posting) -> tuple[int, list[int]]:
        """A posting is about to leave: after how many of its copies the next faults strike, and
        which; all of them, and none, if it sets nothing off."""
        count = len(posting.receivers)
        if not count:
            return 0, []  # what a party tells itself is not sent
        point = protocol_point(kind_of_body(posting.bodies[0]))
        fuses = self._fuses.get(actor.index, [])
        lengths = {k: self._faults[k].set_off_after(point, actor.sends, count) for k in fuses}
        count = min((length for length in lengths.values() if length is not None), default=count)
        struck = [k for k, length in lengths.items() if length == count]
        for k in struck:
            fuses.remove(k)
        actor.sends += count
        return count, struck

    def strike_behind(self, actor: Actor, number: int) -> None:
        """Let a fault strike once the message that set it off has left the access line."""
        clear = actor.up.free if actor.up is not None else 0
        self._set_off(number, max(clear, self._kernel.clock.now))

    def is_idle(self, stroke: Stroke) -> bool:
        """Would carrying it out, with nothing under way, change nothing for anybody who waits?"""
        if stroke.number < 0:
            return True
        fault = self._faults[stroke.number]
        if isinstance(fault, Omission | Degrade):
            return True
        return stroke.begin and isinstance(fault, Partition | Pause | Churn)

    # -- carrying out --------------------------------------------------------------------------

    def carry_out(self, stroke: Stroke) -> None:
        """Begin or end a fault, or a link's override."""
        number, begin = stroke.number, stroke.begin
        if number < 0:
            override = self._world.topology.overrides[-1 - number]
            self._change(number, override if begin else None)
            return
        fault, now = self._faults[number], self._kernel.clock.now
        if begin and isinstance(fault, _OF_PARTIES) and self.power.is_gone(fault.party):
            return  # nobody dies twice, and the dead neither sleep nor come back
        self._kernel.journal.mark(
            fault.kind, fault.name, "strikes" if begin else "ends", fault.party, now
        )
        if begin:
            self._tallies[number].strike(now)
            self._begin(number, fault, self._until(number, self._lasting(number, fault)))
        else:
            self._end(number, fault)

    def _begin(self, number: int, fault: Fault, until: float) -> None:
        tally, party = self._tallies[number], fault.party
        match fault:
            case Crash():
                self.power.cut(tally, party, until, forget=True)
            case Restart() | Churn():
                self.power.cut(tally, party, until, forget=fault.memory == "amnesia")
            case Pause():
                self.power.pause(tally, party, int(until))
            case Omission():
                self._omissions[number] = fault
            case Partition():
                self._partitions[number] = fault
            case Heal():
                self._heal([*self._partitions])
            case Degrade():
                self._change(number, self._degradation(fault))
            case _:
                raise TypeError(f"no such fault: {fault}")

    def _end(self, number: int, fault: Fault) -> None:
        match fault:
            case Restart() | Pause():
                self.power.come_back(fault.party)
            case Churn():
                self.power.come_back(fault.party)
                self._set_off(number, self._kernel.clock.now)
            case Omission():
                del self._omissions[number]
            case Partition():
                self._heal([number])
            case Degrade():
                self._change(number, None)
            case _:
                raise TypeError(f"{fault} does not end")

    def _lasting(self, number: int, fault: Fault) -> int | None:
        """How long a stroke lasts [ns], None: for good."""
        match fault:
            case Churn():
                return self._exponential(number, fault.mean_down, "down")
            case Restart():
                return fault.downtime
            case Pause() | Omission() | Partition() | Degrade():
                return fault.duration
            case _:
                return None

    def _until(self, number: int, lasting: int | None) -> float:
        """Put the end of a fault into the queue. Returns when that is [ns]."""
        if lasting is None:
            return math.inf
        end = self._kernel.clock.now + max(lasting, 1)
        self._schedule(end, Stroke(number, begin=False))
        return end

    def _exponential(self, number: int, mean: int, what: str) -> int:
        """A named draw from the exponential distribution [ns]."""
        name = (number, what, self._tallies[number].strokes)
        draw = self._kernel.draws.draw("churn", name, UNIT)
        standard = distributions.exponential().at(draw) + distributions.ONE
        return max(1, standard * mean >> 32)

    # -- the network ---------------------------------------------------------------------------

    def cuts(self, copy: Copy) -> bool:
        """Is a partition in its way?"""
        cutting = [k for k, p in self._partitions.items() if p.blocks(copy.sender, copy.receiver)]
        for number in cutting:
            self._tallies[number].hits += 1
        return bool(cutting)

    def omits(self, copy: Copy, party: int, direction: str) -> bool:
        """Does a party under omission, who sends or receives it, lose this copy?"""
        for number, fault in self._omissions.items():
            if fault.party == party and fault.direction in (direction, "both"):
                name = (number, direction, copy.number)
                if self._kernel.draws.draw("omission", name, UNIT) < fault.probability:
                    self._tallies[number].hits += 1
                    return True
        return False

    def _heal(self, numbers: Sequence[int]) -> None:
        """These partitions end; what no other holds up finds its way."""
        for number in numbers:
            self._partitions.pop(number, None)
        self._kernel.carrier.unpark(
            lambda i, j: any(p.blocks(i, j) for p in self._partitions.values())
        )

    def _degradation(self, fault: Degrade) -> Override:
        """The links between these parties and all others, both ways, and among themselves."""
        pairs = {
            pair
            for i in fault.parties
            for j in self._world.cast.indices
            if i != j
            for pair in ((i, j), (j, i))
        }
        return Override(frozenset(pairs), fault.change)

    def _change(self, number: int, override: Override | None) -> None:
        """A change of links comes into force, or ends. Timed ones stand in the order of the
        topology, which must not depend on when they began; degradations follow in the order in
        which they struck."""
        if override is None:
            del self._changes[number]
        else:
            self._changes[number] = override
        timed = sorted((n for n in self._changes if n < 0), reverse=True)
        degraded = [n for n in self._changes if n >= 0]
        self.overrides = [self._changes[n] for n in (*timed, *degraded)]
        self._kernel.carrier.relink()

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
