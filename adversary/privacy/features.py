"""Numbers that a view consists of, by name, and some that follow from two or three of them.

Values, sizes, counts and virtual times; of two and of three field elements also a ± b (± c), since
masks that are used again, or that cancel, show there and nowhere else; of shares that several
parties send under one sid, what they open. A feature that a view lacks
is −1. Knows no test.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, product
from operator import mul

import numpy as np
from numpy.typing import NDArray

from turncoat.adversary.views import View
from turncoat.protocols.aggregation.residues import Residues
from turncoat.protocols.algebra.polynomial import lagrange
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
            if isinstance(value, Vec | Residues):
                for at, number, order in _entries(value):
                    element(f"{name}[{at}] in {arrow}", number, order)
            elif isinstance(value, bytes):
                found |= {f"{name}[{k}] in {arrow}": b for k, b in enumerate(value[:OCTETS])}
            elif isinstance(value, int):
                found[f"{name} in {arrow}"] = value
    found["bytes"] = sum(m.payload + m.framing for m in view.received)
    return found | _opened(view) | _derived(elements)


def _entries(vec: Vec | Residues) -> list[tuple[str, int, int]]:
    """The first entries, and the sum of all if there are more."""
    order = _order(vec)
    entries = [(str(k), number, order) for k, number in enumerate(_firsts(vec))]
    if vec.size > ENTRIES:
        entries.append(("Σ", _total(vec) % order, order))
    return entries


def _order(vec: Vec | Residues) -> int:
    return 1 << vec.bits if isinstance(vec, Residues) else vec.field.order


def _firsts(vec: Vec | Residues) -> list[int]:
    if isinstance(vec, Residues):
        return vec.words.reshape(-1)[:ENTRIES].tolist()
    return [int(n) for n in vec.field.storage.integers(vec.ravel().array[:ENTRIES])]


def _total(vec: Vec | Residues) -> int:
    if isinstance(vec, Residues):
        return sum(vec.words.reshape(-1).tolist())
    return int(vec.field.storage.integers(vec.ravel().sum().array)[0])


def _opened(view: View) -> dict[str, int]:
    """What one receiver heard from several senders under one sid, taken together: as points of one
    polynomial, at 0, and as summands."""
    heard = dict[tuple[str, str, str, int], dict[int, Vec | Residues]]()
    for m in view.received:
        for name, value in m.fields.items():
            if isinstance(value, Vec | Residues) and value.size:
                heard.setdefault((m.kind, name, m.sid, m.receiver), {})[m.sender] = value
    found = dict[str, int]()
    for (kind, name, sid, receiver), told in heard.items():
        orders = {_order(value) for value in told.values()}
        if len(told) < 2 or len(orders) > 1:
            continue
        firsts = [_firsts(value)[0] for value in told.values()]
        label = f"{name} of all {kind} of {sid} to P{receiver}"
        found[f"Σ {label}"] = sum(firsts) % orders.pop()
        one = next(iter(told.values()))
        field = one.field if isinstance(one, Vec) else None
        if field is not None and field.is_field and field.order == field.p > max(told):
            weights = lagrange(tuple(told), field=field)
            found[f"{label}, at 0"] = sum(map(mul, weights, firsts)) % field.order
    return found


def _derived(elements: Sequence[tuple[str, int, int]]) -> dict[str, int]:
    """Sums and differences of elements of one structure."""
    values = [value for _, value, _ in elements]
    plan = _combinations(tuple((name, order) for name, _, order in elements))
    return {name: sum(sign * values[k] for k, sign in terms) % order for name, terms, order in plan}


@lru_cache(maxsize=64)  # as many as there are kinds of view; their names are long to make
def _combinations(
    elements: tuple[tuple[str, int], ...],
) -> list[tuple[str, tuple[tuple[int, int], ...], int]]:
    """(name, (element, sign) …, order) of up to `DERIVED` of them."""
    found = list[tuple[str, tuple[tuple[int, int], ...], int]]()
    for size in (2, 3):
        for chosen in combinations(range(len(elements)), size):
            first, order = elements[chosen[0]]
            if any(elements[k][1] != order for k in chosen):
                continue
            for signs in product((1, -1), repeat=size - 1):
                if len(found) == DERIVED:
                    return found
                others = list(zip(chosen[1:], signs, strict=True))
                said = (f" {'+' if sign > 0 else '−'} {elements[k][0]}" for k, sign in others)
                found.append((first + "".join(said), ((chosen[0], 1), *others), order))
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
