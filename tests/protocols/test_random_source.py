"""Random bits and elements inside programs: real in a run, 0 to the judge, priced beforehand."""

import pytest

from turncoat.protocols.arithmetic.predict import dry_run, predict
from turncoat.protocols.arithmetic.random_source import random_source
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.functionalities.plain import evaluate, layout_of

WAYS = [(opening, variant) for opening in Bgw.openings for variant in Bgw.variants]
INPUTS = {f"party{i}": {"x": [i, 10 * i, -7]} for i in range(1, 6)}


async def masked(mpc, inputs):
    """x + y, by way of masks and of bits that are seen to be bits; it depends on neither."""
    x, y = (own["x"] for own in list(inputs.values())[:2])
    r, b = await mpc.together(mpc.random_elements(3), mpc.random_bits(3))
    neither = await (b * (1 - b))
    return x + r + y - r + neither


async def seen(mpc, inputs):
    bits, elements = await mpc.random_bits(60), await mpc.random_elements(4)
    return {"bits": bits, "elements": elements}


def run(bench, program, way, **world):
    opening, variant = way
    family = Bgw(5, None, bench.field, opening=opening, variant=variant)
    layout = layout_of(INPUTS)
    announced = dry_run(family, program, layout).operations

    async def main(party):
        own = INPUTS[f"party{party.me}"]
        return await run_program(party, family, program, own, layout, announced=announced)

    return bench.run(5, main, **world), predict(family, program, layout)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("encode", [False, True])
def test_outputs_that_do_not_depend_on_the_coins_are_the_oracles_at_the_price_foretold(
    bench, values, way, encode
):
    done, found = run(bench, masked, way, encode=encode)

    assert values(done) == [evaluate(masked, INPUTS).outputs] * 5
    assert done.ledger.rounds() <= found.rounds
    assert done.ledger.total().payload_bytes == found.payload_bytes


def test_bits_are_both_kinds_elements_differ_and_seeds_change_them(bench, values):
    (first,) = {str(value) for value in values(run(bench, seen, WAYS[0])[0])}
    again = values(run(bench, seen, WAYS[0])[0])[0]
    other = values(run(bench, seen, WAYS[0], seed=7)[0])[0]

    assert str(again) == first
    assert set(again["bits"]) == set(other["bits"]) == {0, 1}
    assert len(set(again["elements"] + other["elements"])) == 8
    assert again["bits"] != other["bits"]


def test_the_oracle_draws_zeros_and_names_the_steps_as_a_run_does(bench):
    found = evaluate(seen, INPUTS)

    assert found.outputs == {"bits": [0] * 60, "elements": [0] * 4}
    assert [step.sid for step in found.operations] == ["random-bits.1", "random-elements.1"]
    sids = {sent.sid.split("/")[0] for sent in run(bench, seen, WAYS[0])[0].ledger.rows}
    assert {"random-bits.1", "random-elements.1"} <= sids


@pytest.mark.parametrize("m", [0, -1, True, 2.0])
def test_a_number_that_is_none_is_refused_in_both_worlds(bench, m):
    async def wrong(mpc, inputs):
        return await mpc.random_bits(m)

    with pytest.raises(ValueError, match="ask for a whole number of them"):
        evaluate(wrong, INPUTS)
    with pytest.raises(ValueError, match="ask for a whole number of them"):
        bench.compute(wrong, INPUTS)


def test_a_family_without_random_secrets_says_so():
    class Plainest:
        name = "plainest"

    with pytest.raises(TypeError, match="plainest draws no random secrets; take a family"):
        random_source(Plainest())
