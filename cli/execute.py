"""One run from the command line: real time watched, determinism verified, errors kept apart.

Knows neither files nor pages: a prepared scenario goes in, a report and an exit code come out.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import attrs

from turncoat.cli.page import Line
from turncoat.cli.watch import Watch
from turncoat.scenarios.compose import Options, Prepared
from turncoat.scenarios.report import Report

if TYPE_CHECKING:
    from turncoat.actors.mailbox import Slot


@attrs.frozen(kw_only=True)
class Request:
    """The options of the command line that concern how runs are carried out and shown.
    timeout: real seconds for one run."""

    trace: Literal["off", "headers", "full"] = "off"
    as_json: bool = False
    out: Path | None = None
    views: bool = False
    verify: bool = False
    timeout: float | None = None
    quiet: bool = False
    verbose: bool = False


@attrs.frozen
class Executed:
    """A report, its exit code, and what the comparison of two runs found, if it was asked for."""

    report: Report
    code: int
    comparison: Line | None = None


def execute(prepared: Prepared, request: Request) -> Executed:
    """Run once, or twice to compare. Raises whatever a program raises that is no abort."""
    report = _once(prepared, request, keep_bodies=request.trace == "full")
    if not request.verify:
        return Executed(report, report.exit_code)
    if report.run.cut_short == "timeout":
        text = "not compared: the time limit ended the first run"
        return Executed(report, report.exit_code, Line("determinism", text, "doubtful"))
    second = _once(prepared, request, stirred=True)
    return _compared(report, second)


def reverse(slots: "list[Slot]") -> None:
    """Wake the strands of an instant in the opposite order."""
    slots.reverse()


def _once(
    prepared: Prepared, request: Request, *, keep_bodies: bool = False, stirred: bool = False
) -> Report:
    """One run; stirred: under reversed wake-ups and really encoding every message."""
    progress = not request.quiet and sys.stderr.isatty()
    name = f"{prepared.scenario.name}, seed {prepared.seed}"
    with Watch(name, request.timeout, progress=progress) as watch:
        watched = progress or request.timeout is not None
        return prepared.run(
            Options(
                keep_bodies=keep_bodies,
                views=request.views and not stirred,
                privacy=not stirred,
                encode=stirred,
                shuffle=reverse if stirred else None,
                pulse=watch.pulse if watched else None,
                watched=watch.follow if progress else None,
            )
        )


def _compared(first: Report, second: Report) -> Executed:
    how = "reversed wake-ups, every message really encoded"
    if second.run.cut_short == "timeout":
        text = "not compared: the time limit ended the second run"
        return Executed(first, max(first.exit_code, second.exit_code), Line("determinism", text))
    if first.digest == second.digest:
        text = f"one digest: the second run had {how}"
        return Executed(first, first.exit_code, Line("determinism", text, "good"))
    text = (
        f"two digests: {first.digest}, and {second.digest} with {how}. "
        "Does the program use a clock, a global random generator, id() or the order of a set?"
    )
    return Executed(first, 1, Line("determinism", text, "bad"))
