"""Numbers as people read them: bytes, durations, counts, outputs, short forms of long values.

Knows no report and no terminal. Sizes are decimal (1 kB = 1000 B), virtual times integer
nanoseconds, real times seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

SIZES = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
TIMES = (("h", 3600 * 10**9), ("min", 60 * 10**9), ("s", 10**9), ("ms", 10**6), ("µs", 10**3))


def octets(count: int) -> str:
    """1234 → "1.2 kB"; below 1000 exact."""
    for unit, factor in SIZES:
        if count >= factor:
            return f"{_digits(count / factor)} {unit}"
    return f"{count} B"


def virtual(nanoseconds: int) -> str:
    """80_000_000 → "0.080 s", as results print it; less than 10 ms in milliseconds."""
    if nanoseconds == 0:
        return "0 s"
    if nanoseconds < 10**7:
        return f"{nanoseconds / 10**6:.3f} ms"
    return f"{nanoseconds / 10**9:,.3f} s"


def clock(nanoseconds: int) -> str:
    """A time on the axis of a trace: milliseconds to the microsecond, so that columns line up."""
    return f"{nanoseconds / 10**6:,.3f} ms"


def duration(nanoseconds: int) -> str:
    """40_000_000 → "40 ms": a parameter as one would write it."""
    for unit, factor in TIMES:
        if nanoseconds >= factor:
            return f"{nanoseconds / factor:g} {unit}"
    return f"{nanoseconds} ns"


def seconds(real: float) -> str:
    """Real seconds; less than a tenth of one in milliseconds."""
    return f"{real:.2f} s" if real >= 0.095 else f"{real * 1000:.1f} ms"


def count(number: int, noun: str) -> str:
    """1 → "1 round", 2000 → "2,000 rounds", 3 → "3 parties"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def names(parties: Iterable[str], nobody: str = "nobody") -> str:
    """alice, bob and carol; a long list is cut."""
    known = list(parties)
    if len(known) > 8:
        return f"{', '.join(known[:6])} and {len(known) - 6} more"
    return " and ".join(filter(None, [", ".join(known[:-1]), *known[-1:]])) or nobody


def output(value: Any) -> str:
    """An output as `run --json` writes it: an exact fraction shows its parts."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        if set(table) == {"value", "exact"}:
            return f"{plain(table['value'])} (= {table['exact']})"
        return ", ".join(f"{name} = {output(item)}" for name, item in table.items())
    return short(value)


def plain(number: Any) -> str:
    """A float without a needless point: 41240.0 → 41240."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


def short(value: Any, most: int = 6) -> str:
    """A value in few characters; long lists end in how many entries there are."""
    if isinstance(value, list | tuple):
        items = cast("Sequence[Any]", value)
        shown = ", ".join(short(item, most) for item in items[:most])
        rest = f", … {len(items)} entries" if len(items) > most else ""
        return f"[{shown}{rest}]"
    return plain(value)


def _digits(amount: float) -> str:
    return f"{amount:.1f}" if amount < 100 else f"{amount:.0f}"
