"""A connection whose parser is httptools. This module is what that parser needs besides."""

from collections.abc import Iterator
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from atthene_emulator import limits
from atthene_emulator.errors import ApiError, HeadTooLarge, Misuse
from atthene_emulator.protocol.connection import BODY, HEAD, BoundedConnection, Part
from atthene_emulator.protocol.port import Port
from atthene_emulator.protocol.refusals import NOT_READABLE, TOO_LARGE
from atthene_emulator.protocol.targets import path_and_query


class HttptoolsConnection(BoundedConnection, HttpToolsProtocol):
    """A connection whose parser calls back: of one head and its body after the other."""

    def __init__(self, port: Port, **uvicorns: Any) -> None:
        super().__init__(port, **uvicorns)
        self._part: Part | None = None
        self._incomplete = 0  # bytes since a head, a piece of a body or a request was complete
        self._offers_upgrade = False
        self._running: Any = None

    def part(self) -> Part | None:
        """As the callbacks tell it."""
        return self._part

    def unanswered(self) -> Iterator[Any]:
        """The one that runs, and those behind it in the same segment."""
        for cycle in (self._running, *(cycle for cycle, _ in reversed(self.pipeline))):
            if cycle is not None and not cycle.response_complete:
                yield cycle

    def parse(self, data: bytes) -> None:
        """Parse; an upgrade to anything but a websocket is not offered, so that the body is read.

        Raises:
            ApiError: it is no request, or one that is refused.
        """
        self._incomplete += len(data)
        while data:
            try:
                self.parser.feed_data(data)
                data = b""
            except httptools.HttpParserUpgrade as upgrade:
                if self._should_upgrade():
                    self.hand_over(self.url, data[upgrade.args[0] :])
                    return
                data = self._without_upgrade() + data[upgrade.args[0] :]
            except httptools.HttpParserError as error:
                cause = error.__context__
                raise (cause if isinstance(cause, ApiError) else Misuse(NOT_READABLE.format(reason=error))) from None
        if self._incomplete > limits.HEAD.most:
            raise HeadTooLarge(TOO_LARGE)

    def _without_upgrade(self) -> bytes:
        """The same head again without the word that stops the parser, for a new one."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        self.parser = type(self.parser)(self)
        self._offers_upgrade = False
        lines = [b"%s %s HTTP/%s" % (method, self.url, version)]
        for name, value in self.headers:
            kept = value
            if name == b"connection":
                kept = b", ".join(word for word in value.split(b",") if word.strip().lower() != b"upgrade")
            lines.append(name + b": " + kept)
        return b"\r\n".join([*lines, b"", b""])

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._part = HEAD

    def on_headers_complete(self) -> None:
        """A head is complete: start its request, unless it is read again or refused."""
        if self.parser.should_upgrade():
            self._offers_upgrade = not self._should_upgrade()
            if self.parser.get_method() == b"CONNECT":
                raise Misuse(NOT_READABLE.format(reason="CONNECT is for proxies"))
            self._check_size()
            return
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts != 1 and (hosts or self.parser.get_http_version() != "1.0"):
            raise Misuse(NOT_READABLE.format(reason=f"it has {hosts or 'no'} Host headers"))
        self._check_size()
        if not self.url.startswith(b"/"):
            self.url = path_and_query(self.url)
        super().on_headers_complete()
        self.headers = []  # for trailers, which are no headers
        self._part = BODY
        self._incomplete = 0
        if self._running is None or self._running.response_complete:
            self._running = self.cycle

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        super().on_body(body)
        self._incomplete = 0

    def on_message_complete(self) -> None:
        """A body is complete."""
        if self._offers_upgrade:
            return
        super().on_message_complete()
        self.head = b""
        self._part = None
        self._incomplete = 0

    def on_response_complete(self) -> None:
        """An answer is complete; the next one in line runs."""
        if self.pipeline:
            self._running = self.pipeline[-1][0]
        super().on_response_complete()

    def _check_size(self) -> None:
        if self._incomplete > limits.HEAD.most and size_of(self.url, self.headers) > limits.HEAD.most:
            raise HeadTooLarge(TOO_LARGE)

    def _should_upgrade(self) -> bool:
        return self.offers_socket(self.parser.get_method(), self.parser.get_http_version())


def size_of(target: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    """Bytes of a head, but for a few."""
    return len(target) + sum(len(name) + len(value) + 4 for name, value in headers)
