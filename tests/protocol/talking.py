"""A client that sends what it wants, byte by byte. This module is how tests speak below HTTP."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from atthene_emulator.server import EmulatorServer

EXECUTE = "POST /api/v1/runtime/session_abc123/execute/"
LIST = "GET /api/v1/sessions/"
KEY = "x-api-key: test-key"
HELLO = b'{"content": "Hello"}'


class Answer(NamedTuple):
    """One answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = json.loads(self.body)["error"]
        return error


class Talk:
    """An open connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""

    def say(self, data: bytes) -> None:
        self._connection.sendall(data)

    def hear(self) -> Answer:
        """The next answer; it has a Content-Length."""
        while b"\r\n\r\n" not in self._data:
            self._read()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", "0"))
        while len(self._data) < size:
            self._read()
        body, self._data = self._data[:size], self._data[size:]
        return Answer(int(first.split()[1]), headers, body)

    def ask(self, line: str, *headers: str, body: bytes = b"", version: str = "1.1") -> Answer:
        self.say(request(line, *headers, body=body, version=version))
        return self.hear()

    def is_over(self) -> bool:
        """Whether the server closes it in order, without another word; waits for that."""
        return self._data == b"" and self._connection.recv(1) == b""

    def _read(self) -> None:
        more = self._connection.recv(65536)
        if not more:
            raise EOFError(self._data)
        self._data += more


def request(line: str, *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    """A request; `body` is sent with its length, unless a header says otherwise."""
    lines = [f"{line} HTTP/{version}", *(["Host: localhost"] if version == "1.1" else []), *headers]
    if body and not any(header.startswith(("Transfer-Encoding", "Content-Length")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*pieces: bytes, trailers: str = "") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + f"0\r\n{trailers}\r\n".encode()


@contextmanager
def talking(server: EmulatorServer) -> Iterator[Talk]:
    """A new connection."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is said in pieces goes in pieces
        yield Talk(connection)
