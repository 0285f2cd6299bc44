"""Every error has one envelope, its own status, and its place in the order of errors (D05)."""

from typing import Any

import pytest
import requests

from atthene_emulator.addresses import CONTROL
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import Api
from tests.rows import UNMET, filled, sent

UNAUTHENTICATED = {
    "error": {"type": "authentication_error", "message": "Invalid or missing authentication credentials"}
}
EXPIRED = {"error": {"type": "authentication_error", "message": "API key has expired"}}
FORBIDDEN = {"error": {"type": "permission_error", "message": "You do not have permission to access this resource"}}
TOO_LARGE = b" " * (1024 * 1024 + 1)

METHODS_OF_PATH = {row.path: {other.method for other in OPERATIONS if other.path == row.path} for row in OPERATIONS}
HARMLESS = {row.path for row in OPERATIONS if row.method == "GET" and row.safe}
ALLOWED = {
    path: {*methods, "OPTIONS"} | ({"HEAD"} if path in HARMLESS else set()) for path, methods in METHODS_OF_PATH.items()
}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
every_path = pytest.mark.parametrize("path", ALLOWED)


def path_of(path: str, **others: str) -> str:
    """A path of the table with its parameters filled in, and with the query that the path needs."""
    where = filled(path, **others)
    return f"{where}?agent_key=customer_support_agent" if path == "/sessions/from-agent/" else where


@pytest.mark.parametrize(
    ("key", "status", "body"),
    [
        pytest.param(None, 401, UNAUTHENTICATED, id="no key"),
        pytest.param("no-such-key", 401, UNAUTHENTICATED, id="unknown key"),
        pytest.param("expired-key", 401, EXPIRED, id="expired key"),
        pytest.param("forbidden-key", 403, FORBIDDEN, id="key without permission"),
    ],
)
@every_operation
def test_error_shape(api: Api, operation: Operation, key: str | None, status: int, body: dict[str, Any]) -> None:
    answer = api.as_account(key).request(operation.method, path_of(operation.path), **sent(operation))
    assert answer.status_code == status
    assert answer.json() == body
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Emulator-Evidence"] == "documented"


@pytest.mark.parametrize(
    ("method", "path", "status", "page"),
    [
        ("GET", "/agent/nobody/", 404, "not_found"),
        ("GET", "/sessions/?limit=x", 400, "validation_error"),
        ("DELETE", "/agent/", 405, "method_not_allowed_error"),
        ("DELETE", "/__emulator/namespaces/nowhere", 404, "unknown"),
        ("GET", "/__emulator/clocks", 404, "unknown"),
    ],
)
def test_an_error_names_its_place_in_the_reference(api: Api, method: str, path: str, status: int, page: str) -> None:
    ours = path.startswith(CONTROL)
    answer = api.control(method, path.removeprefix(CONTROL)) if ours else api.request(method, path)
    named = answer.headers["X-Emulator-Page"]
    assert (answer.status_code, named) == (status, f"docs/reference/errors.md#{page}")


@every_operation
def test_the_requests_of_this_module_are_fine_with_a_good_key(api: Api, operation: Operation) -> None:
    answer = api.request(operation.method, path_of(operation.path), **sent(operation))
    assert answer.status_code == UNMET.get(operation.name, operation.status)


def test_head_stands_for_every_get_but_those_that_create() -> None:
    assert {path for path, allowed in ALLOWED.items() if "GET" in allowed and "HEAD" not in allowed} == {
        "/sessions/from-agent/",
        "/sessions/default-agent/",
    }


@pytest.mark.parametrize(
    ("path", "method"),
    [
        pytest.param(path, method, id=f"{method} {path}")
        for path, allowed in ALLOWED.items()
        for method in sorted(METHODS - allowed)
    ],
)
def test_another_method_is_refused_with_the_allowed_ones(api: Api, path: str, method: str) -> None:
    answer = api.request(method, path_of(path))
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == ALLOWED[path]
    if method != "HEAD":
        assert answer.json()["error"]["type"] == "method_not_allowed_error"


@every_path
def test_options_names_the_allowed_methods_and_needs_no_key(api: Api, path: str) -> None:
    answer = api.as_account(None).request("OPTIONS", path_of(path))
    assert answer.status_code == 204
    assert set(answer.headers["Allow"].split(", ")) == ALLOWED[path]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/agents/",
        "/session/",
        "/agent/x/y/",
        "/sessions//",
        "/sessions/session_abc123/messages/",
        "/runtime/",
        "/runtime/session_abc123/",
        "/Sessions/",
    ],
)
def test_an_unknown_path_is_not_found(api: Api, method: str, path: str) -> None:
    answer = api.request(method, path)
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Not found"}}


@pytest.mark.parametrize("path", ["/ws/amas/", "/ws/amas"])
def test_the_path_of_the_socket_wants_an_upgrade(api: Api, path: str) -> None:
    answer = api.http.get(api.server.url + path, timeout=10)
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert answer.json()["error"]["type"] == "upgrade_required_error"


@pytest.mark.parametrize("path", ["/ws/amas/x", "/ws/amas/x/", "/ws"])
def test_below_the_socket_there_is_nothing(api: Api, path: str) -> None:
    assert api.http.get(api.server.url + path, timeout=10).status_code == 404


@pytest.mark.parametrize("path", ["/index.html", "/sessions/", "/api/sessions/", "/api/v2/sessions/", "/api"])
def test_nothing_is_served_outside_of_the_api(api: Api, path: str) -> None:
    answer = api.http.get(api.server.url + path, headers={"x-api-key": "test-key"}, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found"


def test_head_of_an_unknown_path_is_not_found_without_a_body(api: Api) -> None:
    answer = api.request("HEAD", "/nothing/")
    assert answer.status_code == 404
    assert answer.content == b""


OF_ONE_SESSION = [row for row in OPERATIONS if "{session_id}" in row.path]
OF_ONE_AGENT = [row for row in OPERATIONS if "{agent_id}" in row.path]


@pytest.mark.parametrize("operation", OF_ONE_SESSION + OF_ONE_AGENT, ids=lambda operation: operation.name)
def test_what_belongs_to_another_account_is_not_found_and_untouched(api: Api, operation: Operation) -> None:
    before = api.control("GET", "/state").json()
    answer = api.as_account("other-key").request(operation.method, path_of(operation.path), **sent(operation))
    assert answer.status_code == 404
    what = "Session not found" if operation in OF_ONE_SESSION else "Agent not found"
    assert answer.json() == {"error": {"type": "not_found", "message": what}}
    after = api.control("GET", "/state").json()
    assert (after["agents"], after["sessions"]) == (before["agents"], before["sessions"])


@pytest.mark.parametrize("operation", OF_ONE_SESSION, ids=lambda operation: operation.name)
def test_an_unknown_session_is_not_found(api: Api, operation: Operation) -> None:
    answer = api.request(operation.method, path_of(operation.path, session_id="no-such"), **sent(operation))
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Session not found"}}


@pytest.mark.parametrize("operation", OF_ONE_AGENT, ids=lambda operation: operation.name)
def test_an_unknown_agent_is_not_found(api: Api, operation: Operation) -> None:
    answer = api.request(operation.method, path_of(operation.path, agent_id="no-such"), **sent(operation))
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Agent not found"}}


def test_another_accounts_agent_key_is_unknown(api: Api) -> None:
    answer = api.as_account("other-key").get("/agent/customer_support_agent/")
    assert answer.status_code == 404


def test_lists_show_nothing_of_another_account(api: Api) -> None:
    assert api.as_account("other-key").get("/agent/").json() == []
    assert api.as_account("other-key").get("/sessions/").json() == []


@pytest.mark.parametrize(
    ("status", "kind", "options"),
    [
        pytest.param(400, "validation_error", {"data": b"{"}, id="400"),
        pytest.param(413, "request_too_large_error", {"data": TOO_LARGE}, id="413"),
        pytest.param(
            415,
            "unsupported_media_type_error",
            {"data": b"{}", "headers": {"Content-Type": "text/plain"}},
            id="415",
        ),
    ],
)
@pytest.mark.parametrize(
    "operation",
    [row for row in OPERATIONS if row.body is not None and not row.files],
    ids=lambda operation: operation.name,
)
def test_a_bad_body_is_refused(api: Api, operation: Operation, status: int, kind: str, options: dict[str, Any]) -> None:
    answer = api.request(operation.method, path_of(operation.path), **options)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == kind


EXECUTE = "/runtime/session_abc123/execute/"
UNKNOWN = "/runtime/no-such/execute/"
PLAIN = {"Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("method", "path", "key", "headers", "data", "status"),
    [
        pytest.param("PUT", "/nothing/", None, PLAIN, TOO_LARGE, 404, id="unknown path before everything"),
        pytest.param("PUT", EXECUTE, None, PLAIN, TOO_LARGE, 405, id="method before key"),
        pytest.param("POST", EXECUTE, None, PLAIN, TOO_LARGE, 401, id="key before size"),
        pytest.param("POST", UNKNOWN, "expired-key", {}, b"{", 401, id="key before the body and the session"),
        pytest.param("POST", UNKNOWN, "forbidden-key", {}, b"{", 403, id="permission before the body and the session"),
        pytest.param("POST", UNKNOWN, "test-key", PLAIN, TOO_LARGE, 413, id="size before media type"),
        pytest.param("POST", UNKNOWN, "test-key", PLAIN, b"{", 415, id="media type before syntax"),
        pytest.param("POST", UNKNOWN, "test-key", {}, b"{", 400, id="syntax before the session"),
        pytest.param("POST", UNKNOWN, "test-key", {}, b"{}", 400, id="schema before the session"),
        pytest.param("POST", EXECUTE, "other-key", {}, b"{}", 400, id="schema before the owner"),
        pytest.param("POST", UNKNOWN, "test-key", {}, b'{"content": "x", "inputs": {"y": 1}}', 404, id="session first"),
        pytest.param("POST", EXECUTE, "other-key", {}, b'{"content": "x", "inputs": {"y": 1}}', 404, id="owner first"),
        pytest.param("GET", "/runtime/no-such/messages/?limit=x", "test-key", {}, b"", 400, id="query before session"),
    ],
)
def test_the_first_error_in_order_wins(
    api: Api, *, method: str, path: str, key: str | None, headers: dict[str, str], data: bytes, status: int
) -> None:
    answer = api.as_account(key).request(method, path, headers=headers, data=data)
    assert answer.status_code == status


def test_a_duplicate_key_comes_after_an_invalid_configuration(api: Api) -> None:
    taken = {"name": "Customer Support Agent", "agent_type": "no_such_type"}
    assert api.post("/agent/", json={"system_config": taken}).status_code == 400
    valid = {"name": "Customer Support Agent", "agent_type": "llm_agent"}
    assert api.post("/agent/", json={"system_config": valid}).json() == {
        "error": {"type": "validation_error", "message": "Agent with this key already exists"}
    }


def test_an_invalid_configuration_lists_every_mistake_by_field(api: Api) -> None:
    configuration = {
        "name": "Two mistakes",
        "agents": [
            {"name": "one", "agent_type": "llm_agent", "llm_config": {"model": "no-such-model"}},
            {"name": "two", "agent_type": "llm_agent", "llm_config": {"model": "nor-this"}},
        ],
        "entry_point": "one",
        "edges": [{"from": "one", "to": "two"}, {"from": "two", "to": "END"}],
    }
    answer = api.post("/sessions/", json=configuration)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "validation_error"
    assert answer.json()["error"]["details"]["errors"] == [
        {"field": "agents.0.llm_config.model", "message": "Invalid model specified"},
        {"field": "agents.1.llm_config.model", "message": "Invalid model specified"},
    ]


@pytest.mark.parametrize("contract", ["", "Current", "newest", "current,reference", "1"])
def test_an_unknown_contract_is_the_emulators_own_error(api: Api, contract: str) -> None:
    answer = api.get("/agent/", headers={"X-Emulator-Contract": contract})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "type": "emulator_error",
            "message": "X-Emulator-Contract must be one of current, reference, connecting",
        }
    }


def test_an_unknown_namespace_is_the_emulators_own_error(api: Api) -> None:
    answer = api.get("/agent/", headers={"X-Emulator-Namespace": "no-such"})
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "emulator_error"


def test_request_ids_count_up(api: Api) -> None:
    first, second = (api.get("/agent/").headers["X-Request-Id"] for _ in range(2))
    assert int(second.removeprefix("req_")) == int(first.removeprefix("req_")) + 1


def test_a_path_outside_says_where_to_go(api: Api) -> None:
    answer = requests.get(f"{api.server.url}/x", timeout=10)
    said = "There is no /x; the API is below /api/v1, the control plane below /__emulator"
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, said)
