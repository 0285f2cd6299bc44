"""A namespace as a whole: its state, its snapshots, its scenarios. This module is that part of the client."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.client.connection import Asking, quoted
from atthene_emulator.client.records import Json, Scenario, Snapshot, record


class Worlds(Asking):
    """Looking at a namespace, and making it what it was or what it should be."""

    def state(self) -> Json:
        """Contract, clock, scenario, counts, accounts (keys masked), agents and sessions."""
        shown: Json = self._ask("GET", "/state")
        return shown

    def reset(self, *scopes: str) -> tuple[str, ...]:
        """Back to the seed, wholly, or only in these scopes: state, scripts, faults, rate_limit, clock, journal, ….

        Returns the scopes that are back.
        """
        shown = self._ask("POST", "/reset", query={"scope": ",".join(scopes)} if scopes else None)
        return tuple(shown["scope"])

    def clear(self) -> None:
        """No agents, sessions and scripts; accounts and keys stay."""
        self._ask("POST", "/clear")

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot, oldest first."""
        return tuple(record(Snapshot, one) for one in self._ask("GET", "/snapshots"))

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Keep what the namespace is now; the name is chosen when None."""
        return record(Snapshot, self._ask("POST", "/snapshots", {} if name is None else {"name": name}))

    def restore(self, snapshot: str | Snapshot) -> Snapshot:
        """Go back to a snapshot, or to the one of this name."""
        name = snapshot if isinstance(snapshot, str) else snapshot.name
        return record(Snapshot, self._ask("POST", f"/snapshots/{quoted(name)}/restore"))

    def export_snapshot(self, name: str) -> Json:
        """A snapshot as one JSON document."""
        document: Json = self._ask("GET", f"/snapshots/{quoted(name)}")
        return document

    def import_snapshot(self, name: str, document: Mapping[str, Any]) -> Snapshot:
        """Keep a snapshot that was exported, under this name."""
        return record(Snapshot, self._ask("PUT", f"/snapshots/{quoted(name)}", document))

    def drop_snapshot(self, name: str) -> None:
        """Forget a snapshot."""
        self._ask("DELETE", f"/snapshots/{quoted(name)}")

    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario, those of the seed first."""
        return tuple(record(Scenario, one) for one in self._ask("GET", "/scenarios"))

    def use_scenario(self, name: str) -> Scenario:
        """Switch to a scenario: its scripts and its faults in place of those of the last one."""
        return record(Scenario, self._ask("POST", f"/scenarios/{quoted(name)}"))

    def provider_state(self, state: str, params: Mapping[str, Any] | None = None, *, action: str = "setup") -> None:
        """Go to the snapshot, scenario or seed that a Pact names; `teardown` goes back to the seed."""
        self._ask("POST", "/provider-states", {"state": state, "params": params, "action": action})
