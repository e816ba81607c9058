"""The built-in programs against plain numbers: real equals ideal equals what Python computes."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from turncoat.protocols.arithmetic.counting import histogram, vote
from turncoat.protocols.arithmetic.predict import predict
from turncoat.protocols.arithmetic.programs import covariance, matmul, polynomial
from turncoat.protocols.arithmetic.regression import linear_regression, solve
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.functionalities.plain import evaluate, layout_of

NUMBERS = st.integers(-(10**4), 10**4)


def matrices(rows, columns, elements=NUMBERS):
    row = st.lists(elements, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def computed(bench, values, program, inputs, params=None):
    """The output of a real run, once it is that of the oracle and cost what was predicted."""
    run, _ = bench.compute(program, inputs, params)
    (output,) = [values(run)[0]]
    assert values(run) == [evaluate(program, inputs, params).outputs] * len(inputs)
    found = predict(Bgw(len(inputs), None, bench.field), program, layout_of(inputs), params)
    assert run.ledger.rounds() == found.rounds
    assert run.ledger.total().payload_bytes == found.payload_bytes
    return output


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_matmul_is_the_product_of_integer_matrices(bench, values, data):
    a, b, c = (data.draw(st.integers(1, 4)) for _ in range(3))
    x, y = data.draw(matrices(a, b)), data.draw(matrices(b, c))
    inputs = {"alice": {"x": x}, "bob": {"x": y}, "carol": {}}

    product = computed(bench, values, matmul, inputs)

    exact = (np.array(x, dtype=object) @ np.array(y, dtype=object)).tolist()
    assert product == exact or [[product]] == exact


@pytest.mark.parametrize("inner", [1, 100])
def test_matmul_pays_for_the_entries_of_the_result_alone(bench, inner):
    layout = {"a": {"x": (3, inner)}, "b": {"x": (inner, 2)}, "c": {}}
    dealt, result = 5 * inner, 3 * 2

    found = predict(Bgw(3, 1, bench.field), matmul, layout)

    assert found.rounds == 3
    assert found.elements_total == dealt * 2 + result * 6 + result * 6


@settings(max_examples=20, deadline=None)
@given(
    coefficients=st.lists(st.integers(-50, 50), min_size=1, max_size=7),
    lists=st.lists(st.lists(st.integers(-50, 50), max_size=3), min_size=3, max_size=4).filter(any),
)
def test_polynomial_is_its_value_at_every_entry(bench, values, coefficients, lists):
    inputs = {f"party{i}": {"x": xs} if xs else {} for i, xs in enumerate(lists)}

    found = computed(bench, values, polynomial, inputs, {"coefficients": coefficients})

    exact = [sum(c * x**k for k, c in enumerate(coefficients)) for xs in lists for x in xs]
    assert found == (exact if len(exact) > 1 else exact[0])


@pytest.mark.parametrize(("degree", "rounds"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (8, 3)])
def test_polynomial_takes_logarithmically_many_rounds(degree, rounds):
    inputs = {"a": {"x": [2]}, "b": {}, "c": {}}
    found = evaluate(polynomial, inputs, {"coefficients": [1] * (degree + 1)})

    assert found.rounds == rounds
    assert sum(step.m for step in found.operations) == max(0, degree - 1)


PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4)


@settings(max_examples=20, deadline=None)
@given(st.lists(PAIRS, min_size=3, max_size=4).filter(any))
def test_covariance_is_that_of_exact_fractions(bench, values, lists):
    inputs = {
        f"party{i}": {"x": [x for x, _ in pairs], "y": [y for _, y in pairs]} if pairs else {}
        for i, pairs in enumerate(lists)
    }

    found = computed(bench, values, covariance, inputs)

    every = [pair for pairs in lists for pair in pairs]
    m = len(every)
    mean_x, mean_y = (Fraction(sum(pair[k] for pair in every), m) for k in (0, 1))
    assert found.fraction == sum((x - mean_x) * (y - mean_y) for x, y in every) / m
    assert found.denominator == m * m


@settings(max_examples=20, deadline=None)
@given(st.data(), st.integers(1, 3))
def test_linear_regression_leaves_residuals_orthogonal_to_every_column(bench, values, data, width):
    """What characterises least squares, checked without the normal equations."""
    rows = [data.draw(matrices(n, width + 1, st.integers(-99, 99))) for n in (3, 2, 4)]
    inputs = {
        f"party{i}": {"x": [row[:-1] for row in own], "y": [row[-1] for row in own]}
        for i, own in enumerate(rows)
    }

    found = computed(bench, values, linear_regression, inputs)

    assume(found["intercept"] != [])
    b0, *b = (coefficient.fraction for coefficient in found.values())
    every = [row for own in rows for row in own]
    residuals = [y - b0 - sum(c * v for c, v in zip(b, x, strict=True)) for *x, y in every]
    columns = [[1] * len(every), *(list(column) for column in zip(*every, strict=True))][:-1]
    assert all(
        sum(r * v for r, v in zip(residuals, column, strict=True)) == 0 for column in columns
    )


def test_linear_regression_finds_a_line_that_fits_exactly(bench, values):
    inputs = {
        "a": {"x": [1, 2], "y": [5, 8]},
        "b": {"x": [[5]], "y": [17]},
        "c": {},
    }

    found = computed(bench, values, linear_regression, inputs)

    assert {name: b.fraction for name, b in found.items()} == {"intercept": 2, "x1": 3}


def test_rows_that_determine_no_line_leave_the_coefficients_empty(bench, values):
    inputs = {"a": {"x": [4, 4], "y": [1, 2]}, "b": {}, "c": {}}

    assert computed(bench, values, linear_regression, inputs) == {"intercept": [], "x1": []}


@given(matrices(3, 3), st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_solution_solves(matrix, right):
    solution = solve(matrix, right)

    if solution is None:
        assert round(np.linalg.det(np.array(matrix, dtype=float) / 1e4), 6) == 0
    else:
        for row, r in zip(matrix, right, strict=True):
            assert sum(a * b for a, b in zip(row, solution, strict=True)) == r


def test_a_histogram_is_the_sum_of_the_parties_counts(bench, values):
    inputs = {"a": {"x": [1, 0, 2]}, "b": {"x": [[0, 0, 1], [3, 1, 0]]}, "c": {}}

    assert computed(bench, values, histogram, inputs) == [4, 1, 3]


def test_a_vote_opens_tallies_by_name_where_candidates_are_named(bench, values):
    inputs = {"a": {"x": [1, 0]}, "b": {"x": [[0, 1], [1, 0]]}, "c": {"x": [1, 0]}}

    assert computed(bench, values, vote, inputs) == [3, 1]
    named = computed(bench, values, vote, inputs, {"candidates": ["ann", "ben"]})
    assert named == {"ann": 3, "ben": 1}


def test_a_ballot_with_two_ones_counts_twice_since_nobody_checks_it():
    inputs = {"a": {"x": [1, 1]}, "b": {"x": [0, 1]}, "c": {}}

    assert evaluate(vote, inputs).outputs == [1, 2]


ONE = {"a": {"x": [1]}, "b": {}, "c": {}}


@pytest.mark.parametrize(
    ("program", "inputs", "params", "message"),
    [
        (matmul, ONE, {}, "two parties, not of 1"),
        (matmul, {"a": {"x": [[1, 2]]}, "b": {"x": [[1, 2]]}}, {}, "matrices that fit"),
        (matmul, ONE, {"left": "a"}, "both `left` and `right`"),
        (polynomial, ONE, {"coefficients": []}, "at least one"),
        (covariance, ONE, {}, "x and y of one length"),
        (covariance, {"a": {}}, {}, "needs pairs"),
        (linear_regression, ONE, {}, "as many rows"),
        (linear_regression, {"a": {}}, {}, "one width"),
        (histogram, {"a": {"x": [1, 2]}, "b": {"x": [1]}}, {}, "equally many bins, not 1 and 2"),
        (vote, {"a": {}}, {}, "there are no inputs"),
        (vote, ONE, {"candidates": ["ann", "ben"]}, "1 candidates need as many different names"),
        (vote, {"a": {"x": [1, 0]}}, {"candidates": ["ann", "ann"]}, "different names"),
    ],
)
def test_inputs_that_a_program_cannot_use_are_refused(program, inputs, params, message):
    with pytest.raises(ValueError, match=message):
        evaluate(program, inputs, params)
