"""Real CPU time by party, measured by Trio's own instrumentation. Never part of a transcript."""

import time
from contextvars import ContextVar

import trio

OWNER: ContextVar[int] = ContextVar("owner")  # the party whose task this is


class CpuMeter(trio.abc.Instrument):
    """Adds up the seconds between the start and the end of each step of a party's tasks."""

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}
        self._started = 0.0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._started = time.process_time()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        spent = time.process_time() - self._started
        owner = task.context.get(OWNER)
        if owner is not None:
            self.seconds[owner] = self.seconds.get(owner, 0.0) + spent
