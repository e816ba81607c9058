"""Secure aggregation with its real cryptography, where nothing can be enumerated: the views of the
server, alone and with a client, for two inputs of one sum.

The planted leak: clients whose coins are the same in every run, and with them all masks.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.faults import Crash, Fault, Pause
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.randomness import CoinWatch, Tape, derive
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.adversary.behaviours.server import SplitSurvivors
from turncoat.adversary.coalition import Attack, Coalition, assemble
from turncoat.adversary.privacy.ensemble import Inputs
from turncoat.adversary.privacy.recovery import Recovery
from turncoat.adversary.privacy.sampling import RepeatedCoins
from turncoat.adversary.privacy.statistical import Experiment
from turncoat.adversary.privacy.unmasking import Secret, Unmasking, all_asked_for
from turncoat.adversary.selector import Selector
from turncoat.adversary.views import CoinRecorder, View, view_of
from turncoat.protocols.aggregation.aggregation import SID, Aggregation
from turncoat.protocols.aggregation.parameters import AggregationParameters, Model
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.primitives.symmetric import AesCtrTape

LATENCY = Link(latency=40 * MILLISECOND)
PATIENT = Patience(first=None, delta=100 * MILLISECOND)
PROMPT = Topology(default=LATENCY)
BOUND = 1 << 16
N, THRESHOLD, M = 4, 3, 4
SERVER, LOST = N + 1, 4

# P4 is lost after its shares are out and before its masked input, or its masked input comes late.
DROPPED = (Crash(LOST, after="encrypted-shares"),)


@attrs.frozen(eq=False)
class KnownSelfMasks:
    """These clients' b_u is 0: masked by what everybody knows. Keys come before it on a tape."""

    inner: CoinWatch
    clients: frozenset[int]

    def __call__(self, party: int, incarnation: int, sid: str, tape: Tape) -> Tape:
        tape = self.inner(party, incarnation, sid, tape)
        return _ZeroThird(tape) if party in self.clients and sid == SID else tape


@attrs.define
class _ZeroThird:
    """A tape whose third string of octets is 0."""

    tape: Tape
    asked: int = 0

    def uniform(self, bound: int, count: int) -> NDArray[np.uint64]:
        return self.tape.uniform(bound, count)

    def octets(self, count: int) -> bytes:
        self.asked += 1
        octets = self.tape.octets(count)
        return bytes(count) if self.asked == 3 else octets


@attrs.frozen(kw_only=True)
class AggregationViews:
    """A `turncoat.adversary.privacy.sampling.Source`. survivors: whose inputs are in the sum.
    deviation: a fresh adversary for one run. repeated: clients whose coins are the same in every
    run. unmasked: clients whose self mask is known to all."""

    name: str
    corrupted: tuple[int, ...]
    survivors: tuple[int, ...] = (1, 2, 3, 4)
    faults: tuple[Fault, ...] = ()
    topology: Topology = PROMPT
    threshold: int = THRESHOLD
    model: Model = "semi-honest"
    deviation: Callable[[], Coalition] | None = None
    repeated: frozenset[int] = frozenset()
    unmasked: frozenset[int] = frozenset()

    @property
    def parameters(self) -> AggregationParameters:
        return AggregationParameters(
            n=N, m=M, bound=BOUND, threshold=self.threshold, colluding=1, model=self.model
        )

    @property
    def terms(self) -> str:
        return f"{self.model}, n = {N}, threshold {self.threshold}, m = {M}, R_U = 2^16"

    def known(self, inputs: Inputs) -> tuple[Mapping[int, tuple[int, ...]], tuple[int, ...]]:
        """The corrupted clients' inputs and, with the server, the sum."""
        own = {i: inputs[i] for i in self.corrupted if i != SERVER}
        rows = (inputs[i] for i in self.survivors)
        total = tuple(map(sum, zip(*rows, strict=True)))
        return own, total if SERVER in self.corrupted else ()

    def view(self, inputs: Inputs, seed: int) -> View:
        """Of one run."""
        protocol = Aggregation(
            parameters=self.parameters, patience=PATIENT, pki=self.model == "active"
        )
        execution = protocol.run({i: np.array(row, np.uint64) for i, row in inputs.items()})
        recorder = CoinRecorder(frozenset(self.corrupted))
        seats = [i for members in protocol.roles.values() for i in members]
        adversary = self.deviation() if self.deviation else None
        run = World(
            cast=Cast(tuple(f"P{i}" for i in seats), protocol.roles),
            tapes=AesCtrTape,
            seed=seed,
            topology=self.topology,
            structures=protocol.structures,
            heeds=protocol.heeds,
            faults=self.faults,
            rules=adversary.rules if adversary else {},
            mind=adversary,
            digest="sizes",
            keep_bodies=True,
            coins=KnownSelfMasks(RepeatedCoins(recorder, self.repeated), self.unmasked),
        ).run(execution.mains())
        return view_of(run.journal, self.corrupted, inputs, recorder.coins())


def _experiment(honest: AggregationViews, one: Inputs, two: Inputs) -> Experiment:
    clients = frozenset(range(1, N + 1))
    planted = attrs.evolve(honest, name="the clients' coins repeat", repeated=clients)
    return Experiment(ensemble=honest, inputs=(one, two), planted=planted, samples=100)


FIRST: Inputs = {1: (5, 50_000, 0, 1), 2: (7, 3, 9, 9), 3: (11, 9, 2, 2), 4: (13, 1, 3, 3)}
SECOND: Inputs = {**FIRST, 1: FIRST[2], 2: FIRST[1]}
AFTER_A_LOSS: Inputs = {**SECOND, 4: (60_000, 2, 0, 0)}  # P4's is in no sum


def views() -> Iterator[Experiment]:
    """Nobody lost, or P4 lost after it has shared; the server alone, and with P3."""
    whole = partial(AggregationViews, name="aggregation, nobody lost")
    lossy = partial(
        AggregationViews, name="aggregation, P4 lost", survivors=(1, 2, 3), faults=DROPPED
    )
    for corrupted in ((SERVER,), (3, SERVER)):
        yield _experiment(whole(corrupted=corrupted), FIRST, SECOND)
        yield _experiment(lossy(corrupted=corrupted), FIRST, AFTER_A_LOSS)


# -- extractors ------------------------------------------------------------------------------------

PRIOR = 2.0 ** (-16 * M)
# P4 stands still between its shares and its masked input, which comes once it counts as lost.
LATE = (Pause(LOST, after="encrypted-shares", duration=150 * MILLISECOND),)
VICTIM = 1
# Those whose list of survivors lacks P1, the later half, reveal shares of s_1; the others of b_1.
SPLIT: Mapping[int, Secret] = {1: "b", 2: "b", 3: "s", 4: "s"}


def drawn(trial: int) -> Inputs:
    """Uniform inputs for everybody."""
    tape = AesCtrTape(derive(0, "aggregation-inputs", trial))
    return {i: tuple(tape.uniform(BOUND, M).tolist()) for i in range(1, N + 1)}


def late_input() -> Iterator[Recovery]:
    """The server has P4's mask key and, too late, its masked input: the self mask alone protects
    it. The planted leak is that P4 has none to speak of."""
    honest = AggregationViews(
        name="aggregation, P4's input comes late", corrupted=(SERVER,), survivors=(1, 2, 3),
        faults=LATE,
    )  # fmt: skip
    bare = attrs.evolve(honest, name="the same without a self mask", unmasked=frozenset({LOST}))
    yield _recovery(honest, bare, LOST, all_asked_for((1, 2, 3), "s"))


def _recovery(
    source: AggregationViews, planted: AggregationViews, victim: int, asked: Mapping[int, Secret]
) -> Recovery:
    attacker = partial(_guesses, victim, asked)
    return Recovery(
        source=source, planted=planted, extractor="unmasking", guesses=attacker, victim=victim,
        draw=drawn, prior=PRIOR,
    )  # fmt: skip


def _guesses(
    victim: int, asked: Mapping[int, Secret], source: AggregationViews, view: View
) -> Iterator[tuple[int, ...]]:
    attacker = Unmasking(parameters=source.parameters, sid=SID, victim=victim, asked=asked)
    return attacker.guesses(view)


def _split() -> Coalition:
    when = Selector(kind="SurvivorList")
    return assemble([Attack("split-survivors", SplitSurvivors(VICTIM), (SERVER,), when)])


def _split_views(threshold: int) -> AggregationViews:
    return AggregationViews(
        name=f"aggregation, split survivors, threshold {threshold}", corrupted=(SERVER,),
        threshold=threshold, deviation=_split,
    )  # fmt: skip


def split_views() -> Iterator[Recovery]:
    """The server tells half of the clients that P1 is lost: where 2·threshold ≤ n, both of its
    secrets open, and with them its input."""
    leaking = _split_views(2)
    yield _recovery(leaking, leaking, VICTIM, SPLIT)


def split_views_refused() -> Iterator[Recovery]:
    """The same lie where 2·threshold > n: too few shares of either. The planted leak is a threshold
    of 2."""
    yield _recovery(_split_views(3), _split_views(2), VICTIM, SPLIT)
