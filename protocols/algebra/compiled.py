"""The compiled engine: the loops of `loops.py` through numba. Importing this file loads numba.

A loop is compiled at its first use, for one signature, and kept in numba's cache: beside the
source, or in the user's cache directory where that is read-only, or not at all where neither will.
One thread: `parallel=True` only loses when several parties share a machine's cores.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from importlib import import_module
from inspect import getsource
from typing import Any

import numpy as np

from turncoat.protocols.algebra import carryless, doubles, kernels, loops
from turncoat.protocols.algebra.kernels import Words, formulas_for

SIDE_BY_SIDE = 1 << 17  # words of the rows gathered at a time: they stay in the second-level cache

Loop = Callable[..., None]

numba: Any = import_module("numba")  # it has no types
_t = numba.types

_CONSTANTS = _t.Tuple((_t.uint64, _t.float64, _t.uint64, _t.uint64, _t.uint64))
_READ, _READ_2D = (_t.Array(_t.uint64, d, "C", readonly=True) for d in (1, 2))
_WRITE, _WRITE_2D = (_t.Array(_t.uint64, d, "C") for d in (1, 2))
_ELEMENTWISE = _t.void(_READ, _READ, _WRITE, _CONSTANTS)
_COMBINATION = _t.void(_READ_2D, _READ, _WRITE, _CONSTANTS)
_HORNER = _t.void(_READ_2D, _READ, _WRITE_2D, _t.int64, _CONSTANTS)
_PRODUCTS = _t.void(_READ_2D, _READ_2D, _WRITE_2D, _WRITE_2D, _CONSTANTS)


class NumbaEngine:
    """Compiled loops, one pass over memory each."""

    def __init__(self, modulus: int) -> None:
        """ImportError without numba."""
        formulas, self._m = formulas_for(modulus)
        self._f: Any = formulas  # annotated for a word; by broadcasting they take arrays
        self._modulus = modulus
        for formula in (*kernels.HELPERS, *formulas):
            callable_from_loops(formula)
        self._loops: dict[str, Loop] = {}

    def add(self, a: Words, b: Words) -> Words:
        return self._elementwise("add", a, b)

    def sub(self, a: Words, b: Words) -> Words:
        return self._elementwise("sub", a, b)

    def mul(self, a: Words, b: Words) -> Words:
        return self._elementwise("mul", a, b)

    def combine(self, coefficients: Sequence[int], rows: Sequence[Words]) -> Words:
        loop = self._loop("combination", _COMBINATION)
        c = np.array(coefficients, np.uint64)
        out = np.empty(rows[0].size, np.uint64)
        for start, block in _side_by_side(rows):
            loop(block, c, out[start : start + block.shape[1]], self._m)
        return out

    def horner(self, rows: Sequence[Words], points: Sequence[int]) -> Words:
        loop = self._loop("horner", _HORNER)
        x = np.array(points, np.uint64)
        out = np.empty((x.size, rows[0].size), np.uint64)
        for start, block in _side_by_side(rows):
            loop(block, x, out, start, self._m)
        return out

    def products(self, a: Words, b: Words) -> Words:
        loop = self._loop("products", _PRODUCTS)
        low, high = np.empty((2, len(a), len(b)), np.uint64)
        loop(a, b, low, high, self._m)
        if low.size == 1:
            return np.array([[(low.item() + (high.item() << 32)) % self._modulus]], np.uint64)
        halves = [self._f.residue(half.reshape(-1), self._m) for half in (low, high)]
        return self.combine([1, 2**32 % self._modulus], halves).reshape(low.shape)

    def _elementwise(self, name: str, a: Words, b: Words) -> Words:
        loop = self._loops.get(name) or self._elementwise_loop(name)
        out = np.empty(b.size if a.size == 1 else a.size, np.uint64)
        loop(a, b, out, self._m)
        return out

    def _elementwise_loop(self, name: str) -> Loop:
        loop = loop_for(loops.elementwise, getattr(self._f, name), _ELEMENTWISE)
        return self._loops.setdefault(name, loop)

    def _loop(self, name: str, signature: Any) -> Loop:
        if name not in self._loops:
            self._loops[name] = loop_for(getattr(loops, name), self._f, signature)
        return self._loops[name]


@cache
def callable_from_loops(formula: Callable[..., Any]) -> None:
    import_module("numba.extending").register_jitable(formula)


@cache
def loop_for(make: Callable[[Any], Loop], formulas: Any, signature: Any) -> Loop:
    """The machine code of one loop for one set of formulas."""
    loop = make(formulas)
    loop.__qualname__ = f"{loop.__qualname__}_{_edition()}"
    try:
        return numba.njit(signature, cache=True, nogil=True)(loop)
    except RuntimeError:  # numba found no place that it may write a cache to
        return numba.njit(signature, nogil=True)(loop)


@cache
def _edition() -> str:
    """Names the sources of all formulas: numba's cache alone would miss edits in other files."""
    sources = "".join(getsource(module) for module in (kernels, loops, carryless, doubles))
    return blake2b(sources.encode(), digest_size=8).hexdigest()


def _side_by_side(rows: Sequence[Words]) -> Iterator[tuple[int, Words]]:
    """The rows as matrices of some columns each, with the index of the first column."""
    size = rows[0].size
    width = max(loops.BLOCK, min(1 << 14, SIDE_BY_SIDE // len(rows)))
    if len(rows) == 1:
        yield 0, rows[0].reshape(1, size)
    elif size <= width:
        yield 0, np.concatenate(rows).reshape(len(rows), size)
    else:
        yield from _gathered(rows, size, width)


def _gathered(rows: Sequence[Words], size: int, width: int) -> Iterator[tuple[int, Words]]:
    scratch = np.empty(len(rows) * width, np.uint64)
    for start in range(0, size, width):
        columns = min(width, size - start)
        block = scratch[: len(rows) * columns].reshape(len(rows), columns)
        for target, row in zip(block, rows, strict=True):
            target[:] = row[start : start + columns]
        yield start, block
