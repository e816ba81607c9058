"""Where compiled loops are kept between processes, and that they are kept at all."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from turncoat.protocols.algebra import compiled
from turncoat.protocols.algebra.compiled import NumbaEngine
from turncoat.protocols.algebra.kernels import formulas_for

MULTIPLY = """
import numpy as np
from turncoat.protocols.algebra.compiled import NumbaEngine
from turncoat.protocols.algebra.kernels import formulas_for
for p in (2**61 - 1, 101):
    print(NumbaEngine(*formulas_for(p)).mul(np.array([p - 1], np.uint64), np.array([2], np.uint64)))
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

    assert NumbaEngine(*formulas_for(101)).add(two, two).tolist() == [4]
    assert asked == [True, False]
    compiled.loop_for.cache_clear()
