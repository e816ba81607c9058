"""Overrides of single keys: `--set network.latency="80 ms"` and `overrides={…}` of the Python API.

A text is taken as a TOML value if it parses as one, else as the text itself. A list of tables is
entered by index, `fault[0].who`, or by the name of an entry, `fault.late.who`. Knows no key.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, cast

import attrs

from turncoat.scenarios.decoded import described, is_list, is_table, quoted
from turncoat.scenarios.layers import Document, Layer, Table
from turncoat.scenarios.positions import Span, Spot, positions
from turncoat.scenarios.problems import Path, Problem, Refusal, ScenarioError
from turncoat.scenarios.toml_writer import toml_value

_STEP = re.compile(r"""(?:(?:^|\.)(?:([\w-]+)|"([^"]*)"|'([^']*)'))|\[(\d{1,9})\]""", re.ASCII)


@attrs.define(slots=False)
class Override(Layer):
    """The layer of one `key=value`: where the key leads, and the value as it was typed."""

    path: Path = ()
    value: str = ""

    def claim(self, path: Path) -> tuple[int, bool]:
        depth = self.depth(path)
        return depth, depth >= len(self.path)

    @cached_property
    def spots(self) -> Mapping[Path, Spot]:
        start = len(self.text) - len(self.value)
        key = Span(0, start - 1)
        above = {self.path[:end]: Spot(key, key) for end in range(1, len(self.path))}
        return self._within(start) | above | {self.path: Spot(key, Span(start, len(self.text)))}

    def _within(self, start: int) -> dict[Path, Spot]:
        """Places inside a value that is a list or a table."""
        if not isinstance(parsed(self.value), (list, dict)):
            return {}
        shift = start - len("v=")
        return {
            self.path + path[1:]: Spot(_moved(spot.key, shift), _moved(spot.value, shift))
            for path, spot in positions(f"v={self.value}").items()
        }


def overridden(document: Document, overrides: Mapping[str, object], folder: FilePath) -> Document:
    """The document with the overrides on top, in their order. Raises ScenarioError."""
    problems: list[Problem] = []
    for number, (key, value) in enumerate(overrides.items(), start=1):
        text = value if isinstance(value, str) else _spelt(value)
        layer = Override(f"--set #{number}", f"{key}={text}", {}, folder, False, value=text)
        try:
            document = _on_top(document, layer, key, value)
        except Refusal as refusal:
            whole = Span(0, len(key))
            problems.append(layer.problem_at(whole, key, refusal.message, refusal.suggestion))
    if problems:
        raise ScenarioError(problems)
    return document


def options(document: Document) -> list[str]:
    """The command-line options that make the same overrides."""
    layers = [layer for layer in document.layers if isinstance(layer, Override)]
    return [word for layer in layers for word in ("--set", layer.text)]


def _on_top(document: Document, layer: Override, key: str, value: object) -> Document:
    layer.path = _resolved(_steps(key), document.data)
    meant = parsed(value) if isinstance(value, str) else _toml_like(value)
    layer.data = _alone(layer.path, meant)
    data = cast("Table", _replaced(document.data, layer.path, meant))
    return Document((*document.layers, layer), data)


def parsed(text: str) -> object:
    """A text as a TOML value, or else itself."""
    try:
        table = tomllib.loads(f"v={text}")
    except (ValueError, RecursionError):
        return text
    return table["v"] if table.keys() == {"v"} else text


def _toml_like(value: object) -> object:
    if _spelt(value) == "":
        raise Refusal(
            f"{described(value)} is no TOML value", "give a text, a number, a list, a dict"
        )
    return value


def _spelt(value: object) -> str:
    try:
        return toml_value(value)
    except TypeError:
        return ""


def _steps(key: str) -> list[str | int]:
    """The steps of a key path. Raises Refusal if it is none."""
    steps: list[str | int] = []
    at = 0
    while at < len(key):
        match = _STEP.match(key, at)
        if match is None:
            break
        steps.append(int(match[4]) if match[4] else match[1] or match[2] or match[3] or "")
        at = match.end()
    if at < len(key) or not steps:
        remedy = "such as network.latency or fault[0].when.at"
        raise Refusal(f"{quoted(key)} is not the path of a key", remedy)
    return steps


def _resolved(steps: list[str | int], data: object) -> Path:
    """The steps with entries of lists by index."""
    path: Path = ()
    for step in steps:
        if is_list(data):
            step = _index(step, data)
        elif isinstance(step, int):
            raise Refusal(f"[{step}] is no entry: there is no list", "use the name of a key")
        path = (*path, step)
        data = _entered(data, step)
    return path


def _entered(data: object, step: str | int) -> object:
    if is_list(data) and isinstance(step, int):
        return data[step]
    if is_table(data) and isinstance(step, str):
        return data.get(step, {})
    raise Refusal(f"{described(data)} stands above {step!r}", "only tables have keys")


def _index(step: str | int, entries: list[object]) -> int:
    """The index of an entry, given as such or by its `name`."""
    if isinstance(step, str) and step.isdecimal():
        step = int(step)
    if isinstance(step, int):
        if step < len(entries):
            return step
        raise Refusal(f"there is no entry {step}", f"the list has {len(entries)}, counted from 0")
    for index, entry in enumerate(entries):
        if is_table(entry) and entry.get("name") == step:
            return index
    raise Refusal(f"no entry is named {step!r}", "use its index, as in fault[0].who")


def _replaced(data: object, path: Path, value: object) -> object:
    """A copy of the data with another value at the end of the path."""
    if not path:
        return value
    step, below = path[0], _replaced(_entered(data, path[0]), path[1:], value)
    if is_list(data):
        return [below if index == step else item for index, item in enumerate(data)]
    return {**cast("Table", data), cast("str", step): below}


def _alone(path: Path, value: object) -> dict[Any, Any]:
    """Nested tables that hold nothing but the value, lists being tables from index to entry."""
    for step in reversed(path):
        value = {step: value}
    return cast("dict[Any, Any]", value)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
