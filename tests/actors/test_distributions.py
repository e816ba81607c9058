"""The tables of delays against the laws that they stand for, and draws against the tables.

Oracles: `statistics.NormalDist` and closed forms in floating point; nothing of `decimal`.
"""

import subprocess
import sys
from decimal import ROUND_UP, Inexact, localcontext
from hashlib import sha256
from itertools import pairwise
from math import exp, log, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors import distributions
from turncoat.actors.distributions import CELLS, ONE, Table, empirical
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.randomness import UNIT, Draws

MS = MILLISECOND
Z = NormalDist()
N = 100_000

# -- the laws, in floating point -------------------------------------------------------------------

PARETO_MEAN, PARETO_DEVIATION = 1.5, sqrt(0.75)  # of shape 3 and scale 1
LOG_MEAN, LOG_DEVIATION = 40 * MS, 15 * MS
LOG_SIGMA = sqrt(log(1 + (LOG_DEVIATION / LOG_MEAN) ** 2))
LOG_MU = log(LOG_MEAN) - LOG_SIGMA**2 / 2

TABLES = {
    "normal": distributions.normal(),
    "exponential": distributions.exponential(),
    "pareto": distributions.pareto(),
    "lognormal": distributions.lognormal(LOG_MEAN, LOG_DEVIATION),
}
QUANTILES = {
    "normal": lambda u: Z.inv_cdf(u) * ONE,
    "exponential": lambda u: (-log(1 - u) - 1) * ONE,
    "pareto": lambda u: ((1 - u) ** (-1 / 3) - PARETO_MEAN) / PARETO_DEVIATION * ONE,
    "lognormal": lambda u: exp(LOG_MU + LOG_SIGMA * Z.inv_cdf(u)),
}
MOMENTS = {  # mean and standard deviation, in the table's units
    "normal": (0, ONE),
    "exponential": (0, ONE),
    "pareto": (0, ONE),
    "lognormal": (LOG_MEAN, LOG_DEVIATION),
}
every_law = pytest.mark.parametrize("name", TABLES)


def moment(table: Table, power: int, about: float = 0) -> float:
    """E[(X − about)^power] of a quantile function that is linear in each cell, by integration."""
    total = 0.0
    for low, high in pairwise(knot - about for knot in table.knots):
        total += sum(low**k * high ** (power - k) for k in range(power + 1)) / (power + 1)
    return total / CELLS


# -- tables against laws ---------------------------------------------------------------------------


@every_law
def test_every_inner_knot_is_the_laws_quantile(name):
    """At k/1024, to nine digits of the deviation: the rounding of both sides."""
    table, quantile, (_, deviation) = TABLES[name], QUANTILES[name], MOMENTS[name]
    assert len(table.knots) == CELLS + 1
    assert list(table.knots) == sorted(table.knots)
    for k in range(1, CELLS):
        assert abs(table.knots[k] - quantile(k / CELLS)) < 1e-7 * deviation, k


def beyond(name: str) -> tuple[float, float]:
    """E[X | X < Q(1/1024)] and E[X | X > Q(1023/1024)], by the laws' own formulas."""
    low, high = 1 / CELLS, 1 - 1 / CELLS
    if name == "normal":
        return -Z.pdf(Z.inv_cdf(high)) * CELLS * ONE, Z.pdf(Z.inv_cdf(high)) * CELLS * ONE
    if name == "exponential":  # memoryless, above; ∫ −ln(1 − u) du = (1 − u)·ln(1 − u) + u, below
        below = ((1 - low) * log(1 - low) + low) * CELLS - 1
        return below * ONE, (-log(1 - high)) * ONE
    if name == "pareto":  # 3/2 of the threshold, above; ∫ (1 − u)^(−1/3) = 3/2·(1 − (1 − u)^(2/3))
        below, above = 1.5 * (1 - (1 - low) ** (2 / 3)) * CELLS, 1.5 * (1 - high) ** (-1 / 3)
        return tuple((x - PARETO_MEAN) / PARETO_DEVIATION * ONE for x in (below, above))
    shifted = Z.inv_cdf(high) - LOG_SIGMA
    below = LOG_MEAN * Z.cdf(Z.inv_cdf(low) - LOG_SIGMA) * CELLS
    return below, LOG_MEAN * Z.cdf(-shifted) * CELLS


@every_law
def test_the_extreme_cells_keep_their_means(name):
    """Where the quantile is infinite, the table ends so that the middle of its cell is the mean."""
    knots, (_, deviation) = TABLES[name].knots, MOMENTS[name]
    below, above = beyond(name)
    assert abs((knots[0] + knots[1]) / 2 - below) < 1e-7 * deviation
    assert abs((knots[-2] + knots[-1]) / 2 - above) < 1e-7 * deviation


@pytest.mark.parametrize(
    ("name", "mean", "variance"),  # tolerances, in deviations and variances of the law
    [
        ("normal", 1e-9, 2e-4),
        ("exponential", 1e-4, 2e-4),
        ("pareto", 4e-4, 0.09),  # the heavy tail ends at 21.5 deviations
        ("lognormal", 2e-4, 2e-3),
    ],
)
def test_a_table_has_nearly_the_mean_and_variance_of_its_law(name, mean, variance):
    table, (centre, deviation) = TABLES[name], MOMENTS[name]
    assert abs(moment(table, 1) - centre) < mean * deviation
    found = moment(table, 2, about=moment(table, 1)) / deviation**2
    assert abs(found - 1) < variance
    assert found > 0.9


@every_law
def test_a_table_knows_its_own_moments(name):
    table, (_, deviation) = TABLES[name], MOMENTS[name]
    mean = moment(table, 1)
    assert abs(table.mean - mean) < 1e-6 * deviation
    assert table.centre == table.mean // 1
    assert abs(table.variance / moment(table, 2, about=mean) - 1) < 1e-6


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5, 1])
def test_lognormal_delays_have_the_mean_and_deviation_asked_for(ratio):
    """From 1 % to 100 % of the mean: the mean within 0.05 %, the deviation within 1 %."""
    mean = 40 * MS
    table = distributions.lognormal(mean, int(ratio * mean))
    assert min(table.knots) >= 0
    assert abs(moment(table, 1) / mean - 1) < 5e-4
    deviation = sqrt(moment(table, 2, about=moment(table, 1)))
    assert abs(deviation / (ratio * mean) - 1) < 1e-2


# -- draws against tables --------------------------------------------------------------------------


def draws(name: str) -> list[int]:
    return list(Draws(20_03).many("law", (name,), N))


def close(found: float, expected: float, standard_error: float) -> bool:
    return abs(found - expected) < 4 * standard_error


def check_sample(sample: list[int], table: Table) -> None:
    """Mean and variance of 10^5 independent draws within four standard errors of the table's."""
    mean = moment(table, 1)
    variance, fourth = moment(table, 2, about=mean), moment(table, 4, about=mean)
    assert close(sum(sample) / N, mean, sqrt(variance / N))
    spread = sum((x - mean) ** 2 for x in sample) / N
    assert close(spread, variance, sqrt((fourth - variance**2) / N))


@every_law
def test_draws_have_the_tables_moments(name):
    check_sample([TABLES[name].at(draw) for draw in draws(name)], TABLES[name])


@every_law
@pytest.mark.parametrize("k", [1, 10, 102, 256, 512, 768, 922, 1014, 1023])
def test_draws_have_the_laws_quantiles(name, k):
    """The share below Q(k/1024) of the true law is k/1024 within four standard errors."""
    p = k / CELLS
    quantile = QUANTILES[name](p)
    below = sum(TABLES[name].at(draw) < quantile for draw in draws(name))
    assert close(below / N, p, sqrt(p * (1 - p) / N))


@pytest.mark.parametrize("name", [*TABLES, "uniform"])
def test_a_links_delays_have_its_latency_and_jitter(name):
    """40 ms with a deviation of 5 ms (uniform: a half-width of 5 ms), far from the cut at 0."""
    link = Link(200 * MS, 5 * MS, name)
    sample = [link.delay(draw) for draw in draws(f"link {name}")]
    deviation = 5 * MS / sqrt(3) if name == "uniform" else 5 * MS
    assert close(sum(sample) / N, 200 * MS, deviation / sqrt(N))
    spread = sqrt(sum((x - 200 * MS) ** 2 for x in sample) / N)
    assert abs(spread / deviation - 1) < (0.06 if name == "pareto" else 0.01)


@given(
    st.sampled_from(["uniform", "normal", "lognormal", "exponential", "pareto"]),
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.integers(0, UNIT - 1),
    st.integers(0, UNIT - 1),
)
def test_delays_rise_with_the_draw_and_are_never_negative(name, latency, jitter, one, other):
    """A larger draw is never a shorter delay: one draw is one quantile."""
    link = Link(latency, jitter, name)
    low, high = sorted((one, other))
    assert 0 <= link.delay(low) <= link.delay(high)


@pytest.mark.parametrize("name", ["normal", "lognormal", "exponential", "pareto", "uniform"])
def test_without_jitter_every_distribution_is_constant(name):
    assert {Link(40 * MS, 0, name).delay(draw) for draw in (0, 1 << 63, UNIT - 1)} == {40 * MS}


# -- empirical -------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200))
def test_an_empirical_table_runs_from_the_least_to_the_largest_sample(samples):
    table = empirical(samples)
    assert table.knots[0] == min(samples)
    assert table.knots[-1] == max(samples)
    assert list(table.knots) == sorted(table.knots)
    assert table == empirical(samples[::-1])


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=60))
def test_an_empirical_table_interpolates_between_neighbours(samples):
    """Its knot at k/1024 is the value at place k·(n − 1)/1024 of the sorted samples, rounded
    down: type 7 of the textbooks."""
    ordered, last = sorted(samples), len(samples) - 1
    for k, knot in enumerate(empirical(samples).knots[:-1]):
        place = k * last // CELLS
        share = k * last / CELLS - place
        exact = ordered[place] + share * (ordered[place + 1] - ordered[place])
        assert exact - 1.001 < knot < exact + 0.001


def test_draws_from_an_empirical_table_have_its_moments_and_quantiles():
    """Measured delays with two peaks, and an outlier."""
    samples = [20 * MS + k for k in range(0, 500_000, 1_000)] + [35 * MS] * 300 + [900 * MS]
    table = empirical(samples)
    link = Link(distribution="empirical", table=table)
    sample = [link.delay(draw) for draw in draws("empirical")]
    check_sample(sample, table)
    ordered = sorted(samples)
    for p in (0.1, 0.5, 0.6, 0.9):
        quantile = ordered[int(p * (len(ordered) - 1))]
        below = sum(x < quantile for x in sample) / N
        upto = sum(x <= quantile for x in sample) / N
        assert below - 4 * sqrt(p * (1 - p) / N) < p < upto + 4 * sqrt(p * (1 - p) / N)


def test_one_sample_is_a_constant():
    assert set(empirical([7]).knots) == {7}


def test_the_timeout_of_an_empirical_link_follows_from_its_mean():
    """There and back: 300 ms on average each way, but for the rounding of knots."""
    link = Link(distribution="empirical", table=empirical([200 * MS, 400 * MS]))
    assert 600 * MS - 2 <= link.timeout(link) <= 600 * MS


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"distribution": "empirical"}, "table"),
        ({"table": empirical([1])}, "table"),
        ({"distribution": "lognormal", "jitter": 1}, "lognormal"),
        ({"rate": 0}, "0 bit/s"),
        ({"rate": 1, "limit": 0}, "queue of 0"),
    ],
)
def test_a_link_that_cannot_be_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Link(**fields)


# -- ranks -----------------------------------------------------------------------------------------


@every_law
@given(draw=st.integers(0, UNIT - 1))
def test_a_rank_leads_back_to_the_draw(name, draw):
    """at(rank(at(draw))) = at(draw) but for the last unit, and the ranks are next to each other."""
    table = TABLES[name]
    value = table.at(draw)
    assert abs(table.at(table.rank(value)) - value) <= 1
    cell = draw >> 54
    slope = table.knots[cell + 1] - table.knots[cell]
    assert abs(table.rank(value) - draw) <= 1 + (2 << 54) // max(slope, 1)


def test_the_rank_of_what_lies_outside_is_the_nearest_end():
    table = TABLES["normal"]
    assert table.rank(table.knots[0] - 1) == 0
    assert table.rank(10 * ONE) == UNIT - 1


# -- the same on every machine ---------------------------------------------------------------------

GOLDEN = {
    "normal": "99c1b3dd8ba16c18",
    "exponential": "9b88888ad0d0ebfc",
    "pareto": "14ec16f67f2bea39",
    "lognormal": "b8c2c08f421248da",
}


def digest(table: Table) -> str:
    return sha256(",".join(map(str, table.knots)).encode()).hexdigest()[:16]


@every_law
def test_a_table_is_the_one_of_the_release(name):
    """A golden value: a change of it is a change of every transcript with such delays."""
    assert digest(TABLES[name]) == GOLDEN[name]


def test_a_table_owes_nothing_to_the_callers_decimal_context():
    with localcontext() as context:
        context.prec, context.rounding = 5, ROUND_UP
        context.traps[Inexact] = True
        table = distributions.lognormal.__wrapped__(LOG_MEAN, LOG_DEVIATION)
    assert table == TABLES["lognormal"]


CHILD = """
import sys
sys.modules["_decimal"] = None  # decimal in pure Python: another implementation
from hashlib import sha256
from turncoat.actors import distributions as d
for table in (d.normal(), d.exponential(), d.pareto(), d.lognormal(40_000_000, 15_000_000)):
    print(sha256(",".join(map(str, table.knots)).encode()).hexdigest()[:16])
"""


@pytest.mark.slow
def test_another_implementation_of_decimal_makes_the_same_tables():
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == list(GOLDEN.values())
