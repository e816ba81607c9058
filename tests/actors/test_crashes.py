"""A crash is a power cut: what has left still travels, nothing follows."""

import attrs
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import Crash, FaultRecord, protocol_point
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Crashed, Output, Stalled, Wait

from .toys import Ping, Pong, Rewrite, fates, play, values

MS = MILLISECOND
MBIT = 1_000_000


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


@pytest.mark.parametrize(("at", "heard"), [(39, 0), (40, 0), (41, 1), (50, 1), (51, 2)])
def test_the_dead_receive_nothing(at, heard):
    """P1's messages are here at 40, 50, 60 … ms; one of the instant of the death is too late."""
    run = play(chatter, 2, faults=[Crash(2, at=at * MS)])
    ends = list(fates(run).values())
    assert ends == [Fate.DELIVERED] * heard + [Fate.RECEIVER_DEAD] * (len(ends) - heard)
    assert len(ends) > heard
    assert run.ledger.received_by(2).messages == heard


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


@pytest.mark.parametrize(("at", "sent"), [(24, 0), (25, 0), (26, 1)])
def test_what_the_dead_held_back_stays_with_them(at, sent):
    """P1, corrupted, holds its message back until 25 ms."""

    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
        await party.sleep(100 * MS)

    hold = Rewrite("Ping", lambda e: [attrs.evolve(e, delay=25 * MS)], intends="time")
    run = play(main, 2, rules={1: [hold]}, faults=[Crash(1, at=at * MS)])
    assert run.ledger.total().messages == sent


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
