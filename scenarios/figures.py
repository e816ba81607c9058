"""Which number holds on which link and line of a scenario.

A key of [network] overrides the preset, regions override the latency, an entry of [[network.link]]
or [[network.host]] overrides [network], a later entry an earlier one. Whoever gives a latency, or
regions, says what it varies by: the jitter from below falls to 0 unless jitter is given beside it.
Entries with a time are no figures of a link but changes to them (`changes`). Draws nothing and
knows no clock.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import attrs

from turncoat.scenarios.measured import Measured
from turncoat.scenarios.presets import PRESETS, HostFigures, LinkFigures
from turncoat.scenarios.regions import one_way
from turncoat.scenarios.schema_network import Host, Link, LinkKeys, Network
from turncoat.scenarios.selection import is_glob, matching
from turncoat.scenarios.units import UNLIMITED

PLAIN = ("correlation", "duplicate", "corrupt", "reorder", "rto")  # figures that are as they stand
LIMITS = ("rate", "limit")


# Links


def default_link(network: Network) -> LinkFigures:
    """The figures of a link that no region and no [[network.link]] speaks of."""
    figures = attrs.evolve(PRESETS[network.preset].link, **changes(network))
    return attrs.evolve(figures, jitter=network.jitter or 0) if network.regions else figures


def link_figures(network: Network, sender: str, receiver: str) -> LinkFigures:
    """The figures from one named party to another, entries with a time left aside."""
    figures = default_link(network)
    regions = region_of(network, sender), region_of(network, receiver)
    if regions[0] is not None and regions[1] is not None:
        figures = attrs.evolve(figures, latency=one_way(regions[0], regions[1]))
    for entry in network.link:
        if not is_timed(entry) and joins(entry, sender, receiver):
            figures = attrs.evolve(figures, **changes(entry))
    return figures


def changes(given: LinkKeys) -> dict[str, Any]:
    """The figures that a table gives, whatever they were before."""
    new = {key: getattr(given, key) for key in PLAIN if getattr(given, key) is not None}
    for key in LIMITS:
        if getattr(given, key) is not None:
            new[key] = _limited(getattr(given, key))
    if isinstance(given, Link | Network) and given.transport is not None:
        new["transport"] = given.transport
    return new | _delays(given) | _losses(given)


def _delays(given: LinkKeys) -> dict[str, Any]:
    """Latency, jitter, distribution and samples: a new one of the first two, or measured delays,
    leave nothing of what they replace."""
    if given.empirical is not None:
        measured = given.empirical
        law = {"distribution": "empirical", "samples": measured.samples}
        return {"latency": measured.mean, "jitter": 0, **law}
    new: dict[str, Any] = {}
    if given.latency is not None:
        new |= {"latency": given.latency, "jitter": 0, "samples": None}
    if given.distribution is not None and given.distribution != "empirical":
        new |= {"distribution": given.distribution, "samples": None}
    if given.distribution == "constant":
        new["jitter"] = 0
    return new if given.jitter is None else new | {"jitter": given.jitter}


def _losses(given: LinkKeys) -> dict[str, Any]:
    """Loss by itself and loss in bursts replace each other."""
    if given.gemodel is not None:
        return {"gemodel": given.gemodel, "loss": LinkFigures().loss}
    return {} if given.loss is None else {"loss": given.loss, "gemodel": None}


def is_timed(entry: Link) -> bool:
    """Does the entry hold for a part of the run only?"""
    return entry.start is not None or entry.end is not None


def joins(entry: Link, sender: str, receiver: str) -> bool:
    """Does the entry speak of this direction?"""
    onwards = _means(entry.from_, sender) and _means(entry.to, receiver)
    back = _means(entry.from_, receiver) and _means(entry.to, sender)
    return onwards or (entry.both and back)


def region_of(network: Network, party: str) -> str | None:
    """The region of a named party, None if it has none; a plain name wins over a glob."""
    if party in network.regions:
        return network.regions[party]
    globs = (pattern for pattern in network.regions if is_glob(pattern))
    return next((network.regions[g] for g in globs if matching(g, (party,))), None)


# Parties that no entry tells apart

Sorts = Mapping[str, object]  # party → its sort: equal ones have equal links


def sorts(network: Network, names: Iterable[str]) -> Sorts:
    """The parties by region, and by the entries that speak of them, those with a time left out."""
    entries = [entry for entry in network.link if not is_timed(entry)]
    return {
        name: (
            region_of(network, name),
            *((_means(entry.from_, name), _means(entry.to, name)) for entry in entries),
        )
        for name in names
    }


def typical_pairs(
    sort: Sorts, senders: Iterable[str], receivers: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """One pair of parties, of different names, for each pair of sorts from some to some."""
    for mine, theirs in product(_alike(sort, senders), _alike(sort, receivers)):
        pair = next(((a, b) for a in mine[:2] for b in theirs[:2] if a != b), None)
        if pair is not None:
            yield pair


def _alike(sort: Sorts, names: Iterable[str]) -> list[list[str]]:
    groups: dict[object, list[str]] = {}
    for name in names:
        groups.setdefault(sort[name], []).append(name)
    return list(groups.values())


# Lines


def default_host(network: Network) -> HostFigures:
    """The figures of a party that no [[network.host]] speaks of."""
    return attrs.evolve(PRESETS[network.preset].host, **_line(network))


def host_figures(network: Network, party: str) -> HostFigures:
    """The figures of a named party's line."""
    figures = default_host(network)
    for entry in network.host:
        if _means(entry.who, party):
            figures = attrs.evolve(figures, **_line(entry))
    return figures


def _line(given: Network | Host) -> dict[str, int | None]:
    """The limits of a line that a table gives; [network] limit is that of the links."""
    keys = ["bandwidth_up", "bandwidth_down"] + ["limit"] * isinstance(given, Host)
    found = {key: getattr(given, key) for key in keys}
    return {key: _limited(value) for key, value in found.items() if value is not None}


def _limited(value: int) -> int | None:
    return None if value == UNLIMITED else value


def _means(patterns: Iterable[str], party: str) -> bool:
    return any(matching(pattern, (party,)) for pattern in patterns)


# Everything spelt out


def settled(network: Network) -> Network:
    """The same network with every number written out, so that no preset can change it later."""
    link, host = default_link(network), default_host(network)
    return attrs.evolve(
        network,
        **_spelt(link),
        bandwidth_up=host.bandwidth_up or UNLIMITED,
        bandwidth_down=host.bandwidth_down or UNLIMITED,
    )


def _spelt(link: LinkFigures) -> Mapping[str, Any]:
    """The keys of [network] that say these figures."""
    delays: dict[str, Any] = {
        "latency": link.latency,
        "jitter": link.jitter,
        "distribution": link.distribution,
    }
    if link.samples is not None:
        delays = {"latency": None, "jitter": None, "empirical": Measured(samples=link.samples)}
    losses = {"loss": None} if link.gemodel else {"loss": link.loss}
    limits = {key: getattr(link, key) or UNLIMITED for key in LIMITS}
    return {**{key: getattr(link, key) for key in PLAIN}, **delays, **losses, **limits}
