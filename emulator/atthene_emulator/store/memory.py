"""The in-memory store: dictionaries of references. This module is the default `Store`.

Its methods never wait, so between two awaits of a use case nothing else runs. A snapshot copies references only.
"""

from collections.abc import Hashable, Iterable, Sequence
from itertools import islice
from typing import Any, Generic

from atthene_emulator.store import Collection, DuplicateError, Kind, R, StaleError

_Groups = dict[tuple[str, Hashable], dict[str, None]]


class MemoryCollection(Generic[R]):
    """Records of one kind by id, and the ids of each group of each index."""

    def __init__(self, kind: Kind[R]) -> None:
        self.kind = kind
        self._records: dict[str, R] = {}
        self._groups: _Groups = {}

    async def get(self, record_id: str) -> R | None:
        """See `Collection.get`."""
        return self._records.get(record_id)

    async def find(self, index: str, value: Hashable) -> R | None:
        """See `Collection.find`."""
        for record_id in self._groups.get((index, value), ()):
            return self._records[record_id]
        return None

    async def page(
        self, index: str, value: Hashable, *, newest_first: bool = False, limit: int | None = None, offset: int = 0
    ) -> Sequence[R]:
        """See `Collection.page`."""
        group = self._groups.get((index, value), {})
        ids: Iterable[str] = reversed(group) if newest_first else group
        end = None if limit is None else offset + limit
        return [self._records[record_id] for record_id in islice(ids, offset, end)]

    async def count(self, index: str, value: Hashable) -> int:
        """See `Collection.count`."""
        return len(self._groups.get((index, value), ()))

    async def all(self) -> Sequence[R]:
        """See `Collection.all`."""
        return list(self._records.values())

    async def add(self, record: R) -> None:
        """See `Collection.add`."""
        if record.id in self._records:
            raise DuplicateError(record.id)
        keys = self._keys(record)
        for name, value in keys:
            if name in self.kind.unique and self._groups.get((name, value)):
                raise DuplicateError(str(value))
        self._records[record.id] = record
        for key in keys:
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = {}
            group[record.id] = None

    async def replace(self, old: R, new: R) -> None:
        """See `Collection.replace`."""
        if self._records.get(old.id) is not old:
            raise StaleError(old.id)
        self._records[old.id] = new

    async def remove(self, record: R) -> None:
        """See `Collection.remove`."""
        kept = self._records.pop(record.id, None)
        if kept is None:
            return
        for key in self._keys(kept):
            group = self._groups[key]
            del group[record.id]
            if not group:
                del self._groups[key]

    def _keys(self, record: R) -> list[tuple[str, Hashable]]:
        values = ((name, value_of(record)) for name, value_of in self.kind.indexes.items())
        return [(name, value) for name, value in values if value is not None]

    def copy(self) -> tuple[dict[str, R], _Groups]:
        """References to all that is kept."""
        return dict(self._records), {key: dict(group) for key, group in self._groups.items()}

    def put_back(self, records: dict[str, R], groups: _Groups) -> None:
        """Keep just what a copy held."""
        self._records = dict(records)
        self._groups = {key: dict(group) for key, group in groups.items()}


class MemoryStore:
    """Collections by kind."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryCollection[Any]] = {}

    def collection(self, kind: Kind[R]) -> Collection[R]:
        """See `Store.collection`."""
        found = self._collections.get(kind.name)
        if found is None:
            found = self._collections[kind.name] = MemoryCollection(kind)
        return found

    async def snapshot(self) -> dict[str, Any]:
        """See `Store.snapshot`."""
        return {name: (collection.kind, *collection.copy()) for name, collection in self._collections.items()}

    async def restore(self, snapshot: dict[str, Any]) -> None:
        """See `Store.restore`."""
        for collection in self._collections.values():
            collection.put_back({}, {})
        for kind, records, groups in snapshot.values():
            opened = self._collections.setdefault(kind.name, MemoryCollection(kind))
            opened.put_back(records, groups)

    async def clear(self) -> None:
        """See `Store.clear`."""
        await self.restore({})

    def sibling(self) -> "MemoryStore":
        """See `Store.sibling`."""
        return MemoryStore()
