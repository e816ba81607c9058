"""Sides run against each other: each run in a process of its own, taking turns, A B A B.

Turns matter more than repetitions: what slows the machine down for a while then slows all sides.
A figure is a median with the best beside it, of CPU seconds: others may be using the machine.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from workload import Job

HERE = Path(__file__).parent


class WorkerFailed(RuntimeError):
    """A side crashed, or did not do what was asked of it: its figures would mean nothing."""


@dataclass(frozen=True)
class Side:
    """One contestant: a Python, a worker's script beside this file, and options for it."""

    name: str
    python: str
    script: str
    options: tuple[str, ...] = ()

    def run(self, job: Job) -> dict[str, Any]:
        """What a fresh worker prints about the job. Raises WorkerFailed with its last words."""
        order = replace(job, options=(*self.options, *job.options))
        command = [self.python, str(HERE / self.script), order.dump()]
        # A second thread of BLAS spins idly for a while after numpy's import: not our work.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, text=True, capture_output=True, env=environment, check=False)
        if done.returncode != 0:
            raise WorkerFailed(f"{self.name} failed at {order}:\n{done.stderr.strip()}")
        return json.loads(done.stdout)


@dataclass(frozen=True)
class Figure:
    """What one side needed for one job, over several runs: microseconds of CPU per message."""

    job: Job
    runs: tuple[dict[str, Any], ...]

    @property
    def each(self) -> list[float]:
        return [1e6 * run["cpu_s"] / self.job.traffic.messages for run in self.runs]

    @property
    def median(self) -> float:
        return median(self.each)

    @property
    def best(self) -> float:
        return min(self.each)

    @property
    def waiting(self) -> float:
        """Wall time over CPU time: well above 1 means that others were using the machine."""
        return median(run["wall_s"] / run["cpu_s"] for run in self.runs)

    @property
    def peak_bytes(self) -> float:
        return median(run["peak_bytes"] for run in self.runs)

    def seconds(self, key: str) -> float:
        """Of something that the worker timed by itself: microseconds per message."""
        return 1e6 * median(run[key] for run in self.runs) / self.job.traffic.messages


def meet(sides: Sequence[Side], job: Job, repeat: int) -> dict[str, Figure]:
    """Every side does the job `repeat` times, in turn; a figure by side.

    Raises WorkerFailed if a side did not deliver exactly the messages of the job, or if runs of
    one side with the same job left different digests.
    """
    runs: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
    for _ in range(repeat):
        for side in sides:
            runs[side.name].append(side.run(job))
    for name, done in runs.items():
        delivered = {run["messages"] for run in done}
        if delivered != {job.traffic.messages}:
            raise WorkerFailed(
                f"{name} delivered {delivered} in {job.traffic.name}, not {job.traffic.messages}"
            )
        if len({run.get("digest") for run in done}) > 1:
            raise WorkerFailed(f"{name}: {job.traffic.name} left several digests over its runs")
    return {name: Figure(job, tuple(done)) for name, done in runs.items()}


def machine() -> list[str]:
    """The lines without which no figure means anything."""
    known = Path("/proc/cpuinfo")
    text = known.read_text() if known.exists() else ""
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return [
        f"Python {platform.python_version()} ({platform.python_implementation()}), {sys.platform}",
        f"CPU: {models[0] if models else platform.processor() or 'unknown'}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    ]
