"""`turncoat run`, end to end: exit codes, JSON, seeds, repetitions, folders, limits."""

import json
import re
import shlex
import subprocess
import sys

import pytest

import turncoat
from turncoat.cli.main import invoke

KEYS = {  # semantics, section 11
    "turncoat", "scenario", "seed", "digest", "verdict", "findings", "held", "guarantee_in_force",
    "soundness_error", "privacy", "expectations", "parties", "totals", "phases", "receipts",
    "faults", "detected_by", "stopped_by_peer", "waiting", "replay", "measured",
}  # fmt: skip

WORLD = """
[protocol]
use = "bgw"
program = "{program}"

[parties]
names = ["alice", "bob", "carol"]
inputs = {{ alice = [1, 2], bob = [3] }}
{more}
"""

PROGRAMS = """
import itertools
import time

counter = itertools.count()


def in_the_clear(inputs):
    return hasattr(inputs["alice"]["x"], "values")


async def raises(mpc, inputs):
    if not in_the_clear(inputs):
        raise LookupError("no such row")
    return inputs["alice"]["x"].sum()


async def talks(mpc, inputs):
    x = inputs["alice"]["x"]
    while not in_the_clear(inputs):
        x = await (x * x)
    return x.sum()


async def computes(mpc, inputs):
    while not in_the_clear(inputs):
        pass
    return inputs["alice"]["x"].sum()


async def loops_in_the_clear(mpc, inputs):
    while True:
        pass


async def leaves(mpc, inputs):
    if not in_the_clear(inputs):
        raise SystemExit(0)
    return inputs["alice"]["x"].sum()


async def leaves_early(mpc, inputs):
    raise SystemExit(0)


async def restless(mpc, inputs):
    # A process-wide counter: exactly what a reproducible program must not ask.
    return inputs["alice"]["x"].sum() + (0 if in_the_clear(inputs) else next(counter) // 3)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "programs.py").write_text(PROGRAMS)
    return tmp_path


def written(folder, name, program="sum", more=""):
    (folder / f"{name}.toml").write_text(WORLD.format(program=program, more=more))
    return f"{name}.toml"


def failing(folder, name="failing"):
    return written(folder, name, more="[expect]\nrounds = 17\n")


def inconclusive(folder, name="inconclusive"):
    attack = '[[adversary]]\ncorrupts = ["carol"]\ndoes = "add-error"\nwhen = { kind = "Nothing" }'
    return written(folder, name, more=attack)


def document(capsys, *arguments):
    code = invoke(["run", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def without_measured(found):
    assert found.pop("measured")["wall_s"] > 0
    return found


def test_the_average_salary_is_printed_with_its_verdict_and_cost(capsys):
    assert invoke(["run", "average-salary", "--seed", "7"]) == 0
    shown = capsys.readouterr()
    assert re.match(r"average-salary +bgw/mean +3 parties +wan +seed 7 +OK\n", shown.out)
    assert "41240 (= 206200/5)   all parties agree" in shown.out
    assert "2 rounds · 12 messages" in shown.out
    assert "verdict OK ✓" in shown.out
    assert "privacy     not tested" in shown.out
    assert "replay      turncoat run average-salary --seed 7" in shown.out
    assert shown.err == ""


def test_the_document_has_the_promised_keys(capsys):
    code, found = document(capsys, "average-salary")
    assert code == 0
    assert found.keys() >= KEYS


def test_the_command_line_and_the_api_agree_on_everything_but_what_was_measured(capsys):
    overrides = {"network.latency": "3 ms", "network.loss": "10 %"}
    report = turncoat.run("average-salary", seed=5, overrides=overrides)
    sets = [part for key, value in overrides.items() for part in ("--set", f"{key}={value}")]
    _, found = document(capsys, "average-salary", "--seed", "5", *sets)
    expected = json.loads(json.dumps(report.json()))
    assert without_measured(found) == without_measured(expected)


def test_a_failed_expectation_exits_1_and_shows_expected_beside_found(folder, capsys):
    assert invoke(["run", failing(folder)]) == 1
    shown = capsys.readouterr().out
    assert "✗ rounds: expected 17, found 2" in shown
    assert "not as expected" in shown


def test_an_attack_that_never_fired_is_inconclusive_and_names_what_was_sent(folder, capsys):
    assert invoke(["run", inconclusive(folder)]) == 3
    shown = capsys.readouterr().out
    assert "carol: add-error never fired: no message matched (" in shown
    assert "but carol sent" in shown
    assert "PartialOpening" in shown
    assert "INCONCLUSIVE" in shown


def test_a_program_that_raises_exits_4_in_one_line(folder, capsys):
    assert invoke(["run", written(folder, "raising", "programs:raises"), "--seed", "3"]) == 4
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line.startswith("error: raising, seed 3: LookupError: no such row")
    assert "alice" in line
    assert shown.out == ""


@pytest.mark.parametrize("program", ["leaves", "leaves_early"])
def test_a_program_cannot_end_the_process_with_a_code_of_its_own(folder, capsys, program):
    assert invoke(["run", written(folder, "leaving", f"programs:{program}")]) == 4
    assert "SystemExit" in capsys.readouterr().err


def test_the_traceback_of_an_unexpected_error_is_shown_if_asked_for(folder, capsys):
    assert invoke(["run", written(folder, "raising", "programs:raises"), "-v"]) == 4
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "programs.py" in shown


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ("ok", 0),
        ("ok inconclusive", 3),
        ("inconclusive failing ok", 1),
        ("failing raising inconclusive", 4),
        ("raising ok", 4),
    ],
)
def test_of_several_files_the_worst_of_4_1_3_0_wins(folder, capsys, kinds, code):
    makers = {
        "ok": lambda: written(folder, "ok"),
        "failing": lambda: failing(folder),
        "inconclusive": lambda: inconclusive(folder),
        "raising": lambda: written(folder, "raising", "programs:raises"),
    }
    files = [makers[kind]() for kind in kinds.split()]
    assert invoke(["run", *files, "--seed", "1"]) == code
    shown = capsys.readouterr().out
    for kind in kinds.split():
        assert kind == "raising" or f"{kind}  bgw/sum" in shown  # all the others ran


def test_an_invalid_file_among_several_means_that_nothing_runs(folder, capsys):
    good, bad = written(folder, "good"), folder / "bad.toml"
    bad.write_text((folder / "good.toml").read_text().replace('"bgw"', '"bgv"'))
    worse = written(folder, "worse", more="[network]\nlatncy = 3\n")
    assert invoke(["run", good, "bad.toml", worse, "--out", "kept"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "bad.toml:3:" in shown.err
    assert "did you mean 'bgw'?" in shown.err
    assert "worse.toml:10:1: error: network.latncy" in shown.err  # all mistakes, not the first
    assert not (folder / "kept").exists()


def test_an_unknown_name_is_refused_with_the_nearest(capsys):
    assert invoke(["run", "avarage-salary"]) == 2
    assert "did you mean 'average-salary'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["average-salary", "--seed", "-1"],
        ["average-salary", "--seed", "seven"],
        ["average-salary", "--repeat", "0"],
        ["average-salary", "--set", "network.latency"],
        ["average-salary", "--set", "=3"],
        ["average-salary", "--set", "network.latency=3"],
        ["average-salary", "--trace", "everything"],
        ["average-salary", "--timeout", "30"],
        ["average-salary", "--timeout", "0 s"],
        ["average-salary", "--josn"],
    ],
)
def test_wrong_usage_exits_2_with_a_message_and_no_result(arguments, capsys):
    assert invoke(["run", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "rror" in shown.err


def test_a_folder_that_cannot_be_made_is_found_out_before_the_run(folder, capsys):
    (folder / "taken").write_text("")
    assert invoke(["run", "average-salary", "--out", "taken/below"]) == 2
    assert "taken" in capsys.readouterr().err


# Seeds


def test_without_any_seed_one_is_picked_printed_and_repeatable(folder, capsys):
    file = written(folder, "seedless", more='[network]\npreset = "wan"\n')
    _, first = document(capsys, file)
    _, other = document(capsys, file)
    assert first["seed"] != other["seed"]
    assert 0 <= first["seed"] < 2**32
    assert first["replay"].endswith(f"--seed {first['seed']}")
    _, again = document(capsys, file, "--seed", str(first["seed"]))
    assert again["digest"] == first["digest"]


def test_the_printed_replay_command_repeats_the_run(folder, capsys):
    (folder / "with space").mkdir()
    file = written(folder, "with space/mine", more='[network]\npreset = "wan"\n')
    _, first = document(capsys, file, "--set", "network.latency=3 ms")
    program, *arguments = shlex.split(first["replay"])
    assert program == "turncoat"
    assert invoke([*arguments, "--json"]) == 0
    assert without_measured(json.loads(capsys.readouterr().out)) == without_measured(first)


def test_repetition_i_uses_seed_plus_i(capsys):
    code, found = document(capsys, "average-salary", "--seed", "40", "--repeat", "3")
    assert code == 0
    assert [run["seed"] for run in found["runs"]] == [40, 41, 42]
    for run in found["runs"]:
        _, alone = document(capsys, "average-salary", "--seed", str(run["seed"]))
        assert without_measured(alone) == without_measured(run)


def test_a_file_may_ask_for_repetitions_and_the_command_line_wins(folder, capsys):
    file = written(folder, "many", more="[scenario]\nrepeat = 3\nseed = 1\n")
    assert [run["seed"] for run in document(capsys, file)[1]["runs"]] == [1, 2, 3]
    assert len(document(capsys, file, "--repeat", "1")[1]["runs"]) == 1


def test_repetitions_are_one_line_each_and_a_sum(capsys):
    assert invoke(["run", "average-salary", "--repeat", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[-1] == "4 runs: 4 as expected"


def test_a_bad_repetition_is_shown_at_length_and_named_in_the_sum(capsys):
    sets = ["--set", 'expect.verdict="WRONG"']
    assert invoke(["run", "average-salary", "--repeat", "2", *sets]) == 1
    shown = capsys.readouterr().out
    assert shown.count("✗ verdict: expected WRONG, found OK") == 2
    assert "2 not as expected (average-salary seed 7, average-salary seed 8)" in shown


# Overrides


def test_an_override_reaches_the_scenario_and_the_last_one_wins(capsys):
    sets = ["--set", "network.latency=1 s", "--set", "network.latency=2 s"]
    _, found = document(capsys, "average-salary", *sets, "--set", "network.jitter=0 s")
    assert found["totals"]["virtual_ns"] > 4 * 10**9


def test_a_refused_override_is_pointed_at(capsys):
    assert invoke(["run", "average-salary", "--set", "network.latncy=1 s"]) == 2
    shown = capsys.readouterr().err
    assert "--set #1" in shown
    assert "did you mean 'latency'?" in shown


# What is kept


def test_a_run_folder_holds_scenario_document_and_events(folder, capsys):
    assert invoke(["run", "average-salary", "--out", "kept"]) == 0
    kept = {path.name for path in (folder / "kept").iterdir()}
    assert kept == {"scenario.toml", "run.json", "events.jsonl"}
    found = json.loads((folder / "kept/run.json").read_text())
    capsys.readouterr()
    _, again = document(capsys, "kept/scenario.toml", "--seed", str(found["seed"]))
    assert again["digest"] == found["digest"]


def test_several_runs_get_a_folder_each(folder, capsys):
    (folder / "elsewhere").mkdir()
    twin = written(folder / "elsewhere", "sum")
    files = [written(folder, "sum"), f"elsewhere/{twin}"]
    assert invoke(["run", *files, "--out", "kept", "--seed", "3", "--repeat", "2"]) == 0
    found = {
        str(path.parent.relative_to(folder / "kept")) for path in folder.glob("kept/*/*/run.json")
    }
    assert found == {"sum/3", "sum/4", "sum-2/3", "sum-2/4"}


# Determinism and limits


@pytest.mark.parametrize("name", ["average-salary", "lie-in-a-product", "crashed-party"])
def test_a_shipped_scenario_has_one_digest(name, capsys):
    assert invoke(["run", name, "--verify-determinism"]) == 0
    assert "one digest" in capsys.readouterr().out


def test_a_restless_program_has_two_digests_and_fails_naming_both(folder, capsys):
    file = written(folder, "restless", "programs:restless")
    assert invoke(["run", file, "--verify-determinism", "--json"]) == 1
    shown = capsys.readouterr()
    assert "two digests" in shown.err
    first, second = re.findall(r"\b[0-9a-f]{64}\b", shown.err)
    assert first != second
    assert json.loads(shown.out)["digest"] == first


def test_a_real_time_limit_ends_a_run_that_talks_for_ever(folder, capsys):
    file = written(folder, "talking", "programs:talks")
    assert invoke(["run", file, "--timeout", "200 ms"]) == 3
    shown = capsys.readouterr().out
    assert "INCONCLUSIVE" in shown
    assert "time limit" in shown


@pytest.mark.parametrize("program", ["computes", "loops_in_the_clear"])
def test_a_program_that_never_reaches_the_network_is_named_and_ended(folder, program):
    """Only another thread can end it, and the process with it: hence a process of its own."""
    file = written(folder, "stuck", f"programs:{program}")
    process = subprocess.run(
        [sys.executable, "-m", "turncoat", "run", "average-salary", file, "--timeout", "500 ms"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 4
    (line,) = process.stderr.splitlines()
    assert "--timeout of 0.5 s" in line
    assert "programs.py" in line
    if program == "computes":
        assert "41240" in process.stdout  # what had finished is out


# Voices


def test_quiet_is_one_line_a_run(capsys):
    assert invoke(["run", "average-salary", "lie-in-a-product", "-q"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 3
    assert shown.err == ""


def test_json_is_the_only_thing_on_stdout_even_with_a_trace(capsys):
    arguments = ["average-salary", "--trace", "headers", "--verify-determinism", "-v"]
    code = invoke(["run", *arguments, "--json"])
    shown = capsys.readouterr()
    assert code == 0
    assert json.loads(shown.out)["verdict"] == "OK"
    assert "alice → all (× 2)" in shown.err
    assert "one digest" in shown.err


def test_an_error_in_one_of_many_stands_in_the_document(folder, capsys):
    files = [written(folder, "raising", "programs:raises"), written(folder, "good")]
    code = invoke(["run", *files, "--json", "--seed", "1"])
    first, second = json.loads(capsys.readouterr().out)["runs"]
    assert code == 4
    assert first == {"scenario": "raising", "seed": 1, "error": "LookupError: no such row"}
    assert second["verdict"] == "OK"


@pytest.mark.parametrize(("colour", "expected"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colours_follow_the_environment(monkeypatch, capsys, colour, expected):
    monkeypatch.setenv(colour, "1")
    assert invoke(["run", "average-salary"]) == 0
    assert ("\x1b[" in capsys.readouterr().out) is expected


def test_no_colour_wins_over_the_colours_of_a_forced_terminal(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert invoke(["run", "lie-in-a-product"]) == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", capsys.readouterr().out)
