"""`turncoat explain`: every name that is listed is explained, and figures are the ledger's."""

import json
import re

import attrs
import pytest

import turncoat
from turncoat.cli.describe import steps
from turncoat.cli.forecast import dry_run
from turncoat.cli.main import invoke
from turncoat.cli.names import FAULTS, SECTIONS
from turncoat.scenarios.compose import prepare
from turncoat.scenarios.kinds import choices_of
from turncoat.scenarios.loader import catalogue, load
from turncoat.scenarios.schema_world import Fault

NAMES = [(key, name) for key, section in SECTIONS.items() for name in section.read()]


def explained(capsys, *arguments):
    code = invoke(["explain", *arguments])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    return shown.out


@pytest.mark.parametrize(("section", "name"), NAMES)
def test_whatever_is_listed_can_be_explained(section, name, capsys):
    shown = explained(capsys, name)
    assert re.search(rf"^{re.escape(name)}\b.* {section.removesuffix('s')}$", shown, re.MULTILINE)


@pytest.mark.parametrize("name", steps())
def test_every_declared_step_is_explained_with_guarantee_cost_and_sources(name, capsys):
    shown = explained(capsys, name, "--n", "5", "--m", "10")
    declaration = steps()[name]
    assert declaration.cost.elements_total in shown
    t, promise = PROMISES.get(name.partition("/")[0], (4, "field elements"))
    assert f"n = 5, t = {t}, m = 10" in shown
    assert all(cite in shown for cite in declaration.cites)
    assert promise in shown


PROMISES = {"bgw": (2, "passive, t < n/2"), "spdz": (4, "a trusted dealer")}


def test_a_step_is_told_as_the_code_numbers_it(capsys):
    shown = explained(capsys, "bgw/multiply")
    assert "1. d_i = x_i·y_i is P_i's point" in shown


@pytest.mark.parametrize(("n", "t", "m"), [(3, 1, 1), (5, 2, 100), (7, 3, 1000)])
def test_a_products_figures_are_the_papers(n, t, m, capsys):
    """n(n − 1)·m elements in one round, written down independently of the declaration."""
    shown = explained(capsys, "bgw/multiply", "--n", str(n), "--m", str(m))
    assert f"n = {n}, t = {t}, m = {m}: 1 round · {n * (n - 1) * m:,} elements" in shown


@pytest.mark.parametrize("name", catalogue())
def test_a_forecast_is_what_the_honest_run_costs(name, capsys):
    """The formulas' rounds and payload, and the dry run's messages, are those of the scenario
    without its faults and adversary."""
    shown = explained(capsys, name)
    honest = turncoat.run(name, overrides={"adversary": [], "fault": [], "expect": {}})
    totals = honest.json()["totals"]
    rounds, elements = re.search(r"predicted +(\d+) rounds? · ([\d,]+) field", shown).groups()
    prepared = prepare(load(name), honest.seed)
    predicted = prepared.plan.session.predict()
    assert int(rounds) == predicted.rounds == totals["rounds"]
    assert int(elements.replace(",", "")) == predicted.elements_total
    assert predicted.payload_bytes == totals["payload_bytes"]
    report = dry_run(prepared)
    assert report.json()["totals"] == totals


def test_a_dry_run_does_not_touch_the_real_inputs():
    prepared = prepare(load("average-salary"))
    report = dry_run(prepared)
    given = {
        n for own in prepared.plan.session.inputs.values() for x in own.values() for n in x.flat
    }
    used = {n for own in report.plan.session.inputs.values() for x in own.values() for n in x}
    assert used <= {0, 1}
    assert given.isdisjoint(used)


def test_a_constant_unlimited_network_makes_the_time_exact(capsys):
    sets = ["network.preset=ideal", "network.latency=40 ms"]
    shown = explained(capsys, "average-salary", *(part for s in sets for part in ("--set", s)))
    assert "0.080 s simulated" in shown
    assert "its time is exact" in shown
    assert "an estimate" in explained(capsys, "average-salary")


def test_a_scenario_tells_its_faults_attacks_and_expectations(capsys):
    crashed = explained(capsys, "crashed-party")
    assert "carol: crash after the first input-share" in crashed
    assert "verdict STALL" in crashed
    lie = explained(capsys, "lie-in-a-product")
    assert "carol, active: add-error with offset = 1" in lie


def test_a_users_program_is_explained_and_priced(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        'async def cube(mpc, inputs):\n    """x³, entry by entry."""\n'
        "    x = inputs['P1']['x']\n    return await (await (x * x) * x)\n"
    )
    shown = explained(capsys, "mine:cube", "--n", "3", "--m", "2")
    assert "x³, entry by entry." in shown
    # 3 inputs of 2 entries to 2 others, 2 products and 1 opening of 2 entries from 3 to 2.
    assert "4 rounds · 48 elements" in shown
    # Seeds first; a share of every dealing is derived.
    assert 'over bgw, variant = "compressed": 5 rounds · 30 elements' in shown
    # 4 double sharings of 2 polynomials, 2 for each of n - t dealings; two rounds a product.
    assert 'over bgw, variant = "dn07": 7 rounds' in shown
    assert 'over bgw, opening = "king": 5 rounds · 42 elements' in shown


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bgv", "did you mean 'bgw'?"),
        ("bgw/mutliply", "did you mean 'bgw/multiply'?"),
        ("add-eror", "did you mean 'add-error'?"),
        ("lie-in", "lie-in-a-product or lie-in-an-opening"),
        ("nowhere.toml", "nowhere.toml"),
        ("nowhere:function", "nowhere.py"),
    ],
)
def test_an_unknown_name_exits_2_with_the_nearest(name, hint, capsys):
    assert invoke(["explain", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert hint in shown.err


def test_parameters_that_a_protocol_does_not_have_exit_2(capsys):
    assert invoke(["explain", "bgw", "--n", "4", "--t", "2"]) == 2
    assert "t < n/2" in capsys.readouterr().err


def test_every_kind_of_fault_has_its_line():
    kinds, _ = choices_of(attrs.fields(Fault).kind.type)
    assert set(FAULTS) == set(kinds)


# list and schema


def test_list_without_a_section_lists_them_all(capsys):
    assert invoke(["list"]) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {re.escape(name)} ", shown, re.MULTILINE) for _, name in NAMES)


def test_list_of_one_section_lists_that_one(capsys):
    assert invoke(["list", "networks"]) == 0
    shown = capsys.readouterr().out
    assert "wan" in shown
    assert "bgw" not in shown


def test_list_as_json_is_a_document_of_sections(capsys):
    assert invoke(["list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(SECTIONS)
    assert found["scenarios"]["average-salary"].endswith(".")


def test_an_unknown_section_exits_2(capsys):
    assert invoke(["list", "attcks"]) == 2
    assert "attacks" in capsys.readouterr().err


def test_the_printed_schema_is_the_installed_one(tmp_path, capsys):
    assert invoke(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert invoke(["schema", "--install", str(tmp_path / "new")]) == 0
    assert json.loads((tmp_path / "new/turncoat.schema.json").read_text()) == printed
    assert capsys.readouterr().out == ""


def test_a_schema_that_cannot_be_written_exits_2(tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    assert invoke(["schema", "--install", str(tmp_path / "taken/below")]) == 2
    assert "taken" in capsys.readouterr().err
