"""Lanes compute what each lane would compute alone, and answer only where all lanes agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.adversary.privacy.lane_algebra import in_lanes
from turncoat.adversary.privacy.lanes import Lanes, LanesDisagree, NotEnumerable
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.algebra.vec import Vec

STRUCTURES = [prime_field(2), prime_field(5), prime_field(7), prime_field(251), ring(1), ring(3)]
LANES = 4


def lane_vec(field, rows):
    """A vector of lanes: rows[k][lane] is entry k."""
    array = np.empty(len(rows), object)
    array[:] = [Lanes(np.array(row, np.int64)) for row in rows]
    return Vec(in_lanes(field), array)


def lane_of(vec, lane):
    """One lane, as canonical integers."""
    return [x.numbers[lane].item() if type(x) is Lanes else int(x) for x in vec.array.flat]


@st.composite
def pairs(draw):
    """A structure and two vectors of two entries, in four lanes."""
    field = draw(st.sampled_from(STRUCTURES))
    element = st.integers(0, field.order - 1)
    rows = st.lists(st.lists(element, min_size=LANES, max_size=LANES), min_size=2, max_size=2)
    return field, draw(rows), draw(rows)


@given(pairs(), st.integers(-9, 9))
def test_each_lane_is_a_run_of_its_own(pair, c):
    """Sums, products, matrix products, constants: lane by lane the plain structure's."""
    field, a, b = pair
    x, y = lane_vec(field, a), lane_vec(field, b)
    for lane in range(LANES):
        u, v = field([row[lane] for row in a]), field([row[lane] for row in b])
        for both, alone in [
            (x + y, u + v), (x - y, u - v), (x * y, u * v), (-x, -u), (x @ y, u @ v),
            (c * x + 1, c * u + 1), (x.sum(), u.sum()), (x[1:], u[1:]),
            (x.field.combine([c, 3], [x, y]), field.combine([c, 3], [u, v])),
        ]:  # fmt: skip
            assert lane_of(both, lane) == alone.array.tolist()
            assert both.shape == alone.shape


@given(st.sampled_from([prime_field(5), prime_field(7)]), st.data())
def test_inverses_lane_by_lane(field, data):
    nonzero = st.integers(1, field.order - 1)
    row = data.draw(st.lists(nonzero, min_size=LANES, max_size=LANES))
    inverse = in_lanes(field).inv(lane_vec(field, [row]))
    assert [row[k] * lane_of(inverse, k)[0] % field.p for k in range(LANES)] == [1] * LANES


def test_an_inverse_that_some_lanes_lack_is_no_answer():
    field = prime_field(5)
    with pytest.raises(LanesDisagree):
        in_lanes(field).inv(lane_vec(field, [[0, 1, 2, 3]]))
    with pytest.raises(ZeroDivisionError):
        in_lanes(field).inv(lane_vec(field, [[0, 0, 0, 0]]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: x == 2, lambda x: x != 2, lambda x: x < 2, lambda x: x >= 2, bool, int, float,
        lambda x: range(5)[x], lambda x: np.array([x], object) == 2,
    ],
)  # fmt: skip
def test_a_question_needs_an_answer_common_to_all_lanes(ask):
    with pytest.raises(LanesDisagree):
        ask(Lanes(np.array([0, 2, 3])))


def test_where_lanes_agree_they_answer():
    two = Lanes(np.array([2, 2, 2]))
    assert two == 2
    assert two != 3
    assert two > Lanes(np.array([0, 1, 0]))
    assert int(two) == 2
    assert bool(two)
    assert [10, 20, 30][two] == 30


def test_equality_of_vectors_asks_all_lanes():
    """`reconstruct` and MAC checks compare vectors: that must not hide a lane."""
    field = prime_field(5)
    x = lane_vec(field, [[0, 1, 2, 3]])
    assert x != x + 1
    assert x == x + 5
    with pytest.raises(LanesDisagree) as caught:
        _ = x == field_of(x).full(1, 2)
    assert caught.value.yes.tolist() == [False, False, True, False]
    assert caught.value.place.endswith("test_lanes.py:" + str(line_of(caught)))


def field_of(vec):
    return vec.field


def line_of(caught):
    """The line of this file that asked."""
    return next(
        entry.lineno + 1 for entry in caught.traceback if entry.path.name == "test_lanes.py"
    )


def test_sizes_are_those_of_one_lane():
    field = prime_field(5)
    x = lane_vec(field, [[0, 1, 2, 3], [4, 4, 4, 4]])
    assert in_lanes(field).encoded_size(x) == field.encoded_size(field([0, 4]))


def test_large_fields_are_refused_with_a_remedy():
    with pytest.raises(NotEnumerable, match="such as F_5"):
        in_lanes(prime_field(2**61 - 1))


@given(
    st.lists(st.integers(-(2**29), 2**29), min_size=3, max_size=3),
    st.integers(-(2**29), 2**29),
    st.integers(2, 2**20),
)
def test_lanes_compute_as_python_does_at_any_width(row, other, modulus):
    """32 bits a lane where that is enough, 64 where it is not: no product ever wraps."""
    lanes = Lanes(np.array(row))
    for found, right in (
        (lanes * other + row[0], [x * other + row[0] for x in row]),
        (other - lanes * lanes, [other - x * x for x in row]),
        (-(lanes * other) % modulus, [-(x * other) % modulus for x in row]),
    ):
        assert found.numbers.tolist() == right
        assert found.greatest >= max(map(abs, right))


def test_numbers_too_large_for_a_lane_are_refused():
    lanes = Lanes(np.array([2**40]))
    with pytest.raises(NotEnumerable, match="64 bits"):
        _ = lanes * lanes
