"""What keeps namespaces beyond a process. This module is the `Vault`, and the records that go in and out of it.

A namespace is kept as rows, and has one owner, who alone changes them. What concerns no namespace alone is kept in the same way
below an empty name. Nothing in here knows what a row means.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from atthene_emulator.domain.rows import Changes, Row

FORMAT = 1  # of rows; another one is another format
EMULATOR = ""  # the name below which is kept what concerns no namespace alone
ARCHIVED = "deleted "  # begins the names below which deleted namespaces are kept; those of others have no blank


class Stamp(NamedTuple):
    """What a vault is used with.

    Attributes:
        format: of rows; what is kept has it for good.
        version: of the emulator; it is the same for all who use the vault at a time.
        seeds: a hash of what the namespace `default` starts from; what is kept has it for good.
        terms: settings, as `terms_of` has them; as the version.
    """

    format: int
    version: str
    seeds: str
    terms: str = ""


class About(NamedTuple):
    """What is known of a namespace without its rows.

    Attributes:
        name: unique.
        keys: that lead to it: its own, those of its origin, and what tells whose pages it lets in.
        entry: plain JSON that says how it is built again.
        number: namespaces count up in the order in which they were made, and no two have the same, ever; 0 for one that was not
            added yet.
    """

    name: str
    keys: tuple[str, ...]
    entry: Mapping[str, Any]
    number: int = 0


class Elsewhere(NamedTuple):
    """Another emulator owns a namespace: where it takes requests that are passed on, such as `http://10.0.0.7:8485`."""

    address: str


class Vault(Protocol):
    """Keeps namespaces as rows.

    Every method may raise `NotKept`: the vault cannot be reached, is full, or does not let us write. Nothing is half done then,
    though it may be that all of it was done.

    Attributes:
        at_once: nothing else runs while one of its methods does; saves need not be waited for by others then.
        secret: that all who share it know, and nobody else, once it is open; empty for one that is not shared.
    """

    at_once: bool
    secret: str

    async def open(self, stamp: Stamp) -> None:
        """Be ready.

        Raises:
            SetupError: it cannot be reached or used, or others use it with another stamp.
        """
        ...

    async def close(self) -> None:
        """Give up what is owned, so that others may have it at once."""
        ...

    async def all(self) -> Sequence[About]:
        """Every namespace, in the order in which they were made; the emulator's own rows are none."""
        ...

    async def find(self, name: str) -> About | None:
        """A namespace, if there is one of that name."""
        ...

    async def holder(self, key: str) -> str | None:
        """The name of the namespace that has a key, of several the one that was made first."""
        ...

    async def claim(self, name: str) -> Elsewhere | None:
        """Own a namespace from now on, unless another emulator does, which is returned then. It need not be there yet."""
        ...

    def owns(self, name: str) -> bool:
        """Whether a namespace that was claimed is still owned, as far as can be told without asking."""
        ...

    async def load(self, name: str) -> Mapping[str, Sequence[Row]]:
        """The rows of a namespace by table, in the order of their places; empty for none. Whoever owns it, all may."""
        ...

    async def save(self, name: str, changes: Changes) -> None:
        """Have changes of a namespace that is owned: all of them or none. They are kept when this returns.

        Raises:
            NotKept: also if it is owned no longer.
        """
        ...

    def tidy(self) -> bool:
        """Do a little of what was put off, which takes some milliseconds at most; whether there is more of it."""
        ...

    async def add(self, about: About, changes: Changes) -> None:
        """Have a new namespace with its rows, which nobody owns yet; `number` is chosen.

        Raises:
            Conflict: there is one of that name.
        """
        ...

    async def remove(self, name: str) -> None:
        """Forget a namespace that is owned, with its rows and its keys."""
        ...

    async def release(self, name: str) -> None:
        """Own a namespace no longer."""
        ...


class SharedVault(Vault, Protocol):
    """A vault that several emulators use, by which they tell each other what happens.

    Attributes:
        is_followed: somebody followed that when something was saved last, or at the last heartbeat.
    """

    is_followed: bool

    def publish(self, name: str, payload: bytes) -> None:
        """Tell all who follow something of a namespace, if there are any; nobody waits, and it may be lost."""
        ...

    def subscribe(self) -> AsyncIterator[tuple[str, bytes]]:
        """Names and payloads that any emulator publishes; first an empty name, as soon as nothing is missed from then on.

        Raises:
            NotKept: the connection was lost, and perhaps events with it; subscribe again.
        """
        ...
