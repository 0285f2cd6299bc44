"""The machine's steady clock. This module is the time that waiting is measured by."""

import time
from collections.abc import Callable
from functools import partial


def _machine() -> Callable[[], float]:
    """The machine's steady clock, which nobody sets, and which stays in reach where a test has patched `time`.

    Those who patch replace the functions of `time`, and the names of modules that are one; not `clock_gettime`, which not
    every system has, and not what a partial function holds.
    """
    if hasattr(time, "clock_gettime") and hasattr(time, "CLOCK_MONOTONIC"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return partial(time.monotonic)


steady = _machine()
