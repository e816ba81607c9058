"""What an arithmetic protocol family must offer, so that programs run over it unchanged.

Holds structural types only: linear shares, and the family's few protocols. Knows no particular
sharing. (`SecretArray` builds numpy's operators on this, `run_program` a party's whole main.)
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, Generic, Protocol, Self, SupportsIndex, TypeVar

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.declare import Cost, CostFigures, Guarantee


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


class Announced(Protocol):
    """A step that a program will take: "multiply" or the like, with m entries in its result. sid:
    its own, below that of the program."""

    @property
    def name(self) -> str: ...
    @property
    def m(self) -> int: ...
    @property
    def sid(self) -> str: ...
    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Of its operands."""
        ...

    @property
    def square(self) -> bool:
        """Are both factors the same secret?"""
        ...

    @property
    def owners(self) -> tuple[int, ...]:
        """Indices of those who bring its entries ("input"), or alone learn them ("open-to")."""
        ...


class Family(Protocol[S]):
    """One protocol family for fixed n, t and field. Holds public parameters only; what a party
    needs to remember of one run is in the family that `prepare` yields to it."""

    name: ClassVar[str]

    @property
    def guarantee(self) -> Guarantee: ...
    @property
    def costs(self) -> Mapping[str, Cost]:
        """Of "input", "multiply", "dot", "open" and "open-to-one", or "open-to" (k receivers); of
        "setup" (once), of "prep" where the family wants steps announced, and of "square".

        A family that checks what it opens has "open-at-once", too: "open" where nothing waits for a
        check. k: of "dot" the entries of both factors."""
        ...

    @property
    def field(self) -> Field: ...
    @property
    def n(self) -> int: ...
    @property
    def t(self) -> int: ...

    @property
    def roles(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        """Auxiliary roles, and what their player runs, as (party, announced, record); none for
        most families."""
        ...

    async def prepare(self, party: Party, announced: Sequence[Announced]) -> Self:
        """Setup and preprocessing of one party; the family with which it runs the program."""
        ...

    def preparation(self, announced: Sequence[Announced]) -> Sequence[CostFigures]:
        """What preprocessing for these steps costs, one thing after the other; setup aside."""
        ...

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

    def fork(self, party: Party, count: int) -> Sequence[AbstractContextManager[None]]:
        """For strands that begin together, in their order: what each runs in. Checks of what was
        opened come in that order, too."""
        ...

    def witness(self, sid: str, share: S) -> Any:
        """What this party's state says of an input under that sid, for the record: its share, or
        whatever `extract_input` takes."""
        ...

    def extract_input(self, shares: Mapping[int, Any]) -> Vec | None:
        """The values that the witnesses of honest parties determine, None if they determine no
        single one. For judging a run; no party could compute it."""
        ...


class Unprepared(Generic[S]):
    """What a family has that prepares nothing, checks nothing and needs nobody else."""

    roles: ClassVar[Mapping[str, Any]] = {}

    def preparation(self, announced: Sequence[Announced]) -> Sequence[CostFigures]:
        return ()

    def fork(self, party: Party, count: int) -> Sequence[AbstractContextManager[None]]:
        return [nullcontext()] * count

    def witness(self, sid: str, share: S) -> Any:
        return share


class FamilyMaker(Protocol):
    """A family before its parameters are known: what a scenario file's `use` names. options: the
    keys of [protocol] that it takes beside the field."""

    name: str
    openings: Sequence[str]
    variants: Sequence[str]
    options: Sequence[str]

    def __call__(self, n: int, t: int | None, field: Field, **options: Any) -> Family[Any]:
        """Raises ValueError for parameters the family does not allow. t = None: the largest."""
        ...
