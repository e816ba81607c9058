"""Which behaviours there are, as data: loads neither numpy nor trio, so that `list` stays fast.

`make` imports a behaviour's class when it is needed. A behaviour is tested by being registered.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from importlib import import_module
from types import MappingProxyType
from typing import Any

from turncoat.adversary.entries import BehaviourInfo, Parameter
from turncoat.adversary.tables.aggregation import SERVER_MOVES
from turncoat.adversary.tables.messages import MESSAGES
from turncoat.adversary.tables.protocols import SERVER, SPDZ
from turncoat.adversary.tables.seats import SCHEDULE, SEATS, STATE
from turncoat.adversary.tables.values import VALUES


def _table(infos: Iterable[BehaviourInfo]) -> Mapping[str, BehaviourInfo]:
    return MappingProxyType({info.name: info for info in sorted(infos, key=lambda info: info.name)})


BEHAVIOURS = _table((*VALUES, *MESSAGES, *STATE, *SEATS, *SCHEDULE, *SPDZ, *SERVER, *SERVER_MOVES))


def info(name: str) -> BehaviourInfo:
    """A behaviour by name. Raises ValueError, with the nearest name, for an unknown one."""
    try:
        return BEHAVIOURS[name]
    except KeyError:
        near = get_close_matches(name, BEHAVIOURS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = ", ".join(BEHAVIOURS)
        raise ValueError(f"{name!r} is no behaviour (there are {known}){hint}") from None


def make(name: str, **given: Any) -> Any:
    """The behaviour `name` with its parameters. Raises ValueError for a parameter it has not, or a
    value that a parameter does not take."""
    known = info(name)
    for key, value in given.items():
        if key not in known.takes:
            takes = ", ".join(known.takes) or "none"
            raise ValueError(f"{name} has no parameter {key!r} (it takes {takes})")
        _check(name, key, known.takes[key], value)
    needed = (key for key, parameter in known.parameters.items() if parameter.needed)
    if missing := [key for key in needed if key not in given]:
        raise ValueError(f"{name} needs {missing[0]!r}: {known.parameters[missing[0]].help}")
    defaults = {key: parameter.default for key, parameter in known.parameters.items()}
    own = defaults | {key: value for key, value in given.items() if key in known.parameters}
    behaviour = load_behaviour(name)(**own)
    common = {key: value for key, value in given.items() if key not in known.parameters}
    return _sometimes(behaviour, **common) if common else behaviour


def load_behaviour(name: str) -> Any:
    """The class behind a behaviour."""
    module, _, cls = info(name).target.partition(":")
    return getattr(import_module(module), cls)


def _check(name: str, key: str, parameter: Parameter, value: Any) -> None:
    if parameter.choices and value not in parameter.choices:
        listed = ", ".join(map(repr, parameter.choices))
        raise ValueError(f"{name} has no {key} {value!r} (there are {listed})")


def _sometimes(behaviour: Any, count: int | None = None, probability: Any = None) -> Any:
    from turncoat.adversary.binding import Sometimes  # noqa: PLC0415 - loads Trio

    return Sometimes(behaviour, count, Fraction(1 if probability is None else probability))
