"""The reference of keys is written from the classes."""

from pathlib import Path

from turncoat.scenarios.reference import markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "scenario-keys.md"


def test_the_reference_is_up_to_date():
    """Renew it with `python -m turncoat.scenarios.reference > docs/scenario-keys.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()
