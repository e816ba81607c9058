"""A program that does everything at once, and the worlds in which its digest must be one.

Run by `test_determinism.py` here and in other processes.
"""

from collections.abc import Callable

import trio

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.randomness import threshold
from turncoat.actors.topology import Host
from turncoat.actors.wire import Encoded
from turncoat.actors.world import Run

from .toys import P, Ping, Pong, Residues, Rewrite, Values, says, toy_world

MS = MILLISECOND


def coins(party, count: int = 3) -> Values:
    return Values(Residues(tuple(int(x) for x in party.coins.uniform(P, count))))


async def chain(party):
    """Four rounds; what is said depends on what was heard."""
    heard = []
    for k in range(4):
        step = party.sub(f"step.{k}")
        got = await step.exchange_all(coins(step, 2 + len(heard) % 3))
        heard.append([vec.values.values[0] for vec in got.values()])
    return heard


async def quorum(party):
    """Whoever comes first, then whoever else comes in time: orders are part of the output."""
    seen = []
    for k in range(3):
        step = party.sub(f"vote.{k}")
        step.send_all(Ping(k))
        early = await step.gather(Ping, at_least=2)
        late = await step.gather(Ping, deadline=step.now + 3 * MS)
        seen.append(([*early], [*late], step.now))
    return seen


async def clocked(party):
    """Trio's own timeouts, some of them at the very instant at which a message comes."""
    ends = []
    for k, seconds in enumerate((0.02, 0.04, 0.06)):
        step = party.sub(f"try.{k}")
        step.send_all(Pong(k))
        with trio.move_on_after(seconds) as scope:
            await step.gather(Pong)
        await trio.sleep(0.005)
        ends.append((scope.cancelled_caught, step.now))
    return ends


async def forked(party):
    """Strands of a strand, of different lengths; then on."""

    async def twig(name, rounds):
        twig = party.sub(name)
        for k in range(rounds):
            await twig.sub(str(k)).exchange_all(coins(twig.sub(f"coins.{k}"), 1))
        return twig.coins.octets(4)

    grown = await party.together(twig("left", 1), twig("right", 3), twig("none", 0))
    me, n = party.me, party.n
    ring = party.sub("ring")
    ring.send(me % n + 1, coins(ring, 5))
    return grown, await ring.receive((me - 2) % n + 1, Values)


async def busy(party):
    with party.phase("prep"):
        await party.sub("hello").exchange_all(Ping(party.me))
    strands = [f(party.sub(f.__name__)) for f in (chain, quorum, clocked, forked)]
    return await party.together(*strands)


def ties(**rest) -> Run:
    """Constant latency: everything happens in the same few instants."""
    return toy_world(4, Link(40 * MS), **rest).run(busy)


def zero(**rest) -> Run:
    """No latency at all: everything but the timeouts happens at time 0."""
    return toy_world(4, Link(0), **rest).run(busy)


def jitter(**rest) -> Run:
    return toy_world(4, Link(40 * MS, 15 * MS), **rest).run(busy)


def rough(**rest) -> Run:
    """Jitter, loss and narrow lines."""
    link = Link(40 * MS, 15 * MS, loss=threshold(1, 10))
    return toy_world(4, link, host=Host(200_000, 300_000), **rest).run(busy)


def crash(**rest) -> Run:
    """One party dies in the middle of a posting, one at an instant full of messages."""
    faults = (Crash(2, after_sends=20), Crash(3, at=120 * MS))
    return toy_world(4, Link(40 * MS), faults=faults, **rest).run(busy)


def liar(**rest) -> Run:
    """P4 sends P1 garbage in one strand while the others go on: who is still heard, and how far
    the dying party's other strands get, must not depend on who runs first."""
    garbage = says(Encoded("Values", b"odd"))
    rules = {4: [Rewrite("Values", garbage, to=(1,), intends="bytes")]}
    return toy_world(4, Link(40 * MS), rules=rules, **rest).run(busy)


WORLDS: dict[str, Callable[..., Run]] = {
    world.__name__: world for world in (ties, zero, jitter, rough, crash, liar)
}


def digests() -> list[str]:
    return [world().digest for world in WORLDS.values()]
