"""Sharing alone: what is dealt to a corrupted set says nothing of the secret."""

from collections.abc import Iterator
from itertools import combinations

from turncoat.actors.party import Party
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.bgw.share_input import share_input
from turncoat.protocols.toys.additive import share_additively


async def deal_additively(party: Party, field: Algebra, own: Vec) -> None:
    """P1 shares its input among all."""
    await share_additively(party, field, 1, own, 1)


async def deal_by_shamir(party: Party, field: Algebra, own: Vec) -> None:
    """P1 deals its input."""
    await share_input(party, 1, own, (1,))


def nothing(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """Nobody has an output."""
    return {}


def additive(n: int, p: int, corrupted: tuple[int, ...]) -> Ensemble:
    """P1's input shared additively among n parties over F_p."""
    return Ensemble(
        name=f"additive sharing, n = {n}", field=prime_field(p), n=n, t=n - 1,
        main=deal_additively, inputs={1: 1}, functionality=nothing, corrupted=corrupted,
    )  # fmt: skip


def shamir(n: int, t: int, p: int, corrupted: tuple[int, ...]) -> Ensemble:
    """P1's input dealt by a polynomial of degree t over F_p."""
    return Ensemble(
        name=f"Shamir's sharing, n = {n}, t = {t}", field=prime_field(p), n=n, t=t,
        main=deal_by_shamir, inputs={1: 1}, functionality=nothing, corrupted=corrupted,
    )  # fmt: skip


def additive_2() -> Iterator[Ensemble]:
    return _all_but_the_owner(2)


def additive_3() -> Iterator[Ensemble]:
    return _all_but_the_owner(3)


def additive_4() -> Iterator[Ensemble]:
    return _all_but_the_owner(4)


def _all_but_the_owner(n: int) -> Iterator[Ensemble]:
    yield additive(n, 5, tuple(range(2, n + 1)))


def shamir_3() -> Iterator[Ensemble]:
    return (shamir(3, 1, 5, corrupted) for corrupted in combinations((2, 3), 1))


def shamir_5() -> Iterator[Ensemble]:
    return (shamir(5, 2, 7, corrupted) for corrupted in combinations((2, 3, 4, 5), 2))
