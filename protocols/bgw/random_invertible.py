"""Random invertible elements of BGW, with their inverses: masks for products.

r·s = c in the clear says nothing of r, and 1/r = s/c.
"""

from math import prod

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.bgw.retry import most_attempts, until_done
from turncoat.protocols.declare import Cost, declares


@attrs.frozen
class Invertible:
    """[r]_t and [1/r]_t."""

    element: Share
    inverse: Share


@declares(
    name="bgw/random-invertible",
    cost=Cost("3", "n*(n-1)*(ceil(2*m/(n-t)) + 2*m)"),
    cites=("BB89",),
)
async def random_invertible(
    party: Party, field: Field, shape: Shape, sigma: int = 40
) -> Invertible:
    """[r]_t and [1/r]_t, r uniform among the elements other than 0, unknown to any t parties.

    Passive security for t < n/2. The cost is that of one attempt: an entry fails with chance below
    2/q in a field of q > 2 elements, where r·s = 0, and is attempted again under a sid of its own,
    ⌈sigma / log2(q/2)⌉ + 1 times at most; then ProtocolAbort("retries-exhausted").
    """

    async def attempt(party: Party, count: int) -> tuple[Share, NDArray[np.bool_]]:
        return await _attempt(party, field, count)

    rows = await until_done(party, prod(shape), attempt, most_attempts(field.order / 2, sigma))
    return Invertible(rows[:, 0].reshape(shape), rows[:, 1].reshape(shape))


async def _attempt(party: Party, field: Field, count: int) -> tuple[Share, NDArray[np.bool_]]:
    """Rows (r, 1/r), and which of them are: those with r·s ≠ 0."""
    # 1. Random r and s, and c = r·s in the clear.
    r, s = await random_elements(party.sub("random"), field, (2, count))
    r, s = r.reshape(count), s.reshape(count)
    c = await open_to_all(party.sub("open"), await multiply(party.sub("product"), r, s))

    # 2. 1/r = s/c.
    nonzero = c.nonzero()
    inverse = s * field.inv(c + field((~nonzero).astype(int)))
    rows = field.stack((r.values, inverse.values)).T
    return Share(rows, party.t), nonzero
