"""Whatever network and faults a file asks for: refused, or it runs, ends, and runs again alike."""

import json

from hypothesis import assume, event, given
from hypothesis import strategies as st

from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import loads
from turncoat.scenarios.problems import ScenarioError

BASE = """\
[scenario]
time_limit = "2 min"
[protocol]
use = "bgw"
program = "variance"
[parties]
count = 4
inputs = { random = "uniform", length = 2, bits = 8 }
"""


def ms(least, most):
    return st.integers(least, most).map(lambda k: f"{k} ms")


CHANCES = st.sampled_from([0, 0.1, "1/2"])
DELAYS = st.one_of(
    st.fixed_dictionaries({"empirical": st.lists(ms(0, 200), min_size=1, max_size=4)}),
    st.fixed_dictionaries({"latency": ms(1, 200)}),
    st.fixed_dictionaries(
        {
            "latency": ms(1, 200),
            "jitter": ms(1, 60),
            "distribution": st.sampled_from(
                ["uniform", "normal", "lognormal", "exponential", "pareto"]
            ),
        },
        optional={"correlation": st.sampled_from([0, 0.3, 0.99])},
    ),
)
LOSSES = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"loss": CHANCES}),
    st.fixed_dictionaries(
        {"gemodel": st.fixed_dictionaries({"p": CHANCES, "r": CHANCES, "one_minus_k": CHANCES})}
    ),
)
LINES = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"rate": st.sampled_from(["1 kbit/s", "1 Mbit/s"]), "limit": st.integers(1, 3)}
    ),
)
ACCIDENTS = st.fixed_dictionaries(
    {}, optional={"duplicate": CHANCES, "corrupt": CHANCES, "reorder": CHANCES, "rto": ms(1, 300)}
)
LINKS = st.tuples(DELAYS, LOSSES, LINES, ACCIDENTS).map(lambda parts: merged(*parts))
TRANSPORTS = st.sampled_from(["reliable", "reliable", "datagram"])


def merged(*parts):
    return {key: value for part in parts for key, value in part.items()}


def joined(*strategies):
    return st.tuples(*strategies).map(lambda parts: merged(*parts))


NAMES = st.sampled_from(["P1", "*", "P[23]", ["P3", "P4"]])
ENTRIES = joined(
    LINKS,
    st.fixed_dictionaries(
        {"from": NAMES, "to": NAMES},
        optional={"start": ms(0, 300), "end": ms(301, 900), "both": st.booleans()},
    ),
)
HOSTS = st.fixed_dictionaries(
    {"who": NAMES, "bandwidth_up": st.just("10 kbit/s")}, optional={"limit": st.integers(1, 3)}
)
NETWORKS = joined(
    LINKS,
    st.fixed_dictionaries(
        {"transport": TRANSPORTS},
        optional={
            "preset": st.sampled_from(["lan", "wan", "mobile", "satellite"]),
            "link": st.lists(ENTRIES, max_size=2),
            "host": st.lists(HOSTS, max_size=1),
        },
    ),
)

AT = ms(0, 500).map(lambda time: {"at": time})
TRIGGERS = st.one_of(
    AT,
    st.fixed_dictionaries({"after_sends": st.integers(1, 8)}),
    st.fixed_dictionaries({"after": st.sampled_from(["input-share", "sub-share"])}),
)
STRUCK = st.one_of(NAMES, st.integers(1, 4).map(lambda k: {"count": k}))
MEMORY = st.sampled_from(["durable", "amnesia"])


def fault(kind, when=TRIGGERS, optional=None, **keys):
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "when": when, **keys}, optional=optional or {}
    )


FOR = {"for": ms(1, 1500)}
FAULTS = st.one_of(
    fault("crash", who=STRUCK),
    fault("restart", who=STRUCK, memory=MEMORY, **FOR),
    fault("pause", who=STRUCK, **FOR),
    fault(
        "omission",
        who=STRUCK,
        optional={**FOR, "probability": CHANCES, "direction": st.sampled_from(["send", "receive"])},
    ),
    fault("churn", AT, who=STRUCK, mean_up=ms(1, 500), mean_down=ms(1, 500), memory=MEMORY),
    fault("degrade", who=st.just("P2"), link=LINKS, optional=FOR),
    fault("degrade", AT, who=STRUCK, link=LINKS, optional=FOR),
    fault("partition", AT, shape=st.just("halves"), optional=FOR),
    fault(
        "partition", shape=st.sampled_from(["isolate", "bridge"]), who=st.just("P2"), optional=FOR
    ),
    fault(
        "partition",
        AT,
        shape=st.sampled_from(["groups", "one-way"]),
        groups=st.just([["P1", "P2"], ["P3"]]),
        optional=FOR,
    ),
)


def document(report):
    found = report.json()
    found.pop("measured")
    found.pop("replay")
    return json.dumps(found)


@given(NETWORKS, st.lists(FAULTS, max_size=3), st.integers(0, 2**32))
def test_a_run_ends_and_is_the_same_again_in_another_order_and_from_another_file(
    network, faults, seed
):
    try:
        scenario = loads(BASE, overrides={"network": network, "fault": faults})
    except ScenarioError:
        assume(False)
    report = simulate(scenario, seed)
    event(report.verdict.name)
    other = Options(shuffle=list.reverse, encode=True)
    assert document(simulate(scenario, seed, other)) == document(report)
    written = loads(scenario.dumps())
    assert written.resolved() == scenario.resolved()
    assert document(simulate(written, seed)) == document(report)


@given(NETWORKS, st.lists(FAULTS, max_size=3), st.integers(0, 2**32))
def test_honest_parties_never_accept_a_wrong_output_nor_blame_whom_no_fault_struck(
    network, faults, seed
):
    """Faults and networks change when and whether something is said, never what."""
    try:
        scenario = loads(BASE, overrides={"network": network, "fault": faults})
    except ScenarioError:
        assume(False)
    report = simulate(scenario, seed)
    assert {"WRONG", "SPLIT", "BLAME"}.isdisjoint(report.verdict.findings)
    if not faults and network["transport"] == "reliable" and "link" not in network:
        assert not report.exceeded
