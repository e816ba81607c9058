"""A rushing adversary reads the honest messages of a round before it fixes its own."""

import attrs
import pytest

from turncoat.actors.outcome import Output
from turncoat.adversary.behaviours.aborting import SelectiveAbort, Steer
from turncoat.adversary.behaviours.replay import Reflect, Transplant
from turncoat.adversary.behaviours.scripted import Scripted
from turncoat.adversary.joint_view import PATIENCE
from turncoat.adversary.scripted import Adversary
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load

from .stage import ALICE, BOB, CAROL, arrivals, attack, play, sent

OPENING = {"kind": "PartialOpening"}


def test_free_rushing_speaks_when_the_last_honest_party_has_spoken():
    """No earlier than the sends it read, and no latency is charged."""
    report = play(attack(Transplant(BOB), **OPENING))
    bobs, honest = sent(report, "PartialOpening", BOB), sent(play(), "PartialOpening", CAROL)
    assert set(sent(report, "PartialOpening", CAROL)) == {max(*bobs, *honest)}


def test_rushing_on_the_network_waits_for_real_arrivals():
    report = play(attack(Steer(), **OPENING), rushing="network")
    heard = arrivals(report, "PartialOpening", CAROL)[:2]
    assert set(sent(report, "PartialOpening", CAROL)) == {max(heard)}


@pytest.mark.parametrize("rushing", ["free", "network"])
def test_who_speaks_last_chooses_an_uncommitted_sum(rushing):
    """Σ of the three openings is what carol wants, whatever the honest shares are."""
    bodies = {}

    class Listener(Adversary):
        async def on_hear(self, view, heard):
            if heard.kind == "PartialOpening":
                bodies[heard.sender] = heard.body.values

        async def on_send(self, view, envelope):
            bodies[CAROL] = envelope.body.values
            return [envelope]

    play(attack(Steer(7), **OPENING), attack(Scripted(Listener), **OPENING), rushing=rushing)
    assert (bodies[ALICE] + bodies[BOB] + bodies[CAROL]).tolist() == [7]


def test_what_never_comes_is_waited_for_with_patience_only():
    """Nobody but carol deals under her sid: she waits, gives up, and is honest and late."""
    report = play(attack(Transplant(BOB), kind="InputShare"))
    assert report.verdict.name == "INCONCLUSIVE"  # it never did what it intends
    assert report.run.receipts[0].changed == ["time"]
    assert sent(report, "InputShare", CAROL) == [PATIENCE] * 2
    assert {type(outcome) for _, outcome in report.outcome.items()} == {Output}


def test_two_that_wait_for_each_other_both_speak_in_the_end():
    """Bob and carol each wait for what nobody but the other's seat could say."""
    report = play(attack(Transplant(ALICE), BOB, CAROL, kind="InputShare"))
    assert sent(report, "InputShare", BOB) == sent(report, "InputShare", CAROL) == [PATIENCE] * 2
    assert isinstance(report.outcome["alice"], Output)


def test_a_mirror_shows_each_party_its_own_words():
    report = play(attack(Reflect(), **OPENING))
    prints = {
        (row.sender, j): row.fingerprint
        for row in report.ledger.rows
        for j in row.receivers
        if row.kind == "PartialOpening"
    }
    assert prints[CAROL, ALICE] == prints[ALICE, CAROL]
    assert prints[CAROL, BOB] == prints[BOB, CAROL]


def test_only_messages_to_corrupted_seats_are_read():
    """Of what honest parties say to each other, the view has times and sizes and no body."""
    views = []

    class Curious(Adversary):
        async def on_send(self, view, envelope):
            views.append(view)
            return [envelope]

    report = play(attack(Scripted(Curious)))
    view = views[0]
    assert {heard.receiver for heard in view.heard} == {CAROL}
    assert {heard.sender for heard in view.heard} == {ALICE, BOB}
    between = {(sender, receiver) for _, sender, receiver, _ in view.traffic()}
    assert between == {(ALICE, BOB), (BOB, ALICE)}
    total = sum(size for *_, size in view.traffic())
    rows = [r for r in report.ledger.rows if r.sender in (ALICE, BOB)]
    assert total == sum(r.payload + r.framing for r in rows for j in r.receivers if j != CAROL)


@pytest.mark.parametrize(
    ("unless", "withheld"), [("never", True), ("odd", True), ("even", False), ("always", False)]
)
def test_selective_abort_depends_on_the_value_that_is_opened(unless, withheld):
    """The sum of the salaries is 206,200, and even: it is withheld unless even ones are spared."""
    report = play(attack(SelectiveAbort(unless), **OPENING))
    assert ("presence" in report.run.receipts[0].changed) is withheld
    assert report.verdict.name == (
        "STALL" if withheld else "OK" if unless == "always" else "INCONCLUSIVE"
    )


def test_a_class_speaks_for_all_seats_with_one_memory():
    """Bob's seat tells carol's what it was about to say."""
    told = []

    class Gossip(Adversary):
        intends = "value"

        def __init__(self):
            self.bobs = None

        async def on_start(self, view):
            await view.sleep(1)
            told.append(view.now)

        async def on_send(self, view, envelope):
            if envelope.sender == BOB:
                self.bobs = envelope.body
                return [envelope]
            await view.until(lambda: self.bobs is not None)
            return [attrs.evolve(envelope, body=self.bobs)]

    report = play(attack(Scripted(Gossip), BOB, CAROL, **OPENING))
    prints = {
        row.sender: row.fingerprint for row in report.ledger.rows if row.kind == "PartialOpening"
    }
    assert prints[BOB] == prints[CAROL] != prints[ALICE]
    assert told == [1]


@pytest.mark.parametrize(("unless", "withheld"), [("odd", True), ("even", False)])
def test_seats_that_abort_selectively_put_their_shares_together(unless, withheld):
    """Bob and carol hear alice's share alone; with each other's they know the sum, and agree."""
    report = play(attack(SelectiveAbort(unless), BOB, CAROL, **OPENING))
    said = ["presence" in receipt.changed for receipt in report.run.receipts]
    assert said == [withheld, withheld]
    assert (type(report.outcome["alice"]).__name__ == "Stalled") is withheld


@pytest.mark.parametrize("seat", [ALICE, BOB, CAROL])
def test_a_selective_abort_is_about_openings_unless_it_is_told_otherwise(seat):
    who = ("alice", "bob", "carol")[seat - 1]
    entry = {"corrupts": [who], "does": "selective-abort"}
    report = simulate(load("average-salary", {"adversary": [entry], "expect": {}}))
    (receipt,) = report.run.receipts
    assert receipt.changed == ["presence"]
    assert report.verdict.name == "STALL"
