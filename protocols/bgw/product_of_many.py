"""Unbounded fan-in product: k factors in a number of rounds that does not depend on k.

Masks telescope: d_i = r_{i−1}·x_i·(1/r_i) are uniform and opened, and Π d_i = r_0·(Π x_i)·(1/r_k).
"""

from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.random_invertible import random_invertible
from turncoat.protocols.bgw.stack import rows, stacked
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/product-of-many",
    cost=Cost("6", "n*(n-1)*(ceil(2*(k+1)*m/(n-t)) + (5*k+3)*m)"),
    cites=("BB89",),
)
async def product_of_many(party: Party, x: Share, sigma: int = 40) -> Share:
    """[x_1·x_2·…·x_k]_t for k rows x_i of m entries each, none of which may be 0.

    Passive security for t < n/2, and a factor 0 is *revealed* to be one: d_i = 0 as well. Six
    rounds, whatever k; the cost is that without a retry of `random_invertible`.
    """
    # 1. k + 1 invertible masks.
    k, shape, field = len(x), x.shape[1:], x.values.field
    r = await random_invertible(party.sub("masks"), field, (k + 1, *shape), sigma)

    # 2. r_{i−1}·x_i for every i, and r_k·(1/r_0), in one round; then r_{i−1}·x_i·(1/r_i).
    left = stacked([*rows(x), *rows(r.element[k:])])
    right = stacked([*rows(r.element[:k]), *rows(r.inverse[:1])])
    *masked, ends = rows(await multiply(party.sub("mask"), left, right))
    d = await multiply(party.sub("unmask"), stacked(masked), r.inverse[1:].reshape(x.shape))

    # 3. Π d_i in the clear, and the product is (Π d_i)·(r_k/r_0).
    opened = await open_to_all(party.sub("open"), d)
    product = field.full(shape, 1)
    for row in opened:
        product = product * row.reshape(shape)
    return ends.reshape(shape) * product
