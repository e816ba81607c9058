"""Opening of BGW through a king, P1: fewer elements than all-to-all, in one round more.

The king needs t + 1 shares and holds one of them, so t parties send theirs. No share is left over
to check the others by: a lie of theirs, or of the king's, goes unnoticed. Passive security only.
"""

from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.shamir import Share, reconstruct
from turncoat.protocols.arithmetic.openings import KingsOpening, ShareForKing
from turncoat.protocols.declare import Cost, declares


@declares(
    name="bgw/open-by-king",
    cost=Cost("2", "(t + n-1)*m", per_role={"king": "(n-1)*m", "sender": "m", "listener": "0"}),
    cites=("DN07",),
)
async def open_by_king(party: Party, x: Share) -> Vec:
    """x, at every party, from [x] of degree t or less.

    Passive security for t < n/2. Two rounds: P2 … P_{t+1} send m field elements each to the king
    P1, which sends m to every other party. Nothing is checked. Raises ValueError for a degree
    above t: reduce it first.
    """
    if x.degree > party.t:
        raise ValueError(f"the king opens degrees up to t = {party.t}, not {x.degree}; reduce it")
    king, *senders = party.everyone[: party.t + 1]

    # 1. t parties send their shares to the king.
    if party.me in senders:
        party.send(king, ShareForKing(x.values))

    # 2. The king interpolates at 0 and tells everyone.
    if party.me == king:
        sent = await party.gather(ShareForKing, senders, shape=x.shape)
        shares = {king: x.values, **{i: sent[i].values for i in senders}}
        party.send_all(KingsOpening(reconstruct(shares, party.t)))
    return (await party.receive(king, KingsOpening, shape=x.shape)).values
