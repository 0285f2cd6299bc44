"""Gates: named places where an execution waits until a test opens them. This module is the gates of one namespace."""

import asyncio

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import NoRoom, SentAway
from atthene_emulator.limits import GATES


class Gates(SavedPart):
    """A gate is closed until it is opened."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed opens no gates
        """Close every gate."""
        self._open.clear()

    def save(self) -> Json:
        """The gates that are open."""
        return {"gates": sorted(self._open)}

    def load(self, saved: Saved) -> None:
        """Open those that were open, and close all others."""
        self._open = set(saved.document.get("gates", ()))

    async def wait(self, name: str) -> None:
        """Return when the gate is open.

        Raises:
            SentAway: everyone was.
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
        """Let everyone through who waits now or comes later.

        Raises:
            NoRoom: too many are open.
        """
        if name not in self._open and len(self._open) >= GATES.most:
            raise NoRoom(f"{GATES.shown} gates are open; close one first, or reset the namespace")
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

    def dismiss_all(self, why: str) -> None:
        """Send everyone away who waits, and say why."""
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(SentAway(f"The request was ended while it waited: {why}"))
