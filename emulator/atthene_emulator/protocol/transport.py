"""The transport below a connection, as uvicorn sees it. This module is what closing means there."""

from asyncio import Transport
from collections.abc import Callable
from typing import Any


class PoliteTransport:
    """A transport that is closed when its connection agrees; all the rest is that of the transport.

    Who closes a connection while its client still sends takes the answer away from the client: the machine answers what comes
    with a reset, and the client's machine throws away what was not read yet.

    Args:
        transport: the one of the event loop.
        close: what happens instead of closing at once.
    """

    def __init__(self, transport: Transport, close: Callable[[], None]) -> None:
        self._transport = transport
        self.close = close
        self.write = transport.write  # called for each answer
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
