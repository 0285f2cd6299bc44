"""Gates: named places where an execution waits until a test opens them. This module is the gates of one namespace."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import NoRoom, SentAway
from atthene_emulator.limits import GATES

if TYPE_CHECKING:
    from atthene_emulator.domain.run import Run


class Waiting(NamedTuple):
    """Who waits at a gate: an execution, or a request that a fault holds; `passed` is done when they go on."""

    run: "Run | None"
    passed: asyncio.Future[None]


class Gate(NamedTuple):
    """A gate as it is now: whether it is open, and the executions that wait at it, in the order in which they came."""

    is_open: bool
    waiting: "tuple[Run, ...]"


class Gates(SavedPart):
    """A gate is closed until it is opened."""

    tables = ("gates",)

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._waiting: dict[str, list[Waiting]] = {}

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed opens no gates
        """Close every gate."""
        self._open.clear()

    def save(self) -> Json:
        """The gates that are open."""
        return {"gates": sorted(self._open)}

    def load(self, saved: Saved) -> None:
        """Open those that were open, and close all others."""
        self._open = set(saved.document.get("gates", ()))

    async def wait(self, name: str, run: "Run | None" = None) -> None:
        """Return when the gate is open, or when this execution is let through alone.

        Raises:
            SentAway: everyone was.
        """
        if name in self._open:
            return
        waiting = Waiting(run, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(name, []).append(waiting)
        try:
            await waiting.passed
        finally:
            self._waiting[name].remove(waiting)
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
        for one in self._waiting.get(name, ()):
            if not one.passed.done():
                one.passed.set_result(None)

    def let_through(self, name: str, run: "Run") -> None:
        """Let one execution through that waits; the gate stays as it is."""
        for one in self._waiting.get(name, ()):
            if one.run is run and not one.passed.done():
                one.passed.set_result(None)

    def close(self, name: str) -> None:
        """Hold everyone who comes from now on."""
        self._open.discard(name)

    def list(self) -> dict[str, Gate]:
        """Every gate that is open or waited at, by name."""
        names = sorted(self._open | self._waiting.keys())
        found = {name: Gate(name in self._open, tuple(self._runs(name))) for name in names}
        return {name: gate for name, gate in found.items() if gate.is_open or gate.waiting}

    def _runs(self, name: str) -> "Iterator[Run]":
        return (one.run for one in self._waiting.get(name, ()) if one.run is not None and not one.passed.done())

    def dismiss_all(self, why: str) -> None:
        """Send everyone away who waits, and say why."""
        for everyone in self._waiting.values():
            for one in everyone:
                if not one.passed.done():
                    one.passed.set_exception(SentAway(f"The request was ended while it waited: {why}"))
