"""F_Com by a hash, for all parties at once: nobody's message depends on another's.

c = H(sid, committer, message) with a nonce in the message: hiding and binding with H as a random
oracle, and bound to who commits and where. So a commitment copied from another party cannot be
opened by repeating that party's opening. Knows nothing of the messages, but that each carries a
nonce of its own.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.evidence import Proof
from turncoat.actors.party import Party
from turncoat.actors.wire import message, octets
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.echo_broadcast import M, Sayable, echo_broadcast

COMMITMENT_BYTES = 32
NONCE_BYTES = 16  # κ = 128
WRONG_DECOMMITMENT = "wrong-decommitment"


@message
class Commit:
    """c_i from P_i to P_j."""

    digest: bytes = octets(COMMITMENT_BYTES)

    def said(self) -> bytes:
        return self.digest


def commitment(sid: str, committer: int, body: Sayable) -> bytes:
    """H(sid, committer, body): injective up to collisions, since the first part has its length."""
    state = blake2b(digest_size=COMMITMENT_BYTES, person=b"turncoat.commit")
    for part in (len(sid.encode()).to_bytes(8, "little"), sid.encode()):
        state.update(part)
    state.update(committer.to_bytes(8, "little"))
    state.update(body.said())
    return state.digest()


@declares(
    name="primitives/commit-and-open",
    cost=Cost("4", "0", octets_total="n*(n-1)*m", framing_total="96*n*(n-1)"),
    cites=("DKLPSS13, figure 'Commit'", "GL05"),
)
async def commit_and_open(party: Party, body: M, delta: int) -> dict[int, M]:
    """Every party's message, by party: all are committed to before any is opened.

    body: carries NONCE_BYTES of fresh coins. Active security for any t < n (random oracle). Two
    echo broadcasts, four rounds; m counts the octets of a message. Waits Δ = delta [ns] for each
    round.
    Raises ProtocolAbort("wrong-decommitment"), accusing whoever opened something else than it had
    committed to, and aborts as `echo_broadcast` does.
    """
    # 1. P_i broadcasts c_i.
    mine = commitment(party.sid, party.me, body)
    commits = await echo_broadcast(party.sub("commit"), Commit(mine), delta)

    # 2. Once all have committed, P_i broadcasts what it committed to.
    opened = await echo_broadcast(party.sub("open"), body, delta)

    # 3. Accept if every opening fits: both came from P_j itself, so a misfit proves its deviation.
    require_opened(party, commits, opened)
    return opened


def require_opened(
    party: Party, commits: Mapping[int, Commit], opened: Mapping[int, Sayable]
) -> None:
    """Raises ProtocolAbort("wrong-decommitment"), accusing all whose opening is not what they had
    committed to under this sid."""
    liars = [j for j, body in opened.items() if commitment(party.sid, j, body) != commits[j].digest]
    if liars:
        who = ", ".join(f"P{j}" for j in liars)
        detail = f"{party.sid}: what {who} opened is not what {who} committed to"
        proof = [
            Proof(
                j,
                WRONG_DECOMMITMENT,
                (party.exhibit(j, commits[j], "commit"), party.exhibit(j, opened[j], "open")),
            )
            for j in liars
        ]
        raise ProtocolAbort(WRONG_DECOMMITMENT, accused=liars, detail=detail, evidence=proof)


def is_wrong_decommitment(proof: Proof, bodies: Sequence[Any]) -> bool:
    """Does the second message open something else than the first one, of the same party and under
    the same sid, commits to?"""
    if len(bodies) != 2 or not isinstance(bodies[0], Commit):
        return False
    before, after = proof.exhibits
    sid, _, last = after.sid.rpartition("/")
    there = f"{sid}/commit" if sid else "commit"
    same = (before.sid, before.sender, last) == (there, after.sender, "open")
    return same and commitment(sid, after.sender, bodies[1]) != bodies[0].digest
