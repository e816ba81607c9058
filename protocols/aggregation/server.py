"""The server of secure aggregation, round by round [BIKMMPRSS17, figure 4; BBGLR20, algorithm 2].

Holds who is still there after each round and what everyone is told. It goes on without whoever is
late, and tells it so by an empty list; with fewer than a quorum it aborts. What is
inside the messages is the payloads' business.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.protocols.aggregation.accusations import of_length
from turncoat.protocols.aggregation.graph import Graph, complete, harary
from turncoat.protocols.aggregation.messages import (
    PAIR_BYTES,
    SHARE_BYTES,
    TAG_BYTES,
    AdvertisedKeys,
    Clients,
    ConsistencySignature,
    EncryptedShares,
    GraphCoins,
    GraphRequest,
    KeyList,
    MaskedInput,
    RelayedShares,
    SignatureList,
    SurvivorList,
    UnmaskingShares,
    pack_clients,
)
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.payloads import ServerPayloads
from turncoat.protocols.primitives.symmetric import AesCtrTape

M = TypeVar("M")
Alive = NDArray[np.bool]  # by rank

_NO_KEYS = KeyList(b"", b"", b"")  # the answers to whom the server goes on without
_NO_SHARES = RelayedShares(b"", b"", b"")
_NO_SURVIVORS = SurvivorList(b"")
_NO_SIGNATURES = SignatureList(b"", b"")


@attrs.frozen
class Aggregate:
    """What the server learns. total: Σ x_u over U3, modulo R. u3: whose inputs are in it. u5: who
    unmasked it."""

    total: NDArray[Any] = attrs.field(eq=attrs.cmp_using(eq=np.array_equal))
    u3: tuple[int, ...]
    u5: tuple[int, ...]


class Server:
    """The server's side of one session."""

    def __init__(
        self,
        party: Party,
        parameters: AggregationParameters,
        patience: Patience,
        payloads: ServerPayloads,
    ) -> None:
        self._party = party
        self._parameters = parameters
        self._patience = patience
        self._payloads = payloads
        self._clients = party.role("clients")

    async def run(self) -> Aggregate:
        """Σ x_u over the survivors.

        Raises ProtocolAbort when fewer than `quorum` clients are left in a round, or of some
        client's cohort in the last, and for a malformed message (accusing its sender).
        """
        graph = await self._advertise_keys()
        shared = await self._share_keys(graph)
        survived = await self._masked_input(graph, shared)
        confirmed = survived
        if self._parameters.model == "active":
            confirmed = await self._consistency_check(graph, shared, survived)
        revealed = await self._unmasking(graph, shared, confirmed)
        total = self._payloads.total(shared, survived)
        total.setflags(write=False)
        return Aggregate(total, _listed(graph, survived), _listed(graph, revealed))

    # -- round 0 -------------------------------------------------------------------------------

    async def _advertise_keys(self) -> Graph:
        """U1: whose keys came in time. Each gets its cohort's."""
        advertised = {
            client: keys
            for client, keys in (await self._collect(AdvertisedKeys, self._clients)).items()
            if self._payloads.registers(client, keys)
        }
        self._enough(advertised, "U1")
        graph = await self._draw(np.array(sorted(advertised), np.uint32))
        self._payloads.draw_up(graph, advertised)
        rank = {client: k for k, client in enumerate(graph.clients.tolist())}
        self._party.send_each(
            {
                client: self._payloads.key_list(rank[client]) if client in rank else _NO_KEYS
                for client in self._clients
            }
        )
        return graph

    async def _draw(self, clients: Clients) -> Graph:
        """Everybody with everybody, or Harary's graph with the beacon's coins."""
        party, degree = self._party, self._parameters.degree
        if degree is None:
            return complete(clients)
        if clients.size <= degree:
            detail = f"{clients.size} clients registered, too few for a graph of degree {degree}"
            raise ProtocolAbort("too-few-survivors", detail=detail)
        (beacon,) = party.role("beacon")
        with party.phase("setup"):
            party.send(beacon, GraphRequest(clients.size))
            coins = await party.receive(beacon, GraphCoins)
        return harary(clients, degree, AesCtrTape(coins.seed))

    # -- rounds 1, 2 ---------------------------------------------------------------------------

    async def _share_keys(self, graph: Graph) -> Alive:
        """U2: whose shares came in time. Each gets what its cohort has for it."""
        shares = await self._collect(EncryptedShares, graph.clients.tolist())
        for client, message in shares.items():
            self._check_length(client, message, "bodies", PAIR_BYTES * graph.degree)
            self._check_length(client, message, "tags", TAG_BYTES * graph.degree)
        shared = self._present(graph, shares, "U2")
        for rank, client in _ranked(graph, shared):
            self._payloads.store(rank, shares[client])
        self._answer(
            graph,
            np.ones(graph.size, bool),
            shared,
            _NO_SHARES,
            lambda rank: self._payloads.relay(rank, graph.members(rank, shared)),
        )
        return shared

    async def _masked_input(self, graph: Graph, shared: Alive) -> Alive:
        """U3: whose masked input came in time. Each gets U3 as far as it concerns it."""
        clients, length = graph.clients[shared].tolist(), (self._parameters.m,)
        masked = await self._collect(MaskedInput, clients, shape=length)
        survived = self._present(graph, masked, "U3")
        for rank, client in _ranked(graph, survived):
            self._payloads.add(rank, masked.pop(client))
        self._answer(
            graph,
            shared,
            survived,
            _NO_SURVIVORS,
            lambda rank: SurvivorList(pack_clients(graph.clients[graph.members(rank, survived)])),
        )
        return survived

    # -- round 3 -------------------------------------------------------------------------------

    async def _consistency_check(self, graph: Graph, shared: Alive, survived: Alive) -> Alive:
        """U4: who has signed U3. Each gets all signatures. A client whose signature is wrong is
        treated as one that is gone."""
        survivors = graph.clients[survived]
        signed = {
            client: message.signature
            for client, message in (
                await self._collect(ConsistencySignature, survivors.tolist())
            ).items()
            if self._payloads.signed(client, survivors, message)
        }
        confirmed = self._present(graph, signed, "U4")
        signers = graph.clients[confirmed]
        listed = SignatureList(
            pack_clients(signers), b"".join([signed[client] for client in signers.tolist()])
        )
        self._answer(graph, survived, confirmed, _NO_SIGNATURES, lambda _: listed)
        return confirmed

    # -- round 4 -------------------------------------------------------------------------------

    async def _unmasking(self, graph: Graph, shared: Alive, confirmed: Alive) -> Alive:
        """U5: who has revealed a share of each of its cohort in U2."""
        shares = await self._collect(UnmaskingShares, graph.clients[confirmed].tolist())
        revealed = self._present(graph, shares, "U5")
        for rank, client in _ranked(graph, revealed):
            members = graph.members(rank, shared)
            self._check_length(client, shares[client], "shares", SHARE_BYTES * members.size)
            self._payloads.collect(rank, members, shares[client])
        return revealed

    # -- in every round ------------------------------------------------------------------------

    async def _collect(
        self, kind: type[M], clients: "list[int] | tuple[int, ...]", **shape: Any
    ) -> dict[int, M]:
        """What came in time of what these clients say in this round."""
        deadline = self._patience.deadline(self._party.now, kind.__name__)
        first = self._patience.first
        return await self._party.gather(kind, clients, at_least=first, deadline=deadline, **shape)

    def _present(self, graph: Graph, messages: Mapping[int, object], name: str) -> Alive:
        """By rank: from whom there is a message. ProtocolAbort if there are too few."""
        self._enough(messages, name)
        present = np.zeros(graph.size, bool)
        present[graph.ranks(np.fromiter(messages, np.uint32))] = True
        return present

    def _enough(self, clients: Mapping[int, object], name: str) -> None:
        least = self._parameters.quorum
        if len(clients) < least:
            missing = frozenset(self._clients) - clients.keys()
            detail = f"{name} has {len(clients)} clients, the quorum is {least}"
            raise ProtocolAbort("too-few-survivors", missing=missing, detail=detail)

    def _answer(
        self,
        graph: Graph,
        asked: Alive,
        present: Alive,
        dismissal: object,
        answer: Callable[[int], object],
    ) -> None:
        """End a round: an answer to each client that spoke, a dismissal to each that did not."""
        self._party.send_each(
            {
                client: answer(rank) if present[rank] else dismissal
                for rank, client in _ranked(graph, asked)
            }
        )

    def _check_length(self, client: int, message: Any, field: str, expected: int) -> None:
        found = len(getattr(message, field))
        if found != expected:
            detail = f"P{client} sent {found} bytes, expected {expected}"
            raise of_length(self._party, client, message, field, expected, detail)


def _ranked(graph: Graph, chosen: Alive) -> "list[tuple[int, int]]":
    """(rank, client) of the chosen ranks, ascending."""
    ranks = np.flatnonzero(chosen)
    return list(zip(ranks.tolist(), graph.clients[ranks].tolist(), strict=True))


def _listed(graph: Graph, chosen: Alive) -> tuple[int, ...]:
    return tuple(graph.clients[chosen].tolist())
