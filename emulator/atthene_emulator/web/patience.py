"""Waiting only while the client is there. This module is the watch on the connection."""

import asyncio
from collections.abc import Awaitable

from starlette.types import Receive

from atthene_emulator.domain.runtime import Patience
from atthene_emulator.web.body import ClientGone


def until_client_leaves(receive: Receive) -> Patience:
    """A patience that ends with `ClientGone` when the client closes the connection before what it waits for."""

    async def patience(waiting: Awaitable[None]) -> None:
        awaited = asyncio.ensure_future(waiting)
        left = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((awaited, left), return_when=asyncio.FIRST_COMPLETED)
            if not awaited.done():
                raise ClientGone
            await awaited
        finally:
            awaited.cancel()
            left.cancel()
            await asyncio.gather(awaited, left, return_exceptions=True)

    return patience


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
