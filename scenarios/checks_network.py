"""Do the numbers of a network fit together: keys that exclude each other, laws that cannot be.

What holds on a pair of parties depends on the preset, on regions and on every entry that speaks of
it, so each entry is checked on one pair of each sort; what a time or a fault changes is checked on
top of everything that it may come to lie on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.figures import (
    changes,
    host_figures,
    is_timed,
    link_figures,
    sorts,
    typical_pairs,
)
from turncoat.scenarios.presets import LinkFigures
from turncoat.scenarios.problems import Path, Refusal
from turncoat.scenarios.schema import Network, Tables
from turncoat.scenarios.schema_network import Host, Link, LinkKeys
from turncoat.scenarios.selection import is_glob, matching, nobody, selected, unknown

DELAY_KEYS = ("latency", "jitter", "distribution", "empirical")
SHAPED = ("normal", "lognormal", "exponential", "pareto")  # which a jitter makes what they are


def network_checks(tables: Tables, names: Sequence[str]) -> Iterator[Refusal]:
    """Everything about links and lines that does not fit, degradations included; each complaint
    once, though many pairs of parties may give rise to it."""
    seen: set[tuple[Path, str]] = set()
    for refusal in _all(tables, names):
        if (refusal.path, refusal.message) not in seen:
            seen.add((refusal.path, refusal.message))
            yield refusal


def _all(tables: Tables, names: Sequence[str]) -> Iterator[Refusal]:
    network, here = tables.network, ("network",)
    yield from _regions(network, names, (*here, "regions"))
    yield from _together(network, here)
    bare = attrs.evolve(network, link=())
    for pair in _pairs(bare, names, names):
        yield from _fits(link_figures(bare, *pair), network, here)
    for k, entry in enumerate(network.link):
        yield from _entry(network, k, entry, names)
    for k, host in enumerate(network.host):
        yield from _host(network, host, names, (*here, "host", k))
    for k, fault in enumerate(tables.fault):
        if fault.link is not None:
            path: Path = ("fault", k, "link")
            yield from _together(fault.link, path)
            for figures in _changed(fault.link, network, _pairs(network, names, names)):
                yield from _fits(figures, fault.link, path)
    yield from _stacked(tables, names)


def _pairs(
    network: Network, senders: Sequence[str], receivers: Sequence[str]
) -> list[tuple[str, str]]:
    return [*typical_pairs(sorts(network, {*senders, *receivers}), senders, receivers)]


# Regions


def _regions(network: Network, names: Sequence[str], here: Path) -> Iterator[Refusal]:
    claimed: dict[str, str] = {}  # party → the glob that says its region
    for pattern in network.regions:
        path = (*here, pattern)
        yield from nobody(pattern, names, path, "key")
        if not is_glob(pattern):
            continue
        for name in matching(pattern, names):
            if name in claimed and name not in network.regions:
                message = f"{claimed[name]!r} and {pattern!r} both say where {name!r} is"
                yield Refusal(message, "name that party by itself", path, "key")
                break
            claimed[name] = pattern


# One table


def _together(given: LinkKeys, path: Path) -> Iterator[Refusal]:
    """Keys of one table that exclude each other."""
    if given.empirical is not None:
        for key in ("latency", "jitter"):
            if getattr(given, key) is not None:
                remedy = "measured delays stand in its place"
                yield Refusal(f"{key} cannot stand beside empirical", remedy, (*path, key), "key")
        if given.distribution not in (None, "empirical"):
            message = f"measured delays are not {given.distribution}"
            remedy = 'leave it out, or write distribution = "empirical"'
            yield Refusal(message, remedy, (*path, "distribution"))
        if isinstance(given, Network) and given.regions:
            remedy = "give it to a [[network.link]], or leave the regions out"
            message = "empirical cannot stand beside regions"
            yield Refusal(message, remedy, (*path, "empirical"), "key")
    if given.gemodel is not None and given.loss is not None:
        remedy = "keep one of them"
        yield Refusal("loss cannot stand beside gemodel", remedy, (*path, "loss"), "key")


def _fits(figures: LinkFigures, given: LinkKeys, path: Path) -> Iterator[Refusal]:
    """What a table may not say, given the figures that come of it."""
    yield from _spread(figures, given, path)
    if given.distribution == "empirical" and figures.samples is None:
        remedy = 'add empirical = "delays.csv", or another distribution'
        yield Refusal("there are no measured delays", remedy, (*path, "distribution"))
    if given.limit and figures.rate is None:
        remedy = 'add rate = "10 Mbit/s"; for an access line, write it under [[network.host]]'
        message = "without a rate there is no queue that limit could bound"
        yield Refusal(message, remedy, (*path, "limit"), "key")
    yield from _lawful(figures, given, path)


def _spread(figures: LinkFigures, given: LinkKeys, path: Path) -> Iterator[Refusal]:
    """What varies needs a jitter, and what is constant has none."""
    still = not figures.jitter and figures.samples is None
    if figures.distribution == "constant" and given.jitter:
        remedy = 'leave it out, or write distribution = "uniform"'
        yield Refusal("a constant latency has no jitter", remedy, (*path, "jitter"), "key")
    elif given.distribution in SHAPED and still and given.jitter is None:
        message = f"the {given.distribution} distribution needs a jitter, its standard deviation"
        yield Refusal(message, 'such as jitter = "5 ms"', (*path, "distribution"))
    elif given.correlation and still:
        remedy = 'give a jitter too, such as "5 ms"'
        message = "a latency that does not vary has no correlation"
        yield Refusal(message, remedy, (*path, "correlation"), "key")


def _lawful(figures: LinkFigures, given: LinkKeys, path: Path) -> Iterator[Refusal]:
    """Distributions that the delays cannot have, if it is this table that speaks of delays."""
    key = next((key for key in DELAY_KEYS if getattr(given, key) is not None), None)
    if key is None:
        return
    if figures.distribution == "lognormal" and figures.jitter and not figures.latency:
        remedy = "give a latency above 0, or another distribution"
        yield Refusal("a lognormal latency cannot have the mean 0", remedy, (*path, key), "key")
    if figures.distribution == "empirical" and figures.samples is None:
        remedy = 'such as distribution = "uniform" beside it'
        message = "the delays below are measured, so this leaves it open how they are distributed"
        yield Refusal(message, remedy, (*path, key), "key")


def _changed(
    given: LinkKeys, below: Network, pairs: Iterable[tuple[str, str]]
) -> Iterator[LinkFigures]:
    """What a table makes of these pairs, on top of a network."""
    for pair in pairs:
        yield attrs.evolve(link_figures(below, *pair), **changes(given))


# Entries


def _entry(network: Network, k: int, entry: Link, names: Sequence[str]) -> Iterator[Refusal]:
    path: Path = ("network", "link", k)
    yield from unknown(entry.from_, names, (*path, "from"))
    yield from unknown(entry.to, names, (*path, "to"))
    yield from _together(entry, path)
    yield from _times(entry, path)
    ends = selected(entry.from_, names), selected(entry.to, names)
    if len(ends[0]) == 1 and ends[0] == ends[1]:
        message = f"{ends[0][0]!r} needs no link to itself"
        yield Refusal(message, "name another receiver", (*path, "to"))
        return
    below = network if is_timed(entry) else attrs.evolve(network, link=network.link[:k])
    pairs = _pairs(below, *ends)
    pairs += [(b, a) for a, b in pairs] if entry.both else []
    for figures in _changed(entry, below, pairs):
        yield from _fits(figures, entry, path)


def _times(entry: Link, path: Path) -> Iterator[Refusal]:
    if entry.end is not None and entry.end <= (entry.start or 0):
        yield Refusal("it ends before it starts", "give a later end", (*path, "end"))
    if is_timed(entry) and entry.transport is not None:
        remedy = "leave it out, or the times"
        message = "a channel is reliable or not for the whole run"
        yield Refusal(message, remedy, (*path, "transport"), "key")


def _host(network: Network, host: Host, names: Sequence[str], path: Path) -> Iterator[Refusal]:
    yield from unknown(host.who, names, (*path, "who"))
    for name in selected(host.who, names) if host.limit else ():
        figures = host_figures(network, name)
        if figures.bandwidth_up is None and figures.bandwidth_down is None:
            message = f"the line of {quoted(name)} has no bandwidth, and hence no queue"
            remedy = 'add bandwidth_up or bandwidth_down, such as "10 Mbit/s"'
            yield Refusal(message, remedy, (*path, "limit"), "key")
            return


# What comes and goes


def _stacked(tables: Tables, names: Sequence[str]) -> Iterator[Refusal]:
    """Laws that cannot be, made by changes that meet: any may come to lie on any other."""
    network = tables.network
    passing: Mapping[Path, LinkKeys] = {
        ("network", "link", k): e for k, e in enumerate(network.link) if is_timed(e)
    } | {("fault", k, "link"): f.link for k, f in enumerate(tables.fault) if f.link is not None}
    if not passing:
        return
    pairs = _pairs(network, names, names)
    todo = [*dict.fromkeys(_outline(link_figures(network, *pair)) for pair in pairs)]
    seen = set(todo)
    refused: set[Path] = set()
    while todo:
        below = todo.pop()
        for path, given in passing.items():
            figures = _outline(attrs.evolve(below, **changes(given)))
            if figures in seen:
                continue
            seen.add(figures)
            complaints = [*_lawful(figures, given, path)]
            if complaints and path not in refused:
                refused.add(path)
                yield from complaints
            elif not complaints:
                todo.append(figures)


def _outline(figures: LinkFigures) -> LinkFigures:
    """What decides whether there is such a law: few enough to try all that can come about."""
    return LinkFigures(
        latency=min(figures.latency, 1),
        jitter=min(figures.jitter, 1),
        distribution=figures.distribution,
        samples=None if figures.samples is None else (),
    )
