"""From a request to an aggregation: names, thresholds, deadlines, refusals."""

from fractions import Fraction

import attrs
import numpy as np
import pytest

from turncoat.actors.link import MILLISECOND, SECOND, Link
from turncoat.actors.topology import Host, Topology
from turncoat.protocols import registry
from turncoat.protocols.aggregation.deadlines import deadlines
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.sizes import sizes, undeclared
from turncoat.protocols.declare import Facts
from turncoat.protocols.session import Request, UnfitRequest

from .aggregation_world import aggregation, inputs_for, play


def request(use="bonawitz", n=9, own=None, **changes):
    names = tuple(f"phone-{i}" for i in range(1, n + 1))
    own = own or {"x": np.arange(3)}
    shapes = {key: np.shape(value) for key, value in own.items()}
    layout = dict.fromkeys(names, shapes)
    inputs = dict.fromkeys(names, own)
    return attrs.evolve(Request(use=use, names=names, inputs=inputs, layout=layout), **changes)


def parameters(*args, **changes):
    return registry.session(request(*args, **changes)).aggregation.parameters


@pytest.mark.parametrize("n", [2, 3, 4, 5, 10, 11, 100])
def test_default_thresholds_are_the_papers(n):
    """⌊n/2⌋ + 1 semi-honest, ⌊2n/3⌋ + 1 active; n_C the most they allow, in the active model below
    n/3 and never fewer than the paper's ⌈n/3⌉ − 1."""
    passive = parameters(n=n)
    active = parameters(n=n, options={"variant": "active"})

    assert (passive.threshold, passive.colluding) == (n // 2 + 1, min(n // 2, n - 1))
    assert active.threshold == 2 * n // 3 + 1
    assert active.colluding >= -(-n // 3) - 1
    assert 2 * active.threshold > n + active.colluding


def test_t_counts_the_server_and_the_colluding_clients():
    assert parameters(options={"t": 3}).colluding == 2
    assert parameters(params={"colluding": 2}).colluding == 2
    session = registry.session(request(options={"t": 3, "variant": "active"}))
    assert session.t == 3


def test_variants_have_their_roles():
    for use, variant in (("bonawitz", None), ("bonawitz", "pki"), ("bonawitz", "active")):
        session = registry.session(request(use, options={"variant": variant}))
        assert tuple(session.roles)[1:] == registry.roles(use, variant)
    assert tuple(registry.session(request("secagg+", 300)).roles)[1:] == ("server", "beacon")


def test_secagg_plus_takes_the_least_degree_and_says_what_it_follows_from():
    """The checked table of the costs: γ = δ = 1/10, n = 1,000: k = 52, threshold 28."""
    session = registry.session(request("secagg+", 1000))
    p = session.aggregation.parameters
    told = dict(session.details())

    assert (p.degree, p.threshold, p.quorum, p.colluding) == (52, 28, 900, 100)
    assert session.choice.levels.gamma == Fraction(1, 10)
    assert "k = 52" in told["graph"]
    lines = [text for _, text in session.details()]
    assert sum(line.startswith(("(i)", "(ii)", "(iii)")) for line in lines) == 3


def test_a_degree_below_its_bound_is_refused_and_the_bound_is_named():
    with pytest.raises(UnfitRequest, match=r"\(ii\).*above 2\^-41.*least that will do is k = 52"):
        registry.session(request("secagg+", 1000, params={"k": 20}))
    with pytest.raises(UnfitRequest, match=r"\(i\).*above 2\^-41"):
        registry.session(request("secagg+", 1000, options={"threshold": 10}))


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"program": "mean"}, "program", "there are sum, federated-mean"),
        ({"params": {"quorums": 3}}, "with", "did you mean 'quorum'"),
        ({"options": {"variant": "actve"}}, "variant", "did you mean 'active'"),
        ({"options": {"prep": "dealer"}}, "prep", "has no 'prep'"),
        ({"options": {"threshold": 10}}, "threshold", "between 1 and the 9 clients"),
        ({"options": {"threshold": 5, "variant": "active", "t": 3}}, "threshold", "take 6"),
        ({"options": {"fixed_point": 8}}, "fixed_point", "takes integers"),
        ({"params": {"bound": 2}}, "program", "not all in [0, 2)"),
        ({"params": {"bound": "2"}}, "with", "is an integer"),
        ({"params": {"first": 3}}, "with", "fewer than the quorum"),
        ({"params": {"ledger_only": 1}}, "with", "true or false"),
        ({"program": "federated-mean"}, "with", "is not told where"),
        ({"options": {"t": 3}, "params": {"colluding": 3}}, "t", "give one"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_key(changes, key, said):
    with pytest.raises(UnfitRequest) as refused:
        registry.session(request(**changes))
    (misfit,) = refused.value.misfits

    assert misfit.key == key
    assert said in f"{misfit.message} {misfit.remedy}"


def test_clients_with_other_shapes_are_refused():
    asked = request()
    with pytest.raises(UnfitRequest, match=r"phone-1 brings x\[3\], phone-2 x\[4\]"):
        registry.session(attrs.evolve(asked, layout={**asked.layout, "phone-2": {"x": (4,)}}))


def test_inputs_are_made_one_at_a_time_and_not_at_all_for_the_ledger():
    looked = []

    class Seen(dict):
        def __getitem__(self, name):
            looked.append(name)
            return super().__getitem__(name)

    asked = request()
    lazy = attrs.evolve(asked, inputs=Seen(asked.inputs))
    registry.session(attrs.evolve(lazy, params={"ledger_only": True})).execution()
    assert not looked
    session = registry.session(lazy)
    assert looked == list(asked.names)
    session.execution()
    assert looked == list(asked.names)


# -- sizes and deadlines --------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"model": "active"}, {"pki": True}, {"degree": 4}])
def test_declared_sizes_are_those_of_the_ledger(options):
    pki = options.pop("pki", options.get("model") == "active")
    agg = aggregation(7, 4, m=11, **options)
    agg = attrs.evolve(agg, pki=pki)
    declared = sizes(agg.parameters, pki=pki)
    run = play(agg, agg.run(inputs_for(agg)))

    for sent in run.ledger.rows:
        assert (sent.payload, sent.framing) == declared[sent.kind], sent.kind
    assert undeclared(declared) == ()
    assert undeclared({}) == tuple(declared)


def slow(n):
    """Slow lines: a server whose line all clients share."""
    return Topology(
        default=Link(latency=40 * MILLISECOND, jitter=10 * MILLISECOND),
        host=Host(10**6, 10**6),
        hosts={n + 1: Host(2 * 10**6, 2 * 10**6)},
    )


@pytest.mark.parametrize("options", [{}, {"model": "active"}, {"degree": 4}])
def test_deadlines_from_the_network_are_met_by_everybody_who_is_there(options):
    n = 12
    pki = options.get("model") == "active"
    agg = aggregation(n, 9 if pki else 4, m=20_000, **options)
    found = deadlines(agg.parameters, pki=pki, topology=slow(n), server=n + 1)
    patience = attrs.evolve(agg.patience, delta=max(found.values()), by_kind=found)
    agg = attrs.evolve(agg, patience=patience)
    run = play(agg, agg.run(inputs_for(agg)), topology=slow(n))

    assert len(run.outcomes[agg.server].value.u5) == n
    assert found["MaskedInput"] > 2 * found["EncryptedShares"]  # 20,000 entries take their time
    assert all(span < 10 * SECOND for span in found.values())


def test_a_deadline_without_jitter_or_limits_is_there_and_back():
    p = AggregationParameters(n=5, m=4, bound=100, threshold=3)
    topology = Topology(default=Link(latency=40 * MILLISECOND))
    found = deadlines(p, pki=False, topology=topology, server=6)
    assert set(found.values()) == {80 * MILLISECOND}


# -- the guarantee --------------------------------------------------------------------------------


def test_so_many_clients_may_fall_silent_and_no_more_and_the_server_never():
    guarantee = registry.session(request(options={"threshold": 6})).guarantee
    facts = Facts(n=9, t=1)

    assert guarantee.absent == 3
    assert guarantee.in_force(attrs.evolve(facts, silent=frozenset({7, 8, 9})))
    assert guarantee.exceeded(attrs.evolve(facts, silent=frozenset({6, 7, 8, 9})))
    assert guarantee.exceeded(attrs.evolve(facts, silent=frozenset({10})))
