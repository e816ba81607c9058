"""Corruption sweeps: what is tried on what, and what a set that listens has heard."""

import pytest

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.compose import Options, prepare
from turncoat.scenarios.corruptions import LISTENS, Sweep, aimable
from turncoat.scenarios.loader import load
from turncoat.scenarios.units import Comparison

ONE = Comparison("==", 1)
QUIET = Options(meter=False)


@pytest.fixture(scope="module")
def sweep():
    """The catalogue's product, with behaviours aimed at two kinds of message."""
    prepared = prepare(load("lie-in-a-product"))
    return Sweep.of(prepared, ONE, kinds=("SubShare", "PartialOpening"))


def test_only_behaviours_about_any_message_are_aimed_at_a_kind():
    assert aimable("add-error")
    assert not aimable(LISTENS)
    assert not aimable("change-input")  # takes the seat
    assert not aimable("stall")  # is the network's
    assert not aimable("wrong-mac-share")  # has kinds of its own


def test_a_sweep_is_as_long_as_it_says(sweep):
    trials = [
        trial
        for seats in sweep.sets[:1]
        for behaviour in sweep.behaviours
        for trial in ([None] * (1 + 2 * aimable(behaviour)))
    ]
    assert len(sweep) == 3 * len(trials)
    assert set(sweep.behaviours) | set(sweep.unready) == {LISTENS, *BEHAVIOURS}


def test_what_is_aimed_changes_messages_of_that_kind_alone(sweep):
    """A lie in a product's dealing is WRONG, the same lie in the opening an ABORT."""
    verdicts = {}
    for kind in sweep.kinds:
        trial = sweep.trial(("carol",), "add-error", kind, QUIET)
        touched = {r.kind for r in trial.report.run.journal.postings() if r.tampered}
        assert touched == {kind}
        verdicts[kind] = trial.verdict
    assert verdicts == {"SubShare": "WRONG", "PartialOpening": "ABORT"}


def test_a_set_that_listens_keeps_what_it_heard(sweep):
    """Bob's view: what others sent him, with content; a set that lies keeps nothing."""
    listening = sweep.trial(("bob",), LISTENS, None, QUIET)
    assert {(r.sender, r.receiver) for r in listening.view.received} == {(1, 2), (3, 2)}
    assert all(r.fields["values"].size for r in listening.view.received)
    assert sweep.trial(("bob",), "add-error", None, QUIET).view is None


def test_more_runs_than_allowed_are_counted_with_their_kinds():
    prepared = prepare(load("lie-in-a-product"))
    runs = len(Sweep.of(prepared, ONE, kinds=("SubShare",)))
    with pytest.raises(ValueError, match=f"{runs:,} runs"):
        Sweep.of(prepared, ONE, most=runs - 1, kinds=("SubShare",))
