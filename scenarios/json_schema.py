"""The JSON Schema (draft-07) of scenario files, generated from their classes, for editors.

Every table refuses further keys, so that an editor marks a misspelt one while it is typed. What a
schema cannot say (names that exist, units) is left to the loader.
"""

from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from turncoat.scenarios.kinds import JsonSchema, choices_of, element_of, key_of, kind_of
from turncoat.scenarios.schema import FileInput, Inputs, RandomInput, Tables

DRAFT = "http://json-schema.org/draft-07/schema#"
PLAIN: dict[object, JsonSchema] = {str: {"type": "string"}, bool: {"type": "boolean"}}


def json_schema() -> JsonSchema:
    """The schema of a whole scenario file."""
    root = _table(Tables)
    # A file that extends another may leave out what that one says.
    complete: JsonSchema = {"required": root.pop("required"), "properties": {}}
    for key, section in root["properties"].items():
        if "required" in section:
            complete["properties"][key] = {"required": section.pop("required")}
    extends: JsonSchema = {
        "required": ["scenario"],
        "properties": {"scenario": {"required": ["extends"]}},
    }
    head = {"$schema": DRAFT, "title": "turncoat scenario"}
    return {**head, **root, "if": extends, "else": complete}


def _table(cls: type) -> JsonSchema:
    """An object with the keys of a class and no others."""
    fields = attrs.fields(cls)
    required = [key_of(field) for field in fields if field.default is attrs.NOTHING]
    schema: JsonSchema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key_of(field): _key(field) for field in fields},
    }
    return {**schema, "required": required} if required else schema


def _key(field: "attrs.Attribute[Any]") -> JsonSchema:
    schema: JsonSchema = {"description": field.metadata["help"], **_value(field.type)}
    if type(field.default) in (str, int, bool) and field.default != "" and not _quantity(field):
        schema["default"] = field.default
    return schema


def _quantity(field: "attrs.Attribute[Any]") -> bool:
    """Is the default inside, in nanoseconds say, another than what a file would say?"""
    kind = kind_of(field.type)
    return kind is not None and kind.show(field.default) != field.default


def _value(annotation: Any) -> JsonSchema:
    """The schema of a value by its annotation."""
    if get_origin(annotation) in (Union, UnionType):
        return _value(next(each for each in get_args(annotation) if each is not type(None)))
    kind, choices, element = kind_of(annotation), choices_of(annotation), element_of(annotation)
    if kind is not None:
        return dict(kind.schema)
    if choices is not None:
        return {"enum": list(choices[0])}
    if element is not None:
        return {"type": "array", "items": _table(element)}
    if annotation == Inputs:
        return _inputs()
    return dict(PLAIN[annotation]) if annotation in PLAIN else _table(annotation)


def _inputs() -> JsonSchema:
    """One random source for all, or per party integers, a source, or a table of named ones."""
    array: JsonSchema = {"type": ["integer", "array"]}
    source: JsonSchema = {"anyOf": [array, _table(RandomInput), _table(FileInput)]}
    named: JsonSchema = {"type": "object", "additionalProperties": source}
    by_party: JsonSchema = {
        "type": "object",
        "additionalProperties": {"anyOf": [*source["anyOf"], named]},
    }
    return {"anyOf": [_table(RandomInput), by_party]}
