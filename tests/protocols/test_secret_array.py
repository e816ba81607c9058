"""Numpy's operators over shares: the same results as over plain integers, and clear refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.protocols.functionalities.plain import evaluate

SMALL = st.integers(-50, 50)


# -- random programs: every operator, in both worlds ----------------------------------------------


async def _opened(mpc, x, y, c):
    return x * (await y.open() % 7) + c


async def _strands(mpc, x, y, c):
    async def square_of(z):
        return await (z * z)

    a, b = await mpc.together(square_of(x), x * y)
    return (a - b) * c


def _local(function):
    async def step(mpc, x, y, c):
        return function(mpc, x, y, c)

    return step


def _product(function):
    async def step(mpc, x, y, c):
        return await function(x, y, c)

    return step


MATRIX = np.array([[1, -2, 0], [3, 1, 1], [0, 0, 2]])
STEPS = {
    "add": _local(lambda mpc, x, y, c: x + y),
    "sub": _local(lambda mpc, x, y, c: x - y),
    "neg": _local(lambda mpc, x, y, c: -x),
    "shift": _local(lambda mpc, x, y, c: c - x + np.array([[c], [1]])),
    "scale": _local(lambda mpc, x, y, c: c * x * np.array([1, 2, c])),
    "array first": _local(lambda mpc, x, y, c: np.array([c, 0, 1]) * x - np.array(c) * y),
    "right": _local(lambda mpc, x, y, c: x @ MATRIX),
    "left": _local(lambda mpc, x, y, c: MATRIX[:2, :2] @ x),
    "swap rows": _local(lambda mpc, x, y, c: mpc.concatenate([x[1:], y[:1]])),
    "total": _local(lambda mpc, x, y, c: x.sum() + y),
    "rows": _local(lambda mpc, x, y, c: x.sum(axis=1).reshape(2, 1) + y),
    "columns": _local(lambda mpc, x, y, c: x.sum(axis=0) - y),
    "corner": _local(lambda mpc, x, y, c: x[0, 1] + y[-1] + y),
    "flat": _local(lambda mpc, x, y, c: x.reshape(-1).reshape(3, -1).reshape((2, 3))),
    "constant": _local(lambda mpc, x, y, c: mpc.constant([[c, 1, 2], [3, 4, c]])),
    "mul": _product(lambda x, y, c: x * y),
    "mul broadcast": _product(lambda x, y, c: x * y[0]),
    "dot": _product(lambda x, y, c: x.reshape(2, 3)[:, :2] @ y),
    "gram": _product(lambda x, y, c: x.reshape(2, 3) @ y.reshape(3, 2)),
    "matrix vector": _product(lambda x, y, c: x @ y[0]),
    "vector matrix": _product(lambda x, y, c: x[0, :2] @ y),
    "inner": _product(lambda x, y, c: x[0] @ y[1]),
    "open": _opened,
    "strands": _strands,
}


async def random_program(mpc, inputs, steps):
    """Grow a list of 2-by-3 arrays step by step, each from two before it; return all of them.

    Every result is brought back to 2 by 3, so that any step may follow.
    """

    async def padded(op, x, y, c):
        z = await STEPS[op](mpc, x, y, c)
        if z.shape == (2, 3):
            return z
        if z.shape == (2, 2):
            return mpc.concatenate([z.reshape(-1), z.reshape(-1)[:2]]).reshape(2, 3)
        return (z[:1] if z.shape == (1,) else z.sum()) + x

    pool = [array for own in inputs.values() for array in own.values()]
    for op, i, j, c in steps:
        pool.append(await padded(op, pool[i % len(pool)], pool[j % len(pool)], c))
    return dict(zip("abcdefghijkl", pool, strict=False))


ARRAYS = st.lists(SMALL, min_size=6, max_size=6).map(lambda xs: [xs[:3], xs[3:]])
PROGRAMS = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9), st.integers(0, 9), SMALL),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(arrays=st.tuples(ARRAYS, ARRAYS), steps=PROGRAMS, p=st.sampled_from([101, 2**61 - 1]))
def test_random_programs_yield_what_they_yield_in_the_clear(bench_over, values, arrays, steps, p):
    """Over F_101 values wrap; the oracle then reads every opening in F_101, too."""
    inputs = {"a": {"x": arrays[0]}, "b": {}, "c": {"x": arrays[1]}}
    expected = evaluate(random_program, inputs, {"steps": steps}, p)

    run, _ = bench_over(p).compute(random_program, inputs, {"steps": steps})

    assert values(run) == [expected.outputs] * 3
    assert run.ledger.rounds() == expected.rounds + 2


@pytest.mark.parametrize("op", sorted(STEPS))
def test_each_operator_yields_what_it_yields_in_the_clear(bench, values, op):
    inputs = {"a": {"x": [[1, -2, 3], [4, 5, -6]]}, "b": {"x": [[7, 0, 9], [-1, 2, 2]]}, "c": {}}

    async def program(mpc, inputs):
        return await STEPS[op](mpc, inputs["a"]["x"], inputs["b"]["x"], 3)

    run, _ = bench.compute(program, inputs)

    assert values(run) == [evaluate(program, inputs).outputs] * 3


def test_sids_are_numbered_per_strand_and_operation(bench):
    async def squares(mpc, x):
        return await (await (x * x) * x)

    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        y = await (x * x)
        a, b = await mpc.together(squares(mpc, x), y @ y)
        await a.open()
        return await (a * b)

    run, _ = bench.compute(program, {"a": {"x": [2]}, "b": {}, "c": {}})

    assert list(dict.fromkeys(sent.sid for sent in run.ledger.rows)) == [
        "input.1.x",
        "mul.1",
        "dot.1",
        "strand.1.1/mul.1",
        "strand.1.1/mul.2",
        "open.1",
        "mul.2",
        "output",
    ]


def test_a_sid_is_fixed_where_the_product_is_written_not_where_it_is_awaited(bench, values):
    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        first, second = x * x, x * (x + 1)
        b = await second
        a = await first
        return mpc.concatenate([a, b])

    run, _ = bench.compute(program, {"a": {"x": [2]}, "b": {}, "c": {}})

    assert values(run) == [[4, 6]] * 3
    sids = dict.fromkeys(sent.sid for sent in run.ledger.rows if "mul" in sent.sid)
    assert list(sids) == ["mul.2", "mul.1"]


def test_one_digest_whatever_order_strands_are_woken_in(bench):
    async def power(x, k):
        for _ in range(k):
            x = await (x * x)
        return x

    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        return mpc.concatenate(await mpc.together(power(x, 3), power(x + 1, 3), power(x, 2)))

    inputs = {"a": {"x": [2]}, "b": {}, "c": {}}
    digests = {
        bench.compute(program, inputs, shuffle=shuffle, encode=encode)[0].digest
        for shuffle in (None, list.reverse)
        for encode in (False, True)
    }

    assert len(digests) == 1


# -- refusals: the same in both worlds ------------------------------------------------------------

REFUSED = {
    "truth": (lambda x: bool(x), "no truth value"),
    "if": (lambda x: 1 if x else 2, "await x.open()"),
    "float": (float, "no float"),
    "int": (int, "no int"),
    "index": (lambda x: [1, 2][x], "no index|cannot be an index"),
    "in": (lambda x: 3 in x, "`in`"),
    "equal": (lambda x: x == 3, "cannot be compared"),
    "unequal": (lambda x: x != x, "cannot be compared"),
    "less": (lambda x: x < 3, "cannot be compared"),
    "max": (lambda x: max(x, x), "cannot be compared"),
    "hash": (hash, "unhashable"),
    "divide": (lambda x: x / 2, "finish"),
    "divided": (lambda x: 2 // x, "finish"),
    "modulo": (lambda x: x % 2, "finish"),
    "power": (lambda x: x**2, r"await \(x \* x\)"),
    "asarray": (np.asarray, "no numpy array"),
    "array of": (lambda x: np.array([x, x]), "no numpy array"),
    "ufunc": (np.sqrt, "numpy.sqrt does not work"),
    "array equal": (lambda x: np.array([1, 2]) == x, "numpy.equal does not work"),
    "function": (lambda x: np.concatenate([x, x]), "mpc.concatenate"),
    "np.sum": (np.sum, "numpy.sum does not work"),
    "float operand": (lambda x: x + 0.5, "float|not an integer|integer"),
    "bool operand": (lambda x: x * True, "bool|not an integer"),
    "text operand": (lambda x: x + "1", "unsupported operand"),
    "product as operand": (lambda x: x * x + x, r"write \(await \(x \* y\)\)"),
    "operand and product": (lambda x: x + x * x, r"write \(await \(x \* y\)\)"),
    "product indexed": (lambda x: (x @ x)[0], r"write \(await \(x @ y\)\)"),
    "truth of product": (lambda x: bool(x * x), r"write \(await"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_secret_cannot_do_is_refused_with_a_hint(bench, name):
    attempt, message = REFUSED[name]
    inputs = {"a": {"x": [2, 3]}, "b": {}, "c": {}}

    async def program(mpc, inputs):
        with pytest.raises(TypeError, match=message):
            attempt(inputs["a"]["x"])
        return inputs["a"]["x"]

    assert evaluate(program, inputs).outputs == [2, 3]
    bench.compute(program, inputs)


def test_awaiting_a_secret_itself_shows_where_the_parentheses_go(bench):
    inputs = {"a": {"x": [2, 3]}, "b": {}, "c": {}}

    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        with pytest.raises(TypeError, match=r"write await \(x \* y\)"):
            await x * x
        return x

    evaluate(program, inputs)
    bench.compute(program, inputs)


def test_a_product_is_awaited_once(bench):
    inputs = {"a": {"x": [2, 3]}, "b": {}, "c": {}}

    async def program(mpc, inputs):
        product = inputs["a"]["x"] * inputs["a"]["x"]
        await product
        with pytest.raises(RuntimeError, match="already awaited"):
            await product
        return inputs["a"]["x"]

    evaluate(program, inputs)
    bench.compute(program, inputs)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda x: x * x[:2],
        lambda x: x @ x[:2],
        lambda x: x + np.array([1, 2]),
        lambda x: x @ np.array([1, 2]),
        lambda x: x.reshape(2, 2),
        lambda x: x.reshape(2, -1),
    ],
)
def test_shapes_that_do_not_fit_are_refused_before_anything_is_sent(bench, attempt):
    inputs = {"a": {"x": [1, 2, 3]}, "b": {}, "c": {}}

    async def program(mpc, inputs):
        with pytest.raises(ValueError, match=r"shape|broadcast|mismatch"):
            attempt(inputs["a"]["x"])
        return inputs["a"]["x"]

    evaluate(program, inputs)
    bench.compute(program, inputs)


def test_secrets_of_two_computations_do_not_mix(bench):
    others = []

    async def program(mpc, inputs):
        x = inputs["a"]["x"]
        for other in others:
            with pytest.raises(TypeError, match="different computations"):
                x + other
        others.append(x)
        return x

    bench.compute(program, {"a": {"x": [1]}, "b": {}, "c": {}})


def test_a_representation_shows_no_value(bench):
    shown = []

    async def program(mpc, inputs):
        shown.append(repr(inputs["a"]["x"]))
        return inputs["a"]["x"]

    inputs = {"a": {"x": [41200, 41200]}, "b": {}, "c": {}}
    evaluate(program, inputs)
    bench.compute(program, inputs)

    assert set(shown) == {"PlainArray(shape=(2,))", "SecretArray(shape=(2,))"}
