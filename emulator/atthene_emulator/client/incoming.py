"""What comes over a socket, and waiting for it. This module is that record, which one thread fills and all read."""

import json
from collections import deque
from collections.abc import Callable
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from atthene_emulator.client.reading import shortened
from atthene_emulator.client.socket_frames import (
    Frame,
    SocketEvent,
    SocketPause,
    SocketResult,
    read_frame,
    read_pause,
)
from atthene_emulator.errors import SocketError
from atthene_emulator.secrecy import redact_text
from atthene_emulator.steady_clock import steady

if TYPE_CHECKING:
    from atthene_emulator.client.websocket import WebSocket

_SLICE = 0.05  # seconds that are read at once, so that whoever waits can be told to stop
_KEPT = 20  # frames that are remembered for people


class Interrupted(Exception):
    """Whoever waits is told to stop; nothing was read."""


class Incoming:
    """The frames that have come, oldest first.

    Args:
        web: the connection that they come over.

    Attributes:
        web: the same; another one takes its place when it is opened anew.
        frames: all of them.
        lines: the newest ones either way, without secrets: for people.
        decided: the id of the call that was decided about.
    """

    def __init__(self, web: "WebSocket") -> None:
        self.web = web
        self.frames: list[Frame] = []
        self.lines: deque[str] = deque(maxlen=_KEPT)
        self.decided = ""
        self._pause: SocketPause | None = None
        self._reading = Lock()
        self._waiting: dict[int, bool] = {}  # by the thread that waits; whether it may go on

    @property
    def pause(self) -> SocketPause | None:
        """What a person is asked for, unless that was decided here."""
        pause = self._pause
        return None if pause is None or pause.tool_call_id == self.decided else pause

    def said(self, data: str | bytes) -> None:
        """Remember what was said here."""
        self.lines.append(f"> {_line(data)}")

    def wait(self, is_reached: Callable[[], bool], seconds: float) -> bool:
        """Read until something is reached; False if that was not in time, or if the socket is closed.

        Raises:
            Interrupted: by `interrupt`.
        """
        thread, end, left = get_ident(), steady() + seconds, seconds
        self._waiting[thread] = True
        try:
            while self._waiting[thread]:
                if is_reached():
                    return True
                if self.web.end is not None or left < 0:
                    return is_reached()
                self._take_in(min(left, _SLICE))
                left = end - steady()
        finally:
            del self._waiting[thread]
        raise Interrupted

    def interrupt(self, thread: int) -> None:
        """Let the waiting of a thread, named by its identifier, end with Interrupted; nothing happens if it does not wait."""
        if thread in self._waiting:
            self._waiting[thread] = False

    def take_in(self) -> None:
        """Take in what has come already."""
        while self._take_in(0):
            pass

    def _take_in(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; whether that was anything. Another thread may do so instead."""
        if not self._reading.acquire(timeout=seconds):
            return False
        try:
            came = self.web.read(seconds)
            self._take()
        finally:
            self._reading.release()
        return came

    def _take(self) -> None:
        texts, self.web.texts = self.web.texts, []
        for text in texts:
            frame = read_frame(text)
            shown = json.dumps(frame.said.payload) if isinstance(frame.said, SocketEvent) else text
            self.lines.append(f"< {_line(shown)}")
            self._mind(frame)
            self.frames.append(frame)

    def _mind(self, frame: Frame) -> None:
        """Know whether a person is asked."""
        match frame.said:
            case SocketEvent(type="HitlRequired"):
                self._pause = read_pause(frame.said)
            case SocketEvent(type="HitlResolved" | "ExecutionCancelled") | SocketResult():
                self._pause = None
            case SocketError():
                self.decided = ""  # it may still be open


def _line(data: str | bytes) -> str:
    """A frame in a line, without secrets."""
    return shortened(redact_text(data if isinstance(data, str) else repr(data)))
