"""Claims on messages: an accusation of a protocol carries its proof; sound messages prove none."""

import attrs
import pytest

from turncoat.actors.evidence import CONFLICTING, MALFORMED, Exhibit, Proof
from turncoat.actors.outcome import Aborted
from turncoat.actors.rule import Receipt
from turncoat.actors.wire import Encoded, encode, fingerprint, open_body
from turncoat.protocols.aggregation.messages import (
    EncryptedShares,
    KeyList,
    RelayedShares,
    SurvivorList,
    pack_clients,
    unpack_clients,
)
from turncoat.protocols.claims import CLAIMS, holds

from .aggregation_world import aggregation, inputs_for, play


@attrs.define
class Says:
    """A corrupted party says something else of one kind, to everybody."""

    receipt: Receipt
    kind: str
    change: object

    def matches(self, envelope, now):
        return envelope.kind == self.kind

    def __call__(self, envelope):
        return [attrs.evolve(envelope, body=self.change(envelope.body))]


def lying(agg, party, kind, change):
    """A run in which that party says so."""
    rule = Says(Receipt("says", party, "value"), kind, change)
    run = play(agg, agg.run(inputs_for(agg)), rules={party: [rule]}, keep_bodies=True)
    assert rule.receipt.acted
    return run


def accusations(run):
    """(accuser, proof) of all that were accused."""
    for i, outcome in run.outcomes.items():
        if isinstance(outcome, Aborted) and outcome.accused:
            assert {proof.accused for proof in outcome.evidence} == outcome.accused
            for proof in outcome.evidence:
                yield i, proof


def is_proven(run, agg, accuser, proof):
    """Are the exhibits messages of this run, and do they show what is claimed?"""
    bodies = []
    for exhibit in proof.exhibits:
        sent = [
            row
            for row in run.journal.postings()
            if (row.sid, row.kind, row.sender) == (exhibit.sid, exhibit.kind, proof.accused)
            and accuser in row.receivers
        ]
        assert exhibit.fingerprint in {row.fingerprint for row in sent}
        octets = Encoded(exhibit.kind, exhibit.octets)
        assert fingerprint(octets, agg.structures) == exhibit.fingerprint
        bodies.append(open_body(octets, None, agg.structures))
    return holds(proof, bodies)


def clients(body):
    return unpack_clients(body.clients, "").tolist()


SERVER_LIES = {
    "a survivor who never shared": ("SurvivorList", lambda b: (*clients(b), 8)),
    "too few bytes for a list": ("SurvivorList", None),
    "in no order": ("SurvivorList", lambda b: (*clients(b)[1:], clients(b)[0])),
    "nobody's": ("SurvivorList", lambda b: (9,)),
    "clients that do not exist": ("KeyList", lambda b: (*clients(b), 40)),
}


@pytest.mark.parametrize("lie", SERVER_LIES)
@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_a_list_that_no_honest_server_sends_proves_its_lie(lie, model):
    agg = aggregation(7, 4, model=model)
    kind, told = SERVER_LIES[lie]

    def change(body):
        data = body.clients + b"\1" if told is None else pack_clients(told(body))
        return attrs.evolve(body, clients=data)

    run = lying(agg, agg.server, kind, change)
    found = [*accusations(run)]
    assert {accuser for accuser, _ in found} == set(range(1, 8))
    assert all(is_proven(run, agg, accuser, proof) for accuser, proof in found)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("KeyList", "keys"), ("RelayedShares", "bodies"), ("RelayedShares", "tags")],
)
def test_a_field_that_is_too_short_proves_it(kind, field):
    agg = aggregation(5, 3)
    shorter = lambda body: attrs.evolve(body, **{field: getattr(body, field)[:-1]})  # noqa: E731
    run = lying(agg, agg.server, kind, shorter)
    found = [*accusations(run)]
    assert len(found) == 5
    assert all(is_proven(run, agg, accuser, proof) for accuser, proof in found)


@pytest.mark.parametrize("kind", ["EncryptedShares", "UnmaskingShares"])
def test_a_client_that_sends_too_little_is_accused_with_proof(kind):
    agg = aggregation(5, 3)
    field = "bodies" if kind == "EncryptedShares" else "shares"
    shorter = lambda body: attrs.evolve(body, **{field: getattr(body, field)[:-1]})  # noqa: E731
    run = lying(agg, 2, kind, shorter)
    ((accuser, proof),) = accusations(run)
    assert accuser == agg.server
    assert is_proven(run, agg, accuser, proof)


def test_an_honest_run_accuses_nobody():
    agg = aggregation(5, 3)
    assert [*accusations(play(agg, agg.run(inputs_for(agg))))] == []


# -- what is no proof ------------------------------------------------------------------------------


def proof_of(agg, claim, *bodies, **facts):
    """A proof made of these messages, and whether it holds."""

    exhibits = tuple(
        Exhibit("s", type(b).__name__, 6, 1, 0, encode(b, agg.structures)) for b in bodies
    )
    return holds(Proof(6, claim, exhibits, facts), bodies)


def test_sound_messages_prove_nothing():
    agg = aggregation(5, 3)
    keys = KeyList(pack_clients([1, 2, 3]), b"", b"")
    fewer, more = SurvivorList(pack_clients([1, 3])), SurvivorList(pack_clients([1, 3, 4]))
    assert not proof_of(agg, "wrong-list", keys, fewer)
    assert proof_of(agg, "wrong-list", keys, more)
    assert not proof_of(agg, "wrong-list", more, keys)  # the rounds go the other way
    assert not proof_of(agg, "wrong-list", fewer, lacks=3, up_to=3, most=2)
    for facts in ({"lacks": 2}, {"up_to": 2}, {"most": 1}):
        assert proof_of(agg, "wrong-list", fewer, **facts)
    assert not proof_of(agg, "wrong-list", EncryptedShares(b"", b""), lacks=2)
    relayed = RelayedShares(pack_clients([1]), b"12", b"")
    assert not proof_of(agg, "wrong-length", relayed, field="bodies", length=2)
    assert proof_of(agg, "wrong-length", relayed, field="bodies", length=3)
    assert not proof_of(agg, "wrong-length", relayed, field="hearts", length=3)


def test_claims_that_the_network_checks_are_none_of_a_protocol():
    assert not {CONFLICTING, MALFORMED} & CLAIMS.keys()
    assert not proof_of(aggregation(5, 3), "a-hunch", SurvivorList(b""))
