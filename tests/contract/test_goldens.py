"""The documentation's own requests get the documentation's own answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from emulator.server import EmulatorServer
from tests.conftest import Api

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
HASH = r"object:[0-9a-f]{64}:u:anon"
SHORT_HASH = r"[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

FLAT = {
    "name": "Support Session",
    "agent_type": "llm_agent",
    "system_prompt": "You are a helpful customer support agent.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
    "tools": ["tavily_search"],
}
SYSTEM = {
    "name": "Support Agent Session",
    "description": "Customer support agent from inline config",
    "save_messages": True,
    "persistent_state": True,
    "agents": [
        {
            "name": "support_agent",
            "agent_type": "llm_agent",
            "description": "Handles customer inquiries",
            "prompt_config": {
                "system_prompt": ("You are a helpful customer support agent. Provide accurate and friendly responses.")
            },
            "llm_config": {"temperature": 0.7},
            "streaming_config": {"show_output_to_user": True},
        }
    ],
    "edges": [{"from": "__start__", "to": "support_agent"}, {"from": "support_agent", "to": "__end__"}],
    "entry_point": "support_agent",
}
SYSTEM_YAML = """\
name: Support Agent Session
description: Customer support agent from inline config
save_messages: true
persistent_state: true
agents:
  - name: support_agent
    agent_type: llm_agent
    description: Handles customer inquiries
    prompt_config:
      system_prompt: You are a helpful customer support agent. Provide accurate and friendly responses.
    llm_config:
      temperature: 0.7
    streaming_config:
      show_output_to_user: true
edges:
  - from: __start__
    to: support_agent
  - from: support_agent
    to: __end__
entry_point: support_agent
"""
AGENT = {
    "name": "Customer Support Agent",
    "agent_type": "llm_agent",
    "system_prompt": "You are a friendly and patient customer support agent.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}

SESSION_CREATED = {"success": True, "session_id": "session_abc123", "config_hash": "a1b2c3d4e5f6"}
SESSION_STARTED = {
    "success": True,
    "session_id": "session_abc123",
    "agent_id": AGENT_ID,
    "agent_key": "customer_support_agent",
    "config_hash": "a1b2c3d4e5f6",
    "created_at": "2025-01-15T10:30:00Z",
}
SESSION = {
    "session_id": "session_abc123",
    "config_hash": "a1b2c3d4e5f6",
    "created_at": "2025-01-15T10:30:00Z",
    "status": "active",
    "agent_config": FLAT,
}
AGENT_OBJECT = {
    "id": AGENT_ID,
    "agent_key": "customer_support_agent",
    "name": "Customer Support Agent",
    "architecture": "llm_agent",
    "entry_point": "main",
    "is_public": False,
    "is_shared": False,
    "origin_url": None,
    "owner": "user_123",
    "company": "company_456",
    "system_config": AGENT,
    "version_number": "1.0.0",
    "config_hash": "a1b2c3d4e5f6",
    "created_at": "2025-01-15T10:30:00Z",
    "updated_at": "2025-01-15T10:30:00Z",
}
SUCCESS = {
    "success": True,
    "message_id": "msg_789",
    "response": {"content": "I can help you with that.", "tool_calls": []},
    "correlation_id": "corr_123",
}
AGENT_SESSION = {
    "id": "session_abc123",
    "object": "agent.session",
    "status": "completed",
    "created_at": 1704067200,
    "completed_at": 1704067215,
    "config": {},
    "messages": [
        {"id": "msg_def456", "role": "assistant", "content": "I can help you with that.", "created_at": 1704067210}
    ],
    "execution_time": 15,
    "metadata": {
        "correlation_id": None,
        "event_count": 3,
        "execution_id": "exec_789",
        "usage": {"input_tokens": 125, "output_tokens": 42},
    },
}
EXECUTION_RESULT = {
    "type": "execution_result",
    "client_type": "backend",
    "session_id": "sess_abc123xyz",
    "status": "completed",
    "execution_time": 15,
    "messages": AGENT_SESSION["messages"],
}
MESSAGES = {
    "messages": [
        {
            "id": "msg_001",
            "role": "user",
            "content": "Hello, I need help with my account.",
            "timestamp": "2025-01-15T10:30:00Z",
        },
        {
            "id": "msg_002",
            "role": "assistant",
            "content": "Of course! What seems to be the trouble?",
            "timestamp": "2025-01-15T10:30:05Z",
        },
    ],
    "total": 2,
    "has_more": False,
}
STATUS = {
    "session_id": "session_abc123",
    "status": "active",
    "message_count": 12,
    "last_activity": "2025-01-15T10:35:00Z",
    "created_at": "2025-01-15T10:30:00Z",
    "health": "healthy",
}
INVALID_MODEL = {"valid": False, "errors": [{"field": "llm_config.model", "message": "Invalid model specified"}]}
UNAUTHENTICATED = {
    "error": {"type": "authentication_error", "message": "Invalid or missing authentication credentials"}
}
EXPIRED = {"error": {"type": "authentication_error", "message": "API key has expired"}}
FORBIDDEN = {"error": {"type": "permission_error", "message": "You do not have permission to access this resource"}}

AT_NEW_YEAR = """\
clock: {mode: frozen, now: 2024-01-01T00:00:00Z}
accounts:
  - {id: user_123, company: company_456, api_keys: [test-key]}
sessions:
  - {id: session_abc123, config: {name: Support Session, agent_type: llm_agent}}
scripts:
  - name: documented
    when: {content: {any: true}}
    then: {reply: I can help you with that., delay_ms: 15000}
"""


def shape(value: Any) -> Any:
    """The keys and JSON types of a value, recursively; whole numbers and others are different types."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


@pytest.fixture
def documented_session(tmp_path: Path) -> Iterator[Api]:
    """A client of an emulator in which session_abc123 answers after 15 seconds of a clock that starts at 1704067200."""
    seed = tmp_path / "seed.yaml"
    seed.write_text(AT_NEW_YEAR)
    with EmulatorServer(seeds=(str(seed),)) as server:
        yield Api(server)


def test_flat_configuration_becomes_a_session(api: Api) -> None:
    answer = api.with_contract("reference").post("/sessions/", json=FLAT)
    assert answer.status_code == 201
    assert shape(answer.json()) == shape(SESSION_CREATED)
    assert answer.json()["success"] is True
    assert re.fullmatch(r"session_[0-9a-f]{12}", answer.json()["session_id"])
    assert re.fullmatch(SHORT_HASH, answer.json()["config_hash"])


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        pytest.param(SYSTEM_YAML, "application/yaml", id="yaml"),
        pytest.param(None, "application/json", id="json"),
    ],
)
def test_system_configuration_becomes_a_session(api: Api, text: str | None, media_type: str) -> None:
    if text is None:
        answer = api.post("/sessions/", json=SYSTEM)
    else:
        answer = api.post("/sessions/", data=text.encode(), headers={"Content-Type": media_type})
    assert answer.status_code == 201
    assert shape(answer.json()) == shape(SESSION_CREATED)
    assert re.fullmatch(UUID, answer.json()["session_id"])
    assert re.fullmatch(HASH, answer.json()["config_hash"])
    kept = api.get(f"/sessions/{answer.json()['session_id']}/").json()
    assert kept["agent_config"] == SYSTEM
    assert kept["config_hash"] == answer.json()["config_hash"]


def test_the_yaml_of_the_system_configuration_says_the_same_as_its_json() -> None:
    assert yaml.safe_load(SYSTEM_YAML) == SYSTEM


def test_a_session_is_shown_with_its_configuration_as_sent(api: Api) -> None:
    answer = api.get(f"/sessions/{api.create_session(FLAT)}/")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(SESSION)
    assert answer.json()["status"] == "active"
    assert answer.json()["agent_config"] == FLAT
    assert re.fullmatch(TIME, answer.json()["created_at"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", f"/sessions/from-agent/{AGENT_ID}/", 201, id="reference"),
        pytest.param("GET", "/sessions/from-agent/?agent_key=customer_support_agent", 200, id="connecting"),
    ],
)
def test_an_agent_becomes_a_session(api: Api, method: str, path: str, status: int) -> None:
    answer = api.request(method, path)
    assert answer.status_code == status
    assert shape(answer.json()) == shape(SESSION_STARTED)
    assert answer.json()["agent_id"] == AGENT_ID
    assert answer.json()["agent_key"] == "customer_support_agent"
    assert re.fullmatch(TIME, answer.json()["created_at"])


def test_five_sessions_of_an_agent_are_deleted(api: Api) -> None:
    for _ in range(4):
        assert api.post(f"/sessions/from-agent/{AGENT_ID}/").status_code == 201
    answer = api.delete("/sessions/from-agent/?agent_key=customer_support_agent")
    assert answer.status_code == 200
    assert answer.json() == {"deleted": 5}


def test_execute_answers_like_the_tutorial(documented_session: Api) -> None:
    answer = documented_session.execute("session_abc123", "I need help resetting my password")
    assert answer.status_code == 200
    body = answer.json()
    assert shape(body) == shape(AGENT_SESSION)
    assert {name: body[name] for name in ("id", "object", "status", "created_at", "completed_at", "config")} == {
        "id": "session_abc123",
        "object": "agent.session",
        "status": "completed",
        "created_at": 1704067200,
        "completed_at": 1704067215,
        "config": {},
    }
    assert body["execution_time"] == 15
    assert body["messages"][0]["role"] == "assistant"
    assert body["messages"][0]["content"] == "I can help you with that."
    assert 1704067200 <= body["messages"][0]["created_at"] <= 1704067215
    assert re.fullmatch(r"msg_[0-9a-f]{12}", body["messages"][0]["id"])
    assert re.fullmatch(r"exec_[0-9a-f]{12}", body["metadata"]["execution_id"])


def test_execute_answers_like_the_reference(documented_session: Api) -> None:
    api = documented_session.with_contract("reference")
    answer = api.execute("session_abc123", "I need help with my account.", correlation_id="corr_123")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(SUCCESS)
    assert answer.json()["success"] is True
    assert answer.json()["response"] == SUCCESS["response"]
    assert answer.json()["correlation_id"] == "corr_123"


def test_execute_answers_like_the_connecting_page(documented_session: Api) -> None:
    answer = documented_session.with_contract("connecting").execute("session_abc123", "Hello")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(EXECUTION_RESULT)
    assert answer.json()["type"] == "execution_result"
    assert answer.json()["client_type"] == "backend"
    assert answer.json()["status"] == "completed"
    assert answer.json()["session_id"] == "session_abc123"
    assert answer.json()["execution_time"] == 15


@pytest.mark.parametrize("query", ["", "?limit=50&offset=0"], ids=["without a query", "limit and offset"])
def test_messages_are_the_documented_ones(api: Api, query: str) -> None:
    answer = api.get(f"/runtime/session_abc123/messages/{query}")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(MESSAGES)
    said = [{**message, "id": "msg"} for message in answer.json()["messages"]]
    assert said == [{**message, "id": "msg"} for message in MESSAGES["messages"]]
    assert answer.json()["total"] == 2
    assert answer.json()["has_more"] is False


def test_a_page_of_messages_says_that_there_are_more(api: Api) -> None:
    answer = api.get("/runtime/session_abc123/messages/?limit=1&offset=0").json()
    assert [message["content"] for message in answer["messages"]] == ["Hello, I need help with my account."]
    assert answer["total"] == 2
    assert answer["has_more"] is True


def test_status_is_the_documented_one(api: Api) -> None:
    session_id = api.create_session(FLAT)
    answer = api.get(f"/runtime/{session_id}/status/")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(STATUS)
    assert answer.json()["session_id"] == session_id
    assert answer.json()["status"] == "active"
    assert answer.json()["health"] == "healthy"


def test_an_agent_is_created_from_the_documented_request(api: Api) -> None:
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 204
    answer = api.with_contract("reference").post("/agent/", json={"system_config": AGENT})
    assert answer.status_code == 201
    created = answer.json()
    assert shape(created) == shape(AGENT_OBJECT)
    assert re.fullmatch(UUID, created["id"])
    assert re.fullmatch(SHORT_HASH, created["config_hash"])
    differs = ("id", "config_hash", "created_at", "updated_at")
    assert {name: value for name, value in created.items() if name not in differs} == {
        name: value for name, value in AGENT_OBJECT.items() if name not in differs
    }
    assert created["created_at"] == created["updated_at"]


def test_the_documented_agent_is_got(api: Api) -> None:
    answer = api.with_contract("reference").get(f"/agent/{AGENT_ID}/")
    assert answer.status_code == 200
    assert re.fullmatch(SHORT_HASH, answer.json()["config_hash"])
    assert {**answer.json(), "config_hash": "a1b2c3d4e5f6"} == AGENT_OBJECT


def test_agents_are_listed_as_a_bare_array(api: Api) -> None:
    answer = api.get("/agent/")
    assert answer.status_code == 200
    first, second = answer.json()
    assert shape(first) == shape(AGENT_OBJECT)
    assert first["agent_key"] == "customer_support_agent"
    assert second["agent_key"] == "research_assistant"
    assert set(second) == set(AGENT_OBJECT)


def test_the_documented_patch_keeps_the_rest(api: Api) -> None:
    answer = api.patch(f"/agent/{AGENT_ID}/", json={"system_config": {"llm_config": {"temperature": 0.5}}})
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(AGENT_OBJECT)
    assert answer.json()["system_config"] == {**AGENT, "llm_config": {"model": "gpt-4o", "temperature": 0.5}}
    assert answer.json()["version_number"] == "1.0.1"


@pytest.mark.parametrize("configuration", [FLAT, SYSTEM, AGENT], ids=["flat", "system", "agent"])
def test_the_documented_configurations_are_valid(api: Api, configuration: dict[str, Any]) -> None:
    answer = api.post("/agent/validate/", json=configuration)
    assert answer.status_code == 200
    assert answer.json() == {"valid": True, "message": "Configuration is valid"}


def test_an_unknown_model_is_the_documented_error(api: Api) -> None:
    configuration = {**FLAT, "llm_config": {"model": "invalid-model", "temperature": 0.7}}
    answer = api.post("/agent/validate/", json=configuration)
    assert answer.status_code == 200
    assert answer.json() == INVALID_MODEL


@pytest.mark.parametrize(
    ("key", "status", "body"),
    [
        pytest.param(None, 401, UNAUTHENTICATED, id="no key"),
        pytest.param("no-such-key", 401, UNAUTHENTICATED, id="unknown key"),
        pytest.param("expired-key", 401, EXPIRED, id="expired key"),
        pytest.param("forbidden-key", 403, FORBIDDEN, id="key without permission"),
    ],
)
def test_a_wrong_key_gets_the_documented_body(api: Api, key: str | None, status: int, body: dict[str, Any]) -> None:
    answer = api.as_account(key).get("/agent/")
    assert answer.status_code == status
    assert answer.json() == body
    assert answer.headers["Content-Type"] == "application/json"


def test_the_quick_start_works_as_it_is_written(api: Api) -> None:
    """Create a session, send a message, read the history: plain requests, nothing of ours in them."""
    base, headers = api.server.base_url, {"x-api-key": api.server.api_key}
    created = requests.post(f"{base}/sessions/", json=SYSTEM, headers=headers, timeout=10).json()
    runtime = f"{base}/runtime/{created['session_id']}"
    said = requests.post(f"{runtime}/execute/", json={"content": "Hello"}, headers=headers, timeout=10).json()
    read = requests.get(f"{runtime}/messages/", headers=headers, timeout=10).json()
    assert said["object"] == "agent.session"
    assert [message["role"] for message in read["messages"]] == ["user", "assistant"]
    assert read["messages"][1]["content"] == said["messages"][0]["content"]
