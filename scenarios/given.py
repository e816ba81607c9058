"""[parties.inputs]: which party brings which numbers, as the table says it, not yet read.

A bare input is called x. Tells inline numbers, files and random draws apart; `inputs.py` opens
the files, draws, and refuses fractions where none are wanted. Knows no party by name.
"""

from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from typing import Any

from turncoat.scenarios.decoded import Table, described, is_huge, is_list, is_table
from turncoat.scenarios.problems import Path, Refusal, collected, nearest
from turncoat.scenarios.schema import FileInput, Given, InlineInput, Inputs, RandomInput

DEFAULT_NAME = "x"  # what a bare input is called
EVERYONE = "*"  # the glob under which one random source for all parties is filed

Structure = Callable[[object, type], Any]  # decoded TOML into one class of the schema


def read_inputs(value: object, structure: Structure) -> Inputs:
    """The sources per party or glob. Raises Refusal, or a group of them with their paths."""
    if not is_table(value):
        remedy = "such as { alice = [1, 2], bob = [3] }"
        raise Refusal(f"expected a table of inputs by party, not {described(value)}", remedy)
    if isinstance(value.get("random"), str):
        return {EVERYONE: {DEFAULT_NAME: Given(structure(value, RandomInput), ())}}
    if isinstance(value.get("file"), str):
        remedy = 'one source per party: { alice = { file = "x.csv", … } }'
        raise Refusal("one file cannot stand for all parties", remedy, ("file",), "key")
    read = ((party, partial(_party, item, (party,), structure)) for party, item in value.items())
    return dict(zip(value, collected(read), strict=True))


def _party(value: object, path: Path, structure: Structure) -> Mapping[str, Given]:
    """The inputs of one party: a bare one, or a table of named ones."""
    if not is_table(value) or _is_source(value):
        return {DEFAULT_NAME: Given(_source(value, structure), path)}
    if not value:
        raise Refusal("an empty table holds no input", "leave the party out, or write [ … ]")
    read = ((name, partial(_named, name, item, path, structure)) for name, item in value.items())
    return dict(zip(value, collected(read), strict=True))


def _named(name: str, value: object, path: Path, structure: Structure) -> Given:
    meant = nearest(name, ("file", "random")) if isinstance(value, str) else None
    if meant is not None:
        raise Refusal(f"unknown key {name!r}", f"did you mean {meant!r}?", end="key")
    return Given(_source(value, structure), (*path, name))


def _is_source(table: Table) -> bool:
    """A table with the text of a file or of a distribution; any other holds named inputs."""
    return isinstance(table.get("file"), str) or isinstance(table.get("random"), str)


def _source(value: object, structure: Structure) -> InlineInput | FileInput | RandomInput:
    if not is_table(value):
        return _inline(value)
    if not _is_source(value):
        remedy = "a list of integers, { file = … } or { random = … }"
        raise Refusal("expected an input, not a table of them", remedy)
    return structure(value, FileInput if "file" in value else RandomInput)


def _inline(value: object) -> InlineInput:
    flat: list[int | float] = []
    shape = _measure(value, (), flat)
    return InlineInput(shape or (1,), tuple(flat))


def _measure(value: object, path: Path, flat: list[int | float]) -> tuple[int, ...]:
    """The shape of a nested list, whose numbers are appended to `flat` in C order."""
    if is_list(value):
        shapes = [_measure(item, (*path, k), flat) for k, item in enumerate(value)]
        for k, shape in enumerate(shapes):
            if shape != shapes[0]:
                message = f"the lists of one array differ in shape: {shape} beside {shapes[0]}"
                raise Refusal(message, "make every row equally long", (*path, k))
        return (len(value), *(shapes[0] if shapes else ()))
    flat.append(_number(value, path))
    return ()


def _number(value: object, path: Path) -> int | float:
    if type(value) is int and not is_huge(value):
        return value
    if type(value) is float and isfinite(value):
        return value
    raise Refusal(f"expected an integer, not {described(value)}", "", path)
