"""How many requests are answered in a time, counted by token buckets. This module is the limit of one namespace (D48)."""

import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Scope = Literal["key", "session"]

_MAX_BUCKETS = 10_000
_INEXACT = 1e-6  # seconds: unix times are not more exact than that


class RateLimit(NamedTuple):
    """So many `requests` at once; so many come back in `per_seconds`, counted for each key or each session."""

    requests: int
    per_seconds: float
    scope: Scope = "key"


class Allowance(NamedTuple):
    """What a request was told.

    Attributes:
        limit: the requests that may come at once.
        remaining: how many of them are left.
        reset: whole seconds until all are there again.
        retry_after: whole seconds until the next one; 0 if this request was allowed.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int


class Limiter:
    """Counts; of very many buckets those that were used last are remembered."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def copy(self) -> "Limiter":
        """Another one that has counted the same."""
        other = Limiter(self.limit)
        other._buckets = self._buckets.copy()
        return other

    def take(self, name: str, now: float) -> Allowance:
        """Take a token out of a bucket, at a time in seconds; nothing is taken when there is none."""
        limit, rate = self.limit, self.limit.requests / self.limit.per_seconds
        level, at = self._buckets.pop(name, (float(limit.requests), now))
        level = min(limit.requests, level + max(0.0, now - at) * rate)
        allowed = level >= 1 - _INEXACT * max(1.0, rate)
        if allowed:
            level = max(0.0, level - 1)
        self._buckets[name] = (level, now)
        if len(self._buckets) > _MAX_BUCKETS:
            self._buckets.popitem(last=False)
        reset = _seconds((limit.requests - level) / rate)
        return Allowance(
            limit.requests, int(level + _INEXACT), reset, 0 if allowed else max(1, _seconds((1 - level) / rate))
        )


def _seconds(exact: float) -> int:
    return math.ceil(exact - 1e-6)


def read_rate_limit(entry: Mapping[str, Any]) -> RateLimit:
    """Read an entry that fits the schema."""
    return RateLimit(entry["requests"], entry["per_seconds"], entry.get("scope", "key"))
