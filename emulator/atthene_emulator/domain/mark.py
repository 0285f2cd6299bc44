"""A place in a session's stream of events. This module is that record."""

from typing import NamedTuple

_INEXACT = 0.0005  # of a millisecond, by which a time in seconds is wrong


def milliseconds(at: float) -> int:
    """A time in unix seconds, as places have it."""
    return int(at * 1000 + _INEXACT)


class Mark(NamedTuple):
    """A place in a session's stream: that of an event, `<unix ms>-<n>`, and how many agents' turns there were before.

    While the clock stands, `n` counts on; where it is put back, the milliseconds stay (D93).
    """

    ms: int = 0
    n: int = -1
    runs: int = 0

    def after(self, at: float) -> "Mark":
        """The place of the next event, which happens at a time in unix seconds."""
        ms = milliseconds(at)
        return Mark(ms, 0, self.runs) if ms > self.ms else Mark(self.ms, self.n + 1, self.runs)

    def behind(self, count: int) -> "Mark":
        """The place of what comes so many events later, at the same time."""
        return self._replace(n=self.n + count)

    def is_after(self, other: "Mark") -> bool:
        """Whether it comes later in the stream."""
        return (self.ms, self.n) > (other.ms, other.n)

    def __str__(self) -> str:
        """As the wire has it."""
        return f"{self.ms}-{self.n}"
