"""Records as rows: a table for each kind, and one for the messages of sessions. This module is how they are written and taken up.

A row is `[head, record]`. The head is what a set knows of a record without reading it: its weight, the digests of its
configurations, its values of the kind's indexes, and its places in groups that it joined later than others.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Generic

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.parts import Saved
from atthene_emulator.domain.places import Places
from atthene_emulator.domain.record_set import Copied, R, RecordSet
from atthene_emulator.domain.rows import Change, Emptied, Kept, Row, as_bytes
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.session import Session, read_session, write_session
from atthene_emulator.domain.transcript import Transcript
from atthene_emulator.domain.unread import Raw, Unread

MESSAGES = "messages"

_decode = json.JSONDecoder().raw_decode


class RecordTable(Generic[R]):
    """The rows of a set.

    Attributes:
        names: of its tables.
    """

    def __init__(self, records: RecordSet[R]) -> None:
        self._records = records
        self._kind = records.kind
        self.names: tuple[str, ...] = (records.kind.name,)

    def rows(self) -> Iterator[Row]:
        """All of them; configurations come by themselves."""
        places = self._records.places()
        for record in self._records:
            yield from self._rows_of(record, None, places)

    def changes(self) -> Iterator[Change]:
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
        kind, joined = self._kind, places.joined.get(record.id)
        head = [
            kind.weight(kind.bare(record)),
            [one.digest for one in kind.configurations_of(record)],
            [value_of(record) for value_of in kind.indexes.values()],
        ]
        value = as_bytes([[*head, joined] if joined else head, self._written(record)])
        yield Row(kind.name, record.id, places.of[record.id], value)

    def _rows_gone(self, before: R) -> Iterator[Row]:
        yield Row(self._kind.name, before.id, 0, None)

    def _written(self, record: R) -> Any:
        return self._kind.save(record)

    def take_up(self, kept: Kept) -> None:
        """Have the set hold what was kept; a record is read when somebody asks for it.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged.
        """
        names, raws = tuple(self._kind.indexes), self._raws(kept)
        groups: dict[tuple[str, Hashable], dict[str, None]] = {}
        uses: Counter[Configuration] = Counter()
        joined: dict[str, dict[str, int]] = {}
        of: dict[str, int] = {}
        late, weight = set[tuple[str, Hashable]](), 0
        for record_id, (place, value, *_) in raws.items():
            (own, digests, values, *more), _ = _decode(value.decode(), 1)
            of[record_id] = place
            weight += own
            for digest in digests:
                uses[kept.configurations[digest]] += 1
            keys = [(name, tuple(one) if type(one) is list else one) for name, one in zip(names, values, strict=True)]
            for key in keys:
                if key[1] is not None:
                    group = groups.get(key)
                    if group is None:
                        group = groups[key] = {}
                    group[record_id] = None
            if more:
                joined[record_id] = more[0]
                late.update(key for key in keys if key[0] in more[0] and key in groups)
        places = Places(of, joined)
        for key in late:
            groups[key] = dict.fromkeys(sorted(groups[key], key=lambda one: places.in_group(key[0], one)))  # noqa: B023
        weight += sum(configuration.weight for configuration in uses)
        records: Any = Unread(raws, lambda raw: self._read(raw, kept)) if raws else {}
        self._records.take_up(Copied(records, groups, uses, weight), places)

    def _raws(self, kept: Kept) -> dict[str, Raw]:
        """By the ids of records, their places and what each is read from."""
        return {row.key: (row.place, row.value) for row in kept.rows.get(self._kind.name, ())}

    def _read(self, raw: Raw, kept: Kept) -> R:
        return self._kind.load(json.loads(raw[1])[1], Saved({}, kept.configurations, kept.companies))


class SessionTable(RecordTable[Session]):
    """The rows of sessions and, by session and number, of their messages: an execution adds a few, however many there are.

    A session in which an execution runs is written as it was, but with the place where its stream is by then: what was seen of
    it is not numbered again.
    """

    def __init__(self, records: RecordSet[Session], running: Mapping[str, Run]) -> None:
        super().__init__(records)
        self.names = (records.kind.name, MESSAGES)
        self._running = running

    def _rows_of(self, record: Session, before: Session | None, places: Places) -> Iterator[Row]:
        yield from super()._rows_of(record, None, places)
        now, was = record.transcript, _NONE if before is None else before.transcript
        if now is was:
            return
        numbers, written = now.numbers, was.numbers
        first = max(numbers.start, written.stop) if now.grew_from(was) else numbers.start
        yield from _gone(record.id, range(written.start, min(numbers.start, written.stop)))
        yield from _gone(record.id, range(max(numbers.stop, written.start), written.stop))
        for number in range(first, numbers.stop):
            yield Row(MESSAGES, f"{record.id}:{number}", number, now.message_row(number))

    def _rows_gone(self, before: Session) -> Iterator[Row]:
        yield from super()._rows_gone(before)
        yield from _gone(before.id, before.transcript.numbers)

    def _written(self, record: Session) -> Any:
        run = self._running.get(record.id)
        return write_session(record, record.stream if run is None else run.start.events.end)

    def _raws(self, kept: Kept) -> dict[str, Raw]:
        raws = {row.key: [row.place, row.value] for row in kept.rows.get(self._kind.name, ())}
        for _, key, number, value in kept.rows.get(MESSAGES, ()):
            raw = raws[key.rpartition(":")[0]]
            if len(raw) == _HEAD:
                raw.append(number)
            elif number != raw[_HEAD] + len(raw) - _HEAD - 1:
                raise ValueError(f"a message is missing before {key}")
            raw.append(value)
        return {record_id: tuple(raw) for record_id, raw in raws.items()}

    def _read(self, raw: Raw, kept: Kept) -> Session:
        _, value, left, *messages = raw if len(raw) > _HEAD else (*raw, 0)
        return read_session(json.loads(value)[1], messages, left, kept.configurations)


def _gone(session_id: str, numbers: range) -> Iterator[Row]:
    return (Row(MESSAGES, f"{session_id}:{number}", 0, None) for number in numbers)


_HEAD = 2  # the place and the row of a session, before its messages
_NONE = Transcript()
