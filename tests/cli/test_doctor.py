"""`turncoat doctor`: a whole installation is well, a broken one is named and exits 1."""

import re

import pytest

from turncoat.cli import doctor
from turncoat.cli.main import invoke
from turncoat.cli.selftest import Speed, Twins, speed, twins


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("turncoat.cli.selftest.speed", lambda: Speed(1000, 0.01))


def test_this_installation_is_well(quick, capsys):
    assert invoke(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {name} +\d", shown, re.MULTILINE) for name in doctor.PACKAGES)
    assert re.search(r"digest +[0-9a-f]{64} twice", shown)
    assert "100,000 messages/s" in shown
    assert "all is well" in shown


def test_the_self_test_counts_messages_for_about_as_long_as_it_was_asked():
    found = speed(0.05)
    assert found.messages > 100
    assert 0.05 <= found.seconds < 5
    assert found.per_second == round(found.messages / found.seconds)


def test_the_tiny_scenario_is_right_and_runs_twice_alike():
    found = twins()
    assert found.held
    assert found.equal


@pytest.mark.parametrize(
    ("broken", "named"),
    [(Twins(True, ("a", "b")), "two digests"), (Twins(False, ("a", "a")), "wrong variance")],
)
def test_a_machine_on_which_runs_differ_is_broken(quick, monkeypatch, capsys, broken, named):
    monkeypatch.setattr("turncoat.cli.selftest.twins", lambda: broken)
    assert invoke(["doctor"]) == 1
    assert named in capsys.readouterr().out


def test_a_missing_package_is_named(quick, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "PACKAGES", (*doctor.PACKAGES, "no_such_package"))
    assert invoke(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "no_such_package cannot be imported" in shown
    assert "broken: no_such_package" in shown


def test_a_check_that_breaks_down_is_a_finding(quick, monkeypatch, capsys):
    def down():
        raise OSError("no such device")

    monkeypatch.setattr("turncoat.cli.selftest.twins", down)
    assert invoke(["doctor"]) == 1
    assert "determinism OSError: no such device" in capsys.readouterr().out
