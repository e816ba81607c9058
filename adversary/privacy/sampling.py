"""Views of real runs: an ensemble over any field, with coins from a cipher, one seed a view.

What `ensemble.py` enumerates, this samples. Knows nothing of what is made of the views.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape, derive
from turncoat.actors.topology import Cast
from turncoat.actors.world import World
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.tapes import is_stuck
from turncoat.adversary.views import CoinRecorder, View, view_of
from turncoat.protocols.primitives.symmetric import AesCtrTape


@attrs.frozen
class StuckTape:
    """Coins that all fall on 0."""

    def uniform(self, bound: int, count: int) -> NDArray[np.uint64]:
        return np.zeros(count, np.uint64)

    def octets(self, count: int) -> bytes:
        return bytes(count)


@attrs.define(eq=False)
class PlantedCoins:
    """An ensemble's faulty coins beneath honest code, and a record of the corrupted's coins."""

    seed: int
    recorder: CoinRecorder
    stuck: frozenset[tuple[int, str]]
    again: Mapping[tuple[int, str], tuple[int, str]]

    def __call__(self, party: int, incarnation: int, sid: str, tape: Tape) -> Tape:
        if is_stuck(self.stuck, party, sid):
            tape = StuckTape()
        elif (party, sid) in self.again:
            whose, where = self.again[party, sid]
            tape = AesCtrTape(derive(self.seed, "coins", whose, incarnation, where))
        return self.recorder(party, incarnation, sid, tape)


@attrs.frozen(eq=False)
class RepeatedCoins:
    """The planted leak for any protocol: these parties' coins are the same in every run, so that
    nothing they mask is masked."""

    recorder: CoinRecorder
    parties: frozenset[int]

    def __call__(self, party: int, incarnation: int, sid: str, tape: Tape) -> Tape:
        if party in self.parties:
            tape = AesCtrTape(derive(0, "repeated", party, incarnation, sid))
        return self.recorder(party, incarnation, sid, tape)


def sample(ensemble: Ensemble, inputs: Inputs, seed: int) -> View:
    """The view of the corrupted parties in one real run."""
    field = ensemble.field
    adversary = ensemble.deviation() if ensemble.deviation else None
    recorder = CoinRecorder(frozenset(ensemble.corrupted))
    world = World(
        cast=Cast(tuple(f"P{i}" for i in ensemble.seats), ensemble.roles),
        tapes=AesCtrTape,
        t=ensemble.t,
        seed=seed,
        topology=ensemble.topology,
        structures={"field": field},
        faults=ensemble.faults,
        rules=adversary.rules if adversary else {},
        mind=adversary,
        heeds=ensemble.heeds,
        digest="sizes",
        keep_bodies=True,
        coins=PlantedCoins(seed, recorder, ensemble.stuck, ensemble.again),
    )

    async def main(party: Party) -> Any:
        return await ensemble.main(party, field, field(list(inputs.get(party.me, ()))))

    run = world.run(main)
    return view_of(run.journal, ensemble.corrupted, inputs, recorder.coins())


class Source(Protocol):
    """What views can be sampled from, beside an `Ensemble`: a protocol that is no matter of one
    field, with its corrupted set."""

    @property
    def name(self) -> str: ...
    @property
    def corrupted(self) -> tuple[int, ...]: ...
    @property
    def terms(self) -> str:
        """The parameters, in a line."""
        ...

    def known(self, inputs: Inputs) -> Any:
        """What the corrupted parties may know."""
        ...

    def view(self, inputs: Inputs, seed: int) -> View:
        """Theirs in one real run."""
        ...


def samples(source: Ensemble | Source, inputs: Inputs, count: int, seed: int) -> Iterator[View]:
    """`count` independent views, from seeds of their own."""
    for k in range(count):
        own = int.from_bytes(derive(seed, "view", k)[:7], "little")
        if isinstance(source, Ensemble):
            yield sample(source, inputs, own)
        else:
            yield source.view(inputs, own)
