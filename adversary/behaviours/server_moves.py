"""More lies of an aggregation server: it asks twice, and it plays everybody to one client.

Like `server.py`: messages are known by kinds and fields, and every lie keeps them well-formed.
"""

from collections.abc import Iterator
from hashlib import sha256

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, parts, told
from turncoat.adversary.behaviours.server import listed, packed
from turncoat.adversary.joint_view import Place
from turncoat.protocols.primitives.key_agreement import KEY_BYTES, KeyPair


@attrs.frozen
class AskForBoth:
    """Ask each client for both shares of `victim`: with a list of survivors that has it, and then
    with one that has not. A client answers once per session; the second list contradicts the first.

    victim: by default the first client of each list.
    """

    victim: int | None = None

    @property
    def intends(self) -> Change:
        return "presence"

    def act(self, place: Place) -> Action:
        def ask(envelope: Envelope) -> Iterator[Envelope]:
            yield envelope
            clients = listed(envelope.body)
            victim = clients[0] if self.victim is None and clients else self.victim
            if victim in clients and envelope.receiver != victim:
                others = [client for client in clients if client != victim]
                yield told(envelope, {"clients": packed(others)})

        return ask


@attrs.frozen
class ImpersonateClients:
    """Hand `victim` keys of the server's own making as everybody's: what it then shares with its
    peers, it shares with the server, and knows no mask that the server does not know.

    victim: by default the first client that is listed. Without signatures on keys nobody can tell
    until the shares that its peers encrypted for it do not decrypt, which is too late.
    """

    victim: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def impersonate(envelope: Envelope) -> Iterator[Envelope]:
            clients = listed(envelope.body)
            victim = clients[0] if self.victim is None and clients else self.victim
            keys = parts(envelope.body, "keys", bytes).get("keys", b"")
            if envelope.receiver != victim or not keys:
                yield envelope
                return
            others = [client for client in clients if client != victim]
            yield told(envelope, {"keys": b"".join(map(own_keys, others))})

        return impersonate


def own_keys(client: int) -> bytes:
    """The public keys that the server shows as a client's: for encryption, and for masks."""
    return b"".join([own_pair(client, purpose).public for purpose in ("encryption", "masking")])


def own_pair(client: int, purpose: str) -> KeyPair:
    """The server's key pair behind one of them. Nothing about it is secret in a simulation."""
    return KeyPair(sha256(f"impersonated {purpose} {client}".encode()).digest()[:KEY_BYTES])
