"""Broken on purpose: every one of these must be found leaking, or the checker is worth nothing.

Where a fault of coins is enough, it is planted beneath honest code (`stuck`, `again`); the other
programs here are wrong themselves.
"""

from collections.abc import Iterator

import attrs

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.link import MILLISECOND
from turncoat.actors.party import Party
from turncoat.adversary.privacy.checks import beaver, bgw, masked_sum, sharing
from turncoat.adversary.privacy.ensemble import Ensemble, Main
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.bgw.open import PartialOpening, open_to_all
from turncoat.protocols.bgw.share_input import InputShare
from turncoat.protocols.toys.beaver import beaver_product

F = prime_field(5)

# -- the controls of the literature ----------------------------------------------------------------


async def unreduced_product(party: Party, field: Algebra, own: Vec) -> Vec:
    """xy opened from the shares x_i·y_i: their polynomial is no random one."""
    x, y = await bgw.dealt(party, "x", 1, own), await bgw.dealt(party, "y", 2, own)
    return await open_to_all(party.sub("open"), x * y)


def unreduced() -> Iterator[Ensemble]:
    for ensemble in bgw.xy_5():
        yield attrs.evolve(ensemble, name="BGW xy, unreduced", main=unreduced_product)


def zero_resharing() -> Iterator[Ensemble]:
    """P1's resharing polynomial is constant: whoever listens gets its x_1·y_1."""
    for ensemble in bgw.xyw_5():
        if 1 not in ensemble.corrupted:
            yield attrs.evolve(
                ensemble, name="BGW xy + w, P1 reshares with 0", stuck=frozenset({(1, "mul")})
            )


def one_too_many() -> Iterator[Ensemble]:
    for corrupted in ((1, 2), (1, 3), (2, 3)):
        yield attrs.evolve(next(bgw.xyw_closed_5()), corrupted=corrupted)


async def two_products(party: Party, field: Algebra, own: Vec) -> Vec | None:
    """x·y and x·v with one triple: y − b and v − b are both opened, hence y − v."""
    triple = await beaver.triple_of(party, field)
    if triple is None:
        return None
    x, _ = await beaver.factors(party, field, own[:1])
    y = await beaver.share_additively(party.sub("two.y"), field, 2, own[:1], 1)
    v = await beaver.share_additively(party.sub("two.v"), field, 2, own[1:], 1)
    await beaver_product(party.sub("mul.y"), x, y, triple)
    await beaver_product(party.sub("mul.v"), x, v, triple)
    return None


def b_used_twice() -> Iterator[Ensemble]:
    yield Ensemble(
        name="one b for two products", field=prime_field(3), n=2, t=1, main=two_products,
        roles=beaver.ROLES, inputs={1: 1, 2: 2}, functionality=sharing.nothing, corrupted=(1,),
        idealised=beaver.TRUSTED,
    )  # fmt: skip


def no_self_masks() -> Iterator[Ensemble]:
    """Without self masks, a late masked input is bare once its pairwise masks are opened."""
    for ensemble in masked_sum.late():
        yield attrs.evolve(
            ensemble,
            name="toy aggregation, P3 late, no self masks",
            stuck=frozenset((i, "self-mask") for i in masked_sum.ALL),
        )


# -- five planted leaks ----------------------------------------------------------------------------


def unmasked_share() -> Iterator[Ensemble]:
    """P1's coins are stuck at 0, so its polynomial is the constant x."""
    for ensemble in bgw.xy_closed_5():
        if 1 not in ensemble.corrupted:
            yield attrs.evolve(ensemble, name="an unmasked share", stuck=frozenset({(1, "x")}))


async def two_dealings(party: Party, field: Algebra, own: Vec) -> None:
    """P1 deals two numbers."""
    await bgw.dealt(party, "one", 1, own[:1])
    await bgw.dealt(party, "two", 1, own[1:])


def reused_coin() -> Iterator[Ensemble]:
    """The second dealing's coins are those of the first: shares differ as the secrets do."""
    for seat in (2, 3):
        yield Ensemble(
            name="a reused coin", field=F, n=3, t=1, main=two_dealings, inputs={1: 2},
            functionality=sharing.nothing, corrupted=(seat,), again={(1, "two"): (1, "one")},
        )  # fmt: skip


async def padded(party: Party, field: Algebra, own: Vec) -> None:
    """P1 sends P2 as many uniform elements as its secret counts."""
    if party.me == 1:
        party.send(2, InputShare(field.random(party.coins, 4)[: int(own.array[0])]))
    if party.me == 2:
        await party.receive(1, InputShare)


async def dawdling(party: Party, field: Algebra, own: Vec) -> None:
    """P1 thinks as long as its secret is large, then sends a uniform element."""
    if party.me == 1:
        await party.sleep(int(own.array[0]) * MILLISECOND)
        party.send(2, InputShare(field.random(party.coins, 1)))
    if party.me == 2:
        await party.receive(1, InputShare)


async def squeamish(party: Party, field: Algebra, own: Vec) -> None:
    """P1 aborts if its secret is 0."""
    if party.me == 1:
        if int(own.array[0]) == 0:
            raise ProtocolAbort("other")
        party.send(2, PartialOpening(field.random(party.coins, 1)))
    if party.me == 2:
        await party.receive(1, PartialOpening)


def _planted(name: str, main: Main) -> Ensemble:
    return Ensemble(
        name=name, field=F, n=2, t=1, main=main, inputs={1: 1}, functionality=sharing.nothing,
        corrupted=(2,),
    )  # fmt: skip


def secret_size() -> Iterator[Ensemble]:
    yield _planted("a secret-dependent size", padded)


def secret_time() -> Iterator[Ensemble]:
    yield _planted("a secret-dependent time", dawdling)


def secret_abort() -> Iterator[Ensemble]:
    yield _planted("a secret-dependent abort", squeamish)
