"""What goes wrong by itself, as data. Faults change when and whether something is said, never what.

A fault is set off at a virtual time, after a party's k-th message has left, or after its first send
of a kind (a protocol point, in kebab case: "masked-input"). `nemesis.py` carries it out and keeps
the record. The names are Jepsen's.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs

from turncoat.actors.link import check_change


@attrs.frozen
class Fault:
    """Exactly one of at [ns], after_sends, after. party: whom it strikes, or, where it strikes a
    network, whose sends set it off (0 with `at`)."""

    kind: ClassVar[str] = "fault"

    party: int = 0
    at: int | None = attrs.field(default=None, kw_only=True)
    after_sends: int | None = attrs.field(default=None, kw_only=True)
    after: str | None = attrs.field(default=None, kw_only=True)
    name: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        given = [t for t in (self.at, self.after_sends, self.after) if t is not None]
        if len(given) != 1:
            raise ValueError(f"a {self.kind} needs exactly one of at, after_sends, after")
        if isinstance(given[0], int) and given[0] < 0:
            raise ValueError(f"a {self.kind} cannot strike at {given[0]}: that is negative")

    def set_off_after(self, point: str, sends: int, count: int) -> int | None:
        """How many of the next `count` messages, all of kind `point`, leave before it strikes, if
        it strikes then; `sends` messages have left before them."""
        if self.after is not None:
            return count if self.after == point else None
        before = max(0, (self.after_sends or 0) - sends)
        return before if before <= count else None


@attrs.frozen
class Crash(Fault):
    """Power cut: nothing that the party does afterwards leaves it."""

    kind = "crash"


@attrs.frozen
class Restart(Fault):
    """Power cut, and back after `downtime` [ns].

    A durable party goes on where it was; what reached it meanwhile on a reliable channel comes
    late. One with amnesia begins again as a new incarnation, with new coins, knowing nothing.
    """

    kind = "restart"

    downtime: int = attrs.field(kw_only=True)
    memory: Literal["durable", "amnesia"] = attrs.field(default="durable", kw_only=True)


@attrs.frozen
class Pause(Fault):
    """The party stands still for `duration` [ns]; what comes in waits."""

    kind = "pause"

    duration: int = attrs.field(kw_only=True)


@attrs.frozen
class Omission(Fault):
    """Each message sent, received, or both, is lost for good with a probability (a threshold on
    the scale of draws), on reliable channels as well. duration [ns], None: from then on."""

    kind = "omission"

    direction: Literal["send", "receive", "both"] = attrs.field(default="both", kw_only=True)
    probability: int = attrs.field(default=1 << 64, kw_only=True)
    duration: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class Partition(Fault):
    """No message passes between parties that are in groups but in none together; who is in no
    group talks to all. one_way: what is cut is the way from the first group to the others, not
    back. duration [ns], None: until a `heal`."""

    kind = "partition"

    groups: tuple[frozenset[int], ...] = attrs.field(kw_only=True)
    one_way: bool = attrs.field(default=False, kw_only=True)
    duration: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.one_way and len(self.groups) < 2:
            raise ValueError("a one-way partition needs at least two groups: from whom to whom?")

    def blocks(self, sender: int, receiver: int) -> bool:
        """Is this direction cut?"""
        mine = [group for group in self.groups if sender in group]
        grouped = any(receiver in group for group in self.groups)
        apart = bool(mine) and grouped and not any(receiver in group for group in mine)
        return apart and (not self.one_way or sender in self.groups[0])


@attrs.frozen
class Heal(Fault):
    """The end of every partition."""

    kind = "heal"


@attrs.frozen
class Degrade(Fault):
    """Links change: fields of `Link` take new values between these parties and all others.
    duration [ns], None: from then on."""

    kind = "degrade"

    parties: frozenset[int] = attrs.field(kw_only=True)
    change: Mapping[str, Any] = attrs.field(kw_only=True, hash=False)
    duration: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        check_change(self.change)


@attrs.frozen
class Churn(Fault):
    """The party goes and comes back again and again; the times between are exponential, with
    means [ns]."""

    kind = "churn"

    mean_up: int = attrs.field(kw_only=True)
    mean_down: int = attrs.field(kw_only=True)
    memory: Literal["durable", "amnesia"] = attrs.field(default="durable", kw_only=True)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if min(self.mean_up, self.mean_down) < 1:
            raise ValueError("churn needs a mean_up and a mean_down of at least 1 ns")


@attrs.frozen
class FaultRecord:
    """What one fault did. fired: virtual time [ns] of its first stroke, None if it never came.
    strokes: how often it struck. hits: messages it dropped, held up or cut off."""

    name: str
    kind: str
    party: int
    fired: int | None
    strokes: int = 0
    hits: int = 0


def protocol_point(kind: str) -> str:
    """The name of a protocol point: the kind in kebab case, MaskedInput → masked-input."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()
