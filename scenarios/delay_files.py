"""The files of measured delays that a scenario names, read into its tables.

They may stand in [network], in a [[network.link]] and in the link of a degradation; each is
relative to the file that names it.
"""

from collections.abc import Sequence
from typing import TypeVar

import attrs

from turncoat.scenarios.layers import Document
from turncoat.scenarios.measured import read_delays
from turncoat.scenarios.problems import Path, Refusal
from turncoat.scenarios.schema import Tables
from turncoat.scenarios.schema_network import LinkKeys
from turncoat.scenarios.schema_world import Fault

K = TypeVar("K", bound=LinkKeys)


def with_delays(tables: Tables, document: Document) -> tuple[Tables, list[Refusal]]:
    """The tables with all delays in them, and the refusals of files that cannot be read."""
    reader = _Reader(document)
    network = reader.filled(tables.network, ("network",))
    links = [reader.filled(entry, ("network", "link", k)) for k, entry in enumerate(network.link)]
    return attrs.evolve(
        tables,
        network=attrs.evolve(network, link=tuple(links)),
        fault=tuple(reader.degradations(tables.fault)),
    ), reader.refusals


class _Reader:
    """Reads one file after the other; collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.refusals: list[Refusal] = []

    def filled(self, keys: K, path: Path) -> K:
        """The keys of a link, with the delays that they name a file of."""
        if keys.empirical is None or keys.empirical.file is None:
            return keys
        here = (*path, "empirical")
        try:
            measured = read_delays(keys.empirical.file, self._document.folder(here))
        except Refusal as refusal:
            self.refusals.append(refusal.under(here))
            return keys
        return attrs.evolve(keys, empirical=measured)

    def degradations(self, faults: Sequence[Fault]) -> list[Fault]:
        """The faults, with the delays of their links."""
        return [
            fault
            if fault.link is None
            else attrs.evolve(fault, link=self.filled(fault.link, ("fault", k, "link")))
            for k, fault in enumerate(faults)
        ]
