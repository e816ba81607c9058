"""Parameters of secure aggregation: bounds are checked where they are made, and named."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.aggregation.aggregation import Aggregation
from turncoat.protocols.aggregation.parameters import AggregationParameters, least_modulus_bits
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.secagg_plus import SecAggPlusChoice, SecAggPlusLevels, choose


def parameters(**changes):
    return AggregationParameters(**{"n": 10, "m": 4, "bound": 16, "threshold": 6} | changes)


# -- R -------------------------------------------------------------------------------------------


@given(n=st.integers(2, 10**6), bound=st.integers(2, 2**40))
def test_r_is_the_least_power_of_two_that_holds_every_sum(n, bound):
    """R ≥ n(R_U − 1) + 1 > R/2, so m·⌈log2 R⌉ bits are the paper's."""
    bits = least_modulus_bits(n, bound)

    assert 2 ** (bits - 1) < n * (bound - 1) + 1 <= 2**bits


@pytest.mark.parametrize(("n", "bits"), [(2**10, 26), (2**14, 30), (500, 25), (100, 23)])
def test_r_has_the_widths_of_the_papers_table(n, bits):
    assert parameters(n=n, threshold=n, bound=2**16).modulus_bits == bits


def test_a_modulus_that_could_wrap_is_refused_and_a_wider_one_is_not():
    assert parameters(modulus_bits=20).modulus == 2**20
    with pytest.raises(ValueError, match=r"R = 2\^7 would wrap.*2\^8 at least"):
        parameters(modulus_bits=7)
    with pytest.raises(ValueError, match="words of 64 bits"):
        parameters(bound=2**62)


# -- thresholds ----------------------------------------------------------------------------------


@given(n=st.integers(2, 40), threshold=st.integers(0, 42), colluding=st.integers(0, 41))
def test_semi_honest_thresholds_exceed_the_number_of_colluding_clients(n, threshold, colluding):
    good = 1 <= threshold <= n and colluding < n and threshold > colluding
    try:
        parameters(n=n, threshold=threshold, colluding=colluding)
    except ValueError:
        assert not good
    else:
        assert good


@given(n=st.integers(2, 40), threshold=st.integers(0, 42), colluding=st.integers(0, 41))
def test_a_lying_server_needs_twice_the_threshold_above_n_plus_the_colluding(
    n, threshold, colluding
):
    good = 1 <= threshold <= n and colluding < n and 2 * threshold > n + colluding
    try:
        parameters(n=n, threshold=threshold, colluding=colluding, model="active")
    except ValueError:
        assert not good
    else:
        assert good


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"threshold": 3, "colluding": 3}, "take 4 or more"),
        ({"threshold": 5, "model": "active"}, "take 6 or more"),
        ({"threshold": 6, "colluding": 2, "model": "active"}, "take 7 or more"),
        ({"threshold": 11}, "between 1 and the 10 clients"),
        ({"n": 1, "threshold": 1}, "hides nothing"),
        ({"m": 0}, "one at least"),
        ({"bound": 1}, "could only be 0"),
        ({"quorum": 5}, "between the threshold 6 and n = 10"),
        ({"degree": 3, "threshold": 2}, "even k with 2 <= k < n"),
        ({"degree": 10}, "even k with 2 <= k < n"),
        ({"degree": 4, "threshold": 5}, "the 4 neighbours"),
        ({"degree": 6, "model": "active"}, "semi-honest server only"),
    ],
)
def test_errors_name_the_rule_the_value_and_the_remedy(changes, said):
    with pytest.raises(ValueError, match=said):
        parameters(**changes)


def test_waiting_rules_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="fewer than the quorum of 6"):
        Aggregation(parameters=parameters(), patience=Patience(first=5))
    with pytest.raises(ValueError, match="needs a PKI"):
        Aggregation(parameters=parameters(model="active"), pki=False)
    for bad in ({"first": 0}, {"delta": 0}):
        with pytest.raises(ValueError, match="1 or more"):
            Patience(**bad)


# -- SecAgg+ -------------------------------------------------------------------------------------

THIRD, FIFTH, TENTH, TWENTIETH = (Fraction(1, d) for d in (3, 5, 10, 20))
TABLE = {
    (THIRD, THIRD): [(318, 163), (498, 255), (558, 285), (600, 306), (638, 325), (678, 345)],
    (FIFTH, TWENTIETH): [(58, 40), (68, 46), (74, 50), (80, 53), (84, 56), (90, 60)],
    (TENTH, TENTH): [(52, 28), (60, 32), (66, 35), (70, 37), (74, 39), (80, 42)],
    (TWENTIETH, TWENTIETH): [(32, 18), (38, 21), (40, 22), (44, 24), (46, 25), (50, 27)],
}


@pytest.mark.parametrize(("gamma", "delta"), TABLE)
def test_degrees_and_thresholds_are_those_of_the_checked_table(gamma, delta):
    """σ = 40, η = 30, n = 10^3 … 10^8: the smallest even k, with the smallest threshold."""
    found = []
    for exponent in range(3, 9):
        choice = choose(SecAggPlusLevels(n=10**exponent, gamma=gamma, delta=delta)).check()
        found.append((choice.degree, choice.threshold))

    assert found == TABLE[gamma, delta]


@given(data=st.data(), n=st.integers(4, 9), t=st.integers(0, 8))
def test_the_tails_are_exact(data, n, t):
    """Against the enumeration of all ways to draw k of n − 1 clients, so many of them marked."""
    k = 2 * data.draw(st.integers(1, (n - 1) // 2), label="k/2")
    colluding = data.draw(st.integers(0, n - 2))
    gone = data.draw(st.integers(1, n - 1 - colluding))
    gamma, delta = Fraction(colluding, n), Fraction(gone, n)
    levels = SecAggPlusLevels(n=n, gamma=gamma, delta=delta)
    choice = SecAggPlusChoice(levels=levels, degree=k, threshold=t)
    draws = list(combinations(range(n - 1), k))

    opened = sum(sum(i < colluding for i in draw) >= t for draw in draws)
    lost = sum(sum(i < n - gone for i in draw) < t for draw in draws)
    assert choice.too_many_colluding == Fraction(n * opened, len(draws))
    assert choice.too_few_surviving == Fraction(n * lost, len(draws))
    assert choice.disconnected == n * (gamma + delta) ** (k // 2)


@pytest.mark.parametrize(
    ("k", "t", "bound"),
    [(50, 27, r"\(i\)"), (52, 29, r"\(iii\)"), (28, 28, r"\(ii\)"), (52, 27, r"\(i\)")],
)
def test_a_choice_below_a_bound_is_refused_and_names_the_bound(k, t, bound):
    levels = SecAggPlusLevels(n=1000, gamma=TENTH, delta=TENTH)

    with pytest.raises(ValueError, match=f"{bound}.*k = ") as refused:
        SecAggPlusChoice(levels=levels, degree=k, threshold=t).check()
    assert "the least that will do is k = " in str(refused.value)


def test_the_three_conditions_are_printed_with_their_figures():
    lines = choose(SecAggPlusLevels(n=1000, gamma=TENTH, delta=TENTH)).lines()

    assert [line.partition(" ")[0] for line in lines] == ["(i)", "(ii)", "(iii)"]
    assert all("2^-" in line for line in lines)


@pytest.mark.parametrize(("gamma", "delta"), [(-1, 0), (0, -1), (Fraction(1, 2), Fraction(1, 2))])
def test_fractions_that_leave_nobody_are_refused(gamma, delta):
    with pytest.raises(ValueError, match="together below 1"):
        SecAggPlusLevels(n=100, gamma=Fraction(gamma), delta=Fraction(delta))


def test_too_few_clients_for_any_degree_are_sent_to_the_complete_graph():
    with pytest.raises(ValueError, match="use the complete graph"):
        choose(SecAggPlusLevels(n=20, gamma=TENTH, delta=TENTH))
