"""What happens in a namespace, as a stream that can be resumed: requests and changes. This module is that feed.

Nothing is kept twice: a request's event is its entry in the journal. A reader asks for what came after the last event that it
has seen, so a slow one costs nothing, and learns how many it has missed.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.journal import Entry, Journal
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.rows import Emptied, Kept, Notes, Row, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import told
from atthene_emulator.limits import CHANGES


class Change(NamedTuple):
    """Something that changed other than by the request that is answered just then.

    Attributes:
        kind: `control` for a request to the control plane, `session` for a session that is being executed, `namespace` for
            one that was made or deleted.
        at: unix seconds.
        data: what it is about.
        entries: how many entries the journal had had by then.
    """

    kind: Literal["control", "session", "namespace"]
    at: float
    data: Mapping[str, Any]
    entries: int


class EventSource(NamedTuple):
    """Where something happens.

    Attributes:
        namespace: its name.
        key: the one that was made for it, which is never shown.
    """

    namespace: str
    key: str | None = None


class Event(NamedTuple):
    """An entry or a change, with its place in the feed, counted from 1, and where it happened."""

    number: int
    what: Entry | Change
    source: EventSource


class Feed(Part):
    """The entries of a journal and the changes, in the order in which they came.

    Args:
        journal: of the namespace.
        source: the namespace.

    Attributes:
        signal: given with each event.
        readers: how many follow it.
    """

    scope = "journal"
    tables = ("changes",)

    def __init__(self, journal: Journal, source: EventSource) -> None:
        self.source = source
        self._journal = journal
        self._changes: deque[Change] = deque(maxlen=CHANGES.most)
        self._noted = 0
        self._notes = Notes[Change]()
        self._listener: Callable[[Entry | Change], None] | None = None
        self.signal = journal.signal
        self.readers = 0

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._journal.added + self._noted

    def note(self, kind: Literal["control", "session"], at: float, data: Mapping[str, Any]) -> None:
        """Tell of a change; in a namespace that is gone there is nobody to tell."""
        if self.signal.ended:
            return
        change = Change(kind, at, data, self._journal.added)
        if len(self._changes) == CHANGES.most:
            self._notes.drop(str(self._first))
        self._changes.append(change)
        self._noted += 1
        self._notes.put(str(self._noted), change)
        self.signal.give()
        if self._listener is not None:
            self._listener(change)

    @property
    def _first(self) -> int:
        """The number of the oldest change."""
        return self._noted - len(self._changes) + 1

    def tell(self, listener: Callable[[Entry | Change], None] | None) -> None:
        """Have somebody told of each event from now on, or nobody any more."""
        self._listener = self._journal.listener = listener

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Somebody follows it meanwhile."""
        self.readers += 1
        try:
            yield
        finally:
            self.readers -= 1

    def since(self, number: int, limit: int = 100) -> tuple[int, list[Event]]:
        """The events after a number, oldest first and `limit` at most, and how many of those before are forgotten."""
        entries, changes = reversed(self._journal), reversed(self._changes)
        entry, change = next(entries, None), next(changes, None)
        at, entries_left = self.last, self._journal.added
        found: deque[Event] = deque(maxlen=limit)
        while at > number:
            if change is not None and change.entries >= entries_left:
                found.appendleft(Event(at, change, self.source))
                change = next(changes, None)
            elif entry is not None:
                found.appendleft(Event(at, entry, self.source))
                entry, entries_left = next(entries, None), entries_left - 1
            else:
                break
            at -= 1
        return max(0, at - number), list(found)

    def has_lost(self, number: int) -> bool:
        """Whether an event after this number is forgotten."""
        return self.since(number, 0)[0] > 0

    def reset(self, seed: Seed) -> None:
        """Stay as it is, so that numbers go on; what it tells of requests goes with the journal."""

    def note_changes(self) -> None:
        """As `Part`."""
        self._notes.wanted = True
        self._notes.take()

    def rows(self) -> Iterator[Row]:
        """One for each change, by its number; requests are in the journal."""
        return (_row(str(number), change) for number, change in enumerate(self._changes, self._first))

    def changes(self) -> Iterable[Emptied | Row]:
        """As `Part`."""
        return told("changes", self._notes, _row)

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        self._changes.clear()
        self._noted = 0
        self._notes.empty()
        for row in kept.rows.get("changes", ()):
            kind, at, data, entries = row.read()
            self._noted, change = int(row.key), Change(kind, float(at), dict(data), int(entries))
            self._changes.append(change)
            self._notes.put(row.key, change)


def _row(number: str, change: Change) -> Row:
    return Row("changes", number, int(number), as_bytes(change))
