"""The figures of BGW, one by one: what they yield, what they cost, where they stop."""

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.bgw.inner_product import inner_product
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all, open_to_one
from turncoat.protocols.bgw.parameters import BgwParameters
from turncoat.protocols.bgw.reduce_degree import reduce_degree
from turncoat.protocols.bgw.share_input import extract_input, share_input

F = prime_field(2**61 - 1)


async def dealt(party, values, name="x"):
    """[x]_t from P1, who alone may know the values."""
    vec = F(values)
    own = vec if party.me == 1 else None
    return await share_input(party.sub(name), 1, own, vec.shape)


# -- costs (those of each declared protocol alone are in test_costs) -----------------------------


@pytest.mark.parametrize("n", [3, 5, 7])
@pytest.mark.parametrize("m", [1, 10])
def test_a_product_of_m_vectors_is_one_round_of_n_times_n_minus_1_times_m_elements(bench, n, m):
    async def product(party):
        x = Share(F(range(m)), degree=party.t)
        await multiply(party.sub("mul"), x, x)

    ledger = bench.run(n, product).ledger

    assert ledger.rounds() == 1
    assert ledger.total().payload_bytes == 8 * n * (n - 1) * m


@pytest.mark.parametrize("inner", [1, 1000])
def test_an_inner_product_of_any_length_costs_one_resharing(bench, inner):
    async def product(party):
        x = Share(F(range(inner)), degree=party.t)
        await inner_product(party.sub("dot"), x, x)

    assert bench.run(5, product).ledger.total().payload_bytes == 8 * 5 * 4


# -- results -------------------------------------------------------------------------------------

VECTORS = st.integers(1, 5).flatmap(
    lambda m: st.tuples(*[st.lists(st.integers(-(2**28), 2**28), min_size=m, max_size=m)] * 2)
)


@settings(max_examples=25, deadline=None)
@given(vectors=VECTORS, n=st.sampled_from([3, 4, 5, 7]), seed=st.integers(0, 2**32))
def test_products_are_those_of_python_integers(bench, values, vectors, n, seed):
    """n = 4 has one party more than 2t + 1: its dealing does not enter the sum."""
    xs, ys = vectors

    async def main(party):
        x, y = await dealt(party, xs), await dealt(party, ys, "y")
        xy = await multiply(party.sub("mul"), x, y)
        dot = await inner_product(party.sub("dot"), x, y)
        assert xy.degree == dot.degree == party.t
        return [
            (await open_to_all(party.sub(f"open.{k}"), z)).tolist() for k, z in enumerate((xy, dot))
        ]

    right = [
        [x * y for x, y in zip(xs, ys, strict=True)],
        [sum(map(prod, zip(xs, ys, strict=True)))],
    ]
    assert values(bench.run(n, main, seed=seed)) == [right] * n


def test_products_of_matrices_take_one_resharing_of_the_result(bench, values):
    async def main(party):
        x, y = await dealt(party, [[1, 2, 3], [4, 5, 6]]), await dealt(party, [[1], [0], [-1]], "y")
        z = await inner_product(party.sub("dot"), x, y)
        return (await open_to_all(party.sub("open"), z)).tolist()

    assert values(bench.run(3, main)) == [[[-2], [-2]]] * 3


def test_a_product_with_a_constant_needs_fewer_dealings_and_is_right(bench, values):
    """d = x·c has degree t, so t + 1 points determine it."""

    async def main(party):
        x = await dealt(party, [5, 6])
        z = await multiply(party.sub("mul"), x, Share(F([7, 8]), degree=0))
        return (await open_to_all(party.sub("open"), z)).tolist()

    assert values(bench.run(5, main)) == [[35, 48]] * 5


def test_opening_to_one_leaves_the_others_without_the_value(bench, values):
    async def main(party):
        opened = await open_to_one(party.sub("open"), await dealt(party, [9]), 2)
        return None if opened is None else opened.tolist()

    assert values(bench.run(3, main)) == [None, [9], None]


def test_two_openings_of_one_secret_show_the_same(bench, values):
    async def main(party):
        x = await dealt(party, [3])
        return [(await open_to_all(party.sub(f"open.{k}"), x)).tolist() for k in (1, 2)]

    assert values(bench.run(3, main)) == [[[3], [3]]] * 3


def test_a_degree_that_n_shares_do_not_determine_is_refused(bench):
    async def main(party):
        await reduce_degree(party.sub("mul"), Share(F([1]), degree=3))

    with pytest.raises(ValueError, match="reduce the degree after every product"):
        bench.run(3, main)


def test_an_owner_without_values_is_told_so(bench):
    async def main(party):
        await share_input(party.sub("x"), 1, None, (1,))

    with pytest.raises(ValueError, match="given no values"):
        bench.run(3, main)


# -- parameters and the judge's view --------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "t", "p", "message"),
    [
        (2, None, 101, "needs 3 parties or more, not 2"),
        (4, 2, 101, "use t = 1"),
        (5, 3, 101, "use t = 2"),
        (3, 0, 101, "use t = 1"),
        (5, -1, 101, "use t = 2"),
        (5, None, 5, "use a field of more than 5 elements"),
        (7, None, 5, "use a field of more than 7 elements"),
    ],
)
def test_parameters_that_bgw_does_not_have_are_refused(n, t, p, message):
    with pytest.raises(ValueError, match=message):
        Bgw(n, t, prime_field(p))


@given(st.integers(3, 30))
def test_the_default_threshold_is_the_largest_below_half(n):
    t = BgwParameters.make(n, None, F).t

    assert 2 * t < n <= 2 * t + 2


@given(secret=st.integers(-5, 5), slope=st.integers(1, 5), liar=st.integers(1, 4))
def test_an_input_is_extracted_from_honest_shares_exactly_if_they_determine_one(
    secret, slope, liar
):
    """n = 5, t = 1, shares of f(x) = secret + slope·x."""
    shares = {i: Share(F([secret + slope * i]), degree=1) for i in (1, 2, 3, 4)}
    bent = shares | {liar: shares[liar] + 1}

    assert extract_input(shares).tolist() == [secret]
    assert extract_input(bent) is None
    assert extract_input({1: shares[1], 4: shares[4]}).tolist() == [secret]
    assert extract_input({1: shares[1]}) is None
    assert extract_input({}) is None
