"""The canonical encoding: what goes in comes out, in exactly the bytes that were billed."""

from hashlib import blake2b

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import MalformedMessage, MisuseError
from turncoat.actors.format import HEADER_BYTES, Size
from turncoat.actors.header import Header, sid_hash
from turncoat.actors.wire import (
    Encoded,
    check,
    encode,
    fingerprint,
    format_of,
    integer,
    kind_of,
    message,
    number_of,
    octets,
    open_body,
    shape_of,
    size_of,
)

from .toys import STRUCTURES, Blob, Mixed, Nothing, P, Ping, Pong, Residues, Sandwich, Values

vectors = st.lists(st.integers(0, P - 1), max_size=20).map(lambda xs: Residues(tuple(xs)))
bodies = st.one_of(
    st.builds(Ping, st.integers(0, 2**32 - 1)),
    st.builds(Values, vectors),
    st.builds(Blob, st.binary(max_size=50)),
    st.just(Nothing()),
    st.builds(
        Mixed,
        st.integers(0, 255),
        vectors,
        st.binary(min_size=16, max_size=16),
        vectors,
        st.binary(max_size=20),
        st.integers(0, 2**64 - 1),
    ),
    st.builds(Sandwich, st.integers(0, 2**16 - 1), vectors, st.binary(min_size=3, max_size=3)),
)


def decode(kind: str, data: bytes):
    return format_of(kind).decode(data, STRUCTURES)


@given(bodies)
def test_decoding_undoes_encoding(body):
    """decode ∘ encode = id, field by field and type by type."""
    again = decode(type(body).__name__, encode(body, STRUCTURES))
    assert again == body
    assert [type(v) for v in attrs.astuple(again, recurse=False)] == [
        type(v) for v in attrs.astuple(body, recurse=False)
    ]


@given(bodies)
def test_the_size_is_known_without_encoding(body):
    """payload + framing = 32 bytes of header + the encoding, to the byte."""
    size = size_of(body, STRUCTURES)
    assert size.payload + size.framing == HEADER_BYTES + len(encode(body, STRUCTURES))


@pytest.mark.parametrize(
    ("body", "payload", "framing"),
    [
        (Nothing(), 0, 32),
        (Ping(7), 0, 32 + 4),
        (Values(Residues((1, 2, 3))), 3 * 2, 32),  # a single vector needs no length
        (Blob(b"12345"), 5, 32),
        (Sandwich(1, Residues((1,)), b"abc"), 2 + 3, 32 + 2),
        # two vectors are payload; flag, tag, note, counter and three lengths are not
        (
            Mixed(1, Residues((1, 2)), bytes(16), Residues(()), b"note", 9),
            2 * 2,
            32 + 1 + 16 + 4 + 8 + 3 * 4,
        ),
        (Encoded("Ping", b"any 8 by"), 8, 32),
    ],
)
def test_sizes_by_hand(body, payload, framing):
    """Elements, keys and ciphertexts are payload; lengths, ids and the header are framing."""
    assert size_of(body, STRUCTURES) == Size(payload, framing)


def test_an_encoding_by_hand():
    """Little-endian, in the order of the fields; variable fields among several carry a length."""
    body = Mixed(0xAB, Residues((1, 0x0203)), b"t" * 16, Residues((5,)), b"no", 258)
    assert encode(body, STRUCTURES) == (
        b"\xab" + b"\x04\0\0\0" + b"\x01\x00\x03\x02" + b"t" * 16
        + b"\x02\0\0\0" + b"\x05\x00" + b"\x02\0\0\0" + b"no" + b"\x02\x01" + bytes(6)
    )  # fmt: skip
    assert encode(Sandwich(1, Residues((2,)), b"abc"), STRUCTURES) == b"\x01\0\x02\0abc"


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("Ping", b"", "cut short"),
        ("Ping", bytes(3), "cut short"),
        ("Ping", bytes(5), "1 bytes too many"),
        ("Nothing", b"x", "1 bytes too many"),
        ("Values", b"x", "odd number"),
        ("Values", b"\xff\xff", "not reduced"),
        ("Values", P.to_bytes(2, "little"), "not reduced"),  # P would be a second 0
        ("Sandwich", bytes(4), "cut short"),
        ("Mixed", b"\0", "no length"),
        ("Mixed", b"\0\xff\xff\xff\xff", "cut short"),  # 4 GiB announced, nothing there
        ("Mixed", bytes(1 + 4 + 16 + 4 + 4 + 8) + b"\0", "too many"),
    ],
)
def test_what_no_encoder_produces_is_refused(kind, data, why):
    """Short, long, unreduced or with a wrong length: MalformedMessage says what and where."""
    with pytest.raises(MalformedMessage, match=why) as caught:
        decode(kind, data)
    assert kind in str(caught.value)


@given(bodies, bodies)
def test_fingerprints_tell_encodings_apart(one, other):
    """Equal exactly if the encodings are (63 bits: no accident in a test's lifetime)."""
    same = encode(one, STRUCTURES) == encode(other, STRUCTURES)
    assert (fingerprint(one, STRUCTURES) == fingerprint(other, STRUCTURES)) == same
    assert 0 <= fingerprint(one, STRUCTURES) < 2**63


@given(bodies)
def test_an_encoded_message_has_its_fingerprint_and_opens_to_it(body):
    """By reference or as bytes: the receiver sees the same message, the journal the same hash."""
    wired = Encoded(type(body).__name__, encode(body, STRUCTURES))
    assert fingerprint(wired, STRUCTURES) == fingerprint(body, STRUCTURES)
    assert open_body(wired, None, STRUCTURES) == open_body(body, None, STRUCTURES) == body


def test_vectors_take_the_shape_that_the_receiver_expects():
    """They travel flat; a matrix is reshaped on arrival, and another number of elements refused."""
    matrix = Values(Residues((1, 2, 3, 4, 5, 6), (2, 3)))
    assert shape_of(matrix) == (2, 3)
    assert shape_of(Ping(1)) is None
    for body in (matrix, Encoded("Values", encode(matrix, STRUCTURES))):
        assert open_body(body, None, STRUCTURES).values.shape == (6,)
        assert open_body(body, (3, 2), STRUCTURES).values.shape == (3, 2)
        with pytest.raises(MalformedMessage, match=r"Values\.values has 6 elements, expected 8"):
            open_body(body, (2, 4), STRUCTURES)


def test_bytes_of_an_unknown_kind_are_refused():
    with pytest.raises(MalformedMessage, match="no message is called Nonsense"):
        open_body(Encoded("Nonsense", b""), None, STRUCTURES)


# -- the header ------------------------------------------------------------------------------------

headers = st.builds(
    Header,
    sid=st.binary(min_size=16, max_size=16),
    kind=st.integers(0, 2**16 - 1),
    sender=st.integers(0, 2**24 - 1),
    receiver=st.integers(0, 2**24 - 1),
    sequence=st.integers(0, 2**32 - 1),
    length=st.integers(0, 2**32 - 1),
)


@given(headers)
def test_a_header_has_32_bytes_and_survives_the_wire(header):
    assert len(header.encode()) == HEADER_BYTES == 32
    assert Header.decode(header.encode()) == header


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_one_header(data):
    """No two encodings of a header: every bit of the 32 bytes means something."""
    assert Header.decode(data).encode() == data


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_header_of_another_length_is_refused(length):
    with pytest.raises(MalformedMessage, match=f"32 bytes, not {length}"):
        Header.decode(bytes(length))


def test_a_sid_is_named_by_128_bits_of_blake2b():
    """The path itself is never sent, so that totals do not depend on how protocols are called."""
    assert sid_hash("bgw/mul.3") == blake2b(b"bgw/mul.3", digest_size=16).digest()
    assert sid_hash("bgw/mul.3") != sid_hash("bgw/mul.4")
    assert len(sid_hash("x" * 10_000)) == 16


def test_kinds_are_numbered_by_their_names():
    assert kind_of(number_of("Ping")) is format_of("Ping")
    assert number_of("Ping") != number_of("Pong")
    assert number_of("NoSuchKind") == 0
    unused = next(k for k in range(2**16) if k not in map(number_of, ("Ping", "Pong", "Values")))
    with pytest.raises(MalformedMessage, match="kind number"):
        kind_of(next(k for k in range(unused, 2**16) if not _known(k)))


def _known(number: int) -> bool:
    try:
        kind_of(number)
    except MalformedMessage:
        return False
    return True


# -- what authors may write ------------------------------------------------------------------------


def test_messages_are_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Ping(1).number = 2


def test_one_name_is_one_message_class():
    """A second module that defines a kind of the same name is refused when it is imported."""
    with pytest.raises(TypeError, match="both define Ping"):
        message(type("Ping", (), {"__module__": "elsewhere", "__annotations__": {}}))


@pytest.mark.parametrize(
    "body",
    [
        Ping(-1),
        Ping(2**32),
        Ping(True),
        Ping("1"),
        Blob("text"),
        Blob(bytearray(b"x")),
        Mixed(1, Residues(()), bytes(15), Residues(()), b"", 1),
        Values((1, 2)),
        "no message",
        None,
    ],
)
def test_what_the_wire_cannot_carry_is_the_authors_mistake(body):
    with pytest.raises(MisuseError):
        check(body, STRUCTURES)


@given(bodies)
def test_whatever_is_declared_can_be_carried(body):
    check(body, STRUCTURES)
    check(Encoded("Anything", b"goes"), STRUCTURES)


def test_fields_are_positional_and_named():
    """`@message` is an attrs class: it compares, prints and evolves as one."""

    @message
    class Key:
        part: bytes = octets(32, payload=True)
        epoch: int = integer(2)

    key = Key(bytes(32), epoch=3)
    assert attrs.evolve(key, epoch=4) == Key(part=bytes(32), epoch=4)
    assert size_of(key, STRUCTURES) == Size(payload=32, framing=32 + 2)
    assert Pong(1) != Ping(1)
