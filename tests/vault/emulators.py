"""Emulators as far as a vault knows them: each has a loop of its own, which runs only while it does something."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from atthene_emulator.domain.rows import Changes, Row
from atthene_emulator.vault.vault import FORMAT, About, Elsewhere, Stamp, Vault

T = TypeVar("T")
STAMP = Stamp(FORMAT, "1.0", "seeds")


class Emulator:
    """A vault that is open, and the loop in which it is used.

    Between two calls, the loop stands still, so there is no heartbeat either: as if its process were paused.
    """

    def __init__(self, vault: Vault, loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        self.vault = vault
        self._runner = asyncio.Runner(loop_factory=loop)
        self._is_closed = False

    def open(self, stamp: Stamp = STAMP) -> "Emulator":
        try:
            self.run(self.vault.open(stamp))
        except BaseException:
            self._runner.close()
            raise
        return self

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(doing)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Live until something is so."""

        async def live() -> None:
            end = time.monotonic() + 20
            while not is_so():
                assert time.monotonic() < end, "it has not become so in 20 seconds"
                await asyncio.sleep(0.01)

        self.run(live())

    def claim_when_it_is_free(self, name: str) -> None:
        """Claim a namespace, again and again."""

        async def claim() -> None:
            end = time.monotonic() + 20
            while await self.vault.claim(name) is not None:
                assert time.monotonic() < end, "it has not become free in 20 seconds"

        self.run(claim())

    def claim(self, name: str) -> Elsewhere | None:
        return self.run(self.vault.claim(name))

    def save(self, name: str, *rows: Row, emptied: Iterable[str] = ()) -> None:
        self.run(self.vault.save(name, Changes(tuple(emptied), rows)))

    def save_at_once(self, name: str, rows: Iterable[Row]) -> None:
        """Each row in a save of its own, all called in one turn of the loop."""

        async def save() -> None:
            await asyncio.gather(*(self.vault.save(name, Changes((), (row,))) for row in rows))

        self.run(save())

    def load(self, name: str) -> dict[str, list[Row]]:
        return {table: list(rows) for table, rows in self.run(self.vault.load(name)).items()}

    def add(self, name: str, *rows: Row, keys: Iterable[str] = ()) -> None:
        self.run(self.vault.add(About(name, tuple(keys), {"seed": name}), Changes((), rows)))

    def names(self) -> list[str]:
        return [about.name for about in self.run(self.vault.all())]

    def close(self) -> None:
        """Once; then nothing."""
        if not self._is_closed:
            self._is_closed = True
            self.run(self.vault.close())
            self._runner.close()


def row(key: str, value: bytes | None = b"1", place: int = 0, table: str = "sessions") -> Row:
    return Row(table, key, place, value)
