"""Facts about a run → its verdict. Pure: knows no protocol, no file and no network.

A verdict is a fact about the run, whatever was expected of it; `expectations.py` judges.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import attrs

from turncoat.actors.outcome import Aborted, Outcome, Output, Stalled, Unfinished
from turncoat.actors.rule import Receipt
from turncoat.protocols.session import Right

Finding = Literal[
    "WRONG", "SPLIT", "BLAME", "LEAK", "STALL", "INCONCLUSIVE", "ABORT", "ABORT-ID", "OK"
]
PRECEDENCE: tuple[Finding, ...] = get_args(Finding)
FAILURES: frozenset[Finding] = frozenset({"WRONG", "SPLIT", "BLAME", "LEAK", "STALL"})


@attrs.frozen(kw_only=True)
class Case:
    """What the judge sees of a run.

    right: None if the run fixed no right output. faulty: parties that a fault struck. answering:
    seats whose outputs are judged, None: all. trusted: seats that only help, and learn nothing.
    agreement: must honest outputs be equal? unanimous: does the protocol promise that either all
    honest parties abort or none? cut_short: did a time limit end the run? privacy: what a check of
    the scenario's views said, None: nobody asked.
    """

    outcomes: Mapping[int, Outcome]
    corrupted: frozenset[int]
    faulty: frozenset[int]
    right: Right | None
    answering: frozenset[int] | None = None
    trusted: frozenset[int] = frozenset()
    agreement: bool = True
    unanimous: bool = False
    receipts: Sequence[Receipt] = ()
    cut_short: bool = False
    privacy: str | None = None

    @property
    def honest(self) -> dict[int, Outcome]:
        """The outcomes of the honest parties."""
        return {i: o for i, o in self.outcomes.items() if i not in self.corrupted}

    @property
    def outputs(self) -> dict[int, Any]:
        """What honest parties accepted, of those whose outputs are judged."""
        return {
            i: o.value
            for i, o in self.honest.items()
            if isinstance(o, Output) and (self.answering is None or i in self.answering)
        }

    @property
    def aborts(self) -> dict[int, Aborted]:
        """How honest parties aborted."""
        return {i: o for i, o in self.honest.items() if isinstance(o, Aborted)}

    @property
    def awaited(self) -> dict[int, Outcome]:
        """The ends of the honest seats whose outputs are judged; of all honest ones, where the
        adversary has those: then nobody honest was to learn anything."""
        judged = {
            i: o for i, o in self.honest.items() if self.answering is None or i in self.answering
        }
        return judged or {i: o for i, o in self.honest.items() if i not in self.trusted}

    @property
    def stopped(self) -> bool:
        """Did an honest party abort, of those that count?"""
        return any(isinstance(o, Aborted) for o in self.awaited.values())

    @property
    def accused(self) -> frozenset[int]:
        """Everybody whom some honest party accuses."""
        return frozenset(j for abort in self.aborts.values() for j in abort.accused)

    @property
    def detected_by(self) -> tuple[int, ...]:
        """Honest parties whose own check failed."""
        return tuple(i for i, abort in self.aborts.items() if abort.stopped_by is None)

    @property
    def stopped_by_peer(self) -> tuple[int, ...]:
        """Honest parties that another's announcement ended."""
        return tuple(i for i, abort in self.aborts.items() if abort.stopped_by is not None)


@attrs.frozen
class Verdict:
    """The gravest finding, and all that apply, gravest first. reasons: why, for INCONCLUSIVE."""

    name: Finding
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...] = ()


def judge(case: Case) -> Verdict:
    """The verdict on a run, by semantics: WRONG > SPLIT > BLAME > LEAK > STALL > INCONCLUSIVE >
    ABORT > ABORT-ID > OK."""
    doubts = tuple(_doubts(case))
    found: dict[Finding, bool] = {
        "WRONG": _wrong(case),
        "SPLIT": _split(case),
        "BLAME": bool(case.accused - case.corrupted - case.faulty),
        "LEAK": case.privacy == "LEAK",
        "STALL": _stalled(case),
        "INCONCLUSIVE": bool(doubts),
        "ABORT": case.stopped and not _wrong(case) and not _identified(case),
        "ABORT-ID": not _wrong(case) and _identified(case),
    }
    findings: tuple[Finding, ...] = tuple(
        name for name in PRECEDENCE if found.get(name, False)
    ) or ("OK",)
    return Verdict(findings[0], findings, doubts)


def _wrong(case: Case) -> bool:
    right = case.right
    return right is not None and any(value != right.value for value in case.outputs.values())


def _split(case: Case) -> bool:
    values = list(case.outputs.values())
    differ = case.agreement and any(value != values[0] for value in values)
    return differ or (case.unanimous and bool(values) and bool(case.aborts))


def _identified(case: Case) -> bool:
    """Did all honest parties that count abort and name the same corrupted ones?"""
    ends = case.awaited.values()
    named = {end.accused for end in ends if isinstance(end, Aborted)}
    if len(named) != 1 or any(isinstance(end, Output) for end in ends):
        return False
    (accused,) = named
    return bool(accused) and accused <= case.corrupted


def _doubts(case: Case) -> Iterator[str]:
    """Reasons why nothing can be said."""
    if case.cut_short or any(isinstance(o, Unfinished) for o in case.honest.values()):
        yield "a time limit ended the run"
    for receipt in case.receipts:
        if receipt.required and not receipt.acted:
            where = f"at P{receipt.party}" if receipt.party else "of the network"
            yield f"{receipt.behaviour} {where} {_inaction(receipt)}"
    if case.privacy == "INCONCLUSIVE":
        yield "the privacy check could not have found a leak"
    if case.outputs and case.right is None:
        yield "the honest parties' shares fix no single input of a corrupted dealer"
    ended = any(isinstance(o, Output | Aborted) for o in case.awaited.values())
    if not ended and not case.aborts and not _stalled(case):
        yield "no honest party came to any end of its own"


def _inaction(receipt: Receipt) -> str:
    if not receipt.fired:
        return "never fired: no message matched its selector"
    if not receipt.on_wire and receipt.intends != "none":
        return "fired, but nothing changed reached the wire"
    changed = ", ".join(receipt.changed) or "nothing"
    return f"intends to change {receipt.intends}, but changed {changed}"


def _stalled(case: Case) -> bool:
    """Does a live honest party wait for ever? One without an output to be judged may, if a fault
    struck it: a client that misses a list is a dropout."""
    answering = case.answering if case.answering is not None else case.outcomes.keys()
    return any(
        isinstance(o, Stalled) and (i in answering or i not in case.faulty)
        for i, o in case.honest.items()
    )
