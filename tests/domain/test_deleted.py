"""Namespaces that were deleted are kept for a while, within bounds, and can only be looked at."""

import pytest

from atthene_emulator.domain.deleted import Deleted, DeletedNamespaces
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.errors import Unknown
from atthene_emulator.seeds.files import BundledSeeds
from atthene_emulator.settings import Settings
from tests.domain.test_lifetime import Timer


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def emulator(timer: Timer) -> Emulator:
    return Emulator(Settings(), Seed(), BundledSeeds(), timer)


def deleted(emulator: Emulator) -> list[str]:
    return [one.namespace.name for one in emulator.deleted]


@pytest.mark.parametrize(
    ("weights", "left"),
    [
        ((1, 1, 1), [2, 1, 0]),
        ((1, 1, 1, 1), [3, 2, 1]),
        ((50, 40, 20), [2, 1]),
        ((50, 50, 100), [2]),
        ((50, 101, 20), [2, 0]),
    ],
    ids=["few", "many", "large together", "large", "too large by itself"],
)
def test_the_oldest_leave(emulator: Emulator, weights: tuple[int, ...], left: list[int]) -> None:
    kept = DeletedNamespaces(most=3, max_bytes=100)
    for number, weight in enumerate(weights):
        kept.add(Deleted(emulator.create(f"n{number}"), 0.0, 0.0, weight))
    assert [one.namespace.name for one in kept] == [f"n{number}" for number in left]


def test_the_last_twenty_are_kept(emulator: Emulator) -> None:
    for number in range(25):
        emulator.create(f"n{number}")
        emulator.delete(f"n{number}")
    assert deleted(emulator) == [f"n{number}" for number in range(24, 4, -1)]


def test_one_that_is_not_to_be_kept_takes_no_place(emulator: Emulator) -> None:
    for name, keep in (("one", True), ("other", False)):
        emulator.create(name)
        emulator.delete(name, keep=keep)
    assert deleted(emulator) == ["one"]


def test_one_that_nobody_has_used_for_too_long_is_kept_too(emulator: Emulator, timer: Timer) -> None:
    made = emulator.create("short", ttl_seconds=60)
    timer.now += 61
    assert emulator.to_look_at("short") is made
    (one,) = emulator.deleted
    assert (one.namespace, one.unused) == (made, 61)


def test_of_equal_names_the_newest_is_looked_at_and_a_living_one_wins(emulator: Emulator) -> None:
    for _ in range(2):
        emulator.create("same")
        emulator.delete("same")
    newest = next(iter(emulator.deleted)).namespace
    assert emulator.to_look_at("same") is newest
    living = emulator.create("same")
    assert emulator.to_look_at("same") is emulator.namespace("same") is living


def test_nobody_can_use_one(emulator: Emulator) -> None:
    made = emulator.create("gone")
    key = made.working_key
    assert emulator.of_key(key) is made
    emulator.delete("gone")
    assert emulator.of_key(key) is emulator.default
    assert (emulator.of_own_key(key), made.keys) == (None, {})
    with pytest.raises(Unknown, match="There is no namespace 'gone' any more: it was deleted"):
        emulator.namespace("gone")


def test_what_was_exercised_counts_once(emulator: Emulator) -> None:
    emulator.create("gone")
    before = len(list(emulator.coverage().all()))
    emulator.delete("gone")
    assert len(list(emulator.coverage().all())) == before


def test_its_time_stands_still(emulator: Emulator) -> None:
    made = emulator.create("gone")
    emulator.delete("gone")
    assert made.clock.mode == "frozen"
    assert made.clock.now() == made.clock.now()


def test_what_it_could_have_become_is_forgotten(emulator: Emulator) -> None:
    made = emulator.create("gone", emulator.default.origin._replace(scenarios={"other": Scenario("other")}))
    emulator.delete("gone")
    assert (made.seed.scenarios, made.origin.scenarios, made.origin.sessions) == ({}, {}, ())
