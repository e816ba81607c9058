"""From a scenario to a run: names are resolved, the world is built, the run is judged.

`prepare` refuses everything that can be known to be wrong before anything runs; `Prepared.run`
runs and judges. What a run leaves behind is in `report.py`.
"""

import secrets
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.mailbox import Slot
from turncoat.actors.randomness import CoinWatch
from turncoat.actors.world import Run, World
from turncoat.adversary.coalition import Coalition, Part, assemble
from turncoat.adversary.views import CoinRecorder
from turncoat.protocols.arithmetic.program import Values
from turncoat.protocols.declare import Facts
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.session import Execution, Right
from turncoat.scenarios.collector import seldom_collected
from turncoat.scenarios.facts import faulty, silent
from turncoat.scenarios.plan import Plan, plan
from turncoat.scenarios.privacy import Privacy
from turncoat.scenarios.privacy_questions import answer, objection
from turncoat.scenarios.privacy_runs import Question
from turncoat.scenarios.report import Report
from turncoat.scenarios.schema import PrivacyKind
from turncoat.scenarios.verdict import Case, judge

if TYPE_CHECKING:
    from turncoat.scenarios.scenario import Scenario


@attrs.frozen(kw_only=True)
class Options:
    """How to run, without any effect on what happens: the digest is the same for all of them.

    encode: really encode and decode every message. keep_bodies: keep payloads for the trace.
    shuffle: reorders wake-ups. pulse: called with the virtual time [ns] now and then; True ends
    the run. watched: given, before the run begins, what says how far it has come, if the protocol
    knows. meter: measure the CPU of each party. coins: as of a `World`. views: write down the
    corrupted seats' coins, and keep bodies. privacy: carry out the check that [expect] asks for.
    """

    encode: bool = False
    keep_bodies: bool = False
    shuffle: Callable[[list[Slot]], None] | None = None
    pulse: Callable[[int], bool] | None = None
    watched: Callable[[Callable[[], str] | None], None] | None = None
    meter: bool = True
    coins: CoinWatch | None = None
    views: bool = False
    privacy: bool = True


@attrs.frozen
class Prepared:
    """A scenario that can run: everything that could be checked has been."""

    scenario: "Scenario"
    seed: int
    plan: Plan

    @seldom_collected()
    def run(self, options: Options | None = None) -> Report:
        """Run and judge. Raises what a program raises that is no abort: a bug, not a result."""
        options = options or Options()
        recorder = CoinRecorder(self.plan.corrupted) if options.views else None
        if recorder is not None:
            options = attrs.evolve(options, keep_bodies=True, coins=recorder)
        started, execution = perf_counter(), self.plan.session.execution()
        if options.watched is not None:
            options.watched(getattr(execution, "progress", None))
        coalition = assemble(self.plan.attacks, rushing=self.plan.rushing)
        run = self._world(options, coalition).run(
            {i: self._program(i, execution, coalition) for i in self.plan.indices}
        )
        case = self._case(run, execution, coalition)
        privacy = self._privacy() if options.privacy else None
        if privacy is not None:
            case = attrs.evolve(case, privacy=privacy.verdict)
        return Report(
            scenario=self.scenario,
            plan=self.plan,
            seed=self.seed,
            run=run,
            case=case,
            verdict=judge(case),
            exceeded=self._exceeded(run, coalition),
            wall_s=perf_counter() - started,
            privacy=privacy,
            coins=None if recorder is None else recorder.coins(),
        )

    def question(self, kind: PrivacyKind) -> Question:
        """What a privacy check of that kind asks of this scenario."""
        return Question(
            kind=kind,
            plan=self.plan,
            reveals=self.scenario.expect.reveals,
            seed=self.seed,
            play=self._play,
        )

    def _privacy(self) -> Privacy | None:
        kind = self.scenario.expect.privacy
        return None if kind is None else answer(self.question(kind))

    def _play(
        self, inputs: Mapping[str, Values], seed: int, coins: CoinWatch
    ) -> tuple[Run, Right | None]:
        """The same scenario on other inputs, with another seed."""
        plan = attrs.evolve(self.plan, session=self.plan.session.with_inputs(inputs))
        options = Options(keep_bodies=True, meter=False, coins=coins, privacy=False)
        report = attrs.evolve(self, plan=plan, seed=seed).run(options)
        return report.run, report.case.right

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
            coins=options.coins,
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
    prepared = Prepared(scenario, seed, plan(scenario, seed))
    kind = scenario.expect.privacy
    refusal = None if kind is None else objection(prepared.question(kind))
    if refusal is not None:
        raise scenario.document.error([refusal])
    return prepared


def simulate(
    scenario: "Scenario", seed: int | None = None, options: Options | None = None
) -> Report:
    """Run a scenario once. seed: in place of the file's; without either, one is picked."""
    return prepare(scenario, seed).run(options)


def fresh_seed() -> int:
    """A seed for a run that names none; the report prints it."""
    return secrets.randbelow(1 << 32)
