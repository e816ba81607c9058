"""Double sharings of DN07: one random element under two polynomials, of degrees t and 2t.

The preprocessing of `reduce_degree_by_king`; independent of every input.
"""

from math import prod

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share, deal
from turncoat.protocols.bgw.extraction import cut, dealings, extracted
from turncoat.protocols.declare import Cost, declares


@message
class DoubleShare:
    """f_i(j) and g_i(j) from P_i to P_j, where f_i (degree t) and g_i (degree 2t) agree at 0."""

    low: Vec = elements()
    high: Vec = elements()


@attrs.frozen
class DoubleSharing:
    """[r]_t and [r]_2t of one random r. To be used once."""

    low: Share
    high: Share

    def take(self, start: int, shape: Shape) -> "DoubleSharing":
        """The entries from `start` on, in that shape."""
        entries = slice(start, start + prod(shape))
        return DoubleSharing(self.low[entries].reshape(shape), self.high[entries].reshape(shape))


@declares(
    name="bgw/double-sharing",
    cost=Cost("1", "2*n*(n-1)*ceil(m/(n-t))", per_role={"party": "2*(n-1)*ceil(m/(n-t))"}),
    cites=("DN07",),
)
async def double_sharing(party: Party, field: Field, shape: Shape) -> DoubleSharing:
    """[r]_t and [r]_2t, r uniform and unknown to any t parties.

    Passive security for t < n/2. One round, in which each party sends 2·⌈m / (n − t)⌉ elements to
    every other, where m counts the entries of that shape.
    """
    # 1. P_i deals secrets s_i of its own twice, with degrees t and 2t.
    n, t, m = party.n, party.t, prod(shape)
    s = field.random(party.coins, dealings(m, n, t))
    low, high = (deal(s, degree, party.everyone, party.coins) for degree in (t, 2 * t))
    dealt = await party.exchange({j: DoubleShare(low[j], high[j]) for j in party.everyone})

    # 2. The same n − t combinations of both, which are uniform given what t dealers know.
    r_low = extracted({i: dealt[i].low for i in party.everyone}, n - t)
    r_high = extracted({i: dealt[i].high for i in party.everyone}, n - t)
    return DoubleSharing(Share(cut(r_low, shape, m), t), Share(cut(r_high, shape, m), 2 * t))
