"""Worker: the same traffic as programs of parties in our own kernel, through its public interface.

Options: "sizes" (digest without contents), "meter" (CPU by party), "encode" (every message really
encoded and decoded), "bandwidth" (access lines with queues), "bodies" (contents kept, as for a
trace) and "books" (also time the digest and the ledger by themselves).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workload import JITTER, LATENCY, WORD_BYTES, Finish, Traffic, resident_bytes, work

from turncoat.actors.actor import Program
from turncoat.actors.journal import Fate
from turncoat.actors.link import Link
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.topology import Cast, Host, Topology
from turncoat.actors.wire import message, octets
from turncoat.actors.world import Run, World

BITS_PER_SECOND = 100_000_000  # of every access line, with the option "bandwidth"

Programs = Program | dict[int, Program]


@message
class Word:
    """What every message of the benchmark carries."""

    value: bytes = octets(WORD_BYTES, payload=True)


def word(party: Party) -> Word:
    return Word(party.me.to_bytes(WORD_BYTES, "little"))


def ring(traffic: Traffic) -> Program:
    async def member(party: Party) -> None:
        before = (party.me - 2) % party.n + 1
        following, token = party.me % party.n + 1, word(party)
        for lap in range(traffic.rounds):
            lane = party.sub(str(lap))
            if party.me > 1:
                await lane.receive(before, Word)
            lane.send(following, token)
            if party.me == 1:
                await lane.receive(before, Word)

    return member


def all_to_all(traffic: Traffic) -> Program:
    async def member(party: Party) -> None:
        own = word(party)
        for number in range(traffic.rounds):
            await party.sub(str(number)).exchange_all(own)

    return member


def star(traffic: Traffic) -> dict[int, Program]:
    clients, hub = range(1, traffic.parties + 1), traffic.parties + 1

    async def client(party: Party) -> None:
        own = word(party)
        for number in range(traffic.rounds):
            lane = party.sub(str(number))
            lane.send(hub, own)
            await lane.receive(hub, Word)

    async def server(party: Party) -> None:
        for number in range(traffic.rounds):
            lane = party.sub(str(number))
            lane.send_each(await lane.gather(Word, clients))

    return {**dict.fromkeys(clients, client), hub: server}


PATTERNS: dict[str, Callable[[Traffic], Programs]] = {
    "ring": ring,
    "all-to-all": all_to_all,
    "star": star,
}


def no_tape(key: bytes) -> Tape:
    raise NotImplementedError("this traffic tosses no coins")


def cast(traffic: Traffic, *, observed: bool = False) -> Cast:
    """The parties; then the server of a star; then, for the memory probe, an observer."""
    roles: dict[str, tuple[int, ...]] = {}
    size = traffic.parties
    if traffic.shape == "star":
        size += 1
        roles = {"client": tuple(range(1, size)), "server": (size,)}
    if observed:
        size += 1
        roles["observer"] = (size,)
    return Cast(tuple(f"party {i}" for i in range(1, size + 1)), roles)


def world(traffic: Traffic, options: tuple[str, ...], *, observed: bool = False) -> World:
    rate = BITS_PER_SECOND if "bandwidth" in options else None
    return World(
        cast=cast(traffic, observed=observed),
        tapes=no_tape,
        seed=1,
        topology=Topology(
            default=Link(LATENCY, JITTER if traffic.jitter else 0),
            host=Host(bandwidth_up=rate, bandwidth_down=rate),
        ),
        digest="sizes" if "sizes" in options else "full",
        encode="encode" in options,
        meter="meter" in options,
        keep_bodies="bodies" in options,
    )


def prepare(traffic: Traffic, options: tuple[str, ...]) -> Callable[[], Finish]:
    """A run of the simulator, from making the parties to the digest."""
    place, programs = world(traffic, options), PATTERNS[traffic.shape](traffic)

    def run() -> Finish:
        result = place.run(programs)
        return lambda: facts(result, options)

    return run


def facts(run: Run, options: tuple[str, ...]) -> dict[str, Any]:
    """What the driver verifies, and on request what reading the journal costs."""
    delivered = sum(arrival.fate is Fate.DELIVERED for arrival in run.journal.arrivals())
    known: dict[str, Any] = {"messages": delivered, "digest": run.digest}
    if "books" in options:
        known["digest_s"] = seconds(lambda: run.journal.digest("again"))
        known["ledger_s"] = seconds(lambda: run.ledger.total())
    return known


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def probe(traffic: Traffic) -> dict[str, float]:
    """Bytes that the whole world holds when all have sent and nothing has arrived."""
    traffic = replace(traffic, rounds=1)
    programs = PATTERNS[traffic.shape](traffic)
    place = world(traffic, (), observed=True)
    if not isinstance(programs, dict):
        programs = dict.fromkeys(range(1, traffic.parties + 1), programs)
    seen: list[int] = []

    async def observer(party: Party) -> None:
        await party.sleep(1)
        seen.append(resident_bytes())

    before = resident_bytes()
    place.run({**programs, place.cast.size: observer})
    return {"bytes": seen[0] - before}


if __name__ == "__main__":
    work(prepare, probe)
