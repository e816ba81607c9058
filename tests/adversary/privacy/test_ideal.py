"""Real against ideal: the textbooks' simulators are perfect, wrong ones are found."""

from fractions import Fraction

import attrs
import pytest

from turncoat.adversary.privacy.checks import broadcast_and_coins, ideal_worlds, spdz
from turncoat.adversary.privacy.ideal import IdealWorld, compare
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.registry import of_method

IDEAL = list(of_method("ideal"))


@pytest.mark.parametrize("info", IDEAL, ids=lambda info: info.name)
def test_a_comparison_finds_what_it_is_there_to_find(info):
    for world in info.make():
        assert compare(world).verdict == info.expects


def test_a_lie_in_an_opening_is_nine_twenty_fifths_from_ideal():
    """[DKLPSS13], over F_5: α or r is 0 with (2p − 1)/p²; only then d + 1 is accepted."""
    (world,) = spdz.against_ideal()
    assert compare(world).distance == Fraction(9, 25)


def test_a_lie_that_is_not_there_is_inconclusive():
    (world,) = spdz.against_ideal()
    harmless = attrs.evolve(world.real, deviation=None, soundness=Fraction(1))
    assert compare(IdealWorld(real=harmless, simulate=world.simulate)).distance == 1
    idle = attrs.evolve(world.real, main=silent, soundness=Fraction(1))
    assert compare(IdealWorld(real=idle, simulate=nothing)).verdict == "INCONCLUSIVE"


async def silent(party, field, own):
    return own


def nothing(s):
    pass


def test_a_simulator_that_knows_no_output_fails():
    """Without z it can do no better than a guess."""
    world = next(ideal_worlds.bgw())

    def ignorant(s):
        (i,) = s.outputs
        s.outputs = {i: (0,)}
        ideal_worlds.simulate_bgw(s)

    assert compare(attrs.evolve(world, simulate=ignorant)).distance == 1


def test_a_simulator_sees_nothing_honest():
    """Only the corrupted party's input and output are in its hands."""
    seen = []

    def nosy(s):
        seen.append((dict(s.inputs), dict(s.outputs)))
        ideal_worlds.simulate_bgw(s)

    world = attrs.evolve(
        next(ideal_worlds.bgw()), simulate=nosy, inputs=({1: (2,), 2: (3,), 3: (4,)},)
    )
    assert compare(world).verdict == "PERFECT"
    assert seen[-1] == ({1: (2,)}, {1: (0,)})


# -- conditions ------------------------------------------------------------------------------------


def test_random_bits_are_compared_given_no_second_attempt_which_is_four_fifths():
    """Semantics 7: a² = 0 with chance 1/p; the others are left out, and that is said."""
    world = next(broadcast_and_coins.bit())
    result = compare(world)
    assert (result.verdict, result.kept) == ("PERFECT", Fraction(4, 5))
    assert result.given == ("protocols/bgw/random_bit.py",)


def test_without_the_condition_random_bits_are_refused():
    world = next(broadcast_and_coins.bit())
    unconditional = attrs.evolve(world.real, given={})
    with pytest.raises(NotEnumerable, match="in more than 2 ways"):
        compare(attrs.evolve(world, real=unconditional))


def test_a_simulator_of_bits_that_knows_no_bit_fails():
    """The second opening must fit the bit that everybody puts out."""
    world = next(broadcast_and_coins.bit())
    blind = attrs.evolve(world, functionality=lambda s, inputs: dict.fromkeys((1, 2, 3), (0,)))
    assert compare(blind).verdict == "LEAK"


def test_an_equivocation_that_is_heard_by_nobody_would_be_a_difference():
    """The simulator of the honest broadcast does not fit the run under the lie."""
    honest, lying = broadcast_and_coins.broadcast()
    assert compare(attrs.evolve(lying, simulate=honest.simulate)).distance == 1
