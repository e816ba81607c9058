"""A named check, carried out: one result for each of its parts, whatever its method."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, cast

import attrs

from turncoat.adversary.privacy.ensemble import Ensemble
from turncoat.adversary.privacy.exact import ExactResult, Progress, exact
from turncoat.adversary.privacy.extraction import Attack, ExtractionResult, attack
from turncoat.adversary.privacy.ideal import IdealResult, IdealWorld, compare
from turncoat.adversary.privacy.recovery import Recovery, recover
from turncoat.adversary.privacy.registry import CheckInfo, Verdict
from turncoat.adversary.privacy.statistical import Experiment, StatisticalResult, examine
from turncoat.adversary.views import plain

Result = ExactResult | IdealResult | StatisticalResult | ExtractionResult
Part = Ensemble | IdealWorld | Experiment | Attack | Recovery


class Judged(Protocol):
    """What all results have in common."""

    @property
    def name(self) -> str: ...
    @property
    def corrupted(self) -> tuple[int, ...]: ...
    @property
    def verdict(self) -> Verdict: ...


def results(
    info: CheckInfo, *, workers: int = 1, progress: Progress | None = None
) -> Iterator[Result]:
    """The results of a check, part by part. Raises NotEnumerable as `exact` does."""
    for part in info.make():
        yield result(part, workers=workers, progress=progress)


def result(part: Part, *, workers: int = 1, progress: Progress | None = None) -> Result:
    """Check one ensemble, pair of worlds, experiment or attack. TypeError for anything else."""
    match part:
        case Ensemble():
            return exact(part, workers=workers, progress=progress)
        case IdealWorld():
            return compare(part)
        case Experiment():
            return examine(part)
        case Attack():
            return attack(part)
        case Recovery():
            return recover(part)
    raise TypeError(f"{part!r:.60} cannot be checked: give an Ensemble, an IdealWorld, …")


def held(info: CheckInfo, found: Sequence[Result]) -> bool:
    """Is every verdict the expected one?"""
    return bool(found) and all(one.verdict == info.expects for one in found)


def exit_code(info: CheckInfo, found: Sequence[Result]) -> int:
    """0: as expected; 1: a leak that should not be; 3: nothing can be said, or a planted leak was
    not found."""
    if held(info, found):
        return 0
    leaks = any(one.verdict == "LEAK" for one in found)
    return 1 if leaks and info.expects != "LEAK" else 3


def jsonable(value: Any) -> Any:
    """A result as JSON holds it: fractions as text, parties P1, P2, … as keys."""
    if isinstance(value, Fraction):
        return str(value)
    cls = cast("type[Any]", type(value))
    if attrs.has(cls):
        fields = {f.name: jsonable(getattr(value, f.name)) for f in attrs.fields(cls)}
        verdict = getattr(value, "verdict", None)
        return fields if verdict is None else {"verdict": verdict, **fields}
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        return {f"P{k}" if isinstance(k, int) else str(k): jsonable(v) for k, v in table.items()}
    if isinstance(value, tuple | list):
        return [jsonable(item) for item in cast("Sequence[Any]", value)]
    return plain(value)
