"""From a scenario to a run: names are resolved, the world is built, the run is judged.

`prepare` refuses everything that can be known to be wrong before anything runs; `Prepared.run`
runs and judges. What a run leaves behind is in `report.py`.
"""

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import attrs

from turncoat.actors.mailbox import Slot
from turncoat.actors.rule import Rule
from turncoat.actors.world import Run, World
from turncoat.protocols.declare import Facts
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.session import Execution
from turncoat.scenarios.facts import faulty, silent
from turncoat.scenarios.plan import Plan, plan
from turncoat.scenarios.report import Report
from turncoat.scenarios.verdict import Case, judge

if TYPE_CHECKING:
    from turncoat.scenarios.scenario import Scenario


@attrs.frozen(kw_only=True)
class Options:
    """How to run, without any effect on what happens: the digest is the same for all of them.

    encode: really encode and decode every message. keep_bodies: keep payloads for the trace.
    shuffle: reorders wake-ups. pulse: called with the virtual time [ns] now and then; True ends
    the run. meter: measure the CPU of each party.
    """

    encode: bool = False
    keep_bodies: bool = False
    shuffle: Callable[[list[Slot]], None] | None = None
    pulse: Callable[[int], bool] | None = None
    meter: bool = True


@attrs.frozen
class Prepared:
    """A scenario that can run: everything that could be checked has been."""

    scenario: "Scenario"
    seed: int
    plan: Plan

    def run(self, options: Options | None = None) -> Report:
        """Run and judge. Raises what a program raises that is no abort: a bug, not a result."""
        started, execution = perf_counter(), self.plan.session.execution()
        run = self._world(options or Options()).run(
            {i: execution.main(i) for i in self.plan.indices}
        )
        case = self._case(run, execution)
        return Report(
            scenario=self.scenario,
            plan=self.plan,
            seed=self.seed,
            run=run,
            case=case,
            verdict=judge(case),
            exceeded=self._exceeded(run),
            wall_s=perf_counter() - started,
        )

    def _world(self, options: Options) -> World:
        plan, header = self.plan, self.scenario.header
        return World(
            cast=plan.cast,
            tapes=AesCtrTape,
            t=plan.session.t,
            seed=self.seed,
            topology=plan.topology,
            structures=plan.session.structures,
            heeds=plan.session.heeds,
            faults=plan.faults,
            rules=self._rules(),
            time_limit=header.time_limit,
            digest=header.digest,
            encode=options.encode,
            keep_bodies=options.keep_bodies,
            meter=options.meter,
            shuffle=options.shuffle,
            pulse=options.pulse,
        )

    def _rules(self) -> dict[int, list[Rule]]:
        """Fresh rules for one run: party → what it does to its messages, in the file's order."""
        rules: dict[int, list[Rule]] = {i: [] for i in sorted(self.plan.corrupted)}
        for attack in self.plan.attacks:
            for index in attack.parties:
                rules[index].append(attack.bind(index))
        return rules

    def _case(self, run: Run, execution: Execution) -> Case:
        return Case(
            outcomes=run.outcomes,
            corrupted=self.plan.corrupted,
            faulty=faulty(run),
            right=execution.right(run.outcomes, self.plan.active),
            answering=self.plan.session.answering,
            receipts=run.receipts,
            cut_short=bool(run.cut_short),
        )

    def _exceeded(self, run: Run) -> tuple[str, ...]:
        """Why the protocol's guarantee is not in force for this run; empty if it is."""
        facts = Facts(
            n=self.scenario.n,
            t=self.plan.session.t,
            corrupted_active=self.plan.active,
            corrupted_passive=self.plan.corrupted - self.plan.active,
            silent=silent(run, self.plan.faults, self.plan.topology),
        )
        return self.plan.session.guarantee.exceeded(facts)


def prepare(scenario: "Scenario", seed: int | None = None) -> Prepared:
    """Resolve and check a scenario for one seed. Raises ScenarioError with every mistake found."""
    if seed is None:
        seed = scenario.header.seed
    if seed is None:
        seed = fresh_seed()
    return Prepared(scenario, seed, plan(scenario, seed))


def simulate(
    scenario: "Scenario", seed: int | None = None, options: Options | None = None
) -> Report:
    """Run a scenario once. seed: in place of the file's; without either, one is picked."""
    return prepare(scenario, seed).run(options)


def fresh_seed() -> int:
    """A seed for a run that names none; the report prints it."""
    return secrets.randbelow(1 << 32)
