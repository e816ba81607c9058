"""Which number holds on which link: presets, [network], [[network.link]], [[network.host]]."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.presets import (
    PRESETS,
    LinkFigures,
    default_host,
    default_link,
    host_figures,
    link_figures,
    settled,
)
from turncoat.scenarios.schema_world import Host, Link, Network

MS = 10**6


def maybe(values):
    return st.none() | values


DURATIONS = st.integers(0, 10**12)
FIGURES = {
    "latency": maybe(DURATIONS),
    "jitter": maybe(DURATIONS),
    "distribution": maybe(st.just("uniform")),
    "loss": maybe(st.fractions(0, 1)),
    "rto": maybe(st.integers(1, 10**12)),
}
RATES = {"bandwidth_up": maybe(st.integers(0, 10**12)), "bandwidth_down": maybe(st.just(0))}
LINKS = st.builds(Link, from_=st.just(("a",)), to=st.sampled_from([("b",), ("*",)]), **FIGURES)
HOSTS = st.builds(Host, who=st.sampled_from([("a",), ("*",)]), **RATES)
NETWORKS = st.builds(
    Network,
    preset=st.sampled_from(sorted(PRESETS)),
    link=st.lists(LINKS, max_size=2).map(tuple),
    host=st.lists(HOSTS, max_size=2).map(tuple),
    **FIGURES,
    **RATES,
)


@given(NETWORKS)
def test_settling_changes_no_figure_and_leaves_nothing_to_the_preset(network):
    explicit = settled(network)
    assert settled(explicit) == explicit
    for preset in PRESETS:
        other = Network(
            **{key: getattr(explicit, key) for key in (*FIGURES, *RATES, "link", "host")},
            preset=preset,
        )
        assert link_figures(other, "a", "b") == link_figures(network, "a", "b")
        assert host_figures(other, "a") == host_figures(network, "a")


@given(NETWORKS, LINKS)
def test_the_last_entry_wins_key_by_key(network, last):
    before = link_figures(network, "a", "b")
    after = link_figures(Network(link=(last,)), "a", "b")
    both = [*network.link, last]
    figures = link_figures(with_links(network, both), "a", "b")
    for key in ("latency", "loss", "rto"):
        given_last = getattr(last, key) is not None
        assert getattr(figures, key) == getattr(after if given_last else before, key)


def with_links(network, links):
    fields = {key: getattr(network, key) for key in (*FIGURES, *RATES, "preset")}
    return Network(**fields, link=tuple(links))


def test_giving_a_latency_resets_the_jitter_of_the_preset():
    assert default_link(Network(preset="wan")).jitter == 5 * MS
    assert default_link(Network(preset="wan", latency=80 * MS)).jitter == 0
    assert default_link(Network(preset="wan", latency=80 * MS, jitter=MS)).jitter == MS
    slow = Link(from_=("a",), to=("b",), latency=90 * MS)
    assert link_figures(Network(preset="wan", link=(slow,)), "a", "b").jitter == 0


def test_a_constant_distribution_resets_the_jitter_too():
    figures = default_link(Network(preset="wan", distribution="constant"))
    assert figures == LinkFigures(latency=40 * MS, distribution="constant")


def test_without_a_preset_the_network_is_ideal():
    assert default_link(Network()) == LinkFigures()
    assert default_host(Network()).bandwidth_up is None


def test_a_link_speaks_of_one_direction_unless_it_says_both():
    one_way = Link(from_=("a",), to=("b",), loss=Fraction(1, 2))
    both_ways = Link(from_=("a",), to=("b",), loss=Fraction(1, 2), both=True)
    assert link_figures(Network(link=(one_way,)), "b", "a").loss == 0
    assert link_figures(Network(link=(both_ways,)), "b", "a").loss == Fraction(1, 2)


def test_unlimited_lifts_the_limit_of_the_preset():
    free = Host(who=("a",), bandwidth_up=0)
    network = Network(preset="lan", host=(free,))
    assert host_figures(network, "a").bandwidth_up is None
    assert host_figures(network, "a").bandwidth_down == 10**9
    assert host_figures(network, "b").bandwidth_up == 10**9
