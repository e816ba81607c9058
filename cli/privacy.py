"""`turncoat privacy`: what did the corrupted parties learn?

Finds the checks that are meant, runs them, and says what came of it. What a verdict means is told
in docs/what-a-leak-verdict-means.md; how the checks work, in `adversary/privacy`.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from turncoat.cli.run import keyed_values

if TYPE_CHECKING:
    from turncoat.adversary.privacy.registry import CheckInfo
    from turncoat.adversary.privacy.runner import Result
    from turncoat.cli.page import Block

EPILOG = """\b
Examples:
  turncoat privacy                            which checks there are
  turncoat privacy bgw-xy-f5                  every tape of a product of BGW over F_5
  turncoat privacy --exact --ideal --table    all exact checks, and the controls they must fail
  turncoat privacy --statistical views-bgw    two-sample tests over a large field
  turncoat privacy my.toml --exact             a scenario: its protocol, program and corrupted seats
  turncoat privacy my_checks:my_ensembles     your own: a function that yields `Ensemble`s

A control is broken on purpose, and must be found leaking. PERFECT is a proof for the parameters
that are printed; CLEAN means that no leak was found, by a test of the power that is printed.
Exit codes: 0 as expected, 1 a leak that should not be, 2 usage, 3 nothing can be said.
"""

SEVERITY = (0, 3, 1)


@click.command(epilog=EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME|FILE|MODULE:FUNCTION]...")
@click.option("--exact", "methods", flag_value="exact", multiple=True, help="All exact checks.")
@click.option("--ideal", "methods", flag_value="ideal", multiple=True, help="Real against ideal.")
@click.option("--statistical", "methods", flag_value="statistical", multiple=True,
              help="Two-sample tests and a classifier.")  # fmt: skip
@click.option("--extraction", "methods", flag_value="extraction", multiple=True,
              help="Attackers that guess an input.")  # fmt: skip
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", callback=keyed_values,
              help="Override a key of scenario files, as in `turncoat run`.")  # fmt: skip
@click.option("--workers", type=click.IntRange(0), default=0, metavar="K",
              help="Processes; by default one a core.")  # fmt: skip
@click.option("--table", is_flag=True, help="One line a result, at the end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def privacy(
    names: tuple[str, ...],
    methods: tuple[str, ...],
    overrides: dict[str, str],
    workers: int,
    table: bool,
    as_json: bool,
) -> int:
    """Check what corrupted parties learn: exactly, statistically, or by an attacker that guesses.

    NAME is a check, or a scenario of the catalogue, FILE a scenario file: its own corrupted seats
    are asked about, or every set of t, if it has none. Without a NAME and without an option, the
    checks are listed; with an option and no NAME, all of that method run.
    """
    if not names and not methods:
        _list()
        return 0
    from turncoat.cli.privacy_scenario import is_scenario

    files = [name for name in names if is_scenario(name)]
    known = [name for name in names if name not in files]
    chosen = _chosen(known, methods) if known or not files else []
    codes, documents, rows = list[int](), list[dict[str, Any]](), list[tuple[str, ...]]()
    for info in chosen:
        code, document = _run(info, workers, quiet=as_json or table, rows=rows)
        codes.append(code)
        documents.append(document)
    for name in files:
        code, document = _run_scenario(name, methods, overrides, workers, quiet=as_json)
        codes.append(code)
        documents.append(document)
    if as_json:
        import json

        click.echo(json.dumps({"checks": documents}, indent=2, ensure_ascii=False))
        return max(codes, key=SEVERITY.index)
    if table:
        _show_table(rows)
    if len(codes) > 1:
        _sum_up(codes)
    return max(codes, key=SEVERITY.index)


def _list() -> None:
    from turncoat.adversary.privacy.registry import CHECKS
    from turncoat.cli.page import Grid, Text, show

    rows = [
        (info.name, info.method, info.expects if info.control else "", info.summary)
        for info in CHECKS.values()
    ]
    show([Text("Privacy checks (turncoat privacy NAME)", "strong")])
    show([Grid(("check", "method", "control", ""), rows)])


def _chosen(names: Sequence[str], methods: Sequence[str]) -> "list[CheckInfo]":
    """The checks that are meant. Raises a usage error for a name that nothing has."""
    from turncoat.adversary.privacy.registry import CHECKS, check

    if not names:
        return [info for info in CHECKS.values() if info.method in methods]
    try:
        chosen = [_own(name) if ":" in name else check(name) for name in names]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for info in chosen:
        if methods and ":" not in info.name and info.method not in methods:
            raise click.UsageError(f"{info.name} is checked by --{info.method}")
    return chosen


def _own(name: str) -> "CheckInfo":
    """A user's own check: a function, importable from here, that yields what is to be checked."""
    from importlib import import_module
    from pathlib import Path

    from turncoat.adversary.privacy.registry import CheckInfo

    module, _, function = name.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module), function, None)
    except ImportError as error:
        raise ValueError(f"{name!r}: {error}") from None
    if not callable(found):
        raise ValueError(f"{module} has no function {function!r}")
    return CheckInfo(name, "exact", "", name, "PERFECT")


def _run(
    info: "CheckInfo", workers: int, *, quiet: bool, rows: list[tuple[str, ...]]
) -> tuple[int, dict[str, Any]]:
    """(exit code, document) of one check, whose page is printed part by part. rows: of the table,
    to which its results are added."""
    from turncoat.adversary.privacy.lanes import NotEnumerable
    from turncoat.adversary.privacy.runner import exit_code, held, jsonable, results
    from turncoat.cli.page import show
    from turncoat.cli.privacy_page import row

    started = began = time.monotonic()
    found = list["Result"]()
    try:
        for result in results(info, workers=workers, progress=_progress(info.name)):
            found.append(result)
            rows.append(row(info.name, result, time.monotonic() - began))
            if not quiet:
                _clear()
                show(page(info, result, time.monotonic() - began))
            began = time.monotonic()
    except NotEnumerable as error:
        raise click.ClickException(str(error)) from None
    finally:
        _clear()
    return exit_code(info, found), {
        "check": info.name,
        "method": info.method,
        "control": info.control,
        "expects": info.expects,
        "held": held(info, found),
        "results": [jsonable(result) for result in found],
        "measured": {"wall_s": round(time.monotonic() - started, 3)},
    }


def _run_scenario(
    name: str, methods: Sequence[str], overrides: dict[str, str], workers: int, *, quiet: bool
) -> tuple[int, dict[str, Any]]:
    """(exit code, document) of a scenario, for each of its corrupted sets."""
    from turncoat.cli import privacy_scenario as ours
    from turncoat.cli.page import show

    kinds = [method for method in methods if method != "ideal"]
    if len(kinds) != len(methods) or len(kinds) > 1:
        raise click.UsageError(f"{name}: one of --exact, --statistical, --extraction")
    leak_expected, sets = ours.variants(name, kinds[0] if kinds else None, overrides)
    codes, found = list[int](), list[dict[str, Any]]()
    started = time.monotonic()
    for scenario in sets:
        result, seconds = ours.check_scenario(scenario, workers, _progress(scenario.name))
        codes.append(ours.code_of(result, leak_expected=leak_expected))
        found.append(result.json())
        if not quiet:
            _clear()
            show(ours.page(scenario, result, seconds, codes[-1]))
    return max(codes, key=SEVERITY.index), {
        "check": name,
        "expects": "LEAK" if leak_expected else None,
        "held": not any(codes),
        "results": found,
        "measured": {"wall_s": round(time.monotonic() - started, 3)},
    }


def page(info: "CheckInfo", result: "Result", seconds: float) -> "Iterator[Block]":
    """One result: what was checked, what came of it, and the evidence."""
    from turncoat.cli import amounts
    from turncoat.cli.page import Headline, Line
    from turncoat.cli.privacy_page import lines

    as_expected = result.verdict == info.expects
    mark = "good" if as_expected else "doubtful" if result.verdict == "INCONCLUSIVE" else "bad"
    planted = ", as planted" if info.control and as_expected else ""
    seats = ", ".join(f"P{i}" for i in result.corrupted)
    yield Headline(f"{info.name}: {result.name}", f"{result.verdict}{planted}", mark)
    yield Line("corrupted", seats)
    yield from lines(result)
    yield Line("took", amounts.seconds(seconds))


def _progress(name: str) -> Any:
    """Progress on a terminal, now and then; None elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r\x1b[2K{name}: {done:,} of {total:,} tapes")
        sys.stderr.flush()

    return show


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K")


def _show_table(rows: Sequence[tuple[str, ...]]) -> None:
    from turncoat.cli.page import Grid, show
    from turncoat.cli.privacy_page import HEAD

    show([Grid(HEAD, list(rows), frozenset({2, 3, 5}))])


def _sum_up(codes: Sequence[int]) -> None:
    from turncoat.cli import amounts
    from turncoat.cli.page import Text, show

    good = sum(code == 0 for code in codes)
    text = f"{amounts.count(len(codes), 'check')}: {good} as expected"
    show([Text(text, "good" if good == len(codes) else "bad")])
