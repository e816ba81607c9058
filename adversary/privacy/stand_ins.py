"""Ideal things in the place of a protocol's hashes and public coins, for the time of one run.

What rests on a random oracle or on a generator cannot be enumerated. So while a run lasts, a
module's name for such a sub-protocol stands for the functionality that it realises; what was
replaced is listed with every result. Knows of protocols only the names that they use.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.adversary.privacy.tapes import PUBLIC
from turncoat.protocols.primitives.echo_broadcast import M

# "package.module:name", as the module that uses it calls it → what stands in for it
StandIns = Mapping[str, Callable[..., Any]]


@contextmanager
def in_place(stand_ins: StandIns) -> Generator[None]:
    """While this lasts, the names stand for their stand-ins."""
    real = [(*_named(where), replacement) for where, replacement in stand_ins.items()]
    before = [getattr(module, name) for module, name, _ in real]
    try:
        for module, name, replacement in real:
            setattr(module, name, replacement)
        yield
    finally:
        for (module, name, _), original in zip(real, before, strict=True):
            setattr(module, name, original)


def _named(where: str) -> tuple[ModuleType, str]:
    module, _, name = where.partition(":")
    return import_module(module), name


async def ideal_coin_toss(party: Party, delta: int) -> Tape:
    """F_Coin, for `primitives/coin_toss`: coins that are nobody's, and the same to all."""
    return party.sub(PUBLIC).coins


async def ideal_commit_and_open(party: Party, body: M, delta: int) -> dict[int, M]:
    """F_Com, for `primitives/commitment`: everybody's message in one round. Nobody's depends on
    another's, so long as the adversary does not rush."""
    return await party.exchange_all(body, deadline=party.now + delta)


SPDZ: StandIns = {
    "turncoat.protocols.spdz.mac_check:coin_toss": ideal_coin_toss,
    "turncoat.protocols.spdz.mac_check:commit_and_open": ideal_commit_and_open,
}

# protocol → what must be ideal in it before it can be enumerated, in words and in code
IDEAL: Mapping[str, tuple[tuple[str, ...], StandIns]] = {
    "spdz": (
        (
            "F_Prep: a dealer of the key and of shares",
            "F_Coin for the coin toss",
            "F_Com for commitments (nobody rushes)",
        ),
        SPDZ,
    ),
}
