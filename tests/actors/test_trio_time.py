"""Trio's own timeouts inside a party: virtual time, to the nanosecond, and no real time at all."""

import math
import time

import pytest
import trio
from hypothesis import example, given
from hypothesis import strategies as st

from turncoat.actors.clock import VirtualClock
from turncoat.actors.link import MILLISECOND, SECOND, Link

from .toys import Ping, Pong, play, values

MS = MILLISECOND


@given(st.integers(0, 3_500 * SECOND))
@example(1)
@example(3_599_999_999_999)
def test_trio_sleep_is_exact_to_the_nanosecond(ns):
    """Trio counts in float seconds; up to an hour that is finer than half a nanosecond."""

    async def main(party):
        await trio.sleep(ns / SECOND)
        return party.now

    assert values(play(main, 1)) == [ns]


@given(st.lists(st.integers(0, 10**9), max_size=6))
def test_trio_and_kernel_sleeps_add_up(naps):
    """Alternating, in one task: Σ of all, to the nanosecond."""

    async def main(party):
        for k, nap in enumerate(naps):
            if k % 2:
                await trio.sleep(nap / SECOND)
            else:
                await party.sleep(nap)
        return party.now

    assert values(play(main, 1)) == [sum(naps)]


async def waits(party, scope):
    with scope:
        await party.receive(2, Ping)
    return scope.cancelled_caught, party.now


@pytest.mark.parametrize(("timeout", "caught"), [(39_999_999, True), (40_000_000, False)])
def test_a_message_beats_a_trio_timeout_of_the_same_instant(timeout, caught):
    """The ping is there at 40 ms. One nanosecond less is too short; 40 ms is enough."""

    async def main(party):
        if party.me == 1:
            return await waits(party, trio.move_on_after(timeout / SECOND))
        party.send(1, Ping(1))
        return None

    assert play(main, 2).outcomes[1].value == (caught, timeout)


def test_move_on_after_gives_up_at_its_time_and_leaves_the_mail():
    async def main(party):
        if party.me == 2:
            return party.send(1, Ping(7))
        first = await waits(party, trio.move_on_after(0.01))
        return first, (await party.receive(2, Ping)).number, party.now

    assert play(main, 2).outcomes[1].value == ((True, 10 * MS), 7, 40 * MS)


def test_fail_after_raises_at_its_time():
    """Its error is an ordinary one: caught here; uncaught it would end the run."""

    async def main(party):
        with pytest.raises(trio.TooSlowError), trio.fail_after(1.5):
            await party.gather(Ping)
        return party.now

    assert values(play(main, 2)) == [1_500_000_000] * 2
    with pytest.raises(trio.TooSlowError) as caught:
        play(lambda party: too_slow(party), 2)
    assert caught.value.__notes__ == ["raised by party-1 (P1) at 1500000000 ns"]


async def too_slow(party):
    with trio.fail_after(1.5):
        await party.gather(Ping)


def test_a_timeout_around_strands_ends_them_all():
    """Cut off at 100 ms, in the third round; their sids are free again, their depth is kept."""

    async def strand(step):
        for k in range(10):
            await step.sub(str(k)).exchange_all(Ping(k))
        await step.gather(Pong)

    async def main(party):
        step = party.sub("a")
        with trio.move_on_after(0.1):
            await party.together(strand(step), strand(party.sub("b")))
        cut = party.now
        await step.exchange_all(Pong(1))
        return cut, party.now

    run = play(main, 2)
    assert values(run) == [(100 * MS, 140 * MS)] * 2
    assert {sent.sid: sent.depth for sent in run.journal.postings()}["a"] == 3


def test_trios_clock_shows_virtual_time():
    """trio.current_time() is party.now in seconds."""

    async def main(party):
        times = []
        for _ in range(3):
            await party.sub(str(len(times))).exchange_all(Ping(1))
            times.append((trio.current_time(), party.now))
        return times

    for times in values(play(main, 2, Link(33_333_333))):
        assert times == [(k * 0.033333333, k * 33_333_333) for k in (1, 2, 3)]


def test_several_trio_timers_of_one_instant_all_go_off():
    """Three sleepers in one party and one in another, to the same nanosecond, at 1/3 s."""

    async def nap(party):
        await trio.sleep(1 / 3)
        return party.now

    async def main(party):
        return await party.together(*(nap(party) for _ in range(3)))

    assert values(play(main, 2)) == [[333_333_333] * 3] * 2


def test_deadlines_less_than_a_nanosecond_apart_are_one_instant():
    async def main(party):
        with trio.move_on_after(1e-9), trio.move_on_after(1.2e-9):
            await party.gather(Ping)
        return party.now

    assert values(play(main, 2)) == [1, 1]


def test_a_trio_timer_and_a_kernel_timer_of_one_instant_both_go_off():
    async def main(party):
        with trio.move_on_after(0.05) as scope:
            await party.gather(Ping, deadline=50 * MS)
            await party.sub("x").gather(Ping)
        return scope.cancelled_caught, party.now

    assert values(play(main, 2)) == [(True, 50 * MS)] * 2


def test_an_hour_passes_in_no_time():
    """Sleeping, waiting and timing out for 50 virtual minutes: not a real one."""

    async def main(party):
        await trio.sleep(1_000)
        await party.sleep(1_000 * SECOND)
        with trio.move_on_after(1_000):
            await party.gather(Ping)
        return party.now

    start = time.monotonic()
    assert values(play(main, 2)) == [3_000 * SECOND] * 2
    assert time.monotonic() - start < 60


def test_checkpoints_cost_no_virtual_time():
    async def main(party):
        for _ in range(10):
            await trio.lowlevel.checkpoint()
        return party.now

    assert values(play(main, 2)) == [0, 0]


def test_the_clock_stands_still_without_a_kernel():
    """While Trio starts up and shuts down nobody moves time."""
    clock = VirtualClock()
    clock.start_clock()
    assert clock.current_time() == 0
    assert clock.deadline_to_sleep_time(5) == math.inf
    assert clock.deadline_to_sleep_time(0) == 0
    clock.on_idle = lambda limit: False
    assert clock.deadline_to_sleep_time(5) == math.inf
