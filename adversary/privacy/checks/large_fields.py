"""The same protocols over F_p, p = 2^61 − 1, where nothing can be enumerated.

Each experiment brings a leak of its own that must be found. The five planted leaks are also checks
of their own, as controls: the honest protocol is then what they are planted in.
"""

from collections.abc import Iterator
from functools import partial

import attrs

from turncoat.actors.party import Party
from turncoat.adversary.privacy.checks import bgw, controls, masked_sum
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs, Main
from turncoat.adversary.privacy.extraction import Attack
from turncoat.adversary.privacy.statistical import Experiment
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.pairwise_seeds import pairwise_seeds
from turncoat.protocols.bgw.reduce_degree_compressed import reduce_degree_compressed
from turncoat.protocols.bgw.share_input_compressed import (
    deal_compressed_input,
    receive_compressed_input,
)

FIELD = prime_field(2**61 - 1)
P = FIELD.p


def _bgw(n: int, t: int, corrupted: tuple[int, ...], main: Main, name: str) -> Ensemble:
    return Ensemble(
        name=name, field=FIELD, n=n, t=t, main=main, inputs={1: 1, 2: 1, 3: 1},
        functionality=partial(_product_and_sum, n), corrupted=corrupted,
    )  # fmt: skip


def _product_and_sum(n: int, inputs: Inputs) -> dict[int, tuple[int, ...]]:
    (x,), (y,), (w,) = inputs[1], inputs[2], inputs[3]
    return dict.fromkeys(range(1, n + 1), ((x * y + w) % P,))


# Two inputs with one output, xy + w = 12, and one w: P3 and everybody behind it must see no
# difference.
ALIKE: tuple[Inputs, Inputs] = ({1: (2,), 2: (3,), 3: (6,)}, {1: (1,), 2: (6,), 3: (6,)})


async def compressed(party: Party, field: Algebra, own: Vec) -> Vec:
    """xy + w by the variant with pairwise seeds: AES-128 in the place of dealt shares."""
    seeds = await pairwise_seeds(party.sub("setup"))
    shares = list[Share]()
    for owner, name in ((1, "x"), (2, "y"), (3, "w")):
        sub = party.sub(name)
        if party.me == owner:
            deal_compressed_input(sub, own, seeds)
        shares.append(await receive_compressed_input(sub, owner, field, (1,), seeds))
    x, y, w = shares
    z = await reduce_degree_compressed(party.sub("mul"), x * y, seeds)
    return await open_to_all(party.sub("open"), z + w)


def bgw_views() -> Iterator[Experiment]:
    """n = 3 and n = 5; the planted leak: P1's dealing of x is a constant polynomial."""
    for n, t, corrupted in ((3, 1, (3,)), (5, 2, (3, 4)), (5, 2, (4, 5))):
        honest = _bgw(n, t, corrupted, bgw.product_and_sum, f"BGW xy + w, n = {n}")
        planted = attrs.evolve(honest, name="an unmasked share", stuck=frozenset({(1, "x")}))
        yield Experiment(ensemble=honest, inputs=ALIKE, planted=planted)


def compressed_views() -> Iterator[Experiment]:
    """Keys and derived shares; the planted leak: P1's seeds come from stuck coins, so P2's share
    of x is the same in every run, and P3's follows from x."""
    honest = _bgw(3, 1, (3,), compressed, "BGW xy + w with pairwise seeds")
    planted = attrs.evolve(honest, name="a stuck seed", stuck=frozenset({(1, "setup")}))
    yield Experiment(ensemble=honest, inputs=ALIKE, planted=planted)


def masked_sum_views() -> Iterator[Experiment]:
    """The toy aggregation with a late input; the planted leak: no self masks."""
    inputs: tuple[Inputs, Inputs] = (
        {1: (5,), 2: (7,), 3: (11,)},
        {1: (4,), 2: (8,), 3: (23,)},
    )
    large = {"field": FIELD, "functionality": partial(masked_sum.outputs, P, (1, 2))}
    honest = attrs.evolve(next(masked_sum.late()), **large)
    planted = attrs.evolve(next(controls.no_self_masks()), **large)
    yield Experiment(ensemble=honest, inputs=inputs, planted=planted)


# -- the five planted leaks, as what is examined ---------------------------------------------------


def _two_dealings(again: bool) -> Ensemble:
    return attrs.evolve(
        next(controls.reused_coin()),
        field=FIELD,
        again={(1, "two"): (1, "one")} if again else {},
        name="a reused coin" if again else "two dealings",
    )


def _found(planted: Ensemble, one: Inputs, two: Inputs) -> Iterator[Experiment]:
    planted = attrs.evolve(planted, field=FIELD)
    yield Experiment(ensemble=planted, inputs=(one, two), planted=planted)


def unmasked_share() -> Iterator[Experiment]:
    leak = attrs.evolve(next(controls.unmasked_share()), corrupted=(3,))
    return _found(leak, {1: (2,), 2: (3,)}, {1: (1,), 2: (6,)})


def reused_coin() -> Iterator[Experiment]:
    return _found(_two_dealings(again=True), {1: (2, 9)}, {1: (3, 7)})


def secret_size() -> Iterator[Experiment]:
    return _found(next(controls.secret_size()), {1: (1,)}, {1: (3,)})


def secret_time() -> Iterator[Experiment]:
    return _found(next(controls.secret_time()), {1: (1,)}, {1: (3,)})


def secret_abort() -> Iterator[Experiment]:
    return _found(next(controls.secret_abort()), {1: (0,)}, {1: (3,)})


# -- extractors ------------------------------------------------------------------------------------


def bare_shares() -> Iterator[Attack]:
    """Is a share the input itself?"""
    honest = _bgw(3, 1, (3,), bgw.product_and_sum, "BGW xy + w")
    planted = attrs.evolve(honest, name="an unmasked share", stuck=frozenset({(1, "x")}))
    yield Attack(ensemble=honest, extractor="bare", target=(1, 0), planted=planted)


def few_shares() -> Iterator[Attack]:
    """Do t shares determine the input? t + 1 do."""
    honest = _bgw(5, 2, (4, 5), bgw.product_and_sum, "BGW xy + w, n = 5")
    planted = attrs.evolve(honest, name="t + 1 corrupted", corrupted=(3, 4, 5))
    yield Attack(ensemble=honest, extractor="interpolated", target=(1, 0), planted=planted)


def related_dealings() -> Iterator[Attack]:
    """Does one secret of a dealer give away the other?"""
    yield Attack(
        ensemble=_two_dealings(again=False), extractor="shifted", target=(1, 1),
        planted=_two_dealings(again=True), known=(0,),
    )  # fmt: skip
