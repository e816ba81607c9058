"""An accusation comes with the messages that prove it, and anybody can check them in the files."""

import json

import pytest

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.blame import findings
from turncoat.scenarios.compose import Options, prepare, simulate
from turncoat.scenarios.corruptions import Sweep
from turncoat.scenarios.loader import load, loads
from turncoat.scenarios.run_folder import read_run
from turncoat.scenarios.units import Comparison

LIES = {  # a behaviour → what proves it
    "malformed": "malformed-message",
    "conflicting-duplicate": "conflicting-messages",
    "wrong-length": "malformed-message",
    "wrong-mac-share": "wrong-decommitment",
    "copied-commitment": "wrong-decommitment",
}


def attacked(behaviour, **when):
    """Carol does that in SPDZ."""
    entry = {"corrupts": ["carol"], "does": behaviour, "when": when}
    changes = {"protocol.use": "spdz", "adversary": [entry], "expect": {}}
    return simulate(load("lie-in-a-product", changes))


def checked(report, folder):
    return list(findings(read_run(report.save(folder))))


def rewritten(folder, name, change):
    """A file of the folder with something changed in it."""
    text = (folder / name).read_text()
    (folder / name).write_text(change(text))
    return list(findings(read_run(folder)))


@pytest.mark.parametrize(("behaviour", "claim"), LIES.items())
def test_an_accusation_is_proven_by_the_messages_it_names(behaviour, claim, tmp_path):
    when = {} if BEHAVIOURS[behaviour].kinds else {"kind": "PartialOpening"}
    report = attacked(behaviour, **when)
    found = checked(report, tmp_path)
    assert report.verdict.name == "ABORT-ID"
    assert {f.accuser for f in found} == {"alice", "bob"}
    assert {(f.accused, f.claim, f.proven) for f in found} == {("carol", claim, True)}
    for finding in found:
        for message in finding.messages:
            assert read_run(tmp_path).name(message.sender) == "carol"


@pytest.mark.parametrize("behaviour", LIES)
def test_the_document_of_a_run_holds_the_evidence(behaviour):
    when = {} if BEHAVIOURS[behaviour].kinds else {"kind": "PartialOpening"}
    parties = attacked(behaviour, **when).json()["parties"]
    for name in ("alice", "bob"):
        (evidence,) = parties[name]["evidence"]
        assert evidence["accused"] == "carol"
        assert {m["from"] for m in evidence["messages"]} == {"carol"}
        assert {m["to"] for m in evidence["messages"]} == {name}
        assert all(isinstance(m["copy"], int) for m in evidence["messages"])
        assert json.loads(json.dumps(evidence)) == evidence


def test_every_accusation_that_any_behaviour_brings_about_is_proven(tmp_path):
    """All of them, from every seat, in SPDZ with the sacrifice: nobody accuses without a proof."""
    changes = {"protocol.use": "spdz", "protocol.variant": "sacrifice", "adversary": []}
    sweep = Sweep.of(prepare(load("lie-in-a-product", changes)), Comparison("==", 1))
    accusing = 0
    for trial in sweep.trials(Options(meter=False)):
        if trial.report.case.accused:
            found = checked(trial.report, tmp_path)
            assert found
            assert all(f.proven for f in found), (trial.behaviour, trial.seats, found)
            accusing += 1
    assert accusing > 10


def test_a_party_that_forgot_what_it_said_is_accused_with_proof(tmp_path):
    """A restart with amnesia makes a party say something else under the same name: a fault, and
    the messages prove it like a lie."""
    fault = {"name": "f", "kind": "restart", "who": ["carol"], "memory": "amnesia", "for": "5 ms"}
    changes = {"fault": [{**fault, "when": {"after": "input-share"}}], "expect": {}}
    report = simulate(load("average-salary", changes))
    found = checked(report, tmp_path)
    assert all(f.proven for f in found)
    assert {f.accused for f in found} <= {"carol"}


def test_a_program_of_ones_own_need_not_be_at_hand(tmp_path):
    """The messages are the protocol's, whatever is computed."""
    (tmp_path / "mine.py").write_text(
        "async def twice(mpc, inputs):\n"
        "    x = mpc.concatenate([v['x'] for v in inputs.values()])\n"
        "    return x + x\n"
    )
    lie = {"corrupts": ["carol"], "does": "malformed", "when": {"kind": "PartialOpening"}}
    text = (
        '[protocol]\nuse = "bgw"\nprogram = "mine:twice"\n'
        '[parties]\nnames = ["alice", "bob", "carol"]\n'
        "inputs = { alice = [1], bob = [2], carol = [3] }\n"
    )
    report = simulate(loads(text, source=tmp_path / "s.toml", overrides={"adversary": [lie]}), 1)
    found = checked(report, tmp_path / "saved")
    assert [f.proven for f in found] == [True, True]


def test_evidence_about_a_message_that_was_never_sent_proves_nothing(tmp_path):
    attacked("wrong-mac-share").save(tmp_path)
    found = rewritten(tmp_path, "events.jsonl", lambda text: text.replace('"MacShare"', '"Other"'))
    assert not any(f.proven for f in found)
    assert "the journal has no such MacShare" in found[0].why


def test_evidence_with_another_content_proves_nothing(tmp_path):
    """Octets of a message that carol might have sent, under the fingerprint of the one she did."""
    attacked("malformed", kind="PartialOpening").save(tmp_path)
    document = json.loads((tmp_path / "run.json").read_text())
    (message,) = document["parties"]["alice"]["evidence"][0]["messages"]
    message["octets"] = "00" * 9
    found = rewritten(tmp_path, "run.json", lambda _: json.dumps(document))
    assert [(f.accuser, f.proven) for f in found] == [("alice", False), ("bob", True)]
    assert found[0].why == "its content is not what was sent"


def test_evidence_without_content_proves_nothing(tmp_path):
    """No octets at all would not decode either; but they are not what carol sent."""
    attacked("wrong-mac-share").save(tmp_path)
    document = json.loads((tmp_path / "run.json").read_text())
    (evidence,) = document["parties"]["alice"]["evidence"]
    evidence["claim"] = "malformed-message"
    for message in evidence["messages"]:
        message["octets"] = ""
    found = rewritten(tmp_path, "run.json", lambda _: json.dumps(document))
    assert (found[0].proven, found[0].why) == (False, "its content is not what was sent")


def test_a_sound_message_proves_nothing(tmp_path):
    """Alice shows carol's commitment, to which her opening fits, as a malformed message."""
    attacked("wrong-mac-share").save(tmp_path)
    document = json.loads((tmp_path / "run.json").read_text())
    (evidence,) = document["parties"]["alice"]["evidence"]
    evidence["messages"] = evidence["messages"][:1]
    for claim in ("malformed-message", "conflicting-messages", "wrong-decommitment", "a-hunch"):
        evidence["claim"] = claim
        found = rewritten(tmp_path, "run.json", lambda _: json.dumps(document))
        assert not found[0].proven
        assert found[0].why == f"they do not show {claim}"


def test_a_message_of_somebody_else_proves_nothing(tmp_path):
    attacked("wrong-mac-share").save(tmp_path)
    document = json.loads((tmp_path / "run.json").read_text())
    parties = document["parties"]
    parties["alice"]["accused"] = ["bob"]
    parties["alice"]["evidence"][0]["accused"] = "bob"
    parties["bob"]["evidence"] = []
    found = rewritten(tmp_path, "run.json", lambda _: json.dumps(document))
    assert [(f.proven, f.why) for f in found] == [
        (False, "it was not bob who sent it"),
        (False, "no evidence was given"),
    ]


def test_evidence_that_cannot_be_read_is_refused(tmp_path):
    attacked("wrong-mac-share").save(tmp_path)
    document = json.loads((tmp_path / "run.json").read_text())
    del document["parties"]["alice"]["evidence"][0]["messages"][0]["octets"]
    with pytest.raises(ValueError, match="the evidence of alice cannot be read"):
        rewritten(tmp_path, "run.json", lambda _: json.dumps(document))


@pytest.mark.parametrize("lost", ["run.json", "events.jsonl", "scenario.toml"])
def test_a_folder_without_a_run_is_refused(lost, tmp_path):
    simulate(load("average-salary")).save(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(ValueError, match=f"there is no {lost}"):
        read_run(tmp_path)


def test_a_folder_with_something_else_in_its_files_is_refused(tmp_path):
    simulate(load("average-salary")).save(tmp_path)
    (tmp_path / "events.jsonl").write_text("nothing\n")
    with pytest.raises(ValueError, match="no run that can be read"):
        read_run(tmp_path)
