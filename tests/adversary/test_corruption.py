"""Who is corrupted when: adaptively, with and without erasure; from seat to seat; sometimes."""

from fractions import Fraction

import pytest

from turncoat.actors.link import MILLISECOND
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.behaviours.scripted import Scripted
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import Sometimes
from turncoat.adversary.corruption import Adaptive, Mobile
from turncoat.adversary.scripted import Adversary
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load
from turncoat.scenarios.problems import ScenarioError

from .stage import ALICE, BOB, CAROL, attack, play


def test_a_party_is_honest_until_what_takes_it_was_seen():
    """Carol's dealing goes out honestly; what she says after the first product is shifted."""
    lie = attack(AddError(1), timing=Adaptive(kind="SubShare"))
    report = play(lie, scenario="lie-in-a-product")
    tampered = {row.kind for row in report.ledger.rows if row.sender == CAROL and row.tampered}
    assert "InputShare" not in tampered
    assert "PartialOpening" in tampered
    assert report.case.corrupted == {CAROL}


def test_a_party_that_is_never_taken_is_judged_as_honest():
    report = play(attack(AddError(1), timing=Adaptive(kind="Nothing")))
    assert report.case.corrupted == frozenset()
    assert report.case.honest.keys() == {ALICE, BOB, CAROL}
    assert not report.exceeded
    assert report.verdict.findings == ("INCONCLUSIVE",)


@pytest.mark.parametrize("erasure", [False, True])
def test_an_adaptive_adversary_learns_the_past_unless_it_was_erased(erasure):
    seen = []

    class Reader(Adversary):
        async def on_hear(self, view, heard):
            seen.append(heard.kind)

    timing = Adaptive(kind="PartialOpening", erasure=erasure)
    play(attack(Scripted(Reader), timing=timing))
    assert ("InputShare" in seen) is not erasure
    assert "PartialOpening" in seen


def test_a_class_takes_seats_by_what_it_has_seen_there_and_no_others():
    class Greedy(Adversary):
        async def on_hear(self, view, heard):
            if heard.kind == "PartialOpening":
                view.corrupt(BOB)
                with pytest.raises(ValueError, match="P1 is none of the seats"):
                    view.corrupt(ALICE)

    later = attack(AddError(1), BOB, timing=Adaptive(kind="Never"))
    report = play(attack(Scripted(Greedy)), later)
    assert report.case.corrupted == {BOB, CAROL}


def test_a_mobile_adversary_moves_from_seat_to_seat():
    """Two seats, one at a time: t = 1 is never exceeded by number, and both were corrupted."""
    lie = attack(AddError(1), BOB, CAROL, timing=Mobile(30 * MILLISECOND))
    report = play(lie)
    tampered = {(row.sender, row.kind) for row in report.ledger.rows if row.tampered}
    assert tampered == {(BOB, "InputShare"), (CAROL, "PartialOpening")}
    assert report.case.corrupted == {BOB, CAROL}
    assert not any("more than t" in reason for reason in report.exceeded)


@pytest.mark.parametrize("seed", range(6))
def test_a_covert_party_cheats_in_some_rounds_and_in_these_wholly(seed):
    entry = {"corrupts": ["carol"], "does": "add-error", "with": {"probability": "50 %"}}
    report = simulate(load("lie-in-a-product", {"adversary": [entry], "expect": {}}), seed)
    by_sid = {}
    for row in report.ledger.rows:
        if row.sender == CAROL and row.receivers != (CAROL,):
            by_sid.setdefault((row.sid, row.kind), set()).add(row.tampered)
    assert all(len(told) == 1 for told in by_sid.values())


def test_a_party_that_never_cheats_is_its_own_twin():
    assert Sometimes(AddError(1), probability=Fraction(1, 2)).intends == "value"
    assert Sometimes(AddError(1), probability=Fraction(0)).intends == "none"


def test_the_probability_of_a_covert_party_is_what_was_asked():
    """400 (sid, kind) pairs at 1/4: 100, ± 5 standard deviations of a binomial."""
    acted = 0
    for seed in range(200):
        entry = {
            "corrupts": ["carol"],
            "does": "delay",
            "with": {"probability": "25 %", "by": "1 ns"},
        }
        report = simulate(load("average-salary", {"adversary": [entry], "expect": {}}), seed)
        rows = [row for row in report.ledger.rows if row.sender == CAROL]
        acted += len({(row.sid, row.kind) for row in rows if row.tampered})
    assert abs(acted - 100) < 5 * (400 * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"corrupts": ["carol"], "timing": "adaptive"}, "after is not given"),
        ({"corrupts": ["carol"], "timing": "mobile"}, "epoch is not given"),
        ({"corrupts": ["carol"], "epoch": "1 s"}, "epoch is a key of mobile corruption"),
        ({"corrupts": ["carol"], "erasure": True}, "erasure is a key of adaptive corruption"),
        ({"does": "add-error"}, "nobody is there to add-error"),
        ({"model": "passive"}, "nobody is corrupted, and nothing is done"),
        ({"corrupts": ["carol"], "does": "puppet"}, "puppet needs 'program'"),
        (
            {"corrupts": ["carol"], "does": "twins", "timing": "mobile", "epoch": "1 s"},
            "twins is done from the start or not at all",
        ),
        (
            {"corrupts": ["carol"], "does": "puppet", "with": {"program": "no.such:thing"}},
            "there is no module 'no.such'",
        ),
        (
            {"corrupts": ["carol"], "does": "transplant", "with": {"of": "dave"}},
            "nobody is called 'dave'",
        ),
    ],
)
def test_an_entry_that_means_nothing_is_refused(entry, told):
    with pytest.raises(ScenarioError, match=told):
        simulate(load("average-salary", {"adversary": [entry], "expect": {}}))


def test_two_programs_in_one_seat_are_refused():
    twice = [{"corrupts": ["carol"], "does": name} for name in ("twins", "weak-seed")]
    with pytest.raises(ScenarioError, match="weak-seed cannot be done in a seat"):
        simulate(load("average-salary", {"adversary": twice, "expect": {}}))


def test_an_adaptive_entry_of_a_file_does_what_it_says():
    entry = {
        "corrupts": ["carol"],
        "timing": "adaptive",
        "after": {"kind": "InputShare", "from": ["alice"]},
        "does": "withhold",
        "when": {"kind": "PartialOpening"},
    }
    report = simulate(load("average-salary", {"adversary": [entry], "expect": {}}))
    assert report.verdict.name == "STALL"
    assert isinstance(report.plan.attacks[0].behaviour, Withhold)
