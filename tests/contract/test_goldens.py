"""The documentation's own requests get the documentation's own answers: each example is a file in `goldens/`.

A golden has the documented values. `varies` has the few that cannot be met, each with what to expect instead: a pattern,
or a range. `seed` is the state that the example speaks of; without one it is the default seed.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import Api, operation_of

GOLDENS = {path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "goldens").iterdir())}
AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"

FLAT = GOLDENS["session-create-flat"]["request"]["body"]
SYSTEM = GOLDENS["session-create-system"]["request"]["body"]
AGENT_OBJECT = GOLDENS["agent-get"]["response"]["body"]

creations = pytest.mark.parametrize("name", [name for name in GOLDENS if name.startswith("session-create-")])


def shape(value: Any) -> Any:
    """The keys and JSON types of a value, recursively; whole numbers and others are different types."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def step_into(value: Any, path: str) -> tuple[Any, Any]:
    """What holds the value at a dotted path, and the key or index that it has there."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        value = value[step]
    return value, last


def fits(value: Any, expected: Any) -> bool:
    """Whether a value that varies is within its range, or is like its pattern."""
    if isinstance(expected, dict):
        return bool(expected["from"] <= value <= expected["to"])
    return re.fullmatch(expected, str(value)) is not None


@contextmanager
def emulator_of(golden: dict[str, Any], api: Api, folder: Path) -> Iterator[Api]:
    """A client of an emulator in the state of a golden."""
    if "seed" not in golden:
        yield api.with_contract(golden["contract"])
        return
    seed = folder / "seed.yaml"
    seed.write_text(yaml.safe_dump(golden["seed"]))
    with EmulatorServer(seeds=(str(seed),)) as server:
        yield Api(server, contract=golden["contract"])


def ask(client: Api, golden: dict[str, Any]) -> requests.Response:
    """Send the request of a golden."""
    request = golden["request"]
    options: dict[str, Any] = {}
    if "body" in request:
        options["json"] = request["body"]
    elif "yaml" in request:
        options["data"] = "\n".join(request["yaml"]).encode()
        options["headers"] = {"Content-Type": "application/yaml"}
    sender = Api(client.server, request["key"], client.contract) if "key" in request else client
    return sender.request(request["method"], request["path"], **options)


@pytest.mark.parametrize("name", GOLDENS)
def test_a_documented_request_gets_the_documented_answer(api: Api, tmp_path: Path, name: str) -> None:
    golden = GOLDENS[name]
    expected = golden["response"]
    with emulator_of(golden, api, tmp_path) as client:
        answer = ask(client, golden)
    assert answer.status_code == expected["status"], answer.text
    assert answer.headers["Content-Type"] == "application/json"
    found = answer.json()
    assert shape(found) == shape(expected["body"])
    settled = deepcopy(found)
    for path, wanted in golden["varies"].items():
        holder, key = step_into(settled, path)
        assert fits(holder[key], wanted), (path, holder[key])
        documented, _ = step_into(expected["body"], path)
        holder[key] = documented[key]
    assert settled == expected["body"]


@pytest.mark.parametrize("name", GOLDENS)
def test_a_golden_names_its_page_and_belongs_to_its_operation(name: str) -> None:
    golden = GOLDENS[name]
    row = operation_of(golden["request"]["method"], golden["request"]["path"])
    assert row is not None
    assert golden["operation"] == row.name
    assert golden["contract"] in CONTRACTS
    assert re.fullmatch(r"[a-z/-]+", golden["page"])
    assert set(golden) - {"seed"} == {"page", "contract", "operation", "request", "response", "varies"}


def test_every_documented_operation_has_a_golden() -> None:
    with_golden = {golden["operation"] for golden in GOLDENS.values()}
    assert with_golden >= {row.name for row in OPERATIONS if row.evidence.level == "documented"}


def test_every_contract_has_a_golden_of_execute() -> None:
    executions = [golden for golden in GOLDENS.values() if golden["operation"] == "runtime.execute"]
    assert [golden["contract"] for golden in executions] == ["connecting", "current", "reference"]


@creations
def test_a_created_session_keeps_its_configuration_as_sent(api: Api, name: str) -> None:
    golden = GOLDENS[name]
    client = api.with_contract(golden["contract"])
    created = ask(client, golden).json()
    kept = client.get(f"/sessions/{created['session_id']}/")
    request = golden["request"]
    sent = request["body"] if "body" in request else yaml.safe_load("\n".join(request["yaml"]))
    assert kept.json()["agent_config"] == sent
    assert kept.json()["config_hash"] == created["config_hash"]
    assert kept.json()["status"] == "active"


def test_the_yaml_of_the_system_configuration_says_the_same_as_its_json() -> None:
    assert yaml.safe_load("\n".join(GOLDENS["session-create-system-yaml"]["request"]["yaml"])) == SYSTEM


def test_a_new_session_has_the_documented_shape(api: Api) -> None:
    session_id = api.create_session(FLAT)
    session = api.get(f"/sessions/{session_id}/").json()
    assert shape(session) == shape(GOLDENS["session-get"]["response"]["body"])
    assert session["agent_config"] == FLAT
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", session["created_at"])
    status = api.get(f"/runtime/{session_id}/status/").json()
    assert shape(status) == shape(GOLDENS["status"]["response"]["body"])
    assert (status["session_id"], status["status"], status["health"]) == (session_id, "active", "healthy")


@pytest.mark.parametrize("name", ["session-start", "session-start-by-key"])
def test_an_agent_becomes_a_session_in_every_contract_in_the_same_shape(api: Api, name: str) -> None:
    for contract in CONTRACTS:
        answer = ask(api.with_contract(contract), GOLDENS[name])
        assert shape(answer.json()) == shape(GOLDENS[name]["response"]["body"])
        assert answer.json()["agent_id"] == AGENT_ID
        assert answer.json()["agent_key"] == "customer_support_agent"


def test_five_started_sessions_of_an_agent_are_deleted(api: Api) -> None:
    for _ in range(4):
        assert api.post(f"/sessions/from-agent/{AGENT_ID}/").status_code == 201
    answer = api.delete("/sessions/from-agent/?agent_key=customer_support_agent")
    assert answer.status_code == 200
    assert answer.json() == {"deleted": 5}


def test_a_page_of_messages_says_that_there_are_more(api: Api) -> None:
    answer = api.get("/runtime/session_abc123/messages/?limit=1&offset=0").json()
    assert [message["content"] for message in answer["messages"]] == ["Hello, I need help with my account."]
    assert answer["total"] == 2
    assert answer["has_more"] is True


def test_a_new_agent_was_created_when_it_was_updated(api: Api) -> None:
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 204
    created = ask(api.with_contract("reference"), GOLDENS["agent-create"]).json()
    assert created["created_at"] == created["updated_at"]


def test_the_agents_of_the_default_seed_are_listed_as_a_bare_array(api: Api) -> None:
    first, second = api.get("/agent/").json()
    assert shape(first) == shape(AGENT_OBJECT)
    assert first["agent_key"] == "customer_support_agent"
    assert second["agent_key"] == "research_assistant"
    assert set(second) == set(AGENT_OBJECT)


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
