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
