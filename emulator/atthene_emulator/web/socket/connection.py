"""A socket: it is opened, its frames are handled in order, and what happens in its sessions is sent. This module is that socket.

What is ready is sent before the next frame is handled, so that the same frames have the same answers in the same order. What
happens meanwhile is sent by a task of its own.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any, NamedTuple

from starlette.types import Message, Receive, Scope, Send

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.fault import Fault
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.signal import either
from atthene_emulator.domain.stream import Event, Events
from atthene_emulator.errors import FrameRefused, Misuse, SentAway, SocketRefused, TokenWanted, Unknown
from atthene_emulator.limits import SOCKET_BEHIND, SOCKET_IDLE_SECONDS, SOCKET_MESSAGE
from atthene_emulator.web import connection, wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.corpora import read_all, unread_of
from atthene_emulator.web.faults import brought
from atthene_emulator.web.pages import Pages
from atthene_emulator.web.refused import refusal_of
from atthene_emulator.web.root import root_of
from atthene_emulator.web.socket import payloads
from atthene_emulator.web.socket.credentials import MISUSE, TRY_LATER, admit, handshake_of, namespace_of
from atthene_emulator.web.socket.faults import Cut, Damage, strikes_events
from atthene_emulator.web.socket.frames import OPEN, Frame
from atthene_emulator.web.socket.inbox import DISCONNECT, Inbox
from atthene_emulator.web.socket.log import Log
from atthene_emulator.web.socket.reading import Taken, read_frame
from atthene_emulator.web.socket.unread import unread
from atthene_emulator.web.socket.visit import Joined, Visit

_log = logging.getLogger("atthene_emulator")

_AWAY, _NO_CODE, _TOO_LARGE = 1001, 1005, 1009
_AT_ONCE = 64  # events that are sent, or filtered out, while others wait: there may be hundreds of sockets
_IDLE_SECONDS = SOCKET_IDLE_SECONDS.most + 1e-6  # sums of seconds are not exact
_REASON = 120  # bytes that a close frame has room for


class Gone(Exception):  # an event, not an error
    """The connection is closed."""


class End(NamedTuple):
    """How a socket is to be closed."""

    code: int
    reason: str


class Socket:
    """One socket.

    Args:
        emulator: whose sessions it reaches.
        pages: which web pages may open one.
        scope, receive, send: of the upgrade.
    """

    _namespace: Namespace
    _visit: Visit
    _written: Log

    def __init__(self, emulator: Emulator, pages: Pages, scope: Scope, receive: Receive, send: Send) -> None:
        self._emulator = emulator
        self._pages = pages
        self._scope = scope
        self._receive = receive
        self._inbox = Inbox(receive)
        self._send = send
        self._sockets: set[Callable[[int, str], None]] = set()  # that are told when their namespace ends
        self._news = asyncio.Event()
        self._sending = asyncio.Lock()
        self._damage = Damage()
        self._ending: End | None = None
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._active_at = 0.0
        self._looked_at = 0

    async def serve(self) -> None:
        """Open it, and serve it until it is closed."""
        if (await self._receive())["type"] != "websocket.connect":
            return
        with suppress(Gone):
            await self._deliver({"type": "websocket.accept"})  # first, so that browsers see the code of a close (D81)
            listening = asyncio.ensure_future(self._inbox.listen())
            try:
                await self._open()
                await self._serve()
            except (SocketRefused, Gone) as end:
                end.__traceback__ = None  # it would hold what holds it
                if isinstance(end, SocketRefused):
                    await self._close(end)
            finally:
                self._sockets.discard(self.end)
                vars(self).pop("_visit", None)  # which can wake this
                self._tasks = ()
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _open(self) -> None:
        """Let somebody in, and write it down.

        Raises:
            SocketRefused, Gone: nobody is let in.
        """
        unkept = refusal_of(self._scope)
        if unkept is not None:  # nothing is known of whom it is for, so no journal has it
            Log(self._emulator, self._emulator.default, self._scope).closed(TRY_LATER, unkept.message)
            raise SocketRefused(TRY_LATER, unkept.message)
        handshake = handshake_of(self._scope, bearer=self._emulator.settings.rulings["D12"])
        try:
            namespace = self._namespace = namespace_of(self._emulator, handshake)
        except (TokenWanted, Unknown) as unknown:  # written down where the key would have led
            refused = SocketRefused(MISUSE, unknown.message)
            Log(self._emulator, self._emulator.of_key(handshake.key), self._scope).opened(refused, None)
            raise refused from None
        self._written = Log(self._emulator, namespace, self._scope)
        fault, error = None, ""
        try:
            visitor = admit(self._emulator, namespace, self._pages, self._scope, handshake)
            visitor = visitor._replace(root=root_of(self._scope, self._emulator.settings))
            self._visit = Visit(namespace, visitor, self._wake, self._written.ended)
            self._sockets = namespace.followers.sockets
            self._sockets.add(self.end)
            fault = self._fault(handshake.headers)
            if fault is not None:
                await self._meet(fault)
        except SocketRefused as refusal:
            self._written.opened(refusal, fault)
            raise
        except Gone:
            self._written.opened(None, fault)
            raise
        except FrameRefused as injected:
            error = _error_text(injected)
        self._active_at = namespace.clock.elapsed()
        self._written.opened(None, fault)
        if error:
            await self._send_text(error)

    def _fault(self, headers: Mapping[bytes, bytes]) -> Fault | None:
        """The fault that strikes the upgrade."""
        faults = self._namespace.faults
        try:
            fault = brought(headers, self._scope["query_string"], OPEN)
        except Misuse as refusal:
            raise SocketRefused(MISUSE, refusal.message) from None
        return faults.choose(OPEN, None) if fault is None else faults.brought(fault)

    async def _serve(self) -> None:
        tasks = self._tasks = (asyncio.ensure_future(self._read()), asyncio.ensure_future(self._send_news()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()
        except SocketRefused as end:
            self._written.closed(end.code, end.message)
            raise
        finally:
            self._visit.leave_all()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def end(self, code: int, reason: str) -> None:
        """Have it closed as soon as what is ready was sent."""
        self._ending = End(code, reason)
        self._news.set()

    def _check_going_on(self) -> None:
        if self._ending is not None:
            raise SocketRefused(*self._ending)

    def _wake(self) -> None:
        """There may be something to send; who is too far behind to get it all is cut off."""
        self._news.set()
        if any(one.following.behind > SOCKET_BEHIND.most for one in self._visit.joined.values()):
            connection.abort(self._receive)
            for task in self._tasks:  # of other servers nothing can be closed at once, but left
                task.cancel()

    # Receiving

    async def _read(self) -> None:
        while True:
            message = await self._inbox.next()
            if message["type"] == DISCONNECT:
                self._written.closed(message.get("code", _NO_CODE), "")
                return
            self._check_going_on()
            await self._take(message.get("text"), message.get("bytes") or b"")
            await self._flush()
            await asyncio.sleep(0)  # a lot of frames may have come at once

    async def _take(self, text: str | None, data: bytes) -> None:
        """Handle a frame, write it down, and send the error that answers it, if one does."""
        self._active_at = self._namespace.clock.elapsed()
        taken = Taken(data if text is None else text.encode("utf-8", "replace"), perf_counter())
        if len(taken.data) > SOCKET_MESSAGE.most:  # which other servers let through
            raise SocketRefused(_TOO_LARGE, f"A message has {SOCKET_MESSAGE.shown} at most")
        answer = ""
        try:
            latency = self._namespace.latency
            if latency.range is not None:
                await self._hold_up(self._namespace.clock.wait(latency.next_delay()))
            frame, row = await aside(len(taken.data), read_frame, text, taken)
            taken.session_id = taken.session_id or self._visit.only
            self._look_for_unread(taken, row, frame)
            fault = taken.fault = self._namespace.faults.choose(row.name, taken.session_id)
            if fault is not None:
                await self._meet(fault)
            self._check_going_on()
            if row.type == "user_message":
                await self._read_knowledge(taken.session_id)
            self._written.follow()
            row.handler(self._visit, frame)
        except FrameRefused as refusal:
            answer = _error_text(refusal)
        except (Gone, SocketRefused):
            self._written.frame(taken, b"")
            raise
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and told
            _log.exception("a frame %s of a socket failed", taken.operation or "of no type")
            defect = FrameRefused("internal_server_error", "The emulator has a defect; its log tells of this frame")
            answer = _error_text(defect)
        self._written.frame(taken, answer.encode())
        if answer:
            await self._flush()
            await self._send_text(answer)

    async def _read_knowledge(self, session_id: str | None) -> None:
        """Read what the session's agents may look something up in, before they do."""
        session = self._namespace.records.sessions.get(session_id)
        bases = unread_of(self._namespace, session) if session is not None else ()
        if bases:
            await self._hold_up(read_all(self._namespace, bases))

    def _look_for_unread(self, taken: Taken, row: Frame, frame: Mapping[str, Any]) -> None:
        """Note what nobody reads of a frame, and refuse it in strict mode."""
        session = self._namespace.records.sessions.get(taken.session_id or "")
        taken.unread = unread(row, frame, session.configuration.system.variables if session else ())
        if taken.unread and (self._visit.visitor.strict or self._namespace.strict):
            raise FrameRefused("invalid_message_format", taken.unread[0].message)

    async def _meet(self, fault: Fault) -> None:
        """Let a fault strike: now, or the events that are sent from now on.

        Raises:
            FrameRefused, SocketRefused, Gone: it wants that.
        """
        if strikes_events(fault):
            self._damage.expect(fault)
        else:
            await self._strike(fault)

    async def _strike(self, fault: Fault) -> None:
        if fault.delay or fault.kind == "hang":
            await self._hold_up(self._wait(fault))
        if fault.error_code is not None:
            raise FrameRefused(fault.error_code, fault.message or "An injected error")
        if fault.close is not None:
            raise SocketRefused(fault.close, fault.message or "An injected close")
        if fault.kind == "drop":
            await connection.close(self._receive)  # what was sent before still arrives
            raise Gone

    async def _hold_up(self, wait: Coroutine[Any, Any, None]) -> None:
        """Wait for something, unless the client leaves, or there is nothing to wait for any more."""
        waiting = asyncio.ensure_future(wait)
        try:
            await either(waiting, self._left())
        except SentAway as refusal:  # so are sockets, and with a code
            refusal.__traceback__ = None  # its frames know the tasks that know it, and this socket
        self._check_going_on()
        if waiting.cancelled():
            raise Gone

    async def _wait(self, fault: Fault) -> None:
        if fault.delay:
            await self._namespace.clock.wait(fault.delay)
        if fault.kind == "hang":
            await self._namespace.faults.hold(fault)

    async def _left(self) -> None:
        await self._inbox.closed.wait()

    # Sending

    async def _send_news(self) -> None:
        """Send what happens, and end when it is time to.

        Raises:
            SocketRefused: nothing was sent or received for too long, or there is nothing to serve any more.
        """
        clock = self._namespace.clock
        while self._ending is None:
            if not self._news.is_set():
                await either(self._told(), clock.passed(self._active_at + _IDLE_SECONDS))
            if self._news.is_set():
                self._news.clear()
                await self._flush()
            elif clock.elapsed() > self._active_at + _IDLE_SECONDS:
                self._ending = End(_AWAY, "Nothing was said for five minutes")
        await self._flush()
        raise SocketRefused(*self._ending)

    async def _told(self) -> None:
        await self._news.wait()

    async def _flush(self) -> None:
        """Send what is ready."""
        async with self._sending:
            for joined in tuple(self._visit.joined.values()):
                for events, event in joined.following.ready():
                    await self._send_ready(joined, events, event)
                    self._looked_at += 1
                    if self._looked_at % _AT_ONCE == 0:
                        await asyncio.sleep(0)

    async def _send_ready(self, joined: Joined, events: Events, event: Event | None) -> None:
        if event is None:
            for text in self._damage.end():
                await self._send_text(text)
            await self._send_text(wire.encode(payloads.result_frame(events.result)).decode())
            return
        if joined.types is not None and event.type not in joined.types:
            return
        text = wire.encode(payloads.event_frame(events, event)).decode()
        if not self._damage:
            await self._send_text(text)
            return
        for one in self._damage.event(text):
            if isinstance(one, Cut):
                await self._cut(one.fault)
            else:
                await self._send_text(one)

    async def _cut(self, fault: Fault) -> None:
        """Let a fault strike between two events."""
        try:
            await self._strike(fault)
        except FrameRefused as error:
            await self._send_text(_error_text(error))
        except (SocketRefused, Gone):
            self._visit.leave_all()  # whoever waits to send has nothing to send any more
            raise

    async def _send_text(self, text: str) -> None:
        self._active_at = self._namespace.clock.elapsed()
        await self._deliver({"type": "websocket.send", "text": text})

    async def _close(self, end: SocketRefused) -> None:
        reason = end.message.encode()[:_REASON].decode("utf-8", "ignore")
        await self._deliver({"type": "websocket.close", "code": end.code, "reason": reason})

    async def _deliver(self, message: Message) -> None:
        try:
            await self._send(message)
        except (OSError, RuntimeError):  # it was closed meanwhile; servers say that in different ways
            raise Gone from None


def _error_text(error: FrameRefused) -> str:
    return wire.encode(payloads.error_frame(error.code, error.message)).decode()
