"""Real time beside a run: the progress line, the time limit, and the watchdog behind it.

The kernel asks `pulse` whenever virtual time moves. A party that computes without end never lets
it move; then only another thread can end the process. Nothing here reaches a transcript.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Self

from turncoat.cli import amounts

PATIENCE = 1.0  # seconds before a run says that it is still at work
EVERY = 0.2  # seconds between two progress lines
GRACE = 2.0  # seconds between the time limit and the watchdog
STUCK = 4  # exit code: an unexpected error


class Watch:
    """The clock on the wall while one run lasts. name: of the run, for messages. timeout: in
    seconds. progress: may lines be written over one another on stderr?"""

    def __init__(self, name: str, timeout: float | None, *, progress: bool) -> None:
        self._name = name
        self._timeout = timeout
        self._progress = progress
        self._started = time.monotonic()
        self._next = PATIENCE
        self._shown = False
        self._stage: Callable[[], str] | None = None
        self._dog: threading.Timer | None = None

    def __enter__(self) -> Self:
        if self._timeout is not None:
            main = threading.get_ident()
            self._dog = threading.Timer(self._timeout + GRACE, self._bite, [main])
            self._dog.daemon = True
            self._dog.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._dog is not None:
            self._dog.cancel()
        if self._shown:
            self._write("")

    def follow(self, stage: Callable[[], str] | None) -> None:
        """Say from now on what `stage()` says of how far the run has come."""
        self._stage = stage

    def pulse(self, virtual_ns: int) -> bool:
        """Called when virtual time moves; True ends the run."""
        spent = time.monotonic() - self._started
        if self._progress and spent >= self._next:
            self._next = spent + EVERY
            self._shown = True
            parts = [f"{amounts.seconds(spent)} real", f"{amounts.virtual(virtual_ns)} simulated"]
            parts += [] if self._stage is None else [self._stage()]
            self._write(f"{self._name}: {', '.join(parts)}")
        return self._timeout is not None and spent >= self._timeout

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()

    def _bite(self, main: int) -> None:
        """Nobody has asked for two seconds past the limit: say where the party is, and exit."""
        place = _innermost(sys._current_frames().get(main))  # pyright: ignore[reportPrivateUsage]  # the only door to another thread's stack
        sys.stderr.write(
            f"error: {self._name}: the --timeout of {self._timeout:g} s is over, and the program "
            f"never reaches the network, where it could be ended; it computes at {place}\n"
        )
        sys.stderr.flush()
        os._exit(STUCK)


def _innermost(frame: FrameType | None) -> str:
    if frame is None:
        return "an unknown place"
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
