"""Answers to what never becomes a request. This module makes them, and writes them down."""

import re
from email.utils import formatdate
from typing import Any

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import ApiError
from atthene_emulator.limits import HEAD
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.exchange import Exchange

NOT_READABLE = "This is no request of HTTP/1.1: {reason}"
TOO_LARGE = f"The first line and the headers have more than {HEAD.most:,} bytes"

_REQUEST_LINE = rb"([!-~]{1,40}) ([!-~]{1,2000})"
_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
_UNKNOWN = "-"  # what no request line says


def refuse(emulator: Emulator, error: ApiError, head: bytes) -> bytes:
    """A whole answer, in the service's envelope; it stands in the journal of `default`, as nobody could say of which.

    Where `default` is kept elsewhere just then, it stands nowhere, and the answer has no id.

    Args:
        emulator: whose journal it is.
        error: what is answered.
        head: how the request began, as far as it is known.
    """
    response = error_response(error)
    is_kept = emulator.is_kept_here(emulator.default)
    named = [b"x-request-id: " + _written_down(emulator, error, head).encode()] if is_kept else []
    lines = [
        f"HTTP/1.1 {response.status_code} {_PHRASES[response.status_code]}".encode(),
        f"date: {formatdate(usegmt=True)}".encode(),
        *(b": ".join(header) for header in response.raw_headers),
        *named,
        b"connection: close",
        b"",
        bytes(response.body),
    ]
    return b"\r\n".join(lines)


def _written_down(emulator: Emulator, error: ApiError, head: bytes) -> str:
    """Have it in the journal; its id."""
    match = re.match(_REQUEST_LINE, head)
    method, target = (match[1].decode(), match[2]) if match else (_UNKNOWN, _UNKNOWN.encode())
    path, _, query = target.partition(b"?")
    scope: dict[str, Any] = {
        "method": method,
        "raw_path": path,
        "query_string": query,
        "headers": [],
        "path_params": {},
    }
    exchange = Exchange(emulator, scope, _nothing_more)
    exchange.enter(emulator.default)
    exchange.write_down(error_response(error), delivered=True)
    exchange.report()
    return exchange.id


async def _nothing_more() -> dict[str, Any]:
    return {"type": "http.disconnect"}
