"""One little world: accounts, agents, sessions, scripts, faults, clock, ids, journal. This module is the namespace itself.

Its use cases stand in `agents`, `sessions`, `runtime` and `snapshots`; nothing in here knows of HTTP.
"""

from collections import deque
from collections.abc import Collection

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.agents import Agents
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.faults import Faults
from atthene_emulator.domain.feed import Feed
from atthene_emulator.domain.gates import Gates
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.journal import Journal
from atthene_emulator.domain.planting import Planted, check_room, plant, uproot
from atthene_emulator.domain.rate_limit import Limiter, RateLimit
from atthene_emulator.domain.records import AGENTS, SESSIONS, Account, ApiKey
from atthene_emulator.domain.runtime import Execution, Running, Runtime
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.sessions import Sessions
from atthene_emulator.domain.snapshots import Snapshot, Snapshots
from atthene_emulator.domain.world import World, undo_running
from atthene_emulator.errors import NotAuthenticated, NotPermitted
from atthene_emulator.execution.scripts import Scripts
from atthene_emulator.settings import Contract
from atthene_emulator.store import Store

IDLE_AFTER = 30 * 60.0  # seconds, D40
MAX_EXECUTIONS = 200  # kept for inspection; the newest

STATE = ("state", "scripts", "faults", "rate_limit", "clock")
LOGS = ("journal", "snapshots", "coverage")
SCOPES = (*STATE, *LOGS)


class Namespace:
    """A world of its own.

    Args:
        name: unique in the emulator.
        seed: what it starts from, and goes back to.
        store: where its records are kept; used by nobody else.
        acceptance: remembers accepted configurations; may be shared.
        contract: overrides the seed's.
        strict: unknown keys are errors, default answers are refused.
        journal_entries: bound of the journal.
        minted: a key besides those of the seed.

    Attributes:
        origin: the seed that `reset` goes back to.
        seed: what it started from last.
        running: executions that wait for something, by session.
        scenario: the one that was switched to, if any.
    """

    def __init__(
        self,
        name: str,
        seed: Seed,
        store: Store,
        acceptance: Acceptance,
        *,
        contract: Contract | None = None,
        strict: bool = False,
        journal_entries: int = 1000,
        minted: ApiKey | None = None,
    ) -> None:
        self.name = name
        self.origin = self.seed = seed
        self.store = store
        self.acceptance = acceptance
        self.contract: Contract = contract or seed.contract or "current"
        self.strict = strict
        self.idle_after = IDLE_AFTER
        self._minted = minted
        self.keys = self._keys()
        self.journal = Journal(journal_entries)
        self.feed = Feed(self.journal)
        self.coverage = Coverage()
        self.clock = Clock(seed.frozen_at)
        self.ids = Ids(seed.ids)
        self.gates = Gates()
        self.scripts = Scripts(seed.scripts)
        self.faults = Faults(seed.faults, self.ids.chance)
        self.limiter = Limiter(seed.rate_limit) if seed.rate_limit else None
        self.executions: deque[Execution] = deque(maxlen=MAX_EXECUTIONS)
        self.running: dict[str, Running] = {}
        self.scenario: str | None = None
        self._planted = Planted()
        self.snapshots = Snapshots()

    # The use cases are made for each call: if they were kept here, a namespace that was deleted would be a cycle.

    @property
    def agents(self) -> Agents:
        """Use cases of agents."""
        return Agents(self)

    @property
    def sessions(self) -> Sessions:
        """Use cases of sessions."""
        return Sessions(self)

    @property
    def runtime(self) -> Runtime:
        """Use cases of the runtime."""
        return Runtime(self)

    def _keys(self) -> dict[str, ApiKey]:
        keys = {key.key: key for key in self.seed.keys}
        return {**keys, self._minted.key: self._minted} if self._minted else keys

    @property
    def own_keys(self) -> tuple[str, ...]:
        """The keys that it has for its whole life: those of its origin, and its own."""
        minted = (self._minted.key,) if self._minted else ()
        return (*dict.fromkeys(key.key for key in self.origin.keys), *minted)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Who may call, in the order of the seed."""
        minted = (self._minted.account,) if self._minted else ()
        return tuple(dict.fromkeys((*self.seed.accounts, *minted)))

    @property
    def working_key(self) -> str:
        """The key made for it alone, else its first that never expires and may do everything; empty for none."""
        if self._minted:
            return self._minted.key
        return next((one.key for one in self.keys.values() if one.expires_at is None and one.permissions is None), "")

    def language(self, *, strict: bool = False) -> Language:
        """What counts as a valid configuration here."""
        return Language(self.seed.models, strict or self.strict)

    def authenticate(self, key: str | None, group: str | None = None) -> ApiKey:
        """The key, if it opens this group of operations now; None asks for no group.

        Raises:
            NotAuthenticated: missing, unknown or expired.
            NotPermitted: its permissions leave the group out (D42).
        """
        found = self.keys.get(key) if key else None
        if found is None:
            raise NotAuthenticated
        if found.expires_at is not None and found.expires_at <= self.clock.now():
            raise NotAuthenticated("API key has expired")
        if group is not None and found.permissions is not None and group not in found.permissions:
            raise NotPermitted
        return found

    async def load(self) -> None:
        """Fill the store with what the seed says."""
        await plant(self.seed.agents, self.seed.sessions, self)

    async def reset(self, scopes: Collection[str] = STATE, seed: Seed | None = None) -> None:
        """Go back to the seed, or to another one, in the chosen `SCOPES`. Requests that wait are sent away with the state."""
        if "clock" in scopes:
            self._set_clock(Clock(self.origin.frozen_at if seed is None else seed.frozen_at))
        if "state" in scopes:
            self._send_away("its namespace was reset")
            self.seed = seed or self.origin
            self.keys = self._keys()
            self.ids = Ids(self.seed.ids)
            self.gates = Gates()
            self.executions.clear()
            self.running.clear()
            await self._leave_scenario()
            await self.store.clear()
            await self.load()
        if "scripts" in scopes:
            await self._leave_scenario()
            # Sessions that stay know how far they are in each script by its generation.
            generation = 0 if "state" in scopes else self.scripts.generation
            self.scripts = Scripts(self.seed.scripts, generation)
        if "faults" in scopes:
            self._set_faults(Faults(self.seed.faults, self.ids.chance))
        if "rate_limit" in scopes:
            self.limit(self.seed.rate_limit)
        if "journal" in scopes:
            self.journal.clear()
        if "snapshots" in scopes:
            self.snapshots.clear()
        if "coverage" in scopes:
            self.coverage = Coverage()

    async def restart(self, origin: Seed, contract: Contract | None = None) -> None:
        """Start from another seed, which is from now on the one to go back to; `LOGS` stay.

        Args:
            origin: the seed.
            contract: wins over the seed's.
        """
        self.origin = origin
        self.contract = contract or origin.contract or "current"
        await self.reset()

    async def clear(self) -> None:
        """Be empty: no agents, sessions and scripts; accounts, keys and all else stay."""
        self._send_away("its namespace was cleared")
        self.gates = Gates(self.gates.opened)
        self.scripts = Scripts(())
        await self._leave_scenario()
        self.executions.clear()
        self.running.clear()
        await self.store.clear()

    def limit(self, limit: RateLimit | None) -> None:
        """Count requests from now on, or no longer."""
        self.limiter = Limiter(limit) if limit else None

    async def switch(self, scenario: Scenario) -> None:
        """Use a scenario in place of the last one: its scripts before all but the added ones, its faults alone.

        Raises:
            EmulatorRefusal: 409, an agent or session of it is there already; nothing is changed.
        """
        await check_room(scenario.agents, scenario.sessions, self, self._planted)
        await self._leave_scenario()
        self._planted = await plant(scenario.agents, scenario.sessions, self)
        self.scenario = scenario.name
        self.scripts.set_scenario(scenario.scripts)
        self._set_faults(Faults(scenario.faults, self.ids.chance))

    async def _leave_scenario(self) -> None:
        """Take away what the scenario brought."""
        await uproot(self._planted, self)
        if self.scenario is not None:
            self.scripts.set_scenario(())
            self._set_faults(Faults(self.seed.faults, self.ids.chance))
        self._planted, self.scenario = Planted(), None

    async def take_snapshot(self, name: str | None = None) -> Snapshot:
        """Keep what it is now, by a name that is chosen when None.

        Raises:
            EmulatorRefusal: 409, there are too many snapshots.
        """
        agents, sessions = await self.store.collection(AGENTS).all(), await self.store.collection(SESSIONS).all()
        chosen = name or self.snapshots.free_name()
        snapshot = Snapshot(chosen, self.clock.now(), await self.world(), len(agents), len(sessions))
        self.snapshots.put(snapshot)
        return snapshot

    async def restore_snapshot(self, name: str) -> Snapshot:
        """Go back to a snapshot; it stays.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        snapshot = self.snapshots.get(name)
        await self.become(snapshot.world)
        return snapshot

    async def world(self) -> World:
        """All that it is now."""
        return World(
            self.seed,
            await self.store.snapshot(),
            self.clock.position,
            self.ids.position,
            self.gates.opened,
            self.scripts.copy(without=[key for one in self.running.values() for key in one.matched]),
            self.faults.counted(),
            self.faults.next_number,
            self.limiter.copy() if self.limiter else None,
            tuple(self.executions),
            self.scenario,
            self._planted,
            tuple(one.before for one in self.running.values()),
        )

    async def become(self, world: World) -> None:
        """Be what a namespace was; executions that ran then have not happened, and requests that wait are sent away."""
        self._send_away("its namespace went back to a snapshot")
        self.seed = world.seed
        self.keys = self._keys()
        self._set_clock(Clock(*world.clock))
        self.ids = Ids.at(*world.ids)
        self.gates = Gates(world.opened)
        self.scripts = world.scripts.copy()
        self._set_faults(Faults.restored(world.faults, world.next_fault, self.ids.chance))
        self.limiter = world.limiter.copy() if world.limiter else None
        self.executions = deque(world.executions, maxlen=MAX_EXECUTIONS)
        self.scenario, self._planted = world.scenario, world.planted
        self.running.clear()
        await self.store.restore(world.records)
        await undo_running(self.store, world.before)

    def _set_clock(self, clock: Clock) -> None:
        self.clock.end()
        self.clock = clock

    def _set_faults(self, faults: Faults) -> None:
        self.faults.drop_all()
        self.faults = faults

    def _send_away(self, why: str) -> None:
        self.gates.dismiss_all(why)
        self.faults.dismiss_all(why)

    def end(self, why: str) -> None:
        """Send everyone away who waits for anything, for good."""
        self._send_away(why)
        self.gates = Gates()  # by which executions see that their world is gone
        self.clock.end()
        self.feed.signal.end()
