"""What is printed: labelled lines, grids and headlines, on a terminal by rich, elsewhere plainly.

A page is data; this module alone knows terminals. rich is imported only where there is one, so
that a pipe gets plain lines at once. Knows no report.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Literal, TextIO

import attrs

Mark = Literal["plain", "good", "bad", "doubtful", "dim", "strong"]
STYLES: dict[Mark, str] = {
    "plain": "",
    "good": "green",
    "bad": "bold red",
    "doubtful": "yellow",
    "dim": "dim",
    "strong": "bold",
}
WIDTH = 88  # of a headline
NARROW = 80  # of the narrowest terminal that lines are broken for
LABEL = 11
INVISIBLE = {c: f"\\x{c:02x}" for c in (*range(32), *range(127, 160)) if c not in (9, 10)}


@attrs.frozen
class Headline:
    """The first line: what it is, and at the right end what came of it."""

    left: str
    right: str = ""
    mark: Mark = "strong"


@attrs.frozen
class Line:
    """One labelled line; without a label it continues the one above."""

    label: str
    text: str
    mark: Mark = "plain"


@attrs.frozen
class Grid:
    """A table. numeric: the columns to align at the right. marks: of rows, by their index."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    marks: Sequence[Mark] = ()

    def mark(self, row: int) -> Mark:
        return self.marks[row] if row < len(self.marks) else "plain"


@attrs.frozen
class Text:
    """A line as it stands."""

    text: str = ""
    mark: Mark = "plain"


Block = Headline | Line | Grid | Text


def show(blocks: Iterable[Block], stream: TextIO | None = None) -> None:
    """Print a page to a stream, by default stdout."""
    out = stream or sys.stdout
    if decorated(out):
        _Rich(out).show(blocks)
    else:
        for block in blocks:
            out.writelines(f"{line}\n" for line in plain(block))


def decorated(stream: IO[str]) -> bool:
    """Does the stream get colours and tables? FORCE_COLOR and NO_COLOR are heard."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """The text with control characters spelt out: names come from files, values from peers."""
    return text.translate(INVISIBLE)


def plain(block: Block) -> list[str]:
    """A block as lines without any decoration."""
    match block:
        case Headline(left, right):
            start, end = visible(left), visible(right)
            return [f"{start:<{max(WIDTH - len(end) - 2, 0)}}  {end}".rstrip()]
        case Line(label, text):
            return [f"  {label:<{LABEL}} {visible(text)}".rstrip()]
        case Text(text):
            return [visible(text)]
        case Grid():
            return _plain_grid(block)


def _plain_grid(grid: Grid) -> list[str]:
    lines = (grid.head, *grid.rows) if grid.head else grid.rows
    rows = [[visible(cell) for cell in row] for row in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            f"{cell:{'>' if k in grid.numeric else '<'}{widths[k]}}" for k, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


class _Rich:
    """The same page through rich."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console

        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)

    def show(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            match block:
                case Headline(left, right, mark):
                    self._headline(visible(left), visible(right), mark)
                case Line(label, text, mark):
                    self._line(label, visible(text), mark)
                case Text(text, mark):
                    self._console.print(visible(text), style=STYLES[mark] or None, soft_wrap=True)
                case Grid():
                    self._grid(block)

    def _headline(self, left: str, right: str, mark: Mark) -> None:
        from rich.text import Text as RichText

        width = min(self._console.width, WIDTH)
        gap = " " * max(width - len(left) - len(right), 2)
        self._console.print(RichText.assemble((left, "bold"), gap, (right, STYLES[mark])))

    def _line(self, label: str, text: str, mark: Mark) -> None:
        from rich.padding import Padding
        from rich.table import Table

        row = Table.grid(padding=(0, 1))
        row.add_column(width=LABEL, style="dim", no_wrap=True)
        row.add_column(style=STYLES[mark], overflow="fold")
        row.add_row(label, text)
        self._console.print(Padding(row, (0, 0, 0, 2)))

    def _grid(self, grid: Grid) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.padding import Padding
        from rich.table import Table

        table = Table(
            box=SIMPLE_HEAD,
            show_edge=False,
            show_header=bool(grid.head),
            pad_edge=False,
            padding=(0, 1, 0, 0),
        )
        for k, title in enumerate(grid.head or grid.rows[0] if grid.rows else ()):
            justify = "right" if k in grid.numeric else "left"
            table.add_column(title, justify=justify, overflow="fold")
        for k, row in enumerate(grid.rows):
            table.add_row(*map(visible, row), style=STYLES[grid.mark(k)])
        self._console.print(Padding(table, (0, 0, 0, 2), expand=False))
