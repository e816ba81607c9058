"""Commitments: nobody's message depends on another's, and only what was committed to is opened."""

from itertools import combinations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.outcome import Aborted, Output
from turncoat.protocols.declare import declared
from turncoat.protocols.primitives.coin_toss import Decommit
from turncoat.protocols.primitives.commitment import Commit, commit_and_open, commitment
from turncoat.protocols.primitives.echo_broadcast import Echo, digest
from turncoat.protocols.spdz.parameters import DELTA

from .spdz_worlds import tamper, values, world

SEEDS = st.binary(min_size=16, max_size=16)
NAMES = st.tuples(st.text(max_size=5), st.integers(1, 300), SEEDS, SEEDS)


@given(st.sets(NAMES, min_size=2, max_size=6))
def test_a_commitment_binds_sid_committer_value_and_nonce(names):
    made = {commitment(sid, i, Decommit(value, nonce)) for sid, i, value, nonce in names}

    assert len(made) == len(names)
    assert {len(c) for c in made} == {32}


def test_parts_that_run_into_each_other_give_different_commitments():
    body = Decommit(bytes(16), bytes(16))
    names = [("a", 1), ("a\0", 1), ("", 1), ("a", 256), ("a/1", 1)]

    assert all(commitment(*x, body) != commitment(*y, body) for x, y in combinations(names, 2))


def seed_of(i):
    return bytes([i]) * 16


def play(n, rules=None):
    async def main(party):
        body = Decommit(seed_of(party.me), party.coins.octets(16))
        opened = await commit_and_open(party.sub("com"), body, DELTA)
        return [opened[j].seed for j in party.everyone]

    return world(n, dealer=False, rules=rules or {}).run(main)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_all_messages_are_opened_at_the_declared_price(n):
    run = play(n)
    cost = declared(commit_and_open).cost.evaluate(n=n, t=n - 1, m=16)
    total = run.ledger.total()

    assert values(run) == [[seed_of(i) for i in range(1, n + 1)]] * n
    assert run.ledger.rounds() == cost.rounds
    assert total.payload_bytes == cost.octets_total
    nonces = 16 * n * (n - 1)
    assert total.framing_bytes - 32 * total.messages == cost.framing_total + nonces


@pytest.mark.parametrize("seed", [seed_of(9), seed_of(2)], ids=["another", "the same"])
def test_opening_something_else_accuses_the_liar(seed):
    """The commitment and its opening came from P2 itself, so every honest party can name it."""
    rule = tamper(2, "Decommit", lambda body: attrs.evolve(body, seed=seed))

    run = play(3, rules={2: [rule]})
    ends = [run.outcomes[i] for i in (1, 3)]

    assert rule.receipt.fired
    if seed == seed_of(2):
        assert all(isinstance(end, Output) for end in ends)
        assert not rule.receipt.changed
        return
    assert rule.receipt.acted
    assert [(end.reason, end.accused) for end in ends] == [("wrong-decommitment", {2})] * 2


@pytest.mark.parametrize("n", [2, 3])
def test_a_copied_commitment_is_refused_when_it_is_opened(n):
    """The last party repeats P1's commitment, waits for P1's opening, and repeats that, too. Both
    messages are P1's own, nonce and all, and yet they commit somebody else."""
    last, repeated = n, []

    async def copycat(party):
        com = party.sub("com")
        for step, kind in ((com.sub("commit"), Commit), (com.sub("open"), Decommit)):
            copied = await step.receive(1, kind)
            step.send_all(copied)
            repeated.append(copied)
            rest = await step.gather(kind, [j for j in step.everyone if j != 1])
            await step.exchange_all(Echo(digest(step.sid, {1: copied, **rest})))

    async def honest(party):
        body = Decommit(seed_of(party.me), party.coins.octets(16))
        await commit_and_open(party.sub("com"), body, DELTA)

    mains = dict.fromkeys(range(1, n), honest) | {last: copycat}
    run = world(n, dealer=False, rules={last: ()}).run(mains)

    assert [type(copied) for copied in repeated] == [Commit, Decommit], "it never copied"
    assert repeated[1].seed == seed_of(1)
    ends = [run.outcomes[i] for i in range(1, n)]
    assert all(isinstance(end, Aborted) for end in ends)
    assert {(e.reason, e.accused) for e in ends if e.stopped_by is None} == {
        ("wrong-decommitment", frozenset({last}))
    }
