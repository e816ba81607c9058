"""`[expect]`: each key against what was found. Pure, like the verdict that it looks at."""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from turncoat.actors.outcome import Stalled
from turncoat.scenarios.schema import Expect
from turncoat.scenarios.units import Comparison, show_comparison, show_duration, show_number
from turncoat.scenarios.verdict import FAILURES, Case, Verdict


@attrs.frozen
class Expectation:
    """One key of [expect]. expected, found: as JSON can hold them."""

    key: str
    expected: Any
    found: Any
    held: bool


@attrs.frozen(kw_only=True)
class Evidence:
    """What expectations look at. Names, not indices; bytes; virtual ns."""

    case: Case
    verdict: Verdict
    guarantee_in_force: bool
    names: tuple[str, ...]
    rounds: int
    messages: int
    payload_bytes: int
    framing_bytes: int
    virtual_ns: int

    def called(self, parties: Collection[int]) -> list[str]:
        """The names of parties, in the order of their indices."""
        return [self.names[i - 1] for i in sorted(parties)]


def check(expect: Expect, evidence: Evidence) -> tuple[Expectation, ...]:
    """Every key that was given and judges, in the order of the manual (`privacy` and `reveals` say
    what is to be found out). Where no verdict is asked for, the failures are still failures."""
    given = [name for name in _CHECKS if getattr(expect, name) is not None]
    checks = [_CHECKS[name](getattr(expect, name), evidence) for name in given]
    if expect.verdict is None:
        found = evidence.verdict.name
        checks.insert(0, Expectation("verdict", "no failure", found, found not in FAILURES))
    return tuple(checks)


def _verdict(expected: tuple[str, ...], evidence: Evidence) -> Expectation:
    found = evidence.verdict.name
    shown = expected[0] if len(expected) == 1 else list(expected)
    return Expectation("verdict", shown, found, found in expected)


def _in_force(expected: bool, evidence: Evidence) -> Expectation:
    found = evidence.guarantee_in_force
    return Expectation("guarantee_in_force", expected, found, found is expected)


def _detected_by(expected: tuple[str, ...], evidence: Evidence) -> Expectation:
    """Each named party detected or was stopped, and at least one of all detected."""
    case = evidence.case
    detected = evidence.called(case.detected_by)
    ended = {*detected, *evidence.called(case.stopped_by_peer)}
    held = ended.issuperset(expected) and bool(detected or not expected)
    return Expectation("detected_by", list(expected), detected, held)


def _accused(expected: tuple[str, ...], evidence: Evidence) -> Expectation:
    found = evidence.called(evidence.case.accused)
    return Expectation("accused", list(expected), found, set(found) == set(expected))


def _stalled_on(expected: tuple[str, ...], evidence: Evidence) -> Expectation:
    stalled = [o for o in evidence.case.honest.values() if isinstance(o, Stalled)]
    awaited = {j for outcome in stalled for wait in outcome.waiting_for for j in wait.missing}
    found = evidence.called(awaited)
    return Expectation("stalled_on", list(expected), found, set(found) == set(expected))


def _output(expected: Any, evidence: Evidence) -> Expectation:
    """Every honest party that accepted anything accepted this, and somebody did."""
    outputs = [_exact(value) for value in evidence.case.outputs.values()]
    held = bool(outputs) and all(_same(value, expected) for value in outputs)
    found = shown(outputs[0]) if outputs else None
    return Expectation("output", shown(expected), found, held)


def _same(found: Any, expected: Any) -> bool:
    """Equal as numbers; a list of one number is that number."""
    if isinstance(expected, Mapping) or isinstance(found, Mapping):
        return found == expected
    return found == expected or (found,) == expected or found == (expected,)


def _exact(value: Any) -> Any:
    """An output as fractions, tuples and dicts of them. Of an output that says more than its
    value, the `answer`."""
    value = getattr(value, "answer", value)
    if isinstance(value, Mapping):
        return {name: _exact(item) for name, item in _items(value)}
    if isinstance(value, list | tuple):
        return tuple(_exact(item) for item in _entries(value))
    return value.fraction if hasattr(value, "fraction") else Fraction(value)


def shown(value: Any) -> Any:
    """An exact output as JSON can hold it."""
    if isinstance(value, Mapping):
        return {name: shown(item) for name, item in _items(value)}
    if isinstance(value, list | tuple):
        return [shown(item) for item in _entries(value)]
    return show_number(value)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items()


def _entries(value: Any) -> Iterator[Any]:
    yield from value


def _bound(
    key: str, measure: Callable[[Evidence], int], show: Callable[[int], Any] = int
) -> Callable[[Comparison, Evidence], Expectation]:
    def check_bound(expected: Comparison, evidence: Evidence) -> Expectation:
        found = measure(evidence)
        text = show_comparison(expected, show=show)
        return Expectation(key, text, show(found), expected.holds(found))

    return check_bound


_CHECKS: dict[str, Callable[[Any, Evidence], Expectation]] = {
    "verdict": _verdict,
    "guarantee_in_force": _in_force,
    "detected_by": _detected_by,
    "accused": _accused,
    "output": _output,
    "rounds": _bound("rounds", lambda e: e.rounds),
    "messages": _bound("messages", lambda e: e.messages),
    "payload_bytes": _bound("payload_bytes", lambda e: e.payload_bytes),
    "bytes_total": _bound("bytes_total", lambda e: e.payload_bytes + e.framing_bytes),
    "finish_by": _bound("finish_by", lambda e: e.virtual_ns, show_duration),
    "stalled_on": _stalled_on,
}
