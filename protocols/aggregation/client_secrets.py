"""The inside of a client's messages: its keys, its shares, its masks [BIKMMPRSS17, figure 4].

Real X25519, HKDF, AES-GCM, AES-CTR and Ed25519. All secrets come from the client's tape. Every key
and every signature is bound to the session id. Knows no round: `client.py` calls the steps.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.randomness import Tape
from turncoat.protocols.aggregation.directory import Directory, Identity
from turncoat.protocols.aggregation.messages import (
    KEYS_BYTES,
    PAIR_BYTES,
    SHARE_BYTES,
    SIGNATURE_BYTES,
    TAG_BYTES,
    AdvertisedKeys,
    Clients,
    ConsistencySignature,
    EncryptedShares,
    KeyList,
    MaskedInput,
    RelayedShares,
    SignatureList,
    UnmaskingShares,
    pack_clients,
)
from turncoat.protocols.aggregation.pair_memo import PairMask, PairMemo
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.residues import Residues
from turncoat.protocols.aggregation.sharing import share_secrets
from turncoat.protocols.primitives.aead import NONCE_BYTES, Forged, seal, unseal
from turncoat.protocols.primitives.key_agreement import KEY_BYTES, KeyPair
from turncoat.protocols.primitives.masks import SEED_BYTES


class ClientSecrets:
    """All that one client knows. Implements `ClientPayloads`.

    x: m integers in [0, R_U), as words. memo: the run's, shared by all parties.
    """

    def __init__(
        self,
        parameters: AggregationParameters,
        sid: str,
        me: int,
        coins: Tape,
        x: NDArray[np.integer],
        memo: PairMemo,
        identity: Identity | None = None,
    ) -> None:
        self._parameters = parameters
        self._sid = sid.encode()
        self._me = me
        self._coins = coins
        self._x = x
        self._memo = memo
        self._identity = identity
        self._others: list[int] = []  # the cohort without us, and in the same order:
        self._public_keys = b""  # their c_v^PK ‖ s_v^PK,
        self._channel_keys: list[bytes] = []  # what our c_u and their c_v agree on
        self._own_shares = b""
        self._senders: list[int] = []  # U2 in our cohort, and what these but us have sent us
        self._relayed = RelayedShares(b"", b"", b"")

    @cached_property
    def _c(self) -> KeyPair:
        return KeyPair(self._coins.octets(KEY_BYTES))

    @cached_property
    def _s(self) -> KeyPair:
        return KeyPair(self._coins.octets(KEY_BYTES))

    @cached_property
    def _b(self) -> bytes:
        return self._coins.octets(SEED_BYTES)

    # -- round 0 -------------------------------------------------------------------------------

    def advertise(self) -> AdvertisedKeys:
        """c_u^PK and s_u^PK, with a signature on both."""
        signature = b""
        if self._identity is not None:
            text = keys_text(self._sid, self._me, self._c.public + self._s.public)
            signature = self._identity.key.sign(text)
        return AdvertisedKeys(self._c.public, self._s.public, signature)

    # -- round 1 -------------------------------------------------------------------------------

    def share_keys(self, cohort: Clients, keys: KeyList) -> EncryptedShares:
        """threshold-of-|cohort| shares of s_u^SK and b_u, each v's under the key with v."""
        points = cohort.tolist()
        self._others = [v for v in points if v != self._me]
        self._learn(keys)
        threshold = self._parameters.threshold
        dealt = share_secrets((self._s.private, self._b), threshold, points, self._coins)
        rows = _split(dealt.tobytes(), PAIR_BYTES)
        self._own_shares = rows.pop(points.index(self._me))
        sealed = [
            seal(key, *self._route(self._me, v), row)
            for v, key, row in zip(self._others, self._channel_keys, rows, strict=True)
        ]
        return EncryptedShares(
            b"".join([body for body, _ in sealed]), b"".join([tag for _, tag in sealed])
        )

    def _learn(self, keys: KeyList) -> None:
        """Check the peers' keys, and agree with each on the key of the channel between us."""
        own = self._c.public + self._s.public
        pairs = _split(keys.keys, KEYS_BYTES)
        distinct = {key for pair in (own, *pairs) for key in _split(pair, KEY_BYTES)}
        if len(distinct) != 2 * len(pairs) + 2:
            raise ProtocolAbort("keys-repeated", detail="two public keys of the list are the same")
        if self._identity is not None:
            marks = _split(keys.signatures, SIGNATURE_BYTES)
            self._check_keys(self._identity.directory, pairs, marks)
        self._public_keys = keys.keys
        purpose = b"channel " + self._sid
        self._channel_keys = [
            self._agree(v, self._c, pair[:KEY_BYTES], purpose)
            for v, pair in zip(self._others, pairs, strict=True)
        ]

    def _check_keys(self, directory: Directory, pairs: list[bytes], marks: list[bytes]) -> None:
        wrong = [
            v
            for v, pair, mark in zip(self._others, pairs, marks, strict=True)
            if not directory.signed(v, mark, keys_text(self._sid, v, pair))
        ]
        if wrong:
            who = ", ".join(f"P{v}" for v in wrong)
            raise ProtocolAbort("bad-signature", detail=f"the keys listed for {who} are not theirs")

    def _agree(self, v: int, own: KeyPair, public: bytes, purpose: bytes) -> bytes:
        try:
            return self._memo.agree(own, public, purpose)
        except ValueError as error:
            detail = f"the public key listed for P{v} agrees with nobody: {error}"
            raise ProtocolAbort("bad-public-key", detail=detail) from None

    def _route(self, sender: int, receiver: int) -> tuple[bytes, bytes]:
        return route(self._sid, sender, receiver)

    # -- round 2 -------------------------------------------------------------------------------

    def mask(self, senders: Clients, relayed: RelayedShares) -> MaskedInput:
        """y_u = x_u + PRG(b_u) + Σ_{v>u} PRG(s_uv) − Σ_{v<u} PRG(s_uv) mod R, v in U2."""
        self._senders, self._relayed = senders.tolist(), relayed
        purpose, keys = b"mask " + self._sid, self._public_keys
        place = {v: k * KEYS_BYTES for k, v in enumerate(self._others)}
        terms = [
            PairMask(v, self._agree(v, self._s, keys[at + KEY_BYTES : at + KEYS_BYTES], purpose))
            for v, at in ((v, place[v]) for v in self._senders if v != self._me)
        ]
        total = self._memo.masks(self._me, terms)
        self._memo.mask(self._b, total)
        total += self._x.astype(total.dtype, copy=False)
        return MaskedInput(Residues.reduced(total, self._parameters.modulus_bits))

    # -- round 3 -------------------------------------------------------------------------------

    def sign(self, survivors: Clients) -> ConsistencySignature:
        """On the session and the whole of U3."""
        text = survivors_text(self._sid, survivors)
        return ConsistencySignature(self._signing().key.sign(text))

    def check_signatures(self, survivors: Clients, signers: Clients, listed: SignatureList) -> None:
        """Each signer's, with the key that the directory has for it."""
        text = survivors_text(self._sid, survivors)
        marks = _split(listed.signatures, SIGNATURE_BYTES)
        for v, mark in zip(signers.tolist(), marks, strict=True):
            if not self._signing().directory.signed(v, mark, text):
                raise ProtocolAbort("bad-signature", detail=f"P{v} has not signed this U3")

    def _signing(self) -> Identity:
        if self._identity is None:
            raise ValueError(f"P{self._me} signs U3, but was given no signing key")
        return self._identity

    # -- round 4 -------------------------------------------------------------------------------

    def unmask(self, survivors: Clients) -> UnmaskingShares:
        """Of each v in U2 one share: of b_v if v survived, of s_v^SK if not. Never both."""
        alive = set(survivors.tolist())
        pairs = self._decrypt()
        return UnmaskingShares(
            b"".join(
                [
                    pair[SHARE_BYTES:] if v in alive else pair[:SHARE_BYTES]
                    for v, pair in zip(self._senders, pairs, strict=True)
                ]
            )
        )

    def _decrypt(self) -> Iterator[bytes]:
        """What each of the senders has dealt us, our own shares in their place."""
        bodies = iter(_split(self._relayed.bodies, PAIR_BYTES))
        tags = iter(_split(self._relayed.tags, TAG_BYTES))
        keys = dict(zip(self._others, self._channel_keys, strict=True))
        for v in self._senders:
            if v == self._me:
                yield self._own_shares
                continue
            nonce, associated = self._route(v, self._me)
            try:
                yield unseal(keys[v], nonce, associated, next(bodies), next(tags))
            except Forged:
                detail = f"the shares relayed from P{v} are not what P{v} encrypted for us"
                raise ProtocolAbort("decryption-failed", detail=detail) from None


def keys_text(sid: bytes, client: int, keys: bytes) -> bytes:
    """What a client signs in round 0."""
    return b"advertised keys " + pack_clients((client,)) + keys + sid


def survivors_text(sid: bytes, survivors: Clients) -> bytes:
    """What a client signs in round 3."""
    return b"survivors " + pack_clients((survivors.size,)) + pack_clients(survivors) + sid


def route(sid: bytes, sender: int, receiver: int) -> tuple[bytes, bytes]:
    """(nonce, associated data) of the one ciphertext from `sender` to `receiver`.

    A channel's key is fresh in each session and used once in each direction, so the direction
    alone is a nonce that never repeats; it need not travel.
    """
    direction = pack_clients((sender, receiver))
    return direction.ljust(NONCE_BYTES, b"\0"), direction + sid


def _split(data: bytes, width: int) -> list[bytes]:
    return [data[k : k + width] for k in range(0, len(data), width)]
