"""What corrupted parties may do with their messages, and what it does not touch."""

import attrs

from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Stalled
from turncoat.actors.randomness import threshold
from turncoat.actors.topology import Host

from .toys import Blob, Ping, Pong, lying, pings, play, says, values

MS = MILLISECOND


def test_a_lie_without_an_aim_is_kept_by_the_liar_too():
    """A rule sees the party's own copy; with `to` it does not."""
    everyone = play(pings, rules=lying(says(Ping(30))))
    assert values(everyone) == [[1, 2, 30]] * 3
    aimed = play(pings, rules=lying(says(Ping(30)), to=(1,)))
    assert values(aimed) == [[1, 2, 30], [1, 2, 3], [1, 2, 3]]


def test_a_message_may_be_withheld_or_held_back():
    withheld = play(pings, rules=lying(lambda e: [], to=(1,), intends="presence"))
    assert type(withheld.outcomes[1]) is Stalled
    later = lambda e: [attrs.evolve(e, delay=25 * MS)]  # noqa: E731
    held = play(pings, rules=lying(later, to=(1,), intends="time"))
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


JITTER = Link(40 * MS, 30 * MS, loss=threshold(1, 4))


def test_corruption_alone_changes_no_draw_of_the_network():
    """Jitter and loss of each copy are those of the same party when it was honest: what a lie did
    can be told from what the network did."""

    async def main(party):
        await pings(party)
        for j in party.others:
            party.sub(f"to.{j}").send(j, Pong(1))
        mail = party.sub(f"to.{party.me}")
        return [*await mail.gather(Pong, party.others)], party.now

    honest, passive = play(main, 4, JITTER), play(main, 4, JITTER, rules={3: []})
    assert values(honest) == values(passive)
    assert honest.ledger.total() == passive.ledger.total()


def test_a_withheld_copy_leaves_the_others_as_they_are():
    """P3 withholds P4's copy: P1's and P2's come when they came from its harmless twin."""
    twin, attack = (
        play(pings, 4, JITTER, rules=lying(change, to=(4,)))
        for change in (lambda e: [e], lambda e: [])
    )
    assert {i: attack.finished[i] for i in (1, 2, 3)} == {i: twin.finished[i] for i in (1, 2, 3)}
    assert type(attack.outcomes[4]) is Stalled


def test_honest_messages_of_an_instant_are_sent_before_corrupted_ones():
    """The seats of the adversary flush last: P1, corrupted, stands behind P2 and P3."""
    run = play(pings, rules={1: []})
    assert [sent.sender for sent in run.journal.postings()] == [2, 3, 1, 1]
