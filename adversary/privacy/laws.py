"""Laws of views as exact counts: a multiset of rows for every shape that a view takes.

What all lanes of a run have in common (who sent what when, how large it was, how parties ended) is
the view's `Shape`; what differs from lane to lane are its numbers, a column each, packed into a few
64-bit words. Two laws are equal if their counts are, and their distance is a fraction.
Knows no run.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.adversary.privacy.lanes import Lanes

Words = NDArray[np.int64]  # (words, rows)
WORD = 1 << 62  # a word holds columns while the product of their bounds stays below it


@attrs.frozen
class Column:
    """What one number of a view is, for people, and the bound that it stays below."""

    label: str
    bound: int


@attrs.frozen
class Shape:
    """All of a view that is no number of a lane. events: in order."""

    events: tuple[str, ...]
    columns: tuple[Column, ...]


@attrs.frozen(eq=False)
class Tally:
    """Rows in ascending order, each once, and how often it came."""

    rows: Words
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Words, weights: NDArray[np.int64] | None = None) -> Self:
        """Count rows, each with its weight (default: 1)."""
        if weights is None and len(rows) == 1:
            once, counts = np.unique(rows[0], return_counts=True)
            return cls(once.reshape(1, -1), counts)
        each = np.ones(rows.shape[1], np.int64) if weights is None else weights
        order = np.lexsort(rows[::-1])
        rows = rows[:, order]
        new = np.ones(rows.shape[1], bool)
        new[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
        starts = np.flatnonzero(new)
        return cls(rows[:, starts], np.add.reduceat(each[order], starts))

    def plus(self, other: "Tally", weight: int = 1) -> "Tally":
        """Both together, the other's counts times a weight."""
        counts = np.concatenate((self.counts, weight * other.counts))
        return Tally.of(np.concatenate((self.rows, other.rows), axis=1), counts)

    def times(self, weight: int) -> "Tally":
        return Tally(self.rows, weight * self.counts)

    def same(self, other: "Tally") -> bool:
        return np.array_equal(self.rows, other.rows) and np.array_equal(self.counts, other.counts)

    def count(self, row: Words) -> int:
        """How often one row came."""
        found = (self.rows == row.reshape(-1, 1)).all(axis=0)
        return int(self.counts[found].sum())


@attrs.frozen
class Telling:
    """A view that tells two laws apart. values: label → number. odds: its chance under each.
    events: of it, those that the law that never gives it has in no view at all."""

    events: tuple[str, ...]
    values: Mapping[str, int]
    odds: tuple[Fraction, Fraction]


@attrs.define(eq=False)
class Law:
    """How often each view came, over `total` tapes."""

    tallies: dict[Shape, Tally] = attrs.field(factory=dict[Shape, Tally])
    total: int = 0

    def add(self, shape: Shape, numbers: Sequence[Lanes | int], size: int) -> None:
        """Count `size` lanes of one run: one number for each column, in order."""
        tally = Tally.of(packed(shape.columns, numbers, size))
        known = self.tallies.get(shape)
        self.tallies[shape] = tally if known is None else known.plus(tally)
        self.total += size

    @property
    def support(self) -> int:
        """How many different views there are."""
        return sum(tally.counts.size for tally in self.tallies.values())

    def same(self, other: "Law") -> bool:
        """Exact equality of all counts."""
        return (
            self.total == other.total
            and self.tallies.keys() == other.tallies.keys()
            and all(tally.same(other.tallies[shape]) for shape, tally in self.tallies.items())
        )

    def distance(self, other: "Law") -> Fraction:
        """The total variation distance: the most by which any event's chance differs."""
        gap = sum(int(np.abs(d.counts).sum()) for _, d in self._differences(other))
        return Fraction(gap, 2 * self.total * other.total)

    def telling(self, other: "Law") -> Telling:
        """The view whose chances differ most; of several the first, by shape and row."""
        most, found = -1, None
        for shape, difference in self._differences(other):
            gaps = np.abs(difference.counts)
            if gaps.size and int(gaps.max()) > most:
                at = int(gaps.argmax())
                most, found = int(gaps[at]), (shape, difference.rows[:, at])
        if found is None:
            raise ValueError("two laws without any view cannot be told apart by one")
        shape, row = found
        odds = (self.chance(shape, row), other.chance(shape, row))
        stranger = self if odds[0] == 0 else other
        known = {event for shape in stranger.tallies for event in shape.events}
        events = tuple(event for event in shape.events if event not in known)
        return Telling(events, unpacked(shape.columns, row), odds)

    def chance(self, shape: Shape, row: Words) -> Fraction:
        tally = self.tallies.get(shape)
        return Fraction(0 if tally is None else tally.count(row), self.total)

    def _differences(self, other: "Law") -> Iterator[tuple[Shape, Tally]]:
        """Counts of ours minus counts of theirs, on the common denominator of both."""
        for shape, tally in self.tallies.items():
            theirs, ours = other.tallies.get(shape), tally.times(other.total)
            yield shape, ours if theirs is None else ours.plus(theirs, -self.total)
        for shape, tally in other.tallies.items():
            if shape not in self.tallies:
                yield shape, tally.times(self.total)


def packed(columns: Sequence[Column], numbers: Sequence[Lanes | int], size: int) -> Words:
    """The columns of `size` lanes as words, in mixed radix: equal exactly if all numbers are."""
    words, room = [np.zeros(size, np.int64)], 1
    for column, number in zip(columns, numbers, strict=True):
        if room * column.bound >= WORD:
            words.append(np.zeros(size, np.int64))
            room = 1
        value: Any = number.numbers if type(number) is Lanes else number
        words[-1] = words[-1] * column.bound + value
        room *= column.bound
    return np.stack(words)


def unpacked(columns: Sequence[Column], row: Words) -> dict[str, int]:
    """The numbers in one row, by label."""
    groups, room = [list[Column]()], 1
    for column in columns:
        if room * column.bound >= WORD:
            groups.append([])
            room = 1
        groups[-1].append(column)
        room *= column.bound
    values = dict[str, int]()
    for word, group in zip(row.tolist(), groups, strict=True):
        digits = list[int]()
        for column in reversed(group):
            word, digit = divmod(word, column.bound)
            digits.append(digit)
        values.update(zip((column.label for column in group), reversed(digits), strict=True))
    return values
