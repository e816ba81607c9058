"""Every fault: what it does to a party, what it leaves behind, and that it leaves a record."""

from math import sqrt

import attrs
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import MisuseError
from turncoat.actors.faults import (
    Churn,
    Crash,
    Degrade,
    FaultRecord,
    Heal,
    Omission,
    Partition,
    Pause,
    Restart,
)
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, SECOND, Link
from turncoat.actors.outcome import Crashed, Output, Stalled, Unfinished
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Host, Override

from .toys import P, Ping, Pong, Rewrite, play, sized, values

MS = MILLISECOND
MBIT = 1_000_000
APART = (frozenset({1}), frozenset({2, 3}))


def amnesia(party: int, at: int, downtime: int, **rest) -> Restart:
    return Restart(party, at=at * MS, downtime=downtime * MS, memory="amnesia", **rest)


def durable(party: int, at: int, downtime: int, **rest) -> Restart:
    return Restart(party, at=at * MS, downtime=downtime * MS, **rest)


def fates(run) -> dict[int, Fate]:
    return {end.copy: end.fate for end in run.journal.arrivals()}


def marks(run) -> list[str]:
    """What the nemesis did, in order: "crash strikes 1 @ 5" (party, ms)."""
    words = [mark.split() for mark in run.journal.marks]
    return [
        f"{kind} {verb} {party} @ {int(now) // MS}"
        for kind, *_, verb, party, now in (w for w in words if "strikes" in w or "ends" in w)
    ]


def tell(diary: list, what: str = "begins"):
    """A program that notes when it begins and with which coins, and works for 100 ms."""

    async def main(party):
        diary.append((party.me, what, party.now // MS, party.coins.octets(8)))
        await party.sleep(100 * MS)
        return party.now // MS

    return main


# -- restarts --------------------------------------------------------------------------------------


def test_a_party_with_amnesia_begins_again_with_other_coins():
    """P1 is cut off at 30 ms and back at 50 ms: its program runs again from the beginning, on
    another tape; P2's does not."""
    diary = []
    run = play(tell(diary), 2, faults=[amnesia(1, 30, 20)])
    assert [(who, when) for who, _, when, _ in diary] == [(1, 0), (2, 0), (1, 50)] or [
        (who, when) for who, _, when, _ in diary
    ] == [(2, 0), (1, 0), (1, 50)]
    coins = [coins for who, _, _, coins in diary if who == 1]
    assert coins[0] != coins[1]
    assert values(run) == [150, 100]
    assert marks(run) == ["restart strikes 1 @ 30", "restart ends 1 @ 50"]


def test_each_incarnation_has_coins_of_its_own_and_always_the_same():
    """Three of them, and again the same three in another run."""
    diaries = [[], []]
    for diary in diaries:
        play(tell(diary), 1, faults=[amnesia(1, 30, 20), amnesia(1, 60, 20)])
    coins = [coins for _, _, _, coins in diaries[0]]
    assert len(set(coins)) == 3
    assert diaries[0] == diaries[1]


def test_a_durable_party_goes_on_where_it_was_with_the_same_coins():
    """A draw before the power cut, and one after: those of an undisturbed run. It is late by as
    much of the downtime as it would have worked in."""

    async def main(party):
        first = party.coins.uniform(P, 4)
        await party.sleep(40 * MS)
        second = party.coins.uniform(P, 4)
        await party.sleep(10 * MS)
        return [*first, *second], party.now // MS

    undisturbed, cut = play(main, 1), play(main, 1, faults=[durable(1, 30, 70)])
    assert values(undisturbed)[0][0] == values(cut)[0][0]
    assert [values(run)[0][1] for run in (undisturbed, cut)] == [50, 110]


def test_the_draws_of_the_network_are_an_incarnations_own_too():
    """The same message of the same sid, sent by two incarnations over 40 ± 39 ms: two delays."""

    async def main(party):
        if party.me == 1:
            party.sub("a").send(2, Ping(1))
        await party.sleep(500 * MS)

    for overrides in ((), (Override(frozenset(), {}),)):
        run = play(main, 2, Link(40 * MS, 39 * MS), faults=[amnesia(1, 100, 100)],
                   overrides=overrides)  # fmt: skip
        sent = [sent.time for sent in run.journal.postings()]
        arrived = [end.time for end in run.journal.arrivals()]
        assert sent == [0, 200 * MS]
        assert arrived[1] - arrived[0] != 200 * MS


@pytest.mark.parametrize("fault", [amnesia(1, 15, 20), durable(1, 15, 20), Crash(1, at=15 * MS)])
def test_no_finally_speaks_for_a_party_without_power(fault):
    """Neither from the cancelled program, nor in the name of the next incarnation."""

    async def main(party):
        if party.me == 2:
            return await party.sleep(SECOND)
        try:
            party.sub("begin").send(2, Ping(1))
            await party.sleep(100 * MS)
        finally:
            party.sub("end").send(2, Ping(2))
        return None

    run = play(main, 2, faults=[fault])
    said = [(sent.sid, sent.time // MS) for sent in run.journal.postings()]
    if isinstance(fault, Crash):
        assert said == [("begin", 0)]
    elif fault.memory == "amnesia":
        assert said == [("begin", 0), ("begin", 35), ("end", 135)]
    else:
        assert said == [("begin", 0), ("end", 100)]


def test_what_was_said_to_one_incarnation_is_not_heard_by_the_next():
    """P1 speaks every 10 ms over 40 ms; P2 loses its memory at 55 ms and is back at 75 ms. What was
    sent before 55 ms belongs to connections that are no more, whenever it arrives; what was sent
    from then on is heard if it comes when there is somebody."""

    async def main(party):
        if party.me == 1:
            for k in range(10):
                party.sub(f"{k:02}").send(2, Ping(k))
                await party.sleep(10 * MS)
            return None
        for k in range(10):
            got = await party.sub(f"{k:02}").gather(Ping, (1,), deadline=200 * MS)
            heard.extend((party._incarnation, ping.number) for ping in got.values())
        return None

    heard = []
    play(main, 2, faults=[amnesia(2, 55, 20)])
    assert heard == [(0, 0), (0, 1), *((1, k) for k in range(6, 10))]


def test_what_one_incarnation_had_to_send_again_is_not_sent_by_the_next():
    """Lost at 0, due again at 100 ms; P1 forgets it at 50 ms. What is behind it is never handed
    over, and the new incarnation's messages do not wait for it."""

    async def main(party):
        if party.me == 1:
            party.sub("a").send(2, Ping(1))
            await party.sleep(10 * MS)
            party.sub("b").send(2, Ping(2))
        await party.sleep(300 * MS)

    outage = Override(frozenset({(1, 2)}), {"loss": UNIT}, 0, 5 * MS)
    run = play(main, 2, Link(20 * MS, rto=100 * MS), overrides=(outage,),
               faults=[amnesia(1, 50, 10)])  # fmt: skip
    ends = [(end.copy, end.fate, end.time // MS) for end in run.journal.arrivals()]
    assert ends == [
        (0, Fate.LOST_IN_CRASH, 50), (1, Fate.LOST_IN_CRASH, 50),
        (2, Fate.DELIVERED, 80), (3, Fate.DELIVERED, 90),
    ]  # fmt: skip
    assert run.faults[0].hits == 1


def test_what_a_partition_holds_up_goes_down_with_its_senders_memory():
    """P1's message waits for the end of a partition at 100 ms; P1 crashes, or forgets, before."""

    async def main(party):
        if party.me == 1 and not party._incarnation:
            party.send(2, Ping(1))
        await party.sleep(SECOND)

    cut = Partition(groups=APART, at=0, duration=100 * MS)
    for fault in (Crash(1, at=50 * MS), amnesia(1, 50, 10)):
        assert fates(play(main, 2, faults=[cut, fault])) == {0: Fate.LOST_IN_CRASH}


def test_what_a_queue_or_a_partition_stops_behind_a_dead_sender_is_lost():
    """P1 is dead from 10 ms on. Its first message is cut off on arrival at 40 ms, or dropped by the
    line of P2; nobody sends it again, and the second, behind it, is never handed over."""

    async def main(party):
        if party.me == 1:
            party.sub("a").send(2, Ping(1))
            await party.sleep(5 * MS)
            party.sub("b").send(2, Ping(2))
        await party.sleep(SECOND)

    cut = Partition(groups=APART, at=38 * MS, duration=4 * MS)
    run = play(main, 2, faults=[cut, Crash(1, at=10 * MS)])
    assert fates(run) == {0: Fate.CUT_OFF, 1: Fate.LOST_IN_CRASH}

    async def three(party):
        if party.me == 3:
            party.send(2, sized(1_250))
        if party.me == 1:
            await party.sleep(MS)
            party.sub("a").send(2, sized(1_250))
            await party.sleep(14 * MS)
            party.sub("b").send(2, sized(1_250))
        await party.sleep(SECOND)

    line = Host(None, MBIT, limit=1)  # busy with P3's message from 40 to 50 ms
    run = play(three, 3, hosts={2: line}, faults=[Crash(1, at=20 * MS)])
    assert fates(run) == {0: Fate.DELIVERED, 1: Fate.TAIL_DROPPED, 2: Fate.LOST_IN_CRASH}


@pytest.mark.parametrize("n", [1, 2])
def test_a_run_waits_for_those_who_will_be_back(n):
    """Everybody is without power and memory from 30 ms to 50 ms: no end, and nothing to wait for
    but the power."""
    run = play(tell([]), n, faults=[amnesia(i, 30, 20) for i in range(1, n + 1)])
    assert values(run) == [150] * n


def test_a_run_cut_short_does_not_wait_for_those_who_are_off():
    run = play(tell([]), 2, faults=[amnesia(1, 30, 500)], time_limit=80 * MS)
    assert run.cut_short == "time_limit"
    assert run.outcomes == {1: Crashed(30 * MS), 2: Unfinished(run.outcomes[2].waiting_for)}


def test_what_a_party_has_brought_to_its_end_is_not_done_again():
    """P1 has its output at 100 ms and forgets at 120 ms: the output stands, the program is not run
    again, and the party hears nothing."""
    diary = []

    async def main(party):
        result = await tell(diary)(party)
        if party.me == 2:
            await party.sleep(100 * MS)
            party.send(1, Ping(1))
            await party.sleep(100 * MS)
        return result

    run = play(main, 2, faults=[amnesia(1, 120, 20)])
    assert sorted(who for who, *_ in diary) == [1, 2]
    assert values(run) == [100, 100]
    assert run.finished[1] == 100 * MS


def test_overlapping_power_cuts_end_with_the_last_of_them():
    """30–60 ms and 40–50 ms: back at 60 ms. A durable one inside one with amnesia, or around it,
    makes no difference to what is remembered: nothing."""
    for faults in (
        [amnesia(1, 30, 30), amnesia(1, 40, 10)],
        [amnesia(1, 30, 30), durable(1, 40, 10)],
        [durable(1, 30, 30), amnesia(1, 40, 10)],
    ):
        run = play(tell([]), 1, faults=faults)
        assert values(run) == [160]
        assert [record.strokes for record in run.faults] == [1, 1]
    assert values(play(tell([]), 1, faults=[durable(1, 90, 30), durable(1, 95, 5)])) == [120]


def test_one_power_cut_may_follow_upon_another():
    """30–50 ms and, at the very instant of being back, 50–70 ms: the incarnation in between has no
    time to do anything."""
    diary = []
    run = play(tell(diary), 1, faults=[amnesia(1, 30, 20), amnesia(1, 50, 20)])
    assert [when for _, _, when, _ in diary] == [0, 70]
    assert values(run) == [170]


def test_a_crash_is_for_good():
    """One while the party is off ends its hope to be back; one while it runs lets no restart, no
    pause and no churn strike afterwards."""
    run = play(tell([]), 2, faults=[amnesia(1, 30, 50), Crash(1, at=60 * MS)])
    assert run.outcomes[1] == Crashed(30 * MS)
    assert [record.fired for record in run.faults] == [30 * MS, 60 * MS]
    later = [
        amnesia(1, 40, 5), durable(1, 40, 5), Pause(1, at=40 * MS, duration=5 * MS),
        Churn(1, at=0, mean_up=50 * MS, mean_down=MS), Crash(1, at=45 * MS),
    ]  # fmt: skip
    run = play(tell([]), 2, faults=[Crash(1, at=10 * MS), *later])
    assert run.outcomes[1] == Crashed(10 * MS)
    assert [record.fired for record in run.faults] == [10 * MS, None, None, None, None, None]
    assert marks(run) == ["crash strikes 1 @ 10"]


def test_a_pause_does_not_outlive_the_incarnation_that_was_paused():
    """Paused from 20 to 200 ms, without power and memory from 30 to 50 ms: who begins at 50 ms is
    not paused, nor is what the old one was about to say ever said."""

    async def main(party):
        if party.me == 1:
            await party.sleep(25 * MS)
            party.sub("a").send(2, Ping(1))
        await party.sleep(300 * MS)

    run = play(
        main, 2, Link(0), faults=[Pause(1, at=20 * MS, duration=180 * MS), amnesia(1, 30, 20)]
    )
    assert [sent.time // MS for sent in run.journal.postings()] == [75]


def test_a_program_that_shields_itself_from_its_restart_is_an_error_not_a_hang():
    async def main(party):
        with trio.CancelScope(shield=True):
            await party.gather(Ping, (2,))

    with pytest.raises(MisuseError, match="shielded"):
        play({1: main, 2: tell([])}, 2, faults=[amnesia(1, 30, 20)])


# -- what a corrupted party holds back -------------------------------------------------------------


def late(ms: int):
    return Rewrite("Ping", lambda e: [attrs.evolve(e, delay=ms * MS)], intends="time")


def test_what_one_incarnation_held_back_is_not_released_by_the_next():
    """P1, corrupted, holds its message back for 100 ms; it forgets at 50 ms."""

    async def main(party):
        if party.me == 1 and not party._incarnation:
            party.send(2, Ping(1))
        await party.sleep(300 * MS)

    run = play(main, 2, rules={1: [late(100)]}, faults=[amnesia(1, 50, 10)])
    assert not list(run.journal.postings())
    run = play(main, 2, rules={1: [late(100)]}, faults=[durable(1, 50, 70)])
    assert [sent.time // MS for sent in run.journal.postings()] == [120]


# -- after the k-th send ---------------------------------------------------------------------------


async def rounds(party):
    """Three rounds of telling everybody, 10 ms apart."""
    for k in range(3):
        party.sub(str(k)).send_all(Ping(k))
        await party.sleep(10 * MS)
    await party.sleep(SECOND)


STRIKES = [
    (Pause, {"duration": 25 * MS}),
    (Restart, {"downtime": 25 * MS}),
    (Omission, {"direction": "send"}),
    (Degrade, {"parties": frozenset({1}), "change": {"latency": 90 * MS}}),
]


@pytest.mark.parametrize(("kind", "how"), STRIKES)
@pytest.mark.parametrize("k", range(8))
def test_a_fault_after_k_sends_strikes_between_two_copies(kind, how, k):
    """n = 4: three copies a posting. The first k come as if nothing were, at 40, 50, 60 ms."""
    run = play(rounds, 4, faults=[kind(1, after_sends=k, **how)])
    own = [
        (sent.time, copy)
        for sent in run.journal.postings()
        if sent.sender == 1
        for copy in range(sent.first, sent.first + len(sent.receivers))
    ]
    ends = {end.copy: (end.fate, end.time // MS) for end in run.journal.arrivals()}
    come = [ends.get(copy) for _, copy in own]
    assert come[:k] == [(Fate.DELIVERED, 40 + 10 * (j // 3)) for j in range(k)]
    assert len(own) == 9
    struck = 10 * (max(0, k - 1) // 3)
    expected = {
        Pause: (Fate.DELIVERED, struck + 25 + 40),  # said when the party is back
        Restart: (Fate.DELIVERED, struck + 25 + 40),
        Omission: (Fate.OMITTED, 10 * (k // 3)),
        Degrade: (Fate.DELIVERED, 90 + 10 * (k // 3)),
    }[kind]
    assert come[k] == expected
    assert run.faults[0].fired == struck * MS


@pytest.mark.parametrize("k", range(1, 7))
def test_a_partition_after_k_sends_cuts_off_what_is_under_way_as_well(k):
    """It strikes before any copy has arrived, so that all of P1's are held up until 500 ms later;
    those that left before are tried again by the timer of their sending, at 200 and 600 ms."""
    cut = Partition(1, groups=(frozenset({1}), frozenset({2, 3, 4})), after_sends=k,
                    duration=500 * MS)  # fmt: skip
    run = play(rounds, 4, faults=[cut])
    assert run.faults[0].fired == 10 * ((k - 1) // 3) * MS
    assert set(fates(run).values()) == {Fate.DELIVERED}
    late = {end.time // MS for end in run.journal.arrivals() if end.time > 100 * MS}
    assert late == {640, 650, 660}
    assert run.faults[0].hits == 18  # nine each way


def test_a_fault_after_a_send_waits_until_that_has_left_the_access_line():
    """Each copy takes 10 ms: the second has left at 20 ms. The third, then on the line, is cut off
    with the power and sent again at 50 ms."""

    async def main(party):
        if party.me == 1:
            party.send_all(sized(1_250))
        await party.sleep(SECOND)

    fault = Restart(1, after_sends=2, downtime=30 * MS)
    run = play(main, 4, Link(0), host=Host(bandwidth_up=MBIT), faults=[fault])
    times = {end.copy: end.time // MS for end in run.journal.arrivals()}
    assert times == {0: 10, 1: 20, 2: 60}
    assert run.faults[0] == FaultRecord("restart", "restart", 1, 20 * MS, strokes=1, hits=1)


def test_several_faults_may_wait_for_the_same_sends():
    """An omission after 1, a degradation after 2 and a crash after 4 sends: P2 hears the first
    round; of the second copy on nothing is sent; the fourth copy is the last to be dropped."""
    faults = [
        Crash(1, after_sends=4),
        Omission(1, direction="send", after_sends=1),
        Degrade(1, parties=frozenset({1}), change={"latency": MS}, after_sends=2),
    ]
    run = play(rounds, 4, faults=faults)
    assert [record.fired for record in run.faults] == [10 * MS, 0, 0]
    first = [f for copy, f in sorted(fates(run).items()) if copy < 3]
    assert first == [Fate.DELIVERED, Fate.OMITTED, Fate.OMITTED]
    assert run.faults[1].hits == 3
    assert run.ledger.sent_by(1).messages == 4


def test_a_message_to_oneself_is_no_protocol_point():
    """It is not sent; the first that is sets the crash off. Corrupted or not."""

    async def main(party):
        if party.me == 1:
            party.sub("own").send(1, Ping(1))
            await party.sleep(10 * MS)
            party.sub("out").send(2, Ping(2))
        await party.sleep(20 * MS)

    for rules in ({}, {1: []}):
        run = play(main, 2, rules=rules, faults=[Crash(1, after="ping")])
        assert run.faults[0].fired == 10 * MS


# -- churn -----------------------------------------------------------------------------------------


def strokes(run, kind: str = "churn") -> list[tuple[str, int]]:
    """(strikes or ends, when) of each stroke of the one fault of that kind."""
    words = [mark.split() for mark in run.journal.marks]
    return [(w[-3], int(w[-1])) for w in words if w[0] == kind and w[-3] in ("strikes", "ends")]


@pytest.mark.parametrize("memory", ["durable", "amnesia"])
def test_times_up_and_times_down_are_exponential(memory):
    """Means of 3 ms and 1 ms over 20 s, some 5,000 cycles: means and the share above the mean,
    1/e, within four standard errors."""

    async def main(party):
        await party.sleep(20 * SECOND)

    other = {2: main, 1: main if memory == "durable" else forever}
    churn = Churn(1, at=0, mean_up=3 * MS, mean_down=MS, memory=memory)
    run = play(other, 2, faults=[churn], time_limit=21 * SECOND)
    times = [0, *(when for _, when in strokes(run) if when <= 20 * SECOND)]
    ups = [b - a for a, b in zip(times[::2], times[1::2], strict=False)]
    downs = [b - a for a, b in zip(times[1::2], times[2::2], strict=False)]
    for sample, mean in ((ups, 3 * MS), (downs, MS)):
        assert len(sample) > 4_500
        found = sum(sample) / len(sample)
        assert abs(found - mean) < 4 * mean / sqrt(len(sample))
        above = sum(x > mean for x in sample) / len(sample)
        assert abs(above - 0.3679) < 4 * sqrt(0.3679 * 0.6321 / len(sample))
    assert run.faults[0].strokes == len([1 for verb, _ in strokes(run) if verb == "strikes"])


async def forever(party):
    await party.sleep(100 * SECOND)


def test_churn_does_not_keep_a_stalled_run_alive():
    """Both wait for what nobody sends; P1 comes and goes. The run is over when nothing but the
    churn goes on: at once if all are up."""

    async def main(party):
        party.send_all(Ping(1))
        await party.gather(Ping)
        await party.gather(Pong)

    for memory in ("durable", "amnesia"):
        churn = Churn(1, at=0, mean_up=500 * MS, mean_down=100 * MS, memory=memory)
        run = play(main, 2, faults=[churn])
        assert all(isinstance(end, Stalled) for end in run.outcomes.values())
        assert run.virtual_ns == 40 * MS
        assert run.faults[0] == FaultRecord("churn", "churn", 1, None)


def test_neither_do_timers_of_waits_that_are_over():
    """A deadline of an hour, met at 40 ms, is no reason to go on churning."""

    async def main(party):
        party.send_all(Ping(1))
        await party.gather(Ping, deadline=3_000 * SECOND)
        await party.gather(Pong)

    churn = Churn(1, at=0, mean_up=SECOND, mean_down=SECOND)
    assert play(main, 2, faults=[churn]).virtual_ns == 40 * MS


@pytest.mark.parametrize(
    "fault",
    [
        Omission(1, at=SECOND),
        Omission(1, at=0, duration=SECOND),
        Degrade(parties=frozenset({1}), change={}, at=SECOND, duration=SECOND),
        Partition(groups=APART, at=SECOND, duration=SECOND),
        Pause(1, at=SECOND, duration=SECOND),
    ],
)
def test_faults_that_can_wake_nobody_do_not_keep_a_stalled_run_alive(fault):
    async def main(party):
        await party.gather(Pong)

    run = play(main, 3, faults=[fault], overrides=(Override(frozenset(), {}, SECOND, 2 * SECOND),))
    assert run.virtual_ns == 0
    assert all(isinstance(end, Stalled) for end in run.outcomes.values())


def test_faults_strike_on_time_while_all_sleep_by_trios_clock():
    """Nothing is in the queue but churn, and Trio wakes the parties at 10 s: churn goes on until
    then, and not all at once at the end."""

    async def main(party):
        await trio.sleep(10)
        return party.now

    churn = Churn(1, at=0, mean_up=SECOND, mean_down=SECOND)
    run = play(main, 2, faults=[churn, Pause(2, at=SECOND, duration=SECOND)])
    assert len({when for _, when in strokes(run)}) == len(strokes(run)) > 4
    assert run.faults[1].fired == SECOND


def test_churn_may_be_set_off_by_a_send():
    """It begins with a time of being up."""
    run = play(rounds, 2, faults=[Churn(1, after_sends=2, mean_up=MS, mean_down=MS)])
    assert run.faults[0].strokes > 100
    assert run.faults[0].fired > 10 * MS
    assert values(run)


def test_churn_with_amnesia_begins_again_and_again():
    diary = []
    churn = Churn(1, at=0, mean_up=60 * MS, mean_down=20 * MS, memory="amnesia")
    run = play(tell(diary), 2, faults=[churn], seed=3)
    lives = [coins for who, _, _, coins in diary if who == 1]
    back = [when // MS for verb, when in strokes(run) if verb == "ends"]
    assert len(lives) == len(set(lives)) == len(back) + 1 > 1
    assert values(run)[0] == back[-1] + 100


# -- records ---------------------------------------------------------------------------------------


async def chatter(party):
    """P1 and P2 speak to each other every 10 ms, for 200 ms."""
    if party.me < 3:
        for k in range(20):
            party.sub(str(k)).send(3 - party.me, Ping(k))
            await party.sleep(10 * MS)
    await party.sleep(300 * MS)


@pytest.mark.parametrize(
    ("fault", "record"),
    [
        # P1 dies at 100 ms: what P2 sent at 60, 70, … 190 ms reaches nobody
        (Crash(1, at=100 * MS), (100, 1, 14)),
        (durable(1, 100, 50), (100, 1, 5)),  # what would come at 100, 110, … 140 ms waits
        (amnesia(1, 100, 50), (100, 1, 5)),  # … or is lost
        (Pause(1, at=100 * MS, duration=50 * MS), (100, 1, 5)),
        (Omission(1, at=100 * MS, direction="send", duration=50 * MS), (100, 1, 5)),
        (Omission(1, at=100 * MS, direction="receive", duration=50 * MS), (100, 1, 5)),
        (Partition(groups=APART, at=100 * MS, duration=35 * MS), (100, 1, 16)),
        (Heal(at=100 * MS), (100, 1, 0)),
        (Degrade(parties=frozenset({3}), change={"latency": 1}, at=100 * MS), (100, 1, 0)),
        (Churn(1, at=9 * SECOND, mean_up=MS, mean_down=MS), (None, 0, 0)),
        (Crash(1, after="no-such-kind"), (None, 0, 0)),
        (Pause(1, after_sends=21, duration=1), (None, 0, 0)),
        (Partition(3, groups=APART, after="ping"), (None, 0, 0)),  # P3 never speaks
    ],
)
def test_every_fault_leaves_a_record(fault, record):
    """When it fired, how often it struck, how many messages it dropped, held up or cut off. (The
    partition: what leaves at 100 … 130 ms each way, and what arrives then.)"""
    run = play(chatter, 3, faults=[attrs.evolve(fault, name="it")])
    fired, strokes, hits = record
    when = None if fired is None else fired * MS
    assert run.faults == (FaultRecord("it", fault.kind, fault.party, when, strokes, hits),)


def test_at_one_instant_what_ends_goes_before_what_begins():
    """A partition from 0 to 100 ms and another one from there: they do not overlap. The message
    sent at 0 is tried at 100 ms, in vain, and at 300 ms; whatever the order of the list."""
    faults = [
        Partition(groups=APART, at=0, duration=100 * MS),
        Partition(groups=APART, at=100 * MS, duration=50 * MS),
    ]

    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
        await party.sleep(SECOND)

    for order in (faults, faults[::-1]):
        run = play(main, 3, Link(0, rto=100 * MS), faults=order)
        assert [end.time // MS for end in run.journal.arrivals()] == [300]
        assert sorted(record.hits for record in run.faults) == [1, 1]


# -- a harmless twin meets the same network --------------------------------------------------------


@given(st.integers(1, 4), st.integers(0, 10**6), st.booleans())
def test_a_corrupted_party_that_changes_nothing_meets_the_network_of_an_honest_one(who, seed, even):
    """Whatever it sends: to all, to each, to one, after a part of a posting was held up."""

    async def main(party):
        party.sub("all").send_all(Ping(1))
        party.sub("each").send_each({j: Ping(j) for j in party.everyone if j != party.me % 4 + 1})
        party.sub("one").send(party.me % 4 + 1, Pong(1))
        await party.sleep(SECOND)

    link = Link(40 * MS, 39 * MS, loss=0 if even else UNIT // 8)
    faults = [] if even else [Pause(who, after_sends=2, duration=5 * MS)]

    def arrivals(rules):
        run = play(main, 4, link, seed=seed, rules=rules, faults=faults)
        way = {}
        for sent in run.journal.postings():
            for copy, receiver in enumerate(sent.receivers, sent.first):
                way[copy] = (sent.sender, receiver, sent.sid)
        return {way[end.copy]: end.time for end in run.journal.arrivals()}

    assert arrivals({}) == arrivals({who: []})


# -- outcomes --------------------------------------------------------------------------------------


def test_a_party_that_is_off_when_all_others_are_done_ends_as_it_would():
    """P2 is done at 0; P1, off until 50 ms, begins again and is done at 150 ms."""

    async def done(party):
        return "done"

    run = play({1: tell([]), 2: done}, 2, faults=[amnesia(1, 10, 40)])
    assert run.outcomes == {1: Output(150), 2: Output("done")}
    assert run.virtual_ns == 150 * MS
