"""Traffic on plain sockets, as a process of its own: `python -m tests.soak.traffic honest|hostile URL SECONDS KEY…`.

Honest clients do what an application does, and time each answer; hostile ones send what a server must not be held up by.
Both print what they saw as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

PAUSE = 0.1  # seconds between the requests of a client
PATIENCE = 30.0  # seconds that anything may take
AGENT = {"name": "Echo", "agent_type": "llm_agent", "system_prompt": "Say again: {{ user_input }}"}

Address = tuple[str, int]


def request(method: str, path: str, key: str, body: bytes = b"", *lines: str, kind: str = "application/json") -> bytes:
    """The bytes of a request."""
    head = [f"{method} /api/v1{path} HTTP/1.1", "Host: localhost", f"x-api-key: {key}", *lines]
    if body:
        head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    return int(lines[0].split()[1]), await reader.readexactly(int(lengths[0]) if lengths else 0)


class Honest:
    """An application: it creates a session now and then, talks to it, and reads what was said."""

    def __init__(self, address: Address, key: str) -> None:
        self.address, self.key = address, key
        self.seconds: list[float] = []
        self.failures: list[str] = []

    async def work(self, until: float) -> None:
        self.reader, self.writer = await asyncio.open_connection(*self.address)
        try:
            while time.monotonic() < until:
                created = await self.ask("POST", "/sessions/", 201, AGENT)
                path = f"/runtime/{created['session_id']}"
                for number in range(10):
                    text = f"{self.key} says {number}"
                    said = await self.ask("POST", f"{path}/execute/", 200, {"content": text})
                    assert text in said["messages"][0]["content"]
                told = await self.ask("GET", f"{path}/messages/", 200)
                assert told["total"] == 20
                await self.ask("DELETE", f"/sessions/{created['session_id']}/", 204)
        except Exception as error:  # noqa: BLE001  # told to whoever started us
            self.failures.append(f"{self.key}: {type(error).__name__}: {error}")
        finally:
            self.writer.close()

    async def ask(self, method: str, path: str, status: int, body: Any = None) -> Any:
        await asyncio.sleep(random.uniform(0, 2 * PAUSE))
        begun = time.monotonic()
        self.writer.write(request(method, path, self.key, b"" if body is None else json.dumps(body).encode()))
        async with asyncio.timeout(PATIENCE):
            came, data = await answer(self.reader)
        self.seconds.append(time.monotonic() - begun)
        if came != status:
            raise AssertionError(f"{method} {path}: {came} {data[:200]!r}")
        return json.loads(data) if data else None


async def honest(address: Address, seconds: float, keys: Sequence[str]) -> Mapping[str, Any]:
    """Let a client for each key work; how long its answers took, in milliseconds."""
    clients = [Honest(address, key) for key in keys]
    until = time.monotonic() + seconds
    await asyncio.gather(*(client.work(until) for client in clients))
    taken = sorted(1000 * one for client in clients for one in client.seconds)
    return {
        "requests": len(taken),
        "p50": taken[len(taken) // 2],
        "p99": taken[int(len(taken) * 0.99)],
        "slowest": taken[-1],
        "failures": [failure for client in clients for failure in client.failures],
    }


def _session() -> bytes:
    return json.dumps(AGENT).encode()


# What is sent by hostile clients, by its name; each may be answered or not, as long as nobody else notices.
BODIES: Mapping[str, tuple[str, bytes, str]] = {
    "broken text": ("/sessions/", b'[1e999x,"' + b'\\"' * 16_000, "application/json"),
    "deep nesting": ("/sessions/", b"[" * 100_000, "application/json"),
    "template": (
        "/runtime/session_abc123/execute/",
        json.dumps({"content": "{{user_input}}" * 10_000}).encode(),
        "application/json",
    ),
    "unknown inputs": (
        "/runtime/session_abc123/execute/",
        json.dumps({"content": "x", "inputs": {f"name_{number}": number for number in range(40_000)}}).encode(),
        "application/json",
    ),
    "large YAML": ("/agent/validate/", b"name: A\nagents:\n" + b"- {a: b, c: [1, 2]}\n" * 8_000, "application/yaml"),
    "aliases": (
        "/agent/validate/",
        b"a: &a [1,1,1,1,1,1,1,1,1]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
        "application/yaml",
    ),
    "many references": (
        "/agent/validate/",
        json.dumps({**AGENT, "system_prompt": "{{ a }}" * 20_000, "variables": [{"name": "b"}] * 5_000}).encode(),
        "application/json",
    ),
    "long text": (
        "/runtime/session_abc123/execute/",
        json.dumps({"content": "x" * 900_000}).encode(),
        "application/json",
    ),
    "too long": ("/sessions/", b"x" * 3_000_000, "application/json"),
}


class Hostile:
    """Clients that send what nobody should, each kind in turns, bounded in rate and in number."""

    def __init__(self, address: Address, key: str) -> None:
        self.address, self.key = address, key
        self.sent: Counter[str] = Counter()

    async def work(self, until: float) -> None:
        kinds: dict[str, Callable[[], Awaitable[None]]] = {
            **{name: (lambda name=name: self.send(name)) for name in BODIES},
            "leaver": self.leave,
            "garbage": self.garbage,
            "large head": self.large_head,
            "pipeline": self.pipeline,
        }
        slow = [asyncio.create_task(self.dribble(until)) for _ in range(50)]
        while time.monotonic() < until:
            for name, kind in kinds.items():
                try:
                    async with asyncio.timeout(PATIENCE):
                        await kind()
                except (OSError, EOFError, TimeoutError):
                    self.sent[f"{name}, cut off"] += 1
                self.sent[name] += 1
                await asyncio.sleep(PAUSE)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    async def send(self, name: str) -> None:
        path, body, kind = BODIES[name]
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            writer.write(request("POST", path, self.key, body, "Connection: close", kind=kind))
            status, _ = await answer(reader)
            self.sent[f"{name}: {status}"] += 1
        finally:
            writer.close()

    async def leave(self) -> None:
        """Ask for something, and go before it comes."""
        for _ in range(10):
            _, writer = await asyncio.open_connection(*self.address)
            writer.write(request("POST", "/sessions/", self.key, _session()))
            writer.transport.abort()

    async def garbage(self) -> None:
        for data in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET\r\n\r\n",
            b"\0" * 1000,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection(*self.address)
            writer.write(data)
            writer.write_eof()
            await reader.read()
            writer.close()

    async def large_head(self) -> None:
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(request("GET", "/sessions/", self.key, b"", "X-Large: " + "x" * 4_000_000))
        await reader.read()
        writer.close()

    async def pipeline(self) -> None:
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(request("GET", "/agent/", self.key) * 100)
        for _ in range(100):
            await answer(reader)
        writer.close()

    async def dribble(self, until: float) -> None:
        """Send a head so slowly that it never ends."""
        while time.monotonic() < until:
            _, writer = await asyncio.open_connection(*self.address)
            try:
                for byte in request("GET", "/sessions/", self.key, b"", "X-Slow: " + "x" * 1000):
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(1)
                    self.sent["slow bytes"] += 1
            except OSError:
                self.sent["slow head, cut off"] += 1
            finally:
                writer.close()


async def hostile(address: Address, seconds: float, keys: Sequence[str]) -> Mapping[str, Any]:
    """Attack for so long; how often each thing was sent."""
    attacker = Hostile(address, keys[0])
    await attacker.work(time.monotonic() + seconds)
    return dict(attacker.sent)


def main() -> None:
    """Be one of the two."""
    role, url, seconds, *keys = sys.argv[1:]
    parts = urlsplit(url)
    address = parts.hostname or "127.0.0.1", parts.port or 80
    work = {"honest": honest, "hostile": hostile}[role]
    print(json.dumps(asyncio.run(work(address, float(seconds), keys))))


if __name__ == "__main__":
    main()
