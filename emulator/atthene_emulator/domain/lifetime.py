"""How long a namespace is kept: for good, or until nobody has used it for a while. This module is that record.

It counts the machine's own seconds, which no clock that is put back or frozen changes.
"""


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

    def is_over(self, now: float) -> bool:
        """Whether nobody has used it for too long."""
        return self.ttl_seconds is not None and now - self.used > self.ttl_seconds
