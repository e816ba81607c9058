"""A second input on which the corrupted parties may know the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.adversary.privacy.alike import second_input

FUNCTIONS = {
    "sum": lambda rows: sum(x for row in rows.values() for x in row),
    "product": lambda rows: rows[1][0] * rows[2][0],
    "square": lambda rows: rows[1][0] ** 2,
    "constant": lambda rows: 0,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.lists(st.integers(-1000, 1000), min_size=3, max_size=3))
def test_it_differs_in_honest_inputs_alone_and_gives_the_same_output(name, numbers):
    first = {i: (x,) for i, x in enumerate(numbers, 1)}
    second = second_input(first, (1, 2), FUNCTIONS[name])
    if second is None:  # a square of 0 and the like
        assert name in ("product", "square")
        return
    assert second != first
    assert second[3] == first[3]
    assert FUNCTIONS[name](second) == FUNCTIONS[name](first)


def test_it_shows_what_is_not_to_be_known_if_it_can():
    """All of it may differ, and does, where less may be known."""
    first = {1: (3,), 2: (5,), 3: (7,)}
    second = second_input(first, (1, 2), lambda rows: rows[1], FUNCTIONS["sum"])
    assert FUNCTIONS["sum"](second) != FUNCTIONS["sum"](first)


def test_inputs_that_a_program_refuses_are_passed_over():
    def picky(rows):
        if any(x < 0 for row in rows.values() for x in row):
            raise ValueError("no debts")
        return FUNCTIONS["sum"](rows)

    second = second_input({1: (1,), 2: (1,)}, (1, 2), picky)
    assert min(x for row in second.values() for x in row) >= 0


def test_of_what_is_injective_there_is_none():
    assert second_input({1: (3,), 2: (5,)}, (1, 2), lambda rows: dict(rows)) is None
