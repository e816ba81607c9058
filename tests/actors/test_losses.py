"""Loss, retransmission, jitter: reliable channels turn loss into delay, and nothing overtakes."""

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.link import MILLISECOND, SECOND, Link, probability, retransmission_delay
from turncoat.actors.randomness import UNIT, Draws, derive, named, threshold

from .toys import Ping, play, values

HALF = threshold(1, 2)
MS = MILLISECOND


class Scripted(Draws):
    """Network draws by hand: how often the first tries of each posting are lost. Delays: centre."""

    def __init__(self, losses: dict[tuple[int, str], int]) -> None:
        super().__init__(0)
        self._losses = losses

    def many(self, purpose, key, count):
        if purpose == "link":  # (delay, loss of the first attempt) for each copy
            sender, sid, _ = key
            lost = self._losses.get((sender, sid), 0) > 0
            return (HALF, 0 if lost else UNIT - 1) * (count // 2)
        sender, _, sid, _ = key
        again = self._losses[sender, sid] - 1
        return (0,) * again + (UNIT - 1,) * (count - again)


def lossy(losses: dict[tuple[int, str], int], link: Link, program, n: int = 2, **rest):
    return play(program, n, link, draws=Scripted(losses), **rest)


async def one_message(party):
    if party.me == 1:
        party.sub("a").send(2, Ping(1))
        return None
    await party.sub("a").receive(1, Ping)
    return party.now


@pytest.mark.parametrize("losses", [0, 1, 2, 3, 7])
def test_j_losses_add_two_to_the_j_minus_one_timeouts(losses):
    """RTO·(1 + 2 + 4 + …) = RTO·(2^j − 1), RTO = 200 ms on a link of 40 ms."""
    run = lossy({(1, "a"): losses}, Link(40 * MS, loss=HALF), one_message)
    assert run.outcomes[2].value == 40 * MS + 200 * MS * (2**losses - 1)
    assert retransmission_delay(200 * MS, losses) == 200 * MS * (2**losses - 1)


@pytest.mark.parametrize(
    ("there", "back", "rto", "first"),
    [
        (40, 40, None, 200),  # there and back is less than 200 ms
        (100, 100, None, 200),
        (150, 120, None, 270),  # more: RTO = 270 ms
        (40, 300, None, 340),
        (150, 120, 35, 35),  # set: nothing is derived
    ],
)
def test_the_timeout_is_200_ms_or_there_and_back_unless_set(there, back, rto, first):
    """RTO = max(200 ms, latency there and back), or the link's own `rto`."""
    forth = Link(there * MS, loss=HALF, rto=None if rto is None else rto * MS)
    links = {(1, 2): forth, (2, 1): Link(back * MS)}
    run = lossy({(1, "a"): 1}, Link(), one_message, links=links)
    assert run.outcomes[2].value == (there + first) * MS


def test_later_messages_wait_behind_a_retransmission():
    """The first is lost once: 240 ms. The second, sent 10 ms later and not lost, would be there at
    50 ms; on a reliable channel it comes with the first. The third, sent at 300 ms, is not held
    up; and P3 has a channel of its own, on which nothing was lost."""
    times = {"a": 0, "b": 10, "c": 300}

    async def main(party):
        ends = []
        for name, when in times.items():
            if party.me == 1:
                await party.sleep(when * MS - party.now)
                party.sub(f"{name}2").send(2, Ping(1))
                party.sub(f"{name}3").send(3, Ping(1))
            else:
                await party.sub(f"{name}{party.me}").receive(1, Ping)
                ends.append(party.now // MS)
        return ends

    run = lossy({(1, "a2"): 1}, Link(40 * MS, loss=HALF), main, 3)
    assert values(run) == [[], [240, 240, 340], [40, 50, 340]]


def test_retransmissions_have_a_column_of_their_own():
    """Ping is 36 bytes. Three losses of one message: 36 bytes sent, 3 × 36 resent; rounds, messages
    and framing are those of a loss-free run."""
    run = lossy({(1, "a"): 3}, Link(40 * MS, loss=HALF), one_message)
    total = run.ledger.total()
    assert (total.messages, total.payload_bytes, total.framing_bytes) == (1, 0, 36)
    assert total.resent_bytes == 3 * 36
    assert run.ledger.sent_by(1).resent_bytes == run.ledger.received_by(2).resent_bytes == 108
    assert run.ledger.rounds() == 1


def test_what_is_always_lost_never_arrives():
    """Loss 1: the run goes on to its time limit, without an error and without the message."""
    run = play(one_message, 2, Link(loss=UNIT), time_limit=SECOND)
    assert run.cut_short == "time_limit"
    assert not list(run.journal.arrivals())


def test_losses_are_as_frequent_as_asked():
    """10^4 messages, loss 1/10: attempts are geometric, so retransmissions have mean p/(1−p) = 1/9
    and variance p/(1−p)² = 0.1235 each; the total is within four standard errors."""
    count, p = 10_000, 0.1

    async def main(party):
        if party.me == 1:
            for k in range(count):
                party.sub(str(k)).send(2, Ping(k))

    # rto = 0 keeps the time limit out of it
    run = play(main, 2, Link(loss=threshold(1, 10), rto=0))
    resent = sum(run.journal.resends.values())
    assert abs(resent - count * p / (1 - p)) < 4 * sqrt(count * p / (1 - p) ** 2)


# -- jitter ----------------------------------------------------------------------------------------


def test_uniform_jitter_keeps_its_mean_its_variance_and_its_bounds():
    """10^5 draws on 40 ± 5 ms: the uniform law on 2h + 1 integers has mean L and variance
    h(h + 1)/3; mean and variance within four standard errors, all draws within ± h."""
    link, half, count = Link(40 * MS, 5 * MS), 5 * MS, 100_000
    delays = [link.delay(draw) - 40 * MS for draw in Draws(7).many("test", (), count)]
    assert min(delays) >= -half
    assert max(delays) <= half
    assert min(delays) < -0.999 * half  # and the bounds are approached
    assert max(delays) > 0.999 * half
    variance = half * (half + 1) / 3
    assert abs(sum(delays) / count) < 4 * sqrt(variance / count)
    # the fourth central moment of a uniform law is 9/5 of its squared variance
    error = sqrt((9 / 5 - 1) / count) * variance
    assert abs(sum(d * d for d in delays) / count - variance) < 4 * error


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_extreme_draws_give_the_extreme_delays(latency, jitter):
    """Both ends of ± jitter are reached exactly; below zero a delay is cut."""
    link = Link(latency, jitter)
    assert link.delay(0) == max(0, latency - jitter)
    assert link.delay(UNIT - 1) == latency + jitter
    assert Link(latency, jitter, "constant").delay(0) == latency


def test_messages_on_one_link_never_overtake_each_other():
    """200 messages, 1 µs apart, on 5 ± 5 ms: they arrive in the order in which they were sent."""

    async def main(party):
        for k in range(200):
            if party.me == 1:
                party.sub(f"{k:03}").send(2, Ping(k))
                await party.sleep(1_000)

    run = play(main, 2, Link(5 * MS, 5 * MS))
    arrived = [arrival.copy for arrival in run.journal.arrivals()]
    assert arrived == sorted(arrived)
    times = [arrival.time for arrival in run.journal.arrivals()]
    assert times == sorted(times)


def test_jitter_differs_by_receiver_seed_and_sid_and_by_nothing_else():
    """Draws go by name: the same message of the same run always has the same delay."""

    async def main(party):
        if party.me == 1:
            for name in ("a", "b"):
                party.sub(name).send_all(Ping(1))
            return None
        times = []
        for name in ("a", "b"):
            await party.sub(name).receive(1, Ping)
            times.append(party.now)
        return times

    link = Link(40 * MS, 39 * MS)
    runs = [values(play(main, 3, link, seed=seed))[1:] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0][0][0] != runs[0][1][0]


# -- names and draws -------------------------------------------------------------------------------

parts = st.one_of(st.integers(), st.text(max_size=8))
names = st.tuples(st.text(max_size=8), st.lists(parts, max_size=4))


@given(names, names)
def test_different_names_never_meet(one, other):
    """The encoding of names is injective: ("a", 12) is not ("a1", 2), and 1 is not "1"."""
    assert (named(*one) == named(*other)) == (one == other)


def test_keys_are_derived_from_seed_purpose_and_name():
    keys = [derive(1, "coins", 1, 0, "a"), derive(2, "coins", 1, 0, "a")]
    keys += [derive(1, "faults", 1, 0, "a"), derive(1, "coins", 2, 0, "a")]
    keys += [derive(1, "coins", 1, 1, "a"), derive(1, "coins", 1, 0, "b")]
    assert len(set(keys)) == 6
    assert all(len(key) == 16 for key in keys)


@given(st.integers(1, 10**6), st.integers(0, 20))
def test_one_draw_is_an_element_of_many(bound, index):
    """draw(…, bound, i) = ⌊bound · many(…)[i] / 2^64⌋."""
    draws = Draws(5)
    word = draws.many("p", ("x", 1), index + 1)[index]
    assert draws.draw("p", ("x", 1), bound, index) == word * bound >> 64 < bound


@given(st.fractions(0, 1))
def test_thresholds_are_probabilities(p):
    assert threshold(p.numerator, p.denominator) == int(p * UNIT)
    assert abs(probability(threshold(p.numerator, p.denominator)) - p) < Fraction(1, 2**50)
