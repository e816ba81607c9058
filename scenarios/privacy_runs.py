"""The views of a scenario's corrupted seats in many runs of it: two samples, or guesses.

For large fields and real cryptography. Every run has a seed of its own; the planted leak beside
each check is the same scenario with faulty coins: the same in every run, or honest ones stuck at 0.
Knows no file and no page.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import prod
from typing import Any

import attrs
import numpy as np

from turncoat.actors.randomness import CoinWatch, derive
from turncoat.actors.world import Run
from turncoat.adversary.privacy.alike import Rows, second_input
from turncoat.adversary.privacy.extraction import EXTRACTORS, PRIOR, TRIALS, ExtractionResult
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.programs import SessionProgram
from turncoat.adversary.privacy.sampling import PlantedCoins, RepeatedCoins
from turncoat.adversary.privacy.statistical import Scan, StatisticalResult, scan_of
from turncoat.adversary.privacy.tapes import EVERY
from turncoat.adversary.views import CoinRecorder, View, view_of
from turncoat.protocols.arithmetic.program import Values
from turncoat.protocols.arithmetic.session import ArithmeticSession
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.session import Right
from turncoat.scenarios.plan import Plan
from turncoat.scenarios.privacy import REPEATED, STUCK
from turncoat.scenarios.schema import PrivacyKind

VIEWS = 100  # of each input
GUESSED = ("bare", "interpolated")  # extractors that need to be told nothing

Coins = Callable[[CoinRecorder], CoinWatch]  # what a run's coins are, and who writes them down
Play = Callable[[Mapping[str, Values], int, CoinWatch], tuple[Run, Right | None]]


@attrs.frozen(kw_only=True)
class Question:
    """What is asked of a scenario. reveals: names of results, None: all that is opened. play: runs
    the scenario on other inputs, with another seed and watched coins."""

    kind: PrivacyKind
    plan: Plan
    reveals: tuple[str, ...] | None
    seed: int
    play: Play

    @property
    def corrupted(self) -> tuple[int, ...]:
        return tuple(sorted(self.plan.corrupted))

    @property
    def honest(self) -> tuple[int, ...]:
        return tuple(i for i in self.plan.indices if i not in self.plan.corrupted)


# -- two samples -----------------------------------------------------------------------------------


def statistical(question: Question) -> StatisticalResult:
    inputs = pair(question)
    if inputs is None:
        raise NotEnumerable("no second input was found on which the corrupted seats learn the same")
    session, found = question.plan.session, _scan(question, inputs, _as_they_fall)
    return StatisticalResult(
        name=session.name,
        corrupted=question.corrupted,
        field=session.terms,
        inputs=inputs,
        samples=VIEWS,
        scan=found,
        planted=None if found.leaks else _scan(question, inputs, _repeated(question)),
        planted_name=REPEATED,
    )


def _scan(question: Question, inputs: tuple[Rows, Rows], coins: Coins) -> Scan:
    one, two = (
        [_view(question, rows, coins, "view", side, k) for k in range(VIEWS)]
        for side, rows in enumerate(inputs)
    )
    return scan_of(one, two)


def pair(question: Question) -> tuple[Rows, Rows] | None:
    """The scenario's inputs, and others on which the corrupted seats learn the same."""
    session = question.plan.session
    first = rows_of(session.inputs)
    all_of_it = None if question.reveals is None else attrs.evolve(question, reveals=None)
    opened = None if all_of_it is None else partial(_known, all_of_it)
    second = second_input(first, question.honest, partial(_known, question), opened)
    return None if second is None else (first, second)


def _known(question: Question, rows: Rows) -> Any:
    """What the corrupted seats may know on these inputs, beside their own."""
    session = question.plan.session
    if not session.answering.intersection(question.corrupted):
        return None
    if isinstance(session, ArithmeticSession):
        program = SessionProgram(session=session, reveals=question.reveals)
        return program.outputs(session.family.field.p, rows)
    inputs = shaped(rows, session.inputs)
    _, right = question.play(inputs, question.seed, CoinRecorder(frozenset()))
    if right is None:
        raise NotEnumerable(f"this run of {session.name} fixes no output that could be compared")
    return right


def _as_they_fall(recorder: CoinRecorder) -> CoinWatch:
    return recorder


def _repeated(question: Question) -> Coins:
    return lambda recorder: RepeatedCoins(recorder, frozenset(question.plan.indices))


def _stuck(question: Question) -> Coins:
    tapes = frozenset((i, EVERY) for i in question.honest)
    return lambda recorder: PlantedCoins(0, recorder, tapes, {})


def _view(question: Question, rows: Rows, coins: Coins, *name: str | int) -> View:
    """The corrupted seats' view of one run, with a seed of its own."""
    seed = int.from_bytes(derive(question.seed, "privacy", *name)[:7], "little")
    recorder = CoinRecorder(frozenset(question.corrupted))
    inputs = shaped(rows, question.plan.session.inputs)
    run, _ = question.play(inputs, seed, coins(recorder))
    return view_of(run.journal, question.corrupted, rows, recorder.coins())


# -- guesses ---------------------------------------------------------------------------------------


def extraction(question: Question) -> ExtractionResult:
    honest = [_trial(question, k, _as_they_fall) for k in range(TRIALS)]
    planted = [_trial(question, k, _stuck(question)) for k in range(TRIALS)]
    guesses = max(count for _, count in (*honest, *planted))
    found = [name for names, _ in honest for name in names]
    field = require_unguessable(question.plan.session).family.field
    targets = sum(len(row) for row in rows_of(question.plan.session.inputs).values())
    return ExtractionResult(
        name=question.plan.session.name,
        corrupted=question.corrupted,
        field=field.name,
        extractor=", ".join(dict.fromkeys(found)) or ", ".join(GUESSED),
        trials=TRIALS,
        successes=sum(bool(names) for names, _ in honest),
        planted=sum(bool(names) for names, _ in planted),
        planted_name=STUCK,
        guesses=guesses,
        bound=guesses * targets / field.order,
    )


def _trial(question: Question, number: int, coins: Coins) -> tuple[list[str], int]:
    """The extractors that find an honest input, and how often all of them guess. Inputs are uniform
    in the field; one that equals an output is no find."""
    session = require_unguessable(question.plan.session)
    field = session.family.field
    rows = {
        i: tuple(_uniform(question, number, i, len(row)))
        for i, row in rows_of(session.inputs).items()
    }
    known = {
        x for row in SessionProgram(session=session).outputs(field.p, rows).values() for x in row
    }
    wanted = {x for i in question.honest for x in rows.get(i, ())} - known
    view = _view(question, rows, coins, "trial", number)
    found, guesses = list[str](), 0
    for name in GUESSED:
        guessed = list(EXTRACTORS[name](view, field, ()))
        guesses += len(guessed)
        if wanted.intersection(guessed):
            found.append(name)
    return found, guesses


def _uniform(question: Question, number: int, party: int, count: int) -> list[int]:
    field = require_unguessable(question.plan.session).family.field
    tape = AesCtrTape(derive(question.seed, "privacy-inputs", number, party))
    return [int(x) for x in field.storage.integers(field.random(tape, count).array)]


def require_unguessable(session: Any) -> ArithmeticSession:
    """A session whose inputs are elements of a field in which nobody guesses. Raises
    NotEnumerable."""
    if not isinstance(session, ArithmeticSession):
        raise NotEnumerable(f"{session.name} has extractors of its own: take the statistical check")
    field = session.family.field
    if field.order * PRIOR < 1:
        raise NotEnumerable(
            f"in {field.name} a blind guess succeeds with more than 2^-40: take a field of at "
            "least 2^40 elements, or the exact check"
        )
    return session


# -- inputs as rows of numbers ---------------------------------------------------------------------


def rows_of(inputs: Mapping[str, Values]) -> Rows:
    """All numbers that each party brings, one after the other."""
    return {i: tuple(_numbers(own)) for i, own in enumerate(inputs.values(), 1)}


def _numbers(own: Values) -> Iterator[Any]:
    for values in own.values():
        yield from np.asarray(values).reshape(-1).tolist()


def shaped(rows: Rows, like: Mapping[str, Values]) -> dict[str, Values]:
    """Rows of numbers as inputs of the same names, shapes and types."""
    table = dict[str, Values]()
    for i, (owner, own) in enumerate(like.items(), 1):
        rest, arrays = list(rows[i]), dict[str, Any]()
        for name, values in own.items():
            model = np.asarray(values)
            size = prod(model.shape)
            arrays[name] = np.array(rest[:size], model.dtype).reshape(model.shape)
            rest = rest[size:]
        table[owner] = arrays
    return table
