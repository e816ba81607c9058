"""What the registry says of a behaviour: for `list` and `explain`, scenario files and tests.

Loads neither numpy nor Trio.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

Depth = Literal["wire", "seat", "schedule"]
ParameterType = Literal[
    "integer", "duration", "text", "party", "parties", "probability", "function"
]


@attrs.frozen
class Parameter:
    """One key of `with`. harmless: the value that makes the behaviour its own harmless twin.
    needed: must it be given? choices: the only texts that it may be, if there are any."""

    type: ParameterType
    default: Any
    help: str
    harmless: Any = None
    needed: bool = False
    choices: Sequence[str] = ()


@attrs.frozen(kw_only=True)
class Example:
    """Where a behaviour can be seen at work: a scenario of the catalogue, and what is added to it.

    changes: what else is changed in the scenario, by dotted key.
    """

    scenario: str = "average-salary"
    corrupts: Sequence[str] = ("carol",)
    when: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    with_: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    changes: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(kw_only=True)
class BehaviourInfo:
    """A behaviour as users name it.

    intends: the change it is there to make. target: `module:Class`, called with the parameters.
    kinds: of messages that it is about, unless `when` says otherwise; all by default.
    depth: does it act on messages ("wire"), in the seat itself ("seat"), or on the order in which
    the network delivers ("schedule")?
    """

    name: str
    summary: str
    intends: str
    target: str
    cites: tuple[str, ...]
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict[str, Parameter])
    example: Example = attrs.field(factory=Example)
    depth: Depth = "wire"
    kinds: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Can it act as it stands, without being given anything?"""
        return not any(parameter.needed for parameter in self.parameters.values())

    @property
    def takes(self) -> Mapping[str, Parameter]:
        """All parameters, those that every behaviour of its depth has included."""
        return {**self.parameters, **(COMMON if self.depth == "wire" else {})}

    @property
    def twin(self) -> Mapping[str, Any]:
        """The parameters of the harmless twin."""
        own = {
            key: parameter.harmless
            for key, parameter in self.parameters.items()
            if parameter.harmless is not None
        }
        return own or {"count": 0}


COMMON: Mapping[str, Parameter] = {
    "count": Parameter(
        "integer", None, "act on so many copies, then behave; on all of them by default", harmless=0
    ),
    "probability": Parameter(
        "probability", None, "act on each (sid, kind) with that probability only: a covert party"
    ),
}
