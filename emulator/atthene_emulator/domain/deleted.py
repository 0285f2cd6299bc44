"""Namespaces that were deleted, kept for a while to be looked at: a test that failed is over, and so is its namespace.

Nobody can use one any more, and nothing changes in it. This module is those that are kept.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.limits import DELETED, DELETED_BYTES


class Deleted(NamedTuple):
    """A namespace that was deleted.

    Attributes:
        namespace: as it was then.
        at: when, in unix seconds by the machine's clock.
        unused: how many seconds nobody had used it by then.
        weight: how many bytes it takes, roughly.
        number: by which what keeps it knows it; 0 where that is memory alone.
    """

    namespace: Namespace
    at: float
    unused: float
    weight: int
    number: int = 0


class DeletedNamespaces:
    """The newest, bounded by their number and by bytes; one that is too large by itself is not kept at all."""

    def __init__(self, most: int = DELETED.most, max_bytes: int = DELETED_BYTES.most) -> None:
        self._most = most
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: deque[Deleted] = deque()

    def __iter__(self) -> Iterator[Deleted]:
        """The newest first."""
        return reversed(self._kept)

    def get(self, name: str) -> Deleted | None:
        """The newest of that name."""
        return next((one for one in self if one.namespace.name == name), None)

    def add(self, one: Deleted) -> Sequence[Deleted]:
        """Keep one; those that leave, the oldest where there is no room, or itself where it is too large."""
        if one.weight > self._max_bytes:
            return (one,)
        self._kept.append(one)
        self._bytes += one.weight
        leaving = list[Deleted]()
        while len(self._kept) > self._most or self._bytes > self._max_bytes:
            leaving.append(self._kept.popleft())
            self._bytes -= leaving[-1].weight
        return leaving
