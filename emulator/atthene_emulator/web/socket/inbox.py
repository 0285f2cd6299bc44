"""What a client sends, taken as it comes. This module is that inbox.

A frame may wait for long, by a fault; that the client has left meanwhile is seen here.
"""

import asyncio
from collections import deque

from starlette.types import Message, Receive

from atthene_emulator.limits import SOCKET_AHEAD

DISCONNECT = "websocket.disconnect"
_MESSAGE = 500  # bytes of a message without what it says


class Inbox:
    """What a client sends.

    Args:
        receive: of ASGI.

    Attributes:
        closed: the client has left; what it has sent before is still here.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: deque[Message] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self.closed = asyncio.Event()

    async def listen(self) -> None:
        """Take what comes, a little ahead, until the client has left."""
        while not self.closed.is_set():
            message = await self._receive()
            self._messages.append(message)
            self._size += _size(message)
            self._news.set()
            if message["type"] == DISCONNECT:
                self.closed.set()
            while self._size > SOCKET_AHEAD.most:
                self._room.clear()
                await self._room.wait()

    async def next(self) -> Message:
        """What was sent next."""
        while not self._messages:
            self._news.clear()
            await self._news.wait()
        message = self._messages.popleft()
        self._size -= _size(message)
        self._room.set()
        return message


def _size(message: Message) -> int:
    return _MESSAGE + len(message.get("text") or message.get("bytes") or "")
