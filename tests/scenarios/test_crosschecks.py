"""What fits and what does not, beyond the broken files: one override at a time on a sound one."""

import pytest

from turncoat.scenarios.loader import loads
from turncoat.scenarios.problems import ScenarioError

SOUND = """\
[protocol]
use = "bgw"
[parties]
names = ["alice", "bob", "carol"]
[network]
[[network.link]]
from = "alice"
to = "bob"
[[network.host]]
who = "bob"
[[fault]]
kind = "crash"
who = "bob"
when = { at = "1 s" }
[[adversary]]
corrupts = "carol"
[expect]
"""


LINK = {"from": "alice", "to": "bob"}
AT = {"when": {"at": "1 s"}}
PAUSE = {"kind": "pause", "who": "bob", "for": "1 s", **AT}
CUT = {"kind": "partition", "groups": ["alice", "bob"], **AT}
DEGRADE = {"kind": "degrade", "who": "bob", **AT}


def problems(overrides):
    try:
        loads(SOUND, overrides=overrides)
    except ScenarioError as error:
        return {problem.key: problem.message for problem in error.problems}
    return {}


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"protocol.t": 2},
        {"network.link[0].to": "*"},
        {"network.link[0].from": ["a*", "bob"]},
        {"fault[0].who": "*"},
        {"adversary[0].corrupts": ["alice", "bob"]},
        {"adversary[0].model": "passive"},
        {"adversary[0].when": {"to": ["alice", "b*"]}},
        {"expect.accused": ["alice"]},
        {"expect.stalled_on": ["bob"]},
        {"expect.detected_by": ["*"]},
        {"network.distribution": "constant", "network.latency": "1 ms"},
        {"parties.names": ["Zoë", "bob", "carol", "alice", "d-1.2_x"]},
        {"network.regions": {"alice": "tokyo", "*": "seoul"}},
        {"network.regions": {"alice": "tokyo"}, "network.latency": "1 ms"},
        {"network.preset": "mobile", "network.latency": "80 ms"},
        {"network.preset": "mobile", "network.regions": {"*": "seoul"}},
        {"network.empirical": ["1 ms"], "network.distribution": "empirical"},
        {"network.empirical": ["1 ms"], "network.correlation": 0.5},
        {
            "network.empirical": ["1 ms"],
            "network.link[0]": LINK | {"latency": "1 ms", "distribution": "uniform"},
        },
        {"network.gemodel": {"p": 0.1, "r": 0.5}, "network.link[0].loss": 0.5},
        {"network.rate": "1 Mbit/s", "network.link[0].limit": 3},
        {"network.rate": "1 Mbit/s", "network.link[0]": LINK | {"start": "1 s", "limit": 3}},
        {"network.limit": "unlimited"},
        {"network.bandwidth_up": "1 Mbit/s", "network.host[0].limit": 3},
        {"network.transport": "datagram", "network.link[0].transport": "reliable"},
        {"fault[0].who": {"count": 3}},
        {"fault[0].who": {"fraction": "1/2"}},
        {"fault": [PAUSE, {"kind": "partition", "shape": "halves", "when": {"at": "0 s"}}]},
        {"fault": [CUT, {"kind": "heal", "when": {"at": "1 s"}}]},
        {"fault": [CUT, {"kind": "heal", "who": "bob", "when": {"after_sends": 1}}]},
        {"fault": [CUT | {"who": {"count": 1}, "when": {"after": "sub-share"}}]},
    ],
)
def test_this_fits(overrides):
    assert problems(overrides) == {}


@pytest.mark.parametrize(
    ("overrides", "key", "says"),
    [
        ({"protocol.t": 3}, "protocol.t", "leave nobody honest"),
        ({"parties.names": []}, "parties.names", "nobody takes part"),
        ({"parties.names": ["a", "b/c"]}, "parties.names[1]", "cannot name"),
        ({"parties.names": ["a", ""]}, "parties.names[1]", "cannot name"),
        ({"parties.name": "p{i}"}, "parties.name", "beside names"),
        ({"network.link[0].to": "alice"}, "network.link[0].to", "to itself"),
        ({"network.link[0].to": "al*"}, "network.link[0].to", "to itself"),
        ({"network.host[0].who": "dave"}, "network.host[0].who", "no party"),
        ({"fault[0].who": ["bob", "bob"]}, "fault[0].who[1]", "named twice"),
        ({"adversary[0].when": {"to": "dave"}}, "adversary[0].when.to", "no party"),
        ({"adversary[0].corrupts": "*"}, "adversary[0].corrupts", "nobody is left"),
        ({"expect.accused": ["P1"]}, "expect.accused[0]", "no party"),
        ({"expect.stalled_on": ["x*"]}, "expect.stalled_on[0]", "matches no party"),
        (
            {"network.distribution": "constant", "network.link[0].jitter": "1 ms"},
            "network.link[0].jitter",
            "no jitter",
        ),
        # regions
        ({"network.regions": {"al*": "tokyo", "*e": "seoul"}}, "network.regions.'*e'", "both say"),
        ({"network.regions": {"x*": "tokyo"}}, "network.regions.'x*'", "matches no party"),
        ({"network.regions": {"alice": 3}}, "network.regions.alice", "expected one of"),
        (
            {"network.regions": {"bob": "seoul"}, "network.empirical": ["1 ms"]},
            "network.empirical",
            "beside regions",
        ),
        (
            {
                "network.regions": {"*": "seoul"},
                "network.jitter": "1 ms",
                "network.distribution": "lognormal",
            },
            "network.jitter",
            "the mean 0",
        ),
        # delays
        (
            {"network.empirical": ["1 ms"], "network.jitter": "1 ms"},
            "network.jitter",
            "beside empirical",
        ),
        (
            {"network.empirical": ["1 ms"], "network.distribution": "normal"},
            "network.distribution",
            "not normal",
        ),
        ({"network.empirical": []}, "network.empirical", "measures nothing"),
        ({"network.empirical": ["1"]}, "network.empirical[0]", "no unit"),
        (
            {"network.empirical": ["1 ms"], "network.link[0].latency": "1 ms"},
            "network.link[0].latency",
            "leaves it open",
        ),
        (
            {"network.link[0].distribution": "empirical"},
            "network.link[0].distribution",
            "no measured delays",
        ),
        (
            {"network.latency": "1 ms", "network.link[0].distribution": "pareto"},
            "network.link[0].distribution",
            "needs a jitter",
        ),
        ({"network.link[0].correlation": 0.5}, "network.link[0].correlation", "does not vary"),
        ({"network.correlation": 1.5}, "network.correlation", "more than 1"),
        # queues and times
        ({"network.link[0].limit": 3}, "network.link[0].limit", "without a rate"),
        ({"network.host[0].limit": 3}, "network.host[0].limit", "no bandwidth"),
        ({"network.limit": 0}, "network.limit", "out of range"),
        (
            {"network.link[0]": LINK | {"start": "2 s", "end": "2 s"}},
            "network.link[0].end",
            "ends before",
        ),
        (
            {"network.link[0]": LINK | {"end": "2 s", "transport": "datagram"}},
            "network.link[0].transport",
            "whole run",
        ),
        # faults: who
        ({"fault[0].who": {"count": 1, "fraction": 1}}, "fault[0].who", "both count and fraction"),
        ({"fault[0].who": {"cuont": 1}}, "fault[0].who.cuont", "unknown key"),
        ({"fault[0].who": {"fraction": 0}}, "fault[0].who.fraction", "nobody"),
        ({"fault[0].who": {"fraction": 2}}, "fault[0].who.fraction", "more than 1"),
        # faults: keys and kinds
        ({"fault[0].memory": "amnesia"}, "fault[0].memory", "kind crash has no 'memory'"),
        ({"fault[0].kind": "pause"}, "fault[0]", "kind pause needs 'for'"),
        ({"fault": [DEGRADE]}, "fault[0]", "kind degrade needs 'link'"),
        ({"fault": [DEGRADE | {"link": {"latncy": "1 s"}}]}, "fault[0].link.latncy", "unknown key"),
        (
            {"fault": [DEGRADE | {"link": {"transport": "datagram"}}]},
            "fault[0].link.transport",
            "unknown key",
        ),
        ({"fault": [DEGRADE | {"link": {"limit": 3}}]}, "fault[0].link.limit", "without a rate"),
        (
            {"fault": [DEGRADE | {"link": {"loss": 1, "gemodel": {"p": 1, "r": 1}}}]},
            "fault[0].link.loss",
            "beside gemodel",
        ),
        # faults: partitions
        ({"fault": [CUT | {"who": "bob"}]}, "fault[0].who", "shape groups has no 'who'"),
        (
            {"fault": [CUT | {"shape": "isolate", "who": "bob"}]},
            "fault[0].groups",
            "isolate has no 'groups'",
        ),
        (
            {"fault": [{"kind": "partition", "shape": "isolate", **AT}]},
            "fault[0]",
            "shape isolate needs 'who'",
        ),
        ({"fault": [CUT | {"groups": ["bob"]}]}, "fault[0].groups", "one group"),
        ({"fault": [CUT | {"groups": ["bob", "*"]}]}, "fault[0].groups[1]", "in two groups"),
        ({"fault": [CUT | {"groups": "bob"}]}, "fault[0].groups", "expected a list of groups"),
        ({"fault": [CUT | {"groups": ["bob", "x"]}]}, "fault[0].groups[1]", "no party"),
        (
            {"fault": [CUT | {"shape": "one-way", "groups": ["alice", "bob", "carol"]}]},
            "fault[0].groups",
            "two groups",
        ),
        (
            {"fault": [{"kind": "partition", "shape": "halves", "who": "bob", **AT}]},
            "fault[0].who",
            "cannot be halved",
        ),
        (
            {
                "parties.names": ["alice", "bob"],
                "adversary": [],
                "fault": [{"kind": "partition", "shape": "bridge", "who": "bob", **AT}],
            },
            "fault[0].shape",
            "no two sides",
        ),
        # faults: what sets them off
        (
            {"fault": [CUT | {"when": {"after": "sub-share"}}]},
            "fault[0].when.after",
            "whose sends set off this partition",
        ),
        (
            {"fault": [CUT | {"who": "*", "when": {"after_sends": 2}}]},
            "fault[0].when.after_sends",
            "whose sends",
        ),
        (
            {"fault": [{"kind": "partition", "shape": "halves", "when": {"after_sends": 2}}]},
            "fault[0].when.after_sends",
            "whose sends",
        ),
        (
            {"fault": [CUT, {"kind": "heal", "who": "bob", **AT}]},
            "fault[1].who",
            "at a time has no 'who'",
        ),
        ({"fault": [{"kind": "heal", **AT}]}, "fault[0].kind", "no partition to heal"),
        (
            {"fault": [PAUSE, PAUSE | {"name": "pause-1"}]},
            "fault[1].name",
            "two faults are called 'pause-1'",
        ),
    ],
)
def test_this_does_not_fit(overrides, key, says):
    found = problems(overrides)
    assert list(found) == [key]
    assert says in found[key]


def test_without_names_or_count_nobody_takes_part():
    text = SOUND.replace('names = ["alice", "bob", "carol"]\n', "")
    with pytest.raises(ScenarioError, match="neither names nor count"):
        loads(text)


@pytest.mark.parametrize("pattern", ["phone", "{i}{i}", "{x}", "{i:x}", "p-{i:3}", "{", "*{i}"])
def test_a_pattern_must_number_the_parties_with_names_that_parties_may_have(pattern):
    text = SOUND[: SOUND.index("[network]")].replace(
        'names = ["alice", "bob", "carol"]', f'count = 3\nname = "{pattern}"'
    )
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert [problem.key for problem in caught.value.problems] == ["parties.name"]


# Changes that meet: each by itself would be lawful

LOGNORMAL = {"distribution": "lognormal", "latency": "40 ms", "jitter": "5 ms"}


@pytest.mark.parametrize(
    ("network", "fault", "key"),
    [
        (
            {"link": [LINK | {"start": "1 s", **LOGNORMAL}]},
            {"latency": "0 s", "jitter": "1 ms"},
            "fault[0].link.latency",
        ),
        (
            {"link": [LINK | {"start": "1 s", "empirical": ["1 ms"]}]},
            {"latency": "2 ms"},
            "fault[0].link.latency",
        ),
        (
            {"latency": "1 ms", "link": [LINK | {"end": "1 s", "latency": "0 s"}]},
            {"distribution": "lognormal", "jitter": "1 ms"},
            "fault[0].link.jitter",
        ),
    ],
)
def test_changes_that_meet_in_a_law_that_cannot_be_are_refused(network, fault, key):
    table = DEGRADE | {"link": fault}
    together = problems({"network": network, "fault": [table]})
    assert list(together)[-1] == key
    assert problems({"network": network}) == {}
