"""What a secret cannot do, refused with a hint at what does the job.

Holds the refusals that every array of secrets shares (truth, comparison, conversion, division,
numpy's functions) and `Pending`, the product that has not been awaited. Knows no values at all.
"""

from collections.abc import Coroutine, Generator
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np

_T = TypeVar("_T")
_REFLECTED = {
    "add": "__radd__",
    "subtract": "__rsub__",
    "multiply": "__rmul__",
    "matmul": "__rmatmul__",
}
_OPEN = "to reveal it to all parties, write (await x.open())"


def is_operand(other: object) -> bool:
    """May `other` stand beside a secret in an operator, or be refused there for what it holds?
    Anything else, a `Pending` above all, is left to its own reflected operators."""
    return isinstance(other, Refusals | int | float | complex | np.generic | np.ndarray)


def _refuse(what: str, hint: str) -> NoReturn:
    raise TypeError(f"{what}; {hint}")


class Refusals:
    """The base of every array of secrets."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        _refuse("a secret has no truth value, so it cannot steer `if` or `while`", _OPEN)

    def __float__(self) -> NoReturn:
        _refuse("a secret is no float", _OPEN)

    def __int__(self) -> NoReturn:
        _refuse("a secret is no int", _OPEN)

    def __index__(self) -> NoReturn:
        _refuse("a secret cannot be an index", _OPEN)

    def __contains__(self, item: object) -> NoReturn:
        _refuse("`in` would compare secrets", _OPEN)

    def __eq__(self, other: object) -> NoReturn:
        _refuse("secrets cannot be compared locally", _OPEN)

    __hash__ = None  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]  # no identity that could leak into an order

    def __lt__(self, other: object) -> NoReturn:
        _refuse("secrets cannot be compared locally", _OPEN)

    __le__ = __gt__ = __ge__ = __lt__

    def __truediv__(self, other: object) -> NoReturn:
        _refuse("a secret cannot be divided", "divide the opened value, in the program's `finish`")

    __floordiv__ = __mod__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __truediv__

    def __pow__(self, other: object) -> NoReturn:
        _refuse("a power of a secret needs products", "write await (x * x)")

    def __await__(self) -> Generator[Any, Any, NoReturn]:
        _refuse("`await x * y` awaits x alone", "write await (x * y)")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        _refuse("a secret is no numpy array", f"use its own operators; {_OPEN}")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """`array + secret` arrives here, because numpy asks first; everything else is refused."""
        if method == "__call__" and not options and not isinstance(inputs[0], Refusals):
            reflected = getattr(self, _REFLECTED.get(ufunc.__name__, ""), None)
            if reflected is not None:
                return reflected(inputs[0])
        _refuse(f"numpy.{ufunc.__name__} does not work on secrets", "use + - * @ and .sum()")

    def __array_function__(self, function: Any, *_: Any) -> NoReturn:
        hint = "use the secret's own methods, or mpc.concatenate"
        _refuse(f"numpy.{function.__name__} does not work on secrets", hint)


class Pending(Generic[_T]):
    """What needs the network and has not been awaited: `await` it, once.

    Any operator on it is refused with a hint, since `x * y + z` wants `await (x * y) + z`.
    """

    __slots__ = ("_coroutine", "_text")

    def __init__(self, coroutine: Coroutine[Any, Any, _T], text: str) -> None:
        self._coroutine = coroutine
        self._text = text

    def __await__(self) -> Generator[Any, Any, _T]:
        return self._coroutine.__await__()

    def _hint(self, *_: object) -> NoReturn:
        self._coroutine.close()  # or Python would warn, on top, that it was never awaited
        _refuse(f"{self._text} needs the network", f"write (await {self._text})")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _hint
    __matmul__ = __rmatmul__ = __getitem__ = __len__ = __bool__ = __array__ = _hint
