"""An answer that is sent piece by piece. This module is that response."""

from asyncio import sleep
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_LENGTH = b"content-length"


class Streamed(Response):
    """An answer whose body nobody holds as a whole; its `body` is empty, so that the journal keeps none.

    Args:
        pieces: the body; they are taken once.
        size: bytes that it has.
        status: of the answer.
        headers: of the answer; `Content-Length` is among them where there is a body.
    """

    def __init__(self, pieces: Iterable[bytes], size: int, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(None, status)
        self.raw_headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        self.pieces = pieces
        self.size = size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI has three
        """Send it; HEAD gets no body."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            for piece in self.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                await sleep(0)  # a client that reads quickly must not hold the others up
        await send({"type": "http.response.body"})

    def cut(self, size: int, ending: bytes = b"") -> Self:
        """Make it one of its first bytes and an ending, whose length is right."""
        self.pieces = _cut(self.pieces, size, ending)
        length = (_LENGTH, str(size + len(ending)).encode())
        self.raw_headers = [length if name == _LENGTH else (name, value) for name, value in self.raw_headers]
        return self


def _cut(pieces: Iterable[bytes], size: int, ending: bytes) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:size]
        size -= len(piece)
        if size <= 0:
            break
    yield ending
