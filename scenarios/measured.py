"""Measured delays: `empirical = "delays.csv"`, one duration per line, or the list itself.

Keeps at most as many as the tables that they become have knots, so that a scenario written out
stays short and means exactly the same. Knows no link and draws nothing.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import attrs

from turncoat.actors.distributions import CELLS, empirical
from turncoat.scenarios import units
from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.problems import Refusal
from turncoat.scenarios.reading import unreadable

_MILLISECONDS = re.compile(r"\d{1,18}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)


@attrs.frozen
class Measured:
    """Delays [ns] as they were measured. file: where they stand; None if the scenario says them
    itself. samples: in rising order, at most 1,025; none until the file has been read."""

    file: str | None = None
    samples: tuple[int, ...] = attrs.field(default=(), repr=False)

    @property
    def mean(self) -> int:
        """Rounded down to whole nanoseconds."""
        return sum(self.samples) // max(len(self.samples), 1)


def thinned(samples: Iterable[int]) -> tuple[int, ...]:
    """The samples in rising order; of more than 1,025 the 1,025 quantiles, whose table is that of
    all."""
    ordered = tuple(sorted(samples))
    return ordered if len(ordered) <= CELLS + 1 else empirical(ordered).knots


def read_delays(name: str, folder: Path) -> Measured:
    """The delays of a file, named relative to a folder. Raises Refusal with the file and row."""
    file = folder / name
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise unreadable(name, file, error) from None
    samples = [_delay(name, row, cell) for row, cell in _rows(text)]
    if not samples:
        raise Refusal(f"{name} holds no delay", 'one per line, such as "41.2 ms" or 41.2')
    return Measured(name, thinned(samples))


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; a comment begins with #."""
    for row, line in enumerate(text.splitlines(), 1):
        cell = line.partition("#")[0].strip().strip('"')
        if cell:
            yield row, cell


def _delay(name: str, row: int, cell: str) -> int:
    """Nanoseconds of `41.2 ms`, or of a bare number of milliseconds, rounded."""
    if _MILLISECONDS.fullmatch(cell):
        delay = round(Fraction(cell) * 10**6)
        if delay > units.LONGEST:
            raise Refusal(f"{name}, row {row}: {quoted(cell)} is longer than virtual time reaches")
        return delay
    if "," in cell:
        remedy = "one per line, with a point before the decimals"
        raise Refusal(f"{name}, row {row}: {quoted(cell)} is not one duration", remedy)
    try:
        return units.duration(cell)
    except Refusal as refusal:
        remedy = 'one per line, such as "41.2 ms", or 41.2 for milliseconds'
        raise Refusal(f"{name}, row {row}: {refusal.message}", remedy) from None
