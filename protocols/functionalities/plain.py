"""F_SFE in the clear: a program on plain Python integers, the oracle of every run.

Holds `PlainArray` with the operators of a secret array, and `evaluate`, which drives a program by
hand. Shares no code with sharing, products or opening; a program cannot tell it from the real
world. On its way it notes the largest magnitude it meets, for the check that nothing would wrap
in F_p, and every operation that would need the network, for predicting costs.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from math import prod
from typing import Any, SupportsIndex, TypeVar, cast, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.wire import Shape
from turncoat.protocols.arithmetic.numbering import Numbering, below
from turncoat.protocols.arithmetic.program import (
    Clear,
    Layout,
    Program,
    PublicInfo,
    Values,
    finished,
    results,
)
from turncoat.protocols.arithmetic.random_source import BITS, ELEMENTS, entries
from turncoat.protocols.arithmetic.refusals import Pending, Refusals, is_operand

_T = TypeVar("_T")


@attrs.frozen
class Operation:
    """One step that would need the network ("multiply", "dot", "open"), m entries in its result.

    sid: of the step in a real run, below that of the program. shapes: of its operands. square: are
    both factors the same secret? owners: indices of those who bring, or alone learn, the entries.
    """

    name: str
    m: int
    sid: str
    shapes: tuple[Shape, ...] = ()
    square: bool = False
    owners: tuple[int, ...] = ()

    @property
    def k(self) -> int:
        """The entries of all operands together."""
        return sum(map(prod, self.shapes))


def one_round(operation: Operation) -> int:
    """The rounds of an operation where nothing is known of the family."""
    return 1


@attrs.frozen(eq=False)
class _Strand:
    """One line of execution: the sid below that of the program, and its steps so far. ahead: the
    rounds after which all strands ahead of it, in the order of `together`, are over."""

    sid: str = ""
    ahead: int = 0
    numbering: Numbering = attrs.field(factory=Numbering)

    def next(self, operation: str) -> str:
        return below(self.sid, self.numbering.next(operation))


@attrs.define(eq=False)
class PlainComputation:
    """`mpc` in the clear.

    p: opened values are read in F_p, (−p/2, p/2); None leaves them as they are. rounds_of: the
    rounds of an operation. in_turn: names of operations that wait for all strands ahead. largest:
    the largest magnitude seen. rounds: those of the longest chain of operations so far.
    """

    p: int | None = None
    rounds_of: Callable[[Operation], int] = one_round
    in_turn: Collection[str] = ()
    largest: int = 0
    rounds: int = 0
    operations: list[Operation] = attrs.field(factory=list[Operation])
    strand: _Strand = attrs.field(factory=_Strand)

    def array(self, values: Any) -> "PlainArray":
        """Integers (an array, nested lists, or one int) as secrets that are not."""
        return PlainArray(self, integers(values))

    constant = array

    def random_bits(self, m: int) -> Pending["PlainArray"]:
        """m bits, all 0 here: what a program returns should not depend on them."""
        zeros = self.array(np.zeros(entries(m), dtype=np.int64))
        return self.start(BITS, m, zeros, f"mpc.random_bits({m})")

    def random_elements(self, m: int) -> Pending["PlainArray"]:
        """m elements, all 0 here, as the bits are."""
        zeros = self.array(np.zeros(entries(m), dtype=np.int64))
        return self.start(ELEMENTS, m, zeros, f"mpc.random_elements({m})")

    def concatenate(self, arrays: Iterable["PlainArray"]) -> "PlainArray":
        """The arrays one after the other along the first axis."""
        return self.array(np.concatenate([array.values for array in arrays]))

    async def together(self, *branches: Awaitable[_T]) -> list[_T]:
        """All branches, one after the other; they count the rounds of the longest."""
        start, longest, out = self.rounds, self.rounds, list[_T]()
        here, name = self.strand, self.strand.next("strand")
        for k, branch in enumerate(branches, 1):
            ahead = max(here.ahead, longest if k > 1 else 0)
            self.rounds, self.strand = start, _Strand(f"{name}.{k}", ahead)
            out.append(await branch)
            longest = max(longest, self.rounds)
        self.rounds, self.strand = longest, here
        return out

    def note(self, values: NDArray[Any]) -> None:
        """Remember the largest magnitude."""
        magnitudes = (abs(value) for value in cast("Iterable[int]", values.flat))
        self.largest = max(self.largest, max(magnitudes, default=0))

    def note_terms(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """The same for the terms x[a, k]·y[k, c] of x @ y: for each k, the largest of both."""
        rows, columns = np.abs(np.atleast_2d(x)), np.abs(y.reshape(len(y), -1))
        if rows.size and columns.size:
            self.note(rows.max(axis=0) * columns.max(axis=1))

    def read(self, values: NDArray[Any]) -> NDArray[Any]:
        """What an opening shows: the values themselves, or their representatives in F_p."""
        if self.p is None:
            return values
        residues = values % self.p
        return np.where(2 * residues > self.p, residues - self.p, residues)

    def start(
        self, name: str, m: int, result: _T, text: str, *operands: "PlainArray"
    ) -> Pending[_T]:
        """An operation that yields `result`, under the sid of a real run; noted when awaited."""
        operation = Operation(
            name,
            m,
            self.strand.next(name),
            shapes=tuple(operand.shape for operand in operands),
            square=len(operands) == 2 and operands[0] is operands[1],
        )
        return Pending(self._step(operation, result), text)

    async def _step(self, operation: Operation, result: _T) -> _T:
        self.operations.append(operation)
        if operation.name in self.in_turn:
            self.rounds = max(self.rounds, self.strand.ahead)
        self.rounds += self.rounds_of(operation)
        return result


class PlainArray(Refusals):
    """Python integers with the operators and the refusals of a secret array."""

    __slots__ = ("computation", "values")

    def __init__(self, computation: PlainComputation, values: NDArray[Any]) -> None:
        self.computation = computation
        self.values = values.reshape(1) if values.ndim == 0 else values
        computation.note(self.values)

    @property
    def shape(self) -> Shape:
        return self.values.shape

    @property
    def ndim(self) -> int:
        return self.values.ndim

    @property
    def size(self) -> int:
        return self.values.size

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"PlainArray(shape={self.shape})"

    def __getitem__(self, index: Any) -> "PlainArray":
        return self._with(self.values[index])

    def __neg__(self) -> "PlainArray":
        return self._with(-self.values)

    def __add__(self, other: "PlainArray | Clear") -> "PlainArray":
        if not is_operand(other):
            return NotImplemented
        return self._with(self.values + _clear(other))

    __radd__ = __add__

    def __sub__(self, other: "PlainArray | Clear") -> "PlainArray":
        if not is_operand(other):
            return NotImplemented
        return self._with(self.values - _clear(other))

    def __rsub__(self, other: Clear) -> "PlainArray":
        return self._with(_clear(other) - self.values)

    @overload
    def __mul__(self, other: Clear) -> "PlainArray": ...
    @overload
    def __mul__(self, other: "PlainArray") -> "Pending[PlainArray]": ...
    def __mul__(self, other: "PlainArray | Clear") -> "PlainArray | Pending[PlainArray]":
        if not is_operand(other):
            return NotImplemented
        product = self._with(self.values * _clear(other))
        if not isinstance(other, PlainArray):
            return product
        return self.computation.start("multiply", product.size, product, "(x * y)", self, other)

    def __rmul__(self, other: Clear) -> "PlainArray":
        return self._with(_clear(other) * self.values)

    @overload
    def __matmul__(self, other: NDArray[Any]) -> "PlainArray": ...
    @overload
    def __matmul__(self, other: "PlainArray") -> "Pending[PlainArray]": ...
    def __matmul__(self, other: "PlainArray | NDArray[Any]") -> "PlainArray | Pending[PlainArray]":
        if not is_operand(other):
            return NotImplemented
        factor = _clear(other)
        product = self._with(np.matmul(self.values, factor))
        self.computation.note_terms(self.values, factor)
        if not isinstance(other, PlainArray):
            return product
        return self.computation.start("dot", product.size, product, "(x @ y)", self, other)

    def __rmatmul__(self, other: NDArray[Any]) -> "PlainArray":
        factor = _clear(other)
        self.computation.note_terms(factor, self.values)
        return self._with(np.matmul(factor, self.values))

    def sum(self, axis: int | None = None) -> "PlainArray":
        """Σ over an axis, or over all entries (shape (1,))."""
        return self._with(np.asarray(self.values.sum(axis=axis), dtype=object))

    def reshape(self, *shape: SupportsIndex | Shape) -> "PlainArray":
        """The same entries in another shape; one −1 stands for what is left over."""
        return self._with(cast("Any", self.values).reshape(*shape))

    def open(self) -> Pending[NDArray[Any]]:
        """The values, as a numpy array of Python ints."""
        opened = self.computation.read(self.values)
        return self.computation.start("open", self.size, opened, "x.open()", self)

    def _with(self, values: Any) -> "PlainArray":
        return PlainArray(self.computation, np.asarray(values, dtype=object))


@attrs.frozen
class Evaluation:
    """What a program yields in the clear, and what it took.

    outputs: as a party outputs them, after `finish`. returned: entries of each opened result.
    largest: the largest magnitude met (inputs, sums, products, entries of inner products).
    """

    outputs: Any
    largest: int
    rounds: int
    operations: tuple[Operation, ...]
    returned: Mapping[str, int]

    def fits(self, p: int) -> bool:
        """Did everything stay within (−p/2, p/2), so that F_p computes the same integers?"""
        return 2 * self.largest < p


def evaluate(
    program: Program,
    inputs: Mapping[str, Values],
    params: Mapping[str, Any] | None = None,
    p: int | None = None,
    rounds_of: Callable[[Operation], int] = one_round,
    in_turn: Collection[str] = (),
) -> Evaluation:
    """Run a program on plain integers: inputs[party][name], every party present, in order 1…n.

    p: also read what is opened in F_p, as a run over that field would; needed where inputs may be
    any field elements (a corrupted party's effective input). rounds_of, in_turn: as those of a
    `PlainComputation`. Raises whatever the program raises (ValueError for inputs it cannot use),
    and TypeError for inputs that are no integers.
    """
    mpc, params = PlainComputation(p, rounds_of, in_turn), params or {}
    arrays = {
        party: {name: mpc.array(values) for name, values in own.items()}
        for party, own in inputs.items()
    }
    opened = results(_drive(program(mpc, arrays, **params)), PlainArray, program)
    public = PublicInfo(layout_of(inputs), params)
    outputs = finished(program, {name: mpc.read(x.values) for name, x in opened.items()}, public)
    returned = {name: x.size for name, x in opened.items()}
    return Evaluation(outputs, mpc.largest, mpc.rounds, tuple(mpc.operations), returned)


def layout_of(inputs: Mapping[str, Values]) -> Layout:
    """The public shapes of inputs: party → input → shape."""
    return {
        party: {name: integers(values).shape for name, values in own.items()}
        for party, own in inputs.items()
    }


def integers(values: Any) -> NDArray[Any]:
    """Integers as an array of Python ints; one int has shape (1,).

    Raises TypeError for anything that is not an integer, bools included.
    """
    array: NDArray[Any] = np.asarray(values, dtype=object)
    if isinstance(values, np.ndarray) and cast("NDArray[Any]", values).dtype.kind in "iu":
        return np.atleast_1d(array)
    wrong = [value for value in array.flat if not _is_integer(value)]
    if wrong:
        raise TypeError(
            f"{wrong[0]!r} is not an integer; secrets are integers (floats need fixed point)"
        )
    whole = np.array([int(v) for v in array.flat], dtype=object)
    return whole.reshape(array.shape or (1,))


def _is_integer(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _clear(other: PlainArray | Clear) -> NDArray[Any]:
    return other.values if isinstance(other, PlainArray) else integers(other)


def _drive(program: Awaitable[_T]) -> _T:
    """Run a coroutine that never waits for anything but plain operations."""
    try:
        _awaited(program).send(None)
    except StopIteration as end:
        return end.value
    raise TypeError("the program awaits something that is not an operation on its secrets")


async def _awaited(awaitable: Awaitable[_T]) -> _T:
    return await awaitable
