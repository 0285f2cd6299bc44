"""Gates: named places where an execution waits until a test opens them. This module is the gates of one namespace."""

import asyncio
from collections.abc import Iterable

from atthene_emulator.errors import EmulatorRefusal


class Gates:
    """A gate is closed until it is opened; `opened` are those that are open from the start."""

    def __init__(self, opened: Iterable[str] = ()) -> None:
        self._open: set[str] = set(opened)
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    async def wait(self, name: str) -> None:
        """Return when the gate is open.

        Raises:
            EmulatorRefusal: 503, everyone was sent away.
        """
        if name in self._open:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, []).append(future)
        try:
            await future
        finally:
            self._waiting[name].remove(future)
            if not self._waiting[name]:
                del self._waiting[name]

    def open(self, name: str) -> None:
        """Let everyone through who waits now or comes later."""
        self._open.add(name)
        for future in self._waiting.get(name, ()):
            if not future.done():
                future.set_result(None)

    def close(self, name: str) -> None:
        """Hold everyone who comes from now on."""
        self._open.discard(name)

    def list(self) -> dict[str, tuple[bool, int]]:
        """Every gate that is open or waited at: whether it is open, and how many wait."""
        names = sorted(self._open | self._waiting.keys())
        return {name: (name in self._open, len(self._waiting.get(name, ()))) for name in names}

    @property
    def opened(self) -> frozenset[str]:
        """The names of those that are open."""
        return frozenset(self._open)

    def dismiss_all(self, why: str) -> None:
        """End every execution that waits with a 503 that says why."""
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(EmulatorRefusal(503, f"The request was ended while it waited: {why}"))
