"""What preprocessing left with one party: masks, triples, squares, each for one step, used once.

Items lie under the sid of the step that will use them, so that strands side by side take the same
ones at every party. Knows nothing of who made them.
"""

from typing import TypeVar

import attrs

from turncoat.actors.errors import MisuseError
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.vec import Shape
from turncoat.protocols.spdz.auth_share import AuthShare


@attrs.frozen
class Mask:
    """⟨r⟩ of a uniform r. clear: r itself at the party that it was made for, None elsewhere."""

    share: AuthShare
    clear: Vec | None = attrs.field(repr=False)

    @property
    def shape(self) -> Shape:
        return self.share.shape


@attrs.frozen
class Triple:
    """⟨a⟩, ⟨b⟩, ⟨c⟩ of uniform a, b with c = a·b, entry by entry."""

    a: AuthShare
    b: AuthShare
    c: AuthShare

    @property
    def shape(self) -> tuple[Shape, Shape]:
        return self.a.shape, self.b.shape


@attrs.frozen
class MatrixTriple(Triple):
    """The same with c = a @ b."""


@attrs.frozen
class Square:
    """⟨a⟩, ⟨c⟩ of a uniform a with c = a², entry by entry."""

    a: AuthShare
    c: AuthShare

    @property
    def shape(self) -> Shape:
        return self.a.shape


@attrs.frozen
class Random:
    """⟨r⟩ of uniform elements, or bits, that nobody knows."""

    share: AuthShare

    @property
    def shape(self) -> Shape:
        return self.share.shape


@attrs.frozen
class Bit(Random):
    """The same with r in {0, 1}."""


Item = Mask | Triple | Square | Random
_I = TypeVar("_I", bound=Item)


class PrepShortage(MisuseError):
    """A step found no item made for it: the program takes another course than was announced."""


@attrs.define(eq=False)
class Stock:
    """Items by the sid of the step that each is for."""

    _items: dict[str, Item] = attrs.field(factory=dict[str, Item], repr=False)
    _used: set[str] = attrs.field(factory=set[str], init=False)

    def put(self, sid: str, item: Item) -> None:
        """Lay an item ready for the step of that sid."""
        self._items[sid] = item

    def holds(self, sid: str) -> type[Item] | None:
        """The kind of what lies ready for a step, if anything does."""
        return type(self._items[sid]) if sid in self._items else None

    def take(self, sid: str, kind: type[_I], shape: Shape | tuple[Shape, ...]) -> _I:
        """The item for that step; it is gone from here on.

        Raises MisuseError for a second use, PrepShortage if none, or one of another kind or shape,
        was made.
        """
        if sid in self._used:
            raise MisuseError(f"{sid}: its {_name(kind)} has been used; each serves one step")
        item = self._items.get(sid)
        if item is None or type(item) is not kind or item.shape != shape:
            made = "none was made" if item is None else f"made was a {_name(type(item))}"
            made += "" if item is None else f" of {_sizes(item.shape)}"
            raise PrepShortage(
                f"{sid} needs a {_name(kind)} of {_sizes(shape)}, and {made} ({len(self._items)} "
                "items are left): announce every step, and let no opened value change the steps"
            )
        self._used.add(sid)
        del self._items[sid]
        return item


def _name(kind: type[Item]) -> str:
    return "matrix triple" if kind is MatrixTriple else kind.__name__.lower()


def _sizes(shape: Shape | tuple[Shape, ...]) -> str:
    """ "3 entries", or the shapes of several."""
    if len(shape) == 1 and isinstance(shape[0], int):
        return f"{shape[0]} entries"
    return f"shape {shape}"
