"""The namespaces of a vault that are in memory. This module is the `Cache` of them.

A namespace is loaded with the first request that is about it, if no other emulator owns it, and is put away when there are too many, or
when it could not be saved: what it is then is in the vault.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from weakref import WeakValueDictionary

from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.namespace import SCOPES, Namespace
from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import Damaged, EmulatorError, NotKept, Overtaken
from atthene_emulator.limits import LOADED, LOADED_BYTES
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.outage import Outage
from atthene_emulator.vault.outbox import Happened, Outbox
from atthene_emulator.vault.vault import ARCHIVED, About, Elsewhere, Vault

_PAGES = "\n"  # before an origin that is kept among keys; none of theirs has it
LOST = "another emulator may own it now"
GONE = "The namespace of this request was put away while it was answered; send it again"


class Cache:
    """Loads namespaces of an emulator, and saves what has changed in each.

    Args:
        emulator: that has those which are loaded.
        vault: that keeps all of them.
        outbox: of what may be told when it was saved.
        most: namespaces that are loaded at a time, but for those that somebody uses.
        max_bytes: that they have together.

    Attributes:
        outage: that the vault fails, for the log.
    """

    def __init__(
        self,
        emulator: Emulator,
        vault: Vault,
        outbox: Outbox,
        most: int = LOADED.most,
        max_bytes: int = LOADED_BYTES.most,
    ) -> None:
        self.emulator = emulator
        self.outage = Outage()
        self._vault = vault
        self._outbox = outbox
        self._most = most
        self._max_bytes = max_bytes
        self._loaded: dict[str, Loaded] = {}  # those used last come last
        self._touched: dict[str, None] = {}  # those used last come last
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._holders: dict[str, str] = {}  # what the vault has said lately, by key
        self._owners: dict[str, Elsewhere] = {}  # by name
        self._unreadable: dict[str, Loaded] = {}

    @property
    def is_shared(self) -> bool:
        """Whether other emulators may use the same vault."""
        return not self._vault.at_once

    @property
    def loaded(self) -> tuple[str, ...]:
        """The names of namespaces that are loaded; those used last come last, as far as that was looked at."""
        return tuple(self._loaded)

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

    async def lets_pages(self, origin: str) -> bool:
        """Whether a namespace began with a public agent for pages of this origin, whoever has it loaded.

        Raises:
            NotKept: the vault does not say.
        """
        return await self._vault.holder(_PAGES + origin) is not None

    async def is_own(self, name: str, key: str) -> bool:
        """Whether a key was made for a namespace.

        Raises:
            NotKept: the vault does not say.
        """
        loaded = self._loaded.get(name)
        if loaded is not None:
            minted = loaded.namespace.minted
            return minted is not None and minted.key == key
        about = await self._vault.find(name)
        return about is not None and (about.entry["minted"] or {}).get("key") == key

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
        if loaded is None or not self._vault.owns(name):
            if name in self._owners:
                return self._owners[name]
            async with self._lock(name):
                loaded = self._loaded.get(name)
                if loaded is None or not self._vault.owns(name):
                    found = await self._claim(name, loaded)
                    if not isinstance(found, Loaded):
                        return found
                    loaded = found
        self._touch(name)
        return loaded

    def _touch(self, name: str) -> None:
        """Note that a namespace is used now, and may change."""
        self._touched.pop(name, None)
        self._touched[name] = None

    async def _claim(self, name: str, before: Loaded | None) -> Loaded | Elsewhere | None:
        if before is not None:
            self._put_away(before, LOST)
        if name.startswith(ARCHIVED) or await self._vault.find(name) is None:
            return None
        elsewhere = await self._vault.claim(name)
        if elsewhere is not None:
            self._owners[name] = elsewhere
            return elsewhere
        about = await self._vault.find(name)  # which nobody else can delete any more
        if about is None:
            await self._vault.release(name)
            return None
        try:
            rows = await self._vault.load(name)
            with readable(name):
                namespace = self.emulator.wake(about.name, about.entry, rows)
        except Damaged:
            self._unreadable[name] = Loaded(name)
            raise
        return self._know(namespace)

    def unreadable(self, name: str) -> Loaded | None:
        """What there is of a namespace whose rows are damaged, so that it can be deleted."""
        return self._unreadable.get(name)

    def _know(self, namespace: Namespace) -> Loaded:
        loaded = self._loaded[namespace.name] = Loaded(namespace.name, namespace)
        namespace.note_changes()
        namespace.catch_up()
        loaded.weight = namespace.whole_weight
        self.emulator.asleep.pop(namespace.name, None)
        self._unreadable.pop(namespace.name, None)
        namespace.feed.tell(loaded.happened.append)
        return loaded

    def _about(self, namespace: Namespace) -> About:
        keys = *namespace.own_keys, *(_PAGES + origin for origin in namespace.page_origins)
        return About(namespace.name, keys, describe(namespace, self.emulator.default.origin.sources))

    def _lock(self, name: str) -> asyncio.Lock:
        """One for each name, as long as somebody uses it."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    def has(self, namespace: Namespace) -> bool:
        """As `Watcher`."""
        name, loaded = namespace.name, self._loaded.get(namespace.name)
        if loaded is None or loaded.namespace is not namespace or not self._vault.owns(name):
            return False
        self._touch(name)
        return True

    def _is_here(self, name: str) -> bool:
        return name in self._loaded and self._vault.owns(name)

    # Saving

    @contextmanager
    def used(self, loaded: Loaded | None) -> Iterator[None]:
        """Somebody uses it meanwhile."""
        if loaded is None:
            yield
            return
        loaded.users += 1
        try:
            yield
        finally:
            loaded.users -= 1

    async def keep(self, loaded: Loaded | None) -> None:
        """Have everything saved that has changed in a namespace.

        Raises:
            NotKept: it is not, and the namespace is put away; or it was, or another emulator may own it by now.
        """
        if loaded is None:
            return
        if loaded.state == "kept" and not self._vault.owns(loaded.name):
            raise Overtaken(GONE)
        await self._keep(loaded)

    async def _keep(self, loaded: Loaded) -> None:
        if loaded.state == "put away":
            raise Overtaken(GONE)
        try:
            if loaded.state == "kept" and not loaded.is_unreadable and (changes := loaded.namespace.changes()):
                saving = self._save(loaded.name, changes, loaded.told())
                if self._vault.at_once:
                    await saving
                else:
                    loaded.begin(saving)
                await loaded.saved()
                self.outage.end()
            else:
                await loaded.saved()
        except NotKept as error:
            self._put_away(loaded, error.message)
            raise
        except Exception as error:  # what was taken of the changes would be lost
            self._put_away(loaded, "it could not be written")
            raise NotKept(f"The namespace {loaded.name} could not be written: {error!r}") from error
        if loaded.state == "deleted":
            self._outbox.tell(loaded.told())  # who was sent away with it is told of last

    async def _save(self, name: str, changes: Changes, happened: Sequence[Happened]) -> None:
        await self._vault.save(name, changes)
        self._outbox.tell(happened)

    # Putting away

    def _put_lost_away(self) -> None:
        """Have no namespace that another emulator may own by now."""
        for loaded in tuple(self._loaded.values()):
            if not self._vault.owns(loaded.name):
                self._put_away(loaded, LOST)

    async def _put_some_away(self) -> None:
        """Have no more namespaces than may be loaded; of those that nobody uses, the least recently used leave."""
        weight = sum(one.weight for one in self._loaded.values())
        for loaded in tuple(self._loaded.values()):
            if len(self._loaded) <= self._most and weight <= self._max_bytes:
                return
            if loaded.is_idle:
                weight -= loaded.weight
                with suppress(NotKept):
                    await self._rest(loaded)
                await asyncio.sleep(0)

    async def _rest(self, loaded: Loaded) -> None:
        """Put a namespace away, and let whoever gets its next request have it."""
        async with self._lock(loaded.name):
            await self._keep(loaded)
            if not loaded.is_idle or loaded.state != "kept":  # somebody has come meanwhile
                return
            self._put_away(loaded, "nobody uses it")
            if loaded.name == DEFAULT:
                self.emulator.default.reset(SCOPES)
            await self._vault.release(loaded.name)

    def _put_away(self, loaded: Loaded, why: str) -> None:
        """Have a namespace no longer: what it was is in the vault."""
        if loaded.state != "kept":
            return
        loaded.state = "put away"
        del self._loaded[loaded.name]
        namespace = loaded.namespace
        if loaded.name == DEFAULT:
            self._outbox.note_of(namespace.feed)
        else:
            namespace.feed.tell(None)
            self.emulator.let_sleep(loaded.name, self._about(namespace).entry, namespace.lifetime.used)
        self.emulator.put_away(namespace, why)


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Rows of a namespace are read meanwhile.

    Raises:
        Damaged: they cannot be.
    """
    try:
        yield
    except NotKept:
        raise
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
        EmulatorError,
    ) as error:
        raise Damaged(name, repr(error)) from None
