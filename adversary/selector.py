"""Which messages of a corrupted party a behaviour acts on: the `when` of a scenario file."""

from fnmatch import fnmatchcase

import attrs

from turncoat.actors.actor import AbortAnnouncement
from turncoat.actors.envelope import Envelope


@attrs.frozen
class Selector:
    """All keys given must match. sid: a glob over the path. to: receivers. at: from this
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
            and (kind == self.kind if self.kind else kind != AbortAnnouncement.__name__)
            and (self.at is None or now >= self.at)
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
