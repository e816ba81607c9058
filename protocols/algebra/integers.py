"""Integers as users write them, into arrays; whatever is none is refused with a remedy."""

from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray


def integers(values: Any, name: str) -> NDArray[Any]:
    """A new array, in C order, of signed, unsigned or Python integers, with at least one axis.

    values: an integer, a nested list or an array; name: who takes them. TypeError for floats,
    booleans and anything else that is no integer.
    """
    kind = None if isinstance(values, (np.ndarray, np.generic)) else object
    array: NDArray[Any] = np.array(values, kind, ndmin=1, order="C")
    if array.dtype.kind == "O":
        _check_objects(array, name)
    elif array.dtype.kind not in "iu":
        _refuse(name, array.dtype.name, array.flat[0] if array.size else "an empty array")
    return array


def _check_objects(array: NDArray[np.object_], name: str) -> None:
    for kind in dict.fromkeys(map(type, array.flat)):
        if kind is not int and not issubclass(kind, np.integer):
            _refuse(name, kind.__name__, next(v for v in array.flat if type(v) is kind))


def _refuse(name: str, kind: str, value: object) -> NoReturn:
    remedy = "give integers, nested lists of them, or an integer array"
    if kind.startswith("float"):
        remedy = "scale to whole numbers first (fixed point)"
    elif kind.startswith("bool"):
        remedy = "write 0 or 1"
    elif kind == "list":
        remedy = "make all rows equally long"
    raise TypeError(f"{name} takes integers, not {kind} ({value!r}): {remedy}")
