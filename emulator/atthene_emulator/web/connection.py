"""The connection below a request: whether the client left, and closing it. This module is the one that looks behind ASGI.

ASGI has no way to close a connection without an answer. Uvicorn's `receive` is a method of the object that holds the
connection; with other servers nothing is known, and nothing is closed.
"""

from typing import Any

from starlette.types import Receive


def _holder(receive: Receive) -> Any:
    return getattr(receive, "__self__", None)


def is_open(receive: Receive) -> bool:
    """Whether the client was still there when everything had been written."""
    return not getattr(_holder(receive), "disconnected", False)


async def close(receive: Receive, *, at_once: bool = False) -> None:
    """Close the connection, when what was written is sent or at once; returns when it is closed."""
    transport = getattr(_holder(receive), "transport", None)
    if transport is None:
        return
    if at_once:
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
