"""How one privacy result reads: what was enumerated or sampled, the figures, and the evidence."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from turncoat.adversary.privacy.exact import ExactResult
from turncoat.adversary.privacy.extraction import ExtractionResult
from turncoat.adversary.privacy.ideal import IdealResult
from turncoat.adversary.privacy.laws import Telling
from turncoat.adversary.privacy.runner import Result
from turncoat.adversary.privacy.statistical import LEVEL, Scan, StatisticalResult
from turncoat.cli import amounts
from turncoat.cli.page import Block, Line

SHOWN = 8  # numbers of a view, and findings of a table


def lines(result: Result) -> Iterator[Block]:
    """The lines below the headline."""
    match result:
        case ExactResult():
            yield from _exact(result)
        case IdealResult():
            yield from _ideal(result)
        case StatisticalResult():
            yield from _statistical(result)
        case ExtractionResult():
            yield from _extraction(result)


HEAD = ("check", "seats", "runs", "distance", "verdict", "took")


def row(name: str, result: Result, seconds: float) -> tuple[str, ...]:
    """One result as a row of the table; a distance is a fraction, or a gap that would be seen."""
    seats = ", ".join(f"P{i}" for i in result.corrupted)
    return (name, seats, *_figures(result), result.verdict, amounts.seconds(seconds))


def _figures(result: Result) -> tuple[str, str]:
    match result:
        case ExactResult():
            return f"{result.tapes:,} × {result.inputs:,}", str(result.distance)
        case IdealResult():
            tapes = f"({result.real_tapes:,} + {result.ideal_tapes:,})"
            return f"{tapes} × {result.inputs:,}", str(result.distance)
        case StatisticalResult():
            return f"{result.samples:,} × 2", f"≥ {result.scan.resolution:.2f} is seen"
        case ExtractionResult():
            return f"{result.trials:,}", f"{result.successes} of {result.trials}"


def _exact(r: ExactResult) -> Iterator[Block]:
    yield Line("parameters", f"n = {r.n}, t = {r.t}, {r.field}")
    yield Line("enumerated", f"{r.tapes:,} tapes × {r.inputs:,} inputs = {r.runs:,} runs")
    groups = amounts.count(r.groups, "group")
    yield Line("compared", f"{r.comparisons:,} pairs of inputs that must look alike, in {groups}")
    yield Line("distance", _distance(r.distance, r.soundness))
    if r.evidence is not None:
        one, two = r.evidence.inputs
        yield Line("inputs", f"{_inputs(one)}  against  {_inputs(two)}")
        yield from _telling(r.evidence.telling)
    if r.apart not in (None, 1):
        yield Line("doubt", "views with different outputs look alike: do they hold the output?")
    if r.wrong is not None:
        yield Line("doubt", f"on {_inputs(r.wrong)} an output is not the functionality's")
    if r.idle is not None:
        yield Line("doubt", f"on {_inputs(r.idle)} the deviation did not do what it intends")
    yield from _condition(r.given, r.kept)
    yield from _idealised(r.idealised)


def _ideal(r: IdealResult) -> Iterator[Block]:
    yield Line(
        "enumerated",
        f"{r.real_tapes:,} real and {r.ideal_tapes:,} ideal tapes × {r.inputs:,} inputs",
    )
    yield Line("distance", _distance(r.distance, r.soundness))
    if r.at is not None and r.telling is not None:
        yield Line("input", _inputs(r.at))
        yield from _telling(r.telling)
    yield from _condition(r.given, r.kept)
    yield from _idealised(r.idealised)


def _statistical(r: StatisticalResult) -> Iterator[Block]:
    one, two = r.inputs
    yield Line("sampled", f"{r.samples} views each of {_inputs(one)}  and  {_inputs(two)}")
    yield from _scan(r.scan)
    if r.planted is not None:
        yield Line("planted", f"{r.planted_name}: {'found' if r.planted.leaks else 'NOT found'}")


def _scan(scan: Scan) -> Iterator[Block]:
    yield Line("tested", f"{scan.tests:,} features at {LEVEL:g} over the whole table")
    yield Line("power", f"one whose distribution functions differ by {scan.resolution:.2f} is seen")
    yield Line("classifier", f"right on {scan.accuracy:.0%} of held-out views")
    for finding in scan.findings[:SHOWN]:
        yield Line("tells", f"{finding.feature}: gap {finding.gap:.2f}, p ≤ {finding.chance:.1e}")


def _extraction(r: ExtractionResult) -> Iterator[Block]:
    yield Line("attacker", f"{r.extractor}, {r.guesses} guesses a trial at most")
    yield Line("successes", f"{r.successes} of {r.trials}; blindly {r.bound:.1e} a trial")
    yield Line("planted", f"{r.planted_name}: {r.planted} of {r.trials}")


def _distance(distance: Fraction, soundness: Fraction) -> str:
    bound = f", declared soundness error {soundness}" if soundness else ""
    return f"{distance} (total variation, exact){bound}"


def _telling(telling: Telling) -> Iterator[Block]:
    one, two = telling.odds
    yield Line("this view", f"has chance {one} under the one and {two} under the other:")
    for event in telling.events[:SHOWN]:
        yield Line("", f"{event} (never under the other)")
    for k, (label, number) in enumerate(telling.values.items()):
        if k == SHOWN:
            yield Line("", f"… and {len(telling.values) - SHOWN} more")
            break
        yield Line("", f"{label} = {number}")


def _condition(given: tuple[str, ...], kept: Fraction) -> Iterator[Block]:
    """Where only some of the tapes count."""
    if given:
        yield Line("given", f"no second attempt in {', '.join(given)}: {kept} of the tapes")


def _idealised(things: tuple[str, ...]) -> Iterator[Block]:
    if things:
        yield Line("ideal", "; ".join(things))


def _inputs(inputs: Mapping[int, Any]) -> str:
    parties = (f"P{i}: {', '.join(map(str, values))}" for i, values in inputs.items() if values)
    return "; ".join(parties) or "no inputs"
