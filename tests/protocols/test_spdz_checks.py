"""The MAC check and its queue: what is covered, in which order, and how a key dies."""

from itertools import pairwise, product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.actors.outcome import Aborted, Output
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.functionalities.plain import evaluate
from turncoat.protocols.functionalities.prep import Order
from turncoat.protocols.spdz.check_queue import Opened
from turncoat.protocols.spdz.mac_check import mac_check, mac_share
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.output import output
from turncoat.protocols.spdz.partial_open import partial_open
from turncoat.protocols.spdz.stock import Random

from .spdz_worlds import F, play, predicted, steps, values

X = [Order("random", "x", ((3,),)), Order("random", "y", ((2, 2),))]


# -- what is covered -------------------------------------------------------------------------------
class Chosen:
    """Coins that are given."""

    def __init__(self, coins):
        self.coins = list(coins)

    def uniform(self, bound, count):
        taken, self.coins = self.coins[:count], self.coins[count:]
        return prime_field(bound)(taken).array


@pytest.mark.parametrize("p", [2, 5, 7, 11])
def test_one_lie_passes_for_exactly_2p_minus_1_of_all_keys_and_coefficients(p):
    """Over all α and r: a value opened as a + ε passes iff r·ε·α = 0, that is for α = 0 or r = 0.
    Two parties, whose shares of everything are fixed and do not matter."""
    field = prime_field(p)
    passed = 0
    for alpha, r in product(range(p), repeat=2):
        x, mac_1, alpha_1 = field([3]), field([1]), field([2])
        mac_2, alpha_2 = alpha * x - mac_1, alpha - alpha_1
        told = x + 1
        sigma = [
            mac_share(alpha_i, [Opened("s", 0, told, mac_i)], Chosen([r]))
            for alpha_i, mac_i in ((alpha_1, mac_1), (alpha_2, mac_2))
        ]
        passed += (sigma[0] + sigma[1]).tolist() == [0]

    assert passed == 2 * p - 1


@given(
    p=st.sampled_from([5, 7]),
    errors=st.lists(st.integers(0, 6), min_size=1, max_size=2),
    shift=st.integers(0, 6),
)
def test_several_lies_pass_no_more_often_than_one(p, errors, shift):
    """Over all keys and coefficients, for lies on one or two values and one on Σσ: at most
    (2p − 1)/p², if there is a lie at all."""
    errors, shift = [error % p for error in errors], shift % p
    space = list(product(range(p), repeat=1 + len(errors)))

    passed = sum(
        (alpha * sum(r * e for r, e in zip(coins, errors, strict=True)) - shift) % p == 0
        for alpha, *coins in space
    )

    lies = any(errors)
    assert passed <= len(space) if not lies else passed * p * p <= len(space) * (2 * p - 1)


def test_nothing_waits_after_a_check_and_a_check_of_nothing_is_silent():
    async def main(party, key, stock):
        x, y = stock.take("x", Random, (3,)).share, stock.take("y", Random, (2, 2)).share
        await mac_check(party.sub("nothing"), key)
        opened = await partial_open(party.sub("open"), key, x, y)
        await mac_check(party.sub("check"), key)
        await mac_check(party.sub("again"), key)
        return [vec.tolist() for vec in opened]

    run = steps(3, X, main)

    assert len({str(value) for value in values(run)}) == 1
    checks = {sent.sid.split("/")[0] for sent in run.ledger.rows if sent.kind == "Commit"}
    assert checks == {"check"}


LIES = [("PartialOpening", None), ("PartialOpening", frozenset({1}))]


@pytest.mark.parametrize(("kind", "to"), LIES)
@pytest.mark.parametrize("offset", [1, 0])
def test_a_lie_that_an_output_depends_on_is_noticed_before_the_output_is_opened(kind, to, offset):
    """The first opening is of d and e; the output itself is never said by an honest party."""

    async def program(mpc, inputs):
        return await (inputs["a"]["x"] * inputs["b"]["x"])

    rule = bind("lie", AddError(offset), 2, Selector(kind=kind, nth=1, to=to))
    played = play(program, {"a": {"x": [5]}, "b": {"x": [7]}, "c": {}}, rules={2: [rule]})

    assert rule.receipt.acted
    said = {sent.sid for sent in played.run.ledger.rows if sent.kind == "PartialOpening"}
    if offset:
        assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})
        assert said == {"spdz/mul.1"}
    else:
        assert played.outputs == [35, 35]
        assert said == {"spdz/mul.1", "spdz/output/open"}


# -- strands: one check after the other, in one order ----------------------------------------------
async def concurrent(mpc, inputs):
    """Two strands open, the second at once, the first after three products; a third opens nothing;
    a fourth has strands of its own."""
    x, y = inputs["a"]["x"], inputs["b"]["x"]
    seen = {}

    async def late():
        z = x
        for _ in range(3):
            z = await (z * y)
        seen["late"] = await z.open()
        return z

    async def early():
        seen["early"] = await x.open()
        z = await (x * y)
        seen["again"] = await (z + 1).open()
        return z

    async def quiet():
        return await (y * y)

    async def nested():
        return sum(await mpc.together(early_again(), (y * x)), start=0 * x)

    async def early_again():
        z = await (x * x)
        seen["nested"] = await z.open()
        return z

    a, b, c, d = await mpc.together(late(), early(), quiet(), nested())
    factor = int(sum(int(value.sum()) for value in seen.values())) % 7
    return (a + b + c + d) * factor


INPUTS = {"a": {"x": [2, 3]}, "b": {"x": [5, -1]}}


@pytest.mark.parametrize("opening", ["all", "king"])
@pytest.mark.parametrize("n", [2, 3])
def test_strands_that_open_side_by_side_check_one_after_the_other(n, opening):
    inputs = INPUTS | {f"idle{i}": {} for i in range(n - 2)}

    played = play(concurrent, inputs, family={"opening": opening})
    found = predicted(played)

    assert played.outputs == [evaluate(concurrent, inputs).outputs] * n
    assert played.run.ledger.total().payload_bytes == found.payload_bytes
    if opening == "all":
        assert played.run.ledger.rounds() == found.rounds
    checks = checks_of(played.run.ledger.rows)
    assert len(checks) > 5
    for before, after in pairwise(checks):
        assert after.begins >= before.ends, f"{after.sid} began before {before.sid} had passed"
    places = [check.sid.split("/")[1] for check in checks]
    *strands, before, after = places
    assert strands == sorted(strands), "not in the order of `together`"
    assert (before, after) == ("output", "output")


@attrs.frozen
class Check:
    """When a party first spoke in a check [ns], and when one last did."""

    sid: str
    begins: int
    ends: int


def checks_of(rows):
    times = {}
    for sent in rows:
        if "/toss/" in sent.sid or "/sigma/" in sent.sid:
            times.setdefault(sent.sid.rsplit("/", 2)[0], []).append(sent.time)
    checks = [Check(sid, min(at), max(at)) for sid, at in times.items()]
    return sorted(checks, key=lambda check: (check.begins, check.ends))


def test_one_digest_for_strands_that_check_whatever_order_they_are_woken_in():
    digests = {
        play(concurrent, INPUTS, shuffle=shuffle, encode=encode).run.digest
        for shuffle in (None, list.reverse)
        for encode in (False, True)
    }

    assert len(digests) == 1


@pytest.mark.parametrize("offset", [1, 0])
def test_a_lie_in_one_strand_stops_all_of_them(offset):
    """The lie is in the third product of the first strand; the second strand's opening, which does
    not depend on it, comes after that strand's check, and so is never accepted."""
    rule = bind("lie", AddError(offset), 2, Selector(kind="PartialOpening", sid="*1.1/mul.3"))

    played = play(concurrent, INPUTS, rules={2: [rule]})

    assert rule.receipt.acted
    if offset:
        assert (played.verdict, played.reasons) == ("ABORT", {"mac-check-failed"})
    else:
        assert played.verdict == "OK"


def test_checks_in_strands_that_the_key_does_not_know_of_are_refused():
    async def main(party, key, stock):
        x, y = stock.take("x", Random, (3,)).share, stock.take("y", Random, (2, 2)).share
        await party.together(output(party.sub("x"), key, x), output(party.sub("y"), key, y))

    with pytest.raises(MisuseError, match=r"key.queue.fork"):
        steps(2, X, main)


# -- the key's death -------------------------------------------------------------------------------
def used_after(first):
    """Whatever becomes of the first step: open something under the same key."""

    async def main(party, key, stock):
        x = stock.take("x", Random, (3,)).share
        try:
            await first(party.sub("first"), key, x)
        except ProtocolAbort as abort:
            heard = abort
        else:
            heard = None
        await partial_open(party.sub("second"), key, x)
        return heard

    return main


@pytest.mark.parametrize("offset", [1, 0])
def test_after_a_failed_check_the_key_is_dead(offset):
    rule = bind("lie", AddError(offset), 2, Selector(kind="PartialOpening", sid="first/*"))

    run = steps(3, X, used_after(output), rules={2: [rule]})
    ends = [run.outcomes[i] for i in (1, 3)]

    assert rule.receipt.acted
    if offset == 0:
        assert ends == [Output(None)] * 2
        return
    assert {end.reason for end in ends if end.stopped_by is None} == {"mac-check-failed"}
    assert all("the MAC key is dead" in end.detail for end in ends if end.stopped_by is None)
    assert not any(sent.sid == "second" for sent in run.ledger.rows if sent.sender != 2)


@pytest.mark.parametrize("count", [None, 0])
def test_after_a_check_that_timed_out_the_key_is_dead(count):
    rule = bind("withhold", Withhold(count), 2, Selector(kind="MacShare", to=frozenset({1})))

    run = steps(2, X, used_after(output), rules={2: [rule]})

    assert rule.receipt.acted
    if count == 0:
        assert run.outcomes[1] == Output(None)
        return
    end = run.outcomes[1]
    assert (end.reason, end.accused, end.missing) == ("timeout", frozenset(), {2})
    assert "the MAC key is dead" in end.detail


def test_a_check_that_was_left_unfinished_kills_the_key():
    """Cancelled from outside, as a strand is when another one aborts."""
    key = MacKey(F([1]), True, 1)

    with pytest.raises(GeneratorExit), key.check("spdz/check"):
        raise GeneratorExit

    with pytest.raises(ProtocolAbort, match="spdz/check was not finished") as dead:
        key.require_alive()
    assert dead.value.reason == "dead-key"


def test_a_key_survives_the_checks_that_pass():
    key = MacKey(F([1]), True, 1)

    for _ in range(2):
        with key.check("spdz/check"):
            pass

    key.require_alive()


def test_all_strands_end_when_the_key_dies_in_one():
    """P2 says nothing in the check of its first strand; the second strand waits for its turn, and
    finds the key dead."""
    rule = bind("withhold", Withhold(), 2, Selector(kind="Commit", sid="*strand.1.1*"))

    played = play(concurrent, INPUTS, rules={2: [rule]})
    end = played.run.outcomes[1]

    assert rule.receipt.acted
    assert isinstance(end, Aborted)
    assert (played.verdict, end.reason, end.missing) == ("ABORT", "timeout", {2})
