"""One little world: accounts, agents, sessions, scripts, clock, ids, journal. This module is the namespace itself.

Its use cases stand in `agents`, `sessions` and `runtime`; nothing in here knows of HTTP.
"""

from collections import deque

from emulator.configuration.accepted import Acceptance
from emulator.configuration.language import Language
from emulator.domain.agents import Agents
from emulator.domain.clock import Clock
from emulator.domain.coverage import Coverage
from emulator.domain.gates import Gates
from emulator.domain.ids import Ids
from emulator.domain.journal import Journal
from emulator.domain.planting import plant
from emulator.domain.records import ApiKey
from emulator.domain.runtime import Execution, Runtime
from emulator.domain.seed import Seed
from emulator.domain.sessions import Sessions
from emulator.errors import NotAuthenticated, NotPermitted
from emulator.execution.scripts import Scripts
from emulator.settings import Contract
from emulator.store import Store

IDLE_AFTER = 30 * 60.0  # seconds, D40
MAX_EXECUTIONS = 200  # kept for inspection; the newest


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
    ) -> None:
        self.name = name
        self.seed = seed
        self.store = store
        self.acceptance = acceptance
        self.contract: Contract = contract or seed.contract or "current"
        self.strict = strict
        self.idle_after = IDLE_AFTER
        self.keys = {key.key: key for key in seed.keys}
        self.journal = Journal(journal_entries)
        self.clock = Clock(seed.frozen_at)
        self.ids = Ids(seed.ids)
        self.gates = Gates()
        self.scripts = Scripts(seed.scripts)
        self.executions: deque[Execution] = deque(maxlen=MAX_EXECUTIONS)
        self.coverage = Coverage()
        self.agents = Agents(self)
        self.sessions = Sessions(self)
        self.runtime = Runtime(self)

    def language(self, *, strict: bool = False) -> Language:
        """What counts as a valid configuration here."""
        return Language(self.seed.models, strict or self.strict)

    def authenticate(self, key: str | None, group: str) -> ApiKey:
        """The key, if it opens this group of operations now.

        Raises:
            NotAuthenticated: missing, unknown or expired.
            NotPermitted: its permissions leave the group out (D42).
        """
        found = self.keys.get(key) if key else None
        if found is None:
            raise NotAuthenticated
        if found.expires_at is not None and found.expires_at <= self.clock.now():
            raise NotAuthenticated("API key has expired")
        if found.permissions is not None and group not in found.permissions:
            raise NotPermitted
        return found

    async def load(self) -> None:
        """Fill the store with what the seed says."""
        await plant(self.seed, self)

    async def reset(self) -> None:
        """Go back to the seed; the journal stays. Executions that wait are sent away."""
        self.gates.dismiss_all("its namespace was reset")
        self.clock = Clock(self.seed.frozen_at)
        self.ids = Ids(self.seed.ids)
        self.gates = Gates()
        self.scripts = Scripts(self.seed.scripts)
        self.executions.clear()
        self.coverage = Coverage()
        await self.store.clear()
        await self.load()
