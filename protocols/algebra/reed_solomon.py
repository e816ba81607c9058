"""Reed–Solomon decoding over F_p: shares of a polynomial, some of them lies, to the polynomial.

A word is the values of a polynomial of degree at most d at n points, of which at most e are wrong;
missing ones are simply not given. With n ≥ d + 1 + 2e values there is one polynomial only that
agrees with all but e of them (unique decoding: of N parties, s of them silent, that is
N ≥ d + 1 + 2e + s). One word is decoded by Gao's algorithm [Gao03].

A batch of m words has the same liars in all of them. So one word is decoded, a random linear
combination of all; who lies in it is dropped, and *every* word must then lie on a polynomial
through the rest. Knows no parties: what a lie means for its sender is for protocols to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.polynomial import lagrange_matrix
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec

Coefficients = list[int]  # of 1, x, x², …, without leading zeros


class Undecodable(Exception):
    """No polynomial of the degree agrees with all but `errors` of the values.

    So there are more wrong values than that, and nobody in particular can be accused.
    """

    def __init__(self, count: int, degree: int, errors: int) -> None:
        super().__init__(
            f"{count} values are not those of a polynomial of degree {degree} with at most "
            f"{errors} wrong: there are more wrong ones"
        )


@attrs.frozen
class Decoded:
    """at_zero: f(0) of every word, in the shape of a share; liars: ascending, all points where
    some word's value was wrong; honest: the values of all others."""

    at_zero: Vec
    liars: tuple[int, ...]
    honest: Mapping[int, Vec]


def decode(values: Mapping[int, Vec], degree: int, errors: int, coins: Tape) -> Decoded:
    """The polynomials behind `values`, by point, of which at most `errors` points lie.

    values: vectors of one shape over one prime field; each position is a word of its own. coins:
    drawn only here, after the values are known.

    If at most `errors` points lie, the result is right, with certainty: the rest of the points
    agree with one polynomial in every word, and at least degree + 1 of them are honest. Chance
    only decides how long it takes. A random combination hides a liar with probability 1/p, so some
    liar with at most errors/p; then a word that disagrees is decoded by itself, and finds another.

    With more liars: Undecodable, or, as unique decoding cannot prevent, the wrong polynomials.
    ValueError with fewer than degree + 1 + 2·errors values, or over what is no prime field.
    """
    field = next(iter(values.values())).field
    check_bound(len(values), degree, errors)
    if not field.is_field or field.p != field.order:
        raise ValueError(f"{field.name} is no prime field: decoding is for those")
    table = field.stack(values[x].ravel() for x in sorted(values))
    points, shape = tuple(sorted(values)), next(iter(values.values())).shape
    suspect = _combined(table, coins)
    liars: set[int] = set()
    while suspect is not None:
        rest = [x for x in points if x not in liars]
        word = [suspect[points.index(x)] for x in rest]
        liars.update(_wrong_points(field, rest, word, degree, errors - len(liars)))
        suspect = _disagreeing(field, points, table, degree, liars)
    honest = [k for k, x in enumerate(points) if x not in liars]
    base = honest[: degree + 1]
    weights = lagrange_matrix(tuple(points[k] for k in base), (0,), field=field)
    return Decoded(
        at_zero=(weights @ table[base]).reshape(shape),
        liars=tuple(sorted(liars)),
        honest={points[k]: table[k].reshape(shape) for k in honest},
    )


def check_bound(count: int, degree: int, errors: int) -> None:
    """ValueError unless `count` values determine a polynomial in spite of `errors` wrong ones."""
    if degree < 0 or errors < 0 or count < degree + 1 + 2 * errors:
        raise ValueError(
            f"{count} values for degree {degree} with {errors} wrong: unique decoding needs "
            f"degree + 1 + 2·errors = {degree + 1 + 2 * errors}"
        )


def _combined(table: Vec, coins: Tape) -> list[int]:
    """Σ_k r_k·word_k with uniform r_k: one value for each point."""
    weights = table.field.random(coins, (table.shape[1],))
    return (table @ weights).integers().tolist()


def _disagreeing(
    field: Algebra, points: Sequence[int], table: Vec, degree: int, liars: set[int]
) -> list[int] | None:
    """A word that is on no polynomial through the points left; None if there is none."""
    rest = [k for k, x in enumerate(points) if x not in liars]
    base, others = rest[: degree + 1], rest[degree + 1 :]
    weights = lagrange_matrix(
        tuple(points[k] for k in base), tuple(points[k] for k in others), field=field
    )
    wrong = np.flatnonzero(((weights @ table[base]) - table[others]).nonzero().any(0))
    return table[:, wrong[0]].integers().tolist() if wrong.size else None


def _wrong_points(
    field: Algebra, points: Sequence[int], word: Sequence[int], degree: int, errors: int
) -> list[int]:
    """Where a word is wrong. Undecodable if in more than `errors` places."""
    f = gao(points, word, degree, field.order)
    wrong = (
        [] if f is None else [x for x, y in zip(points, word, strict=True) if _at(f, x, field) != y]
    )
    if f is None or len(wrong) > errors:
        raise Undecodable(len(points), degree, errors)
    return wrong


def gao(points: Sequence[int], word: Sequence[int], degree: int, p: int) -> Coefficients | None:
    """The polynomial of the degree that agrees with most of a word over F_p, or None.

    The remainders of Π(x − x_i) and the interpolating polynomial, down to degree (n + d)/2: that
    one, divided by its cofactor, is the answer if there is one.
    """
    whole: Coefficients = [1]
    for x in points:
        whole = _subtract([0, *whole], [x * c for c in whole], p)
    r0, r1 = whole, _interpolated(points, word, whole, p)
    v0, v1 = Coefficients(), [1]
    while 2 * (len(r1) - 1) > len(points) + degree:
        quotient, remainder = _divided(r0, r1, p)
        r0, r1 = r1, remainder
        v0, v1 = v1, _subtract(v0, _product(quotient, v1, p), p)
    f, remainder = _divided(r1, v1, p)
    return None if remainder or len(f) > degree + 1 else f


def _interpolated(
    points: Sequence[int], word: Sequence[int], whole: Coefficients, p: int
) -> Coefficients:
    """Σ_i y_i·w_i·Π_{k≠i}(x − x_k), each product by dividing the whole one by x − x_i."""
    total = [0] * len(points)
    for x, y in zip(points, word, strict=True):
        part, carry = [0] * len(points), 0
        for k in range(len(points), 0, -1):
            carry = (whole[k] + carry * x) % p
            part[k - 1] = carry
        at_x = 0
        for c in reversed(part):
            at_x = (at_x * x + c) % p
        weight = y * pow(at_x, -1, p)
        total = [(s + weight * c) % p for s, c in zip(total, part, strict=True)]
    return _trimmed(total)


def _divided(a: Coefficients, b: Coefficients, p: int) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder; b is not 0."""
    rest, quotient = list(a), [0] * max(0, len(a) - len(b) + 1)
    inverse = pow(b[-1], -1, p)
    for k in range(len(quotient) - 1, -1, -1):
        factor = quotient[k] = rest[k + len(b) - 1] * inverse % p
        for i, c in enumerate(b):
            rest[k + i] = (rest[k + i] - factor * c) % p
    return quotient, _trimmed(rest)


def _product(a: Coefficients, b: Coefficients, p: int) -> Coefficients:
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for k, y in enumerate(b):
            out[i + k] += x * y
    return _trimmed([c % p for c in out])


def _subtract(a: Coefficients, b: Coefficients, p: int) -> Coefficients:
    longest = max(len(a), len(b))
    padded = (v + [0] * (longest - len(v)) for v in (a, b))
    return _trimmed([(x - y) % p for x, y in zip(*padded, strict=True)])


def _trimmed(a: Coefficients) -> Coefficients:
    while a and not a[-1]:
        a.pop()
    return a


def _at(f: Coefficients, x: int, field: Algebra) -> int:
    value = 0
    for c in reversed(f):
        value = (value * x + c) % field.order
    return value
