"""Worlds in which an aggregation runs: constant latency, real tapes, clients that crash."""

import numpy as np

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import Run, World
from turncoat.protocols.aggregation.aggregation import Aggregation, AggregationRun
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.primitives.symmetric import AesCtrTape

LATENCY = 40 * MILLISECOND
DELTA = 100 * MILLISECOND  # there and back, and something over

# A client that stops here is not in the set of this name, but in all before it.
STOPS = {"U1": {"after_sends": 0}, "U2": {"after": "advertised-keys"}}
STOPS |= {"U3": {"after": "encrypted-shares"}, "U5": {"after": "masked-input"}}
ACTIVE_STOPS = {"U1": {"after": "verification-key"}, "U2": STOPS["U2"], "U3": STOPS["U3"]}
ACTIVE_STOPS |= {"U4": {"after": "masked-input"}, "U5": {"after": "consistency-signature"}}


def aggregation(n, threshold, *, m=5, bound=1000, delta=DELTA, first=None, **options):
    """An `Aggregation` with a patient server."""
    client_delta = options.pop("client_delta", None)
    parameters = AggregationParameters(n=n, m=m, bound=bound, threshold=threshold, **options)
    patience = Patience(first=first, delta=delta)
    return Aggregation(parameters=parameters, patience=patience, client_delta=client_delta)


def inputs_for(agg: Aggregation, seed=0):
    """Uniform inputs in [0, R_U) for all clients."""
    p = agg.parameters
    draw = np.random.default_rng(seed)
    return {i: draw.integers(0, p.bound, p.m, dtype=np.uint64) for i in range(1, p.n + 1)}


def play(agg: Aggregation, execution: AggregationRun, mains=None, **world) -> Run:
    """Run it to the end. mains: other programs for some seats."""
    seats = [index for members in agg.roles.values() for index in members]
    latency = world.pop("latency", LATENCY)
    return World(
        cast=Cast(tuple(f"P{i}" for i in seats), agg.roles),
        tapes=AesCtrTape,
        topology=world.pop("topology", Topology(default=Link(latency=latency))),
        structures=agg.structures,
        heeds=agg.heeds,
        **world,
    ).run({**execution.mains(), **(mains or {})})


def dropouts(stops, table=STOPS):
    """Crashes from {client: the first set it is not in}."""
    return [Crash(client, **table[stop]) for client, stop in stops.items() if stop]


def result(agg: Aggregation, run: Run):
    """The server's aggregate; fails if it has none."""
    outcome = run.outcomes[agg.server]
    assert isinstance(outcome, Output), outcome
    return outcome.value
