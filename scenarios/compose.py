"""From a scenario to a run: names are resolved, the world is built, the run is judged.

`prepare` refuses everything that can be known to be wrong before anything runs; `Prepared.run`
runs and judges. What a run leaves behind is in `report.py`.
"""

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.mailbox import Slot
from turncoat.actors.world import Run, World
from turncoat.adversary.coalition import Coalition, Part, assemble
from turncoat.protocols.arithmetic.program import Values
from turncoat.protocols.declare import Facts
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.session import Execution
from turncoat.scenarios.collector import seldom_collected
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
    the run. watched: given, before the run begins, what says how far it has come, if the protocol
    knows. meter: measure the CPU of each party.
    """

    encode: bool = False
    keep_bodies: bool = False
    shuffle: Callable[[list[Slot]], None] | None = None
    pulse: Callable[[int], bool] | None = None
    watched: Callable[[Callable[[], str] | None], None] | None = None
    meter: bool = True


@attrs.frozen
class Prepared:
    """A scenario that can run: everything that could be checked has been."""

    scenario: "Scenario"
    seed: int
    plan: Plan

    @seldom_collected()
    def run(self, options: Options | None = None) -> Report:
        """Run and judge. Raises what a program raises that is no abort: a bug, not a result."""
        started, execution = perf_counter(), self.plan.session.execution()
        if options is not None and options.watched is not None:
            options.watched(getattr(execution, "progress", None))
        coalition = assemble(self.plan.attacks, rushing=self.plan.rushing)
        run = self._world(options or Options(), coalition).run(
            {i: self._program(i, execution, coalition) for i in self.plan.indices}
        )
        case = self._case(run, execution, coalition)
        return Report(
            scenario=self.scenario,
            plan=self.plan,
            seed=self.seed,
            run=run,
            case=case,
            verdict=judge(case),
            exceeded=self._exceeded(run, coalition),
            wall_s=perf_counter() - started,
        )

    def _program(self, index: int, execution: Execution, coalition: Coalition) -> Program:
        """What a seat runs: the honest main, but for what the adversary makes of it."""
        honest, session = execution.main(index), self.plan.session
        if index not in self.plan.corrupted:
            return honest
        name = self.plan.names[index - 1]

        def with_inputs(inputs: Values) -> Program:
            other = session.with_inputs({**session.inputs, name: inputs})
            return other.execution().main(index)

        own = session.inputs.get(name, {})
        return coalition.inhabit(index, Part(honest, own, with_inputs))

    def _world(self, options: Options, coalition: Coalition) -> World:
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
            rules=coalition.rules,
            mind=coalition if coalition.rules or coalition.schedules else None,
            time_limit=header.time_limit,
            digest=header.digest,
            encode=options.encode,
            keep_bodies=options.keep_bodies,
            meter=options.meter,
            shuffle=options.shuffle,
            pulse=options.pulse,
        )

    def _case(self, run: Run, execution: Execution, coalition: Coalition) -> Case:
        taken = coalition.view.corruption.taken
        return Case(
            outcomes=run.outcomes,
            corrupted=taken,
            faulty=faulty(run),
            right=execution.right(run.outcomes, self.plan.active & taken),
            answering=self.plan.session.answering,
            trusted=self.plan.session.trusted,
            unanimous=self.plan.session.guarantee.abort == "unanimous",
            receipts=run.receipts,
            cut_short=bool(run.cut_short),
        )

    def _exceeded(self, run: Run, coalition: Coalition) -> tuple[str, ...]:
        """Why the protocol's guarantee is not in force for this run; empty if it is."""
        corrupted = coalition.view.corruption.most
        facts = Facts(
            n=self.scenario.n,
            t=self.plan.session.t,
            corrupted_active=corrupted & self.plan.active,
            corrupted_passive=corrupted - self.plan.active,
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
