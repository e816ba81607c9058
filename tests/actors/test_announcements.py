"""Announcements of aborts: who is told, what they say to them, and what that costs."""

import attrs
import pytest

from turncoat.actors.actor import AbortAnnouncement
from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Output, Stalled
from turncoat.actors.topology import Cast, Host

from .toys import Ping, Rewrite, lying, pings, play

MS = MILLISECOND


def stopped_by(peer: int) -> Aborted:
    return Aborted(f"stopped by P{peer}", stopped_by=peer)


async def first_fails(party):
    """P1 gives up at 40 ms with a proof against P2; the others wait for what it owes them."""
    await party.sub("a").exchange_all(Ping(1))
    if party.me == 1:
        raise ProtocolAbort("inconsistent-opening", accused={2}, missing={3}, detail="for people")
    await party.sub("b").exchange_all(Ping(1))


def test_an_abort_stops_the_others_and_they_accuse_nobody():
    """P1 knows; what it announces is no proof to the others, who hear it 40 ms later."""
    run = play(first_fails, 4)
    assert run.outcomes == {
        1: Aborted("inconsistent-opening", frozenset({2}), frozenset({3})),
        **{j: stopped_by(1) for j in (2, 3, 4)},
    }
    assert run.outcomes[1].detail == "for people"
    assert run.finished == {1: 40 * MS, 2: 80 * MS, 3: 80 * MS, 4: 80 * MS}
    assert all(not run.outcomes[j].accused for j in (2, 3, 4))


def test_an_announcement_is_framing_and_no_round():
    """n − 1 messages of a header and a one-byte code; the depth of the run stays 2 (P1 never sent
    its second message, the others did)."""
    run = play(first_fails, 4)
    announced = run.ledger.total(lambda sent: sent.kind == "AbortAnnouncement")
    assert (announced.messages, announced.payload_bytes, announced.framing_bytes) == (3, 0, 3 * 33)
    assert run.ledger.rounds() == 2


@pytest.mark.parametrize(
    ("reason", "code"), [("malformed-message", 1), ("timeout", 3), ("an unheard-of reason", 0)]
)
def test_an_announcement_carries_a_code_from_a_public_set(reason, code):
    async def main(party):
        if party.me == 1:
            raise ProtocolAbort(reason)
        await party.gather(Ping)

    run = play(main, keep_bodies=True)
    assert list(run.journal.bodies.values()) == [AbortAnnouncement(code)]
    assert run.outcomes[1] == Aborted(reason)


def test_an_announcement_takes_its_way_like_any_message():
    """At 8 kbit/s a byte takes 1 ms: P1's two pings of 36 bytes are out after 72 ms, then its
    announcement of 33 bytes to P2, then that to P3; each travels 40 ms more."""
    run = play(first_fails, 3, Link(40 * MS), hosts={1: Host(bandwidth_up=8_000)})
    assert run.finished == {1: 40 * MS, 2: (72 + 33 + 40) * MS, 3: (72 + 66 + 40) * MS}


def test_an_output_already_given_stands_against_an_announcement():
    async def main(party):
        if party.me == 2:
            return "done"
        raise ProtocolAbort("other")

    assert play(main, 2).outcomes == {1: Aborted("other"), 2: Output("done")}


def test_whoever_is_stopped_announces_nothing():
    """One announcement for all: no echo."""
    run = play(first_fails, 4)
    announcers = {s.sender for s in run.journal.postings() if s.kind == "AbortAnnouncement"}
    assert announcers == {1}


def test_two_that_fail_at_once_keep_their_own_reasons():
    async def main(party):
        await party.exchange_all(Ping(1))
        if party.me < 3:
            raise ProtocolAbort("timeout", missing={party.me + 5})
        await party.sub("x").gather(Ping)

    run = play(main, 4)
    assert run.outcomes == {
        1: Aborted("timeout", missing=frozenset({6})),
        2: Aborted("timeout", missing=frozenset({7})),
        3: stopped_by(1),
        4: stopped_by(1),
    }


def test_a_corrupted_party_may_announce_to_some_only():
    """P3 fails and tells P1 alone: P2 waits in vain."""

    async def main(party):
        if party.me == 3:
            raise ProtocolAbort("other")
        await party.exchange_all(Ping(1))

    quiet = Rewrite("AbortAnnouncement", lambda e: [], to=(2,), intends="presence")
    run = play(main, rules={3: [quiet]})
    assert run.outcomes[1] == stopped_by(3)
    assert type(run.outcomes[2]) is Stalled
    assert quiet.receipt.acted


def test_a_corrupted_party_may_announce_falsely():
    """P3 goes on itself, and tells P1 that it has stopped."""

    def false_alarm(envelope):
        return [envelope, attrs.evolve(envelope, sid="#abort", body=AbortAnnouncement(1), depth=0)]

    run = play(pings, rules=lying(false_alarm, to=(1,), intends="presence"))
    assert run.outcomes == {1: stopped_by(3), 2: Output([1, 2, 3]), 3: Output([1, 2, 3])}


def test_the_dead_announce_nothing():
    """Crashed in the instant of its abort: power first, so nobody is told."""
    run = play(first_fails, 2, faults=[Crash(1, at=40 * MS)])
    assert run.ledger.total(lambda sent: sent.kind == "AbortAnnouncement").messages == 0
    assert type(run.outcomes[2]) is Stalled


def test_one_heeds_whom_the_world_says():
    """A client that gives up tells nobody, since nobody heeds it; the server's abort ends all."""
    cast = Cast(("a", "b", "c", "server"), {"clients": (1, 2, 3), "server": (4,)})
    nobody, server = frozenset[int](), frozenset({4})

    async def main(party):
        if party.me == 1:
            raise ProtocolAbort("timeout")
        if party.me == 4:
            await party.sleep(100 * MS)
            raise ProtocolAbort("timeout")
        await party.gather(Ping)

    run = play(main, cast=cast, heeds={1: server, 2: server, 3: server, 4: nobody})
    assert run.outcomes == {
        1: Aborted("timeout"),
        2: stopped_by(4),
        3: stopped_by(4),
        4: Aborted("timeout"),
    }
    assert [(s.sender, sorted(s.receivers)) for s in run.journal.postings()] == [(4, [1, 2, 3])]
