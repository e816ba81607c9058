"""Secure aggregation: what large sums take beside the floor, and beside Flower's SecAgg+.

    python benchmarks/aggregation.py [--quick] [--repeat 3] [--only SECTION] [--json FILE]

Each run in a process of its own; sides take turns; best of the runs. README.md says how to read the
tables.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contest import HERE, WorkerFailed, machine
from peers import PeerUnavailable, python_of, versions

Job = dict[str, Any]

SCALE: list[Job] = [
    {"n": 1_000, "m": 100_000, "k": 100, "threshold": 55},
    {"n": 10_000, "m": 10_000, "k": 150, "threshold": 80},
]
QUICK_SCALE: list[Job] = [{"n": 200, "m": 20_000, "k": 100, "threshold": 55}]
CONTEST: Job = {"n": 100, "m": 100_000, "k": 10, "threshold": 7}  # Flower counts 11 shares
QUICK_CONTEST: Job = {"n": 20, "m": 10_000, "k": 10, "threshold": 7}
LEDGER = ((1_000, 52, 28), (10_000, 60, 32), (100_000, 66, 35))  # n, and k and threshold for it
QUANTISED = {"clip": 8.0, "fraction_bits": 18}  # Flower's defaults: 2^22 steps between -8 and 8


@dataclass
class Bench:
    """One invocation, and everything found so far."""

    repeat: int
    quick: bool
    found: list[Job] = field(default_factory=list)

    def run(self, python: str, script: str, job: Job) -> Job:
        """What a fresh worker prints about the job. Raises WorkerFailed with its last words."""
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            [python, str(HERE / script), json.dumps(job)],
            text=True,
            capture_output=True,
            env=environment,
            check=False,
        )
        if done.returncode != 0:
            raise WorkerFailed(f"{script} failed at {job}:\n{done.stderr.strip()[-2000:]}")
        found = json.loads(done.stdout.strip().splitlines()[-1])
        self.found.append({"script": script, "job": job, "found": found})
        return found

    def ours(self, kind: str, job: Job) -> Job:
        order = {"kind": kind, "dropouts": 0.0, **job}
        return self.run(sys.executable, "ours_aggregation.py", order)


def main() -> None:
    sections: dict[str, Callable[[Bench], None]] = {
        "scale": scale,
        "flower": flower,
        "ledger": ledger,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, help="runs of each side (default 3, quick 1)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", action="append", choices=sections, help="may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write every single run there")
    args = parser.parse_args()
    bench = Bench(args.repeat or (1 if args.quick else 3), args.quick)
    print(*machine(), f"best of {bench.repeat} runs a side", sep="\n")
    try:
        for name in args.only or sections:
            sections[name](bench)
    except WorkerFailed as error:
        sys.exit(f"benchmarks/aggregation.py: {error}")
    if args.json:
        report = {"machine": machine(), "found": bench.found}
        Path(args.json).write_text(json.dumps(report, indent=1))


# -- sections ------------------------------------------------------------------------------------


def scale(bench: Bench) -> None:
    """Large sums with a tenth of the clients gone, over the floor of the same process."""
    title("Scale: all parties in one process, 10 % of the clients gone after ShareKeys")
    row("n x m, k", "wall, s", "CPU, s", "floor, s", "CPU/floor", "peak, MB", "masks", "agreements")
    for job in QUICK_SCALE if bench.quick else SCALE:
        runs = [bench.ours("real", {**job, "dropouts": 0.1}) for _ in range(bench.repeat)]
        best = min(runs, key=lambda found: found["cpu_s"] / found["floor_s"])
        row(
            f"{job['n']:,} x {job['m']:,}, {job['k']}",
            f"{min(r['wall_s'] for r in runs):.1f}",
            f"{best['cpu_s']:.1f}",
            f"{best['floor_s']:.1f}",
            f"{best['cpu_s'] / best['floor_s']:.2f}x",
            f"{best['peak_bytes'] / 1e6:,.0f}",
            f"{best['expanded']:,}",
            f"{best['agreements']:,}",
        )
        parts = ", ".join(f"{key[:-2]} {best[key]:.1f} s" for key in ("aes_s", "add_s", "agree_s"))
        print(f"    floor: {parts}; AES-256-CTR at {best['aes_gb_s']:.1f} GB/s")


def flower(bench: Bench) -> None:
    """The mean of 100 clients' vectors of 100,000 entries, by both. Flower's first round starts its
    workers and does not count."""
    job = QUICK_CONTEST if bench.quick else CONTEST
    title(f"Beside Flower's SecAgg+: {job['n']} clients x {job['m']:,}, {job['k']} neighbours")
    try:
        python, installed = str(python_of("flower")), versions("flower")
    except PeerUnavailable as error:
        print(f"Flower is MISSING: {error}")
        return
    print(*(part for part in installed.split(", ") if part.startswith(("flwr=", "ray="))))
    theirs: list[Job] = []
    mine: list[Job] = []
    order = {"n": job["n"], "m": job["m"], "shares": job["k"] + 1, "threshold": job["threshold"]}
    for _ in range(bench.repeat):
        theirs.append(bench.run(python, "peer_flower.py", {**order, "rounds": 3}))
        mine.append(bench.ours("real", {**job, **QUANTISED}))
    rounds = [seconds for found in theirs for seconds in found["round_s"][1:]]
    best = min(found["wall_s"] for found in mine)
    row("", "wall a round, s", "largest error")
    row("Flower", f"{min(rounds):.2f} ... {max(rounds):.2f}", f"{theirs[0]['error']:.1e}")
    row("ours", f"{best:.2f}", f"{mine[0]['error']:.1e}")
    print(f"ours is {min(rounds) / best:.1f} times faster (best against best)")


def ledger(bench: Bench) -> None:
    """Bytes, rounds and virtual time without contents, on the preset `mobile`, 5 % gone; the
    server's line is that of a phone in it, or a gigabit."""
    title("Ledger only: vectors of 1,000 entries on `mobile`, 5 % of the clients gone")
    row("n", "k", "wall, s", "CPU, s", "peak, MB", "messages", "payload, MB", "completes after, s")
    for n, k, threshold in LEDGER[:2] if bench.quick else LEDGER:
        job = {"n": n, "m": 1_000, "k": k, "threshold": threshold, "network": "mobile"}
        found = bench.ours("ledger", {**job, "dropouts": 0.05, "server_rate": 10**9})
        row(
            f"{n:,}",
            str(k),
            f"{found['all_wall_s']:.1f}",
            f"{found['all_cpu_s']:.1f}",
            f"{found['peak_bytes'] / 1e6:,.0f}",
            f"{found['messages']:,}",
            f"{found['payload_bytes'] / 1e6:,.1f}",
            f"{found['virtual_s']:,.2f}",
        )


# -- printing ------------------------------------------------------------------------------------


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def row(first: str, *cells: str) -> None:
    print(f"{first:<24}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
