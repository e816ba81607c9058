"""The collector's thresholds during a run, and after it."""

import gc

import pytest

from turncoat.scenarios.collector import seldom_collected


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_thresholds_are_raised_inside_and_the_callers_own_outside_whatever_happens():
    @seldom_collected()
    def fail():
        raise RuntimeError(gc.get_threshold()[0])

    gc.set_threshold(700, 10, 10)
    with pytest.raises(RuntimeError, match="50000"):
        fail()
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (10**6, 5, 5)])
def test_whoever_wants_fewer_collections_keeps_them(own):
    gc.set_threshold(*own)
    with seldom_collected():
        assert gc.get_threshold() == own
