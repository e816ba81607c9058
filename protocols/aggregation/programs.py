"""What is computed by one aggregation: a sum of integers, or a mean of real vectors.

A program turns what a client has, one array or several by name, into the one flat vector that is
summed, and the sum back into arrays. It knows no other client and no round.
"""

from collections.abc import Mapping
from math import prod
from typing import Any, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.actors.wire import Shape
from turncoat.protocols.aggregation.quantise import Quantiser

Arrays = Mapping[str, Any]  # name → array, nested lists or one number
WEIGHT = "weight"  # the input that is a client's weight, where a mean is weighted


class Summation(Protocol):
    """m and bound (R_U) are parameters of the aggregation; all clients have the same shapes."""

    @property
    def m(self) -> int: ...
    @property
    def bound(self) -> int: ...

    def vector(self, arrays: Arrays) -> NDArray[np.uint64]:
        """What one client puts in. ValueError for arrays that it cannot."""
        ...

    def result(self, total: NDArray[np.integer], clients: int) -> Any:
        """What the sum over so many clients says: an array, or several by name."""
        ...

    def exact(self, total: NDArray[np.integer], clients: int) -> Any:
        """The same in integers and fractions."""
        ...

    @property
    def terms(self) -> str:
        """What it does to the inputs, in a line."""
        ...

    def nearest(self, arrays: Arrays) -> Arrays:
        """What a client puts in that would bring numbers out of range: an input must be one."""
        ...


@attrs.frozen
class Sum:
    """Σ x_u of integers in [0, bound), array by array. shapes: by name."""

    shapes: Mapping[str, Shape]
    bound: int

    @property
    def m(self) -> int:
        return sum(map(prod, self.shapes.values()))

    def vector(self, arrays: Arrays) -> NDArray[np.uint64]:
        flat = _flat(self.shapes, arrays)
        if flat.dtype.kind not in "iu":
            raise ValueError("a sum takes integers; a mean of fractions is `federated-mean`")
        if flat.size and not 0 <= int(flat.min()) <= int(flat.max()) < self.bound:
            raise ValueError(
                f"entries from {flat.min()} to {flat.max()}: not all in [0, {self.bound})"
            )
        return flat.astype(np.uint64, copy=False)

    def nearest(self, arrays: Arrays) -> Arrays:
        return {name: np.clip(np.asarray(x), 0, self.bound - 1) for name, x in arrays.items()}

    def result(self, total: NDArray[np.integer], clients: int) -> Any:
        return _shaped(self.shapes, total)

    def exact(self, total: NDArray[np.integer], clients: int) -> Any:
        return _shaped(self.shapes, total.astype(object))

    @property
    def terms(self) -> str:
        return f"integers in [0, {self.bound}), exact"


@attrs.frozen
class FederatedMean:
    """The mean of real arrays over the surviving clients, weighted if the quantiser is: then each
    client also has an integer called `weight`. shapes: by name, without it."""

    shapes: Mapping[str, Shape]
    quantiser: Quantiser

    @property
    def m(self) -> int:
        return self.quantiser.length(sum(map(prod, self.shapes.values())))

    @property
    def bound(self) -> int:
        return self.quantiser.bound

    def vector(self, arrays: Arrays) -> NDArray[np.uint64]:
        values = {name: array for name, array in arrays.items() if name != WEIGHT}
        if not self.quantiser.weighted:
            if WEIGHT in arrays:
                raise ValueError("a client has a weight, but max_weight is 1: raise it, or drop it")
            return self.quantiser.quantise(_flat(self.shapes, values))
        if WEIGHT not in arrays:
            raise ValueError(f"a weighted mean needs a {WEIGHT!r} from every client")
        (weight,) = np.asarray(arrays[WEIGHT]).reshape(-1).tolist()
        if weight != int(weight):
            raise ValueError(f"weight {weight}: weights are integers")
        return self.quantiser.quantise(_flat(self.shapes, values), int(weight))

    def nearest(self, arrays: Arrays) -> Arrays:
        if WEIGHT not in arrays:
            return arrays
        return {**arrays, WEIGHT: np.clip(arrays[WEIGHT], 1, self.quantiser.max_weight)}

    def result(self, total: NDArray[np.integer], clients: int) -> Any:
        return _shaped(self.shapes, self.quantiser.mean(total, clients))

    def exact(self, total: NDArray[np.integer], clients: int) -> Any:
        found = np.array(self.quantiser.exact_mean(total, clients), dtype=object)
        return _shaped(self.shapes, found)

    @property
    def terms(self) -> str:
        q = self.quantiser
        weights = f", weights up to {q.max_weight}" if q.weighted else ""
        return (
            f"entries clipped to [-{q.clip:g}, {q.clip:g}], rounded to 2^-{q.fraction_bits}"
            f"{weights}: within {q.error} of the mean of the clipped inputs"
        )


def _flat(shapes: Mapping[str, Shape], arrays: Arrays) -> NDArray[Any]:
    """All arrays one after the other, in the order of the names declared."""
    if set(arrays) != set(shapes):
        raise ValueError(f"a client has {sorted(arrays)}, all have {sorted(shapes)}")
    parts = [_numeric(arrays[name]) for name in shapes]
    for name, part in zip(shapes, parts, strict=True):
        if part.size != prod(shapes[name]):
            raise ValueError(f"{name} has {part.size} entries, in others {prod(shapes[name])}")
    flat = [part.reshape(-1) for part in parts]
    return np.concatenate(flat) if len(flat) > 1 else flat[0]


def _numeric(values: Any) -> NDArray[Any]:
    """An array of machine numbers, of Python's if they do not fit."""
    array = np.asarray(values)
    return np.asarray(array.tolist()) if array.dtype == object else array


def _shaped(shapes: Mapping[str, Shape], flat: NDArray[Any]) -> Any:
    """The inverse of `_flat`; of a single array, that array."""
    arrays, start = dict[str, NDArray[Any]](), 0
    for name, shape in shapes.items():
        arrays[name] = flat[start : start + prod(shape)].reshape(shape)
        start += prod(shape)
    return arrays if len(arrays) > 1 else next(iter(arrays.values()))
