"""What a message is, and its one canonical encoding: exact sizes, strict and bounded decoding.

A message is a frozen attrs class, one per arrow of a protocol's figure, made with `@message`; its
fields are declared with `elements`, `octets` or `integer`. The same code that encodes a
message computes its size and its fingerprint, so messages may travel by reference.

On the wire: a header of 32 bytes (128-bit hash of the sid, kind, sender, receiver, sequence,
length), then the fields in order. Field elements and octets of variable length carry a 4-byte
length, except in a message's only such field, whose length follows from the header.

Knows no field: a vector is whatever the world's `Structure` of that name encodes.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from math import prod
from typing import Any, Final, NamedTuple, Protocol, Self, TypeVar, dataclass_transform

import attrs
from blake3 import blake3

from turncoat.actors.errors import MalformedMessage, MisuseError, SimulationBug

HEADER_BYTES = 32
_CODEC = "turncoat.codec"
_LENGTH_BYTES = 4

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
class _Elements:
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
class _Octets:
    fixed: int | None
    payload: bool

    def accepts(self, value: object, structures: Structures) -> bool:
        return isinstance(value, bytes) and self.fixed in (None, len(value))

    def size(self, value: bytes, structures: Structures) -> int:
        return len(value)

    def encode(self, value: bytes, structures: Structures) -> Buffer:
        return value

    def decode(self, data: Buffer, structures: Structures, count: int | None) -> bytes:
        return bytes(data)


@attrs.frozen
class _Integer:
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


def elements(structure: str = "field") -> Any:
    """A vector of elements of the world's structure of that name. Payload."""
    return attrs.field(metadata={_CODEC: _Elements(structure)})


def octets(length: int | None = None, *, payload: bool = False) -> Any:
    """Bytes of a fixed length, or of any. Framing, unless they carry keys or ciphertext."""
    return attrs.field(metadata={_CODEC: _Octets(length, payload)})


def integer(width: int = 4) -> Any:
    """An unsigned integer of `width` bytes. Framing."""
    return attrs.field(metadata={_CODEC: _Integer(width, payload=False)})


@attrs.frozen
class Encoded:
    """A message as bytes that nobody has decoded yet: what really travels, or what a corrupted
    party says that no message class can say."""

    kind: str
    data: bytes


class Size(NamedTuple):
    """Bytes of one message, header included in the framing."""

    payload: int
    framing: int


@attrs.frozen
class _Part:
    """One field of a message on the wire."""

    name: str
    codec: Codec
    prefixed: bool  # preceded by its length
    fixed_after: int  # bytes of the fixed fields behind it, for a bare variable field

    def take(self, view: memoryview) -> tuple[memoryview, memoryview]:
        """(this field's bytes, the rest); MalformedMessage if `view` is too short."""
        if self.codec.fixed is not None:
            width = self.codec.fixed
        elif self.prefixed:
            if len(view) < _LENGTH_BYTES:
                raise MalformedMessage(f"{self.name} has no length")
            width = int.from_bytes(view[:_LENGTH_BYTES], "little")
            view = view[_LENGTH_BYTES:]
        else:
            width = len(view) - self.fixed_after
        if not 0 <= width <= len(view):
            raise MalformedMessage(f"{self.name} is cut short")
        return view[:width], view[width:]


class Format:
    """The wire format of one message class, compiled once when the class is defined."""

    def __init__(self, cls: type[Any]) -> None:
        self.cls: Final = cls
        self.kind: Final = cls.__name__
        self.number: Final = int.from_bytes(blake2b(self.kind.encode(), digest_size=2).digest())
        codecs: dict[str, Codec] = {f.name: f.metadata[_CODEC] for f in attrs.fields(cls)}
        self.vectors: Final = tuple(n for n, c in codecs.items() if isinstance(c, _Elements))
        variable = [name for name, codec in codecs.items() if codec.fixed is None]
        widths = [codec.fixed or 0 for codec in codecs.values()]
        self._parts: Final = tuple(
            _Part(name, codec, name in variable and len(variable) > 1, sum(widths[k + 1 :]))
            for k, (name, codec) in enumerate(codecs.items())
        )
        self._alone: Final = self._parts[0] if len(self._parts) == 1 else None
        self._variable: Final = tuple(part for part in self._parts if part.codec.fixed is None)
        fixed = sum(codec.fixed or 0 for codec in codecs.values() if codec.payload)
        prefixes = _LENGTH_BYTES * sum(part.prefixed for part in self._parts)
        self._least: Final = (fixed, HEADER_BYTES + prefixes + sum(widths) - fixed)

    def size(self, body: Any, structures: Structures) -> Size:
        """Exact bytes of `body`, without encoding it."""
        payload, framing = self._least
        for part in self._variable:
            size = part.codec.size(getattr(body, part.name), structures)
            if part.codec.payload:
                payload += size
            else:
                framing += size
        return Size(payload, framing)

    def buffers(self, body: Any, structures: Structures) -> list[Buffer]:
        """The encoding of `body` in pieces; large vectors are not copied."""
        if self._alone is not None:
            return [self._alone.codec.encode(getattr(body, self._alone.name), structures)]
        pieces: list[Buffer] = []
        for part in self._parts:
            piece = part.codec.encode(getattr(body, part.name), structures)
            if part.prefixed:
                pieces.append(len(piece).to_bytes(_LENGTH_BYTES, "little"))
            pieces.append(piece)
        return pieces

    def decode(self, data: bytes, structures: Structures, shape: Shape | None = None) -> Any:
        """The message in `data`. Raises MalformedMessage for anything no encoder produces.

        shape: of the vectors that are expected. A structure whose elements share bytes (bits) is
        told how many there are; without a shape it gives as many as the bytes can hold.
        """
        view, values = memoryview(data), dict[str, Any]()
        count = None if shape is None else prod(shape)
        try:
            for part in self._parts:
                field, view = part.take(view)
                values[part.name] = part.codec.decode(field, structures, count)
        except ValueError as error:
            raise MalformedMessage(f"{self.kind}: {error}") from error
        if view:
            raise MalformedMessage(f"{self.kind}: {len(view)} bytes too many")
        return self.cls(**values)

    def check(self, body: Any, structures: Structures) -> None:
        """Raises MisuseError unless every field of `body` is what it was declared to be."""
        for part in self._parts:
            value = getattr(body, part.name)
            if not part.codec.accepts(value, structures):
                raise MisuseError(
                    f"{self.kind}.{part.name} cannot be {value!r:.80}: not what its field declares"
                )

    def conform(self, body: Any, shape: Shape | None) -> Any:
        """`body` with its vectors in the shape that the receiver expects (None: flat).

        Raises MalformedMessage if a vector has another number of elements.
        """
        if not self.vectors:
            return body
        changed: dict[str, Vector] = {}
        for name in self.vectors:
            vec: Vector = getattr(body, name)
            wanted = (vec.size,) if shape is None else shape
            if vec.shape == wanted:
                continue
            if vec.size != prod(wanted):
                raise MalformedMessage(
                    f"{self.kind}.{name} has {vec.size} elements, expected {prod(wanted)}"
                )
            changed[name] = vec.reshape(wanted)
        return attrs.evolve(body, **changed) if changed else body


_FORMATS: dict[str, Format] = {}
_NUMBERS: dict[int, str] = {}
_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(elements, octets, integer))
def message(cls: type[_T]) -> type[_T]:
    """Make `cls` a message: frozen, slotted, with a wire format. Its name is its kind."""
    frozen = attrs.frozen(cls)
    fmt = Format(frozen)
    other = _FORMATS.get(fmt.kind)
    if other is not None and other.cls.__module__ != cls.__module__:
        raise TypeError(f"{cls.__module__} and {other.cls.__module__} both define {fmt.kind}")
    if _NUMBERS.setdefault(fmt.number, fmt.kind) != fmt.kind:
        raise TypeError(f"{fmt.kind} has {_NUMBERS[fmt.number]}'s kind number; rename one")
    _FORMATS[fmt.kind] = fmt
    return frozen


def format_of(kind: str) -> Format:
    """The wire format of a kind. Raises KeyError for a kind that no message class has."""
    return _FORMATS[kind]


def check(body: object, structures: Structures) -> str:
    """The kind of a message. Raises MisuseError unless `body` is one that the wire can carry."""
    if type(body) is Encoded:
        return body.kind
    fmt = _FORMATS.get(type(body).__name__)
    if fmt is None or type(body) is not fmt.cls:
        raise MisuseError(f"{body!r:.80} is no message: its class is not made with @message")
    fmt.check(body, structures)
    return fmt.kind


def open_body(body: Any, shape: Shape | None, structures: Structures) -> Any:
    """A received body, decoded if need be, with its vectors in the expected shape.

    Raises MalformedMessage for what no honest party sends.
    """
    if type(body) is Encoded:
        fmt = _FORMATS.get(body.kind)
        if fmt is None:
            raise MalformedMessage(f"no message is called {body.kind}")
        return fmt.conform(fmt.decode(body.data, structures, shape), shape)
    return _FORMATS[type(body).__name__].conform(body, shape)


def flat_class(kind: str) -> type[Any] | None:
    """The class of a kind whose messages hold no vector, and so need no opening; else None."""
    fmt = _FORMATS.get(kind)
    return None if fmt is None or fmt.vectors else fmt.cls


def shape_of(body: Any) -> Shape | None:
    """The shape of a message's first vector, None if it has none."""
    vectors = _FORMATS[type(body).__name__].vectors
    return getattr(body, vectors[0]).shape if vectors else None


def size_of(body: Any, structures: Structures) -> Size:
    """Exact bytes of a message, or of an `Encoded` one (billed as payload)."""
    if type(body) is Encoded:
        return Size(len(body.data), HEADER_BYTES)
    return _FORMATS[type(body).__name__].size(body, structures)


def encode(body: Any, structures: Structures) -> bytes:
    """The canonical encoding of a message, without its header."""
    if type(body) is Encoded:
        return body.data
    return b"".join(_FORMATS[type(body).__name__].buffers(body, structures))


def fingerprint(body: Any, structures: Structures) -> int:
    """63 bits of BLAKE3 over the encoding: what the digest keeps of a message's content."""
    pieces = (
        [body.data]
        if type(body) is Encoded
        else _FORMATS[type(body).__name__].buffers(body, structures)
    )
    state = blake3(pieces[0] if pieces else b"")
    for piece in pieces[1:]:
        state.update(piece)
    return int.from_bytes(state.digest(length=8), "little") >> 1


@lru_cache(maxsize=4096)
def sid_hash(sid: str) -> bytes:
    """The 128-bit name of a sid on the wire."""
    return blake2b(sid.encode(), digest_size=16).digest()


@attrs.frozen
class Header:
    """The fixed 32 bytes before every message."""

    sid: bytes
    kind: int
    sender: int
    receiver: int
    sequence: int
    length: int

    def encode(self) -> bytes:
        route = self.kind << 48 | self.sender << 24 | self.receiver
        return b"".join(
            (
                self.sid,
                route.to_bytes(8, "little"),
                self.sequence.to_bytes(4, "little"),
                self.length.to_bytes(4, "little"),
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Raises MalformedMessage unless `data` is exactly one header."""
        if len(data) != HEADER_BYTES:
            raise MalformedMessage(f"a header has {HEADER_BYTES} bytes, not {len(data)}")
        route = int.from_bytes(data[16:24], "little")
        mask = (1 << 24) - 1
        sequence, length = (int.from_bytes(data[k : k + 4], "little") for k in (24, 28))
        return cls(data[:16], route >> 48, route >> 24 & mask, route & mask, sequence, length)


def kind_of(number: int) -> Format:
    """The format with that kind number. Raises MalformedMessage for an unknown one."""
    try:
        return _FORMATS[_NUMBERS[number]]
    except KeyError:
        raise MalformedMessage(f"no message has kind number {number}") from None


def round_trip(body: Any, header: Header, size: Size, structures: Structures) -> Encoded:
    """`body` as the receiver gets it when every message is really encoded.

    Raises SimulationBug if the bytes are not exactly those that were billed.
    """
    data = encode(body, structures)
    if HEADER_BYTES + len(data) != size.payload + size.framing:
        raise SimulationBug(f"{type(body).__name__} was billed {size} but has {len(data)} bytes")
    if Header.decode(header.encode()) != header:
        raise SimulationBug(f"{header} does not survive its own encoding")
    return Encoded(body.kind if type(body) is Encoded else type(body).__name__, data)


def number_of(kind: str) -> int:
    """The number by which the header names a kind; 0 for a kind that no class has."""
    return _FORMATS[kind].number if kind in _FORMATS else 0
