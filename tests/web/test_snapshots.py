"""Snapshots, and the other ways back: taken, restored, carried elsewhere; reset to the seed, and cleared."""

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain import namespace
from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api
from tests.web.test_namespaces import COUNTING, WAITING, WITH_VARIABLE, World, hold, make, message, problems

SNAPSHOT = Schema("snapshot")
NOON = "2025-06-01T12:00:00Z"
LATER = "2025-06-01T13:00:00Z"
SECRET = "s3cr3t-key-of-ada"
DESK = {**FLAT, "name": "Desk"}
TALK = [
    {
        "role": "user",
        "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "a.png"}}],
    },
    {"role": "assistant", "content": "I see.", "timestamp": "2025-06-01T11:59:00Z"},
]
SEED = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [{"id": "ada", "company": "engines", "api_keys": [SECRET]}],
    "agents": [{"id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "system_config": DESK}],
    "sessions": [{"id": "session_1", "agent_key": "desk", "messages": TALK}],
    "scripts": [COUNTING],
    "scenarios": {
        "down": {
            "scripts": [{"name": "sorry", "when": {"content": "Hi"}, "then": [{"reply": "Sorry"}, {"reply": "Again"}]}],
            "faults": [{"operation": "agents.list", "status": 503, "every": 2}],
        }
    },
}
TWO_STEPS = {"name": "steps", "when": {"content": "Step"}, "then": [{"reply": "First"}, {"reply": "Second"}]}
WHO = {"name": "who", "when": {"content": "Who"}, "then": {"reply": "{{ variables.user_name }}"}}
FAIL = {"name": "fail", "when": {"content": "Fail"}, "then": {"error": {"message": "Broken"}}}
FAULT = {"operation": "agents.list", "status": 503}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[EmulatorServer]:
    """Another server."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    """A new namespace whose clock stands still."""
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


@pytest.fixture
def target(server: EmulatorServer) -> Iterator[World]:
    """Another one like `world`, for what is carried over."""
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


def keep(world: World, name: str = "kept") -> None:
    """Take a snapshot."""
    world.told("POST", "/snapshots", json={"name": name})


def restore(world: World, name: str = "kept") -> None:
    """Go back to a snapshot."""
    world.told("POST", f"/snapshots/{name}/restore")


def export(world: World) -> dict[str, Any]:
    """What the world is now, as a document."""
    keep(world, "exported")
    document: dict[str, Any] = world.told("GET", "/snapshots/exported")
    world.told("DELETE", "/snapshots/exported")
    return document


def carry(source: World, target: World) -> None:
    """Make another namespace what this one is, by export and import."""
    target.told("PUT", "/snapshots/carried", json=export(source))
    restore(target, "carried")


def live(world: World) -> str:
    """Let something of every kind happen; the id of a session."""
    world.post("/agent/", json={"system_config": {**FLAT, "name": "Second"}})
    world.patch("/agent/desk/", json={"system_config": {"llm_config": {"temperature": 0.1}}})
    world.told("POST", "/scripts", json=[TWO_STEPS, WHO, FAIL])
    assert world.reply("session_1", "Count") == "One"
    assert world.reply("session_1", "Step") == "First"
    session_id = world.create_session(WITH_VARIABLE)
    assert world.reply(session_id, "Who", inputs={"user_name": "Ada"}) == "Ada"
    failed = world.create_session()
    world.execute(failed, "Fail")
    assert world.status(failed) == "error"
    world.told("POST", "/faults", json=[{**FAULT, "every": 2}, {"operation": "sessions.delete", "kind": "drop"}])
    assert world.get("/agent/").status_code == 200
    world.told("POST", "/gates/door/open")
    world.told("POST", "/clock/advance", json={"seconds": 60})
    return session_id


def seen(world: World) -> dict[str, Any]:
    """All that the control plane shows of a world, less its logs."""
    state = world.told("GET", "/state")
    shown = {name: state[name] for name in ("contract", "clock", "scenario", "accounts", "agents", "sessions")}
    paths = ("/scripts", "/faults", "/gates", "/rate-limit")
    return {**shown, **{path: world.told("GET", path) for path in paths}}


def answers(world: World) -> list[Any]:
    """What the API answers about everything, which counts for faults and limits."""
    paths = ["/agent/", "/agent/desk/", "/sessions/"]
    for session in world.told("GET", "/state")["sessions"]:
        at = session["session_id"]
        paths += [f"/sessions/{at}/", f"/runtime/{at}/messages/?limit=1000", f"/runtime/{at}/status/"]
    got = [world.get(path) for path in paths]
    return [(answer.status_code, answer.json()) for answer in got]


def go_on(world: World, session_id: str) -> list[Any]:
    """What happens next: everything that is counted or drawn is in the answers."""
    created = [world.with_contract(one).create_session() for one in ("current", "reference", "connecting")]
    agent = world.post("/agent/", json={"system_config": {**FLAT, "name": "Third"}}).json()
    said = [world.execute(one, text).json() for one in ("session_1", session_id) for text in ("Step", "Count", "Who")]
    listed = [world.get("/agent/").status_code for _ in range(4)]
    script = world.told("POST", "/scripts", json={"when": {"content": "never"}, "then": {"reply": "x"}})
    fault = world.told("POST", "/faults", json={"operation": "runtime.status", "status": 503, "times": 1})
    return [created, agent, said, listed, script, fault, answers(world)]


# Taking, listing, dropping


def test_a_snapshot_tells_what_it_holds(world: World) -> None:
    answer = world.control("POST", "/snapshots", json={"name": "before"})
    assert answer.status_code == 201
    assert answer.json() == {"name": "before", "taken_at": NOON, "agents": 1, "sessions": 1}
    assert world.told("GET", "/snapshots") == [answer.json()]


def test_snapshots_without_a_name_get_one(world: World) -> None:
    keep(world, "snapshot-2")
    names = [world.told("POST", "/snapshots")["name"], world.told("POST", "/snapshots", json={})["name"]]
    assert names == ["snapshot-1", "snapshot-3"]


def test_snapshots_are_listed_until_they_are_dropped(world: World) -> None:
    for name in ("a", "b", "c"):
        keep(world, name)
    answer = world.control("DELETE", "/snapshots/b")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [one["name"] for one in world.told("GET", "/snapshots")] == ["a", "c"]
    assert world.told("GET", "/state")["counts"]["snapshots"] == 2


def test_a_snapshot_replaces_one_of_the_same_name(world: World) -> None:
    keep(world)
    world.create_session()
    keep(world)
    assert [one["sessions"] for one in world.told("GET", "/snapshots")] == [2]
    world.told("POST", "/clear")
    restore(world)
    assert len(world.get("/sessions/").json()) == 2


def test_there_are_100_snapshots_at_most(world: World) -> None:
    for number in range(100):
        keep(world, f"s{number}")
    document = world.told("GET", "/snapshots/s0")
    said = "There are 100 snapshots already; drop one first"
    assert message(world.control("POST", "/snapshots", json={"name": "one-more"}), 409) == said
    assert message(world.control("POST", "/snapshots"), 409) == said
    assert message(world.control("PUT", "/snapshots/one-more", json=document), 409) == said
    assert len(world.told("GET", "/snapshots")) == 100
    keep(world, "s7")
    world.told("PUT", "/snapshots/s8", json=document)
    world.told("DELETE", "/snapshots/s9")
    keep(world, "one-more")
    assert len(world.told("GET", "/snapshots")) == 100


NAMES = [
    pytest.param("a b", id="space"),
    pytest.param("ä", id="umlaut"),
    pytest.param("a\n", id="line end"),
    pytest.param("a:b", id="colon"),
    pytest.param("a" * 65, id="65 characters"),
]


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        pytest.param("", id="empty"),
        pytest.param("a/b", id="slash"),
        pytest.param("..", id="dots, which clients take out of a path"),
        pytest.param(1, id="number"),
        pytest.param(None, id="null"),
    ],
)
def test_a_wrong_name_is_refused(world: World, name: Any) -> None:
    assert "name" in problems(world.control("POST", "/snapshots", json={"name": name}))
    assert world.told("GET", "/snapshots") == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_imported_by_a_wrong_name(world: World, name: str) -> None:
    said = message(world.control("PUT", f"/snapshots/{quote(name)}", json=export(world)), 400)
    assert said == "A name has up to 64 letters, digits, -, _ and ., and does not begin with ."
    assert world.told("GET", "/snapshots") == []


@pytest.mark.parametrize("body", [{"nmae": "a"}, {"name": "a", "seed": "x"}, []], ids=str)
def test_an_unknown_key_is_refused(world: World, body: Any) -> None:
    assert problems(world.control("POST", "/snapshots", json=body)) or body == []
    assert world.told("GET", "/snapshots") == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/snapshots/kebt"), ("DELETE", "/snapshots/kebt"), ("POST", "/snapshots/kebt/restore")],
    ids=["export", "drop", "restore"],
)
def test_an_unknown_snapshot_is_refused_and_the_near_one_named(world: World, method: str, path: str) -> None:
    assert message(world.control(method, path), 404) == "There is no snapshot 'kebt'; there are none, take one first"
    keep(world)
    world.create_session()
    assert message(world.control(method, path), 404) == "There is no snapshot 'kebt'; did you mean kept?"
    assert len(world.get("/sessions/").json()) == 2
    assert len(world.told("GET", "/snapshots")) == 1


# Restoring


def test_a_restore_tells_what_it_went_back_to(world: World) -> None:
    keep(world)
    assert world.told("POST", "/snapshots/kept/restore") == {
        "name": "kept", "taken_at": NOON, "agents": 1, "sessions": 1,
    }  # fmt: skip


def test_a_restore_brings_everything_back(world: World) -> None:
    session_id = live(world)
    keep(world)
    before, first = seen(world), go_on(world, session_id)
    world.told("POST", "/scenarios/down")
    world.told("POST", "/reset")
    assert seen(world) != before
    restore(world)
    assert seen(world) == before
    assert go_on(world, session_id) == first


def test_a_snapshot_can_be_restored_again_and_again(world: World) -> None:
    session_id = live(world)
    keep(world)
    outcomes = []
    for _ in range(3):
        outcomes.append(go_on(world, session_id))
        restore(world)
    assert outcomes[1:] == outcomes[:-1]


def test_a_restore_leaves_journal_and_snapshots_alone(world: World) -> None:
    keep(world)
    world.get("/agent/")
    keep(world, "later")
    restore(world)
    assert [one["name"] for one in world.told("GET", "/snapshots")] == ["kept", "later"]
    assert len(world.told("GET", "/journal")) == 1
    assert world.get("/agent/").headers["X-Request-Id"] == "req_000002"


def test_snapshots_of_two_futures_lie_side_by_side(world: World) -> None:
    keep(world)
    for name in ("left", "right"):
        restore(world)
        world.reply("session_1", f"To the {name}")
        keep(world, name)
    for name in ("left", "right", "left"):
        restore(world, name)
        assert [text for text in world.said("session_1") if text in ("To the left", "To the right")] == [
            f"To the {name}"
        ]
        assert len(world.said("session_1")) == 4


@pytest.mark.parametrize("path", ["/reset", "/clear"])
def test_a_snapshot_outlives_a_reset(world: World, path: str) -> None:
    session_id = live(world)
    keep(world)
    before = seen(world)
    world.told("POST", path)
    restore(world)
    assert seen(world) == before
    assert world.reply(session_id, "Who") == "Ada"


def test_a_restore_brings_back_what_scripts_counted(world: World) -> None:
    world.reply("session_1", "Count")
    keep(world)
    assert [world.reply("session_1", "Count") for _ in range(2)] == ["Two", "Many"]
    assert world.execute("session_1", "Count").headers["X-Emulator-Script"] == "default"
    restore(world)
    assert world.told("GET", "/scripts")[0]["hits"] == 1
    assert [world.reply("session_1", "Count") for _ in range(2)] == ["Two", "Many"]


def test_a_restore_brings_back_what_faults_counted(world: World) -> None:
    world.told("POST", "/faults", json={**FAULT, "after": 1, "times": 2})
    assert [world.get("/agent/").status_code for _ in range(2)] == [200, 503]
    keep(world)
    assert [world.get("/agent/").status_code for _ in range(3)] == [503, 200, 200]
    world.told("DELETE", "/faults")
    restore(world)
    assert [world.get("/agent/").status_code for _ in range(3)] == [503, 200, 200]


def test_a_restore_brings_back_what_the_rate_limit_counted(world: World) -> None:
    world.told("PUT", "/rate-limit", json={"requests": 3, "per_seconds": 60})
    world.get("/agent/")
    keep(world)
    assert [world.get("/agent/").status_code for _ in range(3)] == [200, 200, 429]
    world.told("DELETE", "/rate-limit")
    restore(world)
    assert world.told("GET", "/rate-limit") == {"requests": 3, "per_seconds": 60, "scope": "key"}
    assert [world.get("/agent/").status_code for _ in range(3)] == [200, 200, 429]


def test_a_restore_brings_back_the_clock(world: World) -> None:
    world.told("POST", "/clock/advance", json={"seconds": 3600})
    keep(world)
    world.told("PUT", "/clock", json={"mode": "running"})
    restore(world)
    assert world.told("GET", "/clock") == {"mode": "frozen", "now": LATER}


def test_a_restore_brings_back_a_running_clock_and_how_far_it_was_ahead(world: World) -> None:
    world.told("PUT", "/clock", json={"mode": "running", "now": "2040-01-01T00:00:00Z"})
    keep(world)
    world.told("PUT", "/clock", json={"mode": "frozen", "now": NOON})
    restore(world)
    clock = world.told("GET", "/clock")
    assert clock["mode"] == "running"
    assert clock["now"].startswith("2040-01-01T00:0")


def test_a_restore_opens_and_closes_gates(world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json=WAITING)
    keep(world, "closed")
    world.told("POST", "/gates/door/open")
    keep(world, "open")
    restore(world, "closed")
    held = hold(world, background, "session_1")
    restore(world, "open")
    assert held.result().status_code == 503
    assert world.told("GET", "/gates") == [{"name": "door", "open": True, "waiting": 0, "sessions": []}]
    assert world.reply("session_1", "Wait") == "Done"


def test_a_restore_brings_back_the_scenario(world: World) -> None:
    world.told("POST", "/scenarios/down")
    assert world.reply("session_1", "Hi") == "Sorry"
    keep(world)
    world.told("POST", "/reset")
    restore(world)
    assert world.told("GET", "/scenarios")[0]["active"] is True
    assert world.reply("session_1", "Hi") == "Again"
    assert [world.get("/agent/").status_code for _ in range(2)] == [200, 503]


def test_a_restore_brings_back_executions(world: World) -> None:
    world.reply("session_1", "Count")
    keep(world)
    world.reply("session_1", "Count")
    restore(world)
    executions = world.told("GET", "/sessions/session_1/executions")["executions"]
    assert [one["turn"] for one in executions] == [2]  # the first is one of the seed


def test_a_restore_brings_back_the_configuration_that_an_agent_had(world: World) -> None:
    keep(world)
    world.patch("/agent/desk/", json={"system_config": {"name": "Counter"}})
    world.delete("/agent/desk/")
    restore(world)
    agent = world.get("/agent/desk/").json()
    assert (agent["name"], agent["version_number"], agent["system_config"]) == ("Desk", "1.0.0", DESK)


# Snapshots of worlds in which executions wait


@pytest.mark.parametrize("carried", [False, True], ids=["restored", "carried elsewhere"])
def test_a_session_that_was_executing_is_not_stuck(
    world: World, target: World, background: ThreadPoolExecutor, *, carried: bool
) -> None:
    world.told("POST", "/scripts", json={**WAITING, "times": 1})
    before = world.said("session_1")
    held = hold(world, background, "session_1")
    keep(world)
    assert world.status("session_1") == "processing"
    if carried:
        carry(world, target)
        world.told("POST", "/gates/door/open")
        assert held.result().status_code == 200
    else:
        restore(world)
        assert message(held.result(), 503).endswith("its namespace went back to a snapshot")
    back = target if carried else world
    assert back.status("session_1") == "active"
    assert back.said("session_1") == before
    assert back.told("GET", "/gates") == []
    assert back.told("GET", "/scripts")[0]["hits"] == 0  # what waited has not happened
    back.told("POST", "/gates/door/open")
    assert back.reply("session_1", "Wait") == "Done"


@pytest.mark.parametrize("carried", [False, True], ids=["restored", "carried elsewhere"])
def test_a_session_that_had_failed_before_it_was_executing_has_failed_again(
    world: World, target: World, background: ThreadPoolExecutor, *, carried: bool
) -> None:
    world.told("POST", "/scripts", json=[WAITING, FAIL])
    world.execute("session_1", "Fail")
    world.told("POST", "/clock/advance", json={"seconds": 60})
    before = world.get("/runtime/session_1/status/").json()
    assert before["status"] == "error"
    held = hold(world, background, "session_1")
    keep(world)
    if carried:
        carry(world, target)
    restore(world)
    assert held.result().status_code == 503
    assert (target if carried else world).get("/runtime/session_1/status/").json() == before


def test_an_execution_that_ended_after_the_snapshot_has_not_happened(
    world: World, background: ThreadPoolExecutor
) -> None:
    world.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, "session_1")
    keep(world)
    world.told("POST", "/gates/door/open")
    assert held.result().status_code == 200
    restore(world)
    assert len(world.said("session_1")) == 2
    assert world.status("session_1") == "active"
    assert world.told("GET", "/gates") == []


def test_an_execution_that_began_after_the_snapshot_is_sent_away(world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json={**WAITING, "times": 1})
    keep(world)
    before = seen(world)
    held = hold(world, background, "session_1")
    restore(world)
    assert held.result().status_code == 503
    assert seen(world) == before
    world.told("POST", "/gates/door/open")
    assert world.reply("session_1", "Wait") == "Done"


# Export and import


def test_an_export_fits_its_schema_and_is_one_document(world: World) -> None:
    live(world)
    document = export(world)
    assert SNAPSHOT.check(document) == ()
    assert (document["format"], document["version"], document["name"]) == ("atthene-emulator/snapshot", 1, "exported")
    assert [len(document[kind]) for kind in ("agents", "sessions", "scripts", "faults")] == [2, 3, 4, 2]


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param("default", id="default"),
        pytest.param("empty", id="empty"),
        pytest.param("busy", id="busy"),
        pytest.param({"ids": {"seed": ""}}, id="empty seed of ids"),
        pytest.param({"ids": {"seed": "ä" * 100}}, id="long seed of ids"),
        pytest.param({"ids": {"seed": -1}}, id="negative seed of ids"),
        pytest.param({"ids": {"seed": "random"}}, id="random ids"),
        pytest.param({"rate_limit": {"requests": 5, "per_seconds": 0.5, "scope": "session"}}, id="rate limit"),
        pytest.param({"latency": {"ms": {"from": 1, "to": 2}}}, id="latency"),
        pytest.param({"on_disconnect": "finish"}, id="on_disconnect"),
        pytest.param({"clock": {"mode": "frozen", "now": "0001-01-01T00:00:00Z"}}, id="first moment"),
        pytest.param({"clock": {"mode": "frozen", "now": "9999-12-31T23:59:59Z"}}, id="last moment"),
        pytest.param({"faults": [{"status": 429, "retry_after": 7, "operation": "runtime.*", "after": 1}]}, id="fault"),
        pytest.param({"scripts": [{"when": {"turn": {"from": 2}}, "then": {"route": True}}]}, id="nameless script"),
    ],
)
def test_whatever_a_world_is_can_be_carried_elsewhere(
    server: EmulatorServer, elsewhere: EmulatorServer, seed: Any
) -> None:
    source, target = make(server, seed=seed), make(elsewhere, seed=seed)
    created = source.create_session()
    document = export(source)
    assert SNAPSHOT.check(document) == ()
    target.told("PUT", "/snapshots/carried", json=document)
    restore(target, "carried")
    assert {**export(target), "taken_at": 0} == {**document, "taken_at": 0}
    assert target.get(f"/sessions/{created}/").json() == source.get(f"/sessions/{created}/").json()
    assert target.create_session() == source.create_session()


@pytest.mark.parametrize("where", ["another namespace", "another server"])
def test_an_import_gives_the_same_world(world: World, target: World, elsewhere: EmulatorServer, where: str) -> None:
    goal = target if where == "another namespace" else make(elsewhere, seed=SEED)
    session_id = live(world)
    before = seen(world)
    carry(world, goal)
    assert seen(goal) == before
    assert go_on(goal, session_id) == go_on(world, session_id)


def test_an_import_changes_nothing_until_it_is_restored(world: World, target: World) -> None:
    live(world)
    before = seen(target)
    answer = target.control("PUT", "/snapshots/carried", json=export(world))
    assert answer.status_code == 201
    assert answer.json() == {"name": "carried", "taken_at": "2025-06-01T12:01:00Z", "agents": 2, "sessions": 3}
    assert target.told("GET", "/snapshots") == [answer.json()]
    assert seen(target) == before


def test_an_import_has_the_name_of_the_path_and_replaces_what_had_it(world: World, target: World) -> None:
    keep(target, "carried")
    world.create_session()
    target.told("PUT", "/snapshots/carried", json=export(world))
    assert [(one["name"], one["sessions"]) for one in target.told("GET", "/snapshots")] == [("carried", 2)]
    assert target.told("GET", "/snapshots/carried")["name"] == "carried"


def test_a_fork_can_begin_with_an_import(world: World, target: World) -> None:
    session_id = live(world)
    target.told("PUT", "/snapshots/carried", json=export(world))
    forked = make(world.server, **{"from": target.name, "snapshot": "carried"})
    assert forked.reply(session_id, "Who") == "Ada"


def test_an_import_may_be_yaml(world: World, target: World) -> None:
    headers = {"X-Emulator-Namespace": target.name, "Content-Type": "application/yaml"}
    text = json.dumps(export(world))
    assert Api(world.server).control("PUT", "/snapshots/carried", data=text, headers=headers).status_code == 201


def test_no_key_is_in_an_export(world: World) -> None:
    assert world.as_account(SECRET).get("/agent/", headers={"X-Emulator-Namespace": world.name}).status_code == 200
    live(world)
    keep(world)
    text = world.control("GET", "/snapshots/kept").text
    assert SECRET not in text
    assert world.key is not None
    assert world.key not in text


def test_keys_of_the_target_stay_when_an_import_is_restored(world: World, target: World) -> None:
    carry(world, target)
    assert target.get("/agent/").status_code == 200
    assert world.get("/agent/", headers={"X-Emulator-Namespace": target.name}).status_code == 401


def test_a_fault_without_an_id_finds_a_free_one_after_an_import(world: World, target: World) -> None:
    world.told("POST", "/faults", json=FAULT)
    world.told("POST", "/faults", json=FAULT)
    world.told("DELETE", "/faults/fault-1")
    carry(world, target)
    for one in (world, target):
        assert one.control("POST", "/faults", json=FAULT).status_code == 201
    assert target.told("GET", "/faults") == world.told("GET", "/faults")


@pytest.mark.parametrize("way", ["import", "reset", "restore"])
def test_a_script_that_is_added_again_begins_anew(world: World, target: World, way: str) -> None:
    world.told("POST", "/scripts", json=TWO_STEPS)
    assert world.reply("session_1", "Step") == "First"
    if way == "reset":
        world.told("POST", "/reset?scope=scripts")
    else:
        world.told("DELETE", "/scripts")
    if way == "restore":
        keep(world)
        restore(world)
    if way == "import":
        carry(world, target)
    back = target if way == "import" else world
    back.told("POST", "/scripts", json=TWO_STEPS)
    assert back.reply("session_1", "Step") == "First"


def test_warnings_about_a_configuration_are_carried_along(world: World, target: World) -> None:
    created = world.post("/agent/", json={"system_config": {**FLAT, "name": "Odd", "colour": "red"}})
    assert created.headers["X-Emulator-Diagnostics"]
    carry(world, target)
    for one in (world, target):
        started = one.post("/sessions/from-agent/odd/")
        assert started.headers.get("X-Emulator-Diagnostics") == created.headers["X-Emulator-Diagnostics"]


# Damaged and foreign documents


@pytest.fixture(scope="module")
def document(server: EmulatorServer) -> dict[str, Any]:
    """The export of a world in which something of every kind has happened."""
    made = make(server, seed=SEED)
    live(made)
    made.told("PUT", "/rate-limit", json={"requests": 1000, "per_seconds": 1})
    return export(made)


def put(value: Any, *path: str | int) -> Callable[[Any], None]:
    """A change of a document: this value in that place."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


def without(*path: str | int) -> Callable[[Any], None]:
    """A change of a document: nothing in that place."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def twice(kind: str, **changes: Any) -> Callable[[Any], None]:
    """A change of a document: the first record of a kind is there again, with changes, in the second place."""

    def change(document: Any) -> None:
        document[kind].insert(1, {**copy.deepcopy(document[kind][0]), **changes})

    return change


def other_configuration(document: Any) -> None:
    """Change a configuration, which then no longer belongs to its key."""
    for configuration in document["configurations"].values():
        configuration["system_prompt"] = "Be rude."


def invalid_configuration(document: Any) -> None:
    """Make a configuration one that nobody accepts."""
    for configuration in document["configurations"].values():
        configuration["llm_config"] = 3


BAD_PATTERN = {"name": "bad", "when": {"content": {"matches": "("}}, "then": {"reply": "x"}}
FAR = 1e300  # seconds, a time that cannot be written


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        pytest.param(put("something/else", "format"), "format", id="another format"),
        pytest.param(without("format"), "format", id="no format"),
        pytest.param(put(2, "version"), "version", id="version to come"),
        pytest.param(put("1", "version"), "version", id="version as text"),
        pytest.param(without("clock"), "clock", id="no clock"),
        pytest.param(without("configurations"), "configurations", id="no configurations"),
        pytest.param(without("sessions"), "sessions", id="no sessions"),
        pytest.param(put("a b", "name"), "name", id="wrong name"),
        pytest.param(put(1, "extra"), "extra", id="unknown key"),
        pytest.param(put(1, "sessions", 0, "extra"), "sessions.0.extra", id="unknown key of a session"),
        pytest.param(put(1, "agents", 0, "api_key"), "agents.0.api_key", id="unknown key of an agent"),
        pytest.param(without("sessions", 1, "usage"), "sessions.1.usage", id="session without usage"),
        pytest.param(put("system", "sessions", 0, "messages", 0, "role"), "sessions.0.messages.0.role", id="role"),
        pytest.param(put(3, "sessions", 0, "messages", 1, "content"), "sessions.0.messages.1.content", id="content"),
        pytest.param(put("x", "sessions", 0, "configuration"), "sessions.0.configuration", id="no such configuration"),
        pytest.param(put("x", "agents", 1, "configuration"), "agents.1.configuration", id="nor of an agent"),
        pytest.param(put("nobody", "sessions", 1, "owner"), "sessions.1.owner", id="unknown owner of a session"),
        pytest.param(put("nobody", "agents", 0, "owner"), "agents.0.owner", id="unknown owner of an agent"),
        pytest.param(put({"x": 1}, "sessions", 1, "variables"), "sessions.1.variables.x", id="unknown variable"),
        pytest.param(twice("sessions"), "sessions.1", id="session twice"),
        pytest.param(twice("agents"), "agents.1", id="agent twice"),
        pytest.param(twice("agents", id="another"), "agents.1", id="agent key twice"),
        pytest.param(twice("scripts"), "scripts.1", id="script twice"),
        pytest.param(twice("faults"), "faults.1", id="fault twice"),
        pytest.param(put(-1, "scripts", 0, "hits"), "scripts.0.hits", id="negative hits"),
        pytest.param(put("mine", "scripts", 0, "layer"), "scripts.0.layer", id="unknown layer"),
        pytest.param(put({}, "scripts", 0, "script"), "scripts.0.script.then", id="script without an answer"),
        pytest.param(put(BAD_PATTERN, "scripts", 0, "script"), "scripts.0.script.when.content.matches", id="pattern"),
        pytest.param(put(299, "faults", 0, "fault", "status"), "faults.0.fault.status", id="impossible status"),
        pytest.param(put("x", "faults", 0, "fault", "operation"), "faults.0.fault.operation", id="unknown operation"),
        pytest.param(put(0, "rate_limit", "requests"), "rate_limit.requests", id="limit of nothing"),
        pytest.param(put("xyz", "ids", "key"), "ids.key", id="key of ids"),
        pytest.param(put(-1, "ids", "counts", "session"), "ids.counts.session", id="negative count"),
        pytest.param(put(FAR, "ids", "counts", "msg_"), "ids.counts.msg_", id="count beyond all numbers"),
        pytest.param(
            put(FAR, "agents", 0, "versions", 0, "number", 1),
            "agents.0.versions.0.number.1",
            id="version beyond all numbers",
        ),
        pytest.param(put("much", "rate_limit"), "rate_limit", id="limit that is none"),
        pytest.param(put({"ms": {"from": 2, "to": 1}, "answers": 0}, "latency"), "latency.ms", id="latency backwards"),
        pytest.param(put([1], "gates"), "gates.0", id="number for a gate"),
        pytest.param(put(FAR, "clock", "frozen_at"), "clock.frozen_at", id="frozen beyond all time"),
        pytest.param(put(FAR, "clock", "ahead"), "clock.ahead", id="ahead beyond all time"),
        pytest.param(put(FAR, "taken_at"), "taken_at", id="taken beyond all time"),
        pytest.param(put(FAR, "agents", 0, "created_at"), "agents.0.created_at", id="agent made beyond all time"),
        pytest.param(put(-FAR, "agents", 0, "updated_at"), "agents.0.updated_at", id="agent changed before all time"),
        pytest.param(put(FAR, "sessions", 0, "created_at"), "sessions.0.created_at", id="session made beyond all time"),
        pytest.param(put(FAR, "sessions", 0, "last_activity"), "sessions.0.last_activity", id="used beyond all time"),
        pytest.param(
            put(FAR, "sessions", 0, "messages", 0, "created_at"), "sessions.0.messages.0.created_at", id="said then"
        ),
    ],
)
def test_a_damaged_document_is_refused_and_the_field_is_named(
    target: World, document: dict[str, Any], damage: Callable[[Any], None], field: str
) -> None:
    keep(target, "before")
    before, snapshots = seen(target), target.told("GET", "/snapshots")
    damaged = copy.deepcopy(document)
    damage(damaged)
    found = problems(target.control("PUT", "/snapshots/carried", json=damaged))
    assert any(one == field or one.startswith(f"{field}.") for one in found), found
    assert target.told("GET", "/snapshots") == snapshots
    assert seen(target) == before


@pytest.mark.parametrize("damage", [other_configuration, invalid_configuration], ids=["changed", "invalid"])
def test_a_configuration_that_was_tampered_with_is_refused(
    target: World, document: dict[str, Any], damage: Callable[[Any], None]
) -> None:
    damaged = copy.deepcopy(document)
    damage(damaged)
    found = problems(target.control("PUT", "/snapshots/carried", json=damaged))
    assert {".".join(field.split(".")[:2]) for field in found} == {
        f"configurations.{digest}" for digest in document["configurations"]
    }


@pytest.mark.parametrize("value", [1, None, ["raw"]])
def test_a_raw_value_of_a_variable_is_carried(target: World, document: dict[str, Any], value: Any) -> None:
    """What could not be coerced, or was never filled, is kept in a session."""
    raw = copy.deepcopy(document)
    raw["sessions"][1]["variables"] = {"user_name": value}
    assert target.control("PUT", "/snapshots/carried", json=raw).status_code == 201


def test_forms_of_older_versions_are_named_with_the_form_that_is_right(target: World, document: dict[str, Any]) -> None:
    """A snapshot of 0.1.0 may have configurations and faults that the documentation does not know."""
    (digest, *_) = document["configurations"]
    older = copy.deepcopy(document)
    older["configurations"][digest] |= {
        "variables": {"note": {"type": "str"}},
        "variable_assignments": [{"variable": "note", "from": "output.note"}],
        "structured_output": {"output_name": "note", "schema": {"note": {"type": "str"}}},
        "prompt_config": {"few_shot_examples": [{"question": "Why?"}]},
    }
    found = problems(target.control("PUT", "/snapshots/carried", json=older))
    here = f"configurations.{digest}"
    assert found[f"{here}.variable_assignments"].endswith("write variable: agent.output.field for each.")
    assert found[f"{here}.structured_output.output_name"].endswith("; there are enabled, schema.")
    assert found[f"{here}.prompt_config.few_shot_examples.0"] == "Example missing 'input' or 'output' field"


def test_every_mistake_of_a_document_is_named_at_once(target: World, document: dict[str, Any]) -> None:
    damaged = copy.deepcopy(document)
    damaged["agents"][0]["owner"] = "nobody"
    damaged["sessions"][2]["owner"] = "nobody"
    damaged["sessions"][2]["configuration"] = "x"
    answer = target.control("PUT", "/snapshots/carried", json=damaged)
    assert problems(answer) == {
        "agents.0.owner": "This namespace has no account nobody; there are: ada.",
        "sessions.2.configuration": "There is no such key in configurations.",
        "sessions.2.owner": "This namespace has no account nobody; there are: ada.",
    }
    assert message(answer, 400) == "This is no snapshot that can be used here; nothing was imported"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_half_a_document_is_refused(target: World, document: dict[str, Any], kept: float) -> None:
    text = json.dumps(document)
    headers = {"X-Emulator-Namespace": target.name, "Content-Type": "application/json"}
    answer = Api(target.server).control("PUT", "/snapshots/x", data=text[: int(len(text) * kept)], headers=headers)
    assert message(answer, 400)
    assert target.told("GET", "/snapshots") == []


@pytest.mark.parametrize("foreign", [{}, [], FLAT, SEED, {"snapshot": {}}], ids=["{}", "[]", "agent", "seed", "other"])
def test_a_foreign_document_is_refused(target: World, foreign: Any) -> None:
    message(target.control("PUT", "/snapshots/x", json=foreign), 400)
    assert target.told("GET", "/snapshots") == []


def test_a_document_of_other_accounts_is_refused(server: EmulatorServer, document: dict[str, Any]) -> None:
    default = make(server)
    found = problems(default.control("PUT", "/snapshots/x", json=document))
    assert found["agents.0.owner"] == "This namespace has no account ada; there are: user_123, user_789."


def test_an_import_says_that_it_is_json(target: World, document: dict[str, Any]) -> None:
    headers = {"X-Emulator-Namespace": target.name}
    answer = Api(target.server).control("PUT", "/snapshots/x", data=json.dumps(document), headers=headers)
    assert message(answer, 415)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document, below configurations only the first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "session_1", "\n", "a" * 500, "seed", "added", "../x", "ä"]),
    st.sampled_from([[], {}, [1], [{}], {"x": 1}, {"type": "text", "text": "x"}]),
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_imported_can_be_used(target: World, document: dict[str, Any], data: st.DataObject) -> None:
    damaged = copy.deepcopy(document)
    place = data.draw(st.sampled_from(list(places(document))))
    change = data.draw(st.one_of(st.just(without(*place)), VALUES.map(lambda value: put(value, *place))))
    change(damaged)
    answer = target.control("PUT", "/snapshots/carried", json=damaged)
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 400:
        return
    restore(target, "carried")
    target.told("DELETE", "/faults")
    target.told("DELETE", "/rate-limit")
    assert all(status < 500 for status, _ in answers(target))
    for session in target.told("GET", "/state")["sessions"]:
        for text in ("Step", "Count", "Who"):
            assert target.execute(session["session_id"], text).status_code < 500
    assert SNAPSHOT.check(export(target)) == ()


# Whatever happens


OPERATIONS = (
    "create", "start", "execute", "delete session", "agent", "update agent", "delete agent", "list agents",
    "script", "nameless script", "drop scripts", "fault", "drop first fault", "drop faults", "advance", "limit",
    "no limit", "open", "close", "scenario", "clear", "reset",
)  # fmt: skip
CONTROLS: dict[str, tuple[str, str, Any]] = {
    "script": ("POST", "/scripts", TWO_STEPS),
    "nameless script": ("POST", "/scripts", {"when": {"content": "Hi"}, "times": 2, "then": {"reply": "Hi yourself"}}),
    "drop scripts": ("DELETE", "/scripts", None),
    "fault": ("POST", "/faults", {"operation": "agents.*", "status": 503, "probability": 0.5}),
    "drop faults": ("DELETE", "/faults", None),
    "advance": ("POST", "/clock/advance", {"seconds": 1000}),
    "limit": ("PUT", "/rate-limit", {"requests": 3, "per_seconds": 5000}),
    "no limit": ("DELETE", "/rate-limit", None),
    "open": ("POST", "/gates/door/open", None),
    "close": ("POST", "/gates/door/close", None),
    "scenario": ("POST", "/scenarios/down", None),
    "clear": ("POST", "/clear", None),
    "reset": ("POST", "/reset", None),
}
Step = tuple[str, int]
steps = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 5)), max_size=8)


def do(world: World, step: Step) -> Any:
    """One step, and what came of it."""
    name, number = step
    if name in CONTROLS:
        method, path, body = CONTROLS[name]
        told = world.told(method, path, json=body)
        return told if name in ("script", "nameless script", "fault") else None
    if name == "drop first fault":
        faults = world.told("GET", "/faults")
        return world.told("DELETE", f"/faults/{faults[0]['id']}") if faults else None
    sessions = world.told("GET", "/state")["sessions"]
    session_id = sessions[number % len(sessions)]["session_id"] if sessions else "none"
    asked: dict[str, tuple[str, str, Any]] = {
        "create": ("POST", "/sessions/", {**FLAT, "name": f"Inline {number}"}),
        "start": ("POST", "/sessions/from-agent/desk/", None),
        "execute": ("POST", f"/runtime/{session_id}/execute/", {"content": ("Count", "Step", "Hi")[number % 3]}),
        "delete session": ("DELETE", f"/sessions/{session_id}/", None),
        "agent": ("POST", "/agent/", {"system_config": {**FLAT, "name": f"Agent {number}"}}),
        "update agent": ("PATCH", "/agent/desk/", {"system_config": {"description": f"Number {number}"}}),
        "delete agent": ("DELETE", f"/agent/agent-{number}/", None),
        "list agents": ("GET", "/agent/", None),
    }
    method, path, body = asked[name]
    answer = world.request(method, path, json=body)
    return answer.status_code, answer.json() if answer.content else None, answer.headers.get("X-Emulator-Script")


def all_of(world: World, several: list[Step]) -> list[Any]:
    """Several steps, what came of them, and what everything looks like afterwards."""
    return [[do(world, step) for step in several], seen(world), answers(world)]


property_of_worlds = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@property_of_worlds
@given(before=steps, after=steps, between=steps)
def test_after_a_restore_the_same_happens_again(
    server: EmulatorServer, before: list[Step], after: list[Step], between: list[Step]
) -> None:
    world = make(server, seed=SEED)
    all_of(world, before)
    keep(world)
    shown, first = seen(world), all_of(world, after)
    all_of(world, between)
    restore(world)
    assert seen(world) == shown
    assert all_of(world, after) == first
    Api(server).control("DELETE", f"/namespaces/{world.name}")


@property_of_worlds
@given(before=steps, after=steps)
def test_after_an_import_the_same_happens(
    server: EmulatorServer, elsewhere: EmulatorServer, before: list[Step], after: list[Step]
) -> None:
    world, target = make(server, seed=SEED), make(elsewhere, seed=SEED)
    all_of(world, before)
    world.told("DELETE", "/rate-limit")  # what it has counted is not carried along
    document = export(world)
    target.told("PUT", "/snapshots/carried", json=document)
    restore(target, "carried")
    assert {**export(target), "taken_at": 0} == {**document, "taken_at": 0}
    assert all_of(target, after) == all_of(world, after)
    for one in (world, target):
        Api(one.server).control("DELETE", f"/namespaces/{one.name}")


@property_of_worlds
@given(before=steps, after=steps, others=steps)
def test_a_fork_goes_on_as_its_source_would_have(
    server: EmulatorServer, before: list[Step], after: list[Step], others: list[Step]
) -> None:
    world = make(server, seed=SEED)
    all_of(world, before)
    shown = seen(world)
    forked, twin = (make(server, **{"from": world.name}) for _ in range(2))
    all_of(twin, others)
    assert seen(world) == shown
    world.told("DELETE", "/rate-limit")  # which counts each key for itself, and keys differ
    forked.told("DELETE", "/rate-limit")
    assert all_of(forked, after) == all_of(world, after)
    for one in (world, forked, twin):
        Api(server).control("DELETE", f"/namespaces/{one.name}")


# Reset and clear

LOGS = {"journal", "snapshots", "coverage"}
SCOPES = {"state", "scripts", "faults", "rate_limit", "latency", "on_disconnect", "transitions", "clock", *LOGS}


def change_all(world: World) -> None:
    """Change something in every scope."""
    world.create_session()
    world.told("POST", "/scripts", json=TWO_STEPS)
    world.reply("session_1", "Step")
    world.told("POST", "/faults", json=FAULT)
    world.told("PUT", "/rate-limit", json={"requests": 9, "per_seconds": 1})
    world.told("PUT", "/latency", json={"ms": 1})
    world.told("PUT", "/on-disconnect", json={"on_disconnect": "finish"})
    world.told("PUT", "/transitions", json={"files": "immediate"})
    world.told("POST", "/clock/advance", json={"seconds": 3600})
    keep(world)


def changed(world: World) -> set[str]:
    """The scopes that are not what the seed says."""
    state = world.told("GET", "/state")
    facts = {
        "state": state["counts"]["sessions"] != 1,
        "scripts": "steps" in [one["name"] for one in world.told("GET", "/scripts")],
        "faults": state["counts"]["faults"] > 0,
        "rate_limit": world.told("GET", "/rate-limit")["requests"] is not None,
        "latency": world.told("GET", "/latency")["ms"] is not None,
        "on_disconnect": world.told("GET", "/on-disconnect")["on_disconnect"] != "abandon",
        "transitions": world.told("GET", "/transitions") != {},
        "clock": state["clock"] != {"mode": "frozen", "now": NOON},
        "journal": state["counts"]["journal"] > 0,
        "snapshots": state["counts"]["snapshots"] > 0,
        "coverage": any(one["executions"] for one in world.told("GET", "/coverage")),
    }
    return {name for name, fact in facts.items() if fact}


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_reset_of_one_scope_leaves_the_others(world: World, scope: str) -> None:
    change_all(world)
    assert changed(world) == SCOPES
    assert world.told("POST", f"/reset?scope={scope}") == {"reset": world.name, "scope": [scope]}
    assert changed(world) == SCOPES - {scope}


@pytest.mark.parametrize(
    "scopes",
    [
        "state,journal",
        "faults,scripts",
        "snapshots,clock",
        "clock,state",
        "state,journal,faults,scripts,clock,snapshots",
    ],
)
def test_a_reset_of_several_scopes_leaves_the_others(world: World, scopes: str) -> None:
    change_all(world)
    assert world.told("POST", "/reset", params={"scope": scopes})["scope"] == scopes.split(",")
    assert changed(world) == SCOPES - set(scopes.split(","))


def test_a_reset_keeps_the_logs(world: World) -> None:
    change_all(world)
    assert world.told("POST", "/reset") == {
        "reset": world.name,
        "scope": ["state", "scripts", "faults", "rate_limit", "latency", "on_disconnect", "transitions", "clock"],
    }  # fmt: skip
    assert changed(world) == LOGS


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("journl", "There is no scope journl; did you mean journal?"),
        ("state,script", "There is no scope script; did you mean scripts?"),
        ("Clock", "There is no scope Clock; did you mean clock?"),
        *(
            (
                scope,
                f"There is no scope {scope}; there are {', '.join(namespace.SCOPES)}.",
            )
            for scope in ("", "x")
        ),
    ],
)
def test_an_unknown_scope_is_refused_and_nothing_is_reset(world: World, scope: str, said: str) -> None:
    change_all(world)
    assert message(world.control("POST", "/reset", params={"scope": scope}), 400) == said
    assert changed(world) == SCOPES


def test_after_a_reset_everything_is_as_in_the_beginning(world: World, target: World) -> None:
    session_id = live(world)
    world.told("POST", "/scenarios/down")
    world.told("POST", "/reset")
    assert seen(world) == seen(target)
    assert world.get(f"/sessions/{session_id}/").status_code == 404
    assert answers(world) == answers(target)
    assert world.create_session() == target.create_session()
    assert world.reply("session_1", "Count") == target.reply("session_1", "Count") == "One"


def test_a_reset_brings_back_what_the_seed_has_of_each_scope(server: EmulatorServer) -> None:
    seed = {**SEED, "faults": [{**FAULT, "times": 1}], "rate_limit": {"requests": 5, "per_seconds": 60}}
    made = make(server, seed=seed)
    before = seen(made)
    made.reply("session_1", "Count")
    made.get("/agent/")
    made.told("DELETE", "/faults")
    made.told("DELETE", "/rate-limit")
    made.told("POST", "/clear")
    made.told("PUT", "/clock", json={"mode": "running"})
    made.told("POST", "/gates/door/open")
    for scope in ("state", "scripts", "faults", "rate_limit", "clock"):
        made.told("POST", "/reset", params={"scope": scope})
    assert seen(made) == before
    assert [made.get("/agent/").status_code for _ in range(6)] == [503, 200, 200, 200, 200, 429]


def test_a_reset_of_the_scripts_ends_the_scenario(world: World) -> None:
    world.told("POST", "/scenarios/down")
    world.told("POST", "/reset?scope=scripts")
    assert world.told("GET", "/state")["scenario"] is None
    assert [one["name"] for one in world.told("GET", "/scripts")] == ["counting"]


def test_a_reset_of_the_state_alone_sends_waiting_executions_away(world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, "session_1")
    world.told("POST", "/reset?scope=journal,scripts,faults,clock,snapshots")
    assert world.status("session_1") == "processing"
    world.told("POST", "/reset?scope=state")
    assert held.result().status_code == 503
    assert len(world.said("session_1")) == 2


def test_a_request_after_the_journal_was_reset_has_a_new_id(world: World) -> None:
    world.get("/agent/")
    world.told("POST", "/reset?scope=journal")
    assert world.get("/agent/").headers["X-Request-Id"] == "req_000002"


def test_a_cleared_namespace_has_no_agents_sessions_and_scripts(world: World) -> None:
    live(world)
    world.told("POST", "/scenarios/down")
    assert world.told("POST", "/clear") == {"cleared": world.name}
    state = world.told("GET", "/state")
    assert (state["agents"], state["sessions"], state["scenario"]) == ([], [], None)
    assert world.told("GET", "/scripts") == []
    world.told("DELETE", "/faults")
    assert world.get("/agent/").json() == world.get("/sessions/").json() == []
    assert world.get("/sessions/session_1/").status_code == 404


def test_a_cleared_namespace_keeps_its_accounts_and_can_be_used(world: World) -> None:
    accounts = world.told("GET", "/state")["accounts"]
    world.told("POST", "/clear")
    assert world.told("GET", "/state")["accounts"] == accounts
    answer = world.as_account(SECRET).get("/agent/", headers={"X-Emulator-Namespace": world.name})
    assert (answer.status_code, answer.json()) == (200, [])
    assert world.post("/agent/", json={"system_config": DESK}).status_code == 201
    session_id = world.create_session()
    world.told("POST", "/scripts", json=TWO_STEPS)
    assert world.reply(session_id, "Step") == "First"
    assert world.execute(session_id, "Count").headers["X-Emulator-Script"] == "default"


def test_a_clear_leaves_all_else(world: World) -> None:
    change_all(world)
    world.told("POST", "/clear")
    assert changed(world) == {
        "state",
        "faults",
        "rate_limit",
        "latency",
        "on_disconnect",
        "transitions",
        "clock",
        *LOGS,
    }


def test_a_clear_leaves_open_gates_open(world: World) -> None:
    world.told("POST", "/gates/door/open")
    world.told("POST", "/clear")
    assert world.told("GET", "/gates") == [{"name": "door", "open": True, "waiting": 0, "sessions": []}]


def test_a_clear_sends_waiting_executions_away(world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, "session_1")
    world.told("POST", "/clear")
    assert message(held.result(), 503) == "The request was ended while it waited: its namespace was cleared"


def test_a_reset_after_a_clear_brings_the_seed_back(world: World, target: World) -> None:
    world.told("POST", "/clear")
    world.told("POST", "/reset")
    assert seen(world) == seen(target)
    assert world.reply("session_1", "Count") == "One"


KEYS = ("sk-of-the-model-1", "bearer-of-a-tool-1", "password-of-a-variable-1", "token-of-a-script-1")
WITH_SECRETS = {
    **FLAT,
    "name": "Keeper",
    "llm_config": {"model": "gpt-4o", "api_key": KEYS[0]},
    "tools": [{"name": "fetch", "config": {"headers": {"Authorization": f"Bearer {KEYS[1]}"}}}],
    "variables": {"password": {"type": "str", "default": KEYS[2]}},
}
TELLS_SECRET = {"name": "told", "when": {"content": "Tell"}, "then": {"reply": f"It is token={KEYS[3]}"}}


class TestSecrets:
    """What an export does not carry away unless it is wanted."""

    @pytest.fixture
    def keeper(self, world: World) -> World:
        """A world with secrets everywhere, and an agent of two versions."""
        made = world.post("/agent/", json={"system_config": WITH_SECRETS})
        assert made.status_code == 201, made.text
        world.patch("/agent/keeper/", json={"system_config": {"description": "Kept"}})
        world.told("POST", "/scripts", json=[TELLS_SECRET])
        world.reply(world.create_session(WITH_SECRETS), "Tell")
        return world

    def test_an_export_has_none_and_says_so(self, keeper: World) -> None:
        document = export(keeper)
        assert document["redacted"] is True
        assert not [key for key in KEYS if key in json.dumps(document)]
        assert SNAPSHOT.check(document) == ()

    def test_it_can_be_imported(self, keeper: World, target: World) -> None:
        carry(keeper, target)
        shown = target.get("/agent/keeper/").json()["system_config"]
        assert shown["llm_config"] == {"model": "gpt-4o", "api_key": "[redacted]"}
        assert shown["tools"][0]["config"]["headers"] == {"Authorization": "[redacted]"}
        assert shown["variables"] == {"password": {"type": "str", "default": "[redacted]"}}

    def test_whoever_wants_them_gets_them(self, keeper: World, target: World) -> None:
        keep(keeper)
        document = keeper.told("GET", "/snapshots/kept?secrets=true")
        assert "redacted" not in document
        target.told("PUT", "/snapshots/kept", json=document)
        restore(target)
        assert answers(target) == answers(keeper)

    def test_an_export_without_any_is_as_it_was(self, world: World) -> None:
        keep(world)
        assert world.told("GET", "/snapshots/kept") == world.told("GET", "/snapshots/kept?secrets=true")

    def test_another_wish_is_refused(self, world: World) -> None:
        keep(world)
        refused = world.control("GET", "/snapshots/kept?secrets=perhaps")
        assert refused.status_code == 400
        assert "secrets must be true or false" in refused.text
