"""Lets a strand that waited go on without a pass of Trio's loop: that would cost more than it does.

The kernel works when the loop asks its clock how long to sleep: nobody can run. Whom it wakes then,
the loop would take up in its next pass, and find nothing else to do there. So the kernel takes that
step itself, just as the loop would: in the task's context, with the task as the running one. All
that is Trio's own business stays so: a strand that ends, opens a nursery, sleeps by Trio's clock or
is cancelled is handed back to the loop, which carries on from there.

What is used of the inside of Trio is named here and nowhere else. Where a version of Trio has it
under no such name, every step is the loop's: slower, and with the same transcript.
"""

import types
from collections.abc import Awaitable, Generator
from importlib import import_module
from typing import Any, Final, Protocol

from outcome import Error, Outcome, Value
from trio.lowlevel import (
    Abort,
    Task,
    current_task,
    disable_ki_protection,
    reschedule,
    wait_task_rescheduled,
)


def _inside() -> tuple[Any, Any, Any]:
    """What holds the running task and its loop; what a task yields to wait, and to let others go
    first. Nothing, where this Trio lacks anything of what is used below."""
    try:
        run: Any = import_module("trio._core._run")
        traps: Any = import_module("trio._core._traps")
        found = run.GLOBAL_RUN_CONTEXT, traps.WaitTaskRescheduled, traps.CancelShieldedCheckpoint
        for owner, names in {
            run.Task: ("_abort_func", "_attempt_delivery_of_any_pending_cancel"),
            run.Runner: ("runq", "deadlines"),
            run.Deadlines: ("next_deadline",),
        }.items():
            for name in names:
                getattr(owner, name)
    except (ImportError, AttributeError):  # pragma: no cover
        return None, None, None
    return found


_running, _waits, _lets_others = _inside()

RESTS: Final[Any] = "waits on a slot"  # what a strand yields then, and Trio never sees
_ENDS: Final[Any] = "has come to its end"


class Waiter(Protocol):
    """Whoever waits on a slot. `rise` when it shall go on, before anybody does; then `step`."""

    task: Task

    def rise(self) -> None: ...
    def step(self) -> None: ...


class Sleeper:
    """A task of a program's own, which waits by Trio's means."""

    def __init__(self) -> None:
        self.task = current_task()

    def rise(self) -> None:
        """Nothing can come between, for Trio knows that it goes on."""

    def step(self) -> None:
        reschedule(self.task)


class Relay:
    """Runs a strand inside its task: await it there, once.

    While the strand waits, on a slot or for Trio, the task waits as well, as Trio sees it; steps
    that the kernel takes are taken behind its back, and change but what the task waits for.
    """

    __slots__ = ("_disturbed", "_end", "_owed", "_risen", "_slot", "_strand", "_yielded", "task")

    def __init__(self, strand: Awaitable[Any]) -> None:
        self.task = current_task()
        self._strand = strand.__await__()
        self._end: Outcome[Any]
        self._slot: Resting
        self._yielded: Any = None  # by the strand, the last time
        self._risen = True  # is it running, or about to?
        self._disturbed = False  # was it cancelled while it was?
        self._owed = False  # has Trio not seen yet what was yielded?

    def __await__(self) -> Generator[Any, Any, Any]:
        self._send(None)
        while self._yielded is not _ENDS:
            if self._yielded is RESTS:
                self._risen = False
                try:
                    waiting = wait_task_rescheduled(self._give_up)  # noqa: ASYNC105
                    answer = Value((yield from waiting.__await__()))
                except BaseException as error:  # cancelled: to be heard of where the strand waits
                    answer = Error(error)
                self._risen = True
                if self._yielded is _ENDS:
                    break
            else:
                answer = yield self._yielded
            if self._owed:
                self._owed, answer = False, (yield self._yielded)
            self._send(answer)
        return self._end.unwrap()

    @disable_ki_protection
    def _send(self, answer: Outcome[Any] | None) -> None:
        """Let the strand go on to where it yields next."""
        try:
            self._yielded = self._strand.send(answer)
            return
        except StopIteration as stop:
            self._end = Value(stop.value)
        except BaseException as error:
            self._end = Error(error)
        self._yielded = _ENDS

    def _give_up(self, raise_cancel: Any) -> Abort:
        """Trio cancels whatever the task waits for."""
        if self._risen:
            self._disturbed = True
            return Abort.FAILED
        if self._yielded is not RESTS:
            return self._yielded.abort_func(raise_cancel)
        self._slot.leave()
        return Abort.SUCCEEDED

    # -- for the kernel ------------------------------------------------------------------------

    def rest_on(self, slot: "Resting") -> bool:
        """Is it this strand that runs now, and no other task of its party? Then it waits here."""
        if current_task() is not self.task:
            return False
        self._slot = slot
        return True

    def rise(self) -> None:
        """From now on it is not waiting any more: who cancels it is heard at its next wait."""
        self._risen = True

    def step(self) -> None:
        """Go on: now, or in the next pass of Trio's loop."""
        if _running is None:
            reschedule(self.task)
            return
        _running.task = self.task
        try:
            self.task.context.run(self._send, None)
        finally:
            del _running.task
        if self._yielded is not RESTS or self._disturbed:
            self._hand_back()
        else:
            self._risen = False

    def _hand_back(self) -> None:
        """Do as Trio's loop does after a step of a task."""
        task: Any = self.task
        if self._yielded is RESTS or type(self._yielded) is _waits:
            self._risen = False
            if self._disturbed:
                self._disturbed, task._abort_func = False, self._give_up
                task._attempt_delivery_of_any_pending_cancel()
            return
        self._disturbed = False  # a task that runs is cancelled when it waits
        self._owed = self._yielded not in (_ENDS, _lets_others)
        reschedule(task)


class Resting(Protocol):
    """A slot, as a relay knows it: something to be left."""

    def leave(self) -> None: ...


@types.coroutine
def rest() -> Generator[str, Outcome[Any] | None, None]:
    """Wait as a relayed strand does."""
    answer = yield RESTS
    if answer is not None:
        answer.unwrap()


def next_deadline() -> float | None:
    """When Trio has something to do next [s], None if that is now."""
    if _running is None:
        return None
    runner = _running.runner
    return None if runner.runq else runner.deadlines.next_deadline()
