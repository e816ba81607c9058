"""Decoded TOML back into text, for the shapes that scenario files have.

Sections become headers, lists of tables inside the file or a section become [[…]], every other
table and list stands inline. Knows no key by name.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

from turncoat.scenarios.decoded import is_bare

Table = Mapping[str, Any]


def dumps(document: Table) -> str:
    """A TOML text that tomllib reads back as the same document. Raises TypeError for a value that
    TOML lacks."""
    scalars = {key: value for key, value in document.items() if not _headed(value)}
    headed = {key: value for key, value in document.items() if _headed(value)}
    blocks = ["\n".join(_pairs(scalars))] if scalars else []
    for key, value in headed.items():
        blocks += _section(toml_key(key), value)
    return "\n\n".join(blocks) + "\n"


def toml_value(value: object) -> str:
    """A value as it stands behind `key = `. Raises TypeError for one that TOML lacks."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case list() | tuple():
            items = cast("list[object]", value)
            return f"[{', '.join(toml_value(item) for item in items)}]"
        case Mapping():
            pairs = ", ".join(_pairs(cast("Table", value)))
            return f"{{ {pairs} }}" if pairs else "{}"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}; use a text")


def toml_key(key: str) -> str:
    """A key, bare where TOML allows it."""
    return key if is_bare(key) else toml_value(key)


def _pairs(table: Table) -> Iterator[str]:
    for key, value in table.items():
        yield f"{toml_key(key)} = {toml_value(value)}"


def _section(header: str, value: object) -> Iterator[str]:
    """A table under its header, then its sub-tables; or each of a list of tables."""
    if isinstance(value, list):
        for entry in cast("list[Table]", value):
            yield "\n".join([f"[[{header}]]", *_pairs(entry)])
        return
    table = cast("Table", value)
    plain = {key: item for key, item in table.items() if not _headed(item)}
    yield "\n".join([f"[{header}]", *_pairs(plain)])
    for key, item in table.items():
        if _headed(item):
            yield from _section(f"{header}.{toml_key(key)}", item)


def _headed(value: object) -> bool:
    """Does it stand under headers: a table, or a list of nothing but tables?"""
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(isinstance(item, Mapping) for item in items)
    return isinstance(value, Mapping)
