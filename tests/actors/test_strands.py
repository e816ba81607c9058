"""Sids, strands and the mistakes an author can make with them: loud, and never a peer's fault."""

import pytest
import trio

from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Aborted

from .toys import Ping, Pong, play, values

MS = MILLISECOND


def misused(main, match: str, n: int = 2):
    """The run ends with a MisuseError that says what was wrong, and where."""
    with pytest.raises(MisuseError, match=match) as caught:
        play(main, n)
    assert any("raised by party-" in note for note in caught.value.__notes__)


# -- sids ------------------------------------------------------------------------------------------


def test_sids_are_paths():
    async def main(party):
        return party.sid, party.sub("a").sid, party.sub("b").sub("c.1").sid

    assert values(play(main, 1)) == [("", "a", "b/c.1")]


def test_a_used_name_is_refused():
    async def main(party):
        party.sub("mul").sub("open")
        party.sub("open")
        party.sub("mul")

    misused(main, "P1 uses mul twice")


@pytest.mark.parametrize("name", ["", "a/b", "/", "#abort"])
def test_a_name_that_is_no_part_of_a_path_is_refused(name):
    async def main(party):
        party.sub(name)

    with pytest.raises(ValueError, match="names no sub-protocol"):
        play(main, 1)


@pytest.mark.parametrize(
    "speak",
    [
        lambda p: (p.send(2, Ping(1)), p.send(2, Ping(1))),
        lambda p: (p.send(2, Ping(1)), p.send_all(Ping(1))),
        lambda p: (p.send_all(Ping(1)), p.send_each({2: Ping(1)})),
        lambda p: (p.send(1, Ping(1)), p.send_all(Ping(1))),
    ],
)
def test_one_message_of_a_kind_to_one_receiver_under_one_sid(speak):
    async def main(party):
        speak(party)

    misused(main, "second Ping")


def test_other_kinds_receivers_and_sids_are_other_messages():
    async def main(party):
        if party.me == 1:
            party.send(2, Ping(1))
            party.send(3, Ping(1))
            party.send(1, Ping(1))
            party.send(2, Pong(1))
            party.sub("a").send(2, Ping(1))

    assert play(main, 3).ledger.total().messages == 4


@pytest.mark.parametrize(
    ("send", "match"),
    [
        (lambda p: p.send(3, Ping(1)), "P1 sends to P3"),
        (lambda p: p.send(0, Ping(1)), "P1 sends to P0"),
        (lambda p: p.send_each({2: Ping(1), 9: Ping(2)}), "P1 sends to P9"),
        (lambda p: p.send(2, "hello"), "'hello' is no message"),
        (lambda p: p.send_all(Ping(2**32)), r"Ping\.number cannot be 4294967296"),
        (lambda p: p.send_each({1: Ping("own"), 2: Ping(1)}), r"Ping\.number cannot be 'own'"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_sent(send, match):
    """At the author's line, not when the network looks at it."""

    async def main(party):
        send(party)

    misused(main, match)


# -- strands ---------------------------------------------------------------------------------------


def test_strands_run_at_once_and_answer_in_the_order_given():
    """40 ms each, together 40 ms."""

    async def strand(party, number):
        got = await party.exchange_all(Ping(number))
        return [ping.number for ping in got.values()]

    async def main(party):
        got = await party.together(*(strand(party.sub(f"s{k}"), k) for k in range(5)))
        return got, party.now

    assert values(play(main, 2)) == [([[k, k] for k in range(5)], 40 * MS)] * 2


def test_no_strand_is_no_work():
    async def main(party):
        return await party.together()

    assert values(play(main, 1)) == [[]]


def test_a_sid_belongs_to_one_strand():
    """Sending, waiting, sleeping and tossing coins are all the owner's."""

    async def first(step):
        step.send_all(Ping(1))
        await step.gather(Ping)
        await step.sleep(50 * MS)

    async def send(step):
        step.send_all(Pong(1))

    async def wait(step):
        await step.gather(Ping)

    async def sleep(step):
        await step.sleep(1)

    async def toss(step):
        return step.coins

    for second in (send, wait, sleep, toss):

        async def main(party, second=second):
            step = party.sub("a")
            await party.together(first(step), second(step))

        misused(main, "is another strand's")


def test_a_parents_sid_is_not_its_childrens():
    async def child(party):
        party.send(2, Ping(2))

    async def main(party):
        party.send(2, Pong(1))
        await party.together(child(party))

    misused(main, "is another strand's")


def test_two_tasks_of_one_strand_do_not_wait_for_the_same_messages():
    """Only a program that opens nurseries of its own gets here."""

    async def main(party):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(party.gather, Ping)
            nursery.start_soon(party.gather, Ping)

    with pytest.raises(ExceptionGroup) as caught:
        play(main, 2)
    (error,) = caught.value.exceptions
    assert "two strands of P1 wait for Ping" in str(error)


def test_a_sid_may_be_used_again_once_its_strand_is_over():
    """By the parent, or by the next strand, after the join."""

    async def ping(step):
        return len(await step.exchange_all(Ping(1)))

    async def pong(step):
        return len(await step.exchange_all(Pong(1)))

    async def main(party):
        step, other = party.sub("a"), party.sub("b")
        one = await party.together(ping(step), ping(other))
        two = await party.together(pong(step))
        return one, two, await pong(other)

    assert values(play(main, 2)) == [([2, 2], [2], 2)] * 2


def test_the_first_of_several_aborts_of_one_instant_is_heard():
    """In the order given, whoever ran first."""

    async def fails(party, reason):
        await party.exchange_all(Ping(1))
        raise ProtocolAbort(reason)

    async def works(party):
        await party.exchange_all(Ping(1))

    async def main(party):
        await party.together(
            works(party.sub("a")), fails(party.sub("b"), "one"), fails(party.sub("c"), "two")
        )

    run = play(main, 2)
    assert run.outcomes == dict.fromkeys((1, 2), Aborted("one"))


def test_an_abort_that_is_caught_ends_its_siblings_and_frees_their_sids():
    """The long strand is cut off at once; its sid is the parent's again."""

    async def fails(step):
        await step.sleep(10 * MS)
        raise ProtocolAbort("enough")

    async def long(step):
        await step.sleep(1_000 * MS)

    async def main(party):
        step = party.sub("long")
        with pytest.raises(ProtocolAbort):
            await party.together(fails(party.sub("short")), long(step))
        now = party.now
        await step.exchange_all(Ping(1))
        return now, party.now

    assert values(play(main, 2)) == [(10 * MS, 50 * MS)] * 2


def test_a_strand_that_fails_lets_the_others_finish_their_instant():
    """Both strands wake at 40 ms. Whoever runs first, the second still says what it has to say in
    this instant: what is sent must not depend on the scheduler."""

    async def fails(step):
        await step.exchange_all(Ping(1))
        raise ProtocolAbort("enough")

    async def goes_on(step):
        await step.exchange_all(Ping(1))
        await step.sub("next").exchange_all(Ping(2))

    async def main(party):
        await party.together(fails(party.sub("a")), goes_on(party.sub("b")))

    for _ in range(20):
        run = play(main, 2)
        assert [(s.sid, s.time // MS) for s in run.journal.postings() if s.sender == 1] == [
            ("a", 0),
            ("b", 0),
            ("#abort", 40),
            ("b/next", 40),
        ]


# -- coins -----------------------------------------------------------------------------------------


def test_coins_are_a_sids_own():
    """Named by seed, party and sid: the same in every run, different between any two names."""

    async def main(party):
        mine = [party.coins, party.sub("a").coins, party.sub("b").coins]
        return [tape.octets(16) for tape in mine]

    first, again, other = (values(play(main, 3, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    drawn = [octets for run in (first, other) for party in run for octets in party]
    assert len(set(drawn)) == 18


def test_coins_go_on_where_they_were():
    """One tape a sid, however often it is asked for."""

    async def main(party):
        return party.coins is party.coins, party.coins.octets(8) != party.coins.octets(8)

    assert values(play(main, 1)) == [(True, True)]
