"""Vectors modulo R = 2^b, which travel bit-packed: m entries in ⌈m·b/8⌉ bytes.

Holds the vector and its wire structure. Entries lie in the least machine words that hold them, so
sums modulo R are the machine's own, cut off. Knows neither masks nor clients.
"""

from collections.abc import Sequence
from typing import Any, Self, SupportsIndex

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.wire import Shape

_CHUNK = 1 << 14  # entries whose bits are held as bytes at a time; a multiple of 8


def word_type(bits: int) -> np.dtype[Any]:
    """The least machine word for residues modulo 2^bits."""
    return np.dtype(np.uint32 if bits <= 32 else np.uint64)


@attrs.frozen(eq=False)
class Residues:
    """Integers modulo 2^bits. words: reduced, of `word_type(bits)`; read-only from here on. packed:
    their encoding, where it is known already."""

    words: NDArray[Any]
    bits: int
    packed: bytes | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        self.words.setflags(write=False)

    @classmethod
    def reduced(cls, words: NDArray[Any], bits: int) -> Self:
        """Of words that may exceed 2^bits: they are cut off, in place."""
        words &= words.dtype.type((1 << bits) - 1)
        return cls(words, bits)

    @property
    def shape(self) -> Shape:
        return self.words.shape

    @property
    def size(self) -> int:
        return self.words.size

    def reshape(self, shape: Shape) -> "Residues":
        return Residues(self.words.reshape(shape), self.bits)

    def tolist(self) -> list[int]:
        return self.words.tolist()

    def __getitem__(self, index: SupportsIndex) -> int:
        return int(self.words[index])

    def __add__(self, other: "Residues | int") -> "Residues":
        words = other.words if isinstance(other, Residues) else other % (1 << self.bits)
        return Residues.reduced(self.words + self.words.dtype.type(words), self.bits)

    def __sub__(self, other: "Residues") -> "Residues":
        return Residues.reduced(self.words - other.words, self.bits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Residues):
            return NotImplemented
        return self.bits == other.bits and np.array_equal(self.words, other.words)

    __hash__ = None  # pyright: ignore[reportAssignmentType] - compared by value, and large


def residues(values: Sequence[int] | NDArray[Any], bits: int) -> Residues:
    """Integers of any size as residues modulo 2^bits."""
    array = np.asarray(values)
    if array.dtype.kind == "O":
        array = np.array([int(v) % (1 << bits) for v in array], np.uint64)
    return Residues.reduced(array.astype(word_type(bits)), bits)


@attrs.frozen
class PackedResidues:
    """The wire structure of vectors of `length` residues modulo 2^bits: entry i has the bits
    i·bits … of one little-endian bit string, and bits behind the last entry are 0."""

    bits: int
    length: int

    def accepts(self, obj: object) -> bool:
        return isinstance(obj, Residues) and obj.bits == self.bits

    def encoded_size(self, vec: Residues) -> int:
        return -(-vec.size * self.bits // 8)

    def encode(self, vec: Residues) -> bytes:
        if vec.packed is not None:
            return vec.packed
        words = np.ascontiguousarray(vec.words.reshape(-1), _little(vec.words.dtype))
        if self.bits in (32, 64):
            return words.tobytes()
        return b"".join(
            np.packbits(self._bits(words[start : start + _CHUNK]), bitorder="little").tobytes()
            for start in range(0, words.size, _CHUNK)
        )

    def decode(self, data: bytes | memoryview) -> Residues:
        """ValueError unless `data` is the encoding of a vector of `length` entries."""
        expected = -(-self.length * self.bits // 8)
        if len(data) != expected:
            raise ValueError(
                f"{len(data)} bytes do not hold {self.length} entries of {self.bits} bits, "
                f"which take {expected}"
            )
        dtype = word_type(self.bits)
        string = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        used = self.length * self.bits
        if string[used:].any():
            raise ValueError("bits behind the last entry must be 0")
        rows = np.zeros((self.length, 8 * dtype.itemsize), np.uint8)
        rows[:, : self.bits] = string[:used].reshape(self.length, self.bits)
        words = np.packbits(rows, bitorder="little").view(_little(dtype)).astype(dtype)
        return Residues(words, self.bits)

    def _bits(self, words: NDArray[Any]) -> NDArray[np.uint8]:
        octets = words.view(np.uint8).reshape(words.size, -1)
        return np.unpackbits(octets, axis=1, bitorder="little")[:, : self.bits].reshape(-1)


def _little(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype.newbyteorder("<")
