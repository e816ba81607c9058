"""Arithmetic modulo a prime on 64-bit words: the formulas, and the loops that numba compiles.

One set of formulas per modulus, written for a word. NumPy's broadcasting makes the same functions
work on whole arrays, so both engines compute by the same lines; only `&`, `>>`, `<<`, `+`, `-`,
`*`, `np.minimum` and conversions occur. A new modulus is a new `Formulas`.

Formulas and loops share this file because numba's cache of compiled loops notices edits here and
in no other file. numba itself is not imported: `compiled.py` does that, when it pays.
Knows no shapes, fields or vectors: flat, contiguous arrays of canonical words (below p) only.

Words in flight. A *canonical* word is below p. A `product` is any word congruent to a·b. A *loose*
word is what `absorb` and `step` return: congruent, with room to add one more product or element.
`reduce` makes a product or a loose word canonical.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Word = np.uint64  # in the formulas also an array of words, by broadcasting
Words = NDArray[np.uint64]
Constants = tuple[np.uint64, float]  # the modulus p, and its reciprocal rounded down

# numba takes `word + 1` for a signed sum, hence a typed name for every constant.
ONE, TWO, S30, S31, S32, S61 = (Word(k) for k in (1, 2, 30, 31, 32, 61))
LOW30, LOW31, LOW32 = (Word(2**k - 1) for k in (30, 31, 32))
P61 = Word(2**61 - 1)
TWO31 = Word(2**31)
ZERO = Word(0)

SMALL_POINT = 2**31  # `step` is exact for points below this


class Formulas(NamedTuple):
    """All that an engine must know of a modulus; `m` are its constants."""

    add: Callable[[Word, Word, Constants], Word]  # canonical a + b
    sub: Callable[[Word, Word, Constants], Word]  # canonical a − b
    mul: Callable[[Word, Word, Constants], Word]  # canonical a·b
    product: Callable[[Word, Word, Constants], Word]  # ≡ a·b, for canonical a and b
    absorb: Callable[[Word, Constants], Word]  # loose + product → loose, or product → loose
    step: Callable[[Word, Word, Word, Constants], Word]  # loose w·x + c, x below SMALL_POINT
    reduce: Callable[[Word, Constants], Word]  # product or loose → canonical


# ---- every p < 2^63: sums. The wrong one of two candidates has wrapped around and is larger.


def add(a: Word, b: Word, m: Constants) -> Word:
    s = a + b
    return np.minimum(s, s - m[0])


def sub(a: Word, b: Word, m: Constants) -> Word:
    d = a - b
    return np.minimum(d, d + m[0])


# ---- p = 2^61 − 1: 2^61 ≡ 1, so the bits from 61 upwards are added to those below.
# Loose means below 2^61 + 2^3.


def product_61(a: Word, b: Word, m: Constants) -> Word:
    """a·b from halves of 31 bits; the result is below 2^63."""
    a1, a0 = a >> S31, a & LOW31
    b1, b0 = b >> S31, b & LOW31
    mid = a1 * b0 + a0 * b1  # < 2^62, to be shifted by 31
    return a0 * b0 + ((a1 * b1) << ONE) + (mid >> S30) + ((mid & LOW30) << S31)


def absorb_61(w: Word, m: Constants) -> Word:
    return (w & P61) + (w >> S61)


def step_61(w: Word, x: Word, c: Word, m: Constants) -> Word:
    high = (w >> S31) * x  # < 2^61 + 2^31, to be shifted by 31
    s = (w & LOW31) * x + (high >> S30) + ((high & LOW30) << S31) + c
    return (s & P61) + (s >> S61)


def reduce_61(w: Word, m: Constants) -> Word:
    r = (w & P61) + (w >> S61)
    return np.minimum(r, r - P61)


def mul_61(a: Word, b: Word, m: Constants) -> Word:
    return reduce_61(product_61(a, b, m), m)


# ---- every other p < 2^61, even or odd. Loose means below 4p.


def times(a: Word, c: Word, m: Constants) -> Word:
    """≡ a·c and below 2p, wherever a < 2^63, c < 2^53 and a·c/p < 2^48.

    Computed in double precision, the quotient a·c/p errs by less than 5·2^-53 of itself, and m[1]
    is smaller than 1/p by the factor 1 − 2^-50. So q, rounded down, is ⌊a·c/p⌋ or one less, and
    never more. The difference a·c − q·p is exact although both products wrap around.
    """
    quotient = np.float64(np.int64(a)) * np.float64(np.int64(c)) * m[1]
    return a * c - np.uint64(np.int64(quotient)) * m[0]


def product_narrow(a: Word, b: Word, m: Constants) -> Word:
    return times(a, b, m)  # p < 2^48; below 2p


def product_wide(a: Word, b: Word, m: Constants) -> Word:
    return times(times(a, b >> S31, m), TWO31, m) + times(a, b & LOW31, m)  # below 4p


def absorb_any(w: Word, m: Constants) -> Word:
    return np.minimum(w, w - (m[0] << TWO))


def step_any(w: Word, x: Word, c: Word, m: Constants) -> Word:
    return times(w, x, m) + c  # below 3p


def reduce_any(w: Word, m: Constants) -> Word:
    r = np.minimum(w, w - (m[0] << ONE))
    return np.minimum(r, r - m[0])


def mul_narrow(a: Word, b: Word, m: Constants) -> Word:
    return reduce_any(product_narrow(a, b, m), m)


def mul_wide(a: Word, b: Word, m: Constants) -> Word:
    return reduce_any(product_wide(a, b, m), m)


# ---- the sets, and which one serves a prime

MERSENNE_61 = Formulas(add, sub, mul_61, product_61, absorb_61, step_61, reduce_61)
NARROW = Formulas(add, sub, mul_narrow, product_narrow, absorb_any, step_any, reduce_any)
WIDE = Formulas(add, sub, mul_wide, product_wide, absorb_any, step_any, reduce_any)
HELPERS: tuple[Callable[..., Any], ...] = (times,)  # called by formulas, not part of any set


def formulas_for(p: int) -> tuple[Formulas, Constants]:
    """The formulas and constants for a prime p < 2^61."""
    reciprocal = (1.0 / p) * (1.0 - 2.0**-50)
    if p == 2**61 - 1:
        return MERSENNE_61, (P61, reciprocal)
    return (NARROW if p < 2**48 else WIDE), (Word(p), reciprocal)


# ---- loops: plain functions until `compiled.py` compiles them. Each is made for given formulas.

BLOCK = 2048  # words of an accumulator that stays in the first-level cache


def elementwise(
    op: Callable[[Word, Word, Constants], Word],
) -> Callable[[Words, Words, Words, Constants], None]:
    """out = a ∘ b; either operand may be one word, which serves all."""

    def loop(a: Words, b: Words, out: Words, m: Constants) -> None:
        if b.size == 1:
            y = b[0]
            for i in range(out.size):
                out[i] = op(a[i], y, m)
        elif a.size == 1:
            x = a[0]
            for i in range(out.size):
                out[i] = op(x, b[i], m)
        else:
            for i in range(out.size):
                out[i] = op(a[i], b[i], m)

    return loop


def combination(f: Formulas) -> Callable[[Words, Words, Words, Constants], None]:
    """out = Σ_k c_k·rows_k for the rows of a matrix; one reduction at the end."""
    product, absorb, reduce = f.product, f.absorb, f.reduce

    def loop(rows: Words, c: Words, out: Words, m: Constants) -> None:
        last = c.size - 1
        scratch = np.zeros(BLOCK, np.uint64)  # apart from `out`, so that the loops vectorise
        for start in range(0, out.size, BLOCK):
            stop = min(start + BLOCK, out.size)
            acc = scratch[: stop - start]
            acc[:] = ZERO
            for k in range(last):
                row, x = rows[k, start:stop], c[k]
                for i in range(stop - start):
                    acc[i] = absorb(acc[i] + product(row[i], x, m), m)
            row, x, total = rows[last, start:stop], c[last], out[start:stop]
            for i in range(stop - start):
                total[i] = reduce(absorb(acc[i] + product(row[i], x, m), m), m)

    return loop


def horner(f: Formulas) -> Callable[[Words, Words, Words, int, Constants], None]:
    """out[j, at + i] = Σ_k rows[k, i]·x_j^k at points x_j below SMALL_POINT."""
    step, reduce = f.step, f.reduce

    def loop(rows: Words, points: Words, out: Words, at: int, m: Constants) -> None:
        terms, size = rows.shape
        scratch = np.empty(BLOCK, np.uint64)
        for start in range(0, size, BLOCK):
            stop = min(start + BLOCK, size)
            for j in range(points.size):
                x = points[j]
                acc = scratch[: stop - start]  # apart from the rows, so that the loops vectorise
                top = rows[terms - 1, start:stop]
                for i in range(stop - start):  # a slice assignment would be slower here
                    acc[i] = top[i]
                for k in range(terms - 2, 0, -1):
                    row = rows[k, start:stop]
                    for i in range(stop - start):
                        acc[i] = step(acc[i], x, row[i], m)
                share, row = out[j, at + start : at + stop], rows[0, start:stop]
                if terms == 1:
                    for i in range(stop - start):
                        share[i] = row[i]
                else:
                    for i in range(stop - start):
                        share[i] = reduce(step(acc[i], x, row[i], m), m)

    return loop


def products(f: Formulas) -> Callable[[Words, Words, Words, Words, Constants], None]:
    """Σ_k a[i, k]·b[j, k] ≡ low[i, j] + 2^32·high[i, j], for fewer than 2^32 terms.

    Products are never reduced: their halves of 32 bits are summed apart.
    """
    product = f.product

    def loop(a: Words, b: Words, low: Words, high: Words, m: Constants) -> None:
        for i in range(a.shape[0]):
            for j in range(b.shape[0]):
                x, y = a[i], b[j]
                lo, hi = ZERO, ZERO
                for k in range(x.size):
                    w = product(x[k], y[k], m)
                    lo += w & LOW32
                    hi += w >> S32
                low[i, j] = lo
                high[i, j] = hi

    return loop
