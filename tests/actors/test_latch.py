"""Latches: strands of one party that wait for one another, without a message."""

import pytest

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.latch import Latch
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Aborted, Stalled

from .toys import Ping, play, values

MS = MILLISECOND


async def relay(party):
    """Strand b speaks only once strand a has heard from everybody; c and d wait, too."""
    latch, told = Latch(party), []

    async def a(sub):
        await sub.exchange_all(Ping(1))
        latch.open()
        told.append("a")

    async def later(sub):
        await latch.passed()
        told.append(sub.sid)
        await sub.exchange_all(Ping(2))
        await latch.passed()  # open for good
        return party.now

    return (
        await party.together(
            later(party.sub("b")), a(party.sub("a")), later(party.sub("c")), later(party.sub("d"))
        ),
        told[0],
    )


def test_whoever_waits_passes_in_the_instant_in_which_it_is_opened():
    """One exchange of 40 ms, then another one."""
    run = play(relay, 3)

    assert values(run) == [([80 * MS, None, 80 * MS, 80 * MS], "a")] * 3


def test_what_waited_has_the_depth_of_what_it_waited_for():
    assert play(relay, 3).ledger.rounds() == 2


def test_one_digest_whatever_order_strands_are_woken_in():
    digests = {play(relay, 3, shuffle=shuffle).digest for shuffle in (None, list.reverse)}

    assert len(digests) == 1


def test_an_open_latch_holds_nobody_up():
    async def main(party):
        latch = Latch(party)
        latch.open()
        await latch.passed()
        return party.now

    assert values(play(main, 1)) == [0]


def test_waiting_for_what_never_comes_is_a_stall():
    async def main(party):
        await Latch(party).passed()

    assert isinstance(play(main, 1).outcomes[1], Stalled)


@pytest.mark.parametrize("opens", [True, False])
def test_a_strand_that_waits_ends_with_its_party(opens):
    async def main(party):
        latch = Latch(party)

        async def fails(sub):
            await sub.exchange_all(Ping(1))
            if opens:
                latch.open()
            raise ProtocolAbort("other")

        await party.together(latch.passed(), fails(party.sub("a")))

    run = play(main, 2)

    assert all(isinstance(end, Aborted) for end in run.outcomes.values())
