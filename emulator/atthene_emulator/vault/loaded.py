"""What is loaded of a vault, for as long as it stays. This module is that record."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Literal

from atthene_emulator.domain.feed import Change
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.vault.futures import unawaited
from atthene_emulator.vault.outbox import Happened
from atthene_emulator.vault.vault import EMULATOR


class Loaded:
    """A namespace that was loaded, or what concerns none alone; what is loaded again is another.

    Args:
        name: of it.
        namespace: it; None for what concerns none alone, and for one whose rows are damaged.

    Attributes:
        state: `kept`, unless it was deleted, or put away since it could not be kept or nobody uses it.
        users: how many requests and sockets are about it now.
        weight: how many bytes it takes, roughly, when it was looked at last.
        happened: what is to be told when it was saved.
    """

    __slots__ = ("_namespace", "_saving", "happened", "name", "state", "users", "weight")

    def __init__(self, name: str, namespace: Namespace | None = None) -> None:
        self.name = name
        self._namespace = namespace
        self._saving: asyncio.Future[None] | None = None
        self.state: Literal["kept", "deleted", "put away"] = "kept"
        self.users = 0
        self.weight = 0
        self.happened: list[Entry | Change] = []

    @property
    def namespace(self) -> Namespace:
        """The namespace, if it is one."""
        assert self._namespace is not None, EMULATOR  # noqa: S101  # whoever asks knows
        return self._namespace

    @property
    def is_unreadable(self) -> bool:
        """Whether there is no namespace: its rows are damaged."""
        return self._namespace is None and self.name != EMULATOR

    @property
    def is_idle(self) -> bool:
        """Whether nobody uses it, and nothing would be lost that is not kept."""
        one = self.namespace
        return not (self.users or one.is_busy or one.running or one.waiting or one.readings or one.prepared)

    def told(self) -> Sequence[Happened]:
        """What has happened, which is to be told of no longer."""
        if not self.happened:
            return ()
        source = self.namespace.feed.source
        happened = [(source, what) for what in self.happened]
        self.happened.clear()
        return happened

    def begin(self, saving: Coroutine[Any, Any, None]) -> None:
        """Save; of several saves, the last one ends last."""
        self._saving = asyncio.ensure_future(saving)
        unawaited(self._saving)

    async def saved(self) -> None:
        """Return when all saves that were begun are done.

        Raises:
            NotKept: the last one has failed.
        """
        if self._saving is not None:
            await asyncio.shield(self._saving)
