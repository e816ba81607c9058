"""Decoding shares among which some lie: within the bound always right, beyond it never silent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import random_polynomial
from turncoat.protocols.algebra.reed_solomon import Undecodable, check_bound, decode, gao
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.primitives.symmetric import AesCtrTape

P61 = 2**61 - 1
PRIMES = [31, 101, 2**31 - 1, P61, 2**64 - 59, 2**127 - 1]


class Zeros:
    """Coins that hide every lie from the random combination."""

    def uniform(self, bound, count):
        return np.zeros(count, np.uint64)

    def octets(self, count):
        return bytes(count)


def coins(key=1):
    return AesCtrTape(key.to_bytes(16))


def shares(field, secret, degree, points, key=2):
    f = random_polynomial(field(secret), degree, coins(key))
    return dict(zip(points, f.at(points), strict=True))


@st.composite
def words(draw):
    """A sharing of some words, and which points lie, by how much, in which words."""
    field = prime_field(draw(st.sampled_from(PRIMES)))
    degree, errors, spare = (draw(st.integers(0, 4)) for _ in range(3))
    n, m = degree + 1 + 2 * errors + spare, draw(st.integers(1, 4))
    points = draw(st.permutations(range(1, n + 1)))
    secret = draw(st.lists(st.integers(0, field.p - 1), min_size=m, max_size=m))
    lies = draw(
        st.dictionaries(
            st.sampled_from(points),
            st.lists(st.integers(0, field.p - 1), min_size=m, max_size=m).filter(any),
            max_size=errors,
        )
    )
    return field, secret, degree, errors, points, lies


@given(words(), st.sampled_from([coins(), Zeros()]))
def test_within_the_bound_the_secret_and_the_liars_are_found_whatever_the_coins(case, tape):
    field, secret, degree, errors, points, lies = case
    true = shares(field, secret, degree, points)
    held = {x: v + field(lies[x]) if x in lies else v for x, v in true.items()}
    found = decode(held, degree, errors, tape)

    assert found.at_zero == field(secret)
    assert found.liars == tuple(sorted(lies))
    assert dict(found.honest) == {x: v for x, v in true.items() if x not in lies}


@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3))
def test_more_liars_than_the_bound_are_noticed_when_nothing_else_fits(degree, errors, more):
    """Random lies in a large field agree with no other polynomial, but for chance."""
    field = prime_field(P61)
    n = degree + 1 + 2 * errors
    true = shares(field, [7], degree, range(1, n + 2))
    wrong = min(errors + more, n + 1)
    held = {x: v + 3**x if x <= wrong else v for x, v in true.items()}
    if n + 1 - wrong >= degree + 1:
        with pytest.raises(Undecodable, match=f"at most {errors} wrong: there are more"):
            decode(held, degree, errors, coins())


def test_liars_in_different_words_are_all_found_even_if_the_combination_hides_them():
    field = prime_field(P61)
    true = shares(field, range(5), 2, range(1, 10))
    held = dict(true)
    for x, word in ((2, 0), (5, 3), (9, 4)):
        held[x] = held[x] + np.eye(1, 5, word, dtype=int)[0]

    for tape in (coins(), Zeros()):
        found = decode(held, 2, 3, tape)
        assert (found.liars, found.at_zero) == ((2, 5, 9), field(range(5)))


def test_values_keep_their_shape():
    field = prime_field(101)
    held = shares(field, [[1, 2, 3], [4, 5, 6]], 1, range(1, 6))
    held[3] = held[3] + field([[0, 0, 0], [0, 1, 0]])
    found = decode(held, 1, 1, coins())

    assert found.at_zero == field([[1, 2, 3], [4, 5, 6]])
    assert found.liars == (3,)
    assert {v.shape for v in found.honest.values()} == {(2, 3)}


def test_a_hundred_parties_with_a_third_of_liars():
    field = prime_field(P61)
    true = shares(field, range(50), 33, range(1, 101))
    held = {x: v + x if x % 3 == 0 else v for x, v in true.items()}
    found = decode(held, 33, 33, coins())

    assert found.liars == tuple(range(3, 100, 3))
    assert found.at_zero == field(range(50))


@pytest.mark.parametrize("n", [3, 4, 6])
def test_the_bound_of_unique_decoding(n):
    check_bound(n, n - 3, 1)
    with pytest.raises(ValueError, match=f"{n} values for degree {n - 2} with 1 wrong: unique"):
        check_bound(n, n - 2, 1)


def test_one_error_too_many_can_lead_to_the_wrong_polynomial_or_nowhere():
    """Four points, degree 1, one error: two liars who agree on a line win, as they must."""
    field = prime_field(101)
    line = shares(field, [5], 1, range(1, 5))
    other = shares(field, [9], 1, range(1, 5), key=3)
    held = {1: line[1], 2: other[2], 3: other[3], 4: other[4]}

    assert decode(held, 1, 1, coins()).at_zero == field([9])


@pytest.mark.parametrize("structure", [ring(64), binary_field(8)])
def test_decoding_is_for_prime_fields(structure):
    with pytest.raises(ValueError, match="is no prime field"):
        decode({x: structure.zeros(1) for x in range(1, 4)}, 0, 1, coins())


@given(
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(st.integers(0, 30), min_size=16, max_size=16),
    st.randoms(use_true_random=False),
)
def test_gao_finds_the_polynomial_within_half_the_distance(degree, errors, numbers, random):
    p, n = 31, degree + 1 + 2 * errors
    f, points = numbers[: degree + 1], list(range(1, n + 1))
    word = [sum(c * x**k for k, c in enumerate(f)) % p for x in points]
    for k in random.sample(range(n), errors):
        word[k] = (word[k] + 1 + random.randrange(p - 1)) % p
    found = gao(points, word, degree, p)

    assert found is not None
    assert found + [0] * (degree + 1 - len(found)) == f
