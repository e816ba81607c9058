"""What secure aggregation costs: the ledger against the closed forms of the papers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.topology import Host, Topology
from turncoat.protocols.aggregation.messages import SHARE_BYTES
from turncoat.protocols.declare import declarations
from turncoat.protocols.primitives.key_agreement import KEY_BYTES

from .aggregation_world import ACTIVE_STOPS, LATENCY, STOPS, aggregation, dropouts, inputs_for, play

A_K, A_S = 8 * KEY_BYTES, 8 * SHARE_BYTES  # bits


def octets(bits):
    return -(-bits // 8)


def user_sent(n, m, log_r):
    """2·a_K + (3n − 2)·a_S + m·⌈log2 R⌉ bits [BIKMMPRSS17]."""
    return octets(2 * A_K + (3 * n - 2) * A_S + m * log_r)


def user_received(n):
    """2(n − 1)(a_K + a_S) bits."""
    return octets(2 * (n - 1) * (A_K + A_S))


SIZES = [(3, 1, 2), (4, 7, 1000), (10, 33, 2**16), (25, 100, 2**20)]


@pytest.mark.parametrize(("n", "m", "bound"), SIZES)
@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_every_users_payload_is_the_papers(n, m, bound, model):
    """Signatures are framing, so the active variant's is the same (setup apart)."""
    agg = aggregation(n, n // 2 + 1, m=m, bound=bound, model=model)
    ledger = play(agg, agg.run(inputs_for(agg))).ledger
    log_r = (n * (bound - 1)).bit_length()
    server = agg.server

    online = [s for s in ledger.rows if s.phase == "online"]
    for user in range(1, n + 1):
        sent = sum(s.payload for s in online if s.sender == user)
        received = sum(s.payload for s in online if user in s.receivers)
        assert sent == user_sent(n, m, log_r)
        assert received == user_received(n)
        total = 8 * (sent + received) - (2 * n * A_K + (5 * n - 4) * A_S + m * log_r)
        assert 0 <= total < 8  # the padding of the packed vector
    assert sum(s.payload * len(s.receivers) for s in online if s.sender == server) == (
        n * user_received(n)
    )


@pytest.mark.parametrize(("n", "k", "m"), [(6, 2, 5), (12, 4, 9), (30, 10, 20)])
def test_in_secagg_plus_k_plus_1_stands_for_n(n, k, m):
    agg = aggregation(n, k // 2 + 1, m=m, bound=1000, degree=k)
    ledger = play(agg, agg.run(inputs_for(agg))).ledger
    log_r = (n * 999).bit_length()

    for user in range(1, n + 1):
        assert ledger.sent_by(user).payload_bytes == user_sent(k + 1, m, log_r)
        assert ledger.received_by(user).payload_bytes == user_received(k + 1)
    assert ledger.sent_by(agg.server).payload_bytes == n * user_received(k + 1)


@pytest.mark.parametrize(
    ("options", "online", "altogether"),
    [({}, 7, 7), ({"model": "active"}, 9, 11), ({"degree": 4}, 7, 9)],
)
def test_rounds_are_seven_and_nine_and_setup_is_counted_apart(options, online, altogether):
    """Causal depth: papers count 4 and 5 round trips, of which the last has no way back. Setup is
    the directory of signing keys (2), or the coins of the graph (2)."""
    agg = aggregation(6, 4, **options)
    run = play(agg, agg.run(inputs_for(agg)))

    assert run.ledger.rounds("online") == online
    assert run.ledger.rounds() == altogether
    assert run.finished[agg.server] == altogether * LATENCY


@pytest.mark.parametrize(
    ("n", "m", "options"),
    [
        (4, 3, {}),
        (9, 50, {}),
        (5, 8, {"model": "active"}),
        (11, 40, {"model": "active"}),
        (8, 9, {"degree": 4}),
        (20, 31, {"degree": 6}),
    ],
)
def test_the_ledger_bills_what_the_declared_steps_add_up_to(n, m, options):
    agg = aggregation(n, 4 if "degree" in options else n // 2 + 1, m=m, **options)
    ledger = play(agg, agg.run(inputs_for(agg))).ledger
    steps = {"aggregate"}
    steps |= {"pki", "consistency-check"} if agg.pki else set()
    steps |= {"graph-coins"} if "degree" in options else set()
    p = agg.parameters
    costs = [
        d.cost.evaluate(n=n, t=p.colluding, m=p.vector_bytes, k=p.neighbours)
        for d in declarations()
        if d.name.removeprefix("secagg/") in steps and d.name.startswith("secagg/")
    ]

    assert len(costs) == len(steps)
    assert ledger.rounds() == sum(cost.rounds for cost in costs)
    assert ledger.total().payload_bytes == sum(cost.octets_total for cost in costs)


@settings(max_examples=15, deadline=None)
@given(data=st.data(), n=st.integers(4, 12))
def test_the_server_expands_n_minus_d_times_one_plus_d_masks(data, n):
    """d clients are lost after ShareKeys and before MaskedInput. Clients want n masks each."""
    d = data.draw(st.integers(0, n - 2))
    agg = aggregation(n, 2)
    execution = agg.run(inputs_for(agg))
    gone = dict.fromkeys(range(1, d + 1), "U3")
    play(agg, execution, faults=dropouts(gone))

    assert execution.memo.wanted - (n - d) * n == (n - d) * (1 + d)


# -- ledger only ---------------------------------------------------------------------------------

WAYS = {
    "semi-honest": ({}, STOPS),
    "active": ({"model": "active"}, ACTIVE_STOPS),
    "secagg+": ({"degree": 4}, STOPS),
}


@settings(max_examples=30, deadline=None)
@given(
    data=st.data(),
    n=st.integers(5, 12),
    way=st.sampled_from(sorted(WAYS)),
    seed=st.integers(0, 2**32),
)
def test_blanks_cost_what_real_payloads_cost_and_end_alike(data, n, way, seed):
    """Every ledger row, every arrival, every set of survivors and every kind of ending, on a
    network with jitter, losses and slow lines, under any dropouts and deadlines that bite."""
    options, table = WAYS[way]
    stops = {
        i: data.draw(st.sampled_from([None, None, None, *table]), label=f"P{i}")
        for i in range(1, n + 1)
    }
    delta = data.draw(st.sampled_from([100, 130, 1000]), label="delta") * MILLISECOND
    threshold = n // 2 + 1 if way == "active" else 3
    agg = aggregation(n, threshold, m=200, delta=delta, **options)
    link = Link(latency=LATENCY, jitter=10 * MILLISECOND, distribution="lognormal", loss=1 << 57)
    topology = Topology(default=link, host=Host(bandwidth_up=10**6, bandwidth_down=10**7))

    runs = [
        play(agg, execution, faults=dropouts(stops, table), seed=seed, topology=topology)
        for execution in (agg.run(inputs_for(agg)), agg.ledger_only())
    ]
    assert rows(runs[0]) == rows(runs[1])
    assert [*runs[0].journal.arrivals()] == [*runs[1].journal.arrivals()]
    assert runs[0].finished == runs[1].finished
    assert kinds(runs[0]) == kinds(runs[1])
    assert survivors(runs[0], agg) == survivors(runs[1], agg)


def rows(run):
    """The ledger's, without what the messages say."""
    return [
        (s.time, s.sender, s.sid, s.kind, s.k, s.phase, s.depth, s.payload, s.framing, s.receivers)
        for s in run.ledger.rows
    ]


def kinds(run):
    return {
        i: (type(o).__name__, getattr(o, "reason", None), getattr(o, "accused", None))
        for i, o in run.outcomes.items()
    }


def survivors(run, agg):
    value = getattr(run.outcomes[agg.server], "value", None)
    return value and (value.u3, value.u5)
