"""The namespaces of an emulator. This module is that part of the client; `EmulatorClient` itself creates one.

What it creates is a client again, so the two stand in one module.
"""

from dataclasses import dataclass

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import read


@dataclass(frozen=True, slots=True)
class NamespaceInfo:
    """A namespace in the list of all.

    Attributes:
        name: of the namespace.
        api_key: the one that was made for it; of `default` the first that may do everything, None if there is none.
        base_url: what a client is pointed at, with /api/v1.
        created_at, last_used: ISO-8601 in UTC, by the emulator's machine.
        unused_seconds: whole ones, since it was used last.
        ttl_seconds: how long it is kept when nobody uses it; None for good.
        deleted_at: when it was deleted, by the emulator's machine; None for one that can be used.
    """

    name: str
    api_key: str | None
    base_url: str
    created_at: str
    last_used: str
    unused_seconds: int
    ttl_seconds: float | None
    deleted_at: str | None = None


class Namespaces(NamespaceControl):
    """Listing namespaces, and forgetting them."""

    def namespaces(self, *, deleted: bool = False) -> tuple[NamespaceInfo, ...]:
        """Every namespace, oldest first.

        Args:
            deleted: behind them also those that were deleted and can still be looked at, newest first: what reads works
                for one as before, by its name, and what changes something is refused.
        """
        query = {"deleted": "true"} if deleted else None
        shown = self._control.ask("GET", "/namespaces", None, query=query)
        return tuple(read(NamespaceInfo, one, deleted_at=one.get("deleted_at")) for one in shown)

    def delete_namespace(self, name: str, *, forever: bool = False) -> None:
        """Forget a namespace; requests that wait in it are sent away.

        Args:
            name: of the namespace.
            forever: it cannot be looked at afterwards, and takes no place of others that can.
        """
        query = {"forever": "true"} if forever else None
        self._control.ask("DELETE", f"/namespaces/{quoted(name)}", None, query=query)
