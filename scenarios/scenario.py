"""A scenario that has been read and checked: what the rest of the package runs and judges.

Immutable and free of files: whatever the scenario needed has been read. It keeps its document, so
that whoever finds a further mistake, in a program's or a behaviour's parameters, can still point at
the line (`problem`). Knows no protocol.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from hashlib import blake2b
from pathlib import Path as FilePath
from typing import Any

import attrs

from turncoat.scenarios.crosschecks import corrupted
from turncoat.scenarios.figures import default_host, default_link, host_figures, link_figures
from turncoat.scenarios.inputs import Numbers, Source, Sources, draw, sources_for
from turncoat.scenarios.layers import Document
from turncoat.scenarios.presets import HostFigures, LinkFigures
from turncoat.scenarios.problems import End, Path, Problem, Refusal
from turncoat.scenarios.resolved import resolved
from turncoat.scenarios.schema import (
    Adversary,
    Expect,
    Fault,
    Network,
    Parties,
    Protocol,
    ScenarioTable,
    Tables,
)
from turncoat.scenarios.selection import auxiliary_names, party_names, selected
from turncoat.scenarios.toml_writer import dumps

TITLE_KEYS = ("name", "about", "cites")  # what a scenario is called changes nothing in its runs


@attrs.frozen(kw_only=True)
class Scenario:
    """source: the file. reference: what stands behind `turncoat run` to load it again. text: what
    the file said. tables: the model. sources: the numbers, or random draws, by party name or glob
    and by input name."""

    source: FilePath
    reference: str = attrs.field(eq=False)
    text: str = attrs.field(repr=False)
    tables: Tables = attrs.field(repr=False)
    sources: Sources = attrs.field(repr=False)
    document: Document = attrs.field(repr=False, eq=False)

    @property
    def name(self) -> str:
        """The name, for reports and folders."""
        return self.tables.scenario.name or self.source.stem

    @property
    def header(self) -> ScenarioTable:
        """[scenario]."""
        return self.tables.scenario

    @property
    def protocol(self) -> Protocol:
        return self.tables.protocol

    @property
    def parties(self) -> Parties:
        return self.tables.parties

    @property
    def network(self) -> Network:
        return self.tables.network

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.tables.fault

    @property
    def adversaries(self) -> tuple[Adversary, ...]:
        return self.tables.adversary

    @property
    def expect(self) -> Expect:
        return self.tables.expect

    # Parties

    @cached_property
    def computing(self) -> tuple[str, ...]:
        """The names of P_1 … P_n."""
        return party_names(self.parties)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all seats: P_1 … P_n, then the auxiliary roles."""
        return self.computing + auxiliary_names(self.protocol, self.parties)

    @property
    def n(self) -> int:
        return len(self.computing)

    @property
    def corrupted(self) -> tuple[str, ...]:
        """All seats of the adversary, in the parties' order."""
        return corrupted(self.adversaries, self.names)

    def who(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """The parties that names and globs mean, each once, in their order."""
        return selected(patterns, self.names)

    def inputs_for(self, seed: int) -> dict[str, dict[str, Numbers]]:
        """Party → input → numbers, of the run with this seed; parties in their order, those
        without inputs left out."""
        given = sources_for(self.sources, self.computing)
        return {
            party: {name: _numbers(source, seed, party, name) for name, source in named.items()}
            for party, named in given.items()
        }

    # Network

    @property
    def default_link(self) -> LinkFigures:
        """The link of every pair that no region and no [[network.link]] speaks of."""
        return default_link(self.network)

    def link(self, sender: str, receiver: str) -> LinkFigures:
        """The link from one party to another, entries with a time left aside."""
        return link_figures(self.network, sender, receiver)

    @property
    def default_host(self) -> HostFigures:
        """The line of every party that no [[network.host]] speaks of."""
        return default_host(self.network)

    def host(self, party: str) -> HostFigures:
        """A party's line."""
        return host_figures(self.network, party)

    # Files

    def resolved(self) -> dict[str, Any]:
        """The scenario as decoded TOML with nothing left implicit: no extends, no overrides, no
        preset's or default's number, no file."""
        return resolved(self.tables, self.sources)

    def dumps(self) -> str:
        """The resolved scenario as the text of a scenario file."""
        return dumps(self.resolved())

    def fingerprint(self) -> str:
        """32 hex digits, equal for scenarios that differ in name, about and cites at most."""
        document = self.resolved()
        for key in TITLE_KEYS:
            document["scenario"].pop(key, None)
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return blake2b(canonical.encode(), digest_size=16).hexdigest()

    def problem(
        self, path: Path, message: str, suggestion: str = "", end: End = "value"
    ) -> Problem:
        """A mistake under a key path such as ("adversary", 0, "does"), placed in the file; raise
        ScenarioError with it."""
        return self.document.problem(Refusal(message, suggestion, path, end))


def _numbers(source: Source, seed: int, party: str, name: str) -> Numbers:
    return source if isinstance(source, Numbers) else draw(source, seed, party, name)
