"""A scenario file with what it extends and what overrides it: one document in several layers.

From the bottom: the base file, the file, then each override ("--set #1", …). Merged, they are
decoded TOML; a refusal is traced back to the topmost layer that says the path, and only then are
positions looked up. Opens no file and knows no key except scenario.name and scenario.about.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, cast

import attrs

from turncoat.scenarios.positions import Span, Spot, line_and_column, positions
from turncoat.scenarios.problems import Path, Problem, Refusal, ScenarioError, dotted

Table = dict[str, Any]
OWN = ("name", "about")  # keys of [scenario] that speak of one file and are not inherited


@attrs.define(slots=False)
class Layer:
    """One text with its data. name: for messages. folder: what its file names are relative to.
    line_by_line: a file, not the single line of an override."""

    name: str
    text: str
    data: Mapping[Any, Any]
    folder: FilePath
    line_by_line: bool = True

    @cached_property
    def spots(self) -> Mapping[Path, Spot]:
        """Where its keys and values stand."""
        return positions(self.text)

    def depth(self, path: Path) -> int:
        """How many steps of the path this layer has."""
        value: Any = self.data
        for depth, step in enumerate(path):
            if isinstance(value, str):  # has characters, but no entries
                return depth
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return depth
        return len(path)

    def claim(self, path: Path) -> tuple[int, bool]:
        """How much of the path is this layer's doing; an override's only from its own key on."""
        return self.depth(path), True

    def problem(self, refusal: Refusal) -> Problem:
        """The refusal, pointing at the deepest part of its path that the text has."""
        refusal = self._trimmed(refusal)
        span, key = self._span(refusal), dotted(refusal.path)
        if span is None:
            return Problem(self.name, None, None, key, refusal.message, refusal.suggestion)
        return self.problem_at(span, key, refusal.message, refusal.suggestion)

    def _trimmed(self, refusal: Refusal) -> Refusal:
        """Without the index of a single name that stands without its list."""
        path = refusal.path
        if path and isinstance(path[-1], int) and self.depth(path) == len(path) - 1:
            return Refusal(refusal.message, refusal.suggestion, path[:-1], refusal.end)
        return refusal

    def _span(self, refusal: Refusal) -> Span | None:
        """The key or value at fault; where only a table above it is known, that table's key."""
        for end in range(len(refusal.path), 0, -1):
            spot = self.spots.get(refusal.path[:end])
            if spot is not None:
                whole = end == len(refusal.path)
                return spot.value if whole and refusal.end == "value" else spot.key
        return None

    def problem_at(self, span: Span, key: str, message: str, suggestion: str = "") -> Problem:
        """A problem with a stretch of this text."""
        line, column = line_and_column(self.text, span.start)
        return Problem(
            file=self.name,
            line=line if self.line_by_line else None,
            column=column,
            key=key,
            message=message,
            suggestion=suggestion,
            source=self.text.split("\n")[line - 1].rstrip("\r"),
            width=span.end - span.start,
        )


@attrs.frozen
class Document:
    """All layers, the lowest first, and the one document that they make."""

    layers: tuple[Layer, ...]
    data: Table

    def error(self, refusals: Iterable[Refusal]) -> ScenarioError:
        """Everything that is refused, in the order of the layers and their lines."""
        placed = [(self._layer(refusal.path), refusal) for refusal in refusals]
        placed.sort(key=lambda pair: self._order(*pair))
        return ScenarioError(layer.problem(refusal) for layer, refusal in placed)

    def problem(self, refusal: Refusal) -> Problem:
        """The refusal with its place in the text of the layer that is to blame."""
        return self._layer(refusal.path).problem(refusal)

    def folder(self, path: Path) -> FilePath:
        """The folder that a file name under this path is relative to."""
        return self._layer(path).folder

    def _layer(self, path: Path) -> Layer:
        return max(reversed(self.layers), key=lambda layer: layer.claim(path))

    def _order(self, layer: Layer, refusal: Refusal) -> tuple[int, bool, int, int]:
        problem = layer.problem(refusal)
        placed = problem.column is not None
        return self.layers.index(layer), not placed, problem.line or 0, problem.column or 0


def merged(base: Mapping[str, Any], top: Mapping[str, Any], depth: int = 0) -> Table:
    """Tables merge key by key down to the third level, [section] key.subkey; whatever stands there,
    and every list, is replaced whole."""
    result = dict(base)
    for key, value in top.items():
        below = result.get(key)
        if depth < 2 and isinstance(below, dict) and isinstance(value, dict):
            value = merged(cast("Table", below), cast("Table", value), depth + 1)
        result[key] = value
    return result


def inherited(base: Mapping[str, Any]) -> Table:
    """What a file takes over from the one that it extends."""
    scenario: object = base.get("scenario")
    if not isinstance(scenario, dict):
        return dict(base)
    kept = {key: value for key, value in cast("Table", scenario).items() if key not in OWN}
    return {**base, "scenario": kept}
