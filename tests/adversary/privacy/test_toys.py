"""The toys compute what they should, and cost what they declare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.declare import declared
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.toys.additive import open_additively, share_additively
from turncoat.protocols.toys.authenticated import deal_authenticated
from turncoat.protocols.toys.beaver import ToyTriple, beaver_product, ideal_triple
from turncoat.protocols.toys.masked_sum import masked_sum

FIELD = prime_field(2**61 - 1)
NUMBERS = st.integers(-(2**40), 2**40)


def run(main, n, roles=(), seed=1):
    size = n + sum(len(members) for name, members in dict(roles).items() if max(members) > n)
    return World(
        cast=Cast(tuple(f"P{i}" for i in range(1, size + 1)), dict(roles)), tapes=AesCtrTape,
        t=n - 1, seed=seed, structures={"field": FIELD},
        topology=Topology(default=Link(latency=MILLISECOND)),
    ).run(main)  # fmt: skip


def opened(run, parties):
    return [run.outcomes[i].value.tolist() for i in parties]


@given(st.integers(2, 6), NUMBERS)
def test_additive_shares_open_to_the_secret(n, x):
    async def main(party):
        share = await share_additively(party.sub("x"), FIELD, 2, FIELD([x, 1]), 2)
        return await open_additively(party.sub("open"), share)

    assert opened(run(main, n), range(1, n + 1)) == [[x, 1]] * n


@given(st.integers(2, 5), st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_beaver_multiplies(n, x, y):
    async def main(party):
        triple = await ideal_triple(party.sub("triple"), FIELD, 1)
        if triple is None:
            return None
        shares = [
            await share_additively(party.sub(name), FIELD, 1, FIELD(value), 1)
            for name, value in (("x", x), ("y", y))
        ]
        z = await beaver_product(party.sub("mul"), *shares, triple)
        return await open_additively(party.sub("open"), z)

    roles = {"parties": tuple(range(1, n + 1)), "dealer": (n + 1,)}
    assert opened(run(main, n, roles), range(1, n + 1)) == [[x * y]] * n


@given(st.integers(2, 6), st.data())
def test_masks_cancel(n, data):
    inputs = data.draw(st.lists(NUMBERS, min_size=n, max_size=n))

    async def main(party):
        own = FIELD(inputs[party.me - 1] if party.me <= n else 0)
        return await masked_sum(party, FIELD, own, 1, 10 * MILLISECOND)

    roles = {"clients": tuple(range(1, n + 1)), "server": (n + 1,)}
    done = run(main, n, roles)
    assert done.outcomes[n + 1] == Output(FIELD(sum(inputs)))
    cost = declared(masked_sum).cost.evaluate(n=n, t=1)
    assert done.ledger.total().payload_bytes == 8 * cost.elements_total
    assert done.ledger.rounds() == cost.rounds


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("m", [1, 7])
def test_the_ledger_bills_what_the_toys_declare(n, m):
    zeros = FIELD.zeros(m)
    cases = {
        share_additively: lambda p: share_additively(p, FIELD, 1, zeros, m),
        open_additively: lambda p: open_additively(p, zeros),
        beaver_product: lambda p: beaver_product(p, zeros, zeros, ToyTriple(zeros, zeros, zeros)),
    }
    for function, call in cases.items():
        cost = declared(function).cost.evaluate(n=n, t=1, m=m)
        ledger = run(call, n).ledger
        assert ledger.total().payload_bytes == 8 * cost.elements_total
        assert ledger.rounds() == cost.rounds
        assert ledger.sent_by(1).payload_bytes == 8 * next(iter(cost.per_role.values()))


@given(st.integers(2, 5), NUMBERS, NUMBERS)
def test_authenticated_shares_are_of_x_and_of_alpha_x(n, x, y):
    async def main(party):
        dealt = await deal_authenticated(party, FIELD, {"x": FIELD(x), "y": FIELD(y)})
        if dealt is None:
            return None
        parts = [dealt.alpha, *(v for s in dealt.shares.values() for v in (s.value, s.mac))]
        return FIELD.concatenate(parts)

    roles = {"parties": tuple(range(1, n + 1)), "dealer": (n + 1,)}
    done = run(main, n, roles)
    alpha, *rest = sum((done.outcomes[i].value for i in range(1, n + 1)), FIELD.zeros(5))
    assert rest == [FIELD(x), alpha * x, FIELD(y), alpha * y]
    cost = declared(deal_authenticated).cost.evaluate(n=n, t=1, m=2)
    assert done.ledger.total().payload_bytes == 8 * cost.elements_total


@pytest.mark.parametrize("n", [2, 4])
def test_the_ledger_bills_the_dealer_of_triples(n):
    roles = {"parties": tuple(range(1, n + 1)), "dealer": (n + 1,)}
    done = run(lambda party: ideal_triple(party, FIELD, 3), n, roles)
    cost = declared(ideal_triple).cost.evaluate(n=n, t=1, m=3)
    assert done.ledger.sent_by(n + 1).payload_bytes == 8 * cost.elements_total
    assert done.ledger.total().payload_bytes == 8 * cost.elements_total
