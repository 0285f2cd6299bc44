"""Counting requests by token buckets. This module is the rate limit of one namespace at work (D48)."""

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.rate_limit import RateLimit, read_rate_limit
from atthene_emulator.domain.rows import Kept, Row, RowChange, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import Table
from atthene_emulator.limits import BUCKETS

_INEXACT = 1e-6  # seconds: unix times are not more exact than that


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


_Bucket = tuple[float, float]  # the tokens that were in it, at a time in seconds


class Limiter(SavedPart):
    """Counts; of very many buckets those that were used last are remembered.

    Attributes:
        limit: None counts nothing.
    """

    scope = "rate_limit"
    tables = ("rate_limit", "buckets")

    def __init__(self, limit: RateLimit | None = None) -> None:
        self._buckets: Table[_Bucket] = Table("buckets", as_bytes)
        self.set(limit)

    def set(self, limit: RateLimit | None) -> None:
        """Count anew from now on, or no longer."""
        self.limit = limit
        self._buckets.clear()

    def reset(self, seed: Seed) -> None:
        """Count anew, with the limit of the seed."""
        self.set(seed.rate_limit)

    def save(self) -> Json:
        """The limit; what was counted is of a moment, and left out."""
        return {"rate_limit": self.limit._asdict() if self.limit else None}

    def load(self, saved: Saved) -> None:
        """Count anew, with the limit that was saved."""
        entry = saved.document.get("rate_limit")
        self.set(read_rate_limit(entry) if entry else None)

    def copy(self) -> tuple[RateLimit | None, Mapping[str, _Bucket]]:
        """The limit, and what was counted."""
        return self.limit, self._buckets.things.copy()

    def restore(self, copied: tuple[RateLimit | None, Mapping[str, _Bucket]]) -> None:
        """Go on from what was counted."""
        self.limit, buckets = copied
        self._buckets.replace(buckets)

    def stamp(self) -> RateLimit | None:
        """As `SavedPart`."""
        return self.limit

    def note_changes(self) -> None:
        """As `Part`."""
        super().note_changes()
        self._buckets.note_changes()

    def rows(self) -> Iterator[Row | Configuration]:
        """One with the limit, and one for each bucket."""
        yield from super().rows()
        yield from self._buckets.rows()

    def changes(self) -> Iterator[RowChange]:
        """As `Part`."""
        yield from super().changes()
        yield from self._buckets.changes()

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        self.set(None)
        super().take_up(kept)
        self._buckets.take_up(kept, _read)

    def take(self, limit: RateLimit, name: str, now: float) -> Allowance:
        """Take a token out of a bucket of its limit, at a time in seconds; nothing is taken when there is none."""
        rate = limit.requests / limit.per_seconds
        level, at = self._buckets.things.get(name, (float(limit.requests), now))
        level = min(float(limit.requests), level + max(0.0, now - at) * rate)
        allowed = level >= 1 - _INEXACT * max(1.0, rate)
        if allowed:
            level = max(0.0, level - 1)
        self._buckets.put(name, (level, now))
        if len(self._buckets.things) > BUCKETS.most:
            self._buckets.drop_first()
        reset = _seconds((limit.requests - level) / rate)
        return Allowance(
            limit.requests, int(level + _INEXACT), reset, 0 if allowed else max(1, _seconds((1 - level) / rate))
        )


def _read(row: Row) -> _Bucket:
    level, at = map(float, row.read())
    return level, at


def _seconds(exact: float) -> int:
    return math.ceil(exact - 1e-6)
