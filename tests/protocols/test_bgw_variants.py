"""Variants of BGW and its king: the same outputs as the plain protocol, at other costs."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.outcome import Output
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share, reconstruct
from turncoat.protocols.arithmetic.predict import dry_run, predict
from turncoat.protocols.arithmetic.programs import dot, mean, total, variance
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.bgw.double_sharing import double_sharing
from turncoat.protocols.bgw.extraction import extracted
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.bgw.open_by_king import open_by_king
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.functionalities.plain import evaluate, layout_of

F = prime_field(2**61 - 1)
HOWS = [(opening, variant) for opening in Bgw.openings for variant in Bgw.variants]


def inputs_of(n):
    return {f"party{i}": {"x": [i, 10 * i, -7]} for i in range(1, n + 1)}


def compute(bench, how, program, inputs, *, t=None, announce=True, to=None, **world):
    """(run, prediction) of a program over one way of doing BGW."""
    opening, variant = how
    family = Bgw(len(inputs), t, bench.field, opening=opening, variant=variant)
    layout, owners = layout_of(inputs), list(inputs)
    announced = dry_run(family, program, layout).operations if announce else ()

    async def main(party):
        own = inputs[owners[party.me - 1]]
        return await run_program(
            party.sub("bgw"), family, program, own, layout, to=to, announced=announced
        )

    receivers = None if to is None else len(to)
    found = predict(family, program, layout, receivers=receivers)
    return bench.run(len(inputs), main, t=t, **world), found


async def winding(mpc, inputs):
    """Strands within strands, products awaited out of order, an opening in the middle."""
    x, y = (own["x"] for own in list(inputs.values())[:2])

    async def square(z, times):
        for _ in range(times):
            z = await (z * z)
        return z

    async def both(z):
        return (await mpc.together(square(z, 1), z @ z))[0]

    a, b, c = await mpc.together(square(x, 2), both(y), square(y, 1))
    late, early = a * b, b * c
    early = await early
    factor = int((await early.sum().open())[0]) % 5
    return await ((await late) * factor * x)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("n", [3, 4, 5])
@pytest.mark.parametrize("program", [total, mean, variance, dot, winding])
def test_every_variant_yields_and_costs_what_is_right_and_predicted(bench, values, how, n, program):
    inputs = inputs_of(n)

    run, found = compute(bench, how, program, inputs)

    assert values(run) == [evaluate(program, inputs, p=F.p).outputs] * n
    if how == ("king", "compressed"):  # the king may run ahead of those it does not wait for
        assert run.ledger.rounds() <= found.rounds
    else:
        assert run.ledger.rounds() == found.rounds
    assert run.ledger.total().payload_bytes == found.payload_bytes


@pytest.mark.parametrize("how", HOWS)
def test_one_digest_whatever_order_strands_are_woken_in(bench, how):
    digests = {
        compute(bench, how, winding, inputs_of(3), shuffle=shuffle, encode=encode)[0].digest
        for shuffle in (None, list.reverse)
        for encode in (False, True)
    }

    assert len(digests) == 1


@pytest.mark.parametrize("how", HOWS)
def test_outputs_to_some_go_straight_to_them_whatever_the_opening(bench, values, how):
    run, found = compute(bench, how, dot, inputs_of(3), to=(2,))

    assert values(run) == [None, evaluate(dot, inputs_of(3)).outputs, None]
    assert run.ledger.rounds() == found.rounds
    assert run.ledger.total().payload_bytes == found.payload_bytes


@pytest.mark.parametrize(("n", "t"), [(3, 1), (5, 2), (7, 3), (11, 5)])
def test_phases_carry_what_they_are_named_for(bench, n, t):
    """One product of 3 entries: setup, preparation and the online phase on lines of their own."""

    async def product(mpc, inputs):
        return await (inputs["party1"]["x"] * inputs["party2"]["x"])

    def payload(how, phase):
        ledger = compute(bench, how, product, inputs_of(n))[0].ledger
        return ledger.total(lambda sent: sent.phase == phase).payload_bytes

    inputs, opening = 8 * 3 * n * (n - 1), 8 * 3 * n * (n - 1)
    groups = -(-3 // (n - t))
    assert payload(("all", "compressed"), "setup") == 16 * n * (n - 1) // 2
    assert payload(("all", "compressed"), "online") == inputs // 2 + 8 * 3 * n * t + opening
    assert payload(("all", "dn07"), "prep") == 8 * 2 * n * (n - 1) * groups
    assert payload(("all", "dn07"), "online") == inputs + 8 * 3 * 2 * (n - 1) + opening


def test_products_that_nobody_announced_are_prepared_for_when_they_are_reached(bench, values):
    run, _ = compute(bench, ("all", "dn07"), winding, inputs_of(3), announce=False)

    assert values(run) == [evaluate(winding, inputs_of(3), p=F.p).outputs] * 3
    prepared = {s.sid for s in run.ledger.rows if s.phase == "prep"}
    assert "bgw/mul.1/prep" in prepared
    assert "bgw/prep" not in prepared


@pytest.mark.parametrize("p", [101, 2**31 - 1, 2**127 - 1])
@pytest.mark.parametrize("how", HOWS)
def test_every_variant_is_right_over_other_fields(bench_over, values, how, p):
    """Small, and larger than a machine word; over F_101 the products wrap."""
    bench, inputs = bench_over(p), inputs_of(3)

    run, _ = compute(bench, how, winding, inputs)

    assert values(run) == [evaluate(winding, inputs, p=p).outputs] * 3


# -- double sharings and random elements -----------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    n_t=st.sampled_from([(3, 1), (5, 2), (5, 1), (7, 3)]),
    m=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_a_double_sharing_is_one_random_element_under_two_degrees(bench, values, n_t, m, seed):
    n, t = n_t

    async def main(party):
        r = await double_sharing(party.sub("double"), F, (m,))
        return r.low.values, r.high.values

    shares = dict(enumerate(values(bench.run(n, main, t=t, seed=seed)), 1))
    low = reconstruct({i: pair[0] for i, pair in shares.items()}, t)
    high = reconstruct({i: pair[1] for i, pair in shares.items()}, 2 * t)

    assert low == high
    assert len(set(low.tolist())) == m  # distinct but with chance below m²/p


@settings(max_examples=20, deadline=None)
@given(n=st.sampled_from([3, 5, 7]), m=st.integers(1, 9), seed=st.integers(0, 99))
def test_random_elements_are_shared_with_degree_t_and_differ(bench, values, n, m, seed):
    async def main(party):
        return (await random_elements(party.sub("random"), F, (m,))).values

    shares = dict(enumerate(values(bench.run(n, main, seed=seed)), 1))
    secret = reconstruct(shares, (n - 1) // 2)

    assert len(set(secret.tolist())) == m


@pytest.mark.parametrize(("n", "t"), [(3, 1), (4, 1), (5, 2)])
def test_extraction_leaves_nothing_that_t_dealers_know(n, t):
    """Over F_7: the columns of any n − t dealers are independent, so whatever the t others dealt,
    the n − t results are as uniform as what these did."""
    f7 = prime_field(7)
    for honest in combinations(range(1, n + 1), n - t):
        unit = {i: f7([int(i == j) for j in honest]) for i in range(1, n + 1)}
        rows = extracted(unit, n - t).reshape(n - t, n - t).tolist()
        assert _rank(rows, 7) == n - t


def _rank(rows, p):
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows)):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column] % p), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, p)
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] * inverse
            rows[r] = [(a - factor * b) % p for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


# -- what a lying king does, and what the compressed dealing leaves to chance ----------------------


@pytest.mark.parametrize("offset", [5, 0])
@pytest.mark.parametrize(
    ("how", "kind", "factor"),
    [
        (("all", "dn07"), "KingsDifference", 1),
        (("king", "plain"), "KingsOpening", 1),
        (("all", "compressed"), "CompressedSubShare", None),
    ],
)
def test_a_lie_where_a_passive_protocol_trusts_shifts_the_output(bench, how, kind, factor, offset):
    """P1 adds 5 to what it says: the king's δ shifts a product by 5, the king's opening the output.
    In the compressed dealing it has no way to add 5 to the derived share, so the dealing that comes
    out is another polynomial through another point. Offset 0 is the control."""
    rule = bind("attack", AddError(offset), 1, Selector(kind=kind))
    expected = evaluate(dot, inputs_of(3)).outputs

    run, _ = compute(bench, how, dot, inputs_of(3), rules={1: [rule]})

    assert rule.receipt.acted
    found = {run.outcomes[2], run.outcomes[3]}
    if factor is not None or offset == 0:
        assert found == {Output(expected + offset)}
    else:
        assert found != {Output(expected)}


def test_opening_by_a_king_refuses_a_product_that_was_not_reduced(bench):
    async def main(party):
        await open_by_king(party.sub("open"), Share(F([1]), degree=2))

    with pytest.raises(ValueError, match="reduce it"):
        bench.run(3, main)


@pytest.mark.parametrize(
    ("keys", "message"),
    [({"variant": "dn7"}, "did you mean 'dn07'"), ({"opening": "queen"}, "no opening 'queen'")],
)
def test_an_unknown_way_of_doing_bgw_is_refused(keys, message):
    with pytest.raises(ValueError, match=message):
        Bgw(3, 1, F, **keys)


def test_a_variant_that_was_not_prepared_says_so():
    with pytest.raises(ValueError, match="call prepare"):
        Bgw(3, 1, F, variant="compressed").deal_input(None, F([1]))
