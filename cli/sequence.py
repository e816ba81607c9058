"""The message sequence of `--trace`: who sent what to whom and when, and how each party ended.

Read back from the journal, after the run. Copies of one message to several receivers stand on one
line. With payloads, if the journal kept them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

import attrs

from turncoat.actors.journal import Fate
from turncoat.cli import amounts, ends
from turncoat.cli.page import Block, Mark, Text

if TYPE_CHECKING:
    from turncoat.actors.journal import Arrived, Journal, Sent
    from turncoat.scenarios.report import Report

HEAD = ("time", "sender → receiver", "kind", "sid", "bytes", "round", "arrives")
RIGHT = (0, 4, 5)
EVENT_MARKS: Mapping[str, Mark] = {"output": "good", "aborted": "bad", "crashed": "bad"}
FATES = {
    Fate.RECEIVER_DEAD: "too late for {}, who is dead",
    Fate.LOST_IN_CRASH: "to {} lost in the sender's crash",
    Fate.LOST: "to {} lost",
    Fate.TAIL_DROPPED: "to {} dropped by a full queue",
    Fate.OMITTED: "to {} omitted",
    Fate.CUT_OFF: "to {} cut off",
}


@attrs.frozen
class Message:
    """One line: copies that differ in nothing but their receivers. rest: remarks; bodies: by
    receiver, empty unless payloads are shown."""

    time: int
    cells: tuple[str, ...]
    rest: str
    mark: Mark
    bodies: tuple[str, ...] = ()


@attrs.frozen
class Event:
    """A crash, an abort, an output."""

    time: int
    text: str
    mark: Mark


def sequence(report: "Report", *, full: bool = False) -> Iterator[Block]:
    """The page of one run's trace. full: with payloads, shortened."""
    messages = list(_Reader(report.run.journal, report.names, full=full).messages())
    widths = [
        max(len(row[k]) for row in (HEAD, *(m.cells for m in messages))) for k in range(len(HEAD))
    ]
    yield Text(_aligned(HEAD, widths), "dim")
    events = [*messages, *_events(report.json())]
    for event in sorted(events, key=lambda e: e.time):  # stable: what is sent comes before ends
        if isinstance(event, Event):
            yield Text(f"{amounts.clock(event.time):>{widths[0]}}  {event.text}", event.mark)
            continue
        yield Text(f"{_aligned(event.cells, widths)}  {event.rest}".rstrip(), event.mark)
        for body in event.bodies:
            yield Text(f"{'':>{widths[0]}}    {body}", "dim")
    yield Text()


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(
        f"{cell:{'>' if k in RIGHT else '<'}{width}}"
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _events(document: Mapping[str, Any]) -> Iterator[Event]:
    """How the parties ended, and what still waited then."""
    names = list(document["parties"])
    for name, party in document["parties"].items():
        mark = EVENT_MARKS.get(party["outcome"], "doubtful")
        yield Event(party["finished_ns"], f"{name} {ends.named(ends.ended(party), names)}", mark)
    for wait in ends.waits(document["waiting"]):
        yield Event(document["totals"]["virtual_ns"], wait, "doubtful")


class _Reader:
    """The journal of one run, as lines."""

    def __init__(self, journal: "Journal", names: Sequence[str], *, full: bool) -> None:
        self._journal = journal
        self._names = names
        self._full = full
        self._ends: dict[int, Arrived] = {}
        for end in journal.arrivals():
            if end.copy not in self._ends or end.fate is Fate.DELIVERED:  # of a doubled message
                self._ends[end.copy] = end

    def messages(self) -> Iterator[Message]:
        """One line for all that was posted at once with equal sizes, in the order of sending."""
        for _, group in groupby(self._journal.postings(), key=_likeness):
            yield self._message(list(group))

    def _message(self, group: "Sequence[Sent]") -> Message:
        sent = group[0]
        copies = [
            (copy, receiver)
            for each in group
            for copy, receiver in enumerate(each.receivers, each.first)
        ]
        cells = (
            amounts.clock(sent.time),
            f"{self._name(sent.sender)} → {self._receivers([j for _, j in copies])}",
            sent.kind,
            sent.sid,
            f"{sent.payload} + {sent.framing}",
            str(sent.depth or "–"),
            self._arrival([copy for copy, _ in copies]),
        )
        changed = ["CHANGED"] if sent.tampered else []
        rest = "; ".join([*changed, *self._losses(copies)])
        mark: Mark = "bad" if sent.tampered else "doubtful" if rest else "plain"
        return Message(sent.time, cells, rest, mark, tuple(self._bodies(group)))

    def _name(self, index: int) -> str:
        return self._names[index - 1]

    def _receivers(self, receivers: Sequence[int]) -> str:
        names = [self._name(j) for j in sorted(receivers)]
        if len(names) == 1:
            return names[0]
        if len(names) == len(self._names) - 1:
            return f"all (× {len(names)})"
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        return f"{shown} (× {len(names)})"

    def _arrival(self, copies: Iterable[int]) -> str:
        times = sorted({self._ends[copy].time for copy in copies if copy in self._ends})
        if not times:
            return "–"
        first, last = amounts.clock(times[0]), amounts.clock(times[-1])
        return last if len(times) == 1 else f"{first.removesuffix(' ms')} … {last}"

    def _losses(self, copies: Iterable[tuple[int, int]]) -> Iterator[str]:
        """What befell some of the copies, each remark once, with the receivers it concerns."""
        remarks: dict[str, list[str]] = {}
        for copy, receiver in copies:
            for remark in self._fate(copy):
                remarks.setdefault(remark, []).append(self._name(receiver))
        for remark, receivers in remarks.items():
            yield remark.format(amounts.names(receivers))

    def _fate(self, copy: int) -> Iterator[str]:
        end = self._ends.get(copy)
        if copy in self._journal.resends:
            yield f"to {{}} resent {self._journal.resends[copy]}×"
        if end is None:
            yield "still on its way to {} at the end"
        elif end.fate in FATES:
            yield FATES[end.fate]

    def _bodies(self, group: "Sequence[Sent]") -> Iterator[str]:
        if not self._full:
            return
        for sent in group:
            receivers = "" if len(group) == 1 else f"to {self._receivers(sent.receivers)}: "
            yield f"{receivers}{payload(self._journal.bodies.get(sent.first))}"


def _likeness(sent: "Sent") -> tuple[Any, ...]:
    """What the postings of one line have in common."""
    return (
        sent.time, sent.sender, sent.sid, sent.kind, sent.k, sent.depth, sent.payload, sent.framing,
        sent.tampered,
    )  # fmt: skip


def payload(body: object) -> str:
    """The fields of a message in few characters."""
    if not attrs.has(type(body)):
        return repr(body)
    fields = attrs.fields(cast("Any", type(body)))
    return ", ".join(f"{f.name} = {_value(getattr(body, f.name))}" for f in fields)


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{value[:16].hex()}{'…' if len(value) > 16 else ''} ({len(value)} B)"
    return amounts.short(value.tolist() if hasattr(value, "tolist") else value)
