"""One connection to another emulator, and an answer on it. This module is how that is read.

What answers there is an emulator, so an answer is read as emulators write it, and everything else is no answer. Streams of asyncio
and a parser for whatever servers say would cost as much again as the whole rest of passing on.
"""

import asyncio
import re
from asyncio import Future, Transport
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from atthene_emulator.web.passing_on.sender import NOT_MINE, NOT_MINE_STATUS

_AHEAD = 64 * 1024  # bytes that are read before somebody takes them
_LINE = 64  # bytes of the size of a chunk, at most
_STATUS = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) ")
_END = b"\r\n\r\n"
_SWITCHING, _SUCCESS = 101, 200
_BODILESS = (204, 304)


class Broken(Exception):  # an event, not an error
    """The connection has ended before the answer.

    Args:
        came: what has come instead of the head of an answer.
        is_reset: whether the other side has thrown away what was on its way.
    """

    def __init__(self, came: bytes = b"", *, is_reset: bool = False) -> None:
        super().__init__(came)
        self.came = came
        self.is_reset = is_reset


class Head(NamedTuple):
    """The head of an answer.

    Attributes:
        status: of the answer.
        headers: with names in lower case, but for the date and how the body comes: the server that passes it on says that itself.
        size: bytes of the body; None if it comes in chunks.
        stays: whether the connection can be used again.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    size: int | None
    stays: bool

    @property
    def is_not_mine(self) -> bool:
        """Whether an emulator says that it does not own the namespace."""
        return self.status == NOT_MINE_STATUS and NOT_MINE in self.headers

    @property
    def is_informational(self) -> bool:
        """Whether another head comes."""
        return self.status < _SUCCESS and self.status != _SWITCHING


class Peer(asyncio.Protocol):
    """One connection to another emulator; one reads it.

    Attributes:
        since: when it was last used, by the clock of the event loop.
    """

    _transport: Transport

    def __init__(self) -> None:
        self.since = 0.0
        self._came = bytearray()
        self._broken: Broken | None = None
        self._reader: Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._is_paused = False

    # What the event loop calls.

    def connection_made(self, transport: Any) -> None:
        """It is open."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what came, and read no more when that is a lot."""
        self._came += data
        if len(self._came) > _AHEAD and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        if self._broken is None:
            self._broken = Broken(is_reset=exc is not None)
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        """The other side does not read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It has read."""
        self._writable.set()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # What is sent.

    @property
    def is_open(self) -> bool:
        """Whether nothing is known of an end."""
        return self._broken is None and not self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send; that it breaks is seen by who reads."""
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the other side has read most of what was sent."""
        if not self._writable.is_set():
            await self._writable.wait()

    def abort(self) -> None:
        """Close it at once."""
        self._transport.abort()

    # What comes.

    async def head(self, method: str) -> Head:
        """The head of the answer to a request by this method.

        Raises:
            Broken: none comes.
        """
        while (end := self._came.find(_END)) < 0:
            if len(self._came) > _AHEAD:
                raise Broken(self._taken(len(self._came)))
            try:
                await self._news()
            except Broken as broken:
                raise Broken(self._taken(len(self._came)), is_reset=broken.is_reset) from None
        whole = self._taken(end + len(_END))
        lines = whole[: -len(_END)].split(b"\r\n")
        match = _STATUS.match(lines[0])
        if match is None:
            raise Broken(whole)
        return _head(int(match[1]), lines[1:], method)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body of an answer that comes in chunks, as it comes.

        Raises:
            Broken: it ended before.
        """
        while size := await self._chunk_size():
            while size:
                piece = await self.piece(size)
                size -= len(piece)
                yield piece
            await self._line()
        await self._line()

    async def piece(self, size: int) -> bytes:
        """What has come, or comes next, and not more than so many bytes.

        Raises:
            Broken: nothing more comes.
        """
        while not self._came:
            await self._news()
        return self._taken(min(size, len(self._came)))

    async def _chunk_size(self) -> int:
        line = await self._line()
        try:
            return int(line, 16)
        except ValueError:
            raise Broken from None

    async def _line(self) -> bytes:
        while (end := self._came.find(b"\r\n")) < 0:
            if len(self._came) > _LINE:
                raise Broken
            await self._news()
        return self._taken(end + 2)[:-2]

    async def _news(self) -> None:
        """Wait until more has come.

        Raises:
            Broken: nothing more comes.
        """
        if self._broken is not None:
            raise self._broken
        self._reader = asyncio.get_running_loop().create_future()
        await self._reader

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._came[:size])
        del self._came[:size]
        if self._is_paused and len(self._came) <= _AHEAD:
            self._is_paused = False
            self._transport.resume_reading()
        return taken


def _head(status: int, lines: list[bytes], method: str) -> Head:
    headers: list[tuple[bytes, bytes]] = []
    size: int | None = None
    stays, is_dated = True, False
    for line in lines:
        name, _, value = line.partition(b": ")
        name = name.lower()
        if name == b"date" and not is_dated:
            is_dated = True
        elif name != b"transfer-encoding":
            headers.append((name, value))
        if name == b"content-length":
            size = int(value)
        elif name == b"connection":
            stays = b"close" not in value.lower()
    if method == "HEAD" or status in _BODILESS or status < _SUCCESS:
        size = 0
    return Head(status, headers, size, stays)
