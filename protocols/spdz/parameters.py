"""The parameters of SPDZ, checked once, where they are made. Knows no message and no share."""

from fractions import Fraction
from typing import Self

import attrs

from turncoat.actors.link import SECOND
from turncoat.protocols.algebra.field import Field
from turncoat.protocols.session import Misfit, UnfitRequest

DELTA = 60 * SECOND  # of waits, unless a scenario says otherwise


@attrs.frozen
class SpdzParameters:
    """n parties, of which t may be corrupted, computing over a field with MACs in that field.

    delta: Δ, how long every wait lasts at most [ns]. Raises ValueError for a threshold or a field
    that SPDZ does not have.
    """

    n: int
    t: int
    field: Field
    delta: int

    def __attrs_post_init__(self) -> None:
        if self.n < 2:
            raise ValueError(f"SPDZ is for 2 parties or more, not {self.n}")
        if not 1 <= self.t <= self.n - 1:
            raise ValueError(
                f"SPDZ with n = {self.n} tolerates 1 <= t <= n - 1, not t = {self.t}; use "
                f"t = {self.n - 1}"
            )
        if not self.field.is_field:
            raise ValueError(
                f"SPDZ has its MACs in the field of the values, and {self.field.name} is a ring, "
                "where a lie may hide behind a divisor of 0; use a prime field such as 2^61 - 1"
            )
        if self.delta < 1:
            raise ValueError(f"delta is how long a party waits, at least 1 ns, not {self.delta}")

    @classmethod
    def make(cls, n: int, t: int | None, field: Field, delta: int = DELTA) -> Self:
        """With t = None: the largest, n − 1."""
        return cls(n, n - 1 if t is None else t, field, delta)

    @property
    def check_error(self) -> Fraction:
        """With what probability lies in openings pass the MAC check: (2p − 1)/p², where p counts
        the elements of the field; reached by one lie."""
        p = self.field.order
        return Fraction(2 * p - 1, p * p)


def require_sound(error: Fraction, sigma: int, field: Field) -> None:
    """Raises UnfitRequest if cheating passes with more than 2^−sigma."""
    if error > Fraction(1, 2**sigma):
        message = (
            f"over {field.name} cheating goes unnoticed with probability {float(error):.3g}, more "
            f"than 2^-{sigma}"
        )
        raise UnfitRequest(Misfit("field", message, "use a larger field, or lower sigma"))
