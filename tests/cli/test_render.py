"""A run's page, from a document written by hand: nothing of it is lost on the way to the reader."""

import re
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.cli.page import plain
from turncoat.cli.render import Subject, page

SUBJECT = Subject("bgw/mean", "wan", "passive, t < n/2, soundness error 0", right={"a": 7})


def traffic(messages=4, payload=48, framing=128, resent=0):
    return {
        "messages": messages,
        "payload_bytes": payload,
        "framing_bytes": framing,
        "resent_bytes": resent,
    }


def party(index, **changes):
    base = {
        "index": index,
        "role": "party",
        "corrupted": False,
        "outcome": "output",
        "output": {"value": 41240.0, "exact": "206200/5"},
        "reason": None,
        "detail": "",
        "accused": [],
        "missing": [],
        "finished_ns": 80_020_358,
        "sent": traffic(),
        "received": traffic(payload=40),
    }
    return base | changes


def document(**changes):
    """An honest run of three parties, with changes."""
    base = {
        "scenario": "salary",
        "seed": 7,
        "digest": "0123456789abcdef" * 4,
        "verdict": "OK",
        "findings": ["OK"],
        "reasons": [],
        "held": True,
        "guarantee_in_force": True,
        "exceeded": [],
        "privacy": "not tested",
        "expectations": [{"key": "rounds", "expected": "<= 4", "found": 2, "held": True}],
        "parties": {name: party(i) for i, name in enumerate(["alice", "bob", "carol"], 1)},
        "totals": {**traffic(12, 1240, 384), "rounds": 2, "virtual_ns": 80_020_358},
        "phases": {"online": {**traffic(12, 1240, 384), "rounds": 2}},
        "receipts": [],
        "faults": [],
        "detected_by": [],
        "stopped_by_peer": [],
        "waiting": [],
        "replay": "turncoat run salary --seed 7",
        "measured": {"wall_s": 0.0512, "cpu_s": {"alice": 0.001}, "peak_bytes": 1},
    }
    return deepcopy(base) | changes


def parties(**changes):
    """The three parties, some of them with changes."""
    found = document()["parties"]
    return {name: p | changes.get(name, {}) for name, p in found.items()}


def shown(found, *, full=False):
    lines = [line for block in page(found, SUBJECT, full=full) for line in plain(block)]
    return "\n".join(lines)


def test_an_honest_run_shows_answer_expectations_cost_and_promise():
    text = shown(document())
    first, *rest = text.splitlines()
    assert first.startswith("salary  bgw/mean  3 parties  wan  seed 7 ")
    assert first.endswith(" OK")
    assert "  output      41240 (= 206200/5)   all parties agree" in rest
    assert "  expected    rounds <= 4 ✓" in rest
    assert (
        "  cost        2 rounds · 12 messages · 1.2 kB payload + 384 B framing · "
        "0.080 s simulated · 51.2 ms real"
    ) in rest
    assert "in force: passive, t < n/2, soundness error 0" in text
    assert "privacy     not tested" in text
    assert "0123456789abcdef…" in text


def test_the_full_page_has_the_whole_digest():
    assert document()["digest"] in shown(document(), full=True)


def test_failed_expectations_stand_on_a_line_each_with_expected_and_found():
    failed = [
        {"key": "rounds", "expected": "<= 4", "found": 9, "held": False},
        {"key": "accused", "expected": ["carol"], "found": [], "held": False},
        {"key": "finish_by", "expected": "<= 1 s", "found": "2044546408 ns", "held": False},
        {"key": "guarantee_in_force", "expected": True, "found": False, "held": False},
        {"key": "output", "expected": 3, "found": None, "held": False},
    ]
    text = shown(document(expectations=failed, held=False))
    assert "OK: not as expected" in text
    for line in (
        "✗ rounds: expected <= 4, found 9",
        "✗ accused: expected carol, found nobody",
        "✗ finish_by: expected <= 1 s, found 2.045 s",
        "✗ guarantee_in_force: expected yes, found no",
        "✗ output: expected 3, found nothing",
    ):
        assert any(each.endswith(line) for each in text.splitlines())


@pytest.mark.parametrize("verdict", ["ABORT", "WRONG", "STALL"])
def test_a_verdict_that_was_asked_for_is_called_expected(verdict):
    asked = [{"key": "verdict", "expected": verdict, "found": verdict, "held": True}]
    first, *_ = shown(document(verdict=verdict, expectations=asked)).splitlines()
    assert first.endswith(f"{verdict}, as expected")


def test_a_wrong_output_stands_beside_the_right_one():
    text = shown(document(verdict="WRONG", findings=["WRONG"]))
    assert "the right output is a = 7" in text


def test_different_outputs_name_who_has_which():
    split = parties(carol={"output": 5})
    text = shown(document(parties=split, findings=["SPLIT", "WRONG"]))
    assert "41240 (= 206200/5)   at alice and bob" in text
    assert "5   at carol" in text
    assert "findings    SPLIT, WRONG" in text


def test_a_corrupted_partys_output_is_not_the_answer():
    liar = parties(carol={"output": 5, "corrupted": True})
    text = shown(document(parties=liar))
    assert "41240 (= 206200/5)   all honest parties agree" in text
    assert "5   at" not in text


def test_aborts_name_reason_accused_missing_and_who_stopped_whom():
    ended = parties(
        alice={"outcome": "aborted", "output": None, "reason": "malformed-message",
               "accused": ["carol"], "detail": "P3 sent 4 values, expected 3"},
        bob={"outcome": "aborted", "output": None, "reason": "stopped by alice"},
        carol={"outcome": "aborted", "output": None, "reason": "timeout",
               "missing": ["alice", "bob"], "corrupted": True},
    )  # fmt: skip
    text = shown(document(parties=ended, detected_by=["alice"], stopped_by_peer=["bob"]))
    assert "output      none" in text
    expected = "alice aborted: malformed-message (carol sent 4 values, expected 3) accusing carol"
    assert expected in text
    assert "bob stopped by alice" in text
    assert "carol (corrupted) aborted: timeout having waited for alice and bob" in text
    assert "detected    by alice; stopped by them: bob" in text


def test_a_stall_says_who_waits_for_what_from_whom_and_who_is_dead():
    wait = {"sid": "bgw/mul.1", "kind": "SubShare", "missing": ["carol"], "dead": ["carol"]}
    waiting = [{"party": name, **wait} for name in ("alice", "bob")]
    waiting.append({"party": "dave", "sid": "", "kind": "", "missing": [], "dead": []})
    text = shown(document(waiting=waiting))
    assert "alice and bob wait for SubShare of bgw/mul.1 from carol (carol is dead)" in text
    assert "dave waits for nothing on the network" in text


def test_faults_and_receipts_say_what_they_did():
    receipt = {
        "behaviour": "add-error",
        "party": "carol",
        "intends": "value",
        "fired": 3,
        "on_wire": 2,
        "changed": ["value"],
        "acted": True,
        "messages_of_party": [],
        "advice": "",
    }
    idle = {**receipt, "changed": [], "acted": False}
    never = {**idle, "fired": 0, "advice": "kind = 'Sub', but carol sent InputShare, SubShare"}
    nobody = {**idle, "party": None, "fired": 0}
    faults = [
        {"name": "late", "kind": "crash", "party": "bob", "fired": 80_000_000},
        {"name": "crash-2", "kind": "crash", "party": "alice", "fired": None},
    ]
    text = shown(document(receipts=[receipt, idle, never, nobody], faults=faults))
    assert "carol: add-error fired 3×, 2 on the wire, changed value\n" in text
    assert "changed nothing, though it intends to change value" in text
    advice = "(kind = 'Sub', but carol sent InputShare, SubShare)"
    assert f"carol: add-error never fired: no message matched {advice}" in text
    assert "the network: add-error never fired: no message matched\n" in text
    assert "bob: crash (late) at 0.080 s" in text
    assert "alice: crash never struck" in text


def test_reasons_are_given_with_names_never_with_indices():
    exceeded = [
        "it is passive, but P3 deviated",
        "it waits for every party, but P2, P3 fell silent",
    ]
    reasons = ["add-error at P3 never fired: no message matched its selector"]
    found = document(guarantee_in_force=False, exceeded=exceeded, reasons=reasons)
    text = shown(found)
    assert "not in force: it is passive, but carol deviated" in text
    assert "but bob, carol fell silent" in text
    assert "add-error at carol never fired" in text
    assert not re.search(r"\bP\d", text)


def test_phases_and_retransmissions_have_their_own_place():
    phases = {
        "prep": {**traffic(6, 60, 60), "rounds": 1},
        "online": {**traffic(6, 60, 60, 96), "rounds": 2},
    }
    text = shown(document(phases=phases))
    assert "prep: 1 round · 6 messages · 60 B payload + 60 B framing\n" in text
    assert "online: 2 rounds · 6 messages · 60 B payload + 60 B framing · 96 B resent" in text


@given(n=st.integers(3, 60), odd=st.sets(st.integers(1, 60), max_size=30))
def test_a_crowd_is_cut_to_those_worth_a_look_unless_all_are_asked_for(n, odd):
    crowd = {
        f"phone-{i}": party(i, **({"outcome": "crashed", "output": None} if i in odd else {}))
        for i in range(1, n + 1)
    }
    found = document(parties=crowd)
    rows = re.findall(r"^  (phone-\d+) ", shown(found), re.MULTILINE)
    wanted = [f"phone-{i}" for i in sorted(odd) if i <= n]
    assert len(rows) == min(n, 12)
    assert set(rows) >= set(wanted[:12])
    assert ("more parties" in shown(found)) == (n > 12)
    everyone = re.findall(r"^  (phone-\d+) ", shown(found, full=True), re.MULTILINE)
    assert everyone == list(crowd)


@given(st.text())
def test_no_control_character_reaches_the_terminal(text):
    """Details quote what a peer sent."""
    ended = parties(alice={"outcome": "aborted", "output": None, "reason": "other", "detail": text})
    page_ = shown(document(parties=ended))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", page_)
