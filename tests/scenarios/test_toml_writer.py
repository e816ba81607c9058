"""What is written, tomllib reads back."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.toml_writer import dumps, toml_value

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = st.one_of(
    TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_document_survives_writing_and_reading(document):
    assert tomllib.loads(dumps(document)) == document


def test_sections_and_lists_of_tables_stand_under_headers():
    text = dumps(
        {
            "protocol": {"use": "bgw", "with": {"steps": 3}},
            "network": {"preset": "wan", "link": [{"from": ["a"]}, {"from": ["b"]}]},
            "fault": [{"kind": "crash", "when": {"at": "1 s"}}],
        }
    )
    headers = [line for line in text.split("\n") if line.startswith("[")]
    assert headers == [
        "[protocol]",
        "[protocol.with]",
        "[network]",
        "[[network.link]]",
        "[[network.link]]",
        "[[fault]]",
    ]
    assert 'when = { at = "1 s" }' in text


@pytest.mark.parametrize("value", [None, {1, 2}, b"x", object()])
def test_what_toml_lacks_is_an_error_of_the_caller(value):
    with pytest.raises(TypeError, match="TOML has no"):
        toml_value(value)
