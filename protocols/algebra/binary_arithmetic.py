"""Arithmetic of GF(2), GF(2^8) and GF(2^128) on arrays of any shape. A sum is an exclusive or.

Bits and octets need one engine only: NumPy's `&` and `^` run at the speed of memory, a product in
GF(2^8) is one look-up. GF(2^128) has the engines of `carryless.py`: Python integers for short
vectors, NumPy in chunks, and numba when it is loaded (`arithmetic.choice`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra import arithmetic, carryless
from turncoat.protocols.algebra.arithmetic import flat
from turncoat.protocols.algebra.storage import PAIR, Elements, OctetStorage, PairStorage, Storage

AES = 0x11B  # x^8 + x^4 + x^3 + x + 1
GCM = (1 << 128) | 0x87  # x^128 + x^7 + x^2 + x + 1

BLOCK = 1 << 16  # products of a matrix product held at a time
TERMS = 1 << 24  # sums of so many bits are exact in single precision
SHORT = 64  # elements of GF(2^128) up to which Python integers beat NumPy's calls
CHUNK = 4096  # elements: the temporaries of a product stay in the second-level cache
PRICE = 60  # products modulo a prime that take NumPy as long as one in GF(2^128)


class CompiledPairs(Protocol):
    """The loops of `compiled_pairs.py`, on words: two of them, the last axis, are an element."""

    def mul(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]: ...
    def products(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]: ...
    def horner(self, rows: Sequence[NDArray[Any]], points: NDArray[Any]) -> NDArray[Any]: ...


class BinaryArithmetic(ABC):
    """What all of them share: sums, and all else by elementwise products."""

    def __init__(self, points: int, storage: Storage) -> None:
        self.points = points
        self._storage = storage

    @abstractmethod
    def _product(self, a: Elements, b: Elements) -> Elements:
        """Elementwise, flat; an operand of one element serves all of the other."""

    def add(self, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        return _joined(_lanes(x) ^ _lanes(y), a.dtype).reshape(shape)

    sub = add

    def mul(self, a: Elements, b: Elements) -> Elements:
        x, y, shape = flat(a, b)
        return self._product(x, y).reshape(shape)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        out = np.zeros_like(arrays[0])
        for c, array in zip(self._storage.array(coefficients), arrays, strict=True):
            out = self.add(out, self.mul(array, np.array([c], array.dtype)))
        return out

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        *lower, top = arrays
        out = np.empty((len(points), *top.shape), top.dtype)
        for j, x in enumerate(self._storage.array(points)):
            acc = top
            for array in reversed(lower):
                acc = self.add(self.mul(acc, np.array([x], acc.dtype)), array)
            out[j] = acc
        return out

    def by_integers(self, products: int) -> bool:
        return False  # sums of Python integers are none in these fields

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        return size <= SHORT and points * degree >= SHORT  # fewer calls for as many products

    def products(self, a: Elements, b: Elements) -> Elements:
        out = np.zeros((len(a), len(b)), a.dtype)
        width = max(1, BLOCK // max(1, len(b)))
        for i, row in enumerate(a):
            for start in range(0, a.shape[1], width):
                part = np.s_[start : start + width]
                terms = self.mul(b[:, part], row[None, part])
                out[i] = self.add(out[i], self.total(terms, 1))
        return out

    def total(self, a: Elements, axis: int | None) -> Elements:
        if axis is None:
            a, axis = a.reshape(-1), 0
        lanes = np.bitwise_xor.reduce(_lanes(a), axis if axis >= 0 else axis - 1)
        return _joined(np.atleast_2d(lanes), a.dtype)


class BitArithmetic(BinaryArithmetic):
    """GF(2), one bit an octet."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(2, storage)

    def _product(self, a: Elements, b: Elements) -> Elements:
        return a & b

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        out = np.zeros_like(arrays[0])
        for c, array in zip(coefficients, arrays, strict=True):
            if c:
                out ^= array
        return out

    def products(self, a: Elements, b: Elements) -> Elements:
        """The parity of exact sums: a product of matrices of single precision."""
        if len(a) == len(b) == 1:
            return np.bitwise_xor.reduce(a & b, 1, keepdims=True)
        out = np.zeros((len(a), len(b)), np.uint8)
        for start in range(0, a.shape[1], TERMS):
            x, y = (v[:, start : start + TERMS].astype(np.float32) for v in (a, b))
            out ^= ((x @ y.T).astype(np.uint32) & np.uint32(1)).astype(np.uint8)
        return out


class OctetArithmetic(BinaryArithmetic):
    """GF(2^8) by a table of all products."""

    def __init__(self) -> None:
        super().__init__(256, OctetStorage())

    def _product(self, a: Elements, b: Elements) -> Elements:
        if a.size == 1:
            return octet_products()[a[0]].take(b)
        if b.size == 1:
            return octet_products()[b[0]].take(a)
        places = (a.astype(np.uint16) << np.uint16(8)) | b
        return octet_products().reshape(-1).take(places)

    def combine(self, coefficients: Sequence[int], arrays: Sequence[Elements]) -> Elements:
        table, out = octet_products(), np.zeros_like(arrays[0])
        for c, array in zip(coefficients, arrays, strict=True):
            out ^= table[c].take(array)
        return out

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        *lower, top = arrays
        out = np.empty((len(points), *top.shape), np.uint8)
        for j, x in enumerate(points):
            acc, times_x = top, octet_products()[x]
            for array in reversed(lower):
                acc = times_x.take(acc) ^ array
            out[j] = acc
        return out


class PairArithmetic(BinaryArithmetic):
    """GF(2^128), an element a pair of words."""

    def __init__(self) -> None:
        super().__init__(2**128, PairStorage(2**128))
        self._loops: CompiledPairs | None = None

    def _product(self, a: Elements, b: Elements) -> Elements:
        size = b.size if a.size == 1 else a.size
        compiled = self._compiled(size, size)
        if compiled is not None:
            return _joined(compiled.mul(_lanes(a), _lanes(b)), PAIR)
        return self._by_integers(a, b, size) if size <= SHORT else _by_words(a, b, size)

    def horner(self, arrays: Sequence[Elements], points: Sequence[int]) -> Elements:
        first = arrays[0]
        compiled = self._compiled(first.size, len(points) * len(arrays) * first.size)
        if compiled is None:
            return super().horner(arrays, points)
        places = _lanes(self._storage.array(points))
        out = compiled.horner([_lanes(array) for array in arrays], places)
        return _joined(out, PAIR).reshape(len(points), *first.shape)

    def by_matrix(self, size: int, points: int, degree: int) -> bool:
        return not arithmetic.choice.compiled and super().by_matrix(size, points, degree)

    def products(self, a: Elements, b: Elements) -> Elements:
        compiled = self._compiled(b.size, len(a) * b.size)
        if compiled is None:
            return super().products(a, b)
        return _joined(compiled.products(_lanes(a), _lanes(b)), PAIR)

    def _by_integers(self, a: Elements, b: Elements, size: int) -> Elements:
        x, y = (self._storage.integers(np.broadcast_to(v, size)).tolist() for v in (a, b))
        products = map(carryless.multiply, x, y)
        return self._storage.array(carryless.reduce(c, 128, GCM) for c in products)

    def _compiled(self, size: int, work: int) -> CompiledPairs | None:
        choice = arithmetic.choice
        if not choice.compiled and size > SHORT:
            choice.spend(size, PRICE * work)
        if choice.compiled and self._loops is None:
            self._loops = choice.load(_numba)
        return self._loops if choice.compiled else None


def _by_words(a: Elements, b: Elements, size: int) -> Elements:
    x, y, out = _lanes(a), _lanes(b), np.empty((size, 2), np.uint64)
    for start in range(0, size, CHUNK):
        part = np.s_[start : start + CHUNK]
        words: list[Any] = [
            np.ascontiguousarray(half)
            for lanes in (x, y)
            for half in (lanes[part] if len(lanes) > 1 else lanes).T
        ]
        out[part] = np.transpose(carryless.fold(*carryless.wide_product(*words)))
    return _joined(out, PAIR)


def _numba() -> CompiledPairs:
    # Loading numba takes tenths of a second, which short vectors never repay.
    from turncoat.protocols.algebra.compiled_pairs import NumbaPairs  # noqa: PLC0415

    return NumbaPairs()


@cache
def octet_products() -> NDArray[np.uint8]:
    """The 256×256 products of GF(2^8)."""
    table = [
        [carryless.reduce(carryless.multiply(a, b), 8, AES) for b in range(256)] for a in range(256)
    ]
    return np.array(table, np.uint8)


@cache
def octet_inverses() -> NDArray[np.uint8]:
    """1/x for every x of GF(2^8) but 0, which has 0."""
    return np.argmax(octet_products() == 1, axis=1).astype(np.uint8)


def _lanes(a: Elements) -> NDArray[Any]:
    """Words or octets, with one more axis: the parts of an element."""
    if a.dtype == PAIR:
        return np.ascontiguousarray(a).view(np.uint64).reshape(*a.shape, 2)
    return a[..., None]


def _joined(lanes: NDArray[Any], dtype: np.dtype[Any]) -> Elements:
    """The inverse of `_lanes`."""
    if dtype == PAIR:
        return np.ascontiguousarray(lanes).view(PAIR)[..., 0]
    return lanes[..., 0]
