"""Numbers that a view consists of, by name, and some that follow from two or three of them.

Values, sizes, counts and virtual times; of two and of three field elements also a ± b (± c), since
masks that are used again, or that cancel, show there and nowhere else. A feature that a view lacks
is −1. Knows no test.
"""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from turncoat.adversary.views import View
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec

ENTRIES = 3  # of a vector that are features themselves; the others by their sum
OCTETS = 4  # of a string
DERIVED = 1200  # sums and differences, of pairs before triples, in the order of the view
ABSENT = -1


def features(view: View) -> dict[str, int]:
    """All features of one view."""
    found: dict[str, int] = {"messages": len(view.received)}
    elements = list[tuple[str, int, int]]()  # name, value, order

    def element(name: str, value: int, order: int) -> None:
        found[name] = value
        elements.append((name, value, order))

    for coins in view.coins:
        for k, draw in enumerate(coins.draws):
            values = draw.values.tolist() if draw.bound else list(draw.values)
            for at, value in enumerate(values[:ENTRIES]):
                element(f"P{coins.party}'s coin {k}.{at} of {coins.sid}", value, draw.bound or 256)
    for message in view.received:
        arrow = f"{message.kind} of {message.sid}, P{message.sender} → P{message.receiver}"
        found[f"time of {arrow}"] = ABSENT if message.time is None else message.time
        found[f"bytes of {arrow}"] = message.payload + message.framing
        for name, value in message.fields.items():
            if isinstance(value, Vec):
                for at, number, order in _entries(value):
                    element(f"{name}[{at}] in {arrow}", number, order)
            elif isinstance(value, bytes):
                found |= {f"{name}[{k}] in {arrow}": b for k, b in enumerate(value[:OCTETS])}
            elif isinstance(value, int):
                found[f"{name} in {arrow}"] = value
    found["bytes"] = sum(m.payload + m.framing for m in view.received)
    return found | _derived(elements)


def _entries(vec: Vec) -> list[tuple[str, int, int]]:
    """The first entries, and the sum of all if there are more."""
    field: Algebra = vec.field
    numbers = [int(n) for n in field.storage.integers(vec.array[:ENTRIES].reshape(-1))]
    entries = [(str(k), number, field.order) for k, number in enumerate(numbers[:ENTRIES])]
    if vec.size > ENTRIES:
        total = int(field.storage.integers(vec.ravel().sum().array)[0])
        entries.append(("Σ", total, field.order))
    return entries


def _derived(elements: Sequence[tuple[str, int, int]]) -> dict[str, int]:
    """Sums and differences of elements of one structure."""
    found = dict[str, int]()
    for size in (2, 3):
        for chosen in combinations(elements, size):
            order = chosen[0][2]
            if any(other != order for *_, other in chosen):
                continue
            for signs in product("+−", repeat=size - 1):
                if len(found) == DERIVED:
                    return found
                name, total = chosen[0][0], chosen[0][1]
                for sign, (what, value, _) in zip(signs, chosen[1:], strict=True):
                    name += f" {sign} {what}"
                    total += value if sign == "+" else -value
                found[name] = total % order
    return found


def table(rows: Sequence[dict[str, int]]) -> tuple[list[str], NDArray[np.float64]]:
    """Features of many views as a matrix (views, features), columns by name.

    Every number stands as its rank among those of its column: integers of any size keep their
    order, and equal ones stay equal.
    """
    names = sorted({name for row in rows for name in row})
    matrix = np.empty((len(rows), len(names)))
    for column, name in enumerate(names):
        numbers = [row.get(name, ABSENT) for row in rows]
        ranks = {number: rank for rank, number in enumerate(sorted(set(numbers)))}
        matrix[:, column] = [ranks[number] for number in numbers]
    return names, matrix
