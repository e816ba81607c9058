"""Which engine runs, when numba is loaded, and operands of different shapes."""

import subprocess
import sys

import numpy as np
import pytest

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.arithmetic import LONG, PRICE, SHORT, Arithmetic, EngineChoice
from turncoat.protocols.algebra.field import prime_field

P61 = 2**61 - 1


def in_a_new_process(program, **environment):
    """What the program prints, with nothing loaded but what it loads."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


SHARING = """
import sys
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import deal, reconstruct
from turncoat.protocols.primitives.symmetric import AesCtrTape
coins, field = AesCtrTape(bytes(16)), prime_field(2**61 - 1)
for size in (1, 16, 1000, 4095):
    for _ in range(200 if size < 4095 else 1500):
        x = field.random(coins, size)
        y = x * x + x
    assert reconstruct(deal(y, 1, (1, 2, 3), coins), 1) == y
print("numba" in sys.modules)
"""


def test_sharing_short_vectors_never_loads_numba():
    assert in_a_new_process(SHARING) == "False\n"


def test_the_environment_can_begin_with_numba():
    assert in_a_new_process(SHARING, TURNCOAT_ENGINE="numba") == "True\n"


def test_the_environment_names_only_engines_that_exist():
    printed = in_a_new_process(SHARING, TURNCOAT_ENGINE="cuda")

    assert "TURNCOAT_ENGINE is 'cuda': set it to numpy or numba, or unset it" in printed


def test_long_vectors_load_numba_once_the_work_has_paid_for_it():
    choice = EngineChoice()
    calls = 0
    while not choice.compiled:
        choice.spend(LONG, LONG)
        calls += 1

    assert calls * LONG > PRICE >= (calls - 1) * LONG


def test_shorter_vectors_do_not_count_towards_loading_numba():
    choice = EngineChoice()
    choice.spend(LONG - 1, 10 * PRICE)

    assert not choice.compiled


def test_the_order_numpy_outlasts_any_work():
    choice = EngineChoice("numpy")
    choice.spend(10 * PRICE, 10 * PRICE)

    assert not choice.compiled


def test_without_numba_the_work_goes_on_in_numpy(monkeypatch):
    choice = EngineChoice()
    monkeypatch.setattr(arithmetic, "choice", choice)
    monkeypatch.setitem(sys.modules, "turncoat.protocols.algebra.compiled", None)
    choice.spend(LONG, 2 * PRICE)
    a = np.full(LONG, P61 - 1, np.uint64)

    assert choice.compiled
    assert Arithmetic(P61).mul(a, a).tolist() == [1] * LONG
    assert not choice.compiled


def test_numba_by_order_and_missing_is_an_error(monkeypatch):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice("numba"))
    monkeypatch.setitem(sys.modules, "turncoat.protocols.algebra.compiled", None)
    one = np.ones(1, np.uint64)

    with pytest.raises(ImportError):
        Arithmetic(P61).mul(one, one)


@pytest.mark.parametrize("order", ["numpy", "numba"])
@pytest.mark.parametrize("p", [2, 5, 2**40 - 87, P61])
@pytest.mark.parametrize("size", [1, SHORT, SHORT + 1, 1000])
def test_every_operation_is_the_same_by_every_engine(monkeypatch, order, p, size):
    """All that a field offers, on sizes on either side of the thresholds, against integers."""
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    field = prime_field(p)
    x = [pow(3, k, p) for k in range(size)]
    y = [pow(7, k + 1, p) for k in range(size)]
    a, b = field(x), field(y)

    assert a + b == field([u + v for u, v in zip(x, y, strict=True)])
    assert a - b == field([u - v for u, v in zip(x, y, strict=True)])
    assert a * b == field([u * v for u, v in zip(x, y, strict=True)])
    assert -a == field([-u for u in x])
    assert a @ b == field(sum(u * v for u, v in zip(x, y, strict=True)))
    assert a.sum() == field(sum(x))
    assert field.combine([2, -3], [a, b]) == field(
        [2 * u - 3 * v for u, v in zip(x, y, strict=True)]
    )


@pytest.mark.parametrize("order", ["numpy", "numba"])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((3,), (1,)),
        ((1,), (3,)),
        ((2, 3), (3,)),
        ((3,), (2, 3)),
        ((2, 1), (1, 3)),
        ((2, 3), (1, 1)),
        ((1,), (1, 1)),
        ((0,), (1,)),
        ((1,), (0, 2)),
        ((4, 1, 2), (3, 1)),
        ((2, 2), (2, 2)),
    ],
)
def test_operands_are_broadcast_as_by_numpy(monkeypatch, order, left, right):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    field = prime_field(101)
    x = np.arange(np.prod(left)).reshape(left) + 90
    y = np.arange(np.prod(right)).reshape(right) + 95

    assert field(x) + field(y) == field(x + y)
    assert field(x) - field(y) == field(x - y)
    assert field(x) * field(y) == field(x * y)


def test_shapes_that_do_not_broadcast_are_named():
    field = prime_field(101)

    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(4,\) do not broadcast"):
        field.zeros(3) + field.zeros(4)
