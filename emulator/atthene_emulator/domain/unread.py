"""Records that were kept, and are read when somebody asks for one. This module is the dictionary that does so.

A hundred thousand sessions come back in a moment, of which most are never asked for.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from atthene_emulator.errors import Damaged

R = TypeVar("R")

Rest = dict[str, bytes]


class Unread(dict[str, R]):
    """Records by their ids, in order.

    Args:
        namespace: whose they are.
        values: records, and bytes in place of those that are not read yet.
        rest: more bytes that belong to them.
        read: reads a record of its bytes, and takes out of the rest what it needs.
    """

    def __init__(self, namespace: str, values: dict[str, Any], rest: Rest, read: Callable[[bytes, Rest], R]) -> None:
        super().__init__(values)
        self._namespace = namespace
        self._rest = rest
        self._read = read

    def __getitem__(self, record_id: str) -> R:
        """The record.

        Raises:
            KeyError: there is none.
            Damaged: what was kept of it cannot be read.
        """
        record: Any = super().__getitem__(record_id)
        if type(record) is bytes:
            try:
                record = self[record_id] = self._read(record, self._rest)
            except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
                raise Damaged(self._namespace, repr(error)) from error
        return cast("R", record)

    def copy(self) -> "Unread[R]":
        """The same records; each copy reads its own."""
        return Unread(self._namespace, self, self._rest.copy(), self._read)
