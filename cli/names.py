"""Every name that a user may write, by section, with one line each.

Collected from the registries of the other packages; loads neither numpy nor Trio. What a name
stands for in detail is told in `explain.py`.
"""

import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files

import attrs

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.cli.links import preset_text, region_text
from turncoat.protocols.registry import AGGREGATES, PROGRAMS, PROTOCOLS
from turncoat.scenarios.fault_kinds import FAULT_KINDS
from turncoat.scenarios.loader import catalogue
from turncoat.scenarios.presets import PRESETS
from turncoat.scenarios.problems import did_you_mean
from turncoat.scenarios.regions import REGIONS

Names = Mapping[str, str]  # name → one line

FAULTS: Names = {name: kind.summary for name, kind in FAULT_KINDS.items()}


@attrs.frozen
class Section:
    """One kind of name. read: collects the names when they are asked for."""

    title: str
    read: Callable[[], Names]


def _protocols() -> Names:
    return {name: entry.summary for name, entry in PROTOCOLS.items()}


def _programs() -> Names:
    return {name: entry.summary for name, entry in {**PROGRAMS, **AGGREGATES}.items()}


def _attacks() -> Names:
    return {name: info.summary for name, info in BEHAVIOURS.items()}


def _faults() -> Names:
    return FAULTS


def _networks() -> Names:
    presets = {name: preset_text(preset) for name, preset in PRESETS.items()}
    return presets | {name: region_text(name) for name in REGIONS}


def _scenarios() -> Names:
    folder = files("turncoat.scenarios.catalogue")
    tables = {
        name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in catalogue()
    }
    return {name: table.get("scenario", {}).get("about", "") for name, table in tables.items()}


SECTIONS: Mapping[str, Section] = {
    "protocols": Section("Protocols ([protocol] use)", _protocols),
    "programs": Section("Programs ([protocol] program, or your own as module:function)", _programs),
    "attacks": Section("Attacks ([[adversary]] does)", _attacks),
    "faults": Section("Faults ([[fault]] kind)", _faults),
    "networks": Section("Networks ([network] preset, and the names in regions)", _networks),
    "scenarios": Section("Scenarios (turncoat run NAME)", _scenarios),
}


def sections_of(name: str) -> tuple[str, ...]:
    """The sections in which a name stands."""
    return tuple(key for key, section in SECTIONS.items() if name in section.read())


def unknown(name: str, more: tuple[str, ...] = ()) -> str:
    """What to say of a name that nothing has: those that begin so, or the nearest one.
    more: further names to consider."""
    known = [*(each for section in SECTIONS.values() for each in section.read()), *more]
    begun = [each for each in known if each.startswith(name)]
    hint = f"did you mean {' or '.join(begun[:4])}?" if begun else did_you_mean(name, known)
    return f"nothing is called {name!r}; {hint}"
