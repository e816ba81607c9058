"""Polynomials and Lagrange's formula, against evaluation and interpolation by definition."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import (
    Polynomial,
    interpolate,
    lagrange,
    lagrange_matrix,
    random_polynomial,
    vandermonde,
)
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.primitives.symmetric import AesCtrTape

P61 = 2**61 - 1
PRIMES = [7, 11, 101, 2**31 - 1, 2**61 - 31, P61, 2**64 - 59, 2**127 - 1]

fields = st.sampled_from(PRIMES).map(prime_field)
coefficients = st.lists(
    st.lists(st.integers(0, 2**61), min_size=3, max_size=3), min_size=1, max_size=6
)
keys = st.binary(min_size=16, max_size=16)


@given(fields, coefficients, st.lists(st.integers(-5, 40), max_size=5))
def test_evaluation_at_small_points_is_the_sum_of_powers(field, rows, points):
    f = Polynomial(tuple(map(field, rows)))
    expected = [
        field([sum(row[i] * x**k for k, row in enumerate(rows)) for i in range(3)]) for x in points
    ]

    assert f.at(points) == expected
    assert [f(x) for x in points] == expected
    assert f.degree == len(rows) - 1


@given(fields, coefficients, st.lists(st.integers(2**31 - 1, 2**62), min_size=1, max_size=3))
def test_evaluation_at_large_points_is_the_sum_of_powers(field, rows, points):
    f = Polynomial(tuple(map(field, rows)))

    assert f.at([1, *points]) == [
        field([sum(row[i] * x**k for k, row in enumerate(rows)) for i in range(3)])
        for x in [1, *points]
    ]


def test_values_have_the_coefficients_shape_and_cannot_be_written():
    field = prime_field(101)
    f = Polynomial((field([[1, 2], [3, 4]]), field([[5, 6], [7, 8]])))
    value, _ = f.at([2, 3])

    assert value == field([[11, 14], [17, 20]])
    assert not value.array.flags.writeable
    assert not value.array.base.flags.writeable


@given(fields, st.integers(0, 5), keys)
def test_a_random_polynomial_has_its_degree_and_goes_through_the_secret(field, degree, key):
    secret = field([1, -2, 3])
    f = random_polynomial(at_zero=secret, degree=degree, coins=AesCtrTape(key))

    assert f(0) == secret
    assert f.degree == degree
    assert f.coefficients[1:] == tuple(field.random(AesCtrTape(key), (degree, 3)))


def test_a_random_polynomial_needs_a_degree():
    with pytest.raises(ValueError, match="degree -1: a polynomial's degree bound is at least 0"):
        random_polynomial(prime_field(7)([1]), -1, AesCtrTape(bytes(16)))


@given(fields, st.integers(1, 6), st.integers(-3, 50), keys)
def test_interpolation_undoes_evaluation_at_any_point(field, terms, at, key):
    f = random_polynomial(field([5, 6]), terms - 1, AesCtrTape(key))
    points = range(1, terms + 1)

    assert interpolate(dict(zip(points, f.at(points), strict=True)), at) == f(at)


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=6, unique=True), st.integers(-30, 30))
def test_lagrange_is_the_rational_formula_modulo_p(points, at):
    field = prime_field(101)
    expected = []
    for x in points:
        weight = Fraction(1)
        for y in points:
            if y != x:
                weight *= Fraction(at - y, x - y)
        expected.append(weight.numerator * pow(weight.denominator, -1, 101) % 101)

    assert lagrange(points, at, field=field) == tuple(expected)


def test_lagrange_for_three_parties_is_as_in_every_textbook():
    assert lagrange((1, 2, 3), field=prime_field(P61)) == (3, P61 - 3, 1)


def test_lagrange_at_a_point_given_selects_it():
    assert lagrange((4, 5, 6), at=5, field=prime_field(7)) == (0, 1, 0)


@pytest.mark.parametrize("points", [(), (1, 1), (1, 8)])
def test_interpolation_wants_distinct_points_modulo_p(points):
    with pytest.raises(ValueError, match="interpolation needs distinct ones modulo F_7"):
        lagrange(points, field=prime_field(7))


@given(fields, st.integers(1, 30), st.integers(0, 30), keys)
def test_the_matrices_of_powers_and_of_weights_are_evaluation_and_interpolation(
    field, n, degree, key
):
    f = random_polynomial(field([5, 6]), degree, AesCtrTape(key))
    points = tuple(x for x in range(1, n + 1) if x < field.p)
    table = field.stack(f.coefficients)

    assert vandermonde(points, degree + 1, field=field) @ table == field.stack(f.at(points))
    if len(points) > degree:
        base = points[: degree + 1]
        weights = lagrange_matrix(base, (0, *points), field=field)
        assert weights @ field.stack(f.at(base)) == field.stack(f.at((0, *points)))


def test_a_ring_has_too_few_inverses_to_interpolate():
    with pytest.raises(ValueError, match="is no field: differences of points have no inverse"):
        lagrange((1, 2, 3), field=ring(64))
