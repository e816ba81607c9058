"""Input of BGW with pairwise seeds: t of the owner's n shares need no message.

Which t, and why they may come from a generator, is said in `pairwise_seeds`.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.pairwise_seeds import PairwiseSeeds
from turncoat.protocols.declare import Cost, declares


@message
class CompressedInputShare:
    """f(j) from the owner to P_j, one of those that cannot derive their shares."""

    values: Vec = elements()


def deal_compressed_input(party: Party, values: Vec, seeds: PairwiseSeeds) -> None:
    """The owner's part. Sends, and does not wait."""
    shares = seeds.deal(party, values)
    party.send_each({j: CompressedInputShare(share) for j, share in shares.items()})


@declares(
    name="bgw/input-compressed",
    cost=Cost("1", "(n-1-t)*m", per_role={"owner": "(n-1-t)*m"}),
    cites=("Shamir79", "Keller20, the cost model of MP-SPDZ"),
)
async def receive_compressed_input(
    party: Party, owner: int, field: Field, shape: Shape, seeds: PairwiseSeeds
) -> Share:
    """[x]_t, where x are the values that the owner deals by `deal_compressed_input`.

    One round, in which the owner sends m elements to n − 1 − t others: ⌊n/2⌋ for the largest t.
    """
    if seeds.derives(owner):
        return Share(seeds.share(party, owner, field, shape), degree=party.t)
    dealt = await party.receive(owner, CompressedInputShare, shape=shape)
    return Share(dealt.values, degree=party.t)
