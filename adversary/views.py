"""The joint view of a corrupted set: its inputs, its coins as drawn, and what it received, in
order.

A view is made from the journal of a run that kept its bodies, and from what a `CoinRecorder` wrote
down during it. It holds nothing that the corrupted seats did not hold themselves: no honest input,
no honest coin, no message between honest parties, not even its size. Copies that a party sends to
itself are left out, since they follow from the rest. Knows no protocol.
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.journal import Fate, Journal, Sent
from turncoat.actors.randomness import Tape
from turncoat.actors.wire import Encoded
from turncoat.protocols.aggregation.residues import Residues
from turncoat.protocols.algebra.vec import Vec

FORMAT = 1  # of the files


@attrs.frozen
class Draw:
    """One request to a tape. bound: of the integers in `values`; 0 for octets."""

    bound: int
    values: Any


@attrs.frozen
class Coins:
    """What one party drew under one sid, in order."""

    party: int
    incarnation: int
    sid: str
    draws: tuple[Draw, ...]


@attrs.frozen
class Received:
    """One message as it reached a corrupted seat. time: virtual ns, None for what was still under
    way when the run ended, and would have come. fields: by name, as the wire carries them."""

    time: int | None
    receiver: int
    sender: int
    sid: str
    kind: str
    fields: Mapping[str, Any]
    payload: int
    framing: int


@attrs.frozen
class View:
    """All that the corrupted parties had before them, together.

    inputs: by party. received: in order of arrival; in one instant, by receiver, and then in the
    order in which it was sent.
    """

    corrupted: tuple[int, ...]
    inputs: Mapping[int, Any]
    coins: tuple[Coins, ...]
    received: tuple[Received, ...]

    def json(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """As JSON holds it. names: of all parties, in order; by default P1, P2, …"""

        def name(party: int) -> str:
            return names[party - 1] if names else f"P{party}"

        return {
            "format": FORMAT,
            "corrupted": [name(i) for i in self.corrupted],
            "inputs": {name(i): plain(value) for i, value in self.inputs.items()},
            "coins": [
                {
                    "party": name(c.party),
                    "incarnation": c.incarnation,
                    "sid": c.sid,
                    "draws": [{"bound": d.bound, "values": plain(d.values)} for d in c.draws],
                }
                for c in self.coins
            ],
            "received": [
                {
                    "time_ns": r.time,
                    "to": name(r.receiver),
                    "from": name(r.sender),
                    "sid": r.sid,
                    "kind": r.kind,
                    "fields": {key: plain(value) for key, value in r.fields.items()},
                    "payload_bytes": r.payload,
                    "framing_bytes": r.framing,
                }
                for r in self.received
            ],
        }


def arrays(document: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The numbers of a view's document as arrays, for an .npz file: `inputs/…`, `coins/…` and
    `received/0007/…`, the latter in order of arrival."""
    tables = {f"inputs/{party}": _array(value) for party, value in document["inputs"].items()}
    for entry in document["coins"]:
        for k, draw in enumerate(entry["draws"]):
            key = f"coins/{entry['party']}/{entry['incarnation']}/{entry['sid']}/{k:04}"
            tables[key] = _array(draw["values"])
    for k, entry in enumerate(document["received"]):
        where = f"received/{k:04}/{entry['to']}/{entry['from']}/{entry['sid']}/{entry['kind']}"
        for field, value in entry["fields"].items():
            tables[f"{where}/{field}"] = _array(value)
    return tables


def merged(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The joint view of several sets from the documents of each, in the order of the parties."""
    received = [
        (math.inf if entry["time_ns"] is None else entry["time_ns"], seat, place, entry)
        for seat, document in enumerate(documents)
        for place, entry in enumerate(document["received"])
    ]
    return {
        "format": FORMAT,
        "corrupted": [name for document in documents for name in document["corrupted"]],
        "inputs": {k: v for document in documents for k, v in document["inputs"].items()},
        "coins": [entry for document in documents for entry in document["coins"]],
        "received": [entry for *_, entry in sorted(received, key=lambda r: r[:3])],
    }


# -- files -----------------------------------------------------------------------------------------

SEATS = "seats"  # the folder, in a run's, with one file a seat


def save_seats(
    folder: Path,
    journal: Journal,
    names: Sequence[str],
    inputs: Mapping[int, Any],
    coins: Sequence[Coins] = (),
    of: Collection[int] | None = None,
) -> Path:
    """Write parties' own views, `seats/NAME.json`, into a run folder: of all, or of some.

    Any joint view is `merged` from these, and a folder with some of them alone is redacted: it
    holds nothing of the others.
    """
    (folder / SEATS).mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names, 1):
        if of is not None and index not in of:
            continue
        document = view_of(journal, (index,), inputs, coins).json(names)
        _write(folder / SEATS / f"{name}.json", document)
    return folder


def load_view(folder: Path, of: Sequence[str]) -> dict[str, Any]:
    """The joint view of some parties of a saved run. Raises ValueError for a party without a file,
    or for a folder that no run with views has written."""
    known = sorted(path.stem for path in (folder / SEATS).glob("*.json"))
    if not known:
        raise ValueError(f"{folder} holds no views: there is no {SEATS}/NAME.json in it")
    missing = [name for name in of if name not in known]
    if missing:
        raise ValueError(f"{folder} holds no view of {missing[0]}; it has {', '.join(known)}")
    texts = [(folder / SEATS / f"{name}.json").read_text("utf-8") for name in of]
    documents = [json.loads(text) for text in texts]
    if any(document.get("format") != FORMAT for document in documents):
        raise ValueError(f"{folder} was written by another version: format {FORMAT} is read here")
    return merged(documents)


def save_view(folder: Path, document: Mapping[str, Any]) -> Path:
    """Write a joint view as `view.json` and `view.npz`, with the seats it is made of, into a folder
    of its own: a run folder redacted to that view."""
    (folder / SEATS).mkdir(parents=True, exist_ok=True)
    _write(folder / "view.json", document)
    np.savez_compressed(folder / "view.npz", allow_pickle=False, **arrays(document))
    for name in document["corrupted"]:
        _write(folder / SEATS / f"{name}.json", _only(document, name))
    return folder


def _only(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The part of a joint view that one seat had before it."""
    return {
        "format": FORMAT,
        "corrupted": [name],
        "inputs": {k: v for k, v in document["inputs"].items() if k == name},
        "coins": [entry for entry in document["coins"] if entry["party"] == name],
        "received": [entry for entry in document["received"] if entry["to"] == name],
    }


def _write(path: Path, document: Mapping[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def plain(value: Any) -> Any:
    """A field of a message, an input or a draw as JSON holds it; octets in hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        return {str(key): plain(item) for key, item in table.items()}
    if isinstance(value, Vec):  # the elements as they are, not centred
        return plain(value.field.storage.integers(value.array))
    if isinstance(value, Residues):
        return value.tolist()
    if isinstance(value, np.ndarray | np.generic):
        return cast("NDArray[Any]", value).tolist()
    if isinstance(value, tuple | list):
        return [plain(item) for item in cast("Sequence[Any]", value)]
    return value


def _array(value: Any) -> NDArray[Any]:
    """An array that needs no pickle: integers beyond 64 bits, and structures, become text."""
    array: NDArray[Any] = np.array(json.dumps(value) if isinstance(value, dict) else value)
    return array.astype(str) if array.dtype == object else array


@attrs.define(eq=False)
class CoinRecorder:
    """Writes down the coins of the corrupted seats, and of nobody else. A `CoinWatch`."""

    corrupted: frozenset[int]
    _tapes: dict[tuple[int, int, str], list[Draw]] = attrs.field(factory=dict, init=False)

    def __call__(self, party: int, incarnation: int, sid: str, tape: Tape) -> Tape:
        if party not in self.corrupted:
            return tape
        return _RecordedTape(tape, self._tapes.setdefault((party, incarnation, sid), []))

    def coins(self) -> tuple[Coins, ...]:
        """What was drawn, by party, incarnation and sid."""
        return tuple(Coins(*name, tuple(self._tapes[name])) for name in sorted(self._tapes))


class _RecordedTape:
    def __init__(self, tape: Tape, drawn: list[Draw]) -> None:
        self._tape = tape
        self._drawn = drawn

    def uniform(self, bound: int, count: int) -> NDArray[np.uint64]:
        values = self._tape.uniform(bound, count)
        self._drawn.append(Draw(bound, values.copy()))
        return values

    def octets(self, count: int) -> bytes:
        values = self._tape.octets(count)
        self._drawn.append(Draw(0, values))
        return values


def view_of(
    journal: Journal,
    corrupted: Sequence[int],
    inputs: Mapping[int, Any],
    coins: Sequence[Coins] = (),
) -> View:
    """The joint view of some parties of a run. inputs: of everybody; only theirs are taken.

    Raises ValueError if the world did not keep the messages' bodies.
    """
    if journal.copies and not journal.keep_bodies:
        raise ValueError("the run kept no bodies of messages: make its World with keep_bodies=True")
    seats = tuple(sorted(corrupted))
    return View(
        corrupted=seats,
        inputs={i: inputs[i] for i in seats if i in inputs},
        coins=tuple(c for c in coins if c.party in seats),
        received=tuple(_received(journal, frozenset(seats))),
    )


def _received(journal: Journal, corrupted: frozenset[int]) -> Iterator[Received]:
    """What reached the seats, in order; at the end what was under way."""
    to_them = dict[int, tuple[Sent, int]]()
    for sent in journal.postings():
        for place, receiver in enumerate(sent.receivers):
            if receiver in corrupted:
                to_them[sent.first + place] = (sent, receiver)
    under_way, arrived = dict.fromkeys(to_them), list[tuple[int, int]]()
    for end in journal.arrivals():
        if end.copy in to_them:
            under_way.pop(end.copy, None)
            if end.fate == Fate.DELIVERED:
                arrived.append((end.time, end.copy))
    arrived.sort(key=lambda end: (end[0], to_them[end[1]][1], end[1]))
    late = sorted(under_way, key=lambda copy: (to_them[copy][1], copy))
    for time, copy in [*arrived, *((None, copy) for copy in late)]:
        sent, receiver = to_them[copy]
        yield Received(
            time, receiver, sent.sender, sent.sid, sent.kind,
            _fields(journal.bodies[sent.first]), sent.payload, sent.framing,
        )  # fmt: skip


def _fields(body: Any) -> dict[str, Any]:
    """The fields of a message by name; of one that nobody could decode, its octets."""
    if type(body) is Encoded:
        return {"octets": body.data}
    cls = cast("type[Any]", type(body))
    return {field.name: getattr(body, field.name) for field in attrs.fields(cls)}
