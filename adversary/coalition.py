"""One adversary in one run: the rules of all its seats, their joint view, what it does besides.

`assemble` makes it from attacks; the world is handed its rules and its mind, and the seats'
programs go through `inhabit`. Knows no behaviour by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.rule import Change, Receipt, Rule
from turncoat.actors.seam import Heard, Outline, Rushing, Seam
from turncoat.adversary.binding import Behaviour, bind
from turncoat.adversary.corruption import Adaptive, Mobile, Static, Timing
from turncoat.adversary.joint_view import JointView, Place
from turncoat.adversary.selector import Selector


@attrs.frozen
class Part:
    """The part that a corrupted seat has in a protocol. honest: its program. with_inputs: the
    honest program on other inputs, by name (None: the protocol has none to change)."""

    honest: Program
    inputs: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    with_inputs: Callable[[Mapping[str, Any]], Program] | None = None


@runtime_checkable
class Habit(Protocol):
    """A behaviour that takes the seat itself: another program, other inputs, other coins."""

    @property
    def intends(self) -> Change: ...
    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        """The program that runs in the seat."""
        ...


@runtime_checkable
class Schedule(Protocol):
    """A behaviour of the network's scheduler: it lies about nothing and corrupts nobody."""

    @property
    def intends(self) -> Change: ...
    def schedule(self, view: JointView) -> Callable[[Outline], int]:
        """By how many ns each copy that the selector chose sets out later."""
        ...


@attrs.frozen
class Attack:
    """One entry of the adversary: its seats, when they are taken, and what they do (None: listen).
    Those of a schedule listen: it is the network that does it."""

    name: str
    behaviour: Behaviour | Habit | Schedule | None
    parties: tuple[int, ...]
    when: Selector = attrs.field(factory=Selector)
    required: bool = True
    timing: Timing = attrs.field(factory=Static)

    @property
    def intends(self) -> Change:
        return "none" if self.behaviour is None else self.behaviour.intends

    @property
    def lies(self) -> bool:
        """May its seats deviate?"""
        return self.behaviour is not None and not isinstance(self.behaviour, Schedule)

    def receipt(self, party: int) -> Receipt:
        return Receipt(self.name, party, self.intends, self.required)


@attrs.define(eq=False)
class Coalition:
    """One adversary in one run; implements `turncoat.actors.seam.Mind`.

    rules: party → what it does to its messages. An empty list: corrupted, and only listens.
    """

    rules: Mapping[int, Sequence[Rule]]
    view: JointView
    rushing: Rushing = "free"
    habits: dict[int, tuple[Habit, Place, Receipt]] = attrs.field(
        factory=dict[int, tuple[Habit, Place, Receipt]]
    )
    schedule: list[tuple[Schedule, Selector, Receipt]] = attrs.field(
        factory=list[tuple[Schedule, Selector, Receipt]]
    )
    timings: list[tuple[Timing, tuple[int, ...]]] = attrs.field(
        factory=list[tuple[Timing, tuple[int, ...]]]
    )
    _seen: dict[int, int] = attrs.field(factory=dict[int, int], init=False)
    _schedulers: list[tuple[Callable[[Outline], int], Selector, Receipt]] = attrs.field(
        factory=list[tuple[Callable[[Outline], int], Selector, Receipt]], init=False
    )

    @property
    def receipts(self) -> Sequence[Receipt]:
        return [receipt for *_, receipt in (*self.habits.values(), *self.schedule)]

    @property
    def schedules(self) -> bool:
        return bool(self.schedule)

    def begin(self, seam: Seam) -> None:
        self.view.begin(seam)
        for timing, parties in self.timings:
            if isinstance(timing, Mobile):
                self.view.think(self._move(timing, parties))
        self._schedulers = [(s.schedule(self.view), when, r) for s, when, r in self.schedule]

    async def _move(self, timing: Mobile, parties: Sequence[int]) -> None:
        """From seat to seat, an epoch in each."""
        for party in parties:
            self.view.corrupt(party)
            await self.view.sleep(timing.epoch)
            self.view.corruption.leave(party)

    def watch(self, sender: int, sid: str, kind: str) -> None:
        for number, (timing, parties) in enumerate(self.timings):
            if isinstance(timing, Adaptive) and timing.sees(sender, sid, kind):
                self._seen[number] = self._seen.get(number, 0) + 1
                if self._seen[number] == timing.nth:
                    for party in parties:
                        self.view.corrupt(party, erasure=timing.erasure)

    def hear(self, heard: Heard) -> None:
        self.view.note(heard)

    def postpone(self, outline: Outline) -> int:
        total = 0
        for scheduler, when, receipt in self._schedulers:
            if not when.covers(outline):
                continue
            late = scheduler(outline)
            receipt.fired += 1
            if late:
                receipt.on_wire += 1
                receipt.changed[:] = ["time"]
            total += late
        return total

    def end(self) -> None:
        for complete in self.view.at_end:
            complete()

    def inhabit(self, party: int, part: Part) -> Program:
        """The program of a seat: the honest one, or what its habit makes of it."""
        if party not in self.habits:
            return part.honest
        habit, place, receipt = self.habits[party]
        return habit.inhabit(place, part, receipt)


def assemble(
    attacks: Iterable[Attack],
    corrupted: Iterable[int] = (),
    *,
    rushing: Rushing = "free",
    view: JointView | None = None,
) -> Coalition:
    """The adversary of one run. corrupted: further seats, that only listen, from the start. Raises
    ValueError for two behaviours that would take the same seat, and for one that would take a
    seat whose program already runs."""
    attacks, view = list(attacks), JointView() if view is None else view
    seats = sorted({*corrupted, *(i for attack in attacks for i in attack.parties)})
    rules: dict[int, list[Rule]] = {i: [] for i in seats}
    coalition = Coalition(rules, view, rushing)
    for i in corrupted:
        view.corruption.take(i)
    for attack in attacks:
        behaviour, when = attack.behaviour, attack.when
        coalition.timings.append((attack.timing, attack.parties))
        if isinstance(attack.timing, Static):
            for i in attack.parties:
                view.corruption.take(i)
        if behaviour is None:
            continue
        if isinstance(behaviour, Schedule):
            coalition.schedule.append((behaviour, when, attack.receipt(0)))
        elif isinstance(behaviour, Habit):
            for i in attack.parties:
                if not isinstance(attack.timing, Static):
                    raise ValueError(f"P{i} cannot {attack.name}: its program already runs then")
                if i in coalition.habits:
                    raise ValueError(f"P{i} cannot {attack.name} as well: a seat has one program")
                coalition.habits[i] = (behaviour, Place(i, view, when), attack.receipt(i))
        else:
            for i in attack.parties:
                rule = bind(attack.name, behaviour, i, when, required=attack.required, view=view)
                rules[i].append(rule)
    return coalition
