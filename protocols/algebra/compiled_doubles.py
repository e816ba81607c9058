"""The compiled engine of two-word moduli: the loops of `doubles.py`. Importing it loads numba.

Each loop is one pass over memory, with an element in two registers.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from turncoat.protocols.algebra import doubles
from turncoat.protocols.algebra.compiled import callable_from_loops, loop_for
from turncoat.protocols.algebra.doubles import DoubleFormulas
from turncoat.protocols.algebra.kernels import Words

_t: Any = import_module("numba").types  # it has no types of its own

_READ_2D, _READ_3D = (_t.Array(_t.uint64, d, "C", readonly=True) for d in (2, 3))
_WRITE_2D, _WRITE_3D = (_t.Array(_t.uint64, d, "C") for d in (2, 3))
_ELEMENTWISE = _t.void(_READ_2D, _READ_2D, _WRITE_2D)
_COMBINATION = _t.void(_READ_3D, _READ_2D, _WRITE_2D)
_HORNER = _t.void(_READ_3D, _READ_2D, _WRITE_3D)
_PRODUCTS = _t.void(_READ_3D, _READ_3D, _WRITE_3D)


class NumbaDoubles:
    """Compiled loops on arrays of words whose last axis holds the two words of an element."""

    def __init__(self, formulas: DoubleFormulas) -> None:
        self._f = formulas
        for formula in (*doubles.HELPERS, *formulas):
            callable_from_loops(formula)

    def add(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.add, a, b)

    def sub(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.sub, a, b)

    def mul(self, a: Words, b: Words) -> Words:
        return self._elementwise(self._f.mul, a, b)

    def combine(self, coefficients: Words, rows: Sequence[Words]) -> Words:
        out = np.empty_like(rows[0])
        loop_for(doubles.combination, self._f, _COMBINATION)(np.stack(rows), coefficients, out)
        return out

    def horner(self, rows: Sequence[Words], points: Words) -> Words:
        out = np.empty((len(points), len(rows[0]), 2), np.uint64)
        loop_for(doubles.horner, self._f, _HORNER)(np.stack(rows), points, out)
        return out

    def products(self, a: Words, b: Words) -> Words:
        out = np.empty((len(a), len(b), 2), np.uint64)
        loop_for(doubles.products, self._f, _PRODUCTS)(a, b, out)
        return out

    def _elementwise(self, op: doubles.Operation, a: Words, b: Words) -> Words:
        size = len(b) if len(a) == 1 else len(a)
        out = np.empty((size, 2), np.uint64)
        loop_for(doubles.elementwise, op, _ELEMENTWISE)(a, b, out)
        return out
