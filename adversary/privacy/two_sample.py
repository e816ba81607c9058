"""Tail probabilities for comparing two samples of equal size: upper bounds, never approximations.

Kolmogorov and Smirnov's statistic with the closed form of [Gnedenko & Korolyuk 1951]; ties make it
conservative. A classifier's hits on held-out samples by [Hoeffding 1963], which also holds for
labels that are dealt without replacement, as here.
"""

from functools import lru_cache
from math import comb, exp

import numpy as np
from numpy.typing import NDArray


def gap(one: NDArray[np.float64], two: NDArray[np.float64]) -> int:
    """n·sup|F − G| of two samples of n numbers each."""
    if one.size != two.size:
        raise ValueError(f"{one.size} and {two.size} numbers: the samples must be equally large")
    values = np.concatenate((one, two))
    order = np.argsort(values, kind="stable")
    steps = np.where(order < one.size, 1, -1).cumsum()
    last = np.append(np.diff(values[order]) != 0, True)  # of equal numbers, the last one counts
    return int(np.abs(steps[last]).max())


@lru_cache(maxsize=4096)
def chance_of_gap(n: int, k: int) -> float:
    """P(n·sup|F − G| ≥ k) for two samples of n from one continuous law; with ties, at most that."""
    if k <= 0:
        return 1.0
    tail = sum((-1) ** (j + 1) * comb(2 * n, n - j * k) for j in range(1, n // k + 1))
    return min(1.0, 2 * tail / comb(2 * n, n))


def least_gap(n: int, level: float) -> int | None:
    """The smallest gap that is significant at `level`; None if none would be."""
    return next((k for k in range(1, n + 1) if chance_of_gap(n, k) <= level), None)


def chance_of_hits(n: int, hits: int) -> float:
    """P(at least `hits` of n), at most, for a classifier that knows nothing; n/2 of each kind."""
    return exp(-2 * max(0.0, hits / n - 0.5) ** 2 * n) if n else 1.0
