"""Which messages a behaviour acts on."""

import attrs
import pytest

from turncoat.actors.actor import AbortAnnouncement
from turncoat.actors.envelope import Envelope
from turncoat.adversary.selector import Counter, Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.bgw.open import PartialOpening
from turncoat.protocols.bgw.reduce_degree import SubShare

F = prime_field(101)


def sent(sid="bgw/mul.1", kind=SubShare, receiver=1, phase="online"):
    body = kind(F([1])) if kind is not AbortAnnouncement else AbortAnnouncement(0)
    return Envelope(3, receiver, sid, 0, phase, 1, body)


def hits(selector, *envelopes, now=0):
    counter = Counter(selector)
    return [counter.matches(envelope, now) for envelope in envelopes]


def test_an_empty_selector_takes_everything_but_announcements():
    assert hits(Selector(), sent(), sent(kind=AbortAnnouncement)) == [True, False]
    assert hits(Selector(kind="AbortAnnouncement"), sent(kind=AbortAnnouncement)) == [True]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(kind="SubShare"), [True, False]),
        (Selector(kind="PartialOpening|SubShare"), [True, True]),
        (Selector(kind="Commit|PartialOpening"), [False, True]),
        (Selector(sid="bgw/mul.*"), [True, False]),
        (Selector(sid="bgw/*"), [True, True]),
        (Selector(phase="prep"), [False, False]),
        (Selector(to=frozenset({1})), [True, False]),
        (Selector(nth=1), [True, False]),
        (Selector(nth=2), [False, True]),
        (Selector(at=1), [False, False]),
        (Selector(kind="SubShare", sid="bgw/output"), [False, False]),
    ],
)
def test_all_keys_must_match(selector, expected):
    second = sent("bgw/output", PartialOpening, receiver=2)
    assert hits(selector, sent(), second) == expected


def test_nth_counts_pairs_of_sid_and_kind_and_acts_on_all_receivers():
    """Three copies of the second resharing: all of them, and none of the first or third."""
    rounds = [sent(f"bgw/mul.{k}", receiver=j) for k in (1, 2, 3) for j in (1, 2, 3)]
    assert hits(Selector(nth=2), *rounds) == [False] * 3 + [True] * 3 + [False] * 3


def test_to_narrows_what_nth_has_counted():
    rounds = [sent(f"bgw/mul.{k}", receiver=j) for k in (1, 2) for j in (1, 2)]
    assert hits(Selector(nth=2, to=frozenset({1})), *rounds) == [False, False, True, False]


def test_at_is_a_time_from_which_on_it_acts():
    assert hits(Selector(at=10), sent(), now=10) == [True]
    assert hits(Selector(at=10), attrs.evolve(sent()), now=9) == [False]
