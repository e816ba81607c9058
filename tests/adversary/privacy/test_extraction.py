"""Extractors succeed on what is planted, and never on honest protocols over large fields."""

import attrs
import pytest

from turncoat.adversary.privacy.checks import bgw, large_fields
from turncoat.adversary.privacy.extraction import PRIOR, Attack, attack
from turncoat.adversary.privacy.registry import of_method


@pytest.mark.parametrize("info", list(of_method("extraction")), ids=lambda info: info.name)
def test_an_attacker_fails_on_the_protocol_and_succeeds_on_the_leak(info):
    for given in info.make():
        result = attack(given)
        assert result.verdict == info.expects
        assert result.successes == 0
        assert result.planted == result.trials
        assert result.bound <= PRIOR


@pytest.mark.parametrize("info", list(of_method("extraction")), ids=lambda info: info.name)
def test_the_planted_leak_alone_is_a_leak(info):
    for given in info.make():
        assert attack(attrs.evolve(given, ensemble=given.planted)).verdict == "LEAK"


def test_an_attacker_that_finds_no_planted_leak_says_nothing():
    given = next(large_fields.bare_shares())
    assert attack(attrs.evolve(given, planted=given.ensemble)).verdict == "INCONCLUSIVE"


def test_a_tiny_field_is_refused():
    """There, a guess succeeds by luck."""
    tiny = bgw.ensemble(5, "xy", (3,), closed=True)
    with pytest.raises(ValueError, match="2\\^-40"):
        Attack(ensemble=tiny, extractor="bare", target=(1, 0), planted=tiny)
