"""Aborts: who accuses whom, who is told, and what that costs."""

import attrs
import pytest

from turncoat.actors.actor import AbortAnnouncement
from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Output, Stalled
from turncoat.actors.topology import Host
from turncoat.actors.wire import Encoded

from .toys import Blob, Ping, Pong, Residues, Rewrite, Values, play, says, values

MS = MILLISECOND
LIAR = frozenset({3})


def lying(change, kind="Ping", to=(), **rest):
    """The rules of a world in which P3 lies."""
    return {3: [Rewrite(kind, change, to=to, **rest)]}


async def pings(party):
    got = await party.exchange_all(Ping(party.me))
    return sorted(ping.number for ping in got.values())


async def vectors(party):
    got = await party.exchange_all(Values(Residues((party.me, 0))))
    return sorted(vec.values.values for vec in got.values())


def stopped_by(peer: int) -> Aborted:
    return Aborted(f"stopped by P{peer}", stopped_by=peer)


# -- content that accuses its sender ---------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"123", b"12345", bytes(1000)])
@pytest.mark.parametrize("encode", [False, True])
def test_malformed_bytes_accuse_their_sender(data, encode):
    """The channel is authenticated: nobody else can have sent them. P1 and P2 both abort."""
    rules = lying(says(Encoded("Ping", data)), to=(1, 2), intends="bytes")
    run = play(pings, rules=rules, encode=encode)
    malformed = Aborted("malformed-message", accused=LIAR)
    assert run.outcomes == {1: malformed, 2: malformed, 3: Output([1, 2, 3])}
    assert run.receipts[0].acted


def test_an_error_message_says_who_sent_what_where():
    run = play(vectors, rules=lying(says(Encoded("Values", b"odd")), "Values", to=(1,)))
    assert run.outcomes[1].detail == "P3: Values: an odd number of bytes"

    async def main(party):
        return await vectors(party.sub("mul").sub("open"))

    long = says(Values(Residues((1, 2, 3))))
    run = play(main, rules=lying(long, "Values", to=(1,)))
    assert run.outcomes[1].detail == "P3 in mul/open: Values.values has 3 elements, expected 2"


@pytest.mark.parametrize("length", [0, 1, 3, 1_000])
@pytest.mark.parametrize("encode", [False, True])
def test_a_vector_of_another_length_accuses_its_sender(length, encode):
    """Well-formed, but not what an honest party sends: two elements were due."""
    lie = says(Values(Residues((0,) * length)))
    run = play(vectors, rules=lying(lie, "Values", to=(2,)), encode=encode)
    assert run.outcomes[2] == Aborted("malformed-message", accused=LIAR)


def test_garbage_that_nobody_reads_harms_nobody():
    """A kind that does not exist, a sid that is not used, more than was asked for."""

    def noise(envelope):
        extra = [attrs.evolve(envelope, body=Encoded("Nonsense", b"?"))]
        extra += [attrs.evolve(envelope, sid="nowhere", body=Encoded("Ping", b"?"))]
        return [envelope, *extra, attrs.evolve(envelope, body=Pong(1))]

    run = play(pings, rules=lying(noise))
    assert values(run) == [[1, 2, 3]] * 3


def copies(*numbers: int, later: int = 0):
    """Say each of these numbers, all but the first `later` ns later."""
    return lambda envelope: [
        attrs.evolve(envelope, body=Ping(number), delay=later if k else 0)
        for k, number in enumerate(numbers)
    ]


@pytest.mark.parametrize("encode", [False, True])
@pytest.mark.parametrize("digest", ["full", "sizes"])
def test_two_different_messages_in_one_instant_accuse_their_sender(encode, digest):
    """Both are here before the receiver looks at either: neither is believed."""
    run = play(pings, rules=lying(copies(3, 4), to=(1,)), encode=encode, digest=digest)
    assert run.outcomes[1] == Aborted("conflicting-messages", accused=LIAR)


@pytest.mark.parametrize("digest", ["full", "sizes"])
@pytest.mark.parametrize("later", [0, 10 * MS])
def test_identical_duplicates_are_dropped(later, digest):
    """However often, and though each copy is an object of its own, or the untouched one."""

    def thrice(envelope):
        twin = Ping(envelope.body.number)
        return [envelope, *(attrs.evolve(envelope, body=twin, delay=later) for _ in range(2))]

    async def main(party):
        numbers = await pings(party)
        await party.sub("next").exchange_all(Ping(0))
        return numbers

    run = play(main, rules=lying(thrice), digest=digest)
    assert values(run) == [[1, 2, 3]] * 3


def test_a_contradiction_after_consumption_accuses_the_sender_as_well():
    """P1 used the 3 at 40 ms; the 4 comes at 50 ms, when P1 waits for something else: it stops
    where it stands."""

    async def main(party):
        await pings(party)
        return await party.sub("next").exchange_all(Ping(0))

    run = play(main, rules=lying(copies(3, 4, later=10 * MS), to=(1,)))
    assert run.outcomes[1] == Aborted("conflicting-messages", accused=LIAR)
    assert run.finished[1] == 50 * MS


def test_a_contradiction_of_what_waits_unread_counts_when_it_is_read():
    """Both are here long before P1 asks; before that, P1's other work is not disturbed."""

    async def main(party):
        party.send_all(Ping(party.me))
        await party.sleep(100 * MS)
        work = len(await party.sub("work").exchange_all(Pong(1)))
        return work, await party.gather(Ping)

    rules = lying(copies(3, 4, later=10 * MS), to=(1,))
    run = play(main, rules=rules)
    assert run.outcomes[1] == Aborted("conflicting-messages", accused=LIAR)
    assert run.finished[1] == 140 * MS


def test_a_contradiction_after_the_output_changes_nothing():
    """P1 is done at 40 ms; the second version comes at 50 ms, while P2 is still at work."""

    async def main(party):
        numbers = await pings(party)
        if party.me == 2:
            await party.sleep(100 * MS)
        return numbers

    run = play(main, rules=lying(copies(3, 4, later=10 * MS), to=(1,)))
    assert values(run) == [[1, 2, 3]] * 3


def test_a_contradiction_of_what_nobody_asked_for_is_nobodys_business():
    """P1 never gathers P3's Pongs."""

    async def main(party):
        party.sub("unread").send_all(Pong(1))
        return await pings(party)

    contradiction = lambda e: [e, attrs.evolve(e, body=Pong(2))]  # noqa: E731
    assert values(play(main, rules=lying(contradiction, "Pong"))) == [[1, 2, 3]] * 3


def test_several_liars_are_all_accused():
    """One malformed, one contradicting, in the same gather."""
    rules = {
        2: [Rewrite("Ping", says(Encoded("Ping", b"?")), to=(1,))],
        3: [Rewrite("Ping", copies(3, 4), to=(1,))],
    }
    run = play(pings, 4, rules=rules)
    assert run.outcomes[1] == Aborted("conflicting-messages", accused=frozenset({2, 3}))


def test_honest_parties_are_never_accused():
    """The control of all of the above: a rule that changes nothing, to the same receivers."""
    run = play(pings, rules=lying(lambda envelope: [envelope], intends="none"))
    assert values(run) == [[1, 2, 3]] * 3
    assert run.receipts[0].acted


# -- announcements ---------------------------------------------------------------------------------


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


def test_a_caught_abort_is_no_abort():
    """A robust protocol may go on without the liar."""

    async def main(party):
        try:
            return await pings(party)
        except ProtocolAbort as abort:
            return sorted(abort.accused)

    run = play(main, rules=lying(says(Encoded("Ping", b"?")), to=(1, 2)))
    assert values(run) == [[3], [3], [1, 2, 3]]


# -- what else corrupted parties may do ------------------------------------------------------------


def test_a_lie_without_an_aim_is_kept_by_the_liar_too():
    """A rule sees the party's own copy; with `to` it does not."""
    everyone = play(pings, rules=lying(says(Ping(30))))
    assert values(everyone) == [[1, 2, 30]] * 3
    aimed = play(pings, rules=lying(says(Ping(30)), to=(1,)))
    assert values(aimed) == [[1, 2, 30], [1, 2, 3], [1, 2, 3]]


def test_a_message_may_be_withheld_or_held_back():
    withheld = play(pings, rules=lying(lambda e: [], to=(1,), intends="presence"))
    assert type(withheld.outcomes[1]) is Stalled
    late = [attrs.evolve]
    held = play(pings, rules=lying(lambda e: [late[0](e, delay=25 * MS)], to=(1,), intends="time"))
    assert held.finished == {1: 65 * MS, 2: 40 * MS, 3: 40 * MS}
    assert withheld.receipts[0].acted
    assert held.receipts[0].acted


def test_what_is_held_back_keeps_its_line():
    """1,250 bytes at 1 Mbit/s: 10 ms on the line from the time of release on."""

    async def main(party):
        await party.exchange_all(Blob(bytes(1_218)))
        return party.now // MS

    hold = lambda e: [attrs.evolve(e, delay=25 * MS)] if e.receiver == 1 else [e]  # noqa: E731
    run = play(main, hosts={3: Host(bandwidth_up=1_000_000)}, rules=lying(hold, "Blob"))
    # P3 serves P1 first, but holds that copy back: P2's leaves at 10 ms, P1's at 25 + 10 ms.
    assert values(run) == [75, 50, 40]


def test_a_passively_corrupted_party_behaves():
    """No rules at all: what comes out is what went in, at the same times."""
    honest, passive = play(pings), play(pings, rules={3: []})
    assert values(honest) == values(passive)
    assert honest.finished == passive.finished
    assert honest.ledger.total() == passive.ledger.total()


def test_honest_messages_of_an_instant_are_sent_before_corrupted_ones():
    """The seats of the adversary flush last: P1, corrupted, stands behind P2 and P3."""
    run = play(pings, rules={1: []})
    assert [sent.sender for sent in run.journal.postings()] == [2, 3, 1, 1]
