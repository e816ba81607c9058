"""One number in each of many lanes: what an element is while all tapes are enumerated at once.

Lane i of every `Lanes` belongs to the i-th tape, so that one simulation runs a whole batch of them.
That is sound only while the protocol does the same in every lane: whoever asks for *the* value of a
`Lanes` (a branch, a comparison, a loop bound) gets an answer if all lanes agree on it, and
otherwise `LanesDisagree` tells where it was asked, and which lanes would have said yes. Knows no
field.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, cast, final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64] | NDArray[np.int32]
NARROW, WIDE = 1 << 31, 1 << 63  # magnitudes below which 32 bits, 64 bits, are enough

# Code that asks only because somebody else asked it to: never the place to name.
MACHINERY = ("turncoat.adversary.privacy.", "turncoat.protocols.algebra.", "numpy", "attr")


class LanesDisagree(Exception):
    """A value was asked for that differs between lanes. yes: the lanes that would answer yes (or
    that hold the first lane's value)."""

    def __init__(self, question: str, yes: NDArray[np.bool_]) -> None:
        super().__init__(question)
        self.question = question
        self.yes = yes

    @property
    def place(self) -> str:
        """`protocols/spdz/open.py:42`: the line of the protocol that asked."""
        return place_of(self.__traceback__)


@final
class Lanes:
    """Integers, one a lane; + − × and % act lane by lane, with numbers and with other Lanes.

    They take 32 bits a lane for as long as nothing can overflow, then 64, and no more.
    """

    __slots__ = ("greatest", "numbers")
    __hash__ = None  # pyright: ignore[reportAssignmentType] - compared lane by lane

    def __init__(self, numbers: Numbers, greatest: int | None = None) -> None:
        """numbers: given up by the caller; read-only from here on. greatest: no magnitude is above
        it (default: found by looking)."""
        if greatest is None:
            greatest = int(np.abs(numbers).max(initial=0))
        if greatest < NARROW:
            numbers = numbers.astype(np.int32, copy=False)
        numbers.setflags(write=False)
        self.numbers = numbers
        self.greatest = greatest

    def __repr__(self) -> str:
        return f"<{self.numbers.size} lanes>"

    # ---- arithmetic

    def __add__(self, other: "Lanes | int") -> "Lanes":
        return self._with(np.add, other)

    __radd__ = __add__

    def __sub__(self, other: "Lanes | int") -> "Lanes":
        return self._with(np.subtract, other)

    def __rsub__(self, other: int) -> "Lanes":
        return -self + other

    def __mul__(self, other: "Lanes | int") -> "Lanes":
        return self._with(np.multiply, other)

    __rmul__ = __mul__

    def __neg__(self) -> "Lanes":
        return Lanes(-self.numbers, self.greatest)

    def __mod__(self, modulus: int) -> "Lanes":
        """In [0, modulus). Division by one number is vectorised, its remainder is not."""
        numbers: Any = self.numbers if modulus < NARROW else self.numbers.astype(np.int64)
        return Lanes(numbers - numbers // modulus * modulus, modulus - 1)

    # ---- questions, which only an answer common to all lanes can settle

    def __eq__(self, other: object) -> bool:
        return self._ask("==", np.equal, other)

    def __ne__(self, other: object) -> bool:
        return self._ask("!=", np.not_equal, other)

    def __lt__(self, other: object) -> bool:
        return self._ask("<", np.less, other)

    def __le__(self, other: object) -> bool:
        return self._ask("<=", np.less_equal, other)

    def __gt__(self, other: object) -> bool:
        return self._ask(">", np.greater, other)

    def __ge__(self, other: object) -> bool:
        return self._ask(">=", np.greater_equal, other)

    def __bool__(self) -> bool:
        return _common("is it other than 0", self.numbers != 0)

    def __index__(self) -> int:
        """The number that all lanes hold."""
        same = self.numbers == self.numbers[:1]
        if not same.all():
            raise LanesDisagree("which number is it", same)
        return int(self.numbers[0])

    __int__ = __index__

    def __float__(self) -> float:
        return float(self.__index__())

    # ---- inside

    def _with(self, op: Callable[..., Numbers], other: "Lanes | int") -> "Lanes":
        number = _operand(other)
        if number is None:
            return NotImplemented
        theirs = other.greatest if type(other) is Lanes else abs(number)
        product = op is np.multiply
        greatest = self.greatest * theirs if product else self.greatest + theirs
        if greatest >= WIDE:
            raise NotEnumerable(f"numbers up to {greatest} do not fit 64 bits a lane")
        if greatest < NARROW:
            return Lanes(op(self.numbers, number), greatest)
        return Lanes(op(self.numbers.astype(np.int64), number), greatest)

    def _ask(self, sign: str, op: Callable[..., NDArray[np.bool_]], other: object) -> bool:
        number = _operand(other)
        if number is None:
            return NotImplemented
        return _common(f"is it {sign} the other", op(self.numbers, number))


def _operand(other: object) -> Any:
    """What to compute with in every lane; None for what is no number."""
    if type(other) is Lanes:
        return other.numbers
    if isinstance(other, int):
        return int(other)
    if isinstance(other, np.integer):
        return int(cast("np.integer[Any]", other))
    return None


def _common(question: str, answers: NDArray[np.bool_]) -> bool:
    """The answer of all lanes. Raises LanesDisagree if they have none in common."""
    if answers.all():
        return True
    if not answers.any():
        return False
    raise LanesDisagree(question, answers)


def place_of(trace: TracebackType | None) -> str:
    """The innermost line below a traceback that is a protocol's own: file:line."""
    found = "an unknown place"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if not module.startswith(MACHINERY):
            found = f"{_path(module, trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _path(module: str, filename: str) -> str:
    """A file of ours below its top-level folder, any other as it was found."""
    ours = module.removeprefix("turncoat.")
    return filename if ours == module else f"{ours.replace('.', '/')}.py"


class NotEnumerable(ValueError):
    """The exact check does not apply; the message says what, where, and what to do instead."""
