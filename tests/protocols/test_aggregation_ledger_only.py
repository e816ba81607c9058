"""The ledger-only mode: the same protocol with blanks, for bytes, rounds and times."""

from pathlib import Path

import attrs
import pytest

from turncoat.actors.outcome import Output
from turncoat.scenarios.compose import prepare, simulate
from turncoat.scenarios.loader import load
from turncoat.scenarios.problems import ScenarioError

BLANK = {"protocol.with.ledger_only": True}
HONEST = [
    "secure-aggregation",
    "phones-drop-out-early",
    "phones-drop-out-late",
    "straggler-excluded",
    "threshold-survivors",
    "one-survivor-too-few",
    "hospitals-average-a-model",
    "secagg-plus-phones",
]


def rows(report):
    return [attrs.evolve(sent, fingerprint=0) for sent in report.ledger.rows]


def ends(report):
    return {name: type(outcome).__name__ for name, outcome in report.outcome.items()}


@pytest.mark.parametrize("name", HONEST)
def test_without_contents_every_row_every_time_and_every_end_is_that_of_the_real_run(name):
    real = simulate(load(name))
    blank = simulate(load(name, {**BLANK, "expect": {}}))

    assert rows(blank) == rows(real)
    assert list(blank.run.journal.arrivals()) == list(real.run.journal.arrivals())
    assert blank.run.finished == real.run.finished
    assert ends(blank) == ends(real)
    server = real.plan.session.aggregation.server
    if isinstance(real.outcome[server], Output):
        mine, theirs = blank.outcome[server].value, real.outcome[server].value
        assert (mine.u3, mine.u5) == (theirs.u3, theirs.u5)
        assert mine.value is None
    assert blank.verdict.name == real.verdict.name


def test_lies_about_contents_are_refused_where_there_are_none():
    with pytest.raises(ScenarioError, match="with ledger_only there are none"):
        prepare(load("server-forges-signatures", BLANK))
    assert prepare(load("server-forges-signatures", {**BLANK, "adversary": [], "expect": {}}))


def test_the_example_of_the_manual_is_a_scenario(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "aggregation.md"
    example = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    file = tmp_path / "example.toml"
    file.write_text(example.replace("count = 1000", "count = 300"), "utf-8")
    report = simulate(load(str(file)), seed=1)

    assert report.verdict.name == "OK"
    assert report.json()["parties"]["server"]["output"]["clients"] == 300
