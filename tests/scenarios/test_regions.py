"""Published latencies between regions, exact to the nanosecond on a constant link."""

from fractions import Fraction
from itertools import permutations

import pytest

from turncoat.actors.topology import Cast
from turncoat.actors.wire import integer, message
from turncoat.actors.world import World
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.scenarios.network import topology
from turncoat.scenarios.regions import REGIONS, one_way
from turncoat.scenarios.schema_network import Network

# Round trips in ms, written down a second time, from the table of the note "AWS Regions" (2017).
COLUMNS = [
    "virginia", "oregon", "ireland", "frankfurt", "tokyo", "singapore", "sydney", "sao-paulo",
]  # fmt: skip
PUBLISHED = {
    "virginia": "0 86.98 80.55 88.66 145.3 216.7 230 119.5",
    "oregon": "88.68 0 137 159.5 89.1 161.4 162.2 182.7",
    "ireland": "80.52 137 0 19.56 212.4 239 309.6 191.3",
    "frankfurt": "88.62 159.5 19.55 0 236.5 325.9 323.5 194.9",
    "tokyo": "145.3 89.16 212.4 236.6 0 73.79 103.9 256.8",
    "singapore": "216.7 161.4 238.1 325.9 73.81 0 175.3 328.1",
}


@pytest.mark.parametrize("region", PUBLISHED)
def test_one_way_is_half_of_the_published_round_trip(region):
    for other, figure in zip(COLUMNS, PUBLISHED[region].split(), strict=True):
        assert one_way(region, other) == Fraction(figure) * 10**6 / 2


def test_the_figures_differ_by_direction_and_by_little():
    """Both ends measured the same path: within one part in forty."""
    differing = [
        pair for pair in permutations(REGIONS, 2) if one_way(*pair) != one_way(*pair[::-1])
    ]
    assert len(differing) >= 40
    for pair in permutations(REGIONS, 2):
        assert abs(one_way(*pair) - one_way(*pair[::-1])) * 40 < one_way(*pair)


@message
class Hello:
    """One message from everybody to everybody."""

    number: int = integer(1)


async def arrivals(party):
    """When each of the others' messages came [ns]."""
    party.send_all(Hello(party.me))
    times = {}
    for sender in sorted(party.others, key=lambda j: TIMES[j, party.me]):
        await party.receive(sender, Hello)
        times[sender] = party.now
    return times


TIMES = {
    (i, j): one_way(REGIONS[i - 1], REGIONS[j - 1])
    for i, j in permutations(range(1, len(REGIONS) + 1), 2)
}


def test_every_message_takes_exactly_the_published_time():
    names = tuple(f"at-{region}" for region in REGIONS)
    network = Network(regions=dict(zip(names, REGIONS, strict=True)))
    run = World(Cast(names), AesCtrTape, topology=topology(network, names)).run(arrivals)
    for receiver, outcome in run.outcomes.items():
        for sender, time in outcome.value.items():
            assert time == TIMES[sender, receiver]
