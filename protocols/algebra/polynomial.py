"""Polynomials whose coefficients are vectors, and Lagrange's formula.

A polynomial of degree d over vectors of m elements is m polynomials side by side, one for each
position. Knows no parties: a point is an integer, taken modulo p.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod

import attrs

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.algebra.kernels import SMALL_POINT
from turncoat.protocols.algebra.vec import Vec


@attrs.frozen
class Polynomial:
    """f(x) = Σ_k coefficients[k]·x^k. The leading coefficient may be zero: `degree` is a bound.

    coefficients: vectors of one field and one shape, at least one, the constant term first.
    """

    coefficients: tuple[Vec, ...]

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    @property
    def field(self) -> Field:
        return self.coefficients[0].field

    def __call__(self, x: int) -> Vec:
        """f(x), of the coefficients' shape."""
        return self.at((x,))[0]

    def at(self, points: Sequence[int]) -> list[Vec]:
        """f at each point; in one pass over memory if all points are below 2^31 (modulo p)."""
        field = self.field
        residues = [x % field.p for x in points]
        if residues and max(residues) >= SMALL_POINT:
            return [self._by_powers(x) for x in residues]
        rows = field.arithmetic.horner([vec.array for vec in self.coefficients], residues)
        return [Vec(field, row) for row in rows]

    def _by_powers(self, x: int) -> Vec:
        p = self.field.p
        powers = [pow(x, k, p) for k in range(self.degree + 1)]
        return self.field.combine(powers, self.coefficients)


def random_polynomial(at_zero: Vec, degree: int, coins: Tape) -> Polynomial:
    """A uniform polynomial f of degree at most `degree` with f(0) = at_zero."""
    if degree < 0:
        raise ValueError(f"degree {degree}: a polynomial's degree bound is at least 0")
    higher = at_zero.field.random(coins, (degree, *at_zero.shape))
    return Polynomial((at_zero, *(Vec(at_zero.field, row) for row in higher.array)))


def lagrange(points: Sequence[int], at: int = 0, *, field: Field) -> tuple[int, ...]:
    """λ_k with f(at) = Σ_k λ_k·f(points[k]) for every f of degree below len(points).

    ValueError if there is no point, or if two agree modulo p.
    """
    return _lagrange(field.p, tuple(points), at)


@lru_cache(maxsize=4096)
def _lagrange(p: int, points: tuple[int, ...], at: int) -> tuple[int, ...]:
    if not points or len({x % p for x in points}) < len(points):
        raise ValueError(f"points {list(points)}: interpolation needs distinct ones modulo {p}")
    weights: list[int] = []
    for k, x in enumerate(points):
        others = points[:k] + points[k + 1 :]
        numerator = prod(at - y for y in others) % p
        weights.append(numerator * pow(prod(x - y for y in others), -1, p) % p)
    return tuple(weights)


def interpolate(values: Mapping[int, Vec], at: int = 0) -> Vec:
    """f(at) of the polynomial of least degree with f(x) = values[x] for every point x given."""
    field = next(iter(values.values())).field
    return field.combine(lagrange(tuple(values), at, field=field), tuple(values.values()))
