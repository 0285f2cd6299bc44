"""An emulator whose namespaces outlive it. This module is the `Keeper`, which looks after all of them.

Nothing that tells of a change leaves before the change is in the vault: whoever sends asks `keep` first. Where that fails, the
namespace is put away as it is and loaded again later, so that what nobody was told has not happened. What concerns no namespace alone is
kept in the same way: ids, keys, which namespaces are made, and what was exercised in those that are gone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import cast

from atthene_emulator import __version__
from atthene_emulator.domain.deleted import Deleted
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import Conflict, Damaged, NoRoom, NotKept, Overtaken, SetupError
from atthene_emulator.limits import LOADED, LOADED_BYTES, VIEWED
from atthene_emulator.vault.archive import Archive
from atthene_emulator.vault.broadcast import Broadcast
from atthene_emulator.vault.cache import GONE, LOST, Cache, readable
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.outbox import Happened, Outbox
from atthene_emulator.vault.terms import terms_of
from atthene_emulator.vault.vault import ARCHIVED, EMULATOR, FORMAT, Elsewhere, SharedVault, Stamp, Vault

_log = logging.getLogger("atthene_emulator")

_EVERY = 0.2  # seconds between looks at what nobody has asked for
_SELDOM = 150  # looks until it is asked again which namespaces others have made
_STEPS = 4  # of putting off work, in each look
_OVERDUE = 20  # namespaces that are looked at since nobody has used them for too long, in each look


class Keeper(Cache):
    """Keeps an emulator in a vault.

    Args:
        emulator: whose namespaces are kept.
        vault: where.
        most: namespaces that are loaded at a time, but for those that somebody uses.
        max_bytes: that they have together.

    Attributes:
        on_close: is called when it closes, if anything is.
    """

    def __init__(
        self, emulator: Emulator, vault: Vault, most: int = LOADED.most, max_bytes: int = LOADED_BYTES.most
    ) -> None:
        self._broadcast = None if vault.at_once else Broadcast(emulator.feed, cast("SharedVault", vault))
        outbox = Outbox(emulator.feed.add if self._broadcast is None else self._broadcast.tell)
        super().__init__(emulator, vault, outbox, most, max_bytes)
        self.on_close: Callable[[], None] | None = None
        self._common: Loaded | None = None
        self._made: list[Namespace] = []
        self._looking: asyncio.Task[None] | None = None
        self._lookers = 0
        self._knows_all = False
        self._archive = Archive(emulator, vault, self.outage)
        emulator.watcher = self
        emulator.feed.teller = outbox.note
        outbox.note_of(emulator.default.feed)

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
                await self._add_default()
            about = await self._vault.find(DEFAULT)
            if about is not None:
                with suppress(Damaged), readable(DEFAULT):
                    default.lifetime.created_at = float(about.entry["created_at"])
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
            await self._forget_deleted()
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

    async def _forget_deleted(self) -> None:
        """Forget namespaces that were deleted and cannot be looked at any longer."""
        common = self._common
        if common is not None and self._vault.owns(EMULATOR):
            await self._archive.forget(partial(self._save_common, common))

    # Loading

    async def refresh(self) -> Loaded | Elsewhere:
        """Know which namespaces there are, and what concerns none alone; unless another emulator does, which is returned then.

        Raises:
            NotKept: the vault does not work.
        """
        async with self._lock(EMULATOR):
            found = await self._know_common()
        if isinstance(found, Loaded) and (self.is_shared or not self._knows_all):
            there = self._archive.know(await self._vault.all())
            self.emulator.know({one.name: one.entry for one in there if one.name != DEFAULT})
            self._knows_all = True
        self._touch(DEFAULT)  # which is told of such requests
        return found

    async def _know_common(self) -> Loaded | Elsewhere:
        if self._common is not None and self._vault.owns(EMULATOR):
            return self._common
        if self._common is not None:
            self._lose_common(self._common, LOST)
        elsewhere = await self._vault.claim(EMULATOR)
        if elsewhere is not None:
            return elsewhere
        rows = await self._vault.load(EMULATOR)
        with readable(EMULATOR):
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
        about = None if name.startswith(ARCHIVED) else await self._vault.find(name)
        if about is None:
            await self.recall(name)
            return self.emulator.namespace(name)  # which says what there is
        if self._vault.at_once and isinstance(reached := await self.reach(name), Loaded):
            return reached.namespace
        rows = await self._vault.load(name)
        with readable(name):
            return self.emulator.built(name, about.entry, rows)

    @asynccontextmanager
    async def all_in_view(self) -> AsyncIterator[None]:
        """Meanwhile every namespace can be looked at, those that are not loaded here as copies.

        Raises:
            NotKept: the vault does not work.
            NoRoom: there is too much of them.
        """
        self._lookers += 1
        try:
            await self._forget_deleted()  # of which some may be more than can be looked at
            await self.recall()
            async with self._lock("all in view"):  # which is no name
                self.emulator.views = await self._views()
            yield
        finally:
            self._lookers -= 1
            if not self._lookers:
                self.emulator.views = {}

    async def _views(self) -> dict[str, Namespace]:
        views, size = dict[str, Namespace](), 0
        for about in self._archive.know(await self._vault.all()):
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
                    with readable(about.name):
                        views[about.name] = self.emulator.built(about.name, about.entry, rows)
                except Damaged as error:  # which whoever asks for it is told
                    if about.name == DEFAULT:  # what there is in its place was not kept
                        raise
                    self.outage.note(error)
            await asyncio.sleep(0)
        return views

    async def recall(self, name: str | None = None) -> None:
        """As `Watcher`."""
        await self._archive.recall(name)

    async def follow(self) -> None:
        """As `Watcher`."""
        if self._broadcast is not None:
            await self._broadcast.follow()

    # Saving

    async def keep(self, loaded: Loaded | None) -> None:
        """Have everything saved that has changed in a namespace, or in what concerns none alone.

        Raises:
            NotKept: it is not, and the namespace is put away; or it was, or another emulator may own it by now.
        """
        await super().keep(loaded)
        if loaded is not None and not self._made:
            self._outbox.tell(self._outbox.take())

    async def _keep(self, loaded: Loaded) -> None:
        if loaded.name != EMULATOR:
            await super()._keep(loaded)
            return
        if loaded.state == "put away":
            raise Overtaken(GONE)
        if self._made or self._outbox:
            made, self._made = self._made, []
            loaded.begin(self._add(loaded, made, self._outbox.take()))
        await loaded.saved()

    async def _add(self, common: Loaded, made: Sequence[Namespace], happened: Sequence[Happened]) -> None:
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
        self._outbox.tell(happened)

    async def _save_common(self, common: Loaded) -> None:
        """Have what concerns no namespace alone; where that fails, it is loaded again."""
        if common.state != "kept":
            raise Overtaken(GONE)
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

    def gone(self, deleted: Deleted) -> None:
        """A namespace was deleted; whoever tells of that keeps it first."""
        namespace = deleted.namespace
        loaded = self._loaded.get(namespace.name)
        if namespace in self._made:
            self._made.remove(namespace)
        elif loaded is not None and loaded.namespace is namespace:
            del self._loaded[namespace.name]
            loaded.state = "deleted"
            loaded.begin(self._remove(loaded, self._outbox.take(), deleted))

    async def _remove(self, gone: Loaded, happened: Sequence[Happened], deleted: Deleted | None = None) -> None:
        try:
            if deleted is not None:
                with suppress(Damaged):  # then nothing can be looked at
                    await self._archive.add(deleted)
            await self._vault.remove(gone.name)
            self._forget_lately()
        except NotKept:
            gone.state, self._knows_all = "put away", False
            raise
        self._outbox.tell(happened)

    def forget(self, name: str) -> bool:
        """As `Watcher`."""
        loaded = self._unreadable.pop(name, None) or self._damaged_default(name)
        if loaded is None:
            return False
        self.emulator.asleep.pop(name, None)
        loaded.state = "deleted"
        happened = self._outbox.take()
        loaded.begin(self._begin_again(loaded, happened) if name == DEFAULT else self._remove(loaded, happened))
        return True

    def _damaged_default(self, name: str) -> Loaded | None:
        """`default`, which stays unless it is loaded and cannot be read as a whole; it is loaded no longer then."""
        loaded = self._loaded.get(name) if name == DEFAULT else None
        if loaded is not None:
            try:
                loaded.namespace.rows()
            except Damaged as error:
                del self._loaded[name]
                self.emulator.put_away(loaded.namespace, error.message)
                return loaded
        return None

    async def _begin_again(self, default: Loaded, happened: Sequence[Happened]) -> None:
        """Have `default` as its seed says, and nothing of what was kept."""
        await self._remove(default, happened)
        self.emulator.begin_again()
        self._outbox.note_of(self.emulator.default.feed)
        await self._add_default()

    async def _add_default(self) -> None:
        default = self.emulator.default
        with suppress(Conflict):  # another emulator was quicker
            await self._vault.add(self._about(default), Changes((), default.rows()))
