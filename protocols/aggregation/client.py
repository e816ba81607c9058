"""The client of secure aggregation, round by round [BIKMMPRSS17, figure 4; BBGLR20, algorithm 2].

Holds who says what when, and every check of a list: a client refuses whatever would open both
shares of a peer, or a sum of too few. What is inside the messages is the payloads' business. One
code for both papers: in the first a client's cohort is everybody, in the second its neighbours.
"""

from typing import Any, TypeVar

import numpy as np

from turncoat.actors.errors import LeftBehind, MalformedMessage, ProtocolAbort
from turncoat.actors.evidence import MALFORMED
from turncoat.actors.party import Party
from turncoat.protocols.aggregation.accusations import of_length, of_list
from turncoat.protocols.aggregation.messages import (
    KEYS_BYTES,
    PAIR_BYTES,
    SIGNATURE_BYTES,
    TAG_BYTES,
    Clients,
    KeyList,
    RelayedShares,
    SignatureList,
    SurvivorList,
    unpack_clients,
)
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.payloads import ClientPayloads
from turncoat.protocols.declare import Cost, declares

Answer = TypeVar("Answer", KeyList, RelayedShares, SurvivorList, SignatureList)


class Client:
    """P_u's side of one session. delta: how long it waits for the server [ns], None: any time.
    signed: do keys carry signatures? By default in the active model only."""

    def __init__(
        self,
        party: Party,
        parameters: AggregationParameters,
        payloads: ClientPayloads,
        delta: int | None = None,
        *,
        signed: bool | None = None,
    ) -> None:
        self._party = party
        self._parameters = parameters
        self._payloads = payloads
        self._delta = delta
        self._signed = parameters.model == "active" if signed is None else signed
        (self._server,) = party.role("server")
        self._answers: list[Any] = []  # the last two, of which one may contradict the other

    @declares(
        name="secagg/aggregate",
        cost=Cost(
            "7",
            "0",
            octets_total="n*(64 + 32*(3*k+1) + m + 128*k)",
        ),
        cites=("BIKMMPRSS17, figure 4", "BBGLR20, algorithm 2"),
    )
    async def run(self) -> None:
        """Σ x_u over the clients that stay, for the server; a client learns nothing of it.

        With everybody's part, and without the consistency check: m is the packed vector's length
        in bytes, k how many neighbours a client has (n − 1 in the complete graph).

        Raises LeftBehind if the server goes on without it. ProtocolAbort if the server's lists are
        not what an honest server sends (accusing it), if a key, signature or ciphertext is wrong
        (accusing nobody: it was relayed), if too few clients are left, or at the deadline.
        """
        party, payloads = self._party, self._payloads
        # Round 0 (AdvertiseKeys).
        party.send(self._server, payloads.advertise())

        # Round 1 (ShareKeys): with everybody on the list, which holds u itself.
        keys, cohort = await self._answer(KeyList)
        self._check_key_list(keys, cohort)
        party.send(self._server, payloads.share_keys(cohort, keys))

        # Round 2 (MaskedInput): U2 ⊆ cohort, masked with all of it.
        relayed, shared = await self._answer(RelayedShares)
        self._check_subset(shared, cohort, "U2", "the clients whose keys it had listed")
        self._check_length("bodies", PAIR_BYTES * (shared.size - 1), "U2")
        self._check_length("tags", TAG_BYTES * (shared.size - 1), "U2")
        party.send(self._server, payloads.mask(shared, relayed))

        # Round 3 (ConsistencyCheck): U3 ⊆ U2, and whoever unmasks has seen the same U3.
        _, survivors = await self._answer(SurvivorList)
        self._check_subset(survivors, shared, "U3", "U2")
        if self._parameters.model == "active":
            await self.check_consistency(survivors)

        # Round 4 (Unmasking): for each v in U2 one share and never both.
        party.send(self._server, payloads.unmask(survivors))

    @declares(
        name="secagg/consistency-check",
        cost=Cost("2", "0"),
        cites=("BIKMMPRSS17, figure 4, round 3",),
    )
    async def check_consistency(self, survivors: Clients) -> None:
        """threshold clients of U3 have signed it, so that no second U3 can have as many."""
        self._party.send(self._server, self._payloads.sign(survivors))
        listed, signers = await self._answer(SignatureList)
        self._check_subset(signers, survivors, "U4", "U3")
        self._check_length("signatures", SIGNATURE_BYTES * signers.size, "U4")
        self._payloads.check_signatures(survivors, signers, listed)

    async def _answer(self, kind: type[Answer]) -> tuple[Answer, Clients]:
        """The server's answer of this round, and the list of clients in it, of which u is one."""
        party = self._party
        deadline = None if self._delta is None else party.now + self._delta
        answer = await party.receive(self._server, kind, deadline=deadline)
        if not answer.clients:
            raise LeftBehind(self._server)
        self._answers = [*self._answers[-1:], answer]
        try:
            clients = unpack_clients(answer.clients, kind.__name__)
        except MalformedMessage as error:
            raise self._accusation(MALFORMED, str(error)) from None
        if not bool(np.any(clients == party.me)):
            detail = f"{kind.__name__}: it lacks P{party.me}"
            raise self._accusation(MALFORMED, detail, lacks=party.me)
        return answer, clients

    def _check_key_list(self, keys: KeyList, cohort: Clients) -> None:
        others = cohort.size - 1
        known = self._party.role("clients")
        if cohort[-1] > known[-1] or others > self._parameters.neighbours:
            bounds = {"up_to": known[-1], "most": self._parameters.neighbours + 1}
            raise self._accusation(MALFORMED, "KeyList: clients that do not exist", **bounds)
        self._check_count(cohort, "U1")
        self._check_length("keys", KEYS_BYTES * others, "U1")
        self._check_length("signatures", SIGNATURE_BYTES * others * self._signed, "U1")

    def _check_subset(self, clients: Clients, of: Clients, name: str, whole: str) -> None:
        places = of.searchsorted(clients)  # both are ascending
        if places[-1] == of.size or not bool((of[places] == clients).all()):
            strange = np.setdiff1d(clients, of).tolist()
            detail = f"{name} has {strange}, not in {whole}"
            raise of_list(self._party, self._server, self._answers, "unknown-clients", detail)
        self._check_count(clients, name)

    def _check_count(self, clients: Clients, name: str) -> None:
        least = self._parameters.threshold
        if clients.size < least:
            detail = f"{name} has {clients.size} of our clients, the threshold is {least}"
            raise ProtocolAbort("too-few-survivors", detail=detail)

    def _check_length(self, field: str, expected: int, name: str) -> None:
        """Of a field of the last answer."""
        answer = self._answers[-1]
        found = len(getattr(answer, field))
        if found != expected:
            detail = f"{found} bytes for the clients of {name}, expected {expected}"
            raise of_length(self._party, self._server, answer, field, expected, detail)

    def _accusation(self, reason: str, detail: str, **facts: int) -> ProtocolAbort:
        """The channel is authenticated: a list that no honest server sends is the server's."""
        return of_list(self._party, self._server, self._answers[-1:], reason, detail, **facts)
