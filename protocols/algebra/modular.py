"""Integers modulo q, for the fields F_p and the rings Z_2^k alike: as words, pairs of words, or
Python integers.

Knows a modulus; whether it is prime is for `field.py` and `ring.py`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra.arithmetic import Arithmetic, flat
from turncoat.protocols.algebra.double_arithmetic import DoubleArithmetic
from turncoat.protocols.algebra.doubles import DOUBLES
from turncoat.protocols.algebra.few import FewIntegers
from turncoat.protocols.algebra.storage import (
    Elements,
    IntegerStorage,
    PairStorage,
    Storage,
    WordStorage,
)
from turncoat.protocols.algebra.structure import Algebra, ArrayArithmetic

WORD = 2**64
FEW = 64  # Python integers of a vector whose evaluation may pay as a product of matrices,
MANY = 100  # and from which number of Horner's steps it does


class Modular(Algebra):
    """Z/q: words up to q = 2^64, pairs of them for 2^127 − 1 and 2^128, else Python integers."""

    __slots__ = ("_greatest",)

    def __init__(self, name: str, modulus: int, *, field: bool) -> None:
        """The representatives of `centred` end at (modulus − 1)/2, rounded down, but 1 in F_2."""
        few = FewIntegers(modulus)
        super().__init__(name, modulus, modulus, *_parts(modulus), field=field, few=few)
        self._greatest = modulus // 2 if field else (modulus - 1) // 2

    def canonical(self, value: int) -> int:
        return value % self.order

    def times(self, a: int, b: int) -> int:
        return a * b % self.order

    def minus(self, a: int, b: int) -> int:
        return (a - b) % self.order

    def reciprocal(self, a: int) -> int:
        try:
            return pow(a, -1, self.order)
        except ValueError:
            raise ZeroDivisionError(f"{a} has no inverse in {self.name}") from None

    def centred(self, array: Elements) -> NDArray[Any]:
        if self.order > WORD:
            array = self.storage.integers(array)
            return np.where(array > self._greatest, array - self.order, array)
        signed = array.view(np.int64).copy()
        signed[array > np.uint64(self._greatest)] -= np.uint64(self.order % WORD).view(np.int64)
        return signed

    def _reduced(self, array: NDArray[Any]) -> Elements:
        if self.order > WORD:
            return super()._reduced(array)
        if array.dtype.kind == "u":
            return self._words(array.astype(np.uint64, "C", copy=False))
        try:
            signed = array.astype(np.int64, "C", copy=False)
        except OverflowError:
            return super()._reduced(array)
        if self.order >= WORD // 2:
            words = signed.view(np.uint64)
            return words + np.where(signed < 0, np.uint64(self.order % WORD), np.uint64(0))
        if signed.size and (signed.min() < 0 or signed.max() >= self.order):
            signed %= self.order
        return signed.view(np.uint64)

    def _words(self, words: NDArray[np.uint64]) -> Elements:
        return words % np.uint64(self.order) if self.order < WORD else words


def _parts(modulus: int) -> tuple[Storage, ArrayArithmetic]:
    if modulus <= WORD:
        return WordStorage(modulus), Arithmetic(modulus)
    if modulus in DOUBLES:
        return PairStorage(modulus), DoubleArithmetic(modulus)
    return IntegerStorage(modulus), IntegerArithmetic(modulus)


class IntegerArithmetic:
    """Modulo any q, on object arrays of Python integers: about 0.3 µs a product of 128 bits."""

    def __init__(self, modulus: int) -> None:
        self._q = modulus
        self.points = modulus

    def add(self, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        return ((x + y) % self._q).reshape(shape)

    def sub(self, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        return ((x - y) % self._q).reshape(shape)

    def mul(self, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        return (x * y % self._q).reshape(shape)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        terms = [c * array for c, array in zip(coefficients, arrays, strict=True)]
        return sum(terms[1:], terms[0]) % self._q

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        *lower, top = arrays
        out = np.empty((len(points), *top.shape), object)
        for j, x in enumerate(points):
            acc = top
            for array in reversed(lower):
                acc = (acc * x + array) % self._q
            out[j] = acc
        return out

    def by_integers(self, products: int) -> bool:
        return True

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        return size <= FEW and points * degree >= MANY

    def products(self, a: Elements, b: Elements) -> Elements:
        return (a @ b.T) % self._q

    def total(self, a: Elements, axis: int | None) -> Elements:
        return np.array(a.sum(axis), object, ndmin=1) % self._q
