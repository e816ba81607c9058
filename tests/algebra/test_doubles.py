"""2^127 − 1 and 2^128 on pairs of words, against Python's integers: every engine, every edge."""

from operator import add, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.arithmetic import EngineChoice
from turncoat.protocols.algebra.double_arithmetic import CHUNK
from turncoat.protocols.algebra.few import FEW
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.algebra.storage import PAIR
from turncoat.protocols.primitives.symmetric import AesCtrTape

P127 = 2**127 - 1
STRUCTURES = {"2^127 - 1": prime_field(P127), "Z_2^128": ring(128)}
ENGINES = ["numpy", "numba"]


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    """Everything long on one engine."""
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(request.param))
    return request.param


def edges(order):
    """0, both ends, and every power of two with its neighbours."""
    near = {0, 1, 2, 3, order - 1, order - 2, order // 2, (2**63 - 1) << 64, 2**64 - 1}
    powers = {2**k + d for k in range(1, 128) for d in (-1, 0, 1)}
    return sorted(value for value in near | powers if value < order)


def every_pair(field):
    ends = [*edges(field.order)[::3], field.order - 1]
    return [a for a in ends for _ in ends], ends * len(ends)


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("op", [add, sub, mul])
def test_every_pair_of_edges_is_as_with_integers(name, op, engine):
    field = STRUCTURES[name]
    xs, ys = every_pair(field)

    found = op(field(xs), field(ys))

    assert found.array.dtype == PAIR
    assert found.integers().tolist() == [
        op(x, y) % field.order for x, y in zip(xs, ys, strict=True)
    ]


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("size", [1, FEW, FEW + 1, CHUNK - 1, CHUNK + 1])
def test_both_engines_are_python_on_random_elements_of_every_length(name, size, engine):
    field, coins = STRUCTURES[name], AesCtrTape(bytes(16))
    q = field.order
    a, b = field.random(coins, size), field.random(coins, size)
    xs, ys = a.integers().tolist(), b.integers().tolist()

    for op in (add, sub, mul):
        assert op(a, b).integers().tolist() == [op(x, y) % q for x, y in zip(xs, ys, strict=True)]
        assert op(a, 7).integers().tolist() == [op(x, 7) % q for x in xs]
    assert (a @ b).integers().tolist() == [sum(map(mul, xs, ys)) % q]
    assert a.sum().integers().tolist() == [sum(xs) % q]
    combined = field.combine((q - 1, 5), (a, b)).integers().tolist()
    assert combined == [(5 * y - x) % q for x, y in zip(xs, ys, strict=True)]


@pytest.mark.parametrize("name", STRUCTURES)
def test_both_engines_evaluate_and_multiply_matrices_as_python_does(name, engine):
    field, coins = STRUCTURES[name], AesCtrTape(bytes(16))
    q, points = field.order, [0, 1, 5, field.order - 1]
    rows = [field.random(coins, 50) for _ in range(3)]
    c0, c1, c2 = (row.integers() for row in rows)
    a, b = field.random(coins, (4, 9)), field.random(coins, (9, 5))

    values = field.arithmetic.horner([row.array for row in rows], points)

    for value, x in zip(values, points, strict=True):
        assert field.storage.integers(value).tolist() == ((c0 + c1 * x + c2 * x * x) % q).tolist()
    assert ((a @ b).integers() == (a.integers() @ b.integers()) % q).all()
    assert (a.sum(0).integers() == a.integers().sum(0) % q).all()
    assert (a.sum(1).integers() == a.integers().sum(1) % q).all()


@given(st.sampled_from(sorted(STRUCTURES)), st.data())
def test_the_laws_of_a_ring_hold_on_arrays(name, data):
    field = STRUCTURES[name]
    numbers = st.lists(
        st.one_of(st.sampled_from(edges(field.order)), st.integers(0, field.order - 1)),
        min_size=FEW + 1,
        max_size=FEW + 1,
    )
    x, y, z = (field(data.draw(numbers)) for _ in range(3))

    assert x.few is None
    assert (x + y) + z == x + (y + z)
    assert x + y == y + x
    assert (x * y) * z == x * (y * z)
    assert x * y == y * x
    assert x * (y + z) == x * y + x * z
    assert x - y == x + (-y)
    assert (x + field.zeros(x.shape), x * field.full(x.shape, 1)) == (x, x)


def test_inverses_are_inverses(engine):
    field, coins = prime_field(P127), AesCtrTape(bytes(16))
    x = field.random(coins, 500)
    odd = ring(128).random(coins, 500) * 2 + 1

    assert x * field.inv(x) == field.full(500, 1)
    assert odd * ring(128).inv(odd) == ring(128).full(500, 1)


@pytest.mark.parametrize("wrong", [P127, P127 + 1, 2**128 - 1])
def test_bytes_of_what_is_not_below_the_order_are_refused(wrong):
    field = prime_field(P127)
    data = field.encode(field([1, 2, P127 - 1])) + wrong.to_bytes(16, "little")

    assert field.decode(data[:48]) == field([1, 2, P127 - 1])
    with pytest.raises(ValueError, match=f"element 3 of 4 is {wrong}, not below {P127}"):
        field.decode(bytes(data))


def test_long_vectors_load_numba_once_the_work_has_paid_for_it(monkeypatch):
    choice = EngineChoice()
    monkeypatch.setattr(arithmetic, "choice", choice)
    x = prime_field(P127).random(AesCtrTape(bytes(16)), 100_000)

    calls = 0
    while not choice.compiled:
        x, calls = x * x, calls + 1

    assert 5 < calls < 100
    assert np.array_equal((x + x).array, (x * 2).array)
