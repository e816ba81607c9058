"""Secure aggregation as a session: a program over clients' arrays, and what is right for it.

Knows no scenario file and no network: it is given its parameters checked, and its inputs by name.
"""

from collections.abc import Mapping
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.outcome import Outcome, Output
from turncoat.actors.party import Party
from turncoat.actors.wire import Structures
from turncoat.protocols.aggregation.aggregation import Aggregation, AggregationRun
from turncoat.protocols.aggregation.client import Client
from turncoat.protocols.aggregation.pki import toss, vouch
from turncoat.protocols.aggregation.programs import Summation
from turncoat.protocols.aggregation.server import Aggregate
from turncoat.protocols.arithmetic.program import Layout, Values
from turncoat.protocols.declare import Cost, Guarantee, declared
from turncoat.protocols.functionalities.plain import layout_of
from turncoat.protocols.session import Main, Prediction, Right


def alike(a: Any, b: Any) -> bool:
    """Equal arrays, or the same names with equal arrays."""
    x, y = (_by_name(value) for value in (a, b))
    return x.keys() == y.keys() and all(np.array_equal(x[name], y[name]) for name in x)


def _by_name(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {"": value}


@attrs.frozen
class Summary:
    """The server's output. value: the program's result over the clients in u3, whose inputs are in
    it; u5: those who unmasked it."""

    value: Any = attrs.field(eq=cast("Any", attrs.cmp_using(eq=alike)))
    u3: tuple[int, ...]
    u5: tuple[int, ...]


@attrs.frozen(kw_only=True)
class AggregationSession:
    """A `turncoat.protocols.session.Session`. name: the protocol's, as files say it. blank: only
    the ledger is asked for."""

    name: str
    aggregation: Aggregation
    program: Summation
    inputs: Mapping[str, Values]
    blank: bool = False

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
        delta = self.aggregation.patience.delta
        return Guarantee(
            adversary="active" if active else "passive",
            threshold=f"n + t - 1 < 2*{p.threshold}" if active else f"t - 1 < {p.threshold}",
            network="asynchronous" if delta is None else "synchronous(Δ)",
            termination="honest parties",
            abort="selective",
            soundness="computational (κ = 128)",
            reveals=f"the sum over U3, of {p.quorum} clients or more, and who is in U1 … U5",
        )

    @property
    def terms(self) -> str:
        p = self.aggregation.parameters
        graph = "" if p.degree is None else f", k = {p.degree}"
        return (
            f"{p.model}, threshold {p.threshold}{graph}, n_C = {p.colluding}, R = 2^"
            f"{p.modulus_bits}, m = {p.m}"
        )

    @property
    def layout(self) -> Layout:
        return layout_of(self.inputs)

    def with_inputs(self, inputs: Mapping[str, Values]) -> "AggregationSession":
        return attrs.evolve(self, inputs=inputs)

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


class AggregationExecution:
    """A `turncoat.protocols.session.Execution`."""

    def __init__(self, session: AggregationSession) -> None:
        self.session = session
        self._vectors: dict[int, NDArray[np.uint64]] | None = None
        if not session.blank:
            arrays = enumerate(session.inputs.values(), 1)
            self._vectors = {client: session.program.vector(own) for client, own in arrays}
        self.run = AggregationRun(session.aggregation, self._vectors)

    def main(self, index: int) -> Main:
        """The protocol; at the server, followed by the program's result."""
        main = self.run.main(index)
        if index != self.session.aggregation.server:
            return main

        async def summarise(party: Party) -> Summary:
            return self._summary(await main(party))

        return summarise

    def _summary(self, aggregate: Aggregate) -> Summary:
        value = self.session.program.result(aggregate.total, len(aggregate.u3))
        return Summary(value, aggregate.u3, aggregate.u5)

    def right(self, outcomes: Mapping[int, Outcome], corrupted: frozenset[int]) -> Right | None:
        """The program's result over U3. Who is in U3 is the server's to say, and what corrupted
        clients in it contribute is theirs: with one of them, any sum is right."""
        outcome = outcomes.get(self.session.aggregation.server)
        if self._vectors is None or not isinstance(outcome, Output):
            return None
        summary: Summary = outcome.value
        if corrupted & frozenset(summary.u3):
            return Right(summary)
        total = self.run.expected(summary.u3)
        return Right(self._summary(Aggregate(total, summary.u3, summary.u5)))
