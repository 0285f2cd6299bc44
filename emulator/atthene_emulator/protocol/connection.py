"""One connection, bounded and timed. This module is what both of uvicorn's connections have in addition.

A connection reads a head, a body, or nothing. What comes behind a request that is not answered yet waits unread.
"""

import asyncio
from asyncio import TimerHandle, Transport
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from atthene_emulator.errors import ApiError, TooManyConnections, TooSlow
from atthene_emulator.limits import BODY_SECONDS, DISCARDED, HEAD_SECONDS, PIPELINED
from atthene_emulator.protocol.handshake import offers_socket, socket_scope
from atthene_emulator.protocol.port import Port
from atthene_emulator.protocol.transport import PoliteTransport

CLOSE = (b"connection", b"close")

_FAREWELL_SECONDS = 5  # for a client to read why it is turned out
_LAST_REQUEST_SECONDS = 0.08  # for what is on its way when the server stops; uvicorn looks again after 0.1
_BEGINNING = 2_100  # bytes of a head that are kept to be shown
_TLS = b"\x16\x03"  # how a client begins that speaks https


class Part(Enum):
    """What is being read of a request."""

    HEAD = "The first line and the headers"
    BODY = "The body"

    @property
    def seconds(self) -> float:
        """How long it may take."""
        return HEAD_SECONDS.most if self is Part.HEAD else BODY_SECONDS.most


class State(Enum):
    """What a connection does with what comes: it parses it but for what is said here."""

    OPEN = auto()
    FAILED = auto()  # throws it away; what came before is still to be answered
    LAST = auto()  # parses it to find the end of a body whose answer was sent, and closes there
    LEAVING = auto()  # throws it away, for a while; the last word is said
    HANDED_OVER = auto()  # does not get it: the connection is a socket


# Looked up for each request, which is quicker here than in their classes.
HEAD, BODY = Part.HEAD, Part.BODY
_OPEN, _FAILED, _LAST, _LEAVING, _HANDED_OVER = State
_DEAF = (_FAILED, _LEAVING, _HANDED_OVER)


class BoundedConnection:
    """What is added to a connection of uvicorn: a mixin before `HttpToolsProtocol` or `H11Protocol`.

    Attributes:
        port: what it shares with others.
        since: when it was opened, by the clock of the event loop.
        state: what it does with what comes.
        head: how the newest request began; empty if it began behind another one.
    """

    cycle: Any  # uvicorn's: the newest request and its answer
    flow: Any
    app: Any
    scope: Any
    headers: list[tuple[bytes, bytes]]
    loop: asyncio.AbstractEventLoop
    connections: Any
    tasks: Any
    timeout_keep_alive: int
    timeout_keep_alive_task: TimerHandle | None

    def __init__(self, port: Port, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.port = port
        self.since = self.loop.time()
        self.state = _OPEN
        self._raw: Transport
        self._failure: ApiError | None = None
        self.head = b""
        self._later = bytearray()
        self._discarded = 0
        self._timed: Part | None = None
        self._timer: TimerHandle | None = None

    # What the two parsers do differently.

    def parse(self, data: bytes) -> None:
        """Parse what came, and start what is asked for.

        Raises:
            ApiError: it is no request, or one that is refused.
        """
        raise NotImplementedError

    def part(self) -> Part | None:
        """What is being read, or was when parsing failed."""
        raise NotImplementedError

    def unanswered(self) -> Iterator[Any]:
        """The requests that are answered, or will be; in their order."""
        raise NotImplementedError

    # What is the same, once they have read it.

    def offers_socket(self, method: bytes, version: str) -> bool:
        """Whether the request that was read asks to become a socket, and can: nothing before it waits for an answer."""
        waits = self.cycle is not None and not self.cycle.response_complete
        return not waits and offers_socket(method, version, self.headers)

    def hand_over(self, target: bytes, unread: bytes) -> None:
        """Make a socket of the connection, which has it from now on.

        Args:
            target: of the request, with path and query.
            unread: what came behind it.

        Raises:
            Misuse: `target` is no path.
        """
        from atthene_emulator.protocol.websocket import SocketConnection  # noqa: PLC0415  # 50 ms, if it is used

        scope = socket_scope(self.scope, target, self.headers)
        self.state = _HANDED_OVER
        self._stop_timer()
        self._be_busy()
        self.flow.resume_reading()
        self.connections.discard(self)
        socket = SocketConnection(
            self.app, scope, self._raw, loop=self.loop, connections=self.connections, tasks=self.tasks
        )
        socket.begin(unread + self._later)
        if self.port.stopping:
            socket.shutdown()

    # What the event loop and uvicorn call.

    def connection_made(self, transport: Any) -> None:
        """Begin: who sends nothing is idle."""
        self._raw = transport
        super().connection_made(PoliteTransport(transport, self.close))  # type: ignore[misc]
        self.mind_the_time()
        if len(self.connections) > self.port.most:
            self._make_room()
        if self.port.stopping:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every request that nobody waits for its answer."""
        self._stop_timer()
        self._be_busy()
        self._give_up()
        super().connection_lost(exc)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless it is to wait or to be thrown away."""
        if self.state is _FAILED or self.state is _LEAVING:
            self._discard(len(data))
        elif self._owes_answer():
            self._later += data
            if len(self._later) > PIPELINED.most:
                self.flow.pause_reading()
        else:
            self._take(data)

    def on_response_complete(self) -> None:
        """Go on with what has waited."""
        super().on_response_complete()  # type: ignore[misc]
        if self._later or self.state is not _OPEN or self.part() is not None:
            self._go_on()

    def timeout_keep_alive_handler(self) -> None:
        """Close what was idle for long."""
        self.close()

    def shutdown(self) -> None:
        """Answer what is asked, or on its way, and close."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._close_after(self.cycle)
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(_LAST_REQUEST_SECONDS, self._close_if_idle)

    # What happens to a connection.

    def waits(self) -> bool:
        """Whether it waits for its client."""
        return self.state is _LEAVING or (self.state is _OPEN and not self._owes_answer())

    def is_closing(self) -> bool:
        """Whether it is closed, or will be by itself."""
        return self._raw.is_closing()

    def close(self) -> None:
        """Close; but where a request is answered whose body still comes, when that is read.

        Who closes a connection while its client sends takes the answer away from it: the machine answers what comes with a
        reset, and that of the client throws away what was not read yet.
        """
        if self.part() is not BODY or not self.cycle.response_complete:
            self._raw.close()
        elif self.state is _FAILED:
            self._leave()
        elif self.state is _OPEN:
            self.state = _LAST
            self.flow.resume_reading()
            self.mind_the_time()

    def abort(self) -> None:
        """Close at once, whatever is on its way."""
        self._raw.abort()

    def fail(self, error: ApiError) -> None:
        """Read no further, since what comes is refused; what came before is still answered."""
        self._failure = error
        if self.part() is BODY and self.cycle.response_complete:
            self._leave()
        elif self.part() is BODY:  # who reads the body is told, and tells the client
            self.state = _FAILED
            self._close_after(self.cycle)
            self.cycle.refusal = error
            self.cycle.message_event.set()
        elif self._owes_answer():
            self.state = _FAILED
        else:
            self._leave(self._refusal(error))

    def turn_out(self, error: ApiError) -> None:
        """Close it to make room; a client that has asked for something, or comes just now, is told."""
        if self.state is _LEAVING:
            self._raw.abort()
            return
        if self.part() is not None or self.cycle is None:
            self._raw.write(self._refusal(error))
        self._raw.close()

    def mind_the_time(self) -> None:
        """Have what is being read come in time, and close what is idle for long."""
        part = None if self.state in _DEAF or self._owes_answer() else self.part()
        if part is not self._timed:
            self._stop_timer()
            self._timed = part
            if part is not None:
                self._timer = self.loop.call_later(part.seconds, self._be_late)
        if part is None and self.timeout_keep_alive_task is None and self._is_idle():
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _make_room(self) -> None:
        """Close the oldest connection that waits for its client; this one if there is none."""
        most = self.port.most
        there = [one for one in self.connections if not one.is_closing()]
        if len(there) <= most:
            return
        self.port.say_once(f"There are more than {most} connections: the oldest ones that do nothing are closed")
        oldest = min((one for one in there if one is not self and one.waits()), key=_precedence, default=self)
        oldest.turn_out(TooManyConnections(f"More than {most} connections are open; close some, or use fewer"))

    def _take(self, data: bytes) -> None:
        part = self.part()
        if part is None:
            data = data.lstrip(b"\r\n")  # empty lines before a request, which some send behind a body
            if not data:
                return
            self.head = data[:_BEGINNING]
        elif part is BODY and self.cycle.response_complete:
            self._discard(len(data))
        if self.timeout_keep_alive_task is not None:
            self._be_busy()
        before = self.cycle
        try:
            self.parse(data)
        except ApiError as error:
            self._be_misunderstood(error)
        if self.cycle is not before:
            self._discarded = 0
        if self._owes_answer():
            self.flow.resume_reading()  # or nobody would notice that the client leaves
            if self._timed is None:
                return
        elif self.state is _LAST and self.part() is not BODY:
            self._raw.close()
        self.mind_the_time()

    def _go_on(self) -> None:
        if self._owes_answer():
            return
        if self.state is _FAILED and self._failure is not None:
            self._leave(self._refusal(self._failure))
        elif self._later and self.state is _OPEN:
            data, self._later = bytes(self._later), bytearray()
            self.data_received(data)
        else:
            self.mind_the_time()

    def _be_misunderstood(self, error: ApiError) -> None:
        if self.head.startswith(_TLS):
            self.port.say_once("A client speaks https to this port, which speaks http: its URL begins with http://")
            self._raw.close()
        else:
            self.fail(error)

    def _be_late(self) -> None:
        part, self._timed = self._timed, None
        if part is None or (part is BODY and self.cycle.response_complete):
            self._raw.abort()
        elif self.flow.read_paused:  # we are late
            self.mind_the_time()
        else:
            self.fail(TooSlow(f"{part.value} did not come within {part.seconds:g} seconds"))

    def _leave(self, word: bytes = b"") -> None:
        """Say a last word, and give the client a while to read it: what it still sends is thrown away."""
        self.state = _LEAVING
        self._give_up()
        self._stop_timer()
        self._be_busy()
        if self._raw.is_closing():
            return
        self._raw.write(word)
        if self._raw.can_write_eof():
            self._raw.write_eof()
        self.flow.resume_reading()
        self._timer = self.loop.call_later(_FAREWELL_SECONDS, self._raw.abort)

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > DISCARDED.most:
            self._raw.abort()

    def _give_up(self) -> None:
        for cycle in self.unanswered():
            cycle.disconnected = True
            cycle.message_event.set()

    def _owes_answer(self) -> bool:
        """Whether a whole request waits for its answer."""
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete and not cycle.more_body

    def _is_idle(self) -> bool:
        return self.state is _OPEN and (self.cycle is None or self.cycle.response_complete)

    def _close_if_idle(self) -> None:
        if not self._is_idle() or self.part() is not None:
            return
        if self._raw.get_write_buffer_size():
            self._raw.close()
        else:
            self.abort()  # with https, closing would wait for the client to say good-bye

    def _close_after(self, cycle: Any) -> None:
        """Have an answer say that it is the last one."""
        cycle.default_headers = [*cycle.default_headers, CLOSE]

    def _refusal(self, error: ApiError) -> bytes:
        return self.port.refuse(error, self.head)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _be_busy(self) -> None:
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None


def _precedence(connection: BoundedConnection) -> tuple[bool, float]:
    """Who goes first: those that were told why, then the oldest."""
    return connection.state is not _LEAVING, connection.since
