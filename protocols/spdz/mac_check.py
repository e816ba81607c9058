"""The batched MAC check: did everything that was opened come out as it was shared?

One check for any number of values, at a price that does not depend on how many they are. Knows
neither where the values come from nor what they are for.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.wire import elements, message, octets
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.coin_toss import coin_toss
from turncoat.protocols.primitives.commitment import NONCE_BYTES, commit_and_open
from turncoat.protocols.spdz.check_queue import Opened
from turncoat.protocols.spdz.mac_key import MacKey


@message
class MacShare:
    """σ_i from P_i to P_j, with the nonce that it was committed to with."""

    sigma: Vec = elements()
    nonce: bytes = octets(NONCE_BYTES)

    def said(self) -> bytes:
        return bytes(self.sigma.field.encode(self.sigma)) + self.nonce


@declares(
    name="spdz/mac-check",
    cost=Cost("8", "n*(n-1)", octets_total="16*n*(n-1)", framing_total="224*n*(n-1)"),
    cites=("DKLPSS13, figure 'MACCheck'",),
)
async def mac_check(party: Party, key: MacKey) -> None:
    """Return if every opening that waits under this key passes; of none at all, at once.

    Active security for any t < n. One lie goes unnoticed with probability (2p − 1)/p², exactly,
    several with no more. Eight rounds: four echo broadcasts. Where strands run side by side, waits
    for those ahead (`check_queue.py`).
    Raises ProtocolAbort("mac-check-failed"), which accuses nobody, and whatever the broadcasts
    abort with; then the key is dead.
    """
    await key.queue.turn()
    with key.check(party.sid):
        opened = key.queue.take()
        if not opened:
            return

        # 1. The coefficients r_j are tossed after the last opening.
        coins = await coin_toss(party.sub("toss"), key.delta)

        # 2. a = Σ r_j·a_j and γ_i = Σ r_j·γ(a_j)_i give σ_i = γ_i − α_i·a, a share of 0.
        sigma = mac_share(key.alpha, opened, coins)

        # 3. All commit to their σ_i, and open them.
        body = MacShare(sigma, party.coins.octets(NONCE_BYTES))
        shares = await commit_and_open(party.sub("sigma"), body, key.delta)

        # 4. Accept if Σ σ_i = 0.
        require_zero(party, (share.sigma for share in shares.values()))


def mac_share(alpha: Vec, opened: Iterable[Opened], coins: Tape) -> Vec:
    """σ_i = Σ r_j·γ(a_j)_i − α_i·Σ r_j·a_j, with r_j uniform in F_p, 0 included."""
    field = alpha.field
    a = gamma = field.zeros(1)
    for part in opened:
        r = field.random(coins, part.value.size)
        a, gamma = a + r @ part.value, gamma + r @ part.mac
    return gamma - alpha * a


def require_zero(party: Party, sigmas: Iterable[Vec]) -> None:
    """Raises ProtocolAbort("mac-check-failed") unless the shares add to 0."""
    if reduce(add, sigmas).nonzero().any():
        detail = f"{party.sid}: something was opened that is not what was shared"
        raise ProtocolAbort("mac-check-failed", detail=detail)
