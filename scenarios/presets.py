"""The numbers behind `preset = "wan"`, and which number holds on which link.

A key of [network] overrides the preset, an entry of [[network.link]] or [[network.host]] overrides
[network], a later entry an earlier one. Whoever gives a latency says what it varies by: the jitter
from below falls to 0 unless jitter is given beside it. Draws nothing and knows no clock.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

import attrs

from turncoat.scenarios.schema import Host, Link, Network
from turncoat.scenarios.selection import matching
from turncoat.scenarios.units import UNLIMITED

MICROSECOND, MILLISECOND = 10**3, 10**6  # nanoseconds
MEGABIT, GIGABIT = 10**6, 10**9  # bits per second


@attrs.frozen(kw_only=True)
class LinkFigures:
    """One direction of one link. latency, jitter [ns]; loss: probability of an attempt;
    rto [ns], None: 200 ms or the latency there and back, whichever is more."""

    latency: int = 0
    jitter: int = 0
    distribution: Literal["uniform", "constant"] = "uniform"
    loss: Fraction = Fraction(0)
    rto: int | None = None


@attrs.frozen(kw_only=True)
class HostFigures:
    """One party's line in bits per second, None: unlimited."""

    bandwidth_up: int | None = None
    bandwidth_down: int | None = None


@attrs.frozen(kw_only=True)
class Preset:
    """A network to start from. source: where its numbers come from, in a sentence."""

    link: LinkFigures
    host: HostFigures
    source: str


PRESETS: Mapping[str, Preset] = {
    "ideal": Preset(
        link=LinkFigures(),
        host=HostFigures(),
        source="No network at all: messages arrive at once, whatever their size.",
    ),
    "lan": Preset(
        link=LinkFigures(latency=250 * MICROSECOND, jitter=50 * MICROSECOND),
        host=HostFigures(bandwidth_up=GIGABIT, bandwidth_down=GIGABIT),
        source=(
            "Chosen for illustration, not measured: gigabit Ethernet, and the order of magnitude "
            "of a round trip of half a millisecond through a few switches."
        ),
    ),
    "wan": Preset(
        link=LinkFigures(latency=40 * MILLISECOND, jitter=5 * MILLISECOND),
        host=HostFigures(bandwidth_up=100 * MEGABIT, bandwidth_down=100 * MEGABIT),
        source=(
            "Chosen for illustration, not measured: the order of magnitude of a round trip of "
            "80 ms across a continent or an ocean, over a 100 Mbit/s access line."
        ),
    ),
}


def default_link(network: Network) -> LinkFigures:
    """The figures of a link that no [[network.link]] speaks of."""
    return _overlaid(PRESETS[network.preset].link, network)


def link_figures(network: Network, sender: str, receiver: str) -> LinkFigures:
    """The figures from one named party to another."""
    figures = default_link(network)
    for entry in network.link:
        if joins(entry, sender, receiver):
            figures = _overlaid(figures, entry)
    return figures


def joins(entry: Link, sender: str, receiver: str) -> bool:
    """Does the entry speak of this direction?"""
    onwards = _means(entry.from_, sender) and _means(entry.to, receiver)
    back = _means(entry.from_, receiver) and _means(entry.to, sender)
    return onwards or (entry.both and back)


def default_host(network: Network) -> HostFigures:
    """The figures of a party that no [[network.host]] speaks of."""
    return _limited(PRESETS[network.preset].host, network)


def host_figures(network: Network, party: str) -> HostFigures:
    """The figures of a named party's line."""
    figures = default_host(network)
    for entry in network.host:
        if _means(entry.who, party):
            figures = _limited(figures, entry)
    return figures


def settled(network: Network) -> Network:
    """The same network with every number written out, so that no preset can change it later."""
    link, host = default_link(network), default_host(network)
    return attrs.evolve(
        network,
        latency=link.latency,
        jitter=link.jitter,
        distribution=link.distribution,
        loss=link.loss,
        bandwidth_up=host.bandwidth_up or UNLIMITED,
        bandwidth_down=host.bandwidth_down or UNLIMITED,
    )


def _overlaid(below: LinkFigures, given: Network | Link) -> LinkFigures:
    return LinkFigures(
        latency=below.latency if given.latency is None else given.latency,
        jitter=_jitter(below, given),
        distribution=given.distribution or below.distribution,
        loss=below.loss if given.loss is None else given.loss,
        rto=given.rto or below.rto,
    )


def _jitter(below: LinkFigures, given: Network | Link) -> int:
    if given.jitter is not None:
        return given.jitter
    fresh = given.latency is not None or given.distribution == "constant"
    return 0 if fresh else below.jitter


def _limited(below: HostFigures, given: Network | Host) -> HostFigures:
    return HostFigures(
        bandwidth_up=_rate(below.bandwidth_up, given.bandwidth_up),
        bandwidth_down=_rate(below.bandwidth_down, given.bandwidth_down),
    )


def _rate(below: int | None, given: int | None) -> int | None:
    if given is None:
        return below
    return None if given == UNLIMITED else given


def _means(patterns: Iterable[str], party: str) -> bool:
    return any(matching(pattern, (party,)) for pattern in patterns)
