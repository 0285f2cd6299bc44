"""How many requests are answered in a time. This module is the record, and how it is read (D48)."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Scope = Literal["key", "session"]


class RateLimit(NamedTuple):
    """So many `requests` at once; so many come back in `per_seconds`, counted for each key or each session."""

    requests: int
    per_seconds: float
    scope: Scope = "key"


def read_rate_limit(entry: Mapping[str, Any]) -> RateLimit:
    """Read an entry that fits the schema."""
    return RateLimit(entry["requests"], entry["per_seconds"], entry.get("scope", "key"))
