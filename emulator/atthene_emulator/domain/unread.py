"""Records that were kept, and are read when somebody asks for one. This module is the dictionary that does so.

A hundred thousand sessions come back in a moment, of which most are never asked for.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

R = TypeVar("R")

Rest = dict[str, bytes]


class Unread(dict[str, R]):
    """Records by their ids, in order.

    Args:
        values: records, and bytes in place of those that are not read yet.
        rest: more bytes that belong to them.
        read: reads a record of its bytes, and takes out of the rest what it needs.
    """

    def __init__(self, values: dict[str, Any], rest: Rest, read: Callable[[bytes, Rest], R]) -> None:
        super().__init__(values)
        self._rest = rest
        self._read = read

    def __getitem__(self, record_id: str) -> R:
        """The record.

        Raises:
            KeyError: there is none; or, like ValueError and TypeError, what was kept of it is damaged.
        """
        record: Any = super().__getitem__(record_id)
        if type(record) is bytes:
            record = self[record_id] = self._read(record, self._rest)
        return cast("R", record)

    def copy(self) -> "Unread[R]":
        """The same records; each copy reads its own."""
        return Unread(self, self._rest.copy(), self._read)
