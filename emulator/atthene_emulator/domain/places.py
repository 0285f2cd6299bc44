"""Where the records of a set stand: numbers that say in which order they were added, and joined groups. This module is those numbers.

A set has them only from when it is kept as rows: in memory, the order of its dictionaries says the same.
"""

from collections.abc import Hashable, Iterable, Mapping


class Places:
    """Places of records by their ids. What comes later has a larger one, and none is given twice.

    Attributes:
        of: the places of all records.
        joined: places in groups, by id and index, of records that joined them in another order than they were added.
    """

    __slots__ = ("_next", "joined", "of")

    def __init__(self, of: dict[str, int], joined: dict[str, dict[str, int]]) -> None:
        self.of = of
        self.joined = joined
        highest = max(of.values(), default=-1)
        self._next = 1 + max((place for places in joined.values() for place in places.values()), default=highest)
        self._next = max(self._next, highest + 1)

    def add(self, record_id: str) -> None:
        """A record is the newest of all."""
        self.of[record_id] = self._next
        self._next += 1

    def join(self, record_id: str, indexes: Iterable[str]) -> None:
        """A record has joined groups of these indexes, as their newest."""
        for index in indexes:
            self.joined.setdefault(record_id, {})[index] = self._next
            self._next += 1

    def drop(self, record_id: str) -> None:
        """A record is gone."""
        del self.of[record_id]
        self.joined.pop(record_id, None)

    def in_group(self, index: str, record_id: str) -> int:
        """Where a record stands in its group of an index."""
        joined = self.joined.get(record_id)
        return self.of[record_id] if joined is None else joined.get(index, self.of[record_id])


def places_of(ids: Iterable[str], groups: Mapping[tuple[str, Hashable], Iterable[str]]) -> Places:
    """Places that say the order of these ids, and that of these groups of them, by index and value."""
    of = {record_id: place for place, record_id in enumerate(ids)}
    joined: dict[str, dict[str, int]] = {}
    for (index, _), group in groups.items():
        places = [of[record_id] for record_id in group]
        if places != sorted(places):  # all are numbered anew: they are fewer than there are places already
            for place, record_id in enumerate(group):
                joined.setdefault(record_id, {})[index] = place
    return Places(of, joined)
