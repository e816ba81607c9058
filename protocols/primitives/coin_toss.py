"""Public coins that nobody chose: each party commits to a seed, all are opened, their XOR counts.

Fresh for every use. Knows nothing of what the coins decide.
"""

from functools import reduce

from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.wire import message, octets
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.commitment import NONCE_BYTES, commit_and_open
from turncoat.protocols.primitives.symmetric import AesCtrTape

SEED_BYTES = 16  # κ = 128


@message
class Decommit:
    """The seed s_i from P_i to P_j, with the nonce that it was committed to with."""

    seed: bytes = octets(SEED_BYTES, payload=True)
    nonce: bytes = octets(NONCE_BYTES)

    def said(self) -> bytes:
        return self.seed + self.nonce


@declares(
    name="primitives/coin-toss",
    cost=Cost("4", "0", octets_total="16*n*(n-1)", framing_total="112*n*(n-1)"),
    cites=("Blum81", "DKLPSS13, MACCheck, step 1"),
)
async def coin_toss(party: Party, delta: int) -> Tape:
    """A public tape, the same at every party that does not abort: AES-128 in counter mode under
    s_1 ⊕ … ⊕ s_n.

    Active security for any t < n: uniform if one party is honest, though a party that has seen it
    may refuse to open. XOR is safe because a commitment binds its committer: with copies allowed,
    two equal seeds would cancel. Four rounds; aborts as `commit_and_open` does.
    """
    body = Decommit(party.coins.octets(SEED_BYTES), party.coins.octets(NONCE_BYTES))
    opened = await commit_and_open(party, body, delta)
    return AesCtrTape(reduce(xor, (decommit.seed for decommit in opened.values())))


def xor(a: bytes, b: bytes) -> bytes:
    """a ⊕ b for bytes of one length."""
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
