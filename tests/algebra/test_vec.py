"""Vectors: operators against Python's integers, indexing against NumPy, and what they refuse."""

import copy
import operator
from operator import add, matmul, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.vec import Vec

P61 = 2**61 - 1
F = prime_field(101)
PRIMES = [2, 3, 5, 101, 2**40 - 87, 2**61 - 31, P61, 2**63 + 29, 2**127 - 1]

fields = st.sampled_from(PRIMES).map(prime_field)
integers = st.one_of(st.integers(-3, 3), st.integers(-(2**65), 2**65))
pairs = st.lists(st.tuples(integers, integers), max_size=40)


# ---- operators


@given(fields, pairs)
def test_operators_are_those_of_integers_modulo_p(field, numbers):
    xs, ys = [x for x, _ in numbers], [y for _, y in numbers]
    x, y = field(xs), field(ys)

    for op in (add, sub, mul):
        assert op(x, y) == field([op(u, v) for u, v in numbers])
    assert -x == field([-u for u in xs])
    assert +x == x
    assert x @ y == field(sum(u * v for u, v in numbers))
    assert x.sum() == field(sum(xs))


@given(fields, st.lists(integers), integers)
def test_an_integer_combines_with_every_element_from_either_side(field, xs, c):
    x = field(xs)

    for op in (add, sub, mul):
        assert op(x, c) == field([op(u, c) for u in xs])
        assert op(c, x) == field([op(c, u) for u in xs])


@pytest.mark.parametrize("op", [add, sub, mul])
@pytest.mark.parametrize("dtype", ["i1", "i8", "u8", object])
def test_an_integer_array_combines_from_either_side(op, dtype):
    numbers, x = np.array([1, 2, 100]).astype(dtype), F([5, 6, 7])
    plain = np.array([1, 2, 100])

    assert op(x, numbers) == F(op(np.array([5, 6, 7]), plain))
    assert op(numbers, x) == F(op(plain, np.array([5, 6, 7])))
    assert op(numbers.reshape(3, 1), x).shape == (3, 3)


@pytest.mark.parametrize("op", [add, sub, mul])
def test_a_numpy_integer_combines_from_either_side(op):
    assert op(np.int64(-3), F([5, 6])) == F([op(-3, 5), op(-3, 6)])
    assert op(F([5, 6]), np.uint8(3)) == F([op(5, 3), op(6, 3)])


def test_python_sums_vectors():
    assert sum([F([1, 2]), F([3, 4])]) == F([4, 6])


@pytest.mark.parametrize("p", PRIMES)
@pytest.mark.parametrize(("left", "right"), [((2, 3), (3, 4)), ((3,), (3, 2)), ((2, 3), (3,))])
def test_matrix_products_are_numpys_on_python_integers(p, left, right):
    x = np.array([pow(3, k, p) for k in range(np.prod(left))], object).reshape(left)
    y = np.array([pow(7, k, p) for k in range(np.prod(right))], object).reshape(right)

    assert prime_field(p)(x) @ prime_field(p)(y) == prime_field(p)(x @ y)


@pytest.mark.parametrize("p", [5, 2**61 - 31, P61])
def test_large_matrix_products_are_exact(p):
    x = np.arange(40 * 50, dtype=object).reshape(40, 50) + p - 1000
    y = np.arange(50 * 30, dtype=object).reshape(50, 30) * (p // 7)

    assert prime_field(p)(x) @ prime_field(p)(y) == prime_field(p)(x @ y)


def test_an_array_multiplies_matrices_from_either_side():
    a, x = np.array([[1, 2], [3, 4]]), F([5, 6])

    assert a @ x == F([17, 39])
    assert x @ a == F([23, 34])


def test_the_inner_product_of_vectors_has_length_1_even_of_nothing():
    assert (F([1, 2]) @ F([3, 4])).shape == (1,)
    assert F.zeros(0) @ F.zeros(0) == F([0])


@pytest.mark.parametrize(("left", "right"), [((3,), (4,)), ((2, 3), (2, 3)), ((1, 1, 1), (1,))])
def test_matrix_products_want_shapes_that_fit(left, right):
    with pytest.raises(ValueError, match="do not fit"):
        F.zeros(left) @ F.zeros(right)


@pytest.mark.parametrize("p", [2, 101, P61])
def test_sums_along_an_axis_are_numpys(p):
    numbers = np.array([[p - 1, 1, 2], [p - 1, p - 2, 5]], object)
    field = prime_field(p)

    assert field(numbers).sum(0) == field(numbers.sum(0))
    assert field(numbers).sum(-1) == field(numbers.sum(1))
    assert field(numbers).sum() == field(numbers.sum())
    assert field(numbers[0]).sum(0) == field(numbers[0].sum())
    assert field.zeros(0).sum() == field([0])


def test_a_long_sum_of_the_greatest_element_does_not_wrap():
    field = prime_field(P61)

    assert field.full(100_000, -1).sum() == field([-100_000])
    assert field.full((100_000, 2), -1).sum(0) == field([-100_000] * 2)


# ---- equality


def test_vectors_are_equal_in_field_shape_and_values():
    assert F([1, 2]) == F([102, 2])
    assert F([1, 2]) != F([1, 3])
    assert F([1, 2]) != F([[1, 2]])
    assert F([1]) != prime_field(7)([1])
    assert F([1]) != 1
    assert (F([1]) == F([1])) is True


def test_vectors_are_not_hashable():
    with pytest.raises(TypeError, match="unhashable"):
        hash(F([1]))


# ---- representatives


@pytest.mark.parametrize("p", PRIMES)
def test_representatives_are_centred_at_zero(p):
    field = prime_field(p)
    values = field([0, 1, -1, p // 2, p // 2 + 1]).centred()

    assert values.dtype == (np.int64 if p < 2**64 else object)
    assert all(-p < 2 * v <= p for v in values.tolist())
    assert field(values) == field([0, 1, -1, p // 2, p // 2 + 1])


def test_lists_hold_centred_python_integers_nested_as_the_shape():
    listed = prime_field(P61)([[1, -1], [P61 // 2, P61 // 2 + 1]]).tolist()

    assert listed == [[1, -1], [2**60 - 1, -(2**60 - 1)]]
    assert type(listed[0][0]) is int


# ---- shape and indices


@given(st.integers(-3, 2), st.slices(3), st.lists(st.integers(0, 2)))
def test_indices_are_numpys_with_single_elements_of_length_1(i, part, chosen):
    x, numbers = F([10, 20, 30]), np.array([10, 20, 30])

    assert x[i] == F(numbers[i])
    assert x[i].shape == (1,)
    assert x[part] == F(numbers[part])
    assert x[np.array(chosen, int)] == F(numbers[np.array(chosen, int)])
    assert x[numbers > 10] == F([20, 30])


def test_indices_of_a_matrix_give_rows_columns_and_elements():
    x = F([[1, 2, 3], [4, 5, 6]])

    assert x[1] == F([4, 5, 6])
    assert x[:, 1] == F([2, 5])
    assert x[:, 1] + 0 == F([2, 5])
    assert x[1, 2] == F([6])
    assert x[..., ::-2] == F([[3, 1], [6, 4]])
    assert list(x) == [x[0], x[1]]
    assert len(x) == 2
    with pytest.raises(IndexError):
        x[2]


def test_reshaping_keeps_the_order_of_the_elements():
    x = F(range(6))

    assert x.reshape(2, 3) == x.reshape((2, -1)) == F([[0, 1, 2], [3, 4, 5]])
    assert x.reshape(2, 3).ravel() == x
    assert (x.reshape(2, 3).shape, x.reshape(2, 3).ndim, x.size) == ((2, 3), 2, 6)
    assert F([5]).reshape(()).shape == (1,)


def test_a_repr_names_the_field_and_abridges():
    assert repr(F([1, -1])) == "Vec([ 1, -1] in F_101)"
    assert len(repr(F.zeros(10_000))) < 60


# ---- immutability


def every_kind_of_vector():
    x = F([[1, 2, 3], [4, 5, 6]])
    yield from (x, x + x, x * 2, -x, x @ F([1, 1, 1]), x[0], x[:, ::2], x[0, 0], x.reshape(3, 2))
    yield from (x.sum(), x.sum(0), F.inv(x), F.combine([1], [x]), F.concatenate([x, x]))
    yield from (F.decode(F.encode(x)), F.zeros(3), F.stack([x]), F(np.ones(3, np.uint64)))


def test_no_vectors_words_can_be_written():
    for vec in every_kind_of_vector():
        assert not vec.array.flags.writeable
        assert vec.array.flags.c_contiguous
        assert vec.array.dtype == np.uint64
        base = vec.array
        while base.base is not None:
            base = base.base
            assert not base.flags.writeable


def test_a_copy_is_equal_and_as_immutable():
    for vec in (copy.copy(F([1, 2])), copy.deepcopy(F([1, 2]))):
        assert vec == F([1, 2])
        assert not vec.array.flags.writeable


def test_attributes_cannot_be_set():
    with pytest.raises(AttributeError):
        F([1]).field = prime_field(7)
    with pytest.raises(AttributeError):
        F([1]).other = 1


def test_augmented_assignment_makes_a_new_vector():
    x = y = F([1, 2])
    x += 1

    assert (x, y) == (F([2, 3]), F([1, 2]))


# ---- refusals

X = F([1, 2])


@pytest.mark.parametrize(
    ("attempt", "hint"),
    [
        (lambda: bool(X), r"refuses bool\(\): compare with =="),
        (lambda: float(X), r"refuses float\(\): elements of a field are not real"),
        (lambda: int(X), r"refuses int\(\): use .tolist"),
        (lambda: 1 in X, "refuses `in`: use .tolist"),
        (lambda: X / 2, r"refuses /: division in a field is x \* field.inv"),
        (lambda: 2 // X, r"refuses /: division in a field is x \* field.inv"),
        (lambda: np.add(X, X), r"refuses numpy.add: use its own \+ - \* @"),
        (lambda: np.add(X, 1), "refuses numpy.add"),
        (lambda: np.add.reduce(X), "refuses numpy.add"),
        (lambda: np.sqrt(X), "refuses numpy.sqrt"),
        (lambda: np.array([1, 2]) == X, "refuses numpy.equal"),
        (lambda: np.array([1, 2]) < X, "refuses numpy.less"),
        (lambda: np.array([1, 2]) / X, "refuses numpy.divide"),
        (lambda: np.sum(X), r"refuses numpy.sum: use .sum\(\)"),
        (lambda: np.concatenate([X, X]), "refuses numpy.concatenate: .* field.concatenate"),
        (lambda: np.asarray(X), "refuses conversion to an ndarray: use .tolist"),
        (lambda: np.array([X, X]), "refuses conversion to an ndarray"),
        (lambda: operator.iadd(np.array([1, 2]), X), "refuses numpy.add"),
    ],
)
def test_what_would_compute_with_raw_words_is_refused_with_a_hint(attempt, hint):
    with pytest.raises(TypeError, match=hint):
        attempt()


@pytest.mark.parametrize("op", [add, sub, mul, matmul])
@pytest.mark.parametrize(
    "other",
    [1.5, True, 2j, np.float64(1), np.bool_(True), np.array([0.5, 1]), np.array([True, False])],
)
def test_floats_and_booleans_do_not_combine_with_elements(op, other):
    with pytest.raises(TypeError, match="F_101 takes integers, not"):
        op(X, other)
    with pytest.raises(TypeError, match="F_101 takes integers, not"):
        op(other, X)


@pytest.mark.parametrize("op", [add, sub, mul, matmul])
def test_fields_do_not_mix(op):
    with pytest.raises(TypeError, match="elements of F_101 and F_7 do not mix"):
        op(X, prime_field(7)([1, 2]))


@pytest.mark.parametrize("op", [add, sub, mul, matmul])
@pytest.mark.parametrize("other", ["1", None, [1, 2], object()])
def test_other_types_do_not_combine(op, other):
    refusal = r"unsupported operand|can only concatenate|can't multiply"
    with pytest.raises(TypeError, match=refusal):
        op(X, other)
    with pytest.raises(TypeError, match=refusal):
        op(other, X)


class Partner:
    """A type that knows how to combine with vectors, as shares do."""

    def __radd__(self, other):
        return "radd", other

    __rsub__ = __rmul__ = __rmatmul__ = __radd__


@pytest.mark.parametrize("op", [add, sub, mul, matmul])
def test_a_type_that_knows_vectors_gets_its_turn(op):
    assert op(X, Partner()) == ("radd", X)
    assert isinstance(X, Vec)
