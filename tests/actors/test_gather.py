"""`gather`, the one blocking primitive: who is in, in which order, and what ends the wait."""

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Crashed, Output, Stalled, Wait
from turncoat.actors.topology import Cast

from .toys import Ping, Pong, Residues, Values, play, values

MS = MILLISECOND


def listening(n: int, listen, latencies: dict[int, int], **rest):
    """P2 … P_n send P1 a ping each, on links of their own [ms]; P1 runs `listen`."""

    async def main(party):
        if party.me == 1:
            return await listen(party)
        party.send(1, Ping(party.me))
        return None

    links = {(sender, 1): Link(ms * MS) for sender, ms in latencies.items()}
    return play(main, n, links=links, **rest)


def heard(run):
    return run.outcomes[1].value


@given(st.permutations([2, 3, 4, 5]), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_messages_come_in_arrival_order(order, delays):
    """By time of arrival, and within an instant by sender."""
    latency = dict(zip(order, delays, strict=True))

    async def listen(party):
        return list(await party.gather(Ping, party.others)), party.now

    run = listening(5, listen, latency)
    assert heard(run) == (
        sorted(latency, key=lambda sender: (latency[sender], sender)),
        max(delays) * MS,
    )


def test_the_own_copy_counts_and_comes_first():
    """By default everyone is waited for, oneself included; the own copy was there at once."""

    async def main(party):
        party.send_all(Ping(party.me))
        return [(j, ping.number) for j, ping in (await party.gather(Ping)).items()]

    assert values(play(main, 3)) == [
        [(1, 1), (2, 2), (3, 3)],
        [(2, 2), (1, 1), (3, 3)],
        [(3, 3), (1, 1), (2, 2)],
    ]


def test_at_least_two_wakes_with_all_of_that_instant():
    """P2 after 10 ms; P3, P4 and P5 after 20: two were asked for, the tie brings four."""

    async def listen(party):
        got = await party.gather(Ping, party.others, at_least=2)
        return list(got), party.now

    assert heard(listening(6, listen, {2: 10, 3: 20, 4: 20, 5: 20, 6: 30})) == (
        [2, 3, 4, 5],
        20 * MS,
    )


def test_a_deadline_returns_who_is_there():
    async def listen(party):
        got = await party.gather(Ping, party.others, deadline=25 * MS)
        return list(got), party.now

    assert heard(listening(4, listen, {2: 10, 3: 20, 4: 30})) == ([2, 3], 25 * MS)


def test_enough_before_the_deadline_does_not_wait_for_it():
    async def listen(party):
        got = await party.gather(Ping, party.others, at_least=1, deadline=25 * MS)
        return list(got), party.now

    assert heard(listening(4, listen, {2: 10, 3: 20, 4: 30})) == ([2], 10 * MS)


def test_a_deadline_in_the_past_returns_at_once_with_this_instants_mail():
    """At 20 ms the deadline of 5 ms is over: no time passes; but zero-latency mail of this very
    instant is still in."""

    async def listen(party):
        await party.sleep(20 * MS)
        got = await party.gather(Ping, party.others, deadline=5 * MS)
        return list(got), party.now

    assert heard(listening(4, listen, {2: 10, 3: 20, 4: 30})) == ([2, 3], 20 * MS)


def test_gathering_again_yields_late_mail():
    """Only what was not gathered before; and of those already heard nobody is waited for."""

    async def listen(party):
        first = await party.gather(Ping, party.others, at_least=1)
        second = await party.gather(Ping, party.others, deadline=15 * MS)
        third = await party.gather(Ping, party.others)
        fourth = await party.gather(Ping, party.others)
        return [list(got) for got in (first, second, third, fourth)], party.now

    assert heard(listening(4, listen, {2: 10, 3: 20, 4: 30})) == ([[2], [], [3, 4], []], 30 * MS)


@pytest.mark.parametrize("rules", [{}, {4: []}], ids=["all honest", "one passively corrupted"])
@pytest.mark.parametrize("late", [10, 40])
def test_what_was_received_one_by_one_is_not_waited_for_again(late, rules):
    """receive(P2), then gather(all): the same whether or not other mail was there at the time of
    the first, and whether or not the world has a corrupted party."""

    async def listen(party):
        ping = await party.receive(2, Ping)
        rest = await party.gather(Ping, party.others)
        return ping.number, list(rest), party.now

    run = listening(4, listen, {2: 20, 3: late, 4: 30}, rules=rules)
    order = [3, 4] if late == 10 else [4, 3]
    assert heard(run) == (2, order, max(late, 30) * MS)


def test_mail_waits_until_it_is_asked_for():
    """Senders may be ahead by rounds; kinds and sids do not mix."""

    async def main(party):
        if party.me == 2:
            for k in range(3):
                party.sub(str(k)).send(1, Ping(k))
            party.send(1, Pong(9))
            return None
        await party.sleep(1_000 * MS)
        pong = await party.receive(2, Pong)
        return [pong.number] + [
            (await party.sub(str(k)).receive(2, Ping)).number for k in (2, 0, 1)
        ]

    assert heard(play(main, 2)) == [9, 2, 0, 1]


def test_nobody_to_wait_for_means_no_wait():
    async def main(party):
        return await party.gather(Ping, []), await party.gather(Pong, at_least=0), party.now

    assert values(play(main, 2)) == [({}, {}, 0)] * 2


@pytest.mark.parametrize("deadline", [39, 40, 41])
def test_a_message_beats_a_deadline_of_the_same_instant(deadline):
    """40 ms of latency: a deadline at 39 ms misses the message, one at 40 ms does not."""

    async def listen(party):
        return list(await party.gather(Ping, (2,), deadline=deadline * MS)), party.now // MS

    run = listening(2, listen, {2: 40})
    assert heard(run) == (([], 39) if deadline < 40 else ([2], 40))


@pytest.mark.parametrize(("crash", "ends"), [(41, Output), (40, Crashed), (39, Crashed)])
def test_a_crash_beats_a_message_of_the_same_instant(crash, ends):
    async def listen(party):
        return list(await party.gather(Ping, (2,)))

    run = listening(2, listen, {2: 40}, faults=[Crash(1, at=crash * MS)])
    assert type(run.outcomes[1]) is ends
    assert run.finished[1] == min(crash, 40) * MS


def test_a_cancelled_gather_loses_no_message():
    """What came before the cancellation, during it and after is there when asked for again."""

    async def listen(party):
        with trio.move_on_after(0.02) as scope:
            await party.gather(Ping, party.others)
        return scope.cancelled_caught, list(await party.gather(Ping, party.others)), party.now

    run = listening(4, listen, {2: 10, 3: 20, 4: 30})
    assert heard(run) == (True, [2, 3, 4], 30 * MS)


# -- receive and exchange are made of it -----------------------------------------------------------


def test_receive_past_its_deadline_aborts_and_accuses_nobody():
    async def listen(party):
        return await party.receive(2, Ping, deadline=10 * MS)

    run = listening(2, listen, {2: 40})
    assert run.outcomes[1] == Aborted("timeout", missing=frozenset({2}))
    assert run.finished[1] == 10 * MS


def test_exchange_past_its_deadline_names_the_missing_and_accuses_nobody():
    async def main(party):
        if party.me == 3:
            return None
        return await party.exchange_all(Ping(1), deadline=50 * MS)

    run = play(main, 4)
    assert run.outcomes[1] == Aborted("timeout", missing=frozenset({3}))
    assert {run.finished[j] for j in (1, 2, 4)} == {50 * MS}


def test_a_timeout_may_be_caught():
    """An absence is the protocol's to judge."""

    async def listen(party):
        try:
            await party.receive(2, Ping, deadline=10 * MS)
        except ProtocolAbort as abort:
            return abort.reason, abort.accused, abort.missing, party.now

    run = listening(2, listen, {2: 40})
    assert heard(run) == ("timeout", frozenset(), frozenset({2}), 10 * MS)


def test_exchange_deals_to_each_and_returns_by_party():
    """P_i sends P_j the number 10·i + j, and gets 10·j + i from each j, ascending, its own too."""

    async def main(party):
        got = await party.exchange({j: Ping(10 * party.me + j) for j in party.everyone})
        return [(j, ping.number) for j, ping in got.items()]

    assert values(play(main, 3)) == [[(j, 10 * j + i) for j in (1, 2, 3)] for i in (1, 2, 3)]


def test_vectors_are_exchanged_in_the_shape_of_ones_own():
    """A (2, 2) matrix travels as 4 elements; it arrives in the shape of the own copy, or in the
    shape that is asked for."""

    async def main(party):
        matrix = Values(Residues((1, 2, 3, party.me), (2, 2)))
        own = await party.sub("a").exchange_all(matrix)
        asked = await party.sub("b").exchange_all(matrix, shape=(4, 1))
        party.sub("c").send_all(matrix)
        return [got[2].values.shape for got in (own, asked)]

    assert values(play(main, 2)) == [[(2, 2), (4, 1)]] * 2
    assert values(play(main, 2, encode=True)) == [[(2, 2), (4, 1)]] * 2


# -- groups ----------------------------------------------------------------------------------------

CAST = Cast(("anna", "ben", "carl", "srv"), {"server": (4,)})


def test_everyone_means_ones_own_group():
    """Three clients and a server: n counts the group, and `role` finds the others."""

    async def main(party):
        if party.me == 4:
            clients = await party.gather(Ping, (1, 2, 3))
            party.send_each({j: Pong(j) for j in clients})
            return party.everyone, party.n, party.others, len(clients)
        party.send(party.role("server")[0], Ping(1))
        pong = await party.receive(4, Pong)
        return party.everyone, party.n, party.others, pong.number

    assert values(play(main, cast=CAST)) == [
        ((1, 2, 3), 3, (2, 3), 1),
        ((1, 2, 3), 3, (1, 3), 2),
        ((1, 2, 3), 3, (1, 2), 3),
        ((4,), 1, (), 3),
    ]


def test_send_all_reaches_ones_own_group_alone():
    async def main(party):
        if party.me < 4:
            await party.exchange_all(Ping(party.me))
        else:
            await party.gather(Ping, (1, 2, 3))

    run = play(main, cast=CAST)
    assert run.outcomes[4] == Stalled((Wait("", "Ping", (1, 2, 3)),))


def test_a_role_that_nobody_plays_has_no_members():
    async def main(party):
        with pytest.raises(KeyError):
            party.role("dealer")

    play(main, cast=CAST)
