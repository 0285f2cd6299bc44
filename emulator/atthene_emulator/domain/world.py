"""Everything that a namespace is at one moment. This module is that record, of which snapshots and forks are made."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from atthene_emulator.domain.faults import Fault, Tally
from atthene_emulator.domain.planting import Planted
from atthene_emulator.domain.rate_limit import Limiter
from atthene_emulator.domain.records import SESSIONS, Session
from atthene_emulator.domain.runtime import Execution
from atthene_emulator.domain.seed import Seed
from atthene_emulator.execution.scripts import Scripts
from atthene_emulator.store import Store


class World(NamedTuple):
    """Everything that a namespace is at one moment, less its accounts, keys and logs. Records are shared, not copied.

    Attributes:
        seed: what it started from last.
        records: a snapshot of the store.
        clock, ids: their positions.
        opened: names of the gates that are open.
        planted: what the scenario brought.
        before: sessions that were being executed, as they were before that; no script has answered them yet.
    """

    seed: Seed
    records: Any
    clock: tuple[float | None, float]
    ids: tuple[bytes, dict[str, int]]
    opened: frozenset[str]
    scripts: Scripts
    faults: tuple[tuple[Fault, Tally], ...]
    next_fault: int
    limiter: Limiter | None
    executions: tuple[Execution, ...]
    scenario: str | None
    planted: Planted = Planted()
    before: tuple[Session, ...] = ()


async def undo_running(store: Store, before: Iterable[Session]) -> None:
    """Put sessions that were being executed back to what they were before."""
    sessions = store.collection(SESSIONS)
    for session in before:
        running = await sessions.get(session.id)
        if running is not None:
            await sessions.replace(running, session)
