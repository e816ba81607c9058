"""Everything that happened, as columns of integers: the one source of digest, ledger and trace.

One row a posting, one row a delivery (or a batch of them in one instant). Payloads are not kept,
only their fingerprints, unless `bodies` is asked for.
"""

import sys
from array import array
from collections.abc import Iterator
from enum import IntEnum
from hashlib import sha256
from typing import Any, TypeVar

import attrs

from turncoat.actors.randomness import named


class Fate(IntEnum):
    """What became of a copy at the end of its way."""

    DELIVERED = 0
    RECEIVER_DEAD = 1
    LOST_IN_CRASH = 2  # still on the sender's access line when its power was cut
    LOST = 3  # by a datagram channel, or corrupted there
    TAIL_DROPPED = 4  # a queue was full
    OMITTED = 5  # by a party under omission
    CUT_OFF = 6  # by a partition, on a datagram channel
    SUPPRESSED = 7  # the second of a duplicated message


@attrs.frozen
class Sent:
    """One posting, read back. first: the number of its first copy; copies count from there."""

    first: int
    time: int
    sender: int
    sid: str
    kind: str
    k: int
    phase: str
    depth: int
    payload: int
    framing: int
    tampered: bool
    fingerprint: int
    receivers: tuple[int, ...]


@attrs.frozen
class Arrived:
    """The end of one copy."""

    copy: int
    time: int
    fate: Fate


T = TypeVar("T")


class Numbering(dict[T, int]):
    """Numbers things from 0 as they are first asked for."""

    def __missing__(self, thing: T) -> int:
        self[thing] = number = len(self)
        return number


class Journal:
    """Appended to by the kernel alone, in an order that is made of data alone."""

    _NARROW = 11
    _ROW = 3

    def __init__(self, *, keep_bodies: bool = False) -> None:
        self.copies = 0
        self.keep_bodies = keep_bodies
        self.bodies: dict[int, Any] = {}
        self.resends: dict[int, int] = {}  # copy → times it was sent again
        self.duplicates: dict[int, bool] = {}  # copies that the network doubled → has one come?
        self.marks: list[str] = []
        self._texts = Numbering[str]()
        self._groups = Numbering[tuple[int, ...]]()
        self._sent = array("I")
        self._sent_wide = array("q")
        self._arrived = array("q")
        self._arrived_at = array("q")

    def sent(
        self,
        time: int,
        sender: int,
        key: tuple[str, str],
        k: int,
        phase: str,
        depth: int,
        payload: int,
        framing: int,
        fingerprint: int,
        receivers: tuple[int, ...],
        body: Any,
        tampered: bool = False,
    ) -> int:
        """Record a posting; returns the number of its first copy."""
        first, texts, (sid, kind) = self.copies, self._texts, key
        self._sent.extend(
            (first, sender, texts[sid], texts[kind], k, texts[phase], depth, payload, framing,
             self._groups[receivers], tampered)
        )  # fmt: skip
        self._sent_wide.extend((time, fingerprint))
        self.copies = first + len(receivers)
        if self.keep_bodies:
            self.bodies[first] = body
        return first

    def arrived(self, time: int, first: int, count: int, fate: Fate) -> None:
        """Record the end of `count` copies of one posting in one instant."""
        self._arrived.append(first << 27 | count << 3 | fate)  # 36, 24 and 3 bits
        self._arrived_at.append(time)

    def resent(self, copy: int, times: int) -> None:
        """Record attempts that were lost and repeated."""
        self.resends[copy] = self.resends.get(copy, 0) + times

    def duplicated(self, copy: int) -> None:
        """Record that the network made a second one of a copy."""
        self.duplicates[copy] = False

    def is_first(self, copy: int) -> bool:
        """Is this the first of a copy and its double to come? Call it once for each that does."""
        if copy not in self.duplicates:
            return True
        come, self.duplicates[copy] = self.duplicates[copy], True
        return not come

    def mark(self, *event: object) -> None:
        """Record a rare event: an outcome, a fault, a receipt. Text that follows from data."""
        self.marks.append(" ".join(map(str, event)))

    def postings(self) -> Iterator[Sent]:
        """The postings in the order in which they were sent."""
        texts, groups = [*self._texts], [*self._groups]
        for row in range(len(self._sent) // self._NARROW):
            first, sender, sid, kind, k, phase, depth, payload, framing, group, tampered = (
                self._sent[row * self._NARROW : (row + 1) * self._NARROW]
            )
            yield Sent(
                first=first,
                time=self._sent_wide[2 * row],
                sender=sender,
                sid=texts[sid],
                kind=texts[kind],
                k=k,
                phase=texts[phase],
                depth=depth,
                payload=payload,
                framing=framing,
                tampered=bool(tampered),
                fingerprint=self._sent_wide[2 * row + 1],
                receivers=groups[group],
            )

    def arrivals(self) -> Iterator[Arrived]:
        """The ends of all copies, in the order in which they came about."""
        for row, time in enumerate(self._arrived_at):
            packed = self._arrived[row]
            first, count, fate = packed >> 27, packed >> 3 & 0xFFFFFF, packed & 7
            for copy in range(first, first + count):
                yield Arrived(copy, time, Fate(fate))

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event as a flat record: the postings, then the ends of copies, then the marks."""
        for sent in self.postings():
            yield {"event": "sent", **attrs.asdict(sent)}
        for arrived in self.arrivals():
            yield {"event": arrived.fate.name.lower(), "copy": arrived.copy, "time": arrived.time}
        for mark in self.marks:
            yield {"event": "mark", "text": mark}

    def digest(self, variant: str) -> str:
        """SHA-256 over every event, in hexadecimal. `variant` names what it covers."""
        state = sha256(named("digest", (variant, self.copies)))
        for column in (self._sent, self._sent_wide, self._arrived, self._arrived_at):
            state.update(len(column).to_bytes(8, "little"))
            state.update(_little_endian(column))
        state.update(named("texts", [*self._texts]))
        for receivers in self._groups:
            state.update(named("group", receivers))
        state.update(named("resends", [n for pair in self.resends.items() for n in pair]))
        state.update(named("duplicates", [*self.duplicates]))
        state.update(named("marks", self.marks))
        return state.hexdigest()


def _little_endian(column: "array[int]") -> bytes:
    """The column's bytes, the same on every machine."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
