"""How many requests are answered in a time. This module is the record, and how it is read (D48)."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Scope = Literal["key", "account", "session"]


class RateLimit(NamedTuple):
    """So many `requests` at once; so many come back in `per_seconds`, counted for each key, account or session."""

    requests: int
    per_seconds: float
    scope: Scope = "key"


# 100 requests in a minute and user [documented: known-issues@G1t]; off unless it is wanted (D08).
DOCUMENTED = RateLimit(100, 60.0, "account")


def read_rate_limit(entry: Mapping[str, Any] | str) -> RateLimit:
    """Read an entry that fits the schema: a limit, or the word `documented`."""
    if isinstance(entry, str):
        return DOCUMENTED
    return RateLimit(entry["requests"], entry["per_seconds"], entry.get("scope", "key"))
