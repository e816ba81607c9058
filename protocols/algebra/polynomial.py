"""Polynomials whose coefficients are vectors, and Lagrange's formula.

A polynomial of degree d over vectors of m elements is m polynomials side by side, one for each
position. Knows no parties: a point is an integer that stands
for an element, modulo p in F_p.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, repeat
from operator import mul

import attrs

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec, short_rows, short_vec


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
    def field(self) -> Algebra:
        return self.coefficients[0].field

    def __call__(self, x: int) -> Vec:
        """f(x), of the coefficients' shape."""
        return self.at((x,))[0]

    def at(self, points: Sequence[int]) -> list[Vec]:
        """f at each point; in one pass over memory if all points are below 2^31 (modulo p)."""
        field, first = self.field, self.coefficients[0]
        arithmetic = field.arithmetic
        residues, largest = _residues(field, tuple(points))
        if largest >= arithmetic.points:
            return [self._by_powers(x) for x in residues]
        if arithmetic.by_matrix(first.size, len(points), self.degree):
            return self._by_matrix(residues)
        rows = short_rows(field, self.coefficients)
        if field.few and rows and arithmetic.by_integers(self.degree * len(points) * first.size):
            values = field.few.horner(rows, residues)
            return [short_vec(field, row, first.shape) for row in values]
        values = arithmetic.horner([vec.array for vec in self.coefficients], residues)
        return [Vec(field, row) for row in values]

    def _by_matrix(self, points: tuple[int, ...]) -> list[Vec]:
        terms, shape = self.degree + 1, self.coefficients[0].shape
        table = self.field.stack(self.coefficients).reshape(terms, -1)
        values = vandermonde(points, terms, field=self.field) @ table
        return list(values.reshape(len(points), *shape))

    def _by_powers(self, x: int) -> Vec:
        powers = accumulate(repeat(x, self.degree), self.field.times, initial=1)
        return self.field.combine(list(powers), self.coefficients)


@lru_cache(maxsize=1024)
def _residues(field: Algebra, points: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The elements that points stand for, and the largest of them, −1 without any."""
    residues = tuple(field.canonical(x) for x in points)
    return residues, max(residues, default=-1)


def random_polynomial(at_zero: Vec, degree: int, coins: Tape) -> Polynomial:
    """A uniform polynomial f of degree at most `degree` with f(0) = at_zero."""
    if degree < 0:
        raise ValueError(f"degree {degree}: a polynomial's degree bound is at least 0")
    field, m = at_zero.field, at_zero.size
    higher = field.random(coins, (degree, *at_zero.shape))
    few = higher.few
    if few is None:
        return Polynomial((at_zero, *(Vec(field, row) for row in higher.array)))
    rows = [few[k * m : (k + 1) * m] for k in range(degree)]
    return Polynomial((at_zero, *[short_vec(field, row, at_zero.shape) for row in rows]))


def lagrange(points: Sequence[int], at: int = 0, *, field: Algebra) -> tuple[int, ...]:
    """λ_k with f(at) = Σ_k λ_k·f(points[k]) for every f of degree below len(points).

    ValueError if there is no point, if two are one element, or if `field` is no field.
    """
    return _lagrange(field, tuple(points), at)


@lru_cache(maxsize=4096)
def _lagrange(field: Algebra, points: tuple[int, ...], at: int) -> tuple[int, ...]:
    row = lagrange_matrix(points, (at,), field=field)
    return tuple(map(int, field.storage.integers(row.array).reshape(-1)))


@lru_cache(maxsize=32)
def lagrange_matrix(points: tuple[int, ...], at: tuple[int, ...], *, field: Algebra) -> Vec:
    """The rows `lagrange(points, x)` for x in `at`: interpolation as a product of matrices."""
    factors = field(list(at)) - field(list(points)).reshape(-1, 1)
    return (_all_but_one(factors) * _barycentric(field, points)).T


@lru_cache(maxsize=32)
def vandermonde(points: tuple[int, ...], terms: int, *, field: Algebra) -> Vec:
    """The rows 1, x, x², …, of so many terms: evaluation as a product of matrices."""
    column = field(list(points))
    powers = accumulate(repeat(column, terms - 1), mul, initial=field.full(len(points), 1))
    return field.stack(powers).T


@lru_cache(maxsize=256)
def _barycentric(field: Algebra, points: tuple[int, ...]) -> Vec:
    """1/Π_{l≠k} (x_k − x_l) for every point, as a column. ValueError as by `lagrange`."""
    if not field.is_field:
        raise ValueError(
            f"{field.name} is no field: differences of points have no inverse in it, so nothing "
            "can be interpolated"
        )
    if not points or len(set(map(field.canonical, points))) < len(points):
        raise ValueError(
            f"points {list(points)}: interpolation needs distinct ones modulo {field.name}"
        )
    column = field(list(points)).reshape(-1, 1)
    gaps = column.T - column
    return field.inv(field.stack(row[k] for k, row in enumerate(_all_but_one(gaps))))


def _all_but_one(rows: Vec) -> Vec:
    """Row k is the product of all rows but k; without a division, so that 0 is no exception."""
    ones = rows.field.full(rows.shape[1], 1)
    before = list(accumulate(list(rows)[:-1], mul, initial=ones))
    after = list(accumulate(list(rows)[:0:-1], mul, initial=ones))
    return rows.field.stack(before) * rows.field.stack(reversed(after))


def interpolate(values: Mapping[int, Vec], at: int = 0) -> Vec:
    """f(at) of the polynomial of least degree with f(x) = values[x] for every point x given."""
    field = next(iter(values.values())).field
    return field.combine(lagrange(tuple(values), at, field=field), tuple(values.values()))
