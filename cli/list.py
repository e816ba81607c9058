"""`turncoat list`: what there is to name in a scenario file, and which scenarios come with it."""

import click

EPILOG = """\b
Examples:
  turncoat list                 everything
  turncoat list attacks         what a corrupted party may do
  turncoat explain add-error    one of them at length
"""

CHOICES = ("protocols", "programs", "attacks", "faults", "networks", "scenarios")


@click.command(name="list", epilog=EPILOG)
@click.argument("sections", nargs=-1, type=click.Choice(CHOICES), metavar="[SECTION]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document: section, name, line.")
def list_(sections: tuple[str, ...], as_json: bool) -> None:
    """List protocols, programs, attacks, faults, networks and scenarios.

    SECTION is one or more of these six words; without one, all are listed.
    """
    from turncoat.cli.names import SECTIONS
    from turncoat.cli.page import Block, Grid, Text, show

    chosen = {key: SECTIONS[key].read() for key in sections or CHOICES}
    if as_json:
        import json

        click.echo(json.dumps(chosen, indent=2, ensure_ascii=False))
        return
    blocks: list[Block] = []
    for key, names in chosen.items():
        blocks += [Text()] if blocks else []
        blocks.append(Text(SECTIONS[key].title, "strong"))
        blocks.append(Grid((), [(name, line) for name, line in names.items()]))
    show(blocks)
