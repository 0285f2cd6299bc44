"""A connection whose parser is h11. This module is what that parser needs besides."""

import re
from collections.abc import Iterator
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from atthene_emulator import limits
from atthene_emulator.errors import ApiError, HeadTooLarge, Misuse
from atthene_emulator.protocol.connection import BODY, HEAD, BoundedConnection, Part, State
from atthene_emulator.protocol.port import Port
from atthene_emulator.protocol.refusals import NOT_READABLE, TOO_LARGE
from atthene_emulator.protocol.targets import path_and_query

_QUOTED = re.compile(r":? (?:bytearray\()?b['\"].*", re.DOTALL)  # of a mistake: what was sent
_LINE = 12  # bytes of a request line besides method and target


class _Parser(h11.Connection):
    """Says nothing of mistakes but that it needs more, and keeps them: uvicorn would answer each in a line of text."""

    failure: ApiError | None = None
    failed_at: Any = None

    def next_event(self) -> Any:
        at = self.their_state
        if self.failure is not None:
            return h11.NEED_DATA
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                _check(event)
                event = _for_path(event)
        except h11.RemoteProtocolError as error:
            large = error.error_status_hint == HeadTooLarge.status
            self.failure = HeadTooLarge(TOO_LARGE) if large else Misuse(_without_what_was_sent(error))
        except ApiError as error:
            self.failure = error
        else:
            return event
        self.failed_at = at
        return h11.NEED_DATA


def _without_what_was_sent(error: h11.RemoteProtocolError) -> str:
    return NOT_READABLE.format(reason=_QUOTED.sub("", str(error)))


def _for_path(request: h11.Request) -> h11.Request:
    """The same request without what a target has besides path and query."""
    path = path_and_query(request.target)
    if path == request.target:
        return request
    return h11.Request(method=request.method, headers=request.headers, target=path, http_version=request.http_version)


def _check(request: h11.Request) -> None:
    if request.method == b"CONNECT":
        raise Misuse(NOT_READABLE.format(reason="CONNECT is for proxies"))
    if request.http_version not in (b"1.0", b"1.1"):
        raise Misuse(NOT_READABLE.format(reason=f"it says HTTP/{request.http_version.decode()}"))
    size = len(request.method) + len(request.target) + _LINE
    if size + sum(len(name) + len(value) + 4 for name, value in request.headers) > limits.HEAD.most:
        raise HeadTooLarge(TOO_LARGE)


class H11Connection(BoundedConnection, H11Protocol):
    """A connection whose parser is asked for the next event, and stops behind a request that is not answered."""

    conn: _Parser

    def __init__(self, port: Port, **uvicorns: Any) -> None:
        super().__init__(port, **uvicorns)
        self.conn = _Parser(h11.SERVER, limits.HEAD.most)

    def part(self) -> Part | None:
        """As the state of the client tells it."""
        state = self.conn.failed_at or self.conn.their_state
        if state is h11.SEND_BODY:
            return BODY
        return HEAD if state is h11.IDLE and self.conn.trailing_data[0] else None

    def unanswered(self) -> Iterator[Any]:
        """The only one that was parsed."""
        if self.cycle is not None and not self.cycle.response_complete:
            yield self.cycle

    def parse(self, data: bytes) -> None:
        """Parse.

        Raises:
            ApiError: it is no request, or one that is refused.
        """
        self.conn.receive_data(data)
        if self.state is State.LAST:
            while isinstance(self.conn.next_event(), h11.Data):
                pass
        else:
            super().handle_events()
        if self.conn.failure is not None:
            raise self.conn.failure

    def handle_events(self) -> None:
        """Go on with what the parser has kept."""
        self.head = b""
        super().handle_events()
        if self.conn.failure is not None:
            self.fail(self.conn.failure)

    def _should_upgrade(self) -> bool:
        return self.offers_socket(self.scope["method"].encode(), self.scope["http_version"])

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Make a socket of the connection."""
        self.hand_over(event.target, self.conn.trailing_data[0])
