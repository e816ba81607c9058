"""The compiled engine of GF(2^128): the loops of `carryless.py`. Importing this file loads numba.

Where the processor multiplies polynomials by itself (PCLMULQDQ), its instruction takes the place of
the formula for two words: six times as fast, and the same words.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from turncoat.protocols.algebra import carryless
from turncoat.protocols.algebra.carryless import Wide, wide_product
from turncoat.protocols.algebra.compiled import callable_from_loops, loop_for
from turncoat.protocols.algebra.kernels import Word, Words

numba: Any = import_module("numba")  # it has no types
ir: Any = import_module("llvmlite.ir")
_extending: Any = import_module("numba.extending")
_cgutils: Any = import_module("numba.core.cgutils")
_registry: Any = import_module("numba.core.registry")
_t = numba.types

_READ_2D, _READ_3D = (_t.Array(_t.uint64, d, "C", readonly=True) for d in (2, 3))
_WRITE_2D, _WRITE_3D = (_t.Array(_t.uint64, d, "C") for d in (2, 3))
_ELEMENTWISE = _t.void(_READ_2D, _READ_2D, _WRITE_2D)
_PRODUCTS = _t.void(_READ_3D, _READ_3D, _WRITE_3D)
_HORNER = _t.void(_READ_3D, _READ_2D, _WRITE_3D)


class NumbaPairs:
    """Compiled loops on arrays of words whose last axis holds the two words of an element."""

    def __init__(self, wide: Wide | None = None) -> None:
        """wide: how to multiply; without it, as the processor does best."""
        for formula in (*carryless.FORMULAS, machine_product):
            callable_from_loops(formula)
        self._wide = wide or (machine_product if has_instruction() else wide_product)

    def mul(self, a: Words, b: Words) -> Words:
        out = np.empty((max(len(a), len(b)) if len(a) and len(b) else 0, 2), np.uint64)
        loop_for(carryless.elementwise, self._wide, _ELEMENTWISE)(a, b, out)
        return out

    def products(self, a: Words, b: Words) -> Words:
        out = np.empty((len(a), len(b), 2), np.uint64)
        loop_for(carryless.products, self._wide, _PRODUCTS)(a, b, out)
        return out

    def horner(self, rows: Sequence[Words], points: Words) -> Words:
        table = np.stack([row.reshape(-1, 2) for row in rows])
        out = np.empty((len(points), table.shape[1], 2), np.uint64)
        loop_for(carryless.horner, self._wide, _HORNER)(table, points, out)
        return out


@cache
def has_instruction() -> bool:
    """Whether numba compiles for a processor with PCLMULQDQ."""
    _, _, features = _registry.cpu_target.target_context.codegen().magic_tuple()
    return "+pclmul" in features.split(",")


@_extending.intrinsic
def _instruction(_: Any, a: Any, b: Any) -> Any:
    """(low, high) of the product of two polynomials of 64 bits."""
    pair, word, octet, place = _t.UniTuple(_t.uint64, 2), *map(ir.IntType, (64, 8, 32))
    vector = ir.VectorType(word, 2)

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(vector, [vector, vector, octet])
        name = "llvm.x86.pclmulqdq"
        function = _cgutils.get_or_insert_function(builder.module, kind, name)
        lanes = [
            builder.insert_element(ir.Constant(vector, ir.Undefined), argument, place(0))
            for argument in arguments
        ]
        product = builder.call(function, [*lanes, octet(0)])
        words = [builder.extract_element(product, place(k)) for k in (0, 1)]
        return context.make_tuple(builder, pair, words)

    return pair(_t.uint64, _t.uint64), generate


def machine_product(a0: Word, a1: Word, b0: Word, b1: Word) -> tuple[Word, Word, Word, Word]:
    """As `carryless.wide_product`, by the processor's instruction. Only within compiled loops."""
    l0, l1 = _instruction(a0, b0)
    h0, h1 = _instruction(a1, b1)
    m0, m1 = _instruction(a0 ^ a1, b0 ^ b1)
    return l0, l1 ^ m0 ^ l0 ^ h0, h0 ^ m1 ^ l1 ^ h1, h1
