"""`turncoat view`: what some parties of a saved run had before them, and nothing else."""

from pathlib import Path

import click

EPILOG = """\b
Examples:
  turncoat view runs/salary --of carol             what carol saw
  turncoat view runs/salary --of carol,bob --json  their joint view, as JSON
  turncoat view runs/salary --of carol --out hers  a run folder redacted to hers, with view.npz

The run must have been saved with its views: turncoat run FILE --out DIR --views.
"""


def _names(_: click.Context, __: click.Parameter, given: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
    if not names:
        raise click.BadParameter("name at least one party, such as --of carol")
    return names


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--of", "names", required=True, metavar="NAME[,NAME]", callback=_names,
              help="The corrupted parties.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the view as one JSON document.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Write view.json, view.npz and the seats' files into DIR.")  # fmt: skip
def view(run: Path, names: tuple[str, ...], as_json: bool, out: Path | None) -> int:
    """Show the joint view of parties of a saved RUN: their inputs, their coins as drawn, and what
    they received, in order. Nothing of it belongs to anybody else."""
    from turncoat.adversary.views import load_view, save_view

    try:
        document = load_view(run, names)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if out is not None:
        save_view(out, document)
    if as_json:
        import json

        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _show(document)
    return 0


def _show(document: dict[str, object]) -> None:
    from typing import Any, cast

    from turncoat.cli import amounts
    from turncoat.cli.page import Grid, Headline, Line, show

    found = cast("dict[str, Any]", document)
    received = found["received"]
    show([Headline(f"the view of {', '.join(found['corrupted'])}",
                   amounts.count(len(received), "message"))])  # fmt: skip
    show([Line("inputs", f"{name}: {value}") for name, value in found["inputs"].items()])
    for entry in found["coins"]:
        drawn = "; ".join(_short(draw["values"]) for draw in entry["draws"])
        show([Line("coins", f"{entry['party']}, {entry['sid'] or 'main'}: {drawn}")])
    rows = [
        (
            "on its way" if m["time_ns"] is None else amounts.virtual(m["time_ns"]),
            f"{m['from']} → {m['to']}",
            m["sid"] or "main",
            m["kind"],
            "; ".join(f"{name} {_short(value)}" for name, value in m["fields"].items()),
        )
        for m in received
    ]
    if rows:
        show([Grid(("at", "", "sid", "kind", "content"), rows)])


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
