"""Degree and threshold of SecAgg+ from its security levels [BBGLR20, section 3; eprint 2020/704].

n clients, of which the fraction γ colludes with the server and the fraction δ drops out. With
HG(N, K, k) the number of marked ones among k drawn without return from N of which K are marked:

    (i)    n·Pr[HG(n − 1, ⌊γn⌋, k) ≥ t] ≤ 2^−(σ+1)       no one's neighbours can open its secrets
    (ii)   n·(γ + δ)^(k/2)              ≤ 2^−(σ+1)       the honest survivors stay connected
    (iii)  n·Pr[HG(n − 1, ⌈(1 − δ)n⌉, k) < t] ≤ 2^−η     enough neighbours survive to open them

(i) and (iii) are exact tails, (ii) is a union bound; all are computed with integers. Knows no graph
and no message.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, comb, floor, log2
from typing import Self

import attrs


@attrs.frozen(kw_only=True)
class SecAggPlusLevels:
    """What is asked for: γ, δ in [0, 1) with γ + δ < 1, and σ, η in bits."""

    n: int
    gamma: Fraction
    delta: Fraction
    sigma: int = 40
    eta: int = 30

    def __attrs_post_init__(self) -> None:
        if self.gamma < 0 or self.delta < 0 or self.gamma + self.delta >= 1:
            raise ValueError(
                f"γ = {self.gamma} and δ = {self.delta}: fractions of the clients, together below 1"
            )

    @property
    def colluding(self) -> int:
        return floor(self.gamma * self.n)

    @property
    def surviving(self) -> int:
        return ceil((1 - self.delta) * self.n)


@attrs.frozen(kw_only=True)
class SecAggPlusChoice:
    """A degree k and a threshold t with the three failure probabilities they give."""

    levels: SecAggPlusLevels
    degree: int
    threshold: int

    @property
    def too_many_colluding(self) -> Fraction:
        """(i), n times the exact tail: some client's neighbours can open its secrets."""
        levels = self.levels
        return levels.n * _at_least(levels.n - 1, levels.colluding, self.degree, self.threshold)

    @property
    def disconnected(self) -> Fraction:
        """(ii), the union bound: the graph of the honest survivors falls apart."""
        return self.levels.n * (self.levels.gamma + self.levels.delta) ** (self.degree // 2)

    @property
    def too_few_surviving(self) -> Fraction:
        """(iii), n times the exact tail: some client's secrets cannot be opened."""
        levels = self.levels
        return levels.n * _below(levels.n - 1, levels.surviving, self.degree, self.threshold)

    def check(self) -> Self:
        """Itself, if all three conditions hold. ValueError names the bound that does not."""
        levels, k, t = self.levels, self.degree, self.threshold
        if not 2 <= t <= k < levels.n or k % 2:
            raise ValueError(
                f"k = {k} and threshold {t} for n = {levels.n}: SecAgg+ needs 2 <= threshold <= k "
                "< n and an even k"
            )
        for name, found, bits in (
            ("(i) n·Pr[HG(n-1, γn, k) >= t]", self.too_many_colluding, levels.sigma + 1),
            ("(ii) n·(γ+δ)^(k/2)", self.disconnected, levels.sigma + 1),
            ("(iii) n·Pr[HG(n-1, (1-δ)n, k) < t]", self.too_few_surviving, levels.eta),
        ):
            if found > Fraction(1, 2**bits):
                raise ValueError(
                    f"k = {k} and threshold {t} for n = {levels.n}: {name} = {_power(found)}, "
                    f"above 2^-{bits}; {_remedy(levels)}"
                )
        return self

    def lines(self) -> tuple[str, ...]:
        """The three conditions with their figures, for people."""
        sigma, eta = self.levels.sigma, self.levels.eta
        return (
            f"(i)   neighbours that collude open a secret: {_power(self.too_many_colluding)}"
            f" <= 2^-{sigma + 1}, exact tail",
            f"(ii)  honest survivors fall apart: {_power(self.disconnected)}"
            f" <= 2^-{sigma + 1}, union bound",
            f"(iii) too few neighbours survive: {_power(self.too_few_surviving)}"
            f" <= 2^-{eta}, exact tail",
        )


def choose(levels: SecAggPlusLevels) -> SecAggPlusChoice:
    """The least even k < n for which some threshold satisfies all conditions, with the least such
    threshold. Raises ValueError where there is none: the complete graph is the answer there."""
    connected = Fraction(1, levels.n << (levels.sigma + 1))
    for k in range(2, levels.n, 2):
        if (levels.gamma + levels.delta) ** (k // 2) > connected:
            continue
        threshold = least_threshold(levels, k)
        choice = SecAggPlusChoice(levels=levels, degree=k, threshold=threshold)
        if threshold <= k and choice.too_few_surviving <= Fraction(1, 2**levels.eta):
            return choice
    raise ValueError(
        f"SecAgg+ has no degree k < n = {levels.n} for γ = {levels.gamma}, δ = {levels.delta}, "
        f"σ = {levels.sigma}, η = {levels.eta}; use the complete graph"
    )


def least_threshold(levels: SecAggPlusLevels, k: int) -> int:
    """The least t with (i): the tail is summed from its end."""
    allowed = comb(levels.n - 1, k)
    tail, t = 0, k + 1
    for marked, ways in reversed([*_ways(levels.n - 1, levels.colluding, k)]):
        tail += ways
        if levels.n * tail << (levels.sigma + 1) > allowed:
            return marked + 1
        t = marked
    return max(t, 2)


def _at_least(population: int, marked: int, drawn: int, least: int) -> Fraction:
    """Pr[HG(population, marked, drawn) ≥ least]."""
    tail = sum(ways for i, ways in _ways(population, marked, drawn) if i >= least)
    return Fraction(tail, comb(population, drawn))


def _below(population: int, marked: int, drawn: int, bound: int) -> Fraction:
    """Pr[HG(population, marked, drawn) < bound]."""
    tail = sum(ways for i, ways in _ways(population, marked, drawn) if i < bound)
    return Fraction(tail, comb(population, drawn))


def _ways(population: int, marked: int, drawn: int) -> Iterator[tuple[int, int]]:
    """(i, C(marked, i)·C(population − marked, drawn − i)) for all i that can occur."""
    rest = population - marked
    least, most = max(0, drawn - rest), min(drawn, marked)
    ways = comb(marked, least) * comb(rest, drawn - least)
    for i in range(least, most + 1):
        yield i, ways
        ways = ways * (marked - i) * (drawn - i) // ((i + 1) * (rest - drawn + i + 1))


def _power(x: Fraction) -> str:
    if x == 0:
        return "0"
    exponent = log2(x.numerator) - log2(x.denominator)
    return f"2^{exponent:.1f}"


def _remedy(levels: SecAggPlusLevels) -> str:
    try:
        good = choose(levels)
    except ValueError:
        return "no k < n will do: use the complete graph"
    return f"the least that will do is k = {good.degree} with threshold {good.threshold}"
