"""`turncoat explain`: what a name means, and what a scenario would do and cost.

Finds out what kind of name it is; the telling is in `describe.py` and `forecast.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from turncoat.cli.run import keyed_values

if TYPE_CHECKING:
    from turncoat.cli.describe import Sizes
    from turncoat.cli.page import Block

EPILOG = """\b
Examples:
  turncoat explain bgw                          guarantee, steps and costs
  turncoat explain bgw/multiply --n 5 --m 1000  one step, in figures
  turncoat explain variance --n 3 --m 100       a program, 100 entries a party
  turncoat explain add-error                    an attack and its parameters
  turncoat explain average-salary               what the scenario would do and cost
  turncoat explain my.toml --set network.preset=lan
"""


@click.command(epilog=EPILOG)
@click.argument("name", metavar="NAME|FILE")
@click.option("--n", type=click.IntRange(2), default=3, show_default=True, help="Parties.")
@click.option("--t", type=click.IntRange(0), help="Corruptions tolerated; default: the most.")
@click.option(
    "--m", type=click.IntRange(1), default=1, show_default=True, help="Entries of the vectors."
)
@click.option("--k", type=click.IntRange(1), default=1, show_default=True, help="A second length.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    callback=keyed_values,
    help="Of a scenario: override a key of the file. May be given again.",
)
def explain(name: str, n: int, t: int | None, m: int, k: int, overrides: dict[str, str]) -> int:
    """Describe a protocol, one of its steps, a program, an attack, a fault, a network, or what a
    scenario would do.

    What runs of a scenario would cost is computed from declared formulas and from one honest dry
    run on other inputs of the same shapes.
    """
    from turncoat.cli.describe import Sizes
    from turncoat.cli.page import show
    from turncoat.scenarios.problems import ScenarioError

    try:
        show(_told(name, Sizes(n, t, m, k), overrides))
    except ScenarioError as error:
        click.echo(str(error), err=True)
        return 2
    except ValueError as error:  # parameters that the protocol does not have
        raise click.ClickException(str(error)) from None
    return 0


def _told(name: str, sizes: "Sizes", overrides: dict[str, str]) -> "Iterator[Block]":
    """Everything of that name, one after the other. Raises ClickException if there is nothing."""
    from turncoat.cli import describe, names
    from turncoat.cli.forecast import forecast
    from turncoat.cli.page import Text

    if name.endswith(".toml"):
        yield from forecast(name, overrides)
        return
    sections = names.sections_of(name)
    for number, section in enumerate(sections):
        yield from [Text()] if number else []
        if section == "scenarios":
            yield from forecast(name, overrides)
        else:
            yield from describe.TELLERS[section](name, sizes)
    if not sections:
        yield from _other(name, sizes, overrides)


def _other(name: str, sizes: "Sizes", overrides: dict[str, str]) -> "Iterator[Block]":
    """A step of a protocol, a user's own program, or a file."""
    from turncoat.cli import describe, names
    from turncoat.cli.forecast import forecast

    if ":" in name:
        yield from describe.program(name, sizes)
    elif Path(name).is_file():
        yield from forecast(name, overrides)
    elif name in (steps := describe.steps()):
        yield from describe.step(steps[name], sizes)
    else:
        raise click.ClickException(names.unknown(name, tuple(steps)))
