"""The inner product of BGW: as many products as one likes for the price of one resharing."""

from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.reduce_degree import reduce_degree
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/dot",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("BGW88, section 3", "GRR98"),
)
async def inner_product(party: Party, x: Share, y: Share) -> Share:
    """[x @ y]_t from [x]_t and [y]_t: Σ_k x_k·y_k for vectors, the product for matrices.

    Passive security for t < n/2. One round; each party sends m field elements to every other,
    where m counts the entries of the *result* (1 for two vectors), whatever the inner length.
    """
    # 1. A sum of points of polynomials of degree 2t is a point of one: add before reducing.
    d = x @ y

    # 2. One resharing for the whole sum.
    return await reduce_degree(party, d)
