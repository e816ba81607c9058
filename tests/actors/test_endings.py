"""Nobody hangs: a run ends with an outcome for every party, or loudly with an error."""

import pytest
import trio

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, SECOND, Link
from turncoat.actors.outcome import Crashed, Output, Stalled, Unfinished, Wait

from .toys import Ping, Pong, forever, play, values

MS = MILLISECOND


# -- stalls ----------------------------------------------------------------------------------------


def test_a_stall_names_who_waits_for_what_from_whom():
    """P3 is silent: the others have each other's message and lack P3's."""

    async def main(party):
        if party.me < 3:
            await party.sub("mul").sub("open").exchange_all(Ping(1))

    run = play(main, 3)
    lack = Wait("mul/open", "Ping", (3,))
    assert run.outcomes == {1: Stalled((lack,)), 2: Stalled((lack,)), 3: Output(None)}
    assert str(lack) == "Ping of mul/open from P3"
    assert run.virtual_ns == 40 * MS
    assert run.cut_short == ""


def test_a_stall_names_all_strands_and_all_that_is_missing():
    """Sorted by sid and kind, whatever the order of waiting."""

    async def wait(step, kind):
        await step.gather(kind, at_least=2)

    async def main(party):
        await party.together(wait(party.sub("b"), Ping), wait(party.sub("a"), Pong))

    run = play(main, 4)
    assert run.outcomes[2] == Stalled(
        (Wait("a", "Pong", (1, 2, 3, 4)), Wait("b", "Ping", (1, 2, 3, 4)))
    )
    assert str(run.outcomes[2].waiting_for[0]) == "Pong of a from P1, P2, P3, P4"


def test_the_dead_are_told_from_those_who_wait_for_them():
    async def main(party):
        for k in range(3):
            await party.sub(str(k)).exchange_all(Ping(k))

    run = play(main, 3, faults=[Crash(2, at=50 * MS)])
    assert run.outcomes[2] == Crashed(50 * MS)
    assert run.outcomes[1] == run.outcomes[3] == Stalled((Wait("2", "Ping", (2,)),))


def test_a_party_that_is_blocked_outside_the_network_says_so():
    """Waiting for a Trio event that nobody sets: no message is missing."""

    async def main(party):
        if party.me == 1:
            await trio.Event().wait()
        await party.receive(1, Ping)

    run = play(main, 2)
    (outside,) = run.outcomes[1].waiting_for
    assert outside == Wait("", "", ())
    assert str(outside) == "something outside the network"
    (wait,) = run.outcomes[2].waiting_for
    assert str(wait) == "Ping from P1"


def test_a_stall_is_found_after_the_last_timer_not_before():
    """A deadline is a future event: P1 waits 10 s more, in vain, and only then all is still."""

    async def main(party):
        if party.me == 1:
            await party.gather(Ping, (2,), deadline=10 * SECOND)
        await party.sub("x").gather(Ping, (3,))

    run = play(main, 3)
    assert run.virtual_ns == 10 * SECOND
    assert type(run.outcomes[1]) is Stalled


def test_a_wait_that_is_over_holds_nothing_up():
    """The deadline of a gather that was satisfied long before is no event."""

    async def main(party):
        party.send_all(Ping(1))
        await party.gather(Ping, deadline=1_000 * SECOND)
        await party.sub("x").gather(Ping)

    run = play(main, 2)
    assert {type(end) for end in run.outcomes.values()} == {Stalled}
    assert run.virtual_ns == 40 * MS


def test_a_stalled_party_cannot_tell():
    """No party ever learns of the kernel's own stall detection: its finally block sees nothing but
    the end, and what it says is not sent."""
    seen = []

    async def main(party):
        try:
            await party.gather(Ping)
        except Exception as error:  # pragma: no cover (it would be a bug)
            seen.append(error)
        finally:
            party.sub("x").send_all(Ping(1))

    run = play(main, 2)
    assert seen == []
    assert run.ledger.total().messages == 0


def test_a_run_of_parties_that_say_nothing_is_over_at_once():
    async def main(party):
        return party.me

    run = play(main, 3)
    assert values(run) == [1, 2, 3]
    assert run.virtual_ns == 0


# -- limits ----------------------------------------------------------------------------------------


async def sleepy(party):
    while True:
        await party.sleep(SECOND)


async def trio_sleepy(party):
    for _ in range(10**9):
        await trio.sleep(1)


@pytest.mark.parametrize("main", [forever, sleepy, trio_sleepy])
def test_the_time_limit_ends_a_run_unfinished(main):
    """Messages, the kernel's timers and Trio's: nothing outlives the limit."""
    run = play(main, 2, time_limit=10 * SECOND)
    assert run.cut_short == "time_limit"
    assert {type(end) for end in run.outcomes.values()} == {Unfinished}
    assert run.virtual_ns == 10 * SECOND


@pytest.mark.parametrize("main", [forever, sleepy, trio_sleepy])
def test_the_pulse_can_end_a_run_unfinished(main):
    """It is asked with the virtual time, which never goes backwards, in an endless run too."""
    seen = []

    def pulse(now):
        seen.append(now)
        return len(seen) > 100

    run = play(main, 2, pulse=pulse)
    assert run.cut_short == "timeout"
    assert {type(end) for end in run.outcomes.values()} == {Unfinished}
    assert seen == sorted(seen)


def test_the_pulse_ends_even_what_stands_still_in_time():
    """An endless exchange on a link without latency: time 0 for ever."""
    beats = iter(range(1_000))
    run = play(forever, 2, Link(0), pulse=lambda now: next(beats) == 500)
    assert run.cut_short == "timeout"
    assert run.virtual_ns == 0


def test_an_unfinished_party_says_what_it_was_waiting_for():
    run = play(forever, 2, time_limit=100 * MS)
    assert run.outcomes[1] == Unfinished((Wait("2", "Ping", (2,)),))


def test_who_is_done_before_the_limit_is_done():
    async def main(party):
        if party.me == 1:
            return "done"
        return await party.sleep(SECOND)

    run = play(main, 2, time_limit=MS)
    assert run.outcomes[1] == Output("done")
    assert type(run.outcomes[2]) is Unfinished


# -- the end of a run ------------------------------------------------------------------------------


def test_what_is_said_last_is_billed_though_nobody_hears_it():
    """All parties are done the moment they have spoken: the messages left, and are on the way."""

    async def main(party):
        party.send_all(Ping(1))

    run = play(main, 3)
    assert run.virtual_ns == 0
    assert run.ledger.total().messages == 6
    assert run.ledger.received_by(1).messages == 0
    assert list(run.journal.arrivals()) == []


def test_a_run_ends_at_its_last_outcome():
    """P1 is done at 0, P2 at 10 ms; P1's message would have come at 40 ms."""

    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
        else:
            await party.sleep(10 * MS)

    run = play(main, 2)
    assert run.finished == {1: 0, 2: 10 * MS}
    assert run.virtual_ns == 10 * MS
    assert list(run.journal.arrivals()) == []


def test_each_party_may_run_a_program_of_its_own():
    async def ask(party):
        party.send(2, Ping(20))
        return (await party.receive(2, Pong)).number

    async def answer(party):
        ping = await party.receive(1, Ping)
        party.send(1, Pong(ping.number + 1))

    assert values(play({1: ask, 2: answer}, 2)) == [21, None]


def test_cpu_seconds_are_measured_by_party_and_on_demand():
    """P2 works, P1 does not; without a meter there is no figure."""

    async def main(party):
        await party.exchange_all(Ping(1))
        return sum(range(300_000 if party.me == 2 else 1))

    assert play(main, 2).cpu == {}
    cpu = play(main, 2, meter=True).cpu
    assert 0 <= cpu[1] < cpu[2]
