"""A connection that has become a WebSocket. This module is what an ASGI application has of it.

Frames are those of `websockets`. It takes a while to load, so this module is imported for the first socket, not at the start.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, Task, TimerHandle, Transport
from collections import deque
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side, State

from atthene_emulator.limits import SOCKET_AHEAD, SOCKET_MESSAGE, SOCKET_SILENT_SECONDS, SOCKET_STALL_SECONDS
from atthene_emulator.protocol.handshake import switching

_PIECE = 4096  # bytes that are parsed at once: what they may hold is taken before more is parsed
_LOOKS = 6  # at a connection, in the time that a client may let things wait
_FAREWELL_SECONDS = 5  # for a client to answer that the socket is closed
_STOP_SECONDS = 0.4  # the same, when the server stops
_REASON = 123  # bytes, of which a close frame has no more

_log = logging.getLogger("atthene_emulator")
_log_of_frames = logging.getLogger("atthene_emulator.frames")
_log_of_frames.setLevel(logging.ERROR)  # below that, it writes down what is said


class End(NamedTuple):
    """How a socket was closed; `code` is 1006 where nobody said it."""

    code: int
    reason: str = ""


class SocketConnection(asyncio.Protocol):
    """One socket: an application, and the connection below it.

    What is sent is written once in a round of the event loop, however many messages it is. What comes is read only as fast
    as the application takes it and the client reads what it is sent, so neither of them makes the other one grow. A client
    that reads nothing for long, or is not heard of, is cut off.

    Args:
        app: is run with `scope`, until it ends.
        scope: of ASGI; `send` does nothing once the socket is closed, as before version 2.4 of it.
        transport: is ours from now on.
        loop: runs it.
        connections: those of the server; it is one of them.
        tasks: those of the server; the application is one of them.
    """

    def __init__(
        self,
        app: Any,
        scope: dict[str, Any],
        transport: Transport,
        *,
        loop: AbstractEventLoop,
        connections: set[Any],
        tasks: set[Task[None]],
    ) -> None:
        self._app = app
        self._scope = scope
        self._transport = transport
        self._loop = loop
        self._connections = connections
        self._tasks = tasks
        self._frames = Protocol(Side.SERVER, state=State.OPEN, max_size=SOCKET_MESSAGE.most, logger=_log_of_frames)
        self._task: Task[None]
        self._told = False  # the application, that somebody is there
        self._accepted = False
        self._refusal: tuple[int, list[tuple[bytes, bytes]], bytes] | None = None
        self._end: End | None = None
        self._leaving = False  # what comes is thrown away; the last word is said
        # What comes
        self._unread = bytearray()
        self._is_text = False
        self._message = bytearray()
        self._messages: deque[dict[str, Any]] = deque()
        self._news = asyncio.Event()
        self._reading = True
        # What is sent
        self._due = False
        self._collected = 0
        self._written = 0
        self._full = False  # nothing more is written until the client has read
        self._writable = asyncio.Event()
        self._writable.set()
        # When what happened
        self._heard = self._moved = loop.time()
        self._left = 0
        self._timer: TimerHandle | None = None
        self._goodbye: TimerHandle | None = None

    def begin(self, unread: bytes) -> None:
        """Take the connection over, and run the application; `unread` came behind the handshake."""
        self._transport.set_protocol(self)
        self._transport.set_write_buffer_limits(SOCKET_AHEAD.most)
        self._connections.add(self)
        self._task = self._loop.create_task(self._run())
        self._tasks.add(self._task)
        self._task.add_done_callback(self._tasks.discard)
        self._timer = self._loop.call_later(self._pause, self._look)
        if unread:
            self.data_received(unread)

    # What the application calls. It may find the connection through `receive`, whose `__self__` this is.

    @property
    def transport(self) -> Transport:
        """The connection below, on which everything is written that was sent."""
        self._flush()
        return self._transport

    async def receive(self) -> dict[str, Any]:
        """The next message; at the end, again and again, how the socket was closed."""
        if not self._told:
            self._told = True
            return {"type": "websocket.connect"}
        while not self._messages:
            if self._end is not None:
                return {"type": "websocket.disconnect", "code": int(self._end.code), "reason": self._end.reason}
            self._news.clear()
            await self._news.wait()
        message = self._messages.popleft()
        if not self._messages:
            self._read()
        return message

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message, accept, close or refuse; waits only for a client that does not read.

        Raises:
            RuntimeError: this is not the time for it.
        """
        if not self._writable.is_set():
            await self._writable.wait()
        if self._end is not None:
            await asyncio.sleep(0)  # who sends a lot to nobody holds nobody up
            return
        kind = message["type"].removeprefix("websocket.")
        if self._accepted and kind == "send":
            self._say(message)
        elif self._accepted and kind == "close":
            self._close(End(message.get("code", CloseCode.NORMAL_CLOSURE), message.get("reason") or ""))
        elif not self._accepted and kind == "accept":
            self._accept(message.get("subprotocol"), message.get("headers", ()))
        elif not self._accepted and kind == "close":
            self._refuse(HTTPStatus.FORBIDDEN)
        elif not self._accepted and kind == "http.response.start":
            self._refusal = message["status"], list(message.get("headers", ())), b""
        elif self._refusal is not None and kind == "http.response.body":
            status, headers, body = self._refusal
            self._refusal = status, headers, body + message.get("body", b"")
            if not message.get("more_body", False):
                self._refuse(*self._refusal)
        else:
            raise RuntimeError(f"{message['type']} {'after' if self._accepted else 'before'} websocket.accept")

    # What the event loop calls.

    def data_received(self, data: bytes) -> None:
        """Read what came, as far as there is somebody to take it."""
        self._heard = self._loop.time()
        if not self._leaving:
            self._unread += data
            self._read()

    def connection_lost(self, _: Exception | None) -> None:
        """Nobody is there any more."""
        for timer in (self._timer, self._goodbye):
            if timer is not None:
                timer.cancel()
        self._connections.discard(self)
        self._ended(End(CloseCode.ABNORMAL_CLOSURE))

    def pause_writing(self) -> None:
        """The client does not read: send nothing, and read nothing, since some of that would be answered."""
        self._full = True
        if self._end is None:
            self._writable.clear()
        self._regulate()

    def resume_writing(self) -> None:
        """It has read."""
        self._full = False
        self._writable.set()
        self._read()

    # What the server calls, as it calls other connections.

    def waits(self) -> bool:
        """Whether it may be closed for a new one: never, since who has a socket waits for what comes."""
        return False

    def is_closing(self) -> bool:
        """Whether it is closed, or will be by itself."""
        return self._transport.is_closing()

    def shutdown(self) -> None:
        """Close it, and cut it off soon; its application, too."""
        if self._accepted:
            self._close(End(CloseCode.GOING_AWAY, "The emulator stops"))
        elif self._end is None:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        self._cut_off_after(_STOP_SECONDS)
        self._loop.call_later(_STOP_SECONDS, self._task.cancel)

    def abort(self) -> None:
        """Close the connection at once, whatever is on its way."""
        self._transport.abort()

    # The application.

    async def _run(self) -> None:
        code, status = CloseCode.NORMAL_CLOSURE, HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            await self._app(self._scope, self.receive, self.send)
        except Exception:  # noqa: BLE001  # the client is told that something failed, whatever it was
            _log.exception("A socket has failed")
            code = CloseCode.INTERNAL_ERROR
        if self._accepted:
            self._close(End(code))
        elif self._end is None:
            self._refuse(status)

    def _accept(self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> None:
        chosen = [] if subprotocol is None else [(b"Sec-WebSocket-Protocol", subprotocol.encode("latin-1"))]
        self._accepted = True
        self._write(switching(self._scope["headers"], [*chosen, *headers]))

    def _refuse(self, status: int, headers: Iterable[tuple[bytes, bytes]] = (), body: bytes = b"") -> None:
        """Answer in HTTP; the application is told that the socket has never been open."""
        kept = [header for header in headers if header[0].lower() not in {b"connection", b"content-length", b"date"}]
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        lines = [
            f"HTTP/1.1 {status} {phrase}".encode(),
            f"date: {formatdate(usegmt=True)}".encode(),
            *(b": ".join(header) for header in kept),
            b"content-length: %d" % len(body),
            b"connection: close",
            b"",
            body,
        ]
        self._write(b"\r\n".join(lines))
        self._ended(End(CloseCode.ABNORMAL_CLOSURE))
        self._leave()

    def _say(self, message: dict[str, Any]) -> None:
        data = message.get("bytes")
        if data is None:
            data = message["text"].encode()
            self._frames.send_text(data)
        else:
            self._frames.send_binary(data)
        self._collect(len(data))

    def _close(self, end: End) -> None:
        """Say that it is closed, and wait for a while until the client has said so, too."""
        if self._end is not None:
            return
        self._messages.clear()
        self._frames.send_close(end.code, end.reason.encode()[:_REASON].decode(errors="ignore"))
        self._flush()
        self._ended(end)
        self._cut_off_after(_FAREWELL_SECONDS)
        self._read()

    # What comes.

    def _read(self) -> None:
        """Read until there is something for the application."""
        while self._unread and not self._messages and not self._full and not self._leaving:
            piece = bytes(self._unread[:_PIECE])
            del self._unread[:_PIECE]
            self._frames.receive_data(piece)
            for frame in self._frames.events_received():
                self._take(frame)  # type: ignore[arg-type]  # the handshake is behind us
            self._collect(len(piece))  # at most: of pings
            if self._frames.state is not State.OPEN and self._end is None:
                said = self._frames.close_sent if self._frames.parser_exc is not None else self._frames.close_rcvd
                self._ended(End(said.code, said.reason) if said is not None else End(CloseCode.PROTOCOL_ERROR))
        self._regulate()

    def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = frame.opcode is Opcode.TEXT
            self._message = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT:
            self._message += frame.data
        else:
            return
        if not frame.fin or self._end is not None:
            return
        message, self._message = bytes(self._message), bytearray()
        if not self._is_text:
            self._arrived({"type": "websocket.receive", "bytes": message})
            return
        try:
            self._arrived({"type": "websocket.receive", "text": message.decode()})
        except UnicodeDecodeError:
            self._frames.fail(CloseCode.INVALID_DATA, "A text is not UTF-8")
            self._ended(End(CloseCode.INVALID_DATA, "A text is not UTF-8"))

    def _arrived(self, message: dict[str, Any]) -> None:
        self._messages.append(message)
        self._news.set()

    def _regulate(self) -> None:
        """Have the machine read on if there is nothing to be done before."""
        wanted = self._leaving or (not self._messages and not self._full)
        if wanted == self._reading or self._transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._heard = self._loop.time()
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    # What is sent.

    def _collect(self, size: int) -> None:
        """Something is to be written, with all that is said in this round of the event loop, unless that is a lot."""
        self._collected += size
        if self._collected > SOCKET_AHEAD.most:
            self._flush()
        elif not self._due:
            self._due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Write what was said since the last time."""
        self._due = False
        self._collected = 0
        said = self._frames.data_to_send()
        if said:
            self._write(b"".join(said))
            if not said[-1]:  # the mark of `websockets` for an end
                self._hang_up()

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._written += len(data)
            self._transport.write(data)

    # How it ends.

    def _ended(self, end: End) -> None:
        if self._end is None:
            self._end = end
        self._news.set()
        self._writable.set()

    def _hang_up(self) -> None:
        if self._frames.close_rcvd is not None:
            self._transport.close()
        else:
            self._leave()

    def _leave(self) -> None:
        """Give a client that is still sending a while to read the last word; closing at once would take that away."""
        self._leaving = True
        self._unread.clear()
        if self._transport.is_closing():
            return
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._regulate()
        self._cut_off_after(_FAREWELL_SECONDS)

    def _cut_off_after(self, seconds: float) -> None:
        if self._goodbye is not None:
            self._goodbye.cancel()
        self._goodbye = self._loop.call_later(seconds, self._transport.abort)

    @property
    def _pause(self) -> float:
        return SOCKET_STALL_SECONDS.most / _LOOKS

    def _look(self) -> None:
        """Cut off a client that lets things wait, or is not heard of; ask one that is quiet whether it is there."""
        now = self._loop.time()
        waiting = self._transport.get_write_buffer_size()
        left = self._written - waiting
        if not waiting or left != self._left:
            self._moved = now
        self._left = left
        quiet = now - self._heard if self._reading else 0
        if now - self._moved >= SOCKET_STALL_SECONDS.most or quiet >= SOCKET_SILENT_SECONDS.most:
            self._transport.abort()
            return
        if quiet >= SOCKET_SILENT_SECONDS.most / 3 and not waiting and self._accepted and self._end is None:
            self._frames.send_ping(b"")
            self._flush()
        self._timer = self._loop.call_later(self._pause, self._look)
