"""What one run of a scenario leaves behind: the verdict, the bill, the evidence, as JSON and files.

Everything that the machine measured stands under the one key `measured`; the rest is equal between
equal runs.
"""

import json
import resource
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs

import turncoat
from turncoat.actors.evidence import Exhibit, Proof
from turncoat.actors.ledger import Ledger, Traffic
from turncoat.actors.outcome import Aborted, Crashed, Outcome, Output, Stalled, Unfinished, Wait
from turncoat.actors.rule import Receipt
from turncoat.actors.world import Run
from turncoat.adversary.advice import Advice, advise
from turncoat.adversary.views import Coins, save_seats
from turncoat.scenarios.expectations import Evidence, Expectation, check
from turncoat.scenarios.fault_kinds import FAULT_KINDS
from turncoat.scenarios.faults import struck_groups
from turncoat.scenarios.plan import Plan
from turncoat.scenarios.privacy import Privacy
from turncoat.scenarios.verdict import Case, Verdict

if TYPE_CHECKING:
    from turncoat.scenarios.scenario import Scenario

SCHEMA_VERSION = 1
HELD, FAILED, INCONCLUSIVE = 0, 1, 3  # exit codes


class ByParty:
    """Outcomes by index (from 1) or by name."""

    def __init__(self, names: tuple[str, ...], outcomes: Mapping[int, Outcome]) -> None:
        self._names = names
        self._outcomes = outcomes

    def __getitem__(self, party: int | str) -> Outcome:
        index = self._names.index(party) + 1 if isinstance(party, str) else party
        return self._outcomes[index]

    def items(self) -> list[tuple[str, Outcome]]:
        """(name, outcome), in the parties' order."""
        return [(name, self._outcomes[i]) for i, name in enumerate(self._names, 1)]


@attrs.frozen(kw_only=True, slots=False)
class Report:
    """One run, judged.

    exceeded: why the protocol's guarantee is not in force, empty if it is. wall_s: real seconds.
    privacy: what the check that [expect] asks for found. coins: of the corrupted seats, None if
    their views were not kept.
    """

    scenario: "Scenario"
    plan: Plan
    seed: int
    run: Run
    case: Case
    verdict: Verdict
    exceeded: tuple[str, ...]
    wall_s: float
    privacy: Privacy | None = None
    coins: tuple[Coins, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return self.plan.names

    @property
    def digest(self) -> str:
        return self.run.digest

    @property
    def outcome(self) -> ByParty:
        """How each party ended: report.outcome["carol"], report.outcome[3]."""
        return ByParty(self.names, self.run.outcomes)

    @cached_property
    def ledger(self) -> Ledger:
        """Messages, bytes and rounds."""
        return self.run.ledger

    @cached_property
    def expectations(self) -> tuple[Expectation, ...]:
        """[expect], key by key."""
        total = self.ledger.total()
        evidence = Evidence(
            case=self.case,
            verdict=self.verdict,
            guarantee_in_force=not self.exceeded,
            names=self.names,
            rounds=self.ledger.rounds(),
            messages=total.messages,
            payload_bytes=total.payload_bytes,
            framing_bytes=total.framing_bytes,
            virtual_ns=self.run.virtual_ns,
        )
        return check(self.scenario.expect, evidence)

    @property
    def held(self) -> bool:
        """Did every expectation hold?"""
        return all(expectation.held for expectation in self.expectations)

    @property
    def exit_code(self) -> int:
        """0 held, 1 an expectation failed, 3 nothing can be said (unless that was expected)."""
        if self.verdict.name == "INCONCLUSIVE":
            expected = self.scenario.expect.verdict or ()
            if "INCONCLUSIVE" not in expected:
                return INCONCLUSIVE
        return HELD if self.held else FAILED

    @property
    def replay(self) -> str:
        """The command that repeats this run."""
        return f"turncoat run {self.scenario.reference} --seed {self.seed}"

    def json(self) -> dict[str, Any]:
        """The document of `run --json`."""
        return {
            "turncoat": turncoat.__version__,
            "schema": SCHEMA_VERSION,
            "scenario": self.scenario.name,
            "seed": self.seed,
            "digest": self.digest,
            "verdict": self.verdict.name,
            "findings": list(self.verdict.findings),
            "reasons": list(self.verdict.reasons),
            "held": self.held,
            "guarantee_in_force": not self.exceeded,
            "exceeded": list(self.exceeded),
            "soundness_error": self.plan.session.guarantee.soundness,
            "privacy": "not tested" if self.privacy is None else self.privacy.json(),
            "expectations": [attrs.asdict(e) for e in self.expectations],
            "parties": {name: self._party(i) for i, name in enumerate(self.names, 1)},
            "totals": {
                **attrs.asdict(self.ledger.total()),
                "rounds": self.ledger.rounds(),
                "virtual_ns": self.run.virtual_ns,
            },
            "phases": {phase: self._phase(phase) for phase in self.ledger.phases()},
            "receipts": [self._receipt(k) for k in range(len(self.run.receipts))],
            "faults": [self._fault(k) for k in range(len(self.run.faults))],
            "detected_by": self._called(self.case.detected_by),
            "stopped_by_peer": self._called(self.case.stopped_by_peer),
            "waiting": self._waiting(),
            "replay": self.replay,
            "measured": self._measured(),
        }

    def save(self, folder: Path) -> Path:
        """Write `scenario.toml`, `run.json` and `events.jsonl` into a folder, made if need be, and
        the corrupted seats' views, if they were kept, into `seats/`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenario.toml").write_text(self.scenario.dumps(), encoding="utf-8")
        document = json.dumps(self.json(), indent=2, ensure_ascii=False)
        (folder / "run.json").write_text(document + "\n", encoding="utf-8")
        with (folder / "events.jsonl").open("w", encoding="utf-8") as file:
            for event in self.run.journal.events():
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
        if self.coins is not None:
            inputs = dict(enumerate(self.plan.session.inputs.values(), 1))
            seats = self.case.corrupted
            save_seats(folder, self.run.journal, self.names, inputs, self.coins, of=seats)
        return folder

    def _called(self, parties: "tuple[int, ...] | frozenset[int]") -> list[str]:
        return [self.names[i - 1] for i in sorted(parties)]

    def _party(self, index: int) -> dict[str, Any]:
        outcome = self.run.outcomes[index]
        aborted = outcome if isinstance(outcome, Aborted) else None
        return {
            "index": index,
            "role": self.plan.role(index),
            "corrupted": index in self.case.corrupted,
            "outcome": type(outcome).__name__.lower(),
            "output": jsonable(outcome.value) if isinstance(outcome, Output) else None,
            "reason": self._reason(aborted) if aborted else None,
            "detail": aborted.detail if aborted else "",
            "accused": self._called(aborted.accused) if aborted else [],
            "missing": self._called(aborted.missing) if aborted else [],
            "evidence": [self._evidence(e) for e in aborted.evidence] if aborted else [],
            "finished_ns": self.run.finished[index],
            "sent": attrs.asdict(self.ledger.sent_by(index)),
            "received": attrs.asdict(self.ledger.received_by(index)),
        }

    def _evidence(self, proof: Proof) -> dict[str, Any]:
        """What an accusation rests on; content in hexadecimal, empty where it does not matter."""
        return {
            "accused": self.names[proof.accused - 1],
            "claim": proof.claim,
            "facts": proof.facts,
            "messages": [
                {
                    "copy": self._copy(exhibit),
                    "sid": exhibit.sid,
                    "kind": exhibit.kind,
                    "from": self.names[exhibit.sender - 1],
                    "to": self.names[exhibit.receiver - 1],
                    "fingerprint": exhibit.fingerprint,
                    "octets": exhibit.octets.hex(),
                }
                for exhibit in proof.exhibits
            ],
        }

    def _copy(self, exhibit: Exhibit) -> int | None:
        """The number of a message in the journal."""
        name = (exhibit.sid, exhibit.kind, exhibit.sender, exhibit.fingerprint)
        for row in self.ledger.rows:
            found = (row.sid, row.kind, row.sender, row.fingerprint) == name
            if found and exhibit.receiver in row.receivers:
                return row.first + row.receivers.index(exhibit.receiver)
        return None

    def _reason(self, aborted: Aborted) -> str:
        if aborted.stopped_by is None:
            return aborted.reason
        return f"stopped by {self.names[aborted.stopped_by - 1]}"

    def _phase(self, phase: str) -> dict[str, Any]:
        traffic: Traffic = self.ledger.total(lambda sent: sent.phase == phase)
        return {**attrs.asdict(traffic), "rounds": self.ledger.rounds(phase)}

    def _fault(self, number: int) -> dict[str, Any]:
        """What a fault did. party: whom it struck, null if it struck the network; groups: the sides
        that it cut apart, or the parties whose links it changed."""
        record = self.run.faults[number]
        struck = None if FAULT_KINDS[record.kind].network else self.names[record.party - 1]
        groups = [self._called(group) for group in struck_groups(self.plan.faults[number])]
        return {**attrs.asdict(record), "party": struck, "groups": groups}

    def _receipt(self, number: int) -> dict[str, Any]:
        """What a behaviour did. party: null if it is the network's; messages_of_party, advice: if
        its selector matched nothing, what there was to match, and which key ruled it out."""
        receipt = self.run.receipts[number]
        advice = None if receipt.fired else self._advice(number)
        return {
            **attrs.asdict(receipt),
            "party": self.names[receipt.party - 1] if receipt.party else None,
            "acted": receipt.acted,
            "messages_of_party": [] if advice is None else list(advice.kinds),
            "advice": "" if advice is None else advice.text,
        }

    def _advice(self, number: int) -> Advice | None:
        """Why a behaviour never fired. Receipts of one name and seat stand in the file's order."""
        receipt = self.run.receipts[number]
        same = [r for r in self.run.receipts[:number] if (r.behaviour, r.party) == _of(receipt)]
        bound = [a for a in self.plan.attacks if _of(receipt) in {(a.name, i) for i in a.parties}]
        if not bound:
            return None
        return advise(bound[len(same)].when, receipt.party, self.ledger.rows, self.names)

    def _waiting(self) -> list[dict[str, Any]]:
        """Who waits for which message of which sid from whom, and who of those is dead."""
        return [
            self._wait(index, wait)
            for index, outcome in self.run.outcomes.items()
            if isinstance(outcome, Stalled | Unfinished)
            for wait in outcome.waiting_for
        ]

    def _wait(self, index: int, wait: Wait) -> dict[str, Any]:
        dead = [j for j in wait.missing if isinstance(self.run.outcomes[j], Crashed)]
        return {
            "party": self.names[index - 1],
            "sid": wait.sid,
            "kind": wait.kind,
            "missing": self._called(wait.missing),
            "dead": self._called(tuple(dead)),
        }

    def _measured(self) -> dict[str, Any]:
        return {
            "wall_s": round(self.wall_s, 6),
            "cpu_s": {self.names[i - 1]: round(s, 6) for i, s in sorted(self.run.cpu.items())},
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }


def _of(receipt: Receipt) -> tuple[str, int]:
    return receipt.behaviour, receipt.party


def jsonable(value: Any) -> Any:
    """An output as JSON can hold it; an exact fraction shows both of its numbers."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        named = cast("Mapping[str, Any]", value)
        return {str(name): jsonable(item) for name, item in named.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in cast("Sequence[Any]", value)]
    return value if isinstance(value, int | float | str) or value is None else str(value)
