"""Auxiliary roles of secure aggregation: who vouches for keys, who tosses the graph's coins.

The PKI binds signing keys to clients before a session, over authenticated channels of its own; both
roles are trusted and never corruptible. Knows no round of the session.
"""

from turncoat.actors.errors import LeftBehind
from turncoat.actors.party import Party
from turncoat.protocols.aggregation.accusations import of_length
from turncoat.protocols.aggregation.directory import Directory, Identity
from turncoat.protocols.aggregation.messages import (
    GraphCoins,
    GraphRequest,
    KeyDirectory,
    VerificationKey,
    pack_clients,
    unpack_clients,
)
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.signatures import KEY_BYTES, SigningKey

_COINS_BYTES = 16
_NOBODY = KeyDirectory(b"", b"")


@declares(
    name="secagg/pki",
    cost=Cost("2", "0", octets_total="32*n + 32*n*(n+1)"),
    cites=("BIKMMPRSS17, figure 4, setup",),
)
async def vouch(party: Party, patience: Patience) -> None:
    """A directory of the clients' signing keys, for all of them and for the server.

    The PKI's part; a client that is too late is told so. Setup.
    """
    clients = party.role("clients")
    with party.phase("setup"):
        keys = await party.gather(
            VerificationKey,
            clients,
            at_least=patience.first,
            deadline=patience.deadline(party.now, VerificationKey.__name__),
        )
        listed = sorted(keys)
        directory = KeyDirectory(pack_clients(listed), b"".join([keys[v].key for v in listed]))
        answers = {v: directory if v in keys else _NOBODY for v in clients}
        party.send_each(answers | dict.fromkeys(party.role("server"), directory))


async def enrol(party: Party) -> Identity:
    """A client: register a fresh signing key, learn everybody's. Setup.

    Raises LeftBehind if it came too late.
    """
    (pki,) = party.role("pki")
    key = SigningKey(party.coins.octets(KEY_BYTES))
    with party.phase("setup"):
        party.send(pki, VerificationKey(key.public))
        directory = await look_up(party)
    if party.me not in directory:
        raise LeftBehind(pki)
    return Identity(key, directory)


async def look_up(party: Party) -> Directory:
    """Everybody's signing keys, from the PKI."""
    (pki,) = party.role("pki")
    directory = await party.receive(pki, KeyDirectory)
    clients = unpack_clients(directory.clients, "KeyDirectory")
    if len(directory.keys) != KEY_BYTES * clients.size:
        expected = KEY_BYTES * clients.size
        raise of_length(party, pki, directory, "keys", expected, "one key for each client")
    return Directory(clients, directory.keys)


@declares(
    name="secagg/graph-coins",
    cost=Cost("2", "0"),
    cites=("BBGLR20, section 3: the graph is drawn after the keys are fixed",),
)
async def toss(party: Party) -> None:
    """Coins for the graph, once the server says that all keys are registered. The beacon's part."""
    (server,) = party.role("server")
    with party.phase("setup"):
        await party.receive(server, GraphRequest)
        party.send(server, GraphCoins(party.coins.octets(_COINS_BYTES)))
