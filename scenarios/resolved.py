"""A scenario written back: every value spelt canonically, every default and preset explicit.

The result needs no other file: integers that came from files stand in it. It reads back as the same
scenario. Goes by the classes of `schema.py` alone.
"""

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

import attrs

from turncoat.scenarios.figures import settled
from turncoat.scenarios.given import DEFAULT_NAME
from turncoat.scenarios.inputs import Numbers, Source, Sources
from turncoat.scenarios.kinds import key_of, kind_of
from turncoat.scenarios.schema import Inputs, Tables


def resolved(tables: Tables, sources: Sources) -> dict[str, Any]:
    """The tables as decoded TOML, canonical: equal scenarios give equal documents."""
    scenario = attrs.evolve(tables.scenario, extends=None)
    explicit = attrs.evolve(tables, scenario=scenario, network=settled(tables.network))
    document = written(explicit)
    inputs = {party: _named(named) for party, named in sources.items()}
    if inputs:
        document["parties"]["inputs"] = inputs
    return document


def written(instance: Any) -> dict[str, Any]:
    """The keys of one table; what is not given or empty is left out."""
    table: dict[str, Any] = {}
    for attribute in attrs.fields(instance.__class__):
        value = getattr(instance, attribute.name)
        if value is not None and attribute.type != Inputs:
            shown = _shown(value, attribute.type)
            # An empty list may be an expectation; elsewhere empty is the default.
            if shown not in ({}, "", []) or attribute.default is None:
                table[key_of(attribute)] = shown
    return table


def _shown(value: Any, annotation: Any) -> Any:
    kind = kind_of(_given(annotation))
    if kind is not None:
        return kind.show(value)
    if attrs.has(value.__class__):
        return written(value)
    if isinstance(value, tuple):
        return [written(entry) for entry in cast("tuple[object, ...]", value)]
    return value


def _given(annotation: Any) -> Any:
    """X of X | None."""
    if get_origin(annotation) in (Union, UnionType):
        return next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def _named(named: Mapping[str, Source]) -> Any:
    shown = {name: _source(source) for name, source in named.items()}
    return shown[DEFAULT_NAME] if shown.keys() == {DEFAULT_NAME} else shown


def _source(source: Source) -> Any:
    return source.nested() if isinstance(source, Numbers) else written(source)
