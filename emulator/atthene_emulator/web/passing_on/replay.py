"""What an application receives, kept while it is little, so that it can be received again. This module is that."""

from typing import Any

from starlette.types import Message, Receive

from atthene_emulator.limits import PASSED_BODY

_KINDS = ("http.request", "websocket.connect")


class Replay:
    """The messages of one request. What looks below ASGI, by `receive.__self__`, finds the connection through this.

    Args:
        receive: of the request.

    Attributes:
        is_whole: whether all that came is still here.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: list[Message] = []
        self._next = 0
        self._size = 0
        self.is_whole = True

    @staticmethod
    def of(receive: Receive) -> "Replay":
        """The replay that this is of, else a new one."""
        holder = getattr(receive, "__self__", None)
        return holder if isinstance(holder, Replay) else Replay(receive)

    def from_its_beginning(self) -> Receive:
        """Receives everything again."""
        self._next = 0
        return self.receive

    async def receive(self) -> Message:
        """The next message: one that is kept, else one that comes."""
        if self._next < len(self._kept):
            self._next += 1
            return self._kept[self._next - 1]
        message = await self._receive()
        if self.is_whole and message["type"] in _KINDS:
            self._keep(message)
        return message

    def _keep(self, message: Message) -> None:
        self._size += len(message.get("body", b""))
        self.is_whole = self._size <= PASSED_BODY.most
        if self.is_whole:
            self._kept.append(message)
        else:
            self._kept.clear()
        self._next = len(self._kept)

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._receive, "__self__", None), name)
