"""Records that were kept, and are read when somebody asks for one. This module is the dictionary that does so.

A hundred thousand sessions come back in a moment, of which most are never asked for.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

R = TypeVar("R")

Raw = tuple[
    Any, ...
]  # of bytes and numbers: a plain tuple, which no record is, and which the garbage collector lets alone


class Unread(dict[str, R]):
    """Records by their ids, in order.

    Args:
        raw: what each is read from.
        read: reads one.
    """

    def __init__(self, raw: dict[str, Any], read: Callable[[Raw], R]) -> None:
        super().__init__(raw)
        self._read = read

    def __getitem__(self, record_id: str) -> R:
        """The record.

        Raises:
            KeyError: there is none; or, like ValueError and TypeError, what was kept of it is damaged.
        """
        record: Any = super().__getitem__(record_id)
        if type(record) is tuple:
            record = self[record_id] = self._read(record)
        return cast("R", record)

    def copy(self) -> "Unread[R]":
        """The same records; each copy reads its own."""
        return Unread(self, self._read)
