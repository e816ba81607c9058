"""The toy aggregation: three clients, a server (P4), masks that are uniform elements of F_5."""

from collections.abc import Iterator
from functools import partial

from turncoat.actors.faults import Crash, Fault
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.party import Party
from turncoat.actors.topology import Topology
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.toys.masked_sum import masked_sum

P = 5
SERVER = 4
ROLES = {"clients": (1, 2, 3), "server": (SERVER,)}
IDEAL = ("the generator of the masks: the identity on uniform elements",)
DEADLINE = 10 * MILLISECOND
LATENCY = Link(latency=MILLISECOND)
PROMPT = Topology(default=LATENCY)
ALL = (1, 2, 3)

# P3 is lost while the pairwise masks are under way, before it has sent its masked input.
LOST = (Crash(3, at=MILLISECOND // 2),)
# P3's masked input comes after the deadline, and before the server is done.
TOO_LATE = Topology(default=LATENCY, links={(3, SERVER): Link(latency=DEADLINE)})


async def main(party: Party, field: Algebra, own: Vec) -> Vec | None:
    return await masked_sum(party, field, own, 1, DEADLINE)


def outputs(p: int, survivors: tuple[int, ...], inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """The survivors' sum, for the server."""
    return {SERVER: (sum(inputs[i][0] for i in survivors) % p,)}


def ensemble(
    name: str,
    corrupted: tuple[int, ...],
    survivors: tuple[int, ...],
    topology: Topology = PROMPT,
    faults: tuple[Fault, ...] = (),
) -> Ensemble:
    """One setting of the toy aggregation."""
    return Ensemble(
        name=f"toy aggregation, {name}", field=prime_field(P), n=3, t=len(corrupted), main=main,
        roles=ROLES, inputs={1: 1, 2: 1, 3: 1}, functionality=partial(outputs, P, survivors),
        corrupted=corrupted, idealised=IDEAL, topology=topology, faults=faults,
    )  # fmt: skip


def complete() -> Iterator[Ensemble]:
    yield ensemble("nobody lost", (SERVER,), ALL)
    yield ensemble("nobody lost", (2,), ALL)


def dropout() -> Iterator[Ensemble]:
    yield ensemble("P3 lost", (SERVER,), (1, 2), faults=LOST)


def late() -> Iterator[Ensemble]:
    yield ensemble("P3 late", (SERVER,), (1, 2), topology=TOO_LATE)


def colluding() -> Iterator[Ensemble]:
    yield ensemble("nobody lost", (2, SERVER), ALL)
    yield ensemble("P3 lost", (2, SERVER), (1, 2), faults=LOST)
    yield ensemble("P3 late", (2, SERVER), (1, 2), topology=TOO_LATE)
