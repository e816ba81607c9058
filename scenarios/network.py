"""The [network] table as the topology that the world is built from.

Exact fractions become the kernel's thresholds and fixed-point numbers, measured delays become
tables. Links are kept by sort of party, not by pair: 1,000 phones in one region are one sort.
"""

from collections.abc import Iterator, Mapping, Sequence, ValuesView
from fractions import Fraction
from typing import Any

import attrs

from turncoat.actors.distributions import empirical
from turncoat.actors.link import RHO_ONE, GilbertElliott, Link
from turncoat.actors.randomness import threshold
from turncoat.actors.topology import Host, Override, Pair, Topology
from turncoat.scenarios import schema_network
from turncoat.scenarios.figures import (
    changes,
    default_host,
    default_link,
    host_figures,
    is_timed,
    link_figures,
    sorts,
    typical_pairs,
)
from turncoat.scenarios.presets import HostFigures, LinkFigures
from turncoat.scenarios.schema import Network
from turncoat.scenarios.selection import selected

CHANCES = ("loss", "duplicate", "corrupt", "reorder")


def topology(network: Network, names: Sequence[str]) -> Topology:
    """Links, their changes over time, and lines of the named parties."""
    number = {name: i for i, name in enumerate(names, 1)}
    special = {who for entry in network.host for who in selected(entry.who, names)}
    return Topology(
        default=_link(default_link(network)),
        links=_links(network, names),
        host=_host(default_host(network)),
        hosts={number[name]: _host(host_figures(network, name)) for name in sorted(special)},
        overrides=tuple(
            Override(_pairs(entry, names), changed(entry), entry.start or 0, entry.end)
            for entry in network.link
            if is_timed(entry)
        ),
    )


def changed(given: schema_network.LinkKeys) -> dict[str, Any]:
    """The fields of the kernel's links that a table changes."""
    return _fields(changes(given))


# Links


class Links(Mapping[Pair, Link]):
    """Every directed pair's link, by the sorts of its two parties."""

    def __init__(self, sort: Sequence[object], links: Mapping[tuple[object, object], Link]) -> None:
        self._sort = sort
        self._links = links

    def __getitem__(self, pair: Pair) -> Link:
        return self._links[self._sort[pair[0] - 1], self._sort[pair[1] - 1]]

    def __iter__(self) -> Iterator[Pair]:
        everyone = range(1, len(self._sort) + 1)
        return ((i, j) for i in everyone for j in everyone if i != j)

    def __len__(self) -> int:
        return len(self._sort) * (len(self._sort) - 1)

    def values(self) -> ValuesView[Link]:
        """Each link once, however many pairs have it."""
        return ValuesView(self._links)


def _links(network: Network, names: Sequence[str]) -> Mapping[Pair, Link]:
    """Nothing, where all links are the default."""
    if not network.regions and all(is_timed(entry) for entry in network.link):
        return {}
    sort = sorts(network, names)
    links = {
        (sort[a], sort[b]): _link(link_figures(network, a, b))
        for a, b in typical_pairs(sort, names, names)
    }
    return Links([sort[name] for name in names], links)


def _pairs(entry: schema_network.Link, names: Sequence[str]) -> frozenset[Pair]:
    """The directed pairs that an entry speaks of."""
    number = {name: i for i, name in enumerate(names, 1)}
    ends = selected(entry.from_, names), selected(entry.to, names)
    onwards = {(number[a], number[b]) for a in ends[0] for b in ends[1] if a != b}
    return frozenset(onwards | {(j, i) for i, j in onwards} if entry.both else onwards)


def _link(figures: LinkFigures) -> Link:
    return Link(**_fields(attrs.asdict(figures, recurse=False)))


def _fields(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures in the kernel's terms."""
    fields = dict(figures)
    for key in CHANCES:
        if key in fields:
            fields[key] = _threshold(fields[key])
    if "correlation" in fields:
        rho: Fraction = fields["correlation"]
        fields["correlation"] = rho.numerator * RHO_ONE // rho.denominator
    if fields.get("gemodel") is not None:
        model: schema_network.GilbertElliott = fields["gemodel"]
        chances = attrs.asdict(model).items()
        fields["gemodel"] = GilbertElliott(**{key: _threshold(p) for key, p in chances})
    if "samples" in fields:
        samples = fields.pop("samples")
        fields["table"] = None if samples is None else empirical(samples)
    if "transport" in fields:
        fields["reliable"] = fields.pop("transport") == "reliable"
    return fields


def _threshold(chance: Fraction) -> int:
    return threshold(chance.numerator, chance.denominator)


# Lines


def _host(figures: HostFigures) -> Host:
    return Host(figures.bandwidth_up, figures.bandwidth_down, figures.limit)
