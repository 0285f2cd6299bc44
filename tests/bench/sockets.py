"""What sockets cost: events per second of turns that stream, and the memory of sockets that do nothing.

The client counts frames by their heads and looks into none but for the mark of a turn's end, so that it is never the
bottleneck. This module is that client; run alone, `python -m tests.bench.sockets`, it measures what `make bench` measures.
"""

import argparse
import asyncio
import json
import statistics
import struct
import time
from asyncio import Future, Transport
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.bench.payloads import FLAT, STREAMED, USER_MESSAGE
from tests.bench.servers import bare_command, emulator_command, free_port, memory, running

_SESSIONS = "/api/v1/sessions/"
_END = b'"execution_result"'
_LOOKED_INTO = 48  # bytes of a frame, where the mark is if it is there
_IDLE = 1000
_HEAD = (
    "GET /ws/amas/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nx-api-key: test-key\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def masked(frame: Any) -> bytes:
    """A text frame of a client, masked with nothing."""
    data = json.dumps(frame).encode()
    size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
    return b"\x81" + size + bytes(4) + data


class Socket(asyncio.Protocol):
    """A socket that says the same again whenever a turn has ended, as long as it is to."""

    def __init__(self) -> None:
        self.events = 0
        self.opened: Future[None] = asyncio.get_running_loop().create_future()
        self.done: Future[None] = asyncio.get_running_loop().create_future()
        self._data = b""
        self._transport: Transport
        self._message = b""
        self._until = 0.0

    def turns(self, session: str, until: float) -> None:
        """Ask for turn after turn, until then."""
        self._message = masked({**USER_MESSAGE, "session_id": session})
        self._until = until
        self._transport.write(self._message)

    def subscribe(self, session: str) -> None:
        self._transport.write(masked({"type": "connect", "client_type": "api", "session_id": session}))

    def close(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(_HEAD.encode())

    def connection_lost(self, _: Exception | None) -> None:
        for future in (self.opened, self.done):
            if not future.done():
                future.set_exception(ConnectionError(f"the server closed the socket: {self._data!r}"))
                future.exception()  # who waits is told; that nobody waits is no news

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self.opened.done():
            self._count()
        elif b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self._transport.abort()
            else:
                self.opened.set_result(None)

    def _count(self) -> None:
        data, at, ended = self._data, 0, False
        while len(data) - at >= 10:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = data[at + 2] << 8 | data[at + 3], 4
            elif size == 127:
                size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            if len(data) - at < head + size:
                break
            at += head
            ended = ended or data.find(_END, at, at + _LOOKED_INTO) >= 0
            at += size
            self.events += 1
        self._data = data[at:]
        if ended and time.perf_counter() < self._until:
            self._transport.write(self._message)
        elif ended:
            self.done.set_result(None)


async def _open(url: str, sessions: Sequence[str]) -> list[Socket]:
    """A socket for each session, which is subscribed to it."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    sockets = []
    for session in sessions:
        _, socket = await loop.create_connection(Socket, parts.hostname or "", parts.port or 80)
        await socket.opened
        socket.subscribe(session)
        sockets.append(socket)
    return sockets


async def _stream(url: str, sessions: Sequence[str], seconds: float) -> float:
    sockets = await _open(url, sessions)
    began = time.perf_counter()
    for socket, session in zip(sockets, sessions, strict=True):
        socket.turns(session, began + seconds)
    await asyncio.gather(*(socket.done for socket in sockets))
    taken = time.perf_counter() - began
    for socket in sockets:
        socket.close()
    return sum(socket.events for socket in sockets) / taken


async def _idle(url: str, sessions: Sequence[str], pid: int) -> float:
    """How many MB a server has more with sockets that do nothing; the first one has loaded what all need."""
    first = await _open(url, sessions[:1])
    before = memory(pid)
    sockets = await _open(url, sessions)
    more = memory(pid) - before
    for socket in (*first, *sockets):
        socket.close()
    return more


@contextmanager
def _both() -> Iterator[dict[str, tuple[str, int, list[str]]]]:
    """The URL, the process and the sessions of each server."""
    with ExitStack() as stack:
        found = {}
        for name in ("bare", "emulator"):
            port = free_port()
            command = bare_command(port, "websockets-sansio") if name == "bare" else emulator_command(port)
            pid = stack.enter_context(running(command, port, _SESSIONS + ("x/" if name == "bare" else "")))
            url = f"http://127.0.0.1:{port}"
            found[name] = url, pid, _sessions(url) if name == "emulator" else ["x"] * _IDLE
        yield found


def _sessions(url: str) -> list[str]:
    """Sessions of an emulator, and a script of the answer that they get."""
    with requests.Session() as http:
        http.post(f"{url}/__emulator/scripts", json=STREAMED, timeout=10).raise_for_status()
        made = (
            http.post(url + _SESSIONS, json=FLAT, headers={"x-api-key": "test-key"}, timeout=10) for _ in range(_IDLE)
        )
        return [one.json()["session_id"] for one in made]


def measure_sockets(seconds: float, rounds: int, report: Callable[[str, float, float], None]) -> None:
    """Measure both servers in turns.

    Args:
        seconds: of one round.
        rounds: of which the medians count.
        report: gets what was measured, and the figures of the bare server and of the emulator.
    """
    with _both() as servers:
        for connections in (1, 32):
            rates: dict[str, list[float]] = {name: [] for name in servers}
            for _ in range(rounds):
                for name, (url, _, sessions) in servers.items():
                    rates[name].append(asyncio.run(_stream(url, sessions[:connections], seconds)))
            bare, emulator = (statistics.median(rates[name]) for name in ("bare", "emulator"))
            report(f"stream 50 pieces, events/s, {connections} sockets", bare, emulator)
        more = {name: asyncio.run(_idle(url, sessions, pid)) for name, (url, pid, sessions) in servers.items()}
        report(f"memory for {_IDLE:,} idle sockets, MB", more["bare"], more["emulator"])


def main() -> None:
    """Print what sockets cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    def show(what: str, bare: float, emulator: float) -> None:
        print(f"{what:<50} {bare:10.2f} {emulator:10.2f} {emulator / bare:6.3f}", flush=True)

    measure_sockets(options.seconds, options.rounds, show)


if __name__ == "__main__":
    main()
