"""A prime field or a ring Z_q of which every element is a `Lanes`: the protocol's own code computes
with it, and knows no difference.

Public constants stay plain integers, so Lagrange coefficients cost what they always cost. A vector
of m elements is an array of m `Lanes`: its shape, its encoded size and so the ledger are those of
one run. Knows no tape and no view.
"""

from functools import cache
from math import gcd
from typing import Any, cast, final

import numpy as np

from turncoat.actors.randomness import Tape
from turncoat.adversary.privacy.lanes import Lanes, NotEnumerable, Numbers
from turncoat.protocols.algebra.modular import IntegerArithmetic
from turncoat.protocols.algebra.storage import Elements, IntegerStorage, WordStorage
from turncoat.protocols.algebra.structure import Algebra

_NONE = -1  # in the table of inverses
GREATEST = 1 << 15  # a product of two elements, added up a few times, fits 64 bits easily


class LaneStorage(IntegerStorage):
    """Elements as Python integers (the same in all lanes) or as Lanes."""

    def __init__(self, order: int) -> None:
        super().__init__(order)
        self._plain = WordStorage(order)

    def encoded_size(self, count: int) -> int:
        return self._plain.encoded_size(count)

    def packed(self, array: Elements) -> bytes:
        """What the journal takes fingerprints of; of all lanes, one after the other."""
        return b"".join(_octets(element) for element in array.flat)

    def unpacked(self, data: Any) -> Elements:
        raise NotEnumerable(
            "bytes of one run cannot be decoded into lanes; send vectors as they are"
        )

    def draw(self, tape: Tape, count: int) -> Elements:
        return tape.uniform(self._order, count).astype(object)


def _octets(element: Any) -> bytes:
    return (
        element.numbers.tobytes() if type(element) is Lanes else int(element).to_bytes(8, "little")
    )


@final
class LaneAlgebra(Algebra):
    """Made by `in_lanes`, once per structure."""

    __slots__ = ("_inverse", "base")

    def __init__(self, base: Algebra) -> None:
        self.base = base
        order = base.order
        super().__init__(
            base.name, base.p, order, LaneStorage(order), IntegerArithmetic(order),
            field=base.is_field,
        )  # fmt: skip
        inverses = [pow(a, -1, order) if gcd(a, order) == 1 else _NONE for a in range(order)]
        self._inverse: Numbers = np.array(inverses, np.int32)

    def canonical(self, value: int) -> int:
        return value % self.order

    def times(self, a: int, b: int) -> int:
        return a * b % self.order

    def minus(self, a: int, b: int) -> int:
        return (a - b) % self.order

    def reciprocal(self, a: int) -> int:
        return self.base.reciprocal(a)

    def centred(self, array: Elements) -> Elements:
        """Centred integers, a Lanes of them where the lanes differ."""
        signed = np.array([self._signed(element) for element in array.flat], object)
        return signed.reshape(array.shape)

    def words(self, values: Any) -> Elements:
        if isinstance(values, np.ndarray):
            array = cast("Elements", values)
            if array.dtype == object:
                return np.atleast_1d(array % self.order)
        return super().words(values)

    def _signed(self, element: Any) -> Any:
        greatest = self.order // 2 if self.is_field else (self.order - 1) // 2
        if type(element) is Lanes:
            numbers = element.numbers
            return Lanes(numbers - self.order * (numbers > greatest).astype(np.int32), self.order)
        return int(element) - self.order * (element > greatest)

    def _inverses(self, flat: Elements) -> Elements:
        inverses = [self._reciprocal(element) for element in flat]
        for at, inverse in enumerate(inverses):
            if inverse == _NONE:  # asks all lanes: none may be without an inverse
                raise ZeroDivisionError(f"element {at} of {flat.size} has no inverse")
        return self.storage.array(inverses)

    def _reciprocal(self, element: Any) -> Any:
        if type(element) is Lanes:
            return Lanes(self._inverse[element.numbers], self.order)
        return int(self._inverse[int(element)])


@cache
def in_lanes(base: Algebra) -> LaneAlgebra:
    """The same structure with elements in lanes. NotEnumerable for one that is not tiny."""
    if base.order > GREATEST or (base.order != base.p and base.is_field):
        raise NotEnumerable(
            f"{base.name} is not enumerated: the exact check takes prime fields and rings Z_q of "
            f"at most {GREATEST} elements, such as F_5"
        )
    return LaneAlgebra(base)
