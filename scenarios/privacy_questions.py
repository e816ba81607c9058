"""`[expect] privacy`: what the corrupted seats of a scenario learn, by the check that it names.

The scenario's own protocol, program, parties, network, faults and adversary are what is checked:
enumerated, or run again and again with other seeds (`privacy_runs.py`). It is done beside a run: a
leak is a property of a distribution, and no fact about one run. Knows neither files nor pages.
"""

from functools import partial

from turncoat.adversary.coalition import Habit, assemble
from turncoat.adversary.privacy.ensemble import Ensemble
from turncoat.adversary.privacy.exact import (
    MOST_TAPES,
    Progress,
    check_work,
    exact,
    first_layout,
)
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.programs import SessionProgram
from turncoat.protocols.arithmetic.session import ArithmeticSession
from turncoat.scenarios.privacy import Privacy, Result
from turncoat.scenarios.privacy_runs import (
    Question,
    extraction,
    pair,
    require_unguessable,
    statistical,
)
from turncoat.scenarios.problems import Refusal


def objection(question: Question) -> Refusal | None:
    """Why a question cannot be answered, if that can be known before; the exact check's work is
    estimated by a pilot."""
    session = question.plan.session
    try:
        if question.reveals is not None:
            _require_names(question)
        if question.kind == "exact":
            asked = ensemble(question)
            check_work(asked, first_layout(asked), asked.input_count, MOST_TAPES)
        elif question.kind == "extraction":
            require_unguessable(session)
        elif pair(question) is None:
            raise NotEnumerable(
                "no second input was found on which the corrupted seats learn the same: give other "
                'inputs, or take privacy = "extraction"'
            )
    except Refusal as refusal:
        return refusal.under(("expect",))
    except NotEnumerable as error:
        message, _, remedy = str(error).rpartition(": ")
        return Refusal(message or remedy, remedy if message else "", ("expect", "privacy"))
    return None


def answer(question: Question, *, workers: int = 1, progress: Progress | None = None) -> Privacy:
    """Carry the check out. workers: processes for the exact one, 0: one a core (a program out of a
    file of its own stays in this one). Raises NotEnumerable for what `objection` did not foresee.
    """
    match question.kind:
        case "exact":
            workers = workers if _travels(question) else 1
            result: Result = exact(ensemble(question), workers=workers, progress=progress)
        case "statistical":
            result = statistical(question)
        case "extraction":
            result = extraction(question)
    return Privacy(
        kind=question.kind, result=result, reveals=question.reveals, names=question.plan.names
    )


def _require_names(question: Question) -> None:
    session = question.plan.session
    if not isinstance(session, ArithmeticSession):
        message = f"{session.name} has one output, and reveals it"
        raise Refusal(message, "leave it out", ("reveals",), "key")
    known = SessionProgram(session=session).names
    for k, name in enumerate(question.reveals or ()):
        if name not in known:
            there = f"there is {', '.join(map(repr, known))}"
            raise Refusal(f"the program opens no {name!r}", there, ("reveals", k))


def ensemble(question: Question) -> Ensemble:
    """The scenario as the exact check takes it. Raises NotEnumerable for protocols and behaviours
    that it cannot."""
    plan, session = question.plan, question.plan.session
    if not isinstance(session, ArithmeticSession):
        raise NotEnumerable(f"{session.name} draws seeds and keys: take the statistical check")
    habits = [attack.name for attack in plan.attacks if isinstance(attack.behaviour, Habit)]
    if habits:
        raise NotEnumerable(f"{habits[0]} takes a whole seat: take the statistical check")
    deviation = partial(assemble, plan.attacks, rushing=plan.rushing) if plan.active else None
    return SessionProgram(session=session, reveals=question.reveals).ensemble(
        session.name,
        question.corrupted,
        topology=plan.topology,
        faults=plan.faults,
        deviation=deviation,
    )


def _travels(question: Question) -> bool:
    """Can another process import the program?"""
    session = question.plan.session
    program = session.program if isinstance(session, ArithmeticSession) else None
    return getattr(program, "__module__", "").startswith("turncoat.")
