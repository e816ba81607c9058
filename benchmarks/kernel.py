"""Messages per second of the simulator's kernel, beside a tuned SimPy model of the same traffic.

    python benchmarks/kernel.py [--repeat 5] [--quick] [--only SECTION] [--json FILE]

Our side against two SimPy models in the same run: one that carries the traffic and nothing else,
and one that also keeps our books. README.md says how to read the tables.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from contest import Figure, Side, WorkerFailed, machine, meet
from peers import PeerUnavailable, python_of, versions
from workload import Job, Traffic

OURS, SIMPY, LOOP, BOOKS = "turncoat", "SimPy", "SimPy's loop", "loop + books"
RELAXED_GC = (50_000, 20, 100)
STAR_ROUNDS = 4  # requests of each client, each with its answer: 8 messages a client

PLAIN = {
    "ring": [Traffic("ring", 3, 6_000)],
    "all-to-all": [
        Traffic("all-to-all", 10, 600),
        Traffic("all-to-all", 100, 6),
        Traffic("all-to-all", 300, 1),
    ],
    "star": [Traffic("star", 1_000, STAR_ROUNDS), Traffic("star", 10_000, STAR_ROUNDS)],
}
VARIED = [
    Traffic("ring", 3, 3_000),
    Traffic("all-to-all", 10, 300),
    Traffic("all-to-all", 100, 5),
    Traffic("all-to-all", 300, 1),
    Traffic("star", 1_000, STAR_ROUNDS),
]
APART = (1, 8)  # rounds of the two stars whose difference is messages alone
VARIANTS = ("sizes", "bodies", "meter", "encode", "bandwidth")
SAME_DIGEST = ("bodies", "meter", "encode")  # what only watches must not change the transcript
GROWTH = {
    "all-to-all 10, by rounds": [Traffic("all-to-all", 10, r) for r in (112, 1_112, 11_112)],
    "star, by clients": [Traffic("star", n, STAR_ROUNDS) for n in (1_250, 4_000, 12_500)],
}
MEMORY = {
    "message in flight, all-to-all 300": Traffic("all-to-all", 300, 1),
    "blocked client with its message, star 2,000": Traffic("star", 2_000, 1),
}


@dataclass
class Bench:
    """One invocation: who takes part, how often, and everything found so far."""

    sides: list[Side]
    repeat: int
    quick: bool
    found: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ours(self) -> Side:
        return self.sides[0]

    def meet(self, sides: Sequence[Side], job: Job, repeat: int | None = None) -> dict[str, Figure]:
        figures = meet(sides, job, repeat or self.repeat)
        for name, figure in figures.items():
            self.found.append({"side": name, "job": json.loads(job.dump()), "runs": figure.runs})
        return figures

    def sized(self, traffic: Traffic) -> Traffic:
        """In a quick run a fifth of the rounds; but a star keeps its eight messages a client."""
        if not self.quick or traffic.shape == "star":
            return traffic
        return replace(traffic, rounds=max(1, traffic.rounds // 5))


def main() -> None:
    sections: dict[str, Callable[[Bench], None]] = {
        **{shape: partial(speed, shape=shape) for shape in PLAIN},
        "apart": apart,
        "variants": variants,
        "growth": growth,
        "memory": memory,
    }
    args = arguments(list(sections))
    try:
        peer, pins = str(python_of("simpy")), versions("simpy")
        bench = Bench(contestants(peer), args.repeat or (2 if args.quick else 5), args.quick)
        print(*machine(), f"SimPy side: {pins}, same Python; {bench.repeat} runs a side", sep="\n")
        for name in args.only or sections:
            sections[name](bench)
    except (PeerUnavailable, WorkerFailed) as error:
        sys.exit(f"benchmarks/kernel.py: {error}")
    if args.json:
        report = {"machine": machine(), "peer": pins, "found": bench.found}
        Path(args.json).write_text(json.dumps(report, indent=1))


def arguments(sections: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, help="runs of each side (default 5, quick 2)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", action="append", choices=sections, help="may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write every single run there")
    return parser.parse_args()


def contestants(peer: str) -> list[Side]:
    return [
        Side(OURS, sys.executable, "ours_kernel.py"),
        Side(SIMPY, peer, "peer_simpy_api.py"),
        Side(LOOP, peer, "peer_simpy.py"),
        Side(BOOKS, peer, "peer_simpy.py", ("books",)),
    ]


# -- sections ------------------------------------------------------------------------------------


def speed(bench: Bench, shape: str) -> None:
    """The main table: both latencies, with Python's garbage collector as it is and relaxed."""
    title(f"{shape}: µs of CPU per message, median (best)")
    row("", OURS, "messages/s", SIMPY, LOOP, BOOKS, "ours/SimPy", "ours/loop", "ours/+books", "gc")
    for traffic, jitter in product(PLAIN[shape], (False, True)):
        for thresholds in (None, RELAXED_GC):
            job = Job(replace(bench.sized(traffic), jitter=jitter), gc=thresholds)
            ours, *rivals = bench.meet(bench.sides, job).values()
            row(
                job.traffic.name, micro(ours), f"{1e6 / ours.median:,.0f}", *map(micro, rivals),
                *(ratio(ours, rival) for rival in rivals), "relaxed" if job.gc else "default",
            )  # fmt: skip


def apart(bench: Bench) -> None:
    """A star taken apart. Two runs that differ by nothing but rounds tell what a further message
    costs; what is left of the shorter one is each client's beginning and end."""
    title("star, taken apart: µs of CPU for a client's beginning and end + for each message")
    row("", OURS, SIMPY, LOOP, BOOKS, "message: /SimPy", "/loop", "/+books")
    for traffic, jitter in product(PLAIN["star"], (False, True)):
        short, long = (
            bench.meet(bench.sides, Job(replace(traffic, rounds=rounds, jitter=jitter)))
            for rounds in APART
        )
        costs = [taken_apart(short[side.name], long[side.name]) for side in bench.sides]
        ours, *rivals = (message for _, message in costs)
        row(
            f"star {traffic.parties:,}, {'jitter' if jitter else 'constant'}",
            *(f"{client:.1f} + {message:.2f}" for client, message in costs),
            *(times(ours / rival) for rival in rivals),
        )


def taken_apart(short: Figure, long: Figure) -> tuple[float, float]:
    """(µs for each client, µs for each message), from the best runs of a short star and a long."""
    one, other = short.job.traffic, long.job.traffic
    least = short.best * one.messages
    message = (long.best * other.messages - least) / (other.messages - one.messages)
    return (least - message * one.messages) / one.parties, message


def variants(bench: Bench) -> None:
    """What each thing costs that our side can do besides, and what reading the journal costs."""
    title("variants of ours: µs per message (times the plain run); reading the journal")
    row("", "plain", *VARIANTS, SIMPY, "digest", "ledger")
    plainly = replace(bench.ours, name="plain", options=("books",))
    varied = [replace(bench.ours, name=variant, options=(variant,)) for variant in VARIANTS]
    for traffic, jitter in product(map(bench.sized, VARIED), (False, True)):
        job = Job(replace(traffic, jitter=jitter))
        sides = [plainly, *varied, bench.sides[1]]
        plain, *others, rival = bench.meet(sides, job).values()
        watched_alike(plain, dict(zip(VARIANTS, others, strict=True)))
        cells = [f"{other.median:.2f} ({ratio(other, plain)})" for other in others]
        journal = [f"{plain.seconds(key):.2f}" for key in ("digest_s", "ledger_s")]
        row(job.traffic.name, micro(plain), *cells, f"{rival.median:.2f}", *journal)


def watched_alike(plain: Figure, others: dict[str, Figure]) -> None:
    """Raises WorkerFailed if watching, or really encoding, changed a transcript."""
    for name in SAME_DIGEST:
        if others[name].runs[0]["digest"] != plain.runs[0]["digest"]:
            raise WorkerFailed(f"{plain.job.traffic.name}: {name} changed the digest")


def growth(bench: Bench) -> None:
    """Time over messages, up to 10^6, as the slope of a line in log-log: 1 is linear. The bytes
    are those by which the peak of memory rises from the smallest run to the largest."""
    title("growth, with jitter: µs per message at each size; time ~ messages^slope")
    for name, sizes in GROWTH.items():
        series = sizes[:-1] if bench.quick else sizes
        row(name, *(f"{traffic.messages:,}" for traffic in series), "slope", "bytes/message")
        met = [bench.meet(bench.sides[:2], Job(t), min(3, bench.repeat)) for t in series]
        for side in (OURS, SIMPY):
            figures = [each[side] for each in met]
            first, last = figures[0], figures[-1]
            grown = last.peak_bytes - first.peak_bytes
            more = last.job.traffic.messages - first.job.traffic.messages
            row(side, *map(micro, figures), f"{slope(figures):.2f}", f"{grown / more:,.0f}")


def memory(bench: Bench) -> None:
    """Resident bytes when all have sent and nothing has arrived, shared out."""
    title("memory: resident bytes per …")
    row("", OURS, SIMPY, "ours/SimPy")
    for name, traffic in MEMORY.items():
        share = traffic.messages if traffic.shape == "all-to-all" else traffic.parties
        job = Job(traffic, task="memory")
        ours, peer = (side.run(job)["bytes"] / share for side in bench.sides[:2])
        bench.found.append({"memory": name, OURS: ours, SIMPY: peer})
        row(name, f"{ours:,.0f}", f"{peer:,.0f}", f"{ours / peer:.1f}×")


# -- figures and tables --------------------------------------------------------------------------


def slope(figures: Sequence[Figure]) -> float:
    """Least squares through (log messages, log seconds)."""
    x = [math.log(figure.job.traffic.messages) for figure in figures]
    y = [math.log(figure.median * figure.job.traffic.messages) for figure in figures]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return over / sum((a - mean_x) ** 2 for a in x)


def micro(figure: Figure) -> str:
    return f"{figure.median:.2f} ({figure.best:.2f})"


def ratio(one: Figure, other: Figure) -> str:
    return times(one.median / other.median)


def times(factor: float) -> str:
    return f"{factor:.2f}×" if factor < 10 else f"{factor:.0f}×"


def title(text: str) -> None:
    print(f"\n{text}")


def row(name: str, *cells: str) -> None:
    print(f"  {name:<44}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
