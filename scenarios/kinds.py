"""What an annotation of a field says: its kind of value, its choices, its help text.

A field of the schema is annotated with a plain Python type for the type checker; the loader, the
writer and the editor schema find a `Kind` or a `Literal` in the annotation, so that one place knows
how, say, a duration is spelt. Knows no table and no file; the kinds themselves are in `values.py`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Literal, get_args, get_origin

import attrs

from turncoat.scenarios.decoded import described, is_list, quoted
from turncoat.scenarios.problems import Refusal, collected, nearest

JsonSchema = dict[str, Any]


@attrs.frozen(eq=False)
class Kind:
    """parse: TOML value → model, raising Refusal or a group of them. show: model → canonical TOML
    value. schema: the same rule for editors, in the terms of JSON Schema draft-07."""

    parse: Callable[[object], Any]
    show: Callable[[Any], object]
    schema: JsonSchema


@attrs.frozen
class Later:
    """Values of a `Literal` that are planned: refused as "not supported yet"."""

    values: tuple[str, ...]


def later(*values: str) -> Later:
    """Annotation of a `Literal` type with the values that are still to come."""
    return Later(values)


def kind_of(annotation: object) -> Kind | None:
    """The kind that an annotation carries, if any."""
    extras = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((extra for extra in extras if isinstance(extra, Kind)), None)


def element_of(annotation: object) -> type | None:
    """X of tuple[X, ...] where X is a table: the element of an array of tables."""
    arguments = get_args(annotation) if get_origin(annotation) is tuple else ()
    return arguments[0] if arguments and attrs.has(arguments[0]) else None


def choices_of(annotation: object) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The values of a `Literal`, and those still to come."""
    annotated = get_origin(annotation) is Annotated
    bare, *extras = get_args(annotation) if annotated else (annotation,)
    if get_origin(bare) is not Literal:
        return None
    planned = next((extra.values for extra in extras if isinstance(extra, Later)), ())
    return get_args(bare), planned


def choose(value: object, choices: Sequence[str], planned: Sequence[str] = ()) -> str:
    """One of a few texts; one that is planned is refused as such."""
    if not isinstance(value, str):
        raise Refusal(f"expected {one_of(choices)}, not {described(value)}")
    if value in planned:
        raise Refusal(f"{quoted(value)} is not supported yet", f"so far: {', '.join(choices)}")
    if value not in choices:
        close = nearest(value, choices)
        remedy = f"did you mean {close!r}?" if close else ""
        raise Refusal(f"{quoted(value)} is not {one_of(choices)}", remedy)
    return value


def one_of(choices: Sequence[str]) -> str:
    """A choice in words."""
    return f"one of {', '.join(choices)}" if len(choices) > 1 else repr(choices[0])


def one_or_more(choices: Sequence[str], later: tuple[str, ...] = ()) -> Kind:
    """A choice, or a non-empty list of acceptable ones."""

    def parse(value: object) -> tuple[str, ...]:
        if not is_list(value):
            return (choose(value, choices, later),)
        if not value:
            raise Refusal("an empty list accepts nothing", f"name {one_of(choices)}")
        return collected((k, partial(choose, item, choices, later)) for k, item in enumerate(value))

    choice: JsonSchema = {"enum": list(choices)}
    several = {"type": "array", "minItems": 1, "items": choice}
    return Kind(parse, _unwrap, {"anyOf": [choice, several]})


def _unwrap(chosen: tuple[str, ...]) -> object:
    return chosen[0] if len(chosen) == 1 else list(chosen)


def told(text: str) -> dict[str, str]:
    """Field metadata: the help text of a key, for the reference and for editors."""
    return {"help": text}


def key_of(attribute: "attrs.Attribute[Any]") -> str:
    """The key of a field in the file: `from` for `from_`."""
    return attribute.name.rstrip("_")


def keys_of(cls: type) -> tuple[str, ...]:
    """The keys of a table, in the order of the manual."""
    return tuple(key_of(attribute) for attribute in attrs.fields(cls))
