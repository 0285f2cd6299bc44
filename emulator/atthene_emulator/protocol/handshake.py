"""How a request becomes a WebSocket (RFC 6455, 4.2). This module is what is asked for, and what is answered.

An upgrade is an offer. One that is not whole is not taken: its request is answered like any other, by the application, which
knows what stands at its path.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from typing import Any
from urllib.parse import unquote

from atthene_emulator.protocol.targets import path_and_query

Headers = Sequence[tuple[bytes, bytes]]

_KEY = rb"[A-Za-z0-9+/]{22}=="  # 16 bytes
_SAID_TO_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = b"13"


def offers_socket(method: bytes, version: str, headers: Headers) -> bool:
    """Whether a request asks to become a WebSocket, and says all that is needed for it.

    Args:
        method: as it was sent.
        version: of HTTP, as `1.1`.
        headers: with names in lower case.
    """
    found = {name: value for name, value in headers if name not in {b"connection", b"upgrade"}}
    return (
        b"websocket" in words(headers, b"upgrade")
        and b"upgrade" in words(headers, b"connection")
        and (method, version) == (b"GET", "1.1")
        and found.get(b"sec-websocket-version") == _VERSION
        and re.fullmatch(_KEY, found.get(b"sec-websocket-key", b"")) is not None
        and found.get(b"content-length", b"0") == b"0"
        and b"transfer-encoding" not in found
        and sum(name == b"host" for name, _ in headers) == 1
    )


def words(headers: Headers, wanted: bytes) -> list[bytes]:
    """The words of a header that may come more than once, in lower case."""
    return [word.strip().lower() for name, value in headers if name == wanted for word in value.split(b",")]


def socket_scope(scope: Mapping[str, Any], target: bytes, headers: Headers) -> dict[str, Any]:
    """What ASGI has to say of a socket.

    Args:
        scope: what it says of the connection.
        target: of the request, with path and query.
        headers: with names in lower case.

    Raises:
        Misuse: `target` is no path.
    """
    path, _, query = path_and_query(target).partition(b"?")
    protocols = (value.split(b",") for name, value in headers if name == b"sec-websocket-protocol")
    return {
        **{name: value for name, value in scope.items() if name != "method"},
        "type": "websocket",
        "asgi": {**scope["asgi"], "spec_version": "2.3"},
        "scheme": "wss" if scope["scheme"] == "https" else "ws",
        "path": scope["root_path"] + unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "headers": headers,
        "subprotocols": [word.strip().decode("latin-1") for line in protocols for word in line],
        "extensions": {"websocket.http.response": {}},
    }


def switching(headers: Headers, more: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer that makes a socket of the connection.

    Args:
        headers: of the request.
        more: headers of the answer besides those that it needs.
    """
    key = next(value for name, value in headers if name == b"sec-websocket-key")
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + b64encode(sha1(key + _SAID_TO_KEY).digest()),  # noqa: S324  # it is no secret
        *(b": ".join(header) for header in more),
        b"",
        b"",
    ]
    return b"\r\n".join(lines)
