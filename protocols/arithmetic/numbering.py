"""Names of a program's steps: `mul.1`, `open.2`, `strand.1.2/mul.1`, the same in every world.

A step is numbered per strand and operation, in the order in which the program writes it down. The
oracle numbers like a real run, so what it finds can be prepared for by name. Knows no party.
"""

import attrs

SHORT = {"multiply": "mul"}  # an operation's name as a part of a sid, where it differs


@attrs.frozen(eq=False)
class Numbering:
    """One strand of a program: how many operations of each name it has begun."""

    counters: dict[str, int] = attrs.field(factory=dict[str, int])

    def next(self, operation: str) -> str:
        """ "mul.3" for the third product of this strand."""
        number = self.counters.get(operation, 0) + 1
        self.counters[operation] = number
        return f"{SHORT.get(operation, operation)}.{number}"


def below(sid: str, name: str) -> str:
    """The sid of a step of that name under a sid, as `Party.sub` makes it."""
    return f"{sid}/{name}" if sid else name
