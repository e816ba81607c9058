"""The wire format of one class of messages: sizes, encoding, strict and bounded decoding.

Compiled once from the fields that the class declares. Knows neither the header nor other classes.
"""

from hashlib import blake2b
from math import prod
from operator import attrgetter
from typing import Any, Final, NamedTuple

import attrs
from blake3 import blake3

from turncoat.actors.codec import Buffer, Codec, Elements, Shape, Structures, Vector
from turncoat.actors.errors import MalformedMessage, MisuseError

HEADER_BYTES = 32
LENGTH_BYTES = 4
CODEC = "turncoat.codec"  # where a field's metadata keep it


class Size(NamedTuple):
    """Bytes of one message, header included in the framing."""

    payload: int
    framing: int


def short(state: blake3) -> int:
    """The first 63 bits of a digest."""
    return int.from_bytes(state.digest(8), "little") >> 1


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
            if len(view) < LENGTH_BYTES:
                raise MalformedMessage(f"{self.name} has no length")
            width = int.from_bytes(view[:LENGTH_BYTES], "little")
            view = view[LENGTH_BYTES:]
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
        codecs: dict[str, Codec] = {f.name: f.metadata[CODEC] for f in attrs.fields(cls)}
        self.codecs: Final = codecs
        self.vectors: Final = tuple(n for n, c in codecs.items() if isinstance(c, Elements))
        variable = [name for name, codec in codecs.items() if codec.fixed is None]
        widths = [codec.fixed or 0 for codec in codecs.values()]
        self._parts: Final = tuple(
            _Part(name, codec, name in variable and len(variable) > 1, sum(widths[k + 1 :]))
            for k, (name, codec) in enumerate(codecs.items())
        )
        self._alone: Final = self._parts[0].codec.encode if len(self._parts) == 1 else None
        self._value: Final = attrgetter(self._parts[0].name) if self._parts else None
        self._variable: Final = tuple(part for part in self._parts if part.codec.fixed is None)
        fixed = sum(codec.fixed or 0 for codec in codecs.values() if codec.payload)
        prefixes = LENGTH_BYTES * sum(part.prefixed for part in self._parts)
        self._least: Final = Size(fixed, HEADER_BYTES + prefixes + sum(widths) - fixed)

    def size(self, body: Any, structures: Structures) -> Size:
        """Exact bytes of `body`, without encoding it."""
        if not self._variable:
            return self._least
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
        if self._alone is not None and self._value is not None:
            return [self._alone(self._value(body), structures)]
        pieces: list[Buffer] = []
        for part in self._parts:
            piece = part.codec.encode(getattr(body, part.name), structures)
            if part.prefixed:
                pieces.append(len(piece).to_bytes(LENGTH_BYTES, "little"))
            pieces.append(piece)
        return pieces

    def fingerprint(self, body: Any, structures: Structures) -> int:
        """63 bits of BLAKE3 over the encoding."""
        if self._alone is not None and self._value is not None:
            return short(blake3(self._alone(self._value(body), structures)))
        state = blake3()
        for piece in self.buffers(body, structures):
            state.update(piece)
        return short(state)

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
