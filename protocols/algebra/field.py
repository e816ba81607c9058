"""Prime fields F_p for every prime p: words below 2^64, Python integers above.

There is one object per prime, so fields are compared by identity. Knows neither engines
(`arithmetic.py`) nor sharing. Binary fields are in `binary.py`, rings in `ring.py`.
"""

import re
from functools import cache
from typing import Any, final

from turncoat.protocols.algebra.modular import Modular
from turncoat.protocols.algebra.primes import is_prime
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec

__all__ = ["Field", "PrimeField", "Vec", "parse_field", "prime_field"]

Field = Algebra  # the name in protocols: most need a field, and those that must have one check

LIMIT = 2**4096  # larger primes take seconds to check, and serve no protocol

_NOTATION = re.compile(
    r"\s*(?:F_)?(?P<base>\d{1,1300})(?:\s*(?:\^|\*\*)\s*(?P<power>\d{1,4}))?"
    r"(?:\s*(?P<sign>[+−-])\s*(?P<offset>\d{1,1300}))?\s*"
)


@final
class PrimeField(Modular):
    """F_p. Made by `prime_field`, once per prime.

    p: the prime; bits: of the largest element; element_bytes: ⌈bits/8⌉; name: "2^61 - 1", "F_101".
    """

    __slots__ = ()

    def __init__(self, p: int) -> None:
        super().__init__(_name(p), p, field=True)

    def __repr__(self) -> str:
        return f"prime_field({self.p})"

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return prime_field, (self.p,)  # a copy is the same field


def _name(p: int) -> str:
    """ "2^61 - 1" for a large prime just below a power of two, "F_101" for any other."""
    short = 2 ** p.bit_length() - p
    return f"2^{p.bit_length()} - {short}" if p.bit_length() > 30 and short < 1000 else f"F_{p}"


@cache
def prime_field(p: int) -> PrimeField:
    """F_p, the same object for the same p.

    p: a prime below 2^4096, fastest 2^31 − 1 and 2^61 − 1. ValueError for anything else.
    """
    if not 2 <= p < LIMIT:
        raise ValueError(f"p = {p}: a prime field needs a prime with 2 <= p < 2^4096")
    if not is_prime(p):
        raise ValueError(f"p = {p} is not prime: nothing but a prime gives a field of p elements")
    return PrimeField(p)


def parse_field(text: str) -> PrimeField:
    """F_p from "101", "F_101", "2^61 - 1" or "2**31-1". ValueError for other texts and numbers."""
    found = _NOTATION.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a field: write a prime, such as "2^61 - 1" or "101"')
    base, power, offset = int(found["base"]), int(found["power"] or 1), int(found["offset"] or 0)
    if base.bit_length() * power > 2 * LIMIT.bit_length():
        raise ValueError(f'"{text}" is not a field: primes are below 2^4096')
    return prime_field(base**power + (offset if found["sign"] == "+" else -offset))
