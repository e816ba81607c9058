"""With whom each client shares its secrets: everybody, or its neighbours in a random graph.

SecAgg+ [BBGLR20, section 3.1] takes Harary's graph H(n, k), in which vertex i is joined to
i ± 1 … i ± k/2 modulo n, and labels its vertices at random. The labels come from coins that nobody
knew when the keys were registered. Knows neither keys nor rounds.
"""

from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape

Ranks = NDArray[np.int32]  # positions in the ascending list of registered clients


@attrs.frozen(eq=False)
class Graph:
    """A regular graph on registered clients.

    clients: their indices, ascending; the place there is a client's rank. cohorts: in row r the
    ranks of r's neighbours and r itself, ascending: shape (clients, degree + 1).
    """

    clients: NDArray[np.uint32]
    cohorts: Ranks

    @property
    def size(self) -> int:
        return len(self.clients)

    @property
    def degree(self) -> int:
        return self.cohorts.shape[1] - 1

    @cached_property
    def not_self(self) -> NDArray[np.bool_]:
        """In row r: which places of the cohort are neighbours."""
        return self.cohorts != np.arange(self.size)[:, None]

    @cached_property
    def edges_into(self) -> NDArray[np.int64]:
        """Row r, place i: where in the flat table of cohorts the entry r of the i-th cohort
        member's own row stands. What v has for r, a table by (v, place) holds there."""
        order = np.argsort(self.cohorts.reshape(-1), kind="stable")
        return order.reshape(self.cohorts.shape)

    def ranks(self, clients: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The ranks of registered clients."""
        return np.searchsorted(self.clients, clients)

    def members(self, rank: int, alive: NDArray[np.bool_]) -> Ranks:
        """The ranks in r's cohort that are alive."""
        row = self.cohorts[rank]
        return row[alive[row]]


def complete(clients: NDArray[np.uint32]) -> Graph:
    """Everybody with everybody [BIKMMPRSS17]."""
    n = len(clients)
    return Graph(clients, np.broadcast_to(np.arange(n, dtype=np.int32), (n, n)))


def harary(clients: NDArray[np.uint32], degree: int, coins: Tape) -> Graph:
    """H(n, k) with labels from `coins`. ValueError unless k is even and 2 ≤ k < n."""
    n = len(clients)
    if degree % 2 or not 2 <= degree < n:
        raise ValueError(f"Harary's graph on {n} vertices has an even degree below {n}")
    label = _permutation(n, coins)  # vertex i is the client of rank label[i]
    steps = np.arange(-(degree // 2), degree // 2 + 1)
    cohorts = np.empty((n, degree + 1), np.int32)
    cohorts[label] = label[(np.arange(n)[:, None] + steps) % n]
    cohorts.sort(axis=1)
    return Graph(clients, cohorts)


def _permutation(n: int, coins: Tape) -> Ranks:
    """A uniform one: the order of n distinct uniform words."""
    words = coins.uniform(1 << 64, n)
    while len(np.unique(words)) < n:  # once in 2^63 / n² times
        words = coins.uniform(1 << 64, n)
    return np.argsort(words, kind="stable").astype(np.int32)
