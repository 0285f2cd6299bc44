"""Scenarios of a seed, which are switched to while the emulator runs, and the provider states of Pact."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api
from tests.web.test_namespaces import COUNTING, WAITING, World, hold, make, message, problems

NOON = "2025-06-01T12:00:00Z"
VIP_ID = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
HI = {"content": "Hi"}
SEED = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [{"id": "ada", "company": "engines"}],
    "agents": [{"id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "system_config": {**FLAT, "name": "Desk"}}],
    "sessions": [{"id": "session_1", "agent_key": "desk", "messages": [{"role": "user", "content": "Early"}]}],
    "scripts": [{"name": "hi", "when": HI, "then": {"reply": "Hello"}}, COUNTING],
    "faults": [{"id": "of-the-seed", "operation": "runtime.status", "status": 504}],
    "scenarios": {
        "sorry": {
            "description": "Everything is busy.",
            "scripts": [{"name": "sorry", "when": HI, "times": 2, "then": [{"reply": "Sorry"}, {"reply": "Again"}]}],
            "faults": [{"id": "first-only", "operation": "agents.list", "status": 429, "retry_after": 7, "times": 1}],
        },
        "vip": {
            "agents": [{"id": VIP_ID, "system_config": {**FLAT, "name": "Butler"}}],
            "sessions": [
                {"id": "session_vip", "agent_key": "butler", "messages": [{"role": "user", "content": "Tea"}]},
                {"id": "session_vip_at_the_desk", "agent_key": "desk", "status": "error"},
            ],
            "scripts": [{"name": "vip", "when": {**HI, "agent_key": "butler"}, "then": {"reply": "At your service"}}],
        },
        "nothing": {},
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    """A new namespace with three scenarios of its own."""
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


def active(world: World) -> list[str]:
    """The names of the scenarios that are active."""
    return [one["name"] for one in world.told("GET", "/scenarios") if one["active"]]


def scripts(world: World) -> list[tuple[str, str]]:
    """The names of the scripts in the order in which they are tried, and where they come from."""
    return [(one["name"], one["from"]) for one in world.told("GET", "/scripts")]


def sessions(world: World) -> set[str]:
    """The ids of the sessions."""
    return {one["session_id"] for one in world.told("GET", "/state")["sessions"]}


def go_to(world: World, state: str, **more: Any) -> Any:
    """Ask for a provider state."""
    return world.told("POST", "/provider-states", json={"state": state, **more})


# Scenarios


def test_the_scenarios_of_the_seed_are_listed_first(world: World) -> None:
    assert world.told("GET", "/scenarios")[:3] == [
        {"name": "sorry", "description": "Everything is busy.", "active": False},
        {"name": "vip", "description": "", "active": False},
        {"name": "nothing", "description": "", "active": False},
    ]


def test_a_switch_tells_what_was_switched_to(world: World) -> None:
    answer = world.control("POST", "/scenarios/sorry")
    assert answer.status_code == 200
    assert answer.json() == {"name": "sorry", "description": "Everything is busy.", "active": True}
    assert active(world) == ["sorry"]
    assert world.told("GET", "/state")["scenario"] == "sorry"


def test_at_first_no_scenario_is_active(world: World) -> None:
    assert active(world) == []
    assert world.told("GET", "/state")["scenario"] is None


def test_the_scripts_of_a_scenario_come_before_those_of_the_seed(world: World) -> None:
    world.told("POST", "/scenarios/sorry")
    assert scripts(world) == [("sorry", "scenario"), ("hi", "seed"), ("counting", "seed")]
    assert [world.reply("session_1", "Hi") for _ in range(3)] == ["Sorry", "Again", "Hello"]
    assert world.reply("session_1", "Count") == "One"


def test_scripts_that_were_added_come_before_those_of_a_scenario(world: World) -> None:
    world.told("POST", "/scripts", json={"name": "added", "when": HI, "times": 1, "then": {"reply": "First"}})
    world.told("POST", "/scenarios/sorry")
    assert scripts(world)[:2] == [("added", "added"), ("sorry", "scenario")]
    assert [world.reply("session_1", "Hi") for _ in range(2)] == ["First", "Sorry"]
    world.told("DELETE", "/scripts")
    assert scripts(world)[0] == ("sorry", "scenario")


def test_the_faults_of_a_scenario_stand_in_the_place_of_all_others(world: World) -> None:
    world.told("POST", "/faults", json={"id": "added", "operation": "sessions.list", "status": 503})
    assert world.get("/runtime/session_1/status/").status_code == 504
    world.told("POST", "/scenarios/sorry")
    assert [one["id"] for one in world.told("GET", "/faults")] == ["first-only"]
    answer = world.get("/agent/")
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["X-Emulator-Fault"]) == (429, "7", "429")
    assert world.get("/agent/").status_code == 200
    assert world.get("/sessions/").status_code == 200
    assert world.get("/runtime/session_1/status/").status_code == 200


def test_a_scenario_adds_its_agents_and_sessions(world: World) -> None:
    created = world.create_session()
    world.told("POST", "/scenarios/vip")
    assert [one["agent_key"] for one in world.get("/agent/").json()] == ["desk", "butler"]
    assert sessions(world) == {"session_1", created, "session_vip", "session_vip_at_the_desk"}
    assert world.get("/agent/butler/").json()["id"] == VIP_ID
    assert world.said("session_vip") == ["Tea"]
    assert world.status("session_vip_at_the_desk") == "error"
    assert world.reply("session_vip", "Hi") == "At your service"
    assert world.reply("session_1", "Hi") == "Hello"


def test_sessions_go_on_over_a_switch(world: World) -> None:
    created = world.create_session()
    assert world.reply(created, "Hi") == "Hello"
    world.told("POST", "/scenarios/sorry")
    assert world.reply(created, "Hi") == "Sorry"
    assert world.reply("session_1", "Count") == "One"
    assert world.said(created) == ["Hi", "Hello", "Hi", "Sorry"]
    assert world.told("GET", "/clock")["now"] == NOON


def test_an_execution_goes_on_over_a_switch(world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, "session_1")
    world.told("POST", "/scenarios/sorry")
    assert world.told("GET", "/gates") == [{"name": "door", "open": False, "waiting": 1, "sessions": ["session_1"]}]
    world.told("POST", "/gates/door/open")
    assert held.result().json()["messages"][0]["content"] == "Done"
    assert world.said("session_1") == ["Early", "Wait", "Done"]


def test_another_scenario_takes_the_place_of_the_first(world: World) -> None:
    world.told("POST", "/scenarios/sorry")
    world.told("POST", "/scenarios/vip")
    assert active(world) == ["vip"]
    assert scripts(world) == [("vip", "scenario"), ("hi", "seed"), ("counting", "seed")]
    assert world.told("GET", "/faults") == []
    world.told("POST", "/scenarios/nothing")
    assert active(world) == ["nothing"]
    assert scripts(world) == [("hi", "seed"), ("counting", "seed")]


@pytest.mark.parametrize("then", ["sorry", "nothing"])
def test_another_scenario_takes_away_what_the_first_has_brought(world: World, then: str) -> None:
    created = world.create_session()
    world.told("POST", "/scenarios/vip")
    mine = world.post("/sessions/from-agent/butler/").json()["session_id"]
    world.told("POST", f"/scenarios/{then}")
    assert sessions(world) == {"session_1", created, mine}
    assert [one["agent_key"] for one in world.told("GET", "/state")["agents"]] == ["desk"]
    assert world.reply(mine, "Count") == "One"


@pytest.mark.parametrize("way", ["restore", "import", "fork"])
def test_what_a_scenario_has_brought_is_known_to_a_snapshot(server: EmulatorServer, world: World, way: str) -> None:
    world.told("POST", "/scenarios/vip")
    world.told("POST", "/snapshots", json={"name": "kept"})
    document = world.told("GET", "/snapshots/kept")
    if way == "fork":
        back = make(server, **{"from": world.name, "snapshot": "kept"})
    else:
        back = world if way == "restore" else make(server, seed=SEED)
        back.told("POST", "/reset")
        back.told("PUT", "/snapshots/kept", json=document) if way == "import" else None
        back.told("POST", "/snapshots/kept/restore")
    assert active(back) == ["vip"]
    assert back.said("session_vip") == ["Tea"]
    back.told("POST", "/scenarios/vip")
    back.told("POST", "/scenarios/nothing")
    assert sessions(back) == {"session_1"}


def test_a_scenario_that_is_switched_to_again_begins_anew(world: World) -> None:
    for _ in range(2):
        world.told("POST", "/scenarios/sorry")
        assert [world.reply("session_1", "Hi") for _ in range(3)] == ["Sorry", "Again", "Hello"]
        assert [world.get("/agent/").status_code for _ in range(2)] == [429, 200]


def test_agents_and_sessions_of_a_scenario_that_is_switched_to_again_begin_anew(world: World) -> None:
    world.told("POST", "/scenarios/vip")
    world.reply("session_vip", "Hi")
    world.patch("/agent/butler/", json={"system_config": {"description": "Changed"}})
    world.delete("/sessions/session_vip_at_the_desk/")
    world.told("POST", "/scenarios/vip")
    assert world.said("session_vip") == ["Tea"]
    assert world.get("/agent/butler/").json()["version_number"] == "1.0.0"
    assert sessions(world) == {"session_1", "session_vip", "session_vip_at_the_desk"}
    assert len(world.get("/agent/").json()) == 2


def test_a_scenario_that_needs_the_key_of_another_agent_is_refused_and_nothing_is_changed(world: World) -> None:
    world.told("POST", "/scenarios/sorry")
    mine = world.post("/agent/", json={"system_config": {**FLAT, "name": "Butler"}}).json()["id"]
    said = message(world.control("POST", "/scenarios/vip"), 409)
    assert said == "There is an agent butler already; delete it, or reset the namespace first"
    assert active(world) == ["sorry"]
    assert sessions(world) == {"session_1"}
    world.delete(f"/agent/{mine}/")
    world.told("POST", "/scenarios/vip")
    assert active(world) == ["vip"]


def test_a_scenario_works_after_a_clear(world: World) -> None:
    world.told("POST", "/clear")
    world.told("POST", "/scenarios/vip")
    assert world.reply("session_vip", "Hi") == "At your service"
    assert sessions(world) == {"session_vip", "session_vip_at_the_desk"}
    assert [one["agent_key"] for one in world.get("/agent/").json()] == ["butler"]


def test_a_reset_ends_the_scenario(world: World) -> None:
    world.told("POST", "/scenarios/vip")
    world.told("POST", "/reset")
    assert active(world) == []
    assert scripts(world) == [("hi", "seed"), ("counting", "seed")]
    assert [one["id"] for one in world.told("GET", "/faults")] == ["of-the-seed"]
    assert sessions(world) == {"session_1"}
    assert world.get("/agent/butler/").status_code == 404
    world.told("POST", "/scenarios/vip")
    assert active(world) == ["vip"]


@pytest.mark.parametrize(
    ("name", "near"), [("sory", "sorry"), ("VIP", "vip"), ("nothin", "nothing")], ids=["sory", "VIP", "nothin"]
)
def test_an_unknown_scenario_is_refused_and_the_near_one_named(world: World, name: str, near: str) -> None:
    world.told("POST", "/scenarios/sorry")
    said = message(world.control("POST", f"/scenarios/{name}"), 404)
    assert said == f"There is no scenario '{name}'; did you mean {near}?"
    assert active(world) == ["sorry"]
    assert scripts(world)[0] == ("sorry", "scenario")


def test_a_name_that_nothing_is_near_to_lists_what_there_is(world: World) -> None:
    said = message(world.control("POST", "/scenarios/0123456789"), 404)
    assert said.startswith("There is no scenario '0123456789'; there are sorry, vip, nothing")


def test_scenarios_are_those_of_the_namespace(server: EmulatorServer, world: World) -> None:
    default = Api(server)
    assert "vip" not in [one["name"] for one in default.control("GET", "/scenarios").json()]
    message(default.control("POST", "/scenarios/vip"), 404)
    forked = make(server, **{"from": world.name})
    assert forked.told("POST", "/scenarios/vip")["active"] is True
    assert active(world) == []


@pytest.mark.parametrize(
    ("scenarios", "field"),
    [
        pytest.param({"a b": {}}, "scenarios", id="name with a space"),
        pytest.param({"x": {"script": []}}, "scenarios.x.script", id="unknown key"),
        pytest.param({"x": {"scripts": [{"when": HI}]}}, "scenarios.x.scripts.0.then", id="script without an answer"),
        pytest.param({"x": {"faults": [{"status": 299}]}}, "scenarios.x.faults.0.status", id="impossible status"),
        pytest.param(
            {"x": {"faults": [{"id": "a", "status": 429}, {"id": "a", "status": 503}]}},
            "scenarios.x.faults.1.id",
            id="fault twice",
        ),
        pytest.param(
            {"x": {"sessions": [{"agent_key": "desk"}]}}, "scenarios.x.sessions.0.id", id="session without id"
        ),
        pytest.param(
            {"x": {"sessions": [{"id": "session_1", "agent_key": "desk"}]}},
            "scenarios.x.sessions.0.id",
            id="id of a session of the seed",
        ),
        pytest.param(
            {"x": {"sessions": [{"id": "s", "agent_key": "desc"}]}}, "scenarios.x.sessions.0.agent_key", id="no agent"
        ),
        pytest.param(
            {"x": {"agents": [{"system_config": {**FLAT, "name": "Desk"}}]}}, "scenarios.x.agents.0", id="agent twice"
        ),
        pytest.param(
            {"x": {"agents": [{"config_file": "a.yaml"}]}}, "scenarios.x.agents.0.config_file", id="file of an agent"
        ),
        pytest.param({"x": {"accounts": []}}, "scenarios.x.accounts", id="accounts"),
    ],
)
def test_a_wrong_scenario_is_refused_with_its_seed(
    server: EmulatorServer, scenarios: dict[str, Any], field: str
) -> None:
    answer = Api(server).control("POST", "/namespaces", json={"seed": {**SEED, "scenarios": scenarios}})
    assert any(found.startswith(f"seed.{field}") for found in problems(answer)), answer.text


def test_an_agent_of_one_scenario_may_be_one_of_another(server: EmulatorServer) -> None:
    agent = {"id": VIP_ID, "system_config": {**FLAT, "name": "Butler"}}
    first, second = {"agents": [agent]}, {"agents": [{**agent, "system_config": {**FLAT, "name": "Valet"}}]}
    made = make(server, seed={**SEED, "scenarios": {"first": first, "second": second}})
    for name, key in (("first", "butler"), ("second", "valet"), ("first", "butler")):
        made.told("POST", f"/scenarios/{name}")
        assert made.get(f"/agent/{VIP_ID}/").json()["agent_key"] == key


# Provider states


def test_a_provider_state_may_be_a_scenario(world: World) -> None:
    created = world.create_session()
    assert go_to(world, "vip", action="setup", params={}) == {
        "state": "vip",
        "action": "setup",
        "session_id": "session_vip",
        "agent_id": VIP_ID,
        "agent_key": "butler",
    }
    assert active(world) == ["vip"]
    assert world.get(f"/sessions/{created}/").status_code == 404  # a state begins with the seed
    assert world.reply("session_vip", "Hi") == "At your service"


def test_a_provider_state_may_be_a_snapshot(world: World) -> None:
    world.reply("session_1", "Count")
    world.told("POST", "/snapshots", json={"name": "has"})
    world.told("POST", "/reset")
    assert go_to(world, "has") == {"state": "has", "action": "setup"}
    assert world.reply("session_1", "Count") == "Two"


def test_a_provider_state_may_be_a_bundled_seed(world: World) -> None:
    go_to(world, "busy")
    state = world.told("GET", "/state")
    assert (state["counts"]["agents"], state["counts"]["sessions"]) == (50, 500)
    assert state["clock"] == {"mode": "frozen", "now": "2025-01-15T10:30:00Z"}
    assert world.get("/agent/").status_code == 200  # with the key of the namespace
    answer = world.as_account("colleague-key").get("/agent/", headers={"X-Emulator-Namespace": world.name})
    assert answer.status_code == 200


def test_a_snapshot_goes_before_a_scenario_and_a_scenario_before_a_seed(server: EmulatorServer) -> None:
    made = make(server, seed={**SEED, "scenarios": {"empty": {}, "kept": {}}})
    made.told("POST", "/snapshots", json={"name": "kept"})
    go_to(made, "kept")
    assert active(made) == []
    go_to(made, "empty")
    assert active(made) == ["empty"]
    assert sessions(made) == {"session_1"}


def test_setup_is_the_action_that_is_meant_without_one(world: World) -> None:
    assert go_to(world, "sorry") == {"state": "sorry", "action": "setup"}


@pytest.mark.parametrize("state", ["vip", "empty", "kept"])
def test_a_teardown_goes_back_to_the_seed(world: World, state: str) -> None:
    created = world.create_session()
    world.told("POST", "/snapshots", json={"name": "kept"})
    go_to(world, state)
    assert go_to(world, state, action="teardown") == {"state": state, "action": "teardown"}
    assert active(world) == []
    assert sessions(world) == {"session_1"}
    assert [one["agent_key"] for one in world.get("/agent/").json()] == ["desk"]
    assert scripts(world) == [("hi", "seed"), ("counting", "seed")]
    assert world.get(f"/sessions/{created}/").status_code == 404
    assert [one["name"] for one in world.told("GET", "/snapshots")] == ["kept"]


@pytest.mark.parametrize("first", ["sorry", "vip", "empty", "busy", "kept"])
@pytest.mark.parametrize("then", ["sorry", "vip", "empty", "kept"])
def test_a_state_is_the_same_whatever_the_state_was_before(world: World, first: str, then: str) -> None:
    world.told("POST", "/snapshots", json={"name": "kept"})

    def seen() -> list[Any]:
        state = world.told("GET", "/state")
        clock = state["clock"] if state["clock"]["mode"] == "frozen" else "running"
        shown = [state[name] for name in ("scenario", "agents", "sessions", "accounts")]
        return [clock, *shown, scripts(world), world.told("GET", "/faults")]

    go_to(world, then)
    expected = seen()
    world.told("POST", "/reset")
    go_to(world, first)
    world.get("/agent/")  # states add up until a request comes
    go_to(world, then)
    assert seen() == expected


def test_a_state_gives_the_same_ids_each_time(world: World) -> None:
    ids = []
    for _ in range(3):
        go_to(world, "vip")
        ids.append((world.create_session(), world.execute("session_vip", "Hi").json()["metadata"]["execution_id"]))
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"consumer": "Shop"}, id="consumer"),
        pytest.param({"states": ["sorry"]}, id="states"),
        pytest.param({"params": None}, id="no params"),
        pytest.param({"consumer": "Shop", "params": {}, "action": "setup", "provider": "Desk"}, id="all"),
    ],
)
def test_other_keys_that_pact_sends_are_ignored(world: World, body: dict[str, Any]) -> None:
    assert go_to(world, "sorry", **body) == {"state": "sorry", "action": "setup"}
    assert active(world) == ["sorry"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("sory", "No provider state, snapshot, scenario or seed is called 'sory'; did you mean sorry?"),
        ("bussy", "No provider state, snapshot, scenario or seed is called 'bussy'; did you mean busy?"),
        ("ketp", "No provider state, snapshot, scenario or seed is called 'ketp'; did you mean kept?"),
        (
            "a customer exists",
            "No provider state, snapshot, scenario or seed is called 'a customer exists'; there are kept, sorry, vip",
        ),
    ],
    ids=["scenario", "seed", "snapshot", "nothing near"],
)
def test_an_unknown_state_is_refused_and_nothing_is_changed(world: World, state: str, said: str) -> None:
    world.told("POST", "/snapshots", json={"name": "kept"})
    created = world.create_session()
    assert message(world.control("POST", "/provider-states", json={"state": state}), 404).startswith(said)
    assert world.get(f"/sessions/{created}/").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"state": ["sorry"]}, "state", id="list"),
        pytest.param({"state": "sorry", "action": "set up"}, "action", id="unknown action"),
        pytest.param({"state": "sorry", "params": []}, "params", id="list of params"),
    ],
)
def test_a_wrong_provider_state_is_refused_and_the_field_is_named(
    world: World, body: dict[str, Any], field: str
) -> None:
    assert field in problems(world.control("POST", "/provider-states", json=body))
    assert active(world) == []


@pytest.mark.parametrize("state", ["sorry", "empty", "kept"])
def test_a_state_sends_waiting_executions_away(world: World, background: ThreadPoolExecutor, state: str) -> None:
    world.told("POST", "/scripts", json=WAITING)
    world.told("POST", "/snapshots", json={"name": "kept"})
    held = hold(world, background, "session_1")
    go_to(world, state)
    assert message(held.result(), 503).startswith("The request was ended while it waited")


def test_a_state_of_one_namespace_leaves_the_others_alone(server: EmulatorServer, world: World) -> None:
    other = make(server, seed=SEED)
    created = other.create_session()
    go_to(world, "empty")
    go_to(world, "vip", action="teardown")
    assert other.get(f"/sessions/{created}/").status_code == 200
    assert Api(server).get("/sessions/session_abc123/").status_code == 200
