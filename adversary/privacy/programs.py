"""A program over an arithmetic family as an ensemble: what a scenario with `privacy = …` checks.

The whole of a party's main runs as it does in a scenario: input phase, program, opening. Only the
public `finish` is left out, which computes on opened numbers alone. Over a tiny field a program's
numbers wrap around, and its oracle's are reduced accordingly. Knows no scenario.
"""

from collections.abc import Mapping
from functools import partial
from math import prod
from typing import Any, cast

import attrs
import numpy as np

from turncoat.actors.party import Party
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.arithmetic.family import FamilyMaker
from turncoat.protocols.arithmetic.program import Layout, Program
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.functionalities.plain import evaluate


@attrs.frozen(kw_only=True)
class FamilyProgram:
    """A program over a family, on inputs of public shapes.

    maker: of the family. options: what it takes beside n, t and the field. A party's inputs, in the
    order of the layout, are one flat row of elements.
    """

    maker: FamilyMaker
    program: Program
    layout: Layout
    t: int | None = None
    params: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])

    def ensemble(self, name: str, field: Algebra, corrupted: tuple[int, ...]) -> Ensemble:
        """The ensemble for one corrupted set."""
        n = len(self.layout)
        family = self.maker(n, self.t, field, **self.options)
        return Ensemble(
            name=name,
            field=field,
            n=n,
            t=family.t,
            main=self.main,
            inputs={i: _count(shapes) for i, shapes in enumerate(self.layout.values(), 1)},
            functionality=partial(self.outputs, field.order),
            corrupted=corrupted,
        )

    async def main(self, party: Party, field: Algebra, own: Vec) -> Vec:
        """One party's main; the opened values, one after the other."""
        family = self.maker(party.n, self.t, field, **self.options)
        owner = list(self.layout)[party.me - 1]
        inputs = self._shaped(owner, [int(x) for x in field.storage.integers(own.array)])
        opened = await run_program(party, family, self._bare, inputs, self.layout, self.params)
        return field(np.array(_flat(opened), object))

    def outputs(self, p: int, inputs: Inputs) -> dict[int, tuple[int, ...]]:
        """What is opened, to everybody: the program on plain numbers, modulo p."""
        shaped = {
            owner: self._shaped(owner, inputs.get(i, ())) for i, owner in enumerate(self.layout, 1)
        }
        opened = evaluate(self._bare, shaped, self.params, p).outputs
        flat = tuple(int(number) % p for number in _flat(opened))
        return dict.fromkeys(range(1, len(self.layout) + 1), flat)

    async def _bare(self, mpc: Any, inputs: Any, **params: Any) -> Any:
        """The program without its `finish`."""
        return await self.program(mpc, inputs, **params)

    def _shaped(self, owner: str, row: Any) -> dict[str, Any]:
        table, rest = dict[str, Any](), list(row)
        for name, shape in self.layout[owner].items():
            size = prod(shape)
            table[name] = np.array(rest[:size], object).reshape(shape)
            rest = rest[size:]
        return table


def _count(shapes: Mapping[str, tuple[int, ...]]) -> int:
    return sum(map(prod, shapes.values()))


def _flat(opened: Any) -> list[Any]:
    """All numbers of what a program opens, by name, nested lists in order."""
    if isinstance(opened, Mapping):
        table = cast("Mapping[str, Any]", opened)
        return [number for name in sorted(table) for number in _flat(table[name])]
    if isinstance(opened, list):
        return [number for item in cast("list[Any]", opened) for number in _flat(item)]
    return [opened]
