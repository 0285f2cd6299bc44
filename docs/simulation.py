"""Ten thousand namespaces over twenty emulators that crash now and then, by the rules of a Redis store. This module is that simulation.

`python -m docs.simulation` prints its table, which docs/explanation/scaling.md repeats. Time is simulated and chance is seeded, so it is
always the same one. What it takes from the code are the rules: whoever gets the first request of a namespace that nobody owns, owns
it; all others pass its requests on; who crashes is its owner until its time is over, and requests wait for that.
"""

import heapq
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from atthene_emulator.vault.redis import BEATS, TTL
from atthene_emulator.web.passing_on.passing import PAUSE

WORKERS, NAMESPACES = 20, 10_000
SECONDS, RATE = 300, 500  # of the run; requests in each of them
CRASHES, AWAY = 10, 2.0  # how many there are; seconds until such an emulator is there again
LIFE = 10  # requests until a namespace is deleted, where they come and go


class _Asked(NamedTuple):
    """A request at an emulator: when it is tried, when it came, its namespace, and which emulator it came to."""

    at: float
    arrival: float
    name: int
    asked: int


@dataclass
class Run:
    """One run, and what has come of it.

    Attributes:
        is_hashed: the balancer chooses by the key, else in turn; it asks nobody who is away.
        come_and_go: a namespace is deleted after some requests, and another one takes its place.
        answered: requests by the emulator that answered them.
        passed: how many of them came to another one.
        waits: seconds that a request waited for an owner that was gone.
        loaded_again: namespaces that had another owner before.
    """

    is_hashed: bool
    come_and_go: bool
    answered: list[int] = field(default_factory=lambda: [0] * WORKERS)
    passed: int = 0
    waits: list[float] = field(default_factory=list)
    loaded_again: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(1)  # noqa: S311  # seeded, so that the table stays
        self._owners: dict[int, tuple[int, int]] = {}  # of namespaces: emulators, and which life of theirs
        self._lives = [0] * WORKERS
        self._away_until = [0.0] * WORKERS
        self._free_at: dict[tuple[int, int], float] = {}  # when what a crashed one owned is nobody's
        self._orders: dict[int, list[int]] = {}
        self._turn = 0
        self._use()

    @property
    def owned(self) -> list[int]:
        """Namespaces by the emulator that owns them in the end."""
        counts = [0] * WORKERS
        for worker, life in self._owners.values():
            counts[worker] += life == self._lives[worker]
        return counts

    def _use(self) -> None:
        names, uses = list(range(NAMESPACES)), [0] * NAMESPACES
        crashes = sorted(self._chance.uniform(0, SECONDS) for _ in range(CRASHES))
        waiting: list[_Asked] = []
        for now in self._arrivals():
            while crashes and crashes[0] <= now:
                self._crash(crashes.pop(0))
            while waiting and waiting[0][0] <= now:
                self._ask(heapq.heappop(waiting), waiting)
            place = self._chance.randrange(NAMESPACES)
            if self.come_and_go and uses[place] == LIFE:
                self._owners.pop(names[place], None)
                names[place], uses[place] = names[place] + NAMESPACES, 0
            uses[place] += 1
            self._ask(_Asked(now, now, names[place], self._balanced(now, names[place])), waiting)

    def _arrivals(self) -> Iterator[float]:
        now = 0.0
        while now < SECONDS:
            yield now
            now += self._chance.expovariate(RATE)

    def _crash(self, now: float) -> None:
        worker = self._chance.randrange(WORKERS)
        last_beat = self._chance.uniform(0, TTL / BEATS)
        self._free_at[worker, self._lives[worker]] = now + TTL - last_beat
        self._lives[worker] += 1
        self._away_until[worker] = now + AWAY

    def _ask(self, request: "_Asked", waiting: list["_Asked"]) -> None:
        now, arrival, name, asked = request
        owner = self._owners.get(name)
        if owner is not None and now < self._free_at.get(owner, 0.0):
            heapq.heappush(waiting, request._replace(at=now + PAUSE))
            return
        if owner is None or owner in self._free_at:
            self.loaded_again += owner is not None
            owner = self._owners[name] = asked, self._lives[asked]
        self.answered[owner[0]] += 1
        self.passed += owner[0] != asked
        if now > arrival:
            self.waits.append(now - arrival)

    def _balanced(self, now: float, name: int) -> int:
        if self.is_hashed:
            order = self._orders.get(name)
            if order is None:
                order = self._orders[name] = random.Random(name).sample(range(WORKERS), WORKERS)  # noqa: S311
            return next(one for one in order if self._away_until[one] <= now)
        while True:
            self._turn = (self._turn + 1) % WORKERS
            if self._away_until[self._turn] <= now:
                return self._turn


def results() -> Iterator[tuple[str, ...]]:
    """The rows of the table, the first one its head."""
    runs = [Run(is_hashed, come_and_go) for come_and_go in (False, True) for is_hashed in (False, True)]
    yield (
        "",
        *(
            f"{'by the key' if run.is_hashed else 'in turn'}, namespaces {'come and go' if run.come_and_go else 'stay'}"
            for run in runs
        ),
    )
    yield "namespaces of the fullest emulator, by the mean", *(_imbalance(run.owned) for run in runs)
    yield "requests answered by the busiest one, by the mean", *(_imbalance(run.answered) for run in runs)
    yield "requests passed on", *(f"{run.passed / sum(run.answered):.1%}" for run in runs)
    yield (
        "requests that waited for an owner that was gone",
        *(f"{len(run.waits):,} of {sum(run.answered):,}" for run in runs),
    )
    yield (
        "how long: the median, the longest, s",
        *(f"{statistics.median(run.waits):.1f}, {max(run.waits):.1f}" for run in runs),
    )
    yield "namespaces loaded again by another one", *(f"{run.loaded_again:,}" for run in runs)


def _imbalance(counts: Sequence[int]) -> str:
    return f"{max(counts) / statistics.mean(counts):.2f}"


if __name__ == "__main__":
    for row in results():
        print(" | ".join(row))
