"""Small ASGI applications, to be served instead of the emulator's. `python -m tests.protocol.applications` serves them."""

import asyncio
import queue
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch

from atthene_emulator import server as serving
from atthene_emulator.boot import build_emulator
from atthene_emulator.listening import listen
from atthene_emulator.server import serve
from atthene_emulator.settings import Settings
from atthene_emulator.web import connection

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Application:
    """Does on a socket what its path names; `seen` gets what a test wants to know of it."""

    def __init__(self) -> None:
        self.seen: queue.Queue[Any] = queue.Queue()
        self._go = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop

    def go(self) -> None:
        """Let what waits go on."""
        self._loop.call_soon_threadsafe(self._go.set)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise NotImplementedError(scope["type"])
        assert (await receive())["type"] == "websocket.connect"
        await getattr(self, scope["path"].strip("/") or "echo")(scope, receive, send)

    def saw(self) -> Any:
        return self.seen.get(timeout=10)

    async def echo(self, _: Any, receive: Receive, send: Send) -> None:
        """Say again; tell how it ends, twice."""
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({**message, "type": "websocket.send"})
        assert await receive() == message
        self.seen.put((message["code"], message["reason"]))
        await send({"type": "websocket.send", "text": "too late"})

    async def tell(self, scope: Any, _: Receive, send: Send) -> None:
        self.seen.put(scope)
        await send({"type": "websocket.accept", "subprotocol": "second", "headers": [(b"x-mark", b"here")]})

    async def refuse(self, _: Any, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})
        self.seen.put((await receive())["code"])

    async def deny(self, _: Any, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "websocket.http.response.start", "status": 404, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"{", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"}"})
        self.seen.put((await receive())["code"])

    async def leave(self, *_: Any) -> None:
        """End before anything is said."""

    async def early(self, _: Any, __: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "text": "early"})

    async def fail(self, _: Any, __: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        raise ZeroDivisionError

    async def close(self, _: Any, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "last"})
        await send({"type": "websocket.close", "code": 4003, "reason": "é" * 100})
        ended = await receive()
        self.seen.put((ended["code"], len(ended["reason"])))

    async def fifty(self, _: Any, receive: Receive, send: Send) -> None:
        """Send fifty messages whenever one comes; tell how often the connection was written to."""
        await send({"type": "websocket.accept"})
        socket = receive.__self__  # type: ignore[attr-defined]
        while (await receive())["type"] == "websocket.receive":
            with patch.object(socket, "_write", side_effect=socket._write) as write:  # noqa: SLF001
                for number in range(50):
                    await send({"type": "websocket.send", "text": f"piece {number}"})
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                self.seen.put(write.call_count)

    async def pour(self, _: Any, receive: Receive, send: Send) -> None:
        """Send thirty megabytes in pieces of a kilobyte; tell how much is sent, and the most that waited."""
        await send({"type": "websocket.accept"})
        transport = receive.__self__._transport  # type: ignore[attr-defined]  # noqa: SLF001
        most = 0
        for megabyte in range(30):
            self.seen.put((megabyte, most))
            for number in range(1024):
                await send({"type": "websocket.send", "text": f"{1024 * megabyte + number:<1024}"})
                most = max(most, transport.get_write_buffer_size())
        self.seen.put("poured")
        self.seen.put((await receive())["code"])

    async def ignore(self, _: Any, receive: Receive, send: Send) -> None:
        """Take nothing until it may; tell how many messages wait, then how many came, and how it ended."""
        await send({"type": "websocket.accept"})
        self._loop = asyncio.get_running_loop()
        self.seen.put("waits")
        await self._go.wait()
        self.seen.put(len(receive.__self__._messages))  # type: ignore[attr-defined]  # noqa: SLF001
        count = 0
        while (message := await receive())["type"] == "websocket.receive":
            count += 1
        self.seen.put((count, message["code"]))

    async def cut(self, scope: Any, receive: Receive, send: Send) -> None:
        """Send three messages, and end the connection as the query says."""
        await send({"type": "websocket.accept"})
        for number in range(3):
            await send({"type": "websocket.send", "text": str(number)})
        how: dict[bytes, Callable[[], Awaitable[None]]] = {
            b"close": lambda: connection.close(receive),
            b"at_once": lambda: connection.close(receive, at_once=True),
            b"reset": lambda: connection.reset(receive),
            b"raw": lambda: connection.send_raw(receive, b"\x81\x7e"),
        }
        await how[scope["query_string"]]()
        self.seen.put((await receive())["code"])


def served(application: Any) -> AbstractContextManager[object]:
    """While this lasts, servers are made for this application, if it is one."""
    return patch.object(serving, "create_app", lambda *_, **__: application) if application else nullcontext()


def main() -> None:
    """Serve until a signal comes."""
    settings = Settings(port=0)
    emulator = build_emulator(settings)
    sockets = listen(settings.host, 0)
    with served(Application()):
        serve(emulator, sockets, lambda: print(sockets[0].getsockname()[1], flush=True), lambda: None)


if __name__ == "__main__":
    main()
