"""The lies of an aggregation server, from the catalogue, and what it gets out of them.

Where the protocol in use promises nothing against a lie, an extractor recovers the victim's input
from what the server was told; where it does, and in every harmless twin, there is nothing to find.
"""

import pytest

from turncoat.adversary.behaviours.server_moves import own_pair
from turncoat.adversary.extractors import ServerView, by_own_keys, by_split_views
from turncoat.protocols.aggregation.aggregation import SID
from turncoat.protocols.primitives.aead import Forged
from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import load

VICTIM, INPUT = 7, [7, 20, 4]
LIES = [
    "server-splits-the-views",
    "server-splits-the-views-active",
    "server-asks-for-both-shares",
    "server-gives-its-own-keys",
    "server-gives-its-own-keys-pki",
    "server-forges-signatures",
    "server-skips-signatures",
    "server-invents-a-survivor",
    "server-claims-a-cohort-of-one",
]


def play(name, **overrides):
    """(report, what the server said and heard)"""
    report = simulate(load(name, overrides), options=Options(keep_bodies=True))
    parameters = report.plan.session.aggregation.parameters
    return report, ServerView.of(parameters, SID, report.run.journal)


def harmless(name):
    """The scenario's adversary with its behaviour made its own harmless twin."""
    (adversary,) = load(name).document.data["adversary"]
    given = {**adversary.get("with", {}), "count": 0}
    return {"adversary": [{**adversary, "with": given}], "expect": {"verdict": "OK"}}


def found(view):
    """The victim's input by whatever extractor finds it, None if none does."""
    extracted = [by_split_views(view, VICTIM), by_own_keys_if_any(view)]
    return next((x.tolist() for x in extracted if x is not None), None)


def by_own_keys_if_any(view):
    """Shares that were not encrypted for the server do not decrypt."""
    try:
        return by_own_keys(view, VICTIM, own_pair)
    except Forged:
        return None


WON = ["server-splits-the-views", "server-gives-its-own-keys"]


@pytest.mark.parametrize("name", WON)
def test_where_nothing_is_promised_the_server_has_the_input(name):
    """A 256-bit seed is not guessed: prior success 2^-256."""
    report, view = play(name)

    assert all(receipt.acted for receipt in report.run.receipts)
    assert not report.json()["guarantee_in_force"]
    assert found(view) == INPUT


REFUSED = [name for name in LIES if name not in WON]


@pytest.mark.parametrize("name", REFUSED)
def test_where_the_lie_is_refused_there_is_nothing_to_find(name):
    report, view = play(name)

    assert all(receipt.acted for receipt in report.run.receipts)
    assert found(view) is None


@pytest.mark.parametrize("name", LIES)
def test_the_harmless_twin_of_every_lie_ends_well_and_gives_nothing_away(name):
    report, view = play(name, **harmless(name))
    (receipt,) = report.run.receipts

    assert receipt.fired
    assert not receipt.changed
    assert report.held
    assert report.verdict.findings == ("OK",)
    assert found(view) is None


def test_who_is_shown_two_lists_reveals_nothing_and_accuses_the_server():
    report, view = play("server-asks-for-both-shares")

    assert set(view.heard["UnmaskingShares"]) == {VICTIM}  # who was shown one list
    for name in [f"phone-{i}" for i in range(1, 7)]:
        assert report.outcome[name].reason == "conflicting-messages"
