"""Real against ideal: the textbooks' simulators are perfect, wrong ones are found."""

from fractions import Fraction

import attrs
import pytest

from turncoat.adversary.privacy.checks import ideal_worlds, spdz
from turncoat.adversary.privacy.ideal import IdealWorld, compare
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
