"""A crash is a power cut: what has left still travels, nothing follows."""

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import Crash, FaultRecord, protocol_point
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Crashed, Output, Stalled, Wait
from turncoat.actors.randomness import UNIT, Draws, threshold
from turncoat.actors.topology import Host

from .toys import Ping, Pong, play, sized, values

MS = MILLISECOND
MBIT = 1_000_000


def fates(run) -> dict[tuple[str, int], Fate]:
    """(sid, receiver) → what became of the copy; copies in flight at the end are not in it."""
    ends = {arrival.copy: arrival.fate for arrival in run.journal.arrivals()}
    return {
        (sent.sid, receiver): ends[copy]
        for sent in run.journal.postings()
        for copy, receiver in enumerate(sent.receivers, sent.first)
        if copy in ends
    }


async def chatter(party):
    """P1 speaks to all every 10 ms; the others count what they hear until 200 ms."""
    if party.me == 1:
        for k in range(10):
            party.sub(str(k)).send_all(Ping(k))
            await party.sleep(10 * MS)
        return 10
    heard = 0
    for k in range(10):
        heard += len(await party.sub(str(k)).gather(Ping, (1,), deadline=200 * MS))
    return heard


# -- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "spoken"), [(0, 0), (1, 1), (10 * MS - 1, 1), (10 * MS, 1), (10 * MS + 1, 2)]
)
def test_a_crash_at_a_time_beats_all_else_of_that_instant(at, spoken):
    """P1 speaks at 0, 10, 20 … ms. A crash at 10 ms comes before the second time; one at 0 before
    the first."""
    run = play(chatter, 3, faults=[Crash(1, at=at)])
    assert run.outcomes[1] == Crashed(at)
    assert run.finished[1] == at
    assert [run.outcomes[j].value for j in (2, 3)] == [spoken, spoken]
    assert run.ledger.sent_by(1).messages == 2 * spoken
    assert run.faults == (FaultRecord("crash", "crash", 1, at, strokes=1),)


def test_a_message_on_its_way_outlives_its_sender():
    """Sent at 0, sender dead at 1 ms, delivered at 40 ms."""
    run = play(chatter, 2, faults=[Crash(1, at=MS)])
    assert fates(run) == {("0", 2): Fate.DELIVERED}


def test_the_dead_receive_nothing():
    """P2 dies at 45 ms: of P1's messages, here every 10 ms from 40 ms on, one was in time."""
    run = play(chatter, 2, faults=[Crash(2, at=45 * MS)])
    reached = [sid for (sid, _), fate in fates(run).items() if fate is Fate.DELIVERED]
    assert reached == ["0"]
    assert Fate.RECEIVER_DEAD in fates(run).values()
    assert run.ledger.received_by(2).messages == 1


@pytest.mark.parametrize("k", range(7))
def test_a_crash_after_k_sends_cuts_a_broadcast_short(k):
    """n = 4: three sends a posting, to P2, P3, P4 in turn. Exactly the first k are ever sent."""
    run = play(chatter, 4, faults=[Crash(1, after_sends=k)])
    expected = [(str(s // 3), 2 + s % 3) for s in range(k)]
    assert list(fates(run)) == expected
    assert run.ledger.sent_by(1).messages == k
    assert run.outcomes[1] == Crashed(0 if k <= 3 else 10 * MS)
    assert [run.outcomes[j].value for j in (2, 3, 4)] == [
        sum(receiver == j for _, receiver in expected) for j in (2, 3, 4)
    ]


def test_a_crash_after_k_sends_cuts_a_deal_short_too():
    """Bodies of their own for each receiver; the own copy is no send."""

    async def main(party):
        party.send_each({j: Ping(j) for j in party.everyone})
        return [ping.number for ping in (await party.gather(Ping, (1,), deadline=50 * MS)).values()]

    run = play(main, 3, faults=[Crash(1, after_sends=1)])
    assert run.outcomes[2] == Output([2])
    assert run.outcomes[3] == Output([])


def test_a_crash_at_a_protocol_point_follows_the_first_send_of_a_kind():
    """All copies of the first Pong leave, the second Pong does not; Pings do not matter."""

    async def main(party):
        if party.me == 1:
            party.sub("a").send_all(Ping(1))
            await party.sleep(10 * MS)
            party.sub("b").send_all(Pong(1))
            party.sub("c").send_all(Pong(2))
            await party.sleep(10 * MS)

    run = play(main, 3, faults=[Crash(1, after="pong")])
    assert run.outcomes[1] == Crashed(10 * MS)
    assert [(sent.sid, len(sent.receivers)) for sent in run.journal.postings()] == [
        ("a", 2),
        ("b", 2),
    ]


@pytest.mark.parametrize(
    ("kind", "point"),
    [("Ping", "ping"), ("MaskedInput", "masked-input"), ("SubShare", "sub-share")],
)
def test_protocol_points_are_kinds_in_kebab_case(kind, point):
    assert protocol_point(kind) == point


def test_a_trigger_that_is_never_met_never_strikes():
    """Too late, too many sends, a kind that is never sent, somebody who is already dead."""
    faults = [
        Crash(1, at=500 * MS, name="late"),
        Crash(1, after_sends=21, name="many"),
        Crash(1, after="no-such-kind", name="unheard"),
        Crash(2, at=MS),
        Crash(2, at=2 * MS, name="again"),
    ]
    run = play(chatter, 3, faults=faults)
    assert [(f.name, f.fired) for f in run.faults] == [
        ("late", None), ("many", None), ("unheard", None), ("crash", MS), ("again", None),
    ]  # fmt: skip
    assert run.outcomes[1] == Output(10)


@pytest.mark.parametrize(
    "triggers", [{}, {"at": 1, "after_sends": 1}, {"at": -1}, {"after_sends": -1}]
)
def test_a_crash_has_exactly_one_trigger_and_it_is_not_negative(triggers):
    with pytest.raises(ValueError, match="a crash"):
        Crash(1, **triggers)


# -- what leaves the dead --------------------------------------------------------------------------


@pytest.mark.parametrize("crash", [{"at": 15 * MS}, {"after_sends": 2}, {"after": "ping"}])
def test_a_finally_block_does_not_speak_from_the_grave(crash):
    """Not to others, not through a new sid; and it cannot wait, either."""

    async def main(party):
        try:
            party.sub("a").send_all(Ping(1))
            await party.sleep(1_000 * MS)
        finally:
            party.sub("b").send_all(Pong(1))
            party.sub("c").send(2, Pong(1))
            await party.sub("d").gather(Ping, (2,))
            party.sub("e").send(2, Pong(1))

    run = play({1: main, 2: chatter, 3: chatter}, 3, faults=[Crash(1, **crash)])
    assert {sent.sid for sent in run.journal.postings()} == {"a"}
    assert type(run.outcomes[1]) is Crashed


def test_all_strands_of_the_dead_stop():
    async def strand(step):
        for k in range(100):
            await step.sub(str(k)).exchange_all(Ping(k))

    async def main(party):
        await party.together(strand(party.sub("a")), strand(party.sub("b")))

    run = play(main, 2, faults=[Crash(1, at=100 * MS)])
    assert max(sent.time for sent in run.journal.postings() if sent.sender == 1) == 80 * MS
    assert run.outcomes[2] == Stalled((Wait("a/3", "Ping", (1,)), Wait("b/3", "Ping", (1,))))


def test_an_output_already_given_stands():
    """P1 is done at 0 and dies at 1 ms; P2 hears it all the same."""

    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
            return "done"
        return (await party.receive(1, Ping)).number

    run = play(main, 2, faults=[Crash(1, at=MS)])
    assert values(run) == ["done", 1]


# -- what is still on the line ---------------------------------------------------------------------


def slow(crash: Crash, count: int = 5, size: int = 1_250):
    """P1 posts `count` messages of 10 ms each at time 0; P2 hears them until 1 s."""

    async def main(party):
        if party.me == 1:
            for k in range(count):
                party.sub(str(k)).send(2, sized(size))
            return await party.sleep(1_000 * MS)
        for k in range(count):
            await party.sub(str(k)).gather(type(sized(size)), (1,), deadline=1_000 * MS)
        return None

    return play(main, 2, host=Host(bandwidth_up=MBIT), faults=[crash])


@pytest.mark.parametrize(("at", "left"), [(10, 1), (29, 2), (30, 3), (31, 3), (50, 5)])
def test_what_is_still_on_the_access_line_at_the_crash_is_lost(at, left):
    """Messages leave at 10, 20, 30, 40, 50 ms; the last bit at the very instant is in time."""
    run = slow(Crash(1, at=at * MS))
    lost = [fate is Fate.LOST_IN_CRASH for fate in fates(run).values()]
    assert lost == [k >= left for k in range(5)]
    assert run.ledger.sent_by(1).messages == 5
    assert run.ledger.received_by(2).messages == left


@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_kth_message_has_left_when_a_crash_after_k_sends_strikes(k):
    """The power is cut when its last bit is on the way, 10·k ms on a slow line; what was posted
    behind it is lost."""
    run = slow(Crash(1, after_sends=k))
    assert run.outcomes[1] == Crashed(10 * k * MS)
    assert run.ledger.received_by(2).messages == k


def test_the_message_of_a_protocol_point_has_left_as_well():
    run = slow(Crash(1, after="blob"))
    assert run.outcomes[1] == Crashed(10 * MS)
    assert run.ledger.received_by(2).messages == 1


def test_what_never_left_takes_no_room_on_the_receivers_line():
    """P1 would send for 100 ms and is dead after 1 ms. P3's message of 10 ms reaches P2 at
    100 + 10 ms, when P1's would have come; it does not queue behind a ghost."""

    async def main(party):
        if party.me == 1:
            party.send(2, sized(12_500))
        if party.me == 3:
            await party.sleep(100 * MS)
            party.send(2, sized(1_250))
        if party.me == 2:
            await party.receive(3, type(sized(32)))
            return party.now // MS
        return await party.sleep(1_000 * MS)

    hosts = {1: Host(bandwidth_up=MBIT), 2: Host(bandwidth_down=MBIT)}
    run = play(main, 3, Link(0), hosts=hosts, faults=[Crash(1, at=MS)])
    assert fates(run)["", 2] is not Fate.LOST_IN_CRASH
    assert run.outcomes[2] == Output(110)


class FirstIsLost(Draws):
    """Of all messages, those under sid "a" are lost once."""

    def many(self, purpose, key, count):
        if purpose == "link":
            return (0, 0 if key[1] == "a" else UNIT - 1) * (count // 2)
        return (UNIT - 1,) * count


@pytest.mark.parametrize(("at", "heard"), [(199, []), (200, ["a", "b"]), (300, ["a", "b"])])
def test_the_dead_retransmit_nothing_and_what_waits_behind_it_never_comes(at, heard):
    """ "a" is lost and would be sent again after 200 ms; "b" came through but waits behind it (a
    reliable channel has no gaps). A sender that is dead by then leaves both unheard."""

    async def main(party):
        if party.me == 1:
            party.sub("a").send(2, Ping(1))
            await party.sleep(MS)
            party.sub("b").send(2, Ping(2))
            return await party.sleep(500 * MS)
        got = [
            name
            for name in ("a", "b")
            if await party.sub(name).gather(Ping, (1,), deadline=1_000 * MS)
        ]
        return got

    link = Link(40 * MS, loss=threshold(1, 2))
    run = play(main, 2, link, draws=FirstIsLost(0), faults=[Crash(1, at=at * MS)])
    assert run.outcomes[2] == Output(heard)


@given(st.integers(0, 60 * MS), st.integers(1, 5))
def test_nothing_is_sent_by_the_dead(at, n):
    """Whenever the power is cut: no posting later than that, and none at that instant."""
    run = play(chatter, n + 1, faults=[Crash(1, at=at)])
    assert all(sent.time < at for sent in run.journal.postings())


def test_trio_timers_of_the_dead_do_not_hold_up_the_run():
    """P1 would sleep for an hour; it dies, P2 is done at 40 ms, and so is the run."""

    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
            return await trio.sleep(3_000)
        return (await party.receive(1, Ping)).number

    run = play(main, 2, faults=[Crash(1, at=MS)])
    assert run.outcomes[2] == Output(1)
    assert run.virtual_ns == 40 * MS
