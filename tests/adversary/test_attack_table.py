"""docs/attack-table.md is what the code does: a sample here, whole sections where there is time.

Renew it with `python benchmarks/attack_table.py`.
"""

import random
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.compose import Options
from turncoat.scenarios.corruptions import LISTENS

ROOT = Path(__file__).parents[2]


def script():
    """The script, which is no part of the package."""
    path = ROOT / "benchmarks" / "attack_table.py"
    spec = spec_from_file_location("attack_table", path)
    module = module_from_spec(spec)
    sys.modules.setdefault("attack_table", module)
    spec.loader.exec_module(module)
    return module


TABLE = script()
TEXT = TABLE.PAGE.read_text(encoding="utf-8")


def section(use, n):
    """A section of the page as it stands."""
    return re.search(rf"^## {use}, n = {n},.*?(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[0]


def cells(use, n):
    """(behaviour, column) → the verdicts that the page lists."""
    rows = [line for line in section(use, n).splitlines() if line.startswith("| ")]
    heads = [text.strip() for text in rows[0].strip("|").split("|")][1:]
    table = {}
    for row in rows[2:]:
        name, *entries = (text.strip() for text in row.strip("|").split("|"))
        table |= {(name, head): set(e.split(", ")) for head, e in zip(heads, entries, strict=True)}
    return table


@pytest.mark.parametrize(("use", "n"), TABLE.SECTIONS)
def test_the_page_has_a_row_for_every_behaviour_that_can_act_as_it_stands(use, n):
    ready = {name for name, info in BEHAVIOURS.items() if info.ready}
    assert {name for name, _ in cells(use, n)} == {LISTENS, *ready}


@pytest.mark.parametrize("n", TABLE.SIZES["spdz"])
def test_no_behaviour_breaks_spdz(n):
    """Active security for t = n − 1: never WRONG, SPLIT, BLAME or STALL."""
    assert set.union(*cells("spdz", n).values()) == {"OK", "ABORT", "ABORT-ID", TABLE.NOTHING}
    assert "Promises broken: 0." in section("spdz", n)


@pytest.mark.parametrize("n", TABLE.SIZES["bonawitz"])
def test_no_behaviour_breaks_active_aggregation(n):
    """The server and one client within the bound: never WRONG, SPLIT, BLAME or STALL."""
    found = [v for (_, head), v in cells("bonawitz", n).items() if head == "active"]
    assert not set.union(*found) & {"WRONG", "SPLIT", "BLAME", "STALL"}
    assert "Promises broken: 0." in section("bonawitz", n)


@pytest.mark.parametrize("n", TABLE.SIZES["bgw"])
def test_bgw_is_broken_where_it_must_be(n):
    """Passive security: a consistent lie in the dealing of a product is accepted, silence is waited
    for; what only listens or delays breaks nothing, and neither does a change of one's input."""
    found = cells("bgw", n)
    for variant in ("plain", "dn07"):
        assert "WRONG" in found["add-error", f"{variant}, all"]
    for variant in TABLE.VARIANTS["bgw"]:
        assert "WRONG" in found["add-error", f"{variant}, king"]
        for opening in TABLE.OPENINGS:
            assert found["withhold", f"{variant}, {opening}"] == {"STALL"}
    schedule = [name for name, info in BEHAVIOURS.items() if info.depth == "schedule"]
    for name in (LISTENS, "change-input", "delay", "reorder", "resend", *schedule):
        assert set.union(*(v for (each, _), v in found.items() if each == name)) == {"OK"}
    assert "Promises broken: 0." in section("bgw", n)


@pytest.mark.parametrize(("use", "n"), TABLE.SECTIONS)
def test_a_sample_of_the_runs_ends_as_the_page_says(use, n):
    dice, found = random.Random(n), cells(use, n)
    for each in TABLE.columns(use, n):
        sweep = TABLE.sweep(*each)
        for behaviour in dice.sample(sweep.behaviours, 6):
            trial = sweep.trial(dice.choice(sweep.sets), behaviour, None, Options(meter=False))
            verdict = TABLE.NOTHING if trial.verdict == "no target" else trial.verdict
            listed = found[behaviour, TABLE.label(each[1], each[2])]
            assert verdict in listed or verdict == TABLE.NOTHING, TABLE.described(trial)
            assert not (trial.broke and trial.promised)


@pytest.mark.slow
@pytest.mark.parametrize(("use", "n"), [("spdz", 2), ("bgw", 3)])
def test_a_section_of_the_page_is_up_to_date(use, n):
    """Every run of it again: some 2,000 of SPDZ, 3,000 of BGW."""
    assert section(use, n).strip() == TABLE.one_section(use, n).strip()
