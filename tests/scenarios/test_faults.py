"""[[fault]] tables: whom they strike, what reaches the kernel, and what a run says they did."""

from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import (
    Churn,
    Crash,
    Degrade,
    Heal,
    Omission,
    Partition,
    Pause,
    Restart,
)
from turncoat.actors.randomness import UNIT
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.faults import faults
from turncoat.scenarios.loader import loads
from turncoat.scenarios.lots import Lots
from turncoat.scenarios.values_world import Drawn

MS, SECOND = 10**6, 10**9
NAMES = tuple(f"p{i}" for i in range(1, 8))
BASE = """\
[scenario]
seed = 7
[protocol]
use = "bgw"
program = "variance"
[parties]
names = ["alice", "bob", "carol"]
inputs = { alice = [41_200, 39_800], bob = [44_000], carol = [38_500, 42_700] }
[network]
latency = "40 ms"
"""


def scenario(*tables, **overrides):
    return loads(BASE, overrides={"fault": list(tables), **overrides})


def made(*tables, seed=7):
    found = scenario(*tables)
    return faults(found.faults, found.names, seed)


def run(*tables, **overrides):
    return simulate(scenario(*tables, **overrides))


# Lots


@given(st.integers(0, 2**32), st.integers(0, 7))
def test_so_many_parties_are_drawn_in_their_order(seed, count):
    chosen = Lots(seed, "crash-1").struck(Drawn(count), NAMES)
    assert len(chosen) == count
    assert list(chosen) == [name for name in NAMES if name in chosen]


def test_every_choice_is_equally_likely():
    """10,000 seeds, three of seven parties: χ² over the 35 choices, 34 degrees of freedom, below
    its 10⁻⁶ quantile 88.4."""
    seeds = 10_000
    found = Counter(Lots(seed, "f").struck(Drawn(3), NAMES) for seed in range(seeds))
    expected = seeds / comb(7, 3)
    assert len(found) == comb(7, 3)
    assert sum((count - expected) ** 2 / expected for count in found.values()) < 88.4


@given(st.integers(0, 2**32))
def test_who_is_drawn_is_a_matter_of_seed_and_names_alone(seed):
    """Another fault before it, or another trigger, changes nothing; more of the same are more."""
    drawn = {"name": "late", "kind": "crash", "who": {"count": 1}, "when": {"at": "1 s"}}
    first = {"kind": "pause", "who": {"count": 2}, "for": "1 s", "when": {"at": "1 s"}}
    (alone,) = made(drawn, seed=seed)
    *_, behind = made(first, {**drawn, "when": {"after_sends": 2}}, seed=seed)
    assert alone.party == behind.party
    assert alone.party in {f.party for f in made({**drawn, "who": {"count": 2}}, seed=seed)}


def test_different_faults_draw_different_parties():
    drawn = {"kind": "crash", "who": {"count": 1}, "when": {"at": "1 s"}}
    assert any(
        one.party != other.party for one, other in (made(drawn, drawn, seed=k) for k in range(20))
    )


@pytest.mark.parametrize(
    ("fraction", "n", "count"), [("1/2", 7, 4), ("1/3", 7, 2), (1, 7, 7), (0.1, 5, 1), (0.1, 4, 0)]
)
def test_a_fraction_is_rounded_to_the_nearest(fraction, n, count):
    found = loads(
        '[protocol]\nuse = "bgw"\n[parties]\ncount = 9\n',
        overrides={
            "fault": [{"kind": "crash", "who": {"fraction": fraction}, "when": {"at": "1 s"}}]
        },
    )
    assert found.faults[0].who.of(n) == count


def test_halves_are_halves():
    for seed in range(20):
        one, other = Lots(seed, "cut").halves(NAMES)
        assert (len(one), len(other)) == (4, 3)
        assert {*one, *other} == {*NAMES}


# Tables to faults

AT = {"when": {"at": "2 s"}}
NAMED = {"name": "f", "at": 2 * SECOND}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"kind": "crash", "who": "bob"}, [Crash(2, **NAMED)]),
        ({"kind": "crash", "who": "*"}, [Crash(i, **NAMED) for i in (1, 2, 3)]),
        (
            {"kind": "restart", "who": "bob", "for": "1 s"},
            [Restart(2, downtime=SECOND, memory="durable", **NAMED)],
        ),
        (
            {"kind": "restart", "who": "bob", "for": "1 s", "memory": "amnesia"},
            [Restart(2, downtime=SECOND, memory="amnesia", **NAMED)],
        ),
        ({"kind": "pause", "who": "bob", "for": "1 s"}, [Pause(2, duration=SECOND, **NAMED)]),
        ({"kind": "omission", "who": "bob"}, [Omission(2, **NAMED)]),
        (
            {
                "kind": "omission",
                "who": "bob",
                "direction": "send",
                "probability": 0.25,
                "for": "1 s",
            },
            [Omission(2, direction="send", probability=UNIT // 4, duration=SECOND, **NAMED)],
        ),
        (
            {"kind": "churn", "who": "bob", "mean_up": "1 s", "mean_down": "2 s"},
            [Churn(2, mean_up=SECOND, mean_down=2 * SECOND, **NAMED)],
        ),
        (
            {"kind": "partition", "groups": ["alice", ["b*", "carol"]]},
            [Partition(groups=(frozenset({1}), frozenset({2, 3})), **NAMED)],
        ),
        (
            {"kind": "partition", "shape": "one-way", "groups": ["bob", "alice"], "for": "1 s"},
            [
                Partition(
                    groups=(frozenset({2}), frozenset({1})), one_way=True, duration=SECOND, **NAMED
                )
            ],
        ),
        (
            {"kind": "partition", "shape": "isolate", "who": ["alice", "bob"]},
            [Partition(groups=(frozenset({1}), frozenset({2}), frozenset({3})), **NAMED)],
        ),
        (
            {"kind": "degrade", "who": "bob", "link": {"latency": "1 s"}},
            [
                Degrade(
                    parties=frozenset({2}),
                    change={"latency": SECOND, "jitter": 0, "table": None},
                    **NAMED,
                )
            ],
        ),
    ],
)
def test_a_table_becomes_these_faults(table, expected):
    assert list(made({"name": "f", **table, **AT})) == expected


def test_a_heal_is_one_fault_of_the_network():
    cut = {"kind": "partition", "groups": ["alice", "bob"], **AT}
    assert made(cut, {"kind": "heal", **AT})[1] == Heal(name="heal-2", at=2 * SECOND)


def test_a_bridge_talks_to_both_halves():
    (cut,) = made({"kind": "partition", "shape": "bridge", "who": "bob", **AT})
    assert set(cut.groups) == {frozenset({1}), frozenset({3})}
    assert cut.blocks(1, 3)
    assert cut.blocks(3, 1)
    assert not any(cut.blocks(i, j) for i, j in [(1, 2), (2, 1), (2, 3), (3, 2)])


@pytest.mark.parametrize("seed", range(8))
def test_halves_of_some_leave_the_others_alone(seed):
    table = {"kind": "partition", "shape": "halves", "who": ["alice", "carol"], **AT}
    (cut,) = made(table, seed=seed)
    assert set(cut.groups) == {frozenset({1}), frozenset({3})}


@pytest.mark.parametrize("trigger", [{"after": "input-share"}, {"after_sends": 4}])
@pytest.mark.parametrize(
    "table",
    [
        {"kind": "partition", "groups": ["alice", "carol"]},
        {"kind": "partition", "shape": "one-way", "groups": ["alice", "carol"]},
        {"kind": "partition", "shape": "isolate"},
        {"kind": "partition", "shape": "bridge"},
        {"kind": "degrade", "link": {"loss": 0.5}},
    ],
)
def test_the_sends_of_one_party_set_off_what_strikes_the_network(table, trigger):
    (fault,) = made({**table, "who": "bob", "when": trigger})
    assert fault.party == 2
    assert (fault.after, fault.after_sends) == (trigger.get("after"), trigger.get("after_sends"))
    report = run({**table, "who": "bob", "when": trigger})
    assert report.run.faults[0].strokes == 1


# What a run says of them


def test_a_fault_leaves_a_record_of_what_it_struck_when_and_how_often():
    cut = {"name": "cable", "kind": "partition", "groups": ["alice", "bob"], "for": "1 s"}
    document = run({**cut, "when": {"at": "50 ms"}}).json()
    assert document["faults"] == [
        {
            "name": "cable",
            "kind": "partition",
            "party": None,
            "groups": [["alice"], ["bob"]],
            "fired": 50 * MS,
            "strokes": 1,
            "hits": 4,  # two products each way
        }
    ]


def test_a_fault_that_never_came_says_so():
    late = {"kind": "crash", "who": "carol", "when": {"after": "masked-input"}}
    report = run(late)
    (record,) = report.json()["faults"]
    assert (record["party"], record["fired"], record["strokes"]) == ("carol", None, 0)
    assert report.verdict.name == "OK"
    assert not report.exceeded
    assert not report.case.faulty


def facts(report):
    """(parties under a fault, does the guarantee hold)."""
    return {report.names[i - 1] for i in report.case.faulty}, not report.exceeded


NOW = {"when": {"at": "50 ms"}}
BOB = {"who": "bob", **NOW}


@pytest.mark.parametrize(
    ("table", "faulty", "in_force"),
    [
        ({"kind": "crash", **BOB}, {"bob"}, False),
        ({"kind": "pause", "for": "1 s", **BOB}, {"bob"}, True),
        ({"kind": "restart", "for": "1 s", **BOB}, {"bob"}, True),
        ({"kind": "restart", "for": "1 s", "memory": "amnesia", **BOB}, {"bob"}, False),
        ({"kind": "omission", **BOB}, {"bob"}, False),
        ({"kind": "omission", "probability": 0, **BOB}, {"bob"}, True),
        ({"kind": "churn", "mean_up": "1 ms", "mean_down": "1 ms", **BOB}, {"bob"}, True),
        ({"kind": "degrade", "link": {"latency": "1 s"}, **BOB}, set(), True),
        ({"kind": "partition", "shape": "isolate", "for": "1 s", **BOB}, set(), True),
        ({"kind": "partition", "shape": "isolate", **BOB}, set(), False),
    ],
)
def test_who_is_under_a_fault_and_whether_the_guarantee_is_in_force(table, faulty, in_force):
    assert facts(run(table)) == (faulty, in_force)


CUT = {"kind": "partition", "groups": [["alice", "bob"], ["carol"]], **NOW}


def test_a_partition_that_is_healed_leaves_the_guarantee_in_force():
    assert facts(run(CUT, {"kind": "heal", "when": {"at": "1 s"}})) == (set(), True)
    early = {"kind": "heal", "when": {"at": "10 ms"}}
    report = run(CUT, early)
    assert report.exceeded == ("it waits for every party, but P3 fell silent",)


def test_a_partition_behind_which_nobody_spoke_broke_no_promise():
    late = run({**CUT, "when": {"at": "119 ms"}})
    assert late.run.faults[0].hits > 0
    assert run({**CUT, "when": {"at": "121 ms"}}).exceeded == ()


def test_those_who_are_not_heard_fall_silent_in_a_one_way_partition():
    one_way = {**CUT, "shape": "one-way", "groups": [["alice", "bob"], ["carol"]]}
    assert run(one_way).exceeded == ("it waits for every party, but P1, P2 fell silent",)


def test_who_forgets_contradicts_himself_and_is_not_blamed():
    forgets = {"kind": "restart", "for": "1 s", "memory": "amnesia", "who": "bob"}
    report = run({**forgets, "when": {"after": "input-share"}})
    assert report.verdict.findings == ("ABORT",)
    assert {report.names[i - 1] for i in report.case.accused} == {"bob"}


def test_only_the_crashed_are_called_dead():
    omits = {"kind": "omission", "direction": "send", **BOB}
    report = run(omits, {"kind": "crash", "who": "carol", **NOW})
    dead = {name for wait in report.json()["waiting"] for name in wait["dead"]}
    missing = {name for wait in report.json()["waiting"] for name in wait["missing"]}
    assert missing == {"bob", "carol"}
    assert dead == {"carol"}


LOST = {"network.transport": "datagram"}


def test_a_datagram_lost_for_good_is_a_promise_broken():
    silence = [{"from": "bob", "to": "alice", "loss": 1, "start": "70 ms"}]
    report = run(**LOST, **{"network.link": silence})
    assert report.verdict.name == "STALL"
    assert report.exceeded == ("it waits for every party, but P2 fell silent",)
    assert run(**LOST).exceeded == ()


def test_a_doubled_datagram_of_which_one_came_is_not_lost():
    twice = [{"from": "bob", "to": "alice", "loss": 1, "duplicate": 1}]
    report = run(**LOST, **{"network.link": twice})
    assert report.verdict.name == "OK"
    assert report.exceeded == ()


def test_a_datagram_lost_while_its_receiver_was_away_is_lost_for_good():
    away = {"kind": "restart", "who": "carol", "for": "60 ms", **NOW}
    report = run(away, **LOST)
    assert report.verdict.name == "STALL"
    assert report.exceeded
