"""Another program in the seat, other inputs, other coins; and the honest shadow that proves it."""

from fractions import Fraction

import attrs
import pytest

from turncoat.actors.outcome import Aborted, Output
from turncoat.adversary.behaviours.models import greedy
from turncoat.adversary.behaviours.seats import Puppeteer, Twins
from turncoat.adversary.behaviours.state import ChangeInput, Misread, Reset, WeakSeed
from turncoat.protocols.bgw.open import PartialOpening
from turncoat.scenarios.compose import prepare, simulate
from turncoat.scenarios.loader import load

from .stage import ALICE, BOB, CAROL, attack, play, sent


def mean(report):
    found = report.outcome["alice"].value
    return Fraction(found.numerator, found.denominator)


def outputs(report, *names):
    return [report.outcome[name] for name in names]


def test_another_input_is_a_substitution_and_no_wrong_output():
    """Carol's two salaries are 10 higher each; the mean of five is 4 higher, and right."""
    report = play(attack(ChangeInput(10)), scenario="average-salary")
    honest = play()
    assert report.verdict.name == "OK"
    assert mean(report) - mean(honest) == 4
    assert report.run.receipts[0].changed == ["value"]


def test_a_share_that_was_misread_is_used_from_there_on():
    """Carol takes alice's input share to be 1 greater: her opening share is, too, on every copy, so
    that it lies on no line through the others'."""
    report = play(attack(Misread(1, of=ALICE), kind="InputShare"))
    prints = {r.fingerprint for r in report.ledger.rows if (r.kind, r.sender) == (OPENS, CAROL)}
    assert len(prints) == 1
    assert {o.reason for o in outputs(report, "alice", "bob")} == {"inconsistent-opening"}


OPENS = "PartialOpening"


def test_weak_coins_are_found_by_trying_all_seeds():
    """8 bits: among 40 runs two must agree on carol's dealing of one and the same input, which with
    good coins would not happen in a lifetime."""

    def dealing(seed, bits):
        report = play_with_seed(attack(WeakSeed(bits)), seed)
        return tuple(
            row.fingerprint
            for row in report.ledger.rows
            if (row.kind, row.sender) == ("InputShare", CAROL)
        )

    weak = [dealing(seed, 8) for seed in range(40)]
    good = [dealing(seed, 128) for seed in range(40)]
    assert len(set(weak)) < 40
    assert len(set(good)) == 40


def play_with_seed(attacks, seed):
    prepared = prepare(load("average-salary", {"adversary": [], "expect": {}}), seed)
    plan = attrs.evolve(prepared.plan, attacks=(attacks,), corrupted=frozenset({CAROL}))
    return attrs.evolve(prepared, plan=plan).run()


def test_coins_that_were_set_back_come_again():
    """Both dealings of carol draw the same coins: the difference of her shares is the same at every
    party, namely that of her two secrets."""
    report = play(attack(Reset()), scenario="lie-in-a-product")
    assert report.run.receipts[0].changed == ["value"]
    assert report.verdict.name == "OK"  # coins are nobody's output


def test_a_puppet_that_is_greedy_learns_about_the_others():
    report = play(attack(Puppeteer(greedy)))
    assert report.run.receipts[0].changed == ["value"]
    assert mean(report) < mean(play())
    assert report.verdict.name == "OK"


def test_a_puppet_that_plays_no_part_is_waited_for():
    """It reads what it is sent, says nothing, and stops."""
    read = []

    async def mute(puppet):
        read.append(await puppet.read("bgw/input.1.x", "InputShare", (ALICE,)))
        read.append(await puppet.read("bgw/output", OPENS, (ALICE,)))  # which never comes

    report = play(attack(Puppeteer(mute)))
    assert [heard.keys() for heard in read] == [{ALICE}, set()]
    assert report.verdict.name == "STALL"
    assert {wait["kind"] for wait in report.json()["waiting"]} == {"InputShare"}


def test_a_puppet_may_say_what_no_program_may():
    """A second share of an opening, under a sid that is long over: a party would be stopped for
    misuse; its receivers have the proof in hand, and stop."""

    async def liar(puppet):
        inputs = puppet.read("bgw/output", OPENS, (ALICE, BOB))
        output, heard = await puppet.honest(), await inputs
        for j in (ALICE, BOB):
            puppet.say(j, "bgw/output", PartialOpening(heard[ALICE].values))
        return output

    report = play(attack(Puppeteer(liar, "presence")))
    assert sent(report, OPENS, CAROL)[2:] == [report.run.finished[CAROL]] * 2
    assert report.run.receipts[0].acted
    assert report.case.accused <= {CAROL}


def test_a_puppet_that_fails_fails_the_run_loudly():
    async def broken(puppet):
        raise ZeroDivisionError("a user's mistake")

    with pytest.raises(ZeroDivisionError, match="a user's mistake"):
        play(attack(Puppeteer(broken)))


def test_twins_tell_each_half_a_sound_story_and_the_two_do_not_fit():
    """Alice hears the dealing of one twin, bob that of the other: the opening is on no line."""
    report = play(attack(Twins()))
    assert {type(o) for o in outputs(report, "alice", "bob")} == {Aborted}
    assert report.case.accused == frozenset()


def test_twins_with_one_audience_are_one_party():
    report = play(attack(Twins(second=())))
    assert {type(o) for o in outputs(report, "alice", "bob")} == {Output}
    assert not report.run.receipts[0].changed


def test_a_shadow_changes_nothing_about_an_abort():
    """A seat that is stopped takes its shadow with it."""
    entry = [
        {"corrupts": ["carol"], "does": "change-input", "with": {"add": 1}},
        {"corrupts": ["bob"], "does": "add-error", "when": {"kind": OPENS}},
    ]
    report = simulate(load("average-salary", {"adversary": entry, "expect": {}}))
    assert report.verdict.name == "ABORT"
    assert report.case.detected_by == (ALICE,)
    assert BOB in report.case.corrupted
