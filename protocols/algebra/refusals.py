"""What vectors and shares refuse to be: an ndarray, a truth value, a float.

Raw words wrap around modulo 2^64 under NumPy's functions, silently. So an object that inherits
from `NotAnArray` answers each of them with a TypeError that says what to write instead. The one
exception is an ndarray on the left of `+`, `-`, `*` or `@`, which NumPy hands over by the same
door: the object's own reflected operator computes it, or refuses.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

_REFLECTED: dict[Any, str] = {
    np.add: "__radd__",
    np.subtract: "__rsub__",
    np.multiply: "__rmul__",
    np.matmul: "__rmatmul__",
}
_TO_NUMBERS = "use .tolist() or .centred() for numbers"


class NotAnArray:
    """Base of objects that hold field elements and must not be mistaken for numbers."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = _REFLECTED.get(ufunc)
        ours_on_the_right = len(inputs) == 2 and not isinstance(inputs[0], NotAnArray)
        if name and method == "__call__" and ours_on_the_right and not options:
            reflected = getattr(self, name, None)
            return NotImplemented if reflected is None else reflected(inputs[0])
        self._refuse(f"numpy.{ufunc.__name__}", f"use its own + - * @ .sum(), or {_TO_NUMBERS}")

    def __array_function__(self, func: Callable[..., Any], *_: Any) -> NoReturn:
        self._refuse(
            f"numpy.{func.__name__}",
            f"use .sum(), .reshape(), field.concatenate(), field.stack(), or {_TO_NUMBERS}",
        )

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse("conversion to an ndarray", _TO_NUMBERS)

    def __bool__(self) -> NoReturn:
        self._refuse("bool()", "compare with ==, or use len()")

    def __float__(self) -> NoReturn:
        self._refuse("float()", f"elements of a field are not real numbers; {_TO_NUMBERS}")

    def __int__(self) -> NoReturn:
        self._refuse("int()", _TO_NUMBERS)

    def __contains__(self, _: object) -> NoReturn:
        self._refuse("`in`", _TO_NUMBERS)

    def __truediv__(self, _: object) -> NoReturn:
        self._refuse("/", "division in a field is x * field.inv(y)")

    __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __truediv__

    def _refuse(self, what: str, remedy: str) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} refuses {what}: {remedy}")
