"""A vault in memory that several emulators use, and that fails when a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import count
from typing import Any

from atthene_emulator.domain.rows import Changes, Row
from atthene_emulator.errors import Conflict, NotKept
from atthene_emulator.vault.vault import About, Elsewhere, Stamp


class Store:
    """What is kept, for all who use it."""

    def __init__(self) -> None:
        self.abouts: dict[str, About] = {}
        self.rows: dict[str, dict[tuple[str, str], Row]] = {}
        self.owners: dict[str, MemoryVault] = {}
        self.numbers = count(1)
        self.followers: list[asyncio.Queue[tuple[str, bytes]]] = []

    def write(self, name: str, changes: Changes) -> None:
        kept = self.rows.setdefault(name, {})
        for table in changes.emptied:
            for key in [key for key in kept if key[0] == table]:
                del kept[key]
        for row in changes.rows:
            if row.value is None:
                kept.pop(row[:2], None)
            else:
                kept[row[:2]] = row


class MemoryVault:
    """A `SharedVault`, or one that does everything at once.

    Attributes:
        calls: how many there were.
        fails_at: the number of the call that fails; None for none.
        is_done: what fails is done all the same.
    """

    secret = ""

    def __init__(self, store: Store, address: str = "http://one", *, at_once: bool = False) -> None:
        self.store = store
        self.address = address
        self.at_once = at_once
        self.calls = 0
        self.fails_at: int | None = None
        self.is_done = False
        self.held: asyncio.Event | None = None  # a save waits for it

    @property
    def is_followed(self) -> bool:
        return bool(self.store.followers)

    async def _call(self) -> bool:
        """Whether this call is to fail when it was done."""
        if not self.at_once:
            await asyncio.sleep(0)
        self.calls += 1
        if self.calls - 1 != self.fails_at:
            return False
        if not self.is_done:
            raise NotKept("It fails")
        return True

    def _end(self, *, fails: bool) -> None:
        if fails:
            raise NotKept("It fails, and was done")

    async def open(self, stamp: Stamp) -> None:
        assert stamp

    async def close(self) -> None:
        self.store.owners = {name: owner for name, owner in self.store.owners.items() if owner is not self}

    async def all(self) -> Sequence[About]:
        self._end(fails=await self._call())
        return sorted(self.store.abouts.values(), key=lambda about: about.number)

    async def find(self, name: str) -> About | None:
        self._end(fails=await self._call())
        return self.store.abouts.get(name)

    async def holder(self, key: str) -> str | None:
        return next((one.name for one in await self.all() if key in one.keys), None)

    def owns(self, name: str) -> bool:
        return self.store.owners.get(name) is self

    async def claim(self, name: str) -> Elsewhere | None:
        fails = await self._call()
        owner = self.store.owners.setdefault(name, self)
        self._end(fails=fails)
        return None if owner is self else Elsewhere(owner.address)

    async def release(self, name: str) -> None:
        fails = await self._call()
        if self.owns(name):
            del self.store.owners[name]
        self._end(fails=fails)

    async def load(self, name: str) -> Mapping[str, Sequence[Row]]:
        self._end(fails=await self._call())
        tables: dict[str, list[Row]] = {}
        for row in sorted(self.store.rows.get(name, {}).values(), key=lambda row: row.place):
            tables.setdefault(row.table, []).append(row)
        return tables

    async def save(self, name: str, changes: Changes) -> None:
        if self.held is not None:
            await self.held.wait()
        await self._change(name, lambda: self.store.write(name, changes))

    async def remove(self, name: str) -> None:
        def remove() -> None:
            for one in (self.store.abouts, self.store.rows, self.store.owners):
                one.pop(name, None)

        await self._change(name, remove)

    async def _change(self, name: str, change: Any) -> None:
        try:
            fails = await self._call()
            self._check(name)
            change()
            self._end(fails=fails)
        except NotKept:
            if self.owns(name):
                del self.store.owners[name]
            raise

    def _check(self, name: str) -> None:
        if not self.owns(name):
            raise NotKept("It is owned no longer")

    def tidy(self) -> bool:
        return False

    async def add(self, about: About, changes: Changes) -> None:
        fails = await self._call()
        if about.name in self.store.abouts:
            raise Conflict("There is one")
        self.store.abouts[about.name] = about._replace(number=next(self.store.numbers))
        self.store.write(about.name, changes)
        self._end(fails=fails)

    def publish(self, name: str, payload: bytes) -> None:
        for one in self.store.followers:
            one.put_nowait((name, payload))

    async def subscribe(self) -> AsyncIterator[tuple[str, bytes]]:
        queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.store.followers.append(queue)
        yield "", b""
        while True:
            yield await queue.get()
