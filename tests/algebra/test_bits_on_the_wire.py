"""Vectors of bits between parties: eight to a byte, and as many as were sent when decoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import MalformedMessage
from turncoat.actors.outcome import Output
from turncoat.actors.party import Party
from turncoat.actors.topology import Cast
from turncoat.actors.wire import Encoded, elements, encode, message, open_body, size_of
from turncoat.actors.world import World
from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.primitives.symmetric import AesCtrTape

BITS = binary_field(1)
STRUCTURES = {"field": BITS}


@message
class BitsSent:
    """Bits of one party to all."""

    values: Vec = elements()


async def parity(party: Party) -> list[int]:
    own = BITS.random(party.coins, (11,))
    heard = await party.exchange_all(BitsSent(own))
    total = heard[1].values
    for i in party.everyone[1:]:
        total = total + heard[i].values
    return total.tolist()


@pytest.mark.parametrize("digest", ["full", "sizes"])
def test_really_encoded_bits_change_neither_outputs_nor_the_digest(digest):
    runs = [
        World(
            cast=Cast(("a", "b", "c")),
            tapes=AesCtrTape,
            structures=STRUCTURES,
            encode=encode,
            digest=digest,
        ).run(parity)
        for encode in (False, True)
    ]

    assert runs[0].digest == runs[1].digest
    assert runs[0].outcomes == runs[1].outcomes
    (value,) = {tuple(outcome.value) for outcome in runs[0].outcomes.values()}
    assert len(value) == 11
    assert all(isinstance(outcome, Output) for outcome in runs[0].outcomes.values())
    assert runs[0].ledger.total().payload_bytes == 6 * 2


@given(st.lists(st.integers(0, 1), max_size=40))
def test_a_shape_says_how_many_bits_the_bytes_hold(bits):
    body = BitsSent(BITS(bits).reshape(-1, 1))
    sent = Encoded("BitsSent", encode(body, STRUCTURES))

    assert size_of(body, STRUCTURES).payload == len(sent.data) == (len(bits) + 7) // 8
    assert open_body(sent, (len(bits), 1), STRUCTURES) == body
    assert open_body(sent, None, STRUCTURES).values.size == 8 * len(sent.data)


@pytest.mark.parametrize(("data", "count"), [(b"\x01", 9), (b"\x01\x00", 8), (b"\xff", 7)])
def test_bytes_that_no_vector_of_that_length_has_are_malformed(data, count):
    with pytest.raises(MalformedMessage):
        open_body(Encoded("BitsSent", data), (count,), STRUCTURES)
