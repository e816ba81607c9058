"""F_Prep: items are what they say, shared afresh, used once; and what the sacrifice is for."""

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.errors import MisuseError
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.arithmetic.programs import dot, total
from turncoat.protocols.functionalities.plain import evaluate
from turncoat.protocols.functionalities.prep import Order, deal, receive, serve
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.stock import (
    Bit,
    Mask,
    MatrixTriple,
    PrepShortage,
    Random,
    Square,
    Stock,
    Triple,
)

from .spdz_worlds import F, dealt, play, world

KINDS = {
    "mask": Mask,
    "triple": Triple,
    "matrix-triple": MatrixTriple,
    "square": Square,
    "random": Random,
    "bit": Bit,
}
VECTORS = st.integers(1, 4).map(lambda m: ((m,),))
SHAPES = st.one_of(VECTORS, st.tuples(st.integers(1, 3), st.integers(1, 3)).map(lambda s: (s,)))
MATRICES = st.tuples(*[st.integers(1, 3)] * 3).map(lambda s: ((s[0], s[1]), (s[1], s[2])))
INNER = st.integers(1, 4).map(lambda m: ((m,), (m,)))


@st.composite
def orders(draw):
    """A list of items of all kinds, with sids of their own."""
    out = []
    for k, kind in enumerate(draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=6))):
        shapes = draw(st.one_of(MATRICES, INNER) if kind == "matrix-triple" else SHAPES)
        out.append(Order(kind, f"step.{k}", shapes, draw(st.integers(1, 2))))
    return out


def shape(order):
    """As a step asks for it."""
    if order.kind == "triple":
        return order.shapes * 2
    return order.shapes if order.kind == "matrix-triple" else order.shapes[0]


def opened(shares, held):
    """The sum of shares, once their MACs are seen to be right under the whole key."""
    alpha = sum(key.alpha for key, _ in held.values())
    value, mac = (sum(getattr(share, part) for share in shares) for part in ("value", "mac"))
    assert mac == value * alpha
    return value


@given(
    ordered=orders(),
    n=st.integers(2, 4),
    p=st.sampled_from([5, 2**61 - 1]),
    seed=st.integers(0, 99),
)
def test_items_are_what_they_say_under_valid_macs(ordered, n, p, seed):
    held, dealing = dealt(n, ordered, prime_field(p), seed)

    for order in ordered:
        items = [
            stock.take(order.sid, KINDS[order.kind], shape(order)) for _, stock in held.values()
        ]
        match order.kind:
            case "triple" | "matrix-triple":
                a, b, c = (opened([getattr(i, part) for i in items], held) for part in "abc")
                assert c == (a * b if order.kind == "triple" else a @ b)
            case "square":
                a, c = (opened([getattr(i, part) for i in items], held) for part in "ac")
                assert c == a * a
            case "mask":
                r = opened([item.share for item in items], held)
                assert [item.clear for item in items] == [
                    r if i == order.owner else None for i in held
                ]
                assert dealing.masks[order.sid] == r
            case _:
                r = opened([item.share for item in items], held)
                assert order.kind == "random" or set(r.reshape(-1).tolist()) <= {0, 1}


def test_bits_are_both_and_elements_are_many():
    held, _ = dealt(2, [Order("bit", "b", ((200,),)), Order("random", "r", ((200,),))])
    bits, elements = (
        opened([stock.take(sid, kind, (200,)).share for _, stock in held.values()], held).tolist()
        for sid, kind in (("b", Bit), ("r", Random))
    )

    assert 70 < sum(bits) < 130  # more than 4 standard deviations each way
    assert len(set(elements)) == 200


@given(st.integers(0, 9), st.integers(2, 4))
def test_any_n_minus_1_parties_hold_shares_that_say_nothing(seed, n):
    """The same coins, another triple: the shares of all but the last are the same."""
    order = [Order("triple", "mul", ((3,),))]
    shares = [
        deal(order, range(1, n + 1), F, AesCtrTape(bytes([seed] * 16)), shifts).shares
        for shifts in ({}, {"mul": F([5])})
    ]

    for i in range(1, n):
        assert shares[0][i] == shares[1][i]
    assert shares[0][n] != shares[1][n]


# -- consumption -----------------------------------------------------------------------------------


def test_an_item_serves_one_step():
    stock = dealt(2, [Order("triple", "mul.1", ((3,),))])[0][1][1]
    stock.take("mul.1", Triple, ((3,), (3,)))

    with pytest.raises(MisuseError, match=r"mul.1: its triple has been used"):
        stock.take("mul.1", Triple, ((3,), (3,)))


@pytest.mark.parametrize(
    ("sid", "kind", "wanted", "message"),
    [
        ("mul.2", Triple, ((3,), (3,)), "mul.2 needs a triple of .*and none was made"),
        ("mul.1", Triple, ((4,), (4,)), r"made was a triple of .*3"),
        ("mul.1", Square, (3,), "needs a square of 3 entries, and made was a triple"),
        ("x", Mask, (2,), "needs a mask of 2 entries, and made was a mask of 5 entries"),
        ("dot.1", MatrixTriple, ((2, 3), (3,)), "needs a matrix triple of"),
    ],
)
def test_running_short_says_of_what_and_how_many(sid, kind, wanted, message):
    stock = dealt(2, [Order("triple", "mul.1", ((3,),)), Order("mask", "x", ((5,),), 1)])[0][1][1]

    with pytest.raises(PrepShortage, match=message):
        stock.take(sid, kind, wanted)
    assert stock.holds("mul.1") is Triple


def test_an_empty_stock_is_short_of_everything():
    with pytest.raises(PrepShortage, match="0 items are left"):
        Stock().take("mul.1", Triple, ((1,), (1,)))


# -- parameters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "t", "field", "options", "message"),
    [
        (1, None, F, {}, "2 parties or more, not 1"),
        (3, 3, F, {}, "use t = 2"),
        (3, 0, F, {}, "use t = 2"),
        (2, None, ring(64), {}, "is a ring"),
        (2, None, prime_field(101), {}, "more than 2\\^-40; use a larger field, or lower sigma"),
        (2, None, prime_field(101), {"sigma": 6}, "0.0197"),
        (2, None, F, {"sigma": 61}, "lower sigma"),
        (2, None, F, {"variant": "unchecked"}, "probability 1, more than"),
        (2, None, F, {"variant": "sacrifise"}, "did you mean 'sacrifice'"),
        (2, None, F, {"opening": "queen"}, "there are all, king"),
        (2, None, F, {"prep": "mascot"}, "there are dealer"),
        (2, None, F, {"delta": 0}, "at least 1 ns"),
    ],
)
def test_parameters_that_spdz_does_not_have_are_refused(n, t, field, options, message):
    with pytest.raises(ValueError, match=message):
        Spdz(n, t, field, **options)


@pytest.mark.parametrize(
    ("p", "variant", "sigma", "soundness"),
    [
        (101, "plain", 5, "(2p-1)/p^2 = 2^-5.7"),
        (2**61 - 1, "plain", 59, "(2p-1)/p^2 = 2^-60.0"),
        (2**61 - 1, "sacrifice", 58, "(2p-1)/p^2 + 2/p = 2^-59.0"),
        (2**61 - 1, "unchecked", 0, "(2p-1)/p^2, and 1 for a wrong product = 2^0.0"),
    ],
)
def test_the_guarantee_states_the_soundness_error_and_the_trusted_dealer(
    p, variant, sigma, soundness
):
    family = Spdz(3, None, prime_field(p), variant=variant, sigma=sigma)

    assert family.t == 2
    assert family.guarantee.soundness == soundness
    assert family.guarantee.assumes.startswith("a trusted dealer")
    assert (family.guarantee.adversary, family.guarantee.network) == ("active", "synchronous(Δ)")


# -- unchecked products, and the sacrifice ---------------------------------------------------------

INPUTS = {"a": {"x": [5, 6]}, "b": {"x": [7, 8]}, "c": {}}


async def product(mpc, inputs):
    return await (inputs["a"]["x"] * inputs["b"]["x"])


async def squares(mpc, inputs):
    return await (inputs["a"]["x"] * inputs["a"]["x"])


PRODUCTS = [product, squares, dot]


@settings(max_examples=10)
@pytest.mark.parametrize("program", PRODUCTS)
@given(
    delta=st.integers(-(2**60), 2**60),
    n=st.sampled_from([2, 3]),
    opening=st.sampled_from(Spdz.openings),
)
def test_a_shifted_product_under_a_valid_mac_goes_unnoticed_without_the_sacrifice(
    program, delta, n, opening
):
    """The output is wrong by Δ: no check of openings can see it. For Δ = 0 this is its control."""
    rule = bind("ask", AddError(delta), 2, Selector(kind="TripleShift", nth=1))
    family = {"variant": "unchecked", "sigma": 0, "opening": opening}
    inputs = dict(list(INPUTS.items())[:n])

    played = play(program, inputs, family=family, rules={2: [rule]})
    right = evaluate(program, inputs).outputs

    assert rule.receipt.acted
    assert rule.receipt.party == 2  # who asked
    shifted = F(right) + delta
    wrong = shifted.tolist() if isinstance(right, list) else shifted.tolist()[0]
    assert played.outputs == [wrong] * (n - 1)
    assert played.verdict == ("WRONG" if delta else "OK")


@settings(max_examples=10)
@pytest.mark.parametrize("program", PRODUCTS)
@given(
    delta=st.integers(-(2**60), 2**60),
    n=st.sampled_from([2, 3]),
    nth=st.sampled_from([1, 2, None]),
    opening=st.sampled_from(Spdz.openings),
)
def test_the_sacrifice_notices_a_shifted_product_before_it_is_used(program, delta, n, nth, opening):
    """Whichever of the two is shifted, or both: a chance of 1/p to pass, or of 2/p for squares."""
    rule = bind("ask", AddError(delta), 2, Selector(kind="TripleShift", nth=nth))
    family = {"variant": "sacrifice", "opening": opening}
    inputs = dict(list(INPUTS.items())[:n])

    played = play(program, inputs, family=family, rules={2: [rule]})

    assert rule.receipt.acted
    if delta % F.p:
        assert (played.verdict, played.reasons) == ("ABORT", {"sacrifice-failed"})
        assert played.run.ledger.total(lambda sent: sent.phase == "online").payload_bytes == 0
    else:
        assert played.outputs == [evaluate(program, inputs).outputs] * (n - 1)


@pytest.mark.parametrize("offset", [1, 0])
@pytest.mark.parametrize("kind", ["PartialOpening", "MacShare"])
def test_a_lie_in_the_sacrifice_itself_is_noticed_too(kind, offset):
    """What is opened there is checked there."""
    rule = bind("lie", AddError(offset), 2, Selector(kind=kind, nth=1, phase="prep"))

    played = play(dot, INPUTS, family={"variant": "sacrifice"}, rules={2: [rule]})

    assert rule.receipt.acted
    assert played.verdict == ("OK" if not offset else "ABORT-ID" if kind == "MacShare" else "ABORT")
    assert played.reasons <= {"sacrifice-failed", "wrong-decommitment"}


def test_a_program_without_products_sacrifices_nothing():
    played = play(total, INPUTS, family={"variant": "sacrifice"})

    assert played.run.ledger.rounds("prep") == 1


@pytest.mark.parametrize("count", [None, 0])
def test_a_dealer_that_is_not_asked_deals_nothing_and_everybody_times_out(count):
    """With silence in place of Δ = 0, nobody can be named and nobody is left waiting."""
    rule = bind("withhold", Withhold(count), 2, Selector(kind="TripleShift"))

    played = play(dot, INPUTS, family={"variant": "sacrifice"}, rules={2: [rule]})

    assert rule.receipt.acted
    assert played.verdict == ("OK" if count == 0 else "ABORT")
    assert played.reasons == (set() if count == 0 else {"timeout"})


def test_a_dealer_and_parties_that_expect_different_steps_are_told_so():

    async def main(party):
        orders = [Order("triple", "mul.1", ((3,),))] * (1 if party.me > 2 else 2)
        end = serve if party.me > 2 else receive
        await end(party.sub("prep"), orders, F, 10**9)

    with pytest.raises(MisuseError, match="announce the same steps"):
        world(2, dealer=True).run(main)


def test_masks_are_told_to_their_owners_alone():
    held, dealing = dealt(3, [Order("mask", f"x.{i}", ((i,),), i) for i in (1, 2, 3)])

    assert [dealing.shares[i].masks.size for i in (1, 2, 3)] == [1, 2, 3]
    assert prod(dealing.masks["x.3"].shape) == 3
    assert all(
        (held[i][1].take(f"x.{j}", Mask, (j,)).clear is None) == (i != j)
        for i in (1, 2, 3)
        for j in (1, 2, 3)
    )
