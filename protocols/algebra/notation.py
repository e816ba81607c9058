"""Fields and rings by the names that people write."""

import re

from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.field import parse_field
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.algebra.structure import Algebra

_RING = re.compile(r"\s*Z_2\^(?P<k>\d{1,4})\s*")
_BINARY = re.compile(r"\s*GF\(2(?:\^(?P<k>\d{1,4}))?\)\s*")


def parse_structure(text: str) -> Algebra:
    """The structure that a text names: its own `name`, or any other way to write it.

    "2^61 - 1", "101", "F_7": prime fields; "Z_2^64": rings; "GF(2)", "GF(2^8)", "GF(2^128)".
    ValueError for anything else.
    """
    if found := _RING.fullmatch(text):
        return ring(int(found["k"]))
    if found := _BINARY.fullmatch(text):
        return binary_field(int(found["k"] or 1))
    try:
        return parse_field(text)
    except ValueError as error:
        raise ValueError(f"{error}; rings are written Z_2^64, binary fields GF(2^8)") from None
