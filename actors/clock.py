"""Virtual time for Trio: integer nanoseconds inside, and the place where the world moves on.

Trio asks its clock how long to sleep exactly when no task can run. That question is the kernel's
cue: it advances the simulated world until somebody can run again, and answers "not at all". So
Trio's own timeouts work inside a party, on virtual time, and no real time ever passes.
"""

import math
from collections.abc import Callable

import trio

from turncoat.actors.link import SECOND


class VirtualClock(trio.abc.Clock):
    """Stands still while a party runs; `on_idle` moves it.

    on_idle: called with Trio's next deadline [ns], None if there is none, whenever no task is
    runnable. It must return whether a task has become runnable, or a deadline has passed.
    """

    def __init__(self) -> None:
        self.now = 0
        self._reached = 0.0  # the last Trio deadline that fired, which rounding must not undo
        self.on_idle: Callable[[int | None], bool] | None = None

    def start_clock(self) -> None:
        """Nothing to start: time is the kernel's."""

    def current_time(self) -> float:
        return max(self.now / SECOND, self._reached)

    def deadline_to_sleep_time(self, deadline: float) -> float:
        if deadline <= self.current_time():
            return 0.0
        if self.on_idle is None:  # Trio is starting up or shutting down
            return math.inf
        limit = None if deadline == math.inf else round(deadline * SECOND)
        if not self.on_idle(limit):
            return math.inf
        if self.now == limit:
            self._reached = deadline
        return 0.0
