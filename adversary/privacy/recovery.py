"""The extraction check for protocols that are no matter of one field: an attacker of their own.

As `extraction.py`: inputs are drawn from so many that no guess succeeds by accident, and the
attacker must succeed on the planted leak. Knows no protocol.
"""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from turncoat.actors.randomness import derive
from turncoat.adversary.privacy.ensemble import Inputs
from turncoat.adversary.privacy.extraction import PRIOR, TRIALS, ExtractionResult
from turncoat.adversary.privacy.sampling import Source
from turncoat.adversary.views import View


@attrs.frozen(kw_only=True)
class Recovery:
    """An extractor of its own at work on a protocol that is no matter of one field.

    guesses: of a source and a view of it, at the victim's numbers. draw: trial → everybody's
    inputs. prior: the chance of one blind guess. planted: the same protocol with the leak that must
    be found. Raises ValueError if a blind guess is too good.
    """

    source: Source
    planted: Source
    extractor: str
    guesses: Callable[[Any, View], Iterable[tuple[int, ...]]]
    victim: int
    draw: Callable[[int], Inputs]
    prior: float
    trials: int = TRIALS
    seed: int = 1

    def __attrs_post_init__(self) -> None:
        if self.prior > PRIOR:
            raise ValueError(f"{self.extractor}: a blind guess succeeds with more than 2^-40")


def recover(given: Recovery) -> ExtractionResult:
    """Let the extractor loose on the protocol and on its planted leak."""
    successes, guesses = _recovered(given, given.source)
    planted, more = _recovered(given, given.planted)
    most = max(guesses, more)
    return ExtractionResult(
        name=given.source.name,
        corrupted=given.source.corrupted,
        field=given.source.terms,
        extractor=given.extractor,
        trials=given.trials,
        successes=successes,
        planted=planted,
        planted_name=given.planted.name,
        guesses=most,
        bound=most * given.prior,
    )


def _recovered(given: Recovery, source: Source) -> tuple[int, int]:
    """(successes, the most guesses in a trial)."""
    successes, most = 0, 0
    for trial in range(given.trials):
        inputs = given.draw(trial)
        seed = int.from_bytes(derive(given.seed, "trial", trial)[:7], "little")
        guesses = list(given.guesses(source, source.view(inputs, seed)))
        successes += inputs[given.victim] in guesses
        most = max(most, len(guesses))
    return successes, most
