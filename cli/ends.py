"""How a party ended, and who waits for whom, in words; from the document of `run --json`.

Parties are called by their names; `named` turns the P3 of a kernel's message into carol.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from turncoat.cli import amounts

Document = Mapping[str, Any]


def ended(party: Document) -> str:
    """The end of one party as the rest of a sentence: "aborted: timeout"."""
    match party["outcome"]:
        case "output":
            return f"outputs {amounts.output(party['output'])}"
        case "aborted":
            return _aborted(party)
        case "crashed":
            return f"crashed at {amounts.virtual(party['finished_ns'])}"
        case "unfinished":
            return "still at work when the time limit came"
        case other:
            return other


def _aborted(party: Document) -> str:
    reason: str = party["reason"]
    if reason.startswith("stopped by "):
        return reason
    parts = [f"aborted: {reason}"]
    if party.get("detail"):
        parts.append(f"({party['detail']})")
    if party["accused"]:
        parts.append(f"accusing {amounts.names(party['accused'])}")
    if party["missing"]:
        parts.append(f"having waited for {amounts.names(party['missing'])}")
    return " ".join(parts)


def by_end(parties: Mapping[str, Document]) -> dict[str, list[str]]:
    """End → the parties that ended so, except with an output or stalled; corrupted ones say so."""
    groups: dict[str, list[str]] = {}
    for name, party in parties.items():
        if party["outcome"] not in ("output", "stalled"):
            label = f"{name} (corrupted)" if party["corrupted"] else name
            groups.setdefault(ended(party), []).append(label)
    return groups


def waits(waiting: Iterable[Document]) -> list[str]:
    """Who waits for which kind of which sid from whom, and who is dead; equal waits together."""
    groups: dict[tuple[str, ...], list[Document]] = {}
    for wait in waiting:
        key = (wait["kind"], wait["sid"], *wait["missing"])
        groups.setdefault(key, []).append(wait)
    return [_wait([str(wait["party"]) for wait in group], group[0]) for group in groups.values()]


def _wait(who: Sequence[str], wait: Document) -> str:
    verb = "waits" if len(who) == 1 else "wait"
    if not wait["kind"]:
        return f"{amounts.names(who)} {verb} for nothing on the network: blocked in own code"
    dead: Sequence[str] = wait["dead"]
    fate = f" ({amounts.names(dead)} {'is' if len(dead) == 1 else 'are'} dead)" if dead else ""
    missing = amounts.names(wait["missing"])
    return f"{amounts.names(who)} {verb} for {wait['kind']} of {wait['sid']} from {missing}{fate}"


def named(text: str, names: Sequence[str]) -> str:
    """A message of the kernel, which knows indices, with the parties' names."""

    def name(match: re.Match[str]) -> str:
        index = int(match[1])
        return names[index - 1] if 1 <= index <= len(names) else match[0]

    return re.sub(r"\bP(\d+)\b", name, text)
