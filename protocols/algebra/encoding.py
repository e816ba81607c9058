"""Words as bytes: little-endian, with as many bytes an element as its field needs.

Knows widths and lengths, not the modulus: whether a word is canonical is the field's to check.
"""

import numpy as np

from turncoat.protocols.algebra.kernels import Words

_LITTLE = np.dtype("<u8")
_WORD_BYTES = 8


def packed(words: Words, width: int) -> bytes | memoryview:
    """The low `width` bytes of each word, in C order; a view of the array when that is all 8."""
    octets = words.reshape(-1).astype(_LITTLE, copy=False).view(np.uint8)
    if width == _WORD_BYTES:
        return octets.data
    return octets.reshape(-1, _WORD_BYTES)[:, :width].tobytes()


def unpacked(data: bytes | bytearray | memoryview, width: int) -> Words:
    """The words of `packed`, in a new flat array. ValueError if a part of an element is left."""
    octets = np.frombuffer(data, np.uint8)
    if octets.size % width:
        raise ValueError(f"{octets.size} bytes are not a whole number of {width}-byte elements")
    padded = np.zeros((octets.size // width, _WORD_BYTES), np.uint8)
    padded[:, :width] = octets.reshape(-1, width)
    return padded.view(_LITTLE).reshape(-1).astype(np.uint64, copy=False)
