"""Worker: one secure aggregation of ours, all parties in this process, and the floor beside it.

The job is a JSON object: kind ("real" or "ledger"), n, m, k, threshold, dropouts (a fraction of the
clients, gone after ShareKeys), clip and fraction_bits of the inputs or neither for integers of 16
bits, network (a preset, or nothing for constant links of 40 ms), and server_rate of the server's
line then [bit/s]. Prints one JSON object with what was measured.

The floor is what no implementation with these primitives can do without: the AES-256-CTR key stream
of every mask that was expanded, the additions of its words, the X25519 agreements. Counts are those
of the run, speeds are measured in the same process, right after it, on one core and in its cache.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter, process_time
from typing import Any

import attrs
import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from workload import peak_bytes

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.topology import Cast, Host, Topology
from turncoat.actors.world import Run, World
from turncoat.protocols.aggregation.aggregation import Aggregation
from turncoat.protocols.aggregation.deadlines import deadlines
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.programs import FederatedMean, Sum, Summation
from turncoat.protocols.aggregation.quantise import Quantiser
from turncoat.protocols.aggregation.session import AggregationExecution, AggregationSession
from turncoat.protocols.algebra.arithmetic import choice
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.scenarios.collector import seldom_collected
from turncoat.scenarios.network import topology as topology_of
from turncoat.scenarios.schema_network import Network

CHUNK = 1 << 17  # bytes, as the mask expander takes them


class Inputs(Mapping[str, Mapping[str, Any]]):
    """Every client's vector, made when it is looked at."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self._job = job

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        return {"x": vector(self._job, int(name[1:]))}

    def __iter__(self) -> Iterator[str]:
        return (f"P{i}" for i in range(1, self._job["n"] + 1))

    def __len__(self) -> int:
        return self._job["n"]


def vector(job: Mapping[str, Any], client: int) -> Any:
    """A client's input; peers draw the same."""
    draw = np.random.default_rng([2020, client])
    if "clip" in job:
        return draw.uniform(-1, 1, job["m"]).astype(np.float32)
    return np.frombuffer(draw.bytes(2 * job["m"]), np.uint16)


def session_of(job: Mapping[str, Any], topology: Topology) -> AggregationSession:
    n, m = job["n"], job["m"]
    program: Summation = Sum({"x": (m,)}, 1 << 16)
    if "clip" in job:
        quantiser = Quantiser(clip=job["clip"], fraction_bits=job["fraction_bits"])
        program = FederatedMean({"x": (m,)}, quantiser)
    parameters = AggregationParameters(
        n=n, m=m, bound=program.bound, threshold=job["threshold"], degree=job["k"]
    )
    spans = deadlines(parameters, pki=False, topology=topology, server=n + 1)
    return AggregationSession(
        name="secagg+",
        aggregation=Aggregation(
            parameters=parameters, patience=Patience(delta=max(spans.values()), by_kind=spans)
        ),
        program=program,
        inputs=Inputs(job),
        layout={f"P{i}": {"x": (m,)} for i in range(1, n + 1)},
        blank=job["kind"] == "ledger",
    )


def play(session: AggregationSession, job: Mapping[str, Any], topology: Topology) -> Any:
    """(run, execution) of a world with the job's dropouts: the last clients are gone."""
    n = job["n"]
    names = (*session.inputs, "server", "beacon")
    gone = range(n - int(n * job["dropouts"]) + 1, n + 1)
    execution = session.execution()
    run = World(
        cast=Cast(names, session.roles),
        tapes=AesCtrTape,
        topology=topology,
        structures=session.structures,
        heeds=session.heeds,
        faults=[Crash(client, after="encrypted-shares") for client in gone],
    ).run({i: execution.main(i) for i in range(1, len(names) + 1)})
    return run, execution


def network(job: Mapping[str, Any], names: tuple[str, ...]) -> Topology:
    if job.get("network"):
        made = topology_of(Network(preset=job["network"]), names)
        rate = job["server_rate"]
        return attrs.evolve(made, hosts={job["n"] + 1: Host(rate, rate)})
    return Topology(default=Link(latency=40 * MILLISECOND))


def check(session: AggregationSession, execution: AggregationExecution, run: Run) -> dict[str, Any]:
    """The sum is that of the survivors; ValueError if not."""
    outcome = run.outcomes[session.aggregation.server]
    if not isinstance(outcome, Output):
        raise ValueError(f"the server ended with {outcome}")
    right = execution.right(run.outcomes, frozenset())
    if right is None or right.value != outcome.value:
        raise ValueError("the server's output is not the sum over the survivors")
    return {"clients": len(outcome.value.u3), "virtual_s": run.virtual_ns / 1e9}


def error_of(session: AggregationSession, run: Run) -> float | None:
    """How far a mean is from the plain one, at most."""
    if session.blank or isinstance(session.program, Sum):
        return None
    outcome = run.outcomes[session.aggregation.server]
    summary = outcome.value if isinstance(outcome, Output) else None
    plain = sum(session.inputs[f"P{i}"]["x"].astype(np.float64) for i in summary.u3)
    return float(np.abs(summary.value - plain / len(summary.u3)).max())


def counting_agreements() -> list[int]:
    """Makes every X25519 agreement from here on count itself in the list returned."""
    count, agree = [0], KeyPair.agree

    def counted(self: KeyPair, public: bytes) -> bytes:
        count[0] += 1
        return agree(self, public)

    KeyPair.agree = counted  # type: ignore[method-assign]
    return count


def seconds_each(repeat: int, step: Callable[[], object]) -> float:
    step()
    started = process_time()
    for _ in range(repeat):
        step()
    return (process_time() - started) / repeat


def speeds(word_bytes: int) -> dict[str, float]:
    """Seconds per byte of key stream and of sums, and per agreement."""
    stream = Cipher(algorithms.AES256(bytes(32)), modes.CTR(bytes(16))).encryptor()
    zeros, out = memoryview(bytes(CHUNK)), bytearray(CHUNK)
    words = np.dtype(f"<u{word_bytes}")
    mask = np.ones(CHUNK // word_bytes, words)
    total = np.zeros(CHUNK // word_bytes, words)
    one, other = KeyPair(b"\1" * 32), KeyPair(b"\2" * 32).public
    return {
        "aes": seconds_each(4000, lambda: stream.update_into(zeros, out)) / CHUNK,
        "add": seconds_each(4000, lambda: np.add(total, mask, out=total)) / CHUNK,
        "agree": seconds_each(2000, lambda: one.agree(other)),
    }


def floor_of(execution: AggregationExecution, agreements: int) -> dict[str, float]:
    """Every mask wanted is added once, every mask made is expanded once."""
    memo, parameters = execution.run.memo, execution.run.parameters
    width = parameters.m * memo.expander.dtype.itemsize
    each = speeds(memo.expander.dtype.itemsize)
    parts = {
        "aes_s": memo.expander.expanded * width * each["aes"],
        "add_s": memo.wanted * width * each["add"],
        "agree_s": agreements * each["agree"],
    }
    counts = {"expanded": memo.expander.expanded, "wanted": memo.wanted, "agreements": agreements}
    return {**parts, **counts, "floor_s": sum(parts.values()), "aes_gb_s": 1e-9 / each["aes"]}


def main() -> None:
    job = json.loads(sys.argv[1])
    names = (*(f"P{i}" for i in range(1, job["n"] + 1)), "server", "beacon")
    topology = network(job, names)
    choice.order("numba")  # by themselves the compiled kernels come after the first second of work
    small = {**job, "n": 20, "m": 100, "k": 4, "threshold": 2}
    play(session_of(small, topology), small, topology)
    agreements = counting_agreements()
    session = session_of(job, topology)
    wall, cpu = perf_counter(), process_time()
    with seldom_collected():  # as `turncoat run` does
        run, execution = play(session, job, topology)
    found = {"wall_s": perf_counter() - wall, "cpu_s": process_time() - cpu}
    counted = agreements[0]
    peak = peak_bytes()
    found |= check(session, execution, run)
    total = run.ledger.total()
    found |= {"messages": total.messages, "payload_bytes": total.payload_bytes, "peak_bytes": peak}
    found |= {"all_wall_s": perf_counter() - wall, "all_cpu_s": process_time() - cpu}
    found |= {"digest": run.digest, "error": error_of(session, run)}
    if job["kind"] == "real":
        found |= floor_of(execution, counted)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
