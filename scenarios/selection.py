"""The parties' names: spelt out, made from a pattern, chosen by name or glob, and refused where
they mean nobody."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from turncoat.protocols import registry
from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.problems import End, Path, Refusal, did_you_mean, listed
from turncoat.scenarios.schema import Parties, Protocol

DEFAULT_PATTERN = "P{i}"

_PATTERN = re.compile(r"([^{}]*)\{i(?::(0?)([1-9]\d?))?\}([^{}]*)", re.ASCII)
_NAME = re.compile(r"\w[\w.-]*")  # letters of any script, no glob, no separator of sids


def party_names(parties: Parties) -> tuple[str, ...]:
    """The names of P_1 … P_n. Raises Refusal for a pattern that numbers nobody."""
    if parties.names is not None:
        return parties.names
    pattern = DEFAULT_PATTERN if parties.name is None else parties.name
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        remedy = 'write {i} or {i:03} once, as in "phone-{i:03}"'
        raise Refusal(f"{quoted(pattern)} does not number the parties", remedy, ("name",))
    before, zero, width, after = match.groups()
    fill = "0" if zero else " "
    numbers = range(1, (parties.count or 0) + 1)
    return tuple(f"{before}{str(i).rjust(int(width or 0), fill)}{after}" for i in numbers)


def auxiliary_names(protocol: Protocol, parties: Parties) -> tuple[str, ...]:
    """The names of the seats after P_n: of the protocol's auxiliary roles, each called like its
    role unless the file gives it a name."""
    roles = registry.roles(protocol.use, protocol.variant)
    return tuple(parties.roles.get(role, role) for role in roles)


def is_name(text: str) -> bool:
    """May a party be called that?"""
    return _NAME.fullmatch(text) is not None


def is_glob(pattern: str) -> bool:
    """A pattern with *, ? or [ ]; no name has these."""
    return any(mark in pattern for mark in "*?[")


def matching(pattern: str, names: Sequence[str]) -> tuple[str, ...]:
    """The parties that a name or glob means, in their order."""
    if not is_glob(pattern):
        return (pattern,) if pattern in names else ()
    return tuple(name for name in names if fnmatchcase(name, pattern))


def selected(patterns: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """All parties that some pattern means, each once, in the parties' order."""
    chosen = {name for pattern in patterns for name in matching(pattern, names)}
    return tuple(name for name in names if name in chosen)


def unknown(patterns: Sequence[str], names: Sequence[str], path: Path) -> Iterator[Refusal]:
    """The refusals of names and globs that mean nobody, or stand there twice."""
    for k, pattern in enumerate(patterns):
        yield from nobody(pattern, names, (*path, k))
        if pattern in patterns[:k]:
            yield Refusal(f"{pattern!r} is named twice", "name it once", (*path, k))


def nobody(pattern: str, names: Sequence[str], path: Path, end: End = "value") -> Iterator[Refusal]:
    """The refusal of a name or glob that means no party."""
    if matching(pattern, names):
        return
    if is_glob(pattern):
        remedy = f"the parties are {listed(names)}"
        yield Refusal(f"{quoted(pattern)} matches no party", remedy, path, end)
    else:
        remedy = did_you_mean(pattern, names)
        yield Refusal(f"no party is called {quoted(pattern)}", remedy, path, end)
