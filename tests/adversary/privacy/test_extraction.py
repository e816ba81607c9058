"""Extractors succeed on what is planted, and never on honest protocols over large fields."""

import attrs
import pytest

from turncoat.adversary.privacy.checks import aggregation, bgw, large_fields
from turncoat.adversary.privacy.extraction import PRIOR, Attack, attack
from turncoat.adversary.privacy.recovery import Recovery
from turncoat.adversary.privacy.registry import of_method
from turncoat.adversary.privacy.runner import result

HONEST = [info for info in of_method("extraction") if not info.control]
CONTROLS = [info for info in of_method("extraction") if info.control]


@pytest.mark.parametrize("info", HONEST, ids=lambda info: info.name)
def test_an_attacker_fails_on_the_protocol_and_succeeds_on_the_leak(info):
    for given in info.make():
        found = result(given)
        assert found.verdict == info.expects
        assert found.successes == 0
        assert found.planted == found.trials
        assert found.bound <= PRIOR


@pytest.mark.parametrize("info", HONEST, ids=lambda info: info.name)
def test_the_planted_leak_alone_is_a_leak(info):
    for given in info.make():
        protocol = "source" if isinstance(given, Recovery) else "ensemble"
        assert result(attrs.evolve(given, **{protocol: given.planted})).verdict == "LEAK"


@pytest.mark.parametrize("info", CONTROLS, ids=lambda info: info.name)
def test_a_server_that_may_lie_opens_an_input_where_the_paper_says_so(info):
    """[BIKMMPRSS17]: the semi-honest variant promises nothing against a lying server."""
    for given in info.make():
        found = result(given)
        assert (found.verdict, found.successes) == ("LEAK", found.trials)


def test_a_lie_of_the_server_acts_in_every_run():
    """Its receipt: lists were changed, and on the wire."""
    coalitions = []

    def kept():
        coalitions.append(aggregation._split())
        return coalitions[-1]

    source = attrs.evolve(next(aggregation.split_views()).source, deviation=kept)
    source.view(aggregation.drawn(0), 1)
    ((rule,),) = (rules for rules in coalitions[0].rules.values())
    assert rule.receipt.acted


def test_numbers_that_can_be_guessed_are_refused():
    given = next(aggregation.late_input())
    with pytest.raises(ValueError, match="2\\^-40"):
        attrs.evolve(given, prior=2.0**-32)


def test_an_attacker_that_finds_no_planted_leak_says_nothing():
    given = next(large_fields.bare_shares())
    assert attack(attrs.evolve(given, planted=given.ensemble)).verdict == "INCONCLUSIVE"


def test_a_tiny_field_is_refused():
    """There, a guess succeeds by luck."""
    tiny = bgw.ensemble(5, "xy", (3,), closed=True)
    with pytest.raises(ValueError, match="2\\^-40"):
        Attack(ensemble=tiny, extractor="bare", target=(1, 0), planted=tiny)
