"""The oracle: programs on plain integers."""

import statistics
from fractions import Fraction
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.arithmetic.program import PublicInfo, finish_with
from turncoat.protocols.arithmetic.programs import dot, mean, total, variance
from turncoat.protocols.functionalities.plain import (
    Operation,
    PlainComputation,
    evaluate,
    integers,
    layout_of,
)

INTS = st.integers(-(10**9), 10**9)
INPUTS = st.lists(st.lists(INTS, max_size=5), min_size=1, max_size=5).map(
    lambda lists: {f"party{i}": {"x": xs} for i, xs in enumerate(lists)}
)


def entries(inputs):
    return [x for own in inputs.values() for xs in own.values() for x in xs]


@given(INPUTS.filter(entries))
def test_sum_mean_and_variance_are_those_of_the_standard_library(inputs):
    xs = entries(inputs)

    assert evaluate(total, inputs).outputs == sum(xs)
    assert evaluate(mean, inputs).outputs.fraction == statistics.mean(map(Fraction, xs))
    assert evaluate(variance, inputs).outputs.fraction == statistics.pvariance(map(Fraction, xs))


@given(st.lists(st.tuples(INTS, INTS), min_size=1, max_size=8))
def test_dot_is_the_inner_product_of_the_first_two_parties_with_inputs(pairs):
    x, y = zip(*pairs, strict=True)
    inputs = {"idle": {}, "a": {"x": x}, "b": {"x": y}, "c": {"x": [1]}}

    assert evaluate(dot, inputs).outputs == sum(a * b for a, b in pairs)


def test_dot_takes_the_vectors_that_parameters_name():
    inputs = {"a": {"x": [1, 2], "y": [5, 6]}, "b": {"x": [10, 100]}}

    assert evaluate(dot, inputs, {"left": "b", "right": "a.y"}).outputs == 650
    assert evaluate(dot, inputs, {"left": "a.x", "right": "a.x"}).outputs == 5


@pytest.mark.parametrize(
    ("inputs", "params", "message"),
    [
        ({"a": {"x": [1]}, "b": {}}, {}, "two parties, not of 1"),
        ({"a": {"x": [1]}, "b": {"x": [1, 2]}}, {}, "not of 1 and 2"),
        ({"a": {"x": [1], "y": [2]}, "b": {"x": [1]}}, {}, "there are a.x, a.y, b.x"),
        ({"a": {"x": [1]}, "b": {"x": [1]}}, {"left": "a"}, "both"),
    ],
)
def test_dot_says_which_vectors_it_needs(inputs, params, message):
    with pytest.raises(ValueError, match=message):
        evaluate(dot, inputs, params)


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no entries"):
        evaluate(mean, {"a": {"x": []}, "b": {}})


def test_the_exact_fraction_is_kept_unreduced():
    inputs = {
        "alice": {"x": [41_200, 39_800]},
        "bob": {"x": [44_000]},
        "carol": {"x": [38_500, 42_700]},
    }

    assert evaluate(mean, inputs).outputs.to_json() == {"value": 41240.0, "exact": "206200/5"}


def test_the_variance_opens_neither_the_sum_nor_the_squares():
    evaluation = evaluate(variance, {"a": {"x": [1, 2]}, "b": {"x": [4]}})

    assert evaluation.operations == (
        Operation("dot", 1, "dot.1", shapes=((3,), (3,)), square=True),
        Operation("multiply", 1, "mul.1", shapes=((1,), (1,)), square=True),
    )
    assert evaluation.rounds == 1


@given(
    st.lists(INTS, min_size=1, max_size=6),
    st.integers(-9, 9),
    st.integers(1, 6).map(lambda k: 2 * k),
)
def test_operators_are_those_of_python_integers(xs, c, k):
    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        return {
            "linear": c * x - x * k + c - (-x) + (k - x),
            "product": await (x * (x + c)),
            "sum": x.sum(),
            "slice": x[1:],
            "first": x[0],
            "matrix": mpc.concatenate([x, mpc.constant([c])]).reshape(1, -1).sum(axis=0),
        }

    outputs = evaluate(program, {"a": {"x": xs}}).outputs

    assert outputs["linear"] == _plain([c * x - x * k + c + x + k - x for x in xs])
    assert outputs["product"] == _plain([x * (x + c) for x in xs])
    assert outputs["sum"] == sum(xs)
    assert outputs["slice"] == _plain(xs[1:])
    assert outputs["first"] == xs[0]
    assert outputs["matrix"] == [*xs, c]


def _plain(xs):
    return xs[0] if len(xs) == 1 else xs


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)).flatmap(
        lambda s: st.tuples(
            st.lists(INTS, min_size=s[0] * s[1], max_size=s[0] * s[1]).map(
                lambda v: np.array(v).reshape(s[0], s[1])
            ),
            st.lists(INTS, min_size=s[1] * s[2], max_size=s[1] * s[2]).map(
                lambda v: np.array(v).reshape(s[1], s[2])
            ),
        )
    )
)
def test_the_range_check_sees_every_term_of_a_matrix_product(matrices):
    """The oracle of the oracle: all terms x[a, k]·y[k, c] one by one, in Python integers."""
    x, y = matrices

    async def program(mpc, inputs):
        return await (inputs["a"]["x"] @ inputs["a"]["y"])

    evaluation = evaluate(program, {"a": {"x": x, "y": y}})

    terms = [
        int(x[a, k]) * int(y[k, c])
        for a in range(x.shape[0])
        for k in range(x.shape[1])
        for c in range(y.shape[1])
    ]
    sums = np.array(evaluation.outputs, dtype=object).ravel()
    everything = [*x.ravel().tolist(), *y.ravel().tolist(), *terms, *sums]
    assert evaluation.largest == max(map(abs, everything))


def test_a_range_fits_up_to_half_the_modulus_exactly():
    evaluation = evaluate(total, {"a": {"x": [5, -5]}})

    assert evaluation.largest == 5
    assert evaluation.fits(11)
    assert not evaluation.fits(7)


def test_a_wrap_in_an_intermediate_product_is_seen_though_the_output_is_small():
    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        return await (x * x) - await (x * x)

    evaluation = evaluate(program, {"a": {"x": [100]}})

    assert evaluation.outputs == 0
    assert not evaluation.fits(101)


@given(st.lists(INTS, min_size=1, max_size=4), st.sampled_from([2, 3, 101, 2**61 - 1]))
def test_in_a_field_every_opening_shows_the_centred_representative(xs, p):
    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        seen = await x.open()
        return x * 1 if (2 * np.abs(seen) <= p).all() else x * 0

    outputs = evaluate(program, {"a": {"x": [*xs, 0]}}, p=p).outputs

    assert all((x - y) % p == 0 and 2 * abs(y) <= p for x, y in zip(xs, outputs, strict=False))


def test_finish_sees_what_was_opened_and_what_is_public():
    seen = []

    def finish(opened, public):
        seen.append((opened, public))
        return opened["x"] // public.params["by"]

    @finish_with(finish)
    async def program(mpc, inputs, by):
        return {"x": inputs["a"]["x"].sum(), "all": inputs["a"]["x"]}

    outputs = evaluate(program, {"a": {"x": [10, 20]}, "b": {}}, {"by": 4}).outputs

    assert outputs == 7
    assert seen == [
        ({"x": 30, "all": [10, 20]}, PublicInfo({"a": {"x": (2,)}, "b": {}}, {"by": 4}))
    ]


@pytest.mark.parametrize("value", [1.5, True, "7", [1, 2.0], [[1], [2, 3]], None, np.array([0.5])])
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(TypeError, match="not an integer"):
        integers(value)


def test_integers_of_any_size_and_shape_are_taken():
    assert integers(2**200).tolist() == [2**200]
    assert integers([[1, -2], [3, 4]]).shape == (2, 2)
    assert integers(np.array([1, 2], dtype=np.uint8)).tolist() == [1, 2]
    assert layout_of({"a": {"x": 7, "y": [[1], [2]]}}) == {"a": {"x": (1,), "y": (2, 1)}}


@pytest.mark.parametrize(
    ("returns", "message"),
    [(lambda x: 7, "returned int"), (lambda x: {"y": [x]}, "list as 'y'"), (lambda x: {}, "empty")],
)
def test_a_program_that_returns_no_secret_is_refused(returns, message):
    async def program(mpc, inputs):
        return returns(inputs["a"]["x"])

    with pytest.raises(TypeError, match=message):
        evaluate(program, {"a": {"x": [1]}})


def test_a_program_that_waits_for_something_else_is_refused():
    class Elsewhere:
        def __await__(self):
            yield "a timer"

    async def program(mpc, inputs):
        await Elsewhere()

    with pytest.raises(TypeError, match="awaits something"):
        evaluate(program, {"a": {"x": [1]}})


def test_rounds_follow_the_longest_branch():
    async def power(x, k):
        for _ in range(k):
            x = await (x * x)
        return x

    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        y, z = await mpc.together(power(x, 3), power(x, 5))
        return await (y * z)

    evaluation = evaluate(program, {"a": {"x": [2, 1]}})

    assert evaluation.rounds == 6
    assert len(evaluation.operations) == 9
    assert evaluation.outputs == [2**8 * 2**32, 1]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 2))
def test_sums_over_an_axis_and_indices_keep_length_one(shape, axis):
    mpc = PlainComputation()
    x = mpc.array(np.arange(prod(shape)).reshape(shape))
    axis %= len(shape)

    assert x.sum(axis).shape == (tuple(shape[:axis] + shape[axis + 1 :]) or (1,))
    assert x[(0,) * len(shape)].shape == (1,)
    assert len(x) == shape[0]
