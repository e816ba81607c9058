"""Randomness extraction: of n dealt secrets, t of them known to the adversary, n − t remain.

Local. The matrix is Vandermonde's, M[k][i] = i^k for 0 ≤ k < n − t: any n − t of its columns are
independent, so given the t secrets of corrupted dealers, the n − t results are as uniform as the
honest dealers' secrets. Knows no message.
"""

from collections.abc import Mapping, Sequence

from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.algebra.polynomial import vandermonde


def extracted(dealt: Mapping[int, Vec], count: int) -> Vec:
    """Σ_i i^k·dealt[i] for k = 0 … count − 1, one after the other: `count` times as many entries.

    dealt: dealer → its vector, flat, all of one length. Linear, so it acts on shares as it acts on
    secrets.
    """
    vecs = list(dealt.values())
    field = vecs[0].field
    matrix = vandermonde(tuple(dealt), count, field=field).integers().tolist()
    rows = zip(*matrix, strict=True)  # of i^k for one k each
    return field.concatenate([field.combine(row, vecs) for row in rows])


def dealings(m: int, n: int, t: int) -> int:
    """How many secrets each party deals so that m can be extracted: ⌈m / (n − t)⌉."""
    return -(-m // (n - t))


def cut(values: Vec, shape: Sequence[int], m: int) -> Vec:
    """The first m entries, in that shape; extraction yields up to n − t − 1 too many."""
    return values[:m].reshape(tuple(shape))
