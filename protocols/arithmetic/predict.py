"""What a run of a program will cost, from public shapes and declared formulas alone.

The program is run once in the clear, on zeros of the right shapes, and its operations are priced.
Exact for honest runs of programs whose control flow depends on public values only. Knows no
network: rounds and field elements, not seconds.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

import attrs
import numpy as np

from turncoat.protocols.arithmetic.family import Family
from turncoat.protocols.arithmetic.program import Layout, Program
from turncoat.protocols.functionalities.plain import evaluate


@attrs.frozen
class Prediction:
    """Causal depth, and field elements (and their payload bytes) sent by all parties together."""

    rounds: int
    elements_total: int
    payload_bytes: int


def predict(
    family: Family[Any],
    program: Program,
    layout: Layout,
    params: Mapping[str, Any] | None = None,
    receivers: int | None = None,
) -> Prediction:
    """The cost of `run_program`, its input phase and its opening included.

    receivers: how many parties learn the outputs (default: all). Raises ValueError for shapes
    that the program cannot use.
    """
    zeros = {
        owner: {name: np.zeros(shape, dtype=np.int64) for name, shape in names.items()}
        for owner, names in layout.items()
    }
    dry = evaluate(program, zeros, params)
    dealt = [prod(shape) for names in layout.values() for shape in names.values()]
    steps = [("input", m) for m in dealt] + [(step.name, step.m) for step in dry.operations]
    outputs = sum(dry.returned.values())
    if receivers is None or receivers == family.n:
        steps.append(("open", outputs))
    else:
        steps += [("open-to-one", outputs)] * receivers
    elements = sum(_elements(family, name, m) for name, m in steps)
    rounds = bool(dealt) + dry.rounds + 1
    return Prediction(rounds, elements, elements * family.field.element_bytes)


def _elements(family: Family[Any], name: str, m: int) -> int:
    return int(family.costs[name].evaluate(n=family.n, t=family.t, m=m).elements_total)
