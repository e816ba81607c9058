"""Python's cyclic collector while a run lasts: it looks less often.

A simulation makes millions of objects that live to its end and hardly any cycle. By default the
collector walks through all of them again and again: of a run with 100,000 parties that is a third
of the time. Nothing observable depends on it; memory grows by a tenth.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 100)


@contextmanager
def seldom_collected() -> Generator[None]:
    """Raised thresholds inside, the caller's own again outside. Whoever has set higher ones, or
    switched the collector off, keeps them."""
    before = gc.get_threshold()
    if 0 < before[0] < _THRESHOLDS[0]:
        gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
