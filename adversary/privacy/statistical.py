"""The statistical check: do views for two inputs look alike that must?

For large fields and real cryptography. Every feature is tested by itself, and a linear classifier
on all of them; the level 10^−6 is that of the whole table. It runs beside the same protocol with a
leak planted, which it must find. A pass says "no leak found", and of what size one would have been:
it is no proof.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.features import features, table
from turncoat.adversary.privacy.sampling import Source, samples
from turncoat.adversary.privacy.two_sample import chance_of_gap, chance_of_hits, gap, least_gap
from turncoat.adversary.views import View

LEVEL = 1e-6  # family-wise, over the whole table
SAMPLES = 200  # views for each input
SHRINKAGE = 0.02  # of the classifier's covariance: there may be more features than views


@attrs.frozen(kw_only=True)
class Experiment:
    """A protocol, two inputs, and the leak that must be found. inputs: two that agree on what the
    corrupted parties may know. planted: the same with a leak. Raises ValueError if the inputs are
    no such pair."""

    ensemble: Ensemble | Source
    inputs: tuple[Inputs, Inputs]
    planted: Ensemble | Source
    samples: int = SAMPLES
    seed: int = 1

    def __attrs_post_init__(self) -> None:
        one, two = (self.ensemble.known(inputs) for inputs in self.inputs)
        if one != two:
            raise ValueError(
                f"{self.ensemble.name}: on one input the corrupted parties know {one}, on the "
                f"other {two}; give two inputs that agree on their inputs and outputs"
            )


@attrs.frozen
class Finding:
    """A feature that tells the inputs apart. gap: sup|F − G|. chance: of such a gap, at most, in
    the whole table, if there were no difference."""

    feature: str
    gap: float
    chance: float


@attrs.frozen(kw_only=True)
class Scan:
    """One table. tests: how many. findings: the significant ones, the surest first. accuracy: of
    the classifier on held-out views, 0.5 for a guess; chance: of so many hits, in the whole table.
    resolution: the least gap of a single feature that would have been found."""

    tests: int
    findings: tuple[Finding, ...]
    accuracy: float
    chance: float
    resolution: float

    @property
    def leaks(self) -> bool:
        return bool(self.findings) or self.chance <= LEVEL


@attrs.frozen(kw_only=True)
class StatisticalResult:
    """What the table of the protocol, and that of its planted leak, showed. planted: None where
    the protocol itself leaks, so that nobody need ask whether the check could have found it."""

    name: str
    corrupted: tuple[int, ...]
    field: str
    inputs: tuple[Inputs, Inputs]
    samples: int
    scan: Scan
    planted: Scan | None
    planted_name: str

    @property
    def verdict(self) -> Literal["CLEAN", "LEAK", "INCONCLUSIVE"]:
        if self.scan.leaks:
            return "LEAK"
        return "CLEAN" if self.planted is not None and self.planted.leaks else "INCONCLUSIVE"


def examine(experiment: Experiment) -> StatisticalResult:
    """Scan a protocol and its planted leak."""
    one, two = experiment.inputs
    found = scan(experiment.ensemble, (one, two), experiment.samples, experiment.seed)
    planted = None
    if not found.leaks:
        planted = scan(experiment.planted, (one, two), experiment.samples, experiment.seed)
    return StatisticalResult(
        name=experiment.ensemble.name,
        corrupted=experiment.ensemble.corrupted,
        field=_terms(experiment.ensemble),
        inputs=(one, two),
        samples=experiment.samples,
        scan=found,
        planted=planted,
        planted_name=experiment.planted.name,
    )


def _terms(source: Ensemble | Source) -> str:
    return source.field.name if isinstance(source, Ensemble) else source.terms


def scan(ensemble: Ensemble | Source, inputs: tuple[Inputs, Inputs], count: int, seed: int) -> Scan:
    """Test every feature of the views of two inputs, `count` views each."""
    one, two = (
        samples(ensemble, given, count, 2 * seed + side) for side, given in enumerate(inputs)
    )
    return scan_of(one, two)


def scan_of(one: Iterable[View], two: Iterable[View]) -> Scan:
    """Test every feature of two equally large samples of views."""
    rows = [[features(view) for view in views] for views in (one, two)]
    names, matrix = table([*rows[0], *rows[1]])
    count = len(rows[0])
    tests = len(names) + 1
    found = list[Finding]()
    for name, column in zip(names, matrix.T, strict=True):
        distance = gap(column[:count], column[count:])
        chance = min(1.0, tests * chance_of_gap(count, distance))
        if chance <= LEVEL:
            found.append(Finding(name, distance / count, chance))
    hits, held_out = classified(matrix, count)
    least = least_gap(count, LEVEL / tests)
    return Scan(
        tests=tests,
        findings=tuple(sorted(found, key=lambda f: (f.chance, -f.gap, f.feature))),
        accuracy=hits / held_out if held_out else 0.5,
        chance=min(1.0, tests * chance_of_hits(held_out, hits)),
        resolution=1.0 if least is None else least / count,
    )


def classified(matrix: NDArray[np.float64], count: int) -> tuple[int, int]:
    """(hits, held-out views) of Fisher's discriminant, fitted on every other view."""
    one, two = matrix[:count], matrix[count:]
    train = (one[0::2], two[0::2])
    held = (one[1::2], two[1::2])
    weights, bias = _discriminant(*train)
    hits = int((held[0] @ weights < bias).sum()) + int((held[1] @ weights >= bias).sum())
    return hits, len(held[0]) + len(held[1])


def _discriminant(
    one: NDArray[np.float64], two: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights and threshold: above it, the second."""
    both = np.concatenate((one, two))
    centre, scale = both.mean(axis=0), both.std(axis=0)
    scale = np.where(scale > 0, scale, np.inf)  # constant features weigh nothing
    one, two = (one - centre) / scale, (two - centre) / scale
    within = np.concatenate((one - one.mean(axis=0), two - two.mean(axis=0)))
    difference = two.mean(axis=0) - one.mean(axis=0)
    # (Wᵀ·W/k + λ·1)⁻¹·δ through the smaller of the two Gram matrices [Woodbury].
    k = len(within)
    gram = within @ within.T / k + SHRINKAGE * np.eye(k)
    inner = cast("NDArray[np.float64]", np.linalg.solve(gram, within @ difference))
    weights: NDArray[np.float64] = (difference - within.T @ inner / k) / SHRINKAGE / scale
    middle = float((both[: len(one)].mean(axis=0) + both[len(one) :].mean(axis=0)) @ weights / 2)
    return weights, middle


def inputs_text(inputs: Sequence[Inputs]) -> str:
    """Two inputs for people."""
    return " and ".join(
        ", ".join(f"P{i}: {list(values)}" for i, values in given.items()) for given in inputs
    )
