"""The fields against other people's: galois, python-flint, and Python's integers by the million."""

from operator import add, mul, sub

import numpy as np
import pytest

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.arithmetic import EngineChoice
from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.polynomial import interpolate, lagrange_matrix, vandermonde
from turncoat.protocols.algebra.reed_solomon import gao
from turncoat.protocols.primitives.symmetric import AesCtrTape

PRIMES = ["F_2", "F_101", "2^31 - 1", "F_281474976710677", "2^61 - 31", "2^61 - 1", "2^64 - 59"]
MODULI = [*PRIMES, "Z_2^7", "Z_2^32", "Z_2^64"]
MILLION = 10**6


def sample(field, shape, key=1):
    return field.random(AesCtrTape(key.to_bytes(16)), shape)


def edges(order):
    near = {0, 1, 2, order - 1, order - 2, order // 2, order // 2 + 1}
    powers = {2**k + d for k in range(64) for d in (-1, 0, 1)}
    return sorted(v for v in near | powers | {order - v for v in powers} if 0 <= v < order)


def with_edges(field, key):
    """A million random elements, the first of them replaced by all pairs of edge values."""
    pairs = [(x, y) for x in edges(field.order) for y in edges(field.order)]
    words = sample(field, MILLION, key).array.copy()
    words[: len(pairs)] = [pair[key - 1] for pair in pairs]
    return field(words)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULI)
def test_both_engines_agree_with_integers_on_a_million_pairs(monkeypatch, name):
    """Sums, differences and products; Python's integers in object arrays are the oracle."""
    field = parse_structure(name)
    a, b = with_edges(field, 1), with_edges(field, 2)
    x, y = a.array.astype(object), b.array.astype(object)
    for op in (add, sub, mul):
        expected = (op(x, y) % field.order).astype(np.uint64)
        for order in ("numpy", "numba"):
            monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
            assert np.array_equal(op(a, b).array, expected), (op, order)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULI)
def test_both_engines_agree_on_all_else_of_a_million_elements(monkeypatch, name):
    field = parse_structure(name)
    a, b = with_edges(field, 1), with_edges(field, 2)
    results = []
    for order in ("numpy", "numba"):
        monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
        shares = field.arithmetic.horner([a.array, b.array], [0, 1])
        results.append((a @ b, field.combine([-1, 3], [a, b]), a.sum(), field(shares)))
    assert results[0] == results[1]
    exact = sum(u * v for u, v in zip(a.integers().tolist(), b.integers().tolist(), strict=True))
    assert results[0][0] == field(exact)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["GF(2^128)", "GF(2^8)", "GF(2)"])
def test_both_engines_agree_on_many_elements_of_binary_fields(monkeypatch, name):
    field, results = parse_structure(name), []
    size = 10**5 if name == "GF(2^128)" else MILLION
    a, b = sample(field, size, 1), sample(field, size, 2)
    for order in ("numpy", "numba"):
        monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
        results.append((a * b, a @ b, field.combine([1, 1], [a, b]), a.sum()))
    assert results[0] == results[1]


# ---- python-flint


@pytest.mark.parametrize("name", ["F_101", "2^31 - 1", "2^61 - 1", "2^64 - 59"])
@pytest.mark.parametrize("order", ["numpy", "numba"])
def test_matrix_products_are_flints(monkeypatch, name, order):
    flint = pytest.importorskip("flint")
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    field = parse_structure(name)
    a, b = sample(field, (60, 700), 1), sample(field, (700, 50), 2)
    x, y = (
        flint.nmod_mat(*v.shape, [int(w) for w in v.array.reshape(-1)], field.p) for v in (a, b)
    )

    assert (a @ b).array.reshape(-1).tolist() == [int(w) for w in (x * y).entries()]


@pytest.mark.parametrize("name", ["2^61 - 1", "2^127 - 1", "2^255 - 19"])
def test_elements_of_prime_fields_are_flints(name):
    flint = pytest.importorskip("flint")
    field = parse_structure(name)
    context = flint.fmpz_mod_ctx(field.p)
    a, b = sample(field, 50, 1), sample(field, 50, 2)
    xs, ys = ([context(int(w)) for w in v.integers()] for v in (a, b))

    for op in (add, sub, mul):
        assert op(a, b).integers().tolist() == [int(op(x, y)) for x, y in zip(xs, ys, strict=True)]
    assert field.inv(a).integers().tolist() == [int(1 / x) for x in xs]


@pytest.mark.parametrize("name", ["2^31 - 1", "2^61 - 1"])
def test_evaluation_and_interpolation_are_flints(name):
    flint = pytest.importorskip("flint")
    field, points = parse_structure(name), tuple(range(1, 21))
    coefficients = sample(field, 20)
    f = flint.nmod_poly([int(c) for c in coefficients.array], field.p)
    values = vandermonde(points, 20, field=field) @ coefficients

    assert values.integers().tolist() == [int(f(x)) for x in points]
    assert interpolate({x: values[k] for k, x in enumerate(points)}, 99) == field(int(f(99)))
    assert lagrange_matrix(points, (0, 77), field=field) @ values == field([int(f(0)), int(f(77))])
    assert gao(points, values.integers().tolist(), 19, field.p) == [int(c) for c in f.coeffs()]


def test_primality_of_large_numbers_is_flints():
    flint = pytest.importorskip("flint")
    from turncoat.protocols.algebra.primes import is_prime  # noqa: PLC0415

    numbers = [2**k + d for k in (65, 80, 127, 255) for d in range(-199, 200, 2)]
    semiprimes = [(2**61 - 1) * (2**31 - 1), (2**89 - 1) * (2**107 - 1), (2**61 - 1) ** 2]

    assert [n for n in numbers if is_prime(n)] == [n for n in numbers if flint.fmpz(n).is_prime()]
    assert not any(map(is_prime, semiprimes))


# ---- galois: its import takes seconds, so only here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # its own, about numba
def test_the_field_of_256_elements_is_galois_whole():
    galois = pytest.importorskip("galois")
    theirs, ours = galois.GF(2**8, irreducible_poly=0x11B), parse_structure("GF(2^8)")
    x, y = (v.reshape(-1) for v in np.meshgrid(np.arange(256), np.arange(256)))

    assert (ours(x) * y).tolist() == (theirs(x) * theirs(y)).tolist()
    assert (ours(x) + y).tolist() == (theirs(x) + theirs(y)).tolist()
    units = np.arange(1, 256)
    assert ours.inv(ours(units)).tolist() == (theirs(1) / theirs(units)).tolist()
    a, b = sample(ours, (9, 30), 1), sample(ours, (30, 8), 2)
    assert (a @ b).tolist() == (theirs(a.tolist()) @ theirs(b.tolist())).tolist()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("order", ["", "numpy", "numba"])
def test_the_field_of_128_bits_is_galois(monkeypatch, order):
    galois = pytest.importorskip("galois")
    monkeypatch.setattr(arithmetic, "choice", EngineChoice(order))
    theirs = galois.GF(2**128, irreducible_poly=(1 << 128) | 0x87)
    ours = parse_structure("GF(2^128)")
    a, b = sample(ours, 60, 1), sample(ours, 60, 2)
    x, y = theirs(a.tolist()), theirs(b.tolist())

    assert (a * b).tolist() == (x * y).tolist()
    assert ours.inv(a).tolist() == (theirs(1) / x).tolist()
    assert (a @ b).tolist() == [int(np.dot(x, y))]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("p", [101, 2**31 - 1])
def test_prime_fields_are_galois(p):
    galois = pytest.importorskip("galois")
    theirs, ours = galois.GF(p), parse_structure(str(p))
    a, b = sample(ours, (20, 30), 1), sample(ours, (30, 10), 2)
    x, y = theirs(a.array.astype(np.int64)), theirs(b.array.astype(np.int64))

    assert np.array_equal((a @ b).array, np.asarray(x @ y))
    assert np.array_equal((a * a - a).array, np.asarray(x * x - x))
