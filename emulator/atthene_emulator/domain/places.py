"""Where the records of a set stand: numbers that say in which order they were added, and joined groups. This module is those numbers.

A set has them only from when it is kept as rows: in memory, the order of its dictionaries says the same.
"""

from collections.abc import Hashable, Iterable, Mapping

Key = tuple[str, Hashable]  # of a group: its index and its value


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
        self._next = 1 + max(of.values(), default=-1)

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

    def sort(self, groups: dict[Key, dict[str, None]]) -> None:
        """Put groups into order whose records were put into them in the order in which they were added."""
        numbers = {(index, record_id): place for record_id, own in self.joined.items() for index, place in own.items()}
        self._next = max(self._next, 1 + max(numbers.values(), default=-1))
        for key, group in groups.items() if numbers else ():
            index = key[0]
            places = [numbers.get((index, record_id), self.of[record_id]) for record_id in group]
            if places != sorted(places):
                groups[key] = dict.fromkeys(record_id for _, record_id in sorted(zip(places, group, strict=True)))


def places_of(ids: Iterable[str], groups: Mapping[Key, Iterable[str]]) -> Places:
    """Places that say the order of these ids, and that of these groups of them, by index and value."""
    of = {record_id: place for place, record_id in enumerate(ids)}
    joined: dict[str, dict[str, int]] = {}
    for (index, _), group in groups.items():
        places = [of[record_id] for record_id in group]
        if places != sorted(places):  # all are numbered anew: they are fewer than there are places already
            for place, record_id in enumerate(group):
                joined.setdefault(record_id, {})[index] = place
    return Places(of, joined)
