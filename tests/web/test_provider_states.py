"""Provider states of a seed: sentences of a Pact, with parameters, alone or several together."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.cli.running import invoke
from tests.conftest import FLAT, Api
from tests.web.test_namespaces import World, make, message, problems

NAMED = "a customer named Ada has talked"
GENERAL = "a customer has talked"
ANSWERS = "the assistant answers"
BUSY = "the service is busy"
BUTLER = "there is a butler"
SESSION = "a session of the butler"
TYPES = "a session with variables"
WITH_VARIABLES = {
    **FLAT,
    "variables": {"count": {"type": "int"}, "said": {"type": "str"}, "tags": {"type": "list[str]"}},
}
STATES: dict[str, Any] = {
    NAMED: {"sessions": [{"id": "session_ada", "agent_key": "desk", "messages": [{"role": "user", "content": "Ada"}]}]},
    GENERAL: {
        "sessions": [
            {"agent_key": "desk", "messages": [{"role": "user", "content": "I am {{ params.name }}, {{params.age}}."}]}
        ],
        "values": {"customer": "{{ params.name }}", "age": "{{ params.age }}", "known": [True, "{{ params.name }}"]},
    },
    ANSWERS: {"scripts": [{"then": {"reply": "{{ params.reply }}"}}]},
    BUSY: {"faults": [{"operation": "agents.list", "status": "{{ params.status }}"}]},
    BUTLER: {"agents": [{"system_config": {**FLAT, "name": "Butler"}}]},
    SESSION: {"sessions": [{"agent_key": "butler"}]},
    TYPES: {
        "sessions": [
            {
                "id": "session_types",
                "config": WITH_VARIABLES,
                "variables": {
                    "count": "{{ params.count }}",
                    "said": "{{ params.count }} of {{ params.tags }}",
                    "tags": "{{ params.tags }}",
                },
            }
        ]
    },
    "vip and more": {"scenario": "vip", "scripts": [{"when": {"content": "More"}, "then": {"reply": "Enough"}}]},
    "another world": {"seed": "busy", "values": {"n": "{{ params.n }}"}},
    "as it was kept": {"snapshot": "{{ params.name }}"},
    "nothing at all": {},
    "inside": {"values": {"city": "{{ params.address.city }}", "dotted": "{{ params.a.b }}"}},
}
SEED: dict[str, Any] = {
    "accounts": [{"id": "ada", "company": "engines"}],
    "agents": [{"system_config": {**FLAT, "name": "Desk"}}],
    "sessions": [{"id": "session_1", "agent_key": "desk"}],
    "scripts": [{"name": "of-the-seed", "then": {"reply": "Hello"}}],
    "scenarios": {"vip": {"scripts": [{"when": {"content": "Hi"}, "then": {"reply": "At your service"}}]}},
    "provider_states": STATES,
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    """A new namespace with provider states of its own."""
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


def set_up(world: World, state: Any, action: str = "setup", **params: Any) -> dict[str, Any]:
    """Ask for a state as the verifier of Pact does; what is answered besides its name."""
    told = world.told("POST", "/provider-states", json={"action": action, "params": params, "state": state})
    assert (told.pop("state"), told.pop("action")) == (state or "", action)
    answered: dict[str, Any] = told
    return answered


def refused(world: World, state: str, status: int = 400, **params: Any) -> str:
    """The sentence that refuses a state."""
    return message(world.control("POST", "/provider-states", json={"state": state, "params": params}), status)


def sessions(world: World) -> list[str]:
    return [one["session_id"] for one in world.told("GET", "/state")["sessions"]]


def said(world: World, session_id: str) -> list[str]:
    return [one["content"] for one in world.get(f"/runtime/{session_id}/messages/").json()["messages"]]


# No state


@pytest.mark.parametrize("action", ["setup", "teardown"])
@pytest.mark.parametrize("state", ["", None, " "], ids=["empty", "null", "blank"])
def test_where_no_state_is_named_there_is_the_seed(world: World, state: Any, action: str) -> None:
    world.create_session()
    assert world.told("POST", "/provider-states", json={"action": action, "params": {}, "state": state}) == {
        "state": state or "",
        "action": action,
    }
    assert sessions(world) == ["session_1"]


@pytest.mark.parametrize("body", [{}, {"action": "setup"}, {"params": None}, {"state": None, "params": None}])
def test_the_state_may_be_left_out(world: World, body: dict[str, Any]) -> None:
    world.create_session()
    world.told("POST", "/provider-states", json=body)
    assert sessions(world) == ["session_1"]


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": None}], ids=["missing", "empty", "null"])
def test_a_list_of_states_alone_is_refused(world: World, state: dict[str, Any]) -> None:
    world.create_session()
    answer = world.control("POST", "/provider-states", json={"consumer": "chat", "states": [NAMED], **state})
    assert message(answer, 400).startswith("The body has states, but no state; send each of them as state")
    assert len(sessions(world)) == 2
    assert world.told("POST", "/provider-states", json={"states": []}) == {"state": "", "action": "setup"}
    assert world.told("POST", "/provider-states", json={"states": [NAMED], "state": NAMED})["state"] == NAMED


# One state


def test_a_state_is_a_sentence(world: World) -> None:
    assert set_up(world, NAMED) == {"session_id": "session_ada"}
    assert said(world, "session_ada") == ["Ada"]
    assert sorted(sessions(world)) == ["session_1", "session_ada"]


def test_parameters_are_filled_in_and_values_answered(world: World) -> None:
    told = set_up(world, GENERAL, name="Grace", age=85)
    session = told.pop("session_id")
    assert told == {"customer": "Grace", "age": 85, "known": [True, "Grace"]}
    assert said(world, session) == ["I am Grace, 85."]


@pytest.mark.parametrize("count", [0, 7, -1])
def test_a_parameter_alone_is_the_value_itself_and_text_within_text(world: World, count: int) -> None:
    set_up(world, TYPES, count=count, tags=["a", "b"])
    session = world.get("/sessions/session_types/").json()
    assert session["status"] == "active"
    document = world.told("POST", "/snapshots", json={"name": "seen"}) and world.told("GET", "/snapshots/seen")
    (kept,) = (one for one in document["sessions"] if one["id"] == "session_types")
    assert kept["variables"] == {"count": count, "said": f'{count} of ["a", "b"]', "tags": ["a", "b"]}


def test_what_is_filled_in_is_only_text(world: World) -> None:
    told = set_up(world, GENERAL, name="{{ params.age }}", age="{{ 7 * 7 }}")
    assert (told["customer"], told["age"]) == ("{{ params.age }}", "{{ 7 * 7 }}")


def test_templates_of_scripts_stay_as_they_are(server: EmulatorServer) -> None:
    states = {"echo": {"scripts": [{"then": {"reply": "{{ params.greeting }}, {{ user_input }}"}}]}}
    made = make(server, seed={**SEED, "provider_states": states})
    set_up(made, "echo", greeting="Dear")
    assert made.reply("session_1", "Ada") == "Dear, Ada"


def test_a_parameter_may_have_an_inside_or_a_dot_in_its_name(world: World) -> None:
    told = set_up(world, "inside", address={"city": "London"}, **{"a.b": 1})
    assert told == {"city": "London", "dotted": 1}


def test_a_state_may_have_a_scenario_and_more(world: World) -> None:
    set_up(world, "vip and more")
    assert world.reply("session_1", "Hi") == "At your service"
    assert world.reply("session_1", "More") == "Enough"
    assert world.reply("session_1", "Else") == "Hello"
    assert world.told("GET", "/state")["scenario"] == "vip + vip and more"


def test_a_state_may_begin_with_a_bundled_seed(world: World) -> None:
    assert set_up(world, "another world", n=1) == {"n": 1}
    assert world.told("GET", "/state")["counts"]["sessions"] == 500


def test_a_state_may_begin_with_a_snapshot(world: World) -> None:
    created = world.create_session()
    world.told("POST", "/snapshots", json={"name": "two"})
    world.told("POST", "/reset")
    set_up(world, "as it was kept", name="two")
    assert set(sessions(world)) == {created, "session_1"}


def test_a_state_of_nothing_is_the_seed(world: World) -> None:
    world.create_session()
    assert set_up(world, "nothing at all") == {}
    assert sessions(world) == ["session_1"]


def test_a_teardown_takes_back_what_a_state_has(world: World) -> None:
    set_up(world, NAMED)
    set_up(world, ANSWERS, reply="No")
    set_up(world, NAMED, action="teardown")
    set_up(world, ANSWERS, action="teardown", reply="No")
    assert sessions(world) == ["session_1"]
    assert world.reply("session_1", "Hi") == "Hello"


def test_a_state_makes_the_same_ids_each_time(world: World) -> None:
    made = []
    for _ in range(3):
        made.append(set_up(world, GENERAL, name="Ada", age=36)["session_id"])
        world.get("/agent/")
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=setup&state=", 1),
        (f"action=setup&state={GENERAL}&name=Ada&age=36", 2),
        ("action=teardown&state=vip&id=7", 1),
    ],
)
def test_a_state_may_be_asked_for_in_the_query(world: World, query: str, count: int) -> None:
    world.create_session()
    answer = world.control("POST", f"/provider-states?namespace={world.name}&{query}")
    assert answer.status_code == 200, answer.text
    assert len(sessions(world)) == count
    assert answer.json().get("age") in (None, "36")


@pytest.mark.parametrize("query", ["action=set", "state=vip&state=vip", "state=unknown"])
def test_a_wrong_query_is_refused(world: World, query: str) -> None:
    created = world.create_session()
    assert world.control("POST", f"/provider-states?{query}").status_code in (400, 404)
    assert created in sessions(world)


def test_body_and_query_are_not_both_read(world: World) -> None:
    answer = world.control("POST", "/provider-states?name=x", json={"state": "vip"})
    assert "in the body or in the query, not in both; the query has name" in message(answer, 400)


# Several states


def test_states_add_up_until_a_request_comes(world: World) -> None:
    ada = set_up(world, GENERAL, name="Ada", age=36)["session_id"]
    grace = set_up(world, GENERAL, name="Grace", age=85)["session_id"]
    set_up(world, NAMED)
    set_up(world, ANSWERS, reply="Yes")
    set_up(world, BUSY, status=503)
    assert set(sessions(world)) == {"session_1", "session_ada", ada, grace}
    assert world.reply("session_ada", "Well?") == "Yes"
    assert world.get("/agent/").status_code == 503
    assert said(world, grace) == ["I am Grace, 85."]


def test_a_state_may_name_what_one_before_it_has(world: World) -> None:
    agent = set_up(world, BUTLER)
    session = set_up(world, SESSION)["session_id"]
    assert agent == {"agent_id": agent["agent_id"], "agent_key": "butler"}
    assert world.get(f"/sessions/{session}/").json()["agent_config"]["name"] == "Butler"


def test_a_state_after_a_request_begins_with_the_seed(world: World) -> None:
    set_up(world, NAMED)
    world.get("/agent/")
    set_up(world, ANSWERS, reply="Yes")
    assert sessions(world) == ["session_1"]


def test_a_state_that_is_there_already_begins_with_the_seed(world: World) -> None:
    set_up(world, NAMED)
    set_up(world, ANSWERS, reply="Yes")
    set_up(world, NAMED)
    assert world.reply("session_ada", "Well?") == "Hello"


def test_after_a_state_that_is_refused_the_next_one_begins_with_the_seed(world: World) -> None:
    set_up(world, NAMED)
    refused(world, "unknown", 404)
    assert "session_ada" in sessions(world)
    set_up(world, ANSWERS, reply="Yes")
    assert sessions(world) == ["session_1"]


@pytest.mark.parametrize("second", ["another world", "busy", "empty"])
def test_a_world_of_its_own_can_only_be_the_first(world: World, second: str) -> None:
    set_up(world, NAMED)
    params = {"n": 1} if second == "another world" else {}
    assert "is a world of its own; let it be the first" in refused(world, second, 409, **params)
    assert "session_ada" in sessions(world)


def test_a_state_may_follow_a_world_of_its_own(world: World) -> None:
    set_up(world, "busy")
    set_up(world, ANSWERS, reply="Yes")
    assert world.told("GET", "/state")["counts"]["sessions"] == 500


# What is wrong


@pytest.mark.parametrize(
    ("state", "params", "status", "words"),
    [
        pytest.param("a customer has walked", {}, 404, "did you mean a customer has talked?", id="unknown"),
        pytest.param(GENERAL, {"age": 1}, 400, "needs the parameter name; given: age", id="missing"),
        pytest.param(GENERAL, {}, 400, "needs the parameter name; given: none", id="none"),
        pytest.param(GENERAL, {"nane": "", "age": 1}, 400, "the parameter name; did you mean nane?", id="misspelt"),
        pytest.param("inside", {"address": "London"}, 400, "needs the parameter address.city", id="no inside"),
        pytest.param(BUSY, {"status": 200}, 400, "has mistakes", id="status"),
        pytest.param(TYPES, {"count": "x", "tags": []}, 400, "has mistakes", id="type"),
        pytest.param(SESSION, {}, 400, "has mistakes", id="no such agent"),
        pytest.param("as it was kept", {"name": "x"}, 404, "x", id="no such snapshot"),
        pytest.param("as it was kept", {"name": 7}, 404, "7", id="a number for a name"),
        pytest.param(ANSWERS, {"reply": "x" * 600_000, "more": 1}, 200, "", id="long"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    world: World, state: str, params: dict[str, Any], status: int, words: str
) -> None:
    created = world.create_session()
    answer = world.control("POST", "/provider-states", json={"state": state, "params": params})
    assert answer.status_code == status, answer.text
    if status != 200:
        assert words in answer.json()["error"]["message"]
        assert created in sessions(world)


def test_mistakes_have_their_places(world: World) -> None:
    answer = world.control("POST", "/provider-states", json={"state": BUSY, "params": {"status": 200}})
    assert list(problems(answer)) == ["faults.0.status"]


def test_what_clashes_with_a_snapshot_changes_nothing(world: World) -> None:
    set_up(world, NAMED)
    world.told("POST", "/snapshots", json={"name": "kept"})
    world.get("/agent/")
    created = world.create_session()
    set_up(world, "as it was kept", name="kept")
    world.get("/agent/")
    set_up(world, "kept")
    assert "There is a session session_ada already" in refused(world, NAMED, 409)
    assert "session_ada" in sessions(world)
    assert created not in sessions(world)


def test_parameters_that_nothing_asks_for_are_told(world: World) -> None:
    assert set_up(world, NAMED, id=7, more={}) == {"session_id": "session_ada", "unused_params": ["id", "more"]}
    assert set_up(world, "vip", id=7) == {"unused_params": ["id"]}


def test_in_strict_mode_parameters_that_nothing_asks_for_are_refused() -> None:
    with EmulatorServer(strict=True) as strict:
        made = make(strict, seed=SEED)
        assert "does not use the parameter id" in refused(made, NAMED, id=7)
        assert sessions(made) == ["session_1"]


def test_parameters_cannot_be_filled_in_without_end(server: EmulatorServer) -> None:
    states = {"often": {"values": {str(number): "{{ params.text }}" for number in range(100)}}}
    made = make(server, seed={**SEED, "provider_states": states})
    assert "fill in more than 1,048,576 bytes" in refused(made, "often", text="x" * 20_000)


# Reading


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        pytest.param({"session": []}, "session", id="unknown key"),
        pytest.param({"snapshot": "a", "seed": "b"}, "", id="two worlds"),
        pytest.param({"values": {"state": 1}}, "values", id="a value called state"),
        pytest.param({"faults": [{"operation": "agents.list", "status": 200}]}, "faults.0.status", id="fault"),
        pytest.param({"agents": [{"system_config": {"name": "A"}}]}, "agents.0.system_config", id="configuration"),
        pytest.param({"sessions": [{"config_file": "/etc/hosts"}]}, "sessions.0.config_file", id="file"),
        pytest.param({"seed": "bussy"}, "seed", id="seed"),
        pytest.param({"values": {"a": ["{{ params."]}}, "values.a.0", id="parameter that is not closed"),
    ],
)
def test_mistakes_that_need_no_parameters_are_said_when_the_seed_is_read(
    server: EmulatorServer, entry: dict[str, Any], field: str
) -> None:
    answer = Api(server).control("POST", "/namespaces", json={"seed": {**SEED, "provider_states": {"a b": entry}}})
    begin = f"seed.provider_states.a b{f'.{field}' if field else ''}"
    assert any(found.startswith(begin) for found in problems(answer)), answer.text


def test_a_blank_text_is_no_state(server: EmulatorServer) -> None:
    answer = Api(server).control("POST", "/namespaces", json={"seed": {**SEED, "provider_states": {" ": {}}}})
    assert list(problems(answer)) == ["seed.provider_states"]


def test_a_state_may_name_files_beside_the_seed(tmp_path: Path) -> None:
    (tmp_path / "butler.yaml").write_text("name: '{{ params.name }}'\nagent_type: llm_agent\n")
    (tmp_path / "seed.yaml").write_text(
        "accounts: [{id: ada, api_keys: [test-key]}]\n"
        "provider_states:\n  there is a servant: {agents: [{config_file: butler.yaml}]}\n"
    )
    with EmulatorServer(seeds=(str(tmp_path / "seed.yaml"),)) as server:
        told = server.client.provider_state("there is a servant", {"name": "Jeeves"})
        assert told["agent_key"] == "jeeves"


def test_a_missing_file_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("accounts: [{id: ada}]\nprovider_states:\n  a b: {agents: [{config_file: none.yaml}]}\n")
    done = invoke("validate", str(path))
    assert done.returncode == 1
    assert "seed.yaml:3:" in done.stdout
    assert "none.yaml: cannot be read" in done.stdout


def test_an_agent_that_another_state_may_have_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "accounts: [{id: ada}]\nagents: [{system_config: {name: Desk, agent_type: llm_agent}}]\n"
        "provider_states: {a b: {sessions: [{agent_key: dask}]}}\n"
    )
    done = invoke("validate", str(path))
    assert done.returncode == 0
    assert "ada has no agent dask; did you mean desk?" in done.stdout


def test_a_scenario_that_another_seed_may_have_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "accounts: [{id: ada}]\nscenarios: {vip: {}}\nprovider_states:\n"
        "  a: {scenario: vip}\n  b: {scenario: slow-answer}\n  c: {scenario: '{{ params.name }}'}\n  d: {scenario: vipp}\n"
    )
    done = invoke("validate", "--format", "github", str(path))
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("::warning")
    assert "There is no scenario vipp; did you mean vip?" in line
