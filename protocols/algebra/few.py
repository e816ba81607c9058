"""Short vectors as lists of Python integers: arithmetic modulo q without NumPy's price of a call.

A call of NumPy costs one microsecond or several, a product of two Python integers 0.05. So a
`Vec` of up to `FEW` elements computes with such lists, and makes an array of them only when asked.

Knows lists of canonical integers in [0, q); not vectors, shapes, or arrays.
"""

from collections.abc import Sequence
from operator import mul
from typing import Final

FEW: Final = 32  # elements of a short vector (measured: from 32 to 64 on NumPy's calls pay)

Integers = list[int]


class FewIntegers:
    """Addition, products and their sums modulo any q. An operand of one integer serves all of the
    other."""

    __slots__ = ("_q",)

    def __init__(self, modulus: int) -> None:
        self._q = modulus

    def add(self, a: Integers, b: Integers) -> Integers:
        q = self._q
        x, y = _even(a, b)
        return [(u + v) % q for u, v in zip(x, y, strict=True)]

    def sub(self, a: Integers, b: Integers) -> Integers:
        q = self._q
        x, y = _even(a, b)
        return [(u - v) % q for u, v in zip(x, y, strict=True)]

    def mul(self, a: Integers, b: Integers) -> Integers:
        q = self._q
        x, y = _even(a, b)
        return [u * v % q for u, v in zip(x, y, strict=True)]

    def dot(self, a: Integers, b: Integers) -> int:
        """Σ_k a_k·b_k, for lists of one length."""
        return sum(map(mul, a, b)) % self._q

    def total(self, a: Integers) -> int:
        return sum(a) % self._q

    def combine(self, coefficients: Sequence[int], rows: Sequence[Integers]) -> Integers:
        """Σ_k c_k·rows[k] for any integers c_k; at least one row, all of one length."""
        q = self._q
        if len(rows[0]) < len(rows):  # the longer loop is the inner one
            columns = zip(*rows, strict=True)
            return [sum(map(mul, coefficients, column)) % q for column in columns]
        sums = [0] * len(rows[0])
        for c, row in zip(coefficients, rows, strict=True):
            sums = [w + c * v for w, v in zip(sums, row, strict=True)]
        return [w % q for w in sums]

    def horner(self, rows: Sequence[Integers], points: Sequence[int]) -> list[Integers]:
        """Σ_k rows[k]·x^k for each point x; at least one row, all of one length."""
        q, columns, values = self._q, [*zip(*rows[::-1], strict=True)], list[Integers]()
        for x in points:
            row: Integers = []
            for column in columns:
                w = 0
                for c in column:
                    w = w * x + c  # reduced but once: a few words do not make it slow
                row.append(w % q)
            values.append(row)
        return values


def _even(a: Integers, b: Integers) -> tuple[Integers, Integers]:
    """Both of one length, one integer repeated if need be."""
    if len(a) == len(b):
        return a, b
    return (a * len(b), b) if len(a) == 1 else (a, b * len(a))
