"""Vectors of elements of one field or ring: immutable, and a scalar is a vector of length 1.

Operators are the field's (or ring's). A vector combines with vectors of its own field, with Python
integers and with integer arrays, broadcast as NumPy does; whatever else would compute something
wrong is refused with a hint. Knows neither kernels nor encodings: the `Algebra` has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.few import FEW, FewIntegers
from turncoat.protocols.algebra.refusals import NotAnArray

if TYPE_CHECKING:
    from turncoat.protocols.algebra.structure import Algebra

Elements = NDArray[Any]
Shape = tuple[int, ...]
Operand: TypeAlias = "Vec | int | np.integer[Any] | NDArray[np.integer[Any]]"

_ONE = (1,)
_PLACES = frozenset({int, slice})  # indices that a list takes as an array does
_SHOWN = 8  # elements that repr() prints


@final
class Vec(NotAnArray):
    """Elements of `field` in an array of any shape with at least one axis. Made by a `Field`.

    A short vector computes with a list of Python integers, and has an array only when asked for
    it; what it is does not depend on that.
    """

    __slots__ = ("_array", "_few", "_field", "_shape")

    def __init__(self, field: Algebra, array: Elements) -> None:
        """`array`: canonical elements, contiguous, given up by the caller.

        It is read-only from here on, and so is the array that it may be a view of.
        """
        array.setflags(write=False)
        if array.base is not None:
            array.base.setflags(write=False)
        self._field = field
        self._array: Elements | None = array
        self._few: list[int] | None = None
        self._shape = array.shape

    def __reduce__(self) -> tuple[type[Vec], tuple[Algebra, Elements]]:
        return Vec, (self._field, self.array)  # a copy is read-only too

    # ---- what it holds

    @property
    def field(self) -> Algebra:
        return self._field

    @property
    def array(self) -> Elements:
        """The elements as the structure's `storage` keeps them: words in [0, p); read-only."""
        array = self._array
        if array is None:
            array = self._field.storage.array(self._few or ())
            array.setflags(write=False)
            array = self._array = array.reshape(self._shape)
        return array

    @property
    def few(self) -> list[int] | None:
        """The elements of a short vector as canonical Python integers in C order, not to be
        changed; None for a long one, and in structures that do not compute with integers."""
        few = self._few
        if few is None and self._array is not None and self._array.size <= FEW:
            field = self._field
            if field.few is not None:
                few = self._few = field.storage.integers(self._array).reshape(-1).tolist()
        return few

    @property
    def shape(self) -> Shape:
        return self._shape

    @property
    def ndim(self) -> int:
        return len(self._shape)

    @property
    def size(self) -> int:
        few = self._few
        return self.array.size if few is None else len(few)

    def __len__(self) -> int:
        return self._shape[0]

    def centred(self) -> NDArray[Any]:
        """The representatives in (−p/2, p/2]; in Z_2^k two's complement; of GF(2^k) the indices.

        int64 where they fit, else Python integers.
        """
        return self._field.centred(self.array)

    def integers(self) -> NDArray[Any]:
        """The elements as canonical integers in [0, order): words, octets, or Python integers."""
        return self._field.storage.integers(self.array)

    def nonzero(self) -> NDArray[np.bool_]:
        """Which elements are not 0."""
        return self.array != self._field.words(0)

    def tolist(self) -> list[Any]:
        """The centred representatives as Python integers, nested as the shape is."""
        return self.centred().tolist()

    # ---- operators

    def __add__(self, other: Operand) -> Vec:
        short = self._short(other)
        if short is not None:
            few, x, y = short
            return short_vec(self._field, few.add(x, y), self._shape)
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.add(self.array, words))

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Vec:
        short = self._short(other)
        if short is not None:
            few, x, y = short
            return short_vec(self._field, few.sub(x, y), self._shape)
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.sub(self.array, words))

    def __rsub__(self, other: Operand) -> Vec:
        short = self._short(other)
        if short is not None:
            few, x, y = short
            return short_vec(self._field, few.sub(y, x), self._shape)
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.sub(words, self.array))

    def __mul__(self, other: Operand) -> Vec:
        short = self._short(other)
        if short is not None:
            few, x, y = short
            return short_vec(self._field, few.mul(x, y), self._shape)
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return Vec(self._field, self._field.arithmetic.mul(self.array, words))

    __rmul__ = __mul__

    def __neg__(self) -> Vec:
        return 0 - self

    def __pos__(self) -> Vec:
        return self

    def __matmul__(self, other: Operand) -> Vec:
        short = self._short(other) if len(self._shape) == 1 else None
        if short is not None and type(other) is Vec and other._shape == self._shape:
            few, x, y = short
            return short_vec(self._field, [few.dot(x, y)], (1,))
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return self._matrix_product(self.array, words)

    def __rmatmul__(self, other: Operand) -> Vec:
        words = self._operand(other)
        if words is None:
            return NotImplemented
        return self._matrix_product(words, self.array)

    def sum(self, axis: int | None = None) -> Vec:
        """The sum along an axis; of all elements, as a vector of length 1, without one."""
        field, few = self._field, self.few
        if axis is None and few is not None and field.few is not None:
            return short_vec(field, [field.few.total(few)], (1,))
        return Vec(field, field.arithmetic.total(self.array, axis))

    def __eq__(self, other: object) -> bool:
        if type(other) is not Vec:
            return NotImplemented
        if self._field is not other._field or self._shape != other._shape:
            return False
        few = self.few
        return few == other.few if few is not None else np.array_equal(self.array, other.array)

    __hash__ = None  # pyright: ignore[reportAssignmentType] - compared by value, and large

    # ---- shape

    def __getitem__(self, index: Any) -> Vec:
        """NumPy's indexing, except that a single element stays a vector of length 1."""
        few = self._few
        if few is not None and len(self._shape) == 1 and type(index) in _PLACES:
            part: list[int] = few[index] if isinstance(index, slice) else [few[index]]
            return short_vec(self._field, part, (len(part),))
        return Vec(self._field, np.ascontiguousarray(self.array[index], self.array.dtype))

    def __iter__(self) -> Iterator[Vec]:
        return (self[i] for i in range(len(self)))

    def reshape(self, *shape: SupportsIndex | Shape) -> Vec:
        """The same elements, in C order, in another shape: reshape(2, 3) or reshape((2, 3))."""
        if self._few is not None and shape == (-1,):
            return short_vec(self._field, self._few, (len(self._few),))
        return Vec(self._field, np.atleast_1d(self.array.reshape(*shape)))  # pyright: ignore

    @property
    def T(self) -> Vec:
        """The axes in reverse order; of a matrix, its transpose."""
        return Vec(self._field, np.ascontiguousarray(self.array.T))

    def ravel(self) -> Vec:
        return self.reshape(-1)

    def __repr__(self) -> str:
        shown = np.array2string(self.centred(), threshold=_SHOWN, edgeitems=3, separator=", ")
        return f"Vec({shown} in {self._field.name})"

    # ---- inside

    def _short(self, other: object) -> tuple[FewIntegers, list[int], list[int]] | None:
        """The arithmetic of short vectors and two operands for it, if both are short and the
        result has our shape."""
        field = self._field
        if field.few is None:
            return None
        if type(other) is Vec:
            if other._field is not field or (other._shape != self._shape and other._shape != _ONE):
                return None
            y = other._few or other.few
        elif type(other) is int:
            y = [field.canonical(other)]
        else:
            return None
        x = self._few or self.few
        return None if x is None or y is None else (field.few, x, y)

    def _operand(self, other: object) -> Elements | None:
        """The words of an operand; None if its type may know better how to combine with us."""
        if type(other) is Vec:
            if other._field is self._field:
                return other.array
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


_new = Vec.__new__


def short_rows(field: Algebra, vecs: Sequence[Vec]) -> list[list[int]]:
    """The elements of short vectors of that field and of one shape, as `Vec.few`; no row at all if
    they are not such vectors."""
    rows: list[list[int]] = []
    for vec in vecs:
        few = vec._few or vec.few  # pyright: ignore[reportPrivateUsage]
        if few is None or vec._field is not field or vec._shape != vecs[0]._shape:  # pyright: ignore[reportPrivateUsage]
            return []
        rows.append(few)
    return rows


def short_vec(field: Algebra, few: list[int], shape: Shape) -> Vec:
    """A vector of canonical Python integers in C order, given up by the caller; at most `FEW`, of a
    structure that computes with them."""
    vec = _new(Vec)
    vec._field = field  # pyright: ignore[reportPrivateUsage]
    vec._array = None  # pyright: ignore[reportPrivateUsage]
    vec._few = few  # pyright: ignore[reportPrivateUsage]
    vec._shape = shape  # pyright: ignore[reportPrivateUsage]
    return vec
