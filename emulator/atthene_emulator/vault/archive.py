"""Namespaces that were deleted, kept in the vault so that any emulator can look at them. This module is the `Archive` of them.

Each is there below a name that no namespace can have, with its rows as they were, and nobody owns it. The newest can be looked at; what
was exercised in the others is counted with what concerns no namespace alone before they are forgotten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from atthene_emulator.domain.agent import AGENTS
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.deleted import Deleted, DeletedNamespaces
from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.rows import CONFIGURATIONS, Changes
from atthene_emulator.errors import Conflict, Damaged
from atthene_emulator.limits import DELETED, DELETED_BYTES
from atthene_emulator.vault.cache import readable
from atthene_emulator.vault.outage import Outage
from atthene_emulator.vault.vault import ARCHIVED, About, Vault

_COUNTED = (AGENTS.name, CONFIGURATIONS, *Coverage.tables)  # all that is kept of one that is too large


class Archive:
    """Keeps the newest namespaces that were deleted, bounded by their number and by bytes.

    Args:
        emulator: that has those in its `deleted` which were recalled.
        vault: that keeps them.
        outage: is told of those that are damaged.
    """

    def __init__(
        self,
        emulator: Emulator,
        vault: Vault,
        outage: Outage,
        most: int = DELETED.most,
        max_bytes: int = DELETED_BYTES.most,
    ) -> None:
        self._emulator = emulator
        self._vault = vault
        self._outage = outage
        self._most = most
        self._max_bytes = max_bytes
        self._lock = asyncio.Lock()
        self._there: list[About] = []  # the oldest first
        self._is_known = False

    def know(self, there: Sequence[About]) -> Sequence[About]:
        """Know which there are, of all that the vault has; the others, which are namespaces."""
        living = [about for about in there if not about.name.startswith(ARCHIVED)]
        numbers = {about.number for about in living}  # of one that is here as well the deletion is not done
        self._there = [one for one in there if one.name.startswith(ARCHIVED) and one.entry["number"] not in numbers]
        self._is_known = True
        return living

    async def add(self, gone: Deleted) -> None:
        """Keep a namespace that is about to be removed.

        Raises:
            NotKept: the vault does not work.
        """
        known, self._is_known = self._is_known, False  # should it fail
        about = await self._vault.find(gone.namespace.name)
        if about is None:
            return
        name, entry = f"{ARCHIVED}{about.number}", describe(gone.namespace, self._emulator.default.origin.sources)
        told = {"name": about.name, "number": about.number, "weight": gone.weight}
        archived = About(name, (), {**entry, **told, "deleted_at": gone.at, "unused_seconds": gone.unused})
        is_whole = gone.weight <= self._max_bytes
        rows = tuple(row for row in gone.namespace.rows() if is_whole or row.table in _COUNTED)
        try:
            await self._vault.add(archived, Changes((), rows))
        except Conflict:  # it was to be deleted before, and was not
            await self._forget(archived)
            await self._vault.add(archived, Changes((), rows))
        if self._vault.at_once:  # others ask the vault each time
            found = await self._vault.find(name)
            self._there += [] if found is None else [found]
        self._is_known = known

    async def recall(self, name: str | None = None) -> None:
        """As `Watcher`."""
        async with self._lock:
            if not (self._vault.at_once and self._is_known):
                self.know(await self._vault.all())
            known, recalled = {one.number: one for one in self._emulator.deleted}, DeletedNamespaces()
            for about in self._shown():
                one = known.get(about.number)
                if one is None and name in (None, about.entry["name"]):
                    one = await self._load(about)
                if one is not None:
                    recalled.add(one)
            self._emulator.deleted = recalled

    async def forget(self, save: Callable[[], Awaitable[None]]) -> None:
        """Forget those that must leave for newer ones; what was exercised in them is counted before.

        Args:
            save: has what concerns no namespace alone saved, or raises `NotKept`.

        Raises:
            NotKept: the vault does not work.
        """
        async with self._lock:
            shown, counted = self._shown(), self._emulator.counted
            leaving = [about for about in self._there if about not in shown]
            for about in leaving:
                if about.number not in counted:
                    one = await self._load(about)
                    counted.add(about.number)
                    if one is not None:
                        with suppress(Damaged):
                            self._emulator.count_exercised(one.namespace)
            if leaving:
                await save()
            for about in leaving:
                await self._forget(about)
                self._there.remove(about)
                counted.discard(about.number)

    async def _forget(self, about: About) -> None:
        if await self._vault.claim(about.name) is None:
            await self._vault.remove(about.name)

    def _shown(self) -> Sequence[About]:
        """Those that can be looked at, the oldest first."""
        shown, size = list[About](), 0
        for about in reversed(self._there):
            weight = about.entry["weight"]
            if weight > self._max_bytes:
                continue
            size += weight
            if len(shown) == self._most or size > self._max_bytes:
                break
            shown.insert(0, about)
        return shown

    async def _load(self, about: About) -> Deleted | None:
        """One of them; None if it was forgotten meanwhile, or is damaged."""
        rows, entry = await self._vault.load(about.name), about.entry
        if not rows:
            return None
        try:
            with readable(entry["name"]):
                one = self._emulator.built_deleted(
                    entry["name"], entry, rows, entry["deleted_at"], entry["unused_seconds"]
                )
        except Damaged as error:
            self._outage.note(error)
            return None
        return one._replace(number=about.number, weight=entry["weight"])
