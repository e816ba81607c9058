"""The three engines against Python's integers, on random words and on every edge there is."""

from itertools import product
from operator import add, mul, sub

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.algebra.compiled import NumbaEngine
from turncoat.protocols.algebra.engines import CHUNK, NumpyEngine, PythonEngine
from turncoat.protocols.algebra.few import FewIntegers
from turncoat.protocols.algebra.kernels import SMALL_POINT, formulas_for
from turncoat.protocols.algebra.loops import BLOCK

TINY = [2, 3, 5, 7, 11, 31, 101]
MEDIUM = [65_537, 2**31 - 1, 2**32 + 15, 2**48 - 59]  # the last: the largest narrow prime
WIDE = [2**48 + 21, 2**59 - 55, 2**60 + 33, 2**61 - 31]  # the last: the largest wide prime
FULL = [2**61 + 15, 2**62 - 57, 2**63 - 25, 2**63 + 29, 2**64 - 59]  # the last fills the word
PRIMES = [*TINY, *MEDIUM, *WIDE, 2**61 - 1, *FULL]
MODULI = [*PRIMES, 2**5, 2**32, 2**63, 2**64]
ENGINES = ["python", "numpy", "numba"]


def engine(name, p):
    if name == "python":
        return PythonEngine(FewIntegers(p))
    return (NumpyEngine if name == "numpy" else NumbaEngine)(p)


def words(values):
    array = np.array(values, np.uint64)
    array.setflags(write=False)
    return array


def edges(p):
    """0, 1, p − 1, the middle, and 2^k − 1, 2^k, 2^k + 1 for every k."""
    near = {0, 1, 2, p - 1, p - 2, p // 2, p // 2 + 1}
    powers = {2**k + d for k in range(65) for d in (-1, 0, 1)}
    return sorted(v for v in near | powers | {p - v for v in powers} if 0 <= v < p)


def random_words(p, size, seed=1):
    return np.random.default_rng(seed).integers(0, p, size, dtype=np.uint64)


def limits(q):
    """How large loose words and products may be, from the comments in `kernels.py`."""
    if q > 2 and q & (q - 1) == 0:
        return 2**64, 2**64
    if q == 2**31 - 1:
        return 2**33, 2**62
    if q == 2**61 - 1:
        return 2**61 + 8, 2**63
    return (4 * q, 4 * q) if q < 2**61 else (q, q)


@pytest.mark.parametrize("q", MODULI)
def test_formulas_keep_their_promises_over_the_whole_range_of_loose_words(q):
    """Real products seldom come near these bounds; the proofs of the formulas rest on them."""
    formulas, m = formulas_for(q)
    loose_limit, product_limit = limits(q)
    w = words([loose_limit - 1 - k for k in range(min(loose_limit, 50))])
    v = words([product_limit - 1 - k for k in range(min(product_limit, 50))])

    for loose, added in ((w, v[:1]), (w[:1], v), (words([0]), v)):
        gathered = formulas.gather(loose, added, m)
        assert max(gathered.tolist()) < loose_limit
        sums = [x + y for x in loose.tolist() for y in added.tolist()]
        assert [g % q for g in gathered.tolist()] == [s % q for s in sums]
    for word in (w, v):
        assert formulas.reduce(word, m).tolist() == [x % q for x in word.tolist()]
    for x in (0, 1, SMALL_POINT - 1):
        stepped = formulas.step(w, np.uint64(x), np.uint64(q - 1), m)
        assert max(stepped.tolist()) < loose_limit
        assert [s % q for s in stepped.tolist()] == [(k * x + q - 1) % q for k in w.tolist()]


@pytest.mark.parametrize("q", MODULI)
def test_the_residue_of_any_word_is_canonical(q):
    formulas, m = formulas_for(q)
    values = [0, 1, q - 1, q % 2**64, 2**63, 2**64 - 1, 2**64 - 2]

    assert formulas.residue(words(values), m).tolist() == [v % q for v in values]


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ENGINES)
def test_products_of_all_pairs_of_edge_values_are_exact(name, p):
    pairs = list(product(edges(p), repeat=2))
    a, b = words([x for x, _ in pairs]), words([y for _, y in pairs])

    assert engine(name, p).mul(a, b).tolist() == [x * y % p for x, y in pairs]


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ["numpy", "numba"])
@pytest.mark.parametrize("op", [add, sub])
def test_sums_of_all_pairs_of_edge_values_are_exact(name, p, op):
    pairs = list(product(edges(p), repeat=2))
    a, b = words([x for x, _ in pairs]), words([y for _, y in pairs])
    out = getattr(engine(name, p), op.__name__)(a, b)

    assert out.tolist() == [op(x, y) % p for x, y in pairs]


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ["numpy", "numba"])
@pytest.mark.parametrize("op", [add, sub, mul])
def test_one_word_serves_all_words_of_the_other_operand(name, p, op):
    function, one, many = getattr(engine(name, p), op.__name__), p - 1, edges(p)

    assert function(words(many), words([one])).tolist() == [op(x, one) % p for x in many]
    assert function(words([one]), words(many)).tolist() == [op(one, x) % p for x in many]


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("terms", [1, 2, 3, 40])
def test_a_combination_of_extreme_words_never_overflows(name, p, terms):
    """Coefficients and words of p − 1 stress the room that lazy sums have."""
    size = len(edges(p))
    rows = [words([p - 1] * size), *[words(edges(p))] * (terms - 1)]
    coefficients = [p - 1, *[p - 1 - (k % p) for k in range(terms - 1)]]
    expected = [
        sum(c * int(row[i]) for c, row in zip(coefficients, rows, strict=True)) % p
        for i in range(size)
    ]

    assert engine(name, p).combine(coefficients, rows).tolist() == expected


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("terms", [1, 2, 3, 12])
def test_horner_is_exact_at_the_smallest_and_the_greatest_points(name, p, terms):
    points = sorted({x % p for x in (0, 1, 2, 3, 31, 2**20 + 1, SMALL_POINT - 2, SMALL_POINT - 1)})
    rows = [words(edges(p)), *[words([p - 1] * len(edges(p)))] * (terms - 1)]
    expected = [
        [sum(int(row[i]) * x**k for k, row in enumerate(rows)) % p for i in range(len(edges(p)))]
        for x in points
    ]

    assert engine(name, p).horner(rows, points).tolist() == expected


@pytest.mark.parametrize("p", MODULI)
@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 1)])
def test_inner_products_are_exact_across_the_blocks_of_every_engine(name, p, shape):
    length = 2051
    a = words([[p - 1] * length] * shape[0])
    b = words(random_words(p, (shape[1], length)))
    expected = [[sum(v * (p - 1) for v in row) % p for row in b.tolist()]] * shape[0]

    assert engine(name, p).products(a, b).tolist() == expected


@pytest.mark.parametrize("p", [3, 101, 2**31 - 1, 2**61 - 31, 2**61 - 1, 2**64 - 59, 2**32, 2**64])
@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK + 1, CHUNK, 3 * CHUNK + 7])
def test_both_array_engines_agree_on_vectors_of_several_chunks(p, size):
    numpy, numba = engine("numpy", p), engine("numba", p)
    a, b, c = (words(random_words(p, size, seed)) for seed in (1, 2, 3))

    for op in (add, sub, mul):
        results = [getattr(one, op.__name__)(a, b).tolist() for one in (numpy, numba)]
        assert results[0] == results[1]
        assert results[0][-3:] == [op(int(x), int(y)) % p for x, y in zip(a[-3:], b[-3:])]  # noqa: B905
    coefficients = [p - 1, 1, p // 2]
    assert np.array_equal(*(one.combine(coefficients, [a, b, c]) for one in (numpy, numba)))
    assert np.array_equal(*(one.horner([a, b, c], [0, 1, p - 1]) for one in (numpy, numba)))
    matrices = a.reshape(1, -1), b.reshape(1, -1)
    exact = sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True)) % p
    assert [one.products(*matrices).tolist() for one in (numpy, numba)] == [[[exact]]] * 2


@given(p=st.sampled_from(MODULI), data=st.data())
def test_all_engines_agree_on_any_words(p, data):
    element = st.one_of(st.sampled_from(edges(p)), st.integers(0, p - 1))
    size = data.draw(st.integers(0, 40))
    a, b, c = (words(data.draw(st.lists(element, min_size=size, max_size=size))) for _ in range(3))
    coefficients = data.draw(st.lists(element, min_size=3, max_size=3))
    points = data.draw(st.lists(st.integers(0, min(p, SMALL_POINT) - 1), max_size=3))
    engines = [engine(name, p) for name in ENGINES]

    for compute in (
        lambda e: e.mul(a, b),
        lambda e: e.combine(coefficients, [a, b, c]),
        lambda e: e.horner([a, b, c], points),
        lambda e: e.products(a.reshape(1, -1), b.reshape(1, -1)),
    ):
        first, *others = (compute(e) for e in engines)
        assert all(np.array_equal(first, other) for other in others)
        assert first.dtype == np.uint64
