"""Seconds that the online phase of SPDZ takes for products of vectors, beside the bare kernels.

    python benchmarks/spdz.py [--repeat 7] [--quick] [--only SECTION] [--json FILE]

Two vectors are shared from masks, multiplied entry by entry by triples, opened and checked twice;
what the dealer hands out is made before the clock starts. "floor" is the generator and the field
work of the same parties, in which nobody sends anything. Best of the runs, which take turns.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from bgw import Bench, row, times, title
from computation import Task
from contest import Side, WorkerFailed, machine

FLOOR, WORKER = "floor", "ours_spdz.py"
OPTIONS = {"ours": (), "sizes": ("sizes",), "king": ("king",), "encode": ("encode",)}
TASKS = [Task("vectors", n, 10**6) for n in (2, 3)]
TARGET = 2.5  # times the floor


def main() -> None:
    sections: dict[str, Callable[[Bench], None]] = {"vectors": speed, "profile": profile}
    args = arguments(list(sections))
    sides = [Side(name, sys.executable, WORKER, options) for name, options in OPTIONS.items()]
    sides.append(Side(FLOOR, sys.executable, WORKER, (FLOOR,)))
    bench = Bench(sides, args.repeat or (2 if args.quick else 7), args.quick)
    print(*machine(), f"best of {bench.repeat} runs a side, in turns", sep="\n")
    try:
        for name in args.only or sections:
            sections[name](bench)
    except WorkerFailed as error:
        sys.exit(f"benchmarks/spdz.py: {error}")
    if args.json:
        report = {"machine": machine(), "found": bench.found}
        Path(args.json).write_text(json.dumps(report, indent=1))


def arguments(sections: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, help="runs of each side (default 7, quick 2)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", action="append", choices=sections, help="may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write every single run there")
    return parser.parse_args()


def speed(bench: Bench) -> None:
    """CPU of all parties and wall time, and how many times the floor that is."""
    for task in map(bench.sized, TASKS):
        best = bench.meet(task)
        title(task.name)
        row("", "CPU, s", "wall, s", "CPU each, µs", "peak, MB", "CPU/floor")
        for name, figure in best.items():
            row(
                name,
                f"{figure.cpu_s:.3f}",
                f"{figure.wall_s:.3f}",
                f"{1e6 * figure.cpu_s / task.operations:.3f}",
                f"{figure.peak_bytes / 1e6:,.0f}",
                times(figure.cpu_s / best[FLOOR].cpu_s),
            )
        ratio = best["ours"].cpu_s / best[FLOOR].cpu_s
        print(f"  target {TARGET}× the floor: {'met' if ratio <= TARGET else 'MISSED'}", flush=True)


def profile(bench: Bench) -> None:
    """Where our time goes; a profiled run is slower, mostly where functions are small."""
    title("where our time goes, by a profile")
    side = Side("profile", sys.executable, WORKER, ("profile",))
    for task in map(bench.sized, TASKS):
        parts: dict[str, float] = side.run(task)["parts"]
        bench.found.append({"profile": json.loads(task.dump()), "parts": parts})
        total = sum(parts.values())
        largest = sorted(parts.items(), key=lambda item: -item[1])
        split = (f"{name} {seconds:.3f} s ({seconds / total:.0%})" for name, seconds in largest)
        print(f"  {task.name}: {', '.join(split)}", flush=True)


if __name__ == "__main__":
    main()
