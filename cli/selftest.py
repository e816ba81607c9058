"""What `turncoat doctor` runs: the kernel for a second, and one tiny scenario twice.

Small enough to judge an installation, not a benchmark: those are in `benchmarks/`.
"""

import time

import attrs

from turncoat.actors.party import Party
from turncoat.actors.topology import Cast
from turncoat.actors.wire import integer, message
from turncoat.actors.world import World
from turncoat.cli.execute import reverse
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.scenarios.compose import Options, prepare
from turncoat.scenarios.loader import loads

PARTIES = 10

SCENARIO = """
[scenario]
name = "doctor"
seed = 1

[protocol]
use = "bgw"
program = "variance"

[parties]
names = ["alice", "bob", "carol"]
inputs = { alice = [1, 2], bob = [3], carol = [4, 5] }

[network]
preset = "wan"
loss = "5 %"

[expect]
verdict = "OK"
output = 2
"""


@message
class SelfTestPing:
    """A number to everybody."""

    number: int = integer()


@attrs.frozen
class Speed:
    """Messages that the kernel carried in so many real seconds."""

    messages: int
    seconds: float

    @property
    def per_second(self) -> int:
        return round(self.messages / self.seconds)


def speed(seconds: float = 1.0) -> Speed:
    """Ten parties that send to all, round after round, for that long in real time."""
    started = time.perf_counter()

    async def talk(party: Party) -> None:
        number = 0
        while True:
            number += 1
            await party.sub(str(number)).exchange_all(SelfTestPing(number))

    world = World(
        cast=Cast(tuple(f"P{i}" for i in range(1, PARTIES + 1))),
        tapes=AesCtrTape,
        pulse=lambda _: time.perf_counter() - started >= seconds,
        time_limit=2**62,
    )
    run = world.run(talk)
    return Speed(run.journal.copies, time.perf_counter() - started)


@attrs.frozen
class Twins:
    """A scenario that ran twice, the second time under reversed wake-ups and really encoding."""

    held: bool
    digests: tuple[str, str]

    @property
    def equal(self) -> bool:
        return self.digests[0] == self.digests[1]


def twins() -> Twins:
    """Variance of five numbers among three parties over a lossy WAN."""
    prepared = prepare(loads(SCENARIO, "doctor.toml"))
    first, second = prepared.run(), prepared.run(Options(encode=True, shuffle=reverse))
    return Twins(first.held and second.held, (first.digest, second.digest))
