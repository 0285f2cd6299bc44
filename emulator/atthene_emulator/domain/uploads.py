"""Forms that are on their way: this module is how many bytes all of them have together.

Of a form nothing is kept before its request is answered, so no bound of a namespace counts it.
"""

from atthene_emulator.errors import TooManyUploads
from atthene_emulator.limits import UPLOADS, Limit


class Uploads:
    """Bytes of the forms of all requests that are not answered yet.

    Args:
        limit: how many there may be.

    Attributes:
        size: how many there are.
    """

    def __init__(self, limit: Limit = UPLOADS) -> None:
        self._limit = limit
        self.size = 0

    def add(self, size: int) -> None:
        """Count bytes that have come.

        Raises:
            TooManyUploads: there are too many; they are not counted.
        """
        if self.size + size > self._limit.most:
            raise TooManyUploads(
                f"Uploads that are under way have {self._limit.shown} already, and no more is held of them; "
                "send again when some are done, and fewer at a time"
            )
        self.size += size

    def remove(self, size: int) -> None:
        """Bytes that were counted are held no longer."""
        self.size -= size
