"""Echo broadcast: honest parties accept the same or stop, whatever any n − 1 parties do."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.link import SECOND
from turncoat.actors.outcome import Aborted, Output
from turncoat.actors.wire import message, octets
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols.declare import declared
from turncoat.protocols.primitives.echo_broadcast import Echo, digest, echo_broadcast

from .spdz_worlds import tamper, values, world

DELTA = 60 * SECOND


@message
class Announced:
    """Some octets that a test broadcasts."""

    text: bytes = octets(payload=True)

    def said(self):
        return self.text


def broadcast(text):
    async def main(party):
        said = await echo_broadcast(party.sub("cast"), Announced(text(party.me)), DELTA)
        return [said[j].text for j in party.everyone]

    return main


def play(n, text=lambda i: b"%d" % i, **options):
    return world(n, dealer=False, **options).run(broadcast(text))


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("m", [1, 32])
def test_everybody_hears_everybody_at_the_declared_price(n, m):
    run = play(n, lambda i: bytes([i]) * m)
    cost = declared(echo_broadcast).cost.evaluate(n=n, t=n - 1, m=m)
    total = run.ledger.total()

    assert values(run) == [[bytes([i]) * m for i in range(1, n + 1)]] * n
    assert run.ledger.rounds() == cost.rounds
    assert total.payload_bytes == cost.octets_total
    assert total.framing_bytes - 32 * total.messages == cost.framing_total
    assert total.messages == 2 * n * (n - 1)  # values, and one hash each


# -- lies ------------------------------------------------------------------------------------------

TRUTH = object()
SAID = st.one_of(
    st.just(TRUTH), st.just(b"1"), st.binary(max_size=2), st.none()
)  # None: nothing at all
PAIRS = [(i, j) for i in range(1, 5) for j in range(1, 5)]
LIES = st.fixed_dictionaries(dict.fromkeys(PAIRS, SAID)).map(  # (sender, receiver) → text
    lambda said: {pair: text for pair, text in said.items() if text is not TRUTH}
)


def liar(seat, kind, lies, body):
    """Says lies[seat, receiver] in place of the truth; `body` makes a message of it."""

    def act(envelope):
        said = lies[seat, envelope.receiver]
        if said is not None:
            yield attrs.evolve(envelope, body=body(said))

    rule = tamper(seat, kind, None, where=lambda e: (seat, e.receiver) in lies)
    rule.act = act
    return rule


@settings(max_examples=100)
@given(
    n=st.sampled_from([3, 4, 2]),
    honest=st.sampled_from([{1, 2}, {2, 3}, {1}, {2}, {1, 2, 3}]),
    values_=LIES,
    echoes=st.one_of(st.just({}), LIES),
)
def test_no_two_honest_parties_accept_different_values(n, honest, values_, echoes):
    """Any n − 1 parties lie about values and hashes, to whom they like, or say nothing."""
    corrupted = set(range(1, n + 1)) - honest
    rules = {
        seat: [
            liar(seat, "Announced", values_, Announced),
            liar(seat, "Echo", echoes, lambda text: Echo(text.ljust(32))),
        ]
        for seat in sorted(corrupted)
    }

    run = play(n, rules=rules)
    ends = [end for i, end in run.outcomes.items() if i not in corrupted]
    accepted = [end.value for end in ends if isinstance(end, Output)]

    assert all(value == accepted[0] for value in accepted)
    assert all(isinstance(end, Output | Aborted) for end in ends)
    assert not any(end.accused for end in ends if isinstance(end, Aborted))
    if not any(receipt.changed for receipt in run.receipts):  # not even to oneself
        assert len(accepted) == len(ends)


@pytest.mark.parametrize("harmless", [False, True])
def test_equivocation_is_noticed_even_if_each_is_echoed_what_it_heard(harmless):
    """P3 tells P1 and P2 different things, and hashes what each of them heard: the two honest
    echoes still differ."""
    told = {1: b"x", 2: b"x" if harmless else b"y"}
    digests = {}

    def echo(envelope):
        heard = {1: Announced(b"1"), 2: Announced(b"2"), 3: Announced(told[envelope.receiver])}
        digests[envelope.receiver] = digest(envelope.sid, heard)
        yield attrs.evolve(envelope, body=Echo(digests[envelope.receiver]))

    lie = liar(3, "Announced", {(3, j): text for j, text in told.items()}, Announced)
    forged = tamper(3, "Echo", None, where=lambda e: e.receiver != 3)
    forged.act = echo
    run = play(3, rules={3: [lie, forged]})

    assert lie.receipt.on_wire == 2
    ends = [run.outcomes[i] for i in (1, 2)]
    if harmless:
        assert [end.value for end in ends] == [[b"1", b"2", b"x"]] * 2
    else:
        assert all(isinstance(end, Aborted) for end in ends)
        assert {end.reason for end in ends if end.stopped_by is None} == {"broadcast-mismatch"}


@pytest.mark.parametrize("count", [None, 0])
@pytest.mark.parametrize("kind", ["Announced", "Echo"])
def test_silence_ends_in_a_timeout_that_accuses_nobody(kind, count):
    rule = bind("withhold", Withhold(count), 2, Selector(kind=kind))

    run = play(3, rules={2: [rule]})
    ends = [run.outcomes[i] for i in (1, 3)]

    assert rule.receipt.acted
    if count == 0:
        assert all(isinstance(end, Output) for end in ends)
        return
    assert [(end.reason, end.accused, end.missing) for end in ends] == [
        ("timeout", frozenset(), {2})
    ] * 2
    assert run.virtual_ns >= DELTA
