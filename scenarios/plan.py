"""A scenario with its names resolved: protocol, network, faults and attacks as objects.

What only they can judge is judged here: a threshold that the protocol does not have, a field too
small for the parties or the numbers, a behaviour or a parameter that nobody knows.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from turncoat.actors.faults import Fault
from turncoat.actors.seam import Rushing
from turncoat.actors.topology import Cast, Topology
from turncoat.adversary.coalition import Attack
from turncoat.protocols import registry
from turncoat.protocols.arithmetic.program import Layout, Values
from turncoat.protocols.session import Misfit, Request, Session, UnfitRequest
from turncoat.scenarios.attacks import attack, clashes, indices_of
from turncoat.scenarios.faults import faults
from turncoat.scenarios.inputs import Numbers, Source, draw_array, sources_for
from turncoat.scenarios.network import topology
from turncoat.scenarios.parameters import Scene
from turncoat.scenarios.problems import Path, Refusal
from turncoat.scenarios.schema import Protocol

if TYPE_CHECKING:
    from turncoat.scenarios.scenario import Scenario

_T = TypeVar("_T")

OPTIONS = ("t", "threshold", "kappa", "sigma", "delta", "prep", "opening", "variant")


@attrs.frozen(kw_only=True)
class Plan:
    """What a scenario means for one seed. names: of all seats. corrupted: indices of seats."""

    names: tuple[str, ...]
    session: Session
    topology: Topology
    faults: tuple[Fault, ...]
    attacks: tuple[Attack, ...]
    corrupted: frozenset[int]
    rushing: Rushing = "free"

    @property
    def cast(self) -> Cast:
        return Cast(self.names, self.session.roles)

    @property
    def indices(self) -> range:
        return range(1, len(self.names) + 1)

    def role(self, index: int) -> str:
        """What a seat is there for: "party", or its role."""
        for role, members in self.session.roles.items():
            if members[0] <= index <= members[-1]:  # a role's seats are consecutive
                return SINGULAR.get(role, role)
        return "party"

    @property
    def active(self) -> frozenset[int]:
        """Seats that may deviate: those that some behaviour acts from."""
        return frozenset(i for attack in self.attacks if attack.lies for i in attack.parties)


SINGULAR = {"parties": "party", "clients": "client"}


def plan(scenario: "Scenario", seed: int) -> Plan:
    """Resolve a scenario. Raises ScenarioError with every mistake that can be found."""
    refusals: list[Refusal] = []

    def attempt(path: Path, make_it: Callable[[], _T]) -> _T | None:
        try:
            return make_it()
        except UnfitRequest as unfit:
            refusals.extend(refused(misfit).under(path) for misfit in unfit.misfits)
        except Refusal as refusal:
            refusals.append(refusal.under(path))
        except ValueError as error:
            refusals.append(Refusal(str(error), path=path))
        return None

    session = attempt(("protocol",), lambda: registry.session(request(scenario, seed)))
    scene = Scene(scenario.names, scenario.source.parent)
    attacks = [
        attempt(("adversary", k), lambda entry=entry, k=k: attack(entry, k, scene))
        for k, entry in enumerate(scenario.adversaries)
    ]
    refusals.extend(clashes(attacks))
    if session is not None:
        refusals.extend(_trust(scenario, session))
        refusals.extend(_blank(scenario, session))
    if session is None or refusals:
        raise scenario.document.error(refusals)
    return Plan(
        names=scenario.names,
        session=session,
        topology=topology(scenario.network, scenario.names),
        faults=faults(scenario.faults, scenario.names, seed, scenario.n),
        attacks=tuple(attack for attack in attacks if attack is not None),
        corrupted=frozenset(_seats(scenario)),
        rushing="network" if any(e.rushing == "network" for e in scenario.adversaries) else "free",
    )


def request(scenario: "Scenario", seed: int) -> Request:
    """What `[protocol]` and `[parties]` ask for."""
    given, inputs = scenario.protocol, _Inputs(scenario, seed)
    return Request(
        use=given.use,
        names=scenario.computing,
        inputs=inputs,
        layout=inputs.layout,
        program=given.program,
        folder=scenario.source.parent,
        field=given.field,
        params=given.with_,
        options=_options(given),
        topology=topology(scenario.network, scenario.names),
    )


def _options(given: Protocol) -> dict[str, Any]:
    """The keys given that say how a protocol is to work; fixed_point as its number of bits."""
    options = {key: getattr(given, key) for key in OPTIONS if getattr(given, key) is not None}
    if given.fixed_point is not None:
        options["fixed_point"] = given.fixed_point.fraction_bits
    return options


def refused(misfit: Misfit) -> Refusal:
    """A protocol's objection, at the key of [protocol] that it is about."""
    return Refusal(misfit.message, misfit.remedy, (misfit.key,))


def _trust(scenario: "Scenario", session: Session) -> Iterator[Refusal]:
    """Seats that the protocol's proof relies on cannot be the adversary's."""
    for k, entry in enumerate(scenario.adversaries):
        for index in indices_of(entry.corrupts, scenario.names):
            if index in session.trusted:
                name = scenario.names[index - 1]
                message = f"{name!r} is trusted in {session.name}, and cannot be corrupted"
                yield Refusal(message, "corrupt a party", ("adversary", k, "corrupts"))


def _blank(scenario: "Scenario", session: Session) -> Iterator[Refusal]:
    """Where only the ledger is asked for, messages hold nothing that anybody could lie about."""
    for k, entry in enumerate(scenario.adversaries):
        if entry.does is not None and getattr(session, "blank", False):
            message = f"{entry.does!r} lies about contents, and with ledger_only there are none"
            yield Refusal(message, "drop ledger_only, or the adversary", ("adversary", k, "does"))


class _Inputs(Mapping[str, Values]):
    """Every party's inputs as arrays, made when they are looked at: a thousand phones bring more
    numbers than there is room for at once. Nothing for a party that brings nothing."""

    def __init__(self, scenario: "Scenario", seed: int) -> None:
        self._names, self._seed = scenario.computing, seed
        self._sources = sources_for(scenario.sources, self._names)

    def __getitem__(self, party: str) -> Values:
        if party not in self._names:
            raise KeyError(party)
        named = self._sources.get(party, {})
        return {name: self._array(source, party, name) for name, source in named.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _array(self, source: Source, party: str, name: str) -> Any:
        if isinstance(source, Numbers):
            return np.array(source.flat, dtype=object).reshape(source.shape)
        return draw_array(source, self._seed, party, name)

    @property
    def layout(self) -> Layout:
        """Their shapes."""
        return {
            party: {name: _shape(s) for name, s in self._sources.get(party, {}).items()}
            for party in self._names
        }


def _shape(source: Source) -> tuple[int, ...]:
    return source.shape if isinstance(source, Numbers) else (source.length,)


def _seats(scenario: "Scenario") -> Iterator[int]:
    for entry in scenario.adversaries:
        yield from indices_of(entry.corrupts, scenario.names)
