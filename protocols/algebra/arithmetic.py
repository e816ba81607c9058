"""The arithmetic of one prime field on arrays of any shape, each call on the engine that pays.

Short vectors are multiplied as Python integers, others by chunked NumPy. numba costs some tenths
of a second to load, so it is loaded once NumPy has spent a good part of that time on long vectors;
from then on it does everything. `TURNCOAT_ENGINE=numpy` forbids it, `=numba` begins with it.
The results are the same words on every engine.

Knows arrays of canonical words; not vectors, their operators or their encoding.
"""

import os
from collections.abc import Sequence
from typing import Final

import numpy as np

from turncoat.protocols.algebra.engines import (
    Engine,
    Multiplier,
    NumpyEngine,
    PythonEngine,
    chunks,
    exact_sum,
)
from turncoat.protocols.algebra.kernels import LOW32, S32, Words, formulas_for

SHORT: Final = 32  # words up to which Python integers beat NumPy's calls (measured: 32 to 64)
LONG: Final = 4096  # words from which a vector counts towards loading numba
PRICE: Final = 1 << 24  # products that NumPy computes in half the time of loading numba

Shape = tuple[int, ...]


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


choice = EngineChoice(os.environ.get("TURNCOAT_ENGINE", ""))


class Arithmetic:
    """Addition, products and their sums modulo one prime p < 2^61."""

    def __init__(self, p: int) -> None:
        formulas, constants = formulas_for(p)
        self._p = p
        self._modulus = formulas, constants
        self._python = PythonEngine(p)
        self._numpy = NumpyEngine(formulas, constants)
        self._compiled: Engine | None = None

    def add(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._adder(a.size).add(a, b)
        a, b, shape = _flat(a, b)
        return self._adder(max(a.size, b.size)).add(a, b).reshape(shape)

    def sub(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._adder(a.size).sub(a, b)
        a, b, shape = _flat(a, b)
        return self._adder(max(a.size, b.size)).sub(a, b).reshape(shape)

    def mul(self, a: Words, b: Words) -> Words:
        if a.ndim == b.ndim == 1 and (b.size == a.size or b.size == 1):
            return self._multiplier(a.size).mul(a, b)
        a, b, shape = _flat(a, b)
        return self._multiplier(max(a.size, b.size)).mul(a, b).reshape(shape)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Words]) -> Words:
        """Σ_k c_k·arrays[k]; equal shapes, coefficients in [0, p), at least one."""
        first = arrays[0]
        engine = self._multiplier(first.size, len(arrays))
        if first.ndim == 1:
            return engine.combine(coefficients, arrays)
        flat = [array.reshape(-1) for array in arrays]
        return engine.combine(coefficients, flat).reshape(first.shape)

    def horner(self, arrays: Sequence[Words], points: Sequence[int]) -> Words:
        """Σ_k arrays[k]·x^k for each point x in [0, SMALL_POINT): shape (points, *shape)."""
        first = arrays[0]
        engine = self._multiplier(first.size, (len(arrays) - 1) * len(points))
        flat = [array.reshape(-1) for array in arrays]
        return engine.horner(flat, points).reshape(len(points), *first.shape)

    def products(self, a: Words, b: Words) -> Words:
        """a·bᵀ for matrices (r, k) and (c, k): shape (r, c)."""
        return self._multiplier(len(a) * b.size).products(a, b)

    def total(self, a: Words, axis: int | None) -> Words:
        """The sum along an axis, or of everything as one word."""
        if a.size <= SHORT and axis is None:
            return np.array([sum(a.reshape(-1).tolist()) % self._p], np.uint64)
        if axis is None:
            flat = a.reshape(-1)
            exact = sum(exact_sum(flat[part]) for part in chunks(flat.size))
            return np.array([exact % self._p], np.uint64)
        halves = [np.atleast_1d(half.sum(axis)) for half in (a & LOW32, a >> S32)]
        return self.combine([1, 2**32 % self._p], [half % np.uint64(self._p) for half in halves])

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
        try:
            # Loading numba takes tenths of a second, which short vectors never repay.
            from turncoat.protocols.algebra.compiled import NumbaEngine  # noqa: PLC0415
        except ImportError:
            if not choice.automatic:
                raise
            choice.order("numpy")  # slower, and the same results
            return self._numpy
        self._compiled = NumbaEngine(*self._modulus)
        return self._compiled


def _flat(a: Words, b: Words) -> tuple[Words, Words, Shape]:
    """Flat operands and the shape of the result, broadcast as by NumPy. One word stays one word."""
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
