"""An exact quotient of two public integers, kept as it arose: opened integer / public divisor.

It is never reduced, so that a report shows both numbers, and is compared as a number. Knows
nothing of secrets.
"""

from fractions import Fraction

import attrs


@attrs.frozen
class ExactFraction:
    """numerator / denominator, with denominator > 0; raises ValueError otherwise.

    Two of them are equal when both parts are: the divisor is public, so parties agree on it.
    """

    numerator: int
    denominator: int

    def __attrs_post_init__(self) -> None:
        if self.denominator <= 0:
            raise ValueError(f"{self.exact}: the denominator must be positive")

    @property
    def value(self) -> float:
        """The nearest float."""
        return self.numerator / self.denominator

    @property
    def exact(self) -> str:
        """ "206200/5", unreduced."""
        return f"{self.numerator}/{self.denominator}"

    @property
    def fraction(self) -> Fraction:
        """The same number, reduced: for comparing with an expectation."""
        return Fraction(self.numerator, self.denominator)

    def to_json(self) -> dict[str, float | str]:
        """{"value": 41240.0, "exact": "206200/5"}."""
        return {"value": self.value, "exact": self.exact}

    def __str__(self) -> str:
        return f"{self.value} ({self.exact})"
