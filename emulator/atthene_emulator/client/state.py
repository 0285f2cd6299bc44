"""What a namespace holds, and how it starts anew. This module is that part of the client."""

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json


class State(NamespaceControl):
    """Looking at a namespace, and emptying it."""

    def state(self) -> Json:
        """Contract, clock, scenario, counts, accounts (keys masked), agents and sessions."""
        shown: Json = self._ask("GET", "/state")
        return shown

    def reset(self, *scopes: str) -> tuple[str, ...]:
        """Back to the seed, wholly, or only in these scopes: state, scripts, faults, rate_limit, latency, on_disconnect, ….

        Returns the scopes that are back.
        """
        shown = self._ask("POST", "/reset", query={"scope": ",".join(scopes)} if scopes else None)
        return tuple(shown["scope"])

    def clear(self) -> None:
        """No agents, sessions and scripts; accounts and keys stay."""
        self._ask("POST", "/clear")
