"""Whole programs over BGW, as scenarios run them, under the exact check."""

import pytest

from turncoat.adversary.privacy.exact import exact
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.programs import FamilyProgram
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.arithmetic.programs import dot, mean
from turncoat.protocols.bgw.family import Bgw

F5 = prime_field(5)
PAIR = {"alice": {"x": (1,)}, "bob": {"x": (1,)}, "carol": {}}


def program(code, layout=PAIR, **options):
    return FamilyProgram(maker=Bgw, program=code, layout=layout, options=options)


@pytest.mark.parametrize("opening", ["all", "king"])
@pytest.mark.parametrize("seat", [1, 2, 3])
def test_a_product_of_two_parties_is_perfect(seat, opening):
    """run_program's own input phase, product and opening; king: P1 sees the shares alone."""
    result = exact(program(dot, opening=opening).ensemble("x·y", F5, (seat,)))
    assert (result.verdict, result.wrong, result.tapes) == ("PERFECT", None, 5**5)


@pytest.mark.parametrize("seat", [2, 3])
def test_a_mean_opens_nothing_but_the_sum(seat):
    layout = {"alice": {"x": (1,)}, "bob": {"x": (1,)}, "carol": {"x": (1,)}}
    result = exact(program(mean, layout).ensemble("mean", F5, (seat,)))
    assert (result.verdict, result.wrong, result.apart) == ("PERFECT", None, 1)


@pytest.mark.parametrize("seat", [2, 3])
def test_two_corruptions_read_the_input(seat):
    result = exact(program(dot).ensemble("x·y", F5, (seat, 5 - seat if seat == 2 else 2)))
    assert result.verdict == "LEAK"


def test_pairwise_seeds_are_refused_with_the_place():
    with pytest.raises(NotEnumerable, match=r"pairwise_seeds.py:\d+"):
        exact(program(dot, variant="compressed").ensemble("x·y", F5, (3,)))
