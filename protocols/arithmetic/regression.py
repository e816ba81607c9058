"""Built-in program linear-regression: least squares over the rows of all parties, exactly.

The secrets enter the normal equations only, whose integers are opened and solved in the clear by
exact fractions. Knows no sharing; the same function in both worlds.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar, cast

from turncoat.protocols.arithmetic.exact_fraction import ExactFraction
from turncoat.protocols.arithmetic.program import Computation, PublicInfo, Secret, finish_with

S = TypeVar("S", bound=Secret)
Inputs = Mapping[str, Mapping[str, S]]
Row = list[Fraction]


def _solved(opened: Mapping[str, Any], public: PublicInfo) -> dict[str, Any]:
    """{"intercept": b_0, "x1": b_1, …}, empty lists if the rows determine no single solution."""
    x_sum, xx, xy = (_listed(opened[name]) for name in ("x", "xx", "xy"))
    rows = sum(shapes["y"][0] for shapes in public.layout.values() if shapes)
    matrix = [[rows, *x_sum], *([s, *row] for s, row in zip(x_sum, xx, strict=True))]
    names = ["intercept", *(f"x{k}" for k in range(1, len(xy) + 1))]
    solution = solve(matrix, [opened["y"], *xy])
    if solution is None:
        return {name: [] for name in names}
    exact = (ExactFraction(b.numerator, b.denominator) for b in solution)
    return dict(zip(names, exact, strict=True))


@finish_with(_solved)
async def linear_regression(mpc: Computation[S], inputs: Inputs[S]) -> Mapping[str, S]:
    """The b_0, …, b_d that minimise Σ (y − b_0 − b_1·x_1 − … − b_d·x_d)² over all parties' rows.

    Every party brings its rows: x, a matrix with d columns (or one column as a vector), and y. In
    one round two resharings, of d² and of d elements, however many rows there are.

    Opens the coefficients of the normal equations, XᵀX, Xᵀy, Σx and Σy: more than the solution
    needs, since they tell every mean, variance and covariance; but no row, provided that there are
    more of them than columns. Raises ValueError for inputs that are no such rows.
    """
    rows = [_rows(party, own) for party, own in inputs.items() if own]
    widths = sorted({x.shape[1] for x, _ in rows})
    if len(widths) != 1:
        raise ValueError(f"linear-regression needs rows of one width, not of {widths}")
    x = mpc.concatenate([x for x, _ in rows])
    y = mpc.concatenate([y for _, y in rows])
    transposed = mpc.concatenate([x[:, k].reshape(1, -1) for k in range(widths[0])])
    xx, xy = await mpc.together(transposed @ x, transposed @ y)
    return {"xx": xx, "xy": xy, "x": x.sum(axis=0), "y": y.sum()}


def _rows(party: str, own: Mapping[str, S]) -> tuple[S, S]:
    """A party's x as a matrix, and its y."""
    shapes = {name: array.shape for name, array in own.items()}
    if set(own) != {"x", "y"} or own["y"].ndim != 1 or len(own["x"]) != len(own["y"]):
        raise ValueError(f"{party} needs inputs x and y with as many rows, not {shapes}")
    x = own["x"]
    return (x if x.ndim == 2 else x.reshape(-1, 1)), own["y"]


def solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> Row | None:
    """The one solution of matrix·b = right by Gauss and Jordan; None if there is not just one."""
    rows = [[*map(Fraction, row), Fraction(r)] for row, r in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = _minus(rows[i], rows[i][k], rows[k])
    return [row[-1] for row in rows]


def _minus(row: Row, factor: Fraction, other: Row) -> Row:
    return [a - factor * b for a, b in zip(row, other, strict=True)]


def _listed(opened: Any) -> list[Any]:
    """What was opened as a list; a secret of shape (1,) is opened as one int."""
    return cast("list[Any]", opened) if isinstance(opened, list) else [opened]
