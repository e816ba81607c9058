"""The kinds of value that scenario keys hold: names, numbers, quantities, comparisons, free tables.

Each alias at the end annotates fields of the schema. Units are in `units.py`; no key is known here.
"""

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, TypeAlias, cast

from turncoat.scenarios import units
from turncoat.scenarios.decoded import described, is_huge, is_list, is_table, quoted
from turncoat.scenarios.kinds import JsonSchema, Kind
from turncoat.scenarios.problems import Path, Refusal, collected
from turncoat.scenarios.units import Comparison, show_comparison


def _same(value: object) -> object:
    return value


# Plain values


def integer(least: int, most: int = 2**63 - 1) -> Kind:
    """Integers in least … most; TOML's own range ends at 2^63 − 1."""

    def parse(value: object) -> int:
        if type(value) is not int:
            unquoted = isinstance(value, str) and value.isdecimal()
            remedy = f"write {value} without quotes" if unquoted else ""
            raise Refusal(f"expected an integer, not {described(value)}", remedy)
        if not least <= value <= most:
            rule = f"at least {least}" if value < least else f"at most {most}"
            raise Refusal(f"{described(value)} is out of range", f"it must be {rule}")
        return value

    return Kind(parse, _same, {"type": "integer", "minimum": least, "maximum": most})


def text(rule: str, hint: str, describe: str) -> Kind:
    """Texts that match a regular expression. hint: the remedy; describe: what is expected."""
    pattern = re.compile(rule, re.ASCII)

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise Refusal(f"expected {describe}, not {described(value)}")
        if not pattern.fullmatch(value):
            raise Refusal(f"{quoted(value)} is not {describe}", hint)
        return value

    return Kind(parse, _same, {"type": "string", "pattern": f"^(?:{rule})$"})


def _protocol_point(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Za-z0-9]*", value, re.ASCII):
        meant = re.sub(r"(?<!^)(?=[A-Z])", "-", value).lower()
        raise Refusal(f"{quoted(value)} is not in kebab case", f"did you mean {meant!r}?")
    return str(_KEBAB.parse(value))


_KEBAB = text(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
    "the name of a message kind in kebab case, such as 'masked-input'",
    "a protocol point",
)

# Parties


def names(value: object) -> tuple[str, ...]:
    """Party names or globs; a single one may stand without its list."""
    if not is_list(value):
        return (_name(value),)
    return collected((k, partial(_name, item)) for k, item in enumerate(value))


def _name(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Refusal(f"expected a party name, not {described(value)}")
    return value


def somebody(value: object) -> tuple[str, ...]:
    """Party names or globs, at least one."""
    if value == []:
        raise Refusal("an empty list means nobody", "name a party, or leave the entry out")
    if is_table(value):
        raise Refusal("expected party names, not a table", 'such as ["carol"] or "phone-*"')
    return names(value)


def conditions(value: object) -> Mapping[str, str | int]:
    """The cells that chosen rows of a CSV file have."""
    if not is_table(value):
        remedy = 'such as { company = "alice" }'
        raise Refusal(f"expected a table of columns, not {described(value)}", remedy)
    wanted = collected((column, partial(_cell, cell)) for column, cell in value.items())
    return dict(zip(value, wanted, strict=True))


def _cell(value: object) -> str | int:
    if isinstance(value, str) or type(value) is int:
        return value
    raise Refusal(f"expected a text or an integer, not {described(value)}")


def texts(value: object) -> tuple[str, ...]:
    """A list of texts."""
    if not is_list(value):
        hint = f"write [{_toml_text(value)}]" if isinstance(value, str) else ""
        raise Refusal(f"expected a list of texts, not {described(value)}", hint)
    return collected((k, partial(_text, item)) for k, item in enumerate(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Refusal(f"expected a text, not {described(value)}")
    return value


def _toml_text(value: str) -> str:
    return f'"{value}"' if '"' not in value and "\\" not in value else f"'{value}'"


# Free tables and expected outputs

Numbers: TypeAlias = "Fraction | tuple[Numbers, ...]"
ExpectedOutput: TypeAlias = "Numbers | Mapping[str, Numbers]"


def parameters(value: object) -> Mapping[str, Any]:
    """A free table for a program or a behaviour: texts, numbers, booleans, lists and tables."""
    if not is_table(value):
        raise Refusal(f"expected a table such as {{ offset = 1 }}, not {described(value)}")
    refusals = _unfit(value, ())
    if refusals:
        raise ExceptionGroup("parameters", refusals)
    return value


def role_names(value: object) -> Mapping[str, str]:
    """Role → the name of who plays it."""
    if not is_table(value):
        raise Refusal(f'expected a table such as {{ server = "hub" }}, not {described(value)}')
    for role, name in value.items():
        if not isinstance(name, str):
            message = f'expected a name such as "hub", not {described(name)}'
            raise Refusal(message, path=(role,))
    return cast("Mapping[str, str]", value)


def _unfit(value: object, path: Path) -> list[Refusal]:
    if is_table(value):
        return [r for key, item in value.items() for r in _unfit(item, (*path, key))]
    if is_list(value):
        return [r for k, item in enumerate(value) for r in _unfit(item, (*path, k))]
    if isinstance(value, float) and not math.isfinite(value):
        return [Refusal(f"{value} is not a finite number", path=path)]
    if isinstance(value, (str, int, float)) and not is_huge(value):
        return []
    return [Refusal(f"{described(value)} cannot be a parameter", "write it as a text", path)]


def expected_output(value: object) -> ExpectedOutput:
    """A number, a list of numbers, or a table from the names of outputs to these."""
    if is_table(value):
        return {name: _numbers(item, (name,)) for name, item in value.items()}
    return _numbers(value, ())


def _numbers(value: object, path: Path) -> Numbers:
    if is_list(value):
        return tuple(_numbers(item, (*path, k)) for k, item in enumerate(value))
    try:
        return units.number(value)
    except Refusal as refusal:
        raise refusal.under(path) from None


def _show_output(output: ExpectedOutput) -> object:
    match output:
        case Mapping():
            return {name: _show_output(item) for name, item in output.items()}
        case tuple():
            return [_show_output(item) for item in output]
        case _:
            return units.show_number(output)


# The aliases that annotate the fields

_DURATION: JsonSchema = {"type": "string", "pattern": units.pattern(units.DURATION_UNITS)}
_RATE: JsonSchema = {
    "anyOf": [
        {"type": "string", "pattern": units.pattern(units.RATE_UNITS)},
        {"const": "unlimited"},
    ]
}
_BOUND: JsonSchema = {"type": ["integer", "string"], "minimum": 0}
_NAMES: JsonSchema = {
    "oneOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}}]
}
_NUMBERS: JsonSchema = {"type": ["number", "string", "array", "object"]}


def _bound(quantity: Callable[[object], int], show: Callable[[int], object]) -> Kind:
    return Kind(
        partial(units.comparison, quantity=quantity),
        partial(show_comparison, show=show),
        _BOUND,
    )


_DEADLINE = Kind(
    partial(units.comparison, quantity=units.duration, alone="<="),
    partial(show_comparison, show=units.show_duration, alone="<="),
    {"type": "string"},
)


def _field_name(value: object) -> str:
    """The prime of a field as a text; a bare integer is one."""
    return str(value) if type(value) is int and not is_huge(value) else _text(value)


FieldName = Annotated[str, Kind(_field_name, _same, {"type": ["string", "integer"]})]
Natural = Annotated[int, integer(0)]
Positive = Annotated[int, integer(1)]
Bits = Annotated[int, integer(1, 64)]
Length = Annotated[int, integer(1, 10_000_000)]
PartyCount = Annotated[int, integer(1, 1_000_000)]
Nanoseconds = Annotated[int, Kind(units.duration, units.show_duration, _DURATION)]
PositiveNanoseconds = Annotated[int, Kind(units.positive_duration, units.show_duration, _DURATION)]
BitsPerSecond = Annotated[int, Kind(units.rate, units.show_rate, _RATE)]
Probability = Annotated[
    Fraction,
    Kind(
        units.probability,
        units.show_number,
        {"type": ["number", "string"], "minimum": 0, "maximum": 1},
    ),
]
CountBound = Annotated[Comparison, _bound(units.count, _same)]
SizeBound = Annotated[Comparison, _bound(units.size, units.show_size)]
TimeBound = Annotated[Comparison, _DEADLINE]
Texts = Annotated[
    tuple[str, ...], Kind(texts, list, {"type": "array", "items": {"type": "string"}})
]
Names = Annotated[tuple[str, ...], Kind(names, list, _NAMES)]
Somebody = Annotated[tuple[str, ...], Kind(somebody, list, _NAMES)]
Conditions = Annotated[Mapping[str, str | int], Kind(conditions, dict, {"type": "object"})]
ProtocolPoint = Annotated[str, Kind(_protocol_point, _same, _KEBAB.schema)]
Title = Annotated[
    str,
    text(
        r"[A-Za-z0-9_][A-Za-z0-9._-]*",
        "letters, digits, '-', '_' and '.' only: it names a folder",
        "a name",
    ),
]
_ROLES: JsonSchema = {"type": "object", "additionalProperties": {"type": "string"}}
Parameters = Annotated[Mapping[str, Any], Kind(parameters, dict, {"type": "object"})]
RoleNames = Annotated[Mapping[str, str], Kind(role_names, dict, _ROLES)]
Output = Annotated["ExpectedOutput", Kind(expected_output, _show_output, _NUMBERS)]
