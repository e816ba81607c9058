"""What a crash does to messages that were posted and had not left, or had not come through."""

import pytest

from turncoat.actors.faults import Crash
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Crashed, Output
from turncoat.actors.randomness import UNIT, Draws, threshold
from turncoat.actors.topology import Host

from .toys import Ping, fates, play, sized

MS = MILLISECOND
MBIT = 1_000_000


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
