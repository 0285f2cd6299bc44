"""`python -m tests.bench.stores`: the emulator on each store beside the one in memory, in one run; a part of `make bench`.

The load, the emulators and Redis share the machine's cores, so each row has what they used of a core (`cores`: load, emulator, …), and
what a request costs all but the load: milliseconds of processor time, which other work on the machine changes less than the rate.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import requests

from tests.bench.load import Request, Result, measure, send_all
from tests.bench.payloads import FLAT, MESSAGE
from tests.bench.servers import first_answer, free_port, memory, running, used
from tests.bench.sessions import SESSIONS, create, listed
from tests.redis_server import RedisServer

_SOME, _MANY = 256, 100_000
_NAMESPACES = 16
_WORKERS = 2


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


class Round(NamedTuple):
    """What one round has shown.

    Attributes:
        result: of the load.
        used: seconds of processor time in each second, of the load and of each process of the place.
    """

    result: Result
    used: tuple[float, ...]

    @property
    def cost(self) -> float:
        """Milliseconds of processor time that a request costs all but the load."""
        return sum(self.used[1:]) / self.result.rate * 1000


Rounds = dict[str, list[Round]]


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--held", type=int, default=_MANY, help="sessions in the file that is started with; 0 leaves it out"
    )
    options = parser.parse_args()
    with _places() as places:
        sessions = {place.name: create(place.url, _SOME) for place in places}
        for what, connections, request in (
            ("execute", 1, _execute), ("execute", 32, _execute), ("get", 32, _get),
        ):  # fmt: skip
            found: Rounds = {place.name: [] for place in places}
            for number in range(options.rounds):
                for place in places[number % len(places) :] + places[: number % len(places)]:
                    found[place.name].append(
                        _measured(place, request(sessions[place.name]), connections, options.seconds)
                    )
            _show(f"{what}, {connections} connections", found)
    _workers(options.seconds, options.rounds)
    if options.held:
        _start(options.held)


def _execute(sessions: Sequence[str]) -> Request:
    return Request("POST", [f"/api/v1/runtime/{session}/execute/" for session in sessions], MESSAGE)


def _get(sessions: Sequence[str]) -> Request:
    return Request("GET", [f"{SESSIONS}{session}/" for session in sessions])


def _command(port: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "atthene_emulator", "serve", "--port", str(port), "--seed", "default", *options]


@contextmanager
def _served(*options: str) -> Iterator[tuple[str, int]]:
    """A server's URL and process."""
    port = free_port()
    with running(_command(port, *options), port, SESSIONS) as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextmanager
def _places() -> Iterator[list[Place]]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis = stack.enter_context(RedisServer())
        memory_url, memory_pid = stack.enter_context(_served())
        lite_url, lite_pid = stack.enter_context(_served("--store", f"sqlite:{folder}/bench.db"))
        owner_url, owner_pid = stack.enter_context(_served("--store", redis.url))
        other_url, other_pid = stack.enter_context(_served("--store", redis.url))
        yield [
            Place("memory", memory_url, (memory_pid,)),
            Place("sqlite", lite_url, (lite_pid,)),
            Place("redis, at the owner", owner_url, (owner_pid, redis.pid)),
            Place("redis, passed on", other_url, (other_pid, owner_pid, redis.pid)),
        ]


def _measured(place: Place, request: Request, connections: int, seconds: float) -> Round:
    before = [_load_used(), *map(used, place.pids)]
    began = time.perf_counter()
    result = measure(place.url, request, connections, seconds)
    passed = time.perf_counter() - began
    after = [_load_used(), *map(used, place.pids)]
    return Round(result, tuple((now - then) / passed for now, then in zip(after, before, strict=True)))


def _load_used() -> float:
    """The same of the load, which is wrk or this process."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def _show(what: str, found: Rounds) -> None:
    base = statistics.median(one.result.rate for one in next(iter(found.values())))
    for name, rounds in found.items():
        speed = statistics.median(one.result.rate for one in rounds)
        p99 = statistics.median(one.result.p99 for one in rounds)
        cost = statistics.median(one.cost for one in rounds)
        cores = " ".join(
            f"{statistics.median(shares):.2f}" for shares in zip(*(one.used for one in rounds), strict=True)
        )
        print(
            f"{what:26} {name:22} {speed:9,.0f}/s {speed / base:6.2f}  p99 {p99:7.2f} ms  costs {cost:.3f} ms  cores {cores}",
            flush=True,
        )


def _workers(seconds: float, rounds: int) -> None:
    """Two workers beside one, each with a Redis of its own and as many namespaces."""
    with ExitStack() as stack:
        places = []
        for count in (1, _WORKERS):
            redis = stack.enter_context(RedisServer())
            url, pid = stack.enter_context(_served("--store", redis.url, "--workers", str(count)))
            places.append(Place(f"workers: {count}", url, (*(_children(pid) or [pid]), redis.pid)))
        requests_of = {place.name: _spread(place.url) for place in places}
        for what, number in (("execute", 0), ("get", 1)):
            found: Rounds = {place.name: [] for place in places}
            for _ in range(rounds):
                for place in places:
                    found[place.name].append(_measured(place, requests_of[place.name][number], 32, seconds))
            _show(f"{what}, {_NAMESPACES} namespaces", found)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _spread(url: str) -> tuple[Request, Request]:
    """Executions and reads of sessions of several namespaces in turn."""
    made = [requests.post(f"{url}/__emulator/namespaces", timeout=60).json()["api_key"] for _ in range(_NAMESPACES)]
    send_all(url, Request("POST", [SESSIONS] * _SOME, FLAT, made))
    each = [(key, session) for key in made for session in listed(url, _SOME // _NAMESPACES, key)]
    each.sort(key=lambda pair: pair[1])  # so that no two of a namespace need follow one another
    keys, sessions = zip(*each, strict=True)
    return replace(_execute(sessions), keys=keys), replace(_get(sessions), keys=keys)


def _start(held: int) -> None:
    """How long it takes to start with many sessions in a file, and to answer the first request about them."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:{folder}/held.db"
        with _served("--store", store) as (url, pid):
            send_all(url, Request("POST", [SESSIONS] * held, FLAT))
            (session,) = listed(url, 1)
            print(f"{held:,} sessions: memory of who made them {memory(pid):,.0f} MB")
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        port = free_port()
        began = time.perf_counter()
        with running(_command(port, "--store", store), port, "/__emulator/health") as pid:
            health = time.perf_counter() - began
            first_answer(port, f"{SESSIONS}{session}/")
            answer = time.perf_counter() - began
            print(
                f"{held:,} sessions: {size / 1e6:,.0f} MB on disk, started in {health:.2f} s, the first get after "
                f"{answer:.2f} s, processor {used(pid):.2f} s, memory {memory(pid):,.0f} MB"
            )


if __name__ == "__main__":
    main()
