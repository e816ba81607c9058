"""The clock on the wall: when a run is said to be at work, and when it is ended."""

import pytest

from turncoat.cli import watch
from turncoat.cli.watch import PATIENCE, Watch


@pytest.fixture
def wall(monkeypatch):
    """Real time, in the test's hands: wall["now"] in seconds."""
    hands = {"now": 100.0}
    monkeypatch.setattr(watch.time, "monotonic", lambda: hands["now"])
    return hands


def test_a_short_run_says_nothing(wall, capsys):
    with Watch("salary", None, progress=True) as clock:
        wall["now"] += PATIENCE * 0.9
        assert clock.pulse(0) is False
    assert capsys.readouterr().err == ""


def test_a_long_run_shows_both_times_on_one_line_that_is_wiped_at_the_end(wall, capsys):
    with Watch("salary", None, progress=True) as clock:
        for _ in range(100):
            wall["now"] += 0.05
            assert clock.pulse(80_000_000) is False
    shown = capsys.readouterr().err
    assert "\n" not in shown
    assert "salary: 4.80 s real, 0.080 s simulated" in shown
    assert 15 < shown.count("simulated") < 25  # a few times a second, not at every pulse
    assert shown.endswith("\r\x1b[2K")


def test_without_a_terminal_no_line_is_written_over(wall, capsys):
    with Watch("salary", None, progress=False) as clock:
        wall["now"] += 60
        clock.pulse(0)
    assert capsys.readouterr().err == ""


def test_the_limit_ends_a_run_and_not_before(wall):
    with Watch("salary", 2.0, progress=False) as clock:
        wall["now"] += 1.9
        assert clock.pulse(0) is False
        wall["now"] += 0.2
        assert clock.pulse(0) is True


def test_the_watchdog_is_called_off_when_the_run_is_over(monkeypatch):
    bitten = []
    monkeypatch.setattr(watch, "GRACE", 0.0)
    monkeypatch.setattr(Watch, "_bite", lambda *_: bitten.append(True))
    with Watch("salary", 0.05, progress=False) as clock:
        assert clock._dog is not None
        dog = clock._dog
    dog.join(timeout=5)
    assert not bitten
