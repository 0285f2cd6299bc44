"""The feed as Server-Sent Events. This module is that stream, and the handler of the control plane that opens it.

A reader that does not read is dropped as soon as events that it has not got are forgotten: nothing is kept for it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atthene_emulator.domain.common_feed import CommonFeed
from atthene_emulator.domain.feed import Event, Feed
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.errors import Misuse, TooManyReaders
from atthene_emulator.limits import CHUNK, READERS
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import connection, wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.connection import ClientGone, cancel_when_client_leaves
from atthene_emulator.web.control.everywhere import is_everywhere
from atthene_emulator.web.control.journal import shown_entry
from atthene_emulator.web.exchange import Exchange

_QUIET_SECONDS = 15.0
_LOOK_SECONDS = 1.0
_MAX_DIGITS = 15
_SHARED = 4  # events, which may be large


class EventStream(Response):
    """What a feed tells after the event of this number, without end.

    Args:
        feed: whose events.
        number: the last event that the client has seen.
        token: of the control plane, which is never shown.
    """

    media_type = "text/event-stream"

    def __init__(self, feed: Feed | CommonFeed, number: int, token: str | None = None) -> None:
        super().__init__(headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._feed = feed
        self._token = token
        self._restarted = number > feed.last  # the client followed another run
        self._number = 0 if self._restarted else number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client goes, falls behind, or nothing more can come."""
        with self._feed.followed(), suppress(ClientGone):
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body"})
            else:
                await self._follow(receive, send)

    async def _follow(self, receive: Receive, send: Send) -> None:
        missed, found = self._feed.since(self._number)
        is_gap = missed or self._restarted
        first = (
            _line("gap", self._number + missed, {"missed": missed, "restarted": self._restarted})
            if is_gap
            else b": hello\n\n"
        )
        wait = cancel_when_client_leaves(receive)
        self._number += missed
        while True:
            if found:
                self._number = found[-1].number  # what was found is held here, and may be forgotten elsewhere
            async for chunk in self._chunks(first, found):
                if not await self._sent(chunk, send):
                    await connection.close(receive, at_once=True)
                    return
            await wait(self._news())
            missed, found = self._feed.since(self._number)
            if missed:
                await connection.close(receive, at_once=True)
                return
            if self._feed.signal.ended and not found:
                await send({"type": "http.response.body"})
                return
            first = b"" if found else b": quiet\n\n"  # a comment keeps the connection open

    async def _chunks(self, first: bytes, found: Sequence[Event]) -> AsyncIterator[bytes]:
        """Those bytes, and then events, in pieces; an event is encoded when what is before it was taken."""
        chunk = first
        for event in found:
            size = event.what.size if isinstance(event.what, Entry) else 0
            data = await aside(size, encoded, event, self._token)
            if len(chunk) + len(data) <= CHUNK.most:
                chunk += data
                continue
            if chunk:
                yield chunk
            whole = len(data) - len(data) % CHUNK.most
            for start in range(0, whole, CHUNK.most):
                yield data[start : start + CHUNK.most]
            chunk = data[whole:]
        if chunk:
            yield chunk

    async def _news(self) -> None:
        """Return when something has happened since, or after a while."""
        # Looking and waiting are one step: this runs as a task of its own, before which something may happen.
        if self._feed.last == self._number:
            await self._feed.signal.wait(_QUIET_SECONDS)

    async def _sent(self, chunk: bytes, send: Send) -> bool:
        """Send; False when the client does not take it: before later events are forgotten, or soon after the feed has ended."""
        sending = asyncio.ensure_future(send({"type": "http.response.body", "body": chunk, "more_body": True}))
        try:
            while not sending.done():
                happening = asyncio.ensure_future(self._feed.signal.wait(_LOOK_SECONDS))
                await asyncio.wait({sending, happening}, return_when=asyncio.FIRST_COMPLETED)
                happening.cancel()
                if self._feed.signal.ended:  # these it may still get
                    await asyncio.wait({sending}, timeout=_LOOK_SECONDS)
                    return sending.done()
                if not sending.done() and self._feed.has_lost(self._number):
                    return False
            return True
        finally:
            sending.cancel()


def encoded(event: Event, token: str | None = None) -> bytes:
    """An event as it is sent, without secrets."""
    number, what, source = event
    secrets = tuple(filter(None, (token, source.key)))
    if isinstance(what, Entry):
        return _request(number, what, source.namespace, secrets)
    told = {"at": format_time(what.at), "namespace": source.namespace, **redact_value(what.data, secrets)}
    return _line(what.kind, number, told)


@lru_cache(_SHARED)
def _request(number: int, entry: Entry, namespace: str, secrets: tuple[str, ...]) -> bytes:
    """Encoded once for all who follow: readers that wait hold the same bytes."""
    return _line("request", number, shown_entry(entry, namespace, secrets))


def _line(kind: str, number: int, shown: Any) -> bytes:
    return b"event: %s\nid: %d\ndata: %s\n\n" % (kind.encode(), number, wire.encode(shown))


async def follow_events(exchange: Exchange) -> Response:
    """Each entry and each change as it happens."""
    emulator = exchange.emulator
    feed = emulator.feed if is_everywhere(exchange) else exchange.namespace.feed
    if feed is emulator.feed and emulator.watcher is not None:
        await emulator.watcher.follow()
    given = exchange.headers.get(b"last-event-id", exchange.query.get("last_event_id", str(feed.last)).encode())
    if not given.isdigit() or len(given) > _MAX_DIGITS:
        raise Misuse("Last-Event-ID must be the id of an event; leave it out to begin now")
    if feed.readers >= READERS.most:
        raise TooManyReaders(f"{READERS.most} readers follow these events already; close one")
    return EventStream(feed, int(given), emulator.settings.control_token)
