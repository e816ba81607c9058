"""`turncoat run --corruptions`: what every corruption set can do, as a table.

The sweep itself is in `turncoat.scenarios.corruptions`; this is its page and its exit code.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from turncoat.cli import amounts
from turncoat.cli.page import Block, Grid, Headline, Line, Text, show
from turncoat.scenarios.compose import Options
from turncoat.scenarios.corruptions import Sweep, Trial


def sweep(sweep: Sweep, *, as_json: bool = False, quiet: bool = False) -> int:
    """Run a sweep and show it. Returns 1 if a promise was broken, else 0."""
    trials = list(_watched(sweep, quiet=quiet))
    if as_json:
        click.echo(json.dumps(document(sweep, trials), indent=2, ensure_ascii=False))
    else:
        show(page(sweep, trials))
    return int(any(trial.broke and trial.promised for trial in trials))


def _watched(sweep: Sweep, *, quiet: bool) -> Iterator[Trial]:
    progress = sys.stderr.isatty() and not quiet
    for number, trial in enumerate(sweep.trials(Options(meter=False)), 1):
        if progress and number % 20 == 0:
            sys.stderr.write(f"\r\x1b[2K{number:,} of {len(sweep):,} runs")
            sys.stderr.flush()
        yield trial
    if progress:
        sys.stderr.write("\r\x1b[2K")


def document(sweep: Sweep, trials: Sequence[Trial]) -> dict[str, Any]:
    """The JSON document of a sweep."""
    return {
        "scenario": sweep.prepared.scenario.name,
        "seed": sweep.prepared.seed,
        "trials": [
            {
                "corrupted": list(trial.seats),
                "behaviour": trial.behaviour,
                "acted": trial.acted,
                "verdict": trial.report.verdict.name,
                "findings": list(trial.report.verdict.findings),
                "guarantee_in_force": trial.promised,
                "exceeded": list(trial.report.exceeded),
                "digest": trial.report.digest,
                "view_kept": trial.view is not None,
            }
            for trial in trials
        ],
        "skipped": [{"corrupted": list(seats), "reason": why} for seats, why in sweep.skipped],
        "not_tried": list(sweep.unready),
    }


def page(sweep: Sweep, trials: Sequence[Trial]) -> Iterator[Block]:
    """One row a set, then what broke and how."""
    scenario = sweep.prepared.scenario
    broken = [trial for trial in trials if trial.broke]
    bad = [trial for trial in broken if trial.promised]
    end = "a promise was broken" if bad else "every promise held"
    yield Headline(f"{scenario.name}  {amounts.count(len(trials), 'run')}", end, _mark(bad))
    yield Text()
    rows = [_row(seats, [t for t in trials if t.seats == seats]) for seats in sweep.sets]
    yield Grid(HEAD, rows, NUMERIC)
    for seats, why in sweep.skipped:
        yield Line("skipped", f"{amounts.names(seats)}: {why}")
    if broken:
        yield Text()
        yield Grid(
            ("broken by", "from", "verdict", "the guarantee"),
            [(t.behaviour, amounts.names(t.seats), t.verdict, _force(t)) for t in broken],
            marks=["bad" if t.promised else "doubtful" for t in broken],
        )
    yield Text()
    yield Line("not tried", f"{amounts.names(sweep.unready)}: they need a program of your own")
    yield Line("privacy", f"not tested: {_kept(trials)}; `turncoat privacy` holds them to account")


HEAD = ("corrupted", "in force", "OK", "ABORT", "broken", "inconclusive", "no target")
NUMERIC = frozenset(range(2, len(HEAD)))


def _mark(bad: Sequence[Trial]) -> Any:
    return "bad" if bad else "good"


def _row(seats: tuple[str, ...], trials: Sequence[Trial]) -> tuple[str, ...]:
    active = [trial for trial in trials if trial.report.run.receipts]
    kept = sum(trial.promised for trial in active)
    within = "yes" if kept == len(active) else "no" if not kept else f"{kept} of {len(active)}"
    ends = [trial.verdict for trial in trials if not trial.broke]
    counts = (
        ends.count("OK"),
        ends.count("ABORT") + ends.count("ABORT-ID"),
        len(trials) - len(ends),
        ends.count("INCONCLUSIVE"),
        ends.count("no target"),
    )
    return (amounts.names(seats), within, *map(str, counts))


def _kept(trials: Sequence[Trial]) -> str:
    """Whose views there are."""
    heard = [len(trial.view.received) for trial in trials if trial.view is not None]
    least, most = min(heard, default=0), max(heard, default=0)
    span = str(most) if least == most else f"{least} to {most}"
    return f"the views of the {len(heard)} sets that listened are kept, {span} messages each"


def _force(trial: Trial) -> str:
    return "was in force" if trial.promised else "; ".join(trial.report.exceeded)
