"""Whole programs over arithmetic families, as scenarios run them, under the exact check."""

from fractions import Fraction

import attrs
import pytest

from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.coalition import Attack, assemble
from turncoat.adversary.privacy.exact import check_work, exact, first_layout
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.programs import SessionProgram
from turncoat.adversary.selector import Selector
from turncoat.protocols.arithmetic.programs import dot, mean
from turncoat.protocols.arithmetic.session import make
from turncoat.protocols.session import Request

PAIR = {"alice": {"x": [1]}, "bob": {"x": [1]}, "carol": {}}
ALL = {"alice": {"x": [0]}, "bob": {"x": [1]}, "carol": {"x": [0]}}


def session(program, inputs=PAIR, use="bgw", **options):
    layout = {who: dict.fromkeys(own, (1,)) for who, own in inputs.items()}
    return make(
        Request(
            use=use, names=tuple(inputs), inputs=inputs, layout=layout, program=program, field="5",
            options=options,
        )
    )  # fmt: skip


def ensemble(program, seats, inputs=PAIR, reveals=None, **options):
    ready = session(program, inputs, **options)
    return SessionProgram(session=ready, reveals=reveals).ensemble(program, seats)


@pytest.mark.parametrize("opening", ["all", "king"])
@pytest.mark.parametrize("seat", [1, 2, 3])
def test_a_product_of_two_parties_is_perfect(seat, opening):
    """run_program's own input phase, product and opening; king: P1 sees the shares alone."""
    result = exact(ensemble("dot", (seat,), opening=opening))
    assert (result.verdict, result.wrong, result.tapes) == ("PERFECT", None, 5**5)


@pytest.mark.parametrize("seat", [2, 3])
def test_a_mean_opens_nothing_but_the_sum(seat):
    result = exact(ensemble("mean", (seat,), ALL))
    assert (result.verdict, result.wrong, result.apart) == ("PERFECT", None, 1)


@pytest.mark.parametrize("seat", [2, 3])
def test_two_corruptions_read_the_input(seat):
    result = exact(ensemble("dot", (seat, 5 - seat)))
    assert result.verdict == "LEAK"


@pytest.mark.parametrize(("reveals", "verdict"), [(("output",), "PERFECT"), ((), "LEAK")])
def test_what_is_opened_and_not_to_be_revealed_is_a_leak(reveals, verdict):
    """Semantics 5: a functionality lists its outputs; whoever opens more reveals more."""
    assert exact(ensemble("dot", (3,), reveals=reveals)).verdict == verdict


def test_pairwise_seeds_are_refused_with_the_place():
    with pytest.raises(NotEnumerable, match=r"pairwise_seeds.py:\d+"):
        exact(ensemble("dot", (3,), variant="compressed"))


async def noisy(mpc, inputs):
    return inputs["alice"]["x"] + await mpc.random_elements(1)


def test_a_program_with_coins_of_its_own_is_refused():
    """Its outputs are no function of the inputs, so equal outputs mean nothing."""
    ready = attrs.evolve(session("dot"), program=noisy)
    with pytest.raises(NotEnumerable, match="no function of its inputs"):
        SessionProgram(session=ready).ensemble("noisy", (3,))


# -- SPDZ, with its dealer, over F_5: n = 2, one party brings two numbers, their sum opens ------

TWO = {"alice": {"x": [1], "y": [1]}, "bob": {}}


def spdz(**options):
    ready = session("sum", TWO, use="spdz", sigma=1)
    return SessionProgram(session=ready).ensemble("SPDZ x + y", (2,), **options)


def lie(offset):
    when = Selector(kind="PartialOpening")
    return assemble([Attack("add-error", AddError(offset), (2,), when)])


def test_the_dealer_of_spdz_is_enumerated_with_the_parties():
    """Coins of the dealer: α, two masks, and P1's shares of α, of both masks and of their MACs; of
    the check: one coefficient. What stands in for hashes is listed."""
    dealt = spdz()
    layout = first_layout(dealt)
    assert layout.count == 5 ** (8 + 1)
    check_work(dealt, layout, dealt.input_count, 10**8)
    assert dealt.roles == {"parties": (1, 2), "dealer": (3,)}
    assert dealt.heeds[3] == frozenset({1, 2, 3})
    assert any("F_Com" in what for what in dealt.idealised)


def test_a_lie_in_spdz_is_held_to_its_soundness_error():
    assert spdz(deviation=lambda: lie(1)).soundness == Fraction(9, 25)
    assert spdz().soundness == 0


@pytest.mark.slow
def test_a_whole_run_of_spdz_is_perfect():
    result = exact(spdz(), workers=0)
    assert (result.verdict, result.wrong, result.tapes) == ("PERFECT", None, 5**9)


def test_programs_are_those_of_the_registry():
    assert {session("dot").program, session("mean", ALL).program} == {dot, mean}
