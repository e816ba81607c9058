"""The variants of SPDZ: how far the products of preprocessing are trusted.

Each is data, and the orders that follow from announced steps. The figures themselves are in the
files beside this one.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import numpy as np

from turncoat.actors.errors import SimulationBug
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.arithmetic.family import Announced
from turncoat.protocols.functionalities.prep import PRODUCTS, Order
from turncoat.protocols.spdz.sacrifice import Product
from turncoat.protocols.spdz.stock import Item, Square, Triple

SPENT = "sacrificed"  # what follows the sid of a product's second, which is spent on it


@attrs.frozen
class Variant:
    """unchecked: may the adversary have the dealer shift a product? sacrifice: is every product
    held against a second one? about: what that means, in a phrase."""

    name: str
    unchecked: bool
    sacrifice: bool
    about: str

    def dealing_error(self, field: Field) -> Fraction:
        """With what probability a wrong product goes unnoticed, checks of openings aside."""
        if not self.unchecked:
            return Fraction(0)
        return Fraction(2, field.order) if self.sacrifice else Fraction(1)

    def orders(self, announced: Sequence[Announced]) -> list[Order]:
        """What the dealer is asked for: an item for every step that needs one, and a second for
        every product that is to be sacrificed for."""
        orders = [order for step in announced for order in _orders(step)]
        if self.sacrifice:
            orders += [_second(order) for order in orders if order.kind in PRODUCTS]
        return orders


VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("plain", False, False, "products are right"),
        Variant("sacrifice", True, True, "products may be wrong, and are checked"),
        Variant("unchecked", True, False, "products may be wrong, and nobody checks"),
    )
}


def pairs(orders: Sequence[Order], items: dict[str, Item]) -> list[tuple[Product, Product]]:
    """Every product with the one that is to be spent on it, which is taken out of the items."""
    firsts = [order.sid for order in orders if _second(order).sid in items]
    return [(_product(items[sid]), _product(items.pop(f"{sid}/{SPENT}"))) for sid in firsts]


def _product(item: Item) -> Product:
    if not isinstance(item, Triple | Square):
        raise SimulationBug(f"{item!r:.80} is to be sacrificed for, and is no product")
    return item


def _second(order: Order) -> Order:
    return attrs.evolve(order, sid=f"{order.sid}/{SPENT}")


def _orders(step: Announced) -> Iterator[Order]:
    match step.name:
        case "input":
            (owner,) = step.owners
            yield Order("mask", step.sid, step.shapes, owner)
        case "multiply" if step.square:  # both factors are one secret, and have one shape
            yield Order("square", step.sid, step.shapes[:1])
        case "multiply":
            yield Order("triple", step.sid, (np.broadcast_shapes(*step.shapes),))
        case "dot":
            yield Order("matrix-triple", step.sid, step.shapes)
        case "open-to":
            for receiver in step.owners:
                yield Order("mask", f"{step.sid}/{receiver}", ((step.m,),), receiver)
        case _:
            pass
