"""Secure aggregation with honest clients, of which some vanish: the plain sum, or no sum at all."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.faults import Crash, Degrade, Omission
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Crashed, Excluded, Output
from turncoat.actors.topology import Topology

from .aggregation_world import (
    ACTIVE_STOPS,
    LATENCY,
    STOPS,
    aggregation,
    dropouts,
    inputs_for,
    play,
    result,
)

VARIANTS = {
    "semi-honest": {},
    "active": {"model": "active"},
    "secagg+": {"degree": 2},
}


def variant(n, name, **options):
    """An aggregation of n clients with the usual threshold of its kind."""
    if name == "secagg+":
        degree = max(2, min(n // 2 & ~1, 10))
        return aggregation(n, 2, degree=degree, **options)
    model = {"model": "active"} if name == "active" else {}
    return aggregation(n, n // 2 + 1, **model, **options)


# -- all stay ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 4, 5, 10, 33])
@pytest.mark.parametrize("name", VARIANTS)
def test_the_server_learns_the_plain_sum(n, name):
    agg = variant(n, name, m=7)
    inputs = inputs_for(agg, seed=n)
    run = play(agg, agg.run(inputs))
    aggregate = result(agg, run)

    assert aggregate.total.tolist() == sum(inputs.values()).tolist()
    assert aggregate.u3 == aggregate.u5 == tuple(range(1, n + 1))
    assert all(run.outcomes[i] == Output(None) for i in range(1, n + 1))


@pytest.mark.slow
@pytest.mark.parametrize("n", [100, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", VARIANTS)
def test_the_server_learns_the_plain_sum_of_many(n, name):
    agg = variant(n, name, m=3)
    inputs = inputs_for(agg, seed=n)

    assert result(agg, play(agg, agg.run(inputs))).total.tolist() == sum(inputs.values()).tolist()


@settings(max_examples=25, deadline=None)
@given(
    bound=st.integers(2, 2**40),
    n=st.integers(2, 6),
    m=st.integers(1, 9),
    name=st.sampled_from(["semi-honest", "active"]),
    seed=st.integers(0, 2**32),
)
def test_sums_of_any_width_never_wrap(bound, n, m, name, seed):
    """R_U from a bit to 40 bits, with the greatest inputs there are."""
    agg = variant(n, name, m=m, bound=bound)
    inputs = inputs_for(agg, seed)
    inputs[1][:] = bound - 1
    if seed % 2:
        inputs = dict.fromkeys(inputs, inputs[1])

    assert result(agg, play(agg, agg.run(inputs))).total.tolist() == sum(inputs.values()).tolist()


@pytest.mark.parametrize("name", VARIANTS)
def test_the_memo_of_pairs_changes_nothing_but_the_work(name):
    """The same digest, whether each mask is expanded by one end or by both."""
    agg = variant(7, name, m=50)
    inputs, faults = inputs_for(agg), dropouts({2: "U3", 5: "U5"})
    shared, apart = agg.run(inputs), agg.run(inputs, memo=False)
    runs = [play(agg, execution, faults=faults) for execution in (shared, apart)]

    assert runs[0].digest == runs[1].digest
    assert shared.memo.wanted == apart.memo.wanted == apart.memo.expander.expanded
    assert shared.memo.expander.expanded < apart.memo.expander.expanded


@pytest.mark.parametrize("name", VARIANTS)
def test_encoding_every_message_gives_the_same_transcript(name):
    agg = variant(5, name)
    inputs, faults = inputs_for(agg), dropouts({3: "U3"})
    runs = [play(agg, agg.run(inputs), faults=faults, encode=e) for e in (False, True)]

    assert runs[0].digest == runs[1].digest


# -- some vanish ---------------------------------------------------------------------------------


def judge(agg, stops, table, order):
    """Run it with these dropouts; the sum over U3 comes out iff enough are left in every set."""
    inputs = inputs_for(agg, seed=len(stops))
    run = play(agg, agg.run(inputs), faults=dropouts(stops, table))
    sets = {
        name: {i for i, stop in stops.items() if not stop or order.index(stop) > place}
        for place, name in enumerate(order)
    }
    outcome = run.outcomes[agg.server]
    if min(map(len, sets.values())) < agg.parameters.threshold:
        assert isinstance(outcome, Aborted)
        assert (outcome.reason, outcome.accused) == ("too-few-survivors", frozenset())
        return
    assert all(isinstance(run.outcomes[i], Crashed) for i, stop in stops.items() if stop)
    expected = sum(inputs[i] for i in sets["U3"])
    assert outcome.value.total.tolist() == expected.tolist()
    assert (set(outcome.value.u3), set(outcome.value.u5)) == (sets["U3"], sets["U5"])


def patterns(n, order):
    """Every way in which n clients vanish or stay."""
    for stops in product([None, *order], repeat=n):
        yield dict(enumerate(stops, 1))


@pytest.mark.parametrize("n", [3, 4, pytest.param(5, marks=pytest.mark.slow)])
def test_every_dropout_pattern_gives_the_sum_of_the_survivors_or_none(n):
    """5^n patterns: each client stays, or stops before it is in U1, U2, U3 or U5."""
    agg = aggregation(n, 2 if n < 5 else 3, m=2)
    for stops in patterns(n, list(STOPS)):
        judge(agg, stops, STOPS, list(STOPS))


@pytest.mark.parametrize("n", [3, pytest.param(4, marks=pytest.mark.slow)])
def test_every_dropout_pattern_of_the_active_protocol(n):
    """6^n patterns: U4 lies between U3 and U5."""
    agg = aggregation(n, n // 2 + 1, m=2, model="active")
    for stops in patterns(n, list(ACTIVE_STOPS)):
        judge(agg, stops, ACTIVE_STOPS, list(ACTIVE_STOPS))


@settings(max_examples=30, deadline=None)
@given(data=st.data(), n=st.integers(6, 14), active=st.booleans())
def test_random_dropouts_among_more_clients(data, n, active):
    table = ACTIVE_STOPS if active else STOPS
    stops = {
        i: data.draw(st.sampled_from([None, None, None, *table]), label=f"P{i}")
        for i in range(1, n + 1)
    }
    threshold = data.draw(st.integers(n // 2 + 1, n) if active else st.integers(1, n))
    judge(variant_with(n, threshold, active), stops, table, list(table))


def variant_with(n, threshold, active):
    return aggregation(n, threshold, m=3, **({"model": "active"} if active else {}))


@settings(max_examples=20, deadline=None)
@given(data=st.data(), n=st.integers(8, 24))
def test_secagg_plus_opens_the_sum_whenever_every_cohort_has_a_threshold_left(data, n):
    """Never a wrong sum; and an abort only if some client of U2 has too few helpers in U5."""
    agg = aggregation(n, 3, m=3, degree=6)
    stops = {
        i: data.draw(st.sampled_from([None, None, None, None, "U2", "U3", "U5"]))
        for i in range(1, n + 1)
    }
    inputs = inputs_for(agg)
    run = play(agg, agg.run(inputs), faults=dropouts(stops))

    outcome = run.outcomes[agg.server]
    if isinstance(outcome, Aborted):
        assert outcome.reason == "too-few-survivors"
        assert any(stops.values())
    else:
        u3 = outcome.value.u3
        assert outcome.value.total.tolist() == sum(inputs[i] for i in u3).tolist()


@pytest.mark.parametrize("stage", ["U2", "U3", "U5"])
def test_threshold_survivors_succeed_and_one_fewer_aborts(stage):
    n, threshold = 9, 5
    agg = aggregation(n, threshold)
    inputs = inputs_for(agg)

    for survivors in (threshold, threshold - 1):
        gone = dict.fromkeys(range(survivors + 1, n + 1), stage)
        outcome = play(agg, agg.run(inputs), faults=dropouts(gone)).outcomes[agg.server]
        if survivors == threshold:
            assert outcome.value.u5 == tuple(range(1, threshold + 1))
        else:
            assert outcome.reason == "too-few-survivors"
            assert outcome.missing >= set(gone)


@pytest.mark.parametrize("name", VARIANTS)
def test_when_the_server_aborts_everybody_is_told(name):
    """And nobody stalls: a client that heeds the server ends with it."""
    agg = variant(6, name)
    gone = dict.fromkeys(range(1, 6), "U3")
    run = play(agg, agg.run(inputs_for(agg)), faults=dropouts(gone))

    assert run.outcomes[agg.server].reason == "too-few-survivors"
    assert run.outcomes[6].stopped_by == agg.server


# -- late clients --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "left"), [("AdvertisedKeys", 0), ("EncryptedShares", 1), ("MaskedInput", 2)]
)
@pytest.mark.parametrize("name", VARIANTS)
def test_a_late_client_is_left_behind_and_ends_as_excluded(name, kind, left):
    """Its link becomes slow in that round: the server goes on, and says so. The late message is
    ignored when it comes: a mask of a client declared gone is never removed twice."""
    agg = variant(7, name)
    inputs = inputs_for(agg)
    setup = {"active": 2}.get(name, 0) + (2 if name == "secagg+" and left else 0)
    slow = Degrade(
        at=(2 * left + setup) * LATENCY - 1 if left + setup else 0,
        parties=frozenset({3}),
        change={"latency": 200 * MILLISECOND},
    )
    run = play(agg, agg.run(inputs), faults=[slow])
    aggregate = result(agg, run)

    assert aggregate.u3 == (1, 2, 4, 5, 6, 7)
    assert aggregate.total.tolist() == sum(inputs[i] for i in aggregate.u3).tolist()
    assert isinstance(run.outcomes[3], Excluded)
    assert run.outcomes[3].by == agg.server
    assert any(sent.kind == kind and sent.sender == 3 for sent in run.ledger.rows)


def test_the_server_waits_for_the_first_k_and_no_longer():
    """Stragglers of U1 are left behind at once, long before any deadline."""
    agg = aggregation(6, 3, first=4, delta=None)
    links = {(i, agg.server): Link(latency=LATENCY + i * MILLISECOND) for i in range(1, 7)}
    topology = Topology(default=Link(latency=LATENCY), links=links)
    run = play(agg, agg.run(inputs_for(agg)), topology=topology)

    assert result(agg, run).u3 == (1, 2, 3, 4)
    assert all(isinstance(run.outcomes[i], Excluded) for i in (5, 6))
    assert run.finished[agg.server] < 8 * LATENCY


def test_the_deadline_decides_who_is_late_to_the_nanosecond():
    agg = aggregation(4, 2, delta=LATENCY)
    for extra, members in ((0, (1, 2, 3, 4)), (1, (1, 2, 3))):
        links = {(4, agg.server): Link(latency=LATENCY + extra)}
        topology = Topology(default=Link(latency=LATENCY // 2), links=links)
        run = play(agg, agg.run(inputs_for(agg)), topology=topology)
        keys = next(s for s in run.ledger.rows if s.kind == "KeyList" and s.receivers == (4,))
        assert (keys.payload > 0) == (4 in members)


def test_without_any_deadline_a_vanished_client_stalls_the_round():
    """Which is what a scenario is told if it declares no rule."""
    agg = aggregation(4, 2, delta=None)
    run = play(agg, agg.run(inputs_for(agg)), faults=[Crash(2, after="advertised-keys")])

    waits = run.outcomes[agg.server].waiting_for
    assert [(wait.kind, wait.missing) for wait in waits] == [("EncryptedShares", (2,))]


def test_a_client_gives_up_on_a_silent_server_at_its_own_deadline():
    agg = aggregation(4, 2, client_delta=10 * LATENCY)
    run = play(agg, agg.run(inputs_for(agg)), faults=[Crash(agg.server, after="key-list")])

    for i in range(1, 5):
        outcome = run.outcomes[i]
        assert (outcome.reason, outcome.missing) == ("timeout", frozenset({agg.server}))
        assert outcome.accused == frozenset()


def test_a_clients_abort_is_a_dropout_to_all_others():
    """P2's ciphertexts to P1 are lost with P2: P1 is told nothing, and goes on."""
    agg = aggregation(5, 3, client_delta=3 * LATENCY)
    deaf = Omission(2, at=0, direction="receive")
    inputs = inputs_for(agg)
    run = play(agg, agg.run(inputs), faults=[deaf])

    assert run.outcomes[2].reason == "timeout"
    assert result(agg, run).u3 == (1, 3, 4, 5)
    assert all(run.outcomes[i] == Output(None) for i in (1, 3, 4, 5))


# -- inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.array([0, 1000]), "holds 1000"),
        (np.array([-1, 5]), "holds -1"),
        (np.array([0.5, 1.0]), "quantise"),
        (np.array([1, 2, 3]), "2 integers"),
    ],
)
def test_an_input_outside_the_declared_range_is_refused_before_anything_runs(bad, said):
    agg = aggregation(3, 2, m=2)
    inputs = inputs_for(agg) | {2: bad}

    with pytest.raises(ValueError, match=said):
        agg.run(inputs)
