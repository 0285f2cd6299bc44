"""The live socket of a session: what is said there, and waiting for what comes. This module is that part of the client."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from atthene_emulator.addresses import SOCKET
from atthene_emulator.client.connection import ControlPlane
from atthene_emulator.client.incoming import Incoming
from atthene_emulator.client.reading import Json
from atthene_emulator.client.socket_frames import (
    Frame,
    NeverCame,
    SocketEvent,
    SocketPause,
    SocketResult,
    check_type,
    told,
)
from atthene_emulator.errors import SetupError, SocketClosed, SocketError

if TYPE_CHECKING:
    from atthene_emulator.client.websocket import WebSocket

_TAKEN = 1.0  # seconds for the server to have a frame; one that is made to hang may never say so
_ANSWERED = 1.0  # seconds for what it says to a frame, before the socket is left
_SILENT = 0.05  # the same for a frame to which it says nothing but that it was wrong
_FAREWELL = 1.0  # seconds for it to say that it is closed, too
_JOINING = ("connect", "reconnect", "disconnect")  # frames that are answered by errors alone
_EVERYTHING_KEPT = "0-0"  # what stands before the first event

Message = str | Sequence[Mapping[str, Any]]


class Socket:
    r"""The live socket, joined to one session; `with` closes it at the end.

    >>> with client.create_namespace() as atthene, atthene.socket("session_abc123") as socket:
    ...     name = atthene.script("It rains.")
    ...     socket.send("How is the weather?")
    ...     [event.delta for event in socket.until("ExecutionFinished") if event.delta]
    ...     socket.result().status
    ...     socket.text()
    ['It', ' rains.']
    'completed'
    'It rains.'

    What comes is read in its order: `next_frame`, `next_event`, `until`, `result` and `text` each read on from where the last
    one has stopped, and wait `timeout` real seconds for what they want. What comes before that is passed over. One that
    raises NeverCame or SocketClosed leaves everything unread. A frame that is sent has come to the server when its method returns.

    A turn is read to its end by `text`, by `result` or by a loop; `result` then has that end without waiting, once, and `text` its
    text. `send` and `reconnect` forget a turn that was read to its end, and `send` also what is left of one that was read in part
    and is over.

    Attributes:
        session_id: of the session.
        timeout: seconds that each waiting may take, unless it says otherwise.

    Raises:
        NeverCame: by every method that waits: it has not come in time; with what came instead.
        SocketError: by them, too, but for `next_frame`: an error frame came before it. It is read, and the socket lives on.
            Also by the end of `with`, unless an exception ends it: an error frame has come that nobody has read.
        SocketClosed: by every method: the socket is closed.
    """

    def __init__(
        self,
        control: ControlPlane,
        session_id: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        event_types: Sequence[str] | None,
        user_token: str | None,
        fault: str | None,
        timeout: float,
    ) -> None:
        self.session_id = session_id
        self.timeout = timeout
        self._control = control
        self._headers = headers
        self._target = f"{SOCKET}?{urlencode(query)}" if query else SOCKET
        self._event_types = event_types
        self._user_token = user_token
        self._read = 0  # how many of the frames that have come
        self._end: SocketResult | None = None  # of the turn, if that was read last
        self._is_given = False  # that end, by result()
        self._asked = 0  # how many frames had come when something was said last
        self._silence = _SILENT  # seconds for an answer to that
        self._incoming = Incoming(self._opened({**headers, "X-Emulator-Fault": fault} if fault else headers))
        self._join("connect")

    def _opened(self, headers: Mapping[str, str]) -> "WebSocket":
        for name, value in headers.items():
            if not (value.isascii() and value.isprintable()):
                raise SetupError(f"{name} of the socket has characters that no header can carry.")
        return self._control.upgrade(self._target, headers, self.timeout)

    def _join(self, kind: str, **fields: Any) -> None:
        self._tell(kind, **fields, event_types=None if self._event_types is None else [*self._event_types])
        if self._incoming.web.end is not None:
            self._incoming.web.drop()
            raise self._closed()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        if kind is None:
            self.leave()
        else:
            self.close()

    def __repr__(self) -> str:
        end = self._incoming.web.end
        return f"Socket({self.session_id!r}, {'open' if end is None else f'closed with {end.code}'})"

    # What is said

    def send(
        self,
        content: Message,
        *,
        inputs: Mapping[str, Any] | None = None,
        correlation_id: str | None = None,
        artifacts: Sequence[str] | None = None,
        timezone: str | None = None,
        ext_token: str | None = None,
    ) -> None:
        """Send a message, which begins a turn; what is left of one that was read in part is passed over, if that is over.

        Args:
            content: text, or blocks as of execute.
            inputs: values of variables.
            correlation_id: comes back on each event of the turn.
            artifacts: ids.
            timezone: such as Europe/Berlin.
            ext_token: of the end user; None is the one that the socket was opened with.
        """
        token = self._user_token if ext_token is None else ext_token
        more = {"inputs": inputs, "correlation_id": correlation_id, "artifacts": artifacts, "timezone": timezone}
        self._end = None
        self._tell("user_message", content=content, **more, ext_token=token)
        self._pass_over_turn()

    def approve(
        self, tool_args: Mapping[str, Any] | None = None, scope: str = "once", timeout: float | None = None
    ) -> None:
        """Accept what a person is asked for; waits until one is.

        Args:
            tool_args: the arguments in place of the proposed ones.
            scope: once, or session for later calls of the tool as well.
            timeout: real seconds until a person is asked.
        """
        edited = {} if tool_args is None else {"tool_args": tool_args}
        self._decide({"kind": "accept", "scope": scope, **edited}, timeout, "approve()")

    def decline(self, feedback: str = "", timeout: float | None = None) -> None:
        """Decline what a person is asked for, and say why; waits until one is."""
        self._decide({"kind": "decline", **({"feedback": feedback} if feedback else {})}, timeout, "decline()")

    def answer(self, text: str | None = None, selected_option: str | None = None, timeout: float | None = None) -> None:
        """Answer the question that a person is asked; waits until one is."""
        given = {"text": text, "selected_option": selected_option}
        answer = {name: value for name, value in given.items() if value is not None}
        self._decide({"kind": "answer", **answer}, timeout, "answer()")

    def cancel(self) -> None:
        """Stop the turn that runs."""
        self._tell("cancel_execution")

    def disconnect(self) -> None:
        """Leave the session; the socket stays open."""
        self._tell("disconnect")

    def reconnect(self, last_message_id: str | None = None) -> None:
        """Join the session again, and have sent what came after an event; opens a new connection if there is none any more.

        What was not read yet stays to be read, before what is sent now; a turn that was read to its end is over for `text` and
        `result`.

        Args:
            last_message_id: of that event; None is the newest that has come here, and if none has, all that is kept is sent.
        """
        self._incoming.take_in()
        if self._incoming.web.end is not None:
            self._incoming.web = self._opened(self._headers)
        if last_message_id is None:
            events = self.events
            last_message_id = events[-1].message_id if events else _EVERYTHING_KEPT
        self._end = None
        self._join("reconnect", last_message_id=last_message_id)

    def send_frame(self, frame: Mapping[str, Any] | str | bytes) -> None:
        """Send a frame as it is: JSON, or whatever text or bytes."""
        data = frame if isinstance(frame, str | bytes) else json.dumps(frame)
        self._incoming.take_in()
        if self._incoming.web.end is not None:
            raise self._closed()
        joins = isinstance(frame, Mapping) and frame.get("type") in _JOINING
        self._asked, self._silence = len(self._incoming.frames), _SILENT if joins else _ANSWERED
        self._incoming.said(data)
        ping = self._incoming.web.send(data)
        self._incoming.wait(lambda: self._incoming.web.has_come(ping), min(_TAKEN, self.timeout))

    def _tell(self, kind: str, **fields: Any) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        self.send_frame({"type": kind, "client_type": "api", "session_id": self.session_id, **given})

    def _decide(self, data: Json, timeout: float | None, call: str) -> None:
        __tracebackhide__ = True
        unread = self._read

        def is_asked() -> bool:
            return self.pause is not None or any(
                isinstance(one.said, SocketError) for one in self._incoming.frames[unread:]
            )

        seconds = self.timeout if timeout is None else timeout
        if not self._incoming.wait(is_asked, seconds):
            raise self._failure("HitlRequired", seconds, call)
        pause = self.pause
        if pause is None:
            self._up_to(lambda _: False, "HitlRequired", 0, call)  # which raises the error
        else:
            self._incoming.decided = pause.tool_call_id
            self._tell("hitl_response", tool_call_id=pause.tool_call_id, data=data)

    # What comes

    @property
    def events(self) -> tuple[SocketEvent, ...]:
        """Every event that has come so far, read or not; nothing is waited for."""
        return tuple(one.said for one in self._incoming.frames if isinstance(one.said, SocketEvent))

    @property
    def pause(self) -> SocketPause | None:
        """What a person is asked for; None when nobody is, as far as has come, or when it was decided here."""
        return self._incoming.pause

    def next_frame(self, timeout: float | None = None) -> Any:
        """The next frame, whatever it is: its JSON; its text if it is none."""
        __tracebackhide__ = True
        return self._up_to(lambda _: True, "A frame", timeout, "next_frame()", raises=False)[-1].body

    def next_event(self, type: str | None = None, timeout: float | None = None) -> SocketEvent:  # noqa: A002  # as it is called
        """The next event, or the next one of a type; one that is nearly a documented type raises SetupError."""
        __tracebackhide__ = True
        return self._events_up_to(type, timeout, "next_event()")[-1]

    def until(self, type: str = "ExecutionFinished", timeout: float | None = None) -> list[SocketEvent]:  # noqa: A002
        """The next events, up to one of a type and with it; one that is nearly a documented type raises SetupError."""
        __tracebackhide__ = True
        return self._events_up_to(type, timeout, "until()")

    def result(self, timeout: float | None = None) -> SocketResult:
        """The end of the turn that was read to its end, once; otherwise that of the next one, whose events are passed over."""
        __tracebackhide__ = True
        if self._end is None or self._is_given:
            self._to_the_end(timeout, "result()")
        assert self._end is not None  # noqa: S101  # for the type checker
        self._is_given = True
        return self._end

    def text(self, timeout: float | None = None) -> str:
        """All pieces of text of the turn that was read to its end, joined; otherwise of the next one, when it has ended."""
        __tracebackhide__ = True
        if self._end is None:
            self._to_the_end(timeout, "text()")
        pieces: list[str] = []
        for frame in reversed(self._incoming.frames[: self._read - 1]):
            if isinstance(frame.said, SocketResult):
                break
            if isinstance(frame.said, SocketEvent) and frame.said.type == "TextMessageContent":
                pieces.append(frame.said.delta)
        return "".join(reversed(pieces))

    def __iter__(self) -> Iterator[SocketEvent]:
        """The events of a turn as they come, to its end, which `result` has without waiting."""
        self.skip_result()
        while (event := self.next_of_turn()) is not None:
            yield event

    def skip_result(self) -> None:
        """Pass over the end of a turn that comes next, if it has come already."""
        if self._read < len(self._incoming.frames) and isinstance(self._incoming.frames[self._read].said, SocketResult):
            self._read += 1

    def next_of_turn(self) -> SocketEvent | None:
        """The next event; None at the end of the turn."""
        __tracebackhide__ = True
        frame = self._up_to(lambda one: one.said is not None, "An event", None, "the loop over events")[-1]
        return frame.said if isinstance(frame.said, SocketEvent) else None

    def _pass_over_turn(self) -> None:
        """Pass over the rest of a turn that was read in part, if its end has come and no error before it."""
        if self._read == 0 or not isinstance(self._incoming.frames[self._read - 1].said, SocketEvent):
            return
        for number, frame in enumerate(self._incoming.frames[self._read :], self._read + 1):
            if isinstance(frame.said, SocketError):
                return
            if isinstance(frame.said, SocketResult):
                self._read = number
                return

    def _to_the_end(self, timeout: float | None, call: str) -> None:
        __tracebackhide__ = True
        self._up_to(lambda one: isinstance(one.said, SocketResult), "execution_result", timeout, call)

    def _events_up_to(self, kind: str | None, timeout: float | None, call: str) -> list[SocketEvent]:
        __tracebackhide__ = True
        if kind is not None:
            check_type(kind)
        frames = self._up_to(
            lambda one: isinstance(one.said, SocketEvent) and kind in (None, one.said.type),
            kind or "An event",
            timeout,
            call,
        )
        return [one.said for one in frames if isinstance(one.said, SocketEvent)]

    def _up_to(
        self, is_wanted: Callable[[Frame], bool], wanted: str, timeout: float | None, call: str, *, raises: bool = True
    ) -> Sequence[Frame]:
        """Read up to the frame that is wanted, and with it; or up to an error, which is raised if it is not wanted."""
        __tracebackhide__ = True
        seconds = self.timeout if timeout is None else timeout
        start = end = self._read

        def has_come() -> bool:
            nonlocal end
            while end < len(self._incoming.frames):
                frame = self._incoming.frames[end]
                end += 1
                if isinstance(frame.said, SocketError) or is_wanted(frame):
                    return True
            return False

        if not self._incoming.wait(has_come, seconds):
            raise self._failure(wanted, seconds, call)
        self._read = end
        said = self._incoming.frames[end - 1].said
        self._end, self._is_given = said if isinstance(said, SocketResult) else None, False
        if raises and isinstance(said, SocketError):
            raise SocketError(said.error_code, said.message)
        return self._incoming.frames[start:end]

    def _failure(self, wanted: str, seconds: float, call: str) -> Exception:
        """Why it was waited in vain."""
        unread = self._incoming.frames[self._read :]
        before = told(self._incoming.frames[-3:])
        instead = f"this came instead: {told(unread)}" if unread else f"nothing came{before and f' after {before}'}"
        if self._incoming.web.end is not None:
            return self._closed(f"{wanted} was waited for; {instead}")
        if isinstance(self._newest(), SocketResult):
            instead += "; the turn is over"
        if self.pause is not None:
            instead += f"; a person is asked about {self.pause.tool_name}: approve(), decline() or answer() goes on"
        return NeverCame(wanted, seconds, instead, call)

    def _newest(self) -> SocketEvent | SocketResult | None:
        """What has come last of a turn, read or not."""
        said = (one.said for one in reversed(self._incoming.frames))
        return next((one for one in said if isinstance(one, SocketEvent | SocketResult)), None)

    def _closed(self, waiting: str = "") -> SocketClosed:
        end = self._incoming.web.end
        assert end is not None  # noqa: S101  # for the type checker
        return SocketClosed(end.code, end.reason, waiting)

    def interrupt(self, thread: int) -> None:
        """Let the call of a thread, named by its identifier, end with Interrupted; nothing happens if it does not wait."""
        self._incoming.interrupt(thread)

    def conversation(self) -> str:
        """The newest frames either way, a line each, without secrets: for people."""
        self._incoming.take_in()
        return "\n".join([repr(self), *(f"    {line}" for line in self._incoming.lines or ["nothing was said"])])

    # The end

    def drop(self) -> None:
        """Cut the connection off, as a network does that breaks; what was not read yet is lost, and `reconnect` gets it."""
        self._incoming.web.drop()

    def close(self) -> None:
        """Close it; what came before stays to be read."""
        self._incoming.web.leave()
        self._incoming.wait(lambda: self._incoming.web.end is not None, _FAREWELL)
        self._incoming.web.drop()

    def leave(self) -> None:
        """Close it, as the end of `with` does: an error frame that nobody has read is raised as SocketError.

        What was said last may still be answered; that is waited for, a second at most.
        """
        __tracebackhide__ = True
        self._incoming.wait(lambda: len(self._incoming.frames) > self._asked, min(self._silence, self.timeout))
        self.close()
        for number, frame in enumerate(self._incoming.frames[self._read :], self._read + 1):
            if isinstance(frame.said, SocketError):
                self._read = number
                error = SocketError(frame.said.error_code, frame.said.message)
                error.add_note("Nobody has read this error frame while the socket was open.")
                raise error
