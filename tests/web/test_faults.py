"""Faults strike the requests that they are about, in the service's own words, and no others."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import FLAT, Api
from tests.rows import filled

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
SESSION_ID = "session_abc123"
ERRORS = {  # by status and the type that is asked for, the type that is answered
    (400, "validation_error"): "validation_error",
    (400, "content_policy_error"): "content_policy_error",
    (401, None): "authentication_error",
    (403, None): "permission_error",
    (404, None): "not_found",
    (405, None): "method_not_allowed_error",
    (413, None): "request_too_large_error",
    (415, None): "unsupported_media_type_error",
    (429, None): "rate_limit_error",
    (500, None): "internal_error",
    (503, None): "overloaded_error",
    (504, None): "timeout_error",
}

every_operation = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
every_error = pytest.mark.parametrize(
    ("fault", "kind"),
    [({"status": status, **({"type": wanted} if wanted else {})}, kind) for (status, wanted), kind in ERRORS.items()],
    ids=ERRORS.values(),
)


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose journal holds no requests of other modules."""
    with EmulatorServer() as running:
        yield running


def add(api: Api, *faults: dict[str, Any], **fault: Any) -> list[dict[str, Any]]:
    """Put faults in front of all others."""
    answer = api.control("POST", "/faults", json=list(faults) or fault)
    assert answer.status_code == 201, answer.text
    added: list[dict[str, Any]] = answer.json()
    return added


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def statuses(api: Api, count: int, path: str = "/agent/") -> list[int]:
    """What so many requests were answered."""
    return [api.get(path).status_code for _ in range(count)]


def path_of(row: Operation) -> str:
    return filled(row.path)


def unchecked(api: Api, method: str, path: str, **options: Any) -> requests.Response:
    """A request whose answer may be damaged."""
    headers = {"x-api-key": "test-key", **options.pop("headers", {})}
    return requests.request(method, api.server.base_url + path, headers=headers, timeout=10, **options)


def left(api: Api, method: str, path: str, body: Any = None) -> None:
    """Send a request and leave without an answer."""
    connection = HTTPConnection("127.0.0.1", int(api.server.url.rpartition(":")[2]), timeout=10)
    headers = {"x-api-key": "test-key", "Content-Type": "application/json"}
    connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
    connection.close()


def newest(api: Api) -> dict[str, Any]:
    """The journal's newest entry."""
    entry: dict[str, Any] = api.control("GET", "/journal").json()[-1]
    return entry


def awaited(api: Api, after: str, **match: Any) -> dict[str, Any]:
    """The first entry after another that matches, once it has come."""
    answer = api.control("POST", "/journal/wait", json={"match": match, "after": after})
    assert answer.status_code == 200, answer.text
    entry: dict[str, Any] = answer.json()[0]
    return entry


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it never came"


def counts(api: Api) -> tuple[int, int]:
    """How many agents and sessions there are."""
    held = api.control("GET", "/state").json()["counts"]
    return held["agents"], held["sessions"]


def fired(api: Api) -> list[int]:
    """How many requests each fault has struck."""
    return [fault["fired"] for fault in api.control("GET", "/faults").json()]


# What a fault is about


@every_operation
def test_a_fault_of_one_operation_strikes_that_alone(api: Api, row: Operation) -> None:
    add(api, {"operation": row.name, "status": 503}, {"operation": "*", "status": 500})
    answered = {one.name: api.request(one.method, path_of(one)).status_code for one in OPERATIONS}
    assert answered == {one.name: 503 if one.name == row.name else 500 for one in OPERATIONS}


@pytest.mark.parametrize("group", ["agents", "sessions", "runtime"])
def test_a_fault_of_a_group_strikes_its_operations(api: Api, group: str) -> None:
    add(api, {"operation": f"{group}.*", "status": 503}, {"operation": "*", "status": 500})
    answered = {one.name: api.request(one.method, path_of(one)).status_code for one in OPERATIONS}
    assert answered == {one.name: 503 if one.group == group else 500 for one in OPERATIONS}


def test_a_fault_without_an_operation_strikes_every_one(api: Api) -> None:
    add(api, status=503)
    assert {api.request(one.method, path_of(one)).status_code for one in OPERATIONS} == {503}


def test_a_fault_of_a_session_strikes_requests_about_it_alone(api: Api) -> None:
    other = api.create_session()
    add(api, session=other, status=503)
    assert api.get(f"/sessions/{other}/").status_code == 503
    assert api.execute(other).status_code == 503
    assert api.get(f"/sessions/{SESSION_ID}/").status_code == 200
    assert api.execute(SESSION_ID).status_code == 200
    assert api.get("/sessions/").status_code == 200
    assert fired(api) == [2]


def test_head_is_struck_as_get_is(api: Api) -> None:
    add(api, operation="agents.list", status=503)
    assert api.request("HEAD", "/agent/").status_code == 503


def test_a_fault_of_another_namespace_strikes_nothing_here(api: Api) -> None:
    made = api.control("POST", "/namespaces", json={}).json()
    api.control("POST", "/faults", json={"status": 503}, params={"namespace": made["name"]})
    assert api.as_account(made["api_key"]).get("/agent/").status_code == 503
    assert api.get("/agent/").status_code == 200
    assert api.control("DELETE", f"/namespaces/{made['name']}").status_code == 204


# When it strikes


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        pytest.param({}, "xxxxxxxx", id="always"),
        pytest.param({"times": 2}, "xx......", id="first"),
        pytest.param({"after": 3}, "...xxxxx", id="after"),
        pytest.param({"every": 3}, "..x..x..", id="every"),
        pytest.param({"every": 1}, "xxxxxxxx", id="every one"),
        pytest.param({"after": 2, "times": 3}, "..xxx...", id="after and first"),
        pytest.param({"after": 1, "every": 2}, "..x.x.x.", id="after and every"),
        pytest.param({"after": 1, "every": 2, "times": 2}, "..x.x...", id="all three"),
        pytest.param({"probability": 0}, "........", id="never"),
        pytest.param({"probability": 1}, "xxxxxxxx", id="certainly"),
        pytest.param({"probability": 0, "times": 1}, "........", id="never, though first"),
        pytest.param({"after": 0}, "xxxxxxxx", id="after none"),
    ],
)
def test_a_fault_strikes_the_requests_that_it_counts_out(api: Api, when: dict[str, Any], struck: str) -> None:
    add(api, operation="agents.list", status=503, **when)
    answered = statuses(api, 8)
    assert "".join("x" if status == 503 else "." for status in answered) == struck


def test_requests_that_a_fault_is_not_about_are_not_counted(api: Api) -> None:
    add(api, operation="agents.list", every=2, status=503)
    answered = []
    for _ in range(4):
        assert api.get("/sessions/").status_code == 200
        answered.append(api.get("/agent/").status_code)
    assert answered == [200, 503, 200, 503]


def chances(api: Api, seed: dict[str, Any], count: int = 40) -> str:
    """Which of so many requests a fault strikes in a new namespace."""
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    fault = {"operation": "agents.list", "status": 503, "probability": 0.5}
    api.control("POST", "/faults", json=fault, params={"namespace": made["name"]})
    struck = statuses(api.as_account(made["api_key"]), count)
    api.control("DELETE", f"/namespaces/{made['name']}")
    return "".join("x" if status == 503 else "." for status in struck)


def test_chance_is_the_same_in_every_namespace_of_one_seed(api: Api) -> None:
    first = chances(api, {"ids": {"seed": 7}})
    assert chances(api, {"ids": {"seed": 7}}) == first
    assert {"x", "."} == set(first)


def test_another_seed_gives_other_chances(api: Api) -> None:
    assert chances(api, {"ids": {"seed": 7}}) != chances(api, {"ids": {"seed": 8}})


def test_chance_strikes_about_as_often_as_it_says(api: Api) -> None:
    add(api, operation="agents.list", status=503, probability=0.25)
    assert 40 <= statuses(api, 250).count(503) <= 85


def test_chance_is_the_same_again_after_a_reset(api: Api) -> None:
    def struck() -> list[int]:
        add(api, id="coin", operation="agents.list", status=503, probability=0.5)
        return statuses(api, 20)

    first = struck()
    api.control("POST", "/reset")
    assert struck() == first


def test_two_faults_of_one_chance_do_not_strike_the_same_requests(api: Api) -> None:
    add(api, operation="agents.list", status=503, probability=0.5)
    add(api, operation="sessions.list", status=503, probability=0.5)
    assert statuses(api, 40) != statuses(api, 40, "/sessions/")


def test_the_first_fault_that_strikes_wins_and_later_ones_do_not_count(api: Api) -> None:
    add(api, {"id": "one", "status": 503, "every": 2}, {"id": "two", "status": 500, "times": 1})
    assert statuses(api, 4) == [500, 503, 200, 503]
    shown = {fault["id"]: (fault["matched"], fault["fired"]) for fault in api.control("GET", "/faults").json()}
    assert shown == {"one": (4, 2), "two": (2, 1)}


def test_what_is_added_later_is_tried_first(api: Api) -> None:
    add(api, id="old", status=500)
    add(api, id="new", status=503)
    assert [fault["id"] for fault in api.control("GET", "/faults").json()] == ["new", "old"]
    assert statuses(api, 1) == [503]


# Errors


@every_error
def test_an_injected_error_is_in_the_words_of_the_service(api: Api, fault: dict[str, Any], kind: str) -> None:
    add(api, operation="sessions.list", **fault)
    answer = api.get("/sessions/")
    assert answer.status_code == fault["status"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json().keys() == {"error"}
    assert answer.json()["error"].keys() == {"type", "message"}
    assert answer.json()["error"]["type"] == kind
    assert answer.json()["error"]["message"]
    assert answer.headers["X-Emulator-Fault"] == str(fault["status"])
    assert "X-Emulator-Evidence" not in answer.headers
    entry = newest(api)
    assert (entry["outcome"], entry["evidence"], entry["delivered"]) == ("fault", "", True)
    assert (entry["status"], entry["response"]) == (fault["status"], answer.json())


@pytest.mark.parametrize(
    ("method", "path", "kind", "message"),
    [
        ("POST", "/sessions/", "internal_error", "Failed to create session"),
        ("POST", f"/runtime/{SESSION_ID}/execute/", "execution_error", "Failed to execute message"),
        ("GET", f"/runtime/{SESSION_ID}/messages/", "internal_error", "Internal server error"),
        ("GET", "/agent/", "internal_error", "Internal server error"),
    ],
)
def test_an_injected_500_has_the_words_of_its_operation(
    api: Api, method: str, path: str, kind: str, message: str
) -> None:
    add(api, status=500)
    body = FLAT if path == "/sessions/" else {"content": "Hello"}
    answer = api.request(method, path, json=body if method == "POST" else None)
    assert answer.status_code == 500
    assert answer.json() == {"error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("POST", "/sessions/", "Invalid agent configuration"),
        ("POST", f"/runtime/{SESSION_ID}/execute/", "Invalid message format"),
    ],
)
def test_an_injected_400_has_the_words_of_its_operation(api: Api, method: str, path: str, message: str) -> None:
    add(api, status=400)
    answer = api.request(method, path, json={})
    assert answer.json() == {"error": {"type": "validation_error", "message": message}}


def test_an_injected_409_is_the_one_that_the_service_has(api: Api) -> None:
    add(api, status=409)
    answer = api.execute(SESSION_ID)
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "hitl_session_busy",
        "message": "This session is waiting for a human-in-the-loop response.",
    }


@every_error
def test_an_injected_error_says_what_it_is_told_to(api: Api, fault: dict[str, Any], kind: str) -> None:
    add(api, operation="agents.list", message="The tea is cold", **fault)
    assert api.get("/agent/").json() == {"error": {"type": kind, "message": "The tea is cold"}}


@every_error
def test_an_injected_error_carries_retry_after_when_told_to(api: Api, fault: dict[str, Any], kind: str) -> None:
    add(api, operation="agents.list", retry_after=17, **fault)
    answer = api.get("/agent/")
    assert answer.json()["error"]["type"] == kind
    assert answer.headers["Retry-After"] == "17"


@pytest.mark.parametrize("status", [429, 503])
def test_an_injected_error_may_say_to_come_back_at_once(api: Api, status: int) -> None:
    add(api, operation="agents.list", status=status, retry_after=0)
    assert api.get("/agent/").headers["Retry-After"] == "0"


def test_an_injected_429_says_when_to_come_back_and_no_other_error_does(api: Api) -> None:
    told = {}
    for status in sorted({status for status, _ in ERRORS}):
        answer = api.get("/agent/", headers={"X-Emulator-Fault": str(status)})
        told[status] = answer.headers.get("Retry-After")
    assert {status: after for status, after in told.items() if after} == {429: "1"}


def test_an_injected_405_names_the_methods_of_the_path(api: Api) -> None:
    answer = api.get("/agent/", headers={"X-Emulator-Fault": "405"})
    genuine = api.request("PUT", "/agent/")
    assert answer.status_code == genuine.status_code == 405
    assert answer.headers["Allow"] == genuine.headers["Allow"]
    assert answer.json() == {
        "error": {
            "type": "method_not_allowed_error",
            "message": "Method GET is not allowed here",
        }
    }


def genuine_429(api: Api) -> requests.Response:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    api.control("PUT", "/rate-limit", json={"requests": 1, "per_seconds": 1})
    assert api.get("/agent/").status_code == 200
    return api.get("/agent/")


@pytest.mark.parametrize(
    ("status", "path", "genuine"),
    [
        pytest.param(401, "/agent/", lambda api: api.as_account("wrong").get("/agent/"), id="401"),
        pytest.param(403, "/agent/", lambda api: api.as_account("forbidden-key").get("/agent/"), id="403"),
        pytest.param(404, f"/sessions/{SESSION_ID}/", lambda api: api.as_account("other-key").get(f"/sessions/{SESSION_ID}/"), id="404 of another's session"),
        pytest.param(404, f"/sessions/{SESSION_ID}/", lambda api: api.get("/sessions/no-such/"), id="404 of a session"),
        pytest.param(404, f"/runtime/{SESSION_ID}/status/", lambda api: api.get("/runtime/no-such/status/"), id="404 of a status"),
        pytest.param(404, f"/agent/{AGENT_ID}/", lambda api: api.get("/agent/no-such/"), id="404 of an agent"),
        pytest.param(404, "/sessions/from-agent/?agent_key=customer_support_agent", lambda api: api.get("/sessions/from-agent/?agent_key=no-such"), id="404 of a start by key"),
        pytest.param(429, "/agent/", genuine_429, id="429"),
    ],
)  # fmt: skip
def test_an_injected_error_has_the_bytes_of_a_genuine_one(
    api: Api, status: int, path: str, genuine: Callable[[Api], requests.Response]
) -> None:
    expected = genuine(api)
    api.control("DELETE", "/rate-limit")
    assert expected.status_code == status
    add(api, status=status)
    answer = api.get(path)
    assert (answer.status_code, answer.content) == (status, expected.content)
    for header in ("Content-Type", "Retry-After"):
        assert answer.headers.get(header) == expected.headers.get(header)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_an_injected_404_of_an_operation_on_an_agent_has_the_bytes_of_a_genuine_one(api: Api, method: str) -> None:
    path = "/sessions/from-agent/{}/" if method == "POST" else "/sessions/from-agent/?agent_key={}"
    genuine = api.request(method, path.format("no-such"))
    answer = api.request(method, path.format("customer_support_agent"), headers={"X-Emulator-Fault": "404"})
    assert (answer.status_code, answer.content) == (genuine.status_code, genuine.content)


@pytest.mark.parametrize("kind", ["validation_error", "content_policy_error"])
def test_the_type_chooses_between_the_errors_of_400(api: Api, kind: str) -> None:
    add(api, status=400, type=kind)
    assert api.execute(SESSION_ID).json()["error"]["type"] == kind


def test_a_400_without_a_type_is_an_invalid_request(api: Api) -> None:
    add(api, status=400)
    assert api.execute(SESSION_ID).json()["error"]["type"] == "validation_error"


def test_an_injected_error_keeps_the_operation_from_happening(api: Api) -> None:
    before = counts(api)
    add(api, status=500)
    assert api.post("/sessions/", json=FLAT).status_code == 500
    assert api.delete(f"/sessions/{SESSION_ID}/").status_code == 500
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 500
    assert counts(api) == before


# Delay


def test_a_delay_passes_at_once_on_a_frozen_clock_and_moves_it(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, operation="agents.list", delay_ms=3_600_000)
    started = monotonic()
    answer = api.get("/agent/")
    assert monotonic() - started < 5
    assert answer.status_code == 200
    assert answer.headers["X-Emulator-Fault"] == "delay=3600000"
    assert "X-Emulator-Evidence" not in answer.headers
    assert api.control("GET", "/clock").json()["now"] == "2025-01-15T11:30:00Z"
    entry = newest(api)
    assert (entry["at"], entry["duration_ms"]) == ("2025-01-15T10:30:00Z", 3_600_000)
    assert (entry["outcome"], entry["evidence"], entry["delivered"]) == ("ok", "", True)


def test_a_delay_on_a_running_clock_ends_when_the_clock_is_advanced(api: Api) -> None:
    add(api, operation="agents.list", delay_ms=600_000)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).get, "/agent/")
        until(lambda: fired(api) == [1])
        assert api.control("POST", "/clock/advance", json={"seconds": 600}).status_code == 200
        assert asked.result(10).status_code == 200


def test_a_delay_comes_before_the_error(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, status=503, delay_ms=2_000)
    answer = api.get("/agent/")
    assert (answer.status_code, answer.headers["X-Emulator-Fault"]) == (503, "503;delay=2000")
    assert api.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:02Z"


def test_a_delayed_request_is_checked_as_any_other(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, delay_ms=1_000)
    assert api.post("/sessions/", data=b"{").status_code == 400
    assert api.post("/sessions/", json=FLAT).status_code == 201


def test_a_client_that_leaves_during_a_delay_creates_nothing(api: Api) -> None:
    before, last = counts(api), api.get("/agent/").headers["X-Request-Id"]
    add(api, operation="sessions.create", delay_ms=3_600_000)
    left(api, "POST", "/sessions/", FLAT)
    entry = awaited(api, last, operation="sessions.create")
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("aborted", 0, False)
    assert counts(api) == before


# Drop


@pytest.mark.parametrize("more", [{}, {"delay_ms": 5_000}], ids=["at once", "after a delay"])
def test_drop_closes_the_connection_without_an_answer(api: Api, more: dict[str, Any]) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    before, last = counts(api), api.get("/agent/").headers["X-Request-Id"]
    add(api, kind="drop", **more)
    with pytest.raises(requests.ConnectionError):
        unchecked(api, "POST", "/sessions/", json=FLAT)
    entry = awaited(api, last, operation="sessions.create")
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("fault", 0, False)
    assert (entry["response"], entry["evidence"]) == (None, "")
    assert counts(api) == before
    assert api.control("DELETE", "/faults").status_code == 204
    assert api.get("/agent/").status_code == 200


# Reset and garbage


def connected(api: Api, text: str) -> socket.socket:
    """A connection by which a request was sent that brings a fault along."""
    connection = socket.create_connection(("127.0.0.1", int(api.server.url.rpartition(":")[2])), timeout=10)
    head = ["GET /api/v1/agent/ HTTP/1.1", "Host: localhost", "x-api-key: test-key", f"X-Emulator-Fault: {text}"]
    connection.sendall("\r\n".join([*head, "", ""]).encode())
    return connection


def test_reset_resets_the_connection(api: Api) -> None:
    with connected(api, "reset") as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)
    assert newest(api)["outcome"] == "fault"


def test_drop_closes_the_connection_in_order(api: Api) -> None:
    with connected(api, "drop") as connection:
        assert connection.recv(1) == b""


def test_garbage_is_no_http(api: Api) -> None:
    with connected(api, "garbage") as connection:
        received = b"".join(iter(lambda: connection.recv(1000), b""))
    assert received
    assert not received.startswith(b"HTTP")
    entry = newest(api)
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("fault", 0, False)


@pytest.mark.parametrize("kind", ["reset", "garbage"])
def test_a_broken_line_keeps_the_operation_from_happening(api: Api, kind: str) -> None:
    before = counts(api)
    add(api, kind=kind)
    with pytest.raises(requests.ConnectionError):
        unchecked(api, "POST", "/sessions/", json=FLAT)
    assert counts(api) == before


# What stands in front of the service


PAGE = "<html><body>Bad gateway: \u00fc</body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "sent", "expected"),
    [
        pytest.param(PAGE, None, PAGE.encode(), "text/html; charset=utf-8", id="page"),
        pytest.param("no upstream", None, b"no upstream", "text/plain; charset=utf-8", id="text"),
        pytest.param("", None, b"", "text/plain; charset=utf-8", id="nothing"),
        pytest.param({"message": "\u00fc"}, None, '{"message":"\u00fc"}'.encode(), "application/json", id="JSON"),
        pytest.param([1, None], None, b"[1,null]", "application/json", id="list"),
        pytest.param(None, None, b"null", "application/json", id="null"),
        pytest.param({"title": "x"}, "application/problem+json", b'{"title":"x"}', "application/problem+json", id="own type"),
        pytest.param("{", "application/json", b"{", "application/json", id="broken JSON"),
        pytest.param(PAGE, "application/json", PAGE.encode(), "application/json", id="a page that says it is JSON"),
        pytest.param(PAGE, "text/html; charset=iso-8859-1", PAGE.encode("latin-1"), "text/html; charset=iso-8859-1", id="charset"),
        pytest.param({"a": "\u00fc"}, 'a/b;Charset="Latin1"', b'{"a":"\xfc"}', 'a/b;Charset="Latin1"', id="charset of JSON"),
        pytest.param(PAGE, "text/html; charset=nonesuch", PAGE.encode(), "text/html; charset=nonesuch", id="unknown charset"),
        pytest.param(PAGE, "text/html; charset=punycode", PAGE.encode(), "text/html; charset=punycode", id="no charset"),
    ],
)  # fmt: skip
def test_a_fault_has_a_body_of_its_own(
    api: Api, body: Any, content_type: str | None, sent: bytes, expected: str
) -> None:
    add(api, status=502, body=body, **({} if content_type is None else {"content_type": content_type}))
    answer = unchecked(api, "GET", "/agent/")
    assert (answer.status_code, answer.content) == (502, sent)
    assert answer.headers["Content-Type"] == expected
    assert answer.headers["X-Emulator-Fault"] == "502"
    assert "X-Emulator-Evidence" not in answer.headers
    assert newest(api)["outcome"] == "fault"


def test_the_journal_shows_a_page_as_text(api: Api) -> None:
    add(api, status=502, body=PAGE)
    unchecked(api, "GET", "/agent/")
    assert newest(api)["response"] == PAGE


@pytest.mark.parametrize("status", [*range(400, 600)])
def test_every_error_that_http_has_can_be_answered(api: Api, status: int) -> None:
    answer = unchecked(api, "GET", "/agent/", headers={"X-Emulator-Fault": str(status)})
    assert answer.status_code == status
    if status in {one for one, _ in ERRORS} | {409}:
        assert "error" in answer.json()
    else:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{status}" in answer.text


def test_a_page_of_a_gateway_says_what_it_is_told_to(api: Api) -> None:
    add(api, status=502, message="Ouch & <b>")
    assert "<h1>Ouch &amp; &lt;b&gt;</h1>" in unchecked(api, "GET", "/agent/").text


@pytest.mark.parametrize("status", [502, 503])
def test_a_fault_has_headers_of_its_own(api: Api, status: int) -> None:
    headers = {"Via": "1.1 gateway", "x-cache": "Error", "Set-Cookie": "lb=\u00fc", "Retry-After": "whenever"}
    add(api, status=status, headers=headers, retry_after=5)
    answer = unchecked(api, "GET", "/agent/")
    assert {name: answer.headers[name] for name in headers} == headers
    assert answer.headers["X-Request-Id"]


def test_an_error_of_the_service_can_have_another_type_of_content(api: Api) -> None:
    add(api, status=503, content_type="text/plain")
    answer = unchecked(api, "GET", "/agent/")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.json()["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize(
    ("retry_after", "shown"),
    [
        (7, "7"),
        (7.0, "7"),
        ({"date": 30}, "Wed, 15 Jan 2025 10:30:30 GMT"),
        ({"date": -60}, "Wed, 15 Jan 2025 10:29:00 GMT"),
        ("Wed, 15 Jan 2025 11:00:00 GMT", "Wed, 15 Jan 2025 11:00:00 GMT"),
        ("2025-01-15T12:00:00+01:00", "Wed, 15 Jan 2025 11:00:00 GMT"),
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [429, 502, 503])
def test_retry_after_is_a_number_or_a_date(api: Api, status: int, retry_after: Any, shown: str) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, status=status, retry_after=retry_after)
    answer = unchecked(api, "GET", "/agent/")
    assert answer.headers["Retry-After"] == shown


ORIGIN = {"Origin": "http://localhost:5173"}


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 503}, {"kind": "malformed"}, {"delay_ms": 1}], ids=str)
@pytest.mark.parametrize("cors", [True, False])
def test_an_answer_can_be_hidden_from_pages_as_a_gateways_is(api: Api, fault: dict[str, Any], *, cors: bool) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen"})
    add(api, **fault, cors=cors)
    answer = unchecked(api, "GET", "/agent/", headers=ORIGIN)
    allowed = [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert bool(allowed) is cors
    api.control("DELETE", "/faults")
    assert "Access-Control-Allow-Origin" in unchecked(api, "GET", "/agent/", headers=ORIGIN).headers


@pytest.mark.parametrize("cors", [True, False])
def test_a_gateway_may_name_another_origin(api: Api, *, cors: bool) -> None:
    other = {"Access-Control-Allow-Origin": "https://other.example"}
    add(api, status=502, headers=other, cors=cors)
    answer = unchecked(api, "GET", "/agent/", headers=ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://other.example"
    assert ("Access-Control-Expose-Headers" in answer.headers) is cors


# Delays of a range


def delays(api: Api, seed: dict[str, Any], count: int = 30) -> list[int]:
    """The milliseconds that so many requests were delayed in a new namespace."""
    made = api.control(
        "POST", "/namespaces", json={"seed": {**seed, "clock": {"mode": "frozen", "now": "2025-01-15"}}}
    ).json()
    client = api.as_account(made["api_key"])
    api.control("POST", "/faults", json={"delay_ms": {"min": 300, "max": 1200}}, params={"namespace": made["name"]})
    shown = [client.get("/agent/").headers["X-Emulator-Fault"] for _ in range(count)]
    brought = [client.get("/agent/", headers={"X-Emulator-Fault": "delay=300-1200"}) for _ in range(count)]
    shown += [answer.headers["X-Emulator-Fault"] for answer in brought]
    api.control("DELETE", f"/namespaces/{made['name']}")
    return [int(text.removeprefix("delay=")) for text in shown]


def test_delays_of_a_range_are_told_by_the_seed(api: Api) -> None:
    first = delays(api, {"ids": {"seed": 7}})
    assert delays(api, {"ids": {"seed": 7}}) == first
    assert delays(api, {"ids": {"seed": 8}}) != first
    assert all(300 <= one <= 1200 for one in first)
    assert len(set(first)) > 30


def test_a_delay_of_a_range_is_really_waited_for(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, operation="agents.list", delay_ms={"min": 2000, "max": 2999})
    assert api.get("/agent/").status_code == 200
    assert api.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:02Z"


def test_a_fault_is_listed_and_kept_with_everything_that_was_written(api: Api) -> None:
    fault = {
        "id": "gateway", "status": 502, "body": {"a": [1]}, "content_type": "a/b", "headers": {"Via": "x"}, "cors": False,
        "retry_after": {"date": 5}, "delay_ms": {"min": 1, "max": 2}, "times": 3,
    }  # fmt: skip
    shown = {"kind": "error", "operation": "*", "matched": 0, "fired": 0}
    assert add(api, fault) == [{**fault, **shown}]
    api.control("POST", "/snapshots", json={"name": "faulty"})
    document = api.control("GET", "/snapshots/faulty").json()
    assert api.control("PUT", "/snapshots/again", json=document).status_code == 201
    api.control("DELETE", "/faults")
    assert api.control("POST", "/snapshots/again/restore").status_code == 200
    assert api.control("GET", "/faults").json() == [{**fault, **shown}]
    for name in ("faulty", "again"):
        api.control("DELETE", f"/snapshots/{name}")


# Truncate and malformed


def test_truncate_closes_the_connection_amid_the_answer(api: Api) -> None:
    before, last = counts(api), api.get("/agent/").headers["X-Request-Id"]
    add(api, kind="truncate")
    with unchecked(api, "POST", "/sessions/", json=FLAT, stream=True) as answer:
        assert answer.status_code == 201
        assert answer.headers["X-Emulator-Fault"] == "truncate"
        assert "X-Emulator-Evidence" not in answer.headers
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            _ = answer.content
    assert counts(api) == (before[0], before[1] + 1)
    entry = awaited(api, last, operation="sessions.create")
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("fault", 201, False)


def test_half_of_a_truncated_answer_comes(api: Api) -> None:
    whole = api.get("/agent/").content
    add(api, kind="truncate")
    with unchecked(api, "GET", "/agent/", stream=True) as answer:
        assert answer.headers["Content-Length"] == str(len(whole))
        pieces: list[bytes] = []
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            pieces.extend(answer.iter_content(1))
    assert b"".join(pieces) == whole[: len(whole) // 2]


def test_malformed_is_whole_on_the_wire_and_no_json(api: Api) -> None:
    before = counts(api)
    add(api, kind="malformed")
    answer = unchecked(api, "POST", "/sessions/", json=FLAT)
    assert (answer.status_code, answer.headers["X-Emulator-Fault"]) == (201, "malformed")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert "X-Emulator-Evidence" not in answer.headers
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content.decode("latin-1"))
    assert counts(api) == (before[0], before[1] + 1)
    entry = newest(api)
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("fault", 201, True)
    assert entry["response"] == answer.content.decode(errors="replace")


@pytest.mark.parametrize("kind", ["malformed", "truncate"])
def test_a_damaged_execution_has_happened(api: Api, kind: str) -> None:
    before = api.get(f"/runtime/{SESSION_ID}/messages/").json()["total"]
    add(api, operation="runtime.execute", kind=kind)
    path, body = f"/runtime/{SESSION_ID}/execute/", {"content": "Hello"}
    if kind == "malformed":
        assert unchecked(api, "POST", path, json=body).status_code == 200
    else:
        with pytest.raises(requests.RequestException):
            unchecked(api, "POST", path, json=body)
    assert api.get(f"/runtime/{SESSION_ID}/messages/").json()["total"] == before + 2


@pytest.mark.parametrize("kind", ["malformed", "delay"])
def test_an_answer_without_a_body_stays_one(api: Api, kind: str) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    add(api, kind=kind, **({"delay_ms": 1} if kind == "delay" else {}))
    answer = unchecked(api, "DELETE", f"/sessions/{SESSION_ID}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Emulator-Fault"].startswith(kind)


@pytest.mark.parametrize("kind", ["malformed", "truncate"])
def test_a_head_of_a_damaged_answer_has_no_body(api: Api, kind: str) -> None:
    add(api, kind=kind)
    answer = unchecked(api, "HEAD", "/agent/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["X-Emulator-Fault"] == kind


def test_an_error_can_be_malformed_too(api: Api) -> None:
    add(api, kind="malformed")
    answer = unchecked(api, "GET", "/sessions/no-such/")
    assert answer.status_code == 404
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()


# Hang


def test_a_hanging_request_ends_when_the_client_gives_up(api: Api) -> None:
    before, last = counts(api), api.get("/agent/").headers["X-Request-Id"]
    add(api, operation="sessions.create", kind="hang")
    left(api, "POST", "/sessions/", FLAT)
    entry = awaited(api, last, operation="sessions.create")
    assert (entry["outcome"], entry["status"], entry["delivered"]) == ("fault", 0, False)
    assert entry["response"] is None
    assert counts(api) == before


@pytest.mark.parametrize("dropped", ["/faults", "/faults/stuck"])
@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/agent/", 200), ("POST", "/sessions/", 201)])
def test_a_hanging_request_goes_on_when_its_fault_is_dropped(
    api: Api, method: str, path: str, status: int, dropped: str
) -> None:
    add(api, id="stuck", kind="hang")
    body = FLAT if method == "POST" else None
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(Api(api.server).request, method, path, json=body) for _ in range(2)]
        until(lambda: fired(api) == [2])
        assert api.control("DELETE", dropped).status_code == 204
        answers = [one.result(10) for one in asked]
    assert [answer.status_code for answer in answers] == [status, status]
    assert {answer.headers["X-Emulator-Fault"] for answer in answers} == {"hang"}


def test_a_fault_that_is_dropped_while_it_delays_does_not_hang_any_more(api: Api) -> None:
    add(api, id="stuck", kind="hang", delay_ms=3_600_000)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(unchecked, api, "GET", "/agent/")
        until(lambda: fired(api) == [1])
        assert api.control("DELETE", "/faults/stuck").status_code == 204
        assert api.control("POST", "/clock/advance", json={"seconds": 3600}).status_code == 200
        assert asked.result(15).status_code == 200


def test_a_request_that_brings_its_own_hang_goes_on_when_all_faults_are_dropped(api: Api) -> None:
    last = api.get("/agent/").headers["X-Request-Id"]
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).get, "/agent/", headers={"X-Emulator-Fault": "hang;delay=1"})

        def goes_on() -> bool:
            api.control("DELETE", "/faults")
            return asked.done()

        until(goes_on)
    assert asked.result().status_code == 200
    assert awaited(api, last, operation="agents.list")["outcome"] == "fault"


def test_a_fault_of_the_same_id_hangs_anew(api: Api) -> None:
    add(api, id="stuck", kind="hang")
    api.control("DELETE", "/faults/stuck")
    add(api, id="stuck", kind="hang")
    last = api.get("/agent/", headers={"X-Emulator-Fault": "503"}).headers["X-Request-Id"]
    left(api, "GET", "/agent/")
    assert awaited(api, last)["status"] == 0


@pytest.mark.parametrize("how", ["/reset", "/clear", "/snapshots/before/restore"])
def test_a_hanging_request_is_ended_with_its_world(api: Api, how: str) -> None:
    if "before" in how:
        api.control("POST", "/snapshots", json={"name": "before"})
    add(api, kind="hang")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).get, "/agent/")
        until(lambda: fired(api) == [1])
        assert api.control("POST", how).status_code == 200
        answer = asked.result(10)
    assert refused(answer, 503)
    if "before" in how:
        api.control("DELETE", "/snapshots/before")


@pytest.mark.in_memory(reason="who passes it on stops as well, and answers for the owner")
def test_a_server_stops_at_once_though_a_request_hangs() -> None:
    with ThreadPoolExecutor(1) as pool:
        with EmulatorServer() as server:
            api = Api(server)
            add(api, kind="hang")
            asked = pool.submit(Api(server).get, "/agent/")
            until(lambda: fired(api) == [1])
            started = monotonic()
        assert monotonic() - started < 4
        assert refused(asked.result(10), 503)


# Listing and dropping


def test_faults_are_listed_without_secrets(api: Api) -> None:
    headers = {"Set-Cookie": "a=s3cret-0", "X-Try": "1"}
    (added,) = add(api, status=503, headers=headers, body={"password": "s3cret-1"})
    assert added["headers"] == {"Set-Cookie": "[redacted]", "X-Try": "1"}
    assert added["body"] == {"password": "[redacted]"}
    assert api.control("GET", "/faults").json() == [added]


def test_faults_are_listed_with_counts_as_they_were_written(api: Api) -> None:
    added = add(api, {"operation": "agents.list", "status": 503, "every": 2}, {"id": "slow", "delay_ms": 5})
    assert added == [
        {"id": "fault-1", "kind": "error", "operation": "agents.list", "status": 503, "every": 2, "matched": 0, "fired": 0},
        {"id": "slow", "kind": "delay", "operation": "*", "delay_ms": 5, "matched": 0, "fired": 0},
    ]  # fmt: skip
    assert statuses(api, 3) == [200, 503, 200]
    listed = api.control("GET", "/faults").json()
    assert [(fault["id"], fault["matched"], fault["fired"]) for fault in listed] == [("fault-1", 3, 1), ("slow", 2, 2)]
    assert api.control("GET", "/state").json()["counts"]["faults"] == 2


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: [one], lambda one: {"faults": [one]}], ids=["one", "list", "seed"]
)
def test_faults_are_added_in_three_shapes(api: Api, wrap: Callable[[Any], Any]) -> None:
    answer = api.control("POST", "/faults", json=wrap({"status": 503}))
    assert answer.status_code == 201
    assert [fault["status"] for fault in answer.json()] == [503]
    assert statuses(api, 1) == [503]


def test_faults_are_added_in_yaml(api: Api) -> None:
    body = b"- {operation: agents.list, status: 503}\n- kind: drop\n  operation: sessions.list\n"
    answer = api.control("POST", "/faults", data=body, headers={"Content-Type": "application/yaml"})
    assert [fault["kind"] for fault in answer.json()] == ["error", "drop"]


def test_a_fault_is_dropped_alone(api: Api) -> None:
    add(api, {"id": "one", "operation": "agents.list", "status": 503}, {"id": "two", "status": 500})
    assert api.control("DELETE", "/faults/one").status_code == 204
    assert [fault["id"] for fault in api.control("GET", "/faults").json()] == ["two"]
    assert statuses(api, 1) == [500]


def test_all_faults_are_dropped(api: Api) -> None:
    add(api, {"status": 503}, {"status": 500})
    assert api.control("DELETE", "/faults").status_code == 204
    assert api.control("GET", "/faults").json() == []
    assert statuses(api, 1) == [200]


def test_dropping_a_fault_that_is_not_there_names_those_that_are(api: Api) -> None:
    assert "there are: none" in api.control("DELETE", "/faults/x").json()["error"]["message"]
    add(api, {"id": "one", "status": 503}, {"id": "two", "status": 500})
    answer = api.control("DELETE", "/faults/x")
    assert refused(answer, 404)
    assert answer.json()["error"]["message"] == "There is no fault 'x'; there are: one, two"


def test_a_fault_that_comes_back_counts_anew(api: Api) -> None:
    add(api, id="once", times=1, status=503)
    assert statuses(api, 2) == [503, 200]
    api.control("DELETE", "/faults/once")
    add(api, id="once", times=1, status=503)
    assert statuses(api, 2) == [503, 200]


def test_faults_without_an_id_never_get_one_that_was_given(api: Api) -> None:
    ids = [add(api, status=503)[0]["id"], add(api, {"status": 500}, {"status": 504})[1]["id"]]
    api.control("DELETE", "/faults/fault-1")
    ids.append(add(api, status=401)[0]["id"])
    assert ids == ["fault-1", "fault-3", "fault-4"]


def test_a_chosen_id_never_stands_in_the_way_of_a_fault_without_one(api: Api) -> None:
    add(api, id="fault-2", status=503)
    answer = api.control("POST", "/faults", json={"status": 500})
    assert answer.status_code == 201, answer.text
    assert len(api.control("GET", "/faults").json()) == 2


def test_a_reset_of_the_faults_drops_those_that_were_added(api: Api) -> None:
    add(api, status=503)
    assert api.control("POST", "/reset?scope=faults").status_code == 200
    assert statuses(api, 1) == [200]


# What is refused when it is written


@pytest.mark.parametrize(
    ("fault", "field", "said"),
    [
        pytest.param({"operation": "sessions.lst", "status": 503}, "faults.0.operation", "did you mean sessions.list?", id="unknown operation"),
        pytest.param({"operation": "session.*", "status": 503}, "faults.0.operation", "did you mean sessions.*?", id="unknown group"),
        pytest.param({"operation": "sess*", "status": 503}, "faults.0.operation", "must be", id="another pattern"),
        pytest.param({"operation": "", "status": 503}, "faults.0.operation", "must be", id="empty operation"),
        pytest.param({"status": 399}, "faults.0.status", "at least 400", id="a status before errors"),
        pytest.param({"status": 600}, "faults.0.status", "at most 599", id="a status beyond errors"),
        pytest.param({"status": 200}, "faults.0.status", "must be", id="a status that is no error"),
        pytest.param({"status": 999}, "faults.0.status", "must be", id="a status that HTTP does not have"),
        pytest.param({"status": "503"}, "faults.0.status", "must be", id="a status in quotes"),
        pytest.param({"kind": "error"}, "faults.0", "status or error_code", id="error without a status"),
        pytest.param({"kind": "delay"}, "faults.0.delay_ms", "delay_ms is required", id="delay without milliseconds"),
        pytest.param({"kind": "explode"}, "faults.0.kind", "must be", id="unknown kind"),
        pytest.param({"kind": "drop", "status": 503}, "faults.0.status", "does not belong here", id="drop with a status"),
        pytest.param({"kind": "hang", "message": "x"}, "faults.0.message", "does not belong here", id="hang with a message"),
        pytest.param({"kind": "truncate", "retry_after": 1}, "faults.0.retry_after", "does not belong here", id="truncate with retry_after"),
        pytest.param({"status": 503, "type": "overloaded_error"}, "faults.0.type", "does not belong here", id="own type of a status"),
        pytest.param({"status": 400, "type": "overloaded_error"}, "faults.0.type", "must be validation_error or content_policy_error", id="type that 400 has not"),
        pytest.param({"status": 503, "type": "content_policy_error"}, "faults.0.type", "does not belong here", id="type with another status"),
        pytest.param({"status": 400, "type": "overloaded_error"}, "faults.0.type", "must be", id="type of another status"),
        pytest.param({"delay_ms": 5, "type": "content_policy_error"}, "faults.0.type", "does not belong here", id="delay with a type"),
        pytest.param({"status": 503, "statu": 1}, "faults.0.statu", "is not known here; did you mean status?", id="unknown key"),
        pytest.param({"status": 503, "message": ""}, "faults.0.message", "must not be empty", id="empty message"),
        pytest.param({"status": 503, "times": 0}, "faults.0.times", "at least 1", id="first none"),
        pytest.param({"status": 503, "every": 0}, "faults.0.every", "at least 1", id="every none"),
        pytest.param({"status": 503, "after": -1}, "faults.0.after", "at least 0", id="after less than none"),
        pytest.param({"status": 503, "probability": 1.1}, "faults.0.probability", "at most 1", id="more than certain"),
        pytest.param({"status": 503, "probability": -0.1}, "faults.0.probability", "at least 0", id="less than never"),
        pytest.param({"status": 503, "retry_after": -1}, "faults.0.retry_after", "at least 0", id="retry_after in the past"),
        pytest.param({"delay_ms": 0}, "faults.0.delay_ms", "at least 1", id="no delay"),
        pytest.param({"delay_ms": 3_600_001}, "faults.0.delay_ms", "at most", id="more than an hour"),
        pytest.param({"delay_ms": 1.5}, "faults.0.delay_ms", "whole number", id="half a millisecond"),
        pytest.param({"delay_ms": {"min": 5}}, "faults.0.delay_ms.max", "max is required", id="half a range"),
        pytest.param({"delay_ms": {"min": 5, "max": 4}}, "faults.0.delay_ms", "exchange them", id="range that goes back"),
        pytest.param({"delay_ms": {"min": 0, "max": 3_600_001}}, "faults.0.delay_ms.max", "at most", id="long range"),
        pytest.param({"delay_ms": "5-7"}, "faults.0.delay_ms", "whole number or a mapping", id="range as a text"),
        pytest.param({"status": 503, "first": 1}, "faults.0.first", "it is called times now", id="the former name of times"),
        pytest.param({"status": 503, "retry_after": "soon"}, "faults.0.retry_after", "is no date", id="retry_after in words"),
        pytest.param({"status": 503, "retry_after": {}}, "faults.0.retry_after.date", "required", id="retry_after of nothing"),
        pytest.param({"status": 503, "body": "x", "message": "y"}, "faults.0.message", "does not belong", id="body and message"),
        pytest.param({"status": 400, "body": "x", "type": "validation_error"}, "faults.0.type", "does not belong", id="body and type"),
        pytest.param({"kind": "reset", "body": "x"}, "faults.0.body", "does not belong", id="reset with a body"),
        pytest.param({"delay_ms": 5, "headers": {"A": "b"}}, "faults.0.headers", "does not belong", id="delay with headers"),
        pytest.param({"status": 502, "body": "\u20ac", "content_type": "a/b; charset=ascii"}, "faults.0.content_type", "name charset=utf-8", id="charset"),
        pytest.param({"status": 502, "content_type": "a\r\nb"}, "faults.0.content_type", "cannot stand", id="content type of lines"),
        pytest.param({"status": 502, "headers": {"A": 1}}, "faults.0.headers.A", "must be text", id="header that is a number"),
        pytest.param({"status": 502, "headers": {"A b": "c"}}, "faults.0.headers.A b", "no name of a header", id="header of two words"),
        pytest.param({"status": 502, "headers": {"": "c"}}, "faults.0.headers.", "no name of a header", id="header without a name"),
        pytest.param({"status": 502, "headers": {"A": "b\r\nSet-Cookie: c"}}, "faults.0.headers.A", "one line", id="header of two lines"),
        pytest.param({"status": 502, "headers": {"A": "\u263a"}}, "faults.0.headers.A", "Latin letters", id="header that is not Latin"),
        pytest.param({"status": 502, "headers": {"Content-Length": "5"}}, "faults.0.headers.Content-Length", "belongs to the connection", id="content-length"),
        pytest.param({"status": 502, "headers": {"transfer-encoding": "chunked"}}, "faults.0.headers.transfer-encoding", "belongs to the connection", id="transfer-encoding"),
        pytest.param({"status": 502, "headers": {"Content-Type": "a/b"}}, "faults.0.headers.Content-Type", "content_type", id="content-type as a header"),
        pytest.param({"status": 502, "headers": {"X-Emulator-Fault": "no"}}, "faults.0.headers.X-Emulator-Fault", "take it out", id="header of ours"),
        pytest.param({"status": 502, "headers": {f"A{n}": "b" for n in range(21)}}, "faults.0.headers", "at most 20", id="many headers"),
        pytest.param({"status": 502, "body": "x" * 1_048_577}, None, "", id="long body"),
        pytest.param({"status": 502, "cors": "no"}, "faults.0.cors", "true or false", id="cors in words"),
        pytest.param({"id": "a b", "status": 503}, "faults.0.id", "letters, digits", id="id with a space"),
        pytest.param({"id": "", "status": 503}, "faults.0.id", "must", id="empty id"),
        pytest.param({"id": "x" * 65, "status": 503}, "faults.0.id", "", id="long id"),
        pytest.param({"status": 503, "session": ""}, "faults.0.session", "must not be empty", id="empty session"),
    ],
)  # fmt: skip
def test_a_fault_that_can_not_be_is_refused(api: Api, fault: dict[str, Any], field: str | None, said: str) -> None:
    answer = api.control("POST", "/faults", json=fault)
    assert api.control("GET", "/faults").json() == []
    if field is None:
        assert refused(answer, 413)
        return
    assert refused(answer, 400)
    problems = {problem["field"]: problem["message"] for problem in answer.json()["error"]["details"]["errors"]}
    assert said in problems[field]


@pytest.mark.parametrize("body", [{}, {"operation": "agents.list"}, {"times": 1}, [{}]], ids=str)
def test_a_fault_that_does_nothing_is_refused(api: Api, body: Any) -> None:
    answer = api.control("POST", "/faults", json=body)
    assert refused(answer, 400)
    assert "kind" in answer.json()["error"]["details"]["errors"][0]["message"]


@pytest.mark.parametrize("body", ["503", '"drop"', "null", "[503]", '["drop"]', "{", '{"faults": {}}'])
def test_what_is_no_fault_is_refused(api: Api, body: str) -> None:
    answer = api.control("POST", "/faults", data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 400)
    assert api.control("GET", "/faults").json() == []


def test_an_id_is_given_once(api: Api) -> None:
    add(api, id="one", status=503)
    answer = api.control("POST", "/faults", json={"id": "one", "status": 500})
    assert refused(answer, 409)
    assert answer.json()["error"]["message"] == (
        "There is a fault one already; drop it first, or give another id"
    )  # fmt: skip
    assert refused(api.control("POST", "/faults", json=[{"id": "two", "status": 500}] * 2), 409)
    assert [fault["id"] for fault in api.control("GET", "/faults").json()] == ["one"]


def test_of_a_list_with_one_mistake_nothing_is_kept(api: Api) -> None:
    answer = api.control("POST", "/faults", json=[{"status": 503}, {"status": 299}])
    assert refused(answer, 400)
    assert [problem["field"] for problem in answer.json()["error"]["details"]["errors"]] == ["faults.1.status"]
    assert api.control("GET", "/faults").json() == []


# Faults that a request brings along


@every_operation
def test_every_operation_can_be_made_to_fail_by_a_header(api: Api, row: Operation) -> None:
    before = counts(api)
    answer = api.request(row.method, path_of(row), headers={"X-Emulator-Fault": "503"})
    assert answer.status_code == 503
    assert answer.json() == {
        "error": {"type": "overloaded_error", "message": "The service is overloaded; try again later"}
    }
    assert answer.headers["X-Emulator-Fault"] == "503"
    assert "X-Emulator-Evidence" not in answer.headers
    assert counts(api) == before
    entry = newest(api)
    assert (entry["operation"], entry["outcome"], entry["evidence"]) == (row.name, "fault", "")


@every_operation
@pytest.mark.parametrize("kind", ["drop", "truncate", "malformed", "delay=1", "reset", "garbage", "delay=1-9"])
def test_every_operation_can_go_wrong_in_every_way(api: Api, row: Operation, kind: str) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen"})
    try:
        answer = unchecked(api, row.method, path_of(row), headers={"X-Emulator-Fault": kind})
    except requests.RequestException:
        assert kind in ("drop", "truncate", "reset", "garbage")
    else:
        assert kind not in ("drop", "reset", "garbage")
        assert answer.status_code < 500
        assert answer.headers["X-Emulator-Fault"].startswith(kind.partition("-")[0][:6])


@pytest.mark.parametrize(
    ("text", "status", "shown", "retry_after"),
    [
        pytest.param("429", 429, "429", "1", id="status"),
        pytest.param("429;retry_after=7", 429, "429", "7", id="retry_after"),
        pytest.param("503;retry_after=2", 503, "503", "2", id="retry_after of another"),
        pytest.param("503;delay=500", 503, "503;delay=500", None, id="delay and status"),
        pytest.param("503;retry_after=2;delay=500", 503, "503;delay=500", "2", id="both"),
        pytest.param("503; delay=500 ; retry_after=2", 503, "503;delay=500", "2", id="spaces"),
        pytest.param("502", 502, "502", None, id="status of a gateway"),
        pytest.param("delay=500", 200, "delay=500", None, id="delay"),
        pytest.param("delay=7-7", 200, "delay=7", None, id="range"),
        pytest.param("503;delay=9-9", 503, "503;delay=9", None, id="range and status"),
        pytest.param("DELAY=500", 200, "delay=500", None, id="upper case"),
        pytest.param("error;delay=500", None, "", None, id="error without a status"),
    ],
)
@pytest.mark.parametrize("way", ["header", "query"])
def test_a_request_brings_its_fault(
    api: Api, *, way: str, text: str, status: int | None, shown: str, retry_after: str | None
) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen"})
    sent: dict[str, Any] = (
        {"headers": {"X-Emulator-Fault": text}} if way == "header" else {"params": {"emulator_fault": text}}
    )
    answer = unchecked(api, "GET", "/agent/", **sent)
    if status is None:
        assert refused(answer, 400)
        return
    assert answer.status_code == status
    assert answer.headers["X-Emulator-Fault"] == shown
    assert answer.headers.get("Retry-After") == retry_after


@pytest.mark.parametrize(
    "text", ["gap", "duplicate", "reorder", "close=4003", "error_code=execution_error", "drop;after_events=3"]
)
def test_no_request_brings_a_fault_of_sockets(api: Api, text: str) -> None:
    answer = unchecked(api, "GET", "/agent/", headers={"X-Emulator-Fault": text})
    assert refused(answer, 400)
    assert answer.json()["error"]["message"] == f"{text} is of sockets, and agents.list of requests"


@pytest.mark.parametrize("kind", ["drop", "truncate", "reset", "garbage"])
def test_a_request_can_ask_for_a_broken_connection(api: Api, kind: str) -> None:
    with pytest.raises(requests.RequestException):
        unchecked(api, "GET", "/agent/", params={"emulator_fault": kind})
    assert unchecked(api, "GET", "/agent/").status_code == 200


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        pytest.param("code=429", 429, id="plain"),
        pytest.param('code="429"', 429, id="quoted"),
        pytest.param("respond-async, code=503", 503, id="one of several"),
        pytest.param("code=503; dynamic=true", 503, id="with parameters"),
        pytest.param("code=200", 200, id="a success"),
        pytest.param("return=minimal", 200, id="another preference"),
        pytest.param("", 200, id="empty"),
        pytest.param("qrcode=429", 200, id="another name that ends so"),
        pytest.param("code=418", 418, id="a status that the service does not have"),
        pytest.param("code=600", 400, id="a status that HTTP does not have"),
    ],
)
def test_prefer_names_a_status(api: Api, prefer: str, status: int) -> None:
    answer = unchecked(api, "GET", "/agent/", headers={"Prefer": prefer})
    assert answer.status_code == status
    assert ("X-Emulator-Fault" in answer.headers) is (status not in (200, 400))


@pytest.mark.parametrize(
    "text",
    ["", "600", "200", "delay=5-", "delay=-5", "delay=7-5", "delay=5-6-7", "503;retry_after=1-2", "42", "4290", "oops", "drop=5", "delay", "delay=", "delay=x", "delay=-1", "delay=1.5", "delay=0",
     "delay=9999999999", "503;foo=1", "503;retry_after", "503;retry_after=x", "503;retry_after=99999999",
     "drop;retry_after=2", "503,429", "error", "503;", ";", "503;delay=0", "\u00fc", "429 drop", "9" * 5000],
    ids=lambda text: text[:20] or "empty",
)  # fmt: skip
@pytest.mark.parametrize("way", ["header", "query"])
def test_what_is_no_fault_is_refused_and_nothing_happens(api: Api, way: str, text: str) -> None:
    before = counts(api)
    if way == "header":
        headers = {"X-Emulator-Fault": text.encode("latin-1")}
        answer = api.post("/sessions/", json=FLAT, headers=headers)  # type: ignore[arg-type]  # not ASCII
    else:
        answer = api.post("/sessions/", json=FLAT, params={"emulator_fault": text})
    assert refused(answer, 400)
    assert "is not a fault" in answer.json()["error"]["message"]
    assert len(answer.json()["error"]["message"]) < 500
    assert "X-Emulator-Fault" not in answer.headers
    assert counts(api) == before


@pytest.mark.parametrize(
    "query", ["name=%C3%BC&emulator_fault=429", "emulator_fault=429&x=%FF", "=&&emulator_fault=429"]
)
def test_a_fault_in_the_query_is_found_beside_anything(api: Api, query: str) -> None:
    assert api.get(f"/agent/?{query}").status_code == 429


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(
            {"headers": {"X-Emulator-Fault": "503", "Prefer": "code=429"}, "params": {"emulator_fault": "500"}},
            503,
            id="header first",
        ),
        pytest.param({"headers": {"Prefer": "code=429"}, "params": {"emulator_fault": "500"}}, 500, id="then query"),
        pytest.param({"headers": {"Prefer": "code=429"}}, 429, id="then Prefer"),
        pytest.param({}, 504, id="then those that were added"),
    ],
)
def test_the_header_wins_over_the_query_over_prefer_over_the_rest(api: Api, sent: dict[str, Any], status: int) -> None:
    add(api, status=504)
    assert api.get("/agent/", **sent).status_code == status
    assert fired(api) == [1 if status == 504 else 0]


def test_the_query_of_a_fault_does_not_disturb_the_query_of_the_operation(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen"})
    answer = api.get(f"/runtime/{SESSION_ID}/messages/?limit=1&emulator_fault=delay=5")
    assert len(answer.json()["messages"]) == 1


# Which error wins


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        pytest.param("GET", "/nothing/", "test-key", 404, id="unknown path"),
        pytest.param("PUT", "/agent/", "test-key", 405, id="wrong method"),
        pytest.param("GET", "/agent/", None, 401, id="no key"),
        pytest.param("GET", "/agent/", "wrong", 401, id="wrong key"),
        pytest.param("GET", "/agent/", "expired-key", 401, id="expired key"),
        pytest.param("GET", "/agent/", "forbidden-key", 403, id="forbidden key"),
    ],
)
@pytest.mark.parametrize("way", ["added", "brought"])
def test_errors_that_come_before_win_over_faults(
    api: Api, *, way: str, method: str, path: str, key: str | None, status: int
) -> None:
    if way == "added":
        add(api, status=503)
    headers = {"X-Emulator-Fault": "503"} if way == "brought" else {}
    answer = api.as_account(key).request(method, path, headers=headers)
    assert answer.status_code == status
    assert "X-Emulator-Fault" not in answer.headers
    assert answer.headers["X-Emulator-Evidence"]
    if way == "added":
        assert fired(api) == [0]
        assert api.control("GET", "/faults").json()[0]["matched"] == 0


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        pytest.param("POST", "/sessions/", {"data": b"{"}, id="body that is not JSON"),
        pytest.param("POST", "/sessions/", {"json": {}}, id="body that does not fit"),
        pytest.param("POST", "/sessions/", {"data": "x", "headers": {"Content-Type": "text/plain"}}, id="media type"),
        pytest.param("POST", f"/runtime/{SESSION_ID}/execute/", {"json": {}}, id="message without content"),
        pytest.param("GET", f"/runtime/{SESSION_ID}/messages/?limit=x", {}, id="query"),
        pytest.param("GET", "/sessions/no-such/", {}, id="unknown session"),
        pytest.param("GET", "/agent/no-such/", {}, id="unknown agent"),
    ],
)
def test_faults_win_over_errors_that_come_after(api: Api, method: str, path: str, options: dict[str, Any]) -> None:
    add(api, status=503)
    assert api.request(method, path, **options).status_code == 503


# Seeds and pages


def test_a_seed_brings_faults(api: Api) -> None:
    seed = {"faults": [{"operation": "agents.list", "times": 1, "status": 429, "retry_after": 3}]}
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    client, space = api.as_account(made["api_key"]), {"namespace": made["name"]}
    answer = client.get("/agent/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert client.get("/agent/").status_code == 200
    api.control("DELETE", "/faults", params=space)
    api.control("POST", "/reset", params=space)
    assert statuses(client, 2) == [429, 200]
    api.control("DELETE", f"/namespaces/{made['name']}")


def test_a_server_starts_with_the_faults_of_its_seed(tmp_path: Path) -> None:
    seed = tmp_path / "faulty.yaml"
    seed.write_text("faults:\n  - {id: first-is-slow, operation: agents.list, times: 1, status: 503}\n")
    with EmulatorServer(seeds=("default", str(seed))) as server:
        api = Api(server)
        assert statuses(api, 2) == [503, 200]
        assert [fault["id"] for fault in api.control("GET", "/faults").json()] == ["first-is-slow"]


@pytest.mark.parametrize(
    "faults",
    [
        [{"status": 299}],
        [{"operation": "sessions.lst", "status": 503}],
        [{}],
        [{"id": "one", "status": 503}, {"id": "one", "status": 500}],
    ],
    ids=["impossible status", "unknown operation", "nothing", "one id twice"],
)
def test_a_seed_with_a_fault_that_can_not_be_is_refused(api: Api, faults: Any) -> None:
    answer = api.control("POST", "/namespaces", json={"seed": {"faults": faults}})
    assert refused(answer, 400)
    assert answer.json()["error"]["details"]["errors"][0]["field"].startswith("seed.faults.")


def test_a_scenario_switches_its_faults_on(api: Api) -> None:
    seed = {"faults": [{"status": 500}], "scenarios": {"busy": {"faults": [{"status": 429}]}}}
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    client = api.as_account(made["api_key"])
    assert statuses(client, 1) == [500]
    api.control("POST", "/scenarios/busy", params={"namespace": made["name"]})
    assert statuses(client, 1) == [429]
    api.control("DELETE", f"/namespaces/{made['name']}")


def test_a_snapshot_keeps_faults_and_what_they_counted(api: Api) -> None:
    add(api, times=2, status=503)
    assert statuses(api, 1) == [503]
    api.control("POST", "/snapshots", json={"name": "one-left"})
    assert statuses(api, 2) == [503, 200]
    api.control("POST", "/snapshots/one-left/restore")
    assert statuses(api, 2) == [503, 200]
    api.control("DELETE", "/snapshots/one-left")


def test_a_local_page_reads_which_fault_struck_it(api: Api) -> None:
    answer = api.get("/agent/", headers={"X-Emulator-Fault": "429", "Origin": "http://localhost:5173"})
    assert answer.status_code == 429
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    exposed = {name.strip().lower() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"x-emulator-fault", "retry-after"} <= exposed


def test_an_answer_that_no_fault_struck_says_nothing_of_faults(api: Api) -> None:
    add(api, operation="agents.list", after=1, status=503)
    answer = api.get("/agent/")
    assert "X-Emulator-Fault" not in answer.headers
    assert answer.headers["X-Emulator-Evidence"]
    assert newest(api)["outcome"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("POST", "/sessions/feedback/", 404, "Message not found"),
        ("GET", "/sessions/from-agent/?agent_key=x", 404, "Agent not found"),
        ("GET", "/sessions/session_abc123/", 404, "Session not found"),
        ("GET", "/sessions/from-agent/?agent_key=x", 500, "Failed to create session"),
        ("GET", "/sessions/default-agent/", 500, "Failed to create session"),
        ("POST", "/sessions/from-agent/x/", 500, "Failed to create session"),
    ],
)
def test_an_injected_error_has_the_words_of_its_operation(
    api: Api, method: str, path: str, status: int, message: str
) -> None:
    answer = api.request(method, path, headers={"X-Emulator-Fault": str(status)})
    assert (answer.status_code, answer.json()["error"]["message"]) == (status, message)
