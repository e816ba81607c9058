"""The seam itself, with a mind of a few lines: what it hears and when, how its seats wait, what it
says on its own account, and when copies set out."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.envelope import Envelope
from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Output
from turncoat.actors.randomness import derive
from turncoat.actors.rule import Receipt
from turncoat.actors.seam import Heard, Outline, Seam
from turncoat.actors.thoughts import Until

from .toys import Ping, Pong, Rewrite, pings, play, values

MS = MILLISECOND
LATENCY = 40 * MS


@attrs.define(eq=False)
class Mind:
    """Writes down what it is told. late: by how much each copy sets out later; None: it does not
    decide on that. start: called with the seam."""

    rushing: str = "free"
    late: Callable[[Outline], int] | None = None
    start: Callable[[Seam], None] | None = None
    receipts: tuple[Receipt, ...] = ()
    heard: list[Heard] = attrs.Factory(list)
    watched: list[tuple[int, str, str]] = attrs.Factory(list)
    outlines: list[Outline] = attrs.Factory(list)
    seam: Seam | None = None
    ended: int = 0

    @property
    def schedules(self) -> bool:
        return self.late is not None

    def begin(self, seam: Seam) -> None:
        self.seam = seam
        if self.start is not None:
            self.start(seam)

    def watch(self, sender: int, sid: str, kind: str) -> None:
        self.watched.append((sender, sid, kind))

    def hear(self, heard: Heard) -> None:
        self.heard.append(heard)

    def postpone(self, outline: Outline) -> int:
        self.outlines.append(outline)
        return self.late(outline) if self.late else 0

    def end(self) -> None:
        self.ended += 1


def rule(change: Callable[[Envelope], Any]) -> Rewrite:
    """What P3 does to its Pings."""
    return Rewrite("Ping", change)


async def two_rounds(party):
    for name in ("a", "b"):
        await party.sub(name).exchange_all(Ping(10 * party.me))


def times(mind):
    return {(h.sid, h.sender): h.time for h in mind.heard}


# -- what it hears ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("rushing", "after"), [("free", 0), ("network", LATENCY)])
def test_it_hears_honest_messages_to_its_seats_when_it_may(rushing, after):
    """At once, or when they have arrived; those between honest parties never, nor its own."""
    mind = Mind(rushing)
    play(two_rounds, rules={3: []}, mind=mind)
    assert {(h.sender, h.receiver) for h in mind.heard} == {(1, 3), (2, 3)}
    assert times(mind) == {
        ("a", 1): after, ("a", 2): after, ("b", 1): LATENCY + after, ("b", 2): LATENCY + after
    }  # fmt: skip
    assert {h.body.number for h in mind.heard} == {10, 20}


def test_it_sees_who_speaks_but_neither_to_whom_nor_what():
    mind = Mind()
    play(two_rounds, rules={3: []}, mind=mind)
    assert sorted(mind.watched) == sorted((i, sid, "Ping") for i in (1, 2) for sid in ("a", "b"))


def test_of_words_between_honest_parties_it_knows_times_and_sizes():
    mind = Mind()
    play(two_rounds, rules={3: []}, mind=mind)
    assert [*mind.seam.outlines()] == [
        (when, i, j, 36) for when in (0, LATENCY) for i, j in ((1, 2), (2, 1))
    ]


def test_a_mind_that_only_listens_leaves_no_trace():
    """The digest is that of a run with the same seats and nobody in them."""
    for rushing in ("free", "network"):
        mind = Mind(rushing)
        assert play(two_rounds, rules={3: []}, mind=mind).digest == (
            play(two_rounds, rules={3: []}).digest
        )
        assert mind.ended == 1


def test_seats_are_those_with_rules():
    mind = Mind()
    play(pings, 4, rules={2: [], 4: []}, mind=mind)
    assert mind.seam.seats == {2, 4}
    assert mind.seam.group(1) == (1, 2, 3, 4)
    assert mind.seam.names == tuple(f"party-{i}" for i in (1, 2, 3, 4))


# -- messages that wait ----------------------------------------------------------------------------


def waiting(mind: Mind, ready: Callable[[], bool], due: int | None = None):
    """Hold every Ping back until `ready()`."""

    def hold(envelope: Envelope):
        async def thought() -> Iterable[Envelope]:
            await Until(ready, due)
            return [envelope]

        return thought()

    return {3: [rule(hold)]}


@pytest.mark.parametrize(("rushing", "when"), [("free", 0), ("network", LATENCY)])
def test_a_message_that_waits_for_others_leaves_with_the_last_of_them(rushing, when):
    """Rushing is free of latency or not, and never earlier than what was read."""
    mind = Mind(rushing)
    run = play(pings, rules=waiting(mind, lambda: len(mind.heard) == 2), mind=mind)
    assert {s.time for s in run.journal.postings() if s.sender == 3} == {when}
    assert values(run) == [[1, 2, 3]] * 3


def test_a_message_that_waits_for_what_never_comes_leaves_when_nothing_else_happens():
    """The honest ones wait for it, and nobody stalls. The oldest thought goes first, and the next
    one waits for what may come of that."""
    mind = Mind()
    run = play(pings, rules=waiting(mind, lambda: False), mind=mind)
    left = {s.receivers: s.time for s in run.journal.postings() if s.sender == 3}
    assert left == {(1,): LATENCY, (2,): 2 * LATENCY}
    assert values(run) == [[1, 2, 3]] * 3


@pytest.mark.parametrize("due", [5 * MS, 35 * MS, 250 * MS])
def test_a_message_waits_no_longer_than_it_was_given(due):
    mind = Mind()
    run = play(pings, rules=waiting(mind, lambda: False, due), mind=mind)
    assert {s.time for s in run.journal.postings() if s.sender == 3} == {due}


def test_rules_behind_one_that_waits_see_what_it_lets_through():
    """The second rule is applied once, to what the first one says after its wait."""
    mind = Mind()
    first = waiting(mind, lambda: len(mind.heard) == 2)[3][0]
    second = rule(lambda e: [attrs.evolve(e, body=Ping(e.body.number + 100))])
    run = play(pings, rules={3: [first, second]}, mind=mind)
    assert values(run) == [[1, 2, 103]] * 3
    assert second.receipt.fired == 3


def test_the_dead_say_nothing_of_what_they_thought():
    """P3 crashes while its messages wait: none of them leaves."""
    mind = Mind()
    rules = waiting(mind, lambda: False, 100 * MS)
    run = play(pings, rules=rules, mind=mind, faults=[Crash(3, at=50 * MS)])
    assert [s for s in run.journal.postings() if s.sender == 3] == []


# -- what it says on its own account ---------------------------------------------------------------


def saying(*envelopes: Envelope, after: int = 0):
    """A mind that says this at a time [ns]."""

    def start(seam: Seam) -> None:
        async def thought() -> None:
            await Until(lambda: seam.now >= after, after)
            for envelope in envelopes:
                seam.say(envelope)

        seam.think(thought())

    return Mind(start=start)


PONG = Envelope(3, 1, "extra", 0, "online", 1, Pong(7))


def test_what_it_says_beside_the_program_arrives_and_no_rule_sees_it():
    async def main(party):
        got = await pings(party)
        if party.me == 1:
            got.append((await party.sub("extra").receive(3, Pong)).number)
        return got

    touch = Rewrite("Pong", lambda e: [])
    run = play(main, rules={3: [touch]}, mind=saying(PONG, after=10 * MS))
    assert values(run)[0] == [1, 2, 3, 7]
    assert touch.receipt.fired == 0
    (said,) = [s for s in run.journal.postings() if s.kind == "Pong"]
    assert (said.time, said.tampered) == (10 * MS, True)


def test_nobody_speaks_from_a_dead_seat():
    run = play(
        pings, rules={3: []}, mind=saying(PONG, after=60 * MS), faults=[Crash(3, at=50 * MS)]
    )
    assert [s for s in run.journal.postings() if s.kind == "Pong"] == []


# -- when copies set out ---------------------------------------------------------------------------


def test_a_scheduler_sees_outlines_of_all_copies_and_delays_them():
    mind = Mind(late=lambda outline: 100 * MS if outline.receiver == 2 else 0)
    run = play(pings, mind=mind)
    assert {(o.sender, o.receiver, o.size) for o in mind.outlines} == {
        (i, j, 36) for i in (1, 2, 3) for j in (1, 2, 3) if i != j
    }
    assert run.finished == {1: LATENCY, 2: 100 * MS + LATENCY, 3: LATENCY}
    assert values(run) == [[1, 2, 3]] * 3


def test_a_scheduler_that_delays_nothing_changes_nothing():
    one, other = play(two_rounds, mind=Mind(late=lambda _: 0)), play(two_rounds)
    assert [*one.journal.events()] == [*other.journal.events()]


def chatter(rounds):
    """Everybody speaks at once and at its own pace, so that many copies are under way."""

    async def main(party):
        for k in range(rounds):
            party.sub(f"round.{k}").send_all(Ping(k))
            await party.sleep((party.me * 7 + k) % 3 * 20 * MS)
        for k in range(rounds):
            await party.sub(f"end.{k}").exchange_all(Ping(k))

    return main


@given(seed=st.integers(0, 10**6), jitter=st.sampled_from([0, 30 * MS]))
def test_on_a_reliable_link_no_copy_overtakes_another(seed, jitter):
    """Whatever the delays, also if they end in the instant in which another copy is sent."""

    def late(o: Outline) -> int:
        key = derive(seed, "late", o.sender, o.receiver, o.sid)
        return key[0] % 5 * 20 * MS

    run = play(chatter(4), 2, Link(LATENCY, jitter=jitter), mind=Mind(late=late), seed=seed)
    ends = {a.copy: a.time for a in run.journal.arrivals()}
    arrived: dict[tuple[int, int], list[int]] = {}
    for sent in run.journal.postings():
        for copy, j in enumerate(sent.receivers, sent.first):
            if copy in ends:
                arrived.setdefault((sent.sender, j), []).append(ends[copy])
    assert all(one <= other for line in arrived.values() for one, other in pairwise(line))
    assert all(isinstance(o, Output) for o in run.outcomes.values())


@pytest.mark.parametrize("reliable", [True, False])
def test_on_datagrams_a_later_copy_may_come_first(reliable):
    """The first of two copies is held back for 100 ms; the second waits behind it, or does not."""

    async def main(party):
        if party.me == 1:
            party.sub("first").send(2, Ping(1))
            party.sub("second").send(2, Ping(2))
            return None
        await party.sub("second").receive(1, Ping)
        return party.now

    mind = Mind(late=lambda o: 100 * MS if o.sid == "first" else 0)
    run = play(main, 2, Link(LATENCY, reliable=reliable), mind=mind)
    assert run.outcomes[2] == Output(LATENCY + (100 * MS if reliable else 0))
