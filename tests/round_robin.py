"""A proxy that passes connections on, each to the next of some servers; it knows nothing of what goes through them."""

import asyncio
import socket
import struct
import threading
from collections.abc import Sequence
from itertools import cycle

_PIECE = 1 << 16
_RESETS = struct.pack("ii", 1, 0)


class RoundRobin:
    """A proxy on 127.0.0.1, in a thread.

    Args:
        ports: of the servers on 127.0.0.1.

    Attributes:
        port: of the proxy, once it was started.
    """

    port: int

    def __init__(self, ports: Sequence[int]) -> None:
        self._next = cycle(ports)
        self._tasks: set[asyncio.Future[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Take connections."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._take, "127.0.0.1", 0)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_read, to_write = await asyncio.open_connection("127.0.0.1", next(self._next))
        except OSError:
            writer.transport.abort()
            return
        upwards = asyncio.ensure_future(_pipe(reader, to_write))
        self._tasks.add(upwards)
        try:
            await _pipe(to_read, writer)
        finally:  # the server has closed it
            upwards.cancel()
            self._tasks.discard(upwards)
            for one in (writer, to_write):
                one.close()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._tasks.add(task)  # nothing else holds it
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Take none any more, and end those that there are."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, and how it ends."""
    try:
        while data := await reader.read(_PIECE):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
        writer.transport.abort()
