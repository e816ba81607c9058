"""How elements lie in arrays, travel as bytes, and are drawn from coins: by the size of an element.

An element is a canonical integer in [0, order). Up to 64 bits it is a word, beyond that a pair of
words (GF(2^128), 2^127 − 1, Z_2^128) or a Python integer in an object array; elements of GF(2) and
GF(2^8) are octets. An array's shape is always the vector's. On the wire an element takes ⌈bits/8⌉
bytes, little-endian, but GF(2) is packed, eight to a byte, the first in the lowest bit.

Knows no arithmetic and no field.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape

Elements = NDArray[Any]
Data = bytes | bytearray | memoryview

_LITTLE = np.dtype("<u8")
_WORD_BYTES = 8
PAIR = np.dtype([("low", _LITTLE), ("high", _LITTLE)])  # one element of 128 bits


class Storage(Protocol):
    """Arrays of elements of one kind. All arrays returned are new and flat."""

    dtype: np.dtype[Any]

    def array(self, integers: Iterable[int]) -> Elements:
        """The elements that are these canonical integers."""
        ...

    def integers(self, array: Elements) -> NDArray[Any]:
        """The canonical integers, in the array's shape."""
        ...

    def encoded_size(self, count: int) -> int: ...

    def packed(self, array: Elements) -> bytes | memoryview:
        """The elements in C order; a view where array and wire agree."""
        ...

    def joined(self, integers: Sequence[int]) -> bytes:
        """The same bytes, of a few elements given as canonical integers."""
        ...

    def unpacked(self, data: Data) -> Elements:
        """The inverse of `packed`. ValueError unless `data` is canonical."""
        ...

    def draw(self, tape: Tape, count: int) -> Elements:
        """Independent, exactly uniform elements, by `tape.uniform` alone."""
        ...


class WordStorage:
    """Elements of at most 64 bits in uint64."""

    dtype: np.dtype[Any] = np.dtype(np.uint64)

    def __init__(self, order: int) -> None:
        self._order = order
        self._width = element_bytes(order)
        machine = self._width in (1, 2, 4, 8)
        self._exact = np.dtype(f"<u{self._width}") if machine else None  # an element as NumPy's

    def array(self, integers: Iterable[int]) -> Elements:
        return np.array(list(integers), np.uint64)

    def integers(self, array: Elements) -> NDArray[Any]:
        return array

    def encoded_size(self, count: int) -> int:
        return count * self._width

    def packed(self, array: Elements) -> bytes | memoryview:
        if self._exact is not None:
            return array.reshape(-1).astype(self._exact, copy=False).view(np.uint8).data
        octets = array.reshape(-1).astype(_LITTLE, copy=False).view(np.uint8)
        return octets.reshape(-1, _WORD_BYTES)[:, : self._width].tobytes()

    def joined(self, integers: Sequence[int]) -> bytes:
        return _joined_octets(integers, self._width)

    def unpacked(self, data: Data) -> Elements:
        words = self._widened(_whole(data, self._width))
        if words.size and int(words.max()) >= self._order:
            _too_large(words, int(np.argmax(words >= np.uint64(self._order))), self._order)
        return words

    def draw(self, tape: Tape, count: int) -> Elements:
        return tape.uniform(self._order, count)

    def _widened(self, octets: NDArray[np.uint8]) -> NDArray[np.uint64]:
        if self._exact is not None:
            return octets.view(self._exact).astype(np.uint64)
        padded = np.zeros((octets.size // self._width, _WORD_BYTES), np.uint8)
        padded[:, : self._width] = octets.reshape(-1, self._width)
        return padded.view(_LITTLE).reshape(-1).astype(np.uint64, copy=False)


class IntegerStorage:
    """Elements of any size as Python integers in object arrays."""

    dtype: np.dtype[Any] = np.dtype(object)

    def __init__(self, order: int) -> None:
        self._order = order
        self._width = element_bytes(order)

    def array(self, integers: Iterable[int]) -> Elements:
        return np.fromiter(integers, object)

    def integers(self, array: Elements) -> NDArray[Any]:
        return array

    def encoded_size(self, count: int) -> int:
        return count * self._width

    def packed(self, array: Elements) -> bytes | memoryview:
        return self.joined(array.reshape(-1).tolist())

    def joined(self, integers: Sequence[int]) -> bytes:
        return _joined_octets(integers, self._width)

    def unpacked(self, data: Data) -> Elements:
        words = self._split(bytes(_whole(data, self._width)), self._width)
        for at, value in enumerate(words):
            if value >= self._order:
                _too_large(words, at, self._order)
        return words

    def draw(self, tape: Tape, count: int) -> Elements:
        limbs = draw_limbs(tape, self._order, count)
        return self._split(limbs.astype(_LITTLE, copy=False).tobytes(), 8 * limbs.shape[1])

    def _split(self, data: bytes, width: int) -> Elements:
        starts = range(0, len(data), width)
        return self.array(int.from_bytes(data[at : at + width], "little") for at in starts)


class PairStorage:
    """Elements of 121 to 128 bits as a low and a high word."""

    dtype: np.dtype[Any] = PAIR

    def __init__(self, order: int) -> None:
        self._order = order

    def array(self, integers: Iterable[int]) -> Elements:
        data = b"".join(value.to_bytes(16, "little") for value in integers)
        return np.frombuffer(data, PAIR).copy()

    def integers(self, array: Elements) -> NDArray[Any]:
        return (array["high"].astype(object) << 64) | array["low"].astype(object)

    def encoded_size(self, count: int) -> int:
        return 16 * count

    def packed(self, array: Elements) -> bytes | memoryview:
        return array.reshape(-1).view(np.uint8).data

    def joined(self, integers: Sequence[int]) -> bytes:
        return _joined_octets(integers, 16)

    def unpacked(self, data: Data) -> Elements:
        pairs = _whole(data, 16).copy().view(PAIR)
        greatest = self._order - 1
        top, low = np.uint64(greatest >> 64), np.uint64(greatest % 2**64)
        wrong = (pairs["high"] > top) | ((pairs["high"] == top) & (pairs["low"] > low))
        if wrong.any():
            _too_large(self.integers(pairs), int(np.argmax(wrong)), self._order)
        return pairs

    def draw(self, tape: Tape, count: int) -> Elements:
        limbs = draw_limbs(tape, self._order, count)
        return limbs.astype(_LITTLE, copy=False).reshape(-1).view(PAIR)


class OctetStorage:
    """Elements of GF(2^8), an octet each."""

    dtype: np.dtype[Any] = np.dtype(np.uint8)
    _order = 256

    def array(self, integers: Iterable[int]) -> Elements:
        return np.array(list(integers), np.uint8)

    def integers(self, array: Elements) -> NDArray[Any]:
        return array

    def encoded_size(self, count: int) -> int:
        return count

    def packed(self, array: Elements) -> bytes | memoryview:
        return array.reshape(-1).data

    def joined(self, integers: Sequence[int]) -> bytes:
        return bytes(integers)

    def unpacked(self, data: Data) -> Elements:
        return np.frombuffer(data, np.uint8).copy()

    def draw(self, tape: Tape, count: int) -> Elements:
        return tape.uniform(self._order, count).astype(np.uint8)


class BitStorage(OctetStorage):
    """Bits, an octet each in memory and eight to an octet on the wire.

    How many there are is not on the wire: `unpacked` gives all 8·len(data), of which the last ones
    may be padding. The padding of `packed` is 0.
    """

    _order = 2

    def encoded_size(self, count: int) -> int:
        return (count + 7) // 8

    def packed(self, array: Elements) -> bytes | memoryview:
        return np.packbits(array.reshape(-1), bitorder="little").data

    def joined(self, integers: Sequence[int]) -> bytes:
        return bytes(self.packed(self.array(integers)))

    def unpacked(self, data: Data) -> Elements:
        return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")


def element_bytes(order: int) -> int:
    """⌈bits/8⌉ for the largest element, order − 1."""
    return ((order - 1).bit_length() + 7) // 8


def draw_limbs(tape: Tape, order: int, count: int) -> NDArray[np.uint64]:
    """Uniform integers below `order` > 2^64 as rows of 64-bit limbs, the lowest first.

    The limbs of a candidate are drawn apart, all lowest ones first; the top one below what the
    order's own allows. A candidate that is not below the order is rejected and drawn anew, so the
    result is exactly uniform. (Of 2^127 − 1, one candidate in 2^127 is rejected.)
    """
    limbs = -(-(order - 1).bit_length() // 64)
    top = (order - 1) >> 64 * (limbs - 1)
    bounds = [*[2**64] * (limbs - 1), top + 1]
    rows = np.empty((count, limbs), np.uint64)
    pending: Any = slice(None)
    while count:
        for place, bound in enumerate(bounds):
            rows[pending, place] = tape.uniform(bound, count)
        doubtful = np.flatnonzero(rows[:, -1] == np.uint64(top))
        values = [_joined(rows[k]) for k in doubtful]
        pending = doubtful[np.array([value >= order for value in values], bool)]
        count = pending.size
    return rows


def _joined(limbs: NDArray[np.uint64]) -> int:
    return sum(int(limb) << 64 * place for place, limb in enumerate(limbs))


def _joined_octets(integers: Sequence[int], width: int) -> bytes:
    return b"".join([value.to_bytes(width, "little") for value in integers])


def _whole(data: Data, width: int) -> NDArray[np.uint8]:
    octets = np.frombuffer(data, np.uint8)
    if octets.size % width:
        raise ValueError(f"{octets.size} bytes are not a whole number of {width}-byte elements")
    return octets


def _too_large(words: Elements, at: int, order: int) -> None:
    raise ValueError(f"element {at} of {words.size} is {words[at]}, not below {order}")
