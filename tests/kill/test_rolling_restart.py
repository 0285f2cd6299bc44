"""Emulators of one Redis are stopped in order and started again, one after the other, while clients work with them."""

from pathlib import Path
from threading import Event, Thread

import pytest

from atthene_emulator.addresses import API
from atthene_emulator.steady_clock import steady
from tests.kill.caller import Answer, Caller
from tests.kill.checks import Checks
from tests.kill.client import AGENT
from tests.kill.processes import Process, running
from tests.kill.test_kill import TTL, Load
from tests.redis_server import RedisServer

pytestmark = pytest.mark.kill

LONGEST = 5.0  # seconds that a namespace may not answer; a machine that has other things to do, too, is slow
INTERVAL = 0.02  # seconds between two looks


class Watch(Thread):
    """Makes sessions in one namespace again and again, each with one more try.

    Attributes:
        longest: seconds between two answers that were none.
        failed: requests that were not answered the second time either.
    """

    def __init__(self, addresses: list[tuple[str, int]], key: str) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0
        self.failed = 0
        self.stopping = Event()
        self._calls = Caller(addresses)
        self._key = key

    def run(self) -> None:
        last = steady()
        while not self.stopping.wait(INTERVAL):
            if (self._look() or self._look()) is None:
                self.failed += 1
                continue
            now = steady()
            self.longest, last = max(self.longest, now - last), now
        self._calls.close()

    def _look(self) -> Answer | None:
        return self._calls.try_once("POST", f"{API}/sessions/", self._key, AGENT)


def test_one_more_try_gets_through_a_rolling_restart(tmp_path: Path) -> None:
    places = [tmp_path / f"{number}.log" for number in range(3)]
    with RedisServer() as redis, running([Process(redis.url, TTL, place) for place in places]) as processes:
        load = Load(processes, 1)
        watches = [Watch([one.address for one in processes], key) for key, _ in list(load.world.namespaces.values())]
        for watch in watches:
            watch.start()
        with load.working():
            for one in processes:
                one.stop()
                one.start()
                one.wait()
        for watch in watches:
            watch.stopping.set()
            watch.join(30)
        Checks(load.world, load.checking).run()
        load.checking.calls.close()
        print(
            f"\nnot available for {[f'{watch.longest:.2f} s' for watch in watches]}, {load.refused} of {load.done} failed once"
        )
        assert not load.world.failures, "\n".join(load.world.failures[:5])
        assert [watch.failed for watch in watches] == [0] * len(watches)
        assert max(watch.longest for watch in watches) < LONGEST
