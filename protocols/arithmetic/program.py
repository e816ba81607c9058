"""What a program is: one async function over secrets that are either shared or plain.

Holds the structural types that both worlds satisfy (`SecretArray` over a protocol family, and
`PlainArray` in the clear), what is public about a run, and the public `finish` that both apply to
the opened values. Knows no sharing, no network and no program.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from math import prod
from typing import Any, Protocol, Self, SupportsIndex, TypeVar, cast, overload

import attrs
from numpy.typing import NDArray

from turncoat.actors.wire import Shape

Layout = Mapping[str, Mapping[str, Shape]]  # party → input → shape, parties in the order 1…n
Clear = int | NDArray[Any]  # public integers
Values = Mapping[str, Any]  # input → integers, as an array, nested lists or one int


class Secret(Protocol):
    """An array of secrets. `+`, `-` and products with public integers are local; the product of
    two secrets is awaited."""

    @property
    def shape(self) -> Shape: ...
    @property
    def ndim(self) -> int: ...
    @property
    def size(self) -> int: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: Any) -> Self: ...
    def __neg__(self) -> Self: ...
    def __add__(self, other: Self | Clear) -> Self: ...
    def __radd__(self, other: Clear) -> Self: ...
    def __sub__(self, other: Self | Clear) -> Self: ...
    def __rsub__(self, other: Clear) -> Self: ...
    @overload
    def __mul__(self, other: Clear) -> Self: ...
    @overload
    def __mul__(self, other: Self) -> Awaitable[Self]: ...
    def __rmul__(self, other: Clear) -> Self: ...
    @overload
    def __matmul__(self, other: NDArray[Any]) -> Self: ...
    @overload
    def __matmul__(self, other: Self) -> Awaitable[Self]: ...
    def __rmatmul__(self, other: NDArray[Any]) -> Self: ...
    def sum(self, axis: int | None = None) -> Self: ...
    def reshape(self, *shape: SupportsIndex | Shape) -> Self: ...
    def open(self) -> Awaitable[NDArray[Any]]: ...


S = TypeVar("S", bound=Secret)
_T = TypeVar("_T")


class Computation(Protocol[S]):
    """`mpc`, the first argument of a program: what is not an operator on one secret."""

    def constant(self, values: Any) -> S:
        """Public integers as an array of (known) secrets."""
        ...

    def concatenate(self, arrays: Iterable[S]) -> S:
        """The arrays one after the other along the first axis."""
        ...

    def random_bits(self, m: int) -> Awaitable[S]:
        """m uniform bits that nobody knows, of shape (m,).

        Where outputs are judged these are 0: return what does not depend on them, or judge by a
        rule of your own.
        """
        ...

    def random_elements(self, m: int) -> Awaitable[S]:
        """m uniform elements of the field that nobody knows, of shape (m,). Judged as bits are."""
        ...

    async def together(self, *branches: Awaitable[_T]) -> list[_T]:
        """Await all branches at once: together they take the rounds of the longest."""
        ...


# `async def program(mpc, inputs, **params)`: inputs[party][name] is an array of secrets; what it
# returns, one of them or a mapping of several by name, is opened.
Program = Callable[..., Awaitable[Any]]


@attrs.frozen
class PublicInfo:
    """What everybody knows of a run before it starts."""

    layout: Layout
    params: Mapping[str, Any] = attrs.field(factory=dict[str, Any])

    @property
    def entries(self) -> int:
        """How many secret numbers go in, over all inputs of all parties."""
        return sum(prod(shape) for inputs in self.layout.values() for shape in inputs.values())


Finish = Callable[[Any, PublicInfo], Any]
_P = TypeVar("_P", bound=Callable[..., Awaitable[Any]])


def finish_with(finish: Finish, *, arrays: bool = False) -> Callable[[_P], _P]:
    """Attach a public last step to a program: finish(opened, public) → its outputs.

    `opened` is what the program returned, as integers: one int for a secret of shape (1,), nested
    lists otherwise, in a dict if the program returned a mapping. arrays: integer arrays in place of
    ints and lists, for results so long that lists of them cost more than computing them.
    """

    def attach(program: _P) -> _P:
        cast("Any", program).finish = finish
        cast("Any", program).finish_takes_arrays = arrays
        return program

    return attach


def finished(program: Program, opened: Mapping[str, NDArray[Any]], public: PublicInfo) -> Any:
    """The outputs of a program whose returned secrets were opened as integer arrays."""
    finish: Finish = getattr(program, "finish", _as_opened)
    takes_arrays = getattr(program, "finish_takes_arrays", False)
    return finish(_unnamed(opened if takes_arrays else _as_numbers(opened)), public)


def results(returned: Any, kind: type[_T], program: Program) -> dict[str, _T]:
    """What a program returned, by name; a single secret has the name "".

    Raises TypeError if anything but secrets of that kind came back.
    """
    who = getattr(program, "__name__", "the program")
    named = cast("Mapping[str, Any]", returned) if isinstance(returned, Mapping) else {"": returned}
    for name, result in named.items():
        if not isinstance(result, kind):
            raise TypeError(
                f"{who} returned {type(result).__name__}{name and f' as {name!r}'}; a "
                "program returns secrets (or a mapping of them), which are then opened"
            )
    if not named:
        raise TypeError(f"{who} returned an empty mapping; it has no output")
    return dict(named)


def _as_opened(opened: Any, public: PublicInfo) -> Any:
    return opened


def _as_numbers(opened: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    return {name: _numbers(array) for name, array in opened.items()}


def _unnamed(opened: Mapping[str, Any]) -> Any:
    """A single result without a name stands for itself."""
    return opened[""] if list(opened) == [""] else opened


def _numbers(array: NDArray[Any]) -> Any:
    """An int for a vector of length 1, else nested lists of ints."""
    return array.tolist()[0] if array.shape == (1,) else array.tolist()
