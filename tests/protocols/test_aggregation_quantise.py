"""Real inputs: clipped, rounded, weighted, summed; the error is what is stated, exactly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.protocols.aggregation.programs import FederatedMean, Sum
from turncoat.protocols.aggregation.quantise import Quantiser

from .aggregation_world import aggregation, dropouts, play, result

REALS = st.floats(-10, 10, allow_nan=False)


@given(
    clip=st.integers(1, 64),
    bits=st.integers(3, 20),
    rows=st.lists(st.lists(REALS, min_size=3, max_size=3), min_size=1, max_size=6),
)
def test_the_mean_is_within_half_a_step_of_the_mean_of_the_clipped(clip, bits, rows):
    """As exact fractions; the float returned is within a rounding or two of that."""
    q = Quantiser(clip=clip / 8, fraction_bits=bits)
    total = sum(q.quantise(np.array(row)) for row in rows)
    clipped = [[max(-q.clip, min(q.clip, x)) for x in row] for row in rows]

    exact, mean = q.exact_mean(total, len(rows)), q.mean(total, len(rows))
    for k in range(3):
        right = sum(Fraction(row[k]) for row in clipped) / len(rows)
        assert abs(exact[k] - right) <= q.error == Fraction(1, 2 ** (bits + 1))
        assert mean[k] == pytest.approx(float(exact[k]), rel=1e-12, abs=1e-12)


@given(
    rows=st.lists(
        st.tuples(st.lists(REALS, min_size=2, max_size=2), st.integers(1, 50)),
        min_size=1,
        max_size=6,
    )
)
def test_a_weighted_mean_has_the_same_bound(rows):
    q = Quantiser(clip=4.0, fraction_bits=10, max_weight=50)
    total = sum(q.quantise(np.array(row), weight) for row, weight in rows)
    weights = sum(weight for _, weight in rows)

    assert int(total[-1]) == weights
    for k, found in enumerate(q.exact_mean(total, len(rows))):
        right = sum(Fraction(max(-4.0, min(4.0, row[k]))) * w for row, w in rows) / weights
        assert abs(found - right) <= q.error


@given(clip=st.integers(1, 1000), bits=st.integers(0, 30), x=st.floats(allow_nan=False))
def test_what_is_sent_lies_in_the_declared_range(clip, bits, x):
    """Also for infinities, and at the ends of the range."""
    q = Quantiser(clip=float(clip), fraction_bits=bits, max_weight=7)
    for value in (x, clip, -clip):
        sent = q.quantise(np.array([value]), 7).tolist()
        assert all(0 <= entry < q.bound for entry in sent)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"clip": 0.3, "fraction_bits": 4}, r"no positive multiple of 2\^-4"),
        ({"clip": 0.0, "fraction_bits": 4}, "no positive multiple"),
        ({"clip": 2.0**30, "fraction_bits": 30}, "2\\^52 steps or more"),
        ({"clip": 1.0, "fraction_bits": 4, "max_weight": 0}, "integers from 1 on"),
    ],
)
def test_ranges_that_cannot_be_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        Quantiser(**arguments)


def test_entries_that_are_no_numbers_and_weights_out_of_range_are_refused():
    q = Quantiser(clip=1.0, fraction_bits=4, max_weight=3)
    with pytest.raises(ValueError, match="entry 1 is not a number"):
        q.quantise(np.array([0.0, np.nan]))
    for weight in (0, 4):
        with pytest.raises(ValueError, match="between 1 and 3"):
            q.quantise(np.array([0.0]), weight)


SHAPES = {"w": (2, 3), "b": (2,)}


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), weighted=st.booleans())
def test_a_federated_mean_of_several_arrays_is_that_of_the_survivors(seed, weighted):
    """Five hospitals with two arrays each; one vanishes before its masked input."""
    draw, n = np.random.default_rng(seed), 5
    program = FederatedMean(
        SHAPES, Quantiser(clip=2.0, fraction_bits=16, max_weight=1 + 9 * weighted)
    )
    own = {
        i: {name: draw.uniform(-1.5, 1.5, shape) for name, shape in SHAPES.items()}
        | ({"weight": int(draw.integers(1, 11))} if weighted else {})
        for i in range(1, n + 1)
    }
    agg = aggregation(n, 3, m=program.m, bound=program.bound)
    execution = agg.run({i: program.vector(arrays) for i, arrays in own.items()})
    aggregate = result(agg, play(agg, execution, faults=dropouts({4: "U3"})))

    mean = program.result(aggregate.total, len(aggregate.u3))
    weights = {i: own[i].get("weight", 1) for i in aggregate.u3}
    for name, shape in SHAPES.items():
        right = sum(w * own[i][name] for i, w in weights.items()) / sum(weights.values())
        assert mean[name].shape == shape
        assert np.abs(mean[name] - right).max() <= float(program.quantiser.error) + 1e-12


def test_a_single_array_comes_back_as_that_array():
    program = Sum({"x": (2, 2)}, bound=10)
    total = sum(program.vector({"x": [[1, 2], [3, 4]]}) for _ in range(3))

    assert program.result(total, 3).tolist() == [[3, 6], [9, 12]]


@pytest.mark.parametrize(
    ("program", "arrays", "said"),
    [
        (Sum({"x": (2,)}, 10), {"x": [1, 10]}, r"not all in \[0, 10\)"),
        (Sum({"x": (2,)}, 10), {"x": [0.5, 1]}, "federated-mean"),
        (Sum({"x": (2,)}, 10), {"y": [1, 1]}, "all have"),
        (Sum({"x": (2,)}, 10), {"x": [1]}, "x has 1 entries"),
        (FederatedMean({"x": (1,)}, Quantiser(clip=1.0, fraction_bits=4)),
         {"x": [1], "weight": 2}, "max_weight is 1"),
        (FederatedMean({"x": (1,)}, Quantiser(clip=1.0, fraction_bits=4, max_weight=9)),
         {"x": [1]}, "needs a 'weight'"),
        (FederatedMean({"x": (1,)}, Quantiser(clip=1.0, fraction_bits=4, max_weight=9)),
         {"x": [1], "weight": 1.5}, "weights are integers"),
    ],
)  # fmt: skip
def test_what_a_client_cannot_put_in_is_refused(program, arrays, said):
    with pytest.raises(ValueError, match=said):
        program.vector(arrays)
