"""Emulators with a store are killed and paused at random moments while clients work with them. `make kill`; `KILLS=200` for many.

`KILL_SEED` says which moments, as far as that is ours to say.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from atthene_emulator.steady_clock import steady
from tests.kill.caller import Caller
from tests.kill.checks import Checks
from tests.kill.client import NAMESPACES, Client
from tests.kill.processes import Killer, Process, running
from tests.kill.world import World
from tests.redis_server import RedisServer

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("KILL_SEED", "1"))
TTL = 1.5  # seconds
CLIENTS = 5
IN_A_ROW = 5  # kills between two checks of everything

pytestmark = pytest.mark.kill


class Load:
    """Clients that work with emulators, and what they were told.

    Attributes:
        world: that.
    """

    def __init__(self, processes: list[Process], seed: int) -> None:
        self.world = World()
        self._addresses = [one.address for one in processes]
        self._chance = random.Random(seed)
        self._numbers = iter(range(1 << 20))
        self.checking = self._client()
        self.slowest, self.refused, self.done = 0.0, 0, 0
        for name in ("shared-0", "shared-1"):
            made = self.checking.calls.ask("POST", NAMESPACES, body={"name": name})
            assert made.status == 201, made
            self.world.namespaces[name] = made.json["api_key"], True

    def _client(self) -> Client:
        return Client(next(self._numbers), self.world, self._addresses, random.Random(self._chance.random()))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Clients work meanwhile."""
        clients = [self._client() for _ in range(CLIENTS)]
        for one in clients:
            one.start()
        try:
            yield
        finally:
            for one in clients:
                one.stopping.set()
            for one in clients:
                one.join(60)
                self._count(one.calls, one.done)
        assert not any(one.is_alive() for one in clients)

    def _count(self, calls: Caller, done: int) -> None:
        self.slowest = max(self.slowest, calls.slowest)
        self.refused += calls.refused
        self.done += done


def strike(processes: list[Process], kills: int) -> None:
    """Let clients work while emulators are killed; what is wrong fails, what was done is printed."""
    began = steady()
    load, killer = Load(processes, SEED), Killer(processes, TTL, random.Random(SEED))
    checks = Checks(load.world, load.checking)
    while sum(killer.done.values()) < kills and not load.world.failures:
        with load.working():
            for _ in range(min(IN_A_ROW, kills - sum(killer.done.values()))):
                killer.strike()
        if not load.world.failures:
            checks.run()
    if not load.world.failures:
        checks.run(len(load.world.sessions))
    print(
        f"\n{killer.done} in {steady() - began:.0f} s: {load.done} operations, {load.refused} not answered, "
        f"the slowest {load.slowest:.1f} s; {len(load.world.sessions)} sessions, {len(load.world.namespaces)} namespaces"
    )
    load.checking.calls.close()
    assert not load.world.failures, "\n".join(load.world.failures[:5])


def test_a_file_has_everything_that_was_answered(tmp_path: Path) -> None:
    with running([Process(f"sqlite:{tmp_path / 'emulator.db'}", TTL, tmp_path / "log")]) as processes:
        strike(processes, KILLS // 2)


def test_emulators_of_one_redis_have_everything_that_was_answered(tmp_path: Path) -> None:
    places = [tmp_path / f"{number}.log" for number in range(3)]
    with RedisServer() as redis, running([Process(redis.url, TTL, place) for place in places]) as processes:
        strike(processes, KILLS - KILLS // 2)
