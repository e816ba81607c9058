"""The product of BGW, entry by entry. Knows no sharing but Shamir's, and no array shapes."""

from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.reduce_degree import reduce_degree
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/multiply",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("BGW88, section 3", "GRR98"),
)
async def multiply(party: Party, x: Share, y: Share) -> Share:
    """[xy]_t from [x]_t and [y]_t: multiply locally, then reduce the degree.

    Passive security for t < n/2. One round; each party sends m field elements to every other.
    x, y: of equal shape, or broadcast as in numpy; m counts the entries of the result. With
    n > 2t + 1 all n parties deal, though only the first 2t + 1 dealings enter the sum.
    """
    # 1. d_i = x_i·y_i is P_i's point on a polynomial of degree 2t through (0, xy).
    d = x * y

    # 2. The reduction yields a fresh, random polynomial of degree t through the same point.
    return await reduce_degree(party, d)
