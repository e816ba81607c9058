"""Numpy's operators over any arithmetic family: what a program computes with in a real run.

Holds `SecretArray` and `SecretComputation` (the `mpc` of a program). Every step that needs the
network is an awaitable under a sid of its own, numbered per strand and operation in the order in
which the program writes it down: `mul.1`, `dot.1`, `open.1`. Knows no particular sharing.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from math import prod
from typing import Any, SupportsIndex, TypeVar, cast, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.arithmetic.family import Family, LinearShare
from turncoat.protocols.arithmetic.numbering import Numbering
from turncoat.protocols.arithmetic.program import Clear
from turncoat.protocols.arithmetic.random_source import (
    BITS,
    ELEMENTS,
    entries,
    random_source,
)
from turncoat.protocols.arithmetic.refusals import Pending, Refusals, is_operand

_T = TypeVar("_T")


@attrs.frozen(eq=False)
class _Strand:
    """One line of execution of a program: a sid, and the operations numbered so far below it."""

    computation: "SecretComputation"
    party: Party
    numbering: Numbering = attrs.field(factory=Numbering)


# Trio gives every task its own context, so each strand finds the counters that are its own.
_STRAND: ContextVar[_Strand | None] = ContextVar("strand of a program", default=None)


class SecretComputation:
    """`mpc` for one party of a real run: what a program needs beside the operators."""

    def __init__(self, party: Party, family: Family[Any]) -> None:
        self.party = party
        self.family = family
        self._root = _Strand(self, party)

    def array(self, share: LinearShare) -> "SecretArray":
        """A share of this party as an array of secrets."""
        return SecretArray(self, share)

    def constant(self, values: Any) -> "SecretArray":
        """Public integers as an array of (known) secrets. Local."""
        return self.array(self.family.constant(self.party, self.vector(values)))

    def random_bits(self, m: int) -> Pending["SecretArray"]:
        """m uniform bits that nobody knows, of shape (m,). TypeError over a family without."""
        draw, shape = random_source(self.family).random_bits, (entries(m),)

        async def step(party: Party) -> SecretArray:
            return self.array(await draw(party, shape))

        return self.start(BITS, f"mpc.random_bits({m})", step)

    def random_elements(self, m: int) -> Pending["SecretArray"]:
        """m uniform elements that nobody knows, of shape (m,). TypeError over a family without."""
        draw, shape = random_source(self.family).random_elements, (entries(m),)

        async def step(party: Party) -> SecretArray:
            return self.array(await draw(party, shape))

        return self.start(ELEMENTS, f"mpc.random_elements({m})", step)

    def concatenate(self, arrays: Iterable["SecretArray"]) -> "SecretArray":
        """The arrays one after the other along the first axis. Local."""
        return self.array(self.family.concatenate([self.share(array) for array in arrays]))

    async def together(self, *branches: Awaitable[_T]) -> list[_T]:
        """Await all branches at once, each a strand with sids of its own; results in order."""
        here = self._strand()
        name = here.numbering.next("strand")
        subs = [here.party.sub(f"{name}.{k}") for k in range(1, len(branches) + 1)]
        forks = self.family.fork(here.party, len(branches))
        return await here.party.together(*map(self._branch, subs, forks, branches))

    async def _branch(
        self, party: Party, fork: AbstractContextManager[None], branch: Awaitable[_T]
    ) -> _T:
        _STRAND.set(_Strand(self, party))
        with fork:
            return await branch

    def _strand(self) -> _Strand:
        strand = _STRAND.get()
        return strand if strand is not None and strand.computation is self else self._root

    def start(
        self, operation: str, text: str, step: Callable[[Party], Coroutine[Any, Any, _T]]
    ) -> Pending[_T]:
        """A step under the next sid of its kind. The sid is fixed here, not when it is awaited."""
        here = self._strand()
        return Pending(step(here.party.sub(here.numbering.next(operation))), text)

    def vector(self, values: Any) -> Vec:
        """Public integers in the field. Raises TypeError for bools and floats."""
        return self.family.field(values)

    def share(self, array: "SecretArray") -> Any:
        """The share inside. Raises TypeError for an array of another computation."""
        if array.computation is not self:
            raise TypeError("two secrets of different computations cannot meet; open one of them")
        return array.secret


class SecretArray(Refusals):
    """An array of secrets, of which this party holds a share.

    `x + y`, `x - y`, `-x`, `c * x` (c: public int or integer array), slices, `.sum()` and
    `.reshape()` are local and broadcast as in numpy. `await (x * y)` and `await (x @ y)` take a
    round, as does `await x.open()`. A scalar has shape (1,): `.sum()` and `x[0]` keep length 1.
    """

    __slots__ = ("computation", "secret")

    def __init__(self, computation: SecretComputation, share: LinearShare) -> None:
        self.computation = computation
        self.secret = share

    @property
    def shape(self) -> Shape:
        return self.secret.shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"SecretArray(shape={self.shape})"

    # -- local ---------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> "SecretArray":
        return self._with(self.secret[index])

    def __neg__(self) -> "SecretArray":
        return self._with(-self.secret)

    def __add__(self, other: "SecretArray | Clear") -> "SecretArray":
        if not is_operand(other):
            return NotImplemented
        return self._with(self.secret + self._operand(other))

    __radd__ = __add__

    def __sub__(self, other: "SecretArray | Clear") -> "SecretArray":
        if not is_operand(other):
            return NotImplemented
        return self._with(self.secret - self._operand(other))

    def __rsub__(self, other: Clear) -> "SecretArray":
        return self._with(self._operand(other) - self.secret)

    def sum(self, axis: int | None = None) -> "SecretArray":
        """Σ over an axis, or over all entries (shape (1,))."""
        return self._with(self.secret.sum(axis))

    def reshape(self, *shape: SupportsIndex | Shape) -> "SecretArray":
        """The same entries in another shape; one −1 stands for what is left over."""
        return self._with(self.secret.reshape(*shape))

    # -- products and opening --------------------------------------------------------------------

    @overload
    def __mul__(self, other: Clear) -> "SecretArray": ...
    @overload
    def __mul__(self, other: "SecretArray") -> "Pending[SecretArray]": ...
    def __mul__(self, other: "SecretArray | Clear") -> "SecretArray | Pending[SecretArray]":
        mpc, x = self.computation, self.secret
        if not is_operand(other):
            return NotImplemented
        if not isinstance(other, SecretArray):
            return self._with(x * mpc.vector(other))
        y = mpc.share(other)
        if x.shape != y.shape:
            np.broadcast_shapes(x.shape, y.shape)  # its ValueError here, not in the await

        async def step(party: Party) -> SecretArray:
            return self._with(await mpc.family.multiply(party, x, y))

        return mpc.start("multiply", "(x * y)", step)

    def __rmul__(self, other: Clear) -> "SecretArray":
        return self._with(self.secret * self.computation.vector(other))

    @overload
    def __matmul__(self, other: NDArray[Any]) -> "SecretArray": ...
    @overload
    def __matmul__(self, other: "SecretArray") -> "Pending[SecretArray]": ...
    def __matmul__(
        self, other: "SecretArray | NDArray[Any]"
    ) -> "SecretArray | Pending[SecretArray]":
        mpc, x = self.computation, self.secret
        if not is_operand(other):
            return NotImplemented
        if not isinstance(other, SecretArray):
            return self._with(x @ mpc.vector(other))
        y = mpc.share(other)
        _check_matmul(self.shape, other.shape)

        async def step(party: Party) -> SecretArray:
            return self._with(await mpc.family.dot(party, x, y))

        return mpc.start("dot", "(x @ y)", step)

    def __rmatmul__(self, other: NDArray[Any]) -> "SecretArray":
        return self._with(self.computation.vector(other) @ self.secret)

    def open(self) -> Pending[NDArray[Any]]:
        """The values at every party, as a numpy array of Python ints in (−p/2, p/2)."""
        mpc, x = self.computation, self.secret

        async def step(party: Party) -> NDArray[Any]:
            opened = await mpc.family.open(party, x, party.everyone)
            return cast("Vec", opened).centred().astype(object)

        return mpc.start("open", "x.open()", step)

    # -- helpers -------------------------------------------------------------------------------

    def _with(self, share: LinearShare) -> "SecretArray":
        return SecretArray(self.computation, share)

    def _operand(self, other: "SecretArray | Clear") -> Any:
        """The other side of a sum as a share; public integers are constants."""
        if isinstance(other, SecretArray):
            return self.computation.share(other)
        return self.computation.constant(other).secret


def _check_matmul(x: Shape, y: Shape) -> None:
    """ValueError for shapes that do not fit; here, not in the await."""
    if len(x) > 2 or len(y) > 2 or x[-1:] != y[:1]:
        raise ValueError(f"shapes {x} and {y} do not fit for @: (…, k) @ (k, …)")
