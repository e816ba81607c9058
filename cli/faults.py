"""A [[fault]] of a scenario in words: whom it strikes, how, and what sets it off."""

from collections.abc import Iterator

from turncoat.cli import amounts
from turncoat.scenarios.resolved import written
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema_world import Fault, FaultWhen
from turncoat.scenarios.values_world import Drawn


def fault_text(scenario: Scenario, fault: Fault) -> str:
    """One line, such as "carol: restart for 2 s, amnesia, after the first input-share"."""
    subject = _subject(scenario, fault)
    details = "".join(f", {detail}" for detail in _details(fault))
    comma = "," if details else ""
    return f"{subject}: {fault.kind}{details.removeprefix(',')}{comma} {_trigger(fault.when)}"


def _subject(scenario: Scenario, fault: Fault) -> str:
    if fault.groups is not None:
        between = " → " if fault.shape == "one-way" else " | "
        return between.join(amounts.names(scenario.who(group)) for group in fault.groups)
    match fault.who:
        case None:
            return "everybody"
        case Drawn(count, None):
            return f"{amounts.count(count or 0, 'party')}, drawn from the seed"
        case Drawn() as drawn:
            chosen = amounts.count(drawn.of(scenario.n), "party")
            return f"{chosen} of {scenario.n}, drawn from the seed"
        case patterns:
            return amounts.names(scenario.who(patterns))


def _details(fault: Fault) -> Iterator[str]:
    if fault.shape not in (None, "groups"):
        yield str(fault.shape)
    if fault.for_ is not None:
        yield f"for {amounts.duration(fault.for_)}"
    if fault.memory is not None:
        yield fault.memory
    if fault.direction is not None or fault.probability is not None:
        chance = 1 if fault.probability is None else float(fault.probability)
        yield f"{fault.direction or 'both'} with probability {chance:.3g}"
    if fault.link is not None:
        changes = written(fault.link).items()
        yield ", ".join(f"{key} = {amounts.short(value)}" for key, value in changes)
    if fault.mean_up is not None and fault.mean_down is not None:
        up, down = amounts.duration(fault.mean_up), amounts.duration(fault.mean_down)
        yield f"on average {up} up and {down} down"


def _trigger(when: FaultWhen) -> str:
    if when.at is not None:
        return f"at {amounts.virtual(when.at)}"
    if when.after_sends is not None:
        return f"after {amounts.count(when.after_sends, 'message')} sent"
    return f"after the first {when.after}"
