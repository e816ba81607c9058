"""A protocol with everything that fixes the law of a view: parties, domain of inputs, corruption.

An `Ensemble` is data; `sights` runs it on one input and one batch of tapes, through the real world
and the protocol's own code, and yields what the corrupted parties saw, in all lanes at once. Knows
nothing of what is compared with what.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import attrs

from turncoat.actors.faults import Fault
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Outcome
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import Run, World
from turncoat.adversary.coalition import Coalition
from turncoat.adversary.privacy.lane_algebra import in_lanes
from turncoat.adversary.privacy.lanes import Lanes, LanesDisagree, NotEnumerable, place_of
from turncoat.adversary.privacy.laws import Column, Shape
from turncoat.adversary.privacy.stand_ins import StandIns, in_place
from turncoat.adversary.privacy.tapes import Batch, Coin, EnumeratedCoins, TapeName
from turncoat.adversary.views import View, view_of
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec

Inputs = Mapping[int, tuple[int, ...]]  # party → its elements
Main = Callable[[Party, Algebra, Vec], Awaitable[Any]]  # (party, field, own inputs) → its output
Functionality = Callable[[Inputs], Mapping[int, tuple[int, ...]]]  # inputs → outputs by party
Dealt = tuple[int, str]  # the tape of a party under a sid
Deviation = Callable[[], Coalition]  # a fresh adversary for one run


def _plain_network() -> Topology:
    return Topology(default=Link(latency=MILLISECOND))


@attrs.frozen(kw_only=True)
class Ensemble:
    """One protocol over one tiny structure, with one corrupted set.

    n, t: computing parties, corruptions tolerated; roles: auxiliary ones, with the group of the
    computing parties named too if there are any. inputs: party → how many elements it brings; all
    their values are tried. functionality: the outputs on plain integers, sharing no code with the
    protocol; parties it does not name get none. deviation: what corrupted parties do; None: they
    listen. soundness: the distance that a deviation may cause. stuck, again: coins that are planted
    (`EnumeratedCoins`). idealised: what stands in for a hash, a generator or a public coin; the
    code that does is in stand_ins.
    paths: over how many different courses of a run the tapes may spread. given: a condition on the
    coins, as file of the protocol → what a branch there that depends on them must ask with that
    answer; tapes with the other one are left out, and the result says so.
    heeds: seat → those whose abort announcement ends it, as of a `World`.
    """

    name: str
    field: Algebra
    n: int
    t: int
    main: Main
    inputs: Mapping[int, int]
    functionality: Functionality
    corrupted: tuple[int, ...]
    roles: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict[str, tuple[int, ...]])
    topology: Topology = attrs.field(factory=_plain_network)
    faults: tuple[Fault, ...] = ()
    deviation: Deviation | None = None
    soundness: Fraction = Fraction(0)
    stuck: frozenset[Dealt] = frozenset()
    again: Mapping[Dealt, Dealt] = attrs.field(factory=dict[Dealt, Dealt])
    idealised: tuple[str, ...] = ()
    stand_ins: StandIns = attrs.field(factory=dict[str, Callable[..., Any]])
    paths: int = 1
    given: Mapping[str, bool] = attrs.field(factory=dict[str, bool])
    heeds: Mapping[int, frozenset[int]] = attrs.field(factory=dict[int, frozenset[int]])

    @property
    def seats(self) -> tuple[int, ...]:
        """Everybody, auxiliary roles included."""
        last = max((i for members in self.roles.values() for i in members), default=self.n)
        return tuple(range(1, max(last, self.n) + 1))

    @property
    def honest(self) -> tuple[int, ...]:
        return tuple(i for i in self.seats if i not in self.corrupted)

    @property
    def input_count(self) -> int:
        return self.field.order ** sum(self.inputs.values())

    def all_inputs(self) -> Iterator[dict[int, tuple[int, ...]]]:
        """Every choice of everybody's inputs."""
        for values in product(range(self.field.order), repeat=sum(self.inputs.values())):
            rest, table = list(values), dict[int, tuple[int, ...]]()
            for party, count in self.inputs.items():
                table[party], rest = tuple(rest[:count]), rest[count:]
            yield table

    def known(self, inputs: Inputs) -> tuple[Any, Any]:
        """What the corrupted parties may know: their own inputs, and their outputs."""
        outputs = self.functionality(inputs)
        own = tuple(inputs.get(i, ()) for i in self.corrupted)
        return own, tuple(outputs.get(i, ()) for i in self.corrupted)


@attrs.frozen
class Sight:
    """One run in lanes. tapes: of these lanes. view: of the corrupted. coins: all that fell.
    acted: did every required part of the deviation do what it intends?"""

    tapes: Batch
    view: View
    coins: Mapping[TapeName, Sequence[Coin]]
    outcomes: Mapping[int, Outcome]
    acted: bool


def sights(ensemble: Ensemble, inputs: Inputs, tapes: Batch) -> Iterator[Sight]:
    """The runs of one batch: a single one, or one for every course that the protocol takes.

    Raises NotEnumerable, naming the place, if there are more than `ensemble.paths` of them.
    """
    pending, courses = [tapes], 1
    while pending:
        part = pending.pop()
        try:
            yield _sight(ensemble, inputs, part)
        except LanesDisagree as fork:
            answer = ensemble.given.get(fork.place.rpartition(":")[0])
            if answer is not None:
                pending.append(part.part(fork.yes if answer else ~fork.yes))
                continue
            courses += 1
            if courses > ensemble.paths:
                raise _refusal(ensemble, fork) from fork
            pending += [part.part(~fork.yes), part.part(fork.yes)]
        except NotEnumerable as error:
            raise NotEnumerable(f"{place_of(error.__traceback__)}: {error}") from error


def _refusal(ensemble: Ensemble, fork: LanesDisagree) -> NotEnumerable:
    spread = "" if ensemble.paths == 1 else f" in more than {ensemble.paths} ways"
    return NotEnumerable(
        f"{fork.place}: the course of {ensemble.name} depends on the coins{spread} "
        f"(a branch asks: {fork.question}?), so its tapes cannot be run side by side"
    )


def _sight(ensemble: Ensemble, inputs: Inputs, tapes: Batch) -> Sight:
    nonces = bool(ensemble.stand_ins)
    coins = EnumeratedCoins(tapes, ensemble.stuck, ensemble.again, nonces)
    run = run_in_lanes(ensemble, inputs, coins)
    view = view_of(run.journal, ensemble.corrupted, inputs)
    acted = all(receipt.acted for receipt in run.receipts if receipt.required)
    return Sight(tapes, view, coins.drawn, run.outcomes, acted)


def run_in_lanes(ensemble: Ensemble, inputs: Inputs, coins: EnumeratedCoins) -> Run:
    """One simulation of the real protocol, with a lane for every tape."""
    field = in_lanes(ensemble.field)
    adversary = ensemble.deviation() if ensemble.deviation else None
    world = World(
        cast=Cast(tuple(f"P{i}" for i in ensemble.seats), ensemble.roles),
        tapes=_never,
        t=ensemble.t,
        topology=ensemble.topology,
        structures={"field": field},
        faults=ensemble.faults,
        rules=adversary.rules if adversary else {},
        mind=adversary,
        heeds=ensemble.heeds,
        digest="sizes",
        keep_bodies=True,
        coins=coins,
    )

    async def main(party: Party) -> Any:
        own = field(list(inputs.get(party.me, ())))
        return await ensemble.main(party, field, own)

    with in_place(ensemble.stand_ins):
        return world.run(main)


def _never(key: bytes) -> Tape:
    """No tape: `EnumeratedCoins` puts its own in the place of all."""
    return None  # pyright: ignore[reportReturnType]


Numbered = tuple[Shape, list[Lanes | int]]


def seen(sight: Sight) -> Numbered:
    """The view of the corrupted parties as a shape and numbers: coins, then messages in order.

    What they sent each other is left out of the numbers, since it follows from the rest.
    """
    table = _Table()
    corrupted = sight.view.corrupted
    for (party, incarnation, sid), drawn in sorted(sight.coins.items()):
        if party in corrupted:
            table.event(f"P{party} draws {len(drawn)} coins{_of(sid)} ({incarnation})")
            for k, coin in enumerate(drawn):
                table.number(f"P{party}'s coin {k}{_of(sid)}", coin.bound, coin.value)
    for message in sight.view.received:
        told = message.sender not in corrupted
        arrow = f"P{message.sender} → P{message.receiver}"
        size = f"{message.payload} + {message.framing} bytes"
        when = "on its way" if message.time is None else f"at {message.time} ns"
        table.event(f"{message.kind}{_of(message.sid)}, {arrow}, {size}, {when}")
        for name, value in message.fields.items():
            table.value(f"{message.kind}.{name}{_of(message.sid)}, {arrow}", value, counts=told)
    return table.done()


@attrs.define
class _Table:
    """Events and numbered columns, as they are found."""

    events: list[str] = attrs.field(factory=list[str])
    columns: list[Column] = attrs.field(factory=list[Column])
    numbers: list[Lanes | int] = attrs.field(factory=list[Lanes | int])

    def event(self, text: str) -> None:
        self.events.append(text)

    def number(self, label: str, bound: int, value: Lanes | int) -> None:
        self.columns.append(Column(label, bound))
        self.numbers.append(value)

    def value(self, label: str, value: Any, *, counts: bool = True) -> None:
        """A vector, a number a column; anything else is the same in all lanes."""
        if not isinstance(value, Vec):
            self.event(f"{label} is {value!r}")
            return
        self.event(f"{label} has shape {value.shape}")
        for k, element in enumerate(value.array.flat if counts else ()):
            self.number(label if value.size == 1 else f"{label}[{k}]", value.field.order, element)

    def done(self) -> Numbered:
        return Shape(tuple(self.events), tuple(self.columns)), self.numbers


def _of(sid: str) -> str:
    return f" of {sid}" if sid else ""
