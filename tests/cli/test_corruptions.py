"""`turncoat run --corruptions`: every set, every behaviour, and what came of it."""

import json

import pytest

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.cli.main import invoke

READY = [name for name, info in BEHAVIOURS.items() if info.ready]


def swept(capsys, *arguments):
    code = invoke(["run", *arguments])
    return code, capsys.readouterr()


def test_every_set_meets_every_behaviour(capsys):
    code, out = swept(capsys, "average-salary", "--corruptions", "<= 2", "--json")
    document = json.loads(out.out)
    assert code == 0
    sets = {tuple(trial["corrupted"]) for trial in document["trials"]}
    assert len(sets) == 6
    assert len(document["trials"]) == 6 * (1 + len(READY))
    listening = [t for t in document["trials"] if t["behaviour"] == "listens"]
    assert {t["verdict"] for t in listening} == {"OK"}
    assert [t["guarantee_in_force"] for t in listening] == [
        len(t["corrupted"]) == 1 for t in listening
    ]


def test_sets_that_listen_keep_their_views_and_nobody_else(capsys):
    """What they heard is for the privacy lab; here it is only said that it is there."""
    _, out = swept(capsys, "average-salary", "--corruptions", "1", "--json")
    document = json.loads(out.out)
    kept = {(t["behaviour"], *t["corrupted"]) for t in document["trials"] if t["view_kept"]}
    assert kept == {("listens", name) for name in ("alice", "bob", "carol")}
    _, out = swept(capsys, "average-salary", "--corruptions", "1")
    assert "the views of the 3 sets that listened are kept, 4 messages each" in out.out


def test_behaviours_that_need_a_program_are_named(capsys):
    _, out = swept(capsys, "average-salary", "--corruptions", "1", "--json")
    assert json.loads(out.out)["not_tried"] == ["puppet", "scripted"]
    _, out = swept(capsys, "average-salary", "--corruptions", "1")
    assert "puppet and scripted: they need a program of your own" in out.out


def test_sets_that_leave_nobody_honest_are_listed(capsys):
    _, out = swept(capsys, "average-salary", "--corruptions", "3")
    assert "nobody honest is left" in out.out


def test_what_breaks_a_passive_protocol_is_shown_and_breaks_no_promise(capsys):
    """A consistent lie in the dealing of a product: WRONG, and BGW never promised otherwise."""
    code, out = swept(capsys, "salary-variance", "--corruptions", "1")
    assert code == 0
    assert "every promise held" in out.out
    assert "it is passive, but P1 deviated" in out.out


@pytest.mark.parametrize("bound", ["some", "<= x", "-1"])
def test_a_bound_that_is_none_is_refused(capsys, bound):
    code, out = swept(capsys, "average-salary", "--corruptions", bound)
    assert code == 2
    assert "corruptions" in out.err


def test_more_runs_than_anybody_waits_for_are_refused_with_their_number(capsys):
    code, out = swept(capsys, "burst-loss", "--set", "parties.count=40", "--corruptions", "<= 10")
    assert code == 2
    assert "lower the bound" in out.err
