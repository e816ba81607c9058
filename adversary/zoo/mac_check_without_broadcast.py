"""Broken on purpose: the MAC check of SPDZ with its σ_i sent directly, without an echo broadcast.

Commitments stay, but nobody compares what each was told. A corrupted party gives two honest ones
two shares of σ: if its lie shifts Σσ by s = −r·α·ε, the one that was given the true share accepts
for s = 0, and one that was given the true share plus δ for s = −δ, so that two guesses are made at
the price of one. With three parties *some* honest one accepts with probability (3p − 2)/p², in
place of (2p − 1)/p².
"""

from turncoat.actors.party import Party
from turncoat.protocols.primitives.coin_toss import coin_toss
from turncoat.protocols.primitives.commitment import (
    NONCE_BYTES,
    Commit,
    commitment,
    require_opened,
)
from turncoat.protocols.spdz.mac_check import MacShare, mac_share, require_zero
from turncoat.protocols.spdz.mac_key import MacKey


async def mac_check_without_broadcast(party: Party, key: MacKey) -> None:
    """As `turncoat.protocols.spdz.mac_check`, but for step 3, in two rounds in place of four."""
    await key.queue.turn()
    with key.check(party.sid):
        opened = key.queue.take()

        # 1. and 2. As in the figure.
        coins = await coin_toss(party.sub("toss"), key.delta)
        sigma = mac_share(key.alpha, opened, coins)

        # 3. All commit to their σ_i, and open them, each to each: here is what is missing.
        body = MacShare(sigma, party.coins.octets(NONCE_BYTES))
        shares = await _commit_and_open(party.sub("sigma"), body, key.delta)

        # 4. Accept if Σ σ_i = 0.
        require_zero(party, (share.sigma for share in shares.values()))


async def _commit_and_open(party: Party, body: MacShare, delta: int) -> dict[int, MacShare]:
    mine = Commit(commitment(party.sid, party.me, body))
    commits = await party.sub("commit").exchange_all(mine, deadline=party.now + delta)
    opened = await party.sub("open").exchange_all(body, deadline=party.now + delta)
    require_opened(party, commits, opened)
    return opened
