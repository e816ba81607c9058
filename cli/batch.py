"""Many runs: every scenario loaded before the first one starts, one summary and one exit code.

The worst of 4 > 1 > 3 > 0 wins. An error in one run does not keep the others from running.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from turncoat.cli import amounts
from turncoat.cli.execute import Executed, Request, execute
from turncoat.cli.main import INTERRUPTED, unexpected
from turncoat.cli.page import Block, Text, show
from turncoat.cli.render import Subject, headline, page
from turncoat.cli.sequence import sequence
from turncoat.scenarios.compose import Prepared, fresh_seed, prepare
from turncoat.scenarios.loader import load
from turncoat.scenarios.problems import Problem, ScenarioError

SEVERITY = (0, 3, 1, 4)  # exit codes, the worst last


@attrs.frozen
class Job:
    """One run to be: a scenario that has been checked, and its seed."""

    prepared: Prepared
    seed: int
    folder: Path  # below --out, if there are several

    def ready(self) -> Prepared:
        """The scenario for this seed; inputs may be drawn from it."""
        if self.seed == self.prepared.seed:
            return self.prepared
        return prepare(self.prepared.scenario, self.seed)

    @property
    def label(self) -> dict[str, Any]:
        return {"scenario": self.prepared.scenario.name, "seed": self.seed}


def load_jobs(
    scenarios: Iterable[str], seed: int | None, repeat: int | None, overrides: Mapping[str, object]
) -> list[Job]:
    """All runs, in the order of the command line. Raises ScenarioError with the mistakes of all
    scenarios."""
    problems: list[Problem] = []
    jobs: list[Job] = []
    for name in scenarios:
        try:
            scenario = load(name, overrides)
            prepared = prepare(scenario, fresh_seed() if _unseeded(scenario, seed) else seed)
        except ScenarioError as error:
            problems += error.problems
            continue
        times = range(repeat or scenario.header.repeat)
        jobs += [_job(prepared, prepared.seed + i, jobs) for i in times]
    if problems:
        raise ScenarioError(problems)
