"""`[expect] privacy` and `reveals`: a scenario's own views, the verdict LEAK, and its evidence."""

import json

import attrs
import pytest

from turncoat.actors.outcome import Aborted, Output, Stalled, Wait
from turncoat.adversary.views import load_view
from turncoat.scenarios.compose import Options, prepare, simulate
from turncoat.scenarios.loader import catalogue, load
from turncoat.scenarios.problems import ScenarioError
from turncoat.scenarios.verdict import Case, Right, judge

LISTENER = {"corrupts": ["carol"], "model": "passive"}
SECRETS = {"alice": [41_200, 39_800], "bob": [44_000], "carol": [38_500]}


def scenario(kind, **changes):
    """Three salaries over 61 bits; carol listens."""
    expect = {"privacy": kind, "verdict": ["OK", "LEAK"]} | changes.pop("expect", {})
    tables = {
        "parties": {"names": list(SECRETS), "inputs": SECRETS},
        "adversary": [LISTENER], "network": {"preset": "wan"}, "expect": expect,
    }  # fmt: skip
    return load("average-salary", tables | changes)


def tiny(**changes):
    return load("private-product", changes)


# -- the verdict -----------------------------------------------------------------------------------


def case(*outcomes, privacy, **facts):
    table = dict(enumerate(outcomes, 1))
    return Case(
        outcomes=table, corrupted=frozenset({3}), faulty=frozenset(), privacy=privacy,
        **{"right": Right(42), **facts},
    )  # fmt: skip


RIGHT, STALLED = Output(42), Stalled((Wait("bgw/output", "PartialOpening", (3,)),))
BLAMING = Aborted("malformed-message", accused=frozenset({2}))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (case(RIGHT, RIGHT, RIGHT, privacy="LEAK"), "LEAK"),
        (case(Output(41), RIGHT, RIGHT, privacy="LEAK"), "WRONG"),
        (case(Output(41), RIGHT, RIGHT, privacy="LEAK", right=None), "SPLIT"),
        (case(BLAMING, RIGHT, RIGHT, privacy="LEAK"), "BLAME"),
        (case(STALLED, RIGHT, RIGHT, privacy="LEAK"), "LEAK"),
        (case(Aborted("timeout"), RIGHT, RIGHT, privacy="LEAK"), "LEAK"),
        (case(RIGHT, RIGHT, RIGHT, privacy="PERFECT"), "OK"),
        (case(RIGHT, RIGHT, RIGHT, privacy="SOUND"), "OK"),
        (case(RIGHT, RIGHT, RIGHT, privacy="CLEAN"), "OK"),
        (case(RIGHT, RIGHT, RIGHT, privacy="INCONCLUSIVE"), "INCONCLUSIVE"),
        (case(RIGHT, RIGHT, RIGHT, privacy=None), "OK"),
    ],
)
def test_a_leak_comes_after_wrong_split_and_blame_and_before_stall(facts, verdict):
    """Semantics 5: WRONG > SPLIT > BLAME > LEAK > STALL > INCONCLUSIVE > ABORT > ABORT-ID > OK."""
    found = judge(facts)
    assert found.name == verdict
    assert ("LEAK" in found.findings) == (facts.privacy == "LEAK")


ASKING = {name for name in catalogue() if load(name).expect.privacy is not None}


def test_every_other_run_prints_not_tested():
    """Semantics 7; the shipped scenarios that ask are few."""
    assert len(ASKING) >= 4
    for name in ("average-salary", "lie-in-an-opening", "crashed-party"):
        assert simulate(load(name)).json()["privacy"] == "not tested"


# -- exact -----------------------------------------------------------------------------------------


def test_a_scenario_over_a_tiny_field_is_enumerated():
    document = simulate(tiny()).json()
    assert document["verdict"] == "OK"
    assert document["privacy"] == {
        "kind": "exact",
        "result": "PERFECT",
        "corrupted": ["carol"],
        "reveals": None,
        "checked": "3,125 tapes × 25 inputs, 20 pairs that must look alike",
        "power": "distance 0; exact for n = 3, t = 1, F_5",
        "evidence": None,
    }


def test_the_evidence_of_a_leak_is_two_inputs_and_the_view_that_tells():
    report = simulate(load("one-listener-too-many"))
    document = json.loads(json.dumps(report.json()))
    evidence = document["privacy"]["evidence"]
    assert document["verdict"] == "LEAK"
    assert document["findings"] == ["LEAK"]
    assert evidence["inputs"] == [{"alice": [0], "bob": [0]}, {"alice": [1], "bob": [0]}]
    assert (evidence["distance"], evidence["odds"][1]) == ("1", "0")
    assert any("InputShare" in label for label in evidence["view"])


@pytest.mark.parametrize(("reveals", "verdict"), [(["output"], "OK"), ([], "LEAK")])
def test_what_may_be_revealed_is_for_the_file_to_say(reveals, verdict):
    """The same run: whether its output is a leak depends on what it was to be kept to."""
    changes = {"expect": {"verdict": verdict, "privacy": "exact", "reveals": reveals}}
    assert simulate(tiny(**changes)).verdict.name == verdict


def test_a_deviation_on_the_wire_is_enumerated_with_its_receipts():
    """Carol shifts her opening of a product: she learns what she would have learned."""
    lie = {
        "corrupts": ["carol"], "does": "add-error", "when": {"kind": "PartialOpening"},
        "with": {"offset": 1},
    }  # fmt: skip
    changes = {"adversary": [lie], "expect": {"verdict": "ABORT", "privacy": "exact"}}
    report = simulate(tiny(**changes))
    assert (report.verdict.name, report.privacy.verdict) == ("ABORT", "PERFECT")


def test_a_deviation_that_finds_nothing_to_act_on_is_inconclusive():
    idle = {"corrupts": ["carol"], "does": "add-error", "when": {"kind": "NoSuchKind"}}
    changes = {"adversary": [idle], "expect": {"verdict": "INCONCLUSIVE", "privacy": "exact"}}
    assert simulate(tiny(**changes)).privacy.verdict == "INCONCLUSIVE"


# -- statistical and extraction --------------------------------------------------------------------


def test_real_runs_of_a_mean_tell_two_inputs_apart_by_nothing():
    report = simulate(scenario("statistical"))
    found = report.privacy.result
    one, two = found.inputs
    assert (report.verdict.name, found.verdict) == ("OK", "CLEAN")
    assert found.planted.leaks
    assert one != two
    assert one[3] == two[3]
    assert sum(sum(row) for row in one.values()) == sum(sum(row) for row in two.values())


def test_an_output_that_was_not_to_be_revealed_is_found():
    report = simulate(scenario("statistical", expect={"reveals": []}))
    (first, *_) = report.json()["privacy"]["evidence"]["features"]
    assert report.verdict.name == "LEAK"
    assert "PartialOpening of bgw/output" in first["feature"]


def test_attackers_that_guess_fail_and_find_every_input_where_coins_are_stuck():
    found = simulate(scenario("extraction")).privacy.result
    assert (found.verdict, found.successes, found.planted) == ("CLEAN", 0, found.trials)
    assert found.bound < 2**-40


def test_a_listener_too_many_interpolates():
    listeners = [{"corrupts": ["bob", "carol"], "model": "passive"}]
    report = simulate(scenario("extraction", adversary=listeners))
    assert report.verdict.name == "LEAK"
    assert report.privacy.result.extractor == "interpolated"
    assert report.privacy.result.successes == report.privacy.result.trials


def test_the_answer_is_the_same_for_the_same_seed():
    one, two = (simulate(scenario("extraction")).json() for _ in range(2))
    assert one["privacy"] == two["privacy"]


def test_the_digest_does_not_depend_on_the_question():
    with_question = simulate(tiny())
    without = simulate(tiny(expect={"verdict": "OK"}))
    assert with_question.digest == without.digest


# -- refusals, before anything runs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: scenario("exact"), "2^61 - 1 is not enumerated"),
        (lambda: tiny(**{"protocol.field": "11", "parties.inputs": {"alice": [1, 1, 1],
                         "bob": [1, 1, 0]}}), "runs, more than 100,000,000"),
        (lambda: tiny(**{"expect.privacy": "extraction"}), "a blind guess succeeds"),
        (lambda: tiny(**{"expect.reveals": ["product"]}), "the program opens no 'product'"),
        (lambda: tiny(**{"protocol.variant": "compressed"}), "octets of coins cannot be"),
        (lambda: tiny(adversary=[{"corrupts": ["carol"], "does": "change-input"}]), "whole seat"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_the_reason(made, said):
    with pytest.raises(ScenarioError) as caught:
        prepare(made())
    assert said in str(caught.value)
    assert caught.value.problems[0].key.startswith("expect.")


# -- views of a run --------------------------------------------------------------------------------


def test_a_saved_run_holds_the_corrupted_seats_views_and_no_others(tmp_path):
    """Carol's coins and what reached her; no honest coin, and no message between honest parties."""
    prepared = prepare(scenario("extraction"))
    report = prepared.run(Options(views=True, privacy=False))
    report.save(tmp_path)
    assert [file.name for file in (tmp_path / "seats").iterdir()] == ["carol.json"]
    view = load_view(tmp_path, ["carol"])
    assert {m["to"] for m in view["received"]} == {"carol"}
    assert {c["party"] for c in view["coins"]} == {"carol"}
    assert view["inputs"] == {"carol": {"x": [38_500]}}
    text = (tmp_path / "seats" / "carol.json").read_text()
    assert "41200" not in text
    assert "44000" not in text


def test_keeping_views_changes_no_digest(tmp_path):
    prepared = prepare(scenario("extraction"))
    plain, kept = (prepared.run(Options(views=v, privacy=False)) for v in (False, True))
    plain.save(tmp_path)
    assert plain.digest == kept.digest
    assert not (tmp_path / "seats").exists()


def test_a_question_is_data():
    question = prepare(tiny()).question("exact")
    assert attrs.evolve(question, kind="statistical").corrupted == (3,)
