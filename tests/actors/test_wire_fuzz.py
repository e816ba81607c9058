"""100,000 random and mutated encodings: each is refused cleanly, or is the one encoding of what it
decodes to. Nothing else may come out of the decoder, whatever a corrupted party sends."""

from random import Random

import pytest

from turncoat.actors.errors import MalformedMessage
from turncoat.actors.wire import encode, format_of

from .toys import STRUCTURES, Blob, Mixed, Nothing, P, Ping, Residues, Sandwich, Values

ROUNDS = 10_000


def some_bodies(rng: Random) -> list:
    def vector() -> Residues:
        return Residues(tuple(rng.randrange(P) for _ in range(rng.randrange(6))))

    return [
        Ping(rng.getrandbits(32)),
        Values(vector()),
        Blob(rng.randbytes(rng.randrange(12))),
        Mixed(
            rng.getrandbits(8),
            vector(),
            rng.randbytes(16),
            vector(),
            rng.randbytes(3),
            rng.getrandbits(64),
        ),
        Sandwich(rng.getrandbits(16), vector(), rng.randbytes(3)),
    ]


def flip(data: bytes, rng: Random) -> bytes:
    """One bit differs."""
    if not data:
        return b"\x80"
    at, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def cut(data: bytes, rng: Random) -> bytes:
    """Some bytes are missing somewhere."""
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randrange(1, 6) :]


def pad(data: bytes, rng: Random) -> bytes:
    """Some bytes too many somewhere."""
    start = rng.randrange(len(data) + 1)
    return data[:start] + rng.randbytes(rng.randrange(1, 6)) + data[start:]


def overwrite(data: bytes, rng: Random) -> bytes:
    """A word of ones: a huge length, an unreduced element."""
    start = rng.randrange(len(data) + 1)
    return data[:start] + b"\xff" * 4 + data[start + 4 :]


def noise(data: bytes, rng: Random) -> bytes:
    return rng.randbytes(rng.randrange(48))


MUTATIONS = (flip, cut, pad, overwrite, noise)
KINDS = [cls.__name__ for cls in (Ping, Values, Blob, Mixed, Sandwich, Nothing)]


def verdict(kind: str, data: bytes) -> bool:
    """Does `data` decode? If so it must be the very encoding of what it decodes to."""
    try:
        body = format_of(kind).decode(data, STRUCTURES)
    except MalformedMessage:
        return False
    assert encode(body, STRUCTURES) == data, (kind, data)
    return True


@pytest.mark.parametrize("seed", [2024])
def test_a_hundred_thousand_encodings_decode_canonically_or_not_at_all(seed):
    """10^4 rounds of five messages, each mutated once and offered to the decoder of its own kind
    and to that of another: 10^5 in all. Both verdicts must be common, or nothing is tested."""
    rng = Random(seed)
    decoded = refused = 0
    for _ in range(ROUNDS):
        for body in some_bodies(rng):
            data = rng.choice(MUTATIONS)(encode(body, STRUCTURES), rng)
            for kind in (type(body).__name__, rng.choice(KINDS)):
                if verdict(kind, data):
                    decoded += 1
                else:
                    refused += 1
    assert decoded + refused == 100_000
    assert min(decoded, refused) > 20_000
