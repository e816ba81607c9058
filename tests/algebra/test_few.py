"""Short vectors: lists of Python integers inside, and nothing of it to be seen outside."""

from operator import add, matmul, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.few import FEW
from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.polynomial import Polynomial
from turncoat.protocols.algebra.vec import Vec, short_vec

NAMES = ["F_2", "F_7", "2^61 - 1", "2^64 - 59", "2^127 - 1", "2^255 - 19", "Z_2^8", "Z_2^64"]
structures = st.sampled_from(NAMES).map(parse_structure)
numbers = st.lists(st.integers(0, 2**256), min_size=1, max_size=FEW)


def both(field, integers):
    """One vector twice: as Python integers, and as an array."""
    canonical = [k % field.order for k in integers]
    return short_vec(field, canonical, (len(canonical),)), Vec(
        field, field.storage.array(canonical)
    )


@given(structures, numbers, st.data())
def test_a_short_vector_is_what_the_array_of_its_elements_is(field, xs, data):
    few, array = both(field, xs)
    short = [few, *both(field, data.draw(st.permutations(xs)))]

    assert few == array
    assert (few.shape, few.size, few.ndim, len(few)) == (array.shape, array.size, 1, len(xs))
    assert few.tolist() == array.tolist()
    assert field.encode(few) == bytes(field.storage.packed(array.array))
    assert field.decode(field.encode(few)) == few
    assert np.array_equal(few.array, array.array)
    for op in (add, sub, mul, matmul):
        for y in short:
            assert op(few, y).integers().tolist() == op(array, y).integers().tolist()
    assert few.sum() == array.sum()
    assert -few == -array


@given(structures, numbers)
def test_parts_and_shapes_of_short_vectors_are_those_of_arrays(field, xs):
    few, array = both(field, xs)

    for index in (
        0,
        -1,
        slice(1, None),
        slice(None, None, -2),
        [0, 0],
        None,
        np.arange(len(xs)) > 0,
    ):
        assert few[index] == array[index]
        assert few[index].shape == array[index].shape
    for shape in ((-1,), (1, -1), (len(xs), 1)):
        assert few.reshape(shape) == array.reshape(*shape)
    assert list(few) == list(array)
    with pytest.raises(IndexError):
        few[len(xs)]


@given(structures, numbers, st.data())
def test_combinations_and_values_of_polynomials_are_those_of_integers(field, xs, data):
    q, degree = field.order, data.draw(st.integers(0, 4))
    coefficients = [field(xs) * (3 * k + 1) for k in range(degree + 1)]
    points = data.draw(st.lists(st.integers(0, min(q - 1, 40)), min_size=1, max_size=5))

    values = Polynomial(tuple(coefficients)).at(points)

    for x, value in zip(points, values, strict=True):
        at_x = [sum(v * (3 * k + 1) * x**k for k in range(degree + 1)) % q for v in xs]
        assert value.integers().tolist() == at_x
        assert value == field.combine([x**k for k in range(degree + 1)], coefficients)


def test_an_array_made_of_a_short_vector_cannot_be_written():
    vec = short_vec(parse_structure("2^61 - 1"), [1, 2, 3, 4], (2, 2))

    for array in (vec.array, vec.array.base):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_a_vector_of_another_length_is_still_refused():
    field = parse_structure("2^61 - 1")

    with pytest.raises(ValueError, match="do not broadcast"):
        _ = field([1, 2]) + field([1, 2, 3])
    with pytest.raises(ValueError, match="do not fit"):
        _ = field([1, 2]) @ field([1])
    with pytest.raises(TypeError, match="do not mix"):
        _ = field([1, 2]) + parse_structure("F_7")([1, 2])
