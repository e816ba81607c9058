"""Exact tails against enumeration; planted leaks are found, honest views are not."""

from itertools import combinations
from math import comb

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.adversary.privacy.checks import bgw, large_fields
from turncoat.adversary.privacy.registry import of_method
from turncoat.adversary.privacy.statistical import LEVEL, Experiment, classified, examine, scan
from turncoat.adversary.privacy.two_sample import chance_of_gap, chance_of_hits, gap, least_gap

NUMBERS = st.lists(st.integers(-3, 3), min_size=1, max_size=12)


@given(NUMBERS, st.data())
def test_the_gap_is_that_of_two_distribution_functions(one, data):
    two = data.draw(st.lists(st.integers(-3, 3), min_size=len(one), max_size=len(one)))
    naive = max(abs(sum(x <= v for x in one) - sum(x <= v for x in two)) for v in one + two)
    assert gap(np.array(one, float), np.array(two, float)) == naive


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_the_tail_is_that_of_all_orders(n):
    """[Gnedenko & Korolyuk 1951] against the enumeration of all C(2n, n) orders."""
    gaps = []
    for chosen in combinations(range(2 * n), n):
        one = np.array(chosen, float)
        two = np.array([k for k in range(2 * n) if k not in chosen], float)
        gaps.append(gap(one, two))
    for k in range(n + 2):
        assert chance_of_gap(n, k) == pytest.approx(sum(g >= k for g in gaps) / len(gaps))


@pytest.mark.parametrize("n", [1, 4, 10, 100])
def test_hits_have_at_most_the_chance_that_is_said(n):
    """Against the binomial tail, for a classifier that tosses a coin."""
    for hits in range(n + 1):
        tail = sum(comb(n, k) for k in range(hits, n + 1)) / 2**n
        assert tail <= chance_of_hits(n, hits) + 1e-12


def test_the_least_gap_is_the_resolution():
    k = least_gap(200, 1e-9)
    assert chance_of_gap(200, k) <= 1e-9 < chance_of_gap(200, k - 1)


def test_the_classifier_learns_a_direction_that_no_feature_shows():
    """Two coordinates that are uniform each, and differ in their sum only by a shift."""
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((400, 30))
    noise[:, 1] = 0.05 * rng.standard_normal(400) - noise[:, 0]
    noise[200:, 1] += 0.3
    hits, held_out = classified(noise, 200)
    assert chance_of_hits(held_out, hits) < LEVEL


def test_the_classifier_learns_nothing_from_nothing():
    rng = np.random.default_rng(7)
    hits, held_out = classified(rng.standard_normal((400, 30)), 200)
    assert chance_of_hits(held_out, hits) > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    "info", [i for i in of_method("statistical") if not i.control], ids=lambda info: info.name
)
def test_an_honest_protocol_is_clean_beside_its_planted_leak(info):
    """Family-wise 10^-6; the seeds are fixed. (Controls: test_planted_leaks.py.)"""
    for experiment in info.make():
        result = examine(experiment)
        assert result.verdict == info.expects
        assert result.planted.leaks


def test_an_unmasked_share_is_found_and_its_honest_twin_is_not():
    """A smaller experiment for the desk: 60 views each."""
    experiment = attrs.evolve(next(large_fields.bgw_views()), samples=60)
    result = examine(experiment)
    assert result.verdict == "CLEAN"
    assert result.planted.findings[0].gap == 1
    assert "InputShare of x, P1 → P3" in result.planted.findings[0].feature


def test_without_a_planted_leak_nothing_can_be_said():
    experiment = next(large_fields.bgw_views())
    blind = attrs.evolve(experiment, planted=experiment.ensemble, samples=30)
    assert examine(blind).verdict == "INCONCLUSIVE"


def test_inputs_that_the_corrupted_may_tell_apart_are_refused():
    """Different outputs are no leak."""
    honest = next(large_fields.bgw_views()).ensemble
    with pytest.raises(ValueError, match="agree on their inputs and outputs"):
        Experiment(
            ensemble=honest, planted=honest,
            inputs=({1: (2,), 2: (3,), 3: (6,)}, {1: (1,), 2: (1,), 3: (6,)}),
        )  # fmt: skip


def test_a_scan_is_repeatable():
    ensemble = bgw.ensemble(5, "xy", (3,), closed=True)
    pair = ({1: (1,), 2: (2,)}, {1: (3,), 2: (4,)})
    assert scan(ensemble, pair, 20, 3) == scan(ensemble, pair, 20, 3)
