"""Laws are multisets: their counts, equality and distances are those of Python's Counter."""

from collections import Counter
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from turncoat.adversary.privacy.lanes import Lanes
from turncoat.adversary.privacy.laws import Column, Law, Shape, packed, unpacked

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 3)), min_size=1)


def law_of(rows):
    """Views of two shapes, two numbers each, a run for each row group."""
    law = Law()
    for wide in (False, True):
        chosen = [row[1:] for row in rows if row[0] == wide]
        if chosen:
            law.add(shape(wide), lanes(chosen), len(chosen))
    return law


def shape(wide):
    return Shape(("wide",) if wide else (), (Column("a", 3), Column("b", 2**61 if wide else 4)))


def lanes(rows):
    return [Lanes(np.array(column, np.int64)) for column in zip(*rows, strict=True)]


def naive_distance(one, two):
    a, b = Counter(one), Counter(two)
    gaps = (abs(Fraction(a[v], len(one)) - Fraction(b[v], len(two))) for v in a | b)
    return sum(gaps) / 2


@given(ROWS, ROWS)
def test_the_distance_is_that_of_two_counters(one, two):
    a, b = law_of(one), law_of(two)
    assert a.distance(b) == naive_distance(one, two)
    assert a.support == len(set(one))
    assert a.same(b) == (Counter(one) == Counter(two))


@given(ROWS, ROWS)
def test_the_telling_view_has_the_odds_it_says(one, two):
    telling = law_of(one).telling(law_of(two))
    wide = any(v[0] for v in (*one, *two)) and "wide" in str(telling.events)
    row = tuple(telling.values[name] for name in "ab")
    pairs = [
        (Fraction(one.count((w, *row)), len(one)), Fraction(two.count((w, *row)), len(two)))
        for w in ((True,) if wide else (False, True))
    ]
    assert telling.odds in pairs
    most = max(
        abs(Fraction(one.count(v), len(one)) - Fraction(two.count(v), len(two)))
        for v in (*one, *two)
    )
    assert abs(telling.odds[0] - telling.odds[1]) == most


@given(st.lists(st.integers(1, 2**40), min_size=1, max_size=8), st.data())
def test_packing_is_injective_whatever_the_bounds(bounds, data):
    columns = [Column(str(k), bound) for k, bound in enumerate(bounds)]
    numbers = [data.draw(st.integers(0, bound - 1)) for bound in bounds]
    row = packed(columns, [Lanes(np.array([n])) for n in numbers], 1)[:, 0]
    assert list(unpacked(columns, row).values()) == numbers
    assert np.array_equal(packed(columns, numbers, 1)[:, 0], row)
