"""Ids are told by the seed alone, never repeat, and look as the API shows them."""

import re
import subprocess
import sys
import uuid

import pytest

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.contracts import SessionStyle
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.domain.seed import AgentSeed, Scenario, Seed, SessionSeed, VersionSeed
from tests.conftest import FLAT

MANY = 100_000
PREFIXES = pytest.mark.parametrize("prefix", ["msg_", "exec_", "session_", "sess_"])


def test_the_first_ids_of_the_usual_seed_never_change() -> None:
    ids = Ids()
    assert ids.uuid("agent") == "723ba692-f8d7-4b5d-bfce-655a81dbccc7"
    assert ids.prefixed("msg_") == "msg_508ff21ab4b8"
    assert ids.prefixed("msg_") == "msg_4e15290bf496"


def test_equal_seeds_give_equal_ids() -> None:
    one, other = Ids("a seed"), Ids("a seed")
    assert [one.uuid("agent") for _ in range(10)] == [other.uuid("agent") for _ in range(10)]
    assert [one.prefixed("msg_") for _ in range(10)] == [other.prefixed("msg_") for _ in range(10)]


def test_another_process_gives_the_same_ids() -> None:
    code = "from atthene_emulator.domain.ids import Ids; ids = Ids(7); print(ids.uuid('agent'), ids.prefixed('msg_'))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    ids = Ids(7)
    assert printed.split() == [ids.uuid("agent"), ids.prefixed("msg_")]


@pytest.mark.parametrize(("one", "other"), [(1, 2), ("a", "b"), (1, "one")], ids=["numbers", "texts", "both"])
def test_different_seeds_give_different_ids(one: int | str, other: int | str) -> None:
    assert Ids(one).uuid("agent") != Ids(other).uuid("agent")
    assert Ids(one).prefixed("msg_") != Ids(other).prefixed("msg_")


def test_a_long_seed_is_a_seed() -> None:
    assert Ids("x" * 1000).uuid("agent") == Ids("x" * 1000).uuid("agent")


@PREFIXES
def test_an_id_with_a_prefix_never_comes_twice(prefix: str) -> None:
    ids = Ids()
    assert len({ids.prefixed(prefix) for _ in range(MANY)}) == MANY


@PREFIXES
def test_an_id_with_a_prefix_has_twelve_hexadecimal_digits(prefix: str) -> None:
    ids = Ids()
    assert all(re.fullmatch(rf"{prefix}[0-9a-f]{{12}}", ids.prefixed(prefix)) for _ in range(1000))


def test_a_uuid_never_comes_twice() -> None:
    ids = Ids()
    assert len({ids.uuid("agent") for _ in range(MANY)}) == MANY


def test_a_uuid_is_of_version_4() -> None:
    ids = Ids()
    found = [uuid.UUID(ids.uuid("agent")) for _ in range(1000)]
    assert {one.version for one in found} == {4}
    assert {one.variant for one in found} == {uuid.RFC_4122}


def test_ids_that_a_seed_has_given_are_passed_over() -> None:
    usual = [Ids().prefixed("session_"), Ids().uuid("agent")]
    ids, account, configuration = Ids(), Account("user", ""), Configuration(FLAT)
    sessions = (SessionSeed(usual[0], account, configuration),)
    scenario = Scenario("more", agents=(AgentSeed(usual[1], account, "a", (VersionSeed((1, 0, 0), configuration),)),))
    ids.reset(Seed(sessions=sessions, scenarios={"more": scenario}))
    assert ids.prefixed("session_") not in usual
    assert ids.uuid("agent") not in usual


def test_very_many_ids_may_be_given() -> None:
    made = Ids()
    given = tuple(made.prefixed("session_") for _ in range(5000))
    ids, account, configuration = Ids(), Account("user", ""), Configuration(FLAT)
    ids.reset(Seed(sessions=tuple(SessionSeed(one, account, configuration) for one in given)))
    assert ids.prefixed("session_") == made.prefixed("session_")


@pytest.mark.parametrize(
    ("entries", "numbers"),
    [
        ([{}, {}, {}], [1, 2, 3]),
        ([{"id": "own"}, {}], [1, 2]),
        ([{"id": "fault-2"}, {}, {}], [1, 3, 4]),
        ([{}, {"id": "fault-1"}], [2, 2]),
        ([{}, {"id": "fault-7"}, {}], [1, 2, 3]),
    ],
    ids=["none", "an own name", "the next one's", "one before", "a later one's"],
)
def test_names_by_number_pass_over_those_that_are_given(entries: list[dict[str, str]], numbers: list[int]) -> None:
    assert free_numbers(entries, "id", "fault", 1) == numbers


def test_kinds_count_apart() -> None:
    alone, mixed = Ids(), Ids()
    agents = [alone.uuid("agent") for _ in range(3)]
    found = []
    for _ in range(3):
        mixed.uuid("session")
        mixed.prefixed("msg_")
        found.append(mixed.uuid("agent"))
    assert found == agents


def test_kinds_do_not_share_ids() -> None:
    ids = Ids()
    assert {ids.uuid("agent") for _ in range(1000)}.isdisjoint({ids.uuid("session") for _ in range(1000)})


def test_without_a_seed_ids_are_random() -> None:
    assert Ids(None).uuid("agent") != Ids(None).uuid("agent")
    assert Ids(None).prefixed("msg_") != Ids(None).prefixed("msg_")


@pytest.mark.parametrize(
    ("style", "pattern"),
    [
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("session_", r"session_[0-9a-f]{12}"),
        ("sess_", r"sess_[0-9a-f]{12}"),
    ],
)
def test_a_session_id_has_the_style_of_its_contract(style: SessionStyle, pattern: str) -> None:
    assert re.fullmatch(pattern, Ids().session(style))
