"""Commands that come late: whoever has sent them was told that the connection is lost, and does not wait for them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError  # noqa: A004  # the package's own

from atthene_emulator.vault.redis_scripts import Script
from tests.redis_server import RedisServer


class Delays:
    """Holds commands back before they reach a Redis.

    Args:
        server: that they reach when they are delivered.
        monkeypatch: ends it.

    Attributes:
        held: those that are not delivered yet, as they were sent.
    """

    def __init__(self, server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server = server
        self._script: Script | None = None
        self.held: list[bytes] = []
        send = AbstractConnection.send_packed_command

        async def send_or_hold(connection: AbstractConnection, command: Any, **options: Any) -> None:
            sent = b"".join(command)
            if self._script is None or b"EVALSHA\r\n$40\r\n%b" % self._script.digest not in sent:
                await send(connection, command, **options)
                return
            self.held.append(sent)
            raise ConnectionError("delayed")

        monkeypatch.setattr(AbstractConnection, "send_packed_command", send_or_hold)

    @contextmanager
    def hold(self, script: Script) -> Iterator[None]:
        """Hold back, meanwhile, what has this script run."""
        self._script = script
        try:
            yield
        finally:
            self._script = None

    def deliver(self, place: int = 0) -> None:
        """One of those that are held."""
        with socket.create_connection(("127.0.0.1", self._server.port), timeout=5) as connection:
            connection.sendall(self.held.pop(place))
            assert connection.recv(1 << 16)[:2] != b"-N"  # the script is known
