"""A token bucket never lets more through than it says, and tells the truth about when to come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.limiter import Allowance, Limiter
from atthene_emulator.domain.rate_limit import RateLimit, read_rate_limit

NOON = 1_736_937_000.0
limits = st.builds(RateLimit, st.integers(1, 50), st.integers(1, 500).map(lambda tenths: tenths / 10))
pauses = st.lists(st.integers(0, 20_000).map(lambda ms: ms / 1000), min_size=1, max_size=80)


def take(limiter: Limiter, name: str, now: float) -> Allowance:
    """What a request is told by a limiter that has a limit."""
    assert limiter.limit is not None
    return limiter.take(limiter.limit, name, now)


@given(limits, pauses)
def test_over_any_time_no_more_are_allowed_than_the_limit_and_what_came_back(
    limit: RateLimit, waits: list[float]
) -> None:
    limiter, rate = Limiter(limit), limit.requests / limit.per_seconds
    now, allowed = NOON, []
    for wait in waits:
        now += wait
        if take(limiter, "key", now).retry_after == 0:
            allowed.append(now)
    for first, start in enumerate(allowed):
        for last in range(first, len(allowed)):
            assert last - first + 1 <= limit.requests + rate * (allowed[last] - start) + 1e-3


@given(limits, pauses)
def test_who_comes_back_as_told_is_allowed(limit: RateLimit, waits: list[float]) -> None:
    limiter, now = Limiter(limit), NOON
    for wait in waits:
        now += wait
        told = take(limiter, "key", now)
        if told.retry_after:
            now += told.retry_after
            assert take(limiter, "key", now).retry_after == 0


@given(limits, pauses)
def test_what_is_told_fits_the_limit(limit: RateLimit, waits: list[float]) -> None:
    limiter, now = Limiter(limit), NOON
    for wait in waits:
        now += wait
        told = take(limiter, "key", now)
        assert told.limit == limit.requests
        assert 0 <= told.remaining < limit.requests
        assert 0 <= told.reset <= limit.per_seconds + 1
        assert 0 <= told.retry_after <= limit.per_seconds / limit.requests + 1
        assert told.retry_after == 0 or told.remaining == 0


@given(limits, pauses)
def test_after_reset_all_are_there_again(limit: RateLimit, waits: list[float]) -> None:
    limiter, now = Limiter(limit), NOON
    for wait in waits:
        now += wait
        told = take(limiter, "key", now)
    assert take(limiter, "key", now + told.reset).remaining == limit.requests - 1


def test_tokens_are_taken_and_come_back() -> None:
    limiter = Limiter(RateLimit(2, 10))
    assert [take(limiter, "key", now) for now in (0, 0, 0, 5, 5)] == [
        Allowance(2, 1, 5, 0),
        Allowance(2, 0, 10, 0),
        Allowance(2, 0, 10, 5),
        Allowance(2, 0, 10, 0),
        Allowance(2, 0, 10, 5),
    ]


def test_each_name_has_its_own_bucket() -> None:
    limiter = Limiter(RateLimit(1, 10))
    assert [take(limiter, name, 0).retry_after for name in ("a", "b", "a", "b")] == [0, 0, 10, 10]


@pytest.mark.parametrize("parts", [2, 3, 7, 10, 100, 1000])
def test_a_second_in_parts_is_a_second(parts: int) -> None:
    limiter = Limiter(RateLimit(1, 1))
    told = [take(limiter, "key", NOON + part / parts).retry_after for part in range(parts + 1)]
    assert told == [0, *[1] * (parts - 1), 0]


def test_time_that_goes_back_gives_nothing() -> None:
    limiter = Limiter(RateLimit(1, 10))
    assert [take(limiter, "key", now).retry_after for now in (100, 0, 5)] == [0, 10, 5]


def test_a_copy_counts_for_itself() -> None:
    limiter = Limiter(RateLimit(2, 10))
    take(limiter, "key", 0)
    other = Limiter()
    other.restore(limiter.copy())
    assert [take(other, "key", 0).remaining, take(other, "key", 0).retry_after] == [0, 5]
    assert take(limiter, "key", 0).remaining == 0


def test_of_very_many_buckets_those_that_were_used_last_are_remembered() -> None:
    limiter = Limiter(RateLimit(1, 10))
    for number in range(10_000):
        take(limiter, str(number), 0)
    take(limiter, "0", 0)
    take(limiter, "one more", 0)
    assert take(limiter, "0", 0).retry_after == 10
    assert take(limiter, "1", 0).retry_after == 0


@pytest.mark.parametrize(
    ("entry", "limit"),
    [
        ({"requests": 5, "per_seconds": 1}, RateLimit(5, 1, "key")),
        ({"requests": 5, "per_seconds": 0.5, "scope": "session"}, RateLimit(5, 0.5, "session")),
    ],
    ids=["by key", "by session"],
)
def test_an_entry_is_read(entry: dict[str, object], limit: RateLimit) -> None:
    assert read_rate_limit(entry) == limit
