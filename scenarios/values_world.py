"""The kinds of value that only networks and faults have: who is struck, how a partition divides,
which region somebody is in, how long messages took where it was measured.

Each alias at the end annotates fields of the schema; see `values.py` for all other kinds.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Annotated, TypeAlias

import attrs

from turncoat.scenarios import units
from turncoat.scenarios.decoded import described, is_list, is_table
from turncoat.scenarios.kinds import JsonSchema, Kind, choose
from turncoat.scenarios.measured import Measured, thinned
from turncoat.scenarios.problems import Refusal, collected, nearest
from turncoat.scenarios.regions import REGIONS
from turncoat.scenarios.values import integer, somebody

# Who is struck


@attrs.frozen
class Drawn:
    """So many of all parties, or such a fraction of them, drawn from the seed of the run."""

    count: int | None = None
    fraction: Fraction | None = None

    def of(self, n: int) -> int:
        """How many of n parties; a fraction is rounded to the nearest, halves upwards."""
        if self.fraction is None:
            return self.count or 0
        return int(n * self.fraction + Fraction(1, 2))

    def __str__(self) -> str:
        if self.fraction is None:
            return f"{{ count = {self.count} }}"
        return f"{{ fraction = {units.show_number(self.fraction)} }}"


Who: TypeAlias = tuple[str, ...] | Drawn  # names and globs, or drawn


def _struck(value: object) -> Who:
    """Party names or globs, or how many of all parties."""
    if not is_table(value):
        return somebody(value)
    for key in value:
        if key not in ("count", "fraction"):
            close = nearest(key, ("count", "fraction"))
            remedy = f"did you mean {close!r}?" if close else "known here: count, fraction"
            raise Refusal(f"unknown key {key!r}", remedy, (key,), "key")
    if len(value) != 1:
        said = "both count and fraction" if value else "neither count nor fraction"
        raise Refusal(f"{said} of the parties", "such as { count = 2 } or { fraction = 0.1 }")
    ((key, given),) = value.items()
    try:
        return Drawn(_COUNT.parse(given)) if key == "count" else Drawn(None, _fraction(given))
    except Refusal as refusal:
        raise refusal.under((key,)) from None


def _fraction(value: object) -> Fraction:
    fraction = units.probability(value)
    if not fraction:
        raise Refusal("a fraction of 0 is nobody", "it must be more than 0")
    return fraction


def _show_struck(who: Who) -> object:
    if not isinstance(who, Drawn):
        return list(who)
    if who.fraction is None:
        return {"count": who.count}
    return {"fraction": units.show_number(who.fraction)}


Groups: TypeAlias = tuple[tuple[str, ...], ...]


def _groups(value: object) -> Groups:
    if not is_list(value):
        remedy = 'such as [["alice", "bob"], ["carol"]]'
        raise Refusal(f"expected a list of groups, not {described(value)}", remedy)
    return collected((k, partial(somebody, group)) for k, group in enumerate(value))


def _show_groups(groups: Groups) -> object:
    return [list(group) for group in groups]


# Regions


def _regions(value: object) -> Mapping[str, str]:
    if not is_table(value):
        remedy = 'such as { alice = "frankfurt", "phone-*" = "tokyo" }'
        raise Refusal(f"expected a table of regions by party, not {described(value)}", remedy)
    chosen = collected((who, partial(_region, name)) for who, name in value.items())
    return dict(zip(value, chosen, strict=True))


def _region(value: object) -> str:
    return choose(value, REGIONS)


# Measured delays


def _measured(value: object) -> Measured:
    """The path of a file of delays, or the delays themselves."""
    if isinstance(value, str):
        return Measured(file=value)
    if not is_list(value):
        remedy = 'such as "delays.csv", or ["41.2 ms", "39.8 ms"]'
        raise Refusal(f"expected a file of delays, not {described(value)}", remedy)
    if not value:
        raise Refusal("an empty list measures nothing", 'such as ["41.2 ms", "39.8 ms"]')
    samples = collected((k, partial(units.duration, each)) for k, each in enumerate(value))
    return Measured(samples=thinned(samples))


def _show_measured(measured: Measured) -> object:
    if measured.file is not None and not measured.samples:
        return measured.file
    return [units.show_duration(sample) for sample in measured.samples]


# Numbers


def _correlation(value: object) -> Fraction:
    correlation = units.probability(value)
    if correlation == 1:
        remedy = 'it must be below 1; distribution = "constant" never varies at all'
        raise Refusal("a correlation of 1 would repeat the first delay for ever", remedy)
    return correlation


def _queue(value: object) -> int:
    if value == "unlimited":
        return units.UNLIMITED
    return _COUNT.parse(value)


def _show_queue(limit: int) -> object:
    return "unlimited" if limit == units.UNLIMITED else limit


# The aliases that annotate the fields

_COUNT = integer(1)
_TEXTS: JsonSchema = {"type": "array", "items": {"type": "string"}}
_DURATIONS: JsonSchema = {
    "type": "array",
    "items": {"type": "string", "pattern": units.pattern(units.DURATION_UNITS)},
}
_SHARE: JsonSchema = {"type": ["number", "string"]}
_DRAWN: JsonSchema = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {"count": _COUNT.schema, "fraction": _SHARE},
}

Struck = Annotated[
    Who,
    Kind(_struck, _show_struck, {"anyOf": [{"type": "string", "minLength": 1}, _TEXTS, _DRAWN]}),
]
Divided = Annotated[
    Groups,
    Kind(
        _groups,
        _show_groups,
        {"type": "array", "items": {"anyOf": [{"type": "string"}, _TEXTS]}},
    ),
]
Regions = Annotated[
    Mapping[str, str],
    Kind(_regions, dict, {"type": "object", "additionalProperties": {"enum": list(REGIONS)}}),
]
Delays = Annotated[
    Measured, Kind(_measured, _show_measured, {"anyOf": [{"type": "string"}, _DURATIONS]})
]
Correlation = Annotated[
    Fraction,
    Kind(
        _correlation,
        units.show_number,
        {"type": ["number", "string"], "minimum": 0, "exclusiveMaximum": 1},
    ),
]
QueueLimit = Annotated[
    int, Kind(_queue, _show_queue, {"anyOf": [_COUNT.schema, {"const": "unlimited"}]})
]
