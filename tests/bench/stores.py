"""`python -m tests.bench.stores`: the emulator on each store beside the one in memory, in one run; a part of `make bench`.

Redis has a core of its own less: with the load's and the emulator's it makes three processes on two cores, of which the shares of
processor time are shown.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import requests

from tests.bench.load import Request, Result, measure, send_all
from tests.bench.payloads import FLAT, MESSAGE
from tests.bench.servers import free_port, running
from tests.redis_server import RedisServer

_SESSIONS = "/api/v1/sessions/"
_SOME, _MANY = 256, 100_000


class Place(NamedTuple):
    """Where requests are sent: a server on a store.

    Attributes:
        name: of the store, and whether the server is the owner.
        url: of the server.
        pids: of all processes that work for it but the load's.
    """

    name: str
    url: str
    pids: tuple[int, ...]


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with _places() as places:
        sessions = {place.name: _prepared(place) for place in places}
        for what, connections, request in (
            ("execute", 1, _execute), ("execute", 32, _execute), ("get", 32, _get),
        ):  # fmt: skip
            found: dict[str, list[tuple[Result, str]]] = {place.name: [] for place in places}
            for number in range(options.rounds):
                for place in places[number % len(places) :] + places[: number % len(places)]:
                    one = request(sessions[place.name])
                    found[place.name].append(_measured(place, one, connections, options.seconds))
            _show(f"{what}, {connections} connections", found)
    _start()


def _execute(sessions: Sequence[str]) -> Request:
    return Request("POST", [f"/api/v1/runtime/{session}/execute/" for session in sessions], MESSAGE)


def _get(sessions: Sequence[str]) -> Request:
    return Request("GET", [f"{_SESSIONS}{session}/" for session in sessions])


def _command(port: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "atthene_emulator", "serve", "--port", str(port), "--seed", "default", *options]


@contextmanager
def _places() -> Iterator[list[Place]]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis = RedisServer()
        redis.start()
        stack.callback(redis.stop)

        def serve(*options: str) -> tuple[str, int]:
            port = free_port()
            return f"http://127.0.0.1:{port}", stack.enter_context(running(_command(port, *options), port, _SESSIONS))

        memory, lite = serve(), serve("--store", f"sqlite:{folder}/bench.db")
        owner = serve("--store", redis.url)
        other = serve("--store", redis.url)
        yield [
            Place("memory", memory[0], (memory[1],)),
            Place("sqlite", lite[0], (lite[1],)),
            Place("redis, at the owner", owner[0], (owner[1], redis.pid)),
            Place("redis, passed on", other[0], (other[1], owner[1], redis.pid)),
        ]


def _prepared(place: Place) -> list[str]:
    """Sessions of the server."""
    send_all(place.url, Request("POST", [_SESSIONS] * _SOME, FLAT))
    headers = {"x-api-key": "test-key"}
    page = requests.get(place.url + _SESSIONS, params={"limit": _SOME}, headers=headers, timeout=60).json()
    return [session["session_id"] for session in page]


def _measured(place: Place, request: Request, connections: int, seconds: float) -> tuple[Result, str]:
    before = [_used(pid) for pid in place.pids]
    began = time.perf_counter()
    result = measure(place.url, request, connections, seconds)
    passed = time.perf_counter() - began
    shares = [(_used(pid) - used) / passed for pid, used in zip(place.pids, before, strict=True)]
    return result, " + ".join(f"{share:.2f}" for share in shares)


def _used(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _show(what: str, found: dict[str, list[tuple[Result, str]]]) -> None:
    base = statistics.median(result.rate for result, _ in found["memory"])
    for name, rounds in found.items():
        speed = statistics.median(result.rate for result, _ in rounds)
        p99 = statistics.median(result.p99 for result, _ in rounds)
        print(
            f"{what:26} {name:22} {speed:9,.0f}/s  {speed / base:5.2f}  p99 {p99:6.1f} ms  cores {rounds[-1][1]}",
            flush=True,
        )


def _start() -> None:
    """How long it takes to start with many sessions in a file, and to answer the first request about them."""


if __name__ == "__main__":
    main()
