"""A toy world for tests of the kernel: an algebra, a tape, messages and rules of a few lines each.

Shares no code with `protocols/`: what holds here holds for any structure and any tape.
"""

from collections.abc import Callable, Iterable
from hashlib import shake_128
from math import prod
from struct import pack, unpack
from typing import Any

import attrs
import numpy as np

from turncoat.actors.envelope import Envelope
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.rule import Change, Receipt
from turncoat.actors.topology import Cast, Host, Override, Topology
from turncoat.actors.wire import elements, integer, message, octets
from turncoat.actors.world import Run, World

P = 65_521  # the largest prime below 2^16: fifteen 2-byte words are no element
HEADER = 32


@attrs.frozen
class Residues:
    """A vector over Z_P: flat values and a shape."""

    values: tuple[int, ...]
    shape: tuple[int, ...] = attrs.field()

    @shape.default
    def _flat(self) -> tuple[int, ...]:
        return (len(self.values),)

    @property
    def size(self) -> int:
        return len(self.values)

    def reshape(self, shape: tuple[int, ...]) -> "Residues":
        assert prod(shape) == self.size
        return Residues(self.values, shape)


class ToyField:
    """Two bytes an element, little-endian; words from P upwards are no elements."""

    def encode(self, vec: Residues) -> bytes:
        return pack(f"<{vec.size}H", *vec.values)

    def decode(self, data: bytes | memoryview) -> Residues:
        if len(data) % 2:
            raise ValueError("an odd number of bytes")
        values = unpack(f"<{len(data) // 2}H", data)
        if any(value >= P for value in values):
            raise ValueError("an element that is not reduced")
        return Residues(values)

    def encoded_size(self, vec: Residues) -> int:
        return 2 * vec.size

    def accepts(self, obj: object) -> bool:
        return isinstance(obj, Residues)


class ToyTape:
    """SHAKE-128 of the key and a counter."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._calls = 0

    def octets(self, count: int) -> bytes:
        self._calls += 1
        return shake_128(self._key + self._calls.to_bytes(8, "little")).digest(count)

    def uniform(self, bound: int, count: int) -> np.ndarray:
        words = unpack(f"<{count}Q", self.octets(8 * count))
        return np.array([word * bound >> 64 for word in words], dtype=np.uint64)


# -- messages --------------------------------------------------------------------------------------


@message
class Ping:
    """Four bytes of framing, no payload: 36 bytes on the wire."""

    number: int = integer(4)


@message
class Pong:
    """Another kind of the same size."""

    number: int = integer(4)


@message
class Values:
    """One vector: 2 bytes an element."""

    values: Residues = elements()


@message
class Blob:
    """Payload of any length: 32 bytes of header and then `data`."""

    data: bytes = octets(payload=True)


@message
class Nothing:
    """No field at all: a bare header."""


@message
class Mixed:
    """Every codec, with three fields of variable length: each carries 4 bytes of length."""

    flag: int = integer(1)
    left: Residues = elements()
    tag: bytes = octets(16)
    right: Residues = elements()
    note: bytes = octets()
    count: int = integer(8)


@message
class Sandwich:
    """One variable field between fixed ones: its length follows from the message's."""

    before: int = integer(2)
    values: Residues = elements()
    after: bytes = octets(3, payload=True)


# -- worlds ----------------------------------------------------------------------------------------

STRUCTURES = {"field": ToyField()}


def toy_world(
    n: int = 3,
    link: Link | None = None,
    *,
    links: dict[tuple[int, int], Link] | None = None,
    host: Host | None = None,
    hosts: dict[int, Host] | None = None,
    overrides: tuple[Override, ...] = (),
    **rest: Any,
) -> World:
    """n parties on equal links (default: 40 ms, constant), and whatever else a `World` takes."""
    topology = Topology(
        default=link or Link(40 * MILLISECOND), links=links or {}, host=host or Host(),
        hosts=hosts or {}, overrides=overrides,
    )  # fmt: skip
    rest.setdefault("cast", Cast(tuple(f"party-{i}" for i in range(1, n + 1))))
    return World(tapes=ToyTape, structures=STRUCTURES, topology=topology, **rest)


def play(program: Any, n: int = 3, link: Link | None = None, **rest: Any) -> Run:
    """Run one program at n parties, or one each."""
    return toy_world(n, link, **rest).run(program)


def values(run: Run) -> list[Any]:
    """All outputs by party; fails if some party has none."""
    assert all(isinstance(outcome, Output) for outcome in run.outcomes.values()), run.outcomes
    return [outcome.value for _, outcome in sorted(run.outcomes.items())]


def sized(size: int) -> Blob:
    """A message of exactly `size` bytes on the wire, header included."""
    return Blob(bytes(size - HEADER))


# -- rules -----------------------------------------------------------------------------------------


@attrs.define
class Rewrite:
    """Replace what a corrupted party says of one kind by what `change` makes of it."""

    kind: str
    change: Callable[[Envelope], Iterable[Envelope]]
    to: tuple[int, ...] = ()  # none given: all receivers, the party's own copy included
    intends: Change = "value"
    receipt: Receipt = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.receipt = Receipt(f"rewrite {self.kind}", 0, self.intends)

    def matches(self, envelope: Envelope, now: int) -> bool:
        return envelope.kind == self.kind and (not self.to or envelope.receiver in self.to)

    def __call__(self, envelope: Envelope) -> Iterable[Envelope]:
        return self.change(envelope)


def says(body: Any) -> Callable[[Envelope], Iterable[Envelope]]:
    """Say `body` instead."""
    return lambda envelope: [attrs.evolve(envelope, body=body)]


# -- what many tests run ---------------------------------------------------------------------------


def lying(change, kind: str = "Ping", to: tuple[int, ...] = (), **rest):
    """The rules of a world in which P3 lies."""
    return {3: [Rewrite(kind, change, to=to, **rest)]}


async def pings(party):
    got = await party.exchange_all(Ping(party.me))
    return sorted(ping.number for ping in got.values())


async def forever(party):
    for k in range(10**9):
        await party.sub(str(k)).exchange_all(Ping(1))


def fates(run) -> dict[tuple[str, int], Fate]:
    """(sid, receiver) → what became of the copy; copies in flight at the end are not in it."""
    ends = {arrival.copy: arrival.fate for arrival in run.journal.arrivals()}
    return {
        (sent.sid, receiver): ends[copy]
        for sent in run.journal.postings()
        for copy, receiver in enumerate(sent.receivers, sent.first)
        if copy in ends
    }
