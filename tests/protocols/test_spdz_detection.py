"""How often cheating passes over small fields: measured in whole runs, against the exact bounds.

Every run is seeded, and every rate is within five standard deviations of its bound (one lie), or
not more than five above it (several); a fair rate misses that once in a million. The few runs of
the quick tests and the thousands of the slow ones take the same path.
"""

from fractions import Fraction
from math import sqrt

import pytest

from turncoat.actors.outcome import Output
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import bind
from turncoat.adversary.selector import Selector
from turncoat.adversary.zoo.mac_check_without_broadcast import mac_check_without_broadcast
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.functionalities.plain import Operation as Step
from turncoat.protocols.functionalities.prep import Order
from turncoat.protocols.primitives.coin_toss import coin_toss
from turncoat.protocols.primitives.commitment import Commit, commitment
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.mac_check import MacShare, mac_check, mac_share
from turncoat.protocols.spdz.partial_open import partial_open
from turncoat.protocols.spdz.stock import Random

from .spdz_worlds import mains, world

SLOW = pytest.mark.slow
RUNS = [  # p, seeded runs
    (5, 300),
    pytest.param(5, 2500, marks=SLOW),
    pytest.param(7, 2500, marks=SLOW),
    pytest.param(11, 2500, marks=SLOW),
    pytest.param(31, 2500, marks=SLOW),
]


def within(passed, runs, bound):
    """Is a rate within five standard deviations of its exact value?"""
    return abs(passed - runs * bound) <= deviations(5, runs, bound)


def deviations(k, runs, bound):
    return k * sqrt(runs * bound * (1 - bound))


def check_error(p):
    return Fraction(2 * p - 1, p * p)


# -- lies in openings ------------------------------------------------------------------------------
def opens_and_checks(values):
    """Open so many values, one after the other, and check them."""

    async def main(party, key, stock):
        for k in range(values):
            share = stock.take(f"x.{k}", Random, (1,)).share
            await partial_open(party.sub(f"open.{k}"), key, share)
        await mac_check(party.sub("check"), key)

    return main


def lying(p, seed, values, offset, nth):
    """One run in which P2 of two shifts what it opens: did P1 accept?"""
    field = prime_field(p)
    rule = bind("lie", AddError(offset), 2, Selector(kind="PartialOpening", nth=nth))
    orders = [Order("random", f"x.{k}", ((1,),)) for k in range(values)]
    programs = mains(2, orders, opens_and_checks(values), field, seed)
    run = world(2, dealer=False, field=field, seed=seed, rules={2: [rule]}).run(programs)
    assert rule.receipt.acted
    return isinstance(run.outcomes[1], Output)


@pytest.mark.parametrize(("p", "runs"), RUNS)
def test_one_lie_passes_with_2p_minus_1_over_p_squared(p, runs):
    passed = sum(lying(p, seed, 1, 1 + seed % (p - 1), 1) for seed in range(runs))

    assert within(passed, runs, check_error(p)), f"{passed} of {runs}"


@pytest.mark.parametrize(("p", "runs"), RUNS)
def test_several_lies_pass_no_more_often(p, runs):
    """Three values, all of them opened wrongly."""
    passed = sum(lying(p, seed, 3, 1 + seed % (p - 1), None) for seed in range(runs))

    bound = check_error(p)
    assert passed <= runs * bound + deviations(5, runs, bound), f"{passed} of {runs}"


def test_lies_by_0_always_pass():
    assert all(lying(5, seed, 3, 0, None) for seed in range(20))


# -- shifted products ------------------------------------------------------------------------------
def shifting(p, seed, offset, nth):
    """One run of preprocessing for one product, in which P2 has it shifted: did P1 go on?"""
    field = prime_field(p)
    family = Spdz(2, None, field, variant="sacrifice", sigma=0)
    (step,) = [Step("multiply", 1, "mul.1", shapes=((1,), (1,)))]
    rule = bind("ask", AddError(offset), 2, Selector(kind="TripleShift", nth=nth))

    async def main(party):
        await family.prepare(party.sub("spdz"), [step])

    async def dealer(party):
        await family.roles["dealer"](party.sub("spdz"), [step])

    programs = {1: main, 2: main, 3: dealer}
    run = world(2, dealer=True, field=field, seed=seed, rules={2: [rule]}).run(programs)
    assert rule.receipt.acted
    if not isinstance(run.outcomes[1], Output):
        assert run.outcomes[1].reason in ("sacrifice-failed", "stopped by P2")
        return False
    return True


@pytest.mark.parametrize("nth", [1, None], ids=["c alone", "both alike"])
@pytest.mark.parametrize(("p", "runs"), RUNS)
def test_a_shifted_triple_passes_the_sacrifice_with_1_over_p(p, runs, nth):
    """ρ·Δ = Δ̂, for one ρ: 0 if only the first is shifted, 1 if both are by the same Δ."""
    runs //= 2
    passed = sum(shifting(p, seed, 1 + seed % (p - 1), nth) for seed in range(runs))

    assert within(passed, runs, Fraction(1, p)), f"{passed} of {runs}"


def test_triples_shifted_by_0_always_pass():
    assert all(shifting(5, seed, 0, None) for seed in range(20))


# -- without the echo broadcast --------------------------------------------------------------------
def two_faced(check, gap):
    """P3 of three checks with σ for P1, and σ + gap for P2, each committed to and opened."""

    async def main(party, key, stock):
        share = stock.take("x.0", Random, (1,)).share
        await partial_open(party.sub("open.0"), key, share)
        sub = party.sub("check")
        coins = await coin_toss(sub.sub("toss"), key.delta)
        sigma, step = mac_share(key.alpha, key.queue.take(), coins), sub.sub("sigma")
        bodies = {
            j: MacShare(sigma + (gap if j == 2 else 0), party.coins.octets(16))
            for j in party.everyone
        }
        commits = {j: Commit(commitment(step.sid, 3, bodies[j])) for j in bodies}
        await step.sub("commit").exchange(commits)
        await step.sub("open").exchange(bodies)

    return main


def two_faces(p, seed, check, offset, gap):
    """One run: did some honest party accept?"""
    field = prime_field(p)
    orders = [Order("random", "x.0", ((1,),))]

    async def honest(party, key, stock):
        share = stock.take("x.0", Random, (1,)).share
        await partial_open(party.sub("open.0"), key, share)
        await check(party.sub("check"), key)

    rule = bind("lie", AddError(offset), 3, Selector(kind="PartialOpening"))
    programs = mains(3, orders, honest, field, seed)
    programs[3] = mains(3, orders, two_faced(check, gap), field, seed)[3]
    run = world(3, dealer=False, field=field, seed=seed, rules={3: [rule]}).run(programs)
    assert rule.receipt.acted
    return any(isinstance(run.outcomes[i], Output) for i in (1, 2))


@pytest.mark.parametrize(("p", "runs"), RUNS)
def test_without_echo_broadcast_some_honest_party_accepts_with_3p_minus_2_over_p_squared(p, runs):
    runs //= 2
    passed = sum(
        two_faces(p, seed, mac_check_without_broadcast, 1, 1 + seed % (p - 1))
        for seed in range(runs)
    )

    assert within(passed, runs, Fraction(3 * p - 2, p * p)), f"{passed} of {runs}"


def test_with_one_face_the_broken_check_is_as_good_as_the_right_one():
    """The control: the same puppet with σ for both, without a lie and with one."""
    runs = 200
    honest = sum(two_faces(5, seed, mac_check_without_broadcast, 0, 0) for seed in range(20))
    passed = sum(two_faces(5, seed, mac_check_without_broadcast, 1, 0) for seed in range(runs))

    assert honest == 20
    assert within(passed, runs, check_error(5)), f"{passed} of {runs}"


def test_with_echo_broadcast_two_faces_never_pass():
    """Two openings for one commitment round: the echoes differ, whatever they hide."""
    assert not any(two_faces(5, seed, mac_check, 1, 1) for seed in range(30))
