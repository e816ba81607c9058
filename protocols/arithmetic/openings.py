"""The messages by which every arithmetic family opens a share: to all, or through a king.

One class per arrow, shared by the families, so that an adversary names them alike in all. Knows no
sharing.
"""

from turncoat.actors.wire import elements, message
from turncoat.protocols.algebra.field import Vec


@message
class PartialOpening:
    """x_i from P_i: its share of the value that is opened."""

    values: Vec = elements()


@message
class ShareForKing:
    """x_i from P_i to the king: its share of the value that is opened."""

    values: Vec = elements()


@message
class KingsOpening:
    """x from the king to P_j."""

    values: Vec = elements()
