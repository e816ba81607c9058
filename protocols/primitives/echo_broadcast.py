"""Echo broadcast with abort: two honest parties never accept different values.

Every party broadcasts at once, and then hands on one hash of all that it heard. A value that
reached two honest parties in two versions makes both stop; nobody can be named, since either the
sender or the echo may have lied. Knows nothing of what is broadcast, but that it can be said in
bytes.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Protocol, TypeVar

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.actors.wire import message, octets
from turncoat.protocols.declare import Cost, declares

HASH_BYTES = 32


class Sayable(Protocol):
    """A message whose content can be hashed: two say the same exactly if their bytes agree."""

    def said(self) -> bytes: ...


M = TypeVar("M", bound=Sayable)


@message
class Echo:
    """The hash of all that P_i heard, from P_i to P_j."""

    digest: bytes = octets(HASH_BYTES)


@declares(
    name="primitives/echo-broadcast",
    cost=Cost("2", "0", octets_total="n*(n-1)*m", framing_total="32*n*(n-1)"),
    cites=("GL05, broadcast with abort",),
)
async def echo_broadcast(party: Party, body: M, delta: int) -> dict[int, M]:
    """What every party broadcasts, by party; all of them at once.

    Active security for any t < n, up to collisions of a 256-bit hash: no two honest parties accept
    different values, but either may abort. Two rounds: n(n − 1) values, then n(n − 1) hashes; m
    counts the octets of a value. Waits Δ = delta [ns] for each.
    Raises ProtocolAbort("broadcast-mismatch"), which accuses nobody, and "timeout".
    """
    # 1. P_i sends its value to all.
    heard = await party.exchange_all(body, deadline=party.now + delta)

    # 2. P_i sends the hash of all that it heard to all.
    mine = Echo(digest(party.sid, heard))
    echoes = await party.exchange_all(mine, deadline=party.now + delta)

    # 3. Accept if everybody heard the same.
    others = [j for j, echo in echoes.items() if echo != mine]
    if others:
        who = ", ".join(f"P{j}" for j in others)
        detail = f"{party.sid}: {who} heard something else, or says so"
        raise ProtocolAbort("broadcast-mismatch", detail=detail)
    return heard


def digest(sid: str, heard: Mapping[int, Sayable]) -> bytes:
    """The hash of what was heard under a sid: injective up to collisions, since every part is
    preceded by its length."""
    state = blake2b(digest_size=HASH_BYTES, person=b"turncoat.echo")
    for part in (sid.encode(), *(heard[j].said() for j in sorted(heard))):
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()
