"""Two engines that need no compiler: Python integers for short vectors, NumPy in chunks for others.

Every engine offers the same operations on flat, contiguous, canonical uint64 arrays and gives the
same words; `arithmetic.py` picks one per call. The third, `compiled.py`, loads numba.
Knows no shapes beyond rows of equal length, and no field object.
"""

from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.few import FewIntegers
from turncoat.protocols.algebra.kernels import LOW32, S32, ZERO, Word, Words, formulas_for

CHUNK = 16384  # words: the temporaries of a formula stay in the second-level cache
EXACT = 53  # bits of the integers that doubles represent without a gap
LIMB = 22  # bits at most: sums of 2^9 products of limbs are exact


class Multiplier(Protocol):
    """Products by one modulus q, and sums of products."""

    def mul(self, a: Words, b: Words) -> Words:
        """Elementwise; an operand of one word serves all words of the other."""
        ...

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        """Σ_k c_k·rows[k], for coefficients in [0, q)."""
        ...

    def horner(self, rows: Sequence[Words], points: Sequence[int]) -> Words:
        """The matrix of Σ_k rows[k]·x^k, a row for each point x in [0, SMALL_POINT)."""
        ...

    def products(self, a: Words, b: Words) -> Words:
        """a·bᵀ for two matrices with rows of one length."""
        ...


class Engine(Multiplier, Protocol):
    """All of the arithmetic; sums are elementwise as products are."""

    def add(self, a: Words, b: Words) -> Words: ...
    def sub(self, a: Words, b: Words) -> Words: ...


class PythonEngine:
    """Products as Python integers: 0.1 µs a word, against some µs that NumPy takes for any call.

    Sums are not here: they need three calls of NumPy, and lists would have to be made for them.
    """

    def __init__(self, few: FewIntegers) -> None:
        self._few = few

    def mul(self, a: Words, b: Words) -> Words:
        return np.array(self._few.mul(a.tolist(), b.tolist()), np.uint64)

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        return np.array(self._few.combine(coefficients, [row.tolist() for row in rows]), np.uint64)

    def horner(self, rows: Sequence[Words], points: Sequence[int]) -> Words:
        values = self._few.horner([row.tolist() for row in rows], points)
        return np.array(values, np.uint64).reshape(len(points), rows[0].size)

    def products(self, a: Words, b: Words) -> Words:
        columns = b.tolist()
        entries = [self._few.dot(row, column) for row in a.tolist() for column in columns]
        return np.array(entries, np.uint64).reshape(len(a), len(b))


class NumpyEngine:
    """The formulas on chunks of NumPy arrays."""

    def __init__(self, modulus: int) -> None:
        formulas, self._m = formulas_for(modulus)
        self._f: Any = formulas  # annotated for a word; by broadcasting they take arrays
        self._q = modulus

    def add(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.add, a, b)

    def sub(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.sub, a, b)

    def mul(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.mul, a, b)

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        f, m = self._f, self._m
        c = [Word(value) for value in coefficients]
        out = np.empty_like(rows[0])
        for part in chunks(out.size):
            acc = f.gather(ZERO, f.product(rows[0][part], c[0], m), m)
            for x, row in zip(c[1:], rows[1:], strict=True):
                acc = f.gather(acc, f.product(row[part], x, m), m)
            out[part] = f.reduce(acc, m)
        return out

    def horner(self, rows: Sequence[Words], points: Sequence[int]) -> Words:
        f, m = self._f, self._m
        *lower, top = rows
        out = np.empty((len(points), top.size), np.uint64)
        for part in chunks(top.size):
            for j, x in enumerate(points):
                acc = top[part]
                for row in reversed(lower):
                    acc = f.step(acc, Word(x), row[part], m)
                out[j, part] = f.reduce(acc, m)
        return out

    def products(self, a: Words, b: Words) -> Words:
        if len(a) * len(b) > 1:
            return self._matrix(a, b)
        product, m = self._f.product, self._m
        total = sum(exact_sum(product(a[0, part], b[0, part], m)) for part in chunks(a.shape[1]))
        return np.array([[total % self._q]], np.uint64)

    def _elementwise(self, op: Any, a: Words, b: Words) -> Words:
        if max(a.size, b.size) <= CHUNK:
            return op(a, b, self._m)
        out = np.empty(max(a.size, b.size), np.uint64)
        for part in chunks(out.size):
            x = a[part] if a.size > 1 else a
            y = b[part] if b.size > 1 else b
            out[part] = op(x, y, self._m)
        return out

    def _matrix(self, a: Words, b: Words) -> Words:
        """Products of matrices of doubles: nine for 61 bits, four for 31, one for few bits.

        Words are cut into limbs short enough that a sum of `terms` products is an exact double, in
        whatever order BLAS adds.
        """
        limbs, width, terms = limbs_of((self._q - 1).bit_length())
        weights = [2 ** (width * w) % self._q for w in range(2 * limbs - 1)]
        out = np.zeros((len(a), len(b)), np.uint64)
        for start in range(0, a.shape[1], terms):
            x, y = (_cut(v[:, start : start + terms], limbs, width) for v in (a, b))
            sums = [
                self._f.residue(cast("Words", sum(_terms_of(x, y, w))).reshape(-1), self._m)
                for w, weight in enumerate(weights)
                if weight
            ]
            nonzero = [weight for weight in weights if weight]
            out = self.combine([1, *nonzero], [out.reshape(-1), *sums]).reshape(out.shape)
        return out


def limbs_of(bits: int) -> tuple[int, int, int]:
    """(number, width) of the limbs of words of so many bits; terms that an exact sum may have."""
    count = -(-bits // LIMB)
    width = -(-bits // count)
    return count, width, 1 << EXACT - 2 * width


def _cut(a: Words, limbs: int, width: int) -> list[NDArray[np.float64]]:
    mask = Word(2**width - 1)
    return [((a >> Word(width * i)) & mask).astype(np.float64) for i in range(limbs)]


def _terms_of(x: Sequence[Any], y: Sequence[Any], weight: int) -> list[Words]:
    """The products of limbs whose places add to `weight`."""
    places = [(i, weight - i) for i in range(len(x)) if 0 <= weight - i < len(y)]
    return [(x[i] @ y[j].T).astype(np.uint64) for i, j in places]


def exact_sum(words: Words) -> int:
    """The sum as a Python integer, of fewer than 2^32 words."""
    return int((words & LOW32).sum()) + (int((words >> S32).sum()) << 32)


def chunks(size: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, size, CHUNK)]
