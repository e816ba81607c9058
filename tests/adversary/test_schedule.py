"""The network's scheduler as the adversary: nothing is lied about, and order is all it has."""

import pytest

from turncoat.actors.link import MILLISECOND, SECOND
from turncoat.adversary.behaviours.schedule import AnyOrder, Pct, Stall, StarveLink
from turncoat.adversary.coalition import Attack
from turncoat.adversary.selector import Selector
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load

from .stage import ALICE, BOB, CAROL, play

MS = MILLISECOND


def schedule(behaviour, **when):
    return Attack(type(behaviour).__name__, behaviour, (), Selector(**when))


def journeys(report):
    """(sender, receiver, kind) → how long each copy was under way [ns]."""
    ends = {a.copy: a.time for a in report.run.journal.arrivals()}
    return {
        (row.sender, j, row.kind): ends[copy] - row.time
        for row in report.run.journal.postings()
        for copy, j in enumerate(row.receivers, row.first)
    }


@pytest.mark.parametrize(
    "behaviour", [AnyOrder(SECOND), StarveLink(ALICE, BOB, SECOND), Stall("*", SECOND), Pct()]
)
def test_an_asynchronous_protocol_outlives_every_order(behaviour):
    report = play(schedule(behaviour), scenario="salary-variance")
    assert report.verdict.name == "OK"
    assert report.run.receipts[0].acted
    assert report.case.corrupted == frozenset()
    assert not report.exceeded


def test_a_starved_link_is_late_and_no_other_is():
    late, usual = journeys(play(schedule(StarveLink(ALICE, BOB, SECOND)))), journeys(play())
    for (sender, receiver, kind), took in late.items():
        starved = (sender, receiver) == (ALICE, BOB)
        assert abs(took - usual[sender, receiver, kind] - starved * SECOND) < 20 * MS


def test_what_is_stalled_lets_the_rest_overtake():
    report = play(schedule(Stall("bgw/input.1.*", SECOND)))
    took = journeys(report)
    assert took[ALICE, BOB, "InputShare"] > SECOND
    assert took[CAROL, BOB, "InputShare"] < 100 * MS


def test_a_selector_narrows_a_schedule():
    took = journeys(play(schedule(Stall("*", SECOND), kind="PartialOpening", to=frozenset({BOB}))))
    late = {key for key, time in took.items() if time > SECOND}
    assert late == {(i, BOB, "PartialOpening") for i in (ALICE, CAROL)}


def test_on_a_reliable_link_no_message_overtakes_another():
    """Under any order of the network's, each link still delivers in the order of sending."""
    report = play(schedule(AnyOrder(10 * SECOND)), scenario="salary-variance")
    ends = {a.copy: a.time for a in report.run.journal.arrivals()}
    last = {}
    for row in report.run.journal.postings():
        for copy, j in enumerate(row.receivers, row.first):
            assert ends[copy] >= last.get((row.sender, j), 0)
            last[row.sender, j] = ends[copy]


def test_a_schedule_needs_no_seat_and_its_receipt_names_none():
    entry = {"does": "starve-link", "with": {"source": "alice", "by": "2 s"}}
    report = simulate(load("average-salary", {"adversary": [entry], "expect": {}}))
    (receipt,) = report.json()["receipts"]
    assert receipt["party"] is None
    assert receipt["changed"] == ["time"]
    assert report.verdict.name == "OK"


def test_priorities_change_at_their_change_points():
    """Depth 1 has no change: every copy of a link waits as long as the first one."""
    took = journeys(play(schedule(Pct(depth=1, by=100 * SECOND)), scenario="salary-variance"))
    links = {}
    for (sender, receiver, _), time in took.items():
        links.setdefault((sender, receiver), []).append(time // SECOND)
    assert all(max(times) - min(times) <= 1 for times in links.values())
    assert len({times[0] for times in links.values()}) > 3
