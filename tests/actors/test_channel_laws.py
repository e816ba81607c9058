"""Correlation, losses, doubles, detours and queues against their formulas: what is random within
four standard errors at 10^5 named draws with fixed seeds, what is not to the nanosecond.

p, r, h, k are the letters of Gilbert and Elliott: from good to bad, back again, and the chances to
get through in the bad and in the good state.
"""

from collections import Counter
from itertools import groupby, pairwise
from math import sqrt
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors import distributions
from turncoat.actors.channel import Channel
from turncoat.actors.distributions import ONE
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, RHO_ONE, SECOND, GilbertElliott, Link, Queue
from turncoat.actors.randomness import UNIT, Draws, threshold

from .toys import Ping, play

MS = MILLISECOND
N = 100_000


def draws(*name: int | str, count: int = N) -> tuple[int, ...]:
    return Draws(11).many("laws", name, count)


def chance(p: float) -> int:
    return int(p * UNIT)


def close(found: float, expected: float, standard_error: float) -> bool:
    return abs(found - expected) < 4 * standard_error


# -- correlation -----------------------------------------------------------------------------------


def correlated(rho: float, distribution: str = "normal", **figures: int) -> list[int]:
    """Delays in the order of sending: 10^5 of them."""
    fields = {"latency": 400 * MS, "jitter": 5 * MS, **figures}
    link = Link(distribution=distribution, correlation=int(rho * RHO_ONE), **fields)
    channel = Channel()
    return [link.delay(channel.correlated(link, draw)) for draw in draws("rho", rho, distribution)]


def autocorrelation(sample: list[int], lag: int) -> float:
    mean = sum(sample) / len(sample)
    deviations = [x - mean for x in sample]
    shifted = zip(deviations, deviations[lag:], strict=False)
    return sum(x * y for x, y in shifted) / sum(x * x for x in deviations)


@pytest.mark.parametrize("rho", [0.1, 0.25, 0.5, 0.9, 0.99])
def test_normal_delays_have_the_lag_one_correlation_asked_for(rho):
    """An AR(1): at lag j ρ^j; the estimator's error at lag 1 is √((1 − ρ²)/N)."""
    sample = correlated(rho)
    error = sqrt((1 - rho**2) / N)
    assert close(autocorrelation(sample, 1), rho, error)
    # By Bartlett's formula the error at lag 2 is below √((1 + 4ρ²)/N)·√(1 − ρ²).
    assert close(autocorrelation(sample, 2), rho**2, error * sqrt(1 + 4 * rho**2))


@pytest.mark.parametrize("rho", [0.25, 0.5, 0.9])
def test_correlation_leaves_normal_delays_normal(rho):
    """Mean and variance, whose errors an AR(1) widens by (1 + ρ)/(1 − ρ) and (1 + ρ²)/(1 − ρ²)."""
    sample = [(x - 400 * MS) / (5 * MS) for x in correlated(rho)]
    mean = sum(sample) / N
    assert close(mean, 0, sqrt((1 + rho) / (1 - rho) / N))
    variance = sum(x * x for x in sample) / N - mean**2
    assert close(variance, 1, sqrt(2 * (1 + rho**2) / (1 - rho**2) / N))


@pytest.mark.parametrize("rho", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("distribution", ["uniform", "normal", "exponential", "pareto"])
def test_correlation_leaves_every_distribution_as_it_is(rho, distribution):
    """The share of delays below each decile of uncorrelated ones; correlated samples count for
    N·(1 − ρ)/(1 + ρ) at most. The ends of the table, where it cannot be infinite, are in the
    tails: there at most 3 in 10,000 too many."""
    link = Link(400 * MS, 5 * MS, distribution)
    sample = correlated(rho, distribution)
    for tenth in range(1, 10):
        p, decile = tenth / 10, link.delay(tenth * UNIT // 10)
        error = sqrt(p * (1 - p) / N * (1 + rho) / (1 - rho))
        assert close(sum(x < decile for x in sample) / N, p, error)
    ends = (link.delay(0), link.delay(UNIT - 1))
    assert sum(x in ends for x in sample) < 0.0006 * N
    assert min(sample) >= ends[0]
    assert max(sample) <= ends[1]


def test_correlation_nought_draws_as_if_there_were_none():
    link, channel = Link(40 * MS, 5 * MS, "normal"), Channel()
    assert [link.delay(channel.correlated(link, d)) for d in draws("nought", count=100)] == [
        link.delay(table_draw)
        for d in draws("nought", count=100)
        for table_draw in [distributions.normal().rank(distributions.normal().at(d))]
    ]


@given(st.integers(-4 * ONE, 4 * ONE), st.integers(-4 * ONE, 4 * ONE), st.floats(0, 1))
def test_a_step_of_the_latent_process_is_the_textbooks(before, fresh, rho):
    """ρ·x + √(1 − ρ²)·y, to the last unit of 2^-32."""
    step = distributions.correlated(before, fresh, int(rho * ONE))
    rho = int(rho * ONE) / ONE
    exact = rho * before + sqrt(1 - rho**2) * fresh
    assert abs(step - exact) < 8


def test_correlation_on_the_road_is_in_the_order_of_sending():
    """20,000 datagrams sent at one instant, delays read off the journal: ρ = 0.8 at lag 1."""
    count, rho = 20_000, 0.8
    link = Link(SECOND, 50 * MS, "normal", correlation=int(rho * RHO_ONE), reliable=False)
    sent = {end.copy: end.time for end in burst(link, count).journal.arrivals()}
    delays = [sent[copy] for copy in range(count)]
    assert close(autocorrelation(delays, 1), rho, sqrt((1 - rho**2) / count))


def burst(link: Link, count: int, *, gap: int = 0, **rest):
    """P1 sends P2 `count` messages, at once or one every `gap` ns."""

    async def main(party):
        for k in range(count if party.me == 1 else 0):
            party.sub(f"{k:06}").send(2, Ping(k))
            if gap:
                await party.sleep(gap)
        if party.me == 1:
            await party.sleep(100 * SECOND)

    return play(main, 2, link, **rest)


# -- losses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.001, 0.05, 0.5])
def test_random_losses_are_as_frequent_as_asked_and_independent(p):
    link, channel = Link(loss=chance(p)), Channel()
    lost = [channel.loses(link, draw, 0) for draw in draws("random", p)]
    assert close(sum(lost) / N, p, sqrt(p * (1 - p) / N))
    pairs = sum(a and b for a, b in pairwise(lost)) / (N - 1)
    assert close(pairs, p * p, sqrt(p * p * (1 - p * p) / N) + p * sqrt(p / N))


MODELS = [  # p, r, 1 − h, 1 − k
    (0.01, 0.25, 1.0, 0.0),  # Gilbert's simple model
    (0.05, 0.25, 0.75, 0.0),
    (0.02, 0.3, 0.5, 0.001),  # Elliott's
    (0.3, 0.4, 0.9, 0.1),
    (0.7, 0.8, 1.0, 0.0),  # more often than not it turns: losses avoid each other
]
every_model = pytest.mark.parametrize(("p", "r", "bad", "good"), MODELS)


def gilbert_elliott(p: float, r: float, bad: float, good: float) -> list[bool]:
    link = Link(gemodel=GilbertElliott(chance(p), chance(r), chance(bad), chance(good)))
    channel = Channel()
    pairs = zip(draws("loss", p, r), draws("turn", p, r), strict=True)
    return [channel.loses(link, loss, turn) for loss, turn in pairs]


def share(p: float, r: float, bad: float, good: float) -> float:
    """Mean loss p/(p + r)·(1 − h) + r/(p + r)·(1 − k)."""
    return p / (p + r) * bad + r / (p + r) * good


def covariance(p: float, r: float, bad: float, good: float, lag: int) -> float:
    """Of two attempts' losses, `lag` apart: the chain forgets at the rate 1 − p − r."""
    return p * r / (p + r) ** 2 * (bad - good) ** 2 * (1 - p - r) ** lag


@every_model
def test_burst_losses_are_as_frequent_as_the_formula_says(p, r, bad, good):
    """Standard error from the sum of all covariances, a geometric series."""
    m, rest = share(p, r, bad, good), 1 - p - r
    variance = m * (1 - m) + 2 * covariance(p, r, bad, good, 1) / (1 - rest)
    assert close(sum(gilbert_elliott(p, r, bad, good)) / N, m, sqrt(variance / N))


@every_model
def test_bursts_are_as_long_as_the_formula_says(p, r, bad, good):
    """A burst starts where a loss follows a success: P(LS) = P(L) − P(LL) times an attempt; so its
    mean length is P(L)/(P(L) − P(LL)), with P(LL) = P(L)² + cov(1)."""
    lost = gilbert_elliott(p, r, bad, good)
    lengths = [len(list(run)) for is_lost, run in groupby(lost) if is_lost]
    m = share(p, r, bad, good)
    expected = m / (m - m * m - covariance(p, r, bad, good, 1))
    mean = sum(lengths) / len(lengths)
    deviation = sqrt(sum((x - mean) ** 2 for x in lengths) / len(lengths))
    assert close(mean, expected, deviation / sqrt(len(lengths)))


@pytest.mark.parametrize("r", [0.1, 0.25, 0.5])
def test_gilberts_bursts_are_geometric_with_mean_one_over_r(r):
    """Where all is lost in the bad state and nothing in the good one, a burst is a stay in the bad
    state: mean 1/r, variance (1 − r)/r², P(length > j) = (1 − r)^j."""
    lengths = [len(list(g)) for lost, g in groupby(gilbert_elliott(0.05, r, 1.0, 0.0)) if lost]
    count = len(lengths)
    assert close(sum(lengths) / count, 1 / r, sqrt(1 - r) / r / sqrt(count))
    for j in range(1, 6):
        tail = (1 - r) ** j
        assert close(sum(x > j for x in lengths) / count, tail, sqrt(tail * (1 - tail) / count))


@every_model
def test_losses_are_correlated_as_the_chain_is(p, r, bad, good):
    """cov(L_t, L_t+j) = p·r/(p + r)²·(k − h)²·(1 − p − r)^j."""
    lost, m = gilbert_elliott(p, r, bad, good), share(p, r, bad, good)
    for lag in (1, 2, 5):
        both = sum(a and b for a, b in zip(lost, lost[lag:], strict=False)) / (N - lag)
        expected = m * m + covariance(p, r, bad, good, lag)
        memory = (1 + abs(1 - p - r)) / (1 - abs(1 - p - r))
        assert close(both, expected, sqrt(expected * (1 - expected) * memory / N))


def test_a_chain_starts_in_the_good_state():
    channel, never = Channel(), Link(gemodel=GilbertElliott(0, 0))
    assert not channel.bad
    assert not any(channel.loses(never, draw, 0) for draw in (0, UNIT - 1))


@pytest.mark.slow
def test_a_datagram_channel_loses_for_good_what_a_reliable_one_sends_again():
    """10^5 messages, 5 % lost and 3 % corrupted independently: 1 − 0.95·0.97 never arrive, or, on a
    reliable channel, are sent again until they do: p/(1 − p) times on average."""
    p = 1 - 0.95 * 0.97
    link = Link(40 * MS, loss=chance(0.05), corrupt=chance(0.03), reliable=False)
    run = burst(link, N)
    fates = Counter(end.fate for end in run.journal.arrivals())
    assert set(fates) == {Fate.DELIVERED, Fate.LOST}
    assert close(fates[Fate.LOST] / N, p, sqrt(p * (1 - p) / N))
    assert not run.journal.resends

    run = burst(Link(40 * MS, loss=chance(0.05), corrupt=chance(0.03), rto=MS), N)
    assert {end.fate for end in run.journal.arrivals()} == {Fate.DELIVERED}
    resent = sum(run.journal.resends.values())
    assert close(resent / N, p / (1 - p), sqrt(p) / (1 - p) / sqrt(N))


@pytest.mark.slow
def test_bursts_on_the_road_have_the_chains_length():
    """10^5 datagrams over Gilbert's channel with r = 1/4: runs of 4 on average."""
    link = Link(40 * MS, gemodel=GilbertElliott(chance(0.01), chance(0.25)), reliable=False)
    fates = {end.copy: end.fate for end in burst(link, N).journal.arrivals()}
    lost = [fates[copy] is Fate.LOST for copy in range(N)]
    lengths = [len(list(run)) for is_lost, run in groupby(lost) if is_lost]
    assert close(sum(lengths) / len(lengths), 4, sqrt(12 / len(lengths)))
    assert close(sum(lost) / N, 1 / 26, sqrt(1 / 26 * 25 / 26 * (1.74 / 0.26) / N))


def test_the_chain_advances_with_every_attempt_in_the_order_of_time():
    """A channel that turns with every attempt, good at first: of those at 0, 10, 20 ms the second
    is lost; made again at 110 ms, it is the fourth and lost; at 310 ms it is the fifth and gets
    through. Were its attempts all made at once, the third message would have been lost too."""
    link = Link(40 * MS, gemodel=GilbertElliott(UNIT, UNIT), rto=100 * MS)
    run = burst(link, 3, gap=10 * MS)
    assert run.journal.resends == {1: 2}
    assert {end.copy: end.time // MS for end in run.journal.arrivals()} == {0: 40, 1: 350, 2: 350}


# -- doubles and detours ---------------------------------------------------------------------------


@pytest.mark.slow
def test_doubles_and_detours_are_as_frequent_as_asked():
    """10^5 datagrams on a constant 40 ms: 4 % doubled, 7 % take 80 ms."""
    link = Link(40 * MS, duplicate=chance(0.04), reorder=chance(0.07), reliable=False)
    run = burst(link, N)
    ends = list(run.journal.arrivals())
    doubled, late = len(run.journal.duplicates), sum(end.time == 80 * MS for end in ends)
    assert close(doubled / N, 0.04, sqrt(0.04 * 0.96 / N))
    assert len(ends) == N + doubled
    fates = Counter(end.fate for end in ends)
    assert fates == {Fate.DELIVERED: N, Fate.SUPPRESSED: doubled}
    assert {end.time for end in ends} == {40 * MS, 80 * MS}
    assert close(late / N, 0.07, sqrt(0.07 * 0.93 / N))


@pytest.mark.parametrize("reliable", [True, False])
def test_every_message_may_be_doubled_but_is_delivered_once(reliable):
    """Even if all are, on a jittery link: of each pair one is handed over, one suppressed. On a
    datagram channel it is the one that comes first."""
    link = Link(40 * MS, 30 * MS, duplicate=UNIT, reliable=reliable)
    run = burst(link, 500)
    ends = list(run.journal.arrivals())
    fates = Counter((end.copy, end.fate) for end in ends)
    assert fates == {
        (copy, fate): 1 for copy in range(500) for fate in (Fate.DELIVERED, Fate.SUPPRESSED)
    }
    if not reliable:
        first = {}
        for end in ends:
            first.setdefault(end.copy, end.fate)
        assert set(first.values()) == {Fate.DELIVERED}


def test_a_detour_only_delays_on_a_reliable_channel():
    """Every message takes twice 40 ms; or, where one in two does, who comes after waits."""
    link = Link(40 * MS, reorder=UNIT)
    assert {end.time for end in burst(link, 20).journal.arrivals()} == {80 * MS}
    ends = list(burst(Link(40 * MS, reorder=UNIT // 2), 200, gap=MS).journal.arrivals())
    assert [end.copy for end in ends] == list(range(200))
    assert sum(end.time == (40 + k) * MS for k, end in enumerate(ends)) < 10  # rarely undisturbed


def test_a_detour_overtakes_on_a_datagram_channel():
    link = Link(40 * MS, reorder=UNIT // 2, reliable=False)
    ends = list(burst(link, 200, gap=MS).journal.arrivals())
    assert {end.time - end.copy * MS for end in ends} == {40 * MS, 80 * MS}
    assert [end.copy for end in ends] != list(range(200))


# -- queues ----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 40)), max_size=40),
    st.integers(1, 5) | st.none(),
)
def test_a_queue_is_the_textbooks(arrivals, limit):
    """(gap, size) at 8 Gbit/s, so that a byte takes a nanosecond: a message is refused if `limit`
    are still there, starts when the one before it has gone, and leaves after its size."""
    queue, now, inside = Queue(8 * 10**9, limit), 0, []
    for gap, size in arrivals:
        now += gap
        inside = [left for left in inside if left > now]
        left = queue.admit(now, size)
        if limit is not None and len(inside) >= limit:
            assert left is None
            continue
        assert left == max(now, *inside[-1:], 0) + size
        inside.append(left)


@pytest.mark.parametrize(("arrival", "service"), [(3, 4), (1, 10), (7, 8)])
@pytest.mark.parametrize("limit", [2, 7])
def test_of_an_overload_just_the_line_rate_gets_through(arrival, service, limit):
    """One message each `arrival`, each taking `service`: in the long run arrival/service of them
    pass, and the queue is full."""
    queue = Queue(8 * 10**9, limit)
    passed = [queue.admit(k * arrival, service) for k in range(10_000)]
    through = sum(left is not None for left in passed)
    assert abs(through - 10_000 * arrival / service) <= limit + 1


@pytest.mark.parametrize(("arrival", "every"), [(3, 2), (1, 4), (4, 1), (5, 1)])
def test_without_a_waiting_room_who_comes_while_the_line_is_busy_is_refused(arrival, every):
    """Service of 4: every ⌈4/arrival⌉-th message passes."""
    queue = Queue(8 * 10**9, 1)
    passed = [queue.admit(k * arrival, 4) is not None for k in range(100)]
    assert passed == [k % every == 0 for k in range(100)]


@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_a_queue_waits_as_pollaczek_and_khinchine_say(load):
    """Poisson arrivals, constant service s: the mean wait is ρ·s/(2·(1 − ρ)). Standard error from
    the means of a hundred batches."""
    rng, service, now = Random(f"waits {load}"), 10**6, 0.0
    queue, waits = Queue(8 * 10**9), []
    for _ in range(N):
        now += rng.expovariate(load / service)
        waits.append(queue.admit(round(now), service) - round(now) - service)
    batches = [sum(waits[k : k + 1_000]) / 1_000 for k in range(0, N, 1_000)]
    mean = sum(batches) / 100
    error = sqrt(sum((b - mean) ** 2 for b in batches) / 99 / 100)
    assert close(mean, load * service / (2 * (1 - load)), error)


@pytest.mark.parametrize("load", [0.1, 0.5, 2.0])
def test_a_line_without_a_waiting_room_drops_as_erlang_says(load):
    """limit = 1, Poisson arrivals: ρ/(1 + ρ) are dropped, whatever the law of service. In each
    cycle one passes, and Poisson(ρ) are dropped."""
    rng, service, now = Random(f"drops {load}"), 10**6, 0.0
    queue, dropped = Queue(8 * 10**9, 1), 0
    for _ in range(N):
        now += rng.expovariate(load / service)
        dropped += queue.admit(round(now), service) is None
    cycles = N / (1 + load)
    assert close(dropped / N, load / (1 + load), sqrt(load / cycles) / (1 + load) ** 2)


def test_a_queue_whose_limit_or_rate_changes_keeps_what_is_on_it():
    """Five messages of 10 ns; the rate is halved and the limit becomes six: one more fits, behind
    all the others and twice as long."""
    channel, wide = Channel(), Link(rate=8 * 10**9)
    assert [channel.line(wide, wide.rate).admit(0, 10) for _ in range(5)] == [10, 20, 30, 40, 50]
    narrow = Link(rate=4 * 10**9, limit=6)
    assert channel.line(narrow, narrow.rate).admit(0, 10) == 70
    assert channel.line(narrow, narrow.rate).admit(0, 10) is None
    assert channel.line(narrow, narrow.rate).admit(10, 10) == 90


# -- thresholds ------------------------------------------------------------------------------------


def test_the_normal_table_and_the_standard_library_agree_on_the_latent_process():
    """Control of the oracle: at(draw) of the normal table is Φ⁻¹(draw/2^64) within the cells."""
    for draw in (UNIT // 10, UNIT // 2, UNIT * 9 // 10):
        exact = NormalDist().inv_cdf(draw / UNIT)
        assert abs(distributions.normal().at(draw) / ONE - exact) < 1e-5
    assert threshold(1, 2) == UNIT // 2
