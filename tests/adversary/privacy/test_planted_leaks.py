"""Five planted leaks, each found by the exact check and by the two-sample tests, and by what was
planted: the evidence names the share, the pair of shares, the size, the time, the abort."""

import pytest

from turncoat.adversary.privacy.exact import exact
from turncoat.adversary.privacy.registry import check
from turncoat.adversary.privacy.statistical import examine

FIVE = {
    # planted leak → (what tells exactly, the feature that tells in samples)
    "unmasked-share": ("InputShare.values of x, P1 → P", "values[0] in InputShare of x, P1 → P3"),
    "reused-coin": ("InputShare.values of two, P1 → P", " − values[0] in InputShare of two"),
    "secret-size": ("0 + 32 bytes, at", "bytes of InputShare"),
    "secret-time": ("000000 ns", "time of InputShare"),
    "secret-abort": ("AbortAnnouncement", "AbortAnnouncement"),
}


def test_there_are_five():
    assert len(FIVE) == 5
    for name in FIVE:
        assert check(name).control
        assert check(f"views-{name}").control


@pytest.mark.parametrize("name", FIVE)
def test_a_planted_leak_is_found_exactly_by_what_was_planted(name):
    """Distance 1: some view comes from one of the two inputs alone."""
    for ensemble in check(name).make():
        result = exact(ensemble)
        telling = result.evidence.telling
        said = [*telling.events, *telling.values]
        assert (result.verdict, result.distance) == ("LEAK", 1)
        assert any(FIVE[name][0] in text for text in said), said


@pytest.mark.parametrize("name", FIVE)
def test_a_planted_leak_is_found_in_samples_by_what_was_planted(name):
    """Family-wise 10^-6 over the table, 61 bits."""
    (experiment,) = check(f"views-{name}").make()
    result = examine(experiment)
    assert result.verdict == "LEAK"
    assert any(FIVE[name][1] in finding.feature for finding in result.scan.findings)
