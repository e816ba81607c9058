"""Input of BGW: an owner deals Shamir shares of its values.

Holds the dealing, the receiving, and what a judge reads off the honest parties' shares: the
owner's *effective* input. Knows nothing of what is computed on it.
"""

from collections.abc import Mapping

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.shamir import InconsistentShares, Share, deal, reconstruct
from turncoat.protocols.declare import Cost, declares


@message
class InputShare:
    """f(j) from the owner to P_j, where f is random of degree t with f(0) = the input."""

    values: Vec = elements()


def deal_input(party: Party, values: Vec) -> None:
    """The owner's part: send P_j its share f(j). Sends, and does not wait."""
    shares = deal(values, party.t, party.everyone, party.coins)
    party.send_each({j: InputShare(share) for j, share in shares.items()})


async def receive_input(party: Party, owner: int, shape: Shape) -> Share:
    """Everyone's part: [x]_t of that (public) shape. The owner keeps a share of its own.

    Raises ProtocolAbort, accusing the owner, if it sent another number of values.
    """
    dealt = await party.receive(owner, InputShare, shape=shape)
    return Share(dealt.values, degree=party.t)


@declares(
    name="bgw/input",
    cost=Cost("1", "(n-1)*m", per_role={"owner": "(n-1)*m"}),
    cites=("BGW88, section 3", "Shamir79"),
)
async def share_input(party: Party, owner: int, values: Vec | None, shape: Shape) -> Share:
    """[x]_t, where x are the owner's values.

    Passive security for t < n/2. One round, in which the owner sends m elements to every other.
    values: of that shape at the owner, not looked at elsewhere. A lie in one's own dealing is
    another input, no attack. Raises ValueError at an owner without values.
    """
    if party.me == owner:
        if values is None:
            raise ValueError(f"P{owner} owns the input {party.sid} and was given no values")
        deal_input(party, values)
    return await receive_input(party, owner, shape)


def extract_input(shares: Mapping[int, Share]) -> Vec | None:
    """The one input that honest parties' shares determine, None if there is none.

    With t + 1 shares or more, all on one polynomial of degree t, it is that polynomial at 0. A
    dealer that gave honest parties shares of no such polynomial has fixed no input at all.
    """
    degree = max((share.degree for share in shares.values()), default=0)
    if len(shares) <= degree:
        return None
    try:
        return reconstruct({i: share.values for i, share in shares.items()}, degree)
    except InconsistentShares:
        return None
