"""A party's whole main: rounds, outputs, who learns them, and what the judge can read."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Output
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.arithmetic.predict import predict
from turncoat.protocols.arithmetic.program import finish_with
from turncoat.protocols.arithmetic.programs import dot, mean, total, variance
from turncoat.protocols.arithmetic.run_program import (
    InputRecord,
    NoEffectiveInput,
    effective_inputs,
    run_program,
)
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.functionalities.plain import evaluate, layout_of

SALARIES = {
    "alice": {"x": [41_200, 39_800]},
    "bob": {"x": [44_000]},
    "carol": {"x": [38_500, 42_700]},
}
F = prime_field(2**61 - 1)
ENTRIES = st.lists(st.integers(-(10**6), 10**6), max_size=4)


@settings(max_examples=30, deadline=None)
@given(
    lists=st.lists(ENTRIES, min_size=3, max_size=6).filter(any),
    program=st.sampled_from([total, mean, variance]),
    seed=st.integers(0, 99),
)
def test_programs_output_what_they_output_in_the_clear(bench, values, lists, program, seed):
    inputs = {f"party{i}": {"x": xs} if xs else {} for i, xs in enumerate(lists)}

    run, _ = bench.compute(program, inputs, seed=seed)

    assert values(run) == [evaluate(program, inputs).outputs] * len(lists)


def test_three_employers_learn_their_average_salary(bench, values):
    run, _ = bench.compute(mean, SALARIES)

    assert [output.to_json() for output in values(run)] == [
        {"value": 41240.0, "exact": "206200/5"}
    ] * 3
    assert run.virtual_ns == 2 * 40 * MILLISECOND


def test_a_thousand_products_in_a_row_take_a_thousand_rounds_and_two(bench, values):
    """On constant 40 ms links the run ends at exactly 1,002 × 40 ms."""

    async def chain(mpc, inputs):
        x, y = inputs["alice"]["x"], inputs["bob"]["x"]
        for _ in range(1000):
            x = await (x * y)
        return x

    inputs = {"alice": {"x": [3]}, "bob": {"x": [1]}, "carol": {}}

    run, _ = bench.compute(chain, inputs)

    assert values(run) == [3] * 3
    products = [sent.depth for sent in run.ledger.rows if sent.sid.startswith("mul.")]
    assert len(set(products)) == 1000
    assert run.ledger.rounds() == run.ledger.rounds("online") == 1002
    assert run.virtual_ns == 1002 * 40 * MILLISECOND


def test_all_inputs_of_all_parties_take_one_round_together(bench):
    inputs = {
        "alice": {"x": [1], "y": [[2, 3], [4, 5]], "z": []},
        "bob": {"x": [6, 7]},
        "carol": {},
    }

    run, _ = bench.compute(total, inputs)

    assert run.ledger.rounds() == 2
    assert {s.depth for s in run.ledger.rows if s.sid.startswith("input.")} == {1}


def test_several_named_results_are_opened_in_one_round(bench, values):
    async def program(mpc, inputs):
        x = inputs["alice"]["x"]
        return {"matrix": x.reshape(2, 2), "sum": x.sum(), "known": mpc.constant([1, 2])}

    run, _ = bench.compute(program, {"alice": {"x": [1, 2, 3, -4]}, "bob": {}, "carol": {}})

    assert values(run) == [{"matrix": [[1, 2], [3, -4]], "sum": 2, "known": [1, 2]}] * 3
    assert run.ledger.rounds() == 2
    assert sum(s.sid == "output" for s in run.ledger.rows) == 3


@pytest.mark.parametrize("to", [(2,), (1, 3), (3, 1, 2)])
def test_outputs_go_to_whom_they_are_meant_for_alone(bench, values, to):
    run, _ = bench.compute(total, SALARIES, to=to)

    assert values(run) == [206_200 if i in to else None for i in (1, 2, 3)]
    predicted = predict(Bgw(3, 1, F), total, layout_of(SALARIES), receivers=len(to))
    assert run.ledger.total().payload_bytes == predicted.payload_bytes


def test_opening_in_the_middle_of_a_program_yields_python_integers(bench, values):
    """As in the oracle, public arithmetic on what was opened never wraps at 64 bits."""
    kinds = []

    async def program(mpc, inputs):
        opened = await inputs["alice"]["x"].open()
        kinds.append((opened.dtype, type(opened[0])))
        return inputs["alice"]["x"] * int(math.log2(opened[0] ** 3 * 2**10))

    inputs = {"alice": {"x": [2**40]}, "bob": {}, "carol": {}}

    assert evaluate(program, inputs).outputs == 130 * 2**40
    assert values(bench.compute(program, inputs)[0]) == [130 * 2**40] * 3
    assert set(kinds) == {(np.dtype(object), int)}


def test_finish_is_applied_with_the_public_facts_of_the_run(bench, values):
    @finish_with(lambda opened, public: (opened, public.entries, dict(public.params)))
    async def program(mpc, inputs, factor):
        return inputs["alice"]["x"].sum() * factor

    inputs = {"alice": {"x": [1, 2]}, "bob": {"x": [4]}, "carol": {}}

    run, _ = bench.compute(program, inputs, {"factor": 5})

    assert values(run) == [(15, 3, {"factor": 5})] * 3
    assert evaluate(program, inputs, {"factor": 5}).outputs == (15, 3, {"factor": 5})


@pytest.mark.parametrize("own", [{"x": [1, 2, 3]}, {}, {"y": [1, 2]}, {"x": [[1], [2]]}])
def test_own_inputs_that_differ_from_the_public_layout_are_refused(bench, own):
    layout = {"alice": {"x": (2,)}, "bob": {}, "carol": {}}

    async def main(party):
        given = own if party.me == 1 else {}
        return await run_program(party, Bgw(3, 1, F), total, given, layout)

    with pytest.raises(ValueError, match=r"alice \(P1\) has inputs of shapes"):
        bench.run(3, main)


@pytest.mark.parametrize("values_", [[0.5], [True], ["7"]])
def test_inputs_that_are_no_integers_are_refused(bench, values_):
    layout = {"alice": {"x": (1,)}, "bob": {}, "carol": {}}

    async def main(party):
        given = {"x": values_} if party.me == 1 else {}
        return await run_program(party, Bgw(3, 1, F), total, given, layout)

    with pytest.raises(TypeError):
        bench.run(3, main)


# -- prediction ----------------------------------------------------------------------------------


async def _workout(mpc, inputs):
    x, y = inputs["a"]["x"], inputs["b"]["x"]
    z, w = await mpc.together(x * y, x.reshape(2, 2) @ y.reshape(2, 2))
    seen = await z.sum().open()
    return {"z": await (z * x) + seen, "w": w}


@pytest.mark.parametrize("n", [3, 5, 7])
@pytest.mark.parametrize("program", [total, mean, variance, dot, _workout])
def test_predicted_rounds_and_payload_are_exact(bench, program, n):
    inputs = {"a": {"x": [1, 2, 3, 4]}, "b": {"x": [4, 5, 6, 7]}}
    inputs |= {f"idle{i}": {} for i in range(n - 2)}

    predicted = predict(Bgw(n, None, F), program, layout_of(inputs))
    ledger = bench.compute(program, inputs)[0].ledger

    assert ledger.rounds() == predicted.rounds
    assert ledger.total().payload_bytes == predicted.payload_bytes == 8 * predicted.elements_total


# -- the judge -----------------------------------------------------------------------------------


def test_effective_inputs_are_read_off_the_honest_parties_shares(bench):
    _, record = bench.compute(total, SALARIES)
    given = SALARIES | {"carol": {"x": "what carol was given does not matter"}}

    judged = effective_inputs(given, record, Bgw(3, 1, F), layout_of(SALARIES), {3})

    assert judged["alice"] == SALARIES["alice"]
    assert judged["carol"]["x"].tolist() == [38_500, 42_700]
    assert evaluate(total, judged, p=F.p).outputs == 206_200


def test_a_substituted_input_is_the_effective_one(bench):
    """Carol's seat runs with another input: that is no wrong output, but another function value."""
    record, layout = InputRecord(), layout_of(SALARIES)
    held = dict(SALARIES["carol"])

    async def main(party):
        own = [*SALARIES.values()][party.me - 1]
        own = {"x": [0, 10**9]} if party.me == 3 else own
        return await run_program(party, Bgw(3, 1, F), total, own, layout, record=record)

    run = bench.run(3, main)
    judged = effective_inputs(SALARIES, record, Bgw(3, 1, F), layout, {3})

    assert SALARIES["carol"] == held
    assert {o.value for o in run.outcomes.values()} == {evaluate(total, judged, p=F.p).outputs}


def test_without_enough_honest_shares_there_is_no_effective_input(bench):
    _, record = bench.compute(total, SALARIES)
    del record.shares[1]

    with pytest.raises(NoEffectiveInput, match="x of carol"):
        effective_inputs(SALARIES, record, Bgw(3, 1, F), layout_of(SALARIES), {3})


def test_a_party_crashing_in_the_input_phase_leaves_no_record(bench):
    run, record = bench.compute(total, SALARIES, faults=[Crash(3, after_sends=1)])

    assert not any(isinstance(outcome, Output) for outcome in run.outcomes.values())
    assert 3 not in record.shares
