"""Making vectors from integers, coins and bytes, and back; the field's laws."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.field import parse_field, prime_field
from turncoat.protocols.algebra.primes import is_prime
from turncoat.protocols.primitives.symmetric import AesCtrTape

P61 = 2**61 - 1
LARGE = [2**64 + 13, 2**127 - 1, 2**255 - 19]
PRIMES = [2, 3, 5, 7, 11, 31, 101, 257, 65_537, 2**31 - 1, 2**40 - 87, 2**61 - 31, P61]
PRIMES += [2**61 + 15, 2**63 + 29, 2**64 - 59, *LARGE]

fields = st.sampled_from(PRIMES).map(prime_field)
integers = st.one_of(st.integers(-5, 5), st.integers(-(2**70), 2**70))
vectors = fields.flatmap(
    lambda f: st.tuples(*[st.lists(integers, min_size=3, max_size=3).map(f)] * 3)
)


# ---- laws


@given(vectors)
def test_addition_is_a_commutative_group(xyz):
    x, y, z = xyz
    zero = x.field.zeros(3)

    assert x + y == y + x
    assert (x + y) + z == x + (y + z)
    assert x + zero == x
    assert x + -x == zero
    assert x - y == x + -y


@given(vectors)
def test_multiplication_is_associative_commutative_and_distributive(xyz):
    x, y, z = xyz

    assert x * y == y * x
    assert (x * y) * z == x * (y * z)
    assert x * 1 == x
    assert x * (y + z) == x * y + x * z


@given(vectors)
def test_every_element_but_zero_has_an_inverse(xyz):
    x = xyz[0]
    units = x + x.field((~x.nonzero()).astype(int))  # 1 for 0

    assert units * x.field.inv(units) == x.field.full(3, 1)


@pytest.mark.parametrize("p", PRIMES)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_batch_of_inverses_is_each_inverse(p, size):
    field = prime_field(p)
    numbers = [k % (p - 1) + 1 for k in range(size)]

    assert field.inv(field(numbers)) == field([pow(k, -1, p) for k in numbers])


def test_inverses_keep_the_shape_and_there_are_none_of_nothing():
    field = prime_field(7)

    assert field.inv(field([[1, 2], [3, 4]])) == field([[1, 4], [5, 2]])
    assert field.inv(field.zeros(0)) == field.zeros(0)


def test_zero_has_no_inverse_and_is_pointed_at():
    with pytest.raises(ZeroDivisionError, match="element 2 of 4 is 0"):
        prime_field(5).inv(prime_field(5)([1, 2, 5, 0]))


@given(
    fields, st.lists(st.tuples(integers, st.lists(integers, min_size=2, max_size=2)), min_size=1)
)
def test_a_combination_is_the_sum_of_multiples(field, terms):
    expected = [sum(c * row[i] for c, row in terms) for i in range(2)]

    assert field.combine([c for c, _ in terms], [field(row) for _, row in terms]) == field(expected)


def test_a_combination_takes_integers_as_coefficients():
    field = prime_field(101)

    assert field.combine([np.int64(-1)], [field([1, 2])]) == field([-1, -2])
    with pytest.raises(TypeError, match="'float' object cannot be interpreted as an integer"):
        field.combine([1.5], [field([1, 2])])


def test_the_shape_of_a_scalar_gives_a_vector_of_length_1():
    field, tape = prime_field(101), AesCtrTape(bytes(16))

    assert field.zeros(()).shape == field.full((), 3).shape == field.random(tape, ()).shape == (1,)


def test_a_combination_wants_one_coefficient_a_vector_and_one_shape():
    field = prime_field(101)

    with pytest.raises(ValueError, match="2 coefficients for vectors of shapes"):
        field.combine([1, 2], [field.zeros(3)])
    with pytest.raises(ValueError, match=r"\(3,\), \(1,\)"):
        field.combine([1, 2], [field.zeros(3), field.zeros(1)])
    with pytest.raises(ValueError, match="at least one"):
        field.combine([], [])
    with pytest.raises(TypeError, match="over F_101 is needed, not over F_7"):
        field.combine([1], [prime_field(7).zeros(3)])


# ---- from integers


@given(fields, st.lists(integers, min_size=1))
def test_integers_of_any_size_are_reduced(field, numbers):
    assert field(numbers).integers().tolist() == [k % field.p for k in numbers]


@pytest.mark.parametrize("p", [5, P61])
@pytest.mark.parametrize("dtype", ["i1", "i8", "u1", "u8", ">i8", ">u4", object])
def test_integer_arrays_of_any_type_are_reduced(p, dtype):
    numbers = np.array([[0, 1, 5], [7, 100, 127]]).astype(dtype)

    assert prime_field(p)(numbers).integers().tolist() == [[0, 1, 5 % p], [7 % p, 100 % p, 127 % p]]


def test_the_ends_of_the_integer_types_are_reduced():
    field = prime_field(P61)
    ends = [np.iinfo(np.int64).min, np.iinfo(np.int64).max]

    assert field(np.array(ends)).integers().tolist() == [k % P61 for k in ends]
    assert field(np.array([2**64 - 1], np.uint64)).integers().tolist() == [(2**64 - 1) % P61]
    assert field([2**63, 1, -(2**63)]).integers().tolist() == [2**63 % P61, 1, -(2**63) % P61]


def test_a_scalar_is_a_vector_of_length_1():
    field = prime_field(101)

    for scalar in (-1, np.int32(-1), np.array(-1)):
        assert field(scalar).shape == (1,)
        assert field(scalar) == field([100])


def test_an_array_changed_afterwards_leaves_the_vector():
    numbers = np.array([1, 2, 3], np.uint64)
    vec = prime_field(101)(numbers)
    numbers[:] = 0

    assert vec.tolist() == [1, 2, 3]


def test_arrays_in_any_memory_order_keep_their_elements():
    numbers = np.arange(6).reshape(2, 3)
    field = prime_field(101)

    assert field(numbers.T) + 0 == field([[0, 3], [1, 4], [2, 5]])
    assert field(numbers.astype(np.uint64).T).array.flags.c_contiguous


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (1.5, r"float \(1.5\): scale to whole numbers"),
        ([1, 2.0], "float"),
        (np.array([0.5]), "float64"),
        (np.float32(1), "float32"),
        (True, r"bool \(True\): write 0 or 1"),
        ([0, False], "bool"),
        (np.array([True]), "bool"),
        ("12", r"str \('12'\): give integers, nested lists of them"),
        (None, "NoneType"),
        ([[1, 2], [3]], r"list \(\[1, 2\]\): make all rows equally long"),
        (2j, "complex"),
    ],
)
def test_what_is_no_integer_is_refused_with_its_type_and_a_remedy(values, named):
    with pytest.raises(TypeError, match=f"F_101 takes integers, not {named}"):
        prime_field(101)(values)


def test_a_vector_of_the_field_is_taken_as_it_is_and_no_other():
    field = prime_field(101)
    vec = field([1, 2])

    assert field(vec) is vec
    with pytest.raises(TypeError, match="over F_7 is needed, not over F_101"):
        prime_field(7)(vec)


def test_zeros_and_constants_have_the_shape_asked_for():
    field = prime_field(101)

    assert field.zeros(2) == field([0, 0])
    assert field.full((2, 1), -1) == field([[100], [100]])
    assert field.zeros(0).shape == (0,)


# ---- from coins


class Counting:
    """A tape that deals 0, 1, 2, … below the bound, and notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def uniform(self, bound, count):
        self.asked.append((bound, count))
        return (np.arange(count) % bound).astype(np.uint64)

    def octets(self, count):
        raise AssertionError("elements come from `uniform` alone")


def test_random_elements_are_the_tapes_uniform_integers_below_p():
    tape, field = Counting(), prime_field(5)

    assert field.random(tape, (2, 3)) == field([[0, 1, 2], [3, 4, 0]])
    assert field.random(tape, 2) == field([0, 1])
    assert tape.asked == [(5, 6), (5, 2)]


@pytest.mark.parametrize("p", PRIMES)
def test_random_elements_are_canonical(p):
    vec = prime_field(p).random(AesCtrTape(bytes(16)), 1000)

    assert int(vec.integers().max()) < p
    assert len(set(vec.tolist())) > min(p, 900) * 0.9


# ---- bytes


@pytest.mark.parametrize(
    ("p", "bits", "octets"),
    [
        (2, 1, 1),
        (3, 2, 1),
        (5, 3, 1),
        (257, 9, 2),
        (2**31 - 1, 31, 4),
        (2**40 - 87, 40, 5),
        (P61, 61, 8),
    ],
)
def test_an_element_takes_the_whole_bytes_of_its_bits(p, bits, octets):
    field = prime_field(p)

    assert (field.bits, field.element_bytes) == (bits, octets)
    assert field.encoded_size(field.zeros((2, 3))) == 6 * octets


@given(fields, st.lists(integers))
def test_decoding_undoes_encoding(field, numbers):
    vec = field(numbers)
    data = field.encode(vec)

    assert len(data) == field.encoded_size(vec)
    assert bytes(data) == b"".join(
        (k % field.p).to_bytes(field.element_bytes, "little") for k in numbers
    )
    assert field.decode(bytes(data)) == vec
    assert field.decode(memoryview(bytes(data))) == vec


def test_matrices_are_encoded_row_by_row_and_come_back_flat():
    field = prime_field(257)
    matrix = field([[1, 2], [3, 256]])

    assert bytes(field.encode(matrix)) == bytes([1, 0, 2, 0, 3, 0, 0, 1])
    assert field.decode(field.encode(matrix)) == matrix.ravel()


def test_eight_byte_elements_are_encoded_without_a_copy():
    vec = prime_field(P61).zeros(1000)

    assert np.shares_memory(np.frombuffer(prime_field(P61).encode(vec), np.uint8), vec.array)


def test_a_decoded_vector_shares_no_memory_with_the_bytes():
    data = bytearray(16)
    vec = prime_field(P61).decode(data)
    data[0] = 9

    assert vec.tolist() == [0, 0]


@given(fields, st.binary(max_size=40))
def test_bytes_decode_exactly_when_they_are_canonical(field, data):
    width = field.element_bytes
    words = [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]
    if len(data) % width or any(word >= field.p for word in words):
        with pytest.raises(ValueError, match=r"not below|not a whole number"):
            field.decode(data)
    else:
        assert bytes(field.encode(field.decode(data))) == data


def test_an_element_that_is_too_large_is_pointed_at():
    with pytest.raises(ValueError, match="element 1 of 3 is 5, not below 5"):
        prime_field(5).decode(bytes([4, 5, 200]))


def test_half_an_element_is_refused():
    with pytest.raises(ValueError, match="9 bytes are not a whole number of 8-byte elements"):
        prime_field(P61).decode(bytes(9))


def test_a_field_accepts_its_own_vectors_only():
    field = prime_field(101)

    assert field.accepts(field.zeros(1))
    assert not field.accepts(prime_field(7).zeros(1))
    assert not field.accepts(np.zeros(1, np.uint64))
    with pytest.raises(TypeError, match="over F_101 is needed"):
        field.encode(prime_field(7).zeros(1))


# ---- several vectors


def test_concatenation_and_stacking_are_numpys():
    field = prime_field(101)
    x, y = field([1, 2]), field([3, 4])

    assert field.concatenate([x, y]) == field([1, 2, 3, 4])
    assert field.stack([x, y]) == field([[1, 2], [3, 4]])
    with pytest.raises(TypeError, match="over F_101 is needed"):
        field.concatenate([x, prime_field(7).zeros(1)])


# ---- which fields there are


def test_there_is_one_field_for_each_prime():
    assert prime_field(101) is prime_field(101)
    assert copy.deepcopy(prime_field(101)) is prime_field(101)
    assert (prime_field(101).name, prime_field(P61).name) == ("F_101", "2^61 - 1")


@pytest.mark.parametrize("p", [0, 1, -7, 4, 561, 2**61 - 3, 3_215_031_751, 2**64, 2**89 + 1])
def test_what_is_no_prime_makes_no_field(p):
    with pytest.raises(ValueError, match=f"p = {p}"):
        prime_field(p)


def test_primality_agrees_with_a_sieve():
    limit = 20_000
    composite = {m for d in range(2, 150) for m in range(d * d, limit, d)}

    assert [n for n in range(limit) if is_prime(n)] == [
        n for n in range(2, limit) if n not in composite
    ]


def test_primality_withstands_strong_pseudoprimes_and_knows_large_primes():
    """The least strong pseudoprimes to the first 1, 2, 4, 7 and 9 prime bases [Jaeschke93]."""
    pseudo = [2047, 1_373_653, 3_215_031_751, 341_550_071_728_321, 3_825_123_056_546_413_051]

    assert not any(map(is_prime, pseudo))
    assert all(map(is_prime, (P61, 2**61 - 31, 2**64 - 59, 2**31 - 1)))
    assert not is_prime((2**31 - 1) * (2**31 + 11))


@pytest.mark.parametrize(
    ("text", "p"),
    [
        ("2^61 - 1", P61),
        ("2**31-1", 2**31 - 1),
        (" 101 ", 101),
        ("F_7", 7),
        ("2 ^ 40 - 87", 2**40 - 87),
        ("2^16 + 1", 65_537),
        ("2^61 − 1", P61),
        ("2305843009213693951", P61),
        ("7^1", 7),
        ("2^127 - 1", 2**127 - 1),
        ("2^255 - 19", 2**255 - 19),
    ],
)
def test_a_field_is_read_from_how_people_write_primes(text, p):
    assert parse_field(text) is prime_field(p)


@pytest.mark.parametrize("p", PRIMES)
def test_a_fields_name_reads_back_as_the_field(p):
    assert parse_field(prime_field(p).name) is prime_field(p)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p",
        "2^61 - 1; 1",
        "1e3",
        "0x7",
        "-7",
        "2^-1",
        "2^^3",
        "__import__('os')",
        "Z_2^64",
        "9" * 1301,
    ],
)
def test_other_texts_are_no_field(text):
    with pytest.raises(ValueError, match="is not a field: write a prime"):
        parse_field(text)


@pytest.mark.parametrize("text", ["100", "2^61", "2^999", "0^0", "1 - 5", "2^127 - 3", "2^5000"])
def test_numbers_that_are_no_prime_below_the_limit_are_no_field(text):
    with pytest.raises(ValueError, match=r"p = |primes are below 2\^4096"):
        parse_field(text)
