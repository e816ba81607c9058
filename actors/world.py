"""The simulated world as data, and what a run of it leaves behind.

A `World` is everything that decides a transcript: two equal worlds give equal digests. It is
handed its cipher (a tape factory), its algebra (wire structures) and its adversary (rules), so
that `actors/` needs to know none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, cast

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.codec import Structure, Structures
from turncoat.actors.errors import MisuseError
from turncoat.actors.faults import Fault, FaultRecord
from turncoat.actors.journal import Journal
from turncoat.actors.kernel import Kernel
from turncoat.actors.ledger import Ledger
from turncoat.actors.link import SECOND
from turncoat.actors.mailbox import Slot
from turncoat.actors.meter import CpuMeter
from turncoat.actors.outcome import Outcome
from turncoat.actors.randomness import CoinWatch, Draws, TapeFactory
from turncoat.actors.rule import Receipt, Rule
from turncoat.actors.seam import Mind
from turncoat.actors.topology import Cast, Topology

Digest = Literal["full", "sizes"]


@attrs.frozen
class Run:
    """What happened. Parties are indices 1 … n; times are virtual nanoseconds.

    cut_short: "time_limit" or "timeout" if a limit ended the run, else empty. cpu: real seconds
    of CPU by party, the one field that differs between equal runs.
    """

    outcomes: Mapping[int, Outcome]
    finished: Mapping[int, int]
    virtual_ns: int
    cut_short: str
    journal: Journal
    digest: str
    receipts: tuple[Receipt, ...]
    faults: tuple[FaultRecord, ...]
    cpu: Mapping[int, float]

    @property
    def ledger(self) -> Ledger:
        """Messages, bytes and rounds, counted from the journal."""
        return Ledger.of(self.journal)


@attrs.frozen
class World:
    """n parties, a network, faults, and rules for the corrupted.

    t: corruptions tolerated, as protocols see it. rules: corrupted party → what it does to its
    messages (an empty sequence: corrupted, but only passively). mind: what the adversary hears, and
    does otherwise than by rules. time_limit [ns].
    encode: really encode and decode every message; the digest must not change.
    heeds: party → those whose abort announcement ends it; who is not named heeds its own group.
    draws: replaces the seeded draws of the network. shuffle: reorders wake-ups, for tests.
    coins: shown every private tape before a party draws from it; the party uses what it returns.
    pulse: called with the virtual time now and then; returning True ends the run.
    """

    cast: Cast
    tapes: TapeFactory
    t: int = 0
    seed: int = 0
    topology: Topology = attrs.field(factory=Topology)
    structures: Structures = attrs.field(factory=dict[str, Structure])
    faults: Sequence[Fault] = ()
    rules: Mapping[int, Sequence[Rule]] = attrs.field(factory=dict[int, Sequence[Rule]])
    mind: Mind | None = None
    heeds: Mapping[int, frozenset[int]] = attrs.field(factory=dict[int, frozenset[int]])
    time_limit: int = 3600 * SECOND
    digest: Digest = "full"
    encode: bool = False
    keep_bodies: bool = False
    meter: bool = False
    draws: Draws | None = None
    coins: CoinWatch | None = None
    shuffle: Callable[[list[Slot]], None] | None = None
    pulse: Callable[[int], bool] | None = None

    def run(self, program: Program | Mapping[int, Program]) -> Run:
        """Run one program at all parties, or one each, to the last outcome.

        Raises whatever a program raises that is not a ProtocolAbort: that is a bug, not a result.
        Raises MisuseError if a rule has acted in another run: it remembers, and so would differ.
        """
        rules = (rule.receipt for rules in self.rules.values() for rule in rules)
        for receipt in (*rules, *(self.mind.receipts if self.mind else ())):
            if receipt.fired:
                raise MisuseError(f"{receipt.behaviour} has acted before: make it anew")
        programs: Mapping[int, Program] = (
            dict.fromkeys(self.cast.indices, program) if callable(program) else program
        )
        meter = CpuMeter() if self.meter else None
        kernel = Kernel(self, [meter] if meter else [])
        kernel.run(programs)
        return self._report(kernel, meter)

    def _report(self, kernel: Kernel, meter: CpuMeter | None) -> Run:
        outcomes: dict[int, Outcome] = {}
        finished: dict[int, int] = {}
        for index, actor in kernel.actors.items():
            if actor.outcome is not None and actor.finished is not None:
                outcomes[index], finished[index] = actor.outcome, actor.finished
        receipts = kernel.seam.receipts()
        kernel.journal.marks.extend(map(canonical, (*outcomes.items(), *receipts)))
        kernel.journal.mark(*finished.items())
        return Run(
            outcomes=outcomes,
            finished=finished,
            virtual_ns=max(finished.values(), default=0),
            cut_short=kernel.cut_short,
            journal=kernel.journal,
            digest=kernel.journal.digest(self.digest),
            receipts=receipts,
            faults=kernel.nemesis.records(),
            cpu=meter.seconds if meter else {},
        )


SCALARS = frozenset({int, str, bool, bytes, float, type(None)})


def canonical(value: Any) -> str:
    """A text that follows from the value alone: no address, no hash, no order of a set or dict."""
    if type(value) in SCALARS:
        return repr(value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return f"{{{','.join(sorted(f'{canonical(k)}:{canonical(v)}' for k, v in pairs))}}}"
    if isinstance(value, frozenset | set):
        members = cast("frozenset[Any]", value)
        return f"set({','.join(sorted(map(canonical, members)))})"
    if isinstance(value, tuple | list):
        if set(map(type, cast("Sequence[Any]", value))) <= {int}:  # millions of numbers, at once
            return repr(tuple(cast("Sequence[Any]", value)))
        return f"({','.join(map(canonical, cast('Sequence[Any]', value)))})"
    cls = cast("type[Any]", type(value))
    if attrs.has(cls):
        fields = {f.name: getattr(value, f.name) for f in attrs.fields(cls) if f.eq}
        return cls.__name__ + canonical(fields)
    if value is None or isinstance(value, bool | int | float | str | bytes | Fraction):
        return repr(value)
    return canonical(value.tolist()) if hasattr(value, "tolist") else f"<{cls.__name__}>"
