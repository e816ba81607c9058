"""Secure aggregation as a session: a program over clients' arrays, and what is right for it.

Knows no scenario file and no network: it is given its parameters checked, and its inputs by name.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.outcome import Outcome, Output
from turncoat.actors.party import Party
from turncoat.actors.wire import Structures
from turncoat.protocols.aggregation.aggregation import Aggregation, AggregationRun
from turncoat.protocols.aggregation.client import Client
from turncoat.protocols.aggregation.explanation import explanation
from turncoat.protocols.aggregation.pki import toss, vouch
from turncoat.protocols.aggregation.programs import Summation
from turncoat.protocols.aggregation.secagg_plus import SecAggPlusChoice
from turncoat.protocols.aggregation.server import Aggregate
from turncoat.protocols.arithmetic.program import Layout, Values
from turncoat.protocols.declare import Cost, Guarantee, declared
from turncoat.protocols.session import Main, Prediction, Right

_ASSUMES = {
    ("semi-honest", False): "the server relays keys faithfully",
    ("semi-honest", True): "a PKI",
    ("active", True): "a PKI",
}


def alike(a: Any, b: Any) -> bool:
    """Equal arrays, or the same names with equal arrays."""
    x, y = (_by_name(value) for value in (a, b))
    return x.keys() == y.keys() and all(np.array_equal(x[name], y[name]) for name in x)


def _by_name(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {"": value}


@attrs.frozen
class Summary:
    """The server's output. value: the program's result over the clients in u3, whose inputs are in
    it, None where there were only blanks; u5: those who unmasked it. exact: makes the value in
    integers and fractions."""

    value: Any = attrs.field(eq=cast("Any", attrs.cmp_using(eq=alike)))
    u3: tuple[int, ...]
    u5: tuple[int, ...]
    exact: Callable[[], Any] | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def answer(self) -> Any:
        """What is expected of an output: its exact value, as lists."""
        return _lists(self.value if self.exact is None else self.exact())

    def to_json(self) -> dict[str, Any]:
        """The value, and how many clients are in it and unmasked it."""
        counts = {"clients": len(self.u3), "unmasked_by": len(self.u5)}
        return counts if self.value is None else {"value": _lists(self.value), **counts}


def _lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _lists(array) for name, array in _by_name(value).items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


@attrs.frozen(kw_only=True)
class AggregationSession:
    """A `turncoat.protocols.session.Session`. name: the protocol's, as files say it. layout: the
    inputs' shapes. blank: only the ledger is asked for. choice: what SecAgg+'s degree and threshold
    follow from."""

    name: str
    aggregation: Aggregation
    program: Summation
    inputs: Mapping[str, Values]
    layout: Layout = attrs.field()
    blank: bool = False
    choice: SecAggPlusChoice | None = None

    @layout.default  # pyright: ignore
    def _layout(self) -> Layout:
        return {
            name: {key: np.shape(values) for key, values in own.items()}
            for name, own in self.inputs.items()
        }

    def __attrs_post_init__(self) -> None:
        p = self.aggregation.parameters
        if (p.m, p.bound) != (self.program.m, self.program.bound):
            raise ValueError(
                f"the program sends {self.program.m} integers below {self.program.bound}, the "
                f"aggregation is made for {p.m} below {p.bound}"
            )

    @property
    def roles(self) -> Mapping[str, tuple[int, ...]]:
        return self.aggregation.roles

    @property
    def trusted(self) -> frozenset[int]:
        return self.aggregation.trusted

    @property
    def answering(self) -> frozenset[int]:
        """The server alone learns anything."""
        return frozenset({self.aggregation.server})

    @property
    def heeds(self) -> Mapping[int, frozenset[int]]:
        return self.aggregation.heeds

    @property
    def t(self) -> int:
        """n_C clients, and the server with them."""
        return self.aggregation.parameters.colluding + 1

    @property
    def structures(self) -> Structures:
        return self.aggregation.structures

    @property
    def guarantee(self) -> Guarantee:
        """t counts the server: n_C = t − 1 clients may work with it."""
        p = self.aggregation.parameters
        active = p.model == "active"
        bounded = self.aggregation.patience.bounded
        return Guarantee(
            adversary="active" if active else "passive",
            threshold=self._threshold(),
            network="synchronous(Δ)" if bounded else "asynchronous",
            termination="honest parties",
            absent=p.n - p.quorum,
            abort="selective",
            soundness="computational (κ = 128)" + self._statistical(),
            reveals=f"the sum over U3, of {p.quorum} clients or more, and who is in U1 … U5",
            assumes=_ASSUMES.get((p.model, self.aggregation.pki), ""),
        )

    def _threshold(self) -> str:
        p = self.aggregation.parameters
        if p.degree is not None:
            return f"t - 1 <= {p.colluding}"
        return f"n + t - 1 < 2*{p.threshold}" if p.model == "active" else f"t - 1 < {p.threshold}"

    def _statistical(self) -> str:
        return f" + 2^-{self.choice.levels.sigma} for the graph" if self.choice else ""

    @property
    def terms(self) -> str:
        p = self.aggregation.parameters
        graph = "" if p.degree is None else f", k = {p.degree}"
        return (
            f"{p.model}, threshold {p.threshold}{graph}, n_C = {p.colluding}, R = 2^"
            f"{p.modulus_bits}, m = {p.m}{self.blank * ', only the ledger'}"
        )

    def details(self) -> Iterator[tuple[str, str]]:
        """What there is to explain beside the guarantee: (label, text)."""
        return explanation(self)

    def with_inputs(self, inputs: Mapping[str, Values]) -> "AggregationSession":
        """Numbers out of range become the nearest ones in it."""
        return attrs.evolve(self, inputs=Legal(self.program, inputs))

    def rehearsal(self) -> "AggregationSession":
        """For a dry run: the same messages at the same times, without inputs."""
        return attrs.evolve(self, blank=True)

    def steps(self) -> tuple[Cost, ...]:
        """The declared costs that add up to a run."""
        steps: list[Any] = [Client.run]
        if self.aggregation.pki:
            steps.append(vouch)
        if self.aggregation.parameters.degree is not None:
            steps.append(toss)
        if self.aggregation.parameters.model == "active":
            steps.append(Client.check_consistency)
        return tuple(declared(step).cost for step in steps)

    def predict(self) -> Prediction:
        """All steps, if nobody drops out. No field elements: all payload is octets."""
        p = self.aggregation.parameters
        costs = [
            cost.evaluate(n=p.n, t=self.t, m=p.vector_bytes, k=p.neighbours)
            for cost in self.steps()
        ]
        return Prediction(
            rounds=sum(int(cost.rounds) for cost in costs),
            elements_total=0,
            payload_bytes=sum(int(cost.octets_total) for cost in costs),
        )

    def execution(self) -> "AggregationExecution":
        return AggregationExecution(self)


class Legal(Mapping[str, Values]):
    """Inputs in the program's range, made when they are looked at."""

    def __init__(self, program: Summation, inputs: Mapping[str, Values]) -> None:
        self._program = program
        self._inputs = inputs

    def __getitem__(self, name: str) -> Values:
        return self._program.nearest(self._inputs[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._inputs)

    def __len__(self) -> int:
        return len(self._inputs)


class Vectors(Mapping[int, NDArray[np.uint64]]):
    """What each client puts in, made when it is looked at: all of them at once may be more than
    there is room for."""

    def __init__(self, program: Summation, inputs: Mapping[str, Values]) -> None:
        self._program = program
        self._inputs = inputs
        self._names = tuple(inputs)

    def __getitem__(self, client: int) -> NDArray[np.uint64]:
        if not 1 <= client <= len(self._names):
            raise KeyError(client)
        return self._program.vector(self._inputs[self._names[client - 1]])

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self._names) + 1))

    def __len__(self) -> int:
        return len(self._names)


class AggregationExecution:
    """A `turncoat.protocols.session.Execution`."""

    def __init__(self, session: AggregationSession) -> None:
        self.session = session
        self._vectors = None if session.blank else Vectors(session.program, session.inputs)
        self.run = AggregationRun(session.aggregation, self._vectors)

    def progress(self) -> str:
        """Where the run is, for people who wait for it."""
        return str(self.run.progress)

    def main(self, index: int) -> Main:
        """The protocol; at the server, followed by the program's result."""
        main = self.run.main(index)
        if index != self.session.aggregation.server:
            return main

        async def summarise(party: Party) -> Summary:
            return self._summary(await main(party))

        return summarise

    def _summary(self, aggregate: Aggregate) -> Summary:
        if self._vectors is None:
            return Summary(None, aggregate.u3, aggregate.u5)
        program, found = self.session.program, (aggregate.total, len(aggregate.u3))
        exact = partial(program.exact, *found)
        return Summary(program.result(*found), aggregate.u3, aggregate.u5, exact)

    def right(self, outcomes: Mapping[int, Outcome], corrupted: frozenset[int]) -> Right | None:
        """The program's result over U3. Who is in U3 is the server's to say, and what corrupted
        clients in it contribute is theirs: with one of them, any sum is right. So it is without
        inputs, where the server says who is in U3 and U5, and no more."""
        outcome = outcomes.get(self.session.aggregation.server)
        if not isinstance(outcome, Output):
            return None
        summary: Summary = outcome.value
        if self._vectors is None or corrupted & frozenset(summary.u3):
            return Right(summary)
        total = self.run.expected(summary.u3)
        return Right(self._summary(Aggregate(total, summary.u3, summary.u5)))
