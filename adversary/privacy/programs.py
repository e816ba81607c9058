"""A session of arithmetic as an ensemble: what a scenario with `privacy = "exact"` enumerates.

The whole of every seat's main runs as it does in a scenario: preprocessing and its dealer, input
phase, program, opening. Only the public `finish` is left out, which computes on opened numbers
alone. Over a tiny field a program's numbers wrap around, and its oracle's are reduced accordingly.
Knows no scenario.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property, partial
from math import prod
from typing import Any, cast

import attrs
import numpy as np

from turncoat.actors.party import Party
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.stand_ins import IDEAL
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.arithmetic.family import Family
from turncoat.protocols.arithmetic.random_source import BITS, ELEMENTS
from turncoat.protocols.arithmetic.session import ArithmeticSession
from turncoat.protocols.functionalities.plain import evaluate

COURSES = 16  # that a run under a deviation may take: a check may pass or fail in several places
UNNAMED = "output"  # what the only result of a program is called


@attrs.frozen(kw_only=True, slots=False)
class SessionProgram:
    """A program over a family. session: its inputs do not matter, but for their shapes.

    reveals: names of the results that corrupted parties may know; None: all that is opened. A
    party's inputs, in the order of the layout, are one flat row of elements.
    """

    session: ArithmeticSession
    reveals: tuple[str, ...] | None = None

    def ensemble(self, name: str, corrupted: Sequence[int], **options: Any) -> Ensemble:
        """The ensemble for one corrupted set. options: of the `Ensemble`, such as its topology.

        Raises NotEnumerable for a program that tosses coins of its own: its outputs are no function
        of the inputs.
        """
        self._require_determined()
        session, family = self.session, self.session.family
        sizes = {i: _count(shapes) for i, shapes in enumerate(session.layout.values(), 1)}
        active = options.get("deviation") is not None
        idealised, stand_ins = IDEAL.get(session.name, ((), {}))
        return Ensemble(
            name=name,
            field=family.field,
            n=family.n,
            t=family.t,
            main=self.main,
            roles=session.roles if family.roles else {},
            inputs={i: size for i, size in sizes.items() if size},
            functionality=partial(self.outputs, family.field.order),
            corrupted=tuple(sorted(corrupted)),
            heeds=session.heeds,
            soundness=getattr(family, "soundness_error", Fraction(0)) if active else Fraction(0),
            paths=COURSES if active else 1,
            idealised=idealised,
            stand_ins=stand_ins,
            **options,
        )

    async def main(self, party: Party, field: Algebra, own: Vec) -> Vec | None:
        """One seat's main; at a party, what it may know of the results, one after the other."""
        session, family = self.session, over(self.session.family, field)
        inputs = dict(session.inputs)
        if party.me <= family.n:
            owner = list(inputs)[party.me - 1]
            inputs[owner] = self._shaped(owner, _integers(own))
        ready = attrs.evolve(session, family=family, program=self._bare, inputs=inputs)
        opened = await ready.execution().main(party.me)(party)
        return None if party.me > family.n else field(np.array(self._known(opened), object))

    def outputs(self, p: int, inputs: Inputs) -> dict[int, tuple[int, ...]]:
        """What every party may know: the program on plain numbers, modulo p."""
        shaped = {
            owner: self._shaped(owner, inputs.get(i, ()))
            for i, owner in enumerate(self.session.layout, 1)
        }
        opened = evaluate(self._bare, shaped, self.session.params, p).outputs
        flat = tuple(int(number) % p for number in self._known(opened))
        return dict.fromkeys(range(1, self.session.family.n + 1), flat)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the results."""
        session = self.session
        found = evaluate(self._bare, session.inputs, session.params, session.family.field.p)
        return tuple(by_name(found.outputs))

    async def _bare(self, mpc: Any, inputs: Any, **params: Any) -> Any:
        """The program without its `finish`."""
        return await self.session.program(mpc, inputs, **params)

    def _known(self, opened: Any) -> list[Any]:
        table = by_name(opened)
        names = sorted(table) if self.reveals is None else self.reveals
        return [number for name in names for number in _flat(table[name])]

    def _shaped(self, owner: str, row: Any) -> dict[str, Any]:
        table, rest = dict[str, Any](), list(row)
        for name, shape in self.session.layout[owner].items():
            size = prod(shape)
            table[name] = np.array(rest[:size], object).reshape(shape)
            rest = rest[size:]
        return table

    def _require_determined(self) -> None:
        session = self.session
        steps = evaluate(self._bare, session.inputs, session.params).operations
        if any(step.name in (BITS, ELEMENTS) for step in steps):
            raise NotEnumerable(
                "the program draws random secrets, so its outputs are no function of its inputs: "
                "take the statistical check, or an ideal world of your own"
            )


def over(family: Family[Any], field: Algebra) -> Any:
    """The same family with elements of another structure, such as the same field in lanes."""
    other: Any = copy(family)
    other.parameters = attrs.evolve(other.parameters, field=field)
    return other


def by_name(opened: Any) -> Mapping[str, Any]:
    """What a program opens, by name; a single result is called "output"."""
    return cast("Mapping[str, Any]", opened) if isinstance(opened, Mapping) else {UNNAMED: opened}


def _integers(own: Vec) -> list[int]:
    return [int(x) for x in own.field.storage.integers(own.array)]


def _count(shapes: Mapping[str, tuple[int, ...]]) -> int:
    return sum(map(prod, shapes.values()))


def _flat(opened: Any) -> list[Any]:
    """All numbers of one result, nested lists in order."""
    if isinstance(opened, list):
        return [number for item in cast("list[Any]", opened) for number in _flat(item)]
    return [opened]
