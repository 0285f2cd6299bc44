"""All worlds of one server. This module is the `Emulator`, which holds the namespaces; nothing hangs on a module."""

from collections.abc import Mapping
from typing import Protocol

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.contracts import ContractName
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.snapshot import State
from atthene_emulator.errors import Conflict, Unknown
from atthene_emulator.limits import NAMESPACES
from atthene_emulator.settings import Settings
from atthene_emulator.wording import did_you_mean

DEFAULT = "default"


class Library(Protocol):
    """The seeds and scenarios that come with the emulator, by name."""

    @property
    def seeds(self) -> tuple[str, ...]:
        """Names of seeds."""
        ...

    @property
    def scenarios(self) -> Mapping[str, str]:
        """What each scenario is for, by its name."""
        ...

    @property
    def default_agent(self) -> Configuration:
        """What `GET /sessions/default-agent/` starts, where a seed does not say."""
        ...

    def seed(self, name: str) -> Seed:
        """A seed by its name."""
        ...

    def scenario(self, name: str, seed: Seed) -> Scenario:
        """A scenario by its name, for a namespace with this seed.

        Raises:
            SetupError: it does not fit the seed.
        """
        ...


class Listener(Protocol):
    """Is told of each request of the imitated API when it was answered, or was left without an answer."""

    def __call__(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> None:
        """Hear of a request; must not wait, and must not raise.

        Args:
            namespace: whose journal has the entry.
            entry: what is known of the request, without secrets.
            fault: the label of the fault that struck it.
            seconds: how long it took, by the machine's clock.
        """
        ...


class Emulator:
    """The namespaces of one server; `default` is made from the seed.

    Args:
        settings: what the user chose.
        seed: what the default namespace starts from, and others that name no other.
        library: what comes with the emulator.

    Attributes:
        listener: is told of each request, if there is one.
    """

    def __init__(self, settings: Settings, seed: Seed, library: Library) -> None:
        self.settings = settings
        self.library = library
        self.acceptance = Acceptance()
        self.listener: Listener | None = None
        self._machine_clock = Clock()
        self._started_at = self._machine_clock.now()
        self._ids = Ids(seed.ids)
        self._namespaces: dict[str, Namespace] = {}
        self._of_keys: dict[str, dict[str, Namespace]] = {}  # by key and name, in the order they were made
        self.default = self._add(DEFAULT, seed, settings.contract)

    def _add(
        self,
        name: str,
        seed: Seed,
        contract: ContractName | None,
        minted: ApiKey | None = None,
        state: State | None = None,
    ) -> Namespace:
        options = Options(contract, self.settings.strict, self.settings.journal_entries, self.settings.max_stored)
        namespace = Namespace(name, seed, self.acceptance, options, minted=minted, state=state)
        self._namespaces[name] = namespace
        for key in namespace.own_keys:
            self._of_keys.setdefault(key, {})[name] = namespace
        return namespace

    def reseed(self, seed: Seed) -> None:
        """Start `default` from another seed, as if the emulator had been started with it; logs and snapshots stay.

        Namespaces that are made afterwards start from it, too; those that are there go on.
        """
        self._forget_keys(self.default)
        self.default.restart(seed, self.settings.contract)
        for key in self.default.own_keys:  # it was made before all others, so it comes first
            self._of_keys[key] = {DEFAULT: self.default, **self._of_keys.get(key, {})}

    def _forget_keys(self, namespace: Namespace) -> None:
        for key in namespace.own_keys:
            holders = self._of_keys[key]
            del holders[namespace.name]
            if not holders:
                del self._of_keys[key]

    def uptime(self) -> float:
        """Seconds since the emulator was made, by the machine's clock."""
        return self._machine_clock.now() - self._started_at

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Every namespace, in the order they were made."""
        return tuple(self._namespaces.values())

    def namespace(self, name: str | None) -> Namespace:
        """The namespace of that name; None is `default`.

        Raises:
            Unknown: there is none.
        """
        if name is None:
            return self.default
        found = self._namespaces.get(name)
        if found is None:
            known = tuple(self._namespaces)
            there = f"; there are {', '.join(known[:10])}{' and more' if known[10:] else ''}"
            raise Unknown(f"There is no namespace {name[:80]!r}{did_you_mean(name, known[:500], there)}")
        return found

    def seed(self, name: str) -> Seed:
        """The seed of that name that comes with the emulator.

        Raises:
            Unknown: there is none.
        """
        known = self.library.seeds
        if name not in known:
            near = did_you_mean(name, known, f"; there are {', '.join(known)}, or send a seed itself.")
            raise Unknown(f"There is no seed {name[:60]}{near}")
        return self.library.seed(name)

    def of_key(self, key: str | None) -> Namespace:
        """The namespace that a key alone selects (D47); `default` for a key that is unknown."""
        holders = self._of_keys.get(key) if key else None
        return next(iter(holders.values())) if holders else self.default

    def create(self, name: str | None, seed: Seed | None = None, contract: ContractName | None = None) -> Namespace:
        """A new namespace with a key of its own.

        Args:
            name: chosen when None.
            seed: None takes the one that the emulator was started with.
            contract: wins over the seed's.

        Raises:
            Conflict: the name is taken, or there are too many.
        """
        chosen = self._free_name(name)
        used = seed or self.default.origin
        return self._add(chosen, used, contract or self.settings.contract, self._mint(used))

    def fork(self, name: str | None, source: Namespace, snapshot: str | None = None) -> Namespace:
        """A new namespace that goes on from what another is, or was when a snapshot was taken.

        Raises:
            Conflict: as `create`.
            Unknown: there is no such snapshot.
        """
        state = source.snapshots.get(snapshot).state if snapshot else source.copy()
        chosen = self._free_name(name)
        return self._add(chosen, source.origin, source.contract.name, self._mint(source.seed), state)

    def delete(self, name: str) -> None:
        """Forget a namespace and its keys; requests that wait in it are sent away.

        Raises:
            Unknown: there is none.
            Conflict: it is `default`.
        """
        namespace = self.namespace(name)
        if namespace is self.default:
            raise Conflict("The namespace default cannot be deleted; POST /__emulator/clear empties it")
        del self._namespaces[name]
        self._forget_keys(namespace)
        namespace.end("its namespace was deleted")

    def _free_name(self, name: str | None) -> str:
        if len(self._namespaces) >= NAMESPACES.most:
            raise Conflict(f"There are {NAMESPACES.most:,} namespaces already; delete some first")
        if name in self._namespaces:
            raise Conflict(f"There is a namespace {name} already; choose another name, or delete it first")
        while name is None:
            chosen = self._ids.prefixed("ns-")
            name = None if chosen in self._namespaces else chosen
        return name

    def _mint(self, seed: Seed) -> ApiKey:
        """A key that no seed has, of the account whose key may do everything, else of the first, else of a new one."""
        able = (key.account for key in seed.keys if key.expires_at is None and key.permissions is None)
        account = next(able, None) or next(iter(seed.accounts), None) or Account("user_123", "company_456")
        key = self._ids.prefixed("key_")
        while key in self._of_keys:
            key = self._ids.prefixed("key_")
        return ApiKey(key, account)

    def stop(self) -> None:
        """Send away every request that waits, so that the server can stop at once."""
        for namespace in self.namespaces:
            namespace.end("the emulator stops")
