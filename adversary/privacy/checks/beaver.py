"""Beaver's product of two parties, with an ideal triple from a trusted dealer (P3)."""

from collections.abc import Iterator

from turncoat.actors.party import Party
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.toys.additive import open_additively, share_additively
from turncoat.protocols.toys.beaver import ToyTriple, beaver_product, ideal_triple

P = 5
ROLES = {"parties": (1, 2), "dealer": (3,)}
TRUSTED = ("the triple: an ideal dealer",)


async def product(party: Party, field: Algebra, own: Vec) -> Vec | None:
    """x from P1, y from P2; xy opened to both."""
    z = await _product(party, field, own)
    return None if z is None else await open_additively(party.sub("open"), z)


async def closed_product(party: Party, field: Algebra, own: Vec) -> None:
    """The same, and nothing opened."""
    await _product(party, field, own)


async def _product(party: Party, field: Algebra, own: Vec) -> Vec | None:
    triple = await ideal_triple(party.sub("triple"), field, 1)
    if triple is None:
        return None
    x, y = await factors(party, field, own)
    return await beaver_product(party.sub("mul"), x, y, triple)


async def factors(party: Party, field: Algebra, own: Vec) -> tuple[Vec, Vec]:
    """The summands of x and y."""
    x = await share_additively(party.sub("x"), field, 1, own, 1)
    return x, await share_additively(party.sub("y"), field, 2, own, 1)


async def triple_of(party: Party, field: Algebra) -> ToyTriple | None:
    """One triple; None at the dealer."""
    return await ideal_triple(party.sub("triple"), field, 1)


def outputs(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    (x,), (y,) = inputs[1], inputs[2]
    return dict.fromkeys((1, 2), (x * y % P,))


def nothing(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """Nobody has an output."""
    return {}


def opened() -> Iterator[Ensemble]:
    for seat in (1, 2):
        yield Ensemble(
            name="Beaver xy", field=prime_field(P), n=2, t=1, main=product, roles=ROLES,
            inputs={1: 1, 2: 1}, functionality=outputs, corrupted=(seat,), idealised=TRUSTED,
        )  # fmt: skip


def closed() -> Iterator[Ensemble]:
    for seat in (1, 2):
        yield Ensemble(
            name="Beaver xy, closed", field=prime_field(P), n=2, t=1, main=closed_product,
            roles=ROLES, inputs={1: 1, 2: 1}, functionality=nothing, corrupted=(seat,),
            idealised=TRUSTED,
        )  # fmt: skip
