"""Real against ideal: the same inputs against a functionality and a simulator, compared exactly.

In the ideal world the honest parties hand their inputs to the functionality, and a simulator, which
sees only what the corrupted parties may know, makes up their view. What is compared is the joint
law of that view and of how the honest parties end. Times and sizes are left out: they are public in
all protocols here, and `exact` compares them. Security for these parameters is a distance within
the declared soundness error; at distance 0 it is perfect.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, Literal, cast

import attrs

from turncoat.actors.outcome import Aborted, Outcome, Output
from turncoat.adversary.privacy.ensemble import (
    Ensemble,
    Inputs,
    Numbered,
    Sight,
)
from turncoat.adversary.privacy.exact import MOST_TAPES, Observed, check_work, first_layout, law_of
from turncoat.adversary.privacy.lanes import Lanes, LanesDisagree
from turncoat.adversary.privacy.laws import Column, Law, Shape, Telling
from turncoat.adversary.privacy.tapes import Batch, EnumeratedCoins, Layout, MoreCoins, batch
from turncoat.protocols.algebra.vec import Vec

Number = Lanes | int
Simulator = Callable[["Simulation"], None]
Randomised = Callable[["Simulation", Inputs], Mapping[int, tuple[Number, ...]]]

STAND_INS = ("dealer", "coin")  # roles that play an ideal thing, and no party
COMPLETED = "Output"


@attrs.frozen(kw_only=True)
class IdealWorld:
    """A protocol, and what it claims to be no worse than.

    real: the protocol, its deviation and its soundness error. simulate: makes up the view of the
    corrupted. functionality: of coins and all inputs, for randomised ones; by default the
    ensemble's own. inputs: those to try; by default all.
    """

    real: Ensemble
    simulate: Simulator
    functionality: Randomised | None = None
    inputs: tuple[Inputs, ...] = ()

    @property
    def domain(self) -> Iterator[Inputs]:
        return iter(self.inputs) if self.inputs else self.real.all_inputs()


@attrs.define(eq=False)
class Simulation:
    """One run of the ideal world, as the simulator sees and writes it.

    inputs, outputs: of the corrupted parties. p: elements of the structure.
    """

    p: int
    inputs: Inputs
    outputs: Mapping[int, tuple[Number, ...]]
    _coins: EnumeratedCoins
    _events: list[str] = attrs.field(factory=list[str], init=False)
    _columns: list[Column] = attrs.field(factory=list[Column], init=False)
    _numbers: list[Number] = attrs.field(factory=list[Number], init=False)
    ending: str = attrs.field(default=COMPLETED, init=False)

    def uniform(self, what: str, below: int = 0) -> Lanes:
        """A uniform element of the simulator's own, or a number below a bound; `what` names it and
        must be new."""
        return self._drawn(0, what, 1, below)[0]

    def coins(self, party: int, sid: str, count: int = 1) -> list[Lanes]:
        """Coins of a corrupted party, which are in its view."""
        drawn = self._drawn(party, sid, count)
        self._events.append(f"P{party} draws {count} coins of {sid}")
        for k, coin in enumerate(drawn):
            self._write(f"P{party}'s coin {k} of {sid}", coin)
        return drawn

    def message(self, sender: int, receiver: int, sid: str, kind: str, **fields: Number) -> None:
        """A message of an honest party, with one element in each field."""
        self._events.append(f"{kind} of {sid}, P{sender} → P{receiver}")
        for name, number in fields.items():
            self._write(f"{kind}.{name} of {sid}, P{sender} → P{receiver}", number % self.p)

    def abort(self, reason: str) -> None:
        """No honest party gets an output; their announcements are messages to be simulated."""
        self.ending = f"Aborted: {reason}"

    def _drawn(self, party: int, sid: str, count: int, below: int = 0) -> list[Any]:
        tape = self._coins(party, 0, sid, None)  # pyright: ignore[reportArgumentType] - unused
        return list(tape.uniform(below or self.p, count))

    def _write(self, label: str, number: Number) -> None:
        self._columns.append(Column(label, self.p))
        self._numbers.append(number)

    def done(self, honest: Mapping[int, tuple[Number, ...] | None]) -> Numbered:
        """The joint view, with what honest parties put out."""
        events, columns, numbers = [*self._events], [*self._columns], [*self._numbers]
        for party, output in sorted(honest.items()):
            events.append(f"P{party} ends: {self.ending}")
            if self.ending == COMPLETED:
                for k, number in enumerate(output or ()):
                    columns.append(Column(f"output {k} of P{party}", self.p))
                    numbers.append(number)
        return _in_order(events, columns, numbers)


@attrs.frozen(kw_only=True)
class IdealResult:
    """What the comparison showed. distance: the greatest over all inputs; at: one that has it.
    idle, given, kept: as in `ExactResult`."""

    name: str
    corrupted: tuple[int, ...]
    real_tapes: int
    ideal_tapes: int
    inputs: int
    distance: Fraction
    soundness: Fraction
    at: Inputs | None
    telling: Telling | None
    idle: Inputs | None
    idealised: tuple[str, ...]
    given: tuple[str, ...] = ()
    kept: Fraction = Fraction(1)

    @property
    def verdict(self) -> Literal["PERFECT", "SOUND", "LEAK", "INCONCLUSIVE"]:
        if self.distance > self.soundness:
            return "LEAK"
        if self.idle is not None:
            return "INCONCLUSIVE"
        return "PERFECT" if self.distance == 0 else "SOUND"


def compare(world: IdealWorld, *, most_tapes: int = MOST_TAPES) -> IdealResult:
    """The greatest distance between the real and the ideal world over all inputs.

    Raises NotEnumerable as `exact` does.
    """
    real, inputs = world.real, list(world.domain)
    layout, ideal_layout = first_layout(real), Layout()
    check_work(real, layout, len(inputs), most_tapes)
    worst: tuple[Fraction, Inputs | None, Telling | None] = (Fraction(0), None, None)
    idle, kept = cast("Inputs | None", None), Fraction(1)
    for given in inputs:
        layout, observed = _real_law(real, layout, given)
        idle = idle if observed.acted or idle is not None else given
        one = observed.law
        kept = min(kept, Fraction(one.total, layout.count))
        ideal_layout, two = _ideal_law(world, ideal_layout, given, most_tapes // len(inputs))
        distance = one.distance(two)
        if distance > worst[0]:
            worst = (distance, given, one.telling(two))
    return IdealResult(
        name=real.name,
        corrupted=real.corrupted,
        real_tapes=layout.count,
        ideal_tapes=ideal_layout.count,
        inputs=len(inputs),
        distance=worst[0],
        soundness=real.soundness,
        at=worst[1],
        telling=worst[2],
        idle=idle,
        idealised=real.idealised,
        given=tuple(real.given),
        kept=kept,
    )


def _real_law(real: Ensemble, layout: Layout, inputs: Inputs) -> tuple[Layout, Observed]:
    while True:
        try:
            return layout, law_of(real, layout, inputs, partial(joint, judged(real)))
        except MoreCoins as more:
            layout = more.layout


def joint(judged: Collection[int], sight: Sight) -> Numbered:
    """The view of the corrupted parties without times and sizes, and how the honest ones among
    `judged` ended."""
    events, columns, numbers = list[str](), list[Column](), list[Number]()
    corrupted = sight.view.corrupted

    def write(label: str, bound: int, number: Number) -> None:
        columns.append(Column(label, bound))
        numbers.append(number)

    for (party, _, sid), drawn in sorted(sight.coins.items()):
        if party in corrupted and drawn:
            events.append(f"P{party} draws {len(drawn)} coins of {sid}")
            for k, coin in enumerate(drawn):
                write(f"P{party}'s coin {k} of {sid}", coin.bound, coin.value)
    for m in sight.view.received:
        if m.sender in corrupted:
            continue
        events.append(f"{m.kind} of {m.sid}, P{m.sender} → P{m.receiver}")
        for name, value in m.fields.items():
            if isinstance(value, Vec):
                for element in value.array.flat:
                    label = f"{m.kind}.{name} of {m.sid}, P{m.sender} → P{m.receiver}"
                    write(label, value.field.order, element)
    for party, outcome in sorted(sight.outcomes.items()):
        if party in corrupted or party not in judged:
            continue
        events.append(f"P{party} ends: {_ending(outcome)}")
        if isinstance(outcome, Output) and isinstance(outcome.value, Vec):
            for k, element in enumerate(outcome.value.array.flat):
                write(f"output {k} of P{party}", outcome.value.field.order, element)
    return _in_order(events, columns, numbers)


def _ending(outcome: Outcome) -> str:
    """How a party ended, without what it put out."""
    if isinstance(outcome, Aborted):
        return f"Aborted: {outcome.reason}"
    return type(outcome).__name__


def _in_order(events: list[str], columns: list[Column], numbers: list[Number]) -> Numbered:
    """By label, so that a simulator may write in its own order; no distance changes by it."""
    order = sorted(range(len(columns)), key=lambda k: columns[k].label)
    shape = Shape(tuple(sorted(events)), tuple(columns[k] for k in order))
    return shape, [numbers[k] for k in order]


def judged(real: Ensemble) -> tuple[int, ...]:
    """Those whose ends count: honest, and no stand-in for something ideal."""
    stand_ins = {i for role in STAND_INS for i in real.roles.get(role, ())}
    return tuple(i for i in real.honest if i not in stand_ins)


def _ideal_law(world: IdealWorld, layout: Layout, inputs: Inputs, most: int) -> tuple[Layout, Law]:
    while True:
        law = Law()
        check_work(world.real, layout, 1, most)
        try:
            for tapes, (shape, numbers) in _simulations(world, inputs, layout):
                law.add(shape, numbers, tapes.size)
            return layout, law
        except MoreCoins as more:
            layout = more.layout


def _simulations(
    world: IdealWorld, inputs: Inputs, layout: Layout
) -> Iterator[tuple[Batch, Numbered]]:
    """The ideal world on all tapes; a simulator may branch on its coins."""
    pending = [batch(layout, 0, layout.count)]
    while pending:
        tapes = pending.pop()
        try:
            yield tapes, _simulated(world, inputs, tapes)
        except LanesDisagree as fork:
            pending += [tapes.part(~fork.yes), tapes.part(fork.yes)]


def _simulated(world: IdealWorld, inputs: Inputs, tapes: Batch) -> Numbered:
    real, coins = world.real, EnumeratedCoins(tapes)
    simulation = Simulation(real.field.order, {}, {}, coins)
    if world.functionality is None:
        outputs: Mapping[int, tuple[Number, ...]] = real.functionality(inputs)
    else:
        outputs = world.functionality(simulation, inputs)
    simulation.inputs = {i: inputs[i] for i in real.corrupted if i in inputs}
    simulation.outputs = {i: outputs[i] for i in real.corrupted if i in outputs}
    world.simulate(simulation)
    return simulation.done({i: outputs.get(i) for i in judged(real)})
