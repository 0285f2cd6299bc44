"""When things happen: the clock of a namespace, and its gates. This module is that part of the client."""

import time
from datetime import datetime

from atthene_emulator.client.connection import Asking, quoted
from atthene_emulator.client.records import ClockState, GateState, record

_POLL = 0.01  # seconds between two looks at a gate


class Timing(Asking):
    """Stopping, moving and holding time."""

    def clock(self) -> ClockState:
        """What the clock of the namespace shows."""
        return record(ClockState, self._ask("GET", "/clock"))

    def freeze(self, at: str | datetime | None = None) -> ClockState:
        """Stop the clock, at a time (ISO-8601; UTC if it names no zone) or at the one that it shows."""
        return self._set_clock("frozen", at)

    def run(self, at: str | datetime | None = None) -> ClockState:
        """Let the clock run, from a time or from the one that it shows."""
        return self._set_clock("running", at)

    def _set_clock(self, mode: str, at: str | datetime | None) -> ClockState:
        now = at.isoformat() if isinstance(at, datetime) else at
        return record(ClockState, self._ask("PUT", "/clock", {"mode": mode, **({"now": now} if now else {})}))

    def advance(self, seconds: float) -> ClockState:
        """Move the clock forward; what waits for it goes on."""
        return record(ClockState, self._ask("POST", "/clock/advance", {"seconds": seconds}))

    def gates(self) -> tuple[GateState, ...]:
        """Gates that are open or waited at."""
        return tuple(record(GateState, one) for one in self._ask("GET", "/gates"))

    def open_gate(self, name: str) -> None:
        """Let executions through that wait at this gate now or come later."""
        self._ask("POST", f"/gates/{quoted(name)}/open")

    def close_gate(self, name: str) -> None:
        """Hold executions at this gate from now on; a gate is closed until it is opened."""
        self._ask("POST", f"/gates/{quoted(name)}/close")

    def gate(self, name: str) -> "Gate":
        """A gate to open, close and wait at."""
        return Gate(self, name)


class Gate:
    """A named place where executions wait, by a script that says `gate: NAME`.

    >>> gate = client.gate("slow-answer")
    >>> gate.open()
    >>> gate.waiting
    0
    """

    def __init__(self, timing: Timing, name: str) -> None:
        self._timing = timing
        self.name = name

    @property
    def waiting(self) -> int:
        """How many executions wait here now."""
        return next((one.waiting for one in self._timing.gates() if one.name == self.name), 0)

    def open(self) -> None:
        """Let executions through that wait now or come later."""
        self._timing.open_gate(self.name)

    def close(self) -> None:
        """Hold executions from now on."""
        self._timing.close_gate(self.name)

    def wait_until_waiting(self, count: int = 1, timeout: float = 5.0) -> None:
        """Return when so many executions wait here.

        Raises:
            TimeoutError: they have not come within so many real seconds.
        """
        end = time.monotonic() + timeout
        while (waiting := self.waiting) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{waiting} of {count} executions wait at the gate {self.name} after {timeout:g} s")
            time.sleep(_POLL)
