"""A client of a WebSocket that sends what it wants, frame by frame. This module is how tests speak below ASGI."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from atthene_emulator.server import EmulatorServer

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
OFFER = (
    "Connection: keep-alive, Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
_MASK = b"\x01\x02\x03\x04"


class Heard(NamedTuple):
    """One frame of the server."""

    opcode: int
    data: bytes

    @property
    def text(self) -> str:
        assert self.opcode == TEXT
        return self.data.decode()

    @property
    def closing(self) -> tuple[int, str]:
        """The code and the reason of a close frame; 1005 for none."""
        assert self.opcode == CLOSE, self
        return (struct.unpack("!H", self.data[:2])[0] if self.data else 1005), self.data[2:].decode()


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, size: int | None = None) -> bytes:
    """A frame of a client; `size` is what it says of its length."""
    size = len(data) if size is None else size
    first = opcode | (0x80 if fin else 0)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 0x10000:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    mask = (_MASK * (len(data) // 4 + 1))[: len(data)]
    masked = (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(data), "big")
    return head + _MASK + masked


def text(data: str, *, fin: bool = True) -> bytes:
    return frame(TEXT, data.encode(), fin=fin)


def closing(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())


def handshake(path: str = "/", *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *OFFER, *headers, "", ""]).encode()


class Socket:
    """A connection on which a handshake was sent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._data = b""

    def say(self, *data: bytes) -> None:
        self.connection.sendall(b"".join(data))

    def head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers of the answer to the handshake."""
        while b"\r\n\r\n" not in self._data:
            self._read()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)

    def hear(self) -> Heard:
        """The next frame."""
        first, second = self._take(2)
        assert first & 0x70 == 0, "no extension was agreed on"
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
        return Heard(first & 0x0F, self._take(size))

    def rest(self) -> bytes:
        """Whatever comes until the server closes the connection in order."""
        while True:
            more = self.connection.recv(65536)
            if not more:
                return self._data
            self._data += more

    def is_cut_off(self) -> bool:
        """Whether the connection ends without another word; waits for that."""
        try:
            return self.rest() == b""
        except ConnectionResetError:
            return True

    def _take(self, size: int) -> bytes:
        while len(self._data) < size:
            self._read()
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def _read(self) -> None:
        more = self.connection.recv(65536)
        if not more:
            raise EOFError(self._data)
        self._data += more


@contextmanager
def connected(server: EmulatorServer, path: str = "/", *headers: str, buffer: int = 0) -> Iterator[Socket]:
    """A connection whose handshake was sent; `buffer` is how much of what it does not read the machine keeps for it."""
    with socket.socket() as connection:
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(handshake(path, *headers))
        yield Socket(connection)


@contextmanager
def opened(server: EmulatorServer, path: str = "/", *, buffer: int = 0) -> Iterator[Socket]:
    """A socket that the application has accepted."""
    with connected(server, path, buffer=buffer) as made:
        assert made.head()[0] == 101
        yield made
