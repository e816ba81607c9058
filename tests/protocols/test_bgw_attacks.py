"""What passive BGW does under active corruption: exactly as little as it promises.

Every attack asserts that it acted, and has a harmless twin as control.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.outcome import Aborted, Output, Stalled
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.arithmetic.programs import dot, total
from turncoat.protocols.arithmetic.run_program import NoEffectiveInput, effective_inputs
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.functionalities.plain import evaluate, layout_of

F = prime_field(2**61 - 1)


def inputs_of(n):
    """Everyone has one vector; `dot` multiplies the first two."""
    return {f"party{i}": {"x": [i, 10 * i]} for i in range(1, n + 1)}


def attack(bench, program, n, seat, behaviour, *, t=None, **when):
    """Run a program with one corrupted seat: (honest outcomes, record, did the behaviour act?)."""
    rule = bind("attack", behaviour, seat, Selector(**when))
    run, record = bench.compute(program, inputs_of(n), t=t, rules={seat: [rule]})
    honest = [outcome for i, outcome in sorted(run.outcomes.items()) if i != seat]
    return honest, record, rule.receipt.acted


OFFSETS = st.integers(-(2**60), 2**60)


@settings(max_examples=25, deadline=None)
@given(n_seat=st.sampled_from([(3, 1), (3, 3), (5, 2), (5, 5), (7, 7)]), offset=OFFSETS)
def test_a_consistent_lie_in_a_product_shifts_the_output_unnoticed(bench, n_seat, offset):
    """P_k adds ε to its whole dealing: the product becomes xy + λ_k·ε, from each of the 2t + 1
    seats whose dealing enters the sum. For ε = 0 this is its own control."""
    n, seat = n_seat
    expected = evaluate(dot, inputs_of(n)).outputs
    lam = lagrange(range(1, n + 1), field=F)[seat - 1]

    honest, _, acted = attack(bench, dot, n, seat, AddError(offset), kind="SubShare")

    assert acted
    shifted = F(expected + lam * offset).tolist()[0]
    assert honest == [Output(shifted)] * (n - 1)
    assert (shifted == expected) == (offset == 0)


def test_a_dealing_beyond_the_first_2t_plus_1_cannot_shift_a_product(bench):
    """n = 4, t = 1: P4 deals like everyone, and its dealing enters no sum."""
    honest, _, acted = attack(bench, dot, 4, 4, AddError(5), kind="SubShare")

    assert acted
    assert honest == [Output(evaluate(dot, inputs_of(4)).outputs)] * 3


@pytest.mark.parametrize("n", [3, 4, 5])
@pytest.mark.parametrize("offset", [1, -7, 0])
def test_a_lie_in_an_opening_is_noticed_and_nobody_is_named(bench, n, offset):
    honest, _, acted = attack(bench, total, n, 2, AddError(offset), kind="PartialOpening")

    assert acted
    if offset == 0:
        assert honest == [Output(evaluate(total, inputs_of(n)).outputs)] * (n - 1)
        return
    assert {(o.reason, o.accused) for o in honest if o.stopped_by is None} == {
        ("inconsistent-opening", frozenset())
    }
    assert all(isinstance(outcome, Aborted) for outcome in honest)


def test_an_opening_lie_to_one_party_stops_that_party_by_its_own_check(bench):
    """The other honest party's output depends on when it is told; here it has already opened."""
    honest, _, acted = attack(
        bench, total, 3, 2, AddError(1), kind="PartialOpening", to=frozenset({3})
    )

    assert acted
    assert honest[1].reason == "inconsistent-opening"
    assert honest[0] == Output(evaluate(total, inputs_of(3)).outputs)


@settings(max_examples=20, deadline=None)
@given(offset=OFFSETS, n=st.sampled_from([3, 5]), program=st.sampled_from([total, dot]))
def test_a_consistent_lie_in_ones_own_dealing_is_another_input(bench, offset, n, program):
    """f + ε is a sharing of x + ε: substitution, and right for the effective inputs."""
    family, inputs = Bgw(n, None, F), inputs_of(n)
    layout = layout_of(inputs)

    honest, record, acted = attack(bench, program, n, 2, AddError(offset), kind="InputShare")
    judged = effective_inputs(inputs, record, family, layout, {2})

    assert acted
    assert judged["party2"]["x"].tolist() == F([2 + offset, 20 + offset]).tolist()
    assert honest == [Output(evaluate(program, judged, p=F.p).outputs)] * (n - 1)


def test_a_dealer_that_contradicts_itself_has_no_effective_input_and_is_noticed(bench):
    """n = 5, t = 1: four honest shares on no line. The first opening notices it."""
    honest, record, acted = attack(
        bench, total, 5, 2, AddError(1), t=1, kind="InputShare", to=frozenset({5})
    )

    assert acted
    assert all(isinstance(outcome, Aborted) for outcome in honest)
    with pytest.raises(NoEffectiveInput, match="x of party2"):
        effective_inputs(inputs_of(5), record, Bgw(5, 1, F), layout_of(inputs_of(5)), {2})


@pytest.mark.parametrize(("kind", "program"), [("InputShare", total), ("SubShare", dot)])
def test_a_withheld_message_stalls_everyone_it_was_for(bench, kind, program):
    honest, _, acted = attack(bench, program, 3, 2, Withhold(), kind=kind)

    assert acted
    assert all(isinstance(outcome, Stalled) for outcome in honest)
    assert {wait.missing for o in honest for wait in o.waiting_for} == {(2,)}
    control, _, acted = attack(bench, program, 3, 2, Withhold(0), kind=kind)
    assert acted
    assert control == [Output(evaluate(program, inputs_of(3)).outputs)] * 2
