"""What lies about values have in common: which fields of a message they touch, and how they tell.

A lie is typed: it acts on vectors of elements, on bytes and on integers as such, so that what is
under test is the protocol's check and not the decoder. Knows no particular lie.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Thought
from turncoat.actors.wire import Encoded, format_of
from turncoat.protocols.algebra.vec import Vec

Action = Callable[[Envelope], Iterable[Envelope] | Thought]


def parts(body: Any, part: str | None, *types: type) -> dict[str, Any]:
    """The fields of a message that hold one of `types`: the one called `part`, those of "a|b",
    or all. Empty for bytes that nobody has decoded."""
    if type(body) is Encoded:
        return {}
    names = format_of(type(body).__name__).codecs if part is None else part.split("|")
    found = {name: getattr(body, name, None) for name in names}
    return {name: value for name, value in found.items() if isinstance(value, types)}


def vectors(body: Any, part: str | None = None) -> dict[str, Vec]:
    """The vectors of a message."""
    return parts(body, part, Vec)


def width(body: Any, name: str) -> int:
    """The bytes that an integer field has on the wire."""
    return format_of(type(body).__name__).codecs[name].fixed or 0


def told(envelope: Envelope, changes: dict[str, Any]) -> Envelope:
    """The envelope with those fields changed; itself if there is nothing to change."""
    if not changes:
        return envelope
    return attrs.evolve(envelope, body=attrs.evolve(envelope.body, **changes))


def of_vectors(change: Callable[[Envelope, Vec], Vec], part: str | None) -> Action:
    """The action that makes `change(envelope, vector)` of every vector of a message."""

    def tell(envelope: Envelope) -> Iterator[Envelope]:
        found = vectors(envelope.body, part)
        yield told(envelope, {name: change(envelope, vec) for name, vec in found.items()})

    return tell


def shifted(envelope: Envelope, by: int, part: str | None = None) -> Envelope:
    """The same message saying something else, `by` away: its vectors, or else its integers, or else
    the first byte of its strings of bytes. Itself for by = 0, or if there is nothing to shift."""
    body = envelope.body
    if not by:
        return envelope
    if found := vectors(body, part):
        return told(envelope, {name: vec + by for name, vec in found.items()})
    if numbers := parts(body, part, int):
        return told(envelope, {k: (v + by) % (1 << 8 * width(body, k)) for k, v in numbers.items()})
    strings = {name: value for name, value in parts(body, part, bytes).items() if value}
    return told(envelope, {k: bytes([(v[0] + by) % 256]) + v[1:] for k, v in strings.items()})
