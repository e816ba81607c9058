"""What any n − 1 parties may do to SPDZ, and what it comes to: never wrong, split, blamed, stalled.

Each named attack asserts that it acted, and has a harmless twin as control; the properties at the
end let corrupted parties tamper with whatever they say, as they like.
"""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.actor import ANNOUNCEMENT_SID, AbortAnnouncement
from turncoat.actors.link import SECOND
from turncoat.actors.outcome import Output
from turncoat.actors.rule import Receipt
from turncoat.actors.wire import Encoded, format_of
from turncoat.adversary.behaviours.presence import Delay, Withhold
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Counter, Selector
from turncoat.protocols.arithmetic.programs import dot, total, variance
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.functionalities.plain import evaluate
from turncoat.protocols.functionalities.prep import Order
from turncoat.protocols.primitives.coin_toss import coin_toss
from turncoat.protocols.primitives.commitment import Commit, commitment
from turncoat.protocols.primitives.echo_broadcast import Echo, digest, echo_broadcast
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.mac_check import MacShare, mac_check, mac_share
from turncoat.protocols.spdz.partial_open import partial_open
from turncoat.protocols.spdz.stock import Random, Triple

from .spdz_worlds import F, Tamper, mains, play, shifted, tamper, world

INPUTS = {"a": {"x": [5, 6]}, "b": {"x": [7, 8]}, "c": {}}
RIGHT = 5 * 7 + 6 * 8
OFFSETS = st.integers(-(2**60), 2**60)


def attack(behaviour, seat=3, program=dot, family=None, **when):
    """One corrupted seat of three: (what happened, did the behaviour act?)."""
    rule = bind("attack", behaviour, seat, Selector(**when))
    played = play(program, INPUTS, family=family, rules={seat: [rule]})
    assert rule.receipt.acted, rule.receipt
    return played


# -- lies that the MAC check notices ---------------------------------------------------------------

OPENINGS = [
    ("all", "PartialOpening", 3, None),
    ("all", "PartialOpening", 3, frozenset({1})),
    ("all", "PartialOpening", 1, frozenset({2})),
    ("king", "ShareForKing", 3, None),
    ("king", "KingsOpening", 1, None),
    ("king", "KingsOpening", 1, frozenset({2})),
]


@settings(max_examples=8)
@pytest.mark.parametrize("nth", [1, 2], ids=["in the product", "in the output"])
@pytest.mark.parametrize(("opening", "kind", "seat", "to"), OPENINGS)
@given(offset=OFFSETS)
def test_a_wrong_opening_to_all_or_to_one_is_noticed(opening, kind, seat, to, nth, offset):
    played = attack(AddError(offset), seat, family={"opening": opening}, kind=kind, to=to, nth=nth)

    if offset:
        assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})
        assert not played.case.accused
    else:
        assert played.outputs == [RIGHT] * 2


class LyingStock:
    """A corrupted party's stock, whose triples have another share of c, and of its MAC: a state
    that was lied about once, and is used honestly from there on."""

    def __init__(self, stock, value, mac):
        self._stock, self._value, self._mac = stock, value, mac

    def holds(self, sid):
        return self._stock.holds(sid)

    def take(self, sid, kind, shape):
        item = self._stock.take(sid, kind, shape)
        if not isinstance(item, Triple):
            return item
        c = AuthShare(item.c.value + self._value, item.c.mac + self._mac)
        return attrs.evolve(item, c=c)


@attrs.frozen
class Lying:
    """The honest family but for the stock with which a party leaves preprocessing."""

    family: Spdz
    value: int
    mac: int

    async def prepare(self, party, announced):
        ready = await self.family.prepare(party, announced)
        own = ready.own
        return ready.holding(own.key, LyingStock(own.stock, self.value, self.mac))


def wrong_product(value, mac):
    """What a seat runs that shifts its share of every c by `value`, and of its MAC by `mac`."""

    def main(session):
        async def run(party):
            own = session.inputs[list(session.inputs)[party.me - 1]]
            return await run_program(
                party.sub("spdz"), Lying(session.family, value, mac), session.program, own,
                session.layout, session.params, announced=session.announced,
            )  # fmt: skip

        return run

    return main


@settings(max_examples=15)
@given(value=OFFSETS, mac=OFFSETS, seat=st.sampled_from([1, 2, 3]))
def test_a_wrong_product_under_the_old_mac_or_any_guess_of_it_is_noticed(value, mac, seat):
    """Value and MAC shifted together pass only for mac = α·value, which nobody knows."""
    played = play(dot, INPUTS, seats={seat: wrong_product(value, mac)})

    if (value, mac) == (0, 0):
        assert played.outputs == [RIGHT] * 2
    else:
        assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})


def test_a_product_that_is_not_shifted_is_right():
    assert play(dot, INPUTS, seats={3: wrong_product(0, 0)}).outputs == [RIGHT] * 2


# -- lies about σ ----------------------------------------------------------------------------------


def forged_share(seat, sigma):
    """Commit to a σ of one's own choice, and open it, consistently: a wrong MAC share."""
    nonce = bytes(16)
    body = MacShare(F([sigma]), nonce)

    def act(envelope):
        if envelope.kind == "Commit":
            said = Commit(commitment(envelope.sid.removesuffix("/commit"), seat, body))
        else:
            said = body
        yield attrs.evolve(envelope, body=said)

    rule = tamper(seat, "", None)
    rule.act = act
    rule.chooses = lambda e: e.sid.endswith(("sigma/commit", "sigma/open")) and e.kind != "Echo"
    return rule


@settings(max_examples=10)
@given(sigma=OFFSETS, seat=st.sampled_from([1, 3]))
def test_a_wrong_mac_share_is_noticed_and_names_nobody(sigma, seat):
    rule = forged_share(seat, sigma)
    played = play(total, INPUTS, rules={seat: [rule]})

    assert rule.receipt.acted
    assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})


@settings(max_examples=8)
@given(offset=OFFSETS, to=st.sampled_from([None, frozenset({1})]))
def test_a_mac_share_other_than_the_one_committed_to_is_noticed(offset, to):
    """To all: every honest party names the liar. To one: it names the liar, if it is not first
    stopped by the other's finding that the echoes differ."""
    played = attack(AddError(offset), kind="MacShare", nth=1, to=to)

    if not offset:
        assert played.outputs == [RIGHT] * 2
    elif to is None:
        assert (played.verdict, played.reasons) == ("ABORT-ID", {"wrong-decommitment"})
        assert played.case.accused == {3}
    else:
        assert (played.verdict, played.reasons) == ("ABORT", {"broadcast-mismatch"})


@pytest.mark.parametrize("kind", ["Decommit", "MacShare"])
@pytest.mark.parametrize("count", [None, 0])
def test_a_refused_decommitment_ends_in_a_timeout(kind, count):
    played = attack(Withhold(count), kind=kind)

    if count == 0:
        assert played.outputs == [RIGHT] * 2
        return
    ends = [played.run.outcomes[i] for i in (1, 2)]
    assert [(end.reason, end.accused, end.missing) for end in ends] == [
        ("timeout", frozenset(), {3})
    ] * 2


@pytest.mark.parametrize("offset", [1, 0])
def test_a_share_picked_after_seeing_the_others_was_not_committed_to(offset):
    """P2 of two lies in an opening, waits for P1's σ, and says the one σ that makes the sum 0. Its
    commitment is to another: it is named. Without a lie, the honest σ is that one already."""
    picked = []

    async def honest(party, key, stock):
        await partial_open(party.sub("open"), key, stock.take("x", Random, (1,)).share)
        await mac_check(party.sub("check"), key)

    async def rushing(party, key, stock):
        await partial_open(party.sub("open"), key, stock.take("x", Random, (1,)).share)
        check, nonce = party.sub("check"), party.coins.octets(16)
        coins = await coin_toss(check.sub("toss"), key.delta)
        mine, step = mac_share(key.alpha, key.queue.take(), coins), check.sub("sigma")
        promise = Commit(commitment(step.sid, 2, MacShare(mine, nonce)))
        await echo_broadcast(step.sub("commit"), promise, key.delta)
        opens = step.sub("open")
        theirs = await opens.receive(1, MacShare)
        picked.append(MacShare(-theirs.sigma, nonce))
        opens.send(1, picked[0])
        opens.send(1, Echo(digest(opens.sid, {1: theirs, 2: picked[0]})))

    rule = bind("lie", AddError(offset), 2, Selector(kind="PartialOpening"))
    order = [Order("random", "x", ((1,),))]
    programs = mains(2, order, honest) | {2: mains(2, order, rushing)[2]}
    end = world(2, dealer=False, rules={2: [rule]}).run(programs).outcomes[1]

    assert rule.receipt.acted
    assert len(picked) == 1
    if offset:
        assert (end.reason, end.accused) == ("wrong-decommitment", {2})
    else:
        assert end == Output(None)


# -- silence, delay and false alarms ---------------------------------------------------------------

SPOKEN = ["InputDifference", "PartialOpening", "Commit", "Decommit", "MacShare", "Echo"]


@pytest.mark.parametrize("to", [None, frozenset({1})])
@pytest.mark.parametrize("kind", SPOKEN)
def test_nobody_stalls_when_a_party_falls_silent(kind, to):
    played = attack(Withhold(), seat=2, kind=kind, to=to)

    assert played.verdict == "ABORT"
    assert not played.case.accused
    assert "timeout" in played.reasons
    assert played.run.virtual_ns < 200 * SECOND


@pytest.mark.parametrize("by", [SECOND, 59 * SECOND, 61 * SECOND])
def test_a_delay_below_the_deadline_is_no_harm_and_above_it_an_abort(by):
    played = attack(Delay(by), seat=2, kind="PartialOpening", nth=1)

    if by < 60 * SECOND:
        assert played.outputs == [RIGHT] * 2
    else:
        assert (played.verdict, played.reasons) == ("ABORT", {"timeout"})


@pytest.mark.parametrize("to", [{1, 2}, {1}, set()])
def test_a_false_abort_announcement_stops_whom_it_reaches_and_accuses_nobody(to):
    def act(envelope):
        yield envelope
        for j in sorted(to):
            alarm = AbortAnnouncement(1)
            yield attrs.evolve(envelope, receiver=j, sid=ANNOUNCEMENT_SID, body=alarm)

    rule = tamper(3, "PartialOpening", None, intends="presence" if to else "none")
    once = []
    rule.chooses = lambda e: e.kind == "PartialOpening" and not once and not once.append(1)
    rule.act = act

    played = play(dot, INPUTS, rules={3: [rule]})
    ends = {i: played.run.outcomes[i] for i in (1, 2)}

    assert rule.receipt.fired == 1
    assert not played.case.accused
    assert all(ends[i].stopped_by == 3 for i in to)
    assert played.verdict == ("ABORT" if to else "OK")


# -- anything at all -------------------------------------------------------------------------------


def flipped(body, bit):
    """The message with one bit of its octets turned over, as far as it has octets."""
    changed = {}
    for field in attrs.fields(type(body)):
        value = getattr(body, field.name)
        if isinstance(value, bytes) and value:
            at = bit // 8 % len(value)
            changed[field.name] = value[:at] + bytes([value[at] ^ 1 << bit % 8]) + value[at + 1 :]
    return attrs.evolve(body, **changed)


def stretched(body):
    """The message with a vector that is one element too long."""
    return attrs.evolve(
        body,
        **{
            name: F.concatenate([getattr(body, name).reshape(-1), F([1])])
            for name in format_of(type(body).__name__).vectors
        },
    )


@attrs.frozen
class Mischief:
    """One way of tampering. what: a name below; kind, nth, to: which messages."""

    what: str
    kind: str
    nth: int | None
    to: frozenset[int] | None
    amount: int

    def rule(self, seat):
        memory = {}

        def act(envelope):
            body = envelope.body
            if type(body) is Encoded:
                yield envelope
                return
            match self.what:
                case "add":
                    yield attrs.evolve(envelope, body=shifted(body, self.amount))
                case "flip":
                    yield attrs.evolve(envelope, body=flipped(body, self.amount))
                case "replay":  # what it said first of this kind, whatever that was
                    yield attrs.evolve(envelope, body=memory.setdefault(envelope.kind, body))
                case "stretch":
                    yield attrs.evolve(envelope, body=stretched(body))
                case "garble":
                    garbage = self.amount.to_bytes(9, "little", signed=True)
                    yield attrs.evolve(envelope, body=Encoded(envelope.kind, garbage))
                case "contradict":
                    yield envelope
                    yield attrs.evolve(envelope, body=flipped(shifted(body, 1), 0))
                case "repeat":
                    yield envelope
                    yield envelope
                case "withhold":
                    pass
                case "delay":
                    yield attrs.evolve(envelope, delay=abs(self.amount) % (100 * SECOND))
                case "transplant":
                    yield attrs.evolve(envelope, receiver=1 + envelope.receiver % 2)
                case "alarm":
                    yield envelope
                    if not memory.setdefault(envelope.receiver, False):
                        memory[envelope.receiver] = True
                        alarm = AbortAnnouncement(abs(self.amount) % 256)
                        yield attrs.evolve(envelope, sid=ANNOUNCEMENT_SID, body=alarm)
                case _:
                    raise ValueError(self.what)

        selector = Selector(kind=self.kind, nth=self.nth, to=self.to)
        counter = Counter(selector)
        rule = Tamper(Receipt(self.what, seat, "value", required=False), None, act)
        rule.chooses = lambda envelope: counter.matches(envelope, 0)
        return rule


WAYS = ["add", "flip", "replay", "stretch", "garble", "contradict", "repeat", "withhold", "delay"]
WAYS += ["transplant", "alarm"]
KINDS = [*SPOKEN, "ShareForKing", "KingsOpening"]
MISCHIEF = st.builds(
    Mischief,
    what=st.sampled_from(WAYS),
    kind=st.sampled_from(KINDS),
    nth=st.one_of(st.none(), st.integers(1, 6)),
    to=st.one_of(st.none(), st.frozensets(st.integers(1, 3), min_size=1)),
    amount=OFFSETS,
)
SEATS = st.dictionaries(st.integers(1, 3), st.lists(MISCHIEF, max_size=3), max_size=2)
EVERYBODY = {name: {"x": [3 * k + 1, k - 5]} for k, name in enumerate("abc")}


async def everything(mpc, inputs):
    """Products, a square, an opening in the middle, strands that check; all inputs count."""
    x, y, *rest = (own["x"] for own in inputs.values())
    z, w = await mpc.together(x * y, opened_square(x + sum(rest, start=0 * x)))
    return {"z": z * int((await w.sum().open())[0] % 9 + 1), "w": w}


async def opened_square(x):
    y = await (x * x)
    return y * int((await y[0].open())[0] % 5)


@pytest.mark.parametrize("variant", ["plain", "sacrifice"])
@pytest.mark.parametrize("opening", Spdz.openings)
@settings(max_examples=60)
@given(
    seats=SEATS, n=st.sampled_from([2, 3]), program=st.sampled_from([total, variance, everything])
)
def test_whatever_n_minus_1_parties_do_nothing_worse_than_an_abort_happens(
    opening, variant, seats, n, program
):
    """Over 2^61 − 1, with a chance of 2^-58 of being wrong: no WRONG, SPLIT, BLAME or STALL, and a
    run that was not touched is right."""
    inputs = dict(list(EVERYBODY.items())[:n])
    seats = {seat: ways for seat, ways in seats.items() if seat <= n}
    if len(seats) == n:
        seats.popitem()
    rules = {seat: [way.rule(seat) for way in ways] for seat, ways in seats.items()}
    family = {"opening": opening, "variant": variant}

    played = play(program, inputs, rules=rules, family=family)

    touched = any(receipt.changed for receipt in played.run.receipts)
    assert played.verdict in (("OK", "ABORT", "ABORT-ID") if touched else ("OK",)), played.case
    assert played.case.accused <= set(seats)
    if not touched:
        assert played.outputs == [evaluate(program, inputs).outputs] * (n - len(seats))
