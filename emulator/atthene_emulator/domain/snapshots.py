"""Use cases of snapshots: take one, and go back to it."""

from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.snapshot import Snapshot


def take_snapshot(namespace: Namespace, name: str | None = None) -> Snapshot:
    """Keep what a namespace is now, by a name that is chosen when None.

    Raises:
        Conflict: there are too many snapshots.
        NoRoom: they are too large together.
    """
    records = namespace.records
    snapshot = Snapshot(
        name=name or namespace.snapshots.free_name(),
        taken_at=namespace.clock.now(),
        state=namespace.copy(),
        agents=len(records.agents),
        sessions=len(records.sessions),
        weight=namespace.weight,
        contents=namespace.contents.copy(),
    )
    namespace.snapshots.put(snapshot)
    return snapshot


def restore_snapshot(namespace: Namespace, name: str) -> Snapshot:
    """Go back to a snapshot; it stays.

    Raises:
        Unknown: there is none.
    """
    snapshot = namespace.snapshots.get(name)
    namespace.restore(snapshot.state)
    return snapshot
