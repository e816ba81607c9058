"""Worker: the computations over our BGW, by way of `run_program`, all parties in this process.

Options: "floor" (nothing but the generator and the kernels of the same work), "sizes" (a digest
without contents), "encode" (every message really encoded and decoded), "king", "compressed" and
"dn07" (other openings and variants), "profile" (seconds by part of the code instead of a timing).
"""

import cProfile
import json
import pstats
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from computation import P, Prepare, Run, Task, probes, work

from turncoat.actors.link import Link
from turncoat.actors.party import Party
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.protocols.algebra.arithmetic import choice
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import lagrange, random_polynomial
from turncoat.protocols.algebra.shamir import deal, reconstruct
from turncoat.protocols.arithmetic.predict import dry_run
from turncoat.protocols.arithmetic.program import PublicInfo, finish_with
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.bgw.family import Bgw
from turncoat.protocols.primitives.symmetric import AesCtrTape

F = prime_field(P)
PARTS = {  # where a function lies → what a profile calls it
    "actors/wire.py": "digest and encoding",
    "actors/format.py": "digest and encoding",
    "actors/codec.py": "digest and encoding",
    "protocols/algebra/storage.py": "digest and encoding",
    "protocols/algebra/": "kernels",
    "protocols/primitives/": "generator",
    "protocols/": "protocol",
    "actors/": "simulator",
    "trio/": "trio",
}


def as_array(opened: Any, public: PublicInfo) -> Any:
    """What was opened, as NumPy's array: peers make no lists of Python integers of it either."""
    return opened


@finish_with(as_array, arrays=True)
async def vectors(mpc: Any, inputs: Any) -> Any:
    return await (inputs["P1"]["x"] * inputs["P2"]["x"])


@finish_with(as_array, arrays=True)
async def matrix(mpc: Any, inputs: Any) -> Any:
    return await (inputs["P1"]["x"] @ inputs["P2"]["x"])


async def chain(mpc: Any, inputs: Any, size: int) -> Any:
    x, y = inputs["P1"]["x"], inputs["P2"]["x"]
    for _ in range(size):
        x = await (x * y)
    return x


def factors(task: Task) -> tuple[Any, Any]:
    shape = (task.size, task.size) if task.kind == "matrix" else (-1,)
    return tuple(np.array(x, np.int64).reshape(shape) for x in (task.left(), task.right()))


def prepare(task: Task) -> Run:
    """A world of parties; what it takes to make the inputs, and to load numba, is not timed."""
    compile_kernels(task)
    programs = {"vectors": vectors, "matrix": matrix, "chain": partial(chain, size=task.size)}
    program, (x, y) = programs[task.kind], factors(task)
    own = {1: {"x": x}, 2: {"x": y}}
    names = [f"P{i}" for i in range(1, task.parties + 1)]
    layout = {name: {"x": x.shape} if i in (1, 2) else {} for i, name in enumerate(names, 1)}
    family = Bgw(task.parties, None, F, opening=opening(task), variant=variant(task))
    announced = dry_run(family, program, layout).operations if "dn07" in task.options else ()
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
        opened = await run_program(party, family, program, inputs, layout, announced=announced)
        return [opened] if task.kind == "chain" else opened.reshape(-1)[probes(task)].tolist()

    def run() -> list[int]:
        done = world.run(main)
        assert done.digest
        (found,) = {tuple(outcome.value) for outcome in done.outcomes.values()}
        return list(found)

    return run


def compile_kernels(task: Task) -> None:
    """Load the compiled kernels at once: by themselves they come after the first second of work."""
    if task.kind != "chain":
        choice.order("numba")


def opening(task: Task) -> str:
    return "king" if "king" in task.options else "all"


def variant(task: Task) -> str:
    return next((v for v in ("compressed", "dn07") if v in task.options), "plain")


def floor(task: Task) -> Run:
    """The generator and the kernels of every party, one after the other; nobody sends anything."""
    compile_kernels(task)
    n, t = task.parties, (task.parties - 1) // 2
    everyone, tape = range(1, n + 1), AesCtrTape(bytes(16))
    quorum = list(everyone[: 2 * t + 1])
    lam = lagrange(quorum, field=F)
    x, y = (F(values) for values in factors(task))

    def product(left: Any, right: Any) -> Any:
        local = [
            left[i] @ right[i] if task.kind == "matrix" else left[i] * right[i] for i in everyone
        ]
        dealt = [random_polynomial(d, t, tape).at(everyone) for d in local]
        return {j: F.combine(lam, [dealt[k - 1][j - 1] for k in quorum]) for j in everyone}

    def run() -> list[int]:
        left, right = (deal(value, t, everyone, tape) for value in (x, y))
        for _ in range(task.size if task.kind == "chain" else 1):
            left = product(left, right)
        opened = [reconstruct(left, t) for _ in everyone]
        return opened[0].ravel()[probes(task)].tolist()

    return run


Function = tuple[str, int, str]  # file, line, name, as a profile has it


def part_of(function: Function) -> str | None:
    """What a profile calls a function, None for one that is built in."""
    path = Path(function[0]).as_posix()
    return next((name for where, name in PARTS.items() if where in path), None)


def profiled(
    prepare: Prepare, task: Task, part_of: Callable[[Function], str | None] = part_of
) -> dict[str, Any]:
    """Seconds by part of the code, each function's own."""
    profile = cProfile.Profile()
    prepare(task.smaller())()
    run = prepare(task)
    profile.enable()
    run()
    profile.disable()
    parts: dict[str, float] = {}
    stats: Any = pstats.Stats(profile)
    for function, (_, _, own, _, callers) in stats.stats.items():
        part = part_of(function)
        # What is built in counts for the part that calls it.
        shares = {part: own} if part else {}
        for caller, figures in ({} if part else callers).items():
            name = part_of(caller) or "other"
            shares[name] = shares.get(name, 0.0) + figures[2]
        for name, seconds in shares.items():
            parts[name] = parts.get(name, 0.0) + seconds
    return {"parts": parts}


def main() -> None:
    task = Task.load(sys.argv[1])
    if "floor" in task.options:
        work(floor)
    elif "profile" in task.options:
        print(json.dumps(profiled(prepare, task)))
    else:
        work(prepare)


if __name__ == "__main__":
    main()
