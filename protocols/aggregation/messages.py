"""The arrows of secure aggregation: one message class each, in the order of the rounds.

Lists of clients travel as framing: ascending indices of 4 bytes. What belongs to the clients of a
list follows in the list's order, in one run of bytes: keys, shares and bodies of ciphertexts are
payload, tags and signatures framing. The server's answer to a client without which it goes on is
the answer of that round with an empty list. Knows no round and no check of content.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.errors import MalformedMessage
from turncoat.actors.wire import elements, integer, message, octets
from turncoat.protocols.aggregation.residues import Residues
from turncoat.protocols.primitives import aead, key_agreement, signatures

KEYS_BYTES = 2 * key_agreement.KEY_BYTES  # c_v^PK ‖ s_v^PK
SHARE_BYTES = 32  # of a 256-bit secret: two elements of GF(2^128)
PAIR_BYTES = 2 * SHARE_BYTES  # the shares of s_u^SK and of b_u: the body of one ciphertext
TAG_BYTES = aead.TAG_BYTES
SIGNATURE_BYTES = signatures.SIGNATURE_BYTES
STRUCTURE = "masked"  # the world's structure of vectors modulo R

_INDEX = np.dtype("<u4")
Clients = NDArray[np.uint32]  # ascending indices


@message
class VerificationKey:
    """d_u^PK, from a client to the PKI."""

    key: bytes = octets(signatures.KEY_BYTES, payload=True)


@message
class KeyDirectory:
    """All d_v^PK that were registered, from the PKI to every client and to the server."""

    clients: bytes = octets()
    keys: bytes = octets(payload=True)


@message
class AdvertisedKeys:
    """c_u^PK, s_u^PK and (active) a signature on them, from a client to the server."""

    encryption: bytes = octets(key_agreement.KEY_BYTES, payload=True)
    masking: bytes = octets(key_agreement.KEY_BYTES, payload=True)
    signature: bytes = octets()


@message
class GraphRequest:
    """ "All keys are in": from the server to the beacon. count: of registered clients."""

    count: int = integer()


@message
class GraphCoins:
    """The coins of the graph, from the beacon to the server: public, hence framing."""

    seed: bytes = octets(16)


@message
class KeyList:
    """From the server to client u: with whom it shares (u itself among them), and the keys and
    signatures of all of these but u."""

    clients: bytes = octets()
    keys: bytes = octets(payload=True)
    signatures: bytes = octets()


@message
class EncryptedShares:
    """From client u to the server: for each other client v of its list a ciphertext of v's shares
    of s_u^SK and b_u."""

    bodies: bytes = octets(payload=True)
    tags: bytes = octets()


@message
class RelayedShares:
    """From the server to client u: which clients of its list are in U2 (u itself among them), and
    what these but u encrypted for u."""

    clients: bytes = octets()
    bodies: bytes = octets(payload=True)
    tags: bytes = octets()


@message
class MaskedInput:
    """y_u = x_u + PRG(b_u) ± Σ_v PRG(s_uv) mod R, from a client to the server."""

    values: Residues = elements(STRUCTURE)


@message
class SurvivorList:
    """U3, as far as it is in client u's list, from the server."""

    clients: bytes = octets()


@message
class ConsistencySignature:
    """Client u's signature on the session and U3, to the server. (Active only.)"""

    signature: bytes = octets(SIGNATURE_BYTES)


@message
class SignatureList:
    """The signatures on U3 of the clients in U4, from the server. (Active only.)"""

    clients: bytes = octets()
    signatures: bytes = octets()


@message
class UnmaskingShares:
    """From client u to the server: for each v of U2 in its list, in order, its share of b_v if v is
    in U3, and of s_v^SK otherwise."""

    shares: bytes = octets(payload=True)


def pack_clients(clients: Sequence[int] | NDArray[np.integer]) -> bytes:
    """A list of clients for the wire."""
    return np.asarray(clients, _INDEX).tobytes()


def unpack_clients(data: bytes, what: str) -> Clients:
    """The list of clients in `data`; MalformedMessage unless it is ascending, from 1 on."""
    if len(data) % _INDEX.itemsize:
        raise MalformedMessage(f"{what}: {len(data)} bytes are no list of clients")
    clients = np.frombuffer(data, _INDEX)
    if clients.size and (clients[0] < 1 or not bool(np.all(clients[1:] > clients[:-1]))):
        raise MalformedMessage(f"{what}: its clients are not in ascending order")
    return clients
