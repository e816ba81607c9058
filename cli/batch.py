"""Many runs: every scenario loaded before the first one starts, one summary and one exit code.

The worst of 4 > 1 > 3 > 0 wins. An error in one run does not keep the others from running.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import click

from turncoat.cli import amounts
from turncoat.cli.execute import Executed, Request, execute
from turncoat.cli.main import INTERRUPTED, described, is_interrupt, unexpected
from turncoat.cli.page import Block, Text, show
from turncoat.cli.render import Subject, headline, page
from turncoat.cli.sequence import sequence
from turncoat.cli.watch import Watch
from turncoat.scenarios.compose import Prepared, prepare
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
    scenarios: Iterable[str],
    seed: int | None,
    repeat: int | None,
    overrides: Mapping[str, object],
    timeout: float | None = None,
) -> list[Job]:
    """All runs, in the order of the command line. timeout: real seconds for loading each scenario,
    which runs its program once in the clear. Raises ScenarioError with the mistakes of all."""
    problems: list[Problem] = []
    jobs: list[Job] = []
    for number, name in enumerate(scenarios):
        try:
            with Watch(name, timeout, progress=False):
                prepared = prepare(load(name, overrides), seed)
        except ScenarioError as error:
            problems += error.problems
            continue
        title = prepared.scenario.name
        taken = any(job.prepared.scenario.name == title for job in jobs)
        folder = Path(f"{title}-{number + 1}" if taken else title)
        for i in range(repeat or prepared.scenario.header.repeat):
            jobs.append(Job(prepared, prepared.seed + i, folder / str(prepared.seed + i)))
    if problems:
        raise ScenarioError(problems)
    return jobs


@attrs.define
class Batch:
    """All runs of one command. several: one of a list, even if the list is short."""

    jobs: Sequence[Job]
    request: Request
    several: bool
    _documents: list[dict[str, Any]] = attrs.field(factory=list[dict[str, Any]], init=False)
    _codes: list[int] = attrs.field(factory=list[int], init=False)

    def run(self) -> int:
        """Carry them all out. Returns the worst exit code."""
        try:
            for job in self.jobs:
                self._codes.append(self._run(job))
                sys.stdout.flush()  # what is finished is out, whatever happens to the next
        except (KeyboardInterrupt, BaseExceptionGroup) as stop:
            if not is_interrupt(stop):
                raise
            self._close()
            click.echo(f"interrupted: {self._finished()}", err=True)
            return INTERRUPTED
        self._close()
        return max(self._codes, key=SEVERITY.index)

    def _run(self, job: Job) -> int:
        try:
            done = execute(job.ready(), self.request)
        except BaseException as error:  # a user's program may even raise SystemExit
            if is_interrupt(error):
                raise
            self._documents.append({**job.label, "error": described(error)})
            label = f"{job.label['scenario']}, seed {job.seed}"
            return unexpected(error, verbose=self.request.verbose, where=label)
        self._keep(job, done)
        self._report(done)
        return done.code

    def _keep(self, job: Job, done: Executed) -> None:
        if self.request.out is not None:
            done.report.save(self.request.out / job.folder if self.several else self.request.out)

    def _report(self, done: Executed) -> None:
        """Pages to stdout; with --json the document is kept, and the rest goes to stderr."""
        request = self.request
        aside = sys.stderr if request.as_json else None
        if request.trace != "off":
            show(sequence(done.report, full=request.trace == "full"), aside)
        if not request.as_json:
            show(self._page(done))
            return
        self._documents.append(done.report.json())
        if done.comparison is not None:
            show([done.comparison], aside)

    def _page(self, done: Executed) -> Iterator[Block]:
        document, subject = done.report.json(), Subject.of(done.report)
        comparison = [done.comparison] if done.comparison else []
        if self._brief(done):
            return iter([headline(document, subject), *comparison])
        blocks = page(document, subject, full=self.request.verbose)
        return iter([*blocks, *comparison, *([Text()] if len(self.jobs) > 1 else [])])

    def _brief(self, done: Executed) -> bool:
        """One line is enough: if asked for, or for one good run among many of a scenario."""
        calm = self._repeated and done.code == 0 and not self.request.verbose
        return self.request.quiet or calm

    @cached_property
    def _repeated(self) -> bool:
        return len({job.folder.parent for job in self.jobs}) < len(self.jobs)

    def _close(self) -> None:
        """The document of all runs, or the line that sums them up."""
        if self.request.as_json:
            documents = [{"runs": self._documents}] if self.several else self._documents
            for document in documents:  # one; none if a single run was interrupted
                click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        elif len(self.jobs) > 1:
            show([Text(self._summary(), "good" if not any(self._codes) else "bad")])

    def _summary(self) -> str:
        held = self._codes.count(0)
        parts = [f"{amounts.count(len(self._codes), 'run')}: {held} as expected"]
        words = {1: "not as expected", 3: "inconclusive", 4: "with an error"}
        for code, word in words.items():
            bad = [job for job, c in zip(self.jobs, self._codes, strict=False) if c == code]
            if bad:
                which = ", ".join(f"{job.label['scenario']} seed {job.seed}" for job in bad[:5])
                parts.append(f"{len(bad)} {word} ({which}{', …' if len(bad) > 5 else ''})")
        return ", ".join(parts)

    def _finished(self) -> str:
        done, all_ = len(self._codes), len(self.jobs)
        kept = f"; their folders are in {self.request.out}" if self.request.out and done else ""
        return f"{done} of {amounts.count(all_, 'run')} had finished{kept}"
