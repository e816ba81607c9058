"""The parameters of BGW, checked once, where they are made. Knows no message and no share."""

from typing import Self

import attrs

from turncoat.protocols.algebra.field import Field


@attrs.frozen
class BgwParameters:
    """n parties, of which t < n/2 may be corrupted, computing over a field of more than n elements.

    Raises ValueError for a threshold that BGW does not have. t = 0 is refused as well: polynomials
    of degree 0 are constants, and every share would be the secret itself.
    """

    n: int
    t: int
    field: Field

    def __attrs_post_init__(self) -> None:
        if self.n < 3:
            raise ValueError(f"BGW tolerates t < n/2, so it needs 3 parties or more, not {self.n}")
        if not 1 <= self.t < self.n / 2:
            largest = (self.n - 1) // 2
            raise ValueError(
                f"BGW with n = {self.n} tolerates 1 <= t < n/2, not t = {self.t}; use t = {largest}"
            )
        if not self.field.is_field:
            raise ValueError(
                f"BGW shares over a field, and {self.field.name} is none; use a prime field"
            )
        if self.n >= self.field.order:
            raise ValueError(
                f"P1 … P{self.n} need {self.n} distinct points other than 0 in {self.field.name}, "
                f"which has {self.field.order - 1}; use a field of more than {self.n} elements"
            )

    @classmethod
    def make(cls, n: int, t: int | None, field: Field) -> Self:
        """With t = None: the largest t < n/2."""
        return cls(n, (n - 1) // 2 if t is None else t, field)
