"""Degree reduction of GRR98: the one interactive step behind every product of BGW.

Knows nothing of which local product it is given; `multiply` and `inner_product` say that.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.polynomial import lagrange, random_polynomial
from turncoat.protocols.algebra.shamir import Share


@message
class SubShare:
    """g_i(j) from P_i to P_j: P_j's share of P_i's own share d_i."""

    values: Vec = elements()


async def reduce_degree(party: Party, d: Share) -> Share:
    """[z]_t from [z]_2t: everybody shares its share, and the sharing is interpolated at 0.

    Passive security for t < n/2. One round, in which each party sends m elements to every other,
    where m counts the entries of d. Paper: [GRR98, section 3], in place of BGW88's own reduction.

    A consistent lie of one of the first deg(d) + 1 parties (an offset on its whole dealing) goes
    unnoticed and shifts z: a passive protocol promises nothing against it. Raises ValueError if
    n shares do not determine d.
    """
    if d.degree >= party.n:
        raise ValueError(
            f"{party.n} shares do not determine a polynomial of degree {d.degree}; "
            "reduce the degree after every product"
        )
    # 1. P_i deals d_i afresh: g_i is random of degree t, with g_i(0) = d_i.
    g = random_polynomial(at_zero=d.values, degree=party.t, coins=party.coins)
    to_deal = zip(party.everyone, g.at(party.everyone), strict=True)
    dealt = await party.exchange({j: SubShare(share) for j, share in to_deal})

    # 2. z = Σ_k λ_k·d_k over any deg(d) + 1 points is linear in the d_k, hence
    #    z_i = Σ_k λ_k·g_k(i). All take the first ones: the sums must be of the same dealings.
    quorum = party.everyone[: d.degree + 1]
    field = d.values.field
    lam = lagrange(quorum, at=0, field=field)
    return Share(field.combine(lam, [dealt[k].values for k in quorum]), degree=party.t)
