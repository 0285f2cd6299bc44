"""How many requests may come. This module is that part of the client."""

from dataclasses import dataclass
from typing import Literal

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import read


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many `requests` in so many seconds, `per_seconds`, for each key, account or session, which is the `scope`."""

    requests: int
    per_seconds: float
    scope: str


class RateLimiting(NamespaceControl):
    """Counting requests."""

    def rate_limit(
        self, requests: int | Literal["documented"] | None = None, *, per_seconds: float = 60.0, scope: str = "key"
    ) -> RateLimit | None:
        """The limit, None if there is none; with `requests`, first set it to so many `per_seconds`.

        Args:
            requests: how many may come in that time; or `documented`, for the service's own limit.
            per_seconds: in the namespace's time.
            scope: what is counted for itself, key, account or session.
        """
        if requests is None:
            shown = self._ask("GET", "/rate-limit")
        elif requests == "documented":
            shown = self._ask("PUT", "/rate-limit", requests)
        else:
            limit = {"requests": requests, "per_seconds": per_seconds, "scope": scope}
            shown = self._ask("PUT", "/rate-limit", limit)
        return None if shown["requests"] is None else read(RateLimit, shown)

    def drop_rate_limit(self) -> None:
        """Count no longer."""
        self._ask("DELETE", "/rate-limit")
