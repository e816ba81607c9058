"""Worlds to run protocols in: constant latency, real tapes, one field."""

from collections.abc import Callable

import attrs
import pytest

from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import Run, World
from turncoat.protocols.algebra.field import Field, prime_field
from turncoat.protocols.arithmetic.run_program import InputRecord, run_program
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.functionalities.plain import layout_of
from turncoat.protocols.primitives.symmetric import AesCtrTape

P61 = prime_field(2**61 - 1)


@attrs.frozen
class Bench:
    """Runs parties of BGW. `world` takes what a `World` takes, beside the basics."""

    field: Field = P61

    def run(self, n: int, program: Callable, *, t: int | None = None, **world) -> Run:
        """Any coroutine function of a party, at every party."""
        cast = Cast(tuple(f"P{i}" for i in range(1, n + 1)))
        return World(
            cast=cast,
            tapes=AesCtrTape,
            t=(n - 1) // 2 if t is None else t,
            topology=world.pop("topology", Topology(default=Link(latency=40 * MILLISECOND))),
            structures={"field": self.field},
            **world,
        ).run(program)

    def compute(self, program, inputs, params=None, *, t=None, to=None, **world):
        """A program over BGW on the inputs of all parties: (run, record of the inputs)."""
        family, layout, record = Bgw(len(inputs), t, self.field), layout_of(inputs), InputRecord()
        owners = list(inputs)

        async def main(party):
            own = inputs[owners[party.me - 1]]
            return await run_program(
                party, family, program, own, layout, params, to=to, record=record
            )

        return self.run(len(inputs), main, t=t, **world), record


def outputs(run: Run) -> list:
    """Every party's output; fails the test if some party has none."""
    assert all(isinstance(outcome, Output) for outcome in run.outcomes.values()), run.outcomes
    return [outcome.value for _, outcome in sorted(run.outcomes.items())]


@pytest.fixture(scope="session")
def bench():
    """Bench()(field) … a session's fixture, so that property tests may use it."""
    return Bench()


@pytest.fixture(scope="session")
def values():
    """values(run): every party's output, in order."""
    return outputs


@pytest.fixture(scope="session")
def bench_over():
    """bench_over(p): the same over another prime field."""
    return lambda p: Bench(prime_field(p))
