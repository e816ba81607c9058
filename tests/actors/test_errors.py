"""Bugs of programs, behaviours and the simulator end a run loudly; none of them hangs it."""

import pytest
import trio

from turncoat.actors.errors import MisuseError, SimulationBug
from turncoat.actors.link import MILLISECOND
from turncoat.actors.outcome import Stalled
from turncoat.actors.topology import Cast

from .toys import Ping, Residues, Rewrite, Values, forever, play, says, toy_world

MS = MILLISECOND


def test_an_ordinary_exception_ends_the_run_loudly_and_names_the_party():
    """A bug in a program is no outcome. The note says whose and when."""

    async def main(party):
        await party.exchange_all(Ping(1))
        if party.me == 2:
            raise ZeroDivisionError("a bug")
        await party.sub("x").gather(Ping)

    with pytest.raises(ZeroDivisionError, match="a bug") as caught:
        play(main, 3, cast=Cast(("alice", "bob", "carol")))
    assert caught.value.__notes__ == ["raised by bob (P2) at 40000000 ns"]


def test_of_several_errors_of_one_instant_the_first_partys_is_raised():
    """Whoever ran first."""

    async def main(party):
        await party.exchange_all(Ping(1))
        if party.me > 1:
            raise ValueError(f"P{party.me}")

    for _ in range(20):
        with pytest.raises(ValueError, match="P2"):
            play(main, 4)


def test_an_exception_in_a_strand_is_the_programs():
    async def bad(step):
        await step.exchange_all(Ping(1))
        raise LookupError("in a strand")

    async def main(party):
        await party.together(bad(party.sub("a")), party.sub("b").exchange_all(Ping(1)))

    with pytest.raises(LookupError, match="in a strand"):
        play(main, 2)


def test_an_exception_of_the_simulator_is_not_blamed_on_a_party():
    def broken(now):
        raise OSError("no heart")

    with pytest.raises(OSError, match="no heart") as caught:
        play(forever, 2, pulse=broken)
    assert caught.value.__notes__ == ["raised by the simulator at 0 ns"]


def test_an_exception_in_a_rule_is_its_partys():
    """A behaviour that breaks, or says what no wire can carry, is a bug of that behaviour."""

    def broken(envelope):
        raise KeyError("behaviour")

    async def main(party):
        await party.exchange_all(Ping(1))

    for change, error in ((broken, KeyError), (says(Ping(2**40)), MisuseError)):
        with pytest.raises(error) as caught:
            play(main, 3, rules={3: [Rewrite("Ping", change)]})
        assert caught.value.__notes__ == ["raised by party-3 (P3) at 0 ns"]


def test_a_structure_that_bills_what_it_does_not_encode_is_found_when_really_encoding():
    """By reference nobody would notice; the encoding mode compares with the bill."""

    class Liar(type(toy_world().structures["field"])):
        def encoded_size(self, vec):
            return 2 * vec.size + 1

    async def main(party):
        await party.exchange_all(Values(Residues((1, 2))))

    world = toy_world(2, encode=True)
    world.structures["field"], honest = Liar(), world.structures["field"]
    try:
        with pytest.raises(SimulationBug, match="billed"):
            world.run(main)
    finally:
        world.structures["field"] = honest


def test_what_is_shielded_from_cancellation_cannot_hang_a_run():
    """Only a program that uses Trio by itself can do this. It ends as an error, not as a hang."""

    async def main(party):
        try:
            await party.gather(Ping)
        finally:
            with trio.CancelScope(shield=True):
                await trio.Event().wait()

    with pytest.raises(MisuseError, match="shielded from its end"):
        play(main, 2)


def test_a_shielded_farewell_that_ends_is_allowed_and_says_nothing():
    async def main(party):
        try:
            await party.gather(Ping)
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(1)
                party.sub("bye").send_all(Ping(1))

    run = play(main, 2)
    assert {type(end) for end in run.outcomes.values()} == {Stalled}
    assert run.ledger.total().messages == 0
