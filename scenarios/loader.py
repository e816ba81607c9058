"""From a file, or the name of a shipped scenario, to a `Scenario`; or all that is wrong with it.

In this order: syntax, shape, then cross-checks and input files together; each step reports all of
its mistakes at once. Loads neither numpy (unless a .npy file is named), numba nor trio, and never
prints.
"""

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path as FilePath

import attrs

from turncoat.scenarios.crosschecks import crosschecks
from turncoat.scenarios.inputs import Source, read
from turncoat.scenarios.layers import Document, Layer, inherited, merged
from turncoat.scenarios.overrides import overridden
from turncoat.scenarios.problems import Path, Problem, Refusal, ScenarioError, did_you_mean, quoted
from turncoat.scenarios.reading import read_layer, read_text
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Tables
from turncoat.scenarios.structuring import refusals_in, structure

SUFFIX = ".toml"


def load(
    path_or_name: str | os.PathLike[str], overrides: Mapping[str, object] | None = None
) -> Scenario:
    """The scenario of a file, or of the catalogue.

    path_or_name: with the suffix .toml or a folder it is a file, else a name of the catalogue.
    overrides: {"network.latency": "80 ms"}; a text counts as a TOML value if it parses as one.
    Raises ScenarioError with every mistake.
    """
    name = os.fspath(path_or_name)
    source = _found(name, FilePath())
    shown = name if name.endswith(SUFFIX) else str(source)
    return _loaded(source, shown, read_text(source, shown), overrides or {})


def loads(
    text: str, source: str | os.PathLike[str] = "scenario.toml",
    overrides: Mapping[str, object] | None = None,
) -> Scenario:
    """The scenario of a text; `source` names it in messages, and input files are relative to the
    folder of `source`. Raises ScenarioError with every mistake."""
    return _loaded(FilePath(source), os.fspath(source), text, overrides or {})


def catalogue() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(sorted(file.stem for file in _catalogue_folder().glob(f"*{SUFFIX}")))


def _catalogue_folder() -> FilePath:
    return FilePath(str(files("turncoat.scenarios.catalogue")))


def _found(name: str, folder: FilePath) -> FilePath:
    """The file of a path relative to the folder, or of a catalogue name. Raises ScenarioError."""
    file = folder / name
    if name.endswith(SUFFIX) or FilePath(name).name != name:
        return file
    shipped = _catalogue_folder() / f"{name}{SUFFIX}"
    if shipped.is_file():
        return shipped
    if file.is_file():
        return file
    remedy = did_you_mean(name, catalogue())
    message = f"there is no scenario {quoted(name)} in the catalogue, and no such file"
    raise ScenarioError([Problem(name, None, None, "", message, remedy)])


def _loaded(
    source: FilePath, shown: str, text: str, overrides: Mapping[str, object]
) -> Scenario:
    layer = read_layer(shown, text, source.parent)
    document = overridden(_extended(layer), overrides, source.parent)
    tables, refusals = structure(document.data)
    if tables is None:
        raise document.error(refusals)
    sources, unreadable = _sources(tables, document)
    refusals = [*crosschecks(tables), *unreadable]
    if refusals:
        raise document.error(refusals)
    return Scenario(source=source, text=text, tables=tables, sources=sources, document=document)


def _extended(layer: Layer) -> Document:
    """The file on top of what it extends."""
    own = Document((layer,), dict(layer.data))
    scenario = layer.data.get("scenario")
    name: object = scenario.get("extends") if isinstance(scenario, dict) else None
    if not isinstance(name, str):
        return own
    base = _base(own, layer, name)
    return Document((base, layer), merged(inherited(base.data), layer.data))


def _base(document: Document, layer: Layer, name: str) -> Layer:
    path: Path = ("scenario", "extends")
    try:
        file = _found(name, layer.folder)
        if not file.is_file():
            raise document.error([Refusal(f"there is no file {quoted(name)}", f"looked for {file}", path)])
    except ScenarioError as error:
        ...
