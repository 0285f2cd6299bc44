"""Who follows the streams of sessions, and how far they have read. This module is those followers."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atthene_emulator.domain.stream import Event, Events


class Following:
    """A session's stream as one follower reads it, from a moment on.

    Args:
        session_id: whose stream it is.
        wake: is called when there may be something new.
    """

    def __init__(self, session_id: str, wake: Callable[[], None]) -> None:
        self.session_id = session_id
        self.wake = wake
        self._reading: deque[tuple[Events, Iterator[Event | None]]] = deque()
        self._again = 0

    @property
    def behind(self) -> int:
        """How many executions have begun since, and are not read to their end."""
        return len(self._reading) - self._again

    def read_again(self, executions: "Iterable[tuple[Events, int]]") -> None:
        """Read executions first, each behind so many events."""
        for events, skipped in executions:
            self.begin(events, skipped)
        self._again = len(self._reading)

    def begin(self, events: "Events", skipped: int = 0) -> None:
        """Read the events of an execution, too, from the first or behind so many."""
        from atthene_emulator.domain.stream import read  # noqa: PLC0415  # with the first execution

        self._reading.append((events, read(events, skipped)))

    def end(self) -> None:
        """Read no further, also where `ready` is in the middle."""
        self._reading.clear()

    def ready(self) -> "Iterator[tuple[Events, Event | None]]":
        """What has happened and was not read yet; None for the result of an execution."""
        while self._reading:
            events, reader = self._reading[0]
            for event in reader:
                if event is None or not self._reading:
                    return
                yield events, event
            if self._reading:
                self._reading.popleft()
                self._again = max(0, self._again - 1)
                yield events, None


class Followers:
    """Who follows the sessions of a namespace.

    Attributes:
        sockets: what closes each socket, with a code and a reason.
    """

    def __init__(self) -> None:
        self.sockets: set[Callable[[int, str], None]] = set()
        self._of_sessions: dict[str, list[Following]] = {}

    def __bool__(self) -> bool:
        """Whether anybody follows a session."""
        return bool(self._of_sessions)

    def add(self, following: Following) -> None:
        """Have somebody follow a session from now on."""
        self._of_sessions.setdefault(following.session_id, []).append(following)

    def remove(self, following: Following) -> None:
        """Let somebody follow it no longer."""
        following.end()
        others = self._of_sessions[following.session_id]
        others.remove(following)
        if not others:
            del self._of_sessions[following.session_id]

    def begin(self, events: "Events") -> None:
        """An execution begins in a session."""
        for following in self._of_sessions.get(events.session_id, ()):
            following.begin(events)

    def tell(self, session_id: str) -> None:
        """Something has happened in a session."""
        for following in self._of_sessions.get(session_id, ()):
            following.wake()

    def dismiss_all(self, code: int, why: str) -> None:
        """Have every socket closed."""
        for end in tuple(self.sockets):
            end(code, why)
