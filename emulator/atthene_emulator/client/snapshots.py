"""What a namespace was, kept under a name. This module is that part of the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import Json, read


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a snapshot of this `name`; `agents` and `sessions` are how many it has, `taken_at` is ISO-8601."""

    name: str
    taken_at: str
    agents: int
    sessions: int


class Snapshots(NamespaceControl):
    """Keeping what a namespace is, and going back to it."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot, oldest first."""
        return tuple(read(Snapshot, one) for one in self._ask("GET", "/snapshots"))

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Keep what the namespace is now; the name is chosen when None."""
        return read(Snapshot, self._ask("POST", "/snapshots", {} if name is None else {"name": name}))

    def restore(self, snapshot: str | Snapshot) -> Snapshot:
        """Go back to a snapshot, or to the one of this name."""
        name = snapshot if isinstance(snapshot, str) else snapshot.name
        return read(Snapshot, self._ask("POST", f"/snapshots/{quoted(name)}/restore"))

    def export_snapshot(self, name: str, *, secrets: bool = False) -> Json:
        """A snapshot as one JSON document; without secrets it says `redacted`, and its configurations have other hashes."""
        query = {"secrets": "true"} if secrets else None
        document: Json = self._ask("GET", f"/snapshots/{quoted(name)}", query=query)
        return document

    def import_snapshot(self, name: str, document: Mapping[str, Any]) -> Snapshot:
        """Keep a snapshot that was exported, under this name."""
        return read(Snapshot, self._ask("PUT", f"/snapshots/{quoted(name)}", document))

    def drop_snapshot(self, name: str) -> None:
        """Forget a snapshot."""
        self._ask("DELETE", f"/snapshots/{quoted(name)}")
