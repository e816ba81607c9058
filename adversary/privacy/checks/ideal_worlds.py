"""Protocols against their functionalities: the textbooks' simulators, on F_5, n = 3."""

from collections.abc import Iterator, Mapping

import attrs

from turncoat.actors.party import Party
from turncoat.adversary.privacy.checks import bgw as products
from turncoat.adversary.privacy.checks import sharing
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.ideal import IdealWorld, Number, Simulation
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.toys.additive import open_additively

P = 5
F = prime_field(P)
OWNERS = {1: "x", 2: "y", 3: "w"}

# -- BGW: xy + w -----------------------------------------------------------------------------------


def simulate_bgw(s: Simulation) -> None:
    """The view of one corrupted P_i, from its own input and z = xy + w alone.

    Paper: [AL17, section 4], for n = 3 and t = 1.
    """
    ((i, (own,)),) = s.inputs.items()
    others = [j for j in (1, 2, 3) if j != i]

    # 1. Honest dealings: P_i's shares of them are uniform. Its own polynomial is f(X) = own + c·X.
    (c,) = s.coins(i, OWNERS[i])
    share: dict[str, Number] = {OWNERS[i]: own + c * i}
    for j in others:
        share[OWNERS[j]] = s.uniform(f"f_{j}({i})")
        s.message(j, i, OWNERS[j], "InputShare", values=share[OWNERS[j]])

    # 2. Honest resharings: uniform as well. P_i's own begins at d_i = x_i·y_i.
    (k,) = s.coins(i, "mul")
    g: dict[int, Number] = {i: share["x"] * share["y"] + k * i}
    for j in others:
        g[j] = s.uniform(f"g_{j}({i})")
        s.message(j, i, "mul", "SubShare", values=g[j])

    # 3. The opening: shares on the one line through (0, z) and (i, z_i), where z_i is fixed by now.
    (z,) = s.outputs[i]
    lam = lagrange((1, 2, 3), field=F)
    z_i = lam[0] * g[1] + lam[1] * g[2] + lam[2] * g[3] + share["w"]
    for j in others:
        at_zero, at_i = lagrange((0, i), at=j, field=F)
        s.message(j, i, "open", "PartialOpening", values=at_zero * z + at_i * z_i)


def bgw() -> Iterator[IdealWorld]:
    for real in products.xyw_5():
        yield IdealWorld(real=real, simulate=simulate_bgw)


def zero_resharing() -> Iterator[IdealWorld]:
    """Control: P1 reshares with a coefficient 0."""
    for real in products.xyw_5():
        if 1 not in real.corrupted:
            real = attrs.evolve(real, stuck=frozenset({(1, "mul")}))
            yield IdealWorld(real=real, simulate=simulate_bgw)


# -- a coin toss among parties that only listen ----------------------------------------------------


async def toss(party: Party, field: Algebra, own: Vec) -> Vec:
    """Σ c_i, where P_i throws c_i. (Whoever may deviate needs commitments: it could wait.)"""
    return await open_additively(party, field.random(party.coins, 1))


def fair(s: Simulation, inputs: Inputs) -> Mapping[int, tuple[Number, ...]]:
    """F_Coin: one uniform element, for everybody."""
    return dict.fromkeys((1, 2, 3), (s.uniform("the coin"),))


def simulate_toss(s: Simulation) -> None:
    """Coins of P_3, a uniform c_1, and c_2 = what is missing to the coin."""
    (c_3,), (coin,), c_1 = s.coins(3, ""), s.outputs[3], s.uniform("c_1")
    s.message(1, 3, "", "ToyOpening", values=c_1)
    s.message(2, 3, "", "ToyOpening", values=coin - c_1 - c_3)


def _toss() -> Ensemble:
    return Ensemble(
        name="a coin toss", field=F, n=3, t=2, main=toss, inputs={}, corrupted=(3,),
        functionality=sharing.nothing,
    )  # fmt: skip


def coin() -> Iterator[IdealWorld]:
    yield IdealWorld(real=_toss(), simulate=simulate_toss, functionality=fair)


def biased_coin() -> Iterator[IdealWorld]:
    """Control: P1 always throws 0, so that P3 sees c_2 determine the coin."""
    real = attrs.evolve(_toss(), stuck=frozenset({(1, "")}))
    yield IdealWorld(real=real, simulate=simulate_toss, functionality=fair)
