"""What a run of a program will cost, from public shapes and declared formulas alone.

The program is run once in the clear, on zeros of the right shapes, and its operations are priced.
Exact for honest runs of programs whose control flow depends on public values only. Knows no
network: rounds and field elements, not seconds.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from turncoat.protocols.arithmetic.family import Family
from turncoat.protocols.arithmetic.program import Layout, Program
from turncoat.protocols.declare import CostFigures
from turncoat.protocols.functionalities.plain import Evaluation, evaluate
from turncoat.protocols.session import Prediction


def dry_run(
    family: Family[Any], program: Program, layout: Layout, params: Mapping[str, Any] | None = None
) -> Evaluation:
    """The program in the clear, on zeros of these shapes: its steps, and their rounds over that
    family. Raises whatever the program raises."""
    zeros = {
        owner: {name: np.zeros(shape, dtype=np.int64) for name, shape in names.items()}
        for owner, names in layout.items()
    }
    rounds_of = {name: int(_price(family, name).rounds) for name in family.costs}
    return evaluate(program, zeros, params, rounds_of=rounds_of)


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
    in_sequence = [
        *_before(family, dry),
        *_inputs(family, layout),
        *_outputs(family, dry, receivers),
    ]
    rounds = dry.rounds + sum(max(int(price.rounds) for price in prices) for prices in in_sequence)
    steps = [_price(family, step.name, step.m) for step in dry.operations]
    prices = [*steps, *(price for prices in in_sequence for price in prices)]
    elements = sum(int(price.elements_total) for price in prices)
    payload = sum(price.payload_bytes(family.field.element_bytes) for price in prices)
    return Prediction(rounds, elements, payload)


Prices = list[CostFigures]  # of what happens in one round, or in several, but at once


def _before(family: Family[Any], dry: Evaluation) -> Iterator[Prices]:
    """Setup, and preprocessing for all products together."""
    products = sum(step.m for step in dry.operations if step.name in ("multiply", "dot"))
    if "setup" in family.costs:
        yield [_price(family, "setup")]
    if "prep" in family.costs and products:
        yield [_price(family, "prep", products)]


def _inputs(family: Family[Any], layout: Layout) -> Iterator[Prices]:
    dealt = [prod(shape) for names in layout.values() for shape in names.values()]
    if dealt:
        yield [_price(family, "input", m) for m in dealt]


def _outputs(family: Family[Any], dry: Evaluation, receivers: int | None) -> Iterator[Prices]:
    m = sum(dry.returned.values())
    if receivers is None or receivers == family.n:
        yield [_price(family, "open", m)]
    else:
        yield [_price(family, "open-to-one", m)] * receivers


def _price(family: Family[Any], name: str, m: int = 1) -> CostFigures:
    return family.costs[name].evaluate(n=family.n, t=family.t, m=m)
