"""Where records are kept: the `Store` protocol, and the in-memory store that is the default.

This module is the protocol. Records are frozen and have an `id`; a `Kind` says how they are found again. Use cases await
the store at their edges, so a store on the network fits behind the same protocol.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class Record(Protocol):
    """What a store can keep: a frozen object with a unique id."""

    @property
    def id(self) -> str:
        """Unique within its kind."""
        ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, eq=False)
class Kind(Generic[R]):
    """A kind of records.

    Attributes:
        name: names the collection.
        indexes: how records are grouped; each maps a record to a value, None to leave it out. A group keeps the order
            in which its records were added.
        unique: names of the indexes whose groups hold one record at most.
    """

    name: str
    indexes: Mapping[str, Callable[[R], Hashable | None]] = field(default_factory=dict)
    unique: frozenset[str] = frozenset()


class DuplicateError(Exception):
    """A record with this id, or this value of a unique index, is already there."""


class StaleError(Exception):
    """The record was changed or removed since it was read; nothing was written."""


class Collection(Protocol[R]):
    """All records of one kind."""

    async def get(self, record_id: str) -> R | None:
        """The record, or None."""
        ...

    async def find(self, index: str, value: Hashable) -> R | None:
        """The first record of a group, or None."""
        ...

    async def page(
        self, index: str, value: Hashable, *, newest_first: bool = False, limit: int | None = None, offset: int = 0
    ) -> Sequence[R]:
        """Records of a group in the order they were added; its cost depends on the page, not on the group."""
        ...

    async def count(self, index: str, value: Hashable) -> int:
        """How many records a group holds."""
        ...

    async def all(self) -> Sequence[R]:
        """Every record, in the order they were added."""
        ...

    async def add(self, record: R) -> None:
        """Keep a new record.

        Raises:
            DuplicateError: its id or a unique value is taken.
        """
        ...

    async def replace(self, old: R, new: R) -> None:
        """Put `new` in the place of `old`, which must be what is kept now; indexed values must not change.

        Raises:
            StaleError: something else is kept now.
        """
        ...

    async def remove(self, record: R) -> None:
        """Forget a record; one that is gone already is no error."""
        ...


class Store(Protocol):
    """A place for records of every kind."""

    def collection(self, kind: Kind[R]) -> Collection[R]:
        """The records of one kind."""
        ...

    async def snapshot(self) -> Any:
        """A copy of everything, to be given to `restore`; opaque, and safe from later changes."""
        ...

    async def restore(self, snapshot: Any) -> None:
        """Go back to a snapshot of this store, or of a sibling."""
        ...

    def sibling(self) -> "Store":
        """An empty store of the same kind."""
        ...

    async def clear(self) -> None:
        """Forget everything."""
        ...
