"""Random elements of BGW: uniform secrets that nobody knows.

Knows nothing of what they are for.
"""

from math import prod

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share, deal
from turncoat.protocols.bgw.extraction import cut, dealings, extracted
from turncoat.protocols.declare import Cost, declares


@message
class RandomShare:
    """f_i(j) from P_i to P_j, its share of P_i's own random elements."""

    values: Vec = elements()


@declares(
    name="bgw/random",
    cost=Cost("1", "n*(n-1)*ceil(m/(n-t))", per_role={"party": "(n-1)*ceil(m/(n-t))"}),
    cites=("DN07",),
)
async def random_elements(party: Party, field: Field, shape: Shape) -> Share:
    """[r]_t, r uniform and unknown to any t parties.

    Passive security for t < n/2. One round, in which each party sends ⌈m / (n − t)⌉ elements to
    every other, where m counts the entries of that shape.
    """
    # 1. P_i deals secrets s_i of its own, enough of them for all m.
    m = prod(shape)
    s = field.random(party.coins, dealings(m, party.n, party.t))
    shares = deal(s, party.t, party.everyone, party.coins)
    dealt = await party.exchange({j: RandomShare(share) for j, share in shares.items()})

    # 2. n − t combinations of s_1 … s_n are uniform, whoever the t are that know their own.
    r = extracted({i: dealt[i].values for i in party.everyone}, party.n - party.t)
    return Share(cut(r, shape, m), degree=party.t)
