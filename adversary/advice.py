"""A selector that matched nothing: which messages there were, and which key of it ruled them out.

Pure; reads the journal's rows of one run, and knows no file and no behaviour.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

import attrs

from turncoat.actors.journal import Sent
from turncoat.adversary.selector import Selector

MOST = 8  # names that are listed


@attrs.frozen
class Advice:
    """kinds, sids: of all messages that the party sent, in the order of their first. key: the first
    key of the selector that left none of them. text: the same in a sentence."""

    kinds: tuple[str, ...]
    sids: tuple[str, ...]
    key: str
    text: str


def advise(when: Selector, party: int, rows: Iterable[Sent], names: Sequence[str]) -> Advice:
    """Why `when` matched no message of that party, whose own copies are not among the rows.

    names: of all parties, in order.
    """
    own = [row for row in rows if row.sender == party]
    kinds = tuple(dict.fromkeys(row.kind for row in own))
    sids = tuple(dict.fromkeys(row.sid for row in own))
    who = names[party - 1]
    if not own:
        return Advice(kinds, sids, "", f"{who} sent nothing at all")
    key, text = _ruled_out(when, own, who, names)
    return Advice(kinds, sids, key, text)


def _ruled_out(when: Selector, left: list[Sent], who: str, names: Sequence[str]) -> tuple[str, str]:
    """The first key that leaves none of the messages, and what to take instead."""
    for key, keeps in _filters(when):
        kept = [row for row in left if keeps(row)]
        if not kept:
            return key, _instead(key, when, left, who, names)
        left = kept
    pairs = len({(row.sid, row.kind) for row in left})
    if when.nth is not None and when.nth > pairs:
        return "nth", f"nth = {when.nth}, but {who} sent {pairs} such (sid, kind) only"
    return "", "its messages matched, but not together"


def _filters(when: Selector) -> list[tuple[str, Callable[[Sent], bool]]]:
    """The keys that were given, each with what it asks of a message; the rarest mistakes last."""
    sid, phase, at, to = when.sid, when.phase, when.at, when.to
    asked: dict[str, tuple[bool, Callable[[Sent], bool]]] = {
        "kind": (when.kind is not None, lambda row: when.takes(row.kind)),
        "sid": (sid is not None, lambda row: fnmatchcase(row.sid, sid or "*")),
        "phase": (phase is not None, lambda row: row.phase == phase),
        "to": (to is not None, lambda row: not (to or frozenset()).isdisjoint(row.receivers)),
        "at": (at is not None, lambda row: row.time >= (at or 0)),
    }
    return [(key, keeps) for key, (given, keeps) in asked.items() if given]


def _instead(key: str, when: Selector, left: list[Sent], who: str, names: Sequence[str]) -> str:
    if key == "at":
        last = max(row.time for row in left)
        return f"at = {when.at} ns, but {who} sent the last such message at {last} ns"
    if key == "to":
        heard = dict.fromkeys(names[j - 1] for row in left for j in row.receivers)
        return f"{who} sent such messages to {_listed([*heard])} only"
    asked = str(getattr(when, key))
    there = list(dict.fromkeys(str(getattr(row, key)) for row in left))
    near = get_close_matches(asked, there, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{key} = {asked!r}, but {who} sent {_listed(there)}{hint}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" * (len(names) > MOST))
