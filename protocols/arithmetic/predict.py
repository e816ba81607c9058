"""What a run of a program will need and cost, from public shapes and declared formulas alone.

The program is run once in the clear, on zeros of the right shapes, and its operations are priced.
Exact for honest runs of programs whose control flow depends on public values only. Knows no
network: rounds and field elements, not seconds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import attrs
import numpy as np

from turncoat.protocols.arithmetic.family import Family
from turncoat.protocols.arithmetic.program import Layout, Program
from turncoat.protocols.arithmetic.slots import slots
from turncoat.protocols.declare import CostFigures
from turncoat.protocols.functionalities.plain import Evaluation, Operation, evaluate
from turncoat.protocols.session import Prediction

OPENINGS = ("open", "open-to")


def dry_run(
    family: Family[Any], program: Program, layout: Layout, params: Mapping[str, Any] | None = None
) -> Evaluation:
    """The program in the clear, on zeros of these shapes: its steps, and their rounds over that
    family. Raises whatever the program raises."""
    zeros = {
        owner: {name: np.zeros(shape, dtype=np.int64) for name, shape in names.items()}
        for owner, names in layout.items()
    }
    pricing = Pricing(family)
    in_turn = OPENINGS if pricing.checks else ()
    return evaluate(program, zeros, params, rounds_of=pricing.rounds, in_turn=in_turn)


def announce(
    family: Family[Any],
    program: Program,
    layout: Layout,
    params: Mapping[str, Any] | None = None,
    to: Sequence[int] | None = None,
) -> tuple[Operation, ...]:
    """Every step of `run_program` that can be prepared for: inputs, the program's own, the opening
    of its outputs. to: indices of those who learn them (default: all)."""
    dry = dry_run(family, program, layout, params)
    return (*_inputs(layout), *dry.operations, _output(dry, family.n, to))


def predict(
    family: Family[Any],
    program: Program,
    layout: Layout,
    params: Mapping[str, Any] | None = None,
    receivers: int | None = None,
) -> Prediction:
    """The cost of `run_program`: setup, preprocessing, inputs, program and opening of outputs.

    Steps are priced one after the other. Where nobody waits for everybody (dealings that reach
    some parties only, after an opening that its king knows a round before the others), a run may
    need fewer rounds, never more.

    receivers: how many parties learn the outputs (default: all). Raises ValueError for shapes
    that the program cannot use.
    """
    dry = dry_run(family, program, layout, params)
    inputs = list(_inputs(layout))
    output = _output(dry, family.n, range(1, (receivers or family.n) + 1))
    pricing = Pricing(family)
    before = [
        *([pricing.named("setup")] if "setup" in family.costs else []),
        *family.preparation((*inputs, *dry.operations, output)),
    ]
    dealt = [pricing(step) for step in inputs]
    steps = [pricing(step) for step in dry.operations]
    opened = pricing(output)
    prices = [*before, *dealt, *steps, opened]
    rounds = _in_sequence(before) + _at_once(dealt) + dry.rounds + int(opened.rounds)
    payload = sum(price.payload_bytes(family.field.element_bytes) for price in prices)
    return Prediction(rounds, sum(int(price.elements_total) for price in prices), payload)


@attrs.define
class Pricing:
    """The price of each step, given in the order of the program. unchecked: does something that was
    opened wait for a check?"""

    family: Family[Any]
    unchecked: bool = False

    @property
    def checks(self) -> bool:
        """Is it a family that checks what it opens?"""
        return "open-at-once" in self.family.costs

    def rounds(self, step: Operation) -> int:
        """The rounds of a step."""
        return int(self(step).rounds)

    def __call__(self, step: Operation) -> CostFigures:
        """The price of a step, by the most particular of the costs that the family declares."""
        costs = self.family.costs
        if step.name not in OPENINGS:
            self.unchecked |= step.name != "input"
            squares = step.name == "multiply" and step.square and "square" in costs
            return self.named("square" if squares else step.name, step.m, step.k)
        waiting, self.unchecked = self.unchecked, False
        name = step.name if waiting or not self.checks else f"{step.name}-at-once"
        if step.name == "open-to" and name not in costs:
            return _times(self.named("open-to-one", step.m), len(step.owners))
        return self.named(name, step.m, max(1, len(step.owners)))

    def named(self, name: str, m: int = 1, k: int = 1) -> CostFigures:
        """A declared cost in figures."""
        return self.family.costs[name].evaluate(n=self.family.n, t=self.family.t, m=m, k=k)


def _times(price: CostFigures, count: int) -> CostFigures:
    """The price of so many at once."""
    return attrs.evolve(
        price,
        elements_total=price.elements_total * count,
        octets_total=price.octets_total * count,
        framing_total=price.framing_total * count,
    )


def _inputs(layout: Layout) -> Iterator[Operation]:
    for slot in slots(layout):
        m, owners = prod(slot.shape), (slot.index,)
        yield Operation("input", m, slot.sid, shapes=(slot.shape,), owners=owners)


def _output(dry: Evaluation, n: int, to: Sequence[int] | None) -> Operation:
    m = sum(dry.returned.values())
    if to is None or len(set(to)) == n:
        return Operation("open", m, "output", shapes=((m,),))
    return Operation("open-to", m, "output", shapes=((m,),), owners=tuple(to))


def _in_sequence(prices: Iterable[CostFigures]) -> int:
    return sum(int(price.rounds) for price in prices)


def _at_once(prices: Iterable[CostFigures]) -> int:
    return max((int(price.rounds) for price in prices), default=0)
