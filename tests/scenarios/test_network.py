"""From figures to the kernel's links: thresholds, tables, changes over time, one link a sort."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors import distributions
from turncoat.actors.link import GilbertElliott, Link
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Host
from turncoat.scenarios.loader import loads
from turncoat.scenarios.network import topology
from turncoat.scenarios.problems import ScenarioError

MS = 10**6
BASE = """\
[protocol]
use = "bgw"
[parties]
names = ["alice", "bob", "carol", "dave"]
"""


def built(**network):
    scenario = loads(BASE, overrides={"network": network})
    return topology(scenario.network, scenario.names)


def test_every_key_of_a_link_reaches_the_kernel():
    found = built(
        latency="40 ms",
        jitter="5 ms",
        distribution="normal",
        correlation="1/4",
        loss="1/4",
        duplicate=0.5,
        corrupt=0.125,
        reorder=1,
        rate="10 Mbit/s",
        limit=7,
        rto="300 ms",
        transport="datagram",
    )
    assert found.default == Link(
        latency=40 * MS,
        jitter=5 * MS,
        distribution="normal",
        correlation=2**30,
        loss=UNIT // 4,
        duplicate=UNIT // 2,
        corrupt=UNIT // 8,
        reorder=UNIT,
        rate=10**7,
        limit=7,
        rto=300 * MS,
        reliable=False,
    )
    assert not found.links


def test_bursts_and_measured_delays_reach_the_kernel():
    found = built(gemodel={"p": 0.25, "r": 0.5, "one_minus_k": 0.125}, empirical=["1 ms", "3 ms"])
    assert found.default.gemodel == GilbertElliott(UNIT // 4, UNIT // 2, UNIT, UNIT // 8)
    assert found.default.table == distributions.empirical([MS, 3 * MS])
    assert found.default.latency == 2 * MS


def test_lines_have_their_queues():
    found = built(
        bandwidth_up="1 Mbit/s",
        host=[{"who": "bob", "limit": 3}, {"who": "carol", "bandwidth_up": "unlimited"}],
    )
    assert found.host == Host(10**6, None, None)
    assert found.hosts == {2: Host(10**6, None, 3), 3: Host(None, None, None)}


def test_an_entry_with_a_time_becomes_a_change_of_what_it_gives_and_nothing_else():
    entry = {"from": "alice", "to": ["bob", "carol"], "start": "1 s", "end": "2 s"}
    found = built(preset="wan", link=[{**entry, "latency": "90 ms", "both": True}])
    (override,) = found.overrides
    assert override.pairs == {(1, 2), (1, 3), (2, 1), (3, 1)}
    assert (override.start, override.end) == (10**9, 2 * 10**9)
    assert override.change == {"latency": 90 * MS, "jitter": 0, "table": None}
    assert not found.links


@pytest.mark.parametrize(
    ("given_keys", "change"),
    [
        ({"loss": 0.5}, {"loss": UNIT // 2, "gemodel": None}),
        ({"rate": "unlimited"}, {"rate": None}),
        ({"jitter": "1 ms"}, {"jitter": MS}),
        ({"distribution": "constant"}, {"distribution": "constant", "table": None, "jitter": 0}),
    ],
)
def test_a_change_says_what_replaces_what(given_keys, change):
    entry = {"from": "alice", "to": "bob", "end": "2 s", **given_keys}
    (override,) = built(latency="40 ms", link=[entry]).overrides
    assert override.change == change
    assert override.start == 0


LATENCIES = st.integers(0, 10**9).map(lambda ns: f"{ns} ns")
WHO = st.sampled_from(["alice", "bob", "*", "[ab]*", ["carol", "dave"]])
ENTRIES = st.fixed_dictionaries(
    {"from": WHO, "to": WHO}, optional={"latency": LATENCIES, "both": st.booleans()}
)


@given(
    st.lists(ENTRIES, max_size=3),
    st.dictionaries(st.sampled_from(["alice", "bob", "*"]), st.sampled_from(["tokyo", "seoul"])),
)
def test_every_pair_has_the_link_that_its_figures_say(entries, regions):
    """Links by sort of party against figures by pair."""
    overrides = {"network": {"link": entries, "regions": regions}}
    try:
        scenario = loads(BASE, overrides=overrides)
    except ScenarioError:  # an entry from a party to itself
        return
    found, names = topology(scenario.network, scenario.names), scenario.names
    for i, j in permutations(range(1, 5), 2):
        assert found.link(i, j).latency == scenario.link(names[i - 1], names[j - 1]).latency
    if found.links:
        assert {pair: found.links[pair] for pair in found.links} == {
            (i, j): found.link(i, j) for i, j in permutations(range(1, 5), 2)
        }
        assert len(found.links) == 12


def test_ten_thousand_phones_in_a_region_are_one_sort():
    """10^8 pairs and three links, for which the memory of this machine suffices."""
    regions = {"P1": "virginia", "*": "tokyo"}
    scenario = loads(
        '[protocol]\nuse = "bgw"\n[parties]\ncount = 10_000\n',
        overrides={"network": {"regions": regions}},
    )
    found = topology(scenario.network, scenario.names)
    assert sorted(link.latency for link in found.links.values()) == [0, 72_650_000, 72_650_000]
    assert found.link(1, 9_999).latency == 72_650_000
    assert found.link(5, 9_999).latency == 0
    assert not found.repeats


def test_probabilities_keep_their_exact_fractions_up_to_the_last_bit():
    found = built(loss="1/3")
    assert found.default.loss == int(Fraction(1, 3) * UNIT)
