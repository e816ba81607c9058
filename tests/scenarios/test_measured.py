"""Measured delays: files are read exactly or refused with their row, and long ones are thinned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.distributions import CELLS, empirical
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load
from turncoat.scenarios.measured import read_delays, thinned
from turncoat.scenarios.problems import Refusal, ScenarioError

DELAYS = st.lists(st.integers(0, 10**12), min_size=1, max_size=50)
MANY = st.lists(st.integers(0, 10**9), min_size=CELLS, max_size=CELLS + 60)


@given(DELAYS | MANY)
def test_thinning_changes_no_table(samples):
    few = thinned(samples)
    assert empirical(few) == empirical(samples)
    assert len(few) <= CELLS + 1
    assert thinned(few) == few


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("41.2 ms", 41_200_000),
        ("41.2", 41_200_000),
        ("0.0412 s", 41_200_000),
        ('"41.2 ms"', 41_200_000),
        ("4.12e1", 41_200_000),
        ("3 us  # from the log", 3_000),
        ("0.0000004", 0),
        ("0.0000006", 1),
    ],
)
def test_a_row_is_a_duration_or_a_number_of_milliseconds(text, nanoseconds, tmp_path):
    (tmp_path / "delays.csv").write_text(f"# header\n\n{text}\r\n", encoding="utf-8-sig")
    assert read_delays("delays.csv", tmp_path).samples == (nanoseconds,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("delay\n41.2", "row 1: 'delay'"),
        ("41.2\n-3 ms", "row 2: '-3 ms' is negative"),
        ("41.2\n41.2 msec", "row 2: '41.2 msec': unknown unit 'msec'"),
        ("41,2", "row 1: '41,2' is not one duration"),
        ("1e99", "row 1: '1e99' is longer"),
        ("inf", "row 1: 'inf'"),
        ("", "holds no delay"),
        ("# none\n", "holds no delay"),
    ],
)
def test_a_bad_row_is_refused_with_its_number(text, says, tmp_path):
    (tmp_path / "delays.csv").write_text(text)
    with pytest.raises(Refusal, match=r"delays\.csv") as caught:
        read_delays("delays.csv", tmp_path)
    assert says in caught.value.message


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "delays.csv").write_bytes(b"\xff\xfe41.2")
    with pytest.raises(Refusal, match="cannot be read"):
        read_delays("delays.csv", tmp_path)


BASE = """\
[scenario]
seed = 7
[protocol]
use = "bgw"
program = "mean"
[parties]
names = ["alice", "bob", "carol"]
inputs = { alice = [1], bob = [2], carol = [3] }
[network]
empirical = "network.csv"
[[network.link]]
from = "alice"
to = "bob"
empirical = "data/link.csv"
[[fault]]
kind = "degrade"
who = "bob"
link = { empirical = "missing.csv" }
when = { at = "50 ms" }
"""


@pytest.fixture
def scenario_file(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "network.csv").write_text("".join(f"{40 + k % 7}\n" for k in range(2000)))
    (tmp_path / "data/link.csv").write_text("90 ms\n91 ms\n")
    (tmp_path / "slow.csv").write_text("1 s\n")
    file = tmp_path / "scenario.toml"
    file.write_text(BASE.replace("missing", "slow"))
    return file


def test_files_are_relative_to_the_scenario_and_stand_wherever_a_link_does(scenario_file):
    scenario = load(scenario_file)
    assert abs(scenario.default_link.latency - 43 * 10**6) < 10**5
    assert scenario.link("alice", "bob").samples == (90 * 10**6, 91 * 10**6)
    assert scenario.faults[0].link.empirical.samples == (10**9,)
    assert simulate(scenario).verdict.name == "OK"


def test_a_scenario_written_out_carries_its_delays_and_has_the_same_digest(scenario_file, tmp_path):
    scenario = load(scenario_file)
    alone = tmp_path / "elsewhere" / "scenario.toml"
    alone.parent.mkdir()
    alone.write_text(scenario.dumps())
    again = load(alone)
    assert again.resolved() == scenario.resolved()
    assert again.default_link == scenario.default_link
    assert simulate(again).digest == simulate(scenario).digest


def test_all_files_that_cannot_be_read_are_refused_at_once(scenario_file):
    scenario_file.write_text(BASE.replace("network.csv", "gone.csv"))
    with pytest.raises(ScenarioError) as caught:
        load(scenario_file)
    assert [problem.key for problem in caught.value.problems] == [
        "network.empirical",
        "fault[0].link.empirical",
    ]
    assert "missing.csv" in caught.value.problems[1].message
