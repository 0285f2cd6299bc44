"""What happens in all namespaces, for whoever follows that. This module is the feed that they have in common.

It is there only while somebody follows: then each namespace tells of its events here as well, and otherwise nobody does.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Literal

from atthene_emulator.domain.feed import Change, Event, EventSource, Feed
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.signal import Signal
from atthene_emulator.limits import COMMON_BYTES, COMMON_EVENTS

_CHANGE = 500  # bytes of a change


class CommonFeed:
    """The events of all namespaces in the order in which they came, and namespaces that are made and deleted.

    It has the words of a `Feed`. Its numbers go on while somebody follows; what happens while nobody does counts as one
    event that is forgotten, so a reader who comes back learns that something is missing.

    Args:
        feeds: those of all namespaces that there are.

    Attributes:
        signal: given with each event.
        readers: how many follow it.
        last: the number of the newest event; 0 before the first.
        teller: where namespaces are kept beyond the process, takes what happens to them; all events come by `add` then.
    """

    def __init__(self, feeds: Callable[[], Iterable[Feed]]) -> None:
        self._feeds = feeds
        self._kept: deque[Event] = deque()
        self._bytes = 0
        self.signal = Signal()
        self.readers = 0
        self.last = 0
        self.teller: Callable[[EventSource, Change], None] | None = None

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Somebody follows it meanwhile."""
        self.readers += 1
        if self.readers == 1:
            for feed in self._feeds():
                self.join(feed)
        try:
            yield
        finally:
            self.readers -= 1
            if not self.readers:
                self._stop()

    def _stop(self) -> None:
        if self.teller is None:
            for feed in self._feeds():
                feed.tell(None)
        self._forget()

    def _forget(self) -> None:
        """What comes next does not follow what came last."""
        self._kept.clear()
        self._bytes = 0
        self.last += 1

    def join(self, feed: Feed) -> None:
        """Have a namespace tell of its events here, too, if somebody follows."""
        if self.readers and self.teller is None:
            feed.tell(partial(self.add, feed.source))

    def note(self, source: EventSource, change: Literal["created", "deleted"], at: float) -> None:
        """Tell that a namespace was made or deleted, at a time in unix seconds."""
        tell = self.teller or self.add
        tell(source, Change("namespace", at, {"change": change}, 0))

    def lose(self) -> None:
        """Events may be missing here: readers learn that there is a gap."""
        self._forget()
        self.signal.give()

    def add(self, source: EventSource, what: Entry | Change) -> None:
        """Have an event, if somebody follows."""
        if not self.readers:
            return
        self.last += 1
        self._kept.append(Event(self.last, what, source))
        self._bytes += _size(what)
        while len(self._kept) > COMMON_EVENTS.most or (self._bytes > COMMON_BYTES.most and len(self._kept) > 1):
            self._bytes -= _size(self._kept.popleft().what)
        self.signal.give()

    @property
    def _before(self) -> int:
        """The number of the newest event that is forgotten."""
        return self.last - len(self._kept)

    def since(self, number: int, limit: int = 100) -> tuple[int, list[Event]]:
        """The events after a number, oldest first and `limit` at most, and how many of those before are forgotten, at least."""
        start = max(0, number - self._before)
        return max(0, self._before - number), list(islice(self._kept, start, start + limit))

    def has_lost(self, number: int) -> bool:
        """Whether an event after this number is forgotten."""
        return self._before > number


def _size(what: Entry | Change) -> int:
    return what.size if isinstance(what, Entry) else _CHANGE
