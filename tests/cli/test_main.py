"""The entry point: fast help, exit codes of every ending, and errors in one line."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import turncoat
from turncoat.cli.main import COMMANDS, invoke

HEAVY = ("numpy", "trio", "numba", "rich", "hypothesis", "cryptography", "cattrs")

PROBE = """
import json, sys
from turncoat.cli.main import invoke
code = invoke(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded_by(*arguments):
    """The exit code of a command line in a fresh interpreter, and the modules it loaded."""
    process = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(process.stderr.splitlines()[-1])
    return code, {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["rum"]])
def test_help_loads_nothing_heavy(arguments):
    code, modules = loaded_by(*arguments)
    assert code in (0, 2)
    assert modules.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", [["list"], ["list", "attacks", "scenarios"], ["schema"]])
def test_list_and_schema_load_neither_numpy_nor_trio(command):
    code, modules = loaded_by(*command)
    assert code == 0
    assert modules.isdisjoint({"numpy", "trio", "numba", "hypothesis", "rich"})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command, capsys):
    assert invoke([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Usage: turncoat " + command in shown
    assert "Examples:" in shown or "Exit codes:" in shown


def test_the_help_of_the_group_names_every_command(capsys):
    assert invoke(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_an_unknown_command_is_a_usage_error_with_the_nearest_name(capsys):
    assert invoke(["exlpain"]) == 2
    assert "did you mean 'explain'?" in capsys.readouterr().err


def test_a_file_in_place_of_a_command_is_told_about_run(capsys):
    assert invoke(["my.toml"]) == 2
    assert "turncoat run my.toml" in capsys.readouterr().err


def test_the_version_is_the_packages(capsys):
    assert invoke(["--version"]) == 0
    assert turncoat.__version__ in capsys.readouterr().out


def test_the_module_can_be_run_like_the_command():
    command = [sys.executable, "-m", "turncoat", "run", "nothing.toml"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 2
    assert "nothing.toml" in process.stderr


def test_an_unexpected_error_is_one_line_and_exit_4(monkeypatch, capsys):
    def broken(*_):
        raise ZeroDivisionError("of a kind\nthat nobody foresaw")

    monkeypatch.setattr("turncoat.cli.main._dispatch", broken)
    assert invoke(["list"]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ZeroDivisionError: of a kind that nobody foresaw")


def test_a_closed_pipe_ends_quietly():
    process = subprocess.Popen(
        [sys.executable, "-m", "turncoat", "run", "average-salary", "--repeat", "200"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 128 + signal.SIGPIPE
    assert errors == ""


# A test may itself run where Ctrl-C is ignored, and its children would inherit that.
LISTENING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from turncoat.cli.main import main
main()
"""

ENDLESS = """
async def spin(mpc, inputs):
    x = inputs["alice"]["x"]
    if hasattr(x, "values"):  # the oracle's arrays are in the clear
        return x.sum()
    open("started", "w").close()
    while True:
        {}
"""


@pytest.mark.parametrize("busy", ["x = await (x * x)", "pass"], ids=["talking", "computing"])
def test_ctrl_c_exits_130_and_says_what_had_finished(tmp_path, busy):
    (tmp_path / "endless.py").write_text(ENDLESS.format(busy))
    (tmp_path / "endless.toml").write_text(
        '[protocol]\nuse = "bgw"\nprogram = "endless:spin"\n'
        '[parties]\nnames = ["alice", "bob", "carol"]\ninputs = { alice = [1] }\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING, "run", "average-salary", "endless.toml", "--seed", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "41240" in out
    assert "interrupted: 1 of 2 runs had finished" in err
    assert "Traceback" not in err
