"""Worlds that were kept by name, to go back to. This module is the snapshots of one namespace."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from emulator.configuration.schema import did_you_mean
from emulator.domain.records import AGENTS, SESSIONS
from emulator.errors import EmulatorRefusal

if TYPE_CHECKING:
    from emulator.domain.namespace import Namespace, World

MAX_SNAPSHOTS = 100


class Snapshot(NamedTuple):
    """A world with its name, when it was taken, in unix seconds of its clock, and how much it holds."""

    name: str
    taken_at: float
    world: "World"
    agents: int
    sessions: int


class Snapshots:
    """Snapshots by name; one of a name that is there replaces it."""

    def __init__(self, namespace: "Namespace") -> None:
        self._namespace = namespace
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

    async def take(self, name: str | None = None) -> Snapshot:
        """Keep what the namespace is now.

        Raises:
            EmulatorRefusal: 409, there are too many.
        """
        while name is None:
            self._count += 1
            chosen = f"snapshot-{self._count}"
            name = None if chosen in self._snapshots else chosen
        self._check_room(name)
        namespace = self._namespace
        agents = await namespace.store.collection(AGENTS).all()
        sessions = await namespace.store.collection(SESSIONS).all()
        world = await namespace.world()
        snapshot = Snapshot(name, namespace.clock.now(), world, len(agents), len(sessions))
        self._snapshots[name] = snapshot
        return snapshot

    def put(self, snapshot: Snapshot) -> None:
        """Keep a snapshot that was taken elsewhere.

        Raises:
            EmulatorRefusal: 409, there are too many.
        """
        self._check_room(snapshot.name)
        self._snapshots[snapshot.name] = snapshot

    def _check_room(self, name: str) -> None:
        if len(self._snapshots) >= MAX_SNAPSHOTS and name not in self._snapshots:
            raise EmulatorRefusal(409, f"There are {MAX_SNAPSHOTS} snapshots already; drop one first")

    async def restore(self, name: str) -> Snapshot:
        """Go back to a snapshot; it stays.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        snapshot = self.get(name)
        await self._namespace.become(snapshot.world)
        return snapshot

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
