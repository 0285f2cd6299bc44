"""A namespace's only source of time: running with the machine's clock, or frozen. This module is that clock."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from atthene_emulator.domain.signal import Signal

Mode = Literal["running", "frozen"]

FIRST, LAST = -62_135_596_800.0, 253_402_300_799.0  # the years 1 to 9999: no other time can be written
_DIGITS = 6  # of a second; more are lost when times are added up


class Clock:
    """Time of one namespace.

    Args:
        frozen_at: unix seconds at which to stand still; None runs.
        ahead: seconds that a running clock is ahead of the machine's.
    """

    def __init__(self, frozen_at: float | None = None, ahead: float = 0.0) -> None:
        self._frozen_at = frozen_at
        self._ahead = ahead
        self._changed = Signal()

    @property
    def mode(self) -> Mode:
        """`running` or `frozen`."""
        return "running" if self._frozen_at is None else "frozen"

    @property
    def position(self) -> tuple[float | None, float]:
        """What another clock is made from to show the same time: `frozen_at` and `ahead`."""
        return self._frozen_at, self._ahead

    def now(self) -> float:
        """Unix seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        return min(time.time() + self._ahead, LAST)

    def advance(self, seconds: float) -> None:
        """Move forward.

        Raises:
            ValueError: `seconds` is negative, or leads beyond the year 9999.
        """
        if seconds < 0:
            raise ValueError("a clock only moves forward")
        if self.now() + seconds > LAST:
            raise ValueError("the year 9999 is the last one")
        if self._frozen_at is None:
            self._ahead += seconds
        else:
            self._frozen_at = round(self._frozen_at + seconds, _DIGITS)
        self._changed.give()

    def freeze(self, at: float | None = None) -> None:
        """Stand still, at a time or now."""
        self._frozen_at = min(self.now() if at is None else at, LAST)
        self._changed.give()

    def run(self, since: float | None = None) -> None:
        """Run, from a time or from the one that the clock shows."""
        start = self.now() if since is None else since
        self._frozen_at = None
        self._ahead = start - time.time()
        self._changed.give()

    async def wait(self, seconds: float) -> None:
        """Let `seconds` pass: at once when frozen, really when running; moving the clock forward counts."""
        until = self.now() + seconds
        while not self._changed.ended and (left := until - self.now()) > 0:
            if self._frozen_at is not None:
                self.advance(max(0.0, min(left, LAST - self._frozen_at)))
                return
            await self._changed.wait(left)

    def end(self) -> None:
        """Let nobody wait for this clock any more."""
        self._changed.end()


def parse_time(text: str) -> float:
    """Unix seconds of an ISO-8601 time; without a zone it is UTC.

    Raises:
        ValueError: the text is no such time, or none of the years 1 to 9999 in UTC.
    """
    parsed = datetime.fromisoformat(text)
    seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    if not FIRST <= seconds < LAST + 1:
        raise ValueError("only the years 1 to 9999 can be written")
    return min(seconds, LAST)


def format_time(seconds: float) -> str:
    """ISO-8601 in UTC, whole seconds, with Z."""
    return _format(int(seconds))


@lru_cache(1024)
def _format(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
