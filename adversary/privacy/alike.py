"""Two inputs that must look alike: a second one to a given one, found by small changes to it.

The two-sample check needs a pair that differs in honest inputs alone and gives the corrupted
parties the same outputs. What the outputs are is asked; nothing is known of how they come about, so
there may be a second input that is not found.
"""

from collections.abc import Callable, Iterator
from itertools import chain, combinations, islice
from typing import Any

Rows = dict[int, tuple[int, ...]]  # party → its numbers
Known = Callable[[Rows], Any]  # what the corrupted parties may know on these inputs

MOST = 2000  # candidates that are tried


def second_input(
    first: Rows, honest: tuple[int, ...], known: Known, opened: Known | None = None
) -> Rows | None:
    """Other inputs of the honest parties on which `known` says the same; None if none is found.

    opened: all that is opened, where less may be known: inputs on which it differs come first. Both
    may raise ValueError for inputs that a program does not take; they are passed over.
    """
    same, shown, found = known(first), opened and opened(first), None
    for candidate in islice(_candidates(first, honest), MOST):
        try:
            if candidate == first or known(candidate) != same:
                continue
            if opened is None or opened(candidate) != shown:
                return candidate
            found = found or candidate
        except ValueError:
            continue
    return found


def _candidates(rows: Rows, honest: tuple[int, ...]) -> Iterator[Rows]:
    """Moved from one number to another, swapped, changed by themselves."""
    places = [(i, k) for i in honest for k in range(len(rows.get(i, ())))]
    step = max((abs(int(rows[i][k])) for i, k in places), default=0) // 2 or 1
    return chain(
        *(_moved(rows, places, amount) for amount in dict.fromkeys((step, 1))),
        _swapped(rows, places),
        *(_changed(rows, places, amount) for amount in dict.fromkeys((step, 1, -1))),
        (_with(rows, {place: -_at(rows, place)}) for place in places),
    )


def _moved(rows: Rows, places: list[tuple[int, int]], amount: int) -> Iterator[Rows]:
    """As sums leave them alike; between two parties before within one."""
    pairs = sorted(combinations(places, 2), key=lambda pair: pair[0][0] == pair[1][0])
    for a, b in pairs:
        yield _with(rows, {a: _at(rows, a) + amount, b: _at(rows, b) - amount})
        yield _with(rows, {a: _at(rows, a) - amount, b: _at(rows, b) + amount})


def _swapped(rows: Rows, places: list[tuple[int, int]]) -> Iterator[Rows]:
    """As symmetric functions do."""
    for a, b in combinations(places, 2):
        yield _with(rows, {a: _at(rows, b), b: _at(rows, a)})


def _changed(rows: Rows, places: list[tuple[int, int]], amount: int) -> Iterator[Rows]:
    """As functions do that do not depend on it."""
    for place in places:
        yield _with(rows, {place: _at(rows, place) + amount})


def _at(rows: Rows, place: tuple[int, int]) -> int:
    return rows[place[0]][place[1]]


def _with(rows: Rows, changes: dict[tuple[int, int], int]) -> Rows:
    return {
        i: tuple(changes.get((i, k), number) for k, number in enumerate(row))
        for i, row in rows.items()
    }
