"""What goes wrong by itself. Faults change when and whether something is said, never what.

A fault is data; the kernel carries it out. Each leaves a record of when it fired.
"""

import re

import attrs


@attrs.frozen
class Crash:
    """Power cut of one party: nothing that it does afterwards leaves it.

    Exactly one trigger: at a virtual time [ns], when its k-th message has left its access line,
    or when all of its first send of a kind has (a protocol point, in kebab case: "masked-input").
    """

    party: int
    at: int | None = None
    after_sends: int | None = None
    after: str | None = None
    name: str = "crash"

    def __attrs_post_init__(self) -> None:
        given = [t for t in (self.at, self.after_sends, self.after) if t is not None]
        if len(given) != 1:
            raise ValueError("a crash needs exactly one of at, after_sends, after")
        if (self.at or 0) < 0 or (self.after_sends or 0) < 0:
            raise ValueError("a crash counts time and sends from 0: at and after_sends are not < 0")


@attrs.frozen
class FaultRecord:
    """fired: virtual time [ns] at which the fault struck, None if it never did."""

    name: str
    kind: str
    party: int
    fired: int | None


def protocol_point(kind: str) -> str:
    """The name of a protocol point: the kind in kebab case, MaskedInput → masked-input."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()
