"""What was asked and answered, bounded by entries and by bytes. This module is the journal of one namespace.

An entry is kept as it came; secrets are taken out when it is shown, see `redaction`.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.clock import STEADY_ZERO
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.rows import Emptied, Kept, Notes, Row, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.signal import Signal
from atthene_emulator.domain.table import Counts, told
from atthene_emulator.limits import JOURNAL_BYTES, JOURNAL_ENTRIES
from atthene_emulator.steady_clock import steady

Outcome = Literal[
    "ok",
    "default_answer",
    "failed",
    "timeout",
    "cancelled",
    "paused",
    "client_error",
    "auth_error",
    "not_found",
    "rate_limited",
    "fault",
    "server_error",
    "aborted",
]

_ENTRY_OVERHEAD = 1000  # bytes that an entry costs beside its bodies, roughly
_DIGITS = 6  # of a second


class Entry(NamedTuple):
    """One request and its answer, as they were sent, `headers` a line each, `unread` a sentence each; whoever shows them takes the secrets out.

    `fault` is the short form of the one that struck it, as in `X-Emulator-Fault`; `hidden`: it kept the answer from pages.

    One is made for every request, so it is a named tuple of few and plain values: quick to make, little to clean up.
    """

    id: str
    at: float
    operation: str | None
    method: str
    path: str
    query: str
    headers: bytes
    body: bytes
    status: int
    response: bytes
    duration: float
    outcome: Outcome
    session_id: str | None
    scripts: tuple[str, ...]
    evidence: str
    findings: tuple[str, ...]
    delivered: bool
    unread: tuple[str, ...] = ()
    fault: str | None = None
    hidden: bool = False

    @property
    def size(self) -> int:
        """Bytes that the journal counts for this entry."""
        bodies = len(self.body) + len(self.response)
        return bodies + len(self.path) + len(self.query) + len(self.headers) + _ENTRY_OVERHEAD


_BYTES = tuple(map(Entry._fields.index, ("headers", "body", "response")))
_TUPLES = tuple(map(Entry._fields.index, ("scripts", "findings", "unread")))


class Journal(Part):
    """The newest entries. Of those that were kept, more may be there than its bounds allow, until one is added.

    Args:
        max_entries: how many are kept.
        max_bytes: how many bytes they may have together.

    Attributes:
        added: how many entries there ever were.
        dropped: how many had to leave for others.
        signal: given with each entry.
        listener: is told of each entry, if there is one.
    """

    scope = "journal"
    tables = ("journal", "journal_counts")

    def __init__(self, max_entries: int = JOURNAL_ENTRIES.most, max_bytes: int = JOURNAL_BYTES.most) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: deque[Entry] = deque()
        self._marks: deque[tuple[float, int]] = deque()  # when each was added, and its size
        self._count = 0
        self._notes = Notes[int]()  # places
        self._counts = Counts("journal_counts", 0, 0, 0)
        self.dropped = 0
        self.added = 0
        self.signal = Signal()
        self.listener: Callable[[Entry], None] | None = None

    def next_id(self) -> str:
        """An id for the next request; they count up, and go on counting when entries are forgotten."""
        self._count += 1
        return "req_" + str(self._count).zfill(6)

    @property
    def last(self) -> int:
        """How many ids were given."""
        return self._count

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __reversed__(self) -> Iterator[Entry]:
        return reversed(self._entries)

    @property
    def weight(self) -> int:
        """How many bytes its entries have."""
        return self._bytes

    def timed(self, tail: int | None = None) -> list[tuple[float, Entry]]:
        """Entries with when each was added, in seconds of the machine's steady clock, which all namespaces share.

        Args:
            tail: only so many of the newest.
        """
        newest = islice(zip(reversed(self._marks), reversed(self._entries), strict=True), tail)
        return [(at, entry) for (at, _), entry in newest][::-1]

    def add(self, entry: Entry) -> None:
        """Keep an entry; the oldest leave when there is no room."""
        size = entry.size
        self._entries.append(entry)
        self._marks.append((steady(), size))
        self._bytes += size
        self.added += 1
        if self._notes.wanted:
            self._notes.put(entry.id, self.added)
        if self.signal.waiting:
            self.signal.give()
        if self.listener is not None:
            self.listener(entry)
        while len(self._entries) > self._max_entries or (self._bytes > self._max_bytes and len(self._entries) > 1):
            self._notes.drop(self._entries.popleft().id)
            self._bytes -= self._marks.popleft()[1]
            self.dropped += 1

    def amend(self, entry: Entry) -> None:
        """Have this in place of the entry of the same id; nothing, if that is gone."""
        for back, one in enumerate(reversed(self._entries), 1):
            if one.id == entry.id:
                at, size = self._marks[-back]
                self._entries[-back], self._marks[-back] = entry, (at, entry.size)
                self._bytes += entry.size - size
                self._notes.put(entry.id, self.added + 1 - back)
                self.signal.give()
                return

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has no entries
        """Forget all entries."""
        self._entries.clear()
        self._marks.clear()
        self._bytes = 0
        self._notes.empty()

    def note_changes(self) -> None:
        """As `Part`."""
        self._notes.wanted = True
        self._notes.take()
        self._counts.note(self._count, self.added, self.dropped)

    def rows(self) -> Iterator[Row]:
        """One for each entry, and one for what is counted."""
        yield from self._counts.rows(self._count, self.added, self.dropped)
        first = self.added - len(self._entries) + 1
        for place, (entry, (at, _)) in enumerate(zip(self._entries, self._marks, strict=True), first):
            yield entry_row(place, at, entry)

    def changes(self) -> Iterator[Emptied | Row]:
        """As `Part`."""
        yield from self._counts.changes(self._count, self.added, self.dropped)
        yield from told("journal", self._notes, self._row)

    def _row(self, _: str, place: int) -> Row:
        """The row of the entry in a place; the newest is in that of its number."""
        index = place - self.added - 1
        return entry_row(place, self._marks[index][0], self._entries[index])

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        self.reset(kept.seed)
        self._count, self.added, self.dropped = self._counts.read(kept)
        rows = kept.rows.get("journal", ())
        for place, row in enumerate(rows, self.added - len(rows) + 1):
            at, entry = read_entry(row)
            self._entries.append(entry)
            self._marks.append((at, entry.size))
            self._bytes += entry.size
            self._notes.put(entry.id, place)


def entry_row(place: int, at: float, entry: Entry) -> Row:
    """An entry by position, bytes as Latin-1; in place of its id, which is the key, when it was added, in unix seconds."""
    value: list[Any] = list(entry)
    value[0] = round(at + STEADY_ZERO, _DIGITS)
    for position in _BYTES:
        value[position] = value[position].decode("latin-1")
    return Row("journal", entry.id, place, as_bytes(value))


def read_entry(row: Row) -> tuple[float, Entry]:
    """When an entry was added, by the machine's steady clock, and the entry."""
    at, *value = row.read()
    entry = [row.key, *value]
    if len(entry) != len(Entry._fields):
        raise ValueError("an entry of the journal has other parts")
    for position in _BYTES:
        entry[position] = bytes(entry[position], "latin-1")
    for position in _TUPLES:
        entry[position] = tuple(entry[position])
    return at - STEADY_ZERO, Entry(*entry)
