"""What the server's deadlines must cover, worked out from the network.

From the server's question to its clients until their answers are here: both messages go through the
access lines of both ends, where the server's are shared by all clients, and over a link, which may
be late and may lose them. A client that is there is too late in a given round with a chance of at
most 1/1000 for all clients together: the tails of delays and losses are cut there, by a union bound
over all messages. Knows no round: it is told who asks what.
"""

from collections.abc import Iterator

import attrs

from turncoat.actors.link import MILLISECOND, Link, probability, retransmission_delay, serialisation
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Topology
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.sizes import sizes

LATE = 1000  # once in so many rounds, some client that is there is late
_MOST_LOSSES = 8  # of one message in a row that are waited for

# What a round waits for, and which message of the server (or of the PKI) it answers.
ROUNDS = {
    "AdvertisedKeys": None,
    "EncryptedShares": "KeyList",
    "MaskedInput": "RelayedShares",
    "UnmaskingShares": "SurvivorList",
}
SIGNED = {"VerificationKey": None, "AdvertisedKeys": "KeyDirectory"}
ACTIVE = {"ConsistencySignature": "SurvivorList", "UnmaskingShares": "SignatureList"}


def rounds(parameters: AggregationParameters, *, pki: bool) -> dict[str, str | None]:
    """Kind waited for → kind that it answers, in the order of the rounds."""
    signed = SIGNED if pki else {}
    return signed | ROUNDS | (ACTIVE if parameters.model == "active" else {}) | signed


def deadlines(
    parameters: AggregationParameters, *, pki: bool, topology: Topology, server: int
) -> dict[str, int]:
    """Kind waited for → how long [ns], rounded up to whole milliseconds."""
    roads = Roads.of(topology, server, parameters.n)
    size = {kind: sum(found) for kind, found in sizes(parameters, pki=pki).items()}
    return {
        answer: -(-roads.there_and_back(size.get(question or "", 0), size[answer]) // MILLISECOND)
        * MILLISECOND
        for answer, question in rounds(parameters, pki=pki).items()
    }


@attrs.frozen(kw_only=True)
class Roads:
    """The slowest way between the server and a client, both ways. hop: propagation with losses
    [ns]. up, down: bits per second of the server's and of the slowest client's line, None: any."""

    n: int
    hop: int
    links: tuple[Link, ...]
    server_up: int | None
    server_down: int | None
    client_up: int | None
    client_down: int | None

    @classmethod
    def of(cls, topology: Topology, server: int, n: int) -> "Roads":
        links = tuple(_links(topology))
        clients = [topology.hosts.get(i, topology.host) for i in {*topology.hosts} if i <= n]
        hosts = [topology.host, *clients]
        own = topology.hosts.get(server, topology.host)
        return cls(
            n=n,
            hop=max(_hop(link, n) for link in links),
            links=links,
            server_up=own.bandwidth_up,
            server_down=own.bandwidth_down,
            client_up=min((h.bandwidth_up for h in hosts if h.bandwidth_up), default=None),
            client_down=min((h.bandwidth_down for h in hosts if h.bandwidth_down), default=None),
        )

    def there_and_back(self, question: int, answer: int) -> int:
        """Until all have heard a question of so many bytes and the server has all answers [ns]."""
        return sum(
            (
                _passing(self.n * question, self.server_up),
                self._road(question),
                _passing(question, self.client_down),
                _passing(answer, self.client_up),
                self._road(answer),
                _passing(self.n * answer, self.server_down),
            )
        )

    def _road(self, size: int) -> int:
        return self.hop + max(_passing(size, link.rate) for link in self.links)


def _links(topology: Topology) -> Iterator[Link]:
    """Every link that there is at some time."""
    fixed = [topology.default, *topology.links.values()]
    yield from fixed
    yield from (link.changed(entry.change) for entry in topology.overrides for link in fixed)


def _hop(link: Link, n: int) -> int:
    """The time on one link that any of 2n messages exceeds with a chance below 1/LATE or so: of its
    delay, and of more losses in a row than are waited for."""
    tail = 2 * n * LATE
    delay = link.delay(UNIT - 1 - UNIT // tail)
    lost = probability(link.loss) + probability(link.corrupt)
    if link.gemodel is not None:
        lost = max(lost, probability(link.gemodel.one_minus_h))
    losses = next((j for j in range(_MOST_LOSSES) if lost ** (j + 1) * tail <= 1), _MOST_LOSSES)
    repeated = retransmission_delay(link.timeout(link), losses) if link.reliable else 0
    return delay * (2 if link.reorder else 1) + repeated


def _passing(size: int, rate: int | None) -> int:
    return 0 if rate is None else serialisation(size, rate)
