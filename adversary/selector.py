"""Which messages of a corrupted party a behaviour acts on: the `when` of a scenario file."""

from fnmatch import fnmatchcase

import attrs

from turncoat.actors.actor import AbortAnnouncement
from turncoat.actors.envelope import Envelope
from turncoat.actors.seam import Outline


@attrs.frozen
class Selector:
    """All keys given must match. sid: a glob over the path. kind: a name, or several as in
    "Commit|Decommit". to: receivers. at: from this
    virtual time [ns] on. nth: the n-th matching (sid, kind) pair of the sender, from 1, and then
    the copies to all its receivers.

    Abort announcements match only where `kind` names them.
    """

    phase: str | None = None
    sid: str | None = None
    kind: str | None = None
    to: frozenset[int] | None = None
    nth: int | None = None
    at: int | None = None

    def selects(self, envelope: Envelope, now: int) -> bool:
        """Does everything match but `nth` and `to`?"""
        kind = envelope.kind
        return (
            (self.phase is None or envelope.phase == self.phase)
            and (self.sid is None or fnmatchcase(envelope.sid, self.sid))
            and (self.takes(kind) if self.kind else kind != AbortAnnouncement.__name__)
            and (self.at is None or now >= self.at)
        )

    def names(self, sid: str, kind: str) -> bool:
        """Does it choose messages of that name?"""
        return (self.sid is None or fnmatchcase(sid, self.sid)) and self.takes(kind)

    def takes(self, kind: str) -> bool:
        """Is this one of its kinds?"""
        return self.kind is None or kind == self.kind or kind in self.kind.split("|")

    def covers(self, outline: Outline) -> bool:
        """Does it choose this message of anybody's, whose content and phase nobody sees?"""
        return (
            self.names(outline.sid, outline.kind)
            and (self.at is None or outline.time >= self.at)
            and (self.to is None or outline.receiver in self.to)
        )


@attrs.define
class Counter:
    """A selector at work in one run: it remembers which (sid, kind) pairs it has counted."""

    selector: Selector
    seen: dict[tuple[str, str], int] = attrs.Factory(dict[tuple[str, str], int])

    def matches(self, envelope: Envelope, now: int) -> bool:
        """Whether to act on this copy; counts its (sid, kind) if it is a new one."""
        selector = self.selector
        if not selector.selects(envelope, now):
            return False
        pair = (envelope.sid, envelope.kind)
        number = self.seen.setdefault(pair, len(self.seen) + 1)
        if selector.nth not in (None, number):
            return False
        return selector.to is None or envelope.receiver in selector.to
