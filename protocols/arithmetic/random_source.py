"""What a family offers besides where programs may draw secrets that nobody knows.

Not every family does: a program over one that does not gets a TypeError when it asks. Knows no
particular sharing.
"""

from typing import Any, Final, Protocol, TypeVar, cast, runtime_checkable

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape

BITS: Final = "random-bits"  # the names of the operations: in costs, and as parts of a sid
ELEMENTS: Final = "random-elements"

S = TypeVar("S", covariant=True)


@runtime_checkable
class RandomSource(Protocol[S]):
    """A family with random secrets, priced in its costs as "random-bits" and "random-elements"."""

    async def random_bits(self, party: Party, shape: Shape) -> S:
        """[b], b uniform in {0, 1}."""
        ...

    async def random_elements(self, party: Party, shape: Shape) -> S:
        """[r], r uniform in the field."""
        ...


def random_source(family: Any) -> RandomSource[Any]:
    """The family as a source of random secrets. TypeError if it is none."""
    if not isinstance(family, RandomSource):
        raise TypeError(f"{family.name} draws no random secrets; take a family that does, as bgw")
    return cast("RandomSource[Any]", family)


def entries(m: int) -> int:
    """How many secrets a program asks for. ValueError for less than one."""
    if type(m) is not int or m < 1:
        raise ValueError(f"{m!r} random secrets: ask for a whole number of them, at least 1")
    return m
