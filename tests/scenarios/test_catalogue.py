"""Every shipped scenario runs and holds what it expects; turned round, it fails."""

import json

import pytest

from turncoat.actors.outcome import Stalled
from turncoat.adversary.registry import info
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import catalogue, load
from turncoat.scenarios.problems import ScenarioError

TURNED_ROUND = {
    "OK": "WRONG",
    "WRONG": "OK",
    "ABORT": "OK",
    "ABORT-ID": "ABORT",
    "STALL": "OK",
    "LEAK": "OK",
}


@pytest.mark.parametrize("name", catalogue())
def test_a_shipped_scenario_holds_what_it_expects(name):
    report = simulate(load(name))
    failed = [e for e in report.expectations if not e.held]
    assert not failed
    assert report.exit_code == 0


@pytest.mark.parametrize("name", catalogue())
def test_a_shipped_scenario_with_its_verdict_turned_round_fails(name):
    """No expectation is vacuous: the opposite verdict is not found."""
    (verdict,) = load(name).expect.verdict
    report = simulate(load(name, {"expect.verdict": TURNED_ROUND[verdict]}))
    assert report.exit_code == 1


@pytest.mark.parametrize("name", catalogue())
def test_a_shipped_scenario_says_what_it_is_about(name):
    scenario = load(name)
    assert scenario.name == name
    assert scenario.header.about.endswith(".")
    assert scenario.header.cites
    assert scenario.header.seed is not None


@pytest.mark.parametrize("name", catalogue())
def test_the_document_of_a_run_is_json_and_equal_between_runs(name):
    documents = [simulate(load(name)).json() for _ in range(2)]
    for document in documents:
        measured = document.pop("measured")
        assert measured["wall_s"] > 0
    assert json.dumps(documents[0]) == json.dumps(documents[1])


def attack(name, **overrides):
    return simulate(load(name, overrides))


LIES = [
    name
    for name in catalogue()
    if any(entry.does for entry in load(name).adversaries) and not load(name).faults
]


@pytest.mark.parametrize("name", LIES)
def test_the_harmless_twin_of_a_lie_is_harmless(name):
    """The same wiring with parameters that change nothing: it fires, and all is well."""
    twins = [_twin(entry) for entry in load(name).document.data["adversary"]]
    report = simulate(load(name, {"adversary": twins, "expect": {"verdict": "OK"}}))
    assert report.verdict.name == "OK"
    for receipt in report.run.receipts:
        assert receipt.fired
        assert not receipt.changed


def _twin(entry):
    return {**entry, "with": {**entry.get("with", {}), **info(entry["does"]).twin}}


def test_a_lie_over_the_product_shifts_the_variance_by_a_multiple_of_the_offset():
    """λ_3 = 1 for the points 1, 2, 3 at 0: carol's offset on her dealing is the shift of [z]."""
    honest = simulate(load("lie-in-a-product", {"adversary": [], "expect": {"verdict": "OK"}}))
    wrong = simulate(load("lie-in-a-product"))
    (right,) = {o.value.numerator for _, o in honest.outcome.items()}
    (found,) = {o.value.numerator for name, o in wrong.outcome.items() if name != "carol"}
    m = 5
    assert found - right == m - 1  # m·(Σx² + 1) − ((Σx)² + 1): both products are reduced at once


def test_an_attack_that_matches_nothing_is_inconclusive_and_says_what_there_was():
    missed = load("lie-in-an-opening", {"adversary": [_missing()]})
    report = simulate(missed)
    assert report.exit_code == 3
    (receipt,) = report.json()["receipts"]
    assert receipt["fired"] == 0
    assert receipt["messages_of_party"] == ["InputShare", "PartialOpening"]
    assert receipt["advice"] == (
        "kind = 'SubShare', but carol sent InputShare, PartialOpening; did you mean 'InputShare'?"
    )


def _missing():
    return {"corrupts": ["carol"], "does": "add-error", "when": {"kind": "SubShare"}}


def test_a_stall_says_who_waits_for_what_and_who_is_dead():
    waiting = simulate(load("crashed-party")).json()["waiting"]
    assert {w["party"] for w in waiting} == {"alice", "bob"}
    assert {w["kind"] for w in waiting} == {"SubShare"}
    assert all(w["missing"] == w["dead"] == ["carol"] for w in waiting)


# What the scenarios of networks and faults claim, against the same run without


def calm(name, **overrides):
    return simulate(load(name, {"fault": [], "expect": {"verdict": "OK"}, **overrides}))


@pytest.mark.parametrize(
    "name", ["partition-that-heals", "durable-restart", "paused-party", "phones-come-and-go"]
)
def test_a_fault_that_ends_costs_time_and_nothing_else(name):
    struck, without = simulate(load(name)), calm(name)
    assert struck.run.virtual_ns > without.run.virtual_ns
    for key in ("messages", "payload_bytes", "framing_bytes", "rounds"):
        assert struck.json()["totals"][key] == without.json()["totals"][key]
    assert struck.outcome.items() == without.outcome.items()


def test_a_partition_costs_more_than_its_length_because_timers_double():
    report = simulate(load("partition-that-heals"))
    assert report.ledger.total().resent_bytes > 0
    assert report.run.virtual_ns > (5000 + 130) * 10**6


def test_a_short_queue_trades_waiting_in_line_for_waiting_for_a_timer():
    long_queue = calm("tail-drop", **{"network.host[0].limit": "unlimited"})
    assert long_queue.run.virtual_ns == 1_360_512_000
    assert simulate(load("tail-drop")).run.virtual_ns > 4 * long_queue.run.virtual_ns


def test_a_buffer_that_is_too_large_holds_up_what_is_small():
    without = {"network.rate": "unlimited", "network.limit": "unlimited"}
    assert calm("bufferbloat", **without).run.virtual_ns == 80 * 10**6


def test_losses_come_in_bursts():
    """The same share of losses, 3/4·p/(p + r) = 1/8, but one by one, costs less than half."""
    bursts, single = load("burst-loss"), {"network": {"preset": "wan", "loss": 0.125}}
    times = [
        sum(simulate(scenario, seed).run.virtual_ns for seed in range(30))
        for scenario in (bursts, load("burst-loss", single))
    ]
    assert times[0] > 2 * times[1]


def test_a_run_that_forgets_and_one_that_does_not_part_ways():
    forgets, remembers = (simulate(load(f"{what}-restart")) for what in ("amnesia", "durable"))
    assert forgets.verdict.findings == ("ABORT",)
    assert remembers.verdict.findings == ("OK",)


@pytest.mark.parametrize("field", ["2^31 - 1", "2^61 - 1", "2^127 - 1"])
@pytest.mark.parametrize("variant", ["plain", "sacrifice"])
def test_spdz_is_right_and_notices_over_every_size_of_field(field, variant):
    ways = {"protocol.field": field, "protocol.variant": variant, "protocol.sigma": 20}
    ways |= {"protocol.program": "mean", "expect": {}}
    assert simulate(load("spdz-salary-variance", ways)).verdict.name == "OK"
    assert simulate(load("spdz-wrong-opening", ways)).verdict.name == "ABORT"


def test_a_field_too_small_for_sigma_is_refused_where_it_stands():
    with pytest.raises(ScenarioError) as caught:
        simulate(load("average-salary-with-a-liar", {"protocol.field": "2^31 - 1"}))
    (problem,) = caught.value.problems
    assert problem.key == "protocol.field"
    assert "lower sigma" in problem.render()


def test_a_client_that_a_fault_keeps_from_hearing_is_a_dropout_and_no_stall():
    """It waits for the server's list for ever; nobody waits for it, and the sum is right."""
    deaf = {"kind": "omission", "who": ["phone-2"], "when": {"after": "masked-input"}}
    report = simulate(load("secure-aggregation", {"fault": [deaf], "adversary": [], "expect": {}}))
    assert isinstance(report.outcome["phone-2"], Stalled)
    assert report.verdict.name == "OK"


def test_a_substituted_input_out_of_range_becomes_the_nearest_in_it():
    """A corrupted client brings another input, and an input it must be."""
    more = {"corrupts": ["phone-1"], "does": "change-input", "with": {"add": 10**6}}
    report = simulate(load("secure-aggregation", {"adversary": [more], "expect": {}}))
    assert report.verdict.name == "OK"
