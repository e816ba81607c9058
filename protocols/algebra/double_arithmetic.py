"""Arithmetic modulo 2^127 − 1 and 2^128 on arrays of pairs of words, each call on what pays.

As in `arithmetic.py`: Python integers for short vectors, the formulas of `doubles.py` on chunks of
NumPy arrays for others, and numba once it is loaded (`arithmetic.choice`). The results are the same
pairs on every engine.

Knows arrays of canonical pairs; not vectors, their operators or their encoding.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.arithmetic import flat
from turncoat.protocols.algebra.doubles import DOUBLES, DoubleFormulas, Operation
from turncoat.protocols.algebra.few import FEW, FewIntegers
from turncoat.protocols.algebra.kernels import LOW32, S32, Words
from turncoat.protocols.algebra.storage import PAIR, Elements, PairStorage

CHUNK = 4096  # elements: the temporaries of a product stay in the second-level cache
BLOCK = 1 << 16  # products of a matrix product held at a time
PRICE = 8  # products modulo a prime of one word that take NumPy as long as one of these
MANY = 100  # Horner's steps from which a product of matrices may pay
ONE_BY_ONE = 64  # products in Python that take as long as a call of a compiled loop


class CompiledDoubles(Protocol):
    """The loops of `compiled_doubles.py`, on words: two of them, the last axis, are an element."""

    def add(self, a: Words, b: Words) -> Words: ...
    def sub(self, a: Words, b: Words) -> Words: ...
    def mul(self, a: Words, b: Words) -> Words: ...
    def combine(self, coefficients: Words, rows: Sequence[Words]) -> Words: ...
    def horner(self, rows: Sequence[Words], points: Words) -> Words: ...
    def products(self, a: Words, b: Words) -> Words: ...


class DoubleArithmetic:
    """Modulo q = 2^127 − 1 or 2^128, an element a pair of words."""

    def __init__(self, modulus: int) -> None:
        self.points = modulus
        self._q = modulus
        self._f = DOUBLES[modulus]
        self._few = FewIntegers(modulus)
        self._storage = PairStorage(modulus)
        self._loops: CompiledDoubles | None = None

    def add(self, a: Elements, b: Elements) -> Elements:
        return self._elementwise("add", a, b)

    def sub(self, a: Elements, b: Elements) -> Elements:
        return self._elementwise("sub", a, b)

    def mul(self, a: Elements, b: Elements) -> Elements:
        return self._elementwise("mul", a, b)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        """Σ_k c_k·arrays[k]; equal shapes, coefficients in [0, q), at least one."""
        first, c = arrays[0], self._storage.array(coefficients)
        compiled = self._compiled(first.size, len(arrays))
        if compiled is not None:
            return _joined(compiled.combine(_lanes(c), [*map(_lanes, arrays)]), first.shape)
        out = np.zeros(first.shape, PAIR)
        for k, array in enumerate(arrays):
            out = self.add(out, self.mul(array, c[k : k + 1]))
        return out

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        """Σ_k arrays[k]·x^k for each point x: shape (points, *shape)."""
        *lower, top = arrays
        x, shape = self._storage.array(points), (len(points), *top.shape)
        compiled = self._compiled(top.size, len(lower) * len(points))
        if compiled is not None:
            return _joined(compiled.horner([*map(_lanes, arrays)], _lanes(x)), shape)
        out = np.empty(shape, PAIR)
        for j in range(len(points)):
            acc = top
            for array in reversed(lower):
                acc = self.add(self.mul(acc, x[j : j + 1]), array)
            out[j] = acc
        return out

    def by_integers(self, products: int) -> bool:
        return products <= ONE_BY_ONE or not arithmetic.choice.compiled

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        return not arithmetic.choice.compiled and size <= FEW and points * degree >= MANY

    def products(self, a: Elements, b: Elements) -> Elements:
        """a·bᵀ for matrices (r, k) and (c, k): shape (r, c)."""
        shape = (len(a), len(b))
        compiled = self._compiled(b.size, len(a))
        if compiled is not None:
            x, y = (_lanes(v).reshape(*v.shape, 2) for v in (a, b))
            return _joined(compiled.products(x, y), shape)
        out, width = np.zeros(shape, PAIR), max(1, BLOCK // max(1, len(b)))
        for i, row in enumerate(a):
            for start in range(0, a.shape[1], width):
                part = np.s_[start : start + width]
                terms = self.mul(np.ascontiguousarray(b[:, part]), row[None, part])
                out[i] = self.add(out[i], self.total(terms, 1))
        return out

    def total(self, a: Elements, axis: int | None) -> Elements:
        """The sum along an axis, or of everything as one element; of fewer than 2^32 terms."""
        if axis is None:
            a, axis = a.reshape(-1), 0
        words = (half for name in ("low", "high") for half in (a[name] & LOW32, a[name] >> S32))
        sums = [np.atleast_1d(word.sum(axis)) for word in words]
        out = np.zeros((4, *sums[0].shape), PAIR)
        out["low"] = sums
        return self.combine([2 ** (32 * k) % self._q for k in range(4)], [out[k] for k in range(4)])

    def _elementwise(self, name: str, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        size = y.size if x.size == 1 else x.size
        compiled = self._compiled(size, 1)
        if compiled is not None:
            return _joined(getattr(compiled, name)(_lanes(x), _lanes(y)), shape)
        if size <= FEW:
            integers = (self._storage.integers(v).tolist() for v in (x, y))
            return self._storage.array(getattr(self._few, name)(*integers)).reshape(shape)
        return _by_words(getattr(self._f, name), x, y, size).reshape(shape)

    def _compiled(self, size: int, products: int) -> CompiledDoubles | None:
        choice = arithmetic.choice
        if not choice.compiled and size > FEW:
            choice.spend(size, PRICE * size * products)
        if choice.compiled and self._loops is None:
            self._loops = choice.load(lambda: _numba(self._f))
        return self._loops if choice.compiled else None


def _by_words(op: Operation, a: Elements, b: Elements, size: int) -> Elements:
    out = np.empty(size, PAIR)
    for start in range(0, size, CHUNK):
        part = np.s_[start : start + CHUNK]
        words: list[Any] = [
            np.ascontiguousarray(v[name])
            for v in (_part(a, part), _part(b, part))
            for name in _HALVES
        ]
        out["low"][part], out["high"][part] = op(*words)
    return out


_HALVES = ("low", "high")


def _part(a: Elements, part: slice) -> Elements:
    return a[part] if a.size > 1 else a


def _numba(formulas: DoubleFormulas) -> CompiledDoubles:
    # Loading numba takes tenths of a second, which short vectors never repay.
    from turncoat.protocols.algebra.compiled_doubles import NumbaDoubles  # noqa: PLC0415

    return NumbaDoubles(formulas)


def _lanes(a: Elements) -> NDArray[np.uint64]:
    """The elements as rows of two words."""
    return np.ascontiguousarray(a).view(np.uint64).reshape(-1, 2)


def _joined(lanes: NDArray[np.uint64], shape: tuple[int, ...]) -> Elements:
    """The inverse of `_lanes`."""
    return lanes.reshape(-1).view(PAIR).reshape(shape)
