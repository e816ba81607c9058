"""A selector that matches nothing says which messages there were, and which key ruled them out."""

import pytest

from turncoat.actors.journal import Sent
from turncoat.adversary.advice import advise
from turncoat.adversary.selector import Selector

NAMES = ("alice", "bob", "carol")


def row(kind, sid, *, sender=3, time=40, phase="online", receivers=(1, 2)):
    return Sent(0, time, sender, sid, kind, 0, phase, 1, 8, 32, False, 0, receivers)


ROWS = [
    row("InputShare", "bgw/input.3.x", time=0),
    row("SubShare", "bgw/mul.1", sender=2),
    row("PartialOpening", "bgw/output", receivers=(1,)),
]


@pytest.mark.parametrize(
    ("when", "key", "text"),
    [
        (
            Selector(kind="InputShar"),
            "kind",
            "kind = 'InputShar', but carol sent InputShare, PartialOpening; "
            "did you mean 'InputShare'?",
        ),
        (Selector(kind="Echo"), "kind", "but carol sent InputShare, PartialOpening"),
        (Selector(sid="spdz/*"), "sid", "but carol sent bgw/input.3.x, bgw/output"),
        (
            Selector(kind="PartialOpening", sid="bgw/outptu"),
            "sid",
            "sid = 'bgw/outptu', but carol sent bgw/output; did you mean 'bgw/output'?",
        ),
        (Selector(phase="prep"), "phase", "phase = 'prep', but carol sent online"),
        (
            Selector(kind="PartialOpening", to=frozenset({2})),
            "to",
            "carol sent such messages to alice only",
        ),
        (
            Selector(kind="InputShare", at=100),
            "at",
            "at = 100 ns, but carol sent the last such message at 0 ns",
        ),
        (Selector(nth=3), "nth", "nth = 3, but carol sent 2 such (sid, kind) only"),
    ],
)
def test_the_first_key_that_rules_everything_out_is_named(when, key, text):
    advice = advise(when, 3, ROWS, NAMES)
    assert advice.key == key
    assert text in advice.text
    assert advice.kinds == ("InputShare", "PartialOpening")
    assert advice.sids == ("bgw/input.3.x", "bgw/output")


def test_a_party_that_said_nothing_is_said_to():
    assert advise(Selector(), 1, ROWS, NAMES).text == "alice sent nothing at all"


def test_long_lists_are_cut():
    many = [row("Echo", f"a/{k}") for k in range(20)]
    assert "a/7 and 12 more" in advise(Selector(sid="b"), 3, many, NAMES).text
