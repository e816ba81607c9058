"""A scenario written out is the same scenario, and its fingerprint says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.loader import catalogue, load, loads
from turncoat.scenarios.problems import ScenarioError

RICH = """\
[protocol]
use = "bgw"
with = { steps = 3 }

[parties]
names = ["alice", "bob", "carol"]
inputs = { alice = [1, 2], bob = { x = [[1], [2]], y = 3 }, "c*" = RANDOM }

[network]
preset = "wan"
loss = "1/3"

[[network.link]]
from = "alice"
to = "*"
latency = "90 ms"

[[network.host]]
who = "bob"
bandwidth_up = "unlimited"

[[fault]]
kind = "crash"
who = "bob"
when = { at = "1 s" }

[[adversary]]
corrupts = "carol"
does = "add-error"
when = { kind = "SubShare", nth = 1 }
with = { offset = 1 }

[expect]
verdict = "ABORT"
accused = []
output = [1, "1/3"]
rounds = 12
payload_bytes = ">= 1 kB"
finish_by = "< 2 s"
""".replace("RANDOM", '{ random = "uniform", length = 3, bits = 8 }')

RICH_OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "scenario.seed": st.integers(0, 2**63 - 1),
        "scenario.time_limit": st.integers(1, 10**12).map(lambda ns: f"{ns} ns"),
        "scenario.about": st.text(st.characters(codec="utf-8"), max_size=5).map(lambda s: f"a{s}"),
        "network.preset": st.sampled_from(["ideal", "lan", "wan"]),
        "network.latency": st.integers(0, 10**12).map(lambda ns: f"{ns} ns"),
        "network.loss": st.floats(0, 1),
        "network.bandwidth_up": st.integers(1, 10**12).map(lambda r: f"{r} bit/s"),
        "expect.output": st.lists(st.integers() | st.floats(allow_nan=False, allow_infinity=False)),
        "expect.verdict": st.lists(st.sampled_from(["OK", "STALL"]), min_size=1, max_size=2),
        "expect.bytes_total": st.integers(0, 10**9).map(lambda n: f"> {n} B"),
        "protocol.with": st.dictionaries(st.text("ab\"' é", max_size=3), st.integers(), max_size=2),
    },
)


@given(RICH_OVERRIDES)
def test_a_scenario_written_out_and_read_back_is_the_same(overrides):
    scenario = loads(RICH, overrides=overrides)
    again = loads(scenario.dumps())
    assert again.resolved() == scenario.resolved()
    assert again.fingerprint() == scenario.fingerprint()
    assert again.inputs_for(5) == scenario.inputs_for(5)
    assert again.tables.expect == scenario.tables.expect
    for sender, receiver in [("alice", "bob"), ("bob", "alice")]:
        assert again.link(sender, receiver) == scenario.link(sender, receiver)
        assert again.host(sender) == scenario.host(sender)


@pytest.mark.parametrize("name", catalogue())
def test_a_shipped_scenario_written_out_needs_no_other_file(name, tmp_path):
    scenario = load(name)
    copy = tmp_path / "scenario.toml"
    copy.write_text(scenario.dumps(), encoding="utf-8")
    assert load(copy).resolved() == scenario.resolved()
    assert load(copy).inputs_for(3) == scenario.inputs_for(3)


def test_the_resolved_scenario_leaves_no_number_to_defaults():
    network = loads(RICH).resolved()["network"]
    assert network["jitter"] == "5 ms"
    assert network["bandwidth_down"] == "100 Mbit/s"
    assert loads(RICH).resolved()["scenario"]["time_limit"] == "1 h"


SAME = {
    "scenario.name": "renamed",
    "scenario.about": "a story",
    "network.latency": "0.04 s",
    "network.jitter": "5000 us",
    "expect.payload_bytes": ">= 1000",
    "fault[0].who": ["bob"],
    "parties.inputs.alice": {"x": [1, 2]},
}
OTHER = {
    "scenario.seed": 1,
    "network.latency": "41 ms",
    "network.jitter": "0 s",
    "expect.payload_bytes": "> 1 kB",
    "fault[0].who": "alice",
    "parties.inputs.alice": [2, 1],
    "protocol.with": {"steps": 4},
}


@pytest.mark.parametrize("key", SAME)
def test_another_spelling_leaves_the_fingerprint(key):
    overrides = {"network.jitter": "5 ms", key: SAME[key]}
    assert loads(RICH, overrides=overrides).fingerprint() == loads(RICH).fingerprint()


@pytest.mark.parametrize("key", OTHER)
def test_another_meaning_changes_the_fingerprint(key):
    changed = loads(RICH, overrides={key: OTHER[key]})
    assert changed.fingerprint() != loads(RICH).fingerprint()


def test_whoever_finds_a_further_mistake_can_point_at_its_line():
    scenario = loads(RICH, "rich.toml")
    problem = scenario.problem(("adversary", 0, "does"), "unknown behaviour", "did you mean …?")
    assert (problem.line, problem.column) == (29, 8)
    assert str(ScenarioError([problem])).startswith("rich.toml:29:8: error: adversary[0].does: ")


def test_parties_are_chosen_by_name_and_glob_in_their_order():
    scenario = loads(RICH)
    assert scenario.who(["carol", "*b*", "bob"]) == ("bob", "carol")
    assert scenario.corrupted == ("carol",)
    assert scenario.n == 3
