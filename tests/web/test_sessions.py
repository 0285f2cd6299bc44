"""Sessions: created from a configuration or an agent, isolated, and constant for their whole life."""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.conftest import FLAT, Api

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
YAML = """\
# the same as FLAT, in another order
llm_config: {temperature: 0.7, model: gpt-4o}
system_prompt: "You are a helpful customer support agent."
agent_type: llm_agent
name: Support Session
"""


def hash_of(api: Api, **options: Any) -> str:
    """The hash of a new session."""
    answer = api.post("/sessions/", **options)
    assert answer.status_code == 201, answer.text
    given: str = answer.json()["config_hash"]
    return given


def listed(api: Api, query: str = "") -> list[str]:
    """Ids of the account's sessions."""
    return [session["session_id"] for session in api.get(f"/sessions/{query}").json()]


def test_equal_configurations_have_equal_hashes_however_they_are_written(api: Api) -> None:
    written = hash_of(api, json=FLAT)
    assert hash_of(api, json=dict(reversed(FLAT.items()))) == written
    assert hash_of(api, data=json.dumps(FLAT, indent=4).encode()) == written
    assert hash_of(api, data=YAML.encode(), headers={"Content-Type": "application/yaml"}) == written


def test_different_configurations_have_different_hashes(api: Api) -> None:
    assert hash_of(api, json=FLAT) != hash_of(api, json={**FLAT, "name": "Support session"})


def test_the_hash_is_the_sha256_of_the_canonical_json(api: Api) -> None:
    configuration = {**FLAT, "system_prompt": "Grüß Gott, 日本"}
    canonical = json.dumps(configuration, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert hash_of(api, json=configuration) == f"object:{digest}:u:anon"
    assert hash_of(api.with_contract("reference"), json=configuration) == digest[:12]
    assert hash_of(api.with_contract("connecting"), json=configuration) == digest[:12]


@pytest.mark.parametrize(
    ("contract", "pattern"),
    [
        pytest.param("current", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", id="current"),
        pytest.param("reference", r"session_[0-9a-f]{12}", id="reference"),
        pytest.param("connecting", r"sess_[0-9a-f]{12}", id="connecting"),
    ],
)
def test_a_session_id_looks_as_its_contract_says(api: Api, contract: str, pattern: str) -> None:
    client = api.with_contract(contract)
    assert re.fullmatch(pattern, client.create_session())
    assert re.fullmatch(pattern, client.post(f"/sessions/from-agent/{AGENT_ID}/").json()["session_id"])


def test_without_the_contract_header_the_newest_contract_holds(api: Api) -> None:
    answer = api.http.post(f"{api.server.base_url}/sessions/", json=FLAT, headers={"x-api-key": "test-key"}, timeout=10)
    assert answer.json()["config_hash"].startswith("object:")


def test_a_session_of_one_contract_is_read_in_another(api: Api) -> None:
    session_id = api.with_contract("connecting").create_session()
    answer = api.with_contract("current").get(f"/sessions/{session_id}/")
    assert answer.status_code == 200
    assert answer.json()["session_id"] == session_id
    assert answer.json()["config_hash"].startswith("object:")


def test_a_configuration_is_echoed_with_its_keys_in_order_and_nothing_added(api: Api) -> None:
    configuration = {"agent_type": "llm_agent", "name": "Order", "description": "z before a", "system_prompt": ""}
    answer = api.get(f"/sessions/{api.create_session(configuration)}/")
    assert list(answer.json()["agent_config"].items()) == list(configuration.items())


def test_an_invalid_configuration_creates_no_session(api: Api) -> None:
    before = listed(api)
    answer = api.post("/sessions/", json={**FLAT, "llm_config": {"model": "no-such-model"}})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "validation_error"
    assert answer.json()["error"]["details"]["errors"] == [
        {"field": "llm_config.model", "message": "Invalid model specified"}
    ]
    assert listed(api) == before


def test_the_same_configuration_gives_a_new_session_each_time(api: Api) -> None:
    first, second = api.create_session(), api.create_session()
    assert first != second
    api.execute(first)
    assert api.get(f"/runtime/{second}/messages/").json()["total"] == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", f"/sessions/from-agent/{AGENT_ID}/", id="POST"),
        pytest.param("GET", "/sessions/from-agent/?agent_key=customer_support_agent", id="GET"),
    ],
)
def test_each_call_of_from_agent_creates_a_session_of_the_agent(api: Api, method: str, path: str) -> None:
    before = listed(api)
    first, second = (api.request(method, path).json() for _ in range(2))
    assert listed(api) == [second["session_id"], first["session_id"], *before]
    agent = api.get(f"/agent/{AGENT_ID}/").json()
    assert (first["agent_id"], first["agent_name"]) == (AGENT_ID, agent["name"])
    assert first["config_hash"].startswith(f"object:{agent['config_hash']}")
    assert api.get(f"/sessions/{first['session_id']}/").json()["agent_config"] == agent["system_config"]


def test_a_session_keeps_its_configuration_when_the_agent_is_patched(api: Api) -> None:
    session_id = api.post(f"/sessions/from-agent/{AGENT_ID}/").json()["session_id"]
    before = api.get(f"/sessions/{session_id}/").json()
    api.patch(f"/agent/{AGENT_ID}/", json={"system_config": {"system_prompt": "New."}})
    assert api.get(f"/sessions/{session_id}/").json() == before
    newer = api.post(f"/sessions/from-agent/{AGENT_ID}/").json()
    assert newer["config_hash"] != before["config_hash"]


def test_a_session_outlives_its_agent(api: Api) -> None:
    session_id = api.post(f"/sessions/from-agent/{AGENT_ID}/").json()["session_id"]
    before = api.get(f"/sessions/{session_id}/").json()
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 204
    assert api.get(f"/sessions/{session_id}/").json() == before
    assert api.execute(session_id).status_code == 200
    assert session_id in listed(api, "?agent_key=customer_support_agent")


def test_no_session_starts_from_a_deleted_agent(api: Api) -> None:
    api.delete(f"/agent/{AGENT_ID}/")
    assert api.post(f"/sessions/from-agent/{AGENT_ID}/").status_code == 404
    assert api.get("/sessions/from-agent/?agent_key=customer_support_agent").status_code == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("", 400, id="missing"),
        pytest.param("?agent_key=", 400, id="empty"),
        pytest.param("?key=customer_support_agent", 400, id="misnamed"),
        pytest.param("?agent_key=a&agent_key=b", 400, id="twice"),
        pytest.param("?agent_key=no_such_agent", 404, id="unknown"),
        pytest.param("?agent_key=Customer+Support+Agent", 404, id="the name"),
    ],
)
def test_from_agent_needs_the_key_of_an_agent(api: Api, method: str, query: str, status: int) -> None:
    before = listed(api)
    answer = api.request(method, f"/sessions/from-agent/{query}")
    assert answer.status_code == status
    if status == 400:
        assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == ["agent_key"]
    assert listed(api) == before


def test_delete_by_agent_takes_only_the_accounts_own_sessions_of_that_agent(api: Api) -> None:
    other = api.as_account("other-key")
    configuration = {**FLAT, "name": "Customer Support Agent"}
    assert other.post("/agent/", json={"system_config": configuration}).status_code == 201
    theirs = other.get("/sessions/from-agent/?agent_key=customer_support_agent").json()["session_id"]
    inline = api.create_session(configuration)
    research = api.get("/sessions/from-agent/?agent_key=research_assistant").json()["session_id"]
    api.get("/sessions/from-agent/?agent_key=customer_support_agent")
    answer = api.delete("/sessions/from-agent/?agent_key=customer_support_agent")
    assert answer.json() == {"deleted": 2}
    assert listed(api) == [research, inline]
    assert listed(other) == [theirs]
    assert api.get("/sessions/session_abc123/").status_code == 404


def test_delete_by_agent_of_an_agent_without_sessions_deletes_none(api: Api) -> None:
    assert api.delete("/sessions/from-agent/?agent_key=research_assistant").json() == {"deleted": 0}


def test_sessions_are_listed_newest_first_with_documented_fields(api: Api) -> None:
    inline = api.create_session()
    started = api.post(f"/sessions/from-agent/{AGENT_ID}/").json()
    answer = api.get("/sessions/").json()
    assert [session["session_id"] for session in answer] == [started["session_id"], inline, "session_abc123"]
    assert answer[0] == {
        "session_id": started["session_id"],
        "config_hash": started["config_hash"],
        "created_at": answer[0]["created_at"],
        "status": "active",
    }
    assert re.fullmatch(TIME, answer[1]["created_at"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", [4, 3, 2, 1, 0], id="all"),
        pytest.param("?limit=2", [4, 3], id="limit"),
        pytest.param("?offset=3", [1, 0], id="offset"),
        pytest.param("?limit=2&offset=1", [3, 2], id="both"),
        pytest.param("?limit=2&offset=4", [0], id="last page"),
        pytest.param("?offset=5", [], id="behind the end"),
        pytest.param("?offset=999999999", [], id="far behind the end"),
        pytest.param("?limit=1000", [4, 3, 2, 1, 0], id="largest limit"),
        pytest.param("?agent_key=customer_support_agent", [3, 0], id="agent_key"),
        pytest.param("?agent_key=customer_support_agent&limit=1&offset=1", [0], id="agent_key and page"),
        pytest.param("?agent_key=no_such_agent", [], id="unknown agent_key"),
        pytest.param("?colour=blue", [4, 3, 2, 1, 0], id="unknown parameter"),
    ],
)
def test_the_list_is_paged_and_filtered(api: Api, query: str, expected: list[int]) -> None:
    ids = [
        "session_abc123",
        api.create_session(),
        api.create_session(),
        api.post(f"/sessions/from-agent/{AGENT_ID}/").json()["session_id"],
        api.create_session(),
    ]
    assert listed(api, query) == [ids[index] for index in expected]


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize(
    "value", ["", "x", "-1", "1.5", "1e3", "0x10", "%201", "1_0", "%D9%A1", "9999999999", "1&limit=1&offset=1"]
)
@pytest.mark.parametrize("path", ["/sessions/", "/runtime/session_abc123/messages/"])
def test_a_bad_page_is_refused(api: Api, path: str, name: str, value: str) -> None:
    answer = api.get(f"{path}?{name}={value}")
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "validation_error"
    assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == [name]


def test_every_bad_parameter_is_named(api: Api) -> None:
    answer = api.get("/sessions/?limit=x&offset=y&agent_key=")
    assert {error["field"] for error in answer.json()["error"]["details"]["errors"]} == {"limit", "offset", "agent_key"}


def test_a_deleted_session_is_gone(api: Api) -> None:
    session_id = api.create_session()
    answer = api.delete(f"/sessions/{session_id}/")
    assert answer.status_code == 204
    assert session_id not in listed(api)
    assert api.get(f"/sessions/{session_id}/").status_code == 404
    assert api.get(f"/runtime/{session_id}/messages/").status_code == 404
    assert api.execute(session_id).status_code == 404
    assert api.delete(f"/sessions/{session_id}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/agent",
        f"/agent/{AGENT_ID}",
        "/sessions",
        "/sessions/session_abc123",
        "/runtime/session_abc123/messages",
        "/runtime/session_abc123/status",
    ],
)
def test_both_slash_forms_answer_the_same_without_a_redirect(api: Api, path: str) -> None:
    with_slash, without = (api.get(form, allow_redirects=False) for form in (f"{path}/", path))
    assert with_slash.status_code == without.status_code == 200
    assert with_slash.json() == without.json()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", "/sessions", FLAT, 201, id="create"),
        pytest.param("POST", f"/sessions/from-agent/{AGENT_ID}", None, 201, id="from agent"),
        pytest.param("GET", "/sessions/from-agent?agent_key=customer_support_agent", None, 200, id="from agent by key"),
        pytest.param(
            "DELETE", "/sessions/from-agent?agent_key=customer_support_agent", None, 200, id="delete by agent"
        ),
        pytest.param("DELETE", "/sessions/session_abc123", None, 204, id="delete"),
        pytest.param("POST", "/runtime/session_abc123/execute", {"content": "Hello"}, 200, id="execute"),
        pytest.param("POST", "/agent", {"system_config": FLAT}, 201, id="create agent"),
        pytest.param("POST", "/agent/validate", FLAT, 200, id="validate"),
        pytest.param("PATCH", f"/agent/{AGENT_ID}", {"system_config": {}}, 200, id="update agent"),
        pytest.param("DELETE", f"/agent/{AGENT_ID}", None, 204, id="delete agent"),
    ],
)
def test_a_path_without_its_slash_does_the_same(api: Api, method: str, path: str, body: Any, status: int) -> None:
    answer = api.request(method, path, json=body, allow_redirects=False)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/agent/",
        f"/agent/{AGENT_ID}/",
        "/sessions/",
        "/sessions/session_abc123/",
        "/runtime/session_abc123/messages/",
        "/runtime/session_abc123/status/",
    ],
)
def test_head_answers_like_get_without_the_body(api: Api, path: str) -> None:
    head, get = api.request("HEAD", path), api.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["Content-Type"] == "application/json"


def test_head_does_not_create_a_session(api: Api) -> None:
    before = listed(api)
    assert api.request("HEAD", "/sessions/from-agent/?agent_key=customer_support_agent").status_code == 405
    assert listed(api) == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Authorization": "Bearer test-key"}, 200, id="Bearer"),
        pytest.param({"Authorization": "bearer test-key"}, 200, id="bearer in lower case"),
        pytest.param({"Authorization": "Bearer no-such-key"}, 401, id="unknown Bearer"),
        pytest.param({"Authorization": "Bearer"}, 401, id="Bearer without a key"),
        pytest.param({"Authorization": "Basic test-key"}, 401, id="Basic"),
        pytest.param({"Authorization": "test-key"}, 401, id="bare Authorization"),
        pytest.param({"X-API-KEY": "test-key"}, 200, id="header in capitals"),
        pytest.param({"x-api-key": "TEST-KEY"}, 401, id="key in capitals"),
        pytest.param({"x-api-key": "test-key", "Authorization": "Bearer no-such-key"}, 200, id="x-api-key wins"),
        pytest.param({"x-api-key": "no-such-key", "Authorization": "Bearer test-key"}, 401, id="x-api-key wins, too"),
        pytest.param({"api-key": "test-key"}, 401, id="misnamed header"),
    ],
)
def test_the_key_is_in_x_api_key_or_bearer(api: Api, headers: dict[str, str], status: int) -> None:
    assert api.as_account(None).get("/sessions/", headers=headers).status_code == status


def test_bearer_and_x_api_key_are_the_same_account(api: Api) -> None:
    session_id = api.create_session()
    bearer = {"Authorization": "Bearer test-key"}
    assert api.as_account(None).get(f"/sessions/{session_id}/", headers=bearer).status_code == 200


def test_a_key_in_the_query_is_not_a_key(api: Api) -> None:
    assert api.as_account(None).get("/sessions/?x-api-key=test-key&api_key=test-key").status_code == 401


@pytest.mark.parametrize(
    "session_id", ["%2e%2e", "..%2fagent", "%00", "%ff", "a%20b", "x" * 4000, "%F0%9F%98%80", "{session_id}", "{}"]
)
def test_odd_session_ids_are_just_unknown(api: Api, session_id: str) -> None:
    answer = api.get(f"/runtime/{session_id}/status/")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found"


def test_warnings_are_told_by_code_in_a_header_only(api: Api) -> None:
    plain = {"name": "Plain", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Be brief."}}
    configuration = {**plain, "temprature": 1, "tools": ["calculator"]}
    created = api.post("/sessions/", json=configuration)
    assert (created.status_code, created.headers["X-Emulator-Diagnostics"]) == (201, "F112, F122")
    validated = api.post("/agent/validate/", json=configuration)
    assert validated.json() == {"valid": True, "message": "Configuration is valid"}
    assert validated.headers["X-Emulator-Diagnostics"] == "F112, F122"
    assert "X-Emulator-Diagnostics" not in api.post("/sessions/", json=plain).headers


def test_an_unknown_key_is_an_error_in_strict_mode(api: Api) -> None:
    refused = api.post("/sessions/", json={**FLAT, "temprature": 1}, headers={"X-Emulator-Strict": "1"})
    assert refused.status_code == 400
    assert [problem["field"] for problem in refused.json()["error"]["details"]["errors"]] == ["temprature"]


# The three contracts


UUID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
LONG, SHORT = r"object:[0-9a-f]{64}:u:anon", r"[0-9a-f]{12}"
FORMS = {
    "success": "True",
    "agent_id": AGENT_ID,
    "agent_key": "customer_support_agent",
    "agent_name": "Customer Support Agent",
    "created_at": TIME,
}


@pytest.mark.parametrize(
    ("contract", "session_id", "config_hash", "created", "started"),
    [
        ("current", UUID_FORM, LONG, ["success", "session_id", "config_hash"],
         ["success", "session_id", "config_hash", "agent_id", "agent_name"]),
        ("reference", r"session_[0-9a-f]{12}", SHORT, ["success", "session_id", "config_hash"],
         ["success", "session_id", "agent_id", "config_hash"]),
        ("connecting", r"sess_[0-9a-f]{12}", SHORT, ["session_id", "config_hash", "created_at"],
         ["session_id", "agent_key", "created_at"]),
    ],
    ids=["current", "reference", "connecting"],
)  # fmt: skip
def test_each_contract_answers_exactly_its_page(  # noqa: PLR0917  # a row of the table
    api: Api, contract: Any, session_id: str, config_hash: str, created: list[str], started: list[str]
) -> None:
    client = api.with_contract(contract)
    forms = {**FORMS, "session_id": session_id, "config_hash": config_hash}
    answers = {
        "POST /sessions/": (client.post("/sessions/", json=FLAT), 201, created),
        "default": (client.get("/sessions/default-agent/"), 200, created),
        "by key": (client.get("/sessions/from-agent/?agent_key=customer_support_agent"), 200, started),
        "by id": (client.post(f"/sessions/from-agent/{AGENT_ID}/"), 201, started),
    }
    for answer, status, fields in answers.values():
        assert answer.status_code == status
        assert list(answer.json()) == fields
        for name, value in answer.json().items():
            assert re.fullmatch(forms[name], str(value)), (name, value)


# The default agent


def test_the_default_agent_is_the_studios_template(api: Api) -> None:
    started = api.get("/sessions/default-agent/").json()
    kept = api.get(f"/sessions/{started['session_id']}/").json()["agent_config"]
    assert kept["name"] == "Basic Dynamic Agent Test"
    assert [agent["name"] for agent in kept["agents"]] == ["test_basic_agent"]
    assert api.execute(started["session_id"]).status_code == 200


def test_a_seed_may_name_another_default_agent(api: Api) -> None:
    seed = {"accounts": [{"id": "a", "api_keys": ["default-agent-key"]}], "default_agent": {**FLAT, "name": "Mine"}}
    made = api.control("POST", "/namespaces", json={"name": "default-agent", "seed": seed}).json()
    client = api.as_account("default-agent-key")
    started = client.get("/sessions/default-agent/").json()
    assert client.get(f"/sessions/{started['session_id']}/").json()["agent_config"]["name"] == "Mine"
    assert api.control("DELETE", f"/namespaces/{made['name']}").status_code == 204


def test_an_invalid_default_agent_is_told_with_its_field(api: Api) -> None:
    answer = api.control("POST", "/namespaces", json={"seed": {"default_agent": {"name": "x", "agent_type": "robot"}}})
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["error"]["details"]["errors"]] == ["seed.default_agent.agent_type"]


@pytest.mark.parametrize("path", ["/sessions/default-agent/", "/sessions/from-agent/?agent_key=customer_support_agent"])
def test_head_creates_nothing(api: Api, path: str) -> None:
    before = listed(api)
    assert api.request("HEAD", path).status_code == 405
    assert listed(api) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/sessions/delete-all/"), ("GET", "/sessions/feedback/"), ("POST", "/sessions/default-agent/")],
)
def test_a_wrong_method_on_a_literal_path_is_no_look_up(api: Api, method: str, path: str) -> None:
    assert api.request(method, path).status_code == 405


# End users


def token(claims: Any, *, parts: int = 3) -> dict[str, str]:
    def part(value: Any) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return {"X-External-User-Token": ".".join([part({"alg": "none"}), part(claims), "sig"][:parts])}


DEEP = "a." + urlsafe_b64encode(b"[" * 2000).decode().rstrip("=") + ".c"
ALICE, BOB = token({"sub": "alice", "exp": 1}), token({"sub": "bob"})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sessions/", FLAT),
        ("GET", "/sessions/default-agent/", None),
        ("GET", "/sessions/from-agent/?agent_key=customer_support_agent", None),
        ("POST", f"/sessions/from-agent/{AGENT_ID}/", None),
    ],
)
def test_a_session_of_an_end_user_is_reached_by_that_user_and_without_a_token(
    api: Api, method: str, path: str, body: Any
) -> None:
    session_id = api.request(method, path, json=body, headers=ALICE).json()["session_id"]
    for headers, status in ((ALICE, 200), ({}, 200), (BOB, 404)):
        assert api.get(f"/sessions/{session_id}/", headers=headers).status_code == status
        assert api.get(f"/runtime/{session_id}/messages/", headers=headers).status_code == status
        answer = api.post(f"/runtime/{session_id}/execute/", json={"content": "Hello"}, headers=headers)
        assert answer.status_code == status
        assert (session_id in [one["session_id"] for one in api.get("/sessions/", headers=headers).json()]) == (
            status == 200
        )
    assert api.delete(f"/sessions/{session_id}/", headers=BOB).status_code == 404
    assert api.delete(f"/sessions/{session_id}/", headers=ALICE).status_code == 204


def test_a_page_of_the_list_has_only_what_the_user_reaches(api: Api) -> None:
    made = [api.post("/sessions/", json=FLAT, headers=who).json()["session_id"] for who in (ALICE, BOB, ALICE)]
    shown = api.get("/sessions/?limit=1&offset=1", headers=ALICE).json()
    assert [one["session_id"] for one in shown] == [made[0]]


def test_delete_all_of_a_user_leaves_the_sessions_of_others(api: Api) -> None:
    plain = api.create_session()
    alices, bobs = (api.post("/sessions/", json=FLAT, headers=who).json()["session_id"] for who in (ALICE, BOB))
    assert api.delete("/sessions/delete-all/", headers=ALICE).status_code == 204
    assert alices not in listed(api)
    assert {plain, bobs, "session_abc123"} <= set(listed(api))


def test_delete_all_deletes_all_of_the_account_and_nothing_else(api: Api) -> None:
    other = api.as_account("other-key")
    kept = other.create_session()
    api.post("/sessions/", json=FLAT, headers=ALICE)
    answer = api.delete("/sessions/delete-all/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert listed(api) == []
    assert listed(other) == [kept]
    assert api.delete("/sessions/delete-all/").status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-External-User-Token": "alice"}, id="no JWT"),
        pytest.param({"X-External-User-Token": ""}, id="empty"),
        pytest.param({"X-External-User-Token": "a.b.c"}, id="no base64url"),
        pytest.param({"X-External-User-Token": "a.\u00e9.c"}, id="not ASCII"),
        pytest.param(token({"sub": "alice"}, parts=2), id="two parts"),
        pytest.param(token({"name": "alice"}), id="no sub"),
        pytest.param(token({"sub": 5}), id="sub is a number"),
        pytest.param(token({"sub": ""}), id="sub is empty"),
        pytest.param(token(["alice"]), id="claims are a list"),
        pytest.param(token({"sub": "\ud800"}), id="sub is half a character"),
        pytest.param({"X-External-User-Token": DEEP}, id="claims are nested deeply"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/sessions/"), ("DELETE", "/sessions/delete-all/"), ("GET", "/sessions/")]
)
def test_a_malformed_token_is_refused_and_changes_nothing(
    api: Api, method: str, path: str, headers: dict[str, str]
) -> None:
    before = listed(api)
    answer = api.request(method, path, json=FLAT if method == "POST" else None, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "type": "authentication_error",
            "message": "X-External-User-Token is not a JWT with a claim sub; "
            "send header.claims.signature, each in base64url",
        }
    }
    assert answer.headers["X-Emulator-Evidence"] == "decided"
    assert listed(api) == before


def test_a_token_is_shown_by_nobody(api: Api) -> None:
    api.get("/sessions/", headers=ALICE)
    assert ALICE["X-External-User-Token"] not in api.control("GET", "/journal").text


# Feedback


def message_of(api: Api, session_id: str = "session_abc123") -> str:
    found: str = api.get(f"/runtime/{session_id}/messages/").json()["messages"][-1]["id"]
    return found


def test_feedback_is_kept_and_told(api: Api) -> None:
    message = message_of(api)
    answer = api.post("/sessions/feedback/", json={"message": message, "rating": 1, "comment": "Great answer!"})
    assert answer.status_code == 200
    told = answer.json()
    assert list(told) == ["id", "message", "rating", "comment", "created_at", "updated_at"]
    assert (told["message"], told["rating"], told["comment"]) == (message, 1, "Great answer!")
    assert told["created_at"] == told["updated_at"]


def test_feedback_on_the_same_message_updates_it(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    message = message_of(api)
    first = api.post("/sessions/feedback/", json={"message": message, "rating": 1, "comment": "Good"}).json()
    api.control("POST", "/clock/advance", json={"seconds": 60})
    second = api.post("/sessions/feedback/", json={"message": message, "rating": -1}).json()
    assert second == {**first, "rating": -1, "updated_at": "2025-01-15T10:31:00Z"}


@pytest.mark.parametrize("message", ["msg_nobody", "session_abc123", "\u0000"])
def test_feedback_on_an_unknown_message_is_not_found(api: Api, message: str) -> None:
    answer = api.post("/sessions/feedback/", json={"message": message, "rating": 1})
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Message not found"}}


def test_feedback_on_anothers_message_is_not_found(api: Api) -> None:
    body = {"message": message_of(api), "rating": 1}
    assert api.as_account("other-key").post("/sessions/feedback/", json=body).status_code == 404
    session_id = api.post("/sessions/", json=FLAT, headers=ALICE).json()["session_id"]
    api.execute(session_id)
    body = {"message": message_of(api, session_id)}
    assert api.post("/sessions/feedback/", json=body, headers=BOB).status_code == 404
    assert api.post("/sessions/feedback/", json=body, headers=ALICE).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rating": 1}, "message"),
        ({"message": 5}, "message"),
        ({"message": ""}, "message"),
        ({"message": "msg_1", "rating": "good"}, "rating"),
        ({"message": "msg_1", "rating": 0.5}, "rating"),
        ({"message": "msg_1", "comment": 5}, "comment"),
    ],
)
def test_feedback_of_the_wrong_form_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("/sessions/feedback/", json=body)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["error"]["details"]["errors"]] == [field]


def test_feedback_goes_with_its_session(api: Api) -> None:
    session_id = api.create_session()
    api.execute(session_id)
    body = {"message": message_of(api, session_id), "rating": 1}
    first = api.post("/sessions/feedback/", json=body).json()
    api.control("POST", "/snapshots", json={"name": "with-feedback"})
    assert api.delete(f"/sessions/{session_id}/").status_code == 204
    assert api.control("GET", "/snapshots/with-feedback").json()["feedback"][0]["id"] == first["id"]
    assert api.post("/sessions/feedback/", json=body).status_code == 404
