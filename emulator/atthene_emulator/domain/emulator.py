"""All worlds of one server. This module is the `Emulator`, which holds the namespaces; nothing hangs on a module."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from math import inf
from typing import Any, Protocol

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.contracts import ContractName
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.common_feed import CommonFeed
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.deleted import Deleted, DeletedNamespaces
from atthene_emulator.domain.described import plan_of
from atthene_emulator.domain.fault import Range
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.key_holders import KeyHolders
from atthene_emulator.domain.keys import Keys
from atthene_emulator.domain.library import Library, bundled_seed
from atthene_emulator.domain.lifetime import Lifetime
from atthene_emulator.domain.namespace import SCOPES, STARTED, Namespace, Options
from atthene_emulator.domain.plan import Plan
from atthene_emulator.domain.rows import (
    CONFIGURATIONS,
    Changes,
    Emptied,
    Kept,
    Row,
    as_bytes,
    configuration_row,
    read_configuration,
)
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.uploads import Uploads
from atthene_emulator.domain.watcher import Asleep, Watcher
from atthene_emulator.errors import Conflict, SetupError, Unknown
from atthene_emulator.limits import DELETED_BYTES, NAMESPACES
from atthene_emulator.settings import Settings
from atthene_emulator.wording import did_you_mean

DEFAULT = "default"
_TABLE = "emulator"
_TAKEN = "A key of the seed was made for a namespace; choose another one"  # which is not named, since it is a secret
_UNUSED = "nobody has used its namespace for too long"


class Listener(Protocol):
    """Is told of each request of the imitated API when it was answered, or was left without an answer."""

    def __call__(self, namespace: str, entry: Entry, seconds: float) -> None:
        """Hear of a request; must not wait, and must not raise.

        Args:
            namespace: whose journal has the entry.
            entry: what is known of the request, without secrets.
            seconds: how long it took, by the machine's clock.
        """
        ...


class Emulator:
    """The namespaces of one server; `default` is made from the seed.

    Args:
        settings: what the user chose.
        seed: what the default namespace starts from, and others that name no other.
        library: what comes with the emulator.
        timer: seconds of the machine, which say how long a namespace was not used.

    Attributes:
        listener: is told of each request, if there is one.
        watcher: is told which namespaces are made and deleted, if there is one.
        asleep: namespaces that are kept elsewhere, and not loaded, by their names.
        views: copies of namespaces that others have, by their names.
        feed: what happens in all namespaces.
        deleted: namespaces that were deleted, and can still be looked at; where they are kept elsewhere, those that were recalled.
        counted: numbers of those kept elsewhere that count in `exercised` already.
        uploads: forms that are on their way.
    """

    def __init__(
        self, settings: Settings, seed: Seed, library: Library, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.library = library
        self.acceptance = Acceptance()
        self.listener: Listener | None = None
        self.watcher: Watcher | None = None
        self.views: Mapping[str, Namespace] = {}
        self.asleep: dict[str, Asleep] = {}
        self._order: Mapping[str, int] = {}
        self._machine_clock = Clock()
        self._started_at = self._machine_clock.elapsed()
        self._timer = timer
        self._ids = Ids(seed.ids)
        self._keys = Keys(seed.ids, secret=settings.control_token is not None)
        self._first_end = inf
        self._passed_over: set[str] = set()  # keys that seeds had before a namespace could be given them
        self._namespaces: dict[str, Namespace] = {}
        self._exercised = Coverage()  # in namespaces that are gone, and cannot be looked at any longer
        self._seen: Mapping[str, Any] = {}
        self.deleted = DeletedNamespaces()
        self.counted: set[int] = set()
        self.uploads = Uploads()
        self.feed = CommonFeed(lambda: (one.feed for one in self._namespaces.values()))
        self._holders = KeyHolders(DEFAULT)
        self.default = self.add(self._plan(DEFAULT, seed, settings.contract).build())

    def _plan(self, name: str, seed: Seed, contract: ContractName | None, minted: ApiKey | None = None) -> Plan:
        settings, late = self.settings, self.settings.latency_range
        latency = None if late is None else Range(*late)
        options = Options(
            contract, settings.strict, settings.journal_entries, settings.max_records, settings.max_content, latency
        )
        return Plan(name, seed, self.acceptance, options, minted)

    def add(self, namespace: Namespace, ttl_seconds: float | None = None, created_at: float | None = None) -> Namespace:
        """Have a namespace that was planned and built.

        Args:
            namespace: nobody has used it yet.
            ttl_seconds: how long it is kept when nobody uses it; None for good.
            created_at: unix seconds, of one that was made before; None for now.

        Raises:
            Conflict: its name was taken meanwhile, or there are too many.
        """
        self._free_name(namespace.name)
        made = self._machine_clock.now() if created_at is None else created_at
        namespace.lifetime = Lifetime(made, ttl_seconds, self._timer())
        self._have(namespace)
        self.feed.note(namespace.feed.source, "created", self.machine_time())
        if self.watcher is not None:
            self.watcher.made(namespace)
        return namespace

    def wake(self, name: str, entry: Mapping[str, Any], rows: Mapping[str, Sequence[Row]]) -> Namespace:
        """Have a namespace that was described and kept, as it was then.

        Raises:
            ValueError, TypeError, KeyError, EmulatorError: what was kept is damaged.
        """
        if name == DEFAULT:
            self.default.take_up(rows, self._started_from(rows), self.library.read_sources)
            self.default.lifetime.created_at = float(entry["created_at"])
            return self.default
        namespace = self.built(name, entry, rows)
        self._have(namespace)
        return namespace

    def built(self, name: str, entry: Mapping[str, Any], rows: Mapping[str, Sequence[Row]]) -> Namespace:
        """The same, which nobody can reach.

        Raises:
            ValueError, TypeError, KeyError, EmulatorError: as `wake`.
        """
        plan = self.plan_again(name, entry)._replace(
            rows=rows, current=self._started_from(rows), read_sources=self.library.read_sources
        )
        namespace = plan.build()
        namespace.lifetime = Lifetime(plan.created_at or 0.0, plan.ttl_seconds, self._timer())
        return namespace

    def _started_from(self, rows: Mapping[str, Sequence[Row]]) -> Seed | None:
        """What a namespace that was kept started from last, if that was not its origin."""
        sources = next((row.read()["sources"] for row in rows.get(STARTED, ())), None)
        return None if sources is None else self.library.read_sources(sources)

    def built_deleted(
        self, name: str, entry: Mapping[str, Any], rows: Mapping[str, Sequence[Row]], at: float, unused: float
    ) -> Deleted:
        """A namespace to look at that was deleted before it was kept; `at` and `unused` are of `Deleted`.

        Raises:
            ValueError, TypeError, KeyError, EmulatorError: as `wake`.
        """
        namespace = self.built(name, entry, rows)
        namespace.end("it was deleted")
        namespace.rest()
        return Deleted(namespace, at, unused, namespace.whole_weight)

    def begin_again(self) -> None:
        """Have `default` as the emulator's seed says, with nothing in its logs."""
        self.default.take_up({})  # what was kept may have been taken up in part
        self.default.restart(self.default.origin, self.settings.contract)
        self.default.reset(SCOPES)

    def put_away(self, namespace: Namespace, why: str) -> None:
        """Have a namespace no longer, which is kept elsewhere; who waits in it is sent away."""
        if namespace is self.default:
            namespace.leave(why)
        elif self._namespaces.get(namespace.name) is namespace:
            del self._namespaces[namespace.name]
            self._holders.remove(namespace)
            namespace.end(why)

    def _written(self) -> dict[str, Any]:
        """What keeps ids and keys of namespaces from being given twice, and deleted ones from being counted twice, as plain JSON."""
        return {
            "ids": self._ids.written(),
            "keys": self._keys.written(),
            "passed_over": sorted(self._passed_over),
            "counted": sorted(self.counted),
        }

    def changes(self) -> Changes:
        """What has changed since this was asked for last of what concerns no namespace alone: ids, keys, and what was exercised."""
        emptied, rows, written = list[str](), list[Row](), self._written()
        if written != self._seen:
            self._seen = written
            rows.append(Row(_TABLE, "", 0, as_bytes(written)))
        for one in self._exercised.changes():
            if isinstance(one, Emptied):
                emptied.append(one.table)
            elif isinstance(one, Configuration):
                rows.append(configuration_row(one))
            else:
                rows.append(one)
                if one.value is None:
                    rows.append(Row(CONFIGURATIONS, one.key, 0, None))
        return Changes(tuple(emptied), tuple(rows))

    def take_up(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Go on from what was kept of `changes`.

        Raises:
            ValueError, TypeError, KeyError: it is damaged.
        """
        self.counted = set()
        for row in rows.get(_TABLE, ()):
            entry = row.read()
            self._ids.read(entry["ids"])
            self._keys.read(entry["keys"])
            self._passed_over = set(entry["passed_over"])
            self.counted = set(entry.get("counted", ()))
        configurations = {row.key: read_configuration(row) for row in rows.get(CONFIGURATIONS, ())}
        self._exercised.take_up(Kept(rows, configurations, {}, self.default.origin))
        self._exercised.note_changes()
        self._seen = self._written() if rows else {}

    def _have(self, namespace: Namespace) -> None:
        self._first_end = min(self._first_end, namespace.lifetime.ends)
        self._namespaces[namespace.name] = namespace
        self._holders.add(namespace)
        self.feed.join(namespace.feed)

    def reseed(self, seed: Seed) -> None:
        """Start `default` from another seed, as if the emulator had been started with it; logs and snapshots stay.

        Namespaces that are made afterwards start from it, too; those that are there go on.

        Raises:
            SetupError: it names a key that was made for a namespace.
        """
        if self._taken_key(seed) is not None:
            raise SetupError(f"{_TAKEN}.")
        self._holders.remove(self.default)
        self.default.restart(seed, self.settings.contract)
        self._holders.add(self.default)

    def machine_time(self) -> float:
        """Unix seconds, by the machine's clock."""
        return self._machine_clock.now()

    def uptime(self) -> float:
        """Seconds since the emulator was made, by the machine's clock."""
        return self._machine_clock.elapsed() - self._started_at

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Every namespace that is kept, in the order they were made."""
        self.prune()
        if not (self._order or self.views):
            return tuple(self._namespaces.values())
        there = {**self._namespaces, **self.views}  # loaded in any order
        return tuple(sorted(there.values(), key=lambda one: self.age(one.name)))

    def namespace(self, name: str | None) -> Namespace:
        """The namespace of that name; None is `default`.

        Raises:
            Unknown: there is none.
        """
        if name is None:
            self.touch(self.default)
            return self.default
        found = self._namespaces.get(name)
        if found is None or not self._is_kept(found):
            if self.deleted.get(name) is not None:
                raise Unknown(
                    f"There is no namespace {name[:80]!r} any more: it was deleted, and can only be looked at, by GET "
                    "requests to the control plane"
                )
            known = tuple(self._namespaces)
            there = f"; there are {', '.join(known[:10])}{' and more' if known[10:] else ''}"
            raise Unknown(f"There is no namespace {name[:80]!r}{did_you_mean(name, known[:500], there)}")
        return found

    def to_look_at(self, name: str | None) -> Namespace:
        """The same; where there is none, the newest of that name that was deleted.

        Raises:
            Unknown: there is neither.
        """
        try:
            return self.namespace(name)
        except Unknown:
            if name is not None and name in self.views:
                return self.views[name]
            found = self.deleted.get(name or DEFAULT)
            if found is None:
                raise
            return found.namespace

    def all_in_view(self) -> AbstractAsyncContextManager[None]:
        """Meanwhile `namespaces` are all that there are, also those that are kept elsewhere.

        Raises:
            NotKept, NoRoom: as `Watcher`.
        """
        return nullcontext() if self.watcher is None else self.watcher.all_in_view()

    async def find(self, name: str) -> Namespace:
        """The namespace of that name, to look at; where it is kept elsewhere, as it is there.

        Raises:
            Unknown: there is none.
        """
        return self.namespace(name) if self.watcher is None else await self.watcher.view(name)

    def know(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        """Which namespaces are kept elsewhere: by their names, as they are described, in the order in which they were made."""
        self._order = {name: place for place, name in enumerate(kept)}
        before, now = self.asleep, self._timer()
        self.asleep = {
            name: Asleep(entry, before[name].since if name in before else now)
            for name, entry in kept.items()
            if name not in self._namespaces
        }

    def age(self, name: str) -> float:
        """A number by which namespaces come in the order in which they were made; those made since that was known come last."""
        return -1 if name == DEFAULT else self._order.get(name, inf)

    @property
    def count(self) -> int:
        """How many namespaces there are, as far as is known here."""
        self.prune()
        return len(self._namespaces) + len(self.asleep)

    def is_kept_here(self, namespace: Namespace) -> bool:
        """Whether what a namespace becomes by something that is no request counts, and ids that it gives are given once."""
        return self.watcher is None or self.watcher.has(namespace)

    def overdue(self) -> list[str]:
        """The names of namespaces that are not loaded, and not used for too long."""
        now = self._timer()
        return [name for name, one in self.asleep.items() if now - one.since > (one.entry["ttl_seconds"] or inf)]

    def let_sleep(self, name: str, entry: Mapping[str, Any], since: float | None = None) -> None:
        """Know of a namespace that is not loaded any longer, or still not; `since` is as of `Asleep`, None for now."""
        self.asleep[name] = Asleep(entry, self._timer() if since is None else since)

    def forget_unused(self, namespace: Namespace) -> None:
        """Have a namespace no longer that nobody has used for too long."""
        self._forget(namespace, _UNUSED)

    def seed(self, name: str, before: Seed | None = None) -> Seed:
        """The seed of that name that comes with the emulator, and what is before it.

        Raises:
            Unknown: there is none.
            SetupError: it does not fit what is before it.
        """
        return bundled_seed(self.library, name, before)

    def of_key(self, key: str | None) -> Namespace:
        """The namespace that a key alone selects (D47); `default` for a key that is unknown."""
        found = self._holder(key)
        if found is None:
            self.touch(self.default)
            return self.default
        return found

    def of_own_key(self, key: str | None) -> Namespace | None:
        """The namespace that a key was made for; None for the keys of seeds, which everybody may know."""
        found = self._holder(key)
        return found if found is not None and found.minted is not None and found.minted.key == key else None

    def _holder(self, key: str | None) -> Namespace | None:
        """Of the namespaces that have a key, the one that had it first; it is used by this."""
        while key and (found := self._holders.get(key)):
            if self._is_kept(found):
                return found
        return None

    def touch(self, namespace: Namespace) -> None:
        """Note that a namespace is used now."""
        namespace.lifetime.used = self._timer()

    def seconds_since(self, moment: float) -> float:
        """How long ago a moment of the emulator's timer was."""
        return self._timer() - moment

    def unused_seconds(self, namespace: Namespace) -> float:
        """How long nobody has used a namespace; none while somebody waits in it."""
        return 0.0 if namespace.is_busy else self._timer() - namespace.lifetime.used

    def _is_kept(self, namespace: Namespace) -> bool:
        """Whether a namespace is still kept; it is used by this, or forgotten."""
        now, lifetime = self._timer(), namespace.lifetime
        if lifetime.ttl_seconds is not None and now > lifetime.ends and not namespace.is_busy:
            self._forget(namespace, _UNUSED)
            return False
        lifetime.used = now
        return True

    def prune(self) -> None:
        """Forget the namespaces that nobody has used for too long; looks at them all only when the first may be due."""
        now = self._timer()
        if now <= self._first_end:
            return
        for namespace in tuple(self._namespaces.values()):
            if now > namespace.lifetime.ends:
                self._is_kept(namespace)
        self._first_end = min(one.lifetime.ends for one in self._namespaces.values())

    def create(
        self,
        name: str | None,
        seed: Seed | None = None,
        contract: ContractName | None = None,
        ttl_seconds: float | None = None,
    ) -> Namespace:
        """A new namespace with a key of its own; see `plan` and `add`."""
        return self.add(self.plan(name, seed, contract).build(), ttl_seconds)

    def plan(self, name: str | None, seed: Seed | None = None, contract: ContractName | None = None) -> Plan:
        """What a new namespace with a key of its own is built from.

        Args:
            name: chosen when None.
            seed: None takes the one that the emulator was started with.
            contract: wins over the seed's.

        Raises:
            Conflict: the name is taken, there are too many, or the seed names a key that was made for a namespace.
        """
        chosen = self._free_name(name)
        used = seed or self.default.origin
        if self._taken_key(used) is not None:
            raise Conflict(_TAKEN)
        return self._plan(chosen, used, contract or self.settings.contract, self._mint(used))

    def plan_again(self, name: str, entry: Mapping[str, Any]) -> Plan:
        """What a namespace that was described is built from, by the settings of this emulator; `entry` is of `describe`.

        Raises:
            SetupError: its sources are none of a seed.
            ValueError, TypeError, KeyError: the entry is damaged.
        """
        usual = self._plan(name, self.default.origin, self.settings.contract)
        return plan_of(entry, usual, self.library.read_sources)

    def fork(
        self, name: str | None, source: Namespace, snapshot: str | None = None, ttl_seconds: float | None = None
    ) -> Namespace:
        """A new namespace that goes on from what another is, or was when a snapshot was taken.

        Raises:
            Conflict: as `plan` and `add`.
            Unknown: there is no such snapshot.
        """
        state = source.snapshots.get(snapshot).state if snapshot else source.copy()
        plan = self._plan(self._free_name(name), source.origin, source.contract.name, self._mint(source.seed))
        return self.add(plan._replace(state=state).build(), ttl_seconds)

    def delete(self, name: str, *, keep: bool = True) -> None:
        """Let nobody use a namespace any more, and forget its keys; requests that wait in it are sent away.

        What was exercised in it counts further, and for a while it can be looked at, unless it is not to `keep`.

        Raises:
            Unknown: there is none.
            Conflict: it is `default`.
        """
        if self.watcher is not None and self.watcher.forget(name):
            return
        namespace = self.namespace(name)
        if namespace is self.default:
            raise Conflict("The namespace default cannot be deleted; POST /__emulator/clear empties it")
        self._forget(namespace, "its namespace was deleted", keep=keep)

    def _forget(self, namespace: Namespace, why: str, *, keep: bool = True) -> None:
        del self._namespaces[namespace.name]
        self._holders.remove(namespace)
        unused = self._timer() - namespace.lifetime.used
        namespace.end(why)
        namespace.rest()
        weight = namespace.whole_weight if keep else DELETED_BYTES.most + 1  # as one that is too large
        gone = Deleted(namespace, self.machine_time(), unused, weight)
        self.feed.note(namespace.feed.source, "deleted", gone.at)
        if self.watcher is None:
            self.have_deleted(gone)
        else:
            self.watcher.gone(gone)

    def have_deleted(self, gone: Deleted) -> None:
        """Have a namespace to look at that was deleted, and others no longer where there is no room."""
        for one in self.deleted.add(gone):
            self.count_exercised(one.namespace)

    def count_exercised(self, gone: Namespace) -> None:
        """Count further what was exercised in a namespace that cannot be looked at any longer."""
        _count(gone, self._exercised)

    async def recall_deleted(self) -> None:
        """Have all namespaces in `deleted` that were deleted, and can still be looked at.

        Raises:
            NotKept: as `Watcher`.
        """
        if self.watcher is not None:
            await self.watcher.recall()

    @property
    def exercised(self) -> Coverage:
        """What was exercised in namespaces that are gone, and cannot be looked at any longer."""
        return self._exercised

    def coverage(self) -> Coverage:
        """What was exercised in all namespaces, those that were deleted included; equal configurations count as one."""
        total = Coverage()
        total.add(self._exercised)
        for namespace in (*(one.namespace for one in self.deleted), *self.namespaces):
            _count(namespace, total)
        return total

    def _free_name(self, name: str | None) -> str:
        self.prune()
        if len(self._namespaces) + len(self.asleep) >= NAMESPACES.most:
            raise Conflict(f"There are {NAMESPACES.most:,} namespaces already; delete some first")
        if name in self._namespaces or name in self.asleep:
            raise Conflict(f"There is a namespace {name} already; choose another name, or delete it first")
        while name is None:
            chosen = self._ids.prefixed("ns-")
            name = None if chosen in self._namespaces or chosen in self.asleep else chosen
        return name

    def _mint(self, seed: Seed) -> ApiKey:
        """A key that no seed has, of the account whose key may do everything, else of the first, else of a new one."""
        able = (key.account for key in seed.keys if key.expires_at is None and key.permissions is None)
        account = next(able, None) or next(iter(seed.accounts), None) or Account("user_123", "company_456")
        named = {one.key for one in seed.keys}
        key = self._keys.make()
        while key in self._holders or key in named:
            self._passed_over.add(key)
            key = self._keys.make()
        return ApiKey(key, account)

    def _taken_key(self, seed: Seed) -> str | None:
        """A key of a seed that was made for a namespace, whether that is still there or not: its clients may be."""
        made = (one.key for one in seed.keys if self._keys.has_made(one.key) and one.key not in self._passed_over)
        return next(made, None)

    def stop(self) -> None:
        """Send away every request that waits, so that the server can stop at once."""
        for namespace in self.namespaces:
            namespace.end("the emulator stops")
        self.feed.signal.end()


def _count(namespace: Namespace, total: Coverage) -> None:
    """Add what was exercised in a namespace, and the configurations of its agents, whether anybody has executed them or not."""
    total.add(namespace.coverage, (agent.configuration for agent in namespace.records.agents))
