"""Virtual time for Trio: integer nanoseconds inside, and the place where the world moves on.

Trio asks its clock how long to sleep exactly when no task can run. That question is the kernel's
cue: it advances the simulated world until somebody can run again, and answers "not at all". So
Trio's own timeouts work inside a party, on virtual time, and no real time ever passes. Where those
who could run have done so already (`relay.py`), the question is put again at once.
"""

import math
from collections.abc import Callable

import trio

from turncoat.actors.link import SECOND
from turncoat.actors.relay import next_deadline

MOST_STEPS = 1024  # taken before Trio is let in, if only to hear of an interrupt


class VirtualClock(trio.abc.Clock):
    """Stands still while a party runs; `on_idle` moves it.

    on_idle: called with Trio's next deadline [ns], None if there is none, whenever no task is
    runnable. It must return whether a task has become runnable, or a deadline has passed.
    """

    def __init__(self) -> None:
        self.now = 0
        self._deadline = math.inf  # Trio's next [s]
        self._limit: int | None = None  # the same [ns]
        self._reached = 0.0  # the last Trio deadline that fired, which rounding must not undo
        self.on_idle: Callable[[int | None], bool] | None = None

    def start_clock(self) -> None:
        """Nothing to start: time is the kernel's."""

    def current_time(self) -> float:
        if self.now == self._limit:  # it has fired, for everybody who acts in this instant
            self._reached = self._deadline
        return max(self.now / SECOND, self._reached)

    def deadline_to_sleep_time(self, deadline: float) -> float:
        if self.on_idle is None:  # Trio is starting up or shutting down
            return 0.0 if deadline <= self.current_time() else math.inf
        for _ in range(MOST_STEPS):
            if deadline < math.inf and deadline <= self.current_time():
                break
            self._deadline = deadline
            self._limit = round(deadline * SECOND) if deadline < math.inf else None
            if not self.on_idle(self._limit):
                return math.inf
            following = next_deadline()
            if following is None:
                break
            deadline = following
        return 0.0
