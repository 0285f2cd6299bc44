"""What takes its time in the service: an upload, a collection, ingestion. This module is how far one has come.

Nothing runs: how far it is follows from the namespace's clock, or from how often somebody has asked (D105).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from atthene_emulator.domain.pace import Pace
from atthene_emulator.domain.parts import Json
from atthene_emulator.domain.record_set import RecordSet

_DIGITS = 5  # of seconds: unix times are not much more exact than that
_ROUNDING = 1e-6  # of a step; a third of a second three times is a second


class Process(NamedTuple):
    """How far something has come, and what it comes to.

    Attributes:
        began: unix seconds.
        pace: how long it takes.
        polls: how often it was asked about.
        ended: when it was over, in unix seconds; None where its seconds tell.
        failure: why it fails when it is over; None for one that succeeds.
    """

    began: float
    pace: Pace = Pace()
    polls: int = 0
    ended: float | None = None
    failure: str | None = None

    def fraction(self, now: float) -> float:
        """From 0 to 1, how much of it is done."""
        if self.ended is not None or self.pace == Pace():
            return 1.0
        if self.pace.polls:
            return min(1.0, self.polls / self.pace.polls)
        passed = round(now - self.began, _DIGITS)
        return min(1.0, max(0.0, passed / self.pace.seconds))

    def steps(self, now: float, total: int) -> int:
        """How many of so many equal steps are done."""
        return int(total * self.fraction(now) + _ROUNDING)

    def is_over(self, now: float) -> bool:
        """Whether all of it is done."""
        return self.fraction(now) >= 1.0

    def changed_at(self, now: float) -> float:
        """When it was over, or else began, in unix seconds."""
        if self.ended is not None:
            return self.ended
        return self.began + self.pace.seconds if self.is_over(now) else self.began

    @property
    def counts_polls(self) -> bool:
        """Whether it goes on by being asked about."""
        return self.ended is None and self.polls < self.pace.polls

    def polled(self, now: float) -> "Process":
        """The same when it was asked about once more."""
        polls = self.polls + 1
        return self._replace(polls=polls, ended=now if polls >= self.pace.polls else None)

    def so_far(self, fraction: float) -> "Process":
        """The same, of which so much is done already."""
        if self.pace.polls:
            return self._replace(polls=int(fraction * self.pace.polls))
        return self._replace(began=self.began - fraction * self.pace.seconds)

    def over(self, now: float, failure: str | None = None) -> "Process":
        """The same, over now."""
        return self._replace(ended=now, failure=failure)


class Processed(Protocol):
    """A record of something that takes its time."""

    @property
    def id(self) -> str:
        """Unique within its kind."""
        ...

    @property
    def process(self) -> Process:
        """How far it has come."""
        ...

    def _replace(self, *, process: Process) -> Any: ...


R = TypeVar("R", bound=Processed)


def polled(records: RecordSet[R], record: R, now: float) -> R:
    """The record, which somebody asks about: if that brings it on, it is kept as it is then."""
    if not record.process.counts_polls:
        return record
    changed: R = record._replace(process=record.process.polled(now))  # a method of named tuples
    records.replace(changed)
    return changed


def save_process(process: Process) -> Json:
    """As plain JSON."""
    return {**process._asdict(), "pace": process.pace._asdict()}


def load_process(entry: Mapping[str, Any]) -> Process:
    """What was saved."""
    pace = Pace(float(entry["pace"]["seconds"]), int(entry["pace"]["polls"]))
    return Process(entry["began"], pace, int(entry["polls"]), entry["ended"], entry["failure"])
