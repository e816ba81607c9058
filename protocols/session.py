"""A protocol with all its public parameters, ready to be run: who plays which role, what each of
them runs, what is right. What a scenario's `[protocol]` becomes.

Holds structural types, and the request from which a session is made. Knows no family of protocols,
no file and no network.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, Self

import attrs

from turncoat.actors.outcome import Outcome
from turncoat.actors.party import Party
from turncoat.actors.topology import Topology
from turncoat.actors.wire import Structures
from turncoat.protocols.arithmetic.program import Layout, Values
from turncoat.protocols.declare import Guarantee

Main = Callable[[Party], Awaitable[Any]]


@attrs.frozen
class Misfit:
    """One thing about a request that the protocol cannot meet. key: the parameter it is about."""

    key: str
    message: str
    remedy: str = ""


class UnfitRequest(ValueError):
    """A request that a protocol cannot meet, with every reason that was found."""

    def __init__(self, *misfits: Misfit) -> None:
        super().__init__("; ".join(text for m in misfits for text in (m.message, m.remedy) if text))
        self.misfits = misfits


@attrs.frozen(kw_only=True)
class Request:
    """What is asked of a protocol. None: not given, so that the protocol's own default holds.

    use: the protocol. names: P_1 … P_n. inputs: party → input → numbers (an array, made when it is
    looked at). layout: their shapes. program: a name, or
    "module:function", looked for in `folder` too. params: for the program. options: of the
    protocol, such as "variant" or "delta" [ns]. topology: the network, for deadlines that must
    cover it; None where it is not known.
    """

    use: str
    names: tuple[str, ...]
    inputs: Mapping[str, Values]
    layout: Layout
    program: str | None = None
    folder: Path | None = None
    field: str = "2^61 - 1"
    params: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    topology: Topology | None = None

    @property
    def n(self) -> int:
        return len(self.names)


@attrs.frozen
class Right:
    """The right output: the functionality on the honest and the effective inputs, in the clear."""

    value: Any


@attrs.frozen
class Prediction:
    """What an honest run costs by the declared formulas: causal depth, and field elements (and the
    payload bytes of everything) sent by all."""

    rounds: int
    elements_total: int
    payload_bytes: int


class Execution(Protocol):
    """One run of a session: what its parties remember for the judge."""

    def main(self, index: int) -> Main:
        """What the party of that index runs."""
        ...

    def right(self, outcomes: Mapping[int, Outcome], liars: frozenset[int]) -> Right | None:
        """The right output of this run, after it; None if the run has fixed none. liars: seats that
        may have deviated; who only listens has brought the inputs it was given."""
        ...


class Session(Protocol):
    """A protocol, configured. Immutable; every run is an `Execution` of its own."""

    @property
    def name(self) -> str:
        """The protocol's, as scenario files say it."""
        ...

    @property
    def roles(self) -> Mapping[str, tuple[int, ...]]:
        """Groups of seats: the computing parties or clients 1 … n, then the auxiliary roles."""
        ...

    @property
    def trusted(self) -> frozenset[int]:
        """Seats that no adversary may have."""
        ...

    @property
    def answering(self) -> frozenset[int]:
        """Seats whose outputs are judged."""
        ...

    @property
    def heeds(self) -> Mapping[int, frozenset[int]]:
        """Seat → those whose abort announcement ends it; who is not named heeds its own group."""
        ...

    @property
    def t(self) -> int: ...
    @property
    def structures(self) -> Structures: ...
    @property
    def guarantee(self) -> Guarantee: ...
    @property
    def terms(self) -> str:
        """The parameters that matter, in a line."""
        ...

    @property
    def inputs(self) -> Mapping[str, Values]: ...
    @property
    def layout(self) -> Layout: ...
    def with_inputs(self, inputs: Mapping[str, Values]) -> Self:
        """The same session on other inputs of the same shapes."""
        ...

    def predict(self) -> Prediction | None:
        """The cost of an honest run; None if it is not a matter of formulas."""
        ...

    def execution(self) -> Execution:
        """A fresh run."""
        ...


SessionMaker = Callable[[Request], Session]  # raises UnfitRequest
