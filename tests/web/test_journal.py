"""The journal is waited for, bounded, forgotten, and tells whether the client got its answer."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event
from time import monotonic
from typing import Any

import pytest
import requests

from atthene_emulator.limits import ON_LOOP
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control import journal
from tests.conftest import FLAT, Api

SESSION_ID = "session_abc123"
HELD = {"name": "held", "when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "held"}}
WAIT = "/journal/wait"


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose journal holds no requests of other modules."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Api:
    """A client of the emulator as its seed left it, with an empty journal."""
    client = Api(server)
    assert client.control("POST", "/reset?scope=state,scripts,faults,rate_limit,clock,journal").status_code == 200
    return client


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def entries(api: Api) -> list[dict[str, Any]]:
    """The whole journal."""
    found: list[dict[str, Any]] = api.control("GET", "/journal").json()
    return found


def left(api: Api, method: str, path: str, body: Any = None) -> HTTPConnection:
    """A request whose answer nobody has read; closing it is leaving."""
    connection = HTTPConnection("127.0.0.1", int(api.server.url.rpartition(":")[2]), timeout=10)
    headers = {"x-api-key": "test-key", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    return connection


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it never came"


def waiting(api: Api) -> int:
    """How many executions wait at a gate."""
    return sum(gate["waiting"] for gate in api.control("GET", "/gates").json())


# Forgetting and bounds


def test_a_journal_that_is_dropped_is_empty_and_goes_on_counting(api: Api) -> None:
    before = api.get("/agent/").headers["X-Request-Id"]
    assert api.control("DELETE", "/journal").status_code == 204
    answer = api.control("GET", "/journal")
    assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")
    after = api.get("/agent/").headers["X-Request-Id"]
    assert int(after.removeprefix("req_")) == int(before.removeprefix("req_")) + 1
    assert [entry["id"] for entry in entries(api)] == [after]


def test_a_journal_is_dropped_by_a_reset_that_names_it(api: Api) -> None:
    api.get("/agent/")
    assert api.control("POST", "/reset?scope=journal").status_code == 200
    assert entries(api) == []


def test_a_journal_is_of_one_namespace(api: Api) -> None:
    made = api.control("POST", "/namespaces", json={}).json()
    api.as_account(made["api_key"]).get("/agent/")
    assert entries(api) == []
    assert len(api.control("GET", "/journal", params={"namespace": made["name"]}).json()) == 1
    api.control("DELETE", f"/namespaces/{made['name']}")


# The fault that struck


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503, "retry_after": 2}, "503"),
        ({"kind": "drop"}, "drop"),
        ({"kind": "malformed"}, "malformed"),
        ({"delay_ms": 5}, "delay=5"),
        ({"status": 429, "delay_ms": 5}, "429;delay=5"),
    ],
)
def test_an_entry_says_which_fault_struck(api: Api, fault: dict[str, Any], said: str) -> None:
    api.get("/agent/")
    api.control("POST", "/faults", json={"operation": "agents.list", "times": 1, **fault})
    left(api, "GET", "/api/v1/agent/").close()
    until(lambda: len(entries(api)) == 2)
    assert [entry["fault"] for entry in entries(api)] == [None, said]


def test_the_fault_that_a_request_brings_along_is_said_as_in_its_answer(api: Api) -> None:
    answer = api.get("/agent/", headers={"X-Emulator-Fault": "503; retry_after=2"})
    assert entries(api)[-1]["fault"] == answer.headers["X-Emulator-Fault"] == "503"


# All namespaces together


def everywhere(api: Api, query: str = "") -> list[tuple[str, str]]:
    """Where the entries of all namespaces came, and their paths."""
    answer = api.control("GET", f"/journal?namespaces=all{query}")
    assert answer.status_code == 200, answer.text
    return [(entry["namespace"], entry["path"].removeprefix("/api/v1")) for entry in answer.json()]


@pytest.fixture
def others(api: Api) -> Iterator[list[Api]]:
    """Clients of `early` and `late`, whose clocks show another year each."""
    clients = []
    for name, year in (("early", 1999), ("late", 2040)):
        seed = {"clock": {"mode": "frozen", "now": f"{year}-01-15T10:30:00Z"}, "accounts": [{"id": "ada"}]}
        made = api.control("POST", "/namespaces", json={"name": name, "seed": seed}).json()
        clients.append(api.as_account(made["api_key"]))
    yield clients
    for name in ("early", "late"):
        api.control("DELETE", f"/namespaces/{name}")


def test_entries_of_all_namespaces_are_in_the_order_in_which_they_came(api: Api, others: list[Api]) -> None:
    early, late = others
    came = [(late, "late"), (api, "default"), (early, "early"), (late, "late"), (early, "early")]
    for client, _ in came:
        client.get("/agent/")
    early.get("/sessions/")
    assert everywhere(api) == [*((name, "/agent/") for _, name in came), ("early", "/sessions/")]
    assert everywhere(api, "&operation=sessions.list") == [("early", "/sessions/")]
    assert everywhere(api, "&tail=2") == [("early", "/agent/"), ("early", "/sessions/")]
    assert everywhere(api, "&limit=1&offset=1") == [("default", "/agent/")]
    answer = api.control("GET", "/journal?namespaces=all&path=/api/v1/agent/&limit=2")
    assert answer.headers["X-Total-Count"] == "5"


def test_an_entry_of_all_is_the_same_as_of_its_namespace(api: Api, others: list[Api]) -> None:
    others[0].get("/agent/")
    alone = api.control("GET", "/journal?namespace=early").json()
    assert api.control("GET", "/journal?namespaces=all").json() == alone
    assert alone[0]["namespace"] == "early"


def test_entries_that_had_to_leave_are_counted_of_all() -> None:
    with EmulatorServer(journal_entries=2) as server:
        api = Api(server)
        clients = [api, api.as_account(api.control("POST", "/namespaces", json={"name": "one"}).json()["api_key"])]
        for client in clients * 3:
            client.get("/agent/")
        answer = api.control("GET", "/journal?namespaces=all")
        assert (len(answer.json()), answer.headers["X-Emulator-Dropped"]) == (4, "2")


def test_no_other_word_than_all_is_taken(api: Api) -> None:
    answer = api.control("GET", "/journal?namespaces=one")
    assert refused(answer, 400)
    assert answer.json()["error"]["message"].startswith("namespaces is all, or left out, not 'one'")


# Counting


def test_the_total_counts_what_matches_and_not_what_is_shown(api: Api) -> None:
    for path in ("/agent/", "/sessions/", "/agent/", "/nothing/"):
        api.get(path)
    answer = api.control("GET", "/journal?operation=agents.list&limit=1&offset=1")
    assert (len(answer.json()), answer.headers["X-Total-Count"]) == (1, "2")
    assert answer.headers["X-Emulator-Dropped"] == "0"
    assert api.control("HEAD", "/journal").headers["X-Total-Count"] == "4"


def test_the_journal_says_how_many_entries_had_to_leave() -> None:
    with EmulatorServer(journal_entries=3) as server:
        api = Api(server)
        dropped = []
        for _ in range(5):
            api.get("/agent/")
            dropped.append(api.control("GET", "/journal").headers["X-Emulator-Dropped"])
        assert dropped == ["0", "0", "0", "1", "2"]
        assert api.control("GET", "/journal").headers["X-Total-Count"] == "3"


def test_the_oldest_leave_when_their_bodies_are_too_large() -> None:
    with EmulatorServer() as server:
        api = Api(server)
        ids = [api.post("/agent/validate/", data=b" " * 1_000_000).headers["X-Request-Id"] for _ in range(18)]
        answer = api.control("GET", "/journal?limit=1")
        assert answer.json()[0]["id"] == ids[2]
        assert (answer.headers["X-Total-Count"], answer.headers["X-Emulator-Dropped"]) == ("16", "2")


def test_waiting_for_more_than_the_journal_keeps_times_out() -> None:
    with EmulatorServer(journal_entries=2) as server:
        api = Api(server)
        for _ in range(3):
            api.get("/agent/")
        answer = api.control("POST", WAIT, json={"count": 3, "timeout_seconds": 0})
        assert refused(answer, 408)


# Waiting


def test_what_is_there_already_is_not_waited_for(api: Api) -> None:
    asked = api.get("/agent/").headers["X-Request-Id"]
    api.get("/sessions/")
    answer = api.control("POST", WAIT, json={"match": {"operation": "agents.list"}, "timeout_seconds": 0})
    assert answer.status_code == 200
    assert [entry["id"] for entry in answer.json()] == [asked]
    assert answer.json() == [entries(api)[0]]


@pytest.mark.parametrize("body", [None, {}, {"match": {}}], ids=["no body", "empty", "no filter"])
def test_any_request_will_do_when_none_is_named(api: Api, body: Any) -> None:
    asked = api.get("/agent/").headers["X-Request-Id"]
    answer = api.control("POST", WAIT) if body is None else api.control("POST", WAIT, json=body)
    assert [entry["id"] for entry in answer.json()] == [asked]


def test_what_comes_later_is_waited_for(api: Api) -> None:
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(Api(api.server).control, "POST", WAIT, json={"match": {"operation": "sessions.create"}})
        api.get("/agent/")
        created = api.post("/sessions/", json=FLAT)
        answer = waited.result(10)
    assert answer.status_code == 200
    assert [entry["id"] for entry in answer.json()] == [created.headers["X-Request-Id"]]


def test_as_many_as_are_wanted_are_waited_for(api: Api) -> None:
    match = {"operation": "agents.list"}
    ids = [api.get("/agent/").headers["X-Request-Id"]]
    assert refused(api.control("POST", WAIT, json={"match": match, "count": 2, "timeout_seconds": 0}), 408)
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(Api(api.server).control, "POST", WAIT, json={"match": match, "count": 3})
        ids += [api.get("/agent/").headers["X-Request-Id"] for _ in range(2)]
        found = waited.result(10).json()
    assert [entry["id"] for entry in found] == ids


def test_only_entries_after_another_count(api: Api) -> None:
    first, second = (api.get("/agent/").headers["X-Request-Id"] for _ in range(2))
    body = {"match": {"operation": "agents.list"}, "timeout_seconds": 0}
    assert [one["id"] for one in api.control("POST", WAIT, json={**body, "after": first}).json()] == [second]
    assert refused(api.control("POST", WAIT, json={**body, "after": second}), 408)
    unknown = api.control("POST", WAIT, json={**body, "after": "req_999999999"})
    assert refused(unknown, 400)
    assert "There is no entry req_999999999 yet; the newest request is req_" in unknown.json()["error"]["message"]
    assert len(api.control("POST", WAIT, json={**body, "after": "req_0"}).json()) == 2


@pytest.mark.parametrize(
    "match",
    [
        pytest.param({"operation": "runtime.execute"}, id="operation"),
        pytest.param({"status": 200}, id="status"),
        pytest.param({"status": "200"}, id="status in quotes"),
        pytest.param({"outcome": "ok"}, id="outcome"),
        pytest.param({"session_id": SESSION_ID}, id="session"),
        pytest.param({"method": "POST"}, id="method"),
        pytest.param({"path": f"/api/v1/runtime/{SESSION_ID}/execute/"}, id="path"),
        pytest.param({"method": "POST", "status": 200, "session_id": SESSION_ID}, id="several"),
    ],
)
def test_every_filter_of_the_journal_can_be_waited_for(api: Api, match: dict[str, Any]) -> None:
    api.get("/nothing/")
    asked = api.execute(SESSION_ID, "Hello").headers["X-Request-Id"]
    answer = api.control("POST", WAIT, json={"match": match, "timeout_seconds": 0})
    assert [entry["id"] for entry in answer.json()] == [asked]


def test_who_waits_in_vain_is_told_that_nothing_came(api: Api) -> None:
    answer = api.control("POST", WAIT, json={"timeout_seconds": 0.01})
    assert refused(answer, 408)
    assert answer.json()["error"] == {
        "type": "emulator_error",
        "message": "0 of 1 requests came within 0.01 s; nothing came at all",
    }


def test_who_waits_in_vain_is_told_what_came_instead(api: Api) -> None:
    listed = api.get("/agent/").headers["X-Request-Id"]
    created = api.post("/sessions/", data=b"{").headers["X-Request-Id"]
    body = {"match": {"operation": "sessions.create", "status": 201}, "timeout_seconds": 0}
    answer = api.control("POST", WAIT, json=body)
    assert refused(answer, 408)
    assert answer.json()["error"]["message"] == (
        "0 of 1 requests with operation sessions.create, status 201 came within 0 s; 2 others came"
    )
    assert answer.json()["error"]["details"]["errors"] == [
        {"field": created, "message": "POST /api/v1/sessions/ answered 400; status is 400, not 201"},
        {
            "field": listed,
            "message": "GET /api/v1/agent/ answered 200; operation is agents.list, not sessions.create, status is 200, not 201",
        },
    ]


def test_of_those_that_are_equally_near_the_newest_are_named(api: Api) -> None:
    ids = [api.get("/agent/").headers["X-Request-Id"] for _ in range(7)]
    answer = api.control("POST", WAIT, json={"match": {"operation": "agents.get"}, "timeout_seconds": 0})
    assert [problem["field"] for problem in answer.json()["error"]["details"]["errors"]] == ids[:1:-1]


def test_those_that_match_are_counted_and_not_named(api: Api) -> None:
    api.get("/agent/")
    answer = api.control("POST", WAIT, json={"match": {"operation": "agents.list"}, "count": 2, "timeout_seconds": 0})
    assert answer.json()["error"]["message"].startswith("1 of 2 requests with operation agents.list came within 0 s")
    assert "errors" not in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        pytest.param({"match": {"operation": "sessions.lst"}}, "match.operation", "did you mean sessions.list?", id="unknown operation"),
        pytest.param({"match": {"outcome": "oke"}}, "match.outcome", "did you mean ok?", id="unknown outcome"),
        pytest.param({"match": {"statuss": 1}}, "match.statuss", "did you mean status?", id="unknown filter"),
        pytest.param({"match": {"method": 1}}, "match.method", "must be text", id="method that is a number"),
        pytest.param({"match": {"status": 1.5}}, "match.status", "must be", id="half a status"),
        pytest.param({"match": {"status": None}}, "match.status", "must be", id="null"),
        pytest.param({"match": []}, "match", "must be a mapping", id="match that is a list"),
        pytest.param({"count": 0}, "count", "at least 1", id="none"),
        pytest.param({"count": "2"}, "count", "must be a whole number", id="count in quotes"),
        pytest.param({"timeout_seconds": -1}, "timeout_seconds", "at least 0", id="back in time"),
        pytest.param({"timeout_seconds": 301}, "timeout_seconds", "at most 300", id="too long"),
        pytest.param({"after": "first"}, "after", "must be", id="after that is no id"),
        pytest.param({"after": 5}, "after", "must be text", id="after that is a number"),
        pytest.param({"operation": "agents.list"}, "operation", "is not known here", id="filter outside of match"),
    ],
)  # fmt: skip
def test_what_can_not_be_waited_for_is_refused_at_once(api: Api, body: Any, field: str, said: str) -> None:
    answer = api.control("POST", WAIT, json=body)
    assert refused(answer, 400)
    problems = {problem["field"]: problem["message"] for problem in answer.json()["error"]["details"]["errors"]}
    assert said in problems[field]


@pytest.mark.parametrize("status", ["abc", "", "20x", "-1"])
def test_a_status_that_no_answer_has_is_refused_at_once(api: Api, status: str) -> None:
    answer = api.control("POST", WAIT, json={"match": {"status": status}, "timeout_seconds": 0})
    assert refused(answer, 400)


def test_an_id_of_very_many_digits_is_no_defect(api: Api) -> None:
    api.get("/agent/")
    answer = api.control("POST", WAIT, json={"after": f"req_{'9' * 5000}", "timeout_seconds": 0})
    assert answer.status_code in (400, 408)


def test_a_wait_ends_when_its_namespace_is_deleted(api: Api) -> None:
    name = api.control("POST", "/namespaces", json={}).json()["name"]
    space = {"namespace": name}
    with ThreadPoolExecutor(1) as pool:
        body = {"match": {"operation": "agents.get"}}
        waited = pool.submit(Api(api.server).control, "POST", WAIT, json=body, params=space)
        feed = api.control("GET", "/events", params={"last_event_id": "0", **space})
        api.control("POST", "/gates/any/open", params=space)
        assert next(feed.iter_lines())  # the loop has been at work since the wait was sent
        assert api.control("DELETE", f"/namespaces/{name}").status_code == 204
        answer = waited.result(10)
    assert answer.status_code in (404, 503)  # 404 if it came after the namespace had gone
    assert refused(answer, answer.status_code)


def test_who_leaves_while_waiting_harms_nobody(api: Api) -> None:
    left(api, "POST", f"/__emulator{WAIT}", {"match": {"operation": "agents.get"}, "timeout_seconds": 300}).close()
    api.get("/agent/")
    assert api.control("POST", WAIT, json={"match": {"operation": "agents.list"}}).status_code == 200


def test_many_may_wait_for_the_same(api: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        waited = [
            pool.submit(Api(api.server).control, "POST", WAIT, json={"match": {"operation": "agents.list"}})
            for _ in range(8)
        ]
        asked = api.get("/agent/").headers["X-Request-Id"]
        assert [[entry["id"] for entry in one.result(10).json()] for one in waited] == [[asked]] * 8


def test_a_server_stops_at_once_though_someone_waits() -> None:
    with ThreadPoolExecutor(1) as pool:
        with EmulatorServer() as server:
            waited = pool.submit(Api(server).control, "POST", WAIT, json={"timeout_seconds": 300})
            Api(server).control("GET", "/health")
            started = monotonic()
        assert monotonic() - started < 4
        try:
            answer = waited.result(10)
        except requests.ConnectionError:
            return  # it came when the server had stopped already
        assert refused(answer, 503)


def test_the_time_of_a_wait_is_real_though_the_clock_is_frozen(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    assert refused(api.control("POST", WAIT, json={"timeout_seconds": 0.05}), 408)
    assert api.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:00Z"


# Whether the client got its answer


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        pytest.param("GET", "/agent/", {}, id="answer"),
        pytest.param("HEAD", "/agent/", {}, id="head"),
        pytest.param("POST", "/sessions/", {"json": FLAT}, id="body"),
        pytest.param("DELETE", f"/sessions/{SESSION_ID}/", {}, id="answer without a body"),
        pytest.param("GET", "/nothing/", {}, id="error"),
        pytest.param("POST", "/sessions/", {"data": b" " * 1_100_000}, id="body that is too large"),
        pytest.param("POST", f"/runtime/{SESSION_ID}/execute/", {"json": {"content": "Hello"}}, id="execution"),
    ],
)
@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_an_answer_that_came_is_delivered(
    api: Api, method: str, path: str, options: dict[str, Any], connection: str
) -> None:
    answer = api.request(method, path, headers={"Connection": connection}, **options)
    (entry,) = entries(api)
    assert (entry["id"], entry["delivered"]) == (answer.headers["X-Request-Id"], True)
    assert entry["status"] == answer.status_code


def test_a_client_that_leaves_at_a_gate_gets_nothing_and_nothing_is_kept(api: Api) -> None:
    api.control("POST", "/scripts", json=HELD)
    total = api.get(f"/runtime/{SESSION_ID}/messages/").json()["total"]
    connection = left(api, "POST", f"/api/v1/runtime/{SESSION_ID}/execute/", {"content": "Wait"})
    until(lambda: waiting(api) == 1)
    connection.close()
    answer = api.control("POST", WAIT, json={"match": {"operation": "runtime.execute"}})
    (entry,) = answer.json()
    assert (entry["delivered"], entry["status"], entry["outcome"]) == (False, 0, "aborted")
    assert (entry["response"], entry["session_id"], entry["body"]) == (None, SESSION_ID, {"content": "Wait"})
    assert waiting(api) == 0
    assert api.get(f"/runtime/{SESSION_ID}/messages/").json()["total"] == total
    assert api.execute(SESSION_ID, "Hello").status_code == 200


def test_a_client_that_stays_at_a_gate_gets_its_answer(api: Api) -> None:
    api.control("POST", "/scripts", json=HELD)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Wait")
        until(lambda: waiting(api) == 1)
        busy = api.execute(SESSION_ID, "Hello")
        api.control("POST", "/gates/held/open")
        assert asked.result(10).status_code == 200
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "1")
    by_outcome = {one["outcome"]: one["delivered"] for one in entries(api) if one["operation"] == "runtime.execute"}
    assert by_outcome == {"rate_limited": True, "ok": True}


def test_a_request_that_never_became_whole_is_not_delivered(api: Api) -> None:
    connection = HTTPConnection("127.0.0.1", int(api.server.url.rpartition(":")[2]), timeout=10)
    connection.putrequest("POST", "/api/v1/sessions/")
    for name, value in (("x-api-key", "test-key"), ("Content-Length", "1000")):
        connection.putheader(name, value)
    connection.endheaders(b'{"name": ')
    connection.close()
    (entry,) = api.control("POST", WAIT, json={"match": {"operation": "sessions.create"}}).json()
    assert (entry["delivered"], entry["status"], entry["outcome"]) == (False, 0, "aborted")


@pytest.mark.parametrize(
    ("fault", "status", "delivered"),
    [("drop", 0, False), ("truncate", 200, False), ("malformed", 200, True), ("503", 503, True)],
)
def test_an_injected_fault_tells_what_came(api: Api, fault: str, status: int, *, delivered: bool) -> None:
    connection = HTTPConnection("127.0.0.1", int(api.server.url.rpartition(":")[2]), timeout=10)
    connection.request("GET", "/api/v1/agent/", headers={"x-api-key": "test-key", "X-Emulator-Fault": fault})
    answer = api.control("POST", WAIT, json={"match": {"outcome": "fault"}})
    connection.close()
    (entry,) = answer.json()
    assert (entry["status"], entry["delivered"]) == (status, delivered)


def test_others_are_answered_while_long_bodies_are_made_readable(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made, may_go_on = journal.shown_entry, Event()

    def slowly(*given: Any) -> Any:
        assert may_go_on.wait(10)
        return made(*given)

    api.post("/agent/validate/", json={"name": "a" * ON_LOOP.most})
    monkeypatch.setattr(journal, "shown_entry", slowly)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(entries, api)
        assert api.control("GET", "/ready").status_code == 200
        assert not reading.done()
        may_go_on.set()
        assert [entry["operation"] for entry in reading.result(10)] == ["agents.validate"]


def test_an_entry_is_found_by_the_id_of_its_answer(api: Api) -> None:
    answer = api.post("/runtime/session_abc123/execute/", json={"content": "Hi"})
    (listed,) = api.control("GET", "/journal?tail=1").json()
    assert api.control("GET", f"/journal/{answer.headers['X-Request-Id']}").json() == listed


def test_an_entry_that_there_is_not_suggests_a_near_one(api: Api) -> None:
    request_id = api.get("/sessions/").headers["X-Request-Id"]
    refused = api.control("GET", f"/journal/{request_id}0")
    assert refused.status_code == 404
    assert f"did you mean {request_id}?" in refused.json()["error"]["message"]
