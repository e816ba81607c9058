"""Plain output unless a test asks for another: whoever runs the tests may have colours forced."""

import pytest


@pytest.fixture(autouse=True)
def no_colours(monkeypatch):
    for name in ("FORCE_COLOR", "NO_COLOR", "TURNCOAT_ENGINE"):
        monkeypatch.delenv(name, raising=False)
