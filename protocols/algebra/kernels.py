"""Arithmetic modulo a prime or 2^k on 64-bit words: the formulas.

One set of formulas per modulus, written for a word. NumPy's broadcasting makes the same functions
work on whole arrays, so both engines compute by the same lines; only `&`, `>>`, `<<`, `+`, `-`,
`*`, `%`, `<`, `np.minimum` and conversions occur. A new modulus is a new `Formulas`.

The loops that numba compiles around them are in `loops.py`. Knows no shapes, fields or vectors:
flat, contiguous arrays of canonical words only.

Words in flight. A *canonical* word is below the modulus. A `product` is any word congruent to a·b.
A *loose* word is what `gather` and `step` return, and 0: congruent, and they take one more product
or element. `reduce` makes a product or a loose word canonical, `residue` any word at all.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Word = np.uint64  # in the formulas also an array of words, by broadcasting
Words = NDArray[np.uint64]
# The modulus p (of 2^k: the mask 2^k − 1); its reciprocal rounded down; p shifted to 64 bits, the
# high word of its reciprocal 2^128/p, and the shift.
Constants = tuple[np.uint64, float, np.uint64, np.uint64, np.uint64]

# numba takes `word + 1` for a signed sum, hence a typed name for every constant.
ONE, TWO, S30, S31, S32, S61 = (Word(k) for k in (1, 2, 30, 31, 32, 61))
LOW30, LOW31, LOW32 = (Word(2**k - 1) for k in (30, 31, 32))
P31, P61 = LOW31, Word(2**61 - 1)
TWO31 = Word(2**31)
ZERO = Word(0)

SMALL_POINT = 2**31  # `step` is exact for points below this


class Formulas(NamedTuple):
    """All that an engine must know of a modulus; `m` are its constants."""

    add: Callable[[Word, Word, Constants], Word]  # canonical a + b
    sub: Callable[[Word, Word, Constants], Word]  # canonical a − b
    mul: Callable[[Word, Word, Constants], Word]  # canonical a·b
    product: Callable[[Word, Word, Constants], Word]  # ≡ a·b, for canonical a and b
    gather: Callable[[Word, Word, Constants], Word]  # loose + product → loose
    step: Callable[[Word, Word, Word, Constants], Word]  # loose w·x + c, x below SMALL_POINT
    reduce: Callable[[Word, Constants], Word]  # product or loose → canonical
    residue: Callable[[Word, Constants], Word]  # any word → canonical


# ---- every prime


def remainder(w: Word, m: Constants) -> Word:
    return w % m[0]


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


def gather_61(w: Word, v: Word, m: Constants) -> Word:
    s = w + v
    return (s & P61) + (s >> S61)


def step_61(w: Word, x: Word, c: Word, m: Constants) -> Word:
    high = (w >> S31) * x  # < 2^61 + 2^31, to be shifted by 31
    s = (w & LOW31) * x + (high >> S30) + ((high & LOW30) << S31) + c
    return (s & P61) + (s >> S61)


def reduce_61(w: Word, m: Constants) -> Word:
    r = (w & P61) + (w >> S61)
    return np.minimum(r, r - P61)


def mul_61(a: Word, b: Word, m: Constants) -> Word:
    return reduce_61(product_61(a, b, m), m)


# ---- p = 2^31 − 1: a product fits a word. Loose means below 2^33.


def fold_31(w: Word) -> Word:
    return (w & P31) + (w >> S31)


def product_31(a: Word, b: Word, m: Constants) -> Word:
    return a * b


def gather_31(w: Word, v: Word, m: Constants) -> Word:
    return fold_31(w + v)  # of less than 2^62 + 2^33


def step_31(w: Word, x: Word, c: Word, m: Constants) -> Word:
    return fold_31(fold_31(w) * x + c)


def reduce_31(w: Word, m: Constants) -> Word:
    r = fold_31(fold_31(w))  # below p + 4, as w < 2^63
    return np.minimum(r, r - P31)


def mul_31(a: Word, b: Word, m: Constants) -> Word:
    return reduce_31(a * b, m)


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


def gather_any(w: Word, v: Word, m: Constants) -> Word:
    s = w + v
    return np.minimum(s, s - (m[0] << TWO))


def step_any(w: Word, x: Word, c: Word, m: Constants) -> Word:
    return times(w, x, m) + c  # below 3p


def reduce_any(w: Word, m: Constants) -> Word:
    r = np.minimum(w, w - (m[0] << ONE))
    return np.minimum(r, r - m[0])


def mul_narrow(a: Word, b: Word, m: Constants) -> Word:
    return reduce_any(product_narrow(a, b, m), m)


def mul_wide(a: Word, b: Word, m: Constants) -> Word:
    return reduce_any(product_wide(a, b, m), m)


# ---- p from 2^61 to 2^64: a word has no room to spare. Loose means canonical, so does product.


def add_64(a: Word, b: Word, m: Constants) -> Word:
    return sub_64(a, m[0] - b, m)  # equal to p for b = 0, which is no trouble there


def sub_64(a: Word, b: Word, m: Constants) -> Word:
    return a - b + np.uint64(a < b) * m[0]


def high(a: Word, b: Word) -> Word:
    """The upper word of a·b."""
    a1, a0 = a >> S32, a & LOW32
    b1, b0 = b >> S32, b & LOW32
    mid = a1 * b0 + ((a0 * b0) >> S32)
    return a1 * b1 + (mid >> S32) + ((a0 * b1 + (mid & LOW32)) >> S32)


def mul_64(a: Word, b: Word, m: Constants) -> Word:
    """The remainder of two words by one, with a reciprocal [MG11, algorithm 4]."""
    d, v, shift = m[2], m[3], m[4]
    shifted = a << shift
    u1, u0 = high(shifted, b), shifted * b
    q0 = v * u1 + u0
    q1 = high(v, u1) + u1 + np.uint64(q0 < u0) + ONE
    r = u0 - q1 * d
    r = r + np.uint64(q0 < r) * d
    return np.minimum(r, r - d) >> shift


def step_64(w: Word, x: Word, c: Word, m: Constants) -> Word:
    return add_64(mul_64(w, x, m), c, m)


def reduce_64(w: Word, m: Constants) -> Word:
    return w


# ---- 2^k for k ≤ 64: words wrap around by themselves, so any word is a product, and loose.


def mask(w: Word, m: Constants) -> Word:
    return w & m[0]


def add_ring(a: Word, b: Word, m: Constants) -> Word:
    return (a + b) & m[0]


def sub_ring(a: Word, b: Word, m: Constants) -> Word:
    return (a - b) & m[0]


def mul_ring(a: Word, b: Word, m: Constants) -> Word:
    return (a * b) & m[0]


def gather_ring(w: Word, v: Word, m: Constants) -> Word:
    return w + v


def step_ring(w: Word, x: Word, c: Word, m: Constants) -> Word:
    return w * x + c


# ---- the sets, and which one serves a modulus

MERSENNE_61 = Formulas(add, sub, mul_61, product_61, gather_61, step_61, reduce_61, remainder)
MERSENNE_31 = Formulas(add, sub, mul_31, product_31, gather_31, step_31, reduce_31, remainder)
NARROW = Formulas(add, sub, mul_narrow, product_narrow, gather_any, step_any, reduce_any, remainder)
WIDE = Formulas(add, sub, mul_wide, product_wide, gather_any, step_any, reduce_any, remainder)
FULL = Formulas(add_64, sub_64, mul_64, mul_64, add_64, step_64, reduce_64, remainder)
RING = Formulas(add_ring, sub_ring, mul_ring, product_31, gather_ring, step_ring, mask, mask)
HELPERS: tuple[Callable[..., Any], ...] = (times, fold_31, high)  # called by formulas


def formulas_for(modulus: int) -> tuple[Formulas, Constants]:
    """The formulas and constants for a prime below 2^64, or for 2^k with 2 ≤ k ≤ 64."""
    if modulus > 2 and modulus & (modulus - 1) == 0:
        return RING, (Word(modulus - 1), 0.0, ZERO, ZERO, ZERO)
    shift = 64 - modulus.bit_length()
    inverse = (2**128 - 1) // (modulus << shift) - 2**64
    precise = (Word(modulus << shift), Word(inverse), Word(shift))
    return _set_for(modulus), (Word(modulus), (1.0 / modulus) * (1.0 - 2.0**-50), *precise)


def _set_for(p: int) -> Formulas:
    special = {2**31 - 1: MERSENNE_31, 2**61 - 1: MERSENNE_61}
    if p in special:
        return special[p]
    return NARROW if p < 2**48 else WIDE if p < 2**61 else FULL
