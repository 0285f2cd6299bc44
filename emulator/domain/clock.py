"""A namespace's only source of time: running with the machine's clock, or frozen. This module is that clock."""

import asyncio
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

Mode = Literal["running", "frozen"]


class Clock:
    """Time of one namespace.

    Args:
        frozen_at: unix seconds at which to stand still; None runs with the machine's clock.
    """

    def __init__(self, frozen_at: float | None = None) -> None:
        self._frozen_at = frozen_at
        self._ahead = 0.0

    @property
    def mode(self) -> Mode:
        """`running` or `frozen`."""
        return "running" if self._frozen_at is None else "frozen"

    def now(self) -> float:
        """Unix seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`, which must not be negative."""
        if seconds < 0:
            raise ValueError("a clock only moves forward")
        if self._frozen_at is None:
            self._ahead += seconds
        else:
            self._frozen_at += seconds

    async def wait(self, seconds: float) -> None:
        """Let `seconds` pass: at once when frozen, really when running."""
        if self._frozen_at is not None:
            self.advance(seconds)
        elif seconds > 0:
            await asyncio.sleep(seconds)


def parse_time(text: str) -> float:
    """Unix seconds of an ISO-8601 time; without a zone it is UTC.

    Raises:
        ValueError: the text is no such time.
    """
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def format_time(seconds: float) -> str:
    """ISO-8601 in UTC, whole seconds, with Z."""
    return _format(int(seconds))


@lru_cache(1024)
def _format(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
