"""Additive sharing: x = x_1 + … + x_n, of which any n − 1 summands are uniform.

Knows no products; `beaver` has them.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.declare import Cost, declares


@message
class ToyShare:
    """x_j from the owner to P_j."""

    values: Vec = elements()


@message
class ToyOpening:
    """x_i from P_i."""

    values: Vec = elements()


def cut(field: Algebra, x: Vec, party: Party, receivers: tuple[int, ...]) -> dict[int, Vec]:
    """Uniform summands for all receivers but the first, and for that what is missing to x."""
    first, *others = receivers
    shares = {j: field.random(party.coins, x.shape) for j in others}
    return {first: x - sum(shares.values(), start=field.zeros(x.shape)), **shares}


@declares(
    name="toy/additive-input",
    cost=Cost("1", "(n-1)*m", per_role={"owner": "(n-1)*m"}),
    cites=("GMW87",),
)
async def share_additively(party: Party, field: Algebra, owner: int, x: Vec, m: int) -> Vec:
    """x_i, this party's summand of the owner's x of length m.

    Passive security for any t < n. One round. x is not looked at elsewhere than at the owner.
    """
    if party.me == owner:
        shares = cut(field, x, party, party.everyone)
        party.send_each({j: ToyShare(share) for j, share in shares.items()})
    return (await party.receive(owner, ToyShare, shape=(m,))).values


@declares(
    name="toy/additive-open",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("GMW87",),
)
async def open_additively(party: Party, x: Vec) -> Vec:
    """x at every party. One round; nothing is checked."""
    opened = await party.exchange_all(ToyOpening(x))
    return sum((opened[j].values for j in party.everyone), start=x.field.zeros(x.shape))
