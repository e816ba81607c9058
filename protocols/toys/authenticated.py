"""A trusted dealer of authenticated shares: α, and x with α·x, all shared additively.

What preprocessing yields in SPDZ, at the price of one dealer, which is a role of its own and never
corrupted. It takes few coins, so that what is built on it can be enumerated. Knows no check.
"""

from collections.abc import Mapping

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.toys.additive import cut


@message
class ToyKeyShare:
    """α_i from the dealer to P_i."""

    values: Vec = elements()


@message
class ToyAuthShare:
    """x_i and γ(x)_i from the dealer to P_i, where Σ γ(x)_i = α·x."""

    value: Vec = elements()
    mac: Vec = elements()


@attrs.frozen
class Dealt:
    """What one party has of the dealer: α_i, and (x_i, γ(x)_i) by name."""

    alpha: Vec
    shares: Mapping[str, ToyAuthShare]


@declares(name="toy/authenticated", cost=Cost("1", "n*(2*m+1)"), cites=("DPSZ12, F_Prep",))
async def deal_authenticated(
    party: Party, field: Algebra, secrets: Mapping[str, Vec]
) -> Dealt | None:
    """α_i and this party's part of every ⟨x⟩, each x of length 1; None at the dealer.

    secrets: their values at the dealer; elsewhere only the names count. One round; m counts them.
    """
    (dealer,), parties = party.role("dealer"), party.role("parties")
    if party.me == dealer:
        _deal(party, field, secrets, parties)
        return None
    alpha = (await party.receive(dealer, ToyKeyShare, shape=(1,))).values
    subs = {name: party.sub(name) for name in secrets}
    shares = {n: await sub.receive(dealer, ToyAuthShare, shape=(1,)) for n, sub in subs.items()}
    return Dealt(alpha, shares)


def _deal(
    party: Party, field: Algebra, secrets: Mapping[str, Vec], parties: tuple[int, ...]
) -> None:
    alpha = field.random(party.coins, 1)
    for j, share in cut(field, alpha, party, parties).items():
        party.send(j, ToyKeyShare(share))
    for name, x in secrets.items():
        sub = party.sub(name)
        values, macs = cut(field, x, sub, parties), cut(field, alpha * x, sub, parties)
        for j in parties:
            sub.send(j, ToyAuthShare(values[j], macs[j]))
