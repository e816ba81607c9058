"""Who is corrupted when: from the start, once something was seen, or for an epoch.

Knows no behaviour; what a seat does while it is corrupted is for its rules to say, and who could be
corrupted at all is fixed before the run.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

import attrs


@attrs.define(eq=False)
class Corruption:
    """The corrupted parties of one run. taken: all that ever were; most: the largest set at once.

    at_taking: called with a party and whether its past is erased, when it is taken.
    """

    now: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    most: frozenset[int] = frozenset()
    at_taking: list[Callable[[int, bool], None]] = attrs.Factory(list[Callable[[int, bool], None]])

    def take(self, party: int, *, erasure: bool = False) -> None:
        """The adversary takes a seat, with what it has seen so far unless that is erased."""
        if party in self.now:
            return
        self.now |= {party}
        self.taken |= {party}
        if len(self.now) > len(self.most):
            self.most = self.now
        for tell in self.at_taking:
            tell(party, erasure)

    def leave(self, party: int) -> None:
        """The adversary leaves a seat; what it has seen there it keeps."""
        self.now -= {party}


@attrs.frozen
class Static:
    """Corrupted from the start."""


@attrs.frozen
class Adaptive:
    """Corrupted once honest parties have said `nth` times something that matches; all that is given
    must match, and only who says it under which sid is looked at.

    sid: a glob. senders: None for anybody. erasure: does the party delete what it has received, so
    that the adversary gets only what comes later?
    """

    kind: str | None = None
    sid: str | None = None
    senders: frozenset[int] | None = None
    nth: int = 1
    erasure: bool = False

    def sees(self, sender: int, sid: str, kind: str) -> bool:
        """Does this message count?"""
        return (
            self.kind in (None, kind)
            and (self.sid is None or fnmatchcase(sid, self.sid))
            and (self.senders is None or sender in self.senders)
        )


@attrs.frozen
class Mobile:
    """Corrupted one after the other, each for one epoch of so many ns [OY91]."""

    epoch: int


Timing = Static | Adaptive | Mobile
