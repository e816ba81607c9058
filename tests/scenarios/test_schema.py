"""The classes of the scenario file stand in the manual's table of keys, and make a JSON schema."""

import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import jsonschema
import pytest

from turncoat.scenarios.fault_kinds import FAULT_KINDS, SHAPES
from turncoat.scenarios.json_schema import json_schema
from turncoat.scenarios.kinds import choices_of, key_of, keys_of
from turncoat.scenarios.loader import catalogue, catalogue_folder, loads
from turncoat.scenarios.presets import PRESETS
from turncoat.scenarios.schema import (
    LATER_KEYS,
    Expect,
    FileInput,
    Parties,
    Protocol,
    RandomInput,
    ScenarioTable,
    Tables,
)
from turncoat.scenarios.schema_network import (
    GilbertElliott,
    Host,
    Link,
    LinkKeys,
    Network,
    PresetName,
)
from turncoat.scenarios.schema_world import (
    Adversary,
    AdversaryAfter,
    AdversaryWhen,
    Fault,
    FaultKind,
    FaultWhen,
    Shape,
)

# The manual's table of scenario keys, which is normative: a class has no key but these, and a key
# that no class has is planned. `name` of [parties] is the pattern beside `count`.
MANUAL = {
    Tables: "scenario protocol parties network fault adversary expect sweep",
    ScenarioTable: "name about cites seed repeat time_limit digest extends",
    Protocol: (
        "use program field t threshold kappa sigma delta prep opening channel fixed_point variant "
        "with"
    ),
    Parties: "names count name roles inputs",
    FileInput: "file column where",
    RandomInput: "random length bits",
    Network: (
        "preset latency jitter distribution correlation loss gemodel duplicate corrupt reorder "
        "rate limit bandwidth_up bandwidth_down regions transport rto empirical link host"
    ),
    Link: (
        "from to both start end latency jitter distribution correlation loss gemodel duplicate "
        "corrupt reorder rate limit transport rto empirical"
    ),
    Host: "who bandwidth_up bandwidth_down limit",
    GilbertElliott: "p r one_minus_h one_minus_k",
    LinkKeys: (
        "latency jitter distribution correlation loss gemodel duplicate corrupt reorder rate limit "
        "rto empirical"
    ),
    Fault: (
        "name kind who when for memory direction probability shape groups link mean_up mean_down"
    ),
    FaultWhen: "at after_sends after",
    Adversary: "corrupts model timing after erasure epoch rushing does when with required",
    AdversaryAfter: "from sid kind nth",
    AdversaryWhen: "phase sid kind to nth at",
    Expect: (
        "verdict guarantee_in_force detected_by accused output rounds messages payload_bytes "
        "bytes_total finish_by stalled_on privacy reveals"
    ),
}


@pytest.mark.parametrize("cls", MANUAL, ids=lambda cls: cls.__name__)
def test_the_keys_of_a_class_and_the_planned_ones_are_those_of_the_manual(cls):
    planned = LATER_KEYS.get(cls, ())
    assert {*keys_of(cls), *planned} == set(MANUAL[cls].split())
    assert not set(keys_of(cls)) & set(planned)


@pytest.mark.parametrize("cls", MANUAL, ids=lambda cls: cls.__name__)
def test_every_key_is_explained_in_a_sentence(cls):
    for field in attrs.fields(cls):
        assert field.metadata["help"].endswith("."), key_of(field)


def test_every_preset_that_may_be_named_has_numbers_and_says_where_they_come_from():
    assert choices_of(PresetName)[0] == tuple(PRESETS)
    assert all(preset.source.endswith(".") for preset in PRESETS.values())


# Kinds of fault

FAULTS_DOCUMENT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")


def test_every_kind_and_shape_that_may_be_named_has_its_keys_and_stands_in_the_document():
    assert choices_of(FaultKind)[0] == tuple(FAULT_KINDS)
    assert choices_of(Shape)[0] == tuple(SHAPES)
    for entry in (*FAULT_KINDS.values(), *SHAPES.values()):
        assert {*entry.needs, *entry.may} <= {*keys_of(Fault)}
    for name in (*FAULT_KINDS, *SHAPES):
        assert f"| `{name}`" in FAULTS_DOCUMENT


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_the_example_of_a_kind_is_one(kind):
    cut = '[[fault]]\nkind = "partition"\ngroups = ["alice", "bob"]\nwhen = { at = "1 s" }\n'
    example = "\n".join([f'[[fault]]\nkind = "{kind}"', *FAULT_KINDS[kind].example])
    names = ["alice", "bob", "carol", "dave", "erin"]
    text = f'[protocol]\nuse = "bgw"\n[parties]\nnames = {names}\n{cut}{example}\n'
    assert loads(text).faults[1].kind == kind


# JSON schema

VALIDATOR = jsonschema.Draft7Validator(json_schema())


def objects(schema):
    """Every object of a schema that lists its properties."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


def test_the_json_schema_is_valid_draft_07_and_closed_everywhere():
    jsonschema.Draft7Validator.check_schema(json_schema())
    found = list(objects(json_schema()))
    assert len(found) >= len(MANUAL)
    assert all(each["additionalProperties"] is False for each in found)


@pytest.mark.parametrize("name", catalogue())
def test_the_json_schema_accepts_the_catalogue(name):
    document = tomllib.loads((catalogue_folder() / f"{name}.toml").read_text())
    assert not list(VALIDATOR.iter_errors(document))


@pytest.mark.parametrize(
    "wrong",
    [
        {"latncy": "40 ms"},
        {"latency": 40},
        {"latency": "40 msec"},
        {"preset": "moblie"},
        {"distribution": "gaussian"},
        {"correlation": 1},
        {"limit": 0},
        {"gemodel": {"p": 0.1}},
        {"regions": {"alice": "frankfort"}},
        {"empirical": [41]},
        {"transport": "udp"},
        {"loss": 2},
        {"bandwidth_up": "100 MB/s"},
        {"link": {"from": "a", "to": "b"}},
        {"link": [{"from": "a"}]},
    ],
)
def test_the_json_schema_refuses_what_the_loader_refuses(wrong):
    document = {"protocol": {"use": "bgw"}, "parties": {"count": 3}}
    assert VALIDATOR.is_valid(document)
    assert not VALIDATOR.is_valid({**document, "network": wrong})


def test_a_file_that_extends_another_may_leave_tables_out():
    assert VALIDATOR.is_valid({"scenario": {"extends": "base.toml"}, "protocol": {"t": 1}})
    assert not VALIDATOR.is_valid({"scenario": {}, "protocol": {"use": "bgw"}})


# Imports


def test_loading_a_scenario_loads_neither_numpy_nor_numba_nor_trio():
    program = (
        "import sys\n"
        "from turncoat.scenarios.loader import load\n"
        "from turncoat.scenarios.json_schema import json_schema\n"
        "load('average-salary').fingerprint(); json_schema()\n"
        "print({'numpy', 'numba', 'trio'} & sys.modules.keys())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"
