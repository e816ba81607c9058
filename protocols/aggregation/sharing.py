"""Shamir shares of 256-bit secrets: two elements of GF(2^128) each, many secrets at a time.

Client P_i's point is i. A client deals its two secrets at once; the server interpolates at 0 for
thousands of clients at once, each from points of its own. Knows no message and no key.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.shamir import deal
from turncoat.protocols.algebra.storage import PAIR
from turncoat.protocols.algebra.vec import Vec

SECRET_BYTES = 32

_FIELD = binary_field(128)
_BLOCK = 512  # secrets interpolated at a time: the table of differences stays small
_WORTH = 60  # products modulo a prime that take as long as one in GF(2^128)


def share_secrets(
    secrets: Sequence[bytes], threshold: int, points: Sequence[int], coins: Tape
) -> NDArray[np.uint8]:
    """Each of the 32-byte secrets, threshold-of-len(points): shape (points, secrets, 32).

    Any threshold − 1 of the rows are independent of the secrets. ValueError unless 1 ≤ threshold ≤
    number of points, and for points that are not distinct.
    """
    at_zero = _FIELD.decode(b"".join(secrets))
    _announce(len(points) * threshold * at_zero.size)
    dealt = deal(at_zero, threshold - 1, points, coins)
    table = np.stack([share.array for share in dealt.values()])
    return table.view(np.uint8).reshape(len(points), len(secrets), SECRET_BYTES)


def reconstruct_secrets(points: NDArray[Any], shares: NDArray[np.uint8]) -> list[bytes]:
    """The secrets of V dealers from `threshold` shares each.

    points: shape (V, threshold), distinct in each row; (1, threshold) if all rows are the same.
    shares: (V, threshold, 32).
    """
    secrets = list[bytes]()
    _announce(points.size * points.shape[1] + shares.size // 16)
    for start in range(0, len(shares), _BLOCK):
        block = np.s_[start : start + _BLOCK]
        weights = _lagrange_at_zero(points[block] if len(points) > 1 else points)
        octets = bytes(_FIELD.encode(_weighted(weights, shares[block])))
        secrets += [octets[k : k + SECRET_BYTES] for k in range(0, len(octets), SECRET_BYTES)]
    return secrets


def inconsistent_rows(
    points: Sequence[int], shares: NDArray[np.uint8], threshold: int, coins: Tape
) -> NDArray[np.int64]:
    """Which of V dealers' shares at N points lie on no polynomial of degree threshold − 1.

    shares: (V, N, 32). Shares y_j do iff Σ_j u_j·r(x_j)·y_j = 0 for every r of degree below
    N − threshold, where u_j = Π_{l≠j} 1/(x_j − x_l). One uniform r misses an error with probability
    2^-128 at most, since whoever made it does not know r.
    """
    redundancy = len(points) - threshold
    if redundancy <= 0 or not len(shares):
        return np.zeros(0, np.int64)
    x = np.array([points], np.uint64)
    _announce(x.size * (x.size + redundancy) + shares.size // 16)
    r = _FIELD.random(coins, (redundancy, 1))
    values = r[0].reshape(1, 1)
    for coefficient in list(r)[1:]:
        values = values * _elements(x) + coefficient.reshape(1, 1)
    weights = _FIELD.inv(_products_of_differences(x)) * values
    syndromes = _weighted(weights, shares)
    zero = _FIELD.zeros(1).array[0]
    return np.flatnonzero((syndromes.array != zero).any(axis=1))


def _weighted(weights: Vec, shares: NDArray[np.uint8]) -> Vec:
    """Σ_j weights[:, j]·shares[:, j] for both halves of each share: shape (V, 2)."""
    values = _FIELD.decode(shares.tobytes()).reshape(*shares.shape[:2], 2)
    return (values * weights.reshape(*weights.shape, 1)).sum(axis=1)


def _lagrange_at_zero(points: NDArray[Any]) -> Vec:
    """λ_j = Π_{l≠j} x_l / (x_l − x_j) in every row: (Π_l x_l) / (x_j · Π_{l≠j} (x_l − x_j))."""
    x = points.astype(np.uint64)
    numerator = _FIELD.full((len(x), 1), 1)
    for column in range(x.shape[1]):
        numerator = numerator * _elements(x[:, column : column + 1])
    return numerator * _FIELD.inv(_products_of_differences(x) * _elements(x))


def _products_of_differences(x: NDArray[np.uint64]) -> Vec:
    """Π_{l≠j} (x_j − x_l) in every row; a difference is an exclusive or."""
    products = _FIELD.full(x.shape, 1)
    for column in range(x.shape[1]):
        differences = x ^ x[:, column : column + 1]
        differences[:, column] = 1
        products = products * _elements(differences)
    return products


def _elements(words: NDArray[np.uint64]) -> Vec:
    """The elements of GF(2^128) with the bits of small integers."""
    pairs = np.zeros(words.shape, PAIR)
    pairs["low"] = words
    return Vec(_FIELD, pairs)


def _announce(products: int) -> None:
    """Many short dealings are one long computation: let them count towards the fast engine."""
    arithmetic.choice.spend(arithmetic.LONG, _WORTH * products)
