"""The extraction check: an explicit attacker guesses an honest input from the view.

Honest inputs are uniform in a field so large that a guess succeeds with at most 2^−40, so a single
success is no accident. The attacker must succeed on the same protocol with a leak planted, or the
result is inconclusive. A pass says that *this* attacker fails.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

import attrs

from turncoat.actors.randomness import derive
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.sampling import sample
from turncoat.adversary.views import View
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.primitives.symmetric import AesCtrTape

TRIALS = 20
PRIOR = 2.0**-40  # the most by which all guesses of one trial may succeed blindly

Extractor = Callable[[View, Field, Sequence[int]], Iterable[int]]


def bare(view: View, field: Field, known: Sequence[int]) -> Iterator[int]:
    """Is some element that came the input itself?"""
    for _, values in _dealings(view):
        yield from values.values()


def interpolated(view: View, field: Field, known: Sequence[int]) -> Iterator[int]:
    """Are the corrupted parties' shares of one dealing enough to interpolate it at 0?"""
    for _, values in _dealings(view):
        if len(values) > 1:
            yield _at_zero(field, values)


def shifted(view: View, field: Field, known: Sequence[int]) -> Iterator[int]:
    """Do two dealings of one party differ by what their secrets differ by? known: one secret."""
    dealings = list(_dealings(view))
    for (one, a), (two, b) in combinations(dealings, 2):
        if one[1:] == two[1:]:
            for receiver in a.keys() & b.keys():
                for secret in known:
                    yield (secret + b[receiver] - a[receiver]) % field.order
                    yield (secret + a[receiver] - b[receiver]) % field.order


EXTRACTORS: Mapping[str, Extractor] = {
    "bare": bare,
    "interpolated": interpolated,
    "shifted": shifted,
}


def _dealings(view: View) -> Iterator[tuple[tuple[str, str, int], dict[int, int]]]:
    """(sid, kind, sender) → what each corrupted receiver got, one entry at a time."""
    found = dict[tuple[str, str, int], dict[int, Vec]]()
    for m in view.received:
        for value in m.fields.values():
            if isinstance(value, Vec) and value.size:
                found.setdefault((m.sid, m.kind, m.sender), {})[m.receiver] = value
    for key, values in found.items():
        for k in range(min(vec.size for vec in values.values())):
            yield key, {i: _entry(vec, k) for i, vec in values.items()}


def _entry(vec: Vec, k: int) -> int:
    return int(vec.field.storage.integers(vec.ravel()[k : k + 1].array)[0])


def _at_zero(field: Field, values: Mapping[int, int]) -> int:
    lam = lagrange(tuple(values), field=field)
    return sum(a * b for a, b in zip(lam, values.values(), strict=True)) % field.order


@attrs.frozen(kw_only=True)
class Attack:
    """An extractor at work. target: (party, position) of the honest input that it is after. known:
    positions of the same party's inputs that the attacker is told. Raises ValueError for a field in
    which a blind guess is too good."""

    ensemble: Ensemble
    extractor: str
    target: tuple[int, int]
    planted: Ensemble
    known: tuple[int, ...] = ()
    trials: int = TRIALS
    seed: int = 1

    def __attrs_post_init__(self) -> None:
        if self.ensemble.field.order * PRIOR < 1:
            raise ValueError(
                f"in {self.ensemble.field.name} a blind guess succeeds with more than 2^-40: take "
                "a field of at least 2^40 elements"
            )


@attrs.frozen(kw_only=True)
class ExtractionResult:
    """successes, planted: of `trials` each, by the extractor on the protocol and on its planted
    leak. guesses: the most in one trial. bound: on one blind trial's success."""

    name: str
    corrupted: tuple[int, ...]
    field: str
    extractor: str
    trials: int
    successes: int
    planted: int
    planted_name: str
    guesses: int
    bound: float

    @property
    def verdict(self) -> Literal["CLEAN", "LEAK", "INCONCLUSIVE"]:
        if self.successes:
            return "LEAK"
        return "CLEAN" if self.planted == self.trials else "INCONCLUSIVE"


def attack(given: Attack) -> ExtractionResult:
    """Let the extractor loose on the protocol and on its planted leak."""
    successes, guesses = _trials(given, given.ensemble)
    planted, more = _trials(given, given.planted)
    most = max(guesses, more)
    return ExtractionResult(
        name=given.ensemble.name,
        corrupted=given.ensemble.corrupted,
        field=given.ensemble.field.name,
        extractor=given.extractor,
        trials=given.trials,
        successes=successes,
        planted=planted,
        planted_name=given.planted.name,
        guesses=most,
        bound=most / given.ensemble.field.order,
    )


def _trials(given: Attack, ensemble: Ensemble) -> tuple[int, int]:
    """(successes, the most guesses in a trial)."""
    successes, most = 0, 0
    party, position = given.target
    for trial in range(given.trials):
        inputs = random_inputs(ensemble, given.seed, trial)
        view = sample(ensemble, inputs, int.from_bytes(derive(given.seed, "trial", trial)[:7]))
        told = [inputs[party][k] for k in given.known]
        guesses = list(EXTRACTORS[given.extractor](view, ensemble.field, told))
        successes += inputs[party][position] in guesses
        most = max(most, len(guesses))
    return successes, most


def random_inputs(ensemble: Ensemble, seed: int, trial: int) -> Inputs:
    """Uniform inputs for everybody."""
    inputs = dict[int, tuple[int, ...]]()
    for party, count in ensemble.inputs.items():
        vec = ensemble.field.random(AesCtrTape(derive(seed, "inputs", trial, party)), count)
        inputs[party] = tuple(int(n) for n in ensemble.field.storage.integers(vec.array))
    return inputs
