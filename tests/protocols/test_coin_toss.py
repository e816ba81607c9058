"""The coin toss: one public tape, fresh each time, decided by nobody."""

from collections import Counter
from functools import reduce

import pytest

from turncoat.actors.outcome import Output
from turncoat.actors.wire import Encoded
from turncoat.protocols.declare import declared
from turncoat.protocols.primitives.coin_toss import Decommit, coin_toss, xor
from turncoat.protocols.primitives.commitment import commit_and_open
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.spdz.parameters import DELTA

from .spdz_worlds import tamper, values, world


def tosser(tosses, chosen=None):
    """Toss one after the other, on a seed of one's own choice if there is one: two coins each."""

    async def main(party):
        out = []
        for k in range(tosses):
            sub = party.sub(f"toss.{k}")
            if chosen is None:
                tape = await coin_toss(sub, DELTA)
            else:
                body = Decommit(chosen, party.coins.octets(16))
                opened = await commit_and_open(sub, body, DELTA)
                tape = AesCtrTape(reduce(xor, (decommit.seed for decommit in opened.values())))
            out.append(tape.uniform(2**61 - 1, 2).tolist())
        return out

    return main


def play(n, tosses=1, rules=None, seed=0):
    options = {"rules": rules or {}, "seed": seed, "keep_bodies": True}
    return world(n, dealer=False, **options).run(tosser(tosses))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_a_toss_is_the_same_for_all_at_the_declared_price(n):
    run = play(n)
    cost = declared(coin_toss).cost.evaluate(n=n, t=n - 1)
    total = run.ledger.total()

    assert len({str(coins) for coins in values(run)}) == 1
    assert run.ledger.rounds() == cost.rounds
    assert total.payload_bytes == cost.octets_total
    assert total.framing_bytes - 32 * total.messages == cost.framing_total


def test_the_tape_is_that_of_the_xor_of_all_seeds():
    run = play(3)
    seeds = [body.seed for body in run.journal.bodies.values() if isinstance(body, Decommit)]

    assert len(seeds) == 3
    expected = AesCtrTape(reduce(xor, seeds)).uniform(2**61 - 1, 2).tolist()

    assert values(run) == [[expected]] * 3


def test_no_two_tosses_are_alike():
    """Not under two sids of one run, nor in runs of different seeds."""
    tossed = [coins for seed in range(10) for coins in values(play(2, tosses=3, seed=seed))[0]]

    assert len({tuple(coins) for coins in tossed}) == 30


@pytest.mark.parametrize("seed", [bytes(16), None], ids=["always 0", "honest"])
def test_one_honest_seed_makes_the_coins_uniform(seed):
    """P2 runs the protocol on a seed of its choice, and P1 honestly. χ² of 400 coins over F_5, with
    4 degrees of freedom: above 30 with a chance below 10^-5."""
    counts = Counter[int]()
    for run_seed in range(40):
        main = tosser(5)
        chosen = tosser(5, seed)
        run = world(2, dealer=False, rules={2: ()}, seed=run_seed).run({1: main, 2: chosen})
        counts.update(coin % 5 for coins in values(run)[0] for coin in coins)
    each = counts.total() / 5

    assert counts.total() == 400
    assert sum((counts[c] - each) ** 2 / each for c in range(5)) < 30


@pytest.mark.parametrize("harmless", [False, True])
def test_malformed_openings_accuse_their_sender(harmless):
    change = (lambda body: body) if harmless else (lambda body: Encoded("Decommit", b"short"))
    rule = tamper(2, "Decommit", change, intends="none" if harmless else "bytes")

    run = play(3, rules={2: [rule]})
    ends = [run.outcomes[i] for i in (1, 3)]

    assert rule.receipt.acted
    if harmless:
        assert all(isinstance(end, Output) for end in ends)
    else:
        assert {(e.reason, e.accused) for e in ends if e.stopped_by is None} == {
            ("malformed-message", frozenset({2}))
        }
