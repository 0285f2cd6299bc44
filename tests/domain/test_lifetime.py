"""Namespaces that nobody uses are forgotten, in their own time; and keys that were made for one are nobody else's for ever."""

import re

import pytest

from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import Conflict, SetupError, Unknown
from atthene_emulator.seeds.files import BundledSeeds
from atthene_emulator.settings import Settings

ADA = Account("ada", "engines")


class Timer:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def emulator(timer: Timer) -> Emulator:
    return Emulator(Settings(), Seed(), BundledSeeds(), timer)


@pytest.fixture(params=[None, "open sesame"], ids=["open", "with a token"])
def keeper(request: pytest.FixtureRequest, timer: Timer) -> Emulator:
    """An emulator whose keys are as ids, and one whose keys are secret."""
    return Emulator(Settings(control_token=request.param), Seed(), BundledSeeds(), timer)


def key_of(namespace: Namespace) -> str:
    assert namespace.minted is not None
    return namespace.minted.key


def naming(*keys: str) -> Seed:
    return Seed(accounts=(ADA,), keys=tuple(ApiKey(key, ADA) for key in keys))


def names(emulator: Emulator) -> list[str]:
    return [one.name for one in emulator.namespaces]


# Time


def test_a_namespace_that_nobody_uses_is_forgotten(emulator: Emulator, timer: Timer) -> None:
    kept, left = emulator.create("kept"), emulator.create("left", ttl_seconds=60)
    timer.now += 60
    assert names(emulator) == ["default", "kept", "left"]
    timer.now += 0.1
    assert names(emulator) == ["default", "kept"]
    assert emulator.of_key(key_of(left)) is emulator.default
    assert emulator.of_key(key_of(kept)) is kept


@pytest.mark.parametrize("how", ["name", "key", "own key", "answer"])
def test_it_is_kept_as_long_as_it_is_used(emulator: Emulator, timer: Timer, how: str) -> None:
    used = emulator.create("used", ttl_seconds=60)
    uses = {
        "name": lambda: emulator.namespace("used"),
        "key": lambda: emulator.of_key(key_of(used)),
        "own key": lambda: emulator.of_own_key(key_of(used)),
        "answer": lambda: emulator.touch(used),
    }
    for _ in range(10):
        timer.now += 59
        uses[how]()
    assert names(emulator) == ["default", "used"]


@pytest.mark.parametrize("how", ["name", "key", "name of another", "list"])
def test_whoever_looks_for_it_finds_it_gone(emulator: Emulator, timer: Timer, how: str) -> None:
    gone = emulator.create("gone", ttl_seconds=60)
    timer.now += 61
    if how == "name":
        with pytest.raises(Unknown, match="gone"):
            emulator.namespace("gone")
    elif how == "key":
        assert emulator.of_key(key_of(gone)) is emulator.default
    elif how == "name of another":
        assert emulator.create("gone") is not gone
    else:
        assert emulator.namespaces == (emulator.default,)


def test_a_namespace_that_is_listed_is_not_used_by_that(emulator: Emulator, timer: Timer) -> None:
    emulator.create("left", ttl_seconds=60)
    for _ in range(3):
        timer.now += 25
        names(emulator)
    assert names(emulator) == ["default"]


def test_somebody_who_reads_its_events_uses_it(emulator: Emulator, timer: Timer) -> None:
    watched = emulator.create("watched", ttl_seconds=60)
    watched.feed.readers += 1
    timer.now += 3600
    assert emulator.unused_seconds(watched) == 0
    assert emulator.namespace("watched") is watched
    watched.feed.readers -= 1
    timer.now += 5
    assert emulator.unused_seconds(watched) == 5


def test_a_fork_has_a_time_of_its_own(emulator: Emulator, timer: Timer) -> None:
    source = emulator.create("source", ttl_seconds=60)
    emulator.fork("fork", source)
    timer.now += 61
    assert names(emulator) == ["default", "fork"]


def test_a_clock_that_is_moved_keeps_nobody_longer(emulator: Emulator, timer: Timer) -> None:
    emulator.create("frozen", ttl_seconds=60).clock.freeze()
    timer.now += 61
    assert names(emulator) == ["default"]


def test_one_that_is_used_does_not_keep_the_others(emulator: Emulator, timer: Timer) -> None:
    for number in range(5):
        emulator.create(f"ns{number}", ttl_seconds=60 + number)
    for _ in range(2):
        timer.now += 59
        assert names(emulator) == ["default", "ns0", "ns1", "ns2", "ns3", "ns4"]
        for number in range(5):
            emulator.namespace(f"ns{number}")
    for _ in range(2):
        timer.now += 59
        emulator.namespace("ns0")
    assert names(emulator) == ["default", "ns0"]
    timer.now += 61
    assert names(emulator) == ["default"]


# Keys


def test_a_seed_cannot_name_a_key_that_was_made_for_another(keeper: Emulator) -> None:
    living, gone, expired = (keeper.create(name) for name in ("living", "gone", "expired"))
    keeper.delete("gone")
    for one in (living, gone, expired):
        for seed in (naming(key_of(one)), naming("mine", key_of(one))):
            with pytest.raises(Conflict, match="made for a namespace"):
                keeper.create("thief", seed)
            with pytest.raises(SetupError, match="made for a namespace"):
                keeper.reseed(seed)
    assert names(keeper) == ["default", "living", "expired"]
    assert keeper.of_key(key_of(gone)) is keeper.default


def test_a_key_is_never_made_twice(keeper: Emulator) -> None:
    made = []
    for _ in range(50):
        made.append(key_of(keeper.create("one")))
        made.append(key_of(keeper.fork("fork", keeper.namespace("one"))))
        keeper.delete("one")
        keeper.delete("fork")
    assert len(set(made)) == 100


def test_a_key_that_a_seed_had_first_stays_a_seeds(emulator: Emulator) -> None:
    """Keys are the same in every run, so a seed may know the one that would be made next."""
    coming = Ids(Seed().ids).prefixed("key_")
    first = emulator.create("first", naming(coming))
    assert key_of(first) != coming
    emulator.create("second", naming(coming))
    emulator.delete("first")
    assert emulator.of_key(coming).name == "second"


def test_a_key_that_opens_what_others_must_not_reach_cannot_be_guessed() -> None:
    settings = Settings(control_token="open sesame")
    first, second = (Emulator(settings, Seed(ids="a seed"), BundledSeeds()) for _ in range(2))
    made = [key_of(one.create("one")) for one in (first, second)]
    assert made[0] != made[1]
    assert all(re.fullmatch("key_[0-9a-f]{44}", key) for key in made)
    known, foreign = made
    for changed in (foreign, known[:16], known[:-1], f"{known[:-1]}ü", f"{known}0", known[:16] + foreign[16:]):
        first.reseed(naming(changed))
    with pytest.raises(SetupError, match="made for a namespace"):
        first.reseed(naming(known))


def test_ids_know_what_they_have_given() -> None:
    ids = Ids("a seed")
    assert not ids.has_given("key_", "key_000000000000")
    given = [ids.prefixed("key_") for _ in range(1000)]
    ahead = Ids("a seed")
    coming = [ahead.prefixed("key_") for _ in range(1100)][1000:]
    assert all(ids.has_given("key_", one) for one in given)
    assert not any(ids.has_given("key_", one) for one in coming)
    others = [
        given[0].removeprefix("key_"),
        given[0].upper(),
        given[0] + "0",
        given[0][:-1],
        "key_",
        "",
        "ns-" + given[0][4:],
    ]
    assert not any(ids.has_given("key_", one) for one in others)
