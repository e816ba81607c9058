"""Quantities as people write them, and the exact integers and fractions inside.

Durations become nanoseconds, rates bits per second, sizes bytes, probabilities exact fractions;
each has a way back to a canonical text. Bits and bytes never mix silently. Raises `Refusal`; knows
no scenario key.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, TypeGuard

import attrs

from turncoat.scenarios.decoded import described, is_huge, quoted
from turncoat.scenarios.problems import Refusal, nearest

NANOSECONDS = {
    "h": 3600 * 10**9,
    "min": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}
DURATION_UNITS = NANOSECONDS | {"µs": 10**3, "μs": 10**3}  # the micro sign and the Greek letter
RATE_UNITS = {"Tbit/s": 10**12, "Gbit/s": 10**9, "Mbit/s": 10**6, "kbit/s": 10**3, "bit/s": 1}
BYTES = {"TB": 10**12, "GB": 10**9, "MB": 10**6, "kB": 10**3, "B": 1}
SIZE_UNITS = BYTES | {"GiB": 2**30, "MiB": 2**20, "KiB": 2**10}

LONGEST = 2**63 - 1  # nanoseconds: about 292 years, what fits the kernel's 64-bit tables
UNLIMITED = 0  # a rate without limit

_IN_WORDS = {
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "byte": "B",
    "bytes": "B",
}
_QUANTITY = re.compile(r"\s*([+-]?)(\d(?:_?\d)*(?:\.\d+)?)\s*(\S.*?)?\s*", re.ASCII)
_RATIO = re.compile(r"\s*(-?\d{1,400})\s*/\s*(\d{1,400})\s*", re.ASCII)
_COMPARISON = re.compile(r"\s*([<>=!≤≥~]*)\s*(.*?)\s*", re.DOTALL)


def duration(value: object) -> int:
    """Nanoseconds of `"40 ms"`; units h, min, s, ms, us, ns."""
    exact = _quantity(value, "a duration", "40 ms", DURATION_UNITS)
    if exact.denominator != 1:
        raise Refusal(f"{value!r} is finer than one nanosecond", "round it to whole nanoseconds")
    if exact > LONGEST:
        raise Refusal(f"{value!r} is longer than virtual time reaches", "at most about 292 years")
    return exact.numerator


def positive_duration(value: object) -> int:
    """Nanoseconds of a duration above zero."""
    return _above_zero(value, duration(value))


def rate(value: object) -> int:
    """Bits per second of `"100 Mbit/s"`; `UNLIMITED` for `"unlimited"`."""
    if value == "unlimited":
        return UNLIMITED
    exact = _quantity(value, "a rate", "100 Mbit/s", RATE_UNITS, _bytes_for_bits)
    if exact.denominator != 1:
        raise Refusal(f"{value!r} is no whole number of bits per second", 'write "1 bit/s" or more')
    return _above_zero(value, exact.numerator)


def size(value: object) -> int:
    """Bytes of `"64 kB"`, or of a plain integer; its text too, for use behind a comparison."""
    if type(value) is int or _is_count(value):
        return count(value)
    exact = _quantity(value, "a size", "64 kB", SIZE_UNITS, _bits_for_bytes)
    if exact.denominator != 1:
        raise Refusal(f"{value!r} is no whole number of bytes", "round it to whole bytes")
    return exact.numerator


def count(value: object) -> int:
    """An integer from 0; its text too, for use behind a comparison."""
    if type(value) is int:
        return _in_range(value)
    if _is_count(value):
        return int(value)
    raise Refusal(f"expected a whole number such as 12, not {described(value)}")


def probability(value: object) -> Fraction:
    """The exact fraction of `0.005`, `"0.5 %"` or `"1/200"`."""
    chance = _percent(value) if isinstance(value, str) and "%" in value else number(value)
    if chance < 0:
        raise Refusal(f"{_said(value)} is negative", "a probability lies between 0 and 1")
    if chance > 1:
        meant = type(value) in (int, float) and chance <= 100
        hint = f', did you mean "{value} %"?' if meant else ""
        raise Refusal(f"{_said(value)} is more than 1", f"a probability lies between 0 and 1{hint}")
    return chance


def number(value: object) -> Fraction:
    """An exact number: an integer, the decimal that a float was written as, or `"206200/5"`."""
    match value:
        case bool():
            pass
        case int() if not is_huge(value):
            return Fraction(value)
        case float() if math.isfinite(value):
            return Fraction(repr(value))
        case str() if ratio := _RATIO.fullmatch(value):
            if int(ratio[2]) == 0:
                raise Refusal(f"{quoted(value)} divides by zero")
            return Fraction(int(ratio[1]), int(ratio[2]))
        case _:
            pass
    raise Refusal(
        f"expected a number, not {described(value)}", 'such as 7, 0.25 or the fraction "206200/5"'
    )


@attrs.frozen
class Comparison:
    """A bound on an integer: `"<= 12"`, `">= 3"`, or exactly 12 (relation `==`)."""

    relation: Literal["==", "<=", ">=", "<", ">"]
    bound: int

    def holds(self, found: int) -> bool:
        """Does `found`, in the unit of the bound, satisfy it?"""
        return _RELATIONS[self.relation](found, self.bound)


_RELATIONS: Mapping[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_MEANT = {"": "", "=": "==", "=<": "<=", "=>": ">=", "≤": "<=", "≥": ">="}


def comparison(
    value: object, quantity: Callable[[object], int], alone: Literal["==", "<="] = "=="
) -> Comparison:
    """A comparison of a quantity; without a sign it means `alone`."""
    if not isinstance(value, str):
        return Comparison(alone, quantity(value))
    signs = _COMPARISON.fullmatch(value)
    sign, rest = (signs[1], signs[2]) if signs else ("", value)
    if sign == "":
        return Comparison(alone, _unquoted(value, quantity))
    if sign not in _RELATIONS:
        meant = f'write "{_MEANT.get(sign, "<=")} {rest}"'
        raise Refusal(f"{quoted(value)} is no comparison: unknown sign {sign!r}", meant)
    if not rest:
        raise Refusal(f"{quoted(value)} compares with nothing", f'such as "{sign} 12"')
    relation: Literal["==", "<=", ">=", "<", ">"] = sign  # pyright: ignore[reportAssignmentType]  # a key of _RELATIONS
    return Comparison(relation, quantity(rest))


def pattern(units: Mapping[str, int]) -> str:
    """A regular expression for editors: a number and one of the units."""
    return rf"^\s*[0-9][0-9_]*(\.[0-9]+)?\s*({'|'.join(units)})\s*$"


def show_duration(nanoseconds: int) -> str:
    """The canonical text of a duration, in the largest unit that leaves an integer."""
    return _show(nanoseconds, NANOSECONDS, "s")


def show_rate(bits_per_second: int) -> str:
    """The canonical text of a rate."""
    return "unlimited" if bits_per_second == UNLIMITED else _show(bits_per_second, RATE_UNITS, "")


def show_size(octets: int) -> str:
    """The canonical text of a size."""
    return _show(octets, BYTES, "B")


def show_number(exact: Fraction) -> int | float | str:
    """An integer, a decimal that says exactly the same, or else `"1/3"`."""
    if exact.denominator == 1:
        return exact.numerator
    try:
        decimal = float(exact)
    except OverflowError:
        decimal = 0.0
    return decimal if Fraction(repr(decimal)) == exact else str(exact)


def show_comparison(
    bound: Comparison, show: Callable[[int], object], alone: Literal["==", "<="] = "=="
) -> object:
    """The canonical text of a comparison; the relation `alone` goes without a sign."""
    if bound.relation == alone:
        return show(bound.bound)
    return f"{bound.relation} {show(bound.bound)}"


def _quantity(
    value: object,
    what: str,
    example: str,
    units: Mapping[str, int],
    confusion: Callable[[Fraction, str], str] = lambda amount, unit: "",
) -> Fraction:
    """The exact amount in the base unit, or a refusal that names the rule and the remedy."""
    if not isinstance(value, str):
        raise Refusal(f'expected {what} such as "{example}", not {described(value)}')
    parts = _QUANTITY.fullmatch(value) if len(value) <= 60 else None
    if parts is None:
        raise Refusal(f"{quoted(value)} is not {what}", f'such as "{example}"')
    amount, unit = Fraction(parts[2]), parts[3] or ""
    if unit not in units:
        remedy = confusion(amount, unit) or _unit_remedy(parts[2], unit, units)
        raise Refusal(_unit_message(value, unit), remedy)
    if parts[1] == "-":
        raise Refusal(f"{quoted(value)} is negative", f"{what} is at least 0")
    return amount * units[unit]


def _unit_message(value: str, unit: str) -> str:
    return (
        f"{quoted(value)}: unknown unit {quoted(unit)}" if unit else f"{quoted(value)} has no unit"
    )


def _unit_remedy(amount: str, unit: str, units: Mapping[str, int]) -> str:
    close = _IN_WORDS.get(unit.lower()) or (nearest(unit, units) if unit else None)
    if close in units:
        return f'did you mean "{amount} {close}"?'
    return f"the units are {', '.join(unit for unit in units if unit.isascii())}"


def _bytes_for_bits(amount: Fraction, unit: str) -> str:
    """The remedy where bytes, or who knows what, stand for bits per second."""
    prefix, stem = unit[:1] if unit[:1] in "kKMGT" else "", unit.lstrip("kKMGT")
    prefix = prefix.replace("K", "k")
    if stem in ("B/s", "Bps", "B"):
        return f'rates count bits: did you mean "{_plain(amount * 8)} {prefix}bit/s"?'
    if stem in ("b/s", "bps", "bit", "b", "bits/s"):
        return f'did you mean "{_plain(amount)} {prefix}bit/s"?'
    return ""


def _bits_for_bytes(amount: Fraction, unit: str) -> str:
    """The remedy where bits stand for bytes."""
    prefix, stem = unit[:1] if unit[:1] in "kMGT" else "", unit.lstrip("kMGT")
    if stem in ("bit", "bits", "b"):
        return f'sizes count bytes: did you mean "{_plain(amount / 8)} {prefix}B"?'
    return ""


def _plain(amount: Fraction) -> str:
    return str(show_number(amount))


def _percent(text: str) -> Fraction:
    parts = _QUANTITY.fullmatch(text) if len(text) <= 60 else None
    if parts is None or parts[3] != "%":
        raise Refusal(f"{quoted(text)} is not a percentage", 'such as "0.5 %"')
    amount = Fraction(parts[2]) / 100
    return -amount if parts[1] == "-" else amount


def _unquoted(value: str, quantity: Callable[[object], int]) -> int:
    """A quantity without a sign; a bare number is no text."""
    if re.fullmatch(r"\s*\d+\s*", value, re.ASCII):
        raise Refusal(
            f"expected a number or a comparison, not the text {quoted(value)}",
            f'write {value.strip()} without quotes, or "<= {value.strip()}"',
        )
    return quantity(value)


def _is_count(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(re.fullmatch(r"\d(?:_?\d){0,39}", value, re.ASCII))


def _said(value: object) -> str:
    return quoted(value) if isinstance(value, str) else described(value)


def _above_zero(value: object, amount: int) -> int:
    if amount == 0:
        raise Refusal(f"{value!r} is zero", "it must be more than 0")
    return amount


def _in_range(value: int) -> int:
    if value < 0 or is_huge(value):
        raise Refusal(f"{described(value)} is out of range", "it must be at least 0")
    return value


def _show(amount: int, units: Mapping[str, int], zero: str) -> str:
    if amount == 0:
        return f"0 {zero}"
    unit = next(unit for unit, factor in units.items() if amount % factor == 0)
    return f"{amount // units[unit]} {unit}"
