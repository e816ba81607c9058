"""`turncoat schema`: the JSON schema of scenario files, so that editors complete and check them."""

from pathlib import Path

import click

FILE = "turncoat.schema.json"

EPILOG = f"""\b
Examples:
  turncoat schema                   print it
  turncoat schema --install .       write ./{FILE}

Then let a scenario file begin with the line:  #:schema ./{FILE}
"""


@click.command(epilog=EPILOG)
@click.option(
    "--install",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=f"Write {FILE} into DIR instead of printing it.",
)
def schema(install: Path | None) -> None:
    """Print the JSON schema (draft-07) of scenario files."""
    import json

    from turncoat.scenarios.json_schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if install is None:
        click.echo(text)
        return
    try:
        install.mkdir(parents=True, exist_ok=True)
        (install / FILE).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{install}: {error.strerror}", param_hint="--install") from None
    click.echo(f"wrote {install / FILE}; begin scenario files with: #:schema ./{FILE}", err=True)
