"""Arithmetic modulo 2^127 − 1 and 2^128 on pairs of 64-bit words: the formulas, and their loops.

One set of formulas per modulus, written for words: NumPy's broadcasting makes the same functions
work on arrays of words, numba compiles the loops around them. Only `&`, `|`, `>>`, `<<`, `+`, `-`,
`*`, `<`, `==` and conversions occur.

An element a is a = a0 + 2^64·a1, canonical before and after every formula. Knows no shapes beyond
rows of elements, and no field object.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from turncoat.protocols.algebra.kernels import ONE, ZERO, Word, Words, high

S63, LOW63, ALL = Word(63), Word(2**63 - 1), Word(2**64 - 1)

Pair = tuple[Word, Word]  # low word, high word


class DoubleFormulas(NamedTuple):
    """All that an engine must know of a modulus."""

    add: Callable[[Word, Word, Word, Word], Pair]
    sub: Callable[[Word, Word, Word, Word], Pair]
    mul: Callable[[Word, Word, Word, Word], Pair]


# ---- 2^127 − 1: 2^127 ≡ 1, so the bits from 127 upwards are added to those below


def add_127(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    s0 = a0 + b0
    s1 = a1 + b1 + np.uint64(s0 < a0)  # below 2^64: the high words have 63 bits
    r0 = s0 + (s1 >> S63)
    r1 = (s1 & LOW63) + np.uint64(r0 < s0)
    # The sum of two remainders is at most 2p − 2, so this is p itself, or below it.
    keep = ONE - np.uint64((r0 == ALL) & (r1 == LOW63))
    return r0 * keep, r1 * keep


def sub_127(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    d0 = a0 - b0
    d1 = a1 - b1 - np.uint64(a0 < b0)
    below = d1 >> S63  # 1 for a difference below 0, to which p = 2^127 − 1 is added
    return d0 - below, (d1 & LOW63) - np.uint64(d0 < below)


def mul_127(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    """a·b = L + 2^127·H ≡ L + H, from four products of words."""
    r0, r1, h = a0 * b0, high(a0, b0), a1 * b1
    x, y = a0 * b1, a1 * b0
    r1 = r1 + x
    c = np.uint64(r1 < x)
    r1 = r1 + y
    c = c + np.uint64(r1 < y)
    r2 = high(a0, b1) + c  # no carry: high words of 63 bits make these products small
    r2 = r2 + high(a1, b0)
    r3 = high(a1, b1)
    r2 = r2 + h
    r3 = r3 + np.uint64(r2 < h)
    return add_127(r0, r1 & LOW63, (r1 >> S63) | (r2 << ONE), (r2 >> S63) | (r3 << ONE))


# ---- 2^128: words wrap around by themselves


def add_128(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    s0 = a0 + b0
    return s0, a1 + b1 + np.uint64(s0 < a0)


def sub_128(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    return a0 - b0, a1 - b1 - np.uint64(a0 < b0)


def mul_128(a0: Word, a1: Word, b0: Word, b1: Word) -> Pair:
    return a0 * b0, high(a0, b0) + a0 * b1 + a1 * b0


DOUBLES: Final = {
    2**127 - 1: DoubleFormulas(add_127, sub_127, mul_127),
    2**128: DoubleFormulas(add_128, sub_128, mul_128),
}
HELPERS: tuple[Callable[..., Any], ...] = (high, add_127)  # called by formulas


# ---- loops for numba; an element is a row of two words

Operation = Callable[[Word, Word, Word, Word], Pair]


def elementwise(op: Operation) -> Callable[[Words, Words, Words], None]:
    """out = a ∘ b; either operand may be one element, which serves all."""

    def loop(a: Words, b: Words, out: Words) -> None:
        for i in range(out.shape[0]):
            j = 0 if a.shape[0] == 1 else i
            k = 0 if b.shape[0] == 1 else i
            out[i, 0], out[i, 1] = op(a[j, 0], a[j, 1], b[k, 0], b[k, 1])

    return loop


def combination(f: DoubleFormulas) -> Callable[[Words, Words, Words], None]:
    """out = Σ_k c_k·rows_k."""
    add, mul = f.add, f.mul

    def loop(rows: Words, c: Words, out: Words) -> None:
        for i in range(out.shape[0]):
            low, high = ZERO, ZERO
            for k in range(c.shape[0]):
                r0, r1 = mul(rows[k, i, 0], rows[k, i, 1], c[k, 0], c[k, 1])
                low, high = add(low, high, r0, r1)
            out[i, 0], out[i, 1] = low, high

    return loop


def horner(f: DoubleFormulas) -> Callable[[Words, Words, Words], None]:
    """out[j, i] = Σ_k rows[k, i]·x_j^k."""
    add, mul = f.add, f.mul

    def loop(rows: Words, points: Words, out: Words) -> None:
        terms = rows.shape[0]
        for j in range(points.shape[0]):
            for i in range(rows.shape[1]):
                low, high = rows[terms - 1, i, 0], rows[terms - 1, i, 1]
                for k in range(terms - 2, -1, -1):
                    low, high = mul(low, high, points[j, 0], points[j, 1])
                    low, high = add(low, high, rows[k, i, 0], rows[k, i, 1])
                out[j, i, 0], out[j, i, 1] = low, high

    return loop


def products(f: DoubleFormulas) -> Callable[[Words, Words, Words], None]:
    """out = a·bᵀ for matrices of elements."""
    add, mul = f.add, f.mul

    def loop(a: Words, b: Words, out: Words) -> None:
        for i in range(a.shape[0]):
            for j in range(b.shape[0]):
                low, high = ZERO, ZERO
                for k in range(a.shape[1]):
                    r0, r1 = mul(a[i, k, 0], a[i, k, 1], b[j, k, 0], b[j, k, 1])
                    low, high = add(low, high, r0, r1)
                out[i, j, 0], out[i, j, 1] = low, high

    return loop
