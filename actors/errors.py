"""Whose doing is it? Our misuse, a peer's deviation, or the simulator's own fault.

`ValueError` and `TypeError` are for callers of the Python API. The classes here are for what
happens while parties run.
"""

from collections.abc import Iterable

from turncoat.actors.evidence import Proof


class ProtocolAbort(Exception):
    """An honest party's own check failed: it stops with ⊥.

    reason: a short code from a public finite set, kebab-case ("mac-check-failed").
    accused: parties proven to have deviated (empty where nobody can be named).
    missing: parties that were waited for in vain; absence accuses nobody.
    detail: what was expected, what came and from whom, for people; judged by nothing.
    evidence: the messages that prove each accusation, for whoever checks it again.
    """

    def __init__(
        self,
        reason: str,
        accused: Iterable[int] = (),
        missing: Iterable[int] = (),
        detail: str = "",
        evidence: Iterable[Proof] = (),
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.accused = frozenset(accused)
        self.missing = frozenset(missing)
        self.evidence = tuple(evidence)


class LeftBehind(Exception):
    """`by` has told this party that it goes on without it: the party ends as `Excluded`, which is
    no abort and is announced to nobody."""

    def __init__(self, by: int) -> None:
        super().__init__(f"P{by} went on without this party")
        self.by = by


class MalformedMessage(ValueError):
    """Bytes, or a decoded message, that no honest party sends. The receiver turns it into a
    `ProtocolAbort` that accuses the sender; the channel is authenticated, so that is safe."""


class MisuseError(RuntimeError):
    """A protocol's author used the world wrongly: a sid twice, a strand from another strand.

    Never the consequence of anything a peer sent. It ends the whole run, loudly.
    """


class SimulationBug(RuntimeError):
    """An invariant of the simulator itself is broken. Please report it."""
