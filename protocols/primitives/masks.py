"""Masks: a 256-bit seed expanded into a long vector of words, added and subtracted in passing.

PRG(seed) is the AES-256-CTR key stream [SP 800-38A] with a zero counter block first, read as
little-endian words of 32 or 64 bits; modulo 2^b its words are uniform modulo 2^b, without a bias
and without a rejection. A seed is a key for one stream only. The work goes in chunks that stay in
the processor's cache: a mask is never held as a whole. Knows no parties.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

SEED_BYTES = 32
Words = NDArray[Any]  # uint32 or uint64

_CHUNK_BYTES = 1 << 17  # of key stream at a time; with as much of two sums it stays in the cache
_ZEROS = memoryview(bytes(_CHUNK_BYTES))
_FROM_ZERO = modes.CTR(bytes(16))


class MaskExpander:
    """Expands seeds into words of one type. `expanded`: how many masks it has made so far."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        """dtype: uint32 or uint64."""
        self.dtype = dtype
        self.expanded = 0
        self._chunk = np.empty(_CHUNK_BYTES // dtype.itemsize, dtype.newbyteorder("<"))
        self._octets = self._chunk.view(np.uint8).data

    def add(self, seed: bytes, gains: Words, losses: Words | None = None) -> None:
        """gains += PRG(seed), losses −= PRG(seed), word by word, modulo the words' 2^32 or 2^64.

        ValueError unless the seed has 32 bytes.
        """
        for part, mask in self._chunks(seed, gains.size):
            gains[part] += mask
            if losses is not None:
                losses[part] -= mask

    def subtract(self, seed: bytes, losses: Words) -> None:
        """losses −= PRG(seed)."""
        for part, mask in self._chunks(seed, losses.size):
            losses[part] -= mask

    def _chunks(self, seed: bytes, size: int) -> Iterator[tuple[slice, Words]]:
        """The mask piece by piece, each in the place of the one before."""
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a mask's seed has {SEED_BYTES} bytes, not {len(seed)}")
        stream = Cipher(algorithms.AES256(seed), _FROM_ZERO).encryptor()
        self.expanded += 1
        for start in range(0, size, self._chunk.size):
            words = min(self._chunk.size, size - start)
            width = words * self.dtype.itemsize
            stream.update_into(_ZEROS[:width], self._octets[:width])
            yield slice(start, start + words), self._chunk[:words]
