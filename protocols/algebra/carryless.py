"""Products of polynomials over GF(2): of Python integers, and of 64-bit words for both engines.

A polynomial is an integer, its coefficient of x^i in bit i. The formulas for words follow the rules
of `kernels.py`: NumPy broadcasts them, numba compiles them and the loops around them. GF(2^128) is
taken modulo x^128 + x^7 + x^2 + x + 1, bits in plain order (not the reflected one of GCM).
"""

from collections.abc import Callable
from typing import Any

from turncoat.protocols.algebra.kernels import ONE, S32, TWO, ZERO, Word, Words

Pair = tuple[Word, Word]  # low, high: an element of GF(2^128), or a product of two words

HOLES = tuple(Word(0x1111111111111111 << k) for k in range(4))  # every fourth bit
SWAPS = tuple(
    (Word(width), Word((2**64 - 1) // (2**width + 1))) for width in (1, 2, 4, 8, 16)
)  # of neighbouring groups of bits: together they reverse a word
SEVEN, S57, S62, S63 = (Word(k) for k in (7, 57, 62, 63))
H0, H1, H2, H3 = HOLES
(W1, M1), (W2, M2), (W4, M4), (W8, M8), (W16, M16) = SWAPS

_BIT = bytes.maketrans(b"01", b"\0\1")
_PARITY = bytes(b"01"[k & 1] for k in range(256))


# ---- Python integers


def multiply(a: int, b: int) -> int:
    """a·b, one of them of degree below 255: bits are spread over bytes, where no sum overflows."""
    product = _spread(a) * _spread(b)
    return int(product.to_bytes(product.bit_length() // 8 + 1).translate(_PARITY), 2)


def _spread(a: int) -> int:
    return int.from_bytes(f"{a:b}".encode().translate(_BIT))


def reduce(a: int, degree: int, modulus: int) -> int:
    """a modulo a polynomial of that degree."""
    low = modulus ^ (1 << degree)
    places = [k for k in range(low.bit_length()) if low >> k & 1]
    while high := a >> degree:
        a ^= high << degree
        for k in places:
            a ^= high << k
    return a


def invert(a: int, modulus: int) -> int:
    """1/a modulo an irreducible polynomial, for a ≠ 0 below it: Euclid's algorithm."""
    u, v, x, y = a, modulus, 1, 0
    while u != 1:
        shift = u.bit_length() - v.bit_length()
        if shift < 0:
            u, v, x, y, shift = v, u, y, x, -shift
        u ^= v << shift
        x ^= y << shift
    return x


# ---- words


def low_product(a: Word, b: Word) -> Word:
    """The lower word of a·b, by ordinary products of words with holes, where carries get lost.

    Three holes between bits hold sums of 15; the sixteenth term only occurs at the top [BearSSL].
    """
    a0, a1, a2, a3 = a & H0, a & H1, a & H2, a & H3
    b0, b1, b2, b3 = b & H0, b & H1, b & H2, b & H3
    c0 = (a0 * b0) ^ (a1 * b3) ^ (a2 * b2) ^ (a3 * b1)
    c1 = (a0 * b1) ^ (a1 * b0) ^ (a2 * b3) ^ (a3 * b2)
    c2 = (a0 * b2) ^ (a1 * b1) ^ (a2 * b0) ^ (a3 * b3)
    c3 = (a0 * b3) ^ (a1 * b2) ^ (a2 * b1) ^ (a3 * b0)
    return (c0 & H0) | (c1 & H1) | (c2 & H2) | (c3 & H3)


def reversed_word(a: Word) -> Word:
    a = ((a >> W1) & M1) | ((a & M1) << W1)
    a = ((a >> W2) & M2) | ((a & M2) << W2)
    a = ((a >> W4) & M4) | ((a & M4) << W4)
    a = ((a >> W8) & M8) | ((a & M8) << W8)
    a = ((a >> W16) & M16) | ((a & M16) << W16)
    return (a >> S32) | (a << S32)


def word_product(a: Word, b: Word) -> Pair:
    """a·b; its upper word is the reversed lower word of the reversed factors' product."""
    upper = low_product(reversed_word(a), reversed_word(b))
    return low_product(a, b), reversed_word(upper) >> ONE


def wide_product(a0: Word, a1: Word, b0: Word, b1: Word) -> tuple[Word, Word, Word, Word]:
    """a·b unreduced, lowest word first: three products of words [Karatsuba]."""
    l0, l1 = word_product(a0, b0)
    h0, h1 = word_product(a1, b1)
    m0, m1 = word_product(a0 ^ a1, b0 ^ b1)
    return l0, l1 ^ m0 ^ l0 ^ h0, h0 ^ m1 ^ l1 ^ h1, h1


def fold(r0: Word, r1: Word, r2: Word, r3: Word) -> Pair:
    """Four words modulo x^128 + x^7 + x^2 + x + 1."""
    r2 = r2 ^ (r3 >> S63) ^ (r3 >> S62) ^ (r3 >> S57)
    r1 = r1 ^ r3 ^ (r3 << ONE) ^ (r3 << TWO) ^ (r3 << SEVEN)
    r1 = r1 ^ (r2 >> S63) ^ (r2 >> S62) ^ (r2 >> S57)
    return r0 ^ r2 ^ (r2 << ONE) ^ (r2 << TWO) ^ (r2 << SEVEN), r1


# ---- loops for numba, made for a way to multiply; an element is a row of two words

Wide = Callable[[Word, Word, Word, Word], tuple[Word, Word, Word, Word]]


def elementwise(wide: Wide) -> Callable[[Words, Words, Words], None]:
    """out = a·b; either operand may be one element, which serves all."""

    def loop(a: Words, b: Words, out: Words) -> None:
        for i in range(out.shape[0]):
            j = 0 if a.shape[0] == 1 else i
            k = 0 if b.shape[0] == 1 else i
            r0, r1, r2, r3 = wide(a[j, 0], a[j, 1], b[k, 0], b[k, 1])
            out[i, 0], out[i, 1] = fold(r0, r1, r2, r3)

    return loop


def products(wide: Wide) -> Callable[[Words, Words, Words], None]:
    """out = a·bᵀ for matrices of elements; sums are reduced once."""

    def loop(a: Words, b: Words, out: Words) -> None:
        for i in range(a.shape[0]):
            for j in range(b.shape[0]):
                s0, s1, s2, s3 = ZERO, ZERO, ZERO, ZERO
                for k in range(a.shape[1]):
                    r0, r1, r2, r3 = wide(a[i, k, 0], a[i, k, 1], b[j, k, 0], b[j, k, 1])
                    s0, s1, s2, s3 = s0 ^ r0, s1 ^ r1, s2 ^ r2, s3 ^ r3
                out[i, j, 0], out[i, j, 1] = fold(s0, s1, s2, s3)

    return loop


def horner(wide: Wide) -> Callable[[Words, Words, Words], None]:
    """out[j, i] = Σ_k rows[k, i]·x_j^k."""

    def loop(rows: Words, points: Words, out: Words) -> None:
        terms = rows.shape[0]
        for j in range(points.shape[0]):
            for i in range(rows.shape[1]):
                low, high = rows[terms - 1, i, 0], rows[terms - 1, i, 1]
                for k in range(terms - 2, -1, -1):
                    r0, r1, r2, r3 = wide(low, high, points[j, 0], points[j, 1])
                    low, high = fold(r0, r1, r2, r3)
                    low, high = low ^ rows[k, i, 0], high ^ rows[k, i, 1]
                out[j, i, 0], out[j, i, 1] = low, high

    return loop


FORMULAS: tuple[Callable[..., Any], ...] = (
    low_product, reversed_word, word_product, wide_product, fold
)  # fmt: skip
