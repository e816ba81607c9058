"""A program over an arithmetic family, as a session: `use = "bgw"` or the like, and a program.

`make` refuses everything that can be known to be wrong before anything runs: a family that does not
have the parameters, a program that nobody knows or whose numbers would wrap around in the field.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs
import numpy as np

from turncoat.actors.outcome import Outcome
from turncoat.actors.party import Party
from turncoat.actors.wire import Structures
from turncoat.protocols import registry
from turncoat.protocols.algebra.field import Field, parse_field
from turncoat.protocols.arithmetic.family import Announced, Family, FamilyMaker
from turncoat.protocols.arithmetic.predict import dry_run, predict
from turncoat.protocols.arithmetic.program import Layout, Program, Values
from turncoat.protocols.arithmetic.run_program import (
    InputRecord,
    NoEffectiveInput,
    effective_inputs,
    run_program,
)
from turncoat.protocols.declare import Guarantee
from turncoat.protocols.functionalities.plain import evaluate, layout_of
from turncoat.protocols.session import Main, Misfit, Prediction, Request, Right, UnfitRequest

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class ArithmeticSession:
    """A `turncoat.protocols.session.Session`. announced: the program's steps as far as they are
    public, for families that prepare."""

    family: Family[Any]
    program: Program
    params: Mapping[str, Any]
    inputs: Mapping[str, Values]
    announced: Sequence[Announced]

    @property
    def name(self) -> str:
        return self.family.name

    @property
    def roles(self) -> dict[str, tuple[int, ...]]:
        n = self.family.n
        return {
            "parties": tuple(range(1, n + 1)),
            **{role: (n + k,) for k, role in enumerate(self.family.roles, 1)},
        }

    @property
    def trusted(self) -> frozenset[int]:
        """Those who hand out correlated randomness: the families are proven on their honesty."""
        return frozenset(i for (i,) in map(self.roles.__getitem__, self.family.roles))

    @property
    def answering(self) -> frozenset[int]:
        return frozenset(self.roles["parties"])

    @property
    def heeds(self) -> dict[int, frozenset[int]]:
        """Everybody heeds everybody: a dealer stops when the parties do."""
        everyone = self.answering | self.trusted
        return dict.fromkeys(everyone, everyone) if self.trusted else {}

    @property
    def t(self) -> int:
        return self.family.t

    @property
    def structures(self) -> Structures:
        return {"field": self.family.field}

    @property
    def guarantee(self) -> Guarantee:
        return self.family.guarantee

    @property
    def terms(self) -> str:
        return f"t = {self.family.t}, field {self.family.field.name}"

    @property
    def layout(self) -> Layout:
        return layout_of(self.inputs)

    def with_inputs(self, inputs: Mapping[str, Values]) -> "ArithmeticSession":
        return attrs.evolve(self, inputs=inputs)

    def predict(self) -> Prediction:
        return predict(self.family, self.program, self.layout, self.params)

    def execution(self) -> "ArithmeticExecution":
        return ArithmeticExecution(self)


@attrs.frozen
class ArithmeticExecution:
    """A `turncoat.protocols.session.Execution`."""

    session: ArithmeticSession
    record: InputRecord = attrs.field(factory=InputRecord)

    def main(self, index: int) -> Main:
        session = self.session
        if index > session.family.n:
            return self._auxiliary(list(session.family.roles)[index - session.family.n - 1])
        own = session.inputs[list(session.inputs)[index - 1]]

        async def main(party: Party) -> Any:
            return await run_program(
                party.sub(session.name),
                session.family,
                session.program,
                own,
                session.layout,
                session.params,
                record=self.record,
                announced=session.announced,
            )

        return main

    def _auxiliary(self, role: str) -> Main:
        session = self.session

        async def main(party: Party) -> None:
            await session.family.roles[role](party.sub(session.name), session.announced)

        return main

    def right(self, outcomes: Mapping[int, Outcome], corrupted: frozenset[int]) -> Right | None:
        """The program in the clear, on the inputs in force at the end of the input phase."""
        session = self.session
        try:
            inputs = effective_inputs(
                session.inputs, self.record, session.family, session.layout, corrupted
            )
        except NoEffectiveInput:
            return None
        p = session.family.field.p
        return Right(evaluate(session.program, inputs, session.params, p).outputs)


def make(request: Request) -> ArithmeticSession:
    """The session that is asked for. Raises UnfitRequest with every reason why there is none."""
    misfits: list[Misfit] = []
    request = attrs.evolve(request, inputs=_as_integers(request.inputs))

    def attempt(key: str, make_it: Callable[[], _T]) -> _T | None:
        try:
            return make_it()
        except UnfitRequest as unfit:
            misfits.extend(unfit.misfits)
        except ValueError as error:
            misfits.append(Misfit(key, str(error)))
        return None

    field = attempt("field", lambda: parse_field(request.field))
    maker = attempt("use", lambda: registry.family(request.use))
    program = attempt("program", lambda: _program(request))
    options = attempt("variant", lambda: _options(maker, request)) if maker else None
    family = None
    if maker and field and options is not None:
        at = "use" if request.options.get("t") is None else "t"
        family = attempt(at, lambda: maker(request.n, options.pop("t", None), field, **options))
    if program and field:
        attempt("program", lambda: _check_range(request, program, field))
    announced = None
    if family and program and not misfits:
        announced = attempt("variant", lambda: _announced(family, program, request))
    if family is None or program is None or announced is None:
        raise UnfitRequest(*misfits)
    return ArithmeticSession(
        family=family,
        program=program,
        params=request.params,
        inputs=request.inputs,
        announced=announced,
    )


def _as_integers(inputs: Mapping[str, Values]) -> dict[str, Values]:
    """All inputs as arrays of Python integers, which never wrap."""
    return {
        party: {name: np.asarray(values).astype(object) for name, values in own.items()}
        for party, own in inputs.items()
    }


def _options(maker: FamilyMaker, request: Request) -> dict[str, Any]:
    """The options given, if the family has them; checked apart, for the sake of the key to name."""
    given = {key: value for key, value in request.options.items() if value is not None}
    for key in given:
        if key not in maker.options:
            takes = ", ".join(maker.options)
            raise UnfitRequest(Misfit(key, f"{maker.name} has no {key!r}", f"it takes {takes}"))
    variant = given.get("variant")
    if variant is not None and variant not in maker.variants:
        message = f"{maker.name} has no variant {variant!r}"
        raise UnfitRequest(Misfit("variant", message, registry.nearest(variant, maker.variants)))
    return given


def _program(request: Request) -> Program:
    if request.program is None:
        known = ", ".join(registry.PROGRAMS)
        remedy = f'such as program = "mean" (there are {known})'
        raise UnfitRequest(Misfit("program", "no program is given", remedy))
    return registry.program(request.program, request.folder)


def _announced(family: Family[Any], program: Program, request: Request) -> Sequence[Announced]:
    """The program's steps, if the family prepares for them. Raises UnfitRequest for a program that
    fails on zeros, from which they would be found."""
    if "prep" not in family.costs:
        return ()
    try:
        return dry_run(family, program, request.layout, request.params).operations
    except Exception as error:
        # A user's program may fail on zeros in ways that nobody can foresee.
        raise UnfitRequest(
            Misfit(
                "variant",
                f"its products cannot be prepared for: on zeros the program fails ({error})",
                "leave `variant` out, or let the program accept zeros",
            )
        ) from error


def _check_range(request: Request, program: Program, field: Field) -> None:
    """Refuse a program whose numbers would wrap around in the field."""
    found = evaluate(program, request.inputs, request.params)
    if not found.fits(field.p):
        raise UnfitRequest(
            Misfit(
                "program",
                f"numbers up to {found.largest} do not fit the field of {field.p} elements, which "
                f"holds those below {(field.p + 1) // 2}",
                "take a larger field, or smaller inputs",
            )
        )
