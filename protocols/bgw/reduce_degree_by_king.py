"""Degree reduction of DN07: a masked product goes to the king, P1, and comes back in the clear.

Knows nothing of which local product it is given, and not where its double sharing comes from.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.shamir import Share, reconstruct
from turncoat.protocols.bgw.double_sharing import DoubleSharing
from turncoat.protocols.declare import Cost, declares


@message
class MaskedProduct:
    """d_i + r_i from P_i to the king, on a polynomial of degree 2t through (0, z + r)."""

    values: Vec = elements()


@message
class KingsDifference:
    """δ = z + r from the king to P_j."""

    values: Vec = elements()


@declares(
    name="bgw/reduce-degree-by-king",
    cost=Cost("2", "2*(n-1)*m", per_role={"king": "(n-1)*m", "party": "m"}),
    cites=("DN07",),
)
async def reduce_degree_by_king(party: Party, d: Share, r: DoubleSharing) -> Share:
    """[z]_t from [z]_2t, with a double sharing of d's shape that nothing else uses.

    Passive security for t < n/2. Two rounds: each party sends m elements to the king P1, where m
    counts the entries of d, and the king m to each party. A king that lies by Δ shifts z by Δ
    unnoticed: it is trusted to follow the protocol, like everyone in a passive one.
    """
    # 1. All send [z]_2t + [r]_2t to the king: uniform shares of a uniform δ.
    king = party.everyone[0]
    party.send(king, MaskedProduct(d.values + r.high.values))

    # 2. The king interpolates δ at 0 and sends it to all.
    if party.me == king:
        masked = await party.gather(MaskedProduct, shape=d.shape)
        quorum = party.everyone[: 2 * party.t + 1]
        delta = reconstruct({i: masked[i].values for i in quorum}, 2 * party.t)
        party.send_all(KingsDifference(delta))
    delta = (await party.receive(king, KingsDifference, shape=d.shape)).values

    # 3. [z]_t = δ − [r]_t.
    return delta - r.low
