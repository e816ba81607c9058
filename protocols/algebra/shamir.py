"""Shamir's secret sharing over a finite field: [x]_d is a polynomial of degree d with f(0) = x.

Party P_i holds f(i). A `Share` is what one party holds, together with the degree of what all hold;
`deal` and `reconstruct` are the two ends. Local and synchronous: who sends what to whom, and what
a wrong share means for its sender, is for protocols to say. Paper: [Shamir79].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, SupportsIndex, final

import attrs
import numpy as np

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.polynomial import lagrange, lagrange_matrix, random_polynomial
from turncoat.protocols.algebra.refusals import NotAnArray
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Shape, Vec

SHORT = 1024  # elements up to which interpolation may pay as a product of matrices,
MANY = 100  # and from which number of weights it does (measured: 10 points times 10)


class InconsistentShares(Exception):
    """Shares that lie on no polynomial of the degree claimed.

    points: those off the polynomial through the first degree + 1 points. They accuse nobody: the
    wrong shares may be among the first.
    """

    def __init__(self, points: tuple[int, ...], degree: int) -> None:
        listed = ", ".join(map(str, points))
        super().__init__(
            f"the shares at {listed} are not on the polynomial of degree {degree} "
            f"through the first {degree + 1} points"
        )
        self.points = points
        self.degree = degree


@final
@attrs.frozen
class Share(NotAnArray):
    """One party's part of [x]_degree; `values` has the shape of x.

    Linear operations keep the degree (the greater of two), a product adds degrees. A public
    operand is a vector, an integer or an integer array, the same at every party: degree 0.
    """

    values: Vec
    degree: int

    @property
    def shape(self) -> Shape:
        return self.values.shape

    @property
    def size(self) -> int:
        return self.values.size

    def __len__(self) -> int:
        return len(self.values)

    def __add__(self, other: Any) -> Share:
        if not _is_operand(other):
            return NotImplemented
        values, degree = _parts(other)
        return Share(self.values + values, max(self.degree, degree))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Share:
        if not _is_operand(other):
            return NotImplemented
        values, degree = _parts(other)
        return Share(self.values - values, max(self.degree, degree))

    def __rsub__(self, other: Any) -> Share:
        return -self + other

    def __neg__(self) -> Share:
        return Share(-self.values, self.degree)

    def __mul__(self, other: Any) -> Share:
        """[x]_c, [y]_d → [x·y]_{c+d}, without a message: the product of polynomials, pointwise."""
        if not _is_operand(other):
            return NotImplemented
        values, degree = _parts(other)
        return Share(self.values * values, self.degree + degree)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> Share:
        """The inner product of vectors, or the product of matrices, of degree c + d."""
        if not _is_operand(other):
            return NotImplemented
        values, degree = _parts(other)
        return Share(self.values @ values, self.degree + degree)

    def __rmatmul__(self, other: Any) -> Share:
        return Share(other @ self.values, self.degree)

    def sum(self, axis: int | None = None) -> Share:
        return Share(self.values.sum(axis), self.degree)

    def __getitem__(self, index: Any) -> Share:
        return Share(self.values[index], self.degree)

    def __iter__(self) -> Iterator[Share]:
        return (self[i] for i in range(len(self)))

    def reshape(self, *shape: SupportsIndex | Shape) -> Share:
        return Share(self.values.reshape(*shape), self.degree)


def check_points(field: Algebra, points: Sequence[int], degree: int) -> None:
    """ValueError unless [x]_degree can be dealt to, and opened by, the holders of `points`.

    They must be distinct and lie in 1 … p − 1, at least degree + 1 of them. So n < p for n parties.
    In GF(2^k) point i is the element with the bits of i, and p the order 2^k. A ring has too few
    inverses: there, any sharing is refused.
    """
    _check_points(field, tuple(points), degree)


@lru_cache(maxsize=1024)
def _check_points(field: Algebra, points: tuple[int, ...], degree: int) -> None:
    p = field.order
    if not field.is_field:
        raise ValueError(
            f"Shamir's sharing needs a field, and {field.name} is none: differences of points have "
            "no inverse in it. Take a prime field, or share additively"
        )
    if not 0 <= degree < len(points):
        raise ValueError(
            f"degree {degree} with {len(points)} points: a degree is at least 0, and one point "
            "more than the degree is needed to reconstruct"
        )
    if len(set(points)) < len(points) or not all(1 <= x < p for x in points):
        raise ValueError(
            f"points {list(points)}: they must be distinct and between 1 and p - 1 = {p - 1}; "
            "take a field with more elements than parties"
        )


def deal(secret: Vec, degree: int, points: Sequence[int], coins: Tape) -> dict[int, Vec]:
    """A fresh [secret]_degree: the values at `points` of a uniform polynomial through (0, secret).

    Perfectly private: any `degree` of the values are independent of the secret.
    ValueError as by `check_points`.
    """
    check_points(secret.field, points, degree)
    f = random_polynomial(at_zero=secret, degree=degree, coins=coins)
    return dict(zip(points, f.at(points), strict=True))


def reconstruct(shares: Mapping[int, Vec], degree: int) -> Vec:
    """f(0) from the first degree + 1 points in ascending order; all others must agree.

    InconsistentShares if one does not, ValueError with fewer than degree + 1 points.
    """
    points = sorted(shares)
    if len(points) <= degree:
        raise ValueError(
            f"{len(points)} shares for degree {degree}: reconstruction needs {degree + 1}"
        )
    base, others = points[: degree + 1], points[degree + 1 :]
    values = [shares[x] for x in base]
    field = values[0].field
    check_points(field, points, degree)
    at_zero, *expected = _interpolated(field, tuple(base), (0, *others), values)
    wrong = tuple(x for x, value in zip(others, expected, strict=True) if value != shares[x])
    if wrong:
        raise InconsistentShares(wrong, degree)
    return at_zero


def _interpolated(
    field: Algebra, base: tuple[int, ...], at: tuple[int, ...], values: Sequence[Vec]
) -> list[Vec]:
    """f at several points: of short vectors as one product of matrices, of long ones in one pass
    over memory for each point."""
    if values[0].size > SHORT or len(at) * len(base) < MANY:
        return [field.combine(lagrange(base, x, field=field), values) for x in at]
    table = field.stack(value.ravel() for value in values)
    rows = lagrange_matrix(base, at, field=field) @ table
    return list(rows.reshape(len(at), *values[0].shape))


def _is_operand(other: object) -> bool:
    return type(other) is Share or isinstance(
        other, (Share, Vec, int, np.ndarray, np.generic, float, complex)
    )


def _parts(other: Any) -> tuple[Any, int]:
    """The values and the degree of an operand; whatever is no share is public, of degree 0."""
    return (other.values, other.degree) if type(other) is Share else (other, 0)
