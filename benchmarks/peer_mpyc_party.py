"""One party of `peer_mpyc.py`, which starts it; MPyC starts the other parties by itself.

The task comes in the environment, since MPyC reads the command line when it is imported. The
figures are left in a file of a temporary folder.
"""

import json
import os
import time
from pathlib import Path

import numpy as np
from computation import P, Task, check, probes
from memory import touch_memory
from mpyc.runtime import mpc
from peer_mpyc import FOLDER, TASK
from workload import peak_bytes


async def party(task: Task) -> None:
    """One party: a small run first, then the one that counts."""
    await mpc.start()
    await compute(task.smaller())
    touch_memory()
    await mpc.barrier()
    wall, cpu = time.perf_counter(), time.process_time()
    found = await compute(task)
    figures = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_bytes": peak_bytes(),
    }
    check(task, found)
    file = Path(os.environ[FOLDER]) / f"{mpc.pid}.json"
    file.with_suffix(".part").write_text(json.dumps(figures))
    file.with_suffix(".part").rename(file)  # complete, or not there
    await mpc.shutdown()


async def compute(task: Task) -> list[int]:
    secfld = mpc.SecFld(modulus=P)
    if task.kind == "chain":
        pairs = enumerate((*task.left(), *task.right()))
        x, y = (mpc.input(secfld(value), senders=i) for i, value in pairs)
        for _ in range(task.size):
            x = x * y
            await mpc.gather(x)
        return [int(await mpc.output(x))]
    shape = (task.size, task.size) if task.kind == "matrix" else (-1,)
    pairs = enumerate((task.left(), task.right()))
    x, y = (mpc.input(secfld.array(np.array(v).reshape(shape)), senders=i) for i, v in pairs)
    opened = await mpc.output(x @ y if task.kind == "matrix" else x * y)
    flat = opened.value.reshape(-1)
    return [int(flat[index]) for index in probes(task)]


if __name__ == "__main__":
    mpc.run(party(Task.load(os.environ[TASK])))
