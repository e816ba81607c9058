"""The entry point: which commands there are, and what every ending means as an exit code.

Holds the names and one-line summaries of the commands; a command's own module is imported when it
is called, so that `--help` loads neither numpy nor Trio. Knows nothing of what a command does.
"""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import cast

import attrs
import click

import turncoat

USAGE, UNEXPECTED, INTERRUPTED, BROKEN_PIPE = 2, 4, 130, 141  # 128 + SIGINT, 128 + SIGPIPE

COMMANDS = {  # name → (where, one line of help)
    "run": ("turncoat.cli.run:run", "Run scenarios and check what they expect."),
    "list": ("turncoat.cli.list:list_", "List protocols, programs, attacks, faults, scenarios."),
    "explain": ("turncoat.cli.explain:explain", "Describe a protocol, an attack or a scenario."),
    "privacy": ("turncoat.cli.privacy:privacy", "Check what corrupted parties learn."),
    "view": ("turncoat.cli.view:view", "Show what some parties of a saved run saw."),
    "why": ("turncoat.cli.why:why", "Explain how a saved run ended, and check its accusations."),
    "schema": ("turncoat.cli.schema:schema", "Print the JSON schema of scenario files."),
    "doctor": ("turncoat.cli.doctor:doctor", "Check the installation and time the kernel."),
}


@attrs.define
class Settings:
    """What a command tells the entry point. verbose: print the traceback of an unexpected error."""

    verbose: bool = False


class LazyGroup(click.Group):
    """Imports a command when it is called or explained, not to be listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise click.UsageError(_no_command(name), ctx)
        return super().resolve_command(ctx, args)


def _no_command(name: str) -> str:
    from turncoat.scenarios.problems import did_you_mean

    if name.endswith(".toml"):
        return f"there is no command {name!r}; did you mean 'turncoat run {name}'?"
    return f"there is no command {name!r}; {did_you_mean(name, list(COMMANDS))}"


EPILOG = """\b
Examples:
  turncoat list                        what there is to run, to attack and to break
  turncoat run average-salary          a scenario of the catalogue
  turncoat run my.toml --seed 7        your own; the same seed gives the same run
  turncoat explain average-salary      what it would do, and cost, without running it

Exit codes: 0 every expectation held, 1 one failed, 2 usage or an invalid scenario (nothing ran),
3 inconclusive, 4 an unexpected error, 130 interrupted. Not for production secrets.
"""


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(turncoat.__version__, prog_name="turncoat")
def cli() -> None:
    """What if Carol lies? Runs multi-party computations on a simulated network, with faults and
    corrupted parties, and says what came of it: was the output right, was the lie noticed, was the
    right party blamed, and what did it cost."""


def main() -> None:
    """The console command: never returns, exits with the code of `invoke`."""
    # Many parties are many small objects, few of them garbage; and simulated parties take turns.
    gc.set_threshold(50_000, 20, 100)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):  # λ and → must not end a run on an old terminal
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if os.environ.get("_TURNCOAT_COMPLETE"):
        cli.main(prog_name="turncoat")
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Carry out one command line; returns its exit code."""
    settings = Settings()
    try:
        return _dispatch(arguments, settings)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except BrokenPipeError:
        return _silence()
    except (Exception, KeyboardInterrupt, SystemExit, BaseExceptionGroup) as error:
        if is_interrupt(error):
            click.echo("interrupted", err=True)
            return INTERRUPTED
        return unexpected(error, verbose=settings.verbose)


def _dispatch(arguments: Sequence[str], settings: Settings) -> int:
    with cli.make_context("turncoat", list(arguments), obj=settings) as context:
        code: object = cli.invoke(context)
    sys.stdout.flush()  # a closed pipe shows here, not at the interpreter's end
    return code if isinstance(code, int) else 0


def is_interrupt(error: BaseException) -> bool:
    """Ctrl-C, also inside the group that Trio makes of one that hit a party."""
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        return group.subgroup(KeyboardInterrupt) is not None
    return isinstance(error, KeyboardInterrupt | click.Abort)


def unexpected(error: BaseException, *, verbose: bool, where: str = "") -> int:
    """Name an error that nobody foresaw in one line, or show where it came from."""
    if verbose:
        traceback.print_exception(error, file=sys.stderr)
    hint = "" if verbose else " (run -v shows where)"
    notes = "".join(f"; {note}" for note in getattr(leaf(error), "__notes__", ()))
    text = " ".join(f"{described(error)}{notes}".split())
    click.echo(f"error: {where}{where and ': '}{text}{hint}", err=True)
    return UNEXPECTED


def leaf(error: BaseException) -> BaseException:
    """The first error of a group, and of groups in it; any other error is its own leaf."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def described(error: BaseException) -> str:
    """The name and the message of an error."""
    inner = leaf(error)
    return f"{type(inner).__name__}: {inner}"


def _silence() -> int:
    """The reader of our output went away (`… | head`): stop without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
