"""How one field of a message travels: a vector of elements, octets, or an integer.

Knows no field: a vector is whatever the world's `Structure` of that name encodes.
"""

from collections.abc import Mapping
from typing import Any, Protocol, Self

import attrs

Buffer = bytes | memoryview
Shape = tuple[int, ...]


class Vector(Protocol):
    """What `actors/` needs of a vector of elements: its shape, and to change it."""

    @property
    def shape(self) -> Shape: ...
    @property
    def size(self) -> int: ...
    def reshape(self, shape: Shape) -> Self: ...


class Structure(Protocol):
    """An algebraic structure as the wire sees it: vectors to bytes and back.

    One whose elements share bytes has `shares_bytes = True` besides, and its `decode` takes the
    number of elements as a second argument, None where nobody knows it.
    """

    def encode(self, vec: Any) -> Buffer: ...
    def decode(self, data: Buffer) -> Any:
        """A flat vector; ValueError if the bytes are not a canonical encoding."""
        ...

    def encoded_size(self, vec: Any) -> int: ...
    def accepts(self, obj: object) -> bool: ...


Structures = Mapping[str, Structure]


class Codec(Protocol):
    """How one field travels. `fixed` is its width in bytes, None if the length varies."""

    fixed: int | None
    payload: bool

    def accepts(self, value: object, structures: Structures) -> bool: ...
    def size(self, value: Any, structures: Structures) -> int: ...
    def encode(self, value: Any, structures: Structures) -> Buffer: ...
    def decode(self, data: Buffer, structures: Structures, count: int | None) -> Any:
        """count: of the elements that are expected, None for any number."""
        ...


@attrs.frozen
class Elements:
    """A vector of elements of the world's structure of that name."""

    structure: str
    fixed: int | None = None
    payload: bool = True

    def accepts(self, value: object, structures: Structures) -> bool:
        return structures[self.structure].accepts(value)

    def size(self, value: Any, structures: Structures) -> int:
        return structures[self.structure].encoded_size(value)

    def encode(self, value: Any, structures: Structures) -> Buffer:
        return structures[self.structure].encode(value)

    def decode(self, data: Buffer, structures: Structures, count: int | None) -> Any:
        structure: Any = structures[self.structure]
        if getattr(structure, "shares_bytes", False):  # the bytes alone do not tell how many
            return structure.decode(data, count)
        return structure.decode(data)


@attrs.frozen
class Octets:
    """Bytes: `fixed` of them, or any number."""

    fixed: int | None
    payload: bool

    def accepts(self, value: object, structures: Structures) -> bool:
        return isinstance(value, bytes) and (self.fixed is None or len(value) == self.fixed)

    def size(self, value: bytes, structures: Structures) -> int:
        return len(value)

    def encode(self, value: bytes, structures: Structures) -> Buffer:
        return value

    def decode(self, data: Buffer, structures: Structures, count: int | None) -> bytes:
        return bytes(data)


@attrs.frozen
class Integer:
    """An unsigned integer of `fixed` bytes, the lowest first."""

    fixed: int
    payload: bool

    def accepts(self, value: object, structures: Structures) -> bool:
        return type(value) is int and 0 <= value < 1 << 8 * self.fixed

    def size(self, value: int, structures: Structures) -> int:
        return self.fixed

    def encode(self, value: int, structures: Structures) -> Buffer:
        return value.to_bytes(self.fixed, "little")

    def decode(self, data: Buffer, structures: Structures, count: int | None) -> int:
        return int.from_bytes(data, "little")
