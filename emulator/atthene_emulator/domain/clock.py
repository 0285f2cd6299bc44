"""A namespace's only source of time: running with the machine's clock, or frozen. This module is that clock."""

import time
from collections.abc import Coroutine
from typing import Any, Literal

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.signal import Signal
from atthene_emulator.steady_clock import steady
from atthene_emulator.timestamps import LAST

Mode = Literal["running", "frozen"]

STEADY_ZERO = time.time() - steady()  # unix seconds at which the machine's steady clock showed 0, by the wall's

_DIGITS = 6  # of a second; more are lost when times are added up
_BEYOND = 10**-_DIGITS


class Clock(SavedPart):
    """Time of one namespace: the one that it shows is the wall's, and what passes is told by a clock that nobody sets.

    Args:
        frozen_at: unix seconds at which to stand still; None runs.
        ahead: seconds that a running clock is ahead of the machine's.
    """

    scope = "clock"
    tables = ("clock",)

    def __init__(self, frozen_at: float | None = None, ahead: float = 0.0) -> None:
        self._frozen_at = frozen_at
        self._ahead = ahead
        self._passed = 0.0  # until it began to run
        self._running_since = steady()
        self._changed = Signal()

    def reset(self, seed: Seed) -> None:
        """Show the time of the seed; who waits for another time goes on."""
        self._start(seed.frozen_at, 0.0)

    def save(self) -> Json:
        """When it stands still, or how far it is ahead of the machine's."""
        return {"clock": {"frozen_at": self._frozen_at, "ahead": self._ahead}}

    def load(self, saved: Saved) -> None:
        """Show the time that was saved; who waits for another time goes on."""
        self._start(**saved.document["clock"])

    def _start(self, frozen_at: float | None, ahead: float) -> None:
        passed, before = self.elapsed(), self.now()
        self._frozen_at, self._ahead = frozen_at, ahead
        self._passed, self._running_since = round(passed + max(0.0, self.now() - before), _DIGITS), steady()
        self._changed.end()
        self._changed = Signal()

    @property
    def mode(self) -> Mode:
        """`running` or `frozen`."""
        return "running" if self._frozen_at is None else "frozen"

    def now(self) -> float:
        """Unix seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        moment = time.time() + self._ahead
        return moment if moment < LAST else LAST  # noqa: FURB136  # asked for several times with each request

    def elapsed(self) -> float:
        """Seconds that have passed, since some moment; they go on where the clock, or the machine's, is put back."""
        return self._passed if self._frozen_at is not None else self._passed + steady() - self._running_since

    def advance(self, seconds: float) -> None:
        """Move forward.

        Raises:
            ValueError: `seconds` is negative, or leads beyond the year 9999.
        """
        if seconds < 0:
            raise ValueError("a clock only moves forward")
        if self.now() + seconds > LAST:
            raise ValueError("the year 9999 is the last one")
        self._passed = round(self._passed + seconds, _DIGITS)
        if self._frozen_at is None:
            self._ahead += seconds
        else:
            self._frozen_at = round(self._frozen_at + seconds, _DIGITS)
        self._changed.give()

    def freeze(self, at: float | None = None) -> None:
        """Stand still, at a time or now."""
        self._show(min(self.now() if at is None else at, LAST))
        self._changed.give()

    def run(self, since: float | None = None) -> None:
        """Run, from a time or from the one that the clock shows."""
        self._show(self.now() if since is None else since)
        self._ahead, self._frozen_at = (self._frozen_at or 0.0) - time.time(), None
        self._running_since = steady()
        self._changed.give()

    def _show(self, moment: float) -> None:
        """Stand still at a moment; what is left out has passed, but of those who wait, no time is taken back."""
        self._passed = round(self.elapsed() + max(0.0, moment - self.now()), _DIGITS)
        self._frozen_at = moment

    def wait(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Let `seconds` pass, from this call on: at once when frozen, really when running; moving the clock forward counts."""
        return self._until(self.elapsed() + seconds, self._changed)

    async def _until(self, until: float, changed: Signal) -> None:
        while not changed.ended and (left := until - self.elapsed()) > 0:
            if self._frozen_at is not None:
                self.advance(max(0.0, min(left, LAST - self._frozen_at)))
                return
            await changed.wait(left)

    async def passed(self, moment: float) -> None:
        """Return when more than `moment` has elapsed; a frozen clock is not moved by this."""
        while not self._changed.ended and (now := self.elapsed()) <= moment:
            await self._changed.wait(None if self._frozen_at is not None else moment - now + _BEYOND)

    def end(self) -> None:
        """Let nobody wait for this clock any more."""
        self._changed.end()
