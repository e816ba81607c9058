"""Programs over SPDZ: the outputs that they have in the clear, at the predicted price, any way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.outcome import Output
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols import registry
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.arithmetic.programs import dot, mean, total, variance
from turncoat.protocols.arithmetic.run_program import effective_inputs
from turncoat.protocols.functionalities.plain import evaluate, layout_of
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.stock import PrepShortage

from .spdz_worlds import F, play, predicted, world
from .test_secret_array import ARRAYS, PROGRAMS, STEPS, random_program

WAYS = [(opening, variant) for opening in Spdz.openings for variant in ("plain", "sacrifice")]


def inputs_of(n, length=3):
    return {f"party{i}": {"x": [i, 10 * i, -7][:length]} for i in range(1, n + 1)}


def way(opening, variant):
    return {"opening": opening, "variant": variant}


async def winding(mpc, inputs):
    """Strands within strands, products awaited out of order, an opening in the middle."""
    x, y = (own["x"] for own in list(inputs.values())[:2])

    async def square(z, times):
        for _ in range(times):
            z = await (z * z)
        return z

    async def both(z):
        return (await mpc.together(square(z, 1), z @ z))[0]

    a, b, c = await mpc.together(square(x, 2), both(y), square(y, 1))
    late, early = a * b, b * c
    early = await early
    factor = int((await early.sum().open())[0]) % 5
    return await ((await late) * factor * x)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("program", [total, mean, variance, dot, winding])
def test_every_way_yields_and_costs_what_is_right_and_predicted(how, n, program):
    played = play(program, inputs_of(n), family=way(*how))
    found, ledger = predicted(played), played.run.ledger

    assert played.outputs == [evaluate(program, inputs_of(n), p=F.p).outputs] * n
    assert played.verdict == "OK"
    assert ledger.total().payload_bytes == found.payload_bytes
    if how[0] == "king":  # it may run ahead of those it does not wait for
        assert ledger.rounds() <= found.rounds
    else:
        assert ledger.rounds() == found.rounds


CATALOGUE = {
    "sum": ({}, lambda n: inputs_of(n)),
    "mean": ({}, lambda n: inputs_of(n)),
    "variance": ({}, lambda n: inputs_of(n)),
    "dot": ({}, lambda n: inputs_of(n)),
    "matmul": (
        {},
        lambda n: (
            {"a": {"x": [[1, 2], [3, 4], [5, 6]]}, "b": {"x": [[1, 0, 2], [-1, 1, 1]]}}
            | {f"idle{i}": {} for i in range(n - 2)}
        ),
    ),
    "polynomial": ({"coefficients": [3, -1, 0, 2]}, lambda n: inputs_of(n)),
    "covariance": (
        {},
        lambda n: {f"p{i}": {"x": [i, 2], "y": [4, -i]} for i in range(n)},
    ),
    "linear-regression": (
        {},
        lambda n: {f"p{i}": {"x": [[1, i], [1, 7]], "y": [2 * i + 1, 15]} for i in range(n)},
    ),
    "histogram": ({}, lambda n: inputs_of(n)),
    "vote": (
        {"candidates": ["ann", "bea"]},
        lambda n: {f"p{i}": {"x": [i % 2, 1 - i % 2]} for i in range(n)},
    ),
}


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("name", sorted(registry.PROGRAMS))
def test_every_program_of_the_catalogue_runs_unchanged(name, n):
    params, inputs = CATALOGUE[name][0], CATALOGUE[name][1](n)
    program = registry.program(name)

    played = play(program, inputs, params)

    assert played.outputs == [evaluate(program, inputs, params).outputs] * n
    assert played.run.ledger.total().payload_bytes == predicted(played).payload_bytes
    assert played.run.ledger.rounds() == predicted(played).rounds


@settings(max_examples=25, deadline=None)
@given(arrays=st.tuples(ARRAYS, ARRAYS), steps=PROGRAMS, p=st.sampled_from([101, 2**61 - 1]))
def test_random_programs_yield_what_they_yield_in_the_clear(arrays, steps, p):
    """Over F_101 values wrap; the oracle then reads every opening in F_101, too. With steps that
    depend on opened values in their shapes nothing could be prepared; these have none."""
    inputs = {"a": {"x": arrays[0]}, "b": {}, "c": {"x": arrays[1]}}
    expected = evaluate(random_program, inputs, {"steps": steps}, p)

    played = play(
        random_program, inputs, {"steps": steps}, field=prime_field(p), family={"sigma": 5}
    )

    assert played.outputs == [expected.outputs] * 3
    assert played.run.ledger.rounds() == predicted(played).rounds
    assert played.run.ledger.total().payload_bytes == predicted(played).payload_bytes


@pytest.mark.parametrize("op", sorted(STEPS))
def test_each_operator_yields_what_it_yields_in_the_clear(op):
    inputs = {"a": {"x": [[1, -2, 3], [4, 5, -6]]}, "b": {"x": [[7, 0, 9], [-1, 2, 2]]}}

    async def program(mpc, inputs):
        return await STEPS[op](mpc, inputs["a"]["x"], inputs["b"]["x"], 3)

    assert play(program, inputs).outputs == [evaluate(program, inputs).outputs] * 2


@pytest.mark.parametrize("how", WAYS)
def test_one_digest_whatever_order_strands_are_woken_in(how):
    digests = {
        play(winding, inputs_of(3), family=way(*how), shuffle=shuffle, encode=encode).run.digest
        for shuffle in (None, list.reverse)
        for encode in (False, True)
    }

    assert len(digests) == 1


# -- squares, and outputs to some ------------------------------------------------------------------
async def squared(mpc, inputs):
    x = inputs["party1"]["x"]
    return await (x * x)


async def copied(mpc, inputs):
    x = inputs["party1"]["x"]
    return await (x * x[:])


def test_the_product_of_a_secret_with_itself_is_a_square_at_half_the_price():
    square, product = (play(program, inputs_of(3)) for program in (squared, copied))

    def opened(played):
        return played.run.ledger.total(lambda sent: sent.sid == "spdz/mul.1").payload_bytes

    assert square.outputs == product.outputs == [[1, 100, 49]] * 3
    assert (opened(square), opened(product)) == (8 * 6 * 3, 8 * 12 * 3)


@pytest.mark.parametrize("opening", Spdz.openings)
@pytest.mark.parametrize("program", [total, dot])
@pytest.mark.parametrize("to", [(2,), (1, 3), (3, 1, 2)])
def test_outputs_go_to_whom_they_are_meant_for_alone(opening, program, to):
    played = play(program, inputs_of(3), to=to, family={"opening": opening})
    right = evaluate(program, inputs_of(3)).outputs

    assert played.outputs == [right if i in to else None for i in (1, 2, 3)]
    found = predicted(played, receivers=len(to))
    assert played.run.ledger.total().payload_bytes == found.payload_bytes
    assert played.run.ledger.rounds() == found.rounds


def test_an_output_to_one_is_opened_to_the_others_in_disguise():
    """All shares of what is opened are known to P3; they add up to y + r, not to y."""
    played = play(total, inputs_of(3), to=(1,), keep_bodies=True)
    bodies = {
        sent.first: played.run.journal.bodies[sent.first]
        for sent in played.run.ledger.rows
        if sent.kind == "PartialOpening"
    }
    (opened,) = sum(body.values for body in bodies.values()).tolist()

    assert len(bodies) == 3
    assert played.outputs[0] == evaluate(total, inputs_of(3)).outputs != opened


# -- preprocessing is announced --------------------------------------------------------------------
def test_a_step_that_nobody_announced_runs_short_and_says_of_what():
    async def moody(mpc, inputs):
        """On zeros, on which it is announced, it multiplies once; otherwise twice."""
        x = inputs["party1"]["x"]
        y = await (x * inputs["party2"]["x"])
        return y if (await y.sum().open())[0] == 0 else await (y * x)

    with pytest.raises(PrepShortage, match=r"spdz/mul.2 needs a triple of .*3.*none was made"):
        play(moody, inputs_of(2))


def test_a_family_that_nobody_prepared_is_refused():
    async def main(party):
        Spdz(2, None, F).constant(party, F([1]))

    with pytest.raises(ValueError, match="call prepare first"):
        world(2, dealer=False).run(main)


# -- the judge -------------------------------------------------------------------------------------
OFFSETS = st.integers(-(2**60), 2**60)


@settings(max_examples=15, deadline=None)
@given(offset=OFFSETS, n=st.sampled_from([2, 3]), program=st.sampled_from([total, dot]))
def test_a_lie_in_ones_own_input_is_another_input(offset, n, program):
    """ε + δ, said alike to all, is the masked form of x + δ: substitution, and right for the
    effective inputs."""
    inputs = inputs_of(n)
    rule = bind("lie", AddError(offset), 2, Selector(kind="InputDifference"))

    played = play(program, inputs, rules={2: [rule]})
    judged = effective_inputs(
        inputs, played.execution.record, played.session.family, layout_of(inputs), {2}
    )

    assert rule.receipt.acted
    assert judged["party2"]["x"].tolist() == F([2 + offset, 20 + offset, offset - 7]).tolist()
    assert judged["party1"] == inputs["party1"]
    assert played.verdict == "OK"
    assert isinstance(played.run.outcomes[1], Output)


@pytest.mark.parametrize("offset", [1, 0])
def test_an_owner_that_contradicts_itself_has_no_input_and_is_noticed(offset):
    rule = bind("lie", AddError(offset), 2, Selector(kind="InputDifference", to=frozenset({3})))

    played = play(total, inputs_of(3), rules={2: [rule]})

    assert rule.receipt.acted
    if offset:
        assert played.execution.right(played.run.outcomes, frozenset({2})) is None
        assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})
    else:
        assert played.verdict == "OK"
