"""Sockets that stream turns, as a process of its own: `python -m tests.soak.streaming URL SECONDS KEY…`, a socket for each key.

Each client talks to a session, loses its connection in the middle of a turn now and then, comes again and gets what it has missed:
every event once, each behind the one that it names. What they saw is printed as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.protocol.framing import CLOSE, PING, PONG, TEXT, closing, frame, handshake, text
from tests.soak.traffic import AGENT, PATIENCE, Address, answer, request

TURNS = 10  # of a session
LOST = 0.2  # of the turns: how many lose their connection


class Streaming:
    """One front end; what it saw is counted in `turns`, `events` and `lost`."""

    def __init__(self, address: Address, key: str) -> None:
        self.address, self.key = address, key
        self.chance = random.Random(key)
        self.turns = self.events = self.lost = 0
        self.failures: list[str] = []
        self.session = ""

    async def work(self, until: float) -> None:
        try:
            while time.monotonic() < until:
                await self.talk(until)
        except Exception as error:  # noqa: BLE001  # told to whoever started us
            self.failures.append(f"{self.key}: {type(error).__name__}: {error}")

    async def talk(self, until: float) -> None:
        """A session of a few turns."""
        created = await self.ask("POST", "/sessions/", json.dumps(AGENT).encode())
        self.session = json.loads(created)["session_id"]
        await self.open()
        await self.say("connect")
        for number in range(TURNS):
            if time.monotonic() < until:
                await self.turn(f"{self.key} says {number} and a few words more, which come one by one")
        self.writer.write(closing(1000))
        opcode, data = await self.hear()
        assert (opcode, data[:2]) == (CLOSE, b"\x03\xe8"), (opcode, data)
        self.writer.close()
        await self.ask("DELETE", f"/sessions/{self.session}/")

    async def turn(self, content: str) -> None:
        await self.say("user_message", content=content)
        leaves_after = self.chance.randint(1, 10) if self.chance.random() < LOST else 0
        said, before = "", None
        while (came := await self.next())["type"] == "event":
            assert came["prev_message_id"] == before, (came, before)
            before = came["message_id"]
            said += came["payload"].get("delta", "") if came["payload"]["type"] == "TextMessageContent" else ""
            self.events += 1
            leaves_after -= 1
            if leaves_after == 0:
                self.writer.transport.abort()
                await self.open()
                await self.say("reconnect", last_message_id=before)
                self.lost += 1
        assert came["type"] == "execution_result", came
        assert content in said, (content, said)
        self.turns += 1

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(*self.address)
        self.writer.write(handshake("/ws/amas/", f"x-api-key: {self.key}"))
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.partition(b"\r\n")[0], head

    async def say(self, kind: str, **fields: Any) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        frame = {"type": kind, "client_type": "api", "session_id": self.session, **fields}
        self.writer.write(text(json.dumps(frame)))

    async def next(self) -> dict[str, Any]:
        """The next frame of the service."""
        opcode, data = await self.hear()
        assert opcode == TEXT, (opcode, data)
        came: dict[str, Any] = json.loads(data)
        return came

    async def hear(self) -> tuple[int, bytes]:
        async with asyncio.timeout(PATIENCE):
            while True:
                first, size = await self.reader.readexactly(2)
                if size >= 126:
                    size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
                data = await self.reader.readexactly(size)
                if first & 0x0F != PING:
                    return first & 0x0F, data
                self.writer.write(frame(PONG, data))

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(request(method, path, self.key, body, "Connection: close"))
        async with asyncio.timeout(PATIENCE):
            status, data = await answer(reader)
        writer.close()
        assert status in (201, 204), (status, data)
        return data


async def stream(address: Address, seconds: float, keys: Sequence[str]) -> Mapping[str, Any]:
    """Let a client for each key work; what they saw."""
    clients = [Streaming(address, key) for key in keys]
    until = time.monotonic() + seconds
    await asyncio.gather(*(client.work(until) for client in clients))
    return {
        **{name: sum(getattr(client, name) for client in clients) for name in ("turns", "events", "lost")},
        "failures": [failure for client in clients for failure in client.failures][:5],
    }


def main() -> None:
    """Stream, and say what was seen."""
    url, seconds, *keys = sys.argv[1:]
    parts = urlsplit(url)
    address = parts.hostname or "127.0.0.1", parts.port or 80
    print(json.dumps(asyncio.run(stream(address, float(seconds), keys))))


if __name__ == "__main__":
    main()
