"""`turncoat why`: how a run ended, on which message; and whether its accusations are proven."""

import json

import pytest

from turncoat.cli.main import invoke


@pytest.fixture
def why(capsys, tmp_path):
    """Run a scenario into a folder, and explain it: (code, stdout, stderr)."""

    def explain(*arguments, scenario="average-salary", adversary="", change=None):
        sets = ["--set", "expect={}"]
        if adversary:
            sets += ["--set", f"adversary=[{adversary}]"]
        invoke(["run", scenario, *sets, "--out", str(tmp_path), "-q"])
        if change is not None:
            change(tmp_path)
        capsys.readouterr()
        code = invoke(["why", str(tmp_path), *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return explain


MALFORMED = '{corrupts=["carol"], does="malformed", when={kind="PartialOpening"}}'


def test_who_ended_how_and_on_which_message(why):
    code, out, _ = why(adversary=MALFORMED)
    assert code == 0
    assert "carol: malformed changed bytes, first in message 8, PartialOpening of bgw" in out
    assert "aborted: malformed-message" in out
    assert "on message 8, PartialOpening of bgw/output from carol to alice" in out
    assert "(corrupted) outputs 41240" in out


def test_what_a_stalled_party_waits_for_was_never_sent(why):
    _, out, _ = why(scenario="withheld-message")
    assert "alice waits for PartialOpening of bgw/output from carol" in out
    assert "PartialOpening of bgw/output from carol to alice was never sent" in out


def test_what_became_of_a_message_that_was_lost(why):
    """Omitted by its sender: it was sent, and the journal knows what became of it."""
    _, out, _ = why(scenario="omitted-messages")
    assert "was sent (message" in out
    assert "omitted" in out


def test_an_honest_run_has_nothing_to_explain(why):
    code, out, _ = why()
    assert code == 0
    assert "alice" in out
    assert "adversary" not in out


def test_blame_says_which_message_proves_what(why):
    code, out, _ = why("--blame", adversary=MALFORMED)
    assert code == 0
    assert "all proven" in out
    assert "alice       accuses carol of malformed-message" in out
    assert "message 8, PartialOpening of bgw/output from carol to alice" in out
    assert "7 bytes are not a whole number of 8-byte elements" in out


def test_blame_without_accusations_is_no_failure(why):
    code, out, _ = why("--blame")
    assert code == 0
    assert "nobody is accused" in out


def test_an_accusation_that_is_not_proven_is_exit_1(why):
    def forge(folder):
        document = json.loads((folder / "run.json").read_text())
        document["parties"]["alice"]["accused"] = ["bob"]
        (folder / "run.json").write_text(json.dumps(document))

    code, out, _ = why("--blame", adversary=MALFORMED, change=forge)
    assert code == 1
    assert "not proven" in out
    assert "no evidence was given" in out


def test_the_document_lists_ends_and_accusations(why):
    _, out, _ = why("--blame", "--json", adversary=MALFORMED)
    document = json.loads(out)
    assert [end["party"] for end in document["ends"]] == ["bob", "alice", "carol"]
    assert all(accusation["proven"] for accusation in document["accusations"])
    assert document["accusations"][0]["messages"][0]["copy"] == 8


def test_a_folder_without_a_run_is_exit_2(capsys, tmp_path):
    assert invoke(["why", str(tmp_path)]) == 2
    assert "there is no run.json in it" in capsys.readouterr().err
