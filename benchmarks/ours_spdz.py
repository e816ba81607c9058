"""Worker: products over our SPDZ, online: by way of `run_program`, all parties in this process.

What the dealer hands out is made before the clock starts, and nobody sends it. Options: "floor"
(nothing but the generator and the kernels of the same work), "sizes" (a digest without contents),
"encode" (every message really encoded and decoded), "king" (openings through a king), "profile"
(seconds by part of the code instead of a timing).
"""

import json
import sys
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from computation import Run, Task, probes, work
from ours_bgw import F, Function, compile_kernels, factors, opening, profiled, vectors

from turncoat.actors.link import Link
from turncoat.actors.party import Party
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.protocols.arithmetic.numbering import below
from turncoat.protocols.arithmetic.predict import announce
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.functionalities.prep import Kind, Order, deal, unpacked
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.parameters import DELTA
from turncoat.protocols.spdz.stock import Stock
from turncoat.protocols.spdz.variants import VARIANTS

PARTS = {  # where a function lies, and how it is called → what a profile calls it
    "actors/wire.py:fingerprint": "digest",
    "actors/wire.py": "encoding",
    "protocols/algebra/storage.py:draw": "randomness",
    "protocols/algebra/storage.py": "encoding",
    "protocols/algebra/": "field work",
    "protocols/primitives/symmetric.py": "randomness",
    "protocols/arithmetic/program.py": "outputs as Python integers",
    "protocols/": "protocol",
    "actors/actor.py:_run": "freeing memory",  # of a program's arrays, when it ends
    "actors/": "kernel",
    "trio/": "kernel",
}


class Dealt(Spdz):
    """SPDZ whose preprocessing is over."""

    async def prepare(self, party: Party, announced: Any) -> Any:
        return self


def prepare(task: Task) -> Run:
    """A world of parties that hold what the dealer made; none of that is timed."""
    compile_kernels(task)
    n, (x, y) = task.parties, factors(task)
    names = [f"P{i}" for i in range(1, n + 1)]
    own = {1: {"x": x}, 2: {"x": y}}
    layout = {name: {"x": x.shape} if i in (1, 2) else {} for i, name in enumerate(names, 1)}
    family = Dealt(n, None, F, opening=opening(task))
    orders = VARIANTS["plain"].orders(announce(family, vectors, layout))
    ready = {i: family.holding(*held) for i, held in dealt(orders, n).items()}
    world = World(
        cast=Cast(tuple(names)),
        tapes=AesCtrTape,
        t=family.t,
        topology=Topology(default=Link(latency=1_000_000)),
        structures={"field": F},
        digest="sizes" if "sizes" in task.options else "full",
        encode="encode" in task.options,
        time_limit=10**15,
    )

    async def main(party: Party) -> Any:
        inputs = own.get(party.me, {})
        opened = await run_program(party.sub("spdz"), ready[party.me], vectors, inputs, layout)
        return [opened[index] for index in probes(task)]

    def run() -> list[int]:
        done = world.run(main)
        assert done.digest
        (found,) = {tuple(outcome.value) for outcome in done.outcomes.values()}
        return list(found)

    return run


def dealt(orders: list[Order], n: int) -> dict[int, tuple[MacKey, Stock]]:
    """Every party's key and stock, made by a dealer's own function."""
    held: dict[int, tuple[MacKey, Stock]] = {}
    for i, shares in deal(orders, range(1, n + 1), F, AesCtrTape(bytes(16))).shares.items():
        items = unpacked(shares, orders, i)
        stock = Stock({below("spdz", sid): item for sid, item in items.items()})
        held[i] = MacKey(shares.alpha, i == 1, DELTA), stock
    return held


def floor(task: Task) -> Run:
    """The generator and the kernels of every party, one after the other; nobody sends anything."""
    compile_kernels(task)
    n, m = task.parties, task.size
    x, y = (F(values) for values in factors(task))
    tape = AesCtrTape(bytes(16))
    kinds: dict[str, Kind] = {"x": "mask", "y": "mask", "z": "triple"}
    orders = [Order(kind, sid, ((m,),)) for sid, kind in kinds.items()]
    dealing = deal(orders, range(1, n + 1), F, tape)
    held = {i: unpacked(shares, orders, i) for i, shares in dealing.shares.items()}
    keys = {i: MacKey(shares.alpha, i == 1, DELTA) for i, shares in dealing.shares.items()}

    def opened(values: dict[int, Any]) -> Any:
        """Every party adds all shares up."""
        *_, total = [reduce(add, values.values()) for _ in values]
        return total

    def checked(i: int, values: list[Any], macs: list[Any]) -> None:
        coins = AesCtrTape(bytes(16))
        a = gamma = F.zeros(1)
        for value, mac in zip(values, macs, strict=True):
            r = F.random(coins, m)
            a, gamma = a + r @ value, gamma + r @ mac

    def run() -> list[int]:
        said = {"x": x - dealing.masks["x"], "y": y - dealing.masks["y"]}
        left, right = (
            {i: keys[i].add(held[i][name].share, said[name]) for i in held} for name in ("x", "y")
        )
        triples = {i: held[i]["z"] for i in held}
        ds = {i: left[i] - triples[i].a for i in held}
        es = {i: right[i] - triples[i].b for i in held}
        d = opened({i: share.value for i, share in ds.items()})
        e = opened({i: share.value for i, share in es.items()})
        z = {i: t.c + d * t.b + e * keys[i].add(t.a, d) for i, t in triples.items()}
        for i in held:
            checked(i, [d, e], [ds[i].mac, es[i].mac])
        out = opened({i: share.value for i, share in z.items()})
        for i in held:
            checked(i, [out], [z[i].mac])
        return out[np.array(probes(task))].tolist()

    return run


def part_of(function: Function) -> str | None:
    """What a profile calls a function, None for one that is built in."""
    file, _, name = function
    where = f"{Path(file).as_posix()}:{name}"
    for part, label in PARTS.items():
        path, _, called = part.partition(":")
        if path in where and called in ("", name):
            return label
    return None


def main() -> None:
    task = Task.load(sys.argv[1])
    if "floor" in task.options:
        work(floor)
    elif "profile" in task.options:
        print(json.dumps(profiled(prepare, task, part_of)))
    else:
        work(prepare)


if __name__ == "__main__":
    main()
