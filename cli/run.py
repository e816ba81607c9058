"""`turncoat run`: scenarios in, pages or one JSON document out, and the exit code.

Reads all scenarios before anything runs. How one run is carried out is in `execute.py`, how it
looks in `render.py` and `sequence.py`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from turncoat.cli.execute import Request
    from turncoat.scenarios.units import Comparison

EPILOG = """\b
Examples:
  turncoat run average-salary --seed 7
  turncoat run my.toml --set network.latency="80 ms" --set protocol.t=1
  turncoat run my.toml --repeat 100 -q         a hundred seeds, one line each
  turncoat run my.toml --trace full            every message with its payload
  turncoat run my.toml --json | jq .verdict
  turncoat run my.toml --corruptions "<= 2"    who could break it, and how
  turncoat run my.toml --out DIR --views       keep what the corrupted seats saw
  turncoat run *.toml --timeout "30 s"         the worst exit code of all wins

Without --seed and without a seed in the file, one is picked and printed. Results go to stdout,
progress and errors to stderr.
"""


def keyed_values(_: click.Context, __: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE pairs; a key that comes again wins over its earlier value."""
    table: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f'{pair!r} is not KEY=VALUE, such as network.latency="80 ms"')
        table.pop(key.strip(), None)
        table[key.strip()] = value.strip()
    return table


def _real_time(_: click.Context, __: click.Parameter, given: str | None) -> float | None:
    """Seconds of a duration with a unit."""
    if given is None:
        return None
    from turncoat.scenarios.problems import Refusal
    from turncoat.scenarios.units import positive_duration

    try:
        return positive_duration(given) / 10**9
    except Refusal as refusal:
        raise click.BadParameter(f"{refusal.message}; {refusal.suggestion}".strip("; ")) from None


def _bound(_: click.Context, __: click.Parameter, given: str | None) -> "Comparison | None":
    """How many seats to corrupt."""
    if given is None:
        return None
    from turncoat.scenarios.problems import Refusal
    from turncoat.scenarios.units import comparison, count

    try:
        return comparison(int(given) if given.isdecimal() else given, count)
    except Refusal as refusal:
        raise click.BadParameter(f"{refusal.message}; {refusal.suggestion}".strip("; ")) from None


@click.command(epilog=EPILOG)
@click.argument("scenarios", nargs=-1, required=True, metavar="FILE|NAME...")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="In place of the file's seed.")
@click.option(
    "--repeat", type=click.IntRange(1), metavar="K", help="Run K times; repeat i uses seed + i."
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    callback=keyed_values,
    help="Override a key of the file, dotted. May be given again.",
)
@click.option(
    "--corruptions",
    callback=_bound,
    metavar='"<= 2"',
    help="Corrupt every set of so many seats in turn, with every behaviour there is.",
)
@click.option(
    "--trace",
    type=click.Choice(["off", "headers", "full"]),
    default="off",
    show_default=True,
    help="Print the message sequence; full: with payloads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep scenario.toml, run.json and events.jsonl in DIR; of several runs, in DIR/NAME/SEED.",
)
@click.option(
    "--views",
    is_flag=True,
    help="Keep what the corrupted seats saw in DIR/seats, for `turncoat view`; needs --out.",
)
@click.option(
    "--verify-determinism",
    "verify",
    is_flag=True,
    help="Run twice, under reversed wake-ups and really encoding, and compare the digests.",
)
@click.option(
    "--timeout", callback=_real_time, metavar='"30 s"', help="Real time after which a run is ended."
)
@click.option("-q", "--quiet", is_flag=True, help="One line a run, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Every party, and tracebacks of errors.")
@click.pass_context
def run(
    context: click.Context,
    scenarios: tuple[str, ...],
    seed: int | None,
    repeat: int | None,
    overrides: dict[str, str],
    corruptions: "Comparison | None",
    **options: Any,
) -> int:
    """Run scenarios and check what they expect.

    Each FILE is a scenario file, each NAME one of the catalogue (`turncoat list scenarios`). If one
    of them is invalid, all mistakes are shown and nothing runs.
    """
    from turncoat.cli.execute import Request

    request = Request(**options)
    if request.views and request.out is None:
        raise click.UsageError("--views needs a folder: --out DIR")
    if context.obj is not None:
        context.obj.verbose = request.verbose
    if corruptions is not None:
        return _corrupt_all(scenarios, seed, overrides, corruptions, request)
    return _run_all(scenarios, seed, repeat, overrides, request)


def _corrupt_all(
    scenarios: Sequence[str],
    seed: int | None,
    overrides: dict[str, str],
    bound: "Comparison",
    request: "Request",
) -> int:
    from turncoat.cli.batch import load_jobs
    from turncoat.cli.corruptions import sweep
    from turncoat.scenarios.corruptions import Sweep
    from turncoat.scenarios.problems import ScenarioError

    try:
        jobs = load_jobs(scenarios, seed, 1, overrides, request.timeout)
        sweeps = [Sweep.of(job.prepared, bound) for job in jobs]
    except ScenarioError as error:
        click.echo(str(error), err=True)
        return 2
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    return max([sweep(each, as_json=request.as_json, quiet=request.quiet) for each in sweeps])


def _check_folder(request: "Request") -> None:
    """Find out before a long run, not after it, that its folder cannot be made."""
    if request.out is None:
        return
    try:
        request.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.BadParameter(f"{request.out}: {error.strerror}", param_hint="--out") from None


def _run_all(
    scenarios: Sequence[str],
    seed: int | None,
    repeat: int | None,
    overrides: dict[str, str],
    request: "Request",
) -> int:
    from turncoat.cli.batch import Batch, load_jobs
    from turncoat.scenarios.problems import ScenarioError

    try:
        jobs = load_jobs(scenarios, seed, repeat, overrides, request.timeout)
    except ScenarioError as error:
        click.echo(str(error), err=True)
        return 2
    _check_folder(request)
    several = repeat is not None or len(jobs) > 1
    return Batch(jobs, request, several=several).run()
