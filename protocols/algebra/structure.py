"""What a field and a ring have in common: vectors from integers, coins or bytes, and back.

`Algebra` is what protocols ask for that need no more than sums, products and bytes; `PrimeField`,
`BinaryField` and `Ring` are its kinds. There is one object per structure, so they are compared by
identity. Knows neither engines nor sharing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod
from operator import index
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.few import FEW, FewIntegers
from turncoat.protocols.algebra.integers import integers
from turncoat.protocols.algebra.storage import Data, Elements, Storage, element_bytes
from turncoat.protocols.algebra.vec import Shape, Vec, short_rows, short_vec

FEW_INVERSES = 64  # elements up to which Python's integers invert them sooner


class ArrayArithmetic(Protocol):
    """Arithmetic on C-ordered arrays of canonical elements, any shapes, broadcast as by NumPy."""

    @property
    def points(self) -> int:
        """`horner` takes points below it."""
        ...

    def add(self, a: Elements, b: Elements) -> Elements: ...
    def sub(self, a: Elements, b: Elements) -> Elements: ...
    def mul(self, a: Elements, b: Elements) -> Elements: ...

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        """Σ_k c_k·arrays[k]; equal shapes, canonical coefficients, at least one."""
        ...

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        """Σ_k arrays[k]·x^k for each point x: shape (points, *shape)."""
        ...

    def by_integers(self, products: int) -> bool:
        """Whether so many products are expected to be quickest as `Algebra.few` does them."""
        ...

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        """Whether `products` with a matrix of powers is expected to beat `horner`."""
        ...

    def products(self, a: Elements, b: Elements) -> Elements:
        """a·bᵀ for matrices (r, k) and (c, k): shape (r, c)."""
        ...

    def total(self, a: Elements, axis: int | None) -> Elements:
        """The sum along an axis, or of everything as one element."""
        ...


class Algebra(ABC):
    """A finite commutative ring whose elements are the integers 0 … order − 1.

    name: reads back by `parse_structure`; order: the number of elements; p: the characteristic,
    the least number of ones that add to 0; bits: of the largest element; element_bytes: ⌈bits/8⌉;
    is_field: whether all but 0 have an inverse. few: how short vectors compute, None where they
    compute as long ones do.
    """

    __slots__ = (
        "arithmetic", "bits", "element_bytes", "few", "is_field", "name", "order", "p", "storage"
    )  # fmt: skip

    def __init__(
        self, name: str, p: int, order: int, storage: Storage, arithmetic: ArrayArithmetic,
        *, field: bool, few: FewIntegers | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.p = p
        self.order = order
        self.bits = (order - 1).bit_length()
        self.element_bytes = element_bytes(order)
        self.storage = storage
        self.arithmetic = arithmetic
        self.is_field = field
        self.few = few

    # ---- single elements, as canonical Python integers

    @abstractmethod
    def canonical(self, value: int) -> int:
        """The element that an integer stands for. ValueError if it stands for none."""

    @abstractmethod
    def times(self, a: int, b: int) -> int:
        """a·b."""

    @abstractmethod
    def minus(self, a: int, b: int) -> int:
        """a − b."""

    @abstractmethod
    def reciprocal(self, a: int) -> int:
        """1/a. ZeroDivisionError if there is none."""

    @abstractmethod
    def centred(self, array: Elements) -> NDArray[Any]:
        """Representatives near 0 where that has a meaning; see `Vec.centred`."""

    # ---- vectors from numbers and coins

    def __call__(self, values: Any) -> Vec:
        """Integers, reduced: one, a nested list, or an array.

        TypeError for floats, booleans and anything else that is no integer.
        """
        if isinstance(values, Vec):
            self._require_own((values,))
            return values
        if type(values) is int and self.few is not None:
            return short_vec(self, [self.canonical(values)], (1,))
        return Vec(self, self.words(values))

    def words(self, values: Any) -> Elements:
        """The elements that integers stand for, in a new array with at least one axis."""
        if type(values) is int:
            return self.storage.array([self.canonical(values)])
        return self._reduced(integers(values, self.name))

    def zeros(self, shape: int | Shape) -> Vec:
        return self.full(shape, 0)

    def full(self, shape: int | Shape, value: int) -> Vec:
        shape = _with_an_axis(shape)
        if self.few is not None and type(value) is int and prod(shape) <= FEW:
            return short_vec(self, [self.canonical(value)] * prod(shape), shape)
        return Vec(self, np.full(shape, self.words(value)[0], self.storage.dtype))

    def random(self, tape: Tape, shape: int | Shape) -> Vec:
        """Uniform elements; takes `tape.uniform` and nothing else of the tape.

        Below 2^64 that is `tape.uniform(order, …)`; for larger orders see `storage.draw_limbs`.
        """
        shape = _with_an_axis(shape)
        count = prod(shape)
        drawn = self.storage.draw(tape, count)
        if count <= FEW and self.few is not None:
            return short_vec(self, self.storage.integers(drawn).tolist(), shape)
        return Vec(self, drawn.reshape(shape))

    # ---- bytes

    def encode(self, vec: Vec) -> bytes | memoryview:
        """The elements in C order, little-endian; no copy where memory and wire agree."""
        if vec.field is not self:
            self._require_own((vec,))
        few = vec.few
        return self.storage.packed(vec.array) if few is None else self.storage.joined(few)

    def encoded_size(self, vec: Vec) -> int:
        return self.storage.encoded_size(vec.size)

    def decode(self, data: Data, size: int | None = None) -> Vec:
        """The inverse of `encode`, flat. ValueError unless `data` is a canonical encoding.

        size: how many elements there are. Without it, GF(2) gives eight for every byte.
        """
        vec = Vec(self, self.storage.unpacked(data))
        if size is None or size == vec.size:
            return vec
        if self.storage.encoded_size(size) != len(data):
            raise ValueError(f"{len(data)} bytes do not encode {size} elements of {self.name}")
        if np.any(vec.array[size:]):
            raise ValueError(f"the last byte has bits behind the {size} elements: they must be 0")
        return vec[:size]

    def accepts(self, obj: object) -> bool:
        """Whether `obj` is a vector of this structure."""
        return type(obj) is Vec and obj.field is self

    @property
    def shares_bytes(self) -> bool:
        """Whether several elements share a byte, so that bytes do not tell how many there are."""
        return self.storage.encoded_size(8) < 8

    # ---- on several vectors

    def combine(self, coefficients: Sequence[int], vecs: Sequence[Vec]) -> Vec:
        """Σ_k coefficients[k]·vecs[k] for vectors of one shape, in one pass over memory."""
        integral, few = [*map(index, coefficients)], self.few
        rows = [] if few is None else short_rows(self, vecs)
        pays = bool(rows) and self.arithmetic.by_integers(len(rows) * len(rows[0]))
        if few is not None and pays and len(rows) == len(integral):
            return short_vec(self, few.combine(integral, rows), vecs[0].shape)
        self._require_own(vecs)
        if not vecs or len(integral) != len(vecs) or len({vec.shape for vec in vecs}) > 1:
            shapes = [vec.shape for vec in vecs]
            raise ValueError(
                f"{len(integral)} coefficients for vectors of shapes {shapes}: "
                "give one for each vector, at least one, and vectors of one shape"
            )
        reduced = [*map(self.canonical, integral)]
        return Vec(self, self.arithmetic.combine(reduced, [vec.array for vec in vecs]))

    def inv(self, vec: Vec) -> Vec:
        """1/x for every element x. ZeroDivisionError names the first that has none."""
        self._require_own((vec,))
        few = vec.few
        if few is not None and self.is_field and 0 not in few:
            return short_vec(self, self._few_inverses(few), vec.shape)
        inverses = self._inverses(vec.array.reshape(-1))
        return Vec(self, inverses.reshape(vec.shape))

    def concatenate(self, vecs: Iterable[Vec]) -> Vec:
        """One after the other along the first axis."""
        vecs = list(vecs)
        if len(vecs) == 1 and vecs[0].field is self:
            return vecs[0]
        return Vec(self, np.concatenate(self._arrays(vecs)))

    def stack(self, vecs: Iterable[Vec]) -> Vec:
        """Vectors of one shape as rows of a new first axis."""
        return Vec(self, np.stack(self._arrays(vecs)))

    # ---- inside

    def _reduced(self, array: NDArray[Any]) -> Elements:
        """The elements that an array of integers stands for."""
        elements = [self.canonical(int(value)) for value in array.reshape(-1).tolist()]
        return self.storage.array(elements).reshape(array.shape)

    def _inverses(self, flat: Elements) -> Elements:
        """A tree of products: one inversion and three products an element.

        The root is inverted, and inverses are handed down to the leaves.
        """
        zeros = np.flatnonzero(flat == self.words(0))
        if zeros.size:
            raise ZeroDivisionError(f"element {zeros[0]} of {flat.size} is 0: it has no inverse")
        if flat.size <= FEW_INVERSES:
            few = self._few_inverses(self.storage.integers(flat).tolist())
            return self.storage.array(few)
        mul, size = self.arithmetic.mul, 1 << (flat.size - 1).bit_length()
        tree = [np.concatenate([flat, np.repeat(self.words(1), size - flat.size)])]
        while (half := tree[-1].size // 2) > 0:
            tree.append(mul(tree[-1][:half], tree[-1][half:]))
        root = int(self.storage.integers(tree.pop())[0])
        inverses = self.storage.array([self.reciprocal(root)])
        for level in reversed(tree):
            half = level.size // 2
            inverses = np.concatenate([mul(inverses, level[half:]), mul(inverses, level[:half])])
        return inverses[: flat.size]

    def _few_inverses(self, elements: list[int]) -> list[int]:
        """The same one element after the other: for few, quicker than a call for each level."""
        if len(elements) == 1:
            return [self.reciprocal(elements[0])]
        before = list(accumulate(elements, self.times, initial=1))
        inverse = self.reciprocal(before.pop())
        inverses: list[int] = []
        for element, product in zip(reversed(elements), reversed(before), strict=True):
            inverses.append(self.times(inverse, product))
            inverse = self.times(inverse, element)
        return inverses[::-1]

    def _arrays(self, vecs: Iterable[Vec]) -> list[Elements]:
        vecs = list(vecs)
        self._require_own(vecs)
        return [vec.array for vec in vecs]

    def _require_own(self, vecs: Iterable[Vec]) -> None:
        for vec in vecs:
            if vec.field is not self:
                raise TypeError(f"a vector over {self.name} is needed, not over {vec.field.name}")


def _with_an_axis(shape: int | Shape) -> Shape:
    """A shape as a tuple; that of a scalar becomes (1,)."""
    return (shape,) if isinstance(shape, int) else shape or (1,)
