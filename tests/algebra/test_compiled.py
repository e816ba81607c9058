"""Where compiled loops are kept between processes, and that they are kept at all."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from turncoat.protocols.algebra import carryless, compiled, compiled_pairs
from turncoat.protocols.algebra.binary import binary_field
from turncoat.protocols.algebra.compiled import NumbaEngine
from turncoat.protocols.primitives.symmetric import AesCtrTape

MULTIPLY = """
import numpy as np
from turncoat.protocols.algebra.compiled import NumbaEngine
for p in (2**61 - 1, 101):
    print(NumbaEngine(p).mul(np.array([p - 1], np.uint64), np.array([2], np.uint64)))
"""


def multiply_with_cache(folder):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", MULTIPLY],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, sorted(path.name for path in Path(folder).rglob("*.nbc"))


def test_a_second_process_finds_the_loops_of_the_first_one_for_each_modulus(tmp_path):
    """Closures over other formulas must neither miss the cache nor hit each other's entries."""
    first, files = multiply_with_cache(tmp_path)
    second, same_files = multiply_with_cache(tmp_path)

    assert first == second == f"[{2**61 - 3}]\n[99]\n"
    assert len(files) == 2
    assert same_files == files


def test_without_a_place_for_a_cache_loops_are_compiled_all_the_same(monkeypatch):
    real, asked = compiled.numba.njit, []

    def without_cache(signature, *, cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(signature, **options)

    monkeypatch.setattr(compiled.numba, "njit", without_cache)
    compiled.loop_for.cache_clear()
    two = np.array([2], np.uint64)

    assert NumbaEngine(101).add(two, two).tolist() == [4]
    assert asked == [True, False]
    compiled.loop_for.cache_clear()


@pytest.mark.parametrize("wide", [None, carryless.wide_product])
def test_polynomials_of_128_bits_multiply_alike_with_and_without_the_processors_help(wide):
    field = binary_field(128)
    a, b = (field.random(AesCtrTape(key), 200) for key in (b"a" * 16, b"b" * 16))
    x, y = (vec.array.view(np.uint64).reshape(-1, 2) for vec in (a, b))
    expected = [field.times(u, v) for u, v in zip(a.tolist(), b.tolist(), strict=True)]

    engine = compiled_pairs.NumbaPairs(wide)
    assert field.decode(engine.mul(x, y).tobytes()).tolist() == expected
    assert field.decode(engine.mul(x, y[:1]).tobytes()) == a * b[0]
    assert field.decode(engine.products(x[None], y[None]).tobytes()) == field(expected).sum()
    points = field([0, 1, 2**127])
    rows = engine.horner([x, y], points.array.view(np.uint64).reshape(-1, 2))
    assert field.decode(rows.tobytes()) == field.concatenate([a, a + b, a + b * 2**127])


def test_polynomials_multiply_as_schoolbooks_say():
    def schoolbook(a, b):
        product = 0
        for k in range(b.bit_length()):
            product ^= (a << k) * (b >> k & 1)
        return product

    numbers = [0, 1, 2, 3, 2**64 - 1, 2**128 - 1, 0x123456789ABCDEF << 60, 2**127]
    for a in numbers:
        for b in numbers:
            assert carryless.multiply(a, b) == schoolbook(a, b)
            low, high = carryless.word_product(*np.array([[a % 2**64], [b % 2**64]], np.uint64))
            assert int(low[0]) + (int(high[0]) << 64) == schoolbook(a % 2**64, b % 2**64)
