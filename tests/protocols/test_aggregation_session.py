"""An aggregation as a session: roles, prediction, the right output."""

import numpy as np
import pytest

from turncoat.actors.faults import Crash
from turncoat.actors.outcome import Output
from turncoat.protocols.aggregation.aggregation import Aggregation
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.programs import FederatedMean, Sum
from turncoat.protocols.aggregation.quantise import Quantiser
from turncoat.protocols.aggregation.session import AggregationSession, Summary
from turncoat.protocols.declare import Facts

from .aggregation_world import DELTA, STOPS, play

INPUTS = {f"phone{i}": {"x": [[i, 2 * i], [3, i * i]]} for i in range(1, 6)}


def session(program=None, inputs=INPUTS, *, blank=False, **options):
    program = program or Sum({"x": (2, 2)}, bound=100)
    parameters = AggregationParameters(
        n=len(inputs), m=program.m, bound=program.bound, **{"threshold": 3} | options
    )
    aggregation = Aggregation(parameters=parameters, patience=Patience(delta=DELTA))
    return AggregationSession(
        name="secagg", aggregation=aggregation, program=program, inputs=inputs, blank=blank
    )


def run(session, **world):
    execution = session.execution()
    mains = {i: execution.main(i) for members in session.roles.values() for i in members}
    return play(session.aggregation, execution.run, mains=mains, **world), execution


WAYS = [{}, {"model": "active"}, {"degree": 2, "threshold": 2}]


@pytest.mark.parametrize("options", WAYS)
def test_a_prediction_is_exact_when_all_stay(options):
    played, execution = run(session(**options))
    prediction = session(**options).predict()

    assert played.ledger.rounds() == prediction.rounds
    assert played.ledger.total().payload_bytes == prediction.payload_bytes
    assert prediction.elements_total == 0
    assert execution.right(played.outcomes, frozenset()).value == played.outcomes[6].value


@pytest.mark.parametrize("options", WAYS)
def test_the_right_output_is_that_of_the_survivors(options):
    played, execution = run(session(**options), faults=[Crash(4, **STOPS["U3"])])
    summary = played.outcomes[6].value

    assert summary.u3 == (1, 2, 3, 5)
    assert summary.value.tolist() == [[11, 22], [12, 39]]
    assert execution.right(played.outcomes, frozenset()).value == summary
    wrong = played.outcomes | {6: Output(Summary(summary.value + 1, summary.u3, summary.u5))}
    assert execution.right(wrong, frozenset()).value != wrong[6].value


def test_what_a_corrupted_client_contributes_is_its_own_affair():
    played, execution = run(session())
    summary = played.outcomes[6].value
    other = {6: Output(Summary(summary.value + 1, summary.u3, summary.u5))}

    assert execution.right(other, frozenset({2})).value == other[6].value
    assert execution.right({}, frozenset()) is None


def test_a_federated_mean_in_a_session():
    program = FederatedMean({"w": (2,)}, Quantiser(clip=1.0, fraction_bits=10))
    inputs = {f"h{i}": {"w": np.array([i / 10, -i / 10])} for i in range(1, 6)}
    played, execution = run(session(program, inputs))
    summary = played.outcomes[6].value

    assert summary.value == pytest.approx([0.3, -0.3], abs=float(program.quantiser.error))
    assert execution.right(played.outcomes, frozenset()).value == summary


def test_the_guarantee_counts_the_server_among_the_corrupted():
    facts = {"n": 5, "t": 3}
    together = frozenset({1, 2, 6})
    passive = session(colluding=2)
    active = session(model="active", threshold=4, colluding=2)

    assert passive.t == active.t == 3
    assert passive.guarantee.in_force(Facts(**facts, corrupted_passive=together))
    assert not passive.guarantee.in_force(Facts(**facts, corrupted_active=frozenset({6})))
    assert active.guarantee.in_force(Facts(**facts, corrupted_active=together))
    assert not active.guarantee.in_force(Facts(**facts, corrupted_active=together | {3}))


def test_blanks_say_who_is_in_the_sum_and_no_more():
    played, execution = run(session(blank=True), faults=[Crash(4, **STOPS["U5"])])
    summary = played.outcomes[6].value

    assert summary == Summary(None, (1, 2, 3, 4, 5), (1, 2, 3, 5))
    assert summary.to_json() == {"clients": 5, "unmasked_by": 4}
    assert execution.right(played.outcomes, frozenset()).value == summary


def test_a_program_for_other_parameters_is_refused():
    parameters = AggregationParameters(n=5, m=3, bound=100, threshold=3)
    with pytest.raises(ValueError, match="sends 4 integers below 100"):
        AggregationSession(
            name="secagg",
            aggregation=Aggregation(parameters=parameters),
            program=Sum({"x": (4,)}, 100),
            inputs=INPUTS,
        )


def test_sessions_say_who_and_how():
    assert session().terms == "semi-honest, threshold 3, n_C = 0, R = 2^9, m = 4"
    assert "k = 2" in session(degree=2, threshold=2).terms
    assert session(model="active").roles["pki"] == (7,)
    assert session(model="active").trusted == {7}
    assert session().answering == {6}
    assert session().layout["phone1"]["x"] == (2, 2)
    assert session().with_inputs(INPUTS).layout == session().layout
