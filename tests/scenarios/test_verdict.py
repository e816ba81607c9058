"""The verdict follows from facts alone: every row of the definition, and their precedence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.outcome import Aborted, Crashed, Output, Stalled, Unfinished, Wait
from turncoat.actors.rule import Receipt
from turncoat.scenarios.verdict import FAILURES, PRECEDENCE, Case, Right, judge

RIGHT, WRONG = Output(42), Output(41)
STALLED = Stalled((Wait("bgw/output", "PartialOpening", (3,)),))
NAMELESS = Aborted("inconsistent-opening")
STOPPED = Aborted("stopped by P1", stopped_by=1)


def accusing(*parties):
    return Aborted("malformed-message", accused=frozenset(parties))


def case(*outcomes, corrupted=(3,), faulty=(), **facts):
    return Case(
        outcomes=dict(enumerate(outcomes, 1)),
        corrupted=frozenset(corrupted),
        faulty=frozenset(faulty),
        **{"right": Right(42), **facts},
    )


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (case(RIGHT, RIGHT, WRONG), "OK"),
        (case(RIGHT, WRONG, RIGHT), "WRONG"),
        (case(WRONG, WRONG, RIGHT), "WRONG"),
        (case(NAMELESS, STOPPED, RIGHT), "ABORT"),
        (case(RIGHT, NAMELESS, RIGHT), "ABORT"),
        (case(RIGHT, NAMELESS, RIGHT, unanimous=True), "SPLIT"),
        (case(accusing(3), accusing(3), RIGHT), "ABORT-ID"),
        (case(accusing(3), STOPPED, RIGHT), "ABORT"),
        (case(accusing(3), RIGHT, RIGHT), "ABORT"),
        (case(accusing(2), accusing(2), RIGHT), "BLAME"),
        (case(accusing(2), Crashed(5), RIGHT, faulty=(2,)), "ABORT"),
        (case(STALLED, RIGHT, RIGHT), "STALL"),
        (case(RIGHT, RIGHT, STALLED), "OK"),
        (case(RIGHT, Crashed(5), RIGHT, faulty=(2,)), "OK"),
        (case(Crashed(1), Crashed(2), RIGHT, faulty=(1, 2)), "INCONCLUSIVE"),
        (case(RIGHT, Unfinished(), RIGHT), "INCONCLUSIVE"),
        (case(WRONG, Unfinished(), RIGHT), "WRONG"),
        (case(RIGHT, RIGHT, RIGHT, right=None), "INCONCLUSIVE"),
        (case(RIGHT, WRONG, RIGHT, right=None), "SPLIT"),
    ],
)
def test_facts_give_the_verdict(facts, verdict):
    assert judge(facts).name == verdict


def test_an_attack_that_never_fired_proves_nothing():
    idle = Receipt("add-error", party=3, intends="value")
    assert judge(case(RIGHT, RIGHT, RIGHT, receipts=[idle])).name == "INCONCLUSIVE"


def test_an_attack_that_stayed_at_home_proves_nothing():
    """It fired and changed the own copy only: nothing wrong reached the wire."""
    at_home = Receipt("add-error", party=3, intends="value", fired=1, changed=["value"])
    assert judge(case(RIGHT, RIGHT, RIGHT, receipts=[at_home])).name == "INCONCLUSIVE"


def test_an_optional_attack_that_never_fired_is_no_doubt():
    idle = Receipt("add-error", party=3, intends="value", required=False)
    assert judge(case(RIGHT, RIGHT, RIGHT, receipts=[idle])).name == "OK"


def test_a_harmless_twin_must_fire_and_change_nothing():
    twin = Receipt("add-error", party=3, intends="none", fired=2)
    assert judge(case(RIGHT, RIGHT, RIGHT, receipts=[twin])).name == "OK"
    twin.changed.append("value")
    assert judge(case(RIGHT, RIGHT, RIGHT, receipts=[twin])).name == "INCONCLUSIVE"


def test_an_observed_failure_outranks_a_doubt():
    idle = Receipt("add-error", party=3, intends="value")
    verdict = judge(case(WRONG, RIGHT, RIGHT, receipts=[idle]))
    assert verdict.findings == ("WRONG", "SPLIT", "INCONCLUSIVE")


def test_detection_is_told_from_being_stopped():
    facts = case(NAMELESS, STOPPED, NAMELESS)
    assert (facts.detected_by, facts.stopped_by_peer) == ((1,), (2,))


OUTCOMES = st.sampled_from([RIGHT, WRONG, STALLED, NAMELESS, STOPPED, accusing(3), accusing(1),
                            Crashed(1), Unfinished()])  # fmt: skip


@given(st.lists(OUTCOMES, min_size=1, max_size=4), st.booleans())
def test_the_verdict_is_the_gravest_finding(outcomes, unanimous):
    verdict = judge(case(*outcomes, RIGHT, corrupted=(len(outcomes) + 1,), unanimous=unanimous))
    ranks = [PRECEDENCE.index(finding) for finding in verdict.findings]
    assert ranks == sorted(ranks)
    assert verdict.name == verdict.findings[0]


@given(st.lists(st.sampled_from([RIGHT, NAMELESS, STOPPED]), min_size=1, max_size=4))
def test_right_outputs_and_aborts_are_never_failures(outcomes):
    facts = case(*outcomes, WRONG, corrupted=(len(outcomes) + 1,))
    assert not FAILURES.intersection(judge(facts).findings)
