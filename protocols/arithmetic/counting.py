"""Built-in programs that count: histogram and vote. Each is the same function in both worlds.

Both are sums, without a product, and rest on what the parties bring: nobody checks that counts are
counts, or that a ballot has a single 1. Passive protocols promise as much, and no more: a party
that follows the protocol on a made-up input is within its rights.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from turncoat.protocols.arithmetic.program import Computation, PublicInfo, Secret, finish_with

S = TypeVar("S", bound=Secret)
Inputs = Mapping[str, Mapping[str, S]]


async def histogram(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """How many of all parties' items fall into each public bin: the sum of their own counts.

    Every party sorts its own items into the bins, in the clear, and brings the counts, one for
    each bin (or several such rows). Opens the totals. Raises ValueError unless all have as many
    bins.
    """
    return _column_sums(mpc, inputs, "histogram", "bins")


def _by_candidate(opened: Any, public: PublicInfo) -> Any:
    """Tallies by name where the candidates are named, otherwise in their order."""
    tallies = cast("list[int]", opened) if isinstance(opened, list) else [opened]
    names: Sequence[str] | None = public.params.get("candidates")
    return tallies if names is None else dict(zip(names, tallies, strict=True))


@finish_with(_by_candidate)
async def vote(
    mpc: Computation[S], inputs: Inputs[S], candidates: Sequence[str] | None = None
) -> S:
    """How many votes each candidate has; opens these tallies alone.

    A ballot is a row with a 1 for the candidate chosen and 0 elsewhere; a party brings one, or a
    matrix of several. candidates: their names, in the order of the columns. Raises ValueError
    unless all ballots are of one length, that of the names.
    """
    tallies = _column_sums(mpc, inputs, "vote", "candidates")
    if candidates is not None and (len(candidates), len(set(candidates))) != (tallies.size,) * 2:
        raise ValueError(
            f"ballots for {tallies.size} candidates need as many different names, not "
            f"{list(candidates)}"
        )
    return tallies


def _column_sums(mpc: Computation[S], inputs: Inputs[S], program: str, columns: str) -> S:
    """Σ over all rows of all inputs of all parties; a vector is one row."""
    rows = [
        array.reshape(-1, array.shape[-1])
        for own in inputs.values()
        for array in own.values()
        if array.size
    ]
    lengths = sorted({row.shape[-1] for row in rows})
    if len(lengths) != 1:
        found = f"not {' and '.join(map(str, lengths))}" if lengths else "and there are no inputs"
        raise ValueError(f"{program} needs rows with equally many {columns}, {found}")
    return mpc.concatenate(rows).sum(axis=0)
