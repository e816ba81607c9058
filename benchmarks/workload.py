"""The traffic that all sides of the kernel benchmark carry, and how a worker measures one run.

Standard library only, because each peer runs it in an environment of its own. A worker is a
process that does one job, given as JSON on its command line, and prints one line of JSON: so no
side profits from a heap or a cache that an earlier run has warmed.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

MILLISECOND = 1_000_000  # times are in nanoseconds, as in the simulator
LATENCY = 40 * MILLISECOND
JITTER = 5 * MILLISECOND  # half-width; below LATENCY / 5 nothing can overtake on these patterns
WORD_BYTES = 8  # what each message carries


@dataclass(frozen=True)
class Traffic:
    """A pattern of messages.

    shape: "ring" (one token runs round), "all-to-all" (each sends a word to all, and waits for all
    words) or "star" (each client sends a word to a server, which gathers all, then answers each).
    parties: in a star the clients, the server not counted. rounds: laps, rounds or requests.
    jitter: uniform on LATENCY ± JITTER, drawn for each message; otherwise LATENCY.
    """

    shape: str
    parties: int
    rounds: int
    jitter: bool = True

    @property
    def messages(self) -> int:
        """How many messages every side must deliver."""
        per_round = {
            "ring": self.parties,
            "all-to-all": self.parties * (self.parties - 1),
            "star": 2 * self.parties,
        }
        return self.rounds * per_round[self.shape]

    @property
    def name(self) -> str:
        return f"{self.shape} {self.parties:,}, {'jitter' if self.jitter else 'constant'}"

    def smaller(self) -> "Traffic":
        """The same shape, small: to warm an interpreter up."""
        return replace(self, parties=min(self.parties, 10), rounds=min(self.rounds, 20))


@dataclass(frozen=True)
class Job:
    """One order to a worker.

    options: what the side shall do besides carrying the traffic. gc: thresholds of the garbage
    collector, None for Python's own. task: "time" a run, or take the "memory" of its parties and
    messages.
    """

    traffic: Traffic
    options: tuple[str, ...] = ()
    gc: tuple[int, int, int] | None = None
    task: str = "time"

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Job":
        raw = json.loads(text)
        traffic = Traffic(**raw.pop("traffic"))
        thresholds = raw.pop("gc")
        return cls(traffic, tuple(raw["options"]), thresholds and tuple(thresholds), raw["task"])


Finish = Callable[[], dict[str, Any]]  # what is read off a run after the clock has stopped
Prepare = Callable[[Traffic, tuple[str, ...]], Callable[[], Finish]]
Probe = Callable[[Traffic], dict[str, float]]


def work(prepare: Prepare, probe: Probe) -> None:
    """Do the job on the command line and print what came of it."""
    job = Job.load(sys.argv[1])
    prepare(job.traffic.smaller(), job.options)()
    if job.gc is not None:
        gc.set_threshold(*job.gc)
    gc.collect()
    facts = probe(job.traffic) if job.task == "memory" else timed(prepare, job)
    print(json.dumps(facts))


def timed(prepare: Prepare, job: Job) -> dict[str, Any]:
    """Seconds of CPU and of the wall clock for the run alone, and what the side says about it."""
    run = prepare(job.traffic, job.options)
    wall, cpu = time.perf_counter(), time.process_time()
    finish = run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu_s": cpu, "wall_s": wall, "peak_bytes": peak_bytes(), **finish()}


def resident_bytes() -> int:
    """Memory that this process holds now. Linux only."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak_bytes() -> int:
    """The most memory that this process has held. (`getrusage` counts the parent's, too.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return getrusage(RUSAGE_SELF).ru_maxrss * 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024
