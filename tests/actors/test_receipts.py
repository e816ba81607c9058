"""Receipts: what a rule did is seen from outside, by comparing what went in with what came out."""

import attrs
import pytest

from turncoat.actors.envelope import Envelope
from turncoat.actors.errors import MisuseError
from turncoat.actors.rule import Receipt, changed, through
from turncoat.actors.wire import Encoded

from .toys import Ping, Pong, Rewrite, play, says

ENVELOPE = Envelope(3, 1, "a/b", 0, "online", 1, Ping(1))


def but(**changes) -> Envelope:
    return attrs.evolve(ENVELOPE, **changes)


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ([ENVELOPE], "none"),
        ([but()], "none"),
        ([but(body=Ping(1))], "none"),  # an equal body is no change
        ([but(body=Ping(2))], "value"),
        ([but(body=Pong(1))], "value"),
        ([but(sid="a/c")], "value"),
        ([but(body=Encoded("Ping", b"?"))], "bytes"),
        ([but(delay=1)], "time"),
        ([but(delay=1, body=Ping(2))], "value"),  # the greater of two differences
        ([], "presence"),
        ([ENVELOPE, ENVELOPE], "presence"),
        ([but(receiver=2)], "presence"),
    ],
)
def test_the_kind_of_a_change_is_observed(after, change):
    assert changed(ENVELOPE, after) == change


def test_bytes_that_stay_the_same_are_no_change():
    """The second of two rules passes on what the first made."""
    raw = but(body=Encoded("Ping", b"?"))
    assert changed(raw, [raw]) == "none"
    assert changed(raw, [attrs.evolve(raw, body=Encoded("Ping", b"!"))]) == "bytes"
    assert changed(raw, [attrs.evolve(raw, delay=1)]) == "time"


async def two_rounds(party):
    for name in ("a", "b"):
        await party.sub(name).exchange_all(Ping(party.me))


def receipt(change, **rest) -> Receipt:
    rule = Rewrite("Ping", change, **rest)
    run = play(two_rounds, 3, rules={3: [rule]})
    assert run.receipts == (rule.receipt,)
    return rule.receipt


@pytest.mark.parametrize(
    ("change", "to", "fired", "on_wire", "seen"),
    [
        (lambda e: [e], (), 6, 0, []),  # two rounds, two others and oneself
        (lambda e: [e], (1,), 2, 0, []),
        (says(Ping(9)), (), 6, 4, ["value"]),  # the own copies change, but are on no wire
        (says(Ping(9)), (3,), 2, 0, ["value"]),
        (says(Ping(9)), (9,), 0, 0, []),  # nobody is P9
        (says(Encoded("Ping", b"?")), (1,), 2, 2, ["bytes"]),  # P1 aborts; P3 cannot know yet
        (lambda e: [], (1,), 2, 2, ["presence"]),
        (lambda e: [attrs.evolve(e, delay=5)], (1, 2), 4, 4, ["time"]),
    ],
)
def test_receipts_count_firings_and_what_reached_the_wire(change, to, fired, on_wire, seen):
    """Compared with hand counts on two all-to-all rounds of three parties."""
    proof = receipt(change, to=to)
    assert (proof.fired, proof.on_wire, proof.changed) == (fired, on_wire, seen)


@pytest.mark.parametrize(
    ("change", "intends", "to", "acted"),
    [
        (says(Ping(9)), "value", (), True),
        (says(Ping(9)), "value", (3,), False),  # lied to itself alone
        (says(Ping(9)), "value", (9,), False),  # never fired
        (says(Ping(9)), "time", (), False),  # did something else than it declares
        (lambda e: [e], "value", (), False),  # fired, and changed nothing
        (lambda e: [], "presence", (1,), True),
        (lambda e: [attrs.evolve(e, delay=5)], "time", (1,), True),
        (says(Encoded("Ping", b"?")), "bytes", (1,), True),
        # a harmless twin must fire, and must change nothing
        (lambda e: [e], "none", (), True),
        (lambda e: [e], "none", (9,), False),
        (says(Ping(9)), "none", (), False),
    ],
)
def test_a_behaviour_acted_if_it_did_what_it_declares(change, intends, to, acted):
    assert receipt(change, intends=intends, to=to).acted is acted


def test_a_rule_serves_one_run():
    """Its receipt, and whatever else it counts, belongs to that run: the next would differ."""
    rules = {3: [Rewrite("Ping", says(Ping(9)))]}
    play(two_rounds, 3, rules=rules)
    with pytest.raises(MisuseError, match="rewrite Ping has acted before"):
        play(two_rounds, 3, rules=rules)


def test_kinds_of_change_are_listed_in_order_of_first_sight():
    """A delay to P1, nothing to itself, a lie to P2, again and again."""

    def mixed(envelope):
        return {
            1: [attrs.evolve(envelope, delay=5)],
            2: [attrs.evolve(envelope, body=Ping(9))],
            3: [envelope],
        }[envelope.receiver]

    proof = receipt(mixed)
    assert (proof.fired, proof.on_wire, proof.changed) == (6, 4, ["time", "value"])


def test_rules_apply_in_order_each_to_what_the_one_before_made():
    """Twice, then +10 each: both copies are raised. The other way round: one is."""
    double = Rewrite("Ping", lambda e: [e, attrs.evolve(e, body=Pong(e.body.number))])
    raise_ = Rewrite("Ping", lambda e: [attrs.evolve(e, body=Ping(e.body.number + 10))])

    def bodies(*rules):
        return [copy.body for copy in through(rules, ENVELOPE, 0)]

    assert bodies() == [Ping(1)]
    assert bodies(double, raise_) == [Ping(11), Pong(1)]
    assert bodies(raise_, double) == [Ping(11), Pong(11)]
    assert (double.receipt.fired, raise_.receipt.fired) == (2, 2)


def test_rules_see_messages_as_they_are_sent():
    """One envelope a receiver, oneself included, with its sid, number and depth."""
    seen = []

    def look(envelope):
        seen.append((envelope.sender, envelope.receiver, envelope.sid, envelope.k, envelope.depth))
        return [envelope]

    play(two_rounds, 3, rules={3: [Rewrite("Ping", look)]})
    assert seen == [
        (3, 1, "a", 0, 1), (3, 2, "a", 0, 1), (3, 3, "a", 0, 1),
        (3, 1, "b", 0, 2), (3, 2, "b", 0, 2), (3, 3, "b", 0, 2),
    ]  # fmt: skip
