"""The [network] table as the topology that the world is built from."""

from collections.abc import Sequence

from turncoat.actors.link import Link
from turncoat.actors.randomness import threshold
from turncoat.actors.topology import Host, Topology
from turncoat.scenarios.presets import (
    HostFigures,
    LinkFigures,
    default_host,
    default_link,
    host_figures,
    link_figures,
)
from turncoat.scenarios.schema import Network
from turncoat.scenarios.selection import selected


def topology(network: Network, names: Sequence[str]) -> Topology:
    """Links and lines of the named parties; only the exceptions are spelt out."""
    number = {name: i for i, name in enumerate(names, 1)}
    special = {who for entry in network.host for who in selected(entry.who, names)}
    return Topology(
        default=_link(default_link(network)),
        links={
            (number[a], number[b]): _link(link_figures(network, a, b))
            for a, b in _exceptions(network, names)
        },
        host=_host(default_host(network)),
        hosts={number[name]: _host(host_figures(network, name)) for name in sorted(special)},
    )


def _exceptions(network: Network, names: Sequence[str]) -> dict[tuple[str, str], None]:
    """The directed pairs that some [[network.link]] speaks of, each once."""
    pairs = dict[tuple[str, str], None]()
    for entry in network.link:
        for a in selected(entry.from_, names):
            for b in selected(entry.to, names):
                if a != b:
                    pairs[a, b] = None
                    if entry.both:
                        pairs[b, a] = None
    return pairs


def _link(figures: LinkFigures) -> Link:
    return Link(
        latency=figures.latency,
        jitter=figures.jitter,
        distribution=figures.distribution,
        loss=threshold(figures.loss.numerator, figures.loss.denominator),
        rto=figures.rto,
    )


def _host(figures: HostFigures) -> Host:
    return Host(figures.bandwidth_up, figures.bandwidth_down)
