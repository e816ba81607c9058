"""Secure aggregation with all its public parameters, and one run of it: who runs what.

Holds the roles, whose announcement ends whom, and the choice between real payloads and blanks.
Knows no scenario and no network. Seats: clients 1 … n, then the server, then, where there are any,
the PKI and the beacon.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.actors.wire import Structures
from turncoat.protocols.aggregation.blanks import BlankClient, BlankServer
from turncoat.protocols.aggregation.client import Client
from turncoat.protocols.aggregation.client_secrets import ClientSecrets
from turncoat.protocols.aggregation.messages import STRUCTURE
from turncoat.protocols.aggregation.pair_memo import PairMemo
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.payloads import ClientPayloads, ServerPayloads
from turncoat.protocols.aggregation.pki import enrol, look_up, toss, vouch
from turncoat.protocols.aggregation.progress import Counted, Progress
from turncoat.protocols.aggregation.residues import PackedResidues, word_type
from turncoat.protocols.aggregation.server import Aggregate, Server
from turncoat.protocols.aggregation.server_secrets import ServerSecrets

SID = "secagg"

Main = Callable[[Party], Awaitable[Any]]
Inputs = Mapping[int, NDArray[np.integer]]  # client → m integers in [0, R_U)


@attrs.frozen(kw_only=True)
class Aggregation:
    """One protocol, configured.

    patience: of the server (and the PKI) in each round. client_delta: how long a client waits for
    the server [ns], None: any time. pki: whether signing keys are vouched for; the active model is
    nothing without, and "the key-swapping server wins" is how that is shown.
    """

    parameters: AggregationParameters
    patience: Patience = attrs.field(factory=Patience)
    client_delta: int | None = None
    pki: bool = attrs.field()

    @pki.default  # pyright: ignore
    def _pki(self) -> bool:
        return self.parameters.model == "active"

    def __attrs_post_init__(self) -> None:
        if self.parameters.model == "active" and not self.pki:
            raise ValueError("the active model signs what clients say: it needs a PKI")
        first, quorum = self.patience.first, self.parameters.quorum
        if first is not None and first < quorum:
            raise ValueError(
                f"the server waits for the first {first} clients, fewer than the quorum of "
                f"{quorum}: it would always abort"
            )

    @cached_property
    def roles(self) -> dict[str, tuple[int, ...]]:
        n = self.parameters.n
        extra = ["pki"] * self.pki + ["beacon"] * (self.parameters.degree is not None)
        return {
            "clients": tuple(range(1, n + 1)),
            "server": (n + 1,),
            **{role: (n + 2 + k,) for k, role in enumerate(extra)},
        }

    @property
    def server(self) -> int:
        return self.parameters.n + 1

    @property
    def trusted(self) -> frozenset[int]:
        """The PKI and the beacon."""
        return frozenset(range(self.parameters.n + 2, sum(map(len, self.roles.values())) + 1))

    @property
    def heeds(self) -> dict[int, frozenset[int]]:
        """All heed the server, and the PKI and the beacon, without which nobody can go on; a client
        that stops is a dropout, and no more."""
        infrastructure = self.trusted | {self.server}
        return {i: infrastructure for members in self.roles.values() for i in members}

    @property
    def structures(self) -> Structures:
        return {STRUCTURE: PackedResidues(self.parameters.modulus_bits, self.parameters.m)}

    def run(self, inputs: Inputs, *, memo: bool = True) -> "AggregationRun":
        """A fresh run on these inputs. memo: compute once what both ends of a pair compute."""
        _check_inputs(self.parameters, inputs)
        return AggregationRun(self, inputs, share_pairs=memo)

    def ledger_only(self) -> "AggregationRun":
        """A fresh run with blanks in place of payloads, for bytes, rounds and times."""
        return AggregationRun(self, None)


class AggregationRun:
    """What the parties of one run share: the memo of pairs.

    inputs: checked by whoever makes them, each perhaps when it is asked for. None for blanks.
    """

    def __init__(
        self, aggregation: Aggregation, inputs: Inputs | None, *, share_pairs: bool = True
    ) -> None:
        self.aggregation = aggregation
        self.parameters = aggregation.parameters
        self.inputs = inputs
        groups = aggregation.roles.items()
        self._auxiliary = {members[0]: role for role, members in groups if role != "clients"}
        dtype = word_type(self.parameters.modulus_bits)
        self.progress = Progress(self.parameters.n)
        self.memo = PairMemo(dtype, self.parameters.m, sharing=share_pairs)

    def main(self, index: int) -> Main:
        """What the party of that index runs, under the sid `secagg`."""
        programs: dict[str, Main] = {
            "clients": self._client,
            "server": self._server,
            "pki": lambda party: vouch(party, self.aggregation.patience),
            "beacon": toss,
        }
        role = "clients" if index <= self.parameters.n else self._auxiliary[index]
        program = programs[role]

        async def main(party: Party) -> Any:
            return await program(party.sub(SID))

        return main

    def mains(self) -> dict[int, Main]:
        """The same for all: one program a role."""
        roles = self.aggregation.roles
        return {
            index: main
            for members in roles.values()
            for main in (self.main(members[0]),)
            for index in members
        }

    async def _client(self, party: Party) -> None:
        payloads = await self._client_payloads(party)
        agg = self.aggregation
        counted = Counted(payloads, self.progress)
        await Client(party, self.parameters, counted, agg.client_delta, signed=agg.pki).run()

    async def _client_payloads(self, party: Party) -> ClientPayloads:
        identity = await enrol(party) if self.aggregation.pki else None
        if self.inputs is None:
            return BlankClient(self.parameters, signed=self.aggregation.pki)
        x = self.inputs[party.me]
        return ClientSecrets(
            self.parameters, party.sid, party.me, party.coins, x, self.memo, identity
        )

    async def _server(self, party: Party) -> Aggregate:
        payloads = await self._server_payloads(party)
        return await Server(party, self.parameters, self.aggregation.patience, payloads).run()

    async def _server_payloads(self, party: Party) -> ServerPayloads:
        directory = await look_up(party) if self.aggregation.pki else None
        if self.inputs is None:
            return BlankServer(self.parameters, signed=self.aggregation.pki)
        return ServerSecrets(self.parameters, party.sid, self.memo, party.coins, directory)

    def expected(self, clients: Sequence[int]) -> NDArray[np.integer]:
        """Σ x_u of these clients, in the clear: what the server should learn of them."""
        if self.inputs is None:
            raise ValueError("blanks have no sum: run the aggregation with inputs")
        total = np.zeros(self.parameters.m, word_type(self.parameters.modulus_bits))
        for client in clients:
            total += self.inputs[client].astype(total.dtype)
        return total & total.dtype.type(self.parameters.modulus - 1)


def _check_inputs(parameters: AggregationParameters, inputs: Inputs) -> None:
    for client in range(1, parameters.n + 1):
        x = inputs[client]
        if x.dtype.kind not in "ui" or x.shape != (parameters.m,):
            raise ValueError(
                f"P{client}'s input is {x.dtype} of shape {x.shape}: it must be {parameters.m} "
                "integers (quantise fractions first)"
            )
        least, most = int(x.min()), int(x.max())
        if least < 0 or most >= parameters.bound:
            found = least if least < 0 else most
            raise ValueError(
                f"P{client}'s input holds {found}: entries lie in [0, R_U) = "
                f"[0, {parameters.bound})"
            )
