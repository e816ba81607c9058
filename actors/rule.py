"""The one seam through which an adversary acts on what corrupted parties say, and its receipts.

A rule maps one outgoing envelope to none, one or many. Only the kernel calls it, and only for
corrupted senders: honest code never knows. What a rule did is observed here, by comparing what
went in with what came out, so that no behaviour vouches for itself.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Literal, Protocol

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.wire import Encoded

Change = Literal["none", "bytes", "value", "presence", "time"]


@attrs.define
class Receipt:
    """Proof of what one behaviour did in one run.

    fired: messages it matched. on_wire: changed messages that reached another party (or, if
    withheld, failed to). changed: the kinds of change seen, in order of first sight.
    """

    behaviour: str
    party: int
    intends: Change
    required: bool = True
    fired: int = 0
    on_wire: int = 0
    changed: list[Change] = attrs.Factory(list[Change])

    @property
    def acted(self) -> bool:
        """Did it do what it intends? A harmless twin intends "none" and must only have fired."""
        if self.intends == "none":
            return self.fired > 0 and not self.changed
        return self.on_wire > 0 and self.intends in self.changed

    def note(self, before: Envelope, after: Sequence[Envelope]) -> None:
        """Record one firing: `before` went in, `after` came out."""
        self.fired += 1
        change = changed(before, after)
        if change == "none":
            return
        if change not in self.changed:
            self.changed.append(change)
        self.on_wire += any(copy.receiver != before.sender for copy in (before, *after))


def changed(before: Envelope, after: Sequence[Envelope]) -> Change:
    """The greatest difference between an envelope and what a rule made of it."""
    if len(after) != 1 or after[0].receiver != before.receiver:
        return "presence"
    copy = after[0]
    if copy.body != before.body or (copy.sid, copy.kind) != (before.sid, before.kind):
        return "bytes" if type(copy.body) is Encoded else "value"
    return "none" if copy.delay == before.delay else "time"


Thought = Coroutine[Any, None, Iterable[Envelope]]  # of a rule that takes its time
Hold = Callable[[int, Envelope, Thought], Iterable[Envelope] | None]


class Rule(Protocol):
    """The fate of one outgoing envelope of a corrupted party: yield nothing (withheld), the
    envelope itself, an altered one, or several. A rule that wants to see more before it speaks
    is a coroutine (`turncoat.actors.seam`)."""

    receipt: Receipt

    def matches(self, envelope: Envelope, now: int) -> bool: ...
    def __call__(self, envelope: Envelope) -> Iterable[Envelope] | Thought: ...


def through(
    rules: Sequence[Rule], envelope: Envelope, now: int, hold: Hold | None = None, start: int = 0
) -> list[Envelope]:
    """What leaves a corrupted party for one envelope: the rules in order, from the one at `start`
    on, each on the output of the one before.

    hold: called with the place of a rule that takes its time, the envelope and the thought; None
    from it means that this envelope is not through yet.
    """
    copies = [envelope]
    for place in range(start, len(rules)):
        rule, before, copies = rules[place], copies, list[Envelope]()
        for copy in before:
            if not rule.matches(copy, now):
                copies.append(copy)
                continue
            outcome = rule(copy)
            if isinstance(outcome, Coroutine):
                if hold is None:
                    raise TypeError(f"{rule.receipt.behaviour} takes its time, and nobody waits")
                outcome = hold(place, copy, outcome)
            if outcome is not None:
                after = list(outcome)
                rule.receipt.note(copy, after)
                copies.extend(after)
    return copies
