"""How much of what was kept is shown at once, bounded. This module is the room that there is."""


class Room:
    """How many bytes may still be taken; none, once something was too large."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, size: int) -> bool:
        """Whether so many were left, and are taken."""
        fits = size <= self._left
        self._left = self._left - size if fits else 0
        return fits

    def __bool__(self) -> bool:
        return self._left > 0
