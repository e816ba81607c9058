"""Do the keys of a fault belong to its kind, and are there the parties that it speaks of?

Which keys belong to which kind is data (`fault_kinds.py`). What a degradation makes of the links is
checked with the network.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import attrs

from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.fault_kinds import DEFAULT_SHAPE, FAULT_KINDS, SHAPES, fault_name
from turncoat.scenarios.kinds import key_of
from turncoat.scenarios.problems import Path, Refusal
from turncoat.scenarios.schema import Fault
from turncoat.scenarios.selection import selected, unknown
from turncoat.scenarios.values_world import Drawn

COMMON = ("name", "kind", "when")
TRIGGERS = ("at", "after_sends", "after")


def fault_checks(faults: Sequence[Fault], names: Sequence[str], n: int) -> Iterator[Refusal]:
    """Everything about faults that does not fit. names: of all seats, the n computing ones first,
    from which alone lots are drawn."""
    kinds = {fault.kind for fault in faults}
    called = [fault_name(fault.name, fault.kind, k) for k, fault in enumerate(faults)]
    for index, fault in enumerate(faults):
        here: Path = ("fault", index)
        if called[index] in called[:index]:
            message = f"two faults are called {quoted(called[index])}"
            yield Refusal(message, "give each its own name", (*here, "name"))
        if fault.kind == "heal" and "partition" not in kinds:
            yield Refusal("there is no partition to heal", "leave it out", (*here, "kind"))
        yield from _fault(fault, names, n, here)


def _fault(fault: Fault, names: Sequence[str], n: int, here: Path) -> Iterator[Refusal]:
    wrong_keys = [*_keys(fault, here)]
    yield from wrong_keys
    yield from _who(fault, names, n, (*here, "who"))
    yield from _groups(fault, names, (*here, "groups"))
    if fault.link is not None and not _given(fault.link):
        remedy = 'such as { latency = "500 ms" }'
        yield Refusal("an empty table changes nothing", remedy, (*here, "link"))
    yield from _trigger(fault, here)
    if not wrong_keys:
        yield from _partition(fault, names, n, here)
        yield from _watched(fault, names, n, here)


def _given(table: object) -> list[str]:
    """The keys that a table gives."""
    fields = attrs.fields(table.__class__)
    return [key_of(field) for field in fields if getattr(table, field.name) is not None]


# Keys and kinds


def _keys(fault: Fault, here: Path) -> Iterator[Refusal]:
    kind = FAULT_KINDS[fault.kind]
    given = _given(fault)
    for key in given:
        if key not in (*COMMON, *kind.needs, *kind.may):
            homes = [name for name, k in FAULT_KINDS.items() if key in (*k.needs, *k.may)]
            message = f"a fault of kind {fault.kind} has no {key!r}"
            yield Refusal(message, f"{key} belongs to {', '.join(homes)}", (*here, key), "key")
    for key in kind.needs:
        if key not in given:
            yield _missing(key, f"fault of kind {fault.kind}", here)
    if fault.kind == "partition":
        yield from _shape_keys(fault.shape or DEFAULT_SHAPE, fault, here)


def _shape_keys(name: str, fault: Fault, here: Path) -> Iterator[Refusal]:
    shape = SHAPES[name]
    watched = ("who",) if _waits(fault) else ()
    for key in ("who", "groups"):
        given = getattr(fault, key) is not None
        if given and key not in (*shape.needs, *shape.may, *watched):
            message = f"a partition of shape {name} has no {key!r}"
            homes = [other for other, s in SHAPES.items() if key in (*s.needs, *s.may)]
            yield Refusal(message, f"{key} belongs to {', '.join(homes)}", (*here, key), "key")
        if key in shape.needs and not given:
            yield _missing(key, f"partition of shape {name}", here)


def _missing(key: str, what: str, here: Path) -> Refusal:
    told = {key_of(field): field.metadata["help"] for field in attrs.fields(Fault)}
    remedy = told[key].partition(". ")[0].removesuffix(".")
    return Refusal(f"a {what} needs {key!r}", remedy, here, "key")


# Parties


def _who(fault: Fault, names: Sequence[str], n: int, path: Path) -> Iterator[Refusal]:
    match fault.who:
        case None:
            return
        case Drawn() as drawn:
            yield from _drawn(drawn, n, path)
        case patterns:
            yield from unknown(patterns, names, path)


def _drawn(drawn: Drawn, n: int, path: Path) -> Iterator[Refusal]:
    if drawn.of(n) > n:
        message = f"there are {n} parties, not {drawn.of(n)}"
        yield Refusal(message, f"at most {{ count = {n} }}", (*path, "count"))
    elif drawn.of(n) == 0:
        message = f"{drawn} of {n} parties is nobody"
        yield Refusal(message, "such as { count = 1 }", (*path, "fraction"))


def struck_number(fault: Fault, names: Sequence[str], n: int) -> int:
    """How many parties `who` means."""
    if isinstance(fault.who, Drawn):
        return fault.who.of(n)
    return len(selected(fault.who or (), names))


def _groups(fault: Fault, names: Sequence[str], path: Path) -> Iterator[Refusal]:
    groups = fault.groups or ()
    for k, group in enumerate(groups):
        yield from unknown(group, names, (*path, k))
    members = [set(selected(group, names)) for group in groups]
    for (_, one), (k, other) in combinations(enumerate(members), 2):
        both = [name for name in names if name in one & other]
        if both:
            remedy = "who talks to both sides stands in no group"
            yield Refusal(f"{both[0]!r} is in two groups", remedy, (*path, k))
            return


# Triggers


def _waits(fault: Fault) -> bool:
    """Is it set off by somebody's sends?"""
    return fault.when.at is None and bool(_given(fault.when))


def _trigger(fault: Fault, here: Path) -> Iterator[Refusal]:
    given = _given(fault.when)
    if len(given) != 1:
        count = f"{len(given)} triggers ({', '.join(given)})" if given else "no trigger"
        remedy = f"give exactly one of {', '.join(TRIGGERS)}"
        yield Refusal(count, remedy, (*here, "when"))


def _watched(fault: Fault, names: Sequence[str], n: int, here: Path) -> Iterator[Refusal]:
    """What strikes the network happens once, so the sends of one party set it off, or a time."""
    if not FAULT_KINDS[fault.kind].network:
        return
    halves = fault.shape == "halves"
    if not _waits(fault):
        if fault.kind == "heal" and fault.who is not None:
            remedy = "leave it out: every partition ends"
            yield Refusal("a heal at a time has no 'who'", remedy, (*here, "who"), "key")
        return
    (key,) = _given(fault.when)[:1]
    if halves or struck_number(fault, names, n) != 1:
        message = f"{key!r} does not say whose sends set off this {fault.kind}"
        remedy = "write at = …" if halves else "name one party as who, or write at = …"
        yield Refusal(message, remedy, (*here, "when", key), "key")


# Partitions


def _partition(fault: Fault, names: Sequence[str], n: int, here: Path) -> Iterator[Refusal]:
    """Are there enough parties on each side?"""
    groups, struck = len(fault.groups or ()), struck_number(fault, names, n)
    match fault.kind, fault.shape or DEFAULT_SHAPE:
        case "partition", "groups" if groups < 2:
            remedy = 'name two groups or more; shape = "isolate" cuts off single parties'
            yield Refusal("one group is cut off from nobody", remedy, (*here, "groups"))
        case "partition", "one-way" if groups != 2:
            remedy = "nothing passes from the first to the second"
            yield Refusal("a one-way partition has two groups", remedy, (*here, "groups"))
        case "partition", "halves" if fault.who is not None and struck < 2:
            remedy = "name two or more, or leave it out for all parties"
            yield Refusal("one party cannot be halved", remedy, (*here, "who"))
        case "partition", "bridge" if struck != 1:
            yield Refusal("a bridge is one party", "name one", (*here, "who"))
        case "partition", "bridge" if len(names) < 3:
            remedy = "there must be three parties at least"
            yield Refusal("there are no two sides to bridge", remedy, (*here, "shape"))
        case _:
            return
