"""Links, lines, regions and faults in words: nothing of what a file says is lost."""

import re

import pytest

from turncoat.cli.faults import fault_text
from turncoat.cli.links import host_text, link_text, preset_text, region_lines
from turncoat.cli.main import invoke
from turncoat.scenarios.loader import loads
from turncoat.scenarios.presets import PRESETS
from turncoat.scenarios.regions import REGIONS, SOURCE

BASE = """\
[protocol]
use = "bgw"
program = "mean"
[parties]
names = ["alice", "bob", "carol", "dave"]
inputs = { random = "uniform", length = 2, bits = 8 }
"""
AT = {"when": {"at": "50 ms"}}


def told(**overrides):
    return loads(BASE, overrides=overrides)


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ({}, "0 ns, constant"),
        ({"latency": "40 ms", "jitter": "5 ms"}, "40 ms ± 5 ms, uniform"),
        ({"empirical": ["1 ms", "3 ms"]}, "as measured, 2 ms on average"),
        (
            {"latency": "40 ms", "jitter": "5 ms", "distribution": "pareto", "correlation": 0.25},
            "40 ms ± 5 ms, pareto, correlation 0.25",
        ),
        (
            {"loss": 0.01, "duplicate": 0.02, "corrupt": 0.03, "reorder": 0.04},
            "0 ns, constant, loss 0.01, duplicate 0.02, corrupt 0.03, reorder 0.04",
        ),
        (
            {"gemodel": {"p": 0.1, "r": 0.5}},
            "0 ns, constant, loss in bursts (p 0.1, r 0.5, 1 − h 1, 1 − k 0)",
        ),
        (
            {"rate": "1 Mbit/s", "limit": 7, "rto": "1 s", "transport": "datagram"},
            "0 ns, constant, 1 Mbit/s, queue of 7, rto 1 s, datagram",
        ),
    ],
)
def test_a_link_is_told_with_all_its_keys(network, text):
    assert link_text(told(network=network).default_link) == text


def test_a_line_is_told_with_its_queue():
    network = {"bandwidth_up": "1 Mbit/s", "host": [{"who": "bob", "limit": 3}]}
    scenario = told(network=network)
    assert host_text(scenario.host("alice")) == "1 Mbit/s up, unlimited down"
    assert host_text(scenario.host("bob")) == "1 Mbit/s up, unlimited down, queues of 3"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_listed_with_its_numbers_and_its_source(name):
    text = preset_text(PRESETS[name])
    assert text.startswith(link_text(PRESETS[name].link))
    assert text.endswith(PRESETS[name].source)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_is_told_with_the_way_to_every_other_and_the_source(region):
    *ways, source = [text for _, text in region_lines(region)]
    assert [way.split()[1] for way in ways] != sorted(REGIONS)
    assert {way.split()[1] for way in ways} == {*REGIONS} - {region}
    assert source == SOURCE


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"kind": "crash", "who": "carol", **AT}, "carol: crash at 0.050 s"),
        (
            {"kind": "crash", "who": {"count": 2}, "when": {"after_sends": 1}},
            "2 parties, drawn from the seed: crash after 1 message sent",
        ),
        (
            {"kind": "crash", "who": {"fraction": 0.5}, "when": {"after": "sub-share"}},
            "2 parties of 4, drawn from the seed: crash after the first sub-share",
        ),
        (
            {"kind": "restart", "who": "bob", "for": "2 s", "memory": "amnesia", **AT},
            "bob: restart for 2 s, amnesia, at 0.050 s",
        ),
        (
            {"kind": "omission", "who": "bob", "probability": 0.5, **AT},
            "bob: omission both with probability 0.5, at 0.050 s",
        ),
        (
            {"kind": "churn", "who": "*", "mean_up": "1 s", "mean_down": "2 s", **AT},
            "alice, bob, carol and dave: churn on average 1 s up and 2 s down, at 0.050 s",
        ),
        (
            {"kind": "partition", "groups": [["alice", "bob"], "carol"], "for": "1 s", **AT},
            "alice and bob | carol: partition for 1 s, at 0.050 s",
        ),
        (
            {"kind": "partition", "shape": "one-way", "groups": ["alice", "bob"], **AT},
            "alice → bob: partition one-way, at 0.050 s",
        ),
        (
            {"kind": "partition", "shape": "halves", **AT},
            "everybody: partition halves, at 0.050 s",
        ),
        (
            {"kind": "degrade", "who": "bob", "link": {"loss": 0.5}, **AT},
            "bob: degrade loss = 0.5, at 0.050 s",
        ),
    ],
)
def test_a_fault_is_told_in_a_line(table, text):
    scenario = told(fault=[table])
    assert fault_text(scenario, scenario.faults[0]) == text


def test_a_forecast_tells_regions_and_what_changes_over_time(tmp_path, capsys):
    file = tmp_path / "world.toml"
    file.write_text(
        BASE
        + '[network.regions]\nalice = "tokyo"\nbob = "seoul"\n'
        + '[[network.link]]\nfrom = "alice"\nto = "bob"\nstart = "1 s"\nend = "2 s"\n'
        + 'latency = "90 ms"\n'
    )
    assert invoke(["explain", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "alice in tokyo" in shown
    assert "alice → bob from 1.000 s until 2.000 s: 90 ms, constant" in shown


def test_a_run_tells_what_its_faults_did_and_which_never_struck(tmp_path, capsys):
    file = tmp_path / "world.toml"
    file.write_text(
        BASE
        + '[network]\nlatency = "40 ms"\n'
        + '[[fault]]\nname = "cable"\nkind = "partition"\ngroups = ["alice", "bob"]\nfor = "1 s"\n'
        + 'when = { at = "10 ms" }\n'
        + '[[fault]]\nkind = "crash"\nwho = "carol"\nwhen = { after = "masked-input" }\n'
    )
    assert invoke(["run", str(file), "--seed", "1"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"alice \| bob: partition \(cable\) at 0\.010 s, \d messages hit", shown)
    assert "carol: crash never struck" in shown
