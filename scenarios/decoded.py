"""Decoded TOML: telling tables from lists, and naming values in messages."""

from datetime import date, datetime, time
from typing import TypeGuard

Table = dict[str, object]
MOST_BITS = 4096
BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def is_table(value: object) -> TypeGuard[Table]:
    """A TOML table."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """A TOML array."""
    return isinstance(value, list)


def is_huge(value: object) -> bool:
    """An integer that nobody means, and that Python might refuse to print."""
    return isinstance(value, int) and value.bit_length() > MOST_BITS


def is_bare(key: str) -> bool:
    """May the key stand without quotes?"""
    return bool(key) and BARE.issuperset(key)


def quoted(text: str) -> str:
    """A text in quotes, cut if it is long."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def described(value: object) -> str:
    """What a value is, for "expected …, not …"."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"the integer {value}" if abs(value) < 10**20 else "a huge integer"
        case float():
            return f"the number {value}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case date() | datetime() | time():
            return "a date or time"
        case _:
            return f"a {type(value).__name__}"
