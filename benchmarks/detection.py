"""How often cheating passes SPDZ's checks over small fields, beside the exact bounds; by hand.

    python benchmarks/detection.py                 # 4,000 seeded runs a cell, writes docs/results/
    python benchmarks/detection.py --runs 200      # a taste of it, writes nothing

Whole runs of scenario files: what a user would see. Undetected means that an honest party accepts
an output. (The check without an echo broadcast is no scenario; `tests/protocols` measures it.)
"""

import argparse
import platform
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from math import sqrt
from pathlib import Path

import attrs

from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import loads

PAGE = Path(__file__).parent.parent / "docs" / "results" / "detection.md"
PRIMES = (5, 7, 11, 31)
FILE = """
[protocol]
use = "spdz"
program = "{program}"
variant = "{variant}"
field = "{p}"
sigma = 0
[parties]
names = ["alice", "bob"]
inputs = {{ alice = [1], bob = [1] }}
[[adversary]]
corrupts = ["bob"]
does = "{does}"
when = {{ {when} }}
with = {{ offset = {offset} }}
"""


@attrs.frozen
class Experiment:
    """One way of cheating. bound: the chance that it passes. exact: or only at most that."""

    title: str
    program: str
    variant: str
    does: str
    when: str
    bound: Callable[[int], Fraction]
    exact: bool = True

    def passes(self, p: int, seed: int) -> bool:
        """Does some honest party accept an output in this run?"""
        text = FILE.format(**attrs.asdict(self), p=p, offset=1 + seed % (p - 1))
        report = simulate(loads(text), seed, Options(meter=False))
        (receipt,) = report.run.receipts
        if not receipt.acted:
            raise SystemExit(f"{self.title}: the attack did not act at p = {p}, seed {seed}")
        return bool(report.case.outputs)


def check(p: int) -> Fraction:
    return Fraction(2 * p - 1, p * p)


EXPERIMENTS = (
    Experiment("one lie in an opening", "sum", "plain", "add-error",
               'kind = "PartialOpening", nth = 1', check),
    Experiment("lies in all openings", "dot", "plain", "add-error",
               'kind = "PartialOpening"', check, exact=False),
    Experiment("a shifted triple, sacrificed", "dot", "sacrifice", "shift-triple",
               'kind = "TripleShift", nth = 1', lambda p: Fraction(1, p)),
)  # fmt: skip


def rows(runs: int) -> Iterator[str]:
    """One line a cell: what passed, the bound, and how far apart they are."""
    for experiment in EXPERIMENTS:
        for p in PRIMES:
            passed = sum(experiment.passes(p, seed) for seed in range(runs))
            bound = experiment.bound(p)
            apart = (passed - runs * bound) / sqrt(runs * bound * (1 - bound))
            sign = "=" if experiment.exact else "≤"
            yield (
                f"| {experiment.title} | {p} | {passed:,} of {runs:,} | {passed / runs:.4f} "
                f"| {sign} {bound} = {float(bound):.4f} | {apart:+.1f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000, help="seeded runs a cell")
    runs = parser.parse_args().runs
    table = ["| cheating | p | undetected | rate | bound | standard deviations |", "|---" * 6 + "|"]
    print("\n".join(table))
    for row in rows(runs):
        print(row, flush=True)
        table.append(row)
    if runs >= 4000:
        git = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
        where = (
            f"`python benchmarks/detection.py`, {date.today()}, commit {commit}, Python "
            f"{platform.python_version()}; seeds 0 … {runs - 1:,}, so the same figures anywhere."
        )
        title = "# How often cheating passes, over small fields"
        PAGE.write_text("\n".join([title, "", where, "", *table, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
