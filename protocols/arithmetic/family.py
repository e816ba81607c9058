"""What an arithmetic protocol family must offer, so that programs run over it unchanged.

Holds structural types only: linear shares, and the family's few protocols. Knows no particular
sharing. (`SecretArray` builds numpy's operators on this, `run_program` a party's whole main.)
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, SupportsIndex, TypeVar

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.declare import Cost, Guarantee


class LinearShare(Protocol):
    """One party's share of an array of secrets: what is linear is local."""

    @property
    def shape(self) -> Shape: ...
    def __len__(self) -> int: ...
    def __add__(self, other: Self) -> Self: ...
    def __sub__(self, other: Self) -> Self: ...
    def __neg__(self) -> Self: ...
    def __mul__(self, other: Vec) -> Self: ...
    def __matmul__(self, other: Vec) -> Self: ...
    def __rmatmul__(self, other: Vec) -> Self: ...
    def __getitem__(self, index: Any) -> Self: ...
    def sum(self, axis: int | None = None) -> Self: ...
    def reshape(self, *shape: SupportsIndex | Shape) -> Self: ...


S = TypeVar("S", bound=LinearShare)


class Family(Protocol[S]):
    """One protocol family for fixed n, t and field. Holds public parameters only, no state."""

    name: ClassVar[str]
    guarantee: ClassVar[Guarantee]
    costs: ClassVar[Mapping[str, Cost]]  # "input", "multiply", "dot", "open", "open-to-one"

    @property
    def field(self) -> Field: ...
    @property
    def n(self) -> int: ...
    @property
    def t(self) -> int: ...

    def deal_input(self, party: Party, values: Vec) -> None:
        """The owner's part of an input: sends, and does not wait."""
        ...

    async def receive_input(self, party: Party, owner: int, shape: Shape) -> S:
        """Everyone's part of an input, the owner's included."""
        ...

    def constant(self, party: Party, values: Vec) -> S:
        """Public values as a share. Local."""
        ...

    def concatenate(self, shares: Sequence[S]) -> S:
        """The shares one after the other along the first axis. Local."""
        ...

    async def multiply(self, party: Party, x: S, y: S) -> S:
        """[x·y], entry by entry."""
        ...

    async def dot(self, party: Party, x: S, y: S) -> S:
        """[x @ y] for vectors and matrices; of two vectors, of shape (1,)."""
        ...

    async def open(self, party: Party, x: S, to: Sequence[int]) -> Vec | None:
        """x at the parties in `to`; None at the others."""
        ...

    def extract_input(self, shares: Mapping[int, S]) -> Vec | None:
        """The values that honest parties' shares of an input determine, None if they determine
        no single one. For judging a run; no party could compute it."""
        ...


class FamilyMaker(Protocol):
    """A family before its parameters are known: what a scenario file's `use` names."""

    name: str
    guarantee: Guarantee
    costs: Mapping[str, Cost]

    def __call__(self, n: int, t: int | None, field: Field) -> Family[Any]:
        """Raises ValueError for parameters the family does not allow. t = None: the largest."""
        ...
