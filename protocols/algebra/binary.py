"""The binary fields GF(2), GF(2^8) and GF(2^128).

An element is a polynomial over GF(2), and is written as the integer with its coefficients as bits.
So 3 is x + 1, and not 1 + 1 + 1: except in GF(2), integers stand for elements by their bits and
are never reduced. Addition is an exclusive or, and every element is its own negative.
"""

from functools import cache
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.algebra import carryless
from turncoat.protocols.algebra.binary_arithmetic import (
    AES,
    GCM,
    BitArithmetic,
    OctetArithmetic,
    PairArithmetic,
    octet_inverses,
)
from turncoat.protocols.algebra.storage import BitStorage, Elements, OctetStorage, PairStorage
from turncoat.protocols.algebra.structure import Algebra, ArrayArithmetic, Storage

MODULI = {1: 0b10, 8: AES, 128: GCM}


@final
class BinaryField(Algebra):
    """GF(2^k). Made by `binary_field`, once per k.

    k: the degree; order: 2^k; modulus: the polynomial, as an integer; name: "GF(2^8)", "GF(2)".
    GF(2) takes any integer modulo 2, the others 0 … 2^k − 1 only (ValueError).
    """

    __slots__ = ("k", "modulus")

    def __init__(self, k: int) -> None:
        name = f"GF(2^{k})" if k > 1 else "GF(2)"
        super().__init__(name, 2, 2**k, *_parts(k), field=True)
        self.k = k
        self.modulus = MODULI[k]

    def __repr__(self) -> str:
        return f"binary_field({self.k})"

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return binary_field, (self.k,)  # a copy is the same field

    def canonical(self, value: int) -> int:
        if self.k == 1:
            return value & 1
        if not 0 <= value < self.order:
            raise ValueError(
                f"{value} is no element of {self.name}: write the coefficients of a polynomial as "
                f"the bits of an integer from 0 to 2^{self.k} - 1"
            )
        return value

    def times(self, a: int, b: int) -> int:
        return carryless.reduce(carryless.multiply(a, b), self.k, self.modulus)

    def minus(self, a: int, b: int) -> int:
        return a ^ b

    def reciprocal(self, a: int) -> int:
        if not a:
            raise ZeroDivisionError(f"0 has no inverse in {self.name}")
        return carryless.invert(a, self.modulus)

    def centred(self, array: Elements) -> NDArray[Any]:
        """The elements as integers: there is no order in which one could be negative."""
        integers = self.storage.integers(array)
        return integers if integers.dtype == object else integers.astype(np.int64)

    def _inverses(self, flat: Elements) -> Elements:
        if self.k > 8 or not flat.all():
            return super()._inverses(flat)
        return flat if self.k == 1 else octet_inverses().take(flat)

    def _reduced(self, array: NDArray[Any]) -> Elements:
        if array.dtype.kind == "O" or self.k > 64:
            return super()._reduced(array)
        if self.k == 1:
            return (array & 1).astype(np.uint8)
        if array.size and not 0 <= array.min() <= array.max() < self.order:
            self.canonical(int(array[(array < 0) | (array >= self.order)][0]))
        return array.astype(np.uint8)


def _parts(k: int) -> tuple[Storage, ArrayArithmetic]:
    if k == 1:
        return BitStorage(), BitArithmetic(BitStorage())
    if k == 8:
        return OctetStorage(), OctetArithmetic()
    return PairStorage(2**128), PairArithmetic()


@cache
def binary_field(k: int) -> BinaryField:
    """GF(2^k), the same object for the same k. ValueError unless k is 1, 8 or 128."""
    if k not in MODULI:
        raise ValueError(f"GF(2^{k}): the binary fields here are GF(2), GF(2^8) and GF(2^128)")
    return BinaryField(k)
