"""Random bits of BGW: the sign of a random element, by opening its square.

a = ±√(a²), and a² says nothing of which: so (a/√(a²) + 1)/2 is a uniform bit, for p odd and a ≠ 0.
"""

from math import prod

from numpy import bool_
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.bgw.retry import most_attempts, until_done
from turncoat.protocols.bgw.square_root import square_root
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/random-bit",
    cost=Cost("3", "n*(n-1)*(ceil(m/(n-t)) + 2*m)"),
    cites=("DFKNT06",),
)
async def random_bits(party: Party, field: Field, shape: Shape, sigma: int = 40) -> Share:
    """[b]_t, b uniform in {0, 1} and unknown to any t parties.

    Passive security for t < n/2. The cost is that of one attempt: an entry fails with chance 1/p,
    where a = 0, and is attempted again under a sid of its own, ⌈sigma / log2 p⌉ + 1 times at most;
    then ProtocolAbort("retries-exhausted"). Raises ValueError for p = 2, where signs are none.
    """
    if field.p == 2:
        raise ValueError("random bits by squaring need an odd p; in F_2 take random elements")

    async def attempt(party: Party, count: int) -> tuple[Share, NDArray[bool_]]:
        return await _attempt(party, field, count)

    bits = await until_done(party, prod(shape), attempt, most_attempts(field.p, sigma))
    return bits.reshape(shape)


async def _attempt(party: Party, field: Field, count: int) -> tuple[Share, NDArray[bool_]]:
    """Bits, and which of them are: those of a ≠ 0."""
    # 1. A random a, and its square in the clear.
    a = await random_elements(party.sub("random"), field, (count,))
    squared = await open_to_all(party.sub("open"), await multiply(party.sub("square"), a, a))

    # 2. b = (a/√(a²) + 1)/2, where √ is the root below p/2.
    nonzero = squared.nonzero()
    root = field.full(count, 1) - field(nonzero.astype(int)) + square_root(squared)
    half = pow(2, -1, field.p)
    return (a * field.inv(root) + 1) * half, nonzero
