"""The connection below a request: whether the client left, and closing it. This module is the one that looks behind ASGI.

ASGI has no way to close a connection without an answer. Uvicorn's `receive` is a method of the object that holds the
connection; with other servers nothing is known, and nothing is closed.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.types import Receive

from atthene_emulator.errors import ApiError

if TYPE_CHECKING:
    from atthene_emulator.domain.running import Waiter

_DISCONNECTS = ("http.disconnect", "websocket.disconnect")
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # closing does not wait for what was not sent


class ClientGone(Exception):  # an event, not an error
    """The client closed the connection before its request was complete, or while it was to wait."""


def _holder(receive: Receive) -> Any:
    return getattr(receive, "__self__", None)


def is_open(receive: Receive) -> bool:
    """Whether the client was still there when everything had been written."""
    return not getattr(getattr(receive, "__self__", None), "disconnected", False)


def refusal(receive: Receive) -> ApiError | None:
    """Why the rest of the body is not read, if it is not."""
    return getattr(_holder(receive), "refusal", None)


async def close(receive: Receive, *, at_once: bool = False) -> None:
    """Close the connection, when what was written is sent or at once; returns when it is closed."""
    transport = getattr(_holder(receive), "transport", None)
    if transport is None:
        return
    if at_once:
        transport.abort()
    else:
        transport.close()
    await _left(receive)


def abort(receive: Receive) -> None:
    """Close the connection at once; who reads or writes learns of it."""
    transport = getattr(_holder(receive), "transport", None)
    if transport is not None:
        transport.abort()


async def reset(receive: Receive) -> None:
    """End the connection so that the client sees it reset: what was not delivered is lost; returns when it is closed."""
    transport = getattr(_holder(receive), "transport", None)
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is not None:
        with socket.socket(fileno=os.dup(sock.fileno())) as same:  # the one of some event loops takes no options
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    await close(receive, at_once=True)


async def send_raw(receive: Receive, data: bytes) -> None:
    """Send bytes that are no answer, and close the connection; returns when it is closed."""
    transport = getattr(_holder(receive), "transport", None)
    if transport is not None:
        transport.write(data)
    await close(receive)


def _never() -> bool:
    return False


def cancel_when_client_leaves(receive: Receive, goes_on: Callable[[], bool] = _never) -> "Waiter":
    """Waits for something, and ends with `ClientGone` when the client closes the connection before.

    Args:
        receive: of the connection.
        goes_on: is asked then, and once only: whether to wait nevertheless, for this and for all else.
    """
    stays = False

    async def wait(waiting: Awaitable[None]) -> None:
        nonlocal stays
        if stays:
            await waiting
            return
        awaited = asyncio.ensure_future(waiting)
        left = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((awaited, left), return_when=asyncio.FIRST_COMPLETED)
            if not awaited.done():
                stays = goes_on()
                if not stays:
                    raise ClientGone
            await awaited
        finally:
            awaited.cancel()
            left.cancel()
            await asyncio.gather(awaited, left, return_exceptions=True)

    return wait


async def _left(receive: Receive) -> None:
    while (await receive())["type"] not in _DISCONNECTS:
        pass
