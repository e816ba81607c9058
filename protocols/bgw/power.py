"""A public power of a secret, by squaring and multiplying."""

from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.stack import rows, stacked
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/power",
    cost=Cost(
        "ceil(log2(k+1)) - 1 + min(1, ones(k) - 1)",
        "n*(n-1)*(ceil(log2(k+1)) - 1 + ones(k) - 1)*m",
    ),
    cites=("Knuth, The Art of Computer Programming, section 4.6.3",),
)
async def power(party: Party, x: Share, exponent: int) -> Share:
    """[x^k]_t for a public exponent k ≥ 1, entry by entry.

    Passive security for t < n/2. From the lowest bit of k on: in each round the square is squared
    and, at a bit that is 1, the product so far multiplied by it. m counts the entries of x.
    Raises ValueError for k < 1.
    """
    if exponent < 1:
        raise ValueError(f"the exponent {exponent}: a power needs an exponent of at least 1")
    square, product = x, list[Share]()  # x^(2^j), and what lower bits multiplied, if any did
    for j in range(exponent.bit_length()):
        bit, more = exponent >> j & 1, exponent >> (j + 1) > 0
        factors = [square] * more + product * bit
        done = await _times(party.sub(f"bit.{j}"), factors, square)
        if bit:
            product = [done.pop()] if product else [square]
        if more:
            square = done.pop()
    return product[0]


async def _times(party: Party, factors: list[Share], square: Share) -> list[Share]:
    """Each factor times the square, all in one round; no round if there is no factor."""
    if not factors:
        return []
    return rows(await multiply(party, stacked(factors), stacked([square] * len(factors))))
