"""Opening of BGW: every party sends its share, every receiver checks all of them.

A share that does not fit is noticed as soon as n > degree + 1, but at n = 3 nobody can say whose
it is. Where n ≥ degree + 1 + 2e, error correction could name or repair e liars; it is not used
here, since a passive protocol promises no more than to stop.
"""

from collections.abc import Mapping, Sequence

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.shamir import InconsistentShares, Share, reconstruct
from turncoat.protocols.arithmetic.openings import PartialOpening
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/open",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("BGW88, section 3",),
)
async def open_to_all(party: Party, x: Share) -> Vec:
    """x, at every party.

    Passive security for t < n/2. One round; each party sends m field elements to every other.
    Raises ProtocolAbort("inconsistent-opening"), which accuses nobody, if the shares do not all
    lie on one polynomial of the degree that x carries.
    """
    opened = await party.exchange_all(PartialOpening(x.values))
    return _checked(party, x, opened)


@declares(
    name="bgw/open-to-one",
    cost=Cost("1", "(n-1)*m", per_role={"party": "m", "receiver": "0"}),
    cites=("BGW88, section 3",),
)
async def open_to_one(party: Party, x: Share, receiver: int) -> Vec | None:
    """x at one party, None at the others, which learn nothing.

    One round; every party but the receiver sends it m field elements. Aborts like `open_to_all`.
    """
    return await open_to(party, x, (receiver,))


async def open_to(party: Party, x: Share, receivers: Sequence[int]) -> Vec | None:
    """x at each of the receivers, at the price of one `open_to_one` each, in one round."""
    if set(receivers) == set(party.everyone):
        return await open_to_all(party, x)
    party.send_each(dict.fromkeys(receivers, PartialOpening(x.values)))
    if party.me not in receivers:
        return None
    return _checked(party, x, await party.gather(PartialOpening, shape=x.shape))


def _checked(party: Party, x: Share, opened: Mapping[int, PartialOpening]) -> Vec:
    """The polynomial at 0, if there is one through *all* the shares that came."""
    try:
        return reconstruct({j: opened[j].values for j in party.everyone}, x.degree)
    except InconsistentShares as error:
        raise ProtocolAbort(
            "inconsistent-opening",
            detail=f"{party.sid}: the shares lie on no polynomial of degree {x.degree} ({error})",
        ) from error
