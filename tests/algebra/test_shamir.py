"""Shamir's sharing: correctness, degrees, noticing wrong shares, and privacy by enumeration."""

from collections import Counter
from itertools import combinations, product
from operator import add, matmul, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.algebra.shamir import (
    InconsistentShares,
    Share,
    check_points,
    deal,
    reconstruct,
)
from turncoat.protocols.primitives.symmetric import AesCtrTape

P61 = 2**61 - 1
F = prime_field(P61)
PRIMES = [11, 31, 101, 2**31 - 1, 2**61 - 31, P61, 2**64 - 59, 2**127 - 1]

fields = st.sampled_from(PRIMES).map(prime_field)
secrets = st.lists(st.integers(-(2**61), 2**61), min_size=1, max_size=5)
keys = st.binary(min_size=16, max_size=16)


@st.composite
def sharings(draw, spare=0):
    """A secret, its degree, its n ≤ 10 shares: `spare` more than reconstruct it, or more."""
    field, n = draw(fields), draw(st.integers(1 + spare, 10))
    degree = draw(st.integers(0, n - 1 - spare))
    secret = field(draw(secrets))
    return secret, degree, deal(secret, degree, range(1, n + 1), AesCtrTape(draw(keys)))


def opened(shares):
    """The public value behind all parties' shares of one sharing."""
    (degree,) = {share.degree for share in shares.values()}
    return reconstruct({i: share.values for i, share in shares.items()}, degree)


def shared(secret, degree, n=7, key=bytes(16)):
    parts = deal(secret, degree, range(1, n + 1), AesCtrTape(key))
    return {i: Share(values, degree) for i, values in parts.items()}


# ---- the two ends


@given(sharings(), st.randoms(use_true_random=False))
def test_any_degree_plus_one_shares_reconstruct_the_secret_in_any_order(sharing, random):
    secret, degree, shares = sharing
    some = random.sample(sorted(shares), degree + 1)

    assert reconstruct({i: shares[i] for i in some}, degree) == secret
    assert reconstruct(shares, degree) == secret


@given(sharings())
def test_too_few_shares_are_refused(sharing):
    _, degree, shares = sharing
    few = {i: shares[i] for i in sorted(shares)[:degree]}

    with pytest.raises(ValueError, match=f"{degree} shares for degree {degree}: .* {degree + 1}"):
        reconstruct(few, degree)


@given(sharings(spare=1), st.data())
def test_a_wrong_share_beyond_the_first_is_found_and_named(sharing, data):
    _, degree, shares = sharing
    wrong = data.draw(st.integers(degree + 2, len(shares)))
    shares[wrong] = shares[wrong] + 1

    with pytest.raises(InconsistentShares, match=f"shares at {wrong} are not on") as caught:
        reconstruct(shares, degree)
    assert caught.value.points == (wrong,)


@given(sharings(spare=1), st.data())
def test_a_wrong_share_among_the_first_is_noticed_at_all_others(sharing, data):
    """One error moves every other value of the interpolating polynomial."""
    _, degree, shares = sharing
    wrong = data.draw(st.integers(1, degree + 1))
    shares[wrong] = shares[wrong] + 1

    with pytest.raises(InconsistentShares) as caught:
        reconstruct(shares, degree)
    assert caught.value.points == tuple(range(degree + 2, len(shares) + 1))


def test_a_sharing_of_greater_degree_than_claimed_is_noticed():
    parts = deal(F([1, 2]), 2, range(1, 6), AesCtrTape(bytes(16)))

    with pytest.raises(InconsistentShares):
        reconstruct(parts, 1)


@pytest.mark.parametrize("m", [100, 5000])
def test_one_wrong_element_of_a_long_vector_is_noticed(m):
    parts = deal(F(range(m)), 1, range(1, 4), AesCtrTape(bytes(16)))
    assert reconstruct(parts, 1) == F(range(m))

    parts[3] = parts[3] + np.eye(1, m, m // 2, dtype=int)[0]
    with pytest.raises(InconsistentShares):
        reconstruct(parts, 1)


@pytest.mark.parametrize("degree", [0, 1, 2])
def test_shares_of_a_matrix_are_matrices(degree):
    secret = F([[1, 2, 3], [4, 5, 6]])
    parts = deal(secret, degree, (1, 2, 3), AesCtrTape(bytes(16)))

    assert {values.shape for values in parts.values()} == {(2, 3)}
    assert reconstruct(parts, degree) == secret


@pytest.mark.parametrize("name", ["2^61 - 1", "2^127 - 1", "GF(2^8)", "GF(2^128)", "2^64 - 59"])
@pytest.mark.parametrize(("n", "degree", "m"), [(40, 13, 1), (40, 13, 3), (70, 34, 2), (5, 2, 300)])
def test_many_parties_share_and_open_in_every_field(name, n, degree, m):
    """On either side of where a product of matrices takes over from a pass for each point."""
    field = parse_structure(name)
    secret = field.random(AesCtrTape(bytes(16)), m)
    parts = deal(secret, degree, range(1, n + 1), AesCtrTape(b"k" * 16))

    assert reconstruct(parts, degree) == secret
    assert reconstruct({x: parts[x] for x in range(n - degree, n + 1)}, degree) == secret
    parts[n] = parts[n] + field.full(m, 1)
    with pytest.raises(InconsistentShares) as caught:
        reconstruct(parts, degree)
    assert caught.value.points == (n,)


@pytest.mark.parametrize("k", [1, 32, 64, 128])
def test_sharing_over_a_ring_is_refused_with_the_reason(k):
    with pytest.raises(ValueError, match=f"needs a field, and Z_2\\^{k} is none: differences"):
        deal(ring(k)([5]), 1, (1, 2, 3), AesCtrTape(bytes(16)))
    with pytest.raises(ValueError, match=f"needs a field, and Z_2\\^{k} is none"):
        reconstruct(dict.fromkeys((1, 2, 3), ring(k)([5])), 1)


def test_points_of_a_binary_field_are_its_elements_but_zero():
    field = parse_structure("GF(2^8)")
    parts = deal(field([7]), 2, range(1, 256), AesCtrTape(bytes(16)))

    assert len(parts) == 255
    with pytest.raises(ValueError, match="between 1 and p - 1 = 255"):
        check_points(field, [1, 256], 1)


# ---- privacy


class Listed:
    """A tape that deals the numbers given."""

    def __init__(self, numbers):
        self.numbers = list(numbers)

    def uniform(self, bound, count):
        taken, self.numbers = self.numbers[:count], self.numbers[count:]
        return np.array(taken, np.uint64)

    def octets(self, count):
        raise AssertionError("sharing takes elements only")


@pytest.mark.parametrize(("p", "n", "t"), [(2, 1, 0), (3, 2, 1), (5, 3, 1), (5, 4, 2), (7, 4, 3)])
def test_any_t_shares_have_the_same_distribution_for_every_secret(p, n, t):
    """Exact, over all tapes: the views of t parties are equal as multisets [Shamir79]."""
    field = prime_field(p)
    for corrupted in combinations(range(1, n + 1), t):
        views = [
            Counter(
                tuple(
                    deal(field([secret]), t, range(1, n + 1), Listed(tape))[i].tolist()[0]
                    for i in corrupted
                )
                for tape in product(range(p), repeat=t)
            )
            for secret in range(p)
        ]
        assert all(view == views[0] for view in views)


def test_one_share_more_depends_on_the_secret():
    """Control: the enumeration does see what t + 1 parties see."""
    field = prime_field(5)
    views = [
        Counter(
            tuple(v.tolist()[0] for v in deal(field([secret]), 1, (1, 2), Listed([a])).values())
            for a in range(5)
        )
        for secret in range(5)
    ]
    assert views[0] != views[1]


# ---- local operations


@given(fields, secrets, st.integers(0, 2), st.integers(0, 2), st.integers(-9, 9))
def test_operations_on_shares_are_operations_on_secrets(field, numbers, c, d, public):
    x, y = field(numbers), field(numbers[::-1])
    xs, ys = shared(x, c), shared(y, d, key=bytes(range(16)))

    for op, degree in ((add, max(c, d)), (sub, max(c, d)), (mul, c + d), (matmul, c + d)):
        result = {i: op(xs[i], ys[i]) for i in xs}
        assert {share.degree for share in result.values()} == {degree}
        assert opened(result) == op(x, y)
    for op in (add, sub, mul):
        for other in (public, x, np.full(len(x), public)):
            plain = x if other is x else public
            assert opened({i: op(share, other) for i, share in ys.items()}) == op(y, plain)
            assert opened({i: op(other, share) for i, share in ys.items()}) == op(plain, y)
    assert opened({i: -share for i, share in xs.items()}) == -x
    assert opened({i: share.sum() for i, share in xs.items()}) == x.sum()
    assert opened({i: share[0] for i, share in xs.items()}) == x[0]
    assert opened({i: share.reshape(-1, 1) for i, share in xs.items()}) == x.reshape(-1, 1)
    assert opened({i: public * share - share + 1 for i, share in xs.items()}) == public * x - x + 1


def test_public_matrices_multiply_shares_from_either_side():
    x, a = F([1, 2]), np.array([[1, 2], [3, 4]])
    xs = shared(x, 2)

    assert opened({i: a @ share for i, share in xs.items()}) == F([5, 11])
    assert opened({i: F(a) @ share for i, share in xs.items()}) == F([5, 11])
    assert opened({i: share @ a for i, share in xs.items()}) == F([7, 10])


def test_a_share_has_the_shape_of_its_secret():
    share = Share(F([[1, 2, 3], [4, 5, 6]]), degree=1)

    assert (share.shape, share.size, len(share)) == ((2, 3), 6, 2)
    assert list(share) == [Share(F([1, 2, 3]), 1), Share(F([4, 5, 6]), 1)]
    assert share == Share(F([[1, 2, 3], [4, 5, 6]]), 1) != Share(share.values, 2)


@pytest.mark.parametrize(
    ("attempt", "hint"),
    [
        (lambda x: bool(x), "a Share refuses bool"),
        (lambda x: float(x), "a Share refuses float"),
        (lambda x: 1 in x, "a Share refuses `in`"),
        (lambda x: np.sum(x), "a Share refuses numpy.sum"),
        (lambda x: np.add(x, x), "a Share refuses numpy.add"),
        (lambda x: np.asarray(x), "a Share refuses conversion to an ndarray"),
        (lambda x: x / 2, "division in a field"),
        (lambda x: x * 0.5, "takes integers, not float"),
        (lambda x: 0.5 - x, "takes integers, not float"),
        (lambda x: x + True, "takes integers, not bool"),
        (lambda x: x + "1", "unsupported operand"),
        (lambda x: x + Share(prime_field(7)([1]), 1), "do not mix"),
        (lambda x: hash(x), "unhashable"),
    ],
)
def test_shares_refuse_what_vectors_refuse(attempt, hint):
    with pytest.raises(TypeError, match=hint):
        attempt(Share(F([1]), 1))


# ---- parameters


@pytest.mark.parametrize(
    ("points", "degree", "message"),
    [
        ((1, 2, 3), 3, "degree 3 with 3 points"),
        ((1, 2, 3), -1, "degree -1 with 3 points"),
        ((), 0, "degree 0 with 0 points"),
        ((1, 1, 2), 1, "must be distinct"),
        ((0, 1, 2), 1, "between 1 and p - 1 = 4"),
        ((1, 2, 3, 4, 5), 1, "take a field with more elements than parties"),
    ],
)
def test_points_must_be_distinct_nonzero_and_more_than_the_degree(points, degree, message):
    field = prime_field(5)
    for attempt in (
        lambda: check_points(field, points, degree),
        lambda: deal(field([1]), degree, points, AesCtrTape(bytes(16))),
    ):
        with pytest.raises(ValueError, match=message):
            attempt()


def test_the_smallest_field_still_shares_for_one_party():
    field = prime_field(2)

    assert deal(field([1, 0]), 0, (1,), AesCtrTape(bytes(16))) == {1: field([1, 0])}
