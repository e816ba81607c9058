"""Thoughts of the adversary: coroutines that are driven by hand, in an order made of data.

A thought belongs to no task, so that Trio's order of tasks cannot touch it; it may wait for nothing
but `Until`. Knows no message and no network.
"""

from collections.abc import Callable, Coroutine, Generator
from typing import Any

import attrs


@attrs.frozen
class Until:
    """`await Until(ready)`: suspends a thought until `ready()`, until virtual time `due` [ns], or
    until nothing else in the world can happen. Returns what `ready()` then says."""

    ready: Callable[[], bool]
    due: int | None = None

    def __await__(self) -> Generator["Until", None, bool]:
        if not self.ready():
            yield self
        return self.ready()


@attrs.define(eq=False)
class Pending:
    """A thought that waits; `done` is called with what it returns."""

    thought: Coroutine[Any, None, Any]
    until: Until
    done: Callable[[Any], None]


class Thoughts:
    """All thoughts of one run, the oldest first. wake: called with a time [ns] at which one of them
    wants to be looked at."""

    def __init__(self, wake: Callable[[int], None]) -> None:
        self._wake = wake
        self._pending: list[Pending] = []

    @property
    def waiting(self) -> bool:
        return bool(self._pending)

    def begin(self, thought: Coroutine[Any, None, Any], done: Callable[[Any], None]) -> Any:
        """Drive a thought to where it first waits. What it returns if it never does; else None, and
        `done` is called when it has come to its end."""
        try:
            until: Until = thought.send(None)
        except StopIteration as end:
            return () if end.value is None else end.value
        self._wait(Pending(thought, until, done))
        return None

    def poll(self, now: int) -> None:
        """Let go on whoever has what it waits for, one after the other, as long as there is one."""
        while True:
            ready = next((pending for pending in self._pending if _ready(pending, now)), None)
            if ready is None:
                return
            self._resume(ready)

    def despair(self) -> bool:
        """Let the oldest go on without what it waits for. False if there is none."""
        if not self._pending:
            return False
        self._resume(self._pending[0])
        return True

    def end(self) -> None:
        """Nobody will know how they would have ended."""
        for pending in self._pending:
            pending.thought.close()
        self._pending.clear()

    def _resume(self, pending: Pending) -> None:
        self._pending.remove(pending)
        try:
            until: Until = pending.thought.send(None)
        except StopIteration as end:
            pending.done(end.value)
        else:
            self._wait(attrs.evolve(pending, until=until))

    def _wait(self, pending: Pending) -> None:
        self._pending.append(pending)
        if pending.until.due is not None:
            self._wake(pending.until.due)


def _ready(pending: Pending, now: int) -> bool:
    due = pending.until.due
    return (due is not None and due <= now) or pending.until.ready()
