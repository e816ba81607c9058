"""Which behaviours there are, as data: loads neither numpy nor trio, so that `list` stays fast.

`make` imports a behaviour's class when it is needed. A behaviour is tested by being registered.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

import attrs


@attrs.frozen
class Parameter:
    """One key of `with`. harmless: the value that makes the behaviour its own harmless twin.
    needed: must it be given?"""

    type: Literal["integer", "duration"]
    default: Any
    help: str
    harmless: Any = None
    needed: bool = False


@attrs.frozen
class BehaviourInfo:
    """A behaviour as users name it. target: `module:Class`, called with the parameters."""

    name: str
    summary: str
    intends: str
    target: str
    cites: tuple[str, ...]
    parameters: Mapping[str, Parameter]

    @property
    def ready(self) -> bool:
        """Can it act as it stands, without being given anything?"""
        return not any(parameter.needed for parameter in self.parameters.values())


def _table(*infos: BehaviourInfo) -> Mapping[str, BehaviourInfo]:
    return MappingProxyType({info.name: info for info in sorted(infos, key=lambda info: info.name)})


BEHAVIOURS = _table(
    BehaviourInfo(
        name="add-error",
        summary="add an offset to every field element of the matching messages",
        intends="value",
        target="turncoat.adversary.behaviours.tamper:AddError",
        cites=("DPSZ12, the additive attack that MACs are there to catch",),
        parameters={
            "offset": Parameter("integer", 1, "what is added, modulo p", harmless=0),
        },
    ),
    BehaviourInfo(
        name="withhold",
        summary="do not send the matching messages",
        intends="presence",
        target="turncoat.adversary.behaviours.presence:Withhold",
        cites=("omission, Hadzilacos and Toueg 1994",),
        parameters={
            "count": Parameter(
                "integer", None, "withhold this many copies, then behave; all of them by default",
                harmless=0,
            ),
        },
    ),
    BehaviourInfo(
        name="delay",
        summary="send the matching messages later",
        intends="time",
        target="turncoat.adversary.behaviours.presence:Delay",
        cites=("timing failure, Cristian et al. 1985",),
        parameters={
            "by": Parameter("duration", 1_000_000_000, "how much later", harmless=0),
        },
    ),
)  # fmt: skip


def info(name: str) -> BehaviourInfo:
    """A behaviour by name. Raises ValueError, with the nearest name, for an unknown one."""
    try:
        return BEHAVIOURS[name]
    except KeyError:
        near = get_close_matches(name, BEHAVIOURS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = ", ".join(BEHAVIOURS)
        raise ValueError(f"{name!r} is no behaviour (there are {known}){hint}") from None


def make(name: str, **parameters: Any) -> Any:
    """The behaviour `name` with its parameters. Raises ValueError for a parameter it has not."""
    known = info(name)
    for key in parameters:
        if key not in known.parameters:
            takes = ", ".join(known.parameters) or "none"
            raise ValueError(f"{name} has no parameter {key!r} (it takes {takes})")
    module, _, cls = known.target.partition(":")
    defaults = {key: parameter.default for key, parameter in known.parameters.items()}
    return getattr(import_module(module), cls)(**(defaults | parameters))
