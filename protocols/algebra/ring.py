"""The rings Z_2^k of integers modulo 2^k: words up to k = 64, pairs of them for k = 128.

Other rings compute with Python integers.

Machine words wrap around by themselves, so these are the fastest structures of all. Half of the
elements have no inverse: nothing here is fit for Shamir's sharing, and sharing over it is refused.
"""

from functools import cache
from typing import Any, final

import numpy as np

from turncoat.protocols.algebra.modular import Modular
from turncoat.protocols.algebra.storage import Elements

LIMIT = 4096


@final
class Ring(Modular):
    """Z_2^k. Made by `ring`, once per k.

    k: bits; order: 2^k; name: "Z_2^64". `centred` gives two's complement: −2^(k−1) … 2^(k−1) − 1.
    """

    __slots__ = ("k",)

    def __init__(self, k: int) -> None:
        super().__init__(f"Z_2^{k}", 2**k, field=False)
        self.k = k

    def __repr__(self) -> str:
        return f"ring({self.k})"

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return ring, (self.k,)  # a copy is the same ring

    def _inverses(self, flat: Elements) -> Elements:
        """Newton's iteration for all elements at once: y ← y·(2 − x·y) doubles the right bits.

        It begins with y = x, right in three bits: x² ≡ 1 modulo 8 for odd x.
        """
        even = np.flatnonzero(self.storage.integers(flat) % 2 == 0)
        if even.size:
            at = even[0]
            raise ZeroDivisionError(
                f"element {at} of {flat.size} is {self.storage.integers(flat)[at]}: "
                "an even one has no inverse"
            )
        mul, sub = self.arithmetic.mul, self.arithmetic.sub
        two, inverses, right = self.words(2), flat, 3
        while right < self.k:
            inverses = mul(inverses, sub(two, mul(flat, inverses)))
            right *= 2
        return inverses


@cache
def ring(k: int) -> Ring:
    """Z_2^k, the same object for the same k. ValueError unless 1 ≤ k ≤ 4096."""
    if not 1 <= k <= LIMIT:
        raise ValueError(f"Z_2^{k}: a ring of this kind needs 1 <= k <= {LIMIT}")
    return Ring(k)
