"""Beaver's product on additive shares, with triples from an ideal dealer.

The dealer is a role of its own, trusted, and never corrupted. Paper: [Beaver91].
"""

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.toys.additive import cut


@message
class ToyTripleShare:
    """a_i, b_i, c_i from the dealer to P_i, with c = a·b."""

    a: Vec = elements()
    b: Vec = elements()
    c: Vec = elements()


@message
class ToyMaskedFactors:
    """e_i = x_i − a_i and d_i = y_i − b_i from P_i."""

    e: Vec = elements()
    d: Vec = elements()


@attrs.frozen
class ToyTriple:
    """One party's summands of a, b and c. To be used once."""

    a: Vec
    b: Vec
    c: Vec


@declares(name="toy/triple", cost=Cost("1", "3*n*m"), cites=("Beaver91",))
async def ideal_triple(party: Party, field: Algebra, m: int) -> ToyTriple | None:
    """Uniform a, b and c = a·b of length m, shared by the dealer; None at the dealer."""
    (dealer,), parties = party.role("dealer"), party.role("parties")
    if party.me != dealer:
        dealt = await party.receive(dealer, ToyTripleShare, shape=(m,))
        return ToyTriple(dealt.a, dealt.b, dealt.c)
    a, b = (field.random(party.coins, m) for _ in range(2))
    shares = [cut(field, x, party, parties) for x in (a, b, a * b)]
    for j in parties:
        party.send(j, ToyTripleShare(*(share[j] for share in shares)))
    return None


@declares(
    name="toy/beaver",
    cost=Cost("1", "2*n*(n-1)*m", per_role={"party": "2*(n-1)*m"}),
    cites=("Beaver91",),
)
async def beaver_product(party: Party, x: Vec, y: Vec, triple: ToyTriple) -> Vec:
    """This party's summand of x·y, entry by entry. Passive security for any t < n; one round."""
    # 1. Open e = x − a and d = y − b, which are uniform whatever x and y.
    a, b, c = triple.a, triple.b, triple.c
    sent = await party.exchange_all(ToyMaskedFactors(x - a, y - b))
    zero = x.field.zeros(x.shape)
    e = sum((sent[j].e for j in party.everyone), start=zero)
    d = sum((sent[j].d for j in party.everyone), start=zero)

    # 2. xy = c + e·b + d·a + e·d, the last term at one party only.
    z = c + e * b + d * a
    return z + e * d if party.me == party.everyone[0] else z
