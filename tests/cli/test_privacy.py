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


# -- scenarios -------------------------------------------------------------------------------------


def test_a_scenario_is_checked_by_name_and_its_leak_is_expected(capsys):
    assert invoke(["privacy", "private-product", "one-listener-too-many"]) == 0
    shown = capsys.readouterr().out
    assert "3,125 tapes × 25 inputs" in shown
    assert "LEAK, as expected" in shown
    assert "alice 0; bob 0  against  alice 1; bob 0" in shown
    assert "InputShare.values of bgw/input.1.x, alice → bob = 0" in shown


def test_a_file_without_an_adversary_is_asked_about_every_set_of_t(tmp_path, capsys):
    changes = ["--set", "adversary=[]", "--set", "expect.verdict=OK", "--json"]
    (tmp_path / "mine.toml").write_text('[scenario]\nextends = "average-salary-ideal"\n')
    arguments = ["privacy", str(tmp_path / "mine.toml"), "--extraction", *changes]
    assert invoke(arguments) == 0
    (document,) = json.loads(capsys.readouterr().out)["checks"]
    assert [r["corrupted"] for r in document["results"]] == [["alice"], ["bob"], ["carol"]]
    assert {r["result"] for r in document["results"]} == {"CLEAN"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["average-salary"], "asks for no check: say --exact, --statistical or --extraction"),
        (["average-salary", "--exact"], "2^61 - 1 is not enumerated"),
        (["private-product", "--ideal"], "one of --exact, --statistical, --extraction"),
    ],
)
def test_scenarios_that_cannot_be_checked_say_why(arguments, said, capsys):
    assert invoke(["privacy", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_run_keeps_the_corrupted_seats_views(tmp_path, capsys):
    out = str(tmp_path / "run")
    assert invoke(["run", "private-product", "-q", "--out", out, "--views"]) == 0
    capsys.readouterr()
    assert invoke(["view", out, "--of", "carol"]) == 0
    assert "alice → carol" in capsys.readouterr().out
    assert invoke(["view", out, "--of", "alice"]) == 2


def test_views_need_a_folder(capsys):
    assert invoke(["run", "private-product", "--views"]) == 2
    assert "--out" in capsys.readouterr().err


def test_the_page_of_a_run_shows_what_the_check_found(capsys):
    assert invoke(["run", "one-listener-too-many"]) == 0
    shown = capsys.readouterr().out
    assert "privacy     LEAK (exact), to bob and carol" in shown
    assert "this view has chance 1/3125 under the one and 0 under the other" in shown
