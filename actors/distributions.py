"""Inverse distribution functions as tables of integers: a delay is looked up, never computed.

Every table is made with `decimal`, whose operations, `ln`, `exp` and `sqrt` are correctly rounded
and therefore the same on every machine; no floating-point function stands on the way to an event. A
table has one knot for each of 1,025 equally spaced probabilities and is linear between them. The
outermost knots, which would be infinite, are placed so that the extreme cells keep their true
means. So means are off by less than a thousandth of a deviation; variances are within 0.1 % of the
law's but for heavy tails: that of `pareto` is 8 % too small, for nothing lies beyond 21.5
deviations.

Knows no link and no time: tables are of *standard* variables (mean 0, standard deviation 1, in
units of 2^-32), or of delays themselves [ns].
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import lru_cache
from math import isqrt

import attrs

CELLS = 1024
ONE = 1 << 32  # the fixed point of standard variables: one standard deviation
_CELL_BITS = 54  # of a 64-bit draw, the upper 10 choose the cell and the rest the place in it
_PLACE = (1 << _CELL_BITS) - 1
_PRECISION = 34
_CONTEXT = Context(
    prec=_PRECISION, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, capitals=1, clamp=0,
    flags=[], traps=[InvalidOperation, DivisionByZero, Overflow],
)  # fmt: skip

Quantile = Callable[[Decimal], Decimal]


@attrs.frozen
class Table:
    """A distribution by its quantiles: knots[i] is exceeded with probability 1 − i/CELLS."""

    knots: tuple[int, ...]

    def at(self, draw: int) -> int:
        """The quantile at draw / 2^64, for a draw in [0, 2^64)."""
        knots, cell = self.knots, draw >> _CELL_BITS
        low = knots[cell]
        return low + ((knots[cell + 1] - low) * (draw & _PLACE) >> _CELL_BITS)

    def rank(self, value: int) -> int:
        """The draw whose quantile `value` is, up to the width of a cell's slope; clamped."""
        knots = self.knots
        cell = min(max(bisect_right(knots, value) - 1, 0), CELLS - 1)
        low, high = knots[cell], knots[cell + 1]
        inside = min(max(value - low, 0), high - low)
        place = (inside << _CELL_BITS) // (high - low) if high > low else 0
        return min((cell << _CELL_BITS) + place, (1 << 64) - 1)

    @property
    def centre(self) -> int:
        """The mean of the table, rounded down."""
        return (2 * sum(self.knots) - self.knots[0] - self.knots[-1]) // (2 * CELLS)

    @property
    def mean(self) -> float:
        """The mean of the table itself, against which draws are tested."""
        cells = zip(self.knots, self.knots[1:], strict=False)
        return sum(low + high for low, high in cells) / (2 * CELLS)

    @property
    def variance(self) -> float:
        """The variance of the table itself."""
        cells = zip(self.knots, self.knots[1:], strict=False)
        square = sum(a * a + a * b + b * b for a, b in cells) / (3 * CELLS)
        return square - self.mean**2


def _table(inner: Sequence[Decimal], low_mean: Decimal, high_mean: Decimal, unit: int) -> Table:
    """A table from the quantiles at 1/CELLS … (CELLS − 1)/CELLS and the means of the two extreme
    cells: on a linear cell the mean is the middle, which fixes the outermost knots."""
    first, last = 2 * low_mean - inner[0], 2 * high_mean - inner[-1]
    return Table(tuple(int((q * unit).to_integral_value()) for q in (first, *inner, last)))


def _inner(quantile: Quantile) -> list[Decimal]:
    return [quantile(Decimal(k) / CELLS) for k in range(1, CELLS)]


def _exactly() -> AbstractContextManager[Context]:
    """Arithmetic that owes nothing to the caller's own decimal context."""
    return localcontext(_CONTEXT)


# -- standard tables -------------------------------------------------------------------------------


@lru_cache
def normal() -> Table:
    """The standard normal distribution."""
    with _exactly():
        upper, z = [Decimal(0)], Decimal(0)
        for k in range(CELLS // 2 + 1, CELLS):
            z = _normal_quantile(Decimal(k) / CELLS, start=z)
            upper.append(z)
        # E[Z | Z > q] = φ(q) / P(Z > q), and P = 1/CELLS beyond the last inner knot.
        tail = _density(upper[-1]) * CELLS
        inner = [*(-q for q in reversed(upper[1:])), *upper]
        return _table(inner, -tail, tail, ONE)


@lru_cache
def exponential() -> Table:
    """The exponential distribution, shifted to mean 0: Q(u) = −ln(1 − u) − 1."""
    with _exactly():
        inner = _inner(lambda u: -(1 - u).ln() - 1)
        step = Decimal(1) / CELLS
        # The first cell's mean by integration; beyond the last knot it is memoryless: q + 1.
        low = (step + (1 - step) * (1 - step).ln()) / step - 1
        return _table(inner, low, inner[-1] + 1, ONE)


@lru_cache
def pareto() -> Table:
    """The Pareto distribution of shape 3, shifted and scaled to mean 0 and deviation 1.

    X = (1 − U)^(−1/3) has mean 3/2 and variance 3/4; the mean beyond q is 3/2·q.
    """
    with _exactly():
        raw = _inner(lambda u: (-(1 - u).ln() / 3).exp())
        step = Decimal(1) / CELLS
        low = Decimal(3) / 2 * (1 - ((1 - step).ln() * 2 / 3).exp()) / step
        mean, deviation = Decimal("1.5"), Decimal("0.75").sqrt()
        inner = [(x - mean) / deviation for x in raw]
        high = Decimal(3) / 2 * raw[-1]
        return _table(inner, (low - mean) / deviation, (high - mean) / deviation, ONE)


@lru_cache(maxsize=4096)  # one for each law of a matrix of 64 regions; 50 kB each
def lognormal(mean: int, deviation: int) -> Table:
    """Delays [ns] whose logarithm is normal, with this mean and standard deviation [ns]; both > 0.

    σ² = ln(1 + deviation²/mean²), μ = ln(mean) − σ²/2, Q(u) = exp(μ + σ·z(u)).
    """
    with _exactly():
        ratio = Decimal(deviation) / mean
        sigma = (1 + ratio * ratio).ln().sqrt()
        mu = Decimal(mean).ln() - sigma * sigma / 2
        z = [Decimal(q) / ONE for q in normal().knots[1:-1]]
        inner = [(mu + sigma * q).exp() for q in z]
        # E[X | Z > q] = mean·P(Z > q − σ)·CELLS, and the same below with the sign turned.
        high = mean * _upper_tail(z[-1] - sigma) * CELLS
        low = mean * _upper_tail(-z[0] + sigma) * CELLS
        return _table(inner, low, high, 1)


def empirical(samples: Sequence[int]) -> Table:
    """Measured delays [ns], each equally likely, linear between neighbours; at least one."""
    ordered = sorted(samples)
    last = len(ordered) - 1
    knots = list[int]()
    for k in range(CELLS + 1):
        below, place = divmod(k * last, CELLS)
        above = min(below + 1, last)
        knots.append(ordered[below] + (ordered[above] - ordered[below]) * place // CELLS)
    return Table(tuple(knots))


# -- a latent normal process: correlated delays ----------------------------------------------------


def correlated(before: int, fresh: int, rho: int) -> int:
    """One step of a stationary normal AR(1): ρ·before + √(1 − ρ²)·fresh, all in units of 2^-32."""
    return (rho * before + isqrt(ONE * ONE - rho * rho) * fresh) >> 32


# -- the normal distribution, to 30 digits ---------------------------------------------------------


@lru_cache(maxsize=1)
def _tau() -> Decimal:
    """2π, as twice Machin's 16·arctan(1/5) − 4·arctan(1/239)."""
    return 2 * (16 * _arctan_of_inverse(5) - 4 * _arctan_of_inverse(239))


def _arctan_of_inverse(n: int) -> Decimal:
    term, square = Decimal(1) / n, n * n
    total, k = term, 1
    while abs(term) > Decimal(10) ** -_PRECISION:
        term, k = -term / square, k + 2
        total += term / k
    return total


def _density(z: Decimal) -> Decimal:
    """φ(z)."""
    return (-z * z / 2).exp() / _tau().sqrt()


def _upper_tail(z: Decimal) -> Decimal:
    """P(Z > z), by Φ(z) = 1/2 + φ(z)·(z + z³/3 + z⁵/(3·5) + …)."""
    term = total = z
    k = 1
    while abs(term) > Decimal(10) ** -_PRECISION:
        k += 2
        term = term * z * z / k
        total += term
    return Decimal("0.5") - _density(z) * total


def _normal_quantile(u: Decimal, start: Decimal) -> Decimal:
    """z with P(Z ≤ z) = u, by Newton's method from a point nearby."""
    z = start
    for _ in range(12):
        step = (u - 1 + _upper_tail(z)) / _density(z)
        z += step
        if abs(step) < Decimal(10) ** -16:
            break
    return z
