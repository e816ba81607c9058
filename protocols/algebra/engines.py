"""Two engines that need no compiler: Python integers for short vectors, NumPy in chunks for others.

Every engine offers the same operations on flat, contiguous, canonical uint64 arrays and gives the
same words; `arithmetic.py` picks one per call. The third, `compiled.py`, loads numba.
Knows no shapes beyond rows of equal length, and no field object.
"""

from collections.abc import Sequence
from operator import mul
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.kernels import LOW32, S32, Constants, Formulas, Word, Words

CHUNK = 16384  # words: the temporaries of a formula stay in the second-level cache
LIMB = 21  # bits; a sum of 2^11 products of limbs is an exact double
LIMB_TERMS = 2048


class Multiplier(Protocol):
    """Products modulo one prime, and sums of products."""

    def mul(self, a: Words, b: Words) -> Words:
        """Elementwise; an operand of one word serves all words of the other."""
        ...

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        """Σ_k c_k·rows[k], for coefficients in [0, p)."""
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

    Sums are not here: they need three calls of NumPy, and no Python loop beats those.
    """

    def __init__(self, p: int) -> None:
        self._p = p

    def mul(self, a: Words, b: Words) -> Words:
        p = self._p
        if a.size == b.size:
            pairs = zip(a.tolist(), b.tolist(), strict=True)
            return np.array([x * y % p for x, y in pairs], np.uint64)
        one, rest = (a, b) if a.size == 1 else (b, a)
        factor = one.item()
        return np.array([factor * x % p for x in rest.tolist()], np.uint64)

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        p, columns = self._p, zip(*[row.tolist() for row in rows], strict=True)
        return np.array([sum(map(mul, coefficients, column)) % p for column in columns], np.uint64)

    def horner(self, rows: Sequence[Words], points: Sequence[int]) -> Words:
        *lower, top = [row.tolist() for row in rows]
        values: list[int] = []
        for x in points:
            acc = top
            for row in reversed(lower):
                acc = [v * x + c for v, c in zip(acc, row, strict=True)]
            values += [v % self._p for v in acc]
        return np.array(values, np.uint64).reshape(len(points), len(top))

    def products(self, a: Words, b: Words) -> Words:
        columns = b.tolist()
        entries = [
            sum(x * y for x, y in zip(row, column, strict=True)) % self._p
            for row in a.tolist()
            for column in columns
        ]
        return np.array(entries, np.uint64).reshape(len(a), len(b))


class NumpyEngine:
    """The formulas on chunks of NumPy arrays."""

    def __init__(self, formulas: Formulas, constants: Constants) -> None:
        self._f: Any = formulas  # annotated for a word; by broadcasting they take arrays
        self._m = constants

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
            acc = f.absorb(f.product(rows[0][part], c[0], m), m)
            for x, row in zip(c[1:], rows[1:], strict=True):
                acc = f.absorb(acc + f.product(row[part], x, m), m)
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
        return np.array([[total % int(m[0])]], np.uint64)

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
        """Nine products of matrices of doubles, on limbs of 21 bits, for every 2048 terms.

        Limbs multiply to less than 2^42, so every sum of 2048 of them is an exact double, in
        whatever order BLAS adds.
        """
        p = self._m[0]
        weights = [pow(2, LIMB * w, int(p)) for w in range(5)]
        out = np.zeros((len(a), len(b)), np.uint64)
        for start in range(0, a.shape[1], LIMB_TERMS):
            x, y = (_limbs(v[:, start : start + LIMB_TERMS]) for v in (a, b))
            sums = [out.reshape(-1)]
            for w in range(5):
                pairs = [(i, w - i) for i in range(3) if 0 <= w - i < 3]
                terms = [(x[i] @ y[j].T).astype(np.uint64) for i, j in pairs]
                sums.append((cast("Words", sum(terms)) % p).reshape(-1))
            out = self.combine([1, *weights], sums).reshape(out.shape)
        return out


def _limbs(a: Words) -> list[NDArray[np.float64]]:
    mask = Word(2**LIMB - 1)
    return [((a >> Word(LIMB * i)) & mask).astype(np.float64) for i in range(3)]


def exact_sum(words: Words) -> int:
    """The sum as a Python integer, of fewer than 2^32 words."""
    return int((words & LOW32).sum()) + (int((words >> S32).sum()) << 32)


def chunks(size: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, size, CHUNK)]
