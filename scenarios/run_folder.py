"""A run as its folder tells it: what was sent, what arrived when, how each party ended.

Reads `run.json`, `events.jsonl` and `scenario.toml`, and nothing of the run itself. Messages are
named by the numbers of their copies, as in the journal.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs

Document = Mapping[str, Any]
FILES = ("run.json", "events.jsonl", "scenario.toml")


@attrs.frozen
class Message:
    """One copy on its way. arrived: when its receiver had it [ns], None if it never did; fate: what
    became of it, in words."""

    copy: int
    sid: str
    kind: str
    sender: int
    receiver: int
    fingerprint: int
    sent: int
    tampered: bool
    arrived: int | None
    fate: str


@attrs.frozen
class RunFolder:
    """names: of the parties, by index from 1. document: of `run --json`. messages: by copy."""

    folder: Path
    document: Document
    messages: tuple[Message, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.document["parties"])

    def name(self, index: int) -> str:
        return self.names[index - 1]

    def index(self, name: str) -> int:
        return self.names.index(name) + 1

    def said(self, message: Message) -> str:
        """A message in words."""
        where = f" of {message.sid}" if message.sid else ""
        who = f"{self.name(message.sender)} to {self.name(message.receiver)}"
        return f"message {message.copy}, {message.kind}{where} from {who}"


def read_run(folder: Path) -> RunFolder:
    """The run of a folder that `turncoat run --out` made. Raises ValueError for any other."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"{folder} holds no run: there is no {missing[0]} in it; "
            "make one with `turncoat run FILE --out DIR`"
        )
    try:
        document = json.loads((folder / "run.json").read_text("utf-8"))
        lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
        return RunFolder(folder, document, _messages([json.loads(line) for line in lines]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder} holds no run that can be read: {error!r}") from None


def _messages(events: "list[dict[str, Any]]") -> tuple[Message, ...]:
    """Every copy with its end; of a doubled one the end of the first to come."""
    ends: dict[int, tuple[str, int]] = {}
    for event in events:
        if "copy" in event and ends.get(event["copy"], ("",))[0] != "delivered":
            ends[event["copy"]] = (event["event"], event["time"])
    return tuple(
        _message(event, event["first"] + place, receiver, ends)
        for event in events
        if event["event"] == "sent"
        for place, receiver in enumerate(cast("list[int]", event["receivers"]))
    )


def _message(
    event: "dict[str, Any]", copy: int, receiver: int, ends: "dict[int, tuple[str, int]]"
) -> Message:
    fate, time = ends.get(copy, ("still under way at the end", None))
    return Message(
        copy=copy,
        sid=event["sid"],
        kind=event["kind"],
        sender=event["sender"],
        receiver=receiver,
        fingerprint=event["fingerprint"],
        sent=event["time"],
        tampered=event["tampered"],
        arrived=time if fate == "delivered" else None,
        fate=fate.replace("_", " "),
    )
