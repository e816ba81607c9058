"""Broken on purpose: a coin toss that opens when its patience is over, whoever has committed.

That is how beacons are built that shall never abort: who has not committed in time is left out. But
who was in time is a matter of whom one asks. Two honest parties leave out different ones, and toss
different coins; nobody has lied, and no message was lost. What is more, a coin is opened before all
are committed, so that a late one can still be chosen.
"""

from functools import reduce

from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.protocols.primitives.coin_toss import SEED_BYTES, Decommit, xor
from turncoat.protocols.primitives.commitment import NONCE_BYTES, Commit, commitment
from turncoat.protocols.primitives.symmetric import AesCtrTape


async def coin_toss_at_timeout(party: Party, patience: int) -> Tape:
    """As `turncoat.protocols.primitives.coin_toss`, but going on without whoever is late, and
    without comparing what each has heard. patience: of each round [ns]."""
    body = Decommit(party.coins.octets(SEED_BYTES), party.coins.octets(NONCE_BYTES))

    # 1. P_i sends c_i to all, and waits for the others as long as its patience lasts.
    committing = party.sub("commit")
    committing.send_all(Commit(commitment(party.sid, party.me, body)))
    commits = await committing.gather(Commit, deadline=party.now + patience)

    # 2. It opens, and waits again: here it does not know that all have committed.
    opening = party.sub("open")
    opening.send_all(body)
    opened = await opening.gather(Decommit, deadline=party.now + patience)

    # 3. The XOR of the seeds of those that were in time twice.
    seeds = [
        decommit.seed
        for j, decommit in sorted(opened.items())
        if j in commits and commitment(party.sid, j, decommit) == commits[j].digest
    ]
    return AesCtrTape(reduce(xor, seeds))
