"""From a scenario to a run: names are resolved, the world is built, the run is judged.

`prepare` refuses everything that can be known to be wrong before anything runs; `Prepared.run`
runs and judges. What a run leaves behind is in `report.py`.
"""

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import attrs

from turncoat.actors.mailbox import Slot
from turncoat.actors.party import Party
from turncoat.actors.rule import Rule
from turncoat.actors.topology import Cast
from turncoat.actors.world import Run, World
from turncoat.protocols.arithmetic.run_program import (
    InputRecord,
    NoEffectiveInput,
    effective_inputs,
    run_program,
)
from turncoat.protocols.declare import Facts
from turncoat.protocols.functionalities.plain import evaluate
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.scenarios.facts import faulty, silent
from turncoat.scenarios.plan import Plan, plan
from turncoat.scenarios.report import Report
from turncoat.scenarios.verdict import Case, Right, judge

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
        started, record = perf_counter(), InputRecord()
        run = self._world(options or Options()).run(
            {i: self._program(i, record) for i in self.plan.indices}
        )
        case = self._case(run, record)
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

    def _program(self, index: int, record: InputRecord) -> Callable[[Party], Any]:
        plan = self.plan
        own = plan.inputs[plan.names[index - 1]]

        async def main(party: Party) -> Any:
            return await run_program(
                party.sub(plan.family.name),
                plan.family,
                plan.program,
                own,
                plan.layout,
                plan.params,
                record=record,
                announced=plan.announced,
            )

        return main

    def _world(self, options: Options) -> World:
        plan, header = self.plan, self.scenario.header
        return World(
            cast=Cast(plan.names),
            tapes=AesCtrTape,
            t=plan.family.t,
            seed=self.seed,
            topology=plan.topology,
            structures={"field": plan.family.field},
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

    def _case(self, run: Run, record: InputRecord) -> Case:
        return Case(
            outcomes=run.outcomes,
            corrupted=self.plan.corrupted,
            faulty=faulty(run),
            right=self._right(record),
            receipts=run.receipts,
            cut_short=bool(run.cut_short),
        )

    def _right(self, record: InputRecord) -> Right | None:
        """The program in the clear, on the inputs in force at the end of the input phase."""
        plan = self.plan
        try:
            inputs = effective_inputs(plan.inputs, record, plan.family, plan.layout, plan.corrupted)
        except NoEffectiveInput:
            return None
        return Right(evaluate(plan.program, inputs, plan.params, plan.family.field.p).outputs)

    def _exceeded(self, run: Run) -> tuple[str, ...]:
        """Why the protocol's guarantee is not in force for this run; empty if it is."""
        facts = Facts(
            n=len(self.plan.names),
            t=self.plan.family.t,
            corrupted_active=self.plan.active,
            corrupted_passive=self.plan.corrupted - self.plan.active,
            silent=silent(run, self.plan.faults, self.plan.topology),
        )
        return self.plan.family.guarantee.exceeded(facts)


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
