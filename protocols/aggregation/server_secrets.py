"""The inside of the server's messages: relayed lists, and the unmasking [BIKMMPRSS17, figure 4].

What clients sent is kept in tables by (rank, place in the cohort); what they sent *to* one client
is read off through the graph's edges. Knows no round: `server.py` calls the steps.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.randomness import Tape
from turncoat.protocols.aggregation.client_secrets import keys_text, survivors_text
from turncoat.protocols.aggregation.directory import Directory
from turncoat.protocols.aggregation.graph import Graph, Ranks
from turncoat.protocols.aggregation.messages import (
    KEYS_BYTES,
    PAIR_BYTES,
    SHARE_BYTES,
    TAG_BYTES,
    AdvertisedKeys,
    Clients,
    ConsistencySignature,
    EncryptedShares,
    KeyList,
    MaskedInput,
    RelayedShares,
    UnmaskingShares,
    pack_clients,
)
from turncoat.protocols.aggregation.pair_memo import PairMask, PairMemo
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.sharing import inconsistent_rows, reconstruct_secrets
from turncoat.protocols.primitives.key_agreement import KEY_BYTES, KeyPair

Octets = NDArray[np.uint8]
Alive = NDArray[np.bool_]


class ServerSecrets:
    """All that the server is told. Implements `ServerPayloads`. memo: the run's. coins: for checks
    of what clients reveal."""

    def __init__(
        self,
        parameters: AggregationParameters,
        sid: str,
        memo: PairMemo,
        coins: Tape,
        directory: Directory | None = None,
    ) -> None:
        self._parameters = parameters
        self._sid = sid.encode()
        self._memo = memo
        self._coins = coins
        self._directory = directory
        self._total = np.zeros(parameters.m, memo.expander.dtype)

    # -- round 0 -------------------------------------------------------------------------------

    def registers(self, client: int, advertised: AdvertisedKeys) -> bool:
        """Without a directory everybody does; with one, whoever has signed its keys."""
        if self._directory is None:
            return True
        text = keys_text(self._sid, client, advertised.encryption + advertised.masking)
        return self._directory.signed(client, advertised.signature, text)

    def draw_up(self, graph: Graph, advertised: Mapping[int, AdvertisedKeys]) -> None:
        """Tables for what clients send, by rank and place in the cohort."""
        self._graph = graph
        registered = [advertised[client] for client in graph.clients.tolist()]
        keys = b"".join([a.encryption + a.masking for a in registered])
        self._keys = np.frombuffer(keys, np.uint8).reshape(graph.size, KEYS_BYTES)
        signed = self._directory is not None  # whatever stands there otherwise is not passed on
        self._signatures: list[bytes] = [a.signature if signed else b"" for a in registered]
        self._sealed = np.zeros((graph.size, graph.degree + 1, PAIR_BYTES + TAG_BYTES), np.uint8)
        self._revealed = np.zeros((graph.size, graph.degree + 1, SHARE_BYTES), np.uint8)
        self._has_revealed = np.zeros((graph.size, graph.degree + 1), bool)

    def key_list(self, rank: int) -> KeyList:
        """The cohort's, without the client's own."""
        cohort = self._graph.cohorts[rank]
        others = cohort[cohort != rank]
        marks = b"".join(map(self._signatures.__getitem__, others.tolist()))
        return KeyList(
            pack_clients(self._graph.clients[cohort]),
            self._keys[others].tobytes(),
            marks,
        )

    # -- round 1 -------------------------------------------------------------------------------

    def store(self, rank: int, shares: EncryptedShares) -> None:
        """A client's ciphertexts, for each neighbour in order."""
        places = self._graph.cohorts[rank] != rank
        row = self._sealed[rank]
        row[places, :PAIR_BYTES] = np.frombuffer(shares.bodies, np.uint8).reshape(-1, PAIR_BYTES)
        row[places, PAIR_BYTES:] = np.frombuffer(shares.tags, np.uint8).reshape(-1, TAG_BYTES)

    def relay(self, rank: int, members: Ranks) -> RelayedShares:
        """The ciphertexts that members of U2 made for this client."""
        senders = members[members != rank]
        edges = self._edges_from(senders, rank)
        sealed = self._sealed.reshape(-1, PAIR_BYTES + TAG_BYTES)[edges]
        return RelayedShares(
            pack_clients(self._graph.clients[members]),
            sealed[:, :PAIR_BYTES].tobytes(),
            sealed[:, PAIR_BYTES:].tobytes(),
        )

    def _edges_from(self, senders: Ranks, rank: int) -> NDArray[np.int64]:
        """Where the tables hold what some of the cohort have for `rank`."""
        places = np.searchsorted(self._graph.cohorts[rank], senders)
        return self._graph.edges_into[rank, places]

    # -- rounds 2 and 3 ------------------------------------------------------------------------

    def add(self, rank: int, masked: MaskedInput) -> None:
        """Into the sum over U3."""
        self._total += masked.values.words

    def signed(self, client: int, survivors: Clients, signature: ConsistencySignature) -> bool:
        """Is it this client's signature on this list?"""
        if self._directory is None:
            return False
        text = survivors_text(self._sid, survivors)
        return self._directory.signed(client, signature.signature, text)

    # -- round 4 -------------------------------------------------------------------------------

    def collect(self, rank: int, members: Ranks, shares: UnmaskingShares) -> None:
        """The shares that a client of U5 revealed of its cohort's members in U2."""
        places = np.searchsorted(self._graph.cohorts[rank], members)
        octets = np.frombuffer(shares.shares, np.uint8).reshape(-1, SHARE_BYTES)
        self._revealed[rank, places] = octets
        self._has_revealed[rank, places] = True

    def total(self, shared: Alive, survived: Alive) -> NDArray[np.integer]:
        """Σ_{u∈U3} x_u = Σ y_u − Σ_{u∈U3} PRG(b_u) + Σ_{v∈U2−U3, u∈U3} ± PRG(s_vu)."""
        self._sealed = np.zeros((0, 1, PAIR_BYTES + TAG_BYTES), np.uint8)  # no longer needed
        survivors, gone = np.flatnonzero(survived), np.flatnonzero(shared & ~survived)
        seeds, keys = self._open(survivors), self._open(gone)
        for seed in seeds:
            self._memo.unmask(seed, self._total)
        for rank, key in zip(gone.tolist(), keys, strict=True):
            self._cancel(rank, key, survived)
        self._total &= self._total.dtype.type(self._parameters.modulus - 1)
        return self._total

    def _open(self, ranks: NDArray[np.int64]) -> list[bytes]:
        """The secret of each rank that U5 has revealed the shares of."""
        threshold = self._parameters.threshold
        edges = self._graph.edges_into[ranks]
        available = self._has_revealed.reshape(-1)[edges]
        short = ranks[available.sum(axis=1) < threshold]
        if short.size:
            who = ", ".join(f"P{v}" for v in self._graph.clients[short[:5]].tolist())
            detail = f"fewer than {threshold} shares of the secrets of {who}"
            raise ProtocolAbort("too-few-survivors", detail=detail)
        if self._parameters.degree is None:
            return self._open_for_all(ranks, np.flatnonzero(available[0]) if ranks.size else ranks)
        first = np.argsort(~available, axis=1, kind="stable")[:, :threshold]
        holders = self._graph.clients[np.take_along_axis(self._graph.cohorts[ranks], first, 1)]
        shares = self._revealed.reshape(-1, SHARE_BYTES)[np.take_along_axis(edges, first, 1)]
        return reconstruct_secrets(holders, shares)

    def _open_for_all(self, ranks: NDArray[np.int64], holders: NDArray[np.int64]) -> list[bytes]:
        """The same where all of U5 have revealed shares of all: then lies among them show."""
        threshold = self._parameters.threshold
        points, shares = self._graph.clients[holders], self._revealed[holders][:, ranks]
        shares = shares.transpose(1, 0, 2)
        wrong = inconsistent_rows(points.tolist(), shares, threshold, self._coins)
        if wrong.size:
            client = self._graph.clients[ranks[wrong[0]]]
            detail = f"the shares of P{client}'s secret are on no polynomial: who lied is not known"
            raise ProtocolAbort("inconsistent-shares", detail=detail)
        return reconstruct_secrets(points[None, :threshold], shares[:, :threshold])

    def _cancel(self, gone: int, private: bytes, survived: Alive) -> None:
        """The masks that survivors share with a client that is gone: its own ones cancel them."""
        pair, public = KeyPair(private), self._keys[:, KEY_BYTES:]
        client = int(self._graph.clients[gone])
        if pair.public != public[gone].tobytes():
            detail = f"the shares of P{client}'s key do not make the key that it advertised"
            raise ProtocolAbort("inconsistent-shares", detail=detail)
        purpose = b"mask " + self._sid
        peers = self._graph.members(gone, survived).tolist()
        terms = [
            PairMask(
                int(self._graph.clients[v]),
                self._memo.agree(pair, public[v].tobytes(), purpose),
            )
            for v in peers
        ]
        self._total += self._memo.masks(client, terms, peers_follow=False)
