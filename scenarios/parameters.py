"""Values of `with` in an [[adversary]] entry, as behaviours take them: one reader for each type.

A duration becomes nanoseconds, a party its index, "module:function" the function. Knows no
behaviour.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as FolderPath
from typing import Any

import attrs

from turncoat.adversary.entries import ParameterType
from turncoat.protocols.user_program import load_attribute
from turncoat.scenarios import units
from turncoat.scenarios.decoded import described, is_list
from turncoat.scenarios.problems import Refusal, did_you_mean


@attrs.frozen
class Scene:
    """What values may refer to: the names of all seats, and the scenario file's folder."""

    names: Sequence[str]
    folder: FolderPath | None = None


Reader = Callable[[Any, Scene], Any]


def _integer(value: Any, _: Scene) -> int:
    if type(value) is not int:
        raise Refusal(f"{value!r} is not an integer")
    return value


def _text(value: Any, _: Scene) -> str:
    if not isinstance(value, str):
        raise Refusal(f"expected a text, not {described(value)}")
    return value


def _party(value: Any, scene: Scene) -> int:
    if value not in scene.names:
        raise Refusal(f"nobody is called {value!r}", did_you_mean(str(value), scene.names))
    return scene.names.index(value) + 1


def _parties(value: Any, scene: Scene) -> tuple[int, ...]:
    return tuple(_party(name, scene) for name in (value if is_list(value) else [value]))


def _function(value: Any, scene: Scene) -> Any:
    """A function or a class, from the environment or beside the scenario file; a plain word is
    left to the behaviour."""
    if ":" not in _text(value, scene):
        return value
    try:
        found, where = load_attribute(value, scene.folder)
    except ValueError as error:
        raise Refusal(str(error)) from error
    if not callable(found):
        raise Refusal(f"{where} defines no {value.partition(':')[2]!r} that could be called")
    return found


PARAMETERS: Mapping[ParameterType, Reader] = {
    "integer": _integer,
    "duration": lambda value, _: units.duration(value),
    "probability": lambda value, _: units.probability(value),
    "text": _text,
    "party": _party,
    "parties": _parties,
    "function": _function,
}
