"""WebSockets over sockets, for the live socket. This module is the connection below what the client says there.

`websockets` knows the protocol and touches no socket, so whatever a test replaces does not get in between. It takes a while to
load, so this module is imported for the first socket.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from socket import SHUT_RDWR, SHUT_WR
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from atthene_emulator.client.transport import Answer, Lost, opened
from atthene_emulator.steady_clock import steady

_CHUNK = 64 * 1024  # bytes that are read at once
_SOON = 0.001  # seconds; of no time at all sockets say that they block
_SWITCHING = 101

_log_of_frames = logging.getLogger("atthene_emulator.frames")
_log_of_frames.setLevel(logging.ERROR)  # below that, it writes down what is said, and keys


class End(NamedTuple):
    """How a WebSocket was closed; `code` is 1006 where nobody said it."""

    code: int
    reason: str


class Refused(Exception):
    """What answers opens no WebSocket there; `answer` is what it says instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class WebSocket:
    """One WebSocket; one thread may read while others send.

    Args:
        url: `http://host:port`, or https; perhaps with a path, below which everything is.
        target: path and query.
        headers: of the upgrade.
        seconds: that opening it may take, and each sending.

    Attributes:
        texts: what has come, until somebody takes it away.
        end: how it was closed; None as long as it is open.

    Raises:
        OSError: nobody listens there, or not in time.
        Lost: the URL is no place for HTTP, or what answers speaks none.
        Refused: it opens no WebSocket.
    """

    def __init__(self, url: str, target: str, headers: Mapping[str, str], seconds: float) -> None:
        self.texts: list[str] = []
        self.end: End | None = None
        self._seconds = seconds
        self._parts = bytearray()
        self._pings = self._pongs = 0
        self._lock = Lock()
        place = urlsplit(url)
        try:
            self._socket = opened(place, seconds)
        except OSError:  # that of a certificate is a ValueError, too
            raise
        except ValueError as error:
            raise Lost from error
        scheme = "wss" if place.scheme == "https" else "ws"
        uri = parse_uri(f"{scheme}://{place.netloc.rpartition('@')[2]}{place.path}{target}")
        self._protocol = ClientProtocol(uri, max_size=None, logger=_log_of_frames)
        try:
            self._shake_hands(headers)
        except BaseException:
            self._socket.close()
            raise

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._write()
        end = steady() + self._seconds
        self._response: Response | None = None
        while self._response is None:
            if self._protocol.handshake_exc is not None or self.end is not None:
                raise Lost
            if steady() >= end or not self.read(end - steady()):
                raise TimeoutError
        if self._response.status_code != _SWITCHING:
            raise Refused(Answer(self._response.status_code, bytes(self._response.body or b"")))
        if self._protocol.handshake_exc is not None:
            raise Lost

    def send(self, data: str | bytes) -> int:
        """Send a message, a text or a binary one, and ask whether it has come; the number of that ping.

        Nothing is sent when it is closed.
        """
        with self._lock:
            if self.end is None:
                if isinstance(data, str):
                    self._protocol.send_text(data.encode())
                else:
                    self._protocol.send_binary(data)
                self._pings += 1
                self._protocol.send_ping(b"%d" % self._pings)
                self._write()
            return self._pings

    def has_come(self, ping: int) -> bool:
        """Whether what was sent with this ping has come, or never will."""
        return self._pongs >= ping or self.end is not None

    def read(self, seconds: float) -> bool:
        """Read what has come, or comes within so many seconds; whether that was anything, its end included."""
        with self._lock:
            if self.end is not None:
                return False
            self._socket.settimeout(max(seconds, _SOON))
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return False
        except OSError:
            data = b""
        with self._lock:
            self._feed(data)
        return True

    def _feed(self, data: bytes) -> None:
        if self.end is not None:
            return
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._write()
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._response = event
            elif isinstance(event, Frame):
                self._take(event)
        closed = self._protocol.close_rcvd
        if closed is not None:
            self.end = End(int(closed.code), closed.reason)
        elif not data:
            self.end = End(int(CloseCode.ABNORMAL_CLOSURE), "the connection was lost")

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            said = bytes(frame.data)
            self._pongs = int(said) if said.isdigit() else self._pongs
        elif frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._parts += frame.data
            if frame.fin:
                self.texts.append(self._parts.decode(errors="replace"))
                self._parts.clear()

    def _write(self) -> None:
        """Write what is to be sent; that a connection is broken is told by reading it."""
        self._socket.settimeout(self._seconds)
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._socket.sendall(data)
                else:
                    self._socket.shutdown(SHUT_WR)
        except TimeoutError:  # a part of it may have been written, so nothing can follow
            self.end = End(int(CloseCode.ABNORMAL_CLOSURE), "the other side did not read in time")
        except OSError:
            pass

    def leave(self) -> None:
        """Say that it is closed; it is when the other side has said so, too."""
        with self._lock:
            if self.end is None:
                self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
                self._write()

    def drop(self) -> None:
        """Close the connection without a word."""
        with self._lock:
            self.end = self.end or End(int(CloseCode.ABNORMAL_CLOSURE), "the connection was cut off here")
            with suppress(OSError):
                self._socket.shutdown(SHUT_RDWR)
            self._socket.close()

    def __del__(self) -> None:
        if hasattr(self, "_socket"):  # nobody must close a client
            self._socket.close()
