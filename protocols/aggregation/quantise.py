"""Real numbers as integers in [0, R_U), with an exact statement of the error.

An entry x is clipped to [−c, c] and rounded to the nearest multiple of 2^−f, halves to even; what
is sent is (x + c)·2^f, an integer in [0, 2c·2^f]. A weighted vector is sent as w·q with w itself as
one entry more, so that the sum of weights is a declared output. Knows no client and no mask.

The mean of quantised inputs differs from the mean of the clipped ones by at most 2^−(f+1) in every
entry: exactly, as fractions; the one division at the end adds the rounding of a float. Weights are
integers, so a weighted mean has the same bound. Clipping is exact for entries within [−c, c], and
moves others to the nearer end.
"""

from fractions import Fraction

import attrs
import numpy as np
from numpy.typing import NDArray

_MOST_BITS = 52  # of 2c·2^f: then every step below is exact in double precision


@attrs.frozen(kw_only=True)
class Quantiser:
    """clip: c > 0, a multiple of 2^−f. fraction_bits: f ≥ 0. max_weight: weights are integers in
    [1, max_weight]; 1 for a plain mean, which sends no weights.

    Raises ValueError for a clip that is no such multiple, and where 2c·2^f exceeds 2^52.
    """

    clip: float
    fraction_bits: int
    max_weight: int = 1

    def __attrs_post_init__(self) -> None:
        steps = Fraction(self.clip) * 2**self.fraction_bits
        if steps.denominator != 1 or steps < 1:
            raise ValueError(
                f"clip {self.clip} is no positive multiple of 2^-{self.fraction_bits}: the ends "
                "of the range must be among the values that are sent"
            )
        if 2 * steps > 1 << _MOST_BITS:
            raise ValueError(
                f"clip {self.clip} with {self.fraction_bits} fraction bits has 2^{_MOST_BITS} "
                "steps or more; take fewer bits, or a smaller clip"
            )
        if self.max_weight < 1:
            raise ValueError(f"weights up to {self.max_weight}: they are integers from 1 on")

    @property
    def steps(self) -> int:
        """2c·2^f, the greatest integer that an entry becomes."""
        return int(2 * Fraction(self.clip) * 2**self.fraction_bits)

    @property
    def bound(self) -> int:
        """R_U: entries that are sent lie in [0, R_U)."""
        return self.max_weight * self.steps + 1

    @property
    def weighted(self) -> bool:
        return self.max_weight > 1

    @property
    def error(self) -> Fraction:
        """How far the mean may be from the mean of the clipped inputs, in every entry."""
        return Fraction(1, 2 ** (self.fraction_bits + 1))

    def length(self, entries: int) -> int:
        """m: how many integers are sent for so many entries."""
        return entries + self.weighted

    def quantise(self, x: NDArray[np.floating], weight: int = 1) -> NDArray[np.uint64]:
        """What a client sends for the flat vector x. ValueError for entries that are no numbers,
        and for a weight out of range."""
        if not 1 <= weight <= self.max_weight:
            raise ValueError(f"weight {weight}: it must lie between 1 and {self.max_weight}")
        x = np.asarray(x, np.float64)
        if np.isnan(x).any():
            raise ValueError(f"entry {int(np.flatnonzero(np.isnan(x))[0])} is not a number")
        clipped = np.clip(x, -self.clip, self.clip)
        # |clipped·2^f| ≤ 2^51, so scaling, rounding and adding are exact.
        rounded = np.rint(np.ldexp(clipped, self.fraction_bits))
        q = (rounded + self.steps // 2).astype(np.uint64) * np.uint64(weight)
        return np.append(q, np.uint64(weight)) if self.weighted else q

    def mean(self, total: NDArray[np.integer], clients: int) -> NDArray[np.float64]:
        """The mean, from the sum over so many clients. ValueError for a sum of weights of 0."""
        weights = int(total[-1]) if self.weighted else clients
        if weights < 1:
            raise ValueError("the weights of all clients add to 0: there is no mean")
        sums = total[: total.size - self.weighted]
        steps = sums.astype(np.float64) / weights - self.steps / 2
        return np.ldexp(steps, -self.fraction_bits)

    def exact_mean(self, total: NDArray[np.integer], clients: int) -> list[Fraction]:
        """The same as fractions, without any rounding."""
        weights = int(total[-1]) if self.weighted else clients
        scale = 2**self.fraction_bits
        return [
            (Fraction(int(entry), weights) - Fraction(self.steps, 2)) / scale
            for entry in total[: total.size - self.weighted]
        ]
