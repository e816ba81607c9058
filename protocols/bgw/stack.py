"""Shares side by side: several products of one round as one message. Local."""

from collections.abc import Sequence

from turncoat.protocols.algebra.shamir import Share


def stacked(shares: Sequence[Share]) -> Share:
    """Shares of one shape as rows of a new first axis; the degree is the largest."""
    field = shares[0].values.field
    values = field.stack([share.values for share in shares])
    return Share(values, max(share.degree for share in shares))


def rows(share: Share) -> list[Share]:
    """The rows again, each of the shape that it had."""
    shape = share.shape[1:] or (1,)
    return [share[k].reshape(shape) for k in range(len(share))]
