"""Input of SPDZ: an owner masks its values with an r that it alone knows, and says the difference.

Knows nothing of what is computed on it. An owner that says different things to different parties is
caught by the MAC check: the shares of the MAC then belong to no single value.
"""

from collections.abc import Iterable

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.stock import Mask


@message
class InputDifference:
    """ε = x − r from the owner to P_j."""

    values: Vec = elements()


def deal_input(party: Party, values: Vec, mask: Mask) -> None:
    """The owner's part: say x − r to all. Sends, and does not wait.

    Raises ValueError for a mask that the party does not know.
    """
    if mask.clear is None:
        raise ValueError(f"{party.sid}: P{party.me} does not know this mask, so it owns no input")
    party.send_all(InputDifference(values - mask.clear))


async def receive_input(party: Party, key: MacKey, owner: int, shape: Shape) -> Vec:
    """Everyone's part: ε, as the owner says it.

    Raises ProtocolAbort("timeout") after Δ; accuses the owner of another number of values.
    """
    deadline = party.now + key.delta
    return (await party.receive(owner, InputDifference, shape=shape, deadline=deadline)).values


@declares(
    name="spdz/input",
    cost=Cost("1", "(n-1)*m", per_role={"owner": "(n-1)*m"}),
    cites=("DPSZ12, figure 'Online', Input",),
)
async def share_input(
    party: Party, key: MacKey, owner: int, values: Vec | None, mask: Mask
) -> AuthShare:
    """⟨x⟩ = ⟨r⟩ + ε, where x are the owner's values and r is its mask.

    Active security for any t < n. One round, in which the owner sends m elements to every other.
    values: of the mask's shape at the owner, not looked at elsewhere. A lie in one's own ε is
    another input, no attack.
    """
    if party.me == owner:
        if values is None:
            raise ValueError(f"P{owner} owns the input {party.sid} and was given no values")
        deal_input(party, values, mask)
    return key.add(mask.share, await receive_input(party, key, owner, mask.shape))


def effective_input(mask: Vec, heard: Iterable[Vec]) -> Vec | None:
    """r + ε for the ε that all honest parties heard; None if they heard several, or none: such an
    owner has fixed no input, and no opening that depends on it passes the check."""
    said = list(heard)
    if not said or any(epsilon != said[0] for epsilon in said):
        return None
    return mask + said[0]
