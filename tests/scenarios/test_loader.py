"""Files, what they extend and what overrides them become a scenario, or all mistakes at once."""

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turncoat.scenarios import layers, loader
from turncoat.scenarios.loader import catalogue, catalogue_folder, load, loads
from turncoat.scenarios.problems import ScenarioError
from turncoat.scenarios.units import Comparison

WHOLE = """\
[scenario]
name = "whole"
cites = ["DPSZ12", "DKLPSS13, MAC check"]
seed = 7
time_limit = "30 s"

[protocol]
use = "bgw"
program = "mean"
field = 101
with = { steps = 3, rate = 0.5 }

[parties]
count = 5
name = "phone-{i:03}"
inputs = { "phone-*" = [1, 2], phone-003 = { x = [[1], [2]], y = 3 } }

[network]
preset = "wan"
loss = "0.5 %"

[[network.link]]
from = "phone-001"
to = ["phone-002", "phone-003"]
both = true
latency = "90 ms"

[[network.host]]
who = "phone-00[12]"
bandwidth_up = "5 Mbit/s"

[[fault]]
name = "late"
kind = "crash"
who = "phone-005"
when = { after = "sub-share" }

[[adversary]]
corrupts = ["phone-004"]
does = "add-error"
when = { kind = "SubShare", to = "phone-001", nth = 2 }
with = { offset = 1 }

[expect]
verdict = ["WRONG", "ABORT"]
guarantee_in_force = false
detected_by = ["phone-001"]
accused = []
output = { mean = 0.25, all = [1, "1/3"] }
rounds = "<= 12"
bytes_total = "< 64 kB"
finish_by = "2 s"
"""


def refused(call, *arguments, **options):
    with pytest.raises(ScenarioError) as caught:
        call(*arguments, **options)
    return caught.value.problems


def keys_refused(text, **options):
    return [problem.key for problem in refused(loads, text, **options)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_table_arrives_as_the_model():
    scenario = loads(WHOLE)
    assert scenario.name == "whole"
    assert scenario.header.time_limit == 30 * 10**9
    assert scenario.protocol.field == "101"
    assert scenario.protocol.with_ == {"steps": 3, "rate": 0.5}
    assert scenario.names == tuple(f"phone-00{i}" for i in range(1, 6))
    assert scenario.network.loss == Fraction(1, 200)
    assert scenario.network.link[0].to == ("phone-002", "phone-003")
    assert scenario.link("phone-003", "phone-001").latency == 90 * 10**6
    assert scenario.host("phone-002").bandwidth_up == 5 * 10**6
    assert scenario.faults[0].when.after == "sub-share"
    assert scenario.adversaries[0].when.nth == 2
    assert scenario.corrupted == ("phone-004",)
    assert scenario.expect.verdict == ("WRONG", "ABORT")
    assert scenario.expect.output == {
        "mean": Fraction(1, 4),
        "all": (Fraction(1), Fraction(1, 3)),
    }
    assert scenario.expect.bytes_total == Comparison("<", 64_000)
    assert scenario.expect.finish_by == Comparison("<=", 2 * 10**9)


def test_what_is_not_given_has_its_default():
    scenario = loads('[protocol]\nuse = "bgw"\n[parties]\ncount = 3\n', "salary.v2.toml")
    assert scenario.name == "salary.v2"
    assert scenario.header.seed is None
    assert scenario.header.time_limit == 3600 * 10**9
    assert scenario.protocol.field == "2^61 - 1"
    assert scenario.names == ("P1", "P2", "P3")
    assert scenario.faults == scenario.adversaries == ()
    assert scenario.expect.verdict is None
    assert scenario.inputs_for(0) == {}


# Refusals


def test_all_mistakes_come_at_once_in_the_order_of_the_file():
    text = WHOLE.replace("seed = 7", "sede = 7").replace("count = 5", 'count = "5"')
    text = text.replace('"90 ms"', '"90 msec"').replace("nth = 2", "nth = 0")
    text = text.replace('"WRONG", "ABORT"', '"WRNG", "ABORT"').replace('"<= 12"', '"<= twelve"')
    assert keys_refused(text) == [
        "scenario.sede",
        "parties.count",
        "network.link[0].latency",
        "adversary[0].when.nth",
        "expect.verdict[0]",
        "expect.rounds",
    ]


def test_all_that_does_not_fit_comes_at_once_with_the_files_that_cannot_be_read():
    text = WHOLE.replace('who = "phone-005"', 'who = ["phone-006", "phone-005"]')
    text = text.replace("y = 3", 'y = { file = "missing.csv" }')
    text = text.replace('detected_by = ["phone-001"]', 'detected_by = ["phone-004"]')
    text = text.replace('corrupts = ["phone-004"]', 'corrupts = ["phone-004", "tablet-*"]')
    assert keys_refused(text) == [
        "parties.inputs.phone-003.y.file",
        "fault[0].who[0]",
        "adversary[0].corrupts[1]",
        "expect.detected_by[0]",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scenario.seed", "true"),
        ("scenario.seed", "7.0"),
        ("scenario.repeat", "0"),
        ("scenario.name", "3"),
        ("scenario.name", '"a/b"'),
        ("scenario.cites", '"DPSZ12"'),
        ("protocol.use", "[]"),
        ("protocol.t", '"1"'),
        ("protocol.with", "[1]"),
        ("parties.count", "5.0"),
        ("network.link[0].both", "1"),
        ("network.link[0].both", '"true"'),
        ("network.loss", "true"),
        ("network.latency", "1979-05-27"),
        ("fault[0].who", "[]"),
        ("fault[0].who", "3"),
        ("fault[0].who", "{}"),
        ("adversary[0].required", "0"),
        ("adversary[0].does", "false"),
        ("expect.guarantee_in_force", "1"),
        ("expect.verdict", "[]"),
        ("expect.output", "true"),
        ("expect.rounds", "1.0"),
        ("expect.bytes_total", "true"),
    ],
)
def test_no_value_is_converted_into_another_type(key, value):
    assert keys_refused(WHOLE, overrides={key: value}) in ([key], [f"{key}[0]"])


def test_a_misspelt_inner_key_names_its_place_and_its_neighbour():
    text = WHOLE.replace("nth = 2", "nht = 2")
    (problem,) = refused(loads, text, "salary.toml")
    assert problem.render().split("\n") == [
        "salary.toml:41:47: error: adversary[0].when.nht: unknown key 'nht'",
        '    41 | when = { kind = "SubShare", to = "phone-001", nht = 2 }',
        "       |                                               ^^^ did you mean 'nth'?",
    ]


def test_a_long_line_is_shown_around_its_mistake():
    long = WHOLE.replace('"phone-*" = [1, 2]', f'"phone-*" = {[*range(900), "x", *range(900)]}')
    (problem,) = refused(loads, long)
    head, source, below = problem.render().split("\n")
    assert "inputs.'phone-*'[900]" in head
    assert len(source) < 200
    assert source[below.index("^") :].startswith("'x', 0, 1")
    assert below.count("^") == 3


def test_the_caret_stands_below_wide_characters_and_tabs():
    (problem,) = refused(loads, 'x."表"\t= "名", y\n')
    _, source, below = problem.render().split("\n")
    assert below.index("^") == source.index(",") + 2  # two characters are twice as wide
    assert "\t" in below


def test_positions_are_looked_up_only_for_an_error(monkeypatch):
    def scan(text):
        raise AssertionError("scanned without an error to show")

    monkeypatch.setattr(layers, "positions", scan)
    assert loads(WHOLE).name == "whole"
    with pytest.raises(AssertionError, match="scanned"):
        loads(WHOLE, overrides={"parties.count": 2})


def test_a_file_that_is_not_there_is_answered_with_its_neighbour(folder):
    Path("salary.toml").write_text(WHOLE)
    (problem,) = refused(load, "salry.toml")
    assert problem.render() == (
        "salry.toml: error: there is no file 'salry.toml'\n       | did you mean 'salary.toml'?"
    )


def test_a_file_that_is_no_text_is_refused(folder):
    Path("latin.toml").write_bytes("[scenario]\nabout = 'Zürich'\n".encode("latin-1"))
    (problem,) = refused(load, "latin.toml")
    assert "not UTF-8" in problem.message


def test_a_byte_order_mark_and_crlf_are_read_over(folder):
    Path("windows.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load("windows.toml").resolved() == loads(WHOLE).resolved()


def test_control_characters_of_a_foreign_file_do_not_reach_the_terminal():
    (problem,) = refused(loads, "name = \x1b[2J\n")
    assert "\x1b" not in problem.render()


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 5000, "a = [" * 3000])
def test_monstrous_texts_are_refused_like_others(text):
    (problem,) = refused(loads, text)
    assert problem.line == 1


# Overrides


def test_an_override_is_a_toml_value_if_it_parses_as_one_else_a_text():
    overrides = {
        "network.latency": "80 ms",
        "network.jitter": '"1 ms"',
        "scenario.seed": "8",
        "fault[0].who": '["phone-001"]',
        "fault.late.when": "{ after_sends = 3 }",
        "network.link.0.both": False,
        "parties.inputs.phone-001": [7],
    }
    scenario = loads(WHOLE, overrides=overrides)
    assert scenario.default_link.latency == 80 * 10**6
    assert scenario.default_link.jitter == 10**6
    assert scenario.header.seed == 8
    assert scenario.faults[0].who == ("phone-001",)
    assert scenario.faults[0].when.after_sends == 3
    assert scenario.network.link[0].both is False
    assert scenario.inputs_for(0)["phone-001"]["x"].flat == [7]


def test_an_override_may_not_smuggle_in_further_keys():
    text = '"a"\n[protocol]\nt = 9'
    scenario = loads(WHOLE, overrides={"scenario.about": text})
    assert scenario.header.about == text
    assert scenario.protocol.t is None


def test_a_mistake_in_an_override_names_it_and_points_into_it():
    overrides = {"scenario.seed": "8", "parties.inputs.phone-001": "[1, 'x']"}
    (problem,) = refused(loads, WHOLE, overrides=overrides)
    assert problem.render().split("\n") == [
        "--set #2:30: error: parties.inputs.phone-001[1]: expected an integer, not the text 'x'",
        "       | parties.inputs.phone-001=[1, 'x']",
        "       |                              ^^^",
    ]


def test_a_mistake_beside_an_override_is_still_blamed_on_the_file():
    text = WHOLE.replace('use = "bgw"\n', "")
    (problem,) = refused(loads, text, overrides={"protocol.t": "2"})
    assert (problem.file, problem.line) == ("scenario.toml", 7)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("", "1", "not the path"),
        ("a..b", "1", "not the path"),
        ("network.link[", "1", "not the path"),
        ("network.link[4].both", "true", "no entry 4"),
        ("fault.early.who", "bob", "no entry is named 'early'"),
        ("network[0].loss", "0", "there is no list"),
        ("protocol.use.x", "1", "stands above"),
        ("network.loss", None, "no TOML value"),
        ("network.loss", {1, 2}, "no TOML value"),
        ("netwrok.loss", "0", "unknown table"),
        ("network.losss", "0", "unknown key"),
    ],
)
def test_an_override_that_leads_nowhere_is_refused(key, value, message):
    (problem,) = refused(loads, WHOLE, overrides={key: value})
    assert problem.file == "--set #1"
    assert message in problem.message


def test_the_reference_loads_the_same_scenario_from_a_shell(folder):
    Path("my salary.toml").write_text(WHOLE)
    scenario = load("my salary.toml", {"network.latency": "80 ms"})
    assert scenario.reference == "'my salary.toml' --set 'network.latency=80 ms'"


# Extends


def test_a_file_changes_what_it_extends_key_by_key(folder):
    Path("base.toml").write_text(WHOLE)
    Path("salary.toml").write_text(
        '[scenario]\nextends = "base.toml"\nseed = 8\n[network]\nlatency = "1 ms"\n'
        "[parties.inputs]\nphone-003 = [9]\n[protocol.with]\nrate = 0.25\n"
        '[[fault]]\nkind = "crash"\nwho = "phone-002"\nwhen = { at = "1 s" }\n'
    )
    scenario, base = load("salary.toml"), load("base.toml")
    assert scenario.name == "salary"  # a name is not inherited
    assert scenario.header.seed == 8
    assert scenario.header.cites == base.header.cites
    assert scenario.network.latency == 10**6
    assert scenario.network.loss == base.network.loss
    assert scenario.inputs_for(0)["phone-003"].keys() == {"x"}  # a party's inputs change whole
    assert scenario.inputs_for(0)["phone-001"] == base.inputs_for(0)["phone-001"]
    assert scenario.protocol.with_ == {"steps": 3, "rate": 0.25}
    assert [fault.who for fault in scenario.faults] == [("phone-002",)]  # and lists


def test_a_mistake_in_the_base_is_shown_in_the_base(folder):
    Path("base.toml").write_text(WHOLE.replace('"0.5 %"', '"500 %"'))
    Path("salary.toml").write_text('[scenario]\nextends = "base.toml"\n')
    (problem,) = refused(load, "salary.toml")
    assert (problem.file, problem.line, problem.key) == ("base.toml", 20, "network.loss")


def test_input_files_lie_beside_the_file_that_names_them(folder):
    Path("data").mkdir()
    Path("data/pay.csv").write_text("salary\n41200\n")
    pay = 'inputs = { phone-001 = { file = "pay.csv" } }\n'
    Path("data/base.toml").write_text(WHOLE[: WHOLE.index("inputs")] + pay)
    Path("salary.toml").write_text('[scenario]\nextends = "data/base.toml"\n')
    assert load("salary.toml").inputs_for(0)["phone-001"]["x"].flat == [41_200]


def test_a_shipped_scenario_can_be_extended():
    text = '[scenario]\nextends = "average-salary"\nseed = 99\n'
    assert loads(text).protocol.program == load("average-salary").protocol.program


@pytest.mark.parametrize("name", ["\\u0000.toml", "\\u0000/x.toml", "", ".", "..", "/"])
def test_a_strange_name_of_a_file_is_refused_like_others(name):
    assert keys_refused(f'[scenario]\nextends = "{name}"\n') == ["scenario.extends"]
    inputs = f'inputs = {{ phone-001 = {{ file = "{name}.csv", column = "x" }} }}\n'
    text = WHOLE[: WHOLE.index("inputs")] + inputs
    assert keys_refused(text) == ["parties.inputs.phone-001.file"]


@pytest.mark.parametrize("value", ["average-salary", "nothing.toml", "3"])
def test_what_a_file_extends_cannot_be_overridden(value):
    assert keys_refused(WHOLE, overrides={"scenario.extends": value}) == ["scenario.extends"]


# Catalogue


def test_a_bare_name_means_the_shipped_scenario(folder):
    assert load("average-salary").source == catalogue_folder() / "average-salary.toml"
    assert load("average-salary").reference == "average-salary"


def test_a_misspelt_name_is_answered_with_the_nearest(folder):
    (problem,) = refused(load, "avarage-salary")
    assert problem.suggestion == "did you mean 'average-salary'?"


def test_a_path_is_never_looked_up_in_the_catalogue(folder):
    for path in ("average-salary.toml", f".{os.sep}average-salary"):
        (problem,) = refused(load, path)
        assert "no file" in problem.message


def test_a_path_object_is_as_good_as_a_text(folder):
    Path("salary.toml").write_text(WHOLE)
    assert load(Path("salary.toml")).resolved() == load("salary.toml").resolved()


# Whatever comes


SHIPPED = [(catalogue_folder() / f"{name}.toml").read_text() for name in catalogue()]
PIECES = st.sampled_from(
    [*"=[]{}\"'.,#\n- 0", "[[fault]]", "who", '"40 ms"', "true", "[network]", "1979-05-27", "inf"]
)


@given(
    st.sampled_from([WHOLE, *SHIPPED]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 12), PIECES), min_size=1, max_size=4),
)
def test_a_damaged_file_loads_or_is_refused_with_places(text, damages):
    """Nothing but ScenarioError ever leaves the loader, and its carets stand inside the text."""
    for at, length, piece in damages:
        text = text[:at] + piece + text[at + length :]
    try:
        loads(text, catalogue_folder() / "damaged.toml")
    except ScenarioError as error:
        problems = error.problems
    else:
        problems = ()
    for problem in problems:
        assert problem.message
        assert problem.line is None or problem.line <= text.count("\n") + 1


TOML = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.floats(), st.just("phone-001")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["file", "random", "x", "who", "at", "from", "column", "where"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
KEYS = [
    f"{table}.{key}"
    for table, keys in {
        "scenario": "name cites seed repeat time_limit digest extends",
        "protocol": "use field t with opening prep",
        "parties": "names count name inputs inputs.phone-001 inputs.phone-001.x",
        "network": "preset latency loss rto bandwidth_up link host",
        "fault[0]": "kind who when when.at",
        "adversary[0]": "corrupts when with required",
        "expect": "verdict output rounds bytes_total finish_by accused",
    }.items()
    for key in keys.split()
]


@given(st.dictionaries(st.sampled_from(KEYS), TOML, min_size=1, max_size=3))
@example({"parties.inputs": {"file": "x"}})
@example({"network.link": [1]})
def test_any_value_under_any_key_is_accepted_or_refused(overrides):
    with suppress(ScenarioError):
        loads(WHOLE, overrides=overrides)


@pytest.mark.parametrize("key", [*KEYS, "protocol.with.steps", "expect.messages"])
def test_an_integer_too_long_to_print_is_refused_or_never_printed(key):
    """Hexadecimal integers escape Python's limit on digits, which its decimal ones meet."""
    with suppress(ScenarioError):
        loads(WHOLE, overrides={key: f"0x{'f' * 5000}"}).dumps()
    with suppress(ScenarioError):
        loads(WHOLE, overrides={key: f"[-1, 0x{'f' * 5000}]"}).dumps()


def test_the_catalogue_lists_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "catalogue_folder", lambda: tmp_path)
    for name in ("b.toml", "a.toml", "notes.md"):
        (tmp_path / name).write_text("")
    assert catalogue() == ("a", "b")
