"""⟨x⟩, the authenticated sharing of SPDZ: shares of x and of α·x, both additive.

P_i holds x_i and γ(x)_i with Σ x_i = x and Σ γ(x)_i = α·x. What is linear is local. A public
constant is no share: it takes the MAC key's share to make it one (`MacKey.constant`). Knows
neither keys nor messages.
"""

from collections.abc import Sequence
from typing import Any, SupportsIndex

import attrs

from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.refusals import NotAnArray
from turncoat.protocols.algebra.vec import Shape


@attrs.frozen
class AuthShare(NotAnArray):
    """One party's part of ⟨x⟩; both vectors have the shape of x.

    `+`, `-` with other shares, `*`, `@` with public vectors, integers and integer arrays; broadcast
    as in numpy. Whatever else would compute something wrong is refused.
    """

    value: Vec
    mac: Vec

    @property
    def shape(self) -> Shape:
        return self.value.shape

    @property
    def size(self) -> int:
        return self.value.size

    def __len__(self) -> int:
        return len(self.value)

    def __add__(self, other: Any) -> "AuthShare":
        other = _share(other)
        return AuthShare(self.value + other.value, self.mac + other.mac)

    def __sub__(self, other: Any) -> "AuthShare":
        other = _share(other)
        return AuthShare(self.value - other.value, self.mac - other.mac)

    def __neg__(self) -> "AuthShare":
        return AuthShare(-self.value, -self.mac)

    def __mul__(self, other: Any) -> "AuthShare":
        _require_public(other)
        return AuthShare(self.value * other, self.mac * other)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> "AuthShare":
        _require_public(other)
        return AuthShare(self.value @ other, self.mac @ other)

    def __rmatmul__(self, other: Any) -> "AuthShare":
        return AuthShare(other @ self.value, other @ self.mac)

    def sum(self, axis: int | None = None) -> "AuthShare":
        return AuthShare(self.value.sum(axis), self.mac.sum(axis))

    def __getitem__(self, index: Any) -> "AuthShare":
        return AuthShare(self.value[index], self.mac[index])

    def reshape(self, *shape: SupportsIndex | Shape) -> "AuthShare":
        return AuthShare(self.value.reshape(*shape), self.mac.reshape(*shape))


def concatenate(shares: Sequence[AuthShare]) -> AuthShare:
    """One after the other along the first axis; at least one."""
    field = shares[0].value.field
    value = field.concatenate([share.value for share in shares])
    return AuthShare(value, field.concatenate([share.mac for share in shares]))


def broadcast(share: AuthShare, shape: Shape) -> AuthShare:
    """The same entries, repeated as numpy would, in that shape."""
    if share.shape == shape:
        return share
    zeros = share.value.field.zeros(shape)
    return AuthShare(share.value + zeros, share.mac + zeros)


def _share(other: Any) -> AuthShare:
    if not isinstance(other, AuthShare):
        raise TypeError(
            f"an authenticated share and a {type(other).__name__} do not add up: the MAC of a "
            "public constant takes the key, so write key.add(x, c) or x + key.constant(c)"
        )
    return other


def _require_public(other: Any) -> None:
    if isinstance(other, AuthShare):
        raise TypeError("the product of two shares needs the network and a triple: see beaver.py")
