"""Prime fields F_p for p = 2^61 − 1 and every other prime p < 2^61, tiny ones included.

A field makes vectors from integers, coins or bytes, and turns them back. There is one object per
prime, so fields are compared by identity. Knows neither engines (`arithmetic.py`) nor sharing.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from math import prod
from operator import index
from typing import Any, NoReturn, final

import numpy as np
from numpy.typing import NDArray

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.arithmetic import Arithmetic
from turncoat.protocols.algebra.encoding import packed, unpacked
from turncoat.protocols.algebra.primes import is_prime
from turncoat.protocols.algebra.vec import Shape, Vec, Words

LIMIT = 2**61

_NOTATION = re.compile(
    r"\s*(?:F_)?(?P<base>\d{1,20})(?:\s*(?:\^|\*\*)\s*(?P<power>\d{1,3}))?"
    r"(?:\s*(?P<sign>[+−-])\s*(?P<offset>\d{1,20}))?\s*"
)


@final
class Field:
    """F_p. Made by `prime_field`, once per prime.

    p: the prime; bits: of the largest element; element_bytes: ⌈bits/8⌉; name: "2^61 - 1", "F_101".
    """

    __slots__ = ("arithmetic", "bits", "element_bytes", "name", "p")

    def __init__(self, p: int) -> None:
        self.p = p
        self.bits = (p - 1).bit_length()
        self.element_bytes = (self.bits + 7) // 8
        self.name = "2^61 - 1" if p == 2**61 - 1 else f"F_{p}"
        self.arithmetic = Arithmetic(p)

    def __repr__(self) -> str:
        return f"prime_field({self.p})"

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return prime_field, (self.p,)  # a copy is the same field

    # ---- vectors from numbers and coins

    def __call__(self, values: Any) -> Vec:
        """Integers of any size and sign, reduced modulo p: one, a nested list, or an array.

        TypeError for floats, booleans and anything else that is no integer.
        """
        if isinstance(values, Vec):
            self._require_own((values,))
            return values
        return Vec(self, self.words(values))

    def words(self, values: Any) -> Words:
        """The canonical words of integers, in a new array with at least one axis."""
        if type(values) is int:
            return np.array([values % self.p], np.uint64)
        kind = None if isinstance(values, (np.ndarray, np.generic)) else object
        array: NDArray[Any] = np.array(values, kind, ndmin=1)
        if array.dtype.kind == "O":
            return self._reduced_objects(array)
        if array.dtype.kind == "u":
            return array.astype(np.uint64, "C") % np.uint64(self.p)
        if array.dtype.kind == "i":
            return self._reduced(array.astype(np.int64, "C"))
        self._refuse(array.dtype.name, array.flat[0] if array.size else "an empty array")

    def zeros(self, shape: int | Shape) -> Vec:
        return self.full(shape, 0)

    def full(self, shape: int | Shape, value: int) -> Vec:
        return Vec(self, np.full(_with_an_axis(shape), self.words(value)[0], np.uint64))

    def random(self, tape: Tape, shape: int | Shape) -> Vec:
        """Uniform elements; takes `tape.uniform(p, …)` and nothing else of the tape."""
        shape = _with_an_axis(shape)
        return Vec(self, tape.uniform(self.p, prod(shape)).reshape(shape))

    # ---- bytes

    def encode(self, vec: Vec) -> bytes | memoryview:
        """The elements in C order, little-endian, `element_bytes` each; no copy when that is 8."""
        self._require_own((vec,))
        return packed(vec.array, self.element_bytes)

    def encoded_size(self, vec: Vec) -> int:
        return vec.size * self.element_bytes

    def decode(self, data: bytes | bytearray | memoryview) -> Vec:
        """The inverse of `encode`, flat. ValueError unless `data` is a canonical encoding."""
        words = unpacked(data, self.element_bytes)
        if words.size and int(words.max()) >= self.p:
            at = int(np.argmax(words >= np.uint64(self.p)))
            raise ValueError(f"element {at} of {words.size} is {words[at]}, not below {self.p}")
        return Vec(self, words)

    def accepts(self, obj: object) -> bool:
        """Whether `obj` is a vector of this field."""
        return isinstance(obj, Vec) and obj.field is self

    # ---- on several vectors

    def combine(self, coefficients: Sequence[int], vecs: Sequence[Vec]) -> Vec:
        """Σ_k coefficients[k]·vecs[k] for vectors of one shape, in one pass over memory."""
        self._require_own(vecs)
        if not vecs or len(coefficients) != len(vecs) or len({vec.shape for vec in vecs}) > 1:
            shapes = [vec.shape for vec in vecs]
            raise ValueError(
                f"{len(coefficients)} coefficients for vectors of shapes {shapes}: "
                "give one for each vector, at least one, and vectors of one shape"
            )
        reduced = [index(c) % self.p for c in coefficients]
        return Vec(self, self.arithmetic.combine(reduced, [vec.array for vec in vecs]))

    def inv(self, vec: Vec) -> Vec:
        """1/x for every element x, by one inversion and three products an element.

        ZeroDivisionError names the first element that is 0.
        """
        self._require_own((vec,))
        words = vec.array.reshape(-1)
        if not words.all():
            at = int(np.argmin(words))
            raise ZeroDivisionError(f"element {at} of {words.size} is 0: it has no inverse")
        return Vec(self, self._inverses(words).reshape(vec.shape))

    def concatenate(self, vecs: Iterable[Vec]) -> Vec:
        """One after the other along the first axis."""
        return Vec(self, np.concatenate(self._arrays(vecs)))

    def stack(self, vecs: Iterable[Vec]) -> Vec:
        """Vectors of one shape as rows of a new first axis."""
        return Vec(self, np.stack(self._arrays(vecs)))

    # ---- inside

    def _reduced_objects(self, array: NDArray[np.object_]) -> Words:
        for kind in dict.fromkeys(map(type, array.flat)):
            if kind is not int and not issubclass(kind, np.integer):
                self._refuse(kind.__name__, next(v for v in array.flat if type(v) is kind))
        try:
            return self._reduced(array.astype(np.int64, "C"))
        except OverflowError:
            words = [int(value) % self.p for value in array.flat]
            return np.array(words, np.uint64).reshape(array.shape)

    def _reduced(self, signed: NDArray[np.int64]) -> Words:
        if signed.size and (signed.min() < 0 or signed.max() >= self.p):
            signed %= self.p
        return signed.view(np.uint64)

    def _inverses(self, words: Words) -> Words:
        """A tree of products; its root is inverted, and inverses are handed down to the leaves."""
        mul, size = self.arithmetic.mul, 1 << (words.size - 1).bit_length()
        tree = [np.concatenate([words, np.ones(size - words.size, np.uint64)])]
        while (half := tree[-1].size // 2) > 0:
            tree.append(mul(tree[-1][:half], tree[-1][half:]))
        inverses = np.array([pow(int(tree.pop()[0]), -1, self.p)], np.uint64)
        for level in reversed(tree):
            half = level.size // 2
            inverses = np.concatenate([mul(inverses, level[half:]), mul(inverses, level[:half])])
        return inverses[: words.size]

    def _arrays(self, vecs: Iterable[Vec]) -> list[Words]:
        vecs = list(vecs)
        self._require_own(vecs)
        return [vec.array for vec in vecs]

    def _require_own(self, vecs: Iterable[Vec]) -> None:
        for vec in vecs:
            if vec.field is not self:
                raise TypeError(f"a vector over {self.name} is needed, not over {vec.field.name}")

    def _refuse(self, kind: str, value: object) -> NoReturn:
        remedy = "give integers, nested lists of them, or an integer array"
        if kind.startswith("float"):
            remedy = "scale to whole numbers first (fixed point)"
        elif kind.startswith("bool"):
            remedy = "write 0 or 1"
        elif kind == "list":
            remedy = "make all rows equally long"
        raise TypeError(f"{self.name} takes integers, not {kind} ({value!r}): {remedy}")


def _with_an_axis(shape: int | Shape) -> Shape:
    """A shape as a tuple; that of a scalar becomes (1,)."""
    return (shape,) if isinstance(shape, int) else shape or (1,)


@cache
def prime_field(p: int) -> Field:
    """F_p, the same object for the same p.

    p: 2^61 − 1 or another prime below 2^61. ValueError for anything else.
    """
    if not 2 <= p < LIMIT:
        raise ValueError(f"p = {p}: a prime field needs a prime with 2 <= p < 2^61")
    if not is_prime(p):
        raise ValueError(f"p = {p} is not prime: nothing but a prime gives a field of p elements")
    return Field(p)


def parse_field(text: str) -> Field:
    """F_p from "101", "F_101", "2^61 - 1" or "2**31-1". ValueError for other texts and numbers."""
    found = _NOTATION.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a field: write a prime, such as "2^61 - 1" or "101"')
    offset = int(found["offset"] or 0)
    p = int(found["base"]) ** int(found["power"] or 1)
    return prime_field(p + offset if found["sign"] == "+" else p - offset)
