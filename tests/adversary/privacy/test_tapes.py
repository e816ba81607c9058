"""A layout numbers every tape once, and a batch hands out its digits."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.tapes import (
    Batch,
    EnumeratedCoins,
    Layout,
    MoreCoins,
    batch,
)

BOUNDS = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=3), min_size=1, max_size=3)


def layout_with(bounds):
    layout = Layout()
    for party, row in enumerate(bounds, 1):
        layout = layout.longer((party, 0, "sid"), tuple(row))
    return layout


@given(BOUNDS)
def test_every_tape_comes_exactly_once(bounds):
    """Against itertools: the digits of all numbers are the product of all ranges."""
    layout = layout_with(bounds)
    flat = [(party, k, b) for party, row in enumerate(bounds, 1) for k, b in enumerate(row)]
    tapes = batch(layout, 0, layout.count)
    digits = [tapes.coin((party, 0, "sid"), k).numbers for party, k, _ in flat]
    assert layout.count == prod(b for *_, b in flat)
    found = sorted(zip(*(d.tolist() for d in digits), strict=True))
    assert found == sorted(product(*(range(b) for *_, b in flat)))


@given(BOUNDS, st.integers(1, 50))
def test_batches_are_equally_large_and_cover_everything(bounds, most):
    layout = layout_with(bounds)
    size = layout.batch_size(most)
    assert layout.count % size == 0
    assert size <= most or size == 1


def test_a_longer_draw_than_known_asks_for_a_longer_layout():
    coins = EnumeratedCoins(batch(Layout(), 0, 1))
    with pytest.raises(MoreCoins) as caught:
        coins(2, 0, "mul", None).uniform(5, 3)
    layout = caught.value.layout
    assert layout.count == 125
    drawn = EnumeratedCoins(batch(layout, 0, 125))(2, 0, "mul", None).uniform(5, 3)
    assert len({tuple(x.numbers[lane] for x in drawn) for lane in range(125)}) == 125


def test_stuck_coins_say_nothing_and_repeated_ones_the_same():
    layout = layout_with([[5, 5]])
    coins = EnumeratedCoins(
        batch(layout, 0, 25),
        stuck=frozenset({(2, "sid")}),
        again={(3, "other"): (1, "sid")},
    )
    first = coins(1, 0, "sid", None).uniform(5, 2)
    assert coins(2, 0, "sid", None).uniform(5, 2).tolist() == [0, 0]
    again = coins(3, 0, "other", None).uniform(5, 2)
    assert all(np.array_equal(a.numbers, b.numbers) for a, b in zip(first, again, strict=True))


def test_what_cannot_be_enumerated_is_refused():
    tape = EnumeratedCoins(Batch(Layout(), np.zeros(1, np.int64)))(1, 0, "", None)
    with pytest.raises(NotEnumerable, match="16 octets"):
        tape.octets(16)
    with pytest.raises(NotEnumerable, match="statistical check"):
        tape.uniform(2**61 - 1, 1)
