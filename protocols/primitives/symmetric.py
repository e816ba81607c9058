"""Symmetric primitives: so far the key stream from which a party's coins are taken.

AES-128 in counter mode, with a zero counter block first [SP 800-38A]: each key is used for one
stream only. Simulated parties need reproducible coins, not secret ones; nothing here resists side
channels. Knows neither parties nor names: the world derives the keys (`actors/randomness.py`).
"""

from struct import unpack

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

_CHUNK = 1 << 14  # words drawn at a time: they stay in the second-level cache
_ZEROS = memoryview(bytes(8 * _CHUNK))
_FEW = 16  # words up to which Python's integers are faster than NumPy's calls
_LITTLE = np.dtype("<u8")
_FROM_ZERO = modes.CTR(bytes(16))


class AesCtrTape:
    """A party's coins as an AES-128-CTR key stream; a `Tape` of `actors/randomness.py`.

    Computationally indistinguishable from uniform coins (κ = 128) for up to 2^40 octets a key.
    The values depend on the sizes of earlier calls too, not on the position in the stream alone.
    """

    def __init__(self, key: bytes) -> None:
        """`key`: 16 bytes, of no other use. ValueError for another length."""
        if len(key) != 16:
            raise ValueError(f"a tape's key has 16 bytes (AES-128), not {len(key)}")
        self._stream = Cipher(algorithms.AES(key), _FROM_ZERO).encryptor()

    def octets(self, count: int) -> bytes:
        """`count` uniform bytes: the next of the key stream."""
        return self._stream.update(bytes(count))

    def uniform(self, bound: int, count: int) -> NDArray[np.uint64]:
        """`count` independent, exactly uniform integers in [0, bound), 1 ≤ bound ≤ 2^64.

        Candidates are masked to the bits of bound − 1; those not below the bound are rejected and
        drawn again, so there is no bias at all.
        """
        if not 1 <= bound <= 1 << 64:
            raise ValueError(f"bound {bound}: coins are drawn below a bound of 1 to 2^64")
        if count <= _FEW:
            return np.array(self._few(bound, count), np.uint64)
        words = np.empty(count, _LITTLE)
        filled = 0
        while filled < count:
            filled += self._fill(words[filled : filled + _CHUNK], bound - 1)
        return words.astype(np.uint64, copy=False)

    def _few(self, bound: int, count: int) -> list[int]:
        """The same integers, one by one: without NumPy's price of a call."""
        mask, accepted = (1 << (bound - 1).bit_length()) - 1, list[int]()
        while len(accepted) < count:
            missing = count - len(accepted)
            candidates = unpack(f"<{missing}Q", self._stream.update(_ZEROS[: 8 * missing]))
            accepted += [word & mask for word in candidates if word & mask < bound]
        return accepted

    def _fill(self, words: NDArray[np.uint64], greatest: int) -> int:
        """Draw a candidate for every word; gather those accepted in front and count them."""
        octets = words.view(np.uint8).data
        self._stream.update_into(_ZEROS[: octets.nbytes], octets)
        words &= np.uint64((1 << greatest.bit_length()) - 1)
        if words.max() <= greatest:
            return words.size
        kept = words[words <= greatest]
        words[: kept.size] = kept
        return kept.size
