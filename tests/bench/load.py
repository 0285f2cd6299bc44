"""Load: wrk where it is installed, else a generator of our own. This module is both.

wrk is faster than any server of this kind, so it is not the bottleneck. The generator is asyncio on plain sockets with
requests made beforehand; it costs about as much as a bare server, so its absolute numbers are low. Both measure the bare
application and the emulator alike, and only their ratio is reported.
"""

import asyncio
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is sent again and again; `paths` are taken in turn, and with each the key of its account."""

    method: str
    paths: Sequence[str]
    body: Any = None
    keys: Sequence[str] = ("test-key",)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each path with its key."""
        return list(zip(self.paths, cycle(self.keys), strict=False))

    def raw(self, host: str) -> list[bytes]:
        """The bytes of each path's request."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        rest = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        return [
            f"{self.method} {path} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {key}\r\n{rest}".encode() + body
            for path, key in self.pairs
        ]


@dataclass(frozen=True, slots=True)
class Result:
    """Requests per second, and milliseconds."""

    rate: float
    p50: float
    p99: float
    slowest: float


def median(results: Sequence[Result]) -> Result:
    """The medians of several rounds."""
    return Result(*(statistics.median(getattr(one, name) for one in results) for name in Result.__slots__))


def has_wrk() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def measure(url: str, request: Request, connections: int, seconds: float) -> Result:
    """Send a request over and over."""
    if has_wrk():
        return _wrk(url, request, connections, seconds)
    return asyncio.run(_generate(url, request, connections, seconds=seconds))


def send_all(url: str, request: Request, connections: int = 32) -> Result:
    """Send a request once to each of its paths, with our own generator."""
    return asyncio.run(_generate(url, request, connections))


_SCRIPT = """
wrk.method = "%s"
wrk.headers["content-type"] = "application/json"
wrk.body = %s
local requests, n = {}, 0
init = function()
  for line in io.lines("%s") do
    local path, key = line:match("(%%S+) (%%S+)")
    wrk.headers["x-api-key"] = key
    requests[#requests + 1] = wrk.format(nil, path)
  end
end
request = function() n = n + 1; return requests[(n - 1) %% #requests + 1] end
"""


def _wrk(url: str, request: Request, connections: int, seconds: float) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "paths")
        paths.write_text("\n".join(" ".join(pair) for pair in request.pairs))
        body = "nil" if request.body is None else f"[==[{json.dumps(request.body)}]==]"
        return run_script(url, _SCRIPT % (request.method, body, paths), connections, seconds)


def run_script(url: str, script: str, connections: int, seconds: float) -> Result:
    """Have wrk send what a script in Lua says, for some seconds, one at least.

    Raises:
        RuntimeError: requests failed.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        duration = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", duration, "--timeout=10s", "--latency", "-s", file.name, url]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(f"requests failed:\n{printed}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])  # type: ignore[index]
    slowest = re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", printed)[1]  # type: ignore[index]
    percentile = {name: re.search(rf"^\s+{name}%\s+(\S+)", printed, re.MULTILINE)[1] for name in ("50", "99")}  # type: ignore[index]
    return Result(rate, _milliseconds(percentile["50"]), _milliseconds(percentile["99"]), _milliseconds(slowest))


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\D+)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


async def _generate(url: str, request: Request, connections: int, seconds: float | None = None) -> Result:
    parts = urlsplit(url)
    all_requests = request.raw(parts.netloc)
    queue: Iterator[bytes] = iter(all_requests) if seconds is None else _forever(all_requests)
    end = None if seconds is None else time.perf_counter() + seconds
    times: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(
        *(_connection(parts.hostname or "", parts.port or 80, queue, end, times) for _ in range(connections))
    )
    taken = time.perf_counter() - started
    times.sort()
    return Result(
        len(times) / taken,
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.99)] * 1000,
        times[-1] * 1000,
    )


def _forever(requests: Sequence[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


async def _connection(host: str, port: int, queue: Iterator[bytes], end: float | None, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for raw in queue:
        begun = time.perf_counter()
        if end is not None and begun > end:
            break
        writer.write(raw)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(head.decode())
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        times.append(time.perf_counter() - begun)
    writer.close()
