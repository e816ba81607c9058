"""What is built from products: random bits, inverses, polynomials, powers, products of many."""

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.outcome import Aborted
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share, reconstruct
from turncoat.protocols.bgw.evaluate_polynomial import evaluate_polynomial
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.power import power
from turncoat.protocols.bgw.product_of_many import product_of_many
from turncoat.protocols.bgw.random_bit import random_bits
from turncoat.protocols.bgw.random_invertible import random_invertible
from turncoat.protocols.bgw.retry import most_attempts, until_done
from turncoat.protocols.bgw.share_input import share_input
from turncoat.protocols.bgw.square_root import square_root

F = prime_field(2**61 - 1)
PRIMES = [7, 11, 13, 17, 97, 101, 257, 65537, 2**31 - 1, 2**61 - 1, 2**127 - 1, 2**255 - 19]
SMALL = st.integers(-(2**20), 2**20)


def compute(bench, values, step, given, n=3, **world):
    """The opened result of step(party, [x]) for P1's input; the same at all parties."""

    async def main(party):
        vec = bench.field(given)
        x = await share_input(party.sub("x"), 1, vec if party.me == 1 else None, vec.shape)
        return (await open_to_all(party.sub("open"), await step(party.sub("step"), x))).tolist()

    results = values(bench.run(n, main, **world))
    assert results == [results[0]] * n
    return results[0]


@settings(max_examples=30, deadline=None)
@given(
    coefficients=st.lists(SMALL, min_size=1, max_size=8),
    xs=st.lists(SMALL, min_size=1, max_size=3),
    n=st.sampled_from([3, 5]),
)
def test_a_polynomial_is_that_of_python_integers(bench, values, coefficients, xs, n):
    found = compute(bench, values, lambda p, x: evaluate_polynomial(p, coefficients, x), xs, n)

    exact = [sum(c * x**k for k, c in enumerate(coefficients)) for x in xs]
    assert found == F(exact).tolist()


@settings(max_examples=30, deadline=None)
@given(exponent=st.integers(1, 300), xs=st.lists(SMALL, min_size=1, max_size=3))
def test_a_power_is_that_of_python_integers(bench, values, exponent, xs):
    found = compute(bench, values, lambda p, x: power(p, x, exponent), xs)

    assert found == F([x**exponent for x in xs]).tolist()


@settings(max_examples=25, deadline=None)
@given(
    factors=st.lists(st.tuples(SMALL.filter(bool), SMALL.filter(bool)), min_size=1, max_size=6),
    n=st.sampled_from([3, 5]),
)
def test_a_product_of_many_is_that_of_python_integers(bench, values, factors, n):
    found = compute(bench, values, product_of_many, factors, n)

    assert found == F([prod(column) for column in zip(*factors, strict=True)]).tolist()


@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_a_product_of_many_takes_six_rounds_whatever_their_number(bench, k):
    async def main(party):
        await product_of_many(party.sub("many"), Share(F([[2]] * k), degree=party.t))

    assert bench.run(3, main).ledger.rounds() == 6


@pytest.mark.parametrize("p", [7, 11, 13, 101, 2**61 - 1, 2**127 - 1])
@pytest.mark.parametrize("n", [3, 5])
def test_random_bits_are_bits_of_both_kinds_and_retries_stand_on_lines_of_their_own(
    bench_over, values, p, n
):
    """60 bits: all equal with chance 2^−59. Over F_7 a first attempt fails with chance 1/7 each."""
    bench, field = bench_over(p), prime_field(p)

    async def main(party):
        return (await random_bits(party.sub("bits"), field, (6, 10))).values

    run = bench.run(n, main)
    bits = reconstruct(dict(enumerate(values(run), 1)), (n - 1) // 2)

    assert bits.shape == (6, 10)
    assert set(bits.integers().flat) == {0, 1}
    retries = {s.sid.split("/")[1] for s in run.ledger.rows} - {"attempt"}
    if p in (7, 2**61 - 1):
        assert bool(retries) == (p == 7)


@pytest.mark.parametrize("p", [7, 11, 101, 2**61 - 1, 2**127 - 1])
def test_invertible_elements_come_with_their_inverses(bench_over, values, p):
    bench, field = bench_over(p), prime_field(p)

    async def main(party):
        r = await random_invertible(party.sub("r"), field, (5, 4))
        return r.element.values, r.inverse.values

    shares = dict(enumerate(values(bench.run(3, main)), 1))
    element, inverse = (reconstruct({i: s[k] for i, s in shares.items()}, 1) for k in (0, 1))

    assert element * inverse == field.full((5, 4), 1)


@pytest.mark.parametrize("p", PRIMES)
def test_the_canonical_root_of_a_square_is_the_one_below_half(p):
    field = prime_field(p)
    numbers = field(range(min(p, 2000)))

    roots = square_root(numbers * numbers)

    assert roots * roots == numbers * numbers
    assert all(0 <= 2 * root < p for root in roots.integers().tolist())


@pytest.mark.parametrize("p", [5, 7, 101, 2**31 - 1, 2**61 - 1])
@pytest.mark.parametrize("sigma", [1, 40, 80])
def test_after_the_last_attempt_the_chance_of_failure_is_below_two_to_the_minus_sigma(p, sigma):
    attempts = most_attempts(p, sigma)

    assert Fraction(1, p) ** attempts < Fraction(1, 2**sigma)
    assert attempts <= -(-sigma // (p.bit_length() - 1)) + 1


def test_what_never_succeeds_is_given_up_after_so_many_attempts(bench):
    async def attempt(party, count):
        tried.append(party.sid)
        return Share(F(range(count)), 1), F(range(count)).array == 0

    async def main(party):
        await until_done(party.sub("bits"), 2, attempt, 1)

    tried = []
    outcomes = bench.run(3, main).outcomes

    assert set(tried) == {"bits/attempt"}
    assert all(isinstance(outcome, Aborted) for outcome in outcomes.values())
    assert {o.reason for o in outcomes.values() if o.stopped_by is None} == {"retries-exhausted"}


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda p: power(p, Share(F([1]), 1), 0), "at least 1"),
        (lambda p: evaluate_polynomial(p, [], Share(F([1]), 1)), "at least one coefficient"),
        (lambda p: random_bits(p, prime_field(2), (1,)), "odd p"),
    ],
)
def test_what_cannot_be_computed_is_refused(bench, step, message):
    async def main(party):
        await step(party.sub("step"))

    with pytest.raises(ValueError, match=message):
        bench.run(3, main)
