"""How long a namespace is kept: for good, or until nobody has used it for a while. This module is that record.

It counts the machine's own seconds, which no clock that is put back or frozen changes.
"""

from math import inf


class Lifetime:
    """When a namespace was made and used.

    Attributes:
        created_at: unix seconds, by the machine's clock.
        ttl_seconds: how long it is kept when nobody uses it; None for good.
        used: when it was used last, in seconds of the emulator's timer.
    """

    __slots__ = ("created_at", "ttl_seconds", "used")

    def __init__(self, created_at: float, ttl_seconds: float | None, used: float) -> None:
        self.created_at = created_at
        self.ttl_seconds = ttl_seconds
        self.used = used

    @property
    def ends(self) -> float:
        """When it will not have been used for too long, unless it is used before; infinity for never."""
        return inf if self.ttl_seconds is None else self.used + self.ttl_seconds
