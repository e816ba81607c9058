"""What a lying aggregation server can do with what it was told: recover one client's input.

Each extractor is named for the lie that it completes, takes what the server said and heard, and
gives back the victim's vector, or None where there are too few shares of one of its two secrets. A
seed and a key of 256 bits are not guessed: whoever finds the vector has the secrets. Knows how the
protocol masks; knows no world.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.journal import Journal
from turncoat.protocols.aggregation.client_secrets import route
from turncoat.protocols.aggregation.messages import (
    PAIR_BYTES,
    SHARE_BYTES,
    TAG_BYTES,
    unpack_clients,
)
from turncoat.protocols.aggregation.pair_memo import PairMask, PairMemo
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.residues import word_type
from turncoat.protocols.aggregation.sharing import reconstruct_secrets
from turncoat.protocols.primitives.aead import unseal
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.key_derivation import derive_key

Bodies = Mapping[int, Any]  # client → message
Shares = dict[int, bytes]  # holder → share


@attrs.frozen(kw_only=True)
class ServerView:
    """What the server of one session said and heard, by kind of message and client. sid: the
    session's. Of two messages of one kind to one client, the first counts."""

    parameters: AggregationParameters
    sid: str
    said: Mapping[str, Bodies]
    heard: Mapping[str, Bodies]

    @classmethod
    def of(cls, parameters: AggregationParameters, sid: str, journal: Journal) -> "ServerView":
        """From the journal of a run that kept its bodies."""
        said: dict[str, dict[int, Any]] = {}
        heard: dict[str, dict[int, Any]] = {}
        server = parameters.n + 1
        for sent in journal.postings():
            body = journal.bodies[sent.first]
            if sent.sender == server:
                for client in sent.receivers:
                    said.setdefault(sent.kind, {}).setdefault(client, body)
            elif server in sent.receivers:
                heard.setdefault(sent.kind, {}).setdefault(sent.sender, body)
        return cls(parameters=parameters, sid=sid, said=said, heard=heard)

    def listed(self, kind: str, client: int) -> list[int]:
        """The clients of a list that the server showed to a client."""
        return unpack_clients(self.said[kind][client].clients, kind).tolist()

    def masking_key(self, client: int) -> bytes:
        return self.heard["AdvertisedKeys"][client].masking


def by_split_views(view: ServerView, victim: int) -> NDArray[Any] | None:
    """From what clients revealed of the victim, each as its own list of survivors asked."""
    b, s = Shares(), Shares()
    for client, message in view.heard.get("UnmaskingShares", {}).items():
        cohort = view.listed("RelayedShares", client)
        if victim not in cohort:
            continue
        share = _split(message.shares, SHARE_BYTES)[cohort.index(victim)]
        (b if victim in view.listed("SurvivorList", client) else s)[client] = share
    return _uncovered(view, victim, b, s, _public_keys(view, victim))


def by_own_keys(
    view: ServerView, victim: int, own_pair: Callable[[int, str], KeyPair]
) -> NDArray[Any] | None:
    """From the shares that the victim encrypted, all of them under keys of the server's own.

    own_pair: (client, "encryption" or "masking") → the pair that it showed as that client's.
    """
    sealed = view.heard.get("EncryptedShares", {}).get(victim)
    if sealed is None:
        return None
    peers = [w for w in view.listed("KeyList", victim) if w != victim]
    public = view.heard["AdvertisedKeys"][victim].encryption
    sid, b, s = view.sid.encode(), Shares(), Shares()
    bodies, tags = _split(sealed.bodies, PAIR_BYTES), _split(sealed.tags, TAG_BYTES)
    for w, body, tag in zip(peers, bodies, tags, strict=True):
        key = derive_key(own_pair(w, "encryption").agree(public), b"channel " + sid)
        pair = unseal(key, *route(sid, victim, w), body, tag)
        s[w], b[w] = pair[:SHARE_BYTES], pair[SHARE_BYTES:]
    masks = {w: own_pair(w, "masking").public for w in peers}
    return _uncovered(view, victim, b, s, masks)


def by_pooled_shares(
    view: ServerView, victim: int, pairs: Mapping[int, bytes]
) -> NDArray[Any] | None:
    """From what colluding clients were dealt by the victim: client → both shares."""
    s = {client: pair[:SHARE_BYTES] for client, pair in pairs.items()}
    b = {client: pair[SHARE_BYTES:] for client, pair in pairs.items()}
    return _uncovered(view, victim, b, s, _public_keys(view, victim))


def _public_keys(view: ServerView, victim: int) -> dict[int, bytes]:
    """The mask keys of those with whom the victim has masks."""
    return {w: view.masking_key(w) for w in view.listed("RelayedShares", victim) if w != victim}


def _uncovered(
    view: ServerView, victim: int, b: Shares, s: Shares, peers: Mapping[int, bytes]
) -> NDArray[Any] | None:
    """x_v = y_v − PRG(b_v) ∓ Σ PRG(s_vw) over its peers' mask keys."""
    masked = view.heard.get("MaskedInput", {}).get(victim)
    seed, private = (_opened(view.parameters.threshold, shares) for shares in (b, s))
    if masked is None or seed is None or private is None:
        return None
    pair, purpose = KeyPair(private), b"mask " + view.sid.encode()
    terms = [PairMask(w, derive_key(pair.agree(key), purpose)) for w, key in peers.items()]
    p = view.parameters
    memo = PairMemo(word_type(p.modulus_bits), p.m, sharing=False)
    total: NDArray[Any] = masked.values.words.copy()
    total -= memo.masks(victim, terms)
    memo.unmask(seed, total)
    return total & total.dtype.type(p.modulus - 1)


def _opened(threshold: int, shares: Shares) -> bytes | None:
    if len(shares) < threshold:
        return None
    points = sorted(shares)[:threshold]
    table = np.stack([np.frombuffer(shares[i], np.uint8) for i in points])
    return reconstruct_secrets(np.array([points]), table[None])[0]


def _split(data: bytes, width: int) -> list[bytes]:
    return [data[k : k + width] for k in range(0, len(data), width)]
