"""Worlds that were kept by name, to go back to. This module is the snapshots of one namespace."""

from collections.abc import Iterator
from typing import NamedTuple

from atthene_emulator.domain.world import World
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.wording import did_you_mean

MAX_SNAPSHOTS = 100


class Snapshot(NamedTuple):
    """A world with its name, when it was taken, in unix seconds of its clock, and how much it holds."""

    name: str
    taken_at: float
    world: World
    agents: int
    sessions: int


class Snapshots:
    """Snapshots by name; one of a name that is there replaces it."""

    def __init__(self) -> None:
        self._snapshots: dict[str, Snapshot] = {}
        self._count = 0

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self._snapshots.values())

    def __len__(self) -> int:
        return len(self._snapshots)

    def __contains__(self, name: str) -> bool:
        return name in self._snapshots

    def get(self, name: str) -> Snapshot:
        """A snapshot.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        found = self._snapshots.get(name)
        if found is None:
            known = tuple(self._snapshots)
            there = f"; there are {', '.join(known[:10])}" if known else "; there are none, take one first"
            raise EmulatorRefusal(404, f"There is no snapshot {name!r}{did_you_mean(name, known, there)}")
        return found

    def free_name(self) -> str:
        """A name that no snapshot has."""
        while True:
            self._count += 1
            if (name := f"snapshot-{self._count}") not in self._snapshots:
                return name

    def put(self, snapshot: Snapshot) -> None:
        """Keep a snapshot.

        Raises:
            EmulatorRefusal: 409, there are too many.
        """
        if len(self._snapshots) >= MAX_SNAPSHOTS and snapshot.name not in self._snapshots:
            raise EmulatorRefusal(409, f"There are {MAX_SNAPSHOTS} snapshots already; drop one first")
        self._snapshots.pop(snapshot.name, None)  # so that the newest stands last
        self._snapshots[snapshot.name] = snapshot

    def drop(self, name: str) -> None:
        """Forget a snapshot.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        self.get(name)
        del self._snapshots[name]

    def clear(self) -> None:
        """Forget all."""
        self._snapshots.clear()
