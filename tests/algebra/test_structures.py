"""Every field and ring there is: the laws, the wire, and what each of them refuses."""

import copy
from operator import add, matmul, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.arithmetic import EngineChoice
from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.ring import ring
from turncoat.protocols.primitives.symmetric import AesCtrTape

PRIMES = ["2^31 - 1", "2^61 - 1", "2^64 - 59", "2^127 - 1", "F_101", "2^255 - 19"]
RINGS = ["Z_2^1", "Z_2^8", "Z_2^32", "Z_2^63", "Z_2^64", "Z_2^72", "Z_2^128"]
BINARY = ["GF(2)", "GF(2^8)", "GF(2^128)"]
NAMES = [*PRIMES, *RINGS, *BINARY]
ALL = [parse_structure(name) for name in NAMES]
BY_NAME = pytest.mark.parametrize("A", ALL, ids=NAMES)
ENGINES = pytest.mark.parametrize("order", ["", "numpy", "numba"])

structures = st.sampled_from(ALL)


def elements(algebra):
    """Integers that stand for elements, the greatest and the least often among them."""
    last = algebra.order - 1
    edges = [0, 1, last, last // 2, last // 2 + 1, last - 1]
    return st.one_of(st.sampled_from([v % algebra.order for v in edges]), st.integers(0, last))


@st.composite
def triples(draw):
    """Three vectors of one structure and one length."""
    algebra = draw(structures)
    size = draw(st.integers(0, 5))
    numbers = st.lists(elements(algebra), min_size=size, max_size=size)
    return tuple(algebra(draw(numbers)) for _ in range(3))


def sample(algebra, shape, key=1):
    return algebra.random(AesCtrTape(key.to_bytes(16)), shape)


# ---- laws


@given(triples())
def test_addition_is_a_commutative_group(xyz):
    x, y, z = xyz

    assert x + y == y + x
    assert (x + y) + z == x + (y + z)
    assert x + 0 == x
    assert x + -x == x.field.zeros(x.shape)
    assert x - y == x + -y


@given(triples())
def test_multiplication_is_associative_commutative_and_distributive(xyz):
    x, y, z = xyz

    assert x * y == y * x
    assert (x * y) * z == x * (y * z)
    assert x * 1 == x
    assert x * (y + z) == x * y + x * z
    assert x @ (y + z) == x @ y + x @ z == (x * y).sum() + (x * z).sum()


@given(triples(), st.data())
def test_combinations_and_polynomials_are_sums_of_products(xyz, data):
    field, rows = xyz[0].field, list(xyz)
    cs = [data.draw(elements(field)) for _ in rows]
    point = data.draw(elements(field).filter(lambda v: v < field.arithmetic.points))
    x = field.full(rows[0].shape, point)

    assert field.combine(cs, rows) == rows[0] * cs[0] + rows[1] * cs[1] + rows[2] * cs[2]
    (value,) = field.arithmetic.horner([row.array for row in rows], [point])
    assert np.array_equal(value, (rows[0] + rows[1] * x + rows[2] * x * x).array)


@given(structures, st.data())
def test_single_elements_and_vectors_compute_alike(algebra, data):
    a, b = data.draw(elements(algebra)), data.draw(elements(algebra))

    assert algebra(a) * b == algebra(algebra.times(a, b))
    assert algebra(a) - b == algebra(algebra.minus(a, b))


@BY_NAME
@pytest.mark.parametrize("size", [0, 1, 2, 5, 33, 100])
def test_inverses_are_inverses(A, size):
    units = [v for v in range(1, 300) if v < A.order and (A.is_field or v % 2)]
    x = A([units[k % len(units)] for k in range(size)])

    assert x * A.inv(x) == A.full(size, 1)
    assert all(A.times(v, A.reciprocal(v)) == 1 for v in units[:5])


@BY_NAME
def test_what_has_no_inverse_is_pointed_at(A):
    with pytest.raises(ZeroDivisionError, match="element 1 of 2 is 0"):
        A.inv(A([1, 0]))
    with pytest.raises(ZeroDivisionError, match="0 has no inverse in"):
        A.reciprocal(0)


def test_even_elements_of_a_ring_have_no_inverse():
    with pytest.raises(ZeroDivisionError, match="element 2 of 3 is 6: an even one"):
        ring(64).inv(ring(64)([1, 3, 6]))


# ---- engines


@BY_NAME
@ENGINES
@pytest.mark.parametrize("size", [1, 3, 40, 100, 5000])
def test_every_engine_computes_what_single_elements_do(monkeypatch, A, order, size):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    x, y = sample(A, size, 1), sample(A, size, 2)
    probe = sorted({0, size // 2, size - 1})
    a, b = ([int(v) for v in A.storage.integers(vec.array)] for vec in (x, y))

    for vec, op in ((x * y, A.times), (x - y, A.minus)):
        assert vec[probe] == A([op(a[k], b[k]) for k in probe])
    assert x + y - y == x
    assert x @ y == (x * y).sum()
    assert A.combine([a[0], b[-1]], [x, y]) == x * a[0] + y * b[-1]
    assert x.sum() == A(1) @ x[:1] + x[1:].sum()


@BY_NAME
@ENGINES
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 4), (5, 40, 3), (30, 20, 10)])
def test_matrix_products_are_sums_of_products(monkeypatch, A, order, shape):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    r, k, c = shape
    x, y = sample(A, (r, k), 1), sample(A, (k, c), 2)
    expected = (x.reshape(r, k, 1) * y.reshape(1, k, c)).sum(1)

    assert x @ y == expected
    assert x @ y[:, 0] == expected[:, 0]
    assert (x[0] @ y) == expected[0]


@BY_NAME
@ENGINES
def test_products_of_nothing_are_zero(monkeypatch, A, order):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))

    assert A.zeros(0) @ A.zeros(0) == A(0) == A.zeros(0).sum()
    assert A.zeros((2, 0)) @ A.zeros((0, 3)) == A.zeros((2, 3))
    assert A.zeros(0) * A.zeros(0) == A.zeros(0) + A(1) == A.zeros(0)
    assert A.combine([1, 1], [A.zeros(0)] * 2) == A.zeros(0)


@pytest.mark.parametrize("A", [ring(64), ring(33), prime_field(2**64 - 59)], ids=lambda a: a.name)
@ENGINES
def test_long_inner_products_of_the_greatest_elements_are_exact(monkeypatch, A, order):
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    x, terms = A.full((2, 3000), -1), 3000

    assert x @ x.reshape(3000, 2) == A.full((2, 2), terms * (A.order - 1) ** 2)
    assert x[0].sum() == A(-3000)


# ---- shapes


@BY_NAME
@pytest.mark.parametrize("op", [add, sub, mul])
@pytest.mark.parametrize(("left", "right"), [((2, 1), (1, 3)), ((3,), (2, 3)), ((1,), (2, 2))])
def test_operands_are_broadcast_as_by_numpy(A, op, left, right):
    x, y = sample(A, left, 1), sample(A, right, 2)
    shape = np.broadcast_shapes(left, right)
    wide_x = A.stack([x] * 6).reshape(-1)[: 6 * x.size]
    out = op(x, y)

    assert out.shape == shape
    assert wide_x.size == 6 * x.size
    at = tuple(n - 1 for n in shape)
    ours = tuple(min(i, n - 1) for i, n in zip(at[-len(left) :], left, strict=True))
    theirs = tuple(min(i, n - 1) for i, n in zip(at[-len(right) :], right, strict=True))
    assert out[at] == op(x[ours], y[theirs])


@BY_NAME
def test_shapes_that_do_not_broadcast_are_refused(A):
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(4,\) do not broadcast"):
        A.zeros(3) * A.zeros(4)


@BY_NAME
def test_indexing_reshaping_concatenating_and_summing_keep_the_elements(A):
    x = sample(A, (3, 4))

    assert A.concatenate([x[:1], x[1:]]) == x == A.stack([x[0], x[1], x[2]])
    assert x.reshape(4, 3).ravel() == x.ravel()
    assert (x[1, 2].shape, x[:, 1].shape, x[1, 2]) == ((1,), (3,), x.ravel()[6:7])
    assert x.sum(0) == x[0] + x[1] + x[2]
    assert x.sum(1) == x.sum(-1) == A.concatenate([row.sum() for row in x])
    assert x.sum() == x.sum(0).sum()
    assert x != x + 1
    assert x == copy.deepcopy(x)


@BY_NAME
def test_no_vectors_elements_can_be_written(A):
    x = sample(A, (2, 3))
    for vec in (x, x + x, x * x, x[0], x.sum(), x @ x.reshape(3, 2), A.decode(A.encode(x)), A(1)):
        assert not vec.array.flags.writeable
        assert vec.array.dtype == A.storage.dtype
        base = vec.array
        while isinstance(base.base, np.ndarray):
            base = base.base
            assert not base.flags.writeable


# ---- the wire


@BY_NAME
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100])
def test_decoding_undoes_encoding(A, size):
    x = sample(A, size)
    data = bytes(A.encode(x))

    assert len(data) == A.encoded_size(x)
    assert A.decode(data, size) == x
    assert bytes(A.encode(A.decode(data))) == data
    if A is not binary_field(1):
        assert A.decode(data) == x
        assert len(data) == size * A.element_bytes


@given(structures, st.binary(max_size=40))
def test_bytes_decode_exactly_when_they_are_canonical(algebra, data):
    width = algebra.element_bytes
    parts = [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]
    packed = algebra is binary_field(1)
    if not packed and (len(data) % width or any(part >= algebra.order for part in parts)):
        with pytest.raises(ValueError, match=r"not below|not a whole number"):
            algebra.decode(data)
    else:
        assert bytes(algebra.encode(algebra.decode(data))) == data


def test_bits_are_packed_the_first_one_lowest():
    bits = binary_field(1)
    x = bits([1, 0, 0, 0, 0, 0, 0, 0, 1, 1])

    assert bytes(bits.encode(x)) == bytes([1, 3])
    assert bits.encoded_size(x) == 2
    assert bits.decode(bytes([1, 3]), 10) == x


def test_padding_bits_must_be_zero_and_the_size_must_fit():
    bits = binary_field(1)

    with pytest.raises(ValueError, match="bits behind the 3 elements"):
        bits.decode(bytes([8]), 3)
    with pytest.raises(ValueError, match="1 bytes do not encode 9 elements"):
        bits.decode(bytes([8]), 9)
    with pytest.raises(ValueError, match="8 bytes do not encode 2 elements of Z_2\\^64"):
        ring(64).decode(bytes(8), 2)


# ---- coins


@BY_NAME
def test_random_elements_are_canonical_and_differ(A):
    values = [int(v) for v in A.storage.integers(sample(A, 500).array)]

    assert 0 <= min(values) <= max(values) < A.order
    assert len(set(values)) >= min(A.order, 300) * 0.6


class Scripted:
    """A tape that deals given integers and notes the bounds."""

    def __init__(self, *columns):
        self.columns, self.bounds = list(columns), []

    def uniform(self, bound, count):
        self.bounds.append((bound, count))
        column = self.columns.pop(0)
        assert len(column) == count
        return np.array(column, np.uint64)

    def octets(self, count):
        raise AssertionError("elements come from `uniform` alone")


def test_elements_of_more_than_64_bits_are_drawn_by_limbs():
    tape = Scripted([7, 8], [1, 2])

    assert binary_field(128).random(tape, 2) == binary_field(128)([7 + 2**64, 8 + 2**65])
    assert tape.bounds == [(2**64, 2), (2**64, 2)]


def test_a_candidate_that_is_not_below_the_order_is_drawn_again():
    p = 2**127 - 1
    low, high = p % 2**64, p >> 64
    tape = Scripted([low, low - 1, 5], [high, high, 0], [9], [1])

    assert prime_field(p).random(tape, 3) == prime_field(p)([9 + 2**64, p - 1, 5])
    assert tape.bounds == [(2**64, 3), (2**63, 3), (2**64, 1), (2**63, 1)]


# ---- representatives


@pytest.mark.parametrize("k", [1, 8, 32, 63, 64, 72, 128])
def test_a_rings_representatives_are_twos_complement(k):
    least, most = -(2 ** (k - 1)), 2 ** (k - 1) - 1

    assert ring(k)([least, most, -1, 0]).tolist() == [least, most, -1, 0]
    assert ring(k)([most + 1]).tolist() == [least]


@pytest.mark.parametrize("k", [1, 8, 128])
def test_a_binary_fields_representatives_are_the_bits(k):
    x = binary_field(k)([0, 1, 2**k - 1])

    assert x.tolist() == [0, 1, 2**k - 1]
    assert binary_field(k)(x.centred()) == x


# ---- refusals


@pytest.mark.parametrize("k", [8, 128])
@pytest.mark.parametrize("value", [-1, 2**128, [1, -1], np.array([-1])])
def test_integers_that_are_no_polynomials_are_refused(k, value):
    with pytest.raises(ValueError, match=rf"is no element of GF\(2\^{k}\): write the coefficients"):
        binary_field(k)(value)


def test_bits_are_integers_modulo_2():
    assert binary_field(1)([-1, 2, 3, 2**70]) == binary_field(1)([1, 0, 1, 0])
    assert binary_field(1)(np.array([-1, 2])) == binary_field(1)([1, 0])


@BY_NAME
def test_floats_booleans_other_structures_and_numpys_functions_are_refused(A):
    x, other = A([1, 0]), parse_structure("7")([1, 0])

    for wrong in (1.5, True, np.array([0.5, 1]), np.array([True, False])):
        with pytest.raises(TypeError, match="takes integers, not"):
            A(wrong)
        with pytest.raises(TypeError, match="takes integers, not"):
            x + wrong
    for op in (add, mul, matmul):
        with pytest.raises(TypeError, match="do not mix"):
            op(x, other)
    with pytest.raises(TypeError, match="refuses numpy"):
        np.add(x, x)
    with pytest.raises(TypeError, match="refuses bool"):
        bool(x)


# ---- names


@BY_NAME
def test_a_structure_is_read_back_from_its_name_and_is_one_object(A):
    assert parse_structure(A.name) is A
    assert copy.deepcopy(A) is A


@pytest.mark.parametrize(
    ("text", "algebra"),
    [
        (" Z_2^64 ", ring(64)),
        ("GF(2)", binary_field(1)),
        ("GF(2^128)", binary_field(128)),
        ("2^127 - 1", prime_field(2**127 - 1)),
        ("2147483647", prime_field(2**31 - 1)),
    ],
)
def test_structures_are_read_from_how_people_write_them(text, algebra):
    assert parse_structure(text) is algebra


@pytest.mark.parametrize("text", ["Z_2^0", "Z_2^4097", "GF(2^9)", "GF(3)", "Z_7", "GF(2", "2^64"])
def test_other_texts_are_refused_with_what_there_is(text):
    with pytest.raises(ValueError, match=r"a ring of this kind|the binary fields here|rings are"):
        parse_structure(text)
