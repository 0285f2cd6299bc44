"""An emulator whose namespaces outlive it. This module is the `Keeper`, which loads them when they are asked for, and saves them.

A namespace is loaded with the first request that is about it, if no other emulator owns it. Nothing that tells of a change leaves
before the change is in the vault: whoever sends asks `keep` first. Where that fails, the namespace is put away as it is and
loaded again later, so that what nobody was told has not happened. What concerns no namespace alone is kept in the same way: ids,
keys, which namespaces are made, and what was exercised in those that are gone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from typing import Any, cast
from weakref import WeakValueDictionary

from atthene_emulator import __version__
from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.feed import Change, Source
from atthene_emulator.domain.namespace import SCOPES, Namespace
from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import Conflict, Damaged, EmulatorError, NoRoom, NotKept, Overtaken, SetupError
from atthene_emulator.limits import LOADED, LOADED_BYTES, VIEWED
from atthene_emulator.vault.broadcast import Broadcast
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.outage import Outage
from atthene_emulator.vault.terms import terms_of
from atthene_emulator.vault.vault import EMULATOR, FORMAT, About, Elsewhere, SharedVault, Stamp, Vault

_log = logging.getLogger("atthene_emulator")

_PAGES = "\n"  # before an origin that is kept among keys; none of theirs has it
_EVERY = 0.2  # seconds between looks at what nobody has asked for
_SELDOM = 150  # looks until it is asked again which namespaces others have made
_STEPS = 4  # of putting off work, in each look
_OVERDUE = 20  # namespaces that are looked at since nobody has used them for too long, in each look
_GONE = "The namespace of this request was put away while it was answered; send it again"
_LOST = "another emulator may own it now"


class Keeper:
    """Keeps an emulator in a vault.

    Args:
        emulator: whose namespaces are kept.
        vault: where.
        most: namespaces that are loaded at a time, but for those that somebody uses.
        max_bytes: that they have together.

    Attributes:
        outage: that the vault fails, for the log.
        on_close: is called when it closes, if anything is.
    """

    def __init__(
        self, emulator: Emulator, vault: Vault, most: int = LOADED.most, max_bytes: int = LOADED_BYTES.most
    ) -> None:
        self.emulator = emulator
        self._vault = vault
        self._most = most
        self._max_bytes = max_bytes
        self._loaded: dict[str, Loaded] = {}  # those used last come last
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._common: Loaded | None = None
        self._holders: dict[str, str] = {}  # what the vault has said lately, by key
        self._owners: dict[str, Elsewhere] = {}  # by name
        self._unreadable: dict[str, Loaded] = {}
        self.outage = Outage()
        self.on_close: Callable[[], None] | None = None
        self._made: list[Namespace] = []
        self._happened: list[tuple[Source, Change]] = []
        self._touched: dict[str, None] = {}  # those used last come last
        self._looking: asyncio.Task[None] | None = None
        self._lookers = 0
        self._knows_all = False
        self._broadcast: Broadcast | None = None
        emulator.watcher = self
        if not vault.at_once:
            self._broadcast = Broadcast(emulator.feed, cast("SharedVault", vault))
            emulator.feed.teller = self._note
            emulator.default.feed.tell(self._note_of_default)

    @property
    def is_shared(self) -> bool:
        """Whether other emulators may use the same vault."""
        return not self._vault.at_once

    @property
    def loaded(self) -> tuple[str, ...]:
        """The names of namespaces that are loaded; those used last come last, as far as that was looked at."""
        return tuple(self._loaded)

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
        async with self._lock(EMULATOR):
            if self._looking is None:
                await self._open()
                self._looking = asyncio.ensure_future(self._look())

    async def _open(self) -> None:
        default = self.emulator.default
        seeds, terms = self.emulator.library.fingerprint(default.origin.sources), terms_of(self.emulator.settings)
        await self._vault.open(Stamp(FORMAT, __version__, seeds, terms))
        try:
            if await self._vault.find(DEFAULT) is None:
                with suppress(Conflict):  # another emulator was quicker
                    await self._vault.add(self._about(default), Changes((), default.rows()))
            if self._vault.at_once:
                await self._know_common()
        except NotKept as error:
            raise SetupError(f"{error.message}.") from None

    async def close(self) -> None:
        """Save what is left, and let others have what was owned."""
        if self._looking is None:
            return
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        if self._broadcast is not None:
            await self._broadcast.close()
        for loaded in (self._common, *self._loaded.values()):
            with suppress(NotKept):
                await self.keep(loaded)
        await self._vault.close()
        if self.on_close is not None:
            self.on_close()

    async def check(self) -> None:
        """As `Watcher`."""
        self._vault.tidy()
        await self._vault.find(DEFAULT)

    # Without a request

    async def _look(self) -> None:
        for turn in count():
            await asyncio.sleep(_EVERY)
            try:
                await self.look(turn)
            except Exception:  # noqa: BLE001  # a defect of ours; what comes later is still looked after
                _log.exception("looking after what is kept failed; it goes on")

    async def look(self, turn: int = 0) -> None:
        """Save what changes without a request, and do what was put off while nobody asks for anything; again and again while it is open.

        Args:
            turn: counts them; some of it is done seldom.
        """
        self._forget_lately()
        is_idle = not self._touched
        await self._save_touched()
        self._put_lost_away()
        await self._put_some_away()
        with suppress(NotKept):
            await self._forget_unused(turn)
        with suppress(NotKept):
            for _ in range(_STEPS if is_idle else 0):
                if not self._vault.tidy():
                    break
        if self._broadcast is not None:
            self._broadcast.rest()

    async def _save_touched(self) -> None:
        touched, self._touched = self._touched, {}
        running = [one.name for one in self._loaded.values() if one.namespace.running]
        for name in (*running, *touched):
            loaded = self._loaded.pop(name, None)
            if loaded is not None:
                self._loaded[name] = loaded
                loaded.weight = loaded.namespace.whole_weight
                with suppress(NotKept):
                    await self.keep(loaded)

    def _put_lost_away(self) -> None:
        """Have no namespace that another emulator may own by now."""
        for loaded in tuple(self._loaded.values()):
            if not self._vault.owns(loaded.name):
                self._put_away(loaded, _LOST)

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
            await self._keep_one(loaded)
            if not loaded.is_idle or loaded.state != "kept":  # somebody has come meanwhile
                return
            self._put_away(loaded, "nobody uses it")
            if loaded.name == DEFAULT:
                self.emulator.default.reset(SCOPES)
            await self._vault.release(loaded.name)

    async def _forget_unused(self, turn: int) -> None:
        """Forget namespaces that nobody has used for too long, those that nobody has loaded as well."""
        self.emulator.prune()
        if self.is_shared and turn % _SELDOM == 0:
            await self.refresh()
        if self._common is None or not self._vault.owns(EMULATOR):
            return
        for name in self.emulator.overdue()[:_OVERDUE]:
            if self._lock(name).locked():  # somebody asks for it just now
                continue
            if self._vault.at_once or self._vault.owns(name):  # and so nobody else has used it
                reached = await self.reach(name)
                if isinstance(reached, Loaded) and not reached.users:
                    self.emulator.forget_unused(reached.namespace)
                    await self.keep(reached)
            elif name in self.emulator.asleep:  # from now on nobody uses it without us knowing
                entry = self.emulator.asleep[name].entry
                await self._vault.claim(name)
                self.emulator.let_sleep(name, entry)

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
            self._put_away(before, _LOST)
        if await self._vault.find(name) is None:
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
            with _readable(name):
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
        if self._broadcast is not None:
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

    async def refresh(self) -> Loaded | Elsewhere:
        """Know which namespaces there are, and what concerns none alone; unless another emulator does, which is returned then.

        Raises:
            NotKept: the vault does not work.
        """
        async with self._lock(EMULATOR):
            found = await self._know_common()
        if isinstance(found, Loaded) and (self.is_shared or not self._knows_all):
            there = await self._vault.all()
            self.emulator.know({one.name: one.entry for one in there if one.name != DEFAULT})
            self._knows_all = True
        self._touch(DEFAULT)  # which is told of such requests
        return found

    async def _know_common(self) -> Loaded | Elsewhere:
        if self._common is not None and self._vault.owns(EMULATOR):
            return self._common
        if self._common is not None:
            self._lose_common(self._common, _LOST)
        elsewhere = await self._vault.claim(EMULATOR)
        if elsewhere is not None:
            return elsewhere
        rows = await self._vault.load(EMULATOR)
        with _readable(EMULATOR):
            self.emulator.take_up(rows)
        self._common = Loaded(EMULATOR)
        return self._common

    # Looking

    async def view(self, name: str) -> Namespace:
        """As `Watcher`.

        Raises:
            NotKept: the vault does not work.
        """
        if self._is_here(name) or any(one.name == name for one in self._made):
            return self.emulator.namespace(name)
        about = await self._vault.find(name)
        if about is None:
            return self.emulator.namespace(name)  # which says what there is
        if self._vault.at_once and isinstance(reached := await self.reach(name), Loaded):
            return reached.namespace
        rows = await self._vault.load(name)
        with _readable(name):
            return self.emulator.built(name, about.entry, rows)

    def _is_here(self, name: str) -> bool:
        return name in self._loaded and self._vault.owns(name)

    @asynccontextmanager
    async def all_in_view(self) -> AsyncIterator[None]:
        """Meanwhile every namespace can be looked at, those that are not loaded here as copies.

        Raises:
            NotKept: the vault does not work.
            NoRoom: there is too much of them.
        """
        self._lookers += 1
        try:
            async with self._lock("all in view"):  # which is no name
                self.emulator.views = await self._views()
            yield
        finally:
            self._lookers -= 1
            if not self._lookers:
                self.emulator.views = {}

    async def _views(self) -> dict[str, Namespace]:
        views, size = dict[str, Namespace](), 0
        for about in await self._vault.all():
            if self._is_here(about.name):
                continue
            rows = await self._vault.load(about.name)
            size += sum(len(row.value or b"") for table in rows.values() for row in table)
            if size > VIEWED.most:
                raise NoRoom(
                    f"The namespaces that are not in memory have more than {VIEWED.shown}, and so much is not looked at "
                    "together; ask for one by X-Emulator-Namespace, or delete some"
                )
            if rows:  # it was not deleted meanwhile
                try:
                    with _readable(about.name):
                        views[about.name] = self.emulator.built(about.name, about.entry, rows)
                except Damaged as error:  # which whoever asks for it is told
                    self.outage.note(error)
            await asyncio.sleep(0)
        return views

    async def follow(self) -> None:
        """As `Watcher`."""
        if self._broadcast is not None:
            await self._broadcast.follow()

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
        """Have everything saved that has changed in a namespace, or in what concerns none alone.

        Raises:
            NotKept: it is not, and the namespace is put away; or it was, or another emulator may own it by now.
        """
        if loaded is None:
            return
        if loaded.state == "kept" and not self._vault.owns(loaded.name):
            raise Overtaken(_GONE)
        await (self._keep_common(loaded) if loaded.name == EMULATOR else self._keep_one(loaded))
        if self._happened and not self._made:
            self._tell(self._told())

    async def _keep_one(self, loaded: Loaded) -> None:
        if loaded.state == "put away":
            raise Overtaken(_GONE)
        try:
            if loaded.state == "kept" and not loaded.is_unreadable and (changes := loaded.namespace.changes()):
                if self._vault.at_once:
                    await self._vault.save(loaded.name, changes)
                else:
                    loaded.begin(self._save(loaded, changes))
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
        if loaded.state == "deleted" and self._broadcast is not None and not loaded.is_unreadable:
            happened = loaded.told()  # who was sent away with it is told of last
            self._broadcast.tell(loaded.namespace.feed.source, happened)

    def _save(self, loaded: Loaded, changes: Changes) -> Coroutine[Any, Any, None]:
        happened = loaded.told()

        async def save() -> None:
            await self._vault.save(loaded.name, changes)
            if self._broadcast is not None:
                self._broadcast.tell(loaded.namespace.feed.source, happened)

        return save()

    async def _keep_common(self, common: Loaded) -> None:
        if common.state == "put away":
            raise Overtaken(_GONE)
        if self._made or self._happened:
            made, self._made = self._made, []
            common.begin(self._add(common, made, self._told()))
        await common.saved()

    async def _add(self, common: Loaded, made: Sequence[Namespace], happened: Sequence[tuple[Source, Change]]) -> None:
        """Save which namespaces were made, and before that what keeps ids and keys from being given twice."""
        try:
            async with self._lock("add"):
                await self._save_common(common)
                for namespace in made:
                    about = self._about(namespace)
                    await self._vault.add(about, Changes((), namespace.rows()))
                    if self._vault.at_once:
                        await self._vault.claim(namespace.name)
                        self._know(namespace)
                    else:  # whoever gets its first request has it
                        self.emulator.put_away(namespace, "it is kept elsewhere")
                        self.emulator.let_sleep(namespace.name, about.entry)
        except (NotKept, Conflict) as error:
            self._lose_common(common, error.message)
            for namespace in made:
                if namespace.name not in self._loaded:
                    self.emulator.put_away(namespace, "it could not be kept")
            raise NotKept(error.message) from None
        self._tell(happened)

    async def _save_common(self, common: Loaded) -> None:
        """Have what concerns no namespace alone; where that fails, it is loaded again."""
        if common.state != "kept":
            raise Overtaken(_GONE)
        try:
            changes = self.emulator.changes()
            if changes:
                await self._vault.save(EMULATOR, changes)
        except NotKept as error:
            self._lose_common(common, error.message)
            raise

    def _lose_common(self, common: Loaded, why: str) -> None:
        """Know no longer what concerns no namespace alone: what was made by that is not there."""
        if common.state == "kept":
            common.state, self._common, self._knows_all = "put away", None, False
            made, self._made = self._made, []
            for namespace in made:
                self.emulator.put_away(namespace, why)

    def made(self, namespace: Namespace) -> None:
        """A namespace was made."""
        if namespace.name != DEFAULT:
            self._made.append(namespace)

    def gone(self, namespace: Namespace) -> None:
        """A namespace was deleted; whoever tells of that keeps it first."""
        loaded = self._loaded.get(namespace.name)
        if namespace in self._made:
            self._made.remove(namespace)
        elif loaded is not None and loaded.namespace is namespace:
            del self._loaded[namespace.name]
            loaded.state = "deleted"
            loaded.begin(self._remove(loaded, self._told()))

    async def _remove(self, gone: Loaded, happened: Sequence[tuple[Source, Change]]) -> None:
        try:
            await self._vault.remove(gone.name)
            self._forget_lately()
        except NotKept:
            gone.state, self._knows_all = "put away", False
            raise
        self._tell(happened)
        if self._common is not None and self._vault.owns(EMULATOR):
            await self._save_common(self._common)

    def forget(self, name: str) -> bool:
        """As `Watcher`."""
        loaded = self._unreadable.pop(name, None)
        if loaded is None or name == DEFAULT:
            return False
        self.emulator.asleep.pop(name, None)
        loaded.state = "deleted"
        loaded.begin(self._remove(loaded, self._told()))
        return True

    def _put_away(self, loaded: Loaded, why: str) -> None:
        """Have a namespace no longer: what it was is in the vault."""
        if loaded.state != "kept":
            return
        loaded.state = "put away"
        del self._loaded[loaded.name]
        namespace = loaded.namespace
        if loaded.name == DEFAULT:
            namespace.feed.tell(self._note_of_default if self.is_shared else None)
        else:
            namespace.feed.tell(None)
            self.emulator.let_sleep(loaded.name, self._about(namespace).entry, namespace.lifetime.used)
        self.emulator.put_away(namespace, why)

    # Events

    def _note(self, source: Source, change: Change) -> None:
        """Something has happened that is told of when it is kept."""
        self._happened.append((source, change))

    def _note_of_default(self, what: Any) -> None:
        """The same of a request to the control plane that is about no namespace, while another emulator has `default`."""
        if isinstance(what, Change):
            self._note(self.emulator.default.feed.source, what)

    def _told(self) -> Sequence[tuple[Source, Change]]:
        """What is to be told of now."""
        happened, self._happened = self._happened, []
        return happened

    def _tell(self, happened: Sequence[tuple[Source, Change]]) -> None:
        if self._broadcast is not None:
            for source, change in happened:
                self._broadcast.tell(source, (change,))


@contextmanager
def _readable(name: str) -> Iterator[None]:
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
