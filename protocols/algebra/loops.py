"""The loops that numba compiles, around the formulas of `kernels.py`.

Plain functions until `compiled.py` compiles them; each is made for given formulas. numba itself is
not imported here. Knows flat, contiguous arrays of canonical words only.
"""

from collections.abc import Callable

import numpy as np

from turncoat.protocols.algebra.kernels import LOW32, S32, ZERO, Constants, Formulas, Word, Words

BLOCK = 2048  # words of an accumulator that stays in the first-level cache


def elementwise(
    op: Callable[[Word, Word, Constants], Word],
) -> Callable[[Words, Words, Words, Constants], None]:
    """out = a ∘ b; either operand may be one word, which serves all."""

    def loop(a: Words, b: Words, out: Words, m: Constants) -> None:
        if b.size == 1:
            y = b[0]
            for i in range(out.size):
                out[i] = op(a[i], y, m)
        elif a.size == 1:
            x = a[0]
            for i in range(out.size):
                out[i] = op(x, b[i], m)
        else:
            for i in range(out.size):
                out[i] = op(a[i], b[i], m)

    return loop


def combination(f: Formulas) -> Callable[[Words, Words, Words, Constants], None]:
    """out = Σ_k c_k·rows_k for the rows of a matrix; one reduction at the end."""
    product, gather, reduce = f.product, f.gather, f.reduce

    def loop(rows: Words, c: Words, out: Words, m: Constants) -> None:
        last = c.size - 1
        scratch = np.zeros(BLOCK, np.uint64)  # apart from `out`, so that the loops vectorise
        for start in range(0, out.size, BLOCK):
            stop = min(start + BLOCK, out.size)
            acc = scratch[: stop - start]
            acc[:] = ZERO
            for k in range(last):
                row, x = rows[k, start:stop], c[k]
                for i in range(stop - start):
                    acc[i] = gather(acc[i], product(row[i], x, m), m)
            row, x, total = rows[last, start:stop], c[last], out[start:stop]
            for i in range(stop - start):
                total[i] = reduce(gather(acc[i], product(row[i], x, m), m), m)

    return loop


def horner(f: Formulas) -> Callable[[Words, Words, Words, int, Constants], None]:
    """out[j, at + i] = Σ_k rows[k, i]·x_j^k at points x_j below SMALL_POINT."""
    step, reduce = f.step, f.reduce

    def loop(rows: Words, points: Words, out: Words, at: int, m: Constants) -> None:
        terms, size = rows.shape
        scratch = np.empty(BLOCK, np.uint64)
        for start in range(0, size, BLOCK):
            stop = min(start + BLOCK, size)
            for j in range(points.size):
                x = points[j]
                acc = scratch[: stop - start]  # apart from the rows, so that the loops vectorise
                top = rows[terms - 1, start:stop]
                for i in range(stop - start):  # a slice assignment would be slower here
                    acc[i] = top[i]
                for k in range(terms - 2, 0, -1):
                    row = rows[k, start:stop]
                    for i in range(stop - start):
                        acc[i] = step(acc[i], x, row[i], m)
                share, row = out[j, at + start : at + stop], rows[0, start:stop]
                if terms == 1:
                    for i in range(stop - start):
                        share[i] = row[i]
                else:
                    for i in range(stop - start):
                        share[i] = reduce(step(acc[i], x, row[i], m), m)

    return loop


def products(f: Formulas) -> Callable[[Words, Words, Words, Words, Constants], None]:
    """Σ_k a[i, k]·b[j, k] ≡ low[i, j] + 2^32·high[i, j], for fewer than 2^32 terms.

    Products are never reduced: their halves of 32 bits are summed apart.
    """
    product = f.product

    def loop(a: Words, b: Words, low: Words, high: Words, m: Constants) -> None:
        for i in range(a.shape[0]):
            for j in range(b.shape[0]):
                x, y = a[i], b[j]
                lo, hi = ZERO, ZERO
                for k in range(x.size):
                    w = product(x[k], y[k], m)
                    lo += w & LOW32
                    hi += w >> S32
                low[i, j] = lo
                high[i, j] = hi

    return loop
