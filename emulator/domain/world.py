"""Everything that a namespace is at one moment. This module is that record, of which snapshots and forks are made."""

from typing import Any, NamedTuple

from emulator.domain.faults import Fault, Tally
from emulator.domain.planting import Planted
from emulator.domain.rate_limit import Limiter
from emulator.domain.runtime import Execution
from emulator.domain.seed import Seed
from emulator.execution.scripts import Scripts


class World(NamedTuple):
    """Everything that a namespace is at one moment, less its accounts, keys and logs. Records are shared, not copied.

    Attributes:
        seed: what it started from last.
        records: a snapshot of the store.
        clock, ids: their positions.
        opened: names of the gates that are open.
        planted: what the scenario brought.
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
