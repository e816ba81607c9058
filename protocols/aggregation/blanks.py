"""Blanks: messages of the right sizes with nothing in them, where only the ledger is asked for.

Every list of clients, every length and every wait is as in a real run; keys, shares, signatures and
vectors are zeros, and all messages of one size share them. Nothing is secret, nothing is summed.
Knows no round: `client.py` and `server.py` call the same steps as of real payloads.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.errors import ProtocolAbort
from turncoat.protocols.aggregation.graph import Graph, Ranks
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
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.residues import Residues, word_type
from turncoat.protocols.primitives.key_agreement import KEY_BYTES


@lru_cache(maxsize=4096)
def blank(length: int) -> bytes:
    """That many zeros, the same ones for everybody."""
    return bytes(length)


@lru_cache(maxsize=8)
def blank_vector(m: int, bits: int) -> MaskedInput:
    """m zeros modulo 2^bits, packed once for all."""
    packed = bytes(-(-m * bits // 8))
    return MaskedInput(Residues(np.zeros(m, word_type(bits)), bits, packed))


class BlankClient:
    """Implements `ClientPayloads`. signed: do keys carry signatures?"""

    def __init__(self, parameters: AggregationParameters, *, signed: bool) -> None:
        self._parameters = parameters
        self._signature = SIGNATURE_BYTES * signed
        self._senders = 0

    def advertise(self) -> AdvertisedKeys:
        return AdvertisedKeys(blank(KEY_BYTES), blank(KEY_BYTES), blank(self._signature))

    def share_keys(self, cohort: Clients, keys: KeyList) -> EncryptedShares:
        others = cohort.size - 1
        return EncryptedShares(blank(PAIR_BYTES * others), blank(TAG_BYTES * others))

    def mask(self, senders: Clients, relayed: RelayedShares) -> MaskedInput:
        self._senders = senders.size
        return blank_vector(self._parameters.m, self._parameters.modulus_bits)

    def sign(self, survivors: Clients) -> ConsistencySignature:
        return ConsistencySignature(blank(SIGNATURE_BYTES))

    def check_signatures(self, survivors: Clients, signers: Clients, listed: SignatureList) -> None:
        """Blanks are signed by everybody."""

    def unmask(self, survivors: Clients) -> UnmaskingShares:
        return UnmaskingShares(blank(SHARE_BYTES * self._senders))


class BlankServer:
    """Implements `ServerPayloads`. Its total is all zeros; whether there is one at all is decided
    by the shares that came, as in a real run."""

    def __init__(self, parameters: AggregationParameters, *, signed: bool) -> None:
        self._parameters = parameters
        self._signature = SIGNATURE_BYTES * signed

    def registers(self, client: int, advertised: AdvertisedKeys) -> bool:
        return True

    def draw_up(self, graph: Graph, advertised: Mapping[int, AdvertisedKeys]) -> None:
        self._graph = graph
        self._shares = np.zeros(graph.size, np.int64)  # how many there are of each one's secrets

    def key_list(self, rank: int) -> KeyList:
        cohort, others = self._graph.cohorts[rank], self._graph.degree
        clients = pack_clients(self._graph.clients[cohort])
        return KeyList(clients, blank(KEYS_BYTES * others), blank(self._signature * others))

    def store(self, rank: int, shares: EncryptedShares) -> None:
        """Nothing to keep."""

    def relay(self, rank: int, members: Ranks) -> RelayedShares:
        others = members.size - 1
        clients = pack_clients(self._graph.clients[members])
        return RelayedShares(clients, blank(PAIR_BYTES * others), blank(TAG_BYTES * others))

    def add(self, rank: int, masked: MaskedInput) -> None:
        """Nothing to add."""

    def signed(self, client: int, survivors: Clients, signature: ConsistencySignature) -> bool:
        return True

    def collect(self, rank: int, members: Ranks, shares: UnmaskingShares) -> None:
        self._shares[members] += 1

    def total(self, shared: NDArray[Any], survived: NDArray[Any]) -> NDArray[Any]:
        if int(self._shares[shared].min()) < self._parameters.threshold:
            raise ProtocolAbort("too-few-survivors", detail="too few shares of some secret")
        return np.zeros(self._parameters.m, word_type(self._parameters.modulus_bits))
