"""All tapes of a protocol, numbered: the k-th coin that a party draws under a sid is a digit.

A `Layout` says which coins there are, a `Batch` is a range of tape numbers, `EnumeratedCoins`
stands in the place of every party's tape during one run and hands out digits, a lane for every tape
of the batch. The layout is found by running: whoever draws more than it knows makes it longer, and
the enumeration begins anew. Knows no protocol and no view.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from hashlib import shake_128
from math import prod
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape, named
from turncoat.adversary.privacy.lanes import Lanes, NotEnumerable

TapeName = tuple[int, int, str]  # party, incarnation, sid
LARGEST = 1 << 15  # bound of a single coin
SCOUTS = 64  # tapes of a pilot
EVERY = "*"  # in the place of a sid: all tapes of a party
PUBLIC = "public-coins"  # the last part of a sid whose coins are nobody's, and the same to all

_REMEDY = "put an ideal thing in the place of what needs them, or take the statistical check"


class MoreCoins(Exception):
    """A party has drawn coins that the layout does not know yet: enumerate by the longer one."""

    def __init__(self, layout: "Layout") -> None:
        super().__init__("the tapes are longer than known so far")
        self.layout = layout


@attrs.frozen
class Layout:
    """tape → the bounds of its coins, in the order in which they are drawn."""

    bounds: tuple[tuple[TapeName, tuple[int, ...]], ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[TapeName, tuple[int, ...]]:
        return dict(self.bounds)

    @cached_property
    def _strides(self) -> Mapping[TapeName, tuple[int, ...]]:
        strides, stride = dict[TapeName, tuple[int, ...]](), 1
        for name, bounds in self.bounds:
            own = list[int]()
            for bound in bounds:
                own.append(stride)
                stride *= bound
            strides[name] = tuple(own)
        return strides

    @property
    def count(self) -> int:
        """How many tapes there are: the product of all bounds."""
        return prod(bound for _, bounds in self.bounds for bound in bounds)

    def batch_size(self, most: int) -> int:
        """The largest product of the first bounds up to `most`: batches of it are all alike."""
        size = 1
        for bound in (bound for _, bounds in self.bounds for bound in bounds):
            if size * bound > most:
                break
            size *= bound
        return size

    def bounds_of(self, name: TapeName) -> tuple[int, ...]:
        return self._by_name.get(name, ())

    def stride(self, name: TapeName, k: int) -> int:
        return self._strides[name][k]

    def longer(self, name: TapeName, bounds: tuple[int, ...]) -> "Layout":
        """With more coins on one tape."""
        table = {**self._by_name, name: self.bounds_of(name) + bounds}
        return Layout(tuple(sorted(table.items())))


@attrs.define(eq=False)
class Batch:
    """Some tapes of a layout, by number: one lane each."""

    layout: Layout
    numbers: NDArray[np.int64]
    _digits: dict[tuple[TapeName, int], Lanes] = attrs.field(factory=dict, init=False)

    @property
    def size(self) -> int:
        return self.numbers.size

    def coin(self, name: TapeName, k: int) -> Lanes:
        """The k-th coin of a tape, in every lane."""
        known = self._digits.get((name, k))
        if known is None:
            bound = self.layout.bounds_of(name)[k]
            digits = self.numbers // self.layout.stride(name, k)
            known = Lanes(digits - digits // bound * bound, bound)
            self._digits[name, k] = known
        return known

    def part(self, lanes: NDArray[np.bool_]) -> "Batch":
        """The tapes of some of the lanes."""
        return Batch(self.layout, self.numbers[lanes])


class Pilot(Batch):
    """Some tapes of a layout that nobody knows yet: they tell how long it is, and whether the
    course of a run depends on them."""

    def coin(self, name: TapeName, k: int) -> Lanes:
        """An arbitrary coin in every lane, the same in every pilot."""
        bound = self.layout.bounds_of(name)[k]
        row = shake_128(named("pilot", (*name, k))).digest(8 * SCOUTS)
        numbers = np.frombuffer(row, "<u8")[self.numbers] % np.uint64(bound)
        return Lanes(numbers.astype(np.int64), bound)

    def part(self, lanes: NDArray[np.bool_]) -> "Pilot":
        return Pilot(self.layout, self.numbers[lanes])


def pilot(layout: Layout) -> Pilot:
    """A few tapes, whatever the layout."""
    return Pilot(layout, np.arange(SCOUTS, dtype=np.int64))


@lru_cache(maxsize=4)
def batch(layout: Layout, start: int, stop: int) -> Batch:
    """The tapes from `start` on, before `stop`."""
    return Batch(layout, np.arange(start, stop, dtype=np.int64))


@attrs.frozen
class Coin:
    """One coin as it was drawn: uniform in [0, bound)."""

    bound: int
    value: Any


def is_stuck(stuck: frozenset[tuple[int, str]], party: int, sid: str) -> bool:
    """Does this tape say nothing but 0?"""
    return (party, sid) in stuck or (party, EVERY) in stuck


@attrs.define(eq=False)
class EnumeratedCoins:
    """The private tapes of one run. Implements `turncoat.actors.randomness.CoinWatch`.

    stuck: tapes that say nothing but 0 (sid `EVERY`: all of a party). again: tape → another one
    that it repeats. (Faulty coins are planted here, so that honest code needs no switch for them.)
    nonces: may octets be drawn? Then they are nonces of something ideal, and all 0. `drawn` is
    filled by the run.
    """

    batch: Batch
    stuck: frozenset[tuple[int, str]] = frozenset()
    again: Mapping[tuple[int, str], tuple[int, str]] = attrs.field(
        factory=dict[tuple[int, str], tuple[int, str]]
    )
    nonces: bool = False
    drawn: dict[TapeName, list[Coin]] = attrs.field(factory=dict[TapeName, list[Coin]])

    def __call__(self, party: int, incarnation: int, sid: str, tape: Tape) -> Tape:
        source = self.again.get((party, sid), (party, sid))
        if sid.rpartition("/")[2] == PUBLIC:
            source = (0, sid)
        return EnumeratedTape(
            self, (party, incarnation, sid), (source[0], incarnation, source[1]),
            stuck=is_stuck(self.stuck, party, sid),
        )  # fmt: skip


class EnumeratedTape:
    """One party's coins under one sid; a `Tape` whose numbers are Lanes."""

    def __init__(
        self, coins: EnumeratedCoins, name: TapeName, source: TapeName, *, stuck: bool
    ) -> None:
        self._coins = coins
        self._source = source
        self._stuck = stuck
        self._used = 0
        self._drawn = coins.drawn.setdefault(name, [])

    def uniform(self, bound: int, count: int) -> NDArray[Any]:
        """`count` coins, in an array of objects."""
        if bound > LARGEST:
            raise NotEnumerable(f"coins below {bound} cannot be enumerated: {_REMEDY}")
        values = [0] * count if self._stuck else self._digits(bound, count)
        self._drawn += [Coin(bound, value) for value in values]
        drawn = np.empty(count, object)
        drawn[:] = values
        return drawn

    def octets(self, count: int) -> bytes:
        if self._coins.nonces:
            return bytes(count)
        raise NotEnumerable(f"{count} octets of coins cannot be enumerated: {_REMEDY}")

    def _digits(self, bound: int, count: int) -> list[Any]:
        layout, used = self._coins.batch.layout, self._used
        known = layout.bounds_of(self._source)[used : used + count]
        if any(other != bound for other in known):
            raise NotEnumerable(
                f"P{self._source[0]} draws below {bound} under {self._source[2]!r}, and below "
                f"{known[0]} on another tape: what it draws depends on what it drew"
            )
        if len(known) < count:
            raise MoreCoins(layout.longer(self._source, (bound,) * (count - len(known))))
        self._used += count
        return [self._coins.batch.coin(self._source, used + k) for k in range(count)]
