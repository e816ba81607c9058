"""`--trace`: every message once, every end once, in order; nothing that the ledger lacks."""

import re

import numpy as np
import pytest

import turncoat
from turncoat.cli.page import Text
from turncoat.cli.sequence import payload, sequence
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.bgw.open import PartialOpening
from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import catalogue, load

LOSSY = {"network.loss": "20 %"}
POWER_CUT = {
    "network.host": [{"who": ["carol"], "bandwidth_up": "1 kbit/s"}],
    "fault": [{"kind": "crash", "who": ["carol"], "when": {"after_sends": 2}}],
}


def lines(report, *, full=False):
    blocks = list(sequence(report, full=full))
    assert all(isinstance(block, Text) for block in blocks)
    return [block.text for block in blocks][1:-1]


def times(report):
    return [float(line.split()[0].replace(",", "")) for line in lines(report) if " ms  " in line]


def copies(line):
    """How many messages a line stands for."""
    several = re.search(r"\(× (\d+)\)", line)
    return int(several[1]) if several else 1


@pytest.mark.parametrize("name", catalogue())
def test_the_lines_add_up_to_the_ledger(name):
    """Messages and bytes, counted from the printed lines, are those of the report."""
    report = turncoat.run(name)
    sent = [line for line in lines(report) if " → " in line]
    totals = report.json()["totals"]
    payload_, framing = 0, 0
    for line in sent:
        sizes = re.search(r"(\d+) \+ (\d+)", line)
        payload_ += copies(line) * int(sizes[1])
        framing += copies(line) * int(sizes[2])
    assert sum(map(copies, sent)) == totals["messages"]
    assert (payload_, framing) == (totals["payload_bytes"], totals["framing_bytes"])
    assert times(report) == sorted(times(report))


@pytest.mark.parametrize("name", catalogue())
def test_every_party_ends_once_and_is_called_by_its_name(name):
    report = turncoat.run(name)
    ends = r"ms  {} (outputs|aborted|crashed|excluded|stalled|stopped)"
    for party in report.names:
        assert len(re.findall(ends.format(party), "\n".join(lines(report)))) == 1
    assert not re.search(r"\bP\d\b", "\n".join(lines(report)))


def test_changed_messages_are_marked_and_no_others():
    marked = [line for line in lines(turncoat.run("lie-in-a-product")) if "CHANGED" in line]
    assert marked
    assert all(" carol → " in line and " SubShare " in line for line in marked)
    assert not [line for line in lines(turncoat.run("average-salary")) if "CHANGED" in line]


def test_a_crash_shows_what_was_lost_and_who_waits():
    """Carol's uplink is so slow that her messages are still on it when her power is cut."""
    text = "\n".join(lines(turncoat.run("crashed-party", overrides=POWER_CUT)))
    assert "to alice and bob lost in the sender's crash" in text
    assert "too late for carol, who is dead" in text
    assert "carol crashed" in text
    assert "alice and bob wait for" in text


def test_retransmissions_are_shown_with_their_receivers():
    report = turncoat.run("average-salary", seed=3, overrides=LOSSY)
    resent = sum(report.run.journal.resends.values())
    shown = re.findall(r"to ([\w ]+) resent (\d+)×", "\n".join(lines(report)))
    assert resent > 0
    assert sum(len(who.split(" and ")) * int(count) for who, count in shown) == resent


def test_payloads_are_shown_in_full_traces_only():
    report = simulate(load("average-salary"), options=Options(keep_bodies=True))
    assert not [line for line in lines(report) if "values = [" in line]
    assert [line for line in lines(report, full=True) if "values = [" in line]


def test_long_payloads_are_shortened():
    body = PartialOpening(prime_field(101)(np.arange(1000) % 7))
    assert payload(body) == "values = [0, 1, 2, 3, 4, 5, … 1000 entries]"
