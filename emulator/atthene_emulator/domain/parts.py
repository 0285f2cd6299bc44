"""What a namespace is made of: parts, each of which goes back to a seed, and can be kept and taken up again.

A namespace is a loop over its parts: so are reset, snapshot, fork, export and import, and what a vault keeps of it. This module
is the `Part`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.rows import Kept, Row, RowChange, as_bytes
from atthene_emulator.domain.seed import Seed

Json = dict[str, Any]


class Saved(NamedTuple):
    """A document of saved parts, checked, with what its parts share.

    Attributes:
        document: what the parts' `save` gave, together.
        configurations: those that its records name, by their digests.
        companies: of the accounts that its records name.
    """

    document: Mapping[str, Any]
    configurations: Mapping[str, Configuration] = {}
    companies: Mapping[str, str] = {}


class Part:
    """A part that goes back to a seed, and can be kept as rows.

    Attributes:
        scope: what `reset` calls it, perhaps together with others.
        tables: of its rows.
    """

    scope: ClassVar[str] = "state"
    tables: ClassVar[tuple[str, ...]] = ()

    def reset(self, seed: Seed) -> None:
        """Be what the seed says."""
        raise NotImplementedError

    def note_changes(self) -> None:
        """From now on somebody asks for `changes`; what is there now has been kept."""

    def rows(self) -> Iterator[Row | Configuration]:
        """All that it is, and the configurations that its rows name."""
        raise NotImplementedError

    def changes(self) -> Iterable[RowChange]:
        """The same of what has changed since it was asked for last; a table that was emptied comes before its new rows."""
        raise NotImplementedError

    def configurations(self) -> Iterable[Configuration]:
        """Those that its rows name; some may come more than once."""
        return ()

    def take_up(self, kept: Kept) -> None:
        """Be what was kept as rows; tables that are not there are empty.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged.
        """
        raise NotImplementedError


class SavedPart(Part):
    """A part that belongs to what a namespace is: snapshots and forks have it.

    In memory it is copied; where much is kept, a copy shares the records, which are frozen. As rows, it is one with what `written`
    says; parts that may be large have a row for each thing in them instead.
    """

    _seen: Any = None

    def written(self) -> Json:
        """What a vault keeps of it: what `save` has, and perhaps what does not belong into a document for elsewhere."""
        return self.save()

    def stamp(self) -> Any:
        """Something that is equal as long as `written` is, and quick to make."""
        return self.written()

    def note_changes(self) -> None:
        """As `Part`."""
        self._seen = self.stamp()

    def rows(self) -> Iterator[Row | Configuration]:
        """One."""
        yield Row(self.tables[0], "", 0, as_bytes(self.written()))

    def changes(self) -> Iterable[RowChange]:
        """The one, if it is another."""
        stamp = self.stamp()
        if stamp == self._seen:
            return ()
        self._seen = stamp
        return self.rows()

    def take_up(self, kept: Kept) -> None:
        """Be what was kept, or saved."""
        for row in kept.rows.get(self.tables[0], ()):
            self.load(Saved(dict(row.read()), kept.configurations, kept.companies))

    def save(self) -> Json:
        """Its share of a document of the whole namespace, in plain JSON: keys that no other part has."""
        raise NotImplementedError

    def load(self, saved: Saved) -> None:
        """Be what was saved."""
        raise NotImplementedError

    def copy(self) -> Any:
        """All that it is, safe from later changes, for `restore`."""
        return self.save()

    def restore(self, copied: Any) -> None:
        """Be what was copied, from this part or from that of another namespace."""
        self.load(Saved(copied))


def whole(counts: Mapping[str, Any]) -> dict[str, int]:
    """Whole numbers by name; JSON writes 3 as 3.0 now and then."""
    return {name: int(count) for name, count in counts.items()}
