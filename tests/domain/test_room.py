"""What a namespace keeps is bounded by bytes: evidence leaves for newer and is counted, data is refused."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from atthene_emulator.configuration.accepted import Acceptance, accepted
from atthene_emulator.contracts import USUAL
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.executions import Executions
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.room import Room
from atthene_emulator.domain.runtime import execute
from atthene_emulator.domain.sessions import create_session, delete_session
from atthene_emulator.domain.snapshots import take_snapshot
from atthene_emulator.domain.weight import weight
from atthene_emulator.errors import NoRoom, TooManyWaiting
from atthene_emulator.execution.scripts import read_script
from atthene_emulator.limits import FAULTS, GATES, NAMESPACE_SECONDS, SCRIPTS, SLOW_SCRIPTS, WAITERS, Limit
from atthene_emulator.resources import bundled
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.seeds.files import BundledSeeds

SEED = BundledSeeds().seed("default")
SESSION = "session_abc123"
LONG = "x" * 100_000


def make(max_stored: int = 10_000_000) -> Namespace:
    return Namespace("n", SEED, Acceptance(), Options(max_stored=max_stored))


def flat(name: str = "A") -> dict[str, Any]:
    return {"name": name, "agent_type": "llm_agent", "prompt_config": {"system_prompt": LONG}}


def say(namespace: Namespace, content: str = LONG, session: str = SESSION) -> None:
    asyncio.run(execute(namespace, namespace.accounts[0], session, content, inputs={}))


def create(namespace: Namespace, name: str = "A") -> str:
    configuration = accepted(flat(name), namespace.language())
    return create_session(namespace, namespace.accounts[0], configuration, USUAL).id


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("x" * 1000, 1000, 1100), ("x" * 999 + "\N{GRINNING FACE}", 4000, 4100), ([["y" * 500] * 10], 5000, 6500), ({}, 1, 100)],
    ids=["text", "text of another plane", "lists", "empty"],
)  # fmt: skip
def test_a_value_weighs_what_it_takes(value: Any, least: int, most: int) -> None:
    assert least <= weight(value) <= most


def test_what_comes_and_goes_is_weighed_alike() -> None:
    namespace = make()
    before = namespace.records.weight
    session = create(namespace)
    say(namespace, session=session)
    assert namespace.records.weight > before + 300_000
    delete_session(namespace, namespace.accounts[0], session)
    assert namespace.records.weight == before


def test_a_configuration_that_several_share_is_weighed_once() -> None:
    namespace = make()
    configuration = accepted(flat(), namespace.language())
    weights = []
    for _ in range(3):
        create_session(namespace, namespace.accounts[0], configuration, USUAL)
        weights.append(namespace.records.weight)
    assert weights[2] - weights[1] < 2_000


def test_a_copy_weighs_what_it_is_a_copy_of() -> None:
    namespace = make()
    weights, state = namespace.records.weight, namespace.copy()
    create(namespace)
    namespace.restore(state)
    assert namespace.records.weight == weights


def until_refused(namespace: Namespace, more: Callable[[Namespace], Any]) -> int:
    """What the records weighed before something was refused."""
    for _ in range(200):
        before = namespace.records.weight
        try:
            more(namespace)
        except NoRoom:
            return before
    raise AssertionError("nothing was refused")


@pytest.mark.parametrize("more", [create, say, take_snapshot])
def test_what_would_be_too_much_is_refused_and_nothing_is_kept(more: Callable[[Namespace], Any]) -> None:
    namespace = make(1_000_000)
    say(namespace)
    before = until_refused(namespace, more)
    assert namespace.records.weight == before


def test_a_reset_makes_room() -> None:
    namespace = make(1_000_000)
    until_refused(namespace, create)
    namespace.reset()
    create(namespace)


def test_the_oldest_executions_leave_and_are_counted() -> None:
    namespace = make()
    namespace.executions = Executions(max_bytes=1_000_000)
    sessions = [create(namespace) for _ in range(20)]
    for session in sessions:
        say(namespace, session=session)
    kept = [one.session_id for one in namespace.executions]
    assert 1 < len(kept) < 20
    assert kept == sessions[-len(kept) :]
    assert namespace.executions.dropped == 20 - len(kept)
    assert namespace.executions.weight <= 1_000_000


def test_what_was_said_before_is_weighed_with_the_oldest_execution_of_a_session() -> None:
    namespace = make()
    say(namespace)
    first = namespace.executions.weight
    say(namespace)
    assert 2 * first < namespace.executions.weight + 5_000 < 2 * first + 10_000


def test_the_newest_execution_stays_however_large() -> None:
    namespace = make()
    namespace.executions = Executions(max_bytes=10)
    say(namespace)
    say(namespace)
    assert len(namespace.executions.of_session(SESSION)) == 1


def test_executions_weigh_nothing_when_all_have_left() -> None:
    namespace = make()
    for _ in range(3):
        say(namespace)
    assert namespace.executions.weight > 3 * len(LONG)
    namespace.reset()
    assert (namespace.executions.weight, namespace.executions.dropped) == (0, 0)


def test_configurations_leave_the_coverage_and_are_counted() -> None:
    namespace = make()
    namespace.coverage = Coverage(max_bytes=1_000_000)
    for number in range(6):
        say(namespace, "Hi", create(namespace, f"A{number}"))
    assert [one.configuration.name for one in namespace.coverage.all()] == ["A3", "A4", "A5"]
    assert namespace.coverage.dropped == 3


def test_scripts_faults_and_gates_are_bounded() -> None:
    namespace = make()
    with pytest.raises(NoRoom, match="10,005 scripts"):
        namespace.scripts.add([read_script({"then": {"reply": "x"}}, one) for one in range(SCRIPTS.most + 1)])
    with pytest.raises(NoRoom, match=r"scripts of 200,\d+,\d+ bytes"):
        namespace.scripts.add([read_script({"then": {"reply": "x" * 1_000_000}}, one) for one in range(200)])
    namespace.faults.add(read_faults([{"status": 503}] * FAULTS.most, 1))
    with pytest.raises(NoRoom, match="1,001 faults"):
        namespace.faults.add(read_faults([{"status": 503}], FAULTS.most + 1))
    slow = {"when": {"content": {"matches": "(?=a)b"}}, "then": {"reply": "x"}}
    with pytest.raises(NoRoom, match="write simpler ones"):
        namespace.scripts.add([read_script(slow, one) for one in range(SLOW_SCRIPTS.most + 1)])
    for number in range(GATES.most):
        namespace.gates.open(f"g{number}")
    namespace.gates.open("g0")
    with pytest.raises(NoRoom, match="close one first"):
        namespace.gates.open("another")
    assert len(namespace.faults) == FAULTS.most
    assert len(tuple(namespace.scripts)) == len(SEED.scripts)


def test_so_many_wait_and_no_more() -> None:
    namespace = make()
    namespace.waiting = WAITERS.most - 1
    with (
        namespace.one_more_waits(),
        pytest.raises(TooManyWaiting, match="open their gates"),
        namespace.one_more_waits(),
    ):
        pass
    assert namespace.waiting == WAITERS.most - 1


def bounds_of(schema: Any, name: str) -> Iterator[int | None]:
    """How many items the lists of that name may have, wherever a schema has one."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "items" in schema.get("properties", {}).get(name, {}):
            yield schema["properties"][name].get("maxItems")
        for below in schema.values():
            yield from bounds_of(below, name)


@pytest.mark.parametrize("document", ["seed", "snapshot"])
@pytest.mark.parametrize(("name", "limit"), [("scripts", SCRIPTS), ("faults", FAULTS)])
def test_documents_hold_no_more_than_a_namespace(document: str, name: str, limit: Limit) -> None:
    schema = json.loads(bundled(f"schemas/{document}.schema.json").read_text())
    assert set(bounds_of(schema, name)) == {limit.most}


def test_a_namespace_asks_to_be_kept_for_no_longer_than_the_limit() -> None:
    schema = json.loads(bundled("schemas/control/namespace.schema.json").read_text())
    assert schema["properties"]["ttl_seconds"]["maximum"] == NAMESPACE_SECONDS.most


def test_room_is_taken_to_the_last_byte_and_is_gone_with_what_is_too_large() -> None:
    room = Room(10)
    assert [room.take(4), room.take(6), room.take(1)] == [True, True, False]
    assert [(other := Room(10)).take(11), other.take(1)] == [False, False]
