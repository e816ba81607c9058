"""Partial opening: shares are made public, and nobody has checked them yet.

Whatever is opened goes into the key's queue; `mac_check` settles it, and until then a value is not
to be believed. All to all, or through a king, P_1, in fewer elements and one round more: a king
that lies, to all or to some, is caught by the same check. Knows nothing of MACs but that they come
along.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import reduce
from operator import add

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.arithmetic.openings import KingsOpening, PartialOpening, ShareForKing
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.check_queue import Opened
from turncoat.protocols.spdz.mac_key import MacKey

# partial_open or partial_open_by_king: (party, key, *shares) → their values.
Opening = Callable[..., Awaitable[list[Vec]]]


@declares(
    name="spdz/partial-open",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("DPSZ12, figure 'Online'",),
)
async def partial_open(party: Party, key: MacKey, *shares: AuthShare) -> list[Vec]:
    """The values of all these shares, unchecked, in one message.

    One round; each party sends m elements to every other, where m counts all entries together.
    Raises ProtocolAbort("timeout") after Δ, and what a dead key died of.
    """
    key.require_alive()
    mine = PartialOpening(_flat(shares))
    said = await party.exchange_all(mine, deadline=party.now + key.delta)
    return _noted(party, key, shares, reduce(add, (opening.values for opening in said.values())))


@declares(
    name="spdz/partial-open-by-king",
    cost=Cost("2", "2*(n-1)*m", per_role={"king": "(n-1)*m", "party": "m"}),
    cites=("DPSZ12, figure 'Online'",),
)
async def partial_open_by_king(party: Party, key: MacKey, *shares: AuthShare) -> list[Vec]:
    """The same through P_1: two rounds, in which each other party sends m elements to the king,
    and the king m to each."""
    key.require_alive()
    king, mine = party.everyone[0], _flat(shares)

    # 1. All send their shares to the king.
    party.send(king, ShareForKing(mine))

    # 2. The king adds them up and tells everyone.
    if party.me == king:
        sent = await _from_all(party, key, mine)
        party.send_all(KingsOpening(reduce(add, (share.values for share in sent.values()))))
    deadline = party.now + key.delta
    told = await party.receive(king, KingsOpening, shape=mine.shape, deadline=deadline)
    return _noted(party, key, shares, told.values)


async def _from_all(party: Party, key: MacKey, mine: Vec) -> dict[int, ShareForKing]:
    """Everybody's share at the king, whose own copy is one of them."""
    deadline = party.now + key.delta
    sent = await party.gather(ShareForKing, shape=mine.shape, deadline=deadline)
    if len(sent) < party.n:
        raise ProtocolAbort("timeout", missing=set(party.everyone) - sent.keys())
    return sent


def _flat(shares: Sequence[AuthShare]) -> Vec:
    """All entries, one share after the other."""
    flat = [share.value.reshape(-1) for share in shares]
    return flat[0] if len(flat) == 1 else flat[0].field.concatenate(flat)


def _noted(party: Party, key: MacKey, shares: Sequence[AuthShare], opened: Vec) -> list[Vec]:
    """The values in their shapes, once they wait for a check."""
    values, at = list[Vec](), 0
    for number, share in enumerate(shares):
        part = opened[at : at + share.size] if len(shares) > 1 else opened
        key.queue.add(Opened(party.sid, number, part, share.mac.reshape(-1)))
        values.append(part.reshape(share.shape))
        at += share.size
    return values
