"""What happens in namespaces of several emulators, told to the one that is asked for all of it. This module is both ends of that.

It is told after it was kept, by whoever keeps it, so in each namespace it comes in the order in which it happened.
"""

import asyncio
import json

from atthene_emulator.domain.common_feed import CommonFeed
from atthene_emulator.domain.feed import Change, EventSource
from atthene_emulator.domain.journal import Entry, entry_row, read_entry
from atthene_emulator.domain.rows import Row, as_bytes
from atthene_emulator.errors import NotKept
from atthene_emulator.steady_clock import steady
from atthene_emulator.vault.vault import SharedVault

_AGAIN = 0.5  # seconds until a connection that was lost is made again
_IDLE = 5.0  # seconds without readers until nothing is followed any longer


class Broadcast:
    """Tells others what happens here, and a feed what happens anywhere, as long as somebody reads it.

    Args:
        feed: of all namespaces, of this emulator.
        vault: that all emulators use.
    """

    def __init__(self, feed: CommonFeed, vault: SharedVault) -> None:
        self._feed = feed
        self._vault = vault
        self._following: asyncio.Task[None] | None = None
        self._begun: asyncio.Future[None] | None = None
        self._wanted = 0.0  # when it was asked for last

    def tell(self, source: EventSource, what: Entry | Change) -> None:
        """Tell what has happened in a namespace, if somebody follows; it may be lost."""
        if self._vault.is_followed:
            self._vault.publish(source.namespace, written(source, what))

    async def follow(self) -> None:
        """Have the feed told of everything from now on.

        Raises:
            NotKept: the store cannot be followed.
        """
        self._wanted = steady()
        if self._following is None or self._following.done():
            self._begun = asyncio.get_running_loop().create_future()
            self._following = asyncio.ensure_future(self._follow(self._begun))
        assert self._begun is not None  # noqa: S101  # as above
        await asyncio.shield(self._begun)

    async def _follow(self, begun: "asyncio.Future[None]") -> None:
        while True:
            try:
                async for name, payload in self._vault.subscribe():
                    if name:
                        self._feed.add(*read(name, payload))
                    elif begun.done():  # the connection was lost meanwhile
                        self._feed.lose()
                    else:
                        begun.set_result(None)
            except NotKept as error:
                if not begun.done():
                    begun.set_exception(error)
                    begun.exception()  # whoever has asked may be gone
                    return
            await asyncio.sleep(_AGAIN)

    def rest(self) -> None:
        """Follow nothing any longer, if nobody reads it."""
        if self._feed.readers:
            self._wanted = steady()
        elif self._following is not None and steady() - self._wanted > _IDLE:
            self._following.cancel()
            self._following = None

    async def close(self) -> None:
        """Follow nothing any longer."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)


def written(source: EventSource, what: Entry | Change) -> bytes:
    """Something that has happened in a namespace, which `read` reads."""
    if isinstance(what, Change):
        return as_bytes([source.key, None]) + b"\n" + as_bytes(what)
    return as_bytes([source.key, what.id]) + b"\n" + (entry_row(0, 0.0, what).value or b"")


def read(name: str, payload: bytes) -> tuple[EventSource, Entry | Change]:
    """What has happened in the namespace of this name."""
    head, _, value = payload.partition(b"\n")
    key, entry = json.loads(head)
    if entry is not None:
        return EventSource(name, key), read_entry(Row("journal", entry, 0, value))[1]
    kind, at, data, entries = json.loads(value)
    return EventSource(name, key), Change(kind, float(at), data, int(entries))
