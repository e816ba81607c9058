"""Vectors of elements of one field: immutable, and a scalar is a vector of length 1.

Operators are the field's. A vector combines with vectors of its own field, with Python integers
and with integer arrays, broadcast as NumPy does; whatever else would compute something wrong is
refused with a hint. Knows neither kernels nor encodings: `Field` has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.refusals import NotAnArray

if TYPE_CHECKING:
    from turncoat.protocols.algebra.field import Field

Words = NDArray[np.uint64]
Shape = tuple[int, ...]
Operand: TypeAlias = "Vec | int | np.integer[Any] | NDArray[np.integer[Any]]"

_SHOWN = 8  # elements that repr() prints


@final
class Vec(NotAnArray):
    """Elements of `field` in an array of any shape with at least one axis. Made by a `Field`."""

    __slots__ = ("_array", "_field")

    def __init__(self, field: Field, array: Words) -> None:
        """`array`: canonical words, contiguous, given up by the caller.

        It is read-only from here on, and so is the array that it may be a view of.
        """
        array.setflags(write=False)
        if array.base is not None:
            array.base.setflags(write=False)
        self._field = field
        self._array = array

    def __reduce__(self) -> tuple[type[Vec], tuple[Field, Words]]:
        return Vec, (self._field, self._array)  # a copy is read-only too

    # ---- what it holds

    @property
    def field(self) -> Field:
        return self._field

    @property
    def array(self) -> Words:
        """The elements as words in [0, p), read-only."""
        return self._array

    @property
    def shape(self) -> Shape:
        return self._array.shape

    @property
    def ndim(self) -> int:
        return self._array.ndim

    @property
    def size(self) -> int:
        return self._array.size

    def __len__(self) -> int:
        return len(self._array)

    def centred(self) -> NDArray[np.int64]:
        """The representatives in (−p/2, p/2]."""
        p, signed = self._field.p, self._array.astype(np.int64)
        signed[signed > p // 2] -= p
        return signed

    def tolist(self) -> list[Any]:
        """The centred representatives as Python integers, nested as the shape is."""
        return self.centred().tolist()

    # ---- operators

    def __add__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.add(self._array, words))

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.sub(self._array, words))

    def __rsub__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.sub(words, self._array))

    def __mul__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.mul(self._array, words))

    __rmul__ = __mul__

    def __neg__(self) -> Vec:
        return 0 - self

    def __pos__(self) -> Vec:
        return self

    def __matmul__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return self._matrix_product(self._array, words)

    def __rmatmul__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return self._matrix_product(words, self._array)

    def sum(self, axis: int | None = None) -> Vec:
        """The sum along an axis; of all elements, as a vector of length 1, without one."""
        return Vec(self._field, self._field.arithmetic.total(self._array, axis))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vec):
            return NotImplemented
        return self._field is other._field and np.array_equal(self._array, other._array)

    __hash__ = None  # pyright: ignore[reportAssignmentType] - compared by value, and large

    # ---- shape

    def __getitem__(self, index: Any) -> Vec:
        """NumPy's indexing, except that a single element stays a vector of length 1."""
        return Vec(self._field, np.ascontiguousarray(self._array[index]))

    def __iter__(self) -> Iterator[Vec]:
        return (self[i] for i in range(len(self)))

    def reshape(self, *shape: SupportsIndex | Shape) -> Vec:
        """The same elements, in C order, in another shape: reshape(2, 3) or reshape((2, 3))."""
        return Vec(self._field, np.atleast_1d(self._array.reshape(*shape)))  # pyright: ignore

    def ravel(self) -> Vec:
        return self.reshape(-1)

    def __repr__(self) -> str:
        shown = np.array2string(self.centred(), threshold=_SHOWN, edgeitems=3, separator=", ")
        return f"Vec({shown} in {self._field.name})"

    # ---- inside

    def _operand(self, other: object) -> Words | None:
        """The words of an operand; None if its type may know better how to combine with us."""
        if type(other) is Vec:
            if other._field is self._field:
                return other._array
            raise TypeError(
                f"elements of {self._field.name} and {other._field.name} do not mix: "
                "make both with the same field"
            )
        if isinstance(other, (int, float, complex, np.generic, np.ndarray)):
            return self._field.words(other)
        return None

    def _matrix_product(self, a: Words, b: Words) -> Vec:
        if a.ndim > 2 or b.ndim > 2 or a.shape[-1] != b.shape[0]:
            raise ValueError(
                f"shapes {a.shape} @ {b.shape} do not fit: vectors of one length, or matrices "
                "whose inner sides agree"
            )
        columns = b.reshape(1, -1) if b.ndim == 1 else np.ascontiguousarray(b.T)
        out = self._field.arithmetic.products(np.atleast_2d(a), columns)
        shape = (*a.shape[:-1], *b.shape[1:])
        return Vec(self._field, out.reshape(shape or (1,)))
