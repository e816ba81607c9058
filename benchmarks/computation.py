"""The computations that all sides of the BGW benchmark carry out, and how a worker measures one.

Standard library only, because each peer runs it in an environment of its own. A worker is a
process that does one task, given as JSON on its command line, and prints one line of JSON.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from memory import touch_memory
from workload import peak_bytes

P = 2**61 - 1
# Of the run that warms an interpreter up: large enough for all code that the real run loads.
SIZES_WARM = {"vectors": 250_000, "matrix": 128, "chain": 20}


@dataclass(frozen=True)
class Task:
    """What is computed.

    kind: "vectors" (share two vectors of `size` entries, multiply entry by entry, open to all),
    "matrix" (share two square matrices of that side, multiply, open) or "chain" (share two
    numbers, multiply one by the other `size` times, one product after the other, open).
    options: what a side shall do besides.
    """

    kind: str
    parties: int
    size: int
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind} {self.size:,}, {self.parties} parties"

    @property
    def operations(self) -> int:
        """Products of entries, or steps: what a figure is divided by."""
        return self.size**3 if self.kind == "matrix" else self.size

    def smaller(self) -> "Task":
        return replace(self, size=min(self.size, SIZES_WARM[self.kind]))

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Task":
        raw = json.loads(text)
        return cls(raw["kind"], raw["parties"], raw["size"], tuple(raw["options"]))

    def left(self) -> list[int]:
        """The first factor, flat: small numbers, so that every side can check its products."""
        return [3] if self.kind == "chain" else [k % 1000 for k in range(self.length)]

    def right(self) -> list[int]:
        return [1] if self.kind == "chain" else [(7 * k + 1) % 1000 for k in range(self.length)]

    @property
    def length(self) -> int:
        return self.size**2 if self.kind == "matrix" else self.size

    def expected(self, index: int) -> int:
        """Entry `index` of the opened result."""
        if self.kind == "chain":
            return 3
        x, y = self.left(), self.right()
        if self.kind == "vectors":
            return x[index] * y[index]
        row, column = divmod(index, self.size)
        return sum(x[row * self.size + k] * y[k * self.size + column] for k in range(self.size))


Run = Callable[[], list[int]]  # a few entries of the result, by PROBES
Prepare = Callable[[Task], Run]


def probes(task: Task) -> list[int]:
    """The entries of the result that every run is checked by."""
    last = 0 if task.kind == "chain" else task.length - 1
    return sorted({0, last // 3, last})


def work(prepare: Prepare) -> None:
    """Do the task on the command line and print what came of it."""
    task = Task.load(sys.argv[1])
    prepare(task.smaller())()
    touch_memory()
    gc.collect()
    print(json.dumps(timed(prepare, task)))


def timed(prepare: Prepare, task: Task) -> dict[str, Any]:
    """Seconds of CPU and of the wall clock of one run; raises ValueError for a wrong result."""
    run = prepare(task)
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    check(task, found)
    return {"cpu_s": cpu, "wall_s": wall, "peak_bytes": peak_bytes()}


def check(task: Task, found: list[int]) -> None:
    """Raises ValueError unless the probed entries are right."""
    expected = [task.expected(index) for index in probes(task)]
    if [int(value) for value in found] != expected:
        raise ValueError(f"{task.name}: {found} in place of {expected}")
