"""Worker: the computations in SecretFlow SPU's simulator, parties as threads of this process.

ABY3 among three, SEMI2K (with its trusted dealer) among more, in the ring of 64-bit integers: no
field, so sums and products wrap at 2^64. A run shares the inputs, computes and opens, as ours does;
the computation is compiled beforehand.
"""

import os
import sys
from typing import Any

import jax
import numpy as np
import spu
import spu.utils.simulation as simulation
from computation import Run, Task, probes, work

jax.config.update("jax_enable_x64", True)  # 64-bit integers, as wide as our elements


def computation(task: Task) -> Any:
    if task.kind == "vectors":
        return lambda x, y: x * y
    if task.kind == "matrix":
        return lambda x, y: x @ y
    return lambda x, y: jax.lax.fori_loop(0, task.size, lambda _, z: z * y, x)


def prepare(task: Task) -> Run:
    kind = spu.ProtocolKind.ABY3 if task.parties == 3 else spu.ProtocolKind.SEMI2K
    simulator = simulation.Simulator.simple(task.parties, kind, spu.FieldType.FM64)
    function = simulation.sim_jax(simulator, computation(task))
    shape = (task.size, task.size) if task.kind == "matrix" else (-1,)
    x, y = (np.array(v, np.int64).reshape(shape) for v in (task.left(), task.right()))
    function(x, y)  # compiles

    def run() -> list[int]:
        flat = np.asarray(function(x, y)).reshape(-1)
        return [int(flat[index]) for index in probes(task)]

    return run


if __name__ == "__main__":
    kept = os.dup(1)  # SPU logs to the standard output, where our one line of JSON belongs
    os.dup2(2, 1)
    sys.stdout = os.fdopen(kept, "w")
    work(prepare)
