"""What a message is, and its one canonical encoding: exact sizes, strict and bounded decoding.

A message is a frozen attrs class, one per arrow of a protocol's figure, made with `@message`; its
fields are declared with `elements`, `octets` or `integer`. The same code that encodes a
message computes its size and its fingerprint, so messages may travel by reference.

On the wire: a header of 32 bytes (128-bit hash of the sid, kind, sender, receiver, sequence,
length), then the fields in order. Field elements and octets of variable length carry a 4-byte
length, except in a message's only such field, whose length follows from the header.

How one field travels is in `codec.py`, all fields of a message in `format.py`, the header in
`header.py`.
"""

from typing import Any, TypeVar, cast, dataclass_transform

import attrs
from blake3 import blake3

from turncoat.actors.codec import Elements, Integer, Octets
from turncoat.actors.codec import Shape as Shape
from turncoat.actors.codec import Structure as Structure
from turncoat.actors.codec import Structures as Structures
from turncoat.actors.errors import MalformedMessage, MisuseError, SimulationBug
from turncoat.actors.format import CODEC, HEADER_BYTES, Format, Size, short
from turncoat.actors.header import Header


def elements(structure: str = "field") -> Any:
    """A vector of elements of the world's structure of that name. Payload."""
    return attrs.field(metadata={CODEC: Elements(structure)})


def octets(length: int | None = None, *, payload: bool = False) -> Any:
    """Bytes of a fixed length, or of any. Framing, unless they carry keys or ciphertext."""
    return attrs.field(metadata={CODEC: Octets(length, payload)})


def integer(width: int = 4) -> Any:
    """An unsigned integer of `width` bytes. Framing."""
    return attrs.field(metadata={CODEC: Integer(width, payload=False)})


@attrs.frozen
class Encoded:
    """A message as bytes that nobody has decoded yet: what really travels, or what a corrupted
    party says that no message class can say."""

    kind: str
    data: bytes


_FORMATS: dict[str, Format] = {}
_BY_CLASS: dict[type[Any], Format] = {}  # the same
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
    if other is not None:
        del _BY_CLASS[other.cls]
    _FORMATS[fmt.kind] = _BY_CLASS[frozen] = fmt
    return frozen


def format_of(kind: str) -> Format:
    """The wire format of a kind. Raises KeyError for a kind that no message class has."""
    return _FORMATS[kind]


def check(body: object, structures: Structures) -> str:
    """The kind of a message. Raises MisuseError unless `body` is one that the wire can carry."""
    fmt = _BY_CLASS.get(type(body))
    if fmt is None:
        if type(body) is Encoded:
            return body.kind
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
    return _BY_CLASS[type(body)].conform(body, shape)


def flat_class(kind: str) -> type[Any] | None:
    """The class of a kind whose messages hold no vector, and so need no opening; else None."""
    fmt = _FORMATS.get(kind)
    return None if fmt is None or fmt.vectors else fmt.cls


def shape_of(body: Any) -> Shape | None:
    """The shape of a message's first vector, None if it has none."""
    vectors = _BY_CLASS[type(body)].vectors
    return getattr(body, vectors[0]).shape if vectors else None


def size_of(body: Any, structures: Structures) -> Size:
    """Exact bytes of a message, or of an `Encoded` one (billed as payload)."""
    if type(body) is Encoded:
        return Size(len(body.data), HEADER_BYTES)
    return _BY_CLASS[type(body)].size(body, structures)


def encode(body: Any, structures: Structures) -> bytes:
    """The canonical encoding of a message, without its header."""
    if type(body) is Encoded:
        return body.data
    return b"".join(_BY_CLASS[type(body)].buffers(body, structures))


def fingerprint(body: Any, structures: Structures) -> int:
    """63 bits of BLAKE3 over the encoding: what the digest keeps of a message's content."""
    if type(body) is Encoded:
        return short(blake3(body.data))
    return _BY_CLASS[type(body)].fingerprint(body, structures)


def describe(body: Any, structures: Structures, marked: bool) -> tuple[str, Size, int]:
    """What the journal keeps of a message: kind, size and, if `marked`, fingerprint (else 0)."""
    fmt = _BY_CLASS.get(cast("type[Any]", type(body)))
    if fmt is None:
        mark = fingerprint(body, structures) if marked else 0
        return body.kind, size_of(body, structures), mark
    mark = fmt.fingerprint(body, structures) if marked else 0
    return fmt.kind, fmt.size(body, structures), mark


def kind_of(number: int) -> Format:
    """The format with that kind number. Raises MalformedMessage for an unknown one."""
    try:
        return _FORMATS[_NUMBERS[number]]
    except KeyError:
        raise MalformedMessage(f"no message has kind number {number}") from None


def round_trip(body: Any, header: Header, size: int, structures: Structures) -> Encoded:
    """`body` as the receiver gets it when every message is really encoded.

    Raises SimulationBug if the bytes are not exactly those that were billed.
    """
    data = encode(body, structures)
    if HEADER_BYTES + len(data) != size:
        there = HEADER_BYTES + len(data)
        raise SimulationBug(f"{type(body).__name__} was billed {size} bytes but has {there}")
    if Header.decode(header.encode()) != header:
        raise SimulationBug(f"{header} does not survive its own encoding")
    return Encoded(body.kind if type(body) is Encoded else type(body).__name__, data)


def number_of(kind: str) -> int:
    """The number by which the header names a kind; 0 for a kind that no class has."""
    return _FORMATS[kind].number if kind in _FORMATS else 0
