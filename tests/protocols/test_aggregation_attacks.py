"""A lying server and colluding clients. Honest clients refuse; where the papers say that a variant
is not enough, an extractor recovers the victim's input, and shows it.

Every lie is a rule bound to the corrupted server's seat; its twin lets the same messages pass.
"""

import attrs
import numpy as np
import pytest

from turncoat.actors.outcome import Aborted, Excluded, Output
from turncoat.actors.rule import Receipt
from turncoat.adversary.extractors import (
    ServerView,
    by_own_keys,
    by_pooled_shares,
    by_split_views,
)
from turncoat.protocols.aggregation.aggregation import SID
from turncoat.protocols.aggregation.client import Client
from turncoat.protocols.aggregation.client_secrets import ClientSecrets
from turncoat.protocols.aggregation.messages import (
    KEYS_BYTES,
    PAIR_BYTES,
    SignatureList,
    SurvivorList,
    pack_clients,
    unpack_clients,
)
from turncoat.protocols.aggregation.pair_memo import PairMemo
from turncoat.protocols.primitives.key_agreement import KEY_BYTES, KeyPair

from .aggregation_world import LATENCY, aggregation, dropouts, inputs_for, play, result

# -- the server's side of a lie -------------------------------------------------------------------


@attrs.define
class Lie:
    """Rewrites the server's messages of one kind to some clients, each into a list of bodies."""

    receipt: Receipt
    kind: str
    to: frozenset[int]
    say: object  # (receiver, body) → bodies

    def matches(self, envelope, now):
        return envelope.kind == self.kind and envelope.receiver in self.to

    def __call__(self, envelope):
        for body in self.say(envelope.receiver, envelope.body):
            yield attrs.evolve(envelope, body=body)


def lie(agg, kind, to, say, intends="value"):
    return Lie(Receipt("lie", agg.server, intends), kind, frozenset(to), say)


def honestly(receiver, body):
    return [body]


def without(*clients):
    """The same list, some clients taken out of it."""

    def say(receiver, body):
        listed = [v for v in unpack_clients(body.clients, "").tolist() if v not in clients]
        return [attrs.evolve(body, clients=pack_clients(listed))]

    return say


def attack(agg, inputs, *rules, **world):
    """Run with a lying server; everything it is told is kept."""
    execution = agg.run(inputs)
    run = play(agg, execution, rules={agg.server: rules}, keep_bodies=True, **world)
    return run


def told(run, kind):
    """What the server was told: {client: body}."""
    return {
        sent.sender: run.journal.bodies[sent.first] for sent in run.ledger.rows if sent.kind == kind
    }


def split(data, width):
    return [data[k : k + width] for k in range(0, len(data), width)]


def seen(agg, run):
    """What the server said and heard, for the extractors."""
    return ServerView.of(agg.parameters, SID, run.journal)


def found(vector):
    return None if vector is None else vector.tolist()


# -- alive to some, dropped to others -------------------------------------------------------------

VICTIM = 7
ALIVE_TO, DROPPED_TO = (1, 2, 3), (4, 5, 6)


def split_views(agg, say):
    return lie(agg, "SurvivorList", DROPPED_TO, say, "none" if say is honestly else "value")


@pytest.mark.parametrize("say", [without(VICTIM), honestly])
def test_a_server_that_splits_the_views_opens_an_input_if_clients_do_not_compare(say):
    """Semi-honest variant, n = 7, threshold 3: 2·threshold ≤ n, so both secrets of P7 open."""
    agg = aggregation(7, 3)
    inputs = inputs_for(agg)
    rule = split_views(agg, say)
    run = attack(agg, inputs, rule)
    extracted = found(by_split_views(seen(agg, run), VICTIM))

    assert rule.receipt.acted
    assert all(run.outcomes[i] == Output(None) for i in range(1, 8))
    # In the harmless twin nobody reveals both shares.
    assert extracted == (None if say is honestly else inputs[VICTIM].tolist())


@pytest.mark.parametrize("say", [without(VICTIM), honestly])
def test_signatures_on_the_survivors_keep_both_halves_apart(say):
    """Active, n = 7, threshold 4: 2·threshold > n. The half with the other list signs that, is not
    in U4, and reveals nothing."""
    agg = aggregation(7, 4, model="active")
    rule = split_views(agg, say)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert by_split_views(seen(agg, run), VICTIM) is None
    revealing = set(told(run, "UnmaskingShares"))
    if say is honestly:
        assert revealing == set(range(1, 8))
        return
    assert revealing == {*ALIVE_TO, VICTIM}
    assert all(isinstance(run.outcomes[i], Excluded) for i in DROPPED_TO)


def test_a_server_that_passes_on_signatures_of_the_other_half_is_refused():
    """The lie continued: the second half is shown the first one's signatures as if on its list."""
    agg = aggregation(7, 4, model="active")
    genuine = {}

    def overhear(receiver, body):
        genuine[receiver] = body
        return [body]

    def pass_on(receiver, body):
        listed = genuine[ALIVE_TO[0]]
        signers = [v for v in unpack_clients(listed.clients, "").tolist() if v != VICTIM]
        marks = split(listed.signatures, 64)[: len(signers)]
        padded = pack_clients([*signers, receiver])
        return [SignatureList(padded, b"".join([*marks, bytes(64)]))]

    rules = (
        split_views(agg, without(VICTIM)),
        lie(agg, "SignatureList", ALIVE_TO, overhear, "none"),
        lie(agg, "SignatureList", DROPPED_TO, pass_on),
    )
    run = attack(agg, inputs_for(agg), *rules)

    assert all(rule.receipt.acted for rule in rules)
    for i in DROPPED_TO:
        assert run.outcomes[i].reason == "bad-signature"
        assert run.outcomes[i].accused == frozenset()
    assert set(told(run, "UnmaskingShares")) == {*ALIVE_TO, VICTIM}


# -- both shares of one client --------------------------------------------------------------------


def test_asking_for_the_other_share_as_well_is_a_contradiction_that_accuses_the_server():
    """A second, different list under the same session: the client has answered once and stops."""
    agg = aggregation(7, 3)

    def both(receiver, body):
        return [body, *without(VICTIM)(receiver, body)]

    rule = lie(agg, "SurvivorList", ALIVE_TO, both, "presence")
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    for i in ALIVE_TO:
        outcome = run.outcomes[i]
        assert outcome.reason == "conflicting-messages"
        assert outcome.accused == frozenset({agg.server})
    assert all(len(split(b.shares, 32)) == 7 for b in told(run, "UnmaskingShares").values())


# -- signatures -----------------------------------------------------------------------------------


def forged(receiver, body):
    return [attrs.evolve(body, signatures=bytes(len(body.signatures)))]


def copied(receiver, body):
    """Everybody is given the first signer's signature."""
    count = len(body.signatures) // 64
    return [attrs.evolve(body, signatures=body.signatures[:64] * count)]


def skipped(receiver, body):
    return []


def few(receiver, body):
    clients = [*{1, receiver, 2}][:3]
    return [SignatureList(pack_clients(sorted(clients)), body.signatures[: 64 * len(clients)])]


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (forged, "bad-signature"),
        (copied, "bad-signature"),
        (few, "too-few-survivors"),
        (skipped, "timeout"),
        (honestly, None),
    ],
)
def test_without_a_threshold_of_genuine_signatures_nobody_unmasks(say, reason):
    agg = aggregation(7, 5, model="active", client_delta=10 * LATENCY, delta=20 * LATENCY)
    intends = {honestly: "none", skipped: "presence"}.get(say, "value")
    rule = lie(agg, "SignatureList", range(1, 8), say, intends)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    if reason is None:
        assert len(result(agg, run).u5) == 7
        return
    assert {run.outcomes[i].reason for i in range(1, 8)} == {reason}
    assert not told(run, "UnmaskingShares")


# -- lists that no honest server sends ------------------------------------------------------------


def longer(receiver, body):
    """U3 with a client that was never in U2."""
    listed = [*unpack_clients(body.clients, "").tolist(), 8]
    return [attrs.evolve(body, clients=pack_clients(listed))]


def unordered(receiver, body):
    return [SurvivorList(body.clients[4:] + body.clients[:4])]


def lacking(receiver, body):
    return without(receiver)(receiver, body)


def ragged(receiver, body):
    return [SurvivorList(body.clients + b"\1")]


@pytest.mark.parametrize("say", [longer, unordered, lacking, ragged])
@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_a_survivor_list_that_cannot_be_accuses_the_server(say, model):
    agg = aggregation(7, 4, model=model)
    rule = lie(agg, "SurvivorList", range(1, 8), say)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    for i in range(1, 8):
        assert isinstance(run.outcomes[i], Aborted)
        assert run.outcomes[i].accused == frozenset({agg.server})
    assert not told(run, "UnmaskingShares")


def alone(receiver, body):
    return [attrs.evolve(body, clients=pack_clients([receiver]))]


def alone_with_shares(receiver, body):
    return [attrs.evolve(body, clients=pack_clients([receiver]), bodies=b"", tags=b"")]


def alone_with_keys(receiver, body):
    return [attrs.evolve(body, clients=pack_clients([receiver]), keys=b"", signatures=b"")]


@pytest.mark.parametrize(
    ("kind", "say", "kept"),
    [
        ("KeyList", alone_with_keys, "EncryptedShares"),
        ("RelayedShares", alone_with_shares, "MaskedInput"),
        ("SurvivorList", alone, "UnmaskingShares"),
    ],
)
@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_nobody_goes_on_in_a_cohort_of_one(kind, say, kept, model):
    """A sum over one client would be its input."""
    agg = aggregation(7, 4, model=model)
    rule = lie(agg, kind, [VICTIM], say)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert run.outcomes[VICTIM].reason == "too-few-survivors"
    assert VICTIM not in told(run, kept)


# -- swapped keys ---------------------------------------------------------------------------------

SWAPPED = {w: (KeyPair(bytes([w]) * 32), KeyPair(bytes([w + 100]) * 32)) for w in range(1, 7)}


def swapped(receiver, body):
    """The server's own keys in place of everybody's."""
    keys = [c.public + s.public for _, (c, s) in sorted(SWAPPED.items())]
    return [attrs.evolve(body, keys=b"".join(keys))]


def own_pair(client, purpose):
    return SWAPPED[client][purpose == "masking"]


def test_without_a_pki_a_server_that_swaps_keys_reads_an_input():
    agg = aggregation(7, 4)
    inputs = inputs_for(agg)
    rule = lie(agg, "KeyList", [VICTIM], swapped)
    run = attack(agg, inputs, rule)

    assert rule.receipt.acted
    assert found(by_own_keys(seen(agg, run), VICTIM, own_pair)) == inputs[VICTIM].tolist()


def test_with_a_pki_the_client_sees_that_the_keys_are_nobodys():
    agg = aggregation(7, 4, model="active")
    rule = lie(agg, "KeyList", [VICTIM], swapped)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert run.outcomes[VICTIM].reason == "bad-signature"
    assert VICTIM not in told(run, "EncryptedShares")


@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_the_harmless_twin_of_the_swap_changes_nothing(model):
    agg = aggregation(7, 4, model=model)
    rule = lie(agg, "KeyList", [VICTIM], honestly, "none")
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert len(result(agg, run).u5) == 7


def test_one_key_listed_for_two_clients_is_refused():
    agg = aggregation(7, 4)

    def doubled(receiver, body):
        return [attrs.evolve(body, keys=body.keys[:KEYS_BYTES] * 2 + body.keys[2 * KEYS_BYTES :])]

    rule = lie(agg, "KeyList", [VICTIM], doubled)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert run.outcomes[VICTIM].reason == "keys-repeated"


def test_a_key_of_small_order_agrees_with_nobody():
    """The all-zero point would make every shared secret the same."""
    agg = aggregation(7, 4)

    def small(receiver, body):
        return [attrs.evolve(body, keys=bytes(KEY_BYTES) + body.keys[KEY_BYTES:])]

    rule = lie(agg, "KeyList", [VICTIM], small)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert run.outcomes[VICTIM].reason == "bad-public-key"


def test_ciphertexts_that_were_exchanged_are_noticed_and_accuse_nobody():
    """The server, or the sender, may have done it."""
    agg = aggregation(7, 4)

    def rotated(receiver, body):
        return [attrs.evolve(body, bodies=body.bodies[PAIR_BYTES:] + body.bodies[:PAIR_BYTES])]

    rule = lie(agg, "RelayedShares", [VICTIM], rotated)
    run = attack(agg, inputs_for(agg), rule)

    assert rule.receipt.acted
    assert (run.outcomes[VICTIM].reason, run.outcomes[VICTIM].accused) == (
        "decryption-failed",
        frozenset(),
    )
    assert result(agg, run).u5 == (1, 2, 3, 4, 5, 6)


# -- the harmless twins ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["KeyList", "RelayedShares", "SurvivorList", "SignatureList"])
@pytest.mark.parametrize("model", ["semi-honest", "active"])
def test_the_harmless_twin_of_every_lie_of_the_server_ends_in_the_sum(kind, model):
    """The same wiring, on the same messages to the same clients, with nothing changed."""
    agg = aggregation(7, 4, model=model)
    inputs = inputs_for(agg)
    rule = lie(agg, kind, range(1, 8), honestly, "none")
    run = attack(agg, inputs, rule)

    assert bool(rule.receipt.fired) == (kind != "SignatureList" or model == "active")
    assert not rule.receipt.changed
    assert result(agg, run).u5 == tuple(range(1, 8))
    assert result(agg, run).total.tolist() == sum(inputs.values()).tolist()
    assert by_split_views(seen(agg, run), VICTIM) is None


@pytest.mark.parametrize(
    "kind", ["AdvertisedKeys", "EncryptedShares", "ConsistencySignature", "UnmaskingShares"]
)
def test_the_harmless_twin_of_every_lie_of_a_client_ends_in_the_sum(kind):
    agg = aggregation(5, 3, model="active")
    inputs = inputs_for(agg)
    rule = fib(2, kind, honestly, "none")
    run = play(agg, agg.run(inputs), rules={2: [rule]})

    assert rule.receipt.fired
    assert not rule.receipt.changed
    assert result(agg, run).total.tolist() == sum(inputs.values()).tolist()


# -- clients that listen together -----------------------------------------------------------------


def colluding_run(agg, inputs, colluding):
    """Passive clients that hand all they know to the server: (run, their knowledge)."""
    knowledge = {}

    def main(party):
        session = party.sub(SID)
        secrets = ClientSecrets(
            agg.parameters,
            SID,
            party.me,
            session.coins,
            inputs[party.me],
            PairMemo(np.dtype(np.uint32), agg.parameters.m),
        )
        knowledge[party.me] = secrets
        return Client(session, agg.parameters, secrets).run()

    seats = {*colluding, agg.server}
    mains = dict.fromkeys(colluding, main)
    rules = dict.fromkeys(sorted(seats), ())
    run = play(agg, agg.run(inputs), mains=mains, rules=rules, keep_bodies=True)
    return run, knowledge


@pytest.mark.parametrize("colluding", [(1, 2), (1, 2, 3)])
def test_a_threshold_of_colluding_clients_opens_an_input_and_one_fewer_does_not(colluding):
    """Semi-honest, threshold 3: secure iff the threshold exceeds n_C."""
    agg = aggregation(7, 3)
    inputs = inputs_for(agg)
    run, knowledge = colluding_run(agg, inputs, colluding)
    pairs = {client: list(secrets._decrypt())[VICTIM - 1] for client, secrets in knowledge.items()}
    extracted = found(by_pooled_shares(seen(agg, run), VICTIM, pairs))

    assert result(agg, run).total.tolist() == sum(inputs.values()).tolist()
    enough = len(colluding) >= agg.parameters.threshold
    assert extracted == (inputs[VICTIM].tolist() if enough else None)


# -- clients that lie -----------------------------------------------------------------------------


@attrs.define
class Fib(Lie):
    """The same at a client's seat."""

    def matches(self, envelope, now):
        return envelope.kind == self.kind


def fib(client, kind, say, intends="value"):
    return Fib(Receipt("fib", client, intends), kind, frozenset(), say)


def one_byte(field):
    def say(receiver, body):
        data = getattr(body, field)
        return [attrs.evolve(body, **{field: bytes([data[0] ^ 1]) + data[1:]})]

    return say


def shorter(field):
    return lambda receiver, body: [attrs.evolve(body, **{field: getattr(body, field)[:-1]})]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("EncryptedShares", "bodies"), ("EncryptedShares", "tags"), ("UnmaskingShares", "shares")],
)
def test_a_client_that_sends_too_little_is_accused_by_the_server(kind, field):
    agg = aggregation(5, 3)
    rule = fib(2, kind, shorter(field))
    run = play(agg, agg.run(inputs_for(agg)), rules={2: [rule]})

    assert rule.receipt.acted
    outcome = run.outcomes[agg.server]
    assert (outcome.reason, outcome.accused) == ("malformed-message", frozenset({2}))


def test_a_client_whose_signature_is_wrong_is_treated_as_gone():
    agg = aggregation(5, 3, model="active")
    for kind, missing in (("AdvertisedKeys", "u3"), ("ConsistencySignature", "u5")):
        rule = fib(2, kind, one_byte("signature"))
        inputs = inputs_for(agg)
        run = play(agg, agg.run(inputs), rules={2: [rule]})
        aggregate = result(agg, run)

        assert rule.receipt.acted
        assert 2 not in getattr(aggregate, missing)
        assert isinstance(run.outcomes[2], Excluded)
        assert aggregate.total.tolist() == sum(inputs[i] for i in aggregate.u3).tolist()


def test_a_lie_in_ones_own_masked_input_is_another_input():
    agg = aggregation(5, 3)
    inputs = inputs_for(agg)
    rule = fib(2, "MaskedInput", lambda _, body: [attrs.evolve(body, values=body.values + 5)])
    run = play(agg, agg.run(inputs), rules={2: [rule]})

    assert rule.receipt.acted
    expected = (sum(inputs.values()) + 5) % agg.parameters.modulus
    assert result(agg, run).total.tolist() == expected.tolist()


@pytest.mark.parametrize("model", ["semi-honest", "active"])
@pytest.mark.parametrize("stopped", [{}, {7: "U3"}])
def test_a_false_share_in_the_unmasking_is_noticed_and_accuses_nobody(model, stopped):
    """Six reveal, four would do: the shares lie on no polynomial. Never a wrong sum."""
    agg = aggregation(7, 4, model=model)
    rule = fib(2, "UnmaskingShares", one_byte("shares"))
    faults = dropouts(stopped)
    run = play(agg, agg.run(inputs_for(agg)), rules={2: [rule]}, faults=faults)

    assert rule.receipt.acted
    outcome = run.outcomes[agg.server]
    assert (outcome.reason, outcome.accused) == ("inconsistent-shares", frozenset())


def test_a_false_share_of_a_mask_key_is_noticed_even_without_redundancy():
    """A key that opens must be the one advertised: SecAgg+, two neighbours, threshold 2."""
    agg = aggregation(5, 2, degree=2)
    noticed = 0
    for liar in range(1, 5):
        rule = fib(liar, "UnmaskingShares", every_share)
        run = play(agg, agg.run(inputs_for(agg)), rules={liar: [rule]}, faults=dropouts({5: "U3"}))
        noticed += getattr(run.outcomes[agg.server], "reason", "") == "inconsistent-shares"

    assert noticed == 2  # its neighbours in the graph


def every_share(receiver, body):
    return [attrs.evolve(body, shares=bytes(b ^ 1 for b in body.shares))]
