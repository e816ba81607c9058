"""The numbers that parties bring: from the file itself, from a CSV column, from a .npy array, or
drawn from the run's seed.

Every failure is a Refusal with its remedy, at the key that asked. Values are Python integers of any
size in C order, or floats where fractions are wanted; which field they must fit is not known here.
numpy is imported when a .npy file is read, not before.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from hashlib import shake_128
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from turncoat.scenarios.decoded import described, quoted
from turncoat.scenarios.problems import Refusal, did_you_mean
from turncoat.scenarios.reading import unreadable
from turncoat.scenarios.schema import FileInput, Given, InlineInput, RandomInput
from turncoat.scenarios.selection import is_glob, matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIXED_POINT = "fractions need [protocol] fixed_point = { fraction_bits = 16 }"

_DECIMAL = re.compile(
    r"\s*[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,2})?\s*", re.ASCII
)
_INTEGER = re.compile(r"\s*[+-]?\d{1,1200}\s*", re.ASCII)


class Numbers(NamedTuple):
    """An array of numbers: its shape, and its entries in C order."""

    shape: tuple[int, ...]
    flat: list[int] | list[int | float]

    def nested(self) -> list[object]:
        """The entries as nested lists."""
        return _nested(self.flat, self.shape)


def _nested(flat: list[Any], shape: tuple[int, ...]) -> list[object]:
    if len(shape) == 1:
        return list(flat)
    step = len(flat) // shape[0] if shape[0] else 0
    return [_nested(flat[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]


Source = Numbers | RandomInput  # what is left once the files have been read
Sources = Mapping[str, Mapping[str, Source]]  # party or glob → input name → source


def sources_for(inputs: Sources, names: Sequence[str]) -> dict[str, Mapping[str, Source]]:
    """The sources of each party, in the parties' order; a plain name wins over a glob."""
    globs = [pattern for pattern in inputs if is_glob(pattern)]
    claimed = {name: pattern for pattern in globs for name in matching(pattern, names)}
    keys = {name: name if name in inputs else claimed.get(name) for name in names}
    return {name: inputs[key] for name, key in keys.items() if key is not None}


def read(given: Given, folder: Path, fractions: bool = False) -> Source:
    """The numbers of a source, or a random one as it is. fractions: are floats wanted? Raises
    Refusal, with a path below the source's own."""
    match given.source:
        case InlineInput(shape, flat):
            for place, value in enumerate(() if fractions else flat):
                if isinstance(value, float):
                    message = f"expected an integer, not {described(value)}"
                    raise Refusal(message, FIXED_POINT, _indices(place, shape))
            return Numbers(shape, list(flat))
        case RandomInput() as random:
            return random
        case FileInput() as source:
            return read_file(source, folder, fractions)


def draw(random: RandomInput, seed: int, party: str, name: str) -> Numbers:
    """The integers of a random source in one run: exactly uniform in [0, 2^bits), and a function of
    (seed, party, input) alone."""
    return Numbers((random.length,), draw_array(random, seed, party, name).tolist())


def draw_array(random: RandomInput, seed: int, party: str, name: str) -> "NDArray[Any]":
    """The same as an array: of uint64, or of Python integers if they are wider."""
    # Imported here, since they load numpy, and loading a scenario must not.
    import numpy as np  # noqa: PLC0415

    from turncoat.actors.randomness import derive  # noqa: PLC0415

    width, mask = (random.bits + 7) // 8, (1 << random.bits) - 1
    octets = shake_128(derive(seed, "inputs", party, name)).digest(width * random.length)
    if width > 8:
        cuts = range(0, len(octets), width)
        wide = [int.from_bytes(octets[k : k + width], "little") & mask for k in cuts]
        return np.array(wide, dtype=object)
    padded = np.zeros((random.length, 8), dtype=np.uint8)
    padded[:, :width] = np.frombuffer(octets, dtype=np.uint8).reshape(-1, width)
    return padded.view("<u8").ravel() & np.uint64(mask)


def _indices(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The indices of the entry at a place in C order."""
    indices: list[int] = []
    for side in reversed(shape):
        place, index = divmod(place, side)
        indices.insert(0, index)
    return tuple(indices)


def read_file(source: FileInput, folder: Path, fractions: bool = False) -> Numbers:
    """The numbers of a .csv column or a .npy array."""
    file = folder / source.file
    match file.suffix.lower():
        case ".csv":
            return _read_csv(source, file, fractions)
        case ".npy":
            return _read_npy(source, file, fractions)
        case _:
            remedy = "use a .csv or a .npy file"
            raise Refusal(
                f"{quoted(source.file)} is no kind of file that can be read", remedy, ("file",)
            )


# CSV


def _read_csv(source: FileInput, file: Path, fractions: bool) -> Numbers:
    rows = _rows(source, file)
    if not rows:
        raise Refusal(f"{source.file} is empty", "its first row names the columns", ("file",))
    header = [cell.strip() for cell in rows[0][1]]
    value_at = _value_column(source, header)
    wanted = [
        (_column(source, header, name, ("where", name)), str(want))
        for name, want in source.where.items()
    ]
    chosen = [
        _number(source, row, line, value_at, header[value_at], fractions)
        for line, row in rows[1:]
        if all(_cell(row, at) == want for at, want in wanted)
    ]
    if not chosen:
        raise _no_row(source)
    return Numbers((len(chosen),), chosen)


def _rows(source: FileInput, file: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line on which it ends."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            return [(reader.line_num, row) for row in reader if row]
    except (OSError, ValueError, csv.Error) as error:
        raise unreadable(source.file, file, error).under(("file",)) from None


def _value_column(source: FileInput, header: list[str]) -> int:
    if source.column is not None:
        return _column(source, header, source.column, ("column",))
    if len(header) == 1:
        return 0
    raise Refusal("which column is meant is not said", f"add column = … : {', '.join(header)}")


def _column(source: FileInput, header: list[str], name: str, path: tuple[str, ...]) -> int:
    if name not in header:
        message = f"{source.file} has no column {quoted(name)}"
        end = "key" if path[0] == "where" else "value"
        raise Refusal(message, did_you_mean(name, header), path, end)
    return header.index(name)


def _cell(row: list[str], at: int) -> str | None:
    return row[at].strip() if at < len(row) else None


def _number(
    source: FileInput, row: list[str], line: int, at: int, column: str, fractions: bool
) -> int | float:
    text = _cell(row, at)
    if text is not None and _INTEGER.fullmatch(text):
        return int(text)
    if fractions and text is not None and _DECIMAL.fullmatch(text):
        return float(text)
    kind = "a number" if fractions else "an integer"
    held = "is missing" if text is None else f"holds {quoted(text)}, not {kind}"
    message = f"{source.file}, row {line}: column {column!r} {held}"
    remedy = "correct the cell, or leave the row out by where = { … }"
    if text is not None and _DECIMAL.fullmatch(text):
        remedy = FIXED_POINT
    raise Refusal(message, remedy, ("file",) if source.column is None else ("column",))


def _no_row(source: FileInput) -> Refusal:
    if not source.where:
        return Refusal(f"{source.file} has no rows below its header", "", ("file",))
    wanted = " and ".join(f"{key} = {want!r}" for key, want in source.where.items())
    return Refusal(f"no row of {source.file} has {wanted}", "spelling and case count", ("where",))


# NumPy


def _read_npy(source: FileInput, file: Path, fractions: bool) -> Numbers:
    for key in ("column", "where"):
        if getattr(source, key):
            raise Refusal(f"an array file has no {key}", "leave it out", (key,), "key")
    import numpy as np  # noqa: PLC0415  # only here, since loading a scenario must not load numpy

    try:
        loaded: object = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise unreadable(source.file, file, error).under(("file",)) from None
    if not isinstance(loaded, np.ndarray):
        raise Refusal(f"{source.file} holds several arrays", "save a single one", ("file",))
    array = cast("np.ndarray[Any, np.dtype[Any]]", loaded)
    if array.dtype.kind == "f" and fractions and np.isfinite(array).all():
        return Numbers(array.shape or (1,), cast("list[int | float]", array.ravel().tolist()))
    if array.dtype.kind not in "iu":
        wanted = "finite numbers" if fractions else "integers"
        message = f"{source.file} holds {array.dtype.name}, not {wanted}"
        remedy = FIXED_POINT if array.dtype.kind == "f" and not fractions else "save other numbers"
        raise Refusal(message, remedy, ("file",))
    return Numbers(array.shape or (1,), cast("list[int]", array.ravel().tolist()))
