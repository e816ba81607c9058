"""Which number holds on which link and line: presets, [network], regions, and exceptions."""

from fractions import Fraction
from itertools import permutations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.figures import (
    default_host,
    default_link,
    host_figures,
    link_figures,
    settled,
    sorts,
    typical_pairs,
)
from turncoat.scenarios.measured import Measured, thinned
from turncoat.scenarios.presets import PRESETS, LinkFigures
from turncoat.scenarios.schema_network import GilbertElliott, Host, Link, Network

MS = 10**6


def maybe(values):
    return st.none() | values


DURATIONS = st.integers(0, 10**12)
CHANCES = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)])
MEASURED = st.lists(DURATIONS, min_size=1, max_size=4).map(lambda ns: Measured(None, thinned(ns)))
FIGURES = {
    "latency": maybe(DURATIONS),
    "jitter": maybe(DURATIONS),
    "distribution": maybe(st.sampled_from(["uniform", "constant", "normal", "pareto"])),
    "correlation": maybe(CHANCES),
    "loss": maybe(CHANCES),
    "gemodel": maybe(st.builds(GilbertElliott, p=CHANCES, r=CHANCES)),
    "duplicate": maybe(CHANCES),
    "corrupt": maybe(CHANCES),
    "reorder": maybe(CHANCES),
    "rate": maybe(st.integers(0, 10**12)),
    "limit": maybe(st.integers(0, 100)),
    "rto": maybe(st.integers(1, 10**12)),
    "empirical": maybe(MEASURED),
}
TRANSPORTS = st.sampled_from(["reliable", "datagram"])
RATES = {"bandwidth_up": maybe(st.integers(0, 10**12)), "bandwidth_down": maybe(st.just(0))}
LINKS = st.builds(
    Link,
    from_=st.just(("a",)),
    to=st.sampled_from([("b",), ("*",)]),
    transport=maybe(TRANSPORTS),
    **FIGURES,
)
REGIONS = st.dictionaries(st.sampled_from(["a", "b", "*"]), st.sampled_from(["tokyo", "seoul"]))
HOSTS = st.builds(Host, who=st.sampled_from([("a",), ("*",)]), **RATES)
ANY_NETWORK = st.builds(
    Network,
    preset=st.sampled_from(sorted(PRESETS)),
    link=st.lists(LINKS, max_size=2).map(tuple),
    host=st.lists(HOSTS, max_size=2).map(tuple),
    regions=REGIONS,
    transport=TRANSPORTS,
    **FIGURES,
    **RATES,
)
NETWORKS = ANY_NETWORK.map(  # measured delays and regions exclude each other
    lambda network: attrs.evolve(network, regions={}) if network.empirical else network
)


@given(NETWORKS)
def test_settling_changes_no_figure_and_leaves_nothing_to_the_preset(network):
    explicit = settled(network)
    assert settled(explicit) == explicit
    for preset in PRESETS:
        other = attrs.evolve(explicit, preset=preset)
        assert link_figures(other, "a", "b") == link_figures(network, "a", "b")
        assert host_figures(other, "a") == host_figures(network, "a")


@given(NETWORKS, LINKS)
def test_the_last_entry_wins_key_by_key(network, last):
    before = link_figures(network, "a", "b")
    after = link_figures(Network(link=(last,)), "a", "b")
    both = [*network.link, last]
    figures = link_figures(attrs.evolve(network, link=tuple(both)), "a", "b")
    for key in ("correlation", "duplicate", "corrupt", "reorder", "rto"):
        given_last = getattr(last, key) is not None
        assert getattr(figures, key) == getattr(after if given_last else before, key)


def test_giving_a_latency_resets_the_jitter_of_the_preset():
    assert default_link(Network(preset="wan")).jitter == 5 * MS
    assert default_link(Network(preset="wan", latency=80 * MS)).jitter == 0
    assert default_link(Network(preset="wan", latency=80 * MS, jitter=MS)).jitter == MS
    slow = Link(from_=("a",), to=("b",), latency=90 * MS)
    assert link_figures(Network(preset="wan", link=(slow,)), "a", "b").jitter == 0


def test_regions_stand_in_the_place_of_latency_and_reset_the_jitter_too():
    placed = Network(preset="wan", regions={"a": "tokyo", "*": "seoul"})
    assert link_figures(placed, "a", "b") == LinkFigures(latency=15_720_000)
    assert link_figures(placed, "b", "a") == LinkFigures(latency=15_660_000)
    assert link_figures(placed, "b", "c").latency == 0
    shaky = attrs.evolve(placed, jitter=MS)
    assert link_figures(shaky, "a", "b").jitter == MS


def test_a_link_of_its_own_wins_over_regions():
    own = Link(from_=("a",), to=("b",), latency=MS)
    network = Network(regions={"*": "seoul", "a": "tokyo"}, link=(own,))
    assert link_figures(network, "a", "b").latency == MS
    assert link_figures(network, "b", "a").latency == 15_660_000


def test_who_is_in_no_region_has_the_latency_of_the_network():
    network = Network(latency=7 * MS, regions={"a": "tokyo"})
    assert link_figures(network, "a", "b").latency == 7 * MS


def test_measured_delays_and_a_latency_replace_each_other():
    measured = Measured(None, (2 * MS, 4 * MS))
    network = Network(empirical=measured)
    assert default_link(network).latency == 3 * MS
    assert default_link(network).samples == (2 * MS, 4 * MS)
    own = Link(from_=("a",), to=("b",), latency=MS, distribution="normal", jitter=5)
    figures = link_figures(attrs.evolve(network, link=(own,)), "a", "b")
    assert figures == LinkFigures(latency=MS, jitter=5, distribution="normal")


def test_the_two_kinds_of_loss_replace_each_other():
    bursts = GilbertElliott(p=Fraction(1, 10), r=Fraction(1, 2))
    own = Link(from_=("a",), to=("b",), loss=Fraction(1, 9))
    network = Network(gemodel=bursts, link=(own,))
    assert default_link(network).gemodel == bursts
    assert link_figures(network, "a", "b") == LinkFigures(loss=Fraction(1, 9))


@given(NETWORKS, LINKS)
def test_an_entry_with_a_time_is_no_figure_of_its_link(network, entry):
    timed = attrs.evolve(entry, start=MS)
    with_it = attrs.evolve(network, link=(*network.link, timed))
    assert link_figures(with_it, "a", "b") == link_figures(network, "a", "b")


NAMES = ["a", "b", "c", "d"]


@given(NETWORKS)
def test_parties_of_one_sort_have_equal_links(network):
    sort = sorts(network, NAMES)
    found = {}
    for a, b in permutations(NAMES, 2):
        figures = found.setdefault((sort[a], sort[b]), link_figures(network, a, b))
        assert link_figures(network, a, b) == figures
    pairs = [*typical_pairs(sort, NAMES, NAMES)]
    assert {(sort[a], sort[b]) for a, b in pairs} == found.keys()
    assert len(pairs) == len(found)


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
