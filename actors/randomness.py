"""Randomness by name: every coin and every draw is a keyed hash of what it is for.

Nothing here is a stream that several users share, so no order of execution can change a value.
Which cipher expands a key into a party's coins is not known here: the world is handed a factory.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b, shake_128
from struct import Struct
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Name = int | str
UNIT = 1 << 64  # draws are uniform in [0, 2^64); a probability is a threshold on that scale


class Tape(Protocol):
    """The private coins of one party for one sid. Replaceable: an enumeration of all tapes over a
    tiny field, or a chooser, takes the place of a cipher's key stream."""

    def uniform(self, bound: int, count: int) -> NDArray[np.uint64]:
        """`count` independent, exactly uniform integers in [0, bound), bound ≤ 2^64."""
        ...

    def octets(self, count: int) -> bytes:
        """`count` uniform bytes."""
        ...


TapeFactory = Callable[[bytes], Tape]  # 16-byte key → tape
CoinWatch = Callable[[int, int, str, Tape], Tape]  # party, incarnation, sid, tape → the one used


def named(purpose: str, name: Sequence[Name]) -> bytes:
    """An injective encoding of a name: every part carries its type and its length."""
    return b"".join([_part(purpose), *map(_part, name)])


@lru_cache(maxsize=1 << 16, typed=True)  # few parts, and each of them is in very many names
def _part(part: Name) -> bytes:
    text = str(part).encode()
    return b"%c%d:%b" % (b"i"[0] if isinstance(part, int) else b"s"[0], len(text), text)


def derive(seed: int, purpose: str, *name: Name) -> bytes:
    """A 16-byte key for one purpose: derive(seed, "coins", party, incarnation, sid)."""
    return blake2b(named(purpose, (seed, *name)), digest_size=16, person=b"turncoat").digest()


@lru_cache(maxsize=256)
def _words(count: int) -> Struct:
    """Rows of so many integers of 64 bits."""
    return Struct(f"<{count}Q")


class Draws:
    """All random choices of the simulated world, each by the name of what is being decided.

    `many` is the one seam, through which every choice goes: a subclass that overrides it (a
    chooser, a replayed tape) decides everything. `draw` is one of many, on a smaller scale:
    draw(purpose, key, bound, i) is element i of many(purpose, key, i + 1), times bound / 2^64.
    """

    def __init__(self, seed: int) -> None:
        self._root = shake_128(named("draws", (seed,)))

    def many(self, purpose: str, key: tuple[Name, ...], count: int) -> tuple[int, ...]:
        """`count` uniform integers in [0, 2^64); of a longer row, this is the beginning."""
        state = self._root.copy()
        # Injective, as `named` is, and faster: the text of a tuple of integers and strings tells
        # where it ends, so that no text of one is the beginning of another's.
        state.update(f"{key!a}{purpose}".encode())
        return _words(count).unpack(state.digest(8 * count))

    def draw(self, purpose: str, key: tuple[Name, ...], bound: int, index: int = 0) -> int:
        """A uniform integer in [0, bound), up to a bias of bound / 2^64."""
        return self.many(purpose, key, index + 1)[index] * bound >> 64


def threshold(numerator: int, denominator: int) -> int:
    """The event {draw < threshold} has probability numerator / denominator."""
    return numerator * UNIT // denominator
