"""Things of a part that have a row each, and counts that have one together. This module is both, and they note what has changed."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from atthene_emulator.domain.rows import Emptied, Kept, Notes, Row, as_bytes

T = TypeVar("T")


class Table(Generic[T]):
    """Things by key, in the order in which they were put there last.

    Args:
        name: of the table.
        write: makes the value of the row of a thing, as it is by then.

    Attributes:
        things: only to be read.
    """

    def __init__(self, name: str, write: Callable[[T], bytes]) -> None:
        self.things: OrderedDict[str, T] = OrderedDict()
        self._name = name
        self._write = write
        self._places: dict[str, int] = {}
        self._last = 0
        self._notes = Notes[int]()

    def put(self, key: str, thing: T) -> None:
        """Have a thing at the end, in place of the one of that key; also when it has changed."""
        self._put(key, thing, self._last + 1)

    def _put(self, key: str, thing: T, place: int) -> None:
        self.things[key] = thing
        self.things.move_to_end(key)
        self._last = self._places[key] = place
        if self._notes.wanted:
            self._notes.put(key, place)

    def drop(self, key: str) -> T | None:
        """Have the thing of a key no longer, which is returned if there is one."""
        dropped = self.things.pop(key, None)
        if dropped is not None:
            del self._places[key]
            self._notes.drop(key)
        return dropped

    def drop_first(self) -> T:
        """Have the first thing no longer, which is returned.

        Raises:
            KeyError: there is none.
        """
        key, dropped = self.things.popitem(last=False)
        del self._places[key]
        self._notes.drop(key)
        return dropped

    def clear(self) -> None:
        """Have nothing."""
        self.things.clear()
        self._places.clear()
        self._notes.empty()

    def replace(self, things: Mapping[str, T]) -> None:
        """Have just these, in their order."""
        self.clear()
        for key, thing in things.items():
            self.put(key, thing)

    def note_changes(self) -> None:
        """From now on somebody asks for `changes`."""
        self._notes.wanted = True
        self._notes.take()

    def rows(self) -> Iterator[Row]:
        """A row of each thing."""
        return (self._row(key, place) for key, place in self._places.items())

    def changes(self) -> Iterable[Emptied | Row]:
        """What has changed since it was asked for last."""
        return told(self._name, self._notes, self._row)

    def _row(self, key: str, place: int) -> Row:
        return Row(self._name, key, place, self._write(self.things[key]))

    def take_up(self, kept: Kept, read: Callable[[Row], T]) -> None:
        """Have what was kept; `read` is given each row."""
        self.clear()
        for row in kept.rows.get(self._name, ()):
            self._put(row.key, read(row), int(row.place))


class Counts:
    """Whole numbers that a part counts, as the one row of a table.

    Args:
        name: of the table.
        usual: what they are where none were kept.
    """

    def __init__(self, name: str, *usual: int) -> None:
        self._name = name
        self._usual = usual
        self._kept: tuple[int, ...] | None = None

    def note(self, *counts: int) -> None:
        """These have been kept."""
        self._kept = counts

    def rows(self, *counts: int) -> Iterable[Row]:
        """The row."""
        return (Row(self._name, "", 0, as_bytes(counts)),)

    def changes(self, *counts: int) -> Iterable[Row]:
        """The row, if these are others than it was asked for last."""
        if counts == self._kept:
            return ()
        self._kept = counts
        return self.rows(*counts)

    def read(self, kept: Kept) -> tuple[int, ...]:
        """What was kept.

        Raises:
            ValueError, TypeError: the row is damaged.
        """
        for row in kept.rows.get(self._name, ()):
            return tuple(map(int, row.read()))
        return self._usual


def told(table: str, notes: Notes[T], row: Callable[[str, T], Row]) -> Iterable[Emptied | Row]:
    """What was noted of a table, and is noted no longer.

    Args:
        table: its name.
        notes: what has changed in it.
        row: makes the row of a key, with what was noted of it.
    """
    emptied, changed = notes.take()
    rows = [Row(table, key, 0, None) if what is None else row(key, what) for key, what in changed.items()]
    return (Emptied(table), *rows) if emptied else rows
