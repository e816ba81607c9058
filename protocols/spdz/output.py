"""Output of SPDZ: nothing is believed, and nothing is revealed, before it is checked.

No fairness: the adversary sees y when it is opened, and may then keep the honest parties from it.
"""

from collections.abc import Mapping

from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.spdz.auth_share import AuthShare, concatenate
from turncoat.protocols.spdz.mac_check import mac_check
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.partial_open import Opening, partial_open
from turncoat.protocols.spdz.stock import Mask


@declares(
    name="spdz/output",
    cost=Cost("17", "n*(n-1)*(m+2)", octets_total="32*n*(n-1)", framing_total="448*n*(n-1)"),
    cites=("DPSZ12, figure 'Online', Output", "DKLPSS13"),
)
async def output(party: Party, key: MacKey, y: AuthShare, opening: Opening = partial_open) -> Vec:
    """y, at every party that does not abort; wrong with no more than the soundness error.

    Active security for any t < n, without fairness. Seventeen rounds, of which each check takes
    eight; where no earlier opening waits, there is nothing to check first, and they are nine.
    Aborts as `mac_check` does.
    """
    # 1. Check all earlier openings: y may depend on a lie, and the adversary must not see that one.
    await mac_check(party.sub("before"), key)

    # 2. Open the output.
    (value,) = await opening(party.sub("open"), key, y)

    # 3. Check it, and accept.
    await mac_check(party.sub("check"), key)
    return value


@declares(
    name="spdz/output-to",
    cost=Cost("17", "n*(n-1)*(k*m+2)", octets_total="32*n*(n-1)", framing_total="448*n*(n-1)"),
    cites=("DPSZ12, figure 'Online', Output",),
)
async def output_to(
    party: Party,
    key: MacKey,
    y: AuthShare,
    masks: Mapping[int, Mask],
    opening: Opening = partial_open,
) -> Vec | None:
    """y at the parties that `masks` names, None elsewhere.

    masks: receiver → a mask of y's shape that it alone knows. What is opened to all is y + r, for
    each of the k receivers, which then subtracts its r. Rounds and aborts as of `output`.
    """
    # 1. The output in k disguises, opened and checked like any other.
    receivers = sorted(masks)
    disguised = [(y + masks[j].share).reshape(-1) for j in receivers]
    opened = await output(party, key, concatenate(disguised), opening)

    # 2. P_j takes its own off.
    if party.me not in masks:
        return None
    at, mask = receivers.index(party.me) * y.size, masks[party.me].clear
    if mask is None:
        raise ValueError(f"{party.sid}: P{party.me} does not know its mask of the output")
    return opened[at : at + y.size].reshape(y.shape) - mask
