"""Declared costs as a contract: every declared protocol, run alone, costs what it declares.

`CASES` has one way to call each of them, so that m entries of it can be billed; a protocol that
declares a cost and has no case here fails. The formulas themselves are held to the table of the
literature at the end.
"""

import attrs
import pytest

from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.double_sharing import DoubleSharing, double_sharing
from turncoat.protocols.bgw.evaluate_polynomial import evaluate_polynomial
from turncoat.protocols.bgw.inner_product import inner_product
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all, open_to_one
from turncoat.protocols.bgw.open_by_king import open_by_king
from turncoat.protocols.bgw.pairwise_seeds import PairwiseSeeds, pairwise_seeds, successors
from turncoat.protocols.bgw.power import power
from turncoat.protocols.bgw.product_of_many import product_of_many
from turncoat.protocols.bgw.random_bit import random_bits
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.bgw.random_invertible import random_invertible
from turncoat.protocols.bgw.reduce_degree_by_king import reduce_degree_by_king
from turncoat.protocols.bgw.reduce_degree_compressed import reduce_degree_compressed
from turncoat.protocols.bgw.share_input import share_input
from turncoat.protocols.bgw.share_input_compressed import (
    deal_compressed_input,
    receive_compressed_input,
)
from turncoat.protocols.bgw.stack import stacked
from turncoat.protocols.registry import steps

F = prime_field(2**61 - 1)
# The others have seats and figures of their own, and tests of their own that hold them to these.
DECLARED = {name: step for name, step in steps().items() if name.startswith("bgw/")}


@attrs.frozen
class Call:
    """What a case may use: a party under a sid of its own, m, and shares of degree t of m entries
    (all parties' points on one line through 0, 1, …, at no cost)."""

    party: object
    m: int
    k: int

    @property
    def x(self):
        return Share(F(range(1, self.m + 1)), degree=self.party.t)

    @property
    def seeds(self):
        """As after a setup: any keys on which both ends agree."""
        me = self.party.me
        key = lambda i, j: bytes([i, j] * 8)  # noqa: E731
        return PairwiseSeeds(
            {j: key(me, j) for j in successors(self.party, me)},
            {i: key(i, me) for i in self.party.others if me in successors(self.party, i)},
        )

    @property
    def pair(self):
        return DoubleSharing(self.x, Share(self.x.values, degree=2 * self.party.t))


async def compressed_input(call):
    if call.party.me == 2:
        deal_compressed_input(call.party, F(range(call.m)), call.seeds)
    await receive_compressed_input(call.party, 2, F, (call.m,), call.seeds)


CASES = {
    "bgw/input": lambda c: share_input(c.party, 2, F(range(c.m)), (c.m,)),
    "bgw/input-compressed": compressed_input,
    "bgw/multiply": lambda c: multiply(c.party, c.x, c.x),
    "bgw/dot": lambda c: inner_product(c.party, c.x.reshape((c.m, 1)), c.x[:1].reshape((1, 1))),
    "bgw/open": lambda c: open_to_all(c.party, c.x),
    "bgw/open-to-one": lambda c: open_to_one(c.party, c.x, 3),
    "bgw/open-by-king": lambda c: open_by_king(c.party, c.x),
    "bgw/random": lambda c: random_elements(c.party, F, (c.m,)),
    "bgw/double-sharing": lambda c: double_sharing(c.party, F, (c.m,)),
    "bgw/reduce-degree-by-king": lambda c: reduce_degree_by_king(c.party, c.x * c.x, c.pair),
    "bgw/pairwise-seeds": lambda c: pairwise_seeds(c.party),
    "bgw/reduce-degree-compressed": lambda c: reduce_degree_compressed(c.party, c.x * c.x, c.seeds),
}
CASES |= {
    "bgw/random-bit": lambda c: random_bits(c.party, F, (c.m,)),
    "bgw/random-invertible": lambda c: random_invertible(c.party, F, (c.m,)),
    "bgw/polynomial": lambda c: evaluate_polynomial(c.party, range(1, c.k + 2), c.x),
    "bgw/power": lambda c: power(c.party, c.x, c.k),
    "bgw/product-of-many": lambda c: product_of_many(c.party, stacked([c.x] * c.k)),
}
ROLES = {
    "owner": 2,
    "party": 2,
    "receiver": 3,
    "king": 1,
    "sender": 2,
}  # who plays it here; the last party if nobody


def test_every_declared_protocol_has_a_case():
    """A new figure cannot escape the comparison with the ledger."""
    assert set(DECLARED) == set(CASES)


@pytest.mark.parametrize(
    ("n", "t", "m", "k"),
    [
        (3, 1, 1, 1),
        (3, 1, 7, 2),
        (5, 2, 1, 3),
        (5, 2, 100, 4),
        (5, 1, 10, 5),
        (6, 2, 5, 8),
        (7, 3, 12, 13),
        (11, 5, 3, 16),
    ],
)
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_ledger_bills_exactly_what_is_declared(bench, name, n, t, m, k):
    """Elements = payload / 8 bytes over F_p, p = 2^61 − 1; rounds = causal depth."""

    async def alone(party):
        await CASES[name](Call(party.sub("step"), m, k))

    cost = DECLARED[name].cost.evaluate(n=n, t=t, m=m, k=k)
    ledger = bench.run(n, alone, t=t).ledger

    assert ledger.rounds() == cost.rounds
    assert ledger.total().payload_bytes == cost.payload_bytes(8)
    for role, elements in cost.per_role.items():
        assert ledger.sent_by(ROLES.get(role, n)).payload_bytes == 8 * elements


# -- the formulas of the literature, written down independently of the declarations ---------------

TABLE = [
    ("bgw/input", {3: 2, 5: 4, 7: 6, 11: 10}),
    ("bgw/multiply", {3: 6, 5: 20, 7: 42, 11: 110}),  # GRR98: n(n − 1)
    ("bgw/dot", {3: 6, 5: 20, 7: 42, 11: 110}),
    ("bgw/open", {3: 6, 5: 20, 7: 42, 11: 110}),
    ("bgw/open-by-king", {3: 3, 5: 6, 7: 9, 11: 15}),  # t + (n − 1) = 3(n − 1)/2
    ("bgw/reduce-degree-compressed", {3: 3, 5: 10, 7: 21, 11: 55}),  # N(N − 1)/2
    ("bgw/input-compressed", {3: 1, 5: 2, 7: 3, 11: 5}),  # ⌊N/2⌋
    ("bgw/reduce-degree-by-king", {3: 4, 5: 8, 7: 12, 11: 20}),  # 2(n − 1) online
]


@pytest.mark.parametrize(("name", "elements"), TABLE)
def test_totals_are_those_of_the_literature(name, elements):
    """protocol by protocol for n = 2t + 1 and one entry."""
    found = {n: DECLARED[name].cost.evaluate(n=n, t=(n - 1) // 2).elements_total for n in elements}
    assert found == elements


@pytest.mark.parametrize(("n", "total"), [(3, 10), (5, 21.333), (7, 33)])
def test_dn07_costs_ten_twenty_one_and_thirty_three_elements_a_product(n, total):
    """2n(n − 1)/(n − t) offline, amortised over many products, and 2(n − 1) online."""
    t, m = (n - 1) // 2, 10_000 * (n + 1)
    names = ("bgw/double-sharing", "bgw/reduce-degree-by-king")
    spent = sum(DECLARED[name].cost.evaluate(n=n, t=t, m=m).elements_total for name in names)

    assert spent / m == pytest.approx(total, abs=0.001)
