"""What keeps namespaces beyond the emulator. This module says what it offers, the `Watcher`, and what is known of those not loaded."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

from atthene_emulator.domain.deleted import Deleted
from atthene_emulator.domain.namespace import Namespace


class Asleep(NamedTuple):
    """A namespace that is kept elsewhere, and not loaded.

    Attributes:
        entry: of `describe`.
        since: when that became known, in seconds of the emulator's timer; it counts as its last use (D122).
    """

    entry: Mapping[str, Any]
    since: float


class Watcher(Protocol):
    """Is told which namespaces there are, and knows those that are not loaded."""

    async def check(self) -> None:
        """Find out whether what keeps namespaces works.

        Raises:
            NotKept: it does not.
        """
        ...

    async def follow(self) -> None:
        """Have the feed of all namespaces told of everything that happens from now on, wherever it does.

        Raises:
            NotKept: it cannot be.
        """
        ...

    def has(self, namespace: Namespace) -> bool:
        """Whether a namespace is loaded here, so that what it becomes is kept."""
        ...

    async def view(self, name: str) -> Namespace:
        """A namespace to look at, which may be a copy.

        Raises:
            Unknown: there is none.
        """
        ...

    def all_in_view(self) -> AbstractAsyncContextManager[None]:
        """Meanwhile every namespace can be looked at, those that are not loaded here as copies.

        Raises:
            NotKept: what keeps them does not work.
            NoRoom: there is too much of them.
        """
        ...

    def made(self, namespace: Namespace) -> None:
        """One was made."""
        ...

    def gone(self, deleted: Deleted) -> None:
        """One was deleted, or nobody has used it for too long; it is kept to be looked at."""
        ...

    async def recall(self, name: str | None = None) -> None:
        """Have those in the emulator's `deleted` that were deleted and can still be looked at: all, or those of that name.

        Raises:
            NotKept: what keeps them does not work.
        """
        ...

    def forget(self, name: str) -> bool:
        """Delete one that cannot be read any more, or have `default` begin again; whether this is one."""
        ...
