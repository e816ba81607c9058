"""BGW's product with t = 1 of n = 3, by the family's own figures, before and after opening.

z = xy alone gives a corrupted owner of x little to compare (only x = 0 leaves y open), hence also
z = xy + w.
"""

from collections.abc import Iterator
from functools import partial

from turncoat.actors.party import Party
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.share_input import share_input


async def dealt(party: Party, name: str, owner: int, own: Vec) -> Share:
    """[x]_t of one number of an owner."""
    return await share_input(party.sub(name), owner, own, (1,))


async def product(party: Party, field: Algebra, own: Vec) -> Vec:
    """x from P1, y from P2; xy opened."""
    z = await _product(party, own)
    return await open_to_all(party.sub("open"), z)


async def closed_product(party: Party, field: Algebra, own: Vec) -> None:
    """The same, and nothing opened."""
    await _product(party, own)


async def product_and_sum(party: Party, field: Algebra, own: Vec) -> Vec:
    """x from P1, y from P2, w from P3; xy + w opened."""
    w = await dealt(party, "w", 3, own)
    z = await _product(party, own)
    return await open_to_all(party.sub("open"), z + w)


async def closed_product_and_sum(party: Party, field: Algebra, own: Vec) -> None:
    """The same, and nothing opened."""
    await dealt(party, "w", 3, own)
    await _product(party, own)


async def _product(party: Party, own: Vec) -> Share:
    x = await dealt(party, "x", 1, own)
    y = await dealt(party, "y", 2, own)
    return await multiply(party.sub("mul"), x, y)


def outputs(p: int, inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """xy, or xy + w if there is a w, for everybody."""
    (x,), (y,), (w,) = inputs[1], inputs[2], inputs.get(3, (0,))
    return dict.fromkeys((1, 2, 3), ((x * y + w) % p,))


def nothing(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """Nobody has an output."""
    return {}


def ensemble(p: int, formula: str, corrupted: tuple[int, ...], *, closed: bool) -> Ensemble:
    """xy or xy + w over F_p."""
    alone = formula == "xy"
    if closed:
        main = closed_product if alone else closed_product_and_sum
    else:
        main = product if alone else product_and_sum
    return Ensemble(
        name=f"BGW {formula}, closed" if closed else f"BGW {formula}",
        field=prime_field(p),
        n=3,
        t=1,
        main=main,
        inputs={1: 1, 2: 1} if alone else {1: 1, 2: 1, 3: 1},
        functionality=nothing if closed else partial(outputs, p),
        corrupted=corrupted,
    )


def _every_seat(p: int, formula: str, *, closed: bool = False) -> Iterator[Ensemble]:
    return (ensemble(p, formula, (seat,), closed=closed) for seat in (1, 2, 3))


def xy_5() -> Iterator[Ensemble]:
    return _every_seat(5, "xy")


def xy_7() -> Iterator[Ensemble]:
    return _every_seat(7, "xy")


def xy_closed_5() -> Iterator[Ensemble]:
    return _every_seat(5, "xy", closed=True)


def xy_closed_7() -> Iterator[Ensemble]:
    return _every_seat(7, "xy", closed=True)


def xyw_5() -> Iterator[Ensemble]:
    return _every_seat(5, "xy + w")


def xyw_7() -> Iterator[Ensemble]:
    return _every_seat(7, "xy + w")


def xyw_closed_5() -> Iterator[Ensemble]:
    return _every_seat(5, "xy + w", closed=True)


def xyw_closed_7() -> Iterator[Ensemble]:
    return _every_seat(7, "xy + w", closed=True)
