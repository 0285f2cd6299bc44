"""Records as rows: a table for each kind, and one for the messages of sessions. This module is how they are written and taken up.

A row is JSON in three lines, so that a set knows what it must of a record without reading it: its weight; the digests of its
configurations, its values of the kind's indexes, its places in groups that it joined later than others, and perhaps what is kept beside
it; and the record.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.parts import Saved
from atthene_emulator.domain.places import Places
from atthene_emulator.domain.record_set import Copied, R, RecordSet
from atthene_emulator.domain.rows import Emptied, Kept, Row, RowChange, as_bytes
from atthene_emulator.domain.session import Session, read_session, write_session
from atthene_emulator.domain.transcript import Transcript
from atthene_emulator.domain.unread import Rest, Unread
from atthene_emulator.errors import Damaged

if TYPE_CHECKING:
    from atthene_emulator.domain.run import Run

MESSAGES = "messages"


class RecordTable(Generic[R]):
    """The rows of a set.

    Attributes:
        names: of its tables.
    """

    def __init__(self, records: RecordSet[R]) -> None:
        self._records = records
        self._kind = records.kind
        self._values = tuple(records.kind.indexes.values())
        self._beside: dict[str, Any] = {}  # what was kept beside records
        self.names: tuple[str, ...] = (records.kind.name,)

    def rows(self) -> Iterator[Row]:
        """All of them; configurations come by themselves."""
        places = self._records.places()
        for record in self._records:
            yield from self._rows_of(record, None, places)

    def changes(self) -> Iterator[RowChange]:
        """What has changed since it was asked for last, with the configurations that it names."""
        emptied, changed = self._records.notes.take()
        if emptied:
            yield from map(Emptied, self.names)
        for record_id, before in changed.items():
            record = self._records.get(record_id)
            if record is not None:
                yield from self._kind.configurations_of(record)
                yield from self._rows_of(record, before, self._records.places())
            elif before is not None:
                yield from self._rows_gone(before)

    def _rows_of(self, record: R, before: R | None, places: Places) -> Iterator[Row]:  # noqa: ARG002  # for sessions
        """What is written of a record in place of what it was."""
        yield self._row(record, places)

    def _row(self, record: R, places: Places) -> Row:
        kind, record_id = self._kind, record.id
        head: list[Any] = [
            [one.digest for one in kind.configurations_of(record)],
            [value_of(record) for value_of in self._values],
            places.joined.get(record_id),
        ]
        beside = self._kept_beside(record_id)
        if beside is not None:
            head.append(beside)
        value = _lines(kind.weight(kind.bare(record)), as_bytes(head), as_bytes(self._written(record)))
        return Row(kind.name, record_id, places.of[record_id], value)

    def _kept_beside(self, record_id: str) -> Any:
        """What is kept beside a record, of which it is no part; None for nothing."""
        return self._beside.get(record_id)

    def _rows_gone(self, before: R) -> Iterator[Row]:
        yield Row(self._kind.name, before.id, 0, None)

    def _written(self, record: R) -> Any:
        return self._kind.save(record)

    def take_up(self, kept: Kept) -> None:
        """Have the set hold what was kept; a record is read when somebody asks for it.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged.
        """
        rows = [*map(_in_lines, kept.rows.get(self._kind.name, ()))]
        heads: dict[bytes, _Head] = {}  # many sessions have the same
        groups: dict[tuple[str, Hashable], dict[str, None]] = {}
        places = Places({row.key: row.place for row in rows}, {})
        weight = 0
        self._beside = {}
        for _, record_id, _, value in rows:
            own, line, _ = (value or b"").split(b"\n")
            weight += int(own[1:])
            head = heads.get(line)
            if head is None:
                head = heads[line] = self._head(line, kept, groups)
            head.count += 1
            for group in head.groups:
                group[record_id] = None
            if head.joined:
                places.joined[record_id] = dict(head.joined)
            if head.beside is not None:
                self._beside[record_id] = head.beside
        uses: Counter[Configuration] = Counter()
        for head in heads.values():
            for configuration in head.configurations:
                uses[configuration] += head.count
        places.sort(groups)
        weight += sum(configuration.weight for configuration in uses)
        self._records.take_up(Copied(self._unread(kept, rows), groups, uses, weight), places)

    def _head(self, line: bytes, kept: Kept, groups: dict[tuple[str, Hashable], dict[str, None]]) -> "_Head":
        digests, values, joined, *beside = json.loads(line[1:])
        named = zip(self._kind.indexes, values, strict=True)
        keys = [(name, tuple(one) if type(one) is list else one) for name, one in named if one is not None]
        return _Head(
            [kept.configurations[one] for one in digests],
            [groups.setdefault(key, {}) for key in keys],
            joined,
            next(iter(beside), None),
        )

    def _unread(self, kept: Kept, rows: Sequence[Row]) -> dict[str, R]:
        if not rows:
            return {}
        shared = Saved({}, kept.configurations, kept.companies)
        values = {row.key: row.value for row in rows}
        return Unread(kept.namespace, values, self._rest(kept), self._reader(shared))

    def _rest(self, kept: Kept) -> Rest:  # noqa: ARG002  # for sessions
        return {}

    def _reader(self, shared: Saved) -> Callable[[bytes, Rest], R]:
        """What reads a record; copies of the set have it, so it refers to none."""
        load = self._kind.load
        return lambda value, _: load(json.loads(value)[2], shared)


def _lines(weight: int, head: bytes, record: bytes) -> bytes:
    return b"[%d\n,%b\n,%b]" % (weight, head, record)


def _in_lines(row: Row) -> Row:
    """A row in its lines, which are gone where it was carried as mere JSON."""
    if b"\n" in (row.value or b""):
        return row
    weight, head, record = row.read()
    return row._replace(value=_lines(weight, as_bytes(head), as_bytes(record)))


class _Head:
    """What rows with the same second line have in common.

    Attributes:
        groups: that their records are in.
        joined: their places in groups, by index; None for those of all other groups.
        beside: what was kept beside the records; None for nothing.
        count: of the rows.
    """

    def __init__(
        self,
        configurations: list[Configuration],
        groups: list[dict[str, None]],
        joined: dict[str, int] | None,
        beside: Any,
    ) -> None:
        self.configurations = configurations
        self.groups = groups
        self.joined = joined
        self.beside = beside
        self.count = 0


class SessionTable(RecordTable[Session]):
    """The rows of sessions and, by session and number, of their messages: an execution adds a few, however many there are.

    A session in which an execution runs is written as it was, and beside it the place where its stream is by then. Who looks at it or
    copies it has what was; who goes on with it, `catch_up`, numbers nothing again that was seen of it.
    """

    def __init__(self, records: RecordSet[Session], running: "Mapping[str, Run]") -> None:
        super().__init__(records)
        self.names = (records.kind.name, MESSAGES)
        self._running = running

    def _rows_of(self, record: Session, before: Session | None, places: Places) -> Iterator[Row]:
        yield self._row(record, places)
        now, was = record.transcript, _NONE if before is None else before.transcript
        if now is was:
            return
        numbers, written = now.numbers, was.numbers
        first = max(numbers.start, written.stop) if now.grew_from(was) else numbers.start
        if written:
            yield from _gone(record.id, range(written.start, min(numbers.start, written.stop)))
            yield from _gone(record.id, range(max(numbers.stop, written.start), written.stop))
        for number, value in zip(range(first, numbers.stop), now.message_rows(first), strict=True):
            yield Row(MESSAGES, f"{record.id}:{number}", number, value)

    def _rows_gone(self, before: Session) -> Iterator[Row]:
        yield from super()._rows_gone(before)
        yield from _gone(before.id, before.transcript.numbers)

    def _kept_beside(self, record_id: str) -> Any:
        run = self._running.get(record_id)
        return super()._kept_beside(record_id) if run is None else run.start.events.end

    def _written(self, record: Session) -> Any:
        return write_session(record)

    def take_up(self, kept: Kept) -> None:
        """As `RecordTable`."""
        super().take_up(kept)
        self._beside = {session_id: Mark(*mark) for session_id, mark in self._beside.items()}

    def catch_up(self) -> None:
        """Have the streams of sessions go on where they were, though what ran has come to nothing."""
        reached, self._beside = self._beside, {}
        for session_id, mark in reached.items():
            with suppress(Damaged):  # whoever asks for it is told
                session = self._records.get(session_id)
                if session is not None:
                    self._records.replace(session._replace(stream=mark))

    def _rest(self, kept: Kept) -> Rest:
        return {row.key: row.value or b"" for row in kept.rows.get(MESSAGES, ())}

    def _reader(self, shared: Saved) -> Callable[[bytes, Rest], Session]:
        def read(value: bytes, rest: Rest) -> Session:
            written = json.loads(value)[2]
            return read_session(written, lambda number: rest.pop(f"{written[0]}:{number}"), shared.configurations)

        return read


def _gone(session_id: str, numbers: range) -> Iterator[Row]:
    return (Row(MESSAGES, f"{session_id}:{number}", 0, None) for number in numbers)


_NONE = Transcript()
