"""What has happened, and is told when it was saved. This module is that `Outbox`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from atthene_emulator.domain.feed import Change, EventSource, Feed
from atthene_emulator.domain.journal import Entry

Happened = tuple[EventSource, Entry | Change]


class Outbox:
    """Changes that no loaded namespace tells of: of namespaces that are made and deleted, and requests that are about none.

    Args:
        tell: those who follow everything; must not wait.
    """

    def __init__(self, tell: Callable[[EventSource, Entry | Change], None]) -> None:
        self._tell = tell
        self._happened: list[Happened] = []

    def __bool__(self) -> bool:
        """Whether there is something in it."""
        return bool(self._happened)

    def note(self, source: EventSource, change: Change) -> None:
        """Have something in it."""
        self._happened.append((source, change))

    def note_of(self, feed: Feed) -> None:
        """Have changes in it from now on of a namespace that is not loaded."""

        def note(what: Any) -> None:
            if isinstance(what, Change):
                self.note(feed.source, what)

        feed.tell(note)

    def take(self) -> Sequence[Happened]:
        """All that is in it, which is in it no longer."""
        happened, self._happened = self._happened, []
        return happened

    def tell(self, happened: Iterable[Happened]) -> None:
        """Tell of what was taken of it, or of a namespace, and is saved now."""
        for source, what in happened:
            self._tell(source, what)
