"""The bill against hand counts: Ping is 36 bytes of framing, a vector of m elements 32 + 2·m."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import Crash
from turncoat.actors.ledger import Traffic
from turncoat.actors.link import MILLISECOND, Link

from .toys import Blob, Nothing, Ping, Pong, Residues, Rewrite, Values, play, says

MS = MILLISECOND


def vector(m: int) -> Values:
    return Values(Residues((0,) * m))


@given(st.integers(2, 6), st.integers(0, 9), st.integers(1, 4))
def test_all_to_all_costs_n_times_n_minus_1_messages(n, m, rounds):
    """rounds · n · (n − 1) unicasts of m elements; the copies to oneself are free."""

    async def main(party):
        for k in range(rounds):
            await party.sub(str(k)).exchange_all(vector(m))

    ledger = play(main, n).ledger
    messages = rounds * n * (n - 1)
    assert ledger.total() == Traffic(messages, messages * 2 * m, messages * 32, 0)
    assert ledger.sent_by(1) == ledger.received_by(n) == Traffic(
        rounds * (n - 1), rounds * (n - 1) * 2 * m, rounds * (n - 1) * 32, 0
    )  # fmt: skip
    assert ledger.rounds() == rounds


async def errands(party):
    """P1: 3 elements to each other in prep; P2: one ping to P3 and one to itself; P3: nothing."""
    if party.me == 1:
        with party.phase("prep"):
            party.sub("deal").send_each({j: vector(3) for j in party.everyone})
        await party.sleep(100 * MS)
    if party.me == 2:
        party.send(3, Ping(1))
        party.send(2, Ping(2))
        await party.sub("deal").receive(1, Values)
    if party.me == 3:
        await party.gather(Ping, (2,))


def test_each_party_is_billed_for_what_it_sent_and_got():
    ledger = play(errands).ledger
    assert ledger.sent_by(1) == Traffic(2, 2 * 6, 2 * 32)
    assert ledger.sent_by(2) == Traffic(1, 0, 36)
    assert ledger.sent_by(3) == Traffic()
    assert ledger.received_by(1) == Traffic()
    assert ledger.received_by(2) == Traffic(1, 6, 32)
    assert ledger.received_by(3) == Traffic(2, 6, 32 + 36)
    assert ledger.total() == Traffic(3, 12, 2 * 32 + 36)


def test_each_phase_and_each_kind_and_sid_has_its_bill():
    ledger = play(errands).ledger
    assert ledger.phases() == ("prep", "online")
    assert ledger.total(lambda s: s.phase == "prep") == Traffic(2, 12, 64)
    assert ledger.total(lambda s: s.phase == "online") == Traffic(1, 0, 36)
    assert ledger.total(lambda s: s.phase == "setup") == Traffic()
    assert ledger.total(lambda s: s.kind == "Values") == Traffic(2, 12, 64)
    assert ledger.total(lambda s: s.sid == "deal") == Traffic(2, 12, 64)
    assert ledger.total(lambda s: 3 in s.receivers).messages == 2


def test_sizes_are_summed_by_message_not_by_posting():
    """One deal with bodies of different sizes: 1, 2 and 3 elements; the own copy is free."""

    async def main(party):
        if party.me == 2:
            party.send_each({1: vector(1), 2: vector(50), 3: vector(2), 4: vector(3)})
        await party.sleep(100 * MS)

    ledger = play(main, 4).ledger
    assert ledger.total() == Traffic(3, 2 * (1 + 2 + 3), 3 * 32)
    assert [ledger.received_by(j).payload_bytes for j in (1, 2, 3, 4)] == [2, 0, 4, 6]


def test_what_is_not_received_is_billed_to_its_sender_alone():
    """P3 is dead when its copy comes; P2's is still on the way when all are done."""

    async def main(party):
        if party.me == 1:
            party.send_all(Ping(1))
            await party.sleep(50 * MS)

    faults = [Crash(3, at=10 * MS)]
    ledger = play(main, 3, links={(1, 2): Link(60 * MS)}, faults=faults).ledger
    assert ledger.sent_by(1).messages == 2
    assert ledger.received_by(2) == ledger.received_by(3) == Traffic()


def test_a_rules_messages_are_billed_as_they_left():
    """P3 sends P1 two copies and P2 none; the one to itself is free, as ever."""

    def rewrite(envelope):
        return [envelope] * {1: 2, 2: 0, 3: 1}[envelope.receiver]

    async def main(party):
        party.send_all(Blob(bytes(10)))
        await party.sleep(50 * MS)

    ledger = play(main, 3, rules={3: [Rewrite("Blob", rewrite)]}).ledger
    assert ledger.sent_by(3) == Traffic(2, 20, 64)
    assert ledger.received_by(1).messages == 3
    assert ledger.received_by(2).messages == 1


def test_the_really_encoding_mode_has_the_same_bill():
    async def main(party):
        await party.sub("a").exchange_all(vector(party.me), shape=None if party.n < 2 else (3,))

    plain, encoded = (play(errands, encode=encode).ledger for encode in (False, True))
    assert plain == encoded


def test_a_message_to_all_is_journalled_once_and_read_back_whole():
    """One row for n − 1 copies; numbers of copies go on."""

    async def main(party):
        if party.me == 1:
            with party.phase("setup"):
                party.sub("x").sub("y").send_all(Pong(1))
            party.sub("z").send(3, Nothing())

    run = play(main, 3)
    one, two = run.journal.postings()
    assert (one.first, one.time, one.sender, one.sid, one.kind, one.k) == (
        0,
        0,
        1,
        "x/y",
        "Pong",
        0,
    )
    assert (one.phase, one.depth, one.payload, one.framing) == ("setup", 1, 0, 36)
    assert (one.receivers, one.tampered) == ((2, 3), False)
    assert (two.first, two.sid, two.kind, two.receivers) == (2, "z", "Nothing", (3,))
    assert run.journal.copies == 3


def test_the_journal_marks_what_a_rule_touched():
    """P3 changes its copy to P1 and leaves that to P2 alone; honest rows are never marked."""

    async def main(party):
        party.send_all(Ping(1))

    run = play(main, rules={3: [Rewrite("Ping", says(Ping(9)), to=(1,))]})
    rows = {(sent.sender, sent.receivers): sent.tampered for sent in run.journal.postings()}
    assert rows == {(1, (2, 3)): False, (2, (3, 1)): False, (3, (1,)): True, (3, (2,)): False}


@pytest.mark.parametrize("keep", [False, True])
def test_bodies_are_kept_on_demand(keep):
    async def main(party):
        if party.me == 1:
            party.send_all(Ping(5))
            party.sub("x").send_each({2: Ping(6), 3: Ping(7)})

    bodies = play(main, 3, keep_bodies=keep).journal.bodies
    assert bodies == ({0: Ping(5), 2: Ping(6), 3: Ping(7)} if keep else {})
