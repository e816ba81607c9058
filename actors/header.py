"""The fixed 32 bytes before every message: whose, to whom, which, how long."""

from functools import lru_cache
from hashlib import blake2b
from typing import Self

import attrs

from turncoat.actors.errors import MalformedMessage
from turncoat.actors.format import HEADER_BYTES


@lru_cache(maxsize=4096)
def sid_hash(sid: str) -> bytes:
    """The 128-bit name of a sid on the wire."""
    return blake2b(sid.encode(), digest_size=16).digest()


@attrs.frozen
class Header:
    """The fixed 32 bytes before every message."""

    sid: bytes
    kind: int
    sender: int
    receiver: int
    sequence: int
    length: int

    def encode(self) -> bytes:
        route = self.kind << 48 | self.sender << 24 | self.receiver
        return b"".join(
            (
                self.sid,
                route.to_bytes(8, "little"),
                self.sequence.to_bytes(4, "little"),
                self.length.to_bytes(4, "little"),
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Raises MalformedMessage unless `data` is exactly one header."""
        if len(data) != HEADER_BYTES:
            raise MalformedMessage(f"a header has {HEADER_BYTES} bytes, not {len(data)}")
        route = int.from_bytes(data[16:24], "little")
        mask = (1 << 24) - 1
        sequence, length = (int.from_bytes(data[k : k + 4], "little") for k in (24, 28))
        return cls(data[:16], route >> 48, route >> 24 & mask, route & mask, sequence, length)
