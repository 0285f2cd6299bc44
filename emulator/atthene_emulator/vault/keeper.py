"""An emulator whose namespaces outlive it. This module is the `Keeper`, which loads them when they are asked for, and saves them.

A namespace is loaded with the first request that is about it, if no other emulator owns it. Nothing that tells of a change leaves
before the change is in the vault: whoever sends asks `keep` first. Where that fails, the namespace is put away as it is and
loaded again later, so that what nobody was told has not happened.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, Literal

from atthene_emulator import __version__
from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.rows import Changes, Row, as_bytes
from atthene_emulator.errors import Conflict, Damaged, EmulatorError, NotKept
from atthene_emulator.vault.outage import Outage
from atthene_emulator.vault.terms import terms_of
from atthene_emulator.vault.vault import EMULATOR, FORMAT, About, Elsewhere, Stamp, Vault

_TABLE = "emulator"
_EVERY = 0.2  # seconds between looks at what nobody has asked for
_STEPS = 4  # of putting off work, in each look


class Loaded:
    """A namespace that was loaded, for as long as it stays; one that is loaded again is another.

    Attributes:
        namespace: it.
        saving: the last save of it, which comes after all others.
        state: `kept`, unless it was deleted, or put away since it could not be kept.
    """

    __slots__ = ("namespace", "saving", "state")

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.state: Literal["kept", "deleted", "put away"] = "kept"
        self.saving: asyncio.Future[None] | None = None


class Keeper:
    """Keeps an emulator in a vault.

    Args:
        emulator: whose namespaces are kept.
        vault: where.

    Attributes:
        outage: that the vault fails, for the log.
    """

    def __init__(self, emulator: Emulator, vault: Vault) -> None:
        self.emulator = emulator
        self._vault = vault
        self._loaded: dict[str, Loaded] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, str] = {}  # what the vault has said lately, by key
        self._owners: dict[str, Elsewhere] = {}  # by name
        self._made: list[Namespace] = []
        self._gone: list[str] = []
        self._touched: set[str] = set()
        self._unreadable: set[str] = set()
        self.outage = Outage()
        self._looking: asyncio.Task[None] | None = None
        self._common: Any = None
        emulator.watcher = self

    @property
    def is_shared(self) -> bool:
        """Whether other emulators may use the same vault."""
        return not self._vault.at_once

    @property
    def secret(self) -> str:
        """What emulators that share a vault know, and nobody else."""
        return self._vault.secret

    # Beginning and end

    async def open(self) -> None:
        """Be ready; nothing of a namespace is read, but `default` is there. Once is enough.

        Raises:
            SetupError: the vault cannot be used.
        """
        if self._looking is not None:
            return
        seeds, terms = hash_of(self.emulator.default.origin.sources), terms_of(self.emulator.settings)
        await self._vault.open(Stamp(FORMAT, __version__, seeds, terms))
        if await self._vault.find(DEFAULT) is None:
            with suppress(Conflict):  # another emulator was quicker
                default = self.emulator.default
                await self._vault.add(self._about(default), Changes((), default.rows()))
        self._looking = asyncio.ensure_future(self._look())

    async def close(self) -> None:
        """Save what is left, and let others have what was owned."""
        if self._looking is None:
            return
        self._looking.cancel()
        with suppress(NotKept):
            await self._keep_common()
            for loaded in tuple(self._loaded.values()):
                await self._keep_one(loaded)
        await self._vault.close()

    async def _look(self) -> None:
        """Save what changes without a request, and do what was put off while nobody asks for anything, again and again."""
        while True:
            await asyncio.sleep(_EVERY)
            self._forget_lately()
            is_idle = not self._touched
            for name in self._touched | {one.namespace.name for one in self._loaded.values() if one.namespace.running}:
                self._touched.discard(name)
                with suppress(NotKept):
                    await self.keep(self._loaded.get(name))
            with suppress(NotKept):
                for _ in range(_STEPS if is_idle else 0):
                    if not self._vault.tidy():
                        break

    # Loading

    async def holder(self, key: str) -> str | None:
        """The name of the namespace that a key leads to; of one that is owned elsewhere, perhaps as it was a moment ago.

        Raises:
            NotKept: the vault does not say.
        """
        known = self._holders.get(key)
        if known is None:
            known = await self._vault.holder(key)
            if known is not None:
                self._holders[key] = known
        return known

    def _forget_lately(self) -> None:
        """Ask the vault again, though whoever owns a namespace no longer says so as well."""
        self._holders.clear()
        self._owners.clear()

    async def reach(self, name: str) -> Loaded | Elsewhere | None:
        """A namespace that is loaded and owned from now on; or whoever owned it a moment ago; None where there is none of that name.

        Raises:
            NotKept: the vault does not work.
        """
        loaded = self._loaded.get(name)
        if loaded is not None and self._vault.owns(name):
            self._touched.add(name)
            return loaded
        if name in self._owners:
            return self._owners[name]
        async with self._locks.setdefault(name, asyncio.Lock()):
            loaded = self._loaded.get(name)
            if loaded is None or not self._vault.owns(name):
                return await self._claim(name, loaded)
            return loaded

    async def _claim(self, name: str, before: Loaded | None) -> Loaded | Elsewhere | None:
        if before is not None:
            self._put_away(before, "another emulator may own it now")
        about = await self._vault.find(name)
        if about is None:
            return None
        elsewhere = await self._vault.claim(name)
        if elsewhere is not None:
            self._owners[name] = elsewhere
            return elsewhere
        try:
            namespace = self.emulator.wake(about.name, about.entry, await self._vault.load(name))
        except (ValueError, TypeError, LookupError, AttributeError, EmulatorError) as error:
            if isinstance(error, NotKept) and not isinstance(error, Damaged):
                raise
            self._unreadable.add(name)
            raise error if isinstance(error, Damaged) else Damaged(name, repr(error)) from None
        return self._know(namespace)

    def _know(self, namespace: Namespace) -> Loaded:
        namespace.note_changes()
        self.emulator.asleep.pop(namespace.name, None)
        self._unreadable.discard(namespace.name)
        self._touched.add(namespace.name)
        loaded = self._loaded[namespace.name] = Loaded(namespace)
        return loaded

    def _about(self, namespace: Namespace) -> About:
        return About(namespace.name, namespace.own_keys, describe(namespace, self.emulator.default.origin.sources))

    def may_tell(self, loaded: Loaded) -> bool:
        """Whether what is known of a namespace may still be told: it was not put away, and nobody else may own it."""
        return loaded.state == "deleted" or (loaded.state == "kept" and self._vault.owns(loaded.namespace.name))

    async def refresh(self) -> Elsewhere | None:
        """Know which namespaces there are, and what concerns none alone; unless another emulator does, which is returned then.

        Raises:
            NotKept: the vault does not work.
        """
        elsewhere = await self._vault.claim(EMULATOR)
        if elsewhere is not None:
            return elsewhere
        if self._common is None or not self._vault.at_once:
            for row in (await self._vault.load(EMULATOR)).get(_TABLE, ()):
                self.emulator.take_up(row.read())
            self._common = self.emulator.written()
        self.emulator.views = {}
        there = await self._vault.all()
        self.emulator.know({one.name: one.entry for one in there if one.name != DEFAULT})
        return None

    async def view(self, name: str) -> Namespace:
        """As `Watcher`.

        Raises:
            NotKept: the vault does not work.
        """
        about = await self._vault.find(name)
        if about is None:
            return self.emulator.namespace(name)  # which says what there is
        if self._vault.at_once and isinstance(reached := await self.reach(name), Loaded):
            return reached.namespace
        return self.emulator.built(name, about.entry, await self._vault.load(name))

    async def look_at_all(self) -> None:
        """Have every namespace to look at, those of others as copies."""
        names = (*([] if DEFAULT in self._loaded else [DEFAULT]), *self.emulator.asleep)
        views = [await self.view(name) for name in names]
        self.emulator.views = {one.name: one for one in views if one.name not in self._loaded}

    # Saving

    async def keep(self, loaded: Loaded | None) -> None:
        """Have everything saved that has changed in a namespace, and what concerns none alone.

        Raises:
            NotKept: it is not; the namespace is put away.
        """
        if self._made or self._gone:
            await self._keep_common()
        if loaded is not None:
            await self._keep_one(loaded)

    async def _keep_one(self, loaded: Loaded) -> None:
        namespace = loaded.namespace
        if loaded.state != "kept":
            return
        try:
            changes = namespace.changes()
            if self._vault.at_once:
                if changes:
                    await self._vault.save(namespace.name, changes)
                    self.outage.end()
                return
            if changes:
                loaded.saving = asyncio.ensure_future(self._vault.save(namespace.name, changes))
            if loaded.saving is not None:
                await asyncio.shield(loaded.saving)
            if changes:
                self.outage.end()
        except NotKept as error:
            self._put_away(loaded, error.message)
            raise

    async def _keep_common(self) -> None:
        """Save which namespaces were made and deleted, and before that what keeps ids and keys from being given twice."""
        made, self._made, gone, self._gone = self._made, [], self._gone, []
        common = self.emulator.written()
        try:
            if made and common != self._common:
                await self._vault.save(EMULATOR, Changes((), (Row(_TABLE, "", 0, as_bytes(common)),)))
                self._common = common
            for name in gone:
                if name in self._loaded:
                    self._loaded.pop(name).state = "deleted"
                await self._vault.remove(name)
                self._forget_lately()
            for namespace in made:
                await self._vault.add(self._about(namespace), Changes((), namespace.rows()))
                if self._vault.at_once:
                    self._know(namespace)
                else:  # whoever gets its first request has it
                    self.emulator.put_away(namespace, "it is kept elsewhere")
        except NotKept:
            for namespace in made:
                if namespace.name not in self._loaded:
                    self.emulator.put_away(namespace, "it could not be kept")
            raise

    def made(self, namespace: Namespace) -> None:
        """A namespace was made."""
        if namespace.name != DEFAULT:
            self._made.append(namespace)

    def gone(self, namespace: Namespace) -> None:
        """A namespace was deleted."""
        if namespace in self._made:
            self._made.remove(namespace)
        else:
            self._gone.append(namespace.name)

    def forget(self, name: str) -> bool:
        """As `Watcher`."""
        if name == DEFAULT or name not in self._unreadable:
            return False
        self._unreadable.discard(name)
        self._gone.append(name)
        return True

    def _put_away(self, loaded: Loaded, why: str) -> None:
        """Have a namespace no longer: what it was is in the vault."""
        if loaded.state == "kept":
            loaded.state = "put away"
            del self._loaded[loaded.namespace.name]
            self.emulator.put_away(loaded.namespace, why)


def hash_of(sources: Sequence[Any]) -> str:
    """A hash of what a seed was read from: equal for equal ones."""
    return sha256(json.dumps(sources, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
