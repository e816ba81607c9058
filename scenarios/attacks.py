"""[[adversary]] entries with their names resolved: seats as indices, behaviours as objects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from turncoat.adversary.coalition import Attack
from turncoat.adversary.corruption import Adaptive, Mobile, Static, Timing
from turncoat.adversary.registry import BEHAVIOURS, make
from turncoat.adversary.selector import Selector
from turncoat.scenarios.parameters import PARAMETERS, Scene
from turncoat.scenarios.problems import Refusal
from turncoat.scenarios.schema_world import Adversary, AdversaryWhen
from turncoat.scenarios.selection import selected


def attack(entry: Adversary, number: int, scene: Scene) -> Attack:
    """What an entry says. number: its place in the file. Raises Refusal for a behaviour or a
    parameter that nobody knows, and for one that the entry's seats cannot do."""
    seats, timing = indices_of(entry.corrupts, scene.names), _timing(entry, scene)
    if entry.does is None:
        return Attack("listen", None, seats, required=False, timing=timing)
    behaviour = _behaviour(entry.does, entry.with_, scene)
    depth = BEHAVIOURS[entry.does].depth
    if depth != "wire" and timing != Static():
        message = f"{entry.does} is done from the start or not at all"
        raise Refusal(message, 'write timing = "static"', ("does",))
    if depth != "schedule" and not seats:
        raise Refusal(f"nobody is there to {entry.does}", 'such as corrupts = ["carol"]')
    required = number == 0 if entry.required is None else entry.required
    selector = _selector(entry.when, scene)
    if selector.kind is None and (kinds := BEHAVIOURS[entry.does].kinds):
        selector = attrs.evolve(selector, kind="|".join(kinds))
    return Attack(entry.does, behaviour, seats, selector, required, timing)


def clashes(attacks: Sequence[Attack | None]) -> Iterator[Refusal]:
    """Two behaviours that would each run a program of theirs in one seat."""
    taken: set[int] = set()
    for k, each in enumerate(attacks):
        if each is None or each.behaviour is None or BEHAVIOURS[each.name].depth != "seat":
            continue
        if taken.intersection(each.parties):
            message = f"{each.name} cannot be done in a seat that runs another program already"
            yield Refusal(message, "leave one of the two out", ("adversary", k, "does"))
        taken.update(each.parties)


def indices_of(who: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """The indices of parties given by names or globs, ascending."""
    return tuple(names.index(name) + 1 for name in selected(who, names))


def _selector(when: AdversaryWhen, scene: Scene) -> Selector:
    return Selector(
        phase=when.phase,
        sid=when.sid,
        kind=when.kind,
        to=frozenset(indices_of(when.to, scene.names)) if when.to else None,
        nth=when.nth,
        at=when.at,
    )


def _timing(entry: Adversary, scene: Scene) -> Timing:
    if entry.timing == "mobile" and entry.epoch is not None:
        return Mobile(entry.epoch)
    if entry.timing == "adaptive" and entry.after is not None:
        after = entry.after
        senders = frozenset(indices_of(after.from_, scene.names)) if after.from_ else None
        return Adaptive(after.kind, after.sid, senders, after.nth, entry.erasure)
    return Static()


def _behaviour(name: str, given: Mapping[str, Any], scene: Scene) -> Any:
    try:
        return make(
            name, **{key: _parameter(name, key, value, scene) for key, value in given.items()}
        )
    except ValueError as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(
            str(error), path=("does",) if name not in BEHAVIOURS else ("with",)
        ) from error


def _parameter(behaviour: str, key: str, value: Any, scene: Scene) -> Any:
    """A value of `with` as the behaviour takes it: in its unit, parties as indices."""
    known = BEHAVIOURS.get(behaviour)
    parameter = known.takes.get(key) if known else None
    if parameter is None:  # refused by name when the behaviour is made
        return value
    try:
        return PARAMETERS[parameter.type](value, scene)
    except Refusal as refusal:
        raise refusal.under(("with", key)) from None
