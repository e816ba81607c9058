"""A scenario with its names resolved: family, program, inputs, network, faults and attacks as
objects.

What only they can judge is judged here: a threshold that the protocol does not have, a field too
small for the parties or the numbers, a behaviour or a parameter that nobody knows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from turncoat.actors.faults import Fault
from turncoat.actors.topology import Topology
from turncoat.adversary.binding import Behaviour, BoundRule, bind
from turncoat.adversary.registry import BEHAVIOURS, make
from turncoat.adversary.selector import Selector
from turncoat.protocols import registry
from turncoat.protocols.algebra.field import Field, parse_field
from turncoat.protocols.arithmetic.family import Family, FamilyMaker
from turncoat.protocols.arithmetic.predict import dry_run
from turncoat.protocols.arithmetic.program import Layout, Program, Values
from turncoat.protocols.functionalities.plain import Operation, evaluate, layout_of
from turncoat.scenarios import units
from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.faults import faults
from turncoat.scenarios.network import topology
from turncoat.scenarios.problems import Path, Refusal, did_you_mean
from turncoat.scenarios.schema import Adversary, Protocol
from turncoat.scenarios.selection import selected

if TYPE_CHECKING:
    from turncoat.scenarios.scenario import Scenario

_T = TypeVar("_T")


@attrs.frozen
class Attack:
    """One [[adversary]] entry that does something, from each of its seats."""

    name: str
    behaviour: Behaviour
    parties: tuple[int, ...]
    when: Selector
    required: bool

    def bind(self, party: int) -> BoundRule:
        """A fresh rule for one run of one seat."""
        return bind(self.name, self.behaviour, party, self.when, required=self.required)


@attrs.frozen(kw_only=True)
class Plan:
    """What a scenario means for one seed. corrupted, active: indices of seats."""

    names: tuple[str, ...]
    family: Family[Any]
    program: Program
    params: Mapping[str, Any]
    inputs: Mapping[str, Values]
    announced: tuple[Operation, ...]
    topology: Topology
    faults: tuple[Fault, ...]
    attacks: tuple[Attack, ...]
    corrupted: frozenset[int]

    @property
    def indices(self) -> range:
        return range(1, len(self.names) + 1)

    @property
    def layout(self) -> Layout:
        """The public shapes of all inputs."""
        return layout_of(self.inputs)

    @property
    def active(self) -> frozenset[int]:
        """Seats that may deviate: those that some behaviour acts from."""
        return frozenset(i for attack in self.attacks for i in attack.parties)


def indices_of(who: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """The indices of parties given by names or globs, ascending."""
    return tuple(names.index(name) + 1 for name in selected(who, names))


def plan(scenario: "Scenario", seed: int) -> Plan:
    """Resolve a scenario. Raises ScenarioError with every mistake that can be found."""
    refusals: list[Refusal] = []

    def attempt(path: Path, make_it: Callable[[], _T]) -> _T | None:
        try:
            return make_it()
        except Refusal as refusal:
            refusals.append(refusal.under(path))
        except ValueError as error:
            refusals.append(Refusal(str(error), path=path))
        return None

    names, protocol = scenario.names, scenario.protocol
    field = attempt(("protocol", "field"), lambda: parse_field(protocol.field))
    maker = attempt(("protocol", "use"), lambda: registry.family(protocol.use))
    program = attempt(("protocol", "program"), lambda: _program(scenario))
    family = None
    if maker and field and attempt(("protocol", "variant"), lambda: _variant(maker, protocol)):
        at = ("protocol", "use" if protocol.t is None else "t")
        family = attempt(at, lambda: _family(maker, scenario, field))
    attacks = [
        attempt(("adversary", k), lambda entry=entry, k=k: _attack(entry, k, names))
        for k, entry in enumerate(scenario.adversaries)
    ]
    inputs = _inputs(scenario, seed)
    if program and field:
        attempt(("protocol", "program"), lambda: _check_range(scenario, program, inputs, field.p))
    announced = None
    if family and program and not refusals:
        params = protocol.with_
        announced = attempt(
            ("protocol", "variant"),
            lambda: _announced(family, program, layout_of(inputs), params),
        )
    if family is None or program is None or announced is None:
        raise scenario.document.error(refusals)
    return Plan(
        names=names,
        family=family,
        program=program,
        params=protocol.with_,
        inputs=inputs,
        announced=announced,
        topology=topology(scenario.network, names),
        faults=faults(scenario.faults, names, seed),
        attacks=tuple(attack for attack in attacks if attack is not None),
        corrupted=frozenset(_seats(scenario)),
    )


def _variant(maker: FamilyMaker, protocol: Protocol) -> str:
    """The variant, if the family has it; checked apart, for the sake of the line to point at."""
    if protocol.variant not in maker.variants:
        remedy = did_you_mean(protocol.variant, maker.variants)
        raise Refusal(f"{maker.name} has no variant {quoted(protocol.variant)}", remedy)
    return protocol.variant


def _family(maker: FamilyMaker, scenario: "Scenario", field: Field) -> Family[Any]:
    given = scenario.protocol
    n = len(scenario.names)
    return maker(n, given.t, field, opening=given.opening, variant=given.variant)


def _announced(
    family: Family[Any], program: Program, layout: Layout, params: Mapping[str, Any]
) -> tuple[Operation, ...]:
    """The program's steps, if the family prepares for them. Raises Refusal for a program that
    fails on zeros, from which they would be found."""
    if "prep" not in family.costs:
        return ()
    try:
        return dry_run(family, program, layout, params).operations
    except Exception as error:
        # A user's program may fail on zeros in ways that nobody can foresee.
        raise Refusal(
            f"its products cannot be prepared for: on zeros the program fails ({error})",
            "leave `variant` out, or let the program accept zeros",
        ) from error


def _inputs(scenario: "Scenario", seed: int) -> dict[str, Values]:
    """Every party's inputs as arrays of Python integers; none for a party that brings nothing."""
    given = scenario.inputs_for(seed)
    return {
        party: {
            name: np.array(integers.flat, dtype=object).reshape(integers.shape)
            for name, integers in given.get(party, {}).items()
        }
        for party in scenario.names
    }


def _program(scenario: "Scenario") -> Program:
    name = scenario.protocol.program
    if name is None:
        known = ", ".join(registry.PROGRAMS)
        raise Refusal("no program is given", f'such as program = "mean" (there are {known})')
    return registry.program(name, scenario.source.parent)


def _seats(scenario: "Scenario") -> Iterator[int]:
    for entry in scenario.adversaries:
        yield from indices_of(entry.corrupts, scenario.names)


def _attack(entry: Adversary, number: int, names: Sequence[str]) -> Attack | None:
    """The attack of an [[adversary]] entry, None for one that only listens."""
    if entry.does is None:
        return None
    when = entry.when
    selector = Selector(
        phase=when.phase,
        sid=when.sid,
        kind=when.kind,
        to=frozenset(indices_of(when.to, names)) if when.to else None,
        nth=when.nth,
        at=when.at,
    )
    required = number == 0 if entry.required is None else entry.required
    behaviour = _behaviour(entry.does, entry.with_)
    return Attack(entry.does, behaviour, indices_of(entry.corrupts, names), selector, required)


def _behaviour(name: str, given: Mapping[str, Any]) -> Behaviour:
    try:
        return make(name, **{key: _parameter(name, key, value) for key, value in given.items()})
    except ValueError as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(
            str(error), path=("does",) if name not in BEHAVIOURS else ("with",)
        ) from error


def _parameter(behaviour: str, key: str, value: Any) -> Any:
    """A value of `with` in the unit that the behaviour takes."""
    known = BEHAVIOURS.get(behaviour)
    parameter = known.parameters.get(key) if known else None
    try:
        if parameter is not None and parameter.type == "duration":
            return units.duration(value)
        if parameter is not None and type(value) is not int:
            raise Refusal(f"{value!r} is not an integer")
    except Refusal as refusal:
        raise refusal.under(("with", key)) from None
    return value


def _check_range(
    scenario: "Scenario", program: Program, inputs: Mapping[str, Values], p: int
) -> None:
    """Refuse a program whose numbers would wrap around in the field."""
    found = evaluate(program, inputs, scenario.protocol.with_)
    if not found.fits(p):
        raise Refusal(
            f"numbers up to {found.largest} do not fit the field of {p} elements, which holds "
            f"those below {(p + 1) // 2}",
            "take a larger field, or smaller inputs",
        )
