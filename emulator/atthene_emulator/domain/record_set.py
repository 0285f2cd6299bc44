"""Records of one kind by id and by groups. This module is the `RecordSet`, and the `Kind` that says how records are found.

Records are frozen and have an `id`. A namespace has one owner, so nothing here waits; a copy is a copy of references.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.places import Places, places_of
from atthene_emulator.domain.rows import Notes


class Record(Protocol):
    """What a set can keep: a frozen object with a unique id."""

    @property
    def id(self) -> str:
        """Unique within its kind."""
        ...


R = TypeVar("R", bound=Record)

_RECORD = 500  # bytes


class Kind(NamedTuple, Generic[R]):
    """A kind of records.

    Attributes:
        name: names the set, and the list of its records in a saved document.
        save, load: a record as plain JSON, and back; with what the records of a document share.
        configurations_of: those that a record has; a document holds each once.
        weight: how many bytes a record takes, roughly, without its configurations.
        indexes: how records are grouped; each maps a record to a value, None to leave it out. A group keeps the order
            in which its records were added.
        unique: names of the indexes whose groups hold one record at most.
        bare: a record without what is made again where it is missing, as it comes back when it was kept.
    """

    name: str
    save: Callable[[R], Json]
    load: Callable[[Mapping[str, Any], Saved], R]
    configurations_of: Callable[[R], Iterable[Configuration]] = lambda _: ()
    weight: Callable[[R], int] = lambda _: _RECORD
    indexes: Mapping[str, Callable[[R], Hashable | None]] = MappingProxyType({})
    unique: frozenset[str] = frozenset()
    bare: Callable[[R], R] = lambda record: record


class DuplicateError(Exception):
    """A record with this id, or this value of a unique index, is already there."""


_Groups = dict[tuple[str, Hashable], dict[str, None]]


class Copied(NamedTuple, Generic[R]):
    """All that a set held: its records, their groups, how many use each configuration, and how much they weigh."""

    records: dict[str, R]
    groups: _Groups
    uses: Counter[Configuration]
    weight: int


class RecordSet(Generic[R]):
    """All records of one kind, in the order they were added.

    Attributes:
        on_remove: is told of each record that is forgotten by itself.
        notes: as what records were kept that have changed since, if somebody wants that.
        weight: how many bytes all take; a configuration that several share is weighed once.
    """

    def __init__(self, kind: Kind[R]) -> None:
        self.kind = kind
        self.on_remove: Callable[[R], None] | None = None
        self._records: dict[str, R] = {}
        self._groups: _Groups = {}
        self._uses: Counter[Configuration] = Counter()
        self._places: Places | None = None
        self.notes: Notes[R] = Notes()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return map(self._records.__getitem__, self._records)

    def get(self, record_id: str | None) -> R | None:
        """The record, or None."""
        return self._records[record_id] if record_id in self._records else None  # noqa: SIM401  # `get` does not read

    def find(self, index: str, value: Hashable) -> R | None:
        """The first record of a group, or None."""
        for record_id in self._groups.get((index, value), ()):
            return self._records[record_id]
        return None

    def page(
        self,
        index: str,
        value: Hashable,
        *,
        newest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
        where: Callable[[R], bool] | None = None,
    ) -> list[R]:
        """Records of a group in the order they were added; its cost depends on the page, not on the group.

        With `where`, only those are counted for which it is true, and each record up to the end of the page is looked at.
        """
        group = self._groups.get((index, value), {})
        ids: Iterable[str] = reversed(group) if newest_first else group
        if where is not None:
            ids = (record_id for record_id in ids if where(self._records[record_id]))
        end = None if limit is None else offset + limit
        return [self._records[record_id] for record_id in islice(ids, offset, end)]

    def add(self, record: R) -> None:
        """Keep a new record.

        Raises:
            DuplicateError: its id or a unique value is taken; nothing is kept.
        """
        if record.id in self._records:
            raise DuplicateError(record.id)
        keys = self._keys(record)
        for name, value in keys:
            if name in self.kind.unique and self._groups.get((name, value)):
                raise DuplicateError(str(value))
        self._records[record.id] = record
        self._weigh(record)
        self._join(record.id, keys)
        if self._places is not None:
            self._places.add(record.id)
            self.notes.was(record.id, None)

    def replace(self, record: R) -> None:
        """Keep a record in the place of the one of its id; indexed values must not change."""
        before = self._records[record.id]
        self._records[record.id] = record
        kind = self.kind
        if kind.configurations_of(before) == kind.configurations_of(record):
            self.weight += kind.weight(record) - kind.weight(before)
        else:
            self._weigh(record)
            self._forget(before)
        if self.notes.wanted:
            self.notes.was(record.id, before)

    def note(self, record_id: str) -> None:
        """Something has changed that is kept with a record, if it is there."""
        if self.notes.wanted and record_id in self._records:
            self.notes.was(record_id, self._records[record_id])

    def change(self, record: R) -> None:
        """The same where indexed values may change: the record moves to the end of the groups that it joins.

        Raises:
            DuplicateError: a unique value is taken; nothing is changed.
        """
        before = self._records[record.id]
        old, new = set(self._keys(before)), set(self._keys(record))
        for key in new - old:
            if key[0] in self.kind.unique and self._groups.get(key):
                raise DuplicateError(str(key[1]))
        self.replace(record)
        self._leave(record.id, old - new)
        joined = [key for key in self._keys(record) if key not in old]
        self._join(record.id, joined)
        if self._places is not None:
            self._places.join(record.id, [index for index, _ in joined if index not in self.kind.unique])

    def _join(self, record_id: str, keys: Iterable[tuple[str, Hashable]]) -> None:
        for key in keys:
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = {}
            group[record_id] = None

    def _leave(self, record_id: str, keys: Iterable[tuple[str, Hashable]]) -> None:
        for key in keys:
            group = self._groups[key]
            del group[record_id]
            if not group:
                del self._groups[key]

    def _weigh(self, record: R) -> None:
        self.weight += self.kind.weight(record)
        for configuration in self.kind.configurations_of(record):
            if not self._uses[configuration]:
                self.weight += configuration.weight
            self._uses[configuration] += 1

    def _forget(self, record: R) -> None:
        self.weight -= self.kind.weight(record)
        for configuration in self.kind.configurations_of(record):
            self._uses[configuration] -= 1
            if not self._uses[configuration]:
                self.weight -= configuration.weight
                del self._uses[configuration]

    def remove(self, record_id: str) -> None:
        """Forget a record; one that is gone already is no error."""
        kept = self.get(record_id)
        if kept is None:
            return
        del self._records[record_id]
        self._forget(kept)
        self._leave(record_id, self._keys(kept))
        if self._places is not None:
            self._places.drop(record_id)
            self.notes.was(record_id, kept)
        if self.on_remove is not None:
            self.on_remove(kept)

    def clear(self) -> None:
        """Forget all."""
        if self._records:
            self.notes.empty()
        self._records, self._groups, self._uses, self.weight = {}, {}, Counter(), 0
        self._places = self._places and Places({}, {})

    def copy(self) -> Copied[R]:
        """References to all that is kept."""
        groups = {key: dict(group) for key, group in self._groups.items()}
        return Copied(self._records.copy(), groups, self._uses.copy(), self.weight)

    def restore(self, copied: Copied[R]) -> None:
        """Keep just what a copy held."""
        self._records, self._uses, self.weight = copied.records.copy(), copied.uses.copy(), copied.weight
        self._groups = {key: dict(group) for key, group in copied.groups.items()}
        if self._places is not None:
            self._places = places_of(self._records, self._groups)
            self._note_all()

    def take_up(self, copied: Copied[R], places: Places) -> None:
        """Keep just what was kept, where it stands."""
        self._records, self._groups, self._uses, self.weight = copied
        self._places = places
        self._note_all()

    def _note_all(self) -> None:
        """Nothing is what it was."""
        self.notes.empty()
        for record_id in self._records if self.notes.wanted else ():
            self.notes.was(record_id, None)

    def note_changes(self) -> None:
        """From now on, have places, and note how records were that change."""
        self._places = self._places or self.places()
        self.notes.take()
        self.notes.wanted = True

    def places(self) -> Places:
        """Those that the records have, or that are made for them as they stand."""
        return self._places or places_of(self._records, self._groups)

    @property
    def configurations(self) -> Iterable[Configuration]:
        """Those that its records have, each once."""
        return self._uses

    def _keys(self, record: R) -> list[tuple[str, Hashable]]:
        keys = []
        for name, value_of in self.kind.indexes.items():
            value = value_of(record)
            if value is not None:
                keys.append((name, value))
        return keys
