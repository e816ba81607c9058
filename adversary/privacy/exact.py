"""The exact check: every tape of a protocol, and equal counts of views or a view that tells.

For a passive adversary and a deterministic functionality: all honest inputs that agree on what the
corrupted parties may know (their inputs, their outputs) must give the same multiset of views. A
protocol that passes is *perfect for these parameters*, which is a proof for them and for no others.
Under a fixed deviation the distance is held to the declared soundness error instead.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from typing import Any, Literal

import attrs

from turncoat.actors.outcome import Output
from turncoat.adversary.privacy.ensemble import (
    Ensemble,
    Inputs,
    Numbered,
    Sight,
    seen,
    sights,
)
from turncoat.adversary.privacy.lane_algebra import in_lanes
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.laws import Law, Telling
from turncoat.adversary.privacy.tapes import Layout, MoreCoins, batch, pilot
from turncoat.protocols.algebra.vec import Vec

MOST_TAPES = 10**8
LANES = 1 << 18  # lanes of one run
MOST_CLASSES = 24  # laws of one group of which every pair is compared
WORTH_A_PROCESS = 2_000_000  # tapes below which starting processes costs more than it saves

Progress = Callable[[int, int], None]  # tapes done, tapes in all


@attrs.frozen
class Evidence:
    """Two inputs that should look alike, and the view by which they do not."""

    inputs: tuple[Inputs, Inputs]
    distance: Fraction
    telling: Telling


@attrs.frozen(kw_only=True)
class ExactResult:
    """What the enumeration showed, for one ensemble.

    tapes: of one input; inputs: that were run; runs: tapes × inputs. groups: of inputs that must
    look alike, with two or more; comparisons: made in them. views: the most different ones that one
    input gave. distance: the greatest found. apart: how far views with different outputs are from
    each other (1, or the views do not even hold the output), None if there are none. wrong: an
    input on which an output was not the functionality's. idle: one on which the deviation did not
    do what it intends. given: where the coins were held to a condition; kept: by what part of them
    it is met.
    """

    name: str
    corrupted: tuple[int, ...]
    field: str
    n: int
    t: int
    tapes: int
    inputs: int
    groups: int
    comparisons: int
    views: int
    distance: Fraction
    soundness: Fraction
    evidence: Evidence | None
    apart: Fraction | None
    wrong: Inputs | None
    idle: Inputs | None
    idealised: tuple[str, ...]
    given: tuple[str, ...] = ()
    kept: Fraction = Fraction(1)

    @property
    def runs(self) -> int:
        return self.tapes * self.inputs

    @property
    def verdict(self) -> Literal["PERFECT", "SOUND", "LEAK", "INCONCLUSIVE"]:
        """PERFECT at distance 0, SOUND within the soundness error, LEAK above it.

        INCONCLUSIVE if no two inputs were compared, if the views could not have told anything, or
        if the protocol or the deviation did not do what it should.
        """
        if self.distance > self.soundness:
            return "LEAK"
        blind = not self.comparisons or self.apart not in (None, 1)
        if blind or self.wrong is not None or self.idle is not None:
            return "INCONCLUSIVE"
        return "PERFECT" if self.distance == 0 else "SOUND"


def exact(
    ensemble: Ensemble,
    *,
    workers: int = 1,
    most_tapes: int = MOST_TAPES,
    progress: Progress | None = None,
) -> ExactResult:
    """Enumerate all tapes on all inputs and compare the views.

    workers: processes, 0 for one a core; the result does not depend on them. Raises NotEnumerable
    for a protocol whose course depends on its coins, and, with the count, for more than
    `most_tapes` tapes, all inputs together.
    """
    layout = first_layout(ensemble)
    check_work(ensemble, layout, ensemble.input_count, most_tapes)
    groups = grouped(ensemble)
    while True:
        check_work(ensemble, layout, ensemble.input_count, most_tapes)
        try:
            found = _examine_all(ensemble, layout, groups, workers, progress)
            break
        except MoreCoins as more:
            layout = more.layout
    return _result(ensemble, layout, groups, found)


def tapes_of(ensemble: Ensemble) -> int:
    """How many tapes one input has, as far as one run tells."""
    return first_layout(ensemble).count


def grouped(ensemble: Ensemble) -> list[list[Inputs]]:
    """The inputs that must look alike to the corrupted parties, in groups."""
    groups = dict[Any, list[Inputs]]()
    for inputs in ensemble.all_inputs():
        groups.setdefault(ensemble.known(inputs), []).append(inputs)
    return list(groups.values())


def first_layout(ensemble: Ensemble) -> Layout:
    """The coins of one run, on the first input and a few tapes. Raises NotEnumerable for a
    structure that is not tiny."""
    in_lanes(ensemble.field)
    inputs, layout = next(iter(ensemble.all_inputs())), Layout()
    while True:
        try:
            for _ in sights(ensemble, inputs, pilot(layout)):
                pass
            return layout
        except MoreCoins as more:
            layout = more.layout


def check_work(ensemble: Ensemble, layout: Layout, inputs: int, most: int) -> None:
    work = layout.count * inputs
    if work > most:
        raise NotEnumerable(
            f"{ensemble.name} has {layout.count:,} tapes × {inputs:,} inputs = "
            f"{work:,} runs, more than {most:,}: take a smaller field, fewer parties or inputs, or "
            "the statistical check"
        )


@attrs.frozen
class Observed:
    """The law of one input's views. right: were all outputs the functionality's? acted: did the
    deviation act in some course of the run?"""

    law: Law
    right: bool
    acted: bool


def law_of(
    ensemble: Ensemble, layout: Layout, inputs: Inputs, observe: Callable[[Sight], Numbered] = seen
) -> Observed:
    """The law of what `observe` tells on one input, over all tapes."""
    law, right, acted = Law(), True, False
    size = layout.batch_size(LANES)
    for start in range(0, layout.count, size):
        tapes = batch(layout, start, min(start + size, layout.count))
        for sight in sights(ensemble, inputs, tapes):
            shape, numbers = observe(sight)
            law.add(shape, numbers, sight.tapes.size)
            right = right and _right(ensemble, inputs, sight)
            acted = acted or sight.acted
    return Observed(law, right, acted)


def _right(ensemble: Ensemble, inputs: Inputs, sight: Sight) -> bool:
    """Is every output what the functionality says? (With a deviation, nobody claims it is.)"""
    if ensemble.deviation is not None:
        return True
    for party, expected in ensemble.functionality(inputs).items():
        outcome = sight.outcomes.get(party)
        if not isinstance(outcome, Output) or not _holds(outcome.value, expected):
            return False
    return True


def _holds(value: Any, expected: Sequence[int]) -> bool:
    if not isinstance(value, Vec) or value.size != len(expected):
        return False
    pairs = zip(value.array.flat, expected, strict=True)
    return all(_everywhere(element, number % value.field.order) for element, number in pairs)


def _everywhere(element: Any, number: int) -> bool:
    numbers = getattr(element, "numbers", None)
    return element == number if numbers is None else bool((numbers == number).all())


@attrs.frozen
class _Group:
    """What one group of inputs showed."""

    comparisons: int
    views: int
    evidence: Evidence | None
    wrong: Inputs | None
    idle: Inputs | None
    kept: Fraction


def _examine(ensemble: Ensemble, layout: Layout, group: Sequence[Inputs]) -> _Group:
    """Run the inputs of one group, and keep one input and one law of every kind that comes."""
    kinds, views, kept = list[tuple[Inputs, Law]](), 0, Fraction(1)
    evidence: Evidence | None = None
    wrong: Inputs | None = None
    idle: Inputs | None = None
    for inputs in group:
        observed = law_of(ensemble, layout, inputs)
        law, views = observed.law, max(views, observed.law.support)
        kept = min(kept, Fraction(law.total, layout.count))
        wrong = wrong if observed.right or wrong is not None else inputs
        idle = idle if observed.acted or idle is not None else inputs
        if any(law.same(other) for _, other in kinds):
            continue
        for other_inputs, other in kinds if len(kinds) <= MOST_CLASSES else kinds[:1]:
            if evidence is None or evidence.distance < 1:
                evidence = _greater(evidence, (other_inputs, other), (inputs, law))
        if len(kinds) <= MOST_CLASSES:
            kinds.append((inputs, law))
    return _Group(len(group) - 1, views, evidence, wrong, idle, kept)


def _greater(
    known: Evidence | None, one: tuple[Inputs, Law], two: tuple[Inputs, Law]
) -> Evidence | None:
    distance = one[1].distance(two[1])
    if distance == 0 or (known is not None and known.distance >= distance):
        return known
    return Evidence((one[0], two[0]), distance, one[1].telling(two[1]))


def _examine_all(
    ensemble: Ensemble,
    layout: Layout,
    groups: Sequence[Sequence[Inputs]],
    workers: int,
    progress: Progress | None,
) -> list[_Group]:
    """Every group of two or more, in order, in this process or in several."""
    worth = [group for group in groups if len(group) > 1]
    total = layout.count * sum(map(len, worth))
    found, done = list[_Group](), 0
    for group, result in zip(worth, _results(ensemble, layout, worth, workers, total), strict=True):
        found.append(result)
        done += layout.count * len(group)
        if progress is not None:
            progress(done, total)
    return found


def _results(
    ensemble: Ensemble, layout: Layout, groups: Sequence[Sequence[Inputs]], workers: int, total: int
) -> Iterator[_Group]:
    count = workers or os.cpu_count() or 1
    if count == 1 or total < WORTH_A_PROCESS:
        yield from (_examine(ensemble, layout, group) for group in groups)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_examine, ensemble, layout, group) for group in groups]
        try:
            yield from (job.result() for job in jobs)
        finally:
            for job in jobs:
                job.cancel()


def _result(
    ensemble: Ensemble, layout: Layout, groups: list[list[Inputs]], found: Sequence[_Group]
) -> ExactResult:
    evidence = [group.evidence for group in found if group.evidence is not None]
    worst = max(evidence, key=lambda e: e.distance, default=None)
    return ExactResult(
        name=ensemble.name,
        corrupted=ensemble.corrupted,
        field=ensemble.field.name,
        n=ensemble.n,
        t=ensemble.t,
        tapes=layout.count,
        inputs=sum(len(group) for group in groups if len(group) > 1),
        groups=len(found),
        comparisons=sum(group.comparisons for group in found),
        views=max((group.views for group in found), default=0),
        distance=worst.distance if worst else Fraction(0),
        soundness=ensemble.soundness,
        evidence=worst,
        apart=_apart(ensemble, layout, groups),
        wrong=next((group.wrong for group in found if group.wrong is not None), None),
        idle=next((group.idle for group in found if group.idle is not None), None),
        idealised=ensemble.idealised,
        given=tuple(ensemble.given),
        kept=min((group.kept for group in found), default=Fraction(1)),
    )


def _apart(
    ensemble: Ensemble, layout: Layout, groups: Sequence[Sequence[Inputs]]
) -> Fraction | None:
    """The distance between two groups that differ in the corrupted parties' outputs alone."""
    first = dict[Any, Mapping[int, tuple[int, ...]]]()
    for group in groups:
        own, outputs = ensemble.known(group[0])
        if own in first and ensemble.known(first[own])[1] != outputs:
            one, two = (law_of(ensemble, layout, i).law for i in (first[own], group[0]))
            return one.distance(two)
        first.setdefault(own, group[0])
    return None
