"""The suite on another store: with `TEST_STORE=sqlite` or `redis`, every server that a test starts in its process has one of its own.

With `TEST_STORE=three`, it is three emulators that share a Redis, behind a proxy that gives each connection to the next one. What
tests see of `server.emulator` is the first of them.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.redis_server import RedisServer
from tests.round_robin import RoundRobin

STORE = os.environ.get("TEST_STORE", "")
NUMBERS = count(1)


@contextmanager
def stores() -> Iterator[None]:
    """Servers have stores meanwhile, unless they say otherwise."""
    if not STORE:
        yield
        return
    folder = Path(tempfile.mkdtemp())
    redis = None if STORE == "sqlite" else RedisServer()
    if redis is not None:
        redis.start()
    started = EmulatorServer.__init__

    def start(self: EmulatorServer, settings: Any = None, **options: Any) -> None:
        number = next(NUMBERS)
        where = f"sqlite:{folder / f'{number}.db'}" if redis is None else f"{redis.url}?prefix=test-{number}"
        if settings is None or settings.store is None:
            alone = options.get("watch") or options.get("opened")  # which no store goes with
            options.setdefault("store", None if alone else where)
        started(self, settings, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmulatorServer, "__init__", start)
        if STORE == "three":
            _have_three(patch, started)
        yield
    if redis is not None:
        redis.stop()
    shutil.rmtree(folder)


def _have_three(patch: pytest.MonkeyPatch, made: Any) -> None:
    """Have two more started beside each server, and all of them found at a proxy; each request is a connection of its own."""
    start, stop, send = EmulatorServer.start, EmulatorServer.stop, requests.Session.send
    beside: dict[EmulatorServer, tuple[RoundRobin, list[EmulatorServer]]] = {}

    def start_three(self: EmulatorServer) -> EmulatorServer:
        start(self)
        if self.settings.store is None or self.settings.port:
            return self
        others = [object.__new__(EmulatorServer) for _ in range(2)]
        for other in others:
            made(other, self.settings)
            start(other)
        proxy = RoundRobin([int(one.url.rpartition(":")[2]) for one in (self, *others)])
        proxy.start()
        beside[self] = proxy, others
        for name in ("url", "base_url", "socket_url", "control_url"):
            scheme, _, rest = getattr(self, name).partition("://")
            path = rest.partition("/")[1:]
            setattr(self, name, f"{scheme}://127.0.0.1:{proxy.port}{''.join(path)}")
        return self

    def stop_three(self: EmulatorServer) -> None:
        proxy, others = beside.pop(self, (None, ()))
        for other in others:
            stop(other)
        stop(self)
        if proxy is not None:
            proxy.stop()

    def send_alone(self: requests.Session, *request: Any, **options: Any) -> requests.Response:
        for adapter in self.adapters.values():
            adapter.close()
        return send(self, *request, **options)

    patch.setattr(EmulatorServer, "start", start_three)
    patch.setattr(EmulatorServer, "stop", stop_three)
    patch.setattr(requests.Session, "send", send_alone)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, of three emulators, what is about one of them: it says so, or looks into it."""
    if STORE != "three":
        return
    alone = [one for one in items if one.get_closest_marker("in_memory") or _looks_into(one)]
    items[:] = [one for one in items if one not in alone]
    config.hook.pytest_deselected(items=alone)


def _looks_into(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "emulator" in item.function.__code__.co_names


@pytest.fixture(scope="session", autouse=True)
def on_stores() -> Iterator[None]:
    """The whole run."""
    with stores():
        yield
