"""Decoded TOML into the classes of `schema.py`, strictly, with every refusal at once.

Scalars are never converted: 3 is not "3", true is not 1. Knows the shape of a file, not where it
stands in a text (`layers.py`) nor whether its parts fit together (`crosschecks.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

import attrs
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
)
from cattrs.gen import make_dict_structure_fn, override

from turncoat.scenarios.decoded import described, is_huge, is_list, is_table
from turncoat.scenarios.given import read_inputs
from turncoat.scenarios.kinds import Kind, choices_of, choose, element_of, key_of, keys_of, kind_of
from turncoat.scenarios.problems import Path, Refusal, Step, collected, nearest
from turncoat.scenarios.schema import LATER_KEYS, Inputs, Tables


def structure(document: Mapping[str, object]) -> tuple[Tables | None, list[Refusal]]:
    """The tables of a document, or None and everything that is wrong with its shape."""
    try:
        return _CONVERTER.structure(document, Tables), []
    except Exception as error:
        refusals = list(_refusals(error, ()))
        if not refusals:
            raise
        return None, refusals


# From exceptions to refusals


def _refusals(error: BaseException, path: Path, cls: type = Tables) -> Iterator[Refusal]:
    """Every refusal in a tree of exceptions, each under the path noted on the way. cls: the class
    that was being filled."""
    here = (*path, *_noted(error))
    match error:
        case BaseExceptionGroup():
            inside = error.cl if isinstance(error, ClassValidationError) else cls
            for inner in cast("tuple[BaseException, ...]", error.exceptions):
                yield from _refusals(inner, here, inside)
        case Refusal():
            yield error.under(here)
        case ForbiddenExtraKeysError():
            for key in sorted(error.extra_fields):
                yield _extra_key(error.cl, key).under(here)
        case KeyError() if here and error.args == (here[-1],):
            yield _missing(cls, here)
        case _:
            raise error


def _missing(cls: type, path: Path) -> Refusal:
    """A key that must be given. What points at it is the table where it should stand."""
    if len(path) == 1:
        return Refusal(f"the table [{path[0]}] is missing", "", path)
    told = {key_of(field): field.metadata["help"] for field in attrs.fields(cls)}
    return Refusal(f"{path[-1]!r} is missing", told[str(path[-1])], path[:-1], "key")


def _noted(error: BaseException) -> Path:
    notes: list[str] = getattr(error, "__notes__", [])
    steps: list[str | int] = []
    for note in notes:
        match note:
            case AttributeValidationNote():
                steps.append(note.name.rstrip("_"))
            case Step():
                steps.append(note.key)
            case _:
                pass
    return tuple(reversed(steps))


def _extra_key(cls: type, key: str) -> Refusal:
    what = "table" if cls is Tables else "key"
    if key in LATER_KEYS.get(cls, ()):
        return Refusal(f"{what} {key!r} is not supported yet", "leave it out", (key,), "key")
    return Refusal(f"unknown {what} {key!r}", _key_remedy(cls, key), (key,), "key")


def _key_remedy(cls: type, key: str) -> str:
    """The nearest key here, or the table where the key belongs, or all keys."""
    close = nearest(key, keys_of(cls))
    if close is not None:
        return f"did you mean {close!r}?"
    home = next((header for header, table in _HEADERS if key in keys_of(table)), None)
    if home is not None:
        return f"it belongs to {home}"
    return f"known here: {', '.join(keys_of(cls))}"


def _headers(cls: type, prefix: str = "") -> Iterator[tuple[str, type]]:
    """Every table of a class, under the header that opens it: [network], [[network.link]], …"""
    for attribute in attrs.fields(cls):
        name = prefix + key_of(attribute)
        element = element_of(attribute.type)
        if element is not None:
            yield f"[[{name}]]", element
        elif isinstance(attribute.type, type) and attrs.has(attribute.type):
            yield f"[{name}]", attribute.type
            yield from _headers(attribute.type, f"{name}.")


_HEADERS = tuple(_headers(Tables))


def _header(cls: type) -> str:
    """The header of a class; a table that stands inline has none."""
    return next((f"write {header}" for header, table in _HEADERS if table is cls), "write { … }")


# Hooks


def _literal_hook(annotation: Any) -> Any:
    choices, planned = cast("tuple[tuple[str, ...], tuple[str, ...]]", choices_of(annotation))

    def hook(value: object, _: object) -> str:
        return choose(value, choices, planned)

    return hook


def _kind_hook(annotation: Any) -> Any:
    kind = cast("Kind", kind_of(annotation))

    def hook(value: object, _: object) -> object:
        return kind.parse(value)

    return hook


def _class_hook(cls: type[Any]) -> Any:
    renamed: dict[str, Any] = {a.name: override(rename=key_of(a)) for a in attrs.fields(cls)}
    fill: Callable[[Any, Any], object] = make_dict_structure_fn(cls, _CONVERTER, **renamed)

    def hook(value: object, _: object) -> object:
        if is_list(value):
            raise Refusal("expected one table, not a list", _header(cls), end="key")
        if not is_table(value):
            raise Refusal(f"expected a table, not {described(value)}")
        return fill(value, cls)

    return hook


def _tables_hook(annotation: Any) -> Any:
    element = cast("type", element_of(annotation))

    def hook(value: object, _: object) -> tuple[object, ...]:
        if is_table(value):
            message = "expected a list of tables, not one table"
            raise Refusal(message, _header(element), end="key")
        if not is_list(value):
            raise Refusal(f"expected a list of tables, not {described(value)}")
        return collected((k, partial(_table, item, element)) for k, item in enumerate(value))

    return hook


def _table(value: object, cls: type) -> object:
    return cast("object", _CONVERTER.structure(value, cls))


def _strict(expected: type, words: str) -> Any:
    def hook(value: object, _: object) -> object:
        if type(value) is not expected:
            raise Refusal(
                f"expected {words}, not {described(value)}", _strict_remedy(expected, value)
            )
        return value

    return hook


def _strict_remedy(expected: type, value: object) -> str:
    if expected is str and type(value) in (int, float) and not is_huge(value):
        return f'write "{value}"'
    if expected is bool and value in ("true", "false"):
        return f"write {value} without quotes"
    return ""


def _inputs_hook(value: object, _: object) -> Inputs:
    return read_inputs(value, _table)


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    converter.register_structure_hook_factory(lambda t: element_of(t) is not None, _tables_hook)
    converter.register_structure_hook_factory(lambda t: choices_of(t) is not None, _literal_hook)
    converter.register_structure_hook_factory(lambda t: kind_of(t) is not None, _kind_hook)
    converter.register_structure_hook_func(lambda t: t == Inputs, _inputs_hook)
    converter.register_structure_hook(str, _strict(str, "a text"))
    converter.register_structure_hook(bool, _strict(bool, "true or false"))
    return converter


_CONVERTER = _converter()
