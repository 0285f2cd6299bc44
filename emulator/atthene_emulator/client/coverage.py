"""What of the graphs was exercised. This module is that part of the client."""

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json


class Coverage(NamespaceControl):
    """Reading what was exercised."""

    def coverage(self) -> list[Json]:
        """Agents, edges, arms and outputs with how often they were exercised, by configuration."""
        shown: list[Json] = self._ask("GET", "/coverage")
        return shown
