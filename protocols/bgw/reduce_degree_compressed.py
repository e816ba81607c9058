"""Degree reduction of GRR98 with pairwise seeds: t of a party's n sub-shares need no message.

Which t, and why they may come from a generator, is said in `pairwise_seeds`.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.pairwise_seeds import PairwiseSeeds
from turncoat.protocols.declare import Cost, declares


@message
class CompressedSubShare:
    """g_i(j) from P_i to P_j, one of those that cannot derive their shares."""

    values: Vec = elements()


@declares(
    name="bgw/reduce-degree-compressed",
    cost=Cost("1", "n*(n-1-t)*m", per_role={"party": "(n-1-t)*m"}),
    cites=("GRR98", "Keller20, the cost model of MP-SPDZ"),
)
async def reduce_degree_compressed(party: Party, d: Share, seeds: PairwiseSeeds) -> Share:
    """[z]_t from [z]_2t: as by `reduce_degree`, with t sub-shares of each dealing derived.

    Security against t < n/2 passive corruptions, up to AES-128. One round; each party sends m
    elements to n − 1 − t others, where m counts the entries of d: n(n − 1)/2 in all for
    n = 2t + 1. Raises ValueError if n shares do not determine d.
    """
    if d.degree >= party.n:
        raise ValueError(f"{party.n} shares do not determine a polynomial of degree {d.degree}")
    # 1. P_i deals d_i afresh on g_i, of degree t, through (0, d_i) and t derived points.
    dealt = seeds.deal(party, d.values)
    party.send_each({j: CompressedSubShare(share) for j, share in dealt.items()})

    # 2. g_k(i) arrives, or is derived by P_i itself.
    field = d.values.field
    senders = [k for k in party.everyone if not seeds.derives(k)]
    heard = await party.gather(CompressedSubShare, senders, shape=d.shape)
    g = {k: message.values for k, message in heard.items()}

    # 3. z_i = Σ_k λ_k·g_k(i) over the first deg(d) + 1 dealers.
    quorum = party.everyone[: d.degree + 1]
    terms = [g[k] if k in g else seeds.share(party, k, field, d.shape) for k in quorum]
    return Share(field.combine(lagrange(quorum, at=0, field=field), terms), degree=party.t)
