"""The time of a namespace. This module is that part of the client."""

from dataclasses import dataclass
from datetime import datetime

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import read


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the clock of a namespace shows: `mode` is running or frozen, `now` is ISO-8601 in UTC."""

    mode: str
    now: str


class Clock(NamespaceControl):
    """Stopping time, and moving it."""

    def clock(self) -> ClockState:
        """What the clock of the namespace shows."""
        return read(ClockState, self._ask("GET", "/clock"))

    def freeze(self, at: str | datetime | None = None) -> ClockState:
        """Stop the clock, at a time (ISO-8601; UTC if it names no zone) or at the one that it shows."""
        return self._set_clock("frozen", at)

    def run(self, at: str | datetime | None = None) -> ClockState:
        """Let the clock run, from a time or from the one that it shows."""
        return self._set_clock("running", at)

    def _set_clock(self, mode: str, at: str | datetime | None) -> ClockState:
        now = at.isoformat() if isinstance(at, datetime) else at
        return read(ClockState, self._ask("PUT", "/clock", {"mode": mode, **({"now": now} if now else {})}))

    def advance(self, seconds: float) -> ClockState:
        """Move the clock forward; what waits for it goes on."""
        return read(ClockState, self._ask("POST", "/clock/advance", {"seconds": seconds}))
