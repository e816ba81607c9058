"""The arithmetic of one modulus on arrays of words of any shape, each call on the engine that pays.

Short vectors are multiplied as Python integers, others by chunked NumPy. numba costs some tenths
of a second to load, so it is loaded once NumPy has spent a good part of that time on long vectors;
from then on it does everything. `TURNCOAT_ENGINE=numpy` forbids it, `=numba` begins with it.
The results are the same words on every engine.

Knows arrays of canonical words; not vectors, their operators or their encoding.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.engines import (
    Engine,
    Multiplier,
    NumpyEngine,
    PythonEngine,
    chunks,
    exact_sum,
)
from turncoat.protocols.algebra.few import FEW, FewIntegers
from turncoat.protocols.algebra.kernels import (
    LOW32,
    S32,
    SMALL_POINT,
    Word,
    Words,
)

SHORT: Final = FEW  # words up to which Python integers beat NumPy's calls
LONG: Final = 4096  # words from which a vector counts towards loading numba
NARROW: Final = 256  # words of a vector whose evaluation may pay as a product of matrices,
STEPS: Final = 400  # and from which number of Horner's steps it does
ONE_BY_ONE: Final = 12  # products in Python that take as long as a call of a compiled loop
PRICE: Final = 1 << 24  # products that NumPy computes in half the time of loading numba

Shape = tuple[int, ...]
T = TypeVar("T")


class EngineChoice:
    """Whether the compiled engine is in use: by order, or because it has come to pay."""

    def __init__(self, order: str = "") -> None:
        self.compiled = False
        self._spent = 0
        self.order(order)

    def order(self, name: str) -> None:
        """Force "numpy" or "numba"; "" decides by the work done from here on."""
        if name not in ("", "numpy", "numba"):
            raise ValueError(f"TURNCOAT_ENGINE is {name!r}: set it to numpy or numba, or unset it")
        self.compiled = name == "numba"
        self.automatic = not name
        self._spent = 0

    def spend(self, size: int, work: int) -> None:
        """Note `work` words about to be computed for vectors of `size` without numba."""
        if self.automatic and size >= LONG:
            self._spent += work
            self.compiled = self._spent > PRICE

    def load(self, load: Callable[[], T]) -> T | None:
        """What `load` makes with numba; without numba None, and NumPy from here on.

        ImportError where numba was ordered and there is none.
        """
        try:
            return load()
        except ImportError:
            if not self.automatic:
                raise
            self.order("numpy")  # slower, and the same results
            return None


choice = EngineChoice(os.environ.get("TURNCOAT_ENGINE", ""))


class Arithmetic:
    """Addition, products and their sums modulo a prime below 2^64, or 2^k with 2 ≤ k ≤ 64."""

    points = SMALL_POINT  # `horner` takes points below it

    def __init__(self, modulus: int) -> None:
        self._q = modulus
        # Sums of words wrap around harmlessly modulo 2^k, and never where words have 32 bits.
        self._sums_are_exact = modulus <= 2**32 or modulus & (modulus - 1) == 0
        self._python = PythonEngine(FewIntegers(modulus))
        self._numpy = NumpyEngine(modulus)
        self._compiled: Engine | None = None

    def add(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._adder(a.size).add(a, b)
        a, b, shape = flat(a, b)
        return self._adder(max(a.size, b.size)).add(a, b).reshape(shape)

    def sub(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._adder(a.size).sub(a, b)
        a, b, shape = flat(a, b)
        return self._adder(max(a.size, b.size)).sub(a, b).reshape(shape)

    def mul(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._multiplier(a.size).mul(a, b)
        a, b, shape = flat(a, b)
        return self._multiplier(max(a.size, b.size)).mul(a, b).reshape(shape)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Words]) -> Words:
        """Σ_k c_k·arrays[k]; equal shapes, coefficients in [0, q), at least one."""
        first = arrays[0]
        engine = self._multiplier(first.size, len(arrays))
        if first.ndim == 1:
            return engine.combine(coefficients, arrays)
        rows = [array.reshape(-1) for array in arrays]
        return engine.combine(coefficients, rows).reshape(first.shape)

    def horner(self, arrays: Sequence[Words], points: Sequence[int]) -> Words:
        """Σ_k arrays[k]·x^k for each point x in [0, SMALL_POINT): shape (points, *shape)."""
        first = arrays[0]
        engine = self._multiplier(first.size, (len(arrays) - 1) * len(points))
        rows = [array.reshape(-1) for array in arrays]
        return engine.horner(rows, points).reshape(len(points), *first.shape)

    def by_integers(self, products: int) -> bool:
        """Whether so many products, for a short vector, are quickest one by one in Python."""
        return products <= ONE_BY_ONE or not choice.compiled

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        """Whether `products` beats `horner`: without numba, for many points and short vectors."""
        return not choice.compiled and size <= NARROW and points * degree >= STEPS

    def products(self, a: Words, b: Words) -> Words:
        """a·bᵀ for matrices (r, k) and (c, k): shape (r, c)."""
        return self._multiplier(len(a) * b.size).products(a, b)

    def total(self, a: Words, axis: int | None) -> Words:
        """The sum along an axis, or of everything as one word."""
        if a.size <= SHORT and axis is None:
            return np.array([sum(a.reshape(-1).tolist()) % self._q], np.uint64)
        if self._sums_are_exact:
            return self._residues(np.atleast_1d(a.sum(axis)))
        if axis is None:
            words = a.reshape(-1)
            exact = sum(exact_sum(words[part]) for part in chunks(words.size))
            return np.array([exact % self._q], np.uint64)
        halves = [np.atleast_1d(half.sum(axis)) for half in (a & LOW32, a >> S32)]
        return self.combine([1, 2**32 % self._q], [self._residues(half) for half in halves])

    def _residues(self, words: Words) -> Words:
        return words % Word(self._q) if self._q < 2**64 else words

    def _adder(self, size: int) -> Engine:
        if not choice.compiled:
            choice.spend(size, size // 4)  # a sum takes a quarter of a product's time
            if not choice.compiled:
                return self._numpy
        return self._compiled or self._load()

    def _multiplier(self, size: int, terms: int = 1) -> Multiplier:
        if not choice.compiled:
            if size <= SHORT:
                return self._python
            choice.spend(size, size * terms)
            if not choice.compiled:
                return self._numpy
        return self._compiled or self._load()

    def _load(self) -> Engine:
        self._compiled = choice.load(lambda: _numba(self._q))
        return self._compiled or self._numpy


def _numba(modulus: int) -> Engine:
    # Loading numba takes tenths of a second, which short vectors never repay.
    from turncoat.protocols.algebra.compiled import NumbaEngine  # noqa: PLC0415

    return NumbaEngine(modulus)


def flat(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], Shape]:
    """Flat operands and the shape of the result, broadcast as by NumPy. One element stays one."""
    if b.size == 1 and b.ndim <= a.ndim:
        return a.reshape(-1), b.reshape(-1), a.shape
    if a.size == 1 and a.ndim <= b.ndim:
        return a.reshape(-1), b.reshape(-1), b.shape
    try:
        x, y = np.broadcast_arrays(a, b)
    except ValueError:
        raise ValueError(
            f"vectors of shapes {a.shape} and {b.shape} do not broadcast: "
            "bring them to one shape with .reshape or [..]"
        ) from None
    return x.reshape(-1), y.reshape(-1), x.shape
