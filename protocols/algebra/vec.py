"""Vectors of elements of one field or ring: immutable, and a scalar is a vector of length 1.

Operators are the field's (or ring's). A vector combines with vectors of its own field, with Python
integers and with integer arrays, broadcast as NumPy does; whatever else would compute something
wrong is refused with a hint. Knows neither kernels nor encodings: the `Algebra` has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.refusals import NotAnArray

if TYPE_CHECKING:
    from turncoat.protocols.algebra.structure import Algebra

Elements = NDArray[Any]
Shape = tuple[int, ...]
Operand: TypeAlias = "Vec | int | np.integer[Any] | NDArray[np.integer[Any]]"

_SHOWN = 8  # elements that repr() prints


@final
class Vec(NotAnArray):
    """Elements of `field` in an array of any shape with at least one axis. Made by a `Field`."""

    __slots__ = ("_array", "_field")

    def __init__(self, field: Algebra, array: Elements) -> None:
        """`array`: canonical elements, contiguous, given up by the caller.

        It is read-only from here on, and so is the array that it may be a view of.
        """
        array.setflags(write=False)
        if array.base is not None:
            array.base.setflags(write=False)
        self._field = field
        self._array = array

    def __reduce__(self) -> tuple[type[Vec], tuple[Algebra, Elements]]:
        return Vec, (self._field, self._array)  # a copy is read-only too

    # ---- what it holds

    @property
    def field(self) -> Algebra:
        return self._field

    @property
    def array(self) -> Elements:
        """The elements as the structure's `storage` keeps them: words in [0, p); read-only."""
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

    def centred(self) -> NDArray[Any]:
        """The representatives in (−p/2, p/2]; in Z_2^k two's complement; of GF(2^k) the indices.

        int64 where they fit, else Python integers.
        """
        return self._field.centred(self._array)

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
        return Vec(self._field, np.ascontiguousarray(self._array[index], self._array.dtype))

    def __iter__(self) -> Iterator[Vec]:
        return (self[i] for i in range(len(self)))

    def reshape(self, *shape: SupportsIndex | Shape) -> Vec:
        """The same elements, in C order, in another shape: reshape(2, 3) or reshape((2, 3))."""
        return Vec(self._field, np.atleast_1d(self._array.reshape(*shape)))  # pyright: ignore

    @property
    def T(self) -> Vec:
        """The axes in reverse order; of a matrix, its transpose."""
        return Vec(self._field, np.ascontiguousarray(self._array.T))

    def ravel(self) -> Vec:
        return self.reshape(-1)

    def __repr__(self) -> str:
        shown = np.array2string(self.centred(), threshold=_SHOWN, edgeitems=3, separator=", ")
        return f"Vec({shown} in {self._field.name})"

    # ---- inside

    def _operand(self, other: object) -> Elements | None:
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

    def _matrix_product(self, a: Elements, b: Elements) -> Vec:
        if a.ndim > 2 or b.ndim > 2 or a.shape[-1] != b.shape[0]:
            raise ValueError(
                f"shapes {a.shape} @ {b.shape} do not fit: vectors of one length, or matrices "
                "whose inner sides agree"
            )
        rows = a if a.ndim == 2 else a.reshape(1, -1)
        columns = b.reshape(1, -1) if b.ndim == 1 else np.ascontiguousarray(b.T)
        out = self._field.arithmetic.products(rows, columns)
        if a.ndim == b.ndim == 1:
            return Vec(self._field, out.reshape(1))
        shape = (*a.shape[:-1], *b.shape[1:])
        return Vec(self._field, out.reshape(shape))
