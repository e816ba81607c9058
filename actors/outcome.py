"""How one party ends. An abort is a result to compare, not an error to catch."""

from typing import Any

import attrs

from turncoat.actors.evidence import Proof


@attrs.frozen
class Output:
    """The party accepted `value`."""

    value: Any


@attrs.frozen
class Aborted:
    """The party stopped with ⊥.

    accused: parties whose messages prove a deviation. missing: parties waited for in vain.
    stopped_by: the party whose announcement ended this one, None if its own check failed.
    evidence: the messages that prove each accusation.
    """

    reason: str
    accused: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    stopped_by: int | None = None
    detail: str = attrs.field(default="", eq=False)
    evidence: tuple[Proof, ...] = attrs.field(default=(), eq=False, repr=False)


@attrs.frozen
class Excluded:
    """The others went on without this party, as the protocol allows (a late client)."""

    by: int
    at: int


@attrs.frozen
class Crashed:
    """A fault switched the party off at virtual time `at` [ns]."""

    at: int


@attrs.frozen
class Wait:
    """What a blocked strand waits for: messages of one kind under one sid from `missing`. All
    empty: something outside the network."""

    sid: str
    kind: str
    missing: tuple[int, ...]

    def __str__(self) -> str:
        if not self.kind:
            return "something outside the network"
        where = f" of {self.sid}" if self.sid else ""
        return f"{self.kind}{where} from {', '.join(f'P{j}' for j in self.missing)}"


@attrs.frozen
class Stalled:
    """Nothing was in flight, no timer was set, and the party was still waiting."""

    waiting_for: tuple[Wait, ...]


@attrs.frozen
class Unfinished:
    """The run hit its virtual or real time limit while the party was still at work."""

    waiting_for: tuple[Wait, ...] = ()


Outcome = Output | Aborted | Excluded | Crashed | Stalled | Unfinished
