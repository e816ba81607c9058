"""What stands inside the messages, behind two small interfaces: of a client, and of the server.

Rounds, lists, thresholds and refusals are in `client.py` and `server.py`, and know no cryptography.
What they put into messages comes from here: with real keys and vectors (`client_secrets.py`,
`server_secrets.py`), or as blanks of the same sizes (`blanks.py`) where only bytes, rounds and
times are asked for. Every list of clients is real in either case.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from turncoat.protocols.aggregation.graph import Graph, Ranks
from turncoat.protocols.aggregation.messages import (
    AdvertisedKeys,
    Clients,
    ConsistencySignature,
    EncryptedShares,
    KeyList,
    MaskedInput,
    RelayedShares,
    SignatureList,
    UnmaskingShares,
)


class ClientPayloads(Protocol):
    """One client's part of each figure's step. Lists are as `client.py` has checked them."""

    def advertise(self) -> AdvertisedKeys:
        """Fresh c_u, s_u; signed if there is a directory of signing keys."""
        ...

    def share_keys(self, cohort: Clients, keys: KeyList) -> EncryptedShares:
        """Deal s_u^SK and b_u to the cohort. ProtocolAbort if a signature is wrong or two keys are
        alike."""
        ...

    def mask(self, senders: Clients, relayed: RelayedShares) -> MaskedInput:
        """y_u, masked with all of U2 in the cohort."""
        ...

    def sign(self, survivors: Clients) -> ConsistencySignature: ...

    def check_signatures(self, survivors: Clients, signers: Clients, listed: SignatureList) -> None:
        """ProtocolAbort unless all of them signed this very list."""
        ...

    def unmask(self, survivors: Clients) -> UnmaskingShares:
        """The share of b_v for survivors, of s_v^SK for the others of U2. ProtocolAbort if a
        ciphertext is not authentic."""
        ...


class ServerPayloads(Protocol):
    """The server's part. Ranks are those of the graph."""

    def registers(self, client: int, advertised: AdvertisedKeys) -> bool:
        """Whether it may take part: its signature is right, if one is asked for."""
        ...

    def draw_up(self, graph: Graph, advertised: Mapping[int, AdvertisedKeys]) -> None:
        """The graph is fixed, and with it who gets which keys."""
        ...

    def key_list(self, rank: int) -> KeyList: ...
    def store(self, rank: int, shares: EncryptedShares) -> None: ...
    def relay(self, rank: int, members: Ranks) -> RelayedShares: ...
    def add(self, rank: int, masked: MaskedInput) -> None: ...

    def signed(self, client: int, survivors: Clients, signature: ConsistencySignature) -> bool:
        """Is it this client's signature on this list?"""
        ...

    def collect(self, rank: int, members: Ranks, shares: UnmaskingShares) -> None:
        """Keep the shares that a client of U5 revealed of its cohort's members in U2."""
        ...

    def total(self, shared: NDArray[Any], survived: NDArray[Any]) -> NDArray[Any]:
        """Σ x_u over U3. shared, survived: which ranks are in U2 and in U3. ProtocolAbort if there
        are too few shares of some secret."""
        ...
