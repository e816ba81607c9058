"""docs/attacks.md: what it shows can be run."""

import re
from pathlib import Path

import pytest

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.protocols.claims import CLAIMS
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load, loads

PAGE = Path(__file__).parents[2] / "docs" / "attacks.md"
TEXT = PAGE.read_text(encoding="utf-8")
SCENARIO = """\
[protocol]
use = "bgw"
program = "mean"
[parties]
names = ["alice", "bob", "carol"]
inputs = { alice = [41_200, 39_800], bob = [44_000], carol = [38_500, 42_700] }
"""


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def attacked(folder, adversary):
    return simulate(loads(SCENARIO, folder / "s.toml", {"adversary": [adversary]}), 1)


def test_the_entry_of_a_file_acts():
    """On the first product of salary-variance, where two of five may be corrupted."""
    (entry,) = blocks("toml")
    text = load("salary-variance", {"expect": {}}).dumps()
    report = simulate(loads(f"{text}\n{entry}"), 3)
    assert {r.party for r in report.run.receipts} == {2, 3}
    assert any(receipt.acted for receipt in report.run.receipts)


def test_the_class_acts(tmp_path):
    """Carol repeats alice's opening share, which lies on no line with hers: it is noticed."""
    (tmp_path / "mirror.py").write_text(blocks("python")[0])
    entry = {"corrupts": ["carol"], "does": "scripted", "with": {"use": "mirror:Mirror"}}
    report = attacked(tmp_path, {**entry, "when": {"kind": "PartialOpening"}})
    assert report.verdict.name == "ABORT"
    assert report.run.receipts[0].acted


def test_the_puppet_acts(tmp_path):
    """Half of carol's salaries: a substitution, and the mean of what was brought is right."""
    (tmp_path / "half.py").write_text(blocks("python")[1])
    entry = {"corrupts": ["carol"], "does": "puppet", "with": {"program": "half:half"}}
    report = attacked(tmp_path, entry)
    assert report.verdict.name == "OK"
    mean = report.outcome["alice"].value
    assert mean.numerator * 5 == (41_200 + 39_800 + 44_000 + 19_250 + 21_350) * mean.denominator


def test_behaviours_and_claims_that_are_named_exist():
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))
    network = {"malformed-message", "conflicting-messages"}
    assert set(CLAIMS) | network <= named
    assert named - set(CLAIMS) - network <= set(BEHAVIOURS)


@pytest.mark.parametrize("page", ["attack-table.md", "results/no-false-alarm.md"])
def test_the_pages_that_it_names_exist(page):
    assert (PAGE.parent / page).exists()
