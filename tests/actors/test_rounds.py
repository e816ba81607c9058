"""Rounds are causal depth: the longest chain of messages each of which waited for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.randomness import threshold

from .toys import Ping, Pong, play, values

MS = MILLISECOND


async def chain(party, rounds: int) -> None:
    for k in range(rounds):
        await party.sub(str(k)).exchange_all(Ping(k))


def rounds(main, n: int = 3, phase=None, **rest) -> int:
    return play(main, n, **rest).ledger.rounds(phase)


def depths(run) -> dict[str, int]:
    """sid → depth of what was sent under it (equal at all parties in these tests)."""
    return {sent.sid: sent.depth for sent in run.journal.postings()}


def test_nothing_said_is_no_round():
    async def main(party):
        party.send(party.me, Ping(1))
        await party.receive(party.me, Ping)

    assert rounds(main) == 0


def test_a_thousand_exchanges_are_a_thousand_rounds_of_40_ms():
    """1,000 × 40 ms = 40 s of virtual time, exactly, at every party."""

    async def main(party):
        await chain(party, 1_000)
        return party.now

    run = play(main, 3)
    assert values(run) == [40_000_000_000] * 3
    assert run.virtual_ns == 1_000 * 40 * MS
    assert run.ledger.rounds() == 1_000
    assert run.ledger.total().messages == 1_000 * 3 * 2


def test_all_that_is_said_before_listening_is_one_round():
    """Ten messages each, then ten heard from each: nobody waited in between."""

    async def main(party):
        steps = [party.sub(str(k)) for k in range(10)]
        for step in steps:
            step.send_all(Ping(1))
        for step in steps:
            await step.gather(Ping)

    assert rounds(main) == 1


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_concurrent_strands_count_by_their_maximum(lengths):
    """Strands of a, b, c, … rounds at once, then one more: max(a, b, c, …) + 1, not the sum."""

    async def main(party):
        await party.together(
            *(chain(party.sub(f"strand.{k}"), length) for k, length in enumerate(lengths))
        )
        await party.sub("after").exchange_all(Ping(0))

    assert rounds(main, 2) == max(lengths) + 1


def test_strands_share_no_depth_before_they_join():
    """Two after one in a strand of three rounds; the other strand's first message is round 2."""

    async def main(party):
        await party.sub("before").exchange_all(Ping(0))
        await party.together(chain(party.sub("long"), 3), chain(party.sub("short"), 1))
        await party.sub("after").exchange_all(Ping(0))

    assert depths(play(main)) == {
        "before": 1, "long/0": 2, "long/1": 3, "long/2": 4, "short/0": 2, "after": 5,
    }  # fmt: skip


def test_only_what_was_consumed_counts():
    """P1's chain of five rounds with P3 is over when it writes to P2; P2, which has heard nothing
    yet, writes at depth 1, and at depth 7 = 5 + 1 + 1 once it has read."""

    async def ping_pong(party, other):
        for k in range(5):
            step = party.sub(f"duel.{k}")
            step.send(other, Ping(k))
            await step.receive(other, Ping)

    async def main(party):
        if party.me == 2:
            await party.sleep(1_000 * MS)  # P1's message is here, unread
            party.sub("unread").send(3, Ping(1))
            await party.receive(1, Pong)
            party.sub("read").send(3, Ping(1))
            return
        await ping_pong(party, 4 - party.me)
        if party.me == 1:
            party.send(2, Pong(1))

    run = depths(play(main))
    assert run["duel.4"] == 5
    assert (run[""], run["unread"], run["read"]) == (6, 1, 7)


def test_a_gather_consumes_all_that_it_returns_and_no_more():
    """P1 hears P2 (depth 1) at 10 ms and P3 (depth 2, as it asked P2 first) later."""

    async def main(party):
        if party.me == 2:
            party.sub("help").send(3, Ping(1))
            party.send(1, Ping(1))
        elif party.me == 3:
            await party.sub("help").receive(2, Ping)
            party.send(1, Ping(1))
        else:
            await party.gather(Ping, party.others, at_least=1)
            party.sub("early").send(2, Pong(1))
            await party.gather(Ping, party.others)
            party.sub("late").send(2, Pong(1))

    run = depths(play(main, links={(2, 1): Link(10 * MS)}))
    assert (run["early"], run["late"]) == (2, 3)


def test_a_caught_abort_keeps_what_its_strands_had_consumed():
    async def fails(party):
        await chain(party, 3)
        raise ProtocolAbort("enough")

    async def main(party):
        with pytest.raises(ProtocolAbort):
            await party.together(fails(party.sub("a")))
        await party.sub("after").exchange_all(Ping(1))

    assert depths(play(main))["after"] == 4


def test_retransmissions_and_announcements_add_no_round():
    """A lossy link: still one round an exchange. An abort's announcement: none."""

    async def main(party):
        await chain(party, 5)
        if party.me == 1:
            raise ProtocolAbort("enough")
        await party.sub("never").gather(Ping)

    run = play(main, 3, Link(40 * MS, loss=threshold(1, 3)))
    assert run.ledger.total().resent_bytes > 0
    assert run.ledger.total(lambda sent: sent.kind == "AbortAnnouncement").messages == 2
    assert run.ledger.rounds() == 5


def test_phases_are_reported_apart_and_together():
    """setup 1, prep 2, online 3; 6 in all. A sid belongs to the phase in which it was made."""

    async def main(party):
        with party.phase("setup"):
            await chain(party.sub("keys"), 1)
        with party.phase("prep"):
            prep = party.sub("triples")
        await chain(prep, 2)
        await chain(party.sub("mul"), 3)

    ledger = play(main).ledger
    assert ledger.phases() == ("setup", "prep", "online")
    assert [ledger.rounds(phase) for phase in ledger.phases()] == [1, 2, 3]
    assert ledger.rounds() == 6
    assert ledger.rounds("no such phase") == 0


def test_phases_nest_and_end():
    async def main(party):
        names = [party.phase_name]
        with party.phase("prep"):
            names.append(party.phase_name)
            with party.phase("setup"):
                names.append(party.sub("inner").phase_name)
            names.append(party.phase_name)
        names.append(party.phase_name)
        return names

    assert values(play(main, 1)) == [["online", "prep", "setup", "prep", "online"]]


@given(st.integers(2, 5), st.integers(1, 6), st.integers(0, 10**8))
def test_a_ring_is_as_deep_as_it_is_long(n, laps, latency):
    """A token that goes round: laps · n messages, each of which waited for the one before."""

    async def ring(party):
        for k in range(laps * n):
            sender, receiver = k % n + 1, (k + 1) % n + 1
            hop = party.sub(str(k)) if party.me in (sender, receiver) else None
            if party.me == sender:
                hop.send(receiver, Ping(k))
            elif party.me == receiver:
                await hop.receive(sender, Ping)

    run = play(ring, n, Link(latency), time_limit=10**15)
    assert run.ledger.rounds() == laps * n
    assert run.virtual_ns == laps * n * latency
