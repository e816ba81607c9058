"""Content that no honest party sends ends its receiver, and accuses its sender."""

import attrs
import pytest

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Aborted, Output
from turncoat.actors.wire import Encoded

from .toys import Ping, Pong, Residues, Rewrite, Values, lying, pings, play, says, values

MS = MILLISECOND
LIAR = frozenset({3})


async def vectors(party):
    got = await party.exchange_all(Values(Residues((party.me, 0))))
    return sorted(vec.values.values for vec in got.values())


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


def test_a_caught_abort_is_no_abort():
    """A robust protocol may go on without the liar."""

    async def main(party):
        try:
            return await pings(party)
        except ProtocolAbort as abort:
            return sorted(abort.accused)

    run = play(main, rules=lying(says(Encoded("Ping", b"?")), to=(1, 2)))
    assert values(run) == [[3], [3], [1, 2, 3]]
