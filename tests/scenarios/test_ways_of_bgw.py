"""[protocol] opening and variant: from the file to the ledger."""

import json
from textwrap import dedent

import pytest

from turncoat.scenarios.compose import prepare, simulate
from turncoat.scenarios.loader import load
from turncoat.scenarios.problems import ScenarioError

OPENINGS = ["all", "king"]
VARIANTS = ["plain", "compressed", "dn07"]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", ["salary-variance", "pooled-regression", "board-vote"])
def test_a_scenario_has_one_output_however_it_is_computed(name, opening, variant):
    keys = {"protocol.opening": opening, "protocol.variant": variant, "expect": {}}
    plain = simulate(load(name, {"protocol.variant": "plain", "expect": {}}))

    report = simulate(load(name, keys))

    assert report.verdict.name == "OK"
    outputs = [party["output"] for party in report.json()["parties"].values()]
    assert outputs == [party["output"] for party in plain.json()["parties"].values()]


@pytest.mark.parametrize("variant", VARIANTS)
def test_phases_stand_apart_in_the_document(variant):
    """Five parties, t = 2, two products of one entry: seeds of 16 bytes to t others each, or two
    sharings of ⌈2/3⌉ secrets each to all others."""
    document = simulate(load("salary-variance", {"protocol.variant": variant, "expect": {}})).json()
    before = {
        name: (phase["rounds"], phase["payload_bytes"])
        for name, phase in document["phases"].items()
        if name != "online"
    }

    assert (
        before
        == {
            "plain": {},
            "compressed": {"setup": (1, 5 * 2 * 16)},
            "dn07": {"prep": (1, 5 * 4 * 2 * 8)},
        }[variant]
    )
    assert json.dumps(document)


def test_a_misspelt_variant_is_refused_where_it_stands():
    with pytest.raises(ScenarioError) as caught:
        prepare(load("salary-variance", {"protocol.variant": "dn70"}))

    (problem,) = caught.value.problems
    assert problem.key == "protocol.variant"
    assert problem.message == "bgw has no variant 'dn70'"
    assert "did you mean 'dn07'?" in problem.render()


def test_an_option_of_another_protocol_is_refused_where_it_stands():
    with pytest.raises(ScenarioError) as caught:
        prepare(load("salary-variance", {"protocol.prep": "dealer"}))

    (problem,) = caught.value.problems
    assert problem.key == "protocol.prep"
    assert problem.message == "bgw has no 'prep'"


def test_a_program_that_fails_on_zeros_cannot_be_prepared_for(tmp_path):
    """Its steps are found by a dry run on zeros; without preparation it runs."""
    (tmp_path / "mine.py").write_text(
        "async def ratio(mpc, inputs):\n"
        "    x = inputs['alice']['x']\n"
        "    return await (x * x) * (100 // int((await x.open())[0]))\n"
    )
    file = tmp_path / "ratio.toml"
    file.write_text(
        dedent("""
        [scenario]
        seed = 1
        [protocol]
        use = "bgw"
        program = "mine:ratio"
        [parties]
        names = ["alice", "bob", "carol"]
        inputs = { alice = [5] }
        """)
    )

    assert simulate(load(file)).json()["parties"]["bob"]["output"] == 500
    with pytest.raises(ScenarioError, match=r"on zeros the program fails \(.* by zero\)"):
        prepare(load(file, {"protocol.variant": "dn07"}))
