"""A public polynomial at secret points: all powers by doubling, then a local combination."""

from collections.abc import Sequence

from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.stack import rows, stacked
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/polynomial",
    cost=Cost("ceil(log2(k))", "n*(n-1)*(k-1)*m", per_role={"party": "(n-1)*(k-1)*m"}),
    cites=("BGW88",),
)
async def evaluate_polynomial(party: Party, coefficients: Sequence[int], x: Share) -> Share:
    """[c_0 + c_1·x + … + c_k·x^k]_t, entry by entry, for public c and k ≥ 1 the degree.

    Passive security for t < n/2. k − 1 products in ⌈log2 k⌉ rounds; m counts the entries of x.
    Raises ValueError without a coefficient.
    """
    if not coefficients:
        raise ValueError("a polynomial has at least one coefficient; give [c_0, c_1, …]")
    # 1. From x, …, x^j to x^(j+1), …, x^(2j) in one round: x^j times each.
    degree, powers = len(coefficients) - 1, [x]
    while len(powers) < degree:
        more = powers[: degree - len(powers)]
        highest = stacked([powers[-1]] * len(more))
        sub = party.sub(f"powers.{len(powers)}")
        powers += rows(await multiply(sub, highest, stacked(more)))

    # 2. Σ_k c_k·x^k is local.
    field = x.values.field
    values = [field.full(x.shape, 1), *(power.values for power in powers)][: degree + 1]
    return Share(field.combine(coefficients, values), party.t)
