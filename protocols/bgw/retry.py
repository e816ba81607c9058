"""Attempts that fail with a small chance per entry, repeated for the entries that failed.

Every further attempt has a sid of its own, so that the ledger shows it on a line of its own.
Knows nothing of what is attempted.
"""

from collections.abc import Callable, Coroutine
from math import ceil, log2
from typing import Any

from numpy import bool_
from numpy.typing import NDArray

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.protocols.algebra.shamir import Share

# attempt(party, count) → rows for `count` entries, and which of them succeeded, equal at all.
Attempt = Callable[[Party, int], Coroutine[Any, Any, tuple[Share, NDArray[bool_]]]]


def most_attempts(one_in: float, sigma: int) -> int:
    """⌈σ / log2 p⌉ + 1: what fails with chance 1/p each time fails so often with less than 2^−σ."""
    return ceil(sigma / log2(one_in)) + 1


async def until_done(party: Party, count: int, attempt: Attempt, attempts: int) -> Share:
    """`count` successful rows, in the order in which they succeeded.

    Raises ProtocolAbort("retries-exhausted"), which accuses nobody, after so many attempts.
    """
    done: list[Share] = []
    for number in range(attempts):
        sub = party.sub(f"retry.{number}") if number else party.sub("attempt")
        rows, succeeded = await attempt(sub, count)
        done.append(rows[succeeded])
        count -= int(succeeded.sum())
        if not count:
            break
    else:
        said = f"{party.sid}: {count} entries failed in {attempts} attempts"
        raise ProtocolAbort("retries-exhausted", detail=said)
    values = done[0].values.field.concatenate([share.values for share in done])
    return Share(values, max(share.degree for share in done))
