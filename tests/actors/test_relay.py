"""Strands go on without a pass of Trio's loop; whatever Trio is asked for meanwhile still works."""

import signal

import pytest
import trio

from turncoat.actors import relay
from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.link import MILLISECOND, SECOND
from turncoat.actors.outcome import Aborted

from .toys import Ping, Pong, play, toy_world, values
from .transcripts import WORLDS

MS = MILLISECOND


async def rounds(party, count):
    for k in range(count):
        await party.sub(f"round {k}").exchange_all(Ping(k))


class Passes(trio.abc.Instrument):
    """Counts the passes of Trio's loop."""

    def __init__(self):
        self.count = 0

    def after_io_wait(self, timeout):
        self.count += 1


def counting(main, n=2):
    """(outcomes' values, passes of Trio's loop)"""
    passes = Passes()

    async def counted(party):
        if party.me == 1:
            trio.lowlevel.add_instrument(passes)
        return await main(party)

    return values(play(counted, n)), passes.count


def test_a_hundred_rounds_take_no_pass_of_trios_loop():
    """And would take one each without the shortcut."""
    assert counting(lambda party: rounds(party, 100))[1] < 10


def test_without_the_inside_of_trio_all_is_the_same_but_slower(monkeypatch):
    async def main(party):
        await rounds(party, 20)
        await party.together(rounds(party.sub("a"), 5), rounds(party.sub("b"), 7))
        with trio.move_on_after(0.1):
            await party.gather(Pong)
        return party.now

    quick = toy_world(3).run(main)
    with monkeypatch.context() as patched:
        patched.setattr(relay, "_running", None)
        slow = toy_world(3).run(main)
        assert counting(lambda party: rounds(party, 100))[1] > 100
    assert quick.digest == slow.digest
    assert values(quick) == values(slow)


@pytest.mark.parametrize("name", WORLDS)
def test_either_way_leaves_the_same_digest(name, monkeypatch):
    quick = WORLDS[name]().digest
    monkeypatch.setattr(relay, "_running", None)
    assert WORLDS[name]().digest == quick


def test_a_message_and_a_deadline_of_one_instant_show_the_same_time():
    """0.065 + 0.04 is no 0.105 as floats go: whoever sleeps on from there must wake together."""

    async def main(party):
        await trio.sleep(0.065)
        if party.me == 1:
            party.send_all(Ping(1))
        with trio.move_on_after(0.04):
            await party.gather(Ping if party.me == 2 else Pong, {1})
        return trio.current_time(), party.now

    times = set(values(play(main, 3)))
    assert len(times) == 1
    assert {now for _, now in times} == {105 * MS}


def test_the_running_task_and_its_context_are_the_strands_own():
    async def main(party):
        before = trio.lowlevel.current_task()
        await rounds(party, 3)
        return before is trio.lowlevel.current_task()

    assert values(play(main, 2)) == [True, True]


def test_a_deadline_on_the_strands_own_scope_is_kept():
    """Set between two waits, when Trio has no part in what happens."""

    async def main(party):
        await rounds(party, 1)
        with trio.CancelScope() as scope:
            await party.sub("x").exchange_all(Ping(1))
            scope.deadline = 0.1
            await party.gather(Pong)
        return scope.cancelled_caught, party.now

    assert values(play(main, 2)) == [(True, 100 * MS)] * 2


def test_a_deadline_that_one_strand_sets_for_another_is_kept():
    async def main(party):
        scope = trio.CancelScope()

        async def waits(step):
            with scope:
                await step.gather(Pong)
            return party.now

        async def sets(step):
            await rounds(step, 2)
            scope.deadline = 0.09
            await step.gather(Pong, deadline=SECOND)
            return party.now

        return await party.together(waits(party.sub("a")), sets(party.sub("b")))

    assert values(play(main, 2)) == [[90 * MS, SECOND]] * 2


def test_cancelling_ones_own_scope_is_heard_at_the_next_wait():
    async def main(party):
        await rounds(party, 1)
        with trio.CancelScope() as scope:
            await party.sub("x").exchange_all(Ping(1))
            scope.cancel()
            await party.gather(Pong)
        await party.sub("y").exchange_all(Ping(2))
        return scope.cancelled_caught, party.now

    assert values(play(main, 2)) == [(True, 120 * MS)] * 2


def test_a_scope_that_was_left_again_cancels_nothing_and_the_next_one_still_can():
    async def main(party):
        await rounds(party, 1)
        with trio.CancelScope() as left:  # noqa: ASYNC100
            left.cancel()
        await party.sub("x").exchange_all(Ping(1))
        with trio.move_on_after(0.02) as scope:
            await party.gather(Pong)
        return left.cancelled_caught, scope.cancelled_caught, party.now

    assert values(play(main, 2)) == [(False, True, 100 * MS)] * 2


def test_a_shielded_strand_is_cancelled_behind_its_shield():
    async def main(party):
        await rounds(party, 1)
        with trio.CancelScope() as scope:
            with trio.CancelScope(shield=True):
                scope.cancel()
                await party.sub("x").exchange_all(Ping(1))
            await party.sub("y").exchange_all(Ping(1))
        return scope.cancelled_caught, party.now

    assert values(play(main, 2)) == [(True, 80 * MS)] * 2


def test_tasks_of_a_program_run_before_time_moves_on():
    """Started, and woken by an event, from a strand that does not wait for Trio itself."""

    async def main(party):
        heard = []

        async def listener(event):
            await event.wait()
            heard.append(party.now)

        await rounds(party, 1)
        async with trio.open_nursery() as nursery:
            event = trio.Event()
            nursery.start_soon(listener, event)
            await party.sub("x").exchange_all(Ping(1))
            event.set()
            await party.sub("y").exchange_all(Ping(1))
        return heard

    assert values(play(main, 2)) == [[80 * MS]] * 2


def test_a_programs_own_task_may_wait_on_the_network():
    """It shares its party's strand, but is no relay: it takes the long way."""

    async def main(party):
        got = {}

        async def gathers(step):
            got.update(await step.gather(Pong))

        await rounds(party, 1)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(gathers, party.sub("p"))
            await party.sub("x").exchange_all(Ping(1))
            party.sub("q").send_all(Ping(1))
            party_p = party.sub("r")
            party_p.send_all(Pong(party.me))
            await party_p.gather(Pong)
            nursery.cancel_scope.cancel()
        return got, party.now

    assert values(play(main, 2)) == [({}, 120 * MS)] * 2


def test_values_pass_through_trios_own_waits():
    async def main(party):
        send, receive = trio.open_memory_channel(0)

        async def sends(step):
            for k in range(3):
                await step.sub(str(k)).exchange_all(Ping(k))
                await send.send((k, party.now))

        async def receives():
            return [await receive.receive() for _ in range(3)]

        _, got = await party.together(sends(party.sub("a")), receives())
        return got

    assert values(play(main, 2)) == [[(0, 40 * MS), (1, 80 * MS), (2, 120 * MS)]] * 2


def test_an_error_in_a_step_ends_the_run_and_an_abort_the_party():
    async def fails(party):
        await rounds(party, 1)
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug") as caught:
        play(fails, 2)
    assert caught.value.__notes__ == ["raised by party-1 (P1) at 40000000 ns"]

    async def aborts(party):
        await rounds(party, 1)
        raise ProtocolAbort("other")

    assert play(aborts, 2).outcomes[1] == Aborted("other")


def interrupted(run):
    """Does an interrupt, and nothing else, end the run?"""
    with pytest.raises(BaseExceptionGroup) as caught:
        run()
    return caught.group_contains(KeyboardInterrupt) and not caught.group_contains(Exception)


def test_an_interrupt_reaches_a_strand_that_never_waits():
    """As when a program of a party loops for ever: Ctrl-C must end it."""

    async def main(party):
        await rounds(party, 1)
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    assert interrupted(lambda: play(main, 1))


def test_an_interrupt_while_the_kernel_works_ends_the_run():
    async def main(party):
        await rounds(party, 10**6)

    fired = []

    def pulse(now):
        if now == 80 * MS and not fired:
            fired.append(now)
            signal.raise_signal(signal.SIGINT)
        return now > 100 * SECOND

    assert interrupted(lambda: toy_world(2, pulse=pulse).run(main))
    assert fired
