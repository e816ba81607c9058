"""What a privacy check of a scenario found, in words and as JSON.

How the check is carried out is in `privacy_questions.py`. Knows neither files nor pages.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from turncoat.adversary.privacy.exact import ExactResult
from turncoat.adversary.privacy.extraction import ExtractionResult
from turncoat.adversary.privacy.statistical import StatisticalResult
from turncoat.scenarios.schema import PrivacyKind

STUCK, REPEATED = "honest coins stuck at 0", "all coins the same in every run"

Result = ExactResult | StatisticalResult | ExtractionResult


@attrs.frozen(kw_only=True)
class Privacy:
    """The answer. names: of all seats."""

    kind: PrivacyKind
    result: Result
    reveals: tuple[str, ...] | None
    names: tuple[str, ...]

    @property
    def verdict(self) -> Literal["PERFECT", "SOUND", "CLEAN", "LEAK", "INCONCLUSIVE"]:
        return self.result.verdict

    def json(self) -> dict[str, Any]:
        """As the document of a run has it: what was checked, what the check can say (power), and
        the evidence of a leak."""
        return {
            "kind": self.kind,
            "result": self.verdict,
            "corrupted": [self.names[i - 1] for i in self.result.corrupted],
            "reveals": None if self.reveals is None else list(self.reveals),
            "checked": checked(self.result),
            "power": power(self.result),
            "evidence": self._evidence() if self.verdict == "LEAK" else None,
        }

    def _evidence(self) -> dict[str, Any]:
        match self.result:
            case ExactResult(evidence=found) if found is not None:
                return {
                    "inputs": [self._named(inputs) for inputs in found.inputs],
                    "distance": str(found.distance),
                    "odds": [str(chance) for chance in found.telling.odds],
                    "events": list(found.telling.events),
                    "view": dict(found.telling.values),
                }
            case StatisticalResult(inputs=inputs, scan=scan):
                return {
                    "inputs": [self._named(each) for each in inputs],
                    "features": [attrs.asdict(finding) for finding in scan.findings],
                    "accuracy": scan.accuracy,
                }
            case ExtractionResult(extractor=extractor, successes=successes, trials=trials):
                return {"extractor": extractor, "successes": successes, "trials": trials}
            case _:
                return {}

    def _named(self, inputs: Mapping[int, Sequence[int]]) -> dict[str, list[int]]:
        return {self.names[i - 1]: [int(x) for x in row] for i, row in inputs.items() if row}


def checked(result: Result) -> str:
    """What was enumerated or sampled, in a line."""
    match result:
        case ExactResult():
            return (
                f"{result.tapes:,} tapes × {result.inputs:,} inputs, {result.comparisons:,} pairs "
                "that must look alike"
            )
        case StatisticalResult():
            return (
                f"{result.samples} views each of two inputs that must look alike, "
                f"{result.scan.tests:,} features"
            )
        case ExtractionResult():
            return f"{result.trials} runs, {result.guesses} guesses each at most"


def power(result: Result) -> str:
    """What a result of this check means, in a line."""
    match result:
        case ExactResult():
            ideal = f"; ideal: {', '.join(result.idealised)}" if result.idealised else ""
            bound = f"; sound up to {result.soundness}" if result.soundness else ""
            held = f"distance {result.distance}{bound}"
            return f"{held}; exact for n = {result.n}, t = {result.t}, {result.field}{ideal}"
        case StatisticalResult():
            return (
                f"sees a feature whose distribution functions differ by "
                f"{result.scan.resolution:.2f}{_planted(result)}"
            )
        case ExtractionResult():
            return f"blind guesses: {result.bound:.0e} a run{_planted(result)}"


def _planted(result: StatisticalResult | ExtractionResult) -> str:
    """Whether the leak beside was found, if the question arose."""
    if isinstance(result, ExtractionResult):
        found = result.planted == result.trials
    elif result.planted is None:
        return ""
    else:
        found = result.planted.leaks
    return f"; a planted leak ({result.planted_name}) was {'found' if found else 'not found'}"
