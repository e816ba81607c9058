"""Seconds that passive BGW takes, beside MPyC, SecretFlow SPU's simulator, and the bare kernels.

    python benchmarks/bgw.py [--repeat 7] [--quick] [--only SECTION] [--json FILE]

The same computation on every side, in processes of their own that take turns; best of the runs.
README.md says how to read the tables.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from computation import Task
from contest import Side, WorkerFailed, machine
from peers import PeerUnavailable, python_of, versions

OURS = ("ours", "sizes", "compressed", "king")
FLOOR, MPYC, SPU = "floor", "MPyC", "SPU"
TASKS = {
    "vectors": [Task("vectors", 3, 10**6), Task("vectors", 5, 10**6)],
    "matrix": [Task("matrix", 3, 256), Task("matrix", 5, 256)],
    "chain": [Task("chain", 3, 1000), Task("chain", 5, 1000)],
}
QUICK = {"vectors": 10**5, "matrix": 128, "chain": 200}
WORKER = "ours_bgw.py"
HEAD = ("CPU, s", "wall, s", "CPU each, µs", "peak, MB", "CPU/ours", "wall/ours", "CPU/floor")


@dataclass
class Bench:
    """One invocation: who takes part, how often, and everything found so far."""

    sides: list[Side]
    repeat: int
    quick: bool
    found: list[dict[str, Any]] = field(default_factory=list)

    def sized(self, task: Task) -> Task:
        return replace(task, size=QUICK[task.kind]) if self.quick else task

    def meet(self, task: Task) -> dict[str, "Best"]:
        """Every side does the task `repeat` times, in turn."""
        runs: dict[str, list[dict[str, Any]]] = {side.name: [] for side in self.sides}
        for _ in range(self.repeat):
            for side in self.sides:
                runs[side.name].append(side.run(task))
        for name, done in runs.items():
            self.found.append({"side": name, "task": json.loads(task.dump()), "runs": done})
        return {name: Best.of(done) for name, done in runs.items()}


@dataclass(frozen=True)
class Best:
    """The least of each figure over several runs: others may be using the machine."""

    cpu_s: float
    wall_s: float
    peak_bytes: float

    @classmethod
    def of(cls, runs: Sequence[dict[str, Any]]) -> "Best":
        return cls(*(min(run[key] for run in runs) for key in ("cpu_s", "wall_s", "peak_bytes")))


def main() -> None:
    sections: dict[str, Callable[[Bench], None]] = {
        **{kind: partial(speed, kind=kind) for kind in TASKS},
        "profile": profile,
    }
    args = arguments(list(sections))
    peers, missing = contestants()
    bench = Bench([*ours(), *peers], args.repeat or (2 if args.quick else 7), args.quick)
    print(*machine(), f"best of {bench.repeat} runs a side, in turns", *missing, sep="\n")
    try:
        for name in args.only or sections:
            sections[name](bench)
    except WorkerFailed as error:
        sys.exit(f"benchmarks/bgw.py: {error}")
    if args.json:
        report = {"machine": machine(), "missing": missing, "found": bench.found}
        Path(args.json).write_text(json.dumps(report, indent=1))


def arguments(sections: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, help="runs of each side (default 7, quick 2)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", action="append", choices=sections, help="may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write every single run there")
    return parser.parse_args()


def ours() -> list[Side]:
    options = {"ours": (), "sizes": ("sizes",), "compressed": ("compressed",), "king": ("king",)}
    sides = [Side(name, sys.executable, WORKER, options[name]) for name in OURS]
    return [*sides, Side(FLOOR, sys.executable, WORKER, ("floor",))]


def contestants() -> tuple[list[Side], list[str]]:
    """The peers that can be installed here, and a line on each that cannot."""
    sides: list[Side] = []
    lines: list[str] = []
    for name, peer in ((MPYC, "mpyc"), (SPU, "spu")):
        try:
            sides.append(Side(name, str(python_of(peer)), f"peer_{peer}.py"))
            lines.append(f"{name}: {versions(peer)}")
        except PeerUnavailable as error:
            lines.append(f"{name} is MISSING below: {error}")
    return sides, lines


# -- sections ------------------------------------------------------------------------------------


def speed(bench: Bench, kind: str) -> None:
    """CPU of all parties and wall time of every side, and ours over the others'."""
    for task in map(bench.sized, TASKS[kind]):
        best = bench.meet(task)
        title(task.name)
        row(
            "",
            "CPU, s",
            "wall, s",
            "CPU each, µs",
            "peak, MB",
            "CPU/ours",
            "wall/ours",
            "CPU/floor",
        )
        mine = best["ours"]
        for name, figure in best.items():
            row(
                name,
                f"{figure.cpu_s:.3f}",
                f"{figure.wall_s:.3f}",
                f"{1e6 * figure.cpu_s / task.operations:.3f}",
                f"{figure.peak_bytes / 1e6:,.0f}",
                times(figure.cpu_s / mine.cpu_s),
                times(figure.wall_s / mine.wall_s),
                times(figure.cpu_s / best[FLOOR].cpu_s),
            )


def profile(bench: Bench) -> None:
    """Where our time goes; a profiled run is slower, mostly where functions are small."""
    title("where our time goes, by a profile: share of the seconds")
    side = Side("profile", sys.executable, WORKER, ("profile",))
    for task in (bench.sized(tasks[0]) for tasks in TASKS.values()):
        parts: dict[str, float] = side.run(task)["parts"]
        bench.found.append({"profile": json.loads(task.dump()), "parts": parts})
        total = sum(parts.values())
        largest = sorted(parts.items(), key=lambda item: -item[1])
        shares = (f"{name} {seconds / total:.0%}" for name, seconds in largest)
        print(f"  {task.name}: {', '.join(shares)}", flush=True)


# -- tables --------------------------------------------------------------------------------------


def times(ratio: float) -> str:
    return f"{ratio:.2f}×" if ratio < 10 else f"{ratio:.0f}×"


def title(text: str) -> None:
    print(f"\n{text}")


def row(name: str, *cells: str) -> None:
    print(f"  {name:<12}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
