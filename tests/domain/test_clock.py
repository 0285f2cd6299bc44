"""The clock runs with the machine or stands still, moves forward only, and reads and writes ISO-8601."""

import asyncio
import time
from collections.abc import Callable

import pytest

from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.seed import Seed
from atthene_emulator.timestamps import format_time, parse_time

NOON = 1_736_937_000.0  # 2025-01-15T10:30:00Z


def test_a_frozen_clock_stands_still() -> None:
    clock = Clock(NOON)
    assert clock.mode == "frozen"
    assert [clock.now() for _ in range(3)] == [NOON, NOON, NOON]


def test_a_frozen_clock_moves_when_it_is_advanced() -> None:
    clock = Clock(NOON)
    clock.advance(90)
    clock.advance(0.5)
    assert clock.now() == NOON + 90.5


def test_a_clock_may_stand_at_the_beginning_of_time() -> None:
    clock = Clock(0.0)
    assert clock.mode == "frozen"
    assert clock.now() == 0.0


def test_a_running_clock_follows_the_machine() -> None:
    clock = Clock()
    assert clock.mode == "running"
    before = time.time()
    assert before <= clock.now() <= time.time()


def test_a_running_clock_stays_ahead_once_it_is_advanced() -> None:
    clock = Clock()
    clock.advance(3600)
    before = time.time()
    assert before + 3600 <= clock.now() <= time.time() + 3600


@pytest.mark.parametrize("clock", [Clock(), Clock(NOON)], ids=["running", "frozen"])
def test_a_clock_never_goes_back(clock: Clock) -> None:
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-0.001)


def test_waiting_on_a_frozen_clock_passes_at_once_and_moves_it() -> None:
    clock = Clock(NOON)
    started_at = time.monotonic()
    asyncio.run(clock.wait(3600))
    assert time.monotonic() - started_at < 1
    assert clock.now() == NOON + 3600


def test_waiting_on_a_running_clock_really_takes_time() -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(clock.wait(3600), 0.01))


def test_a_clock_that_is_moved_before_somebody_waits_who_is_about_to_has_moved_for_them() -> None:
    clock = Clock()
    waiting = clock.wait(60)
    clock.advance(60)
    asyncio.run(asyncio.wait_for(waiting, 5))


def test_waiting_for_no_time_returns() -> None:
    asyncio.run(Clock().wait(0))


async def _has_passed(clock: Clock, moment: float, change: Callable[[], object]) -> bool:
    """Whether who waits for a moment to pass goes on after a change of the clock."""
    waiting = asyncio.ensure_future(clock.passed(moment))
    await asyncio.sleep(0)
    change()
    for _ in range(5):
        await asyncio.sleep(0)
    waiting.cancel()
    return waiting.done() and not waiting.cancelled()


@pytest.mark.parametrize(
    ("seconds", "passed"),
    [pytest.param(29.0, False, id="before"), pytest.param(30.0, False, id="at"), pytest.param(30.5, True, id="after")],
)
def test_a_moment_has_passed_when_a_frozen_clock_is_beyond_it(seconds: float, passed: bool) -> None:  # noqa: FBT001
    clock = Clock(NOON)
    assert asyncio.run(_has_passed(clock, 30, lambda: clock.advance(seconds))) is passed


def test_waiting_for_a_moment_goes_on_with_a_clock_that_is_reset() -> None:
    clock = Clock(NOON)
    assert not asyncio.run(_has_passed(clock, 30, lambda: clock.reset(Seed(frozen_at=NOON + 10))))
    assert asyncio.run(_has_passed(clock, 30, lambda: clock.reset(Seed(frozen_at=NOON + 40))))


def test_nobody_waits_for_a_clock_that_has_ended() -> None:
    clock = Clock(NOON)
    assert asyncio.run(_has_passed(clock, 30, clock.end))


@pytest.mark.parametrize("put", [-3600.0, 3600.0], ids=["back", "on"])
def test_what_passes_does_not_depend_on_the_wall_clock(monkeypatch: pytest.MonkeyPatch, put: float) -> None:
    clock = Clock()
    before, shown, real = clock.elapsed(), clock.now(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + put)
    assert 0 <= clock.elapsed() - before < 60
    assert abs(clock.now() - shown - put) < 60


@pytest.mark.parametrize("patched", ["time", "monotonic", "perf_counter"])
def test_a_running_clock_goes_on_where_time_is_patched(monkeypatch: pytest.MonkeyPatch, patched: str) -> None:
    clock = Clock()
    monkeypatch.setattr(time, patched, lambda: 1.0)
    before = clock.elapsed()
    while clock.elapsed() == before:
        pass
    assert 0 < clock.elapsed() - before < 60


def test_what_is_skipped_has_passed_and_what_is_put_back_has_not() -> None:
    clock = Clock(NOON)
    before = clock.elapsed()
    clock.freeze(NOON + 60)
    clock.freeze(NOON)
    assert clock.elapsed() == before + 60
    clock.run(NOON + 90)
    assert 150 <= clock.elapsed() - before < 200


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-01-15T10:30:00Z", NOON),
        ("2025-01-15T11:30:00+01:00", NOON),
        ("2025-01-15T10:30:00", NOON),
        ("2025-01-15 10:30", NOON),
        ("2025-01-15T10:30:00.250Z", NOON + 0.25),
        ("2025-01-15", NOON - 10.5 * 3600),
        ("1969-12-31T23:59:59Z", -1.0),
    ],
    ids=["utc", "zone", "no zone is utc", "space", "fraction", "date", "before 1970"],
)
def test_a_time_is_read(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "later", "10:30", "2025-13-01", "2025-02-30T00:00:00Z", "15.01.2025"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the sentence is Python's
        parse_time(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (NOON, "2025-01-15T10:30:00Z"),
        (NOON + 0.999, "2025-01-15T10:30:00Z"),
        (0.0, "1970-01-01T00:00:00Z"),
        (951_782_400.0, "2000-02-29T00:00:00Z"),
    ],
    ids=["whole", "fractions are cut off", "epoch", "leap day"],
)
def test_a_time_is_written(seconds: float, text: str) -> None:
    assert format_time(seconds) == text


def test_what_has_passed_of_a_frozen_clock_is_exact_whenever_it_began_to_stand() -> None:
    clock = Clock()
    clock.reset(Seed(frozen_at=NOON))
    began = clock.elapsed()
    clock.advance(300)
    assert clock.elapsed() == began + 300


def test_what_is_written_reads_back() -> None:
    assert parse_time(format_time(NOON)) == NOON
