"""The inputs of a layout, one by one, each with its owner and its sid. Knows no values."""

from collections.abc import Iterator

import attrs

from turncoat.actors.wire import Shape
from turncoat.protocols.arithmetic.program import Layout


@attrs.frozen
class Slot:
    """One input in the layout; `index` is its owner's."""

    index: int
    owner: str
    name: str
    shape: Shape

    @property
    def sid(self) -> str:
        """Its sid below that of the program."""
        return f"input.{self.index}.{self.name}"


def slots(layout: Layout, owner: str | None = None) -> Iterator[Slot]:
    """All inputs in the layout's order, or those of one owner."""
    for index, (party, names) in enumerate(layout.items(), 1):
        if owner in (None, party):
            yield from (Slot(index, party, name, shape) for name, shape in names.items())
