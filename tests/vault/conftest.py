"""Vaults to be tested: what all of them promise is tested with each kind."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.vault.redis import RedisVault
from atthene_emulator.vault.vault import Vault
from tests.redis_server import RedisServer
from tests.vault.emulators import Emulator

PREFIXES = count(1)


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis for all tests; each has a prefix of its own."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis that the test may do anything to."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def url(redis: RedisServer) -> str:
    """Of a place in the common Redis where nothing is yet."""
    return f"{redis.url}?prefix=test-{next(PREFIXES)}"


@pytest.fixture(params=["redis", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Vault]:
    """Makes vaults of one and the same place, of which one is open at a time."""
    if request.param == "redis":
        place = request.getfixturevalue("url")
        return lambda: RedisVault(place, "http://one")
    sqlite = pytest.importorskip("atthene_emulator.vault.sqlite")
    return lambda: sqlite.SqliteVault(tmp_path / "emulator.sqlite")  # type: ignore[no-any-return]


@pytest.fixture
def emulator() -> Iterator[Callable[..., Emulator]]:
    """Opens vaults, and closes them after the test."""
    opened: list[Emulator] = []

    def start(vault: Vault, **options: Any) -> Emulator:
        opened.append(Emulator(vault, **options).open())
        return opened[-1]

    yield start
    for one in reversed(opened):
        one.close()
