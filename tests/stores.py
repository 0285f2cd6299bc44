"""The suite on another store: with `TEST_STORE=sqlite` or `redis`, every server that a test starts in its process has one of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.redis_server import RedisServer

STORE = os.environ.get("TEST_STORE", "")
NUMBERS = count(1)


@contextmanager
def stores() -> Iterator[None]:
    """Servers have stores meanwhile, unless they say otherwise."""
    if not STORE:
        yield
        return
    folder = Path(tempfile.mkdtemp())
    redis = RedisServer() if STORE == "redis" else None
    if redis is not None:
        redis.start()
    started = EmulatorServer.__init__

    def start(self: EmulatorServer, settings: Any = None, **options: Any) -> None:
        number = next(NUMBERS)
        where = f"sqlite:{folder / f'{number}.db'}" if redis is None else f"{redis.url}?prefix=test-{number}"
        if settings is None or settings.store is None:
            options.setdefault("store", None if options.get("watch") else where)
        started(self, settings, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmulatorServer, "__init__", start)
        yield
    if redis is not None:
        redis.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def on_stores() -> Iterator[None]:
    """The whole run."""
    with stores():
        yield
