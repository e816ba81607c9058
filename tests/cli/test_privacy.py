"""`turncoat privacy` and `turncoat view`: what is printed, and the exit codes."""

import json
import sys

import pytest

from turncoat.actors.topology import Cast
from turncoat.actors.world import World
from turncoat.adversary.views import CoinRecorder, save_seats
from turncoat.cli.main import invoke
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.bgw.share_input import share_input
from turncoat.protocols.primitives.symmetric import AesCtrTape

OWN = """
from turncoat.adversary.privacy.checks import controls, sharing

def good():
    yield sharing.additive(3, 5, (2,))

def leaky():
    yield next(controls.reused_coin())

def mute():
    yield sharing.additive(2, 5, (1,))
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A user's checks, in the folder in which the command is given."""
    (tmp_path / "my_privacy_checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield "my_privacy_checks"
    sys.modules.pop("my_privacy_checks", None)


def test_without_a_name_the_checks_are_listed(capsys):
    assert invoke(["privacy"]) == 0
    shown = capsys.readouterr().out
    assert "bgw-xy+w-f7" in shown
    assert "no-degree-reduction" in shown


def test_a_proof_says_for_which_parameters(capsys):
    assert invoke(["privacy", "shamir-n3"]) == 0
    shown = capsys.readouterr().out
    assert "PERFECT" in shown
    assert "n = 3, t = 1, F_5" in shown
    assert "5 tapes × 5 inputs = 25 runs" in shown


def test_a_control_shows_the_view_that_tells(capsys):
    assert invoke(["privacy", "--exact", "secret-time", "no-degree-reduction"]) == 0
    shown = capsys.readouterr().out
    assert "LEAK, as planted" in shown
    assert "at 1000000 ns (never under the other)" in shown
    assert "4/5 (total variation, exact)" in shown
    assert "2 checks: 2 as expected" in shown


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("leaky", 1), ("mute", 3)])
def test_the_exit_code_tells_what_a_check_of_ones_own_found(own, name, code, capsys):
    assert invoke(["privacy", f"{own}:{name}"]) == code


def test_json_holds_everything_and_fractions_as_text(capsys):
    assert invoke(["privacy", "no-degree-reduction", "extract-bare", "--json"]) == 0
    leak, attack = json.loads(capsys.readouterr().out)["checks"]
    assert (leak["check"], leak["held"], leak["control"]) == ("no-degree-reduction", True, True)
    assert leak["results"][0]["distance"] == "4/5"
    assert leak["results"][0]["evidence"]["inputs"][0] == {"P1": [0], "P2": [0]}
    assert attack["results"][0]["verdict"] == "CLEAN"
    assert attack["measured"]["wall_s"] >= 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bgw-xyf5"], "did you mean 'bgw-xy-f5'?"),
        (["--statistical", "bgw-xy-f5"], "bgw-xy-f5 is checked by --exact"),
        (["no_such_module_of_mine:f"], "No module named"),
        (["json:no_such_function"], "json has no function 'no_such_function'"),
    ],
)
def test_mistakes_are_named(arguments, said, capsys):
    assert invoke(["privacy", *arguments]) == 2
    assert said in capsys.readouterr().err


# -- view ------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A run in which alice deals 1234 to bob and carol."""
    field, names = prime_field(2**61 - 1), ("alice", "bob", "carol")
    recorder = CoinRecorder(frozenset((1, 2, 3)))
    inputs = {1: [1234], 2: [], 3: []}

    async def main(party):
        await share_input(party.sub("x"), 1, field(inputs[party.me]), (1,))

    run = World(
        cast=Cast(names), tapes=AesCtrTape, t=1, structures={"field": field}, keep_bodies=True,
        coins=recorder,
    ).run(main)  # fmt: skip
    return save_seats(tmp_path / "run", run.journal, names, inputs, recorder.coins())


def test_a_view_is_printed(folder, capsys):
    assert invoke(["view", str(folder), "--of", "carol,bob"]) == 0
    shown = capsys.readouterr().out
    assert "the view of carol, bob" in shown
    assert "alice → carol" in shown
    assert "InputShare" in shown
    assert "1234" not in shown


def test_a_view_is_json_and_a_redacted_folder(folder, tmp_path, capsys):
    hers = tmp_path / "hers"
    assert invoke(["view", str(folder), "--of", "carol", "--json", "--out", str(hers)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [m["from"] for m in document["received"]] == ["alice"]
    assert document == json.loads((hers / "view.json").read_text())
    assert invoke(["view", str(hers), "--of", "alice"]) == 2
    assert "holds no view of alice" in capsys.readouterr().err


def test_of_nobody_is_refused(folder, capsys):
    assert invoke(["view", str(folder), "--of", ","]) == 2
    assert "--of carol" in capsys.readouterr().err
