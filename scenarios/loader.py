"""From a file, or the name of a shipped scenario, to a `Scenario`; or all that is wrong with it.

In this order: syntax, shape, then cross-checks and input files together; each step reports all of
its mistakes at once. Loads neither numpy (unless a .npy file is named), numba nor trio, and never
prints.
"""

import os
import re
import shlex
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path as FilePath

import attrs

from turncoat.scenarios.crosschecks import crosschecks
from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.delay_files import with_delays
from turncoat.scenarios.inputs import Source, Sources, read
from turncoat.scenarios.layers import Document, Layer, inherited, merged
from turncoat.scenarios.overrides import options, overridden
from turncoat.scenarios.problems import Problem, Refusal, ScenarioError, did_you_mean, nearest
from turncoat.scenarios.reading import read_layer, read_text
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Tables
from turncoat.scenarios.structuring import structure

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
    try:
        file = _found(name, FilePath())
    except Refusal as refusal:
        problem = Problem(name, None, None, "", refusal.message, refusal.suggestion)
        raise ScenarioError([problem]) from None
    return _loaded(name, file, read_text(file, str(file)), overrides or {})


def loads(
    text: str,
    source: str | os.PathLike[str] = "scenario.toml",
    overrides: Mapping[str, object] | None = None,
) -> Scenario:
    """The scenario of a text; `source` names it in messages, and files that it names are relative
    to the folder of `source`. Raises ScenarioError with every mistake."""
    return _loaded(os.fspath(source), FilePath(source), text, overrides or {})


def _loaded(name: str, file: FilePath, text: str, overrides: Mapping[str, object]) -> Scenario:
    own = _extended(read_layer(str(file), text, file.parent))
    document = overridden(own, overrides, file.parent)
    if _extends(document.data) != _extends(own.data):
        raise document.error([_too_late()])
    tables, refusals = structure(document.data)
    if tables is None:
        raise document.error(refusals)
    sources, unread = _sources(tables, document)
    tables, unread_delays = with_delays(tables, document)
    refusals = [*crosschecks(tables), *unread, *unread_delays]
    if refusals:
        raise document.error(refusals)
    return Scenario(
        source=file,
        reference=shlex.join([name, *options(document)]),
        text=text,
        tables=_titled(tables, file),
        sources=sources,
        document=document,
    )


def catalogue() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(sorted(file.stem for file in catalogue_folder().glob(f"*{SUFFIX}")))


def catalogue_folder() -> FilePath:
    """Where the shipped scenarios lie."""
    return FilePath(str(files("turncoat.scenarios.catalogue")))


def _found(name: str, folder: FilePath) -> FilePath:
    """The file of a path relative to the folder, or of a catalogue name. Raises Refusal."""
    file = folder / name
    shipped = catalogue_folder() / f"{name}{SUFFIX}"
    is_path = name.endswith(SUFFIX) or FilePath(name).name != name
    if not is_path and shipped.is_file():
        return shipped
    if file.is_file():
        return file
    if is_path:
        raise Refusal(f"there is no file {quoted(name)}", _other_file(file))
    remedy = did_you_mean(name, catalogue())
    raise Refusal(f"no file and no shipped scenario is called {quoted(name)}", remedy)


def _other_file(file: FilePath) -> str:
    beside = [each.name for each in file.parent.glob(f"*{SUFFIX}")] if file.parent.is_dir() else []
    close = nearest(file.name, sorted(beside)) or nearest(file.stem, catalogue())
    return f"did you mean {close!r}?" if close else f"looked for {file}"


def _extended(layer: Layer) -> Document:
    """The file on top of the one that it extends, if any."""
    own = Document((layer,), dict(layer.data))
    name = _extends(layer.data)
    if name is None:
        return own
    try:
        file = _found(name, layer.folder)
    except Refusal as refusal:
        raise own.error([refusal.under(("scenario", "extends"))]) from None
    base = read_layer(str(file), read_text(file, str(file)), file.parent)
    if _extends(base.data) is not None:
        message = f"{file.name} extends a scenario itself"
        refusal = Refusal(message, "extend one level only", ("scenario", "extends"))
        raise own.error([refusal])
    return Document((base, layer), merged(inherited(base.data), layer.data))


def _extends(data: Mapping[str, object]) -> str | None:
    """The file that a document extends; another type than text is refused with its shape."""
    match data.get("scenario"):
        case {"extends": str(name)}:
            return name
        case _:
            return None


def _too_late() -> Refusal:
    remedy = "run that file instead, or write the key into this one"
    return Refusal("cannot be overridden", remedy, ("scenario", "extends"), "key")


def _sources(tables: Tables, document: Document) -> tuple[Sources, list[Refusal]]:
    """All inputs with their files read, and the refusals of those that cannot be."""
    sources: dict[str, dict[str, Source]] = {}
    refusals: list[Refusal] = []
    fractions = tables.protocol.fixed_point is not None
    for party, named in tables.parties.inputs.items():
        for name, given in named.items():
            path = ("parties", "inputs", *given.path)
            try:
                folder = document.folder((*path, "file"))
                sources.setdefault(party, {})[name] = read(given, folder, fractions)
            except Refusal as refusal:
                refusals.append(refusal.under(path))
    return sources, refusals


def _titled(tables: Tables, file: FilePath) -> Tables:
    """A scenario without a name is called like its file."""
    if tables.scenario.name is not None:
        return tables
    name = re.sub(r"[^A-Za-z0-9._-]+|^[.-]+", "-", file.stem).strip("-") or "scenario"
    return attrs.evolve(tables, scenario=attrs.evolve(tables.scenario, name=name))
