"""The runtime: execute in three contracts, variables, history, status, and one execution at a time."""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api

SESSION_ID = "session_abc123"
PATIENCE = 10  # seconds that a test looks for something before it gives up

GATED = """\
scripts:
  - name: slow-answer
    when: {content: {contains: slowly}}
    then: {reply: Here it is., gate: slow}
"""


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[Api]:
    """A client of an emulator whose answers to what contains "slowly" wait at the gate `slow`."""
    seed = tmp_path / "gates.yaml"
    seed.write_text(GATED)
    with EmulatorServer(seeds=("default", str(seed))) as server:
        yield Api(server)


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def without_sessions(gate: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in gate.items() if key != "sessions"}


def until_gates_are(api: Api, expected: list[dict[str, Any]]) -> None:
    """Ask again and again until the list of gates, less whose executions wait, is as expected."""
    deadline = time.monotonic() + PATIENCE
    while (gates := [without_sessions(one) for one in api.control("GET", "/gates").json()]) != expected:
        assert time.monotonic() < deadline, gates


def hold(api: Api, background: ThreadPoolExecutor, session_id: str) -> Any:
    """Start an execution that waits at the gate; its future answer."""
    running = background.submit(api.as_account(api.key).execute, session_id, "Answer slowly")
    until_gates_are(api, [{"name": "slow", "open": False, "waiting": 1}])
    return running


def status_of(api: Api, session_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"/runtime/{session_id}/status/").json()
    return answer


def history_of(api: Api, session_id: str) -> list[dict[str, Any]]:
    """All messages of a session."""
    answer: list[dict[str, Any]] = api.get(f"/runtime/{session_id}/messages/?limit=1000").json()["messages"]
    return answer


def test_a_script_answers_and_is_named(api: Api) -> None:
    answer = api.execute(SESSION_ID, "I forgot my PASSWORD")
    assert answer.headers["X-Emulator-Script"] == "reset-password"
    assert [message["content"] for message in answer.json()["messages"]] == [
        'Open Settings, choose Security, and select "Reset password". You will get an e-mail with a link.'
    ]


def test_without_a_script_the_answer_is_marked_and_repeats_the_input(api: Api) -> None:
    answer = api.execute(api.create_session(), "What is the weather?")
    assert answer.headers["X-Emulator-Script"] == "default"
    assert "What is the weather?" in answer.json()["messages"][0]["content"]
    assert "main" in answer.json()["messages"][0]["content"]


@pytest.mark.parametrize(
    ("wanted", "content", "script"),
    [
        pytest.param("Ping", "Ping", "mine", id="plain text"),
        pytest.param("Ping", "  Ping \n", "mine", id="plain text, trimmed"),
        pytest.param("Ping", "ping", "default", id="plain text in lower case"),
        pytest.param("Ping", "Ping pong", "default", id="plain text and more"),
        pytest.param("{equals: Ping}", "Ping", "mine", id="equals"),
        pytest.param("{equals: Ping, ignore_case: true}", "PING", "mine", id="equals in any case"),
        pytest.param("{contains: Ping}", "a Ping b", "mine", id="contains"),
        pytest.param("{contains: Ping}", "a ping b", "default", id="contains in lower case"),
        pytest.param("{matches: '^P.ng$'}", "Pong", "mine", id="matches"),
        pytest.param("{matches: '^P.ng$'}", "a Pong", "default", id="does not match"),
        pytest.param("{any: true}", "Whatever", "mine", id="any"),
    ],
)
def test_a_script_is_chosen_by_content(tmp_path: Path, wanted: str, content: str, script: str) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(f"scripts: [{{name: mine, when: {{content: {wanted}}}, then: {{reply: Pong}}}}]\n")
    with EmulatorServer(seeds=("default", str(seed))) as server:
        answer = Api(server).execute(SESSION_ID, content)
    assert answer.headers["X-Emulator-Script"] == script


def test_a_script_is_chosen_by_turn(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "scripts:\n"
        "  - {name: second, when: {turn: 2}, then: {reply: Two}}\n"
        "  - {name: later, when: {turn: {from: 4, to: 5}}, then: {reply: More}}\n"
    )
    with EmulatorServer(seeds=("default", str(seed))) as server:
        api = Api(server)
        session_id = api.create_session()
        chosen = [api.execute(session_id, "Next").headers["X-Emulator-Script"] for _ in range(6)]
    assert chosen == ["default", "second", "default", "later", "later", "default"]


def test_other_operations_name_no_script(api: Api) -> None:
    assert "X-Emulator-Script" not in api.get(f"/runtime/{SESSION_ID}/messages/").headers


def test_the_same_input_gets_the_same_answer(api: Api) -> None:
    first, second = (api.execute(api.create_session(), "Tell me a joke").json() for _ in range(2))
    assert first["messages"][0]["content"] == second["messages"][0]["content"]
    assert first["metadata"]["usage"] == second["metadata"]["usage"]


def test_the_current_contract_answers_an_agent_session(api: Api) -> None:
    session_id = api.create_session()
    body = api.execute(session_id, "Hello there").json()
    assert body["id"] == session_id
    assert body["object"] == "agent.session"
    assert body["status"] == "completed"
    assert body["config"] == {}
    assert body["execution_time"] == body["completed_at"] - body["created_at"]
    assert [message["role"] for message in body["messages"]] == ["assistant"]
    assert body["metadata"]["usage"]["input_tokens"] > 0
    assert body["metadata"]["usage"]["output_tokens"] > 0


def test_the_reference_contract_answers_with_the_last_message(api: Api) -> None:
    session_id = api.create_session()
    body = api.with_contract("reference").execute(session_id, "Hello there").json()
    last = history_of(api, session_id)[-1]
    assert body == {
        "success": True,
        "message_id": last["id"],
        "response": {"content": last["content"], "tool_calls": []},
        "correlation_id": None,
    }


def test_the_connecting_contract_answers_an_execution_result(api: Api) -> None:
    session_id = api.create_session()
    body = api.with_contract("connecting").execute(session_id, "Hello there", correlation_id="mine").json()
    time_of_message = history_of(api, session_id)[-1]["timestamp"]
    assert isinstance(body.pop("execution_time"), float)
    assert body == {
        "type": "execution_result",
        "client_type": "backend",
        "session_id": session_id,
        "status": "completed",
        "messages": [
            {
                "type": "assistant_message",
                "role": "assistant",
                "content": "Hello! How can I help you today?",
                "timestamp": time_of_message,
            }
        ],
        "error": None,
        "events": [],
        "timestamp": time_of_message,
        "correlation_id": "mine",
    }


@pytest.mark.parametrize(
    ("more", "echoed"),
    [
        pytest.param({"correlation_id": "corr_123"}, "corr_123", id="given"),
        pytest.param({"correlation_id": ""}, "", id="empty"),
        pytest.param({"correlation_id": "ünï-\U0001f600"}, "ünï-\U0001f600", id="not ASCII"),
        pytest.param({"correlation_id": None}, None, id="null"),
        pytest.param({}, None, id="missing"),
    ],
)
def test_the_correlation_id_is_echoed(api: Api, more: dict[str, Any], echoed: str | None) -> None:
    assert api.execute(SESSION_ID, **more).json()["metadata"]["correlation_id"] == echoed
    for contract in ("reference", "connecting"):
        assert api.with_contract(contract).execute(SESSION_ID, **more).json()["correlation_id"] == echoed


@pytest.mark.parametrize("path", ["/sessions/{}/execute/", "/sessions/{}/execute", "/runtime/{}/execute"])
def test_a_session_executes_below_sessions_too(api: Api, path: str) -> None:
    session_id = api.create_session()
    answer = api.post(path.format(session_id), json={"content": "Hello there"})
    assert answer.status_code == 200
    assert history_of(api, session_id)[0]["content"] == "Hello there"
    journal = api.control("GET", f"/journal?operation=runtime.execute&session_id={session_id}").json()
    assert journal[-1]["path"] == f"/api/v1{path.format(session_id)}"


def test_a_fault_of_execute_strikes_below_sessions_too(api: Api) -> None:
    api.control("POST", "/faults", json={"operation": "runtime.execute", "status": 503})
    assert api.post(f"/sessions/{SESSION_ID}/execute/", json={"content": "Hello"}).status_code == 503


def test_execute_and_messages_share_their_ids(api: Api) -> None:
    session_id = api.create_session()
    produced = [api.execute(session_id, f"Number {number}").json()["messages"][0] for number in range(3)]
    history = history_of(api, session_id)
    assert [message["role"] for message in history] == ["user", "assistant"] * 3
    assert [message["content"] for message in history[::2]] == ["Number 0", "Number 1", "Number 2"]
    assert [(message["id"], message["content"]) for message in history[1::2]] == [
        (message["id"], message["content"]) for message in produced
    ]
    assert len({message["id"] for message in history}) == 6


@pytest.mark.parametrize(
    ("query", "numbers", "has_more"),
    [
        pytest.param("", range(50), True, id="50 by default"),
        pytest.param("?limit=1", [0], True, id="one"),
        pytest.param("?limit=1000", range(54), False, id="largest limit"),
        pytest.param("?limit=54", range(54), False, id="exactly all"),
        pytest.param("?limit=53", range(53), True, id="one less"),
        pytest.param("?offset=50", range(50, 54), False, id="second page"),
        pytest.param("?limit=2&offset=10", [10, 11], True, id="in the middle"),
        pytest.param("?offset=54", [], False, id="behind the end"),
        pytest.param("?offset=999999999", [], False, id="far behind the end"),
    ],
)
def test_messages_are_paged_oldest_first(api: Api, query: str, numbers: Any, has_more: bool) -> None:  # noqa: FBT001
    session_id = api.create_session()
    for number in range(27):
        api.execute(session_id, f"Number {number}")
    all_of_them = [message["id"] for message in history_of(api, session_id)]
    page = api.get(f"/runtime/{session_id}/messages/{query}").json()
    assert [message["id"] for message in page["messages"]] == [all_of_them[number] for number in numbers]
    assert page["total"] == 54
    assert page["has_more"] is has_more


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=-1", "offset=-1", "limit=ten"])
def test_a_page_out_of_bounds_is_refused(api: Api, query: str) -> None:
    answer = api.get(f"/runtime/{SESSION_ID}/messages/?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == [
        query.split("=", maxsplit=1)[0]
    ]


VARIABLES = {
    **FLAT,
    "variables": {
        "user_name": {"type": "str"},
        "tier": {"type": "str", "default": "free"},
        "hint": {"type": "str", "required": False, "default": ""},
        "ticket": {"type": "int", "require_every_execution": True},
    },
}


def missing(name: str) -> dict[str, Any]:
    """What is answered where a variable has no value."""
    return {
        "success": False,
        "error": f"Required variable '{name}' not provided",
        "error_code": "MISSING_REQUIRED_VARIABLE",
    }


UNCOERCED = {
    "success": False,
    "error": "Type coercion failed for variable 'ticket'",
    "error_code": "TYPE_COERCION_FAILED",
}
WRONG_INPUTS = [
    pytest.param(None, missing("user_name"), None, id="no inputs"),
    pytest.param({}, missing("user_name"), None, id="empty inputs"),
    pytest.param({"ticket": 1}, missing("user_name"), None, id="session-level missing"),
    pytest.param({"user_name": "Ada"}, missing("ticket"), None, id="request-level missing"),
    pytest.param({"user_name": None, "ticket": 1}, missing("user_name"), None, id="null for a text"),
    pytest.param(
        {"user_name": "Ada", "ticket": "3.14"}, UNCOERCED, "'ticket' expected int, got str", id="text for a number"
    ),
    pytest.param(
        {"user_name": "Ada", "ticket": [1]}, UNCOERCED, "'ticket' expected int, got list", id="list for a number"
    ),
]


@pytest.mark.parametrize("contract", ["current", "reference"])
@pytest.mark.parametrize(("inputs", "body", "explanation"), WRONG_INPUTS)
def test_variables_without_values_that_fit_are_told_flat(
    api: Api, contract: Any, inputs: dict[str, Any] | None, body: dict[str, Any], explanation: str | None
) -> None:
    del explanation
    session_id = api.create_session(VARIABLES)
    answer = api.with_contract(contract).execute(session_id, **({} if inputs is None else {"inputs": inputs}))
    assert answer.status_code == 400
    assert answer.json() == body
    assert history_of(api, session_id) == []
    assert status_of(api, session_id)["status"] == "active"


@pytest.mark.parametrize(("inputs", "body", "explanation"), WRONG_INPUTS)
def test_in_contract_connecting_variables_without_values_fail_the_start(
    api: Api, inputs: dict[str, Any] | None, body: dict[str, Any], explanation: str | None
) -> None:
    session_id = api.create_session(VARIABLES)
    more = {"correlation_id": "mine", **({} if inputs is None else {"inputs": inputs})}
    answer = api.with_contract("connecting").execute(session_id, **more)
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["status"], shown["error"]) == ("error", explanation or body["error"])
    assert (shown["messages"], shown["execution_time"], shown["correlation_id"]) == ([], 0.0, "mine")
    assert history_of(api, session_id) == []
    assert status_of(api, session_id)["status"] == "active"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ticket", "5", id="text of a number"),
        pytest.param("ticket", True, id="boolean for a number"),
        pytest.param("user_name", 7, id="number for a text"),
        pytest.param("username", "x", id="undeclared"),
        pytest.param("", "x", id="undeclared and empty"),
    ],
)
def test_values_are_coerced_and_unknown_names_ignored(api: Api, name: str, value: Any) -> None:
    session_id = api.create_session(VARIABLES)
    assert api.execute(session_id, inputs={"user_name": "Ada", "ticket": 1, name: value}).status_code == 200


def test_session_level_variables_are_given_once_and_request_level_ones_each_time(api: Api) -> None:
    session_id = api.create_session(VARIABLES)
    assert api.execute(session_id, inputs={"user_name": "Ada", "ticket": 1}).status_code == 200
    assert api.execute(session_id, inputs={"ticket": 2}).status_code == 200
    assert api.execute(session_id).json() == missing("ticket")
    assert api.execute(session_id, inputs={"ticket": 3, "user_name": "Grace"}).status_code == 200


def test_refused_inputs_are_not_kept(api: Api) -> None:
    session_id = api.create_session(VARIABLES)
    assert api.execute(session_id, inputs={"user_name": "Ada"}).status_code == 400
    assert api.execute(session_id, inputs={"ticket": 1}).json() == missing("user_name")


def test_variables_of_one_session_are_not_those_of_another(api: Api) -> None:
    first, second = api.create_session(VARIABLES), api.create_session(VARIABLES)
    assert api.execute(first, inputs={"user_name": "Ada", "ticket": 1}).status_code == 200
    assert api.execute(second, inputs={"ticket": 1}).status_code == 400


def test_a_configuration_without_variables_ignores_inputs(api: Api) -> None:
    assert api.execute(SESSION_ID, inputs={"user_name": "Ada"}).status_code == 200


def test_without_persistent_state_every_execution_needs_every_variable(api: Api) -> None:
    session_id = api.create_session({**VARIABLES, "persistent_state": False})
    assert api.execute(session_id, inputs={"user_name": "Ada", "ticket": 1}).status_code == 200
    assert api.execute(session_id, inputs={"ticket": 2}).json() == missing("user_name")
    assert len(history_of(api, session_id)) == 2


def test_without_persistent_state_earlier_messages_cost_no_tokens(api: Api) -> None:
    forgetful, mindful = api.create_session({**FLAT, "persistent_state": False}), api.create_session()
    used = {
        session_id: [
            api.execute(session_id, "Count to three").json()["metadata"]["usage"]["input_tokens"] for _ in range(2)
        ]
        for session_id in (forgetful, mindful)
    }
    assert used[forgetful][0] == used[forgetful][1] == used[mindful][0]
    assert used[mindful][1] > used[mindful][0]


def test_without_saved_messages_the_history_stays_empty(api: Api) -> None:
    session_id = api.create_session({**FLAT, "save_messages": False})
    assert len(api.execute(session_id).json()["messages"]) == 1
    answer = api.get(f"/runtime/{session_id}/messages/").json()
    assert answer == {"messages": [], "total": 0, "has_more": False}


def test_without_saved_messages_variables_are_still_kept(api: Api) -> None:
    session_id = api.create_session({**VARIABLES, "save_messages": False})
    assert api.execute(session_id, inputs={"user_name": "Ada", "ticket": 1}).status_code == 200
    assert api.execute(session_id, inputs={"ticket": 2}).status_code == 200


def test_a_new_session_is_active_and_silent(api: Api) -> None:
    session_id = api.create_session()
    status = status_of(api, session_id)
    assert (status["status"], status["health"], status["message_count"]) == ("active", "healthy", 0)
    assert status["last_activity"] == status["created_at"]


def test_an_execution_counts_two_messages_and_is_activity(api: Api) -> None:
    before = status_of(api, SESSION_ID)
    assert (before["message_count"], before["last_activity"]) == (2, "2025-01-15T10:30:05Z")
    api.execute(SESSION_ID)
    after = status_of(api, SESSION_ID)
    assert after["message_count"] == 4
    assert after["last_activity"] > before["last_activity"]
    assert after["created_at"] == "2025-01-15T10:30:00Z"


def test_an_idle_session_becomes_active_with_the_next_execution(api: Api) -> None:
    assert status_of(api, SESSION_ID)["status"] == "idle"
    assert api.get(f"/sessions/{SESSION_ID}/").json()["status"] == "idle"
    assert [session["status"] for session in api.get("/sessions/").json()] == ["idle"]
    api.execute(SESSION_ID)
    assert status_of(api, SESSION_ID)["status"] == "active"
    assert api.get(f"/sessions/{SESSION_ID}/").json()["status"] == "active"


AT_REST = """\
clock: {mode: frozen, now: NOW}
accounts: [{id: user_123, api_keys: [test-key]}]
sessions:
  - id: session_abc123
    config: {name: Old, agent_type: llm_agent}
    created_at: 2025-01-15T10:00:00Z
    messages: [{role: user, content: Hello, timestamp: 2025-01-15T10:30:00Z}]
  - id: session_failed
    config: {name: Failed, agent_type: llm_agent}
    created_at: 2025-01-15T10:30:00Z
    status: error
scripts:
  - {name: late, when: {content: {equals: Take your time}}, then: {reply: Done., delay_ms: 2000}}
"""


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param("2025-01-15T10:30:00Z", "active", id="at once"),
        pytest.param("2025-01-15T10:59:59Z", "active", id="almost 30 minutes later"),
        pytest.param("2025-01-15T11:00:01Z", "idle", id="more than 30 minutes later"),
    ],
)
def test_a_session_is_idle_thirty_minutes_after_its_last_activity(tmp_path: Path, now: str, status: str) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(AT_REST.replace("NOW", now))
    with EmulatorServer(seeds=(str(seed),)) as server:
        answer = status_of(Api(server), SESSION_ID)
    assert answer["status"] == status
    assert answer["health"] == "healthy"


def test_a_failed_session_is_unhealthy_until_an_execution_succeeds(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(AT_REST.replace("NOW", "2025-01-15T10:30:00Z"))
    with EmulatorServer(seeds=(str(seed),)) as server:
        api = Api(server)
        before = status_of(api, "session_failed")
        assert api.execute("session_failed").json()["status"] == "completed"
        after = status_of(api, "session_failed")
    assert (before["status"], before["health"]) == ("error", "unhealthy")
    assert (after["status"], after["health"]) == ("active", "healthy")


def test_a_delay_passes_at_once_on_a_frozen_clock_and_is_told(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(AT_REST.replace("NOW", "2025-01-15T10:30:00Z"))
    with EmulatorServer(seeds=(str(seed),)) as server:
        body = Api(server).execute(SESSION_ID, "Take your time").json()
    assert body["created_at"] == 1736937000
    assert body["completed_at"] == 1736937002
    assert body["execution_time"] == 2


def test_second_execute_conflicts_while_the_first_runs(gated: Api, background: ThreadPoolExecutor) -> None:
    first = hold(gated, background, SESSION_ID)
    second = gated.execute(SESSION_ID, "Hello")
    assert second.status_code == 429
    assert second.json()["error"]["type"] == "rate_limit_error"
    assert second.headers["Retry-After"] == "1"
    refused = gated.control("GET", "/journal?outcome=rate_limited").json()
    assert [entry["id"] for entry in refused] == [second.headers["X-Request-Id"]]
    gated.control("POST", "/gates/slow/open")
    assert first.result().json()["messages"][0]["content"] == "Here it is."
    assert first.result().headers["X-Emulator-Script"] == "slow-answer"
    assert gated.execute(SESSION_ID, "Hello").status_code == 200
    said = [message["content"] for message in history_of(gated, SESSION_ID)]
    assert said[2:] == ["Answer slowly", "Here it is.", "Hello", "Hello! How can I help you today?"]


def test_a_session_is_processing_while_it_executes(gated: Api, background: ThreadPoolExecutor) -> None:
    first = hold(gated, background, SESSION_ID)
    status = status_of(gated, SESSION_ID)
    assert (status["status"], status["health"], status["message_count"]) == ("processing", "healthy", 2)
    assert gated.get(f"/sessions/{SESSION_ID}/").json()["status"] == "processing"
    gated.control("POST", "/gates/slow/open")
    assert first.result().status_code == 200
    assert status_of(gated, SESSION_ID)["status"] == "active"
    assert status_of(gated, SESSION_ID)["message_count"] == 4


def test_other_sessions_execute_while_one_waits(gated: Api, background: ThreadPoolExecutor) -> None:
    first = hold(gated, background, SESSION_ID)
    assert gated.execute(gated.create_session(), "Hello").status_code == 200
    gated.control("POST", "/gates/slow/open")
    assert first.result().status_code == 200


def test_an_open_gate_holds_nobody_until_it_is_closed(gated: Api, background: ThreadPoolExecutor) -> None:
    assert gated.control("POST", "/gates/slow/open").json()["open"] is True
    assert gated.execute(SESSION_ID, "Answer slowly").status_code == 200
    assert gated.control("GET", "/gates").json() == [{"name": "slow", "open": True, "waiting": 0, "sessions": []}]
    assert gated.control("POST", "/gates/slow/close").json() == {"name": "slow", "open": False}
    held = hold(gated, background, SESSION_ID)
    gated.control("POST", "/gates/slow/open")
    assert held.result().status_code == 200


def test_one_opening_lets_everyone_through(gated: Api, background: ThreadPoolExecutor) -> None:
    sessions = [gated.create_session() for _ in range(5)]
    held = [background.submit(gated.as_account("test-key").execute, one, "Answer slowly") for one in sessions]
    until_gates_are(gated, [{"name": "slow", "open": False, "waiting": 5}])
    gated.control("POST", "/gates/slow/open")
    assert [one.result().status_code for one in held] == [200] * 5


def test_a_session_deleted_while_it_executes_still_answers_and_stays_deleted(
    gated: Api, background: ThreadPoolExecutor
) -> None:
    held = hold(gated, background, SESSION_ID)
    assert gated.delete(f"/sessions/{SESSION_ID}/").status_code == 204
    gated.control("POST", "/gates/slow/open")
    assert held.result().status_code == 200
    assert gated.get(f"/sessions/{SESSION_ID}/").status_code == 404


def test_a_reset_sends_waiting_executions_away(gated: Api, background: ThreadPoolExecutor) -> None:
    held = hold(gated, background, SESSION_ID)
    gated.control("POST", "/reset")
    assert held.result().status_code == 503
    assert held.result().json()["error"]["type"] == "emulator_error"
    assert gated.control("GET", "/gates").json() == []
    assert status_of(gated, SESSION_ID)["status"] == "idle"
    assert status_of(gated, SESSION_ID)["message_count"] == 2


def test_a_client_that_hangs_up_at_a_gate_leaves_the_session_at_rest(gated: Api) -> None:
    before = status_of(gated, SESSION_ID)
    address = urlsplit(gated.server.url)
    body = b'{"content": "Answer slowly"}'
    with socket.create_connection((address.hostname, address.port), PATIENCE) as client:
        client.sendall(
            f"POST /api/v1/runtime/{SESSION_ID}/execute/ HTTP/1.1\r\nHost: {address.netloc}\r\nx-api-key: test-key\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        until_gates_are(gated, [{"name": "slow", "open": False, "waiting": 1}])
    until_gates_are(gated, [])
    deadline = time.monotonic() + PATIENCE
    while not (entries := gated.control("GET", "/journal?outcome=aborted").json()):
        assert time.monotonic() < deadline
    assert [(entry["operation"], entry["session_id"], entry["delivered"]) for entry in entries] == [
        ("runtime.execute", SESSION_ID, False)
    ]
    assert status_of(gated, SESSION_ID) == before
    assert gated.execute(SESSION_ID, "Hello").status_code == 200


def test_many_executions_at_once_lose_no_message(api: Api, background: ThreadPoolExecutor) -> None:
    session_id = api.create_session()

    def talk(number: int) -> list[int]:
        client = api.as_account("test-key")
        return [client.execute(session_id, f"{number}.{turn}").status_code for turn in range(6)]

    statuses = [status for answers in background.map(talk, range(8)) for status in answers]
    assert set(statuses) <= {200, 429}
    history = history_of(api, session_id)
    assert len(history) == 2 * statuses.count(200)
    assert len({message["id"] for message in history}) == len(history)
    assert [message["role"] for message in history] == ["user", "assistant"] * statuses.count(200)


def test_execution_ids_differ(api: Api) -> None:
    ids = {api.execute(SESSION_ID).json()["metadata"]["execution_id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(r"exec_[0-9a-f]{12}", one) for one in ids)


def test_strict_refuses_an_answer_that_nobody_scripted(api: Api) -> None:
    before = status_of(api, SESSION_ID)
    answer = api.post(
        f"/runtime/{SESSION_ID}/execute/", json={"content": "Unheard of"}, headers={"X-Emulator-Strict": "1"}
    )
    assert answer.status_code == 501
    assert answer.json()["error"]["type"] == "emulator_error"
    assert status_of(api, SESSION_ID) == before
    scripted = api.post(
        f"/runtime/{SESSION_ID}/execute/", json={"content": "Hello"}, headers={"X-Emulator-Strict": "1"}
    )
    assert scripted.status_code == 200


@pytest.mark.parametrize(("turns", "kept"), [(50, 100), (51, 100), (75, 100)])
def test_a_session_keeps_its_last_hundred_messages(api: Api, turns: int, kept: int) -> None:
    session_id = api.create_session()
    for number in range(turns):
        api.execute(session_id, f"Number {number}")
    page = api.get(f"/runtime/{session_id}/messages/?limit=1000").json()
    assert (page["total"], len(page["messages"]), page["has_more"]) == (kept, kept, False)
    assert page["messages"][0]["content"] == f"Number {turns - 50}"
    assert status_of(api, session_id)["message_count"] == kept


def test_a_seed_sets_how_many_messages_are_kept(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(AT_REST.replace("NOW", "2025-01-15T10:30:00Z") + "history_limit: 3\n")
    with EmulatorServer(seeds=(str(seed),)) as server:
        api = Api(server)
        for number in range(3):
            api.execute(SESSION_ID, f"Number {number}")
        history = history_of(api, SESSION_ID)
    assert [message["role"] for message in history] == ["assistant", "user", "assistant"]
    assert history[1]["content"] == "Number 2"


def test_what_an_agent_thought_belongs_to_its_message(api: Api) -> None:
    script = {"when": {"content": "Think"}, "then": {"reply": "Done.", "thinking": "Hm."}}
    api.control("POST", "/scripts", json=script)
    silent, shown = (
        api.create_session({**FLAT, "streaming_config": {"show_reasoning": reasoning}}) for reasoning in (False, True)
    )
    for session_id in (silent, shown):
        assert "metadata" not in api.execute(session_id, "Think").json()["messages"][0]
    assert ["metadata" in message for message in history_of(api, silent)] == [False, False]
    assert [message.get("metadata") for message in history_of(api, shown)] == [None, {"thinking": "Hm."}]


def test_tools_of_an_agent_are_told_in_two_contracts(api: Api) -> None:
    call = {"name": "calculator", "arguments": {"expression": "1+1"}, "result": 2}
    api.control("POST", "/scripts", json={"when": {"content": "Add"}, "then": {"reply": "2", "tool_calls": [call]}})
    session_id = api.create_session({**FLAT, "agent_type": "react_agent", "tools": ["calculator"]})
    (message,) = api.execute(session_id, "Add").json()["messages"]
    (shown,) = message["tool_calls"]
    assert {name: shown[name] for name in ("name", "arguments", "result")} == call
    (other,) = api.with_contract("reference").execute(session_id, "Add").json()["response"]["tool_calls"]
    assert {**other, "id": shown["id"]} == shown
    (bare,) = api.with_contract("connecting").execute(session_id, "Add").json()["messages"]
    assert set(bare) == {"type", "role", "content", "timestamp"}


def test_a_structured_output_that_does_not_fit_says_where(api: Api) -> None:
    api.control("POST", "/scripts", json={"when": {"content": "Wrong"}, "then": {"output": {"age": "thirty"}}})
    session_id = api.create_session(
        {**FLAT, "structured_output": {"enabled": True, "schema": {"age": {"type": "int"}}}}
    )
    answer = api.execute(session_id, "Wrong").json()
    assert (answer["status"], answer["metadata"]["error"]) == (
        "error",
        {
            "type": "StructuredOutputValidationError",
            "message": "Field 'age' has invalid value 'thirty'. Expected type: int",
            "field": "age",
            "expected": "int",
            "received": "thirty",
        },
    )
