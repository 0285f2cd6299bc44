"""The control plane: its operations, who may reach it, and the journal without secrets."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from atthene_emulator.limits import ANSWER
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control import scripts
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import FLAT, Api

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
SESSION_ID = "session_abc123"
SECRET = "s3cr3t-Dr1ve-Key"  # what no journal may hold
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

every_row = pytest.mark.parametrize("row", CONTROL, ids=lambda row: f"{row.method} {row.path}")
guarded_row = pytest.mark.parametrize(
    "row", [row for row in CONTROL if row.access != "anybody"], ids=lambda row: f"{row.method} {row.path}"
)


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose journal holds no requests of other modules."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Api]:
    """A client of an emulator that nobody has used before."""
    with EmulatorServer() as server:
        yield Api(server)


QUICKLY: dict[str, Any] = {"/journal/wait": {"json": {"timeout_seconds": 0.01}}}  # who waits need not wait long


def path_of(row: Operation) -> str:
    return row.path.format(name="gate", id="id", session_id="session_abc123", config_hash="0")


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def entries(api: Api, query: str = "") -> list[dict[str, Any]]:
    """The journal, or what a filter leaves of it."""
    answer = api.control("GET", f"/journal{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def entry_of(api: Api, answer: requests.Response) -> dict[str, Any]:
    """The journal's newest entry, which is that of this answer."""
    entry = entries(api)[-1]
    assert entry["id"] == answer.headers["X-Request-Id"]
    return entry


# Who may reach it


@every_row
def test_every_operation_answers_this_machine_without_a_key(api: Api, row: Operation) -> None:
    assert api.get("/sessions/").status_code == 200  # for who waits for a request
    answer = api.control(row.method, path_of(row))
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert refused(answer, answer.status_code)
    assert answer.status_code not in (401, 403, 405)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="foreign host"),
        pytest.param({"Host": "localhost.evil.example"}, id="host that begins like ours"),
        pytest.param({"Host": "evil.example:8484"}, id="foreign host with a port"),
        pytest.param({"Host": "127.0.0.1.nip.io"}, id="address in a name"),
        pytest.param({"Host": "[::]"}, id="any address"),
        pytest.param({"Host": "192.168.0.10"}, id="address of the network"),
        pytest.param({"Host": "localhost@evil.example"}, id="host with a user"),
        pytest.param({"Host": "evillocalhost"}, id="host that ends like ours"),
        pytest.param({"Host": ""}, id="empty host"),
        pytest.param({"Origin": "https://evil.example"}, id="foreign origin"),
        pytest.param({"Origin": "http://localhost:5173"}, id="another port"),
        pytest.param({"Origin": "null"}, id="hidden origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
        pytest.param({"X-Forwarded-Host": "localhost", "Host": "evil.example"}, id="forwarded host"),
    ],
)
@guarded_row
def test_every_operation_refuses_foreigners(api: Api, row: Operation, headers: dict[str, str]) -> None:
    answer = api.control(row.method, path_of(row), **QUICKLY.get(row.path, {}), headers=headers)
    assert refused(answer, 403)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_foreigner_resets_nothing(api: Api) -> None:
    session_id = api.create_session()
    assert refused(api.control("POST", "/reset", headers={"Origin": "https://evil.example"}), 403)
    assert refused(api.control("POST", "/reset", headers={"Host": "evil.example"}), 403)
    assert refused(api.control("POST", "/reset", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert api.get(f"/sessions/{session_id}/").status_code == 200


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8484", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:80", "dev.localhost"],
)
def test_loopback_names_are_answered(api: Api, host: str) -> None:
    assert api.control("GET", "/state", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}], ids=str)
@every_row
def test_own_pages_are_answered_without_cors_headers_but_for_documents(
    api: Api, row: Operation, headers: dict[str, str]
) -> None:
    answer = api.control(
        row.method, path_of(row), **QUICKLY.get(row.path, {}), headers={"Origin": api.server.url, **headers}
    )
    assert answer.status_code != 403
    allowed = [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert bool(allowed) is (row.name in ("service.openapi", "service.asyncapi"))  # as the API answers pages


def test_a_preflight_of_the_control_plane_allows_nothing(api: Api) -> None:
    headers = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "POST"}
    answer = api.control("OPTIONS", "/reset", headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_an_allowed_host_is_answered() -> None:
    with EmulatorServer(allow_hosts=("Box.internal",)) as server:
        api = Api(server)
        assert api.control("GET", "/state", headers={"Host": "box.internal:8484"}).status_code == 200
        assert refused(api.control("GET", "/state", headers={"Host": "other.internal"}), 403)
        assert refused(api.control("GET", "/state", headers={"Host": "a.box.internal"}), 403)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Api]:
    """A client of an emulator with a control token."""
    with EmulatorServer(control_token="open sesame") as server:
        yield Api(server)


@pytest.mark.parametrize(
    ("authorization", "allowed"),
    [
        pytest.param(None, False, id="none"),
        pytest.param("Bearer open sesame", True, id="right"),
        pytest.param("bearer open sesame", True, id="bearer in lower case"),
        pytest.param("Bearer open", False, id="half"),
        pytest.param("Bearer open sesame!", False, id="more"),
        pytest.param("Bearer", False, id="empty"),
        pytest.param("Basic open sesame", False, id="another scheme"),
        pytest.param("Bearer test-key", False, id="an API key"),
        pytest.param("Bearer \u00fc", False, id="not ASCII"),
    ],
)
@guarded_row
def test_a_control_token_is_wanted_by_every_operation(
    guarded: Api, row: Operation, authorization: str | None, *, allowed: bool
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    answer = guarded.control(row.method, path_of(row), **QUICKLY.get(row.path, {}), headers=headers)
    assert (answer.status_code != 401) is allowed
    if not allowed:
        assert answer.json()["error"]["type"] == "emulator_error"


def test_the_control_token_is_not_for_the_api(guarded: Api) -> None:
    assert guarded.get("/agent/").status_code == 200
    assert guarded.as_account(None).get("/agent/", headers={"Authorization": "Bearer open sesame"}).status_code == 401


# Wrong uses


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/nothing", "/health/x", "/gates/x", "/gates/x/shut", "/Health", "//health"])
def test_an_unknown_control_path_is_refused(api: Api, method: str, path: str) -> None:
    assert refused(api.control(method, path), 404)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        pytest.param(path, method, id=f"{method} {path}")
        for path in dict.fromkeys(row.path for row in CONTROL)
        for method in sorted(METHODS)
        if method not in {"HEAD", *(row.method for row in CONTROL if row.path == path)}
    ],
)
def test_another_method_is_refused(api: Api, path: str, method: str) -> None:
    assert refused(
        api.control(method, path.format(name="gate", id="id", session_id="session_abc123", config_hash="0")), 405
    )


@pytest.mark.parametrize("row", [row for row in CONTROL if row.method == "GET"], ids=lambda row: row.path)
def test_head_stands_for_get(api: Api, row: Operation) -> None:
    answer = api.control("HEAD", path_of(row))
    assert answer.status_code == api.control("GET", path_of(row)).status_code
    assert answer.content == b""


@pytest.mark.parametrize("path", ["/health", "/state", "/journal"])
def test_control_paths_work_with_a_closing_slash(api: Api, path: str) -> None:
    assert api.control("GET", f"{path}/", allow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "options", [{"headers": {"X-Emulator-Namespace": "no-such"}}, {"params": {"namespace": "no-such"}}]
)
def test_an_unknown_namespace_is_refused(api: Api, options: dict[str, Any]) -> None:
    assert refused(api.control("GET", "/state", **options), 404)


@pytest.mark.parametrize(
    "options", [{"headers": {"X-Emulator-Namespace": "default"}}, {"params": {"namespace": "default"}}]
)
def test_the_default_namespace_can_be_named(api: Api, options: dict[str, Any]) -> None:
    assert api.control("GET", "/state", **options).json()["namespace"] == "default"


def test_the_control_plane_is_not_part_of_the_api(api: Api) -> None:
    assert api.get("/__emulator/health").status_code == 404


# What the operations do


def test_health_tells_version_contract_and_namespaces(api: Api) -> None:
    answer = api.control("GET", "/health").json()
    assert set(answer) == {"status", "version", "contract", "uptime_seconds", "namespaces", "rulings", "store"}
    assert answer["status"] == "ok"
    assert answer["contract"] == "current"
    assert answer["namespaces"] == len(api.control("GET", "/namespaces").json())
    assert isinstance(answer["uptime_seconds"], int)


def test_health_tells_the_contract_that_was_chosen() -> None:
    with EmulatorServer(contract="reference") as server:
        api = Api(server, contract="reference")
        assert api.control("GET", "/health").json()["contract"] == "reference"
        answer = requests.post(
            f"{server.base_url}/sessions/", json=FLAT, headers={"x-api-key": server.api_key}, timeout=10
        )
    assert answer.json()["session_id"].startswith("session_")


def test_a_started_emulator_is_ready(api: Api) -> None:
    assert api.control("GET", "/ready").status_code == 200


def test_operations_are_the_rows_of_the_table(api: Api) -> None:
    answer = api.control("GET", "/operations").json()
    assert [(row["name"], row["method"], row["path"]) for row in answer] == [
        (row.name, row.method, f"/api/v1{row.path}") for row in OPERATIONS
    ]
    assert {row["evidence"]["level"] for row in answer} <= {"documented", "inferred", "decided"}
    execute = next(row for row in answer if row["name"] == "runtime.execute")
    assert execute["status"] == 200
    assert execute["errors"] == [400, 401, 403, 404, 409, 413, 415, 429, 500]


def test_state_counts_and_lists_what_there_is(fresh: Api) -> None:
    session_id = fresh.create_session()
    answer = fresh.control("GET", "/state").json()
    assert answer["counts"].pop("content_bytes") == fresh.server.emulator.default.contents.weight > 0
    assert answer["counts"] == {
        "accounts": 2,
        "agents": 2,
        "sessions": 2,
        "files": 2,
        "collections": 1,
        "knowledge_bases": 1,
        "artifacts": 1,
        "images": 0,
        "content_dropped": 0,
        "scripts": 4,
        "faults": 0,
        "snapshots": 0,
        "journal": 1,
        "journal_dropped": 0,
    }
    assert answer["agents"][0] == {"id": AGENT_ID, "agent_key": "customer_support_agent", "owner": "user_123"}
    assert {
        "session_id": session_id,
        "owner": "user_123",
        "status": "active",
        "message_count": 0,
    } in answer["sessions"]
    assert [account["id"] for account in answer["accounts"]] == ["user_123", "user_789"]


def test_state_shows_no_key(api: Api) -> None:
    text = api.control("GET", "/state").text
    assert not [key for key in ("test-key", "expired-key", "forbidden-key", "other-key") if key in text]


def world(api: Api) -> Any:
    """Everything that can be seen of both accounts."""
    state = api.control("GET", "/state").json()
    other = api.as_account("other-key")
    seen = [client.get(path).json() for client in (api, other) for path in ("/agent/", "/sessions/")]
    return seen, state["agents"], state["sessions"], api.get(f"/runtime/{SESSION_ID}/messages/").json()


def test_reset_goes_back_to_the_seed(api: Api) -> None:
    before = world(api)
    api.execute(SESSION_ID, "Hello")
    api.create_session()
    api.delete("/sessions/from-agent/?agent_key=customer_support_agent")
    api.patch(f"/agent/{AGENT_ID}/", json={"system_config": {"description": "New"}})
    api.delete("/agent/research_assistant/")
    api.as_account("other-key").post("/agent/", json={"system_config": FLAT})
    api.control("POST", "/gates/slow/open")
    assert world(api) != before
    assert api.control("POST", "/reset").status_code == 200
    assert world(api) == before
    assert api.control("GET", "/gates").json() == []


def test_reset_keeps_the_journal(fresh: Api) -> None:
    asked = fresh.get("/agent/").headers["X-Request-Id"]
    fresh.control("POST", "/reset")
    assert [entry["id"] for entry in entries(fresh)] == [asked]
    assert fresh.get("/agent/").headers["X-Request-Id"] != asked


def ids_of_a_conversation(api: Api) -> list[str]:
    """Ids of every kind that the same requests give."""
    agent = api.post("/agent/", json={"system_config": {**FLAT, "name": "New"}}).json()["id"]
    inline = api.create_session()
    started = api.post(f"/sessions/from-agent/{agent}/").json()["session_id"]
    old = api.with_contract("reference").create_session()
    oldest = api.with_contract("connecting").create_session()
    answer = api.execute(inline, "Hello").json()
    said = [message["id"] for message in api.get(f"/runtime/{inline}/messages/").json()["messages"]]
    seeded = [message["id"] for message in api.get(f"/runtime/{SESSION_ID}/messages/").json()["messages"]]
    return [agent, inline, started, old, oldest, answer["metadata"]["execution_id"], *said, *seeded]


def test_the_same_requests_after_a_reset_give_the_same_ids(api: Api) -> None:
    first = ids_of_a_conversation(api)
    assert len(set(first)) == len(first)
    api.control("POST", "/reset")
    assert ids_of_a_conversation(api) == first


def test_another_emulator_gives_the_same_ids(api: Api, fresh: Api) -> None:
    assert ids_of_a_conversation(fresh) == ids_of_a_conversation(api)


def test_gates_are_listed_opened_and_closed(api: Api) -> None:
    assert api.control("GET", "/gates").json() == []
    for name in ("b", "a"):
        opened = api.control("POST", f"/gates/{name}/open").json()
        assert opened == {"name": name, "open": True, "released": 0, "still_waiting": {}}
    assert api.control("GET", "/gates").json() == [
        {"name": "a", "open": True, "waiting": 0, "sessions": []},
        {"name": "b", "open": True, "waiting": 0, "sessions": []},
    ]
    assert api.control("POST", "/gates/b/close").json() == {"name": "b", "open": False}
    assert api.control("GET", "/gates").json() == [{"name": "a", "open": True, "waiting": 0, "sessions": []}]


# The journal


def test_an_entry_tells_the_whole_request(api: Api) -> None:
    answer = api.post(f"/runtime/{SESSION_ID}/execute/?a=b", json={"content": "Hello"}, headers={"X-Test": "yes"})
    entry = entry_of(api, answer)
    assert set(entry) == {
        "id", "at", "operation", "method", "path", "query", "headers", "body", "status", "response", "duration_ms",
        "outcome", "session_id", "script", "evidence", "findings", "unread", "delivered", "fault", "namespace",
    }  # fmt: skip
    assert entry["id"] == answer.headers["X-Request-Id"]
    assert entry["operation"] == "runtime.execute"
    assert entry["method"] == "POST"
    assert entry["path"] == f"/api/v1/runtime/{SESSION_ID}/execute/"
    assert entry["query"] == "a=b"
    assert entry["headers"]["x-test"] == "yes"
    assert entry["body"] == {"content": "Hello"}
    assert entry["status"] == 200
    assert entry["response"] == answer.json()
    assert entry["duration_ms"] >= 0
    assert entry["outcome"] == "ok"
    assert entry["session_id"] == SESSION_ID
    assert entry["script"] == ["greeting"]
    assert entry["evidence"] == answer.headers["X-Emulator-Evidence"]
    assert entry["findings"] == ["R102"]
    assert entry["unread"] == ["R102 a is no parameter of this request; it takes none."]
    assert entry["delivered"] is True


def test_a_created_session_is_noted(fresh: Api) -> None:
    answer = fresh.post("/sessions/", json=FLAT)
    assert entry_of(fresh, answer)["session_id"] == answer.json()["session_id"]


def test_an_unknown_path_is_noted_without_an_operation(api: Api) -> None:
    answer = api.get("/nothing/?x=1")
    entry = entry_of(api, answer)
    assert entry["operation"] is None
    assert entry["path"] == "/api/v1/nothing/"
    assert entry["response"]["error"]["type"] == "not_found"
    assert entry["body"] is None


def test_control_requests_are_not_in_the_journal(fresh: Api) -> None:
    fresh.control("GET", "/state")
    assert entries(fresh) == []


@pytest.fixture(scope="module")
def seven() -> Iterator[tuple[Api, list[str]]]:
    """A client of an emulator that was asked seven times, and the ids of those requests."""
    with EmulatorServer() as server:
        api = Api(server)
        answers = [
            api.get("/agent/"),
            api.post("/sessions/", json=FLAT),
            api.execute(SESSION_ID, "Hello"),
            api.execute(SESSION_ID, "Unheard of"),
            api.get("/nothing/"),
            api.as_account(None).get("/agent/"),
            api.post(f"/runtime/{SESSION_ID}/execute/", json={}),
        ]
        yield api, [answer.headers["X-Request-Id"] for answer in answers]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", [0, 1, 2, 3, 4, 5, 6], id="all, newest last"),
        pytest.param("?operation=agents.list", [0, 5], id="operation"),
        pytest.param("?status=200", [0, 2, 3], id="status"),
        pytest.param("?status=404", [4], id="another status"),
        pytest.param("?outcome=ok", [0, 1, 2], id="ok"),
        pytest.param("?outcome=default_answer", [3], id="default_answer"),
        pytest.param("?outcome=not_found", [4], id="not_found"),
        pytest.param("?outcome=auth_error", [5], id="auth_error"),
        pytest.param("?outcome=client_error", [6], id="client_error"),
        pytest.param("?outcome=server_error", [], id="server_error"),
        pytest.param(f"?session_id={SESSION_ID}", [2, 3, 6], id="session"),
        pytest.param("?method=POST", [1, 2, 3, 6], id="method"),
        pytest.param("?path=/api/v1/agent/", [0, 5], id="path"),
        pytest.param("?method=GET&outcome=ok", [0], id="two filters"),
        pytest.param("?operation=agents.delete", [], id="nothing matches"),
        pytest.param("?limit=2", [0, 1], id="limit"),
        pytest.param("?offset=5", [5, 6], id="offset"),
        pytest.param("?limit=2&offset=3", [3, 4], id="page"),
        pytest.param("?method=POST&limit=1&offset=2", [3], id="page of a filter"),
        pytest.param("?limit=0", [], id="none"),
    ],
)
def test_the_journal_is_filtered_and_paged(seven: tuple[Api, list[str]], query: str, expected: list[int]) -> None:
    api, ids = seven
    assert [entry["id"] for entry in entries(api, query)] == [ids[index] for index in expected]


def test_the_total_counts_what_the_filter_leaves(seven: tuple[Api, list[str]]) -> None:
    api, _ = seven
    assert api.control("GET", "/journal").headers["X-Total-Count"] == "7"
    assert api.control("GET", "/journal?status=200&limit=1").headers["X-Total-Count"] == "3"


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "offset=1.5", "limit=", "offset=99999999999"])
def test_a_bad_page_of_the_journal_is_refused(api: Api, query: str) -> None:
    assert refused(api.control("GET", f"/journal?{query}"), 400)


def test_the_journal_keeps_the_newest_entries() -> None:
    with EmulatorServer(journal_entries=3) as server:
        api = Api(server)
        ids = [api.get("/agent/").headers["X-Request-Id"] for _ in range(5)]
        assert [entry["id"] for entry in entries(api)] == ids[2:]
        counts = api.control("GET", "/state").json()["counts"]
    assert (counts["journal"], counts["journal_dropped"]) == (3, 2)


def test_the_journal_is_bounded_by_bytes(fresh: Api) -> None:
    for _ in range(20):
        fresh.post("/agent/validate/", data=b" " * (1024 * 1024))
    counts = fresh.control("GET", "/state").json()["counts"]
    assert counts["journal"] == 15
    assert counts["journal_dropped"] == 5


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param(b'{"content": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"\\ud800": 1}', id="lone surrogate in a key"),
        pytest.param(b'{"content": NaN}', id="NaN"),
        pytest.param(b'{"content": 1e999}', id="1e999"),
        pytest.param(b'{"content": 99999999999999999999999}', id="integer of more than 64 bits"),
        pytest.param(b'{"content": ' + b"9" * 5000 + b"}", id="integer of 5000 digits"),
        pytest.param(b'{"content": ' + b"[" * 300 + b"]" * 300 + b"}", id="nested 300 deep"),
        pytest.param(b'{"content": ' + b"[" * 900 + b"]" * 900 + b"}", id="nested 900 deep"),
        pytest.param(b'{"content": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", id="nested 90000 deep"),
        pytest.param(
            b'{"content": "\\u0041", "x": ' + b"[" * 700 + b"]" * 700 + b"}", id="nested 700 deep and escaped"
        ),
        pytest.param(b'{"drive_key": "x", "y": ' + b'{"z":' * 700 + b"1" + b"}" * 701, id="nested 700 deep and secret"),
        pytest.param(
            b'{"drive_key": "x", "y": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", id="nested 90000 deep and secret"
        ),
        pytest.param(b'{"drive_key": "x", "y": "\\ud800"}', id="secret beside a lone surrogate"),
    ],
)
def test_the_journal_can_be_read_after_any_body(fresh: Api, body: bytes) -> None:
    asked = fresh.post(f"/runtime/{SESSION_ID}/execute/", data=body)
    assert asked.status_code == 400
    (entry,) = entries(fresh)
    assert entry["id"] == asked.headers["X-Request-Id"]
    assert entry["body"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-api-key", SECRET),
        ("X-API-Key", SECRET),
        ("Authorization", f"Bearer {SECRET}"),
        ("Authorization", SECRET),
        ("Cookie", f"session={SECRET}"),
    ],
)
def test_secret_headers_are_redacted(api: Api, name: str, value: str) -> None:
    answer = api.as_account(None).get("/agent/", headers={name: value})
    entry = entry_of(api, answer)
    assert entry["headers"][name.lower()] == "[redacted]"
    assert SECRET not in json.dumps(entry)


def test_a_key_that_works_is_redacted_too(fresh: Api) -> None:
    fresh.get("/agent/")
    fresh.as_account(None).get("/agent/", headers={"Authorization": "Bearer other-key"})
    text = fresh.control("GET", "/journal").text
    assert "test-key" not in text
    assert "other-key" not in text


@pytest.mark.parametrize("name", ["x-api-key", "api_key", "X-API-KEY", "token", "authorization"])
def test_a_key_in_the_query_is_redacted(api: Api, name: str) -> None:
    answer = api.get(f"/agent/?a=1&{name}={SECRET}&b=2")
    entry = entry_of(api, answer)
    assert SECRET not in json.dumps(entry)
    assert entry["query"].startswith("a=1&")
    assert entry["query"].endswith("&b=2")


def with_drive(key: Any) -> dict[str, Any]:
    """A configuration that reads from a drive."""
    base = {"name": "drive", "knowledge_base_type": "uknow", "config": {"username": "ada", "drive_key": key}}
    return {**FLAT, "knowledge_bases": [base]}


def test_a_drive_key_is_redacted_wherever_the_journal_would_show_it(fresh: Api) -> None:
    session_id = fresh.create_session(with_drive(SECRET))
    shown = fresh.get(f"/sessions/{session_id}/").json()["agent_config"]
    assert shown["knowledge_bases"][0]["config"]["drive_key"] == SECRET
    agent = fresh.post("/agent/", json={"system_config": {**with_drive(SECRET), "name": "Drive"}}).json()
    assert agent["system_config"]["knowledge_bases"][0]["config"]["drive_key"] == SECRET
    fresh.get("/agent/")
    fresh.patch("/agent/drive/", json={"system_config": {"knowledge_bases": with_drive(SECRET)["knowledge_bases"]}})
    fresh.post("/agent/validate/", json=with_drive(SECRET))
    found = entries(fresh)
    assert len(found) == 6
    assert SECRET not in json.dumps(found)
    assert found[0]["body"]["knowledge_bases"][0]["config"] == {"username": "ada", "drive_key": "[redacted]"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"drive_key": "SECRET"}', id="plain"),
        pytest.param('{"a": [{"drive_key" : "SECRET"}]}', id="nested"),
        pytest.param('{"drive\\u005fkey": "SECRET"}', id="underscore escaped"),
        pytest.param('{"\\u0064\\u0072ive_key": "SECRET"}', id="letters escaped"),
        pytest.param('{"drive_key": "a,SECRET"}', id="comma"),
        pytest.param('{"drive_key": "a}SECRET"}', id="brace"),
        pytest.param('{"drive_key": "a\\"SECRET"}', id="quote"),
        pytest.param('{"drive_key": ["SECRET"]}', id="in a list"),
        pytest.param('{"drive_key": {"value": "SECRET"}}', id="in an object"),
        pytest.param('{"drive_key": "SECRET", "drive_key": "SECRET"}', id="twice"),
        pytest.param('{"drive_key": "SECRET",}', id="trailing comma"),
        pytest.param('{"drive_key": "a,SECRET",}', id="comma and trailing comma"),
        pytest.param('{"drive\\u005fkey": "SECRET",}', id="escaped and trailing comma"),
        pytest.param('{"drive_key": "SECRET"', id="unfinished"),
        pytest.param('{"drive_key": "SECRET', id="unfinished text"),
    ],
)
def test_a_drive_key_in_json_is_redacted(api: Api, body: str) -> None:
    answer = api.post("/sessions/", data=body.replace("SECRET", SECRET).encode())
    entry = entry_of(api, answer)
    assert entry["operation"] == "sessions.create"
    assert SECRET not in json.dumps(entry)


@pytest.mark.parametrize("body", ['{"drive_key": "SECRET"}', "drive_key: SECRET"], ids=["JSON", "YAML"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_drive_key_of_a_refused_media_type_is_redacted(api: Api, body: str, media_type: str) -> None:
    answer = api.post("/sessions/", data=body.replace("SECRET", SECRET).encode(), headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert SECRET not in json.dumps(entry_of(api, answer))


def test_a_drive_key_in_utf_16_is_redacted(api: Api) -> None:
    answer = api.post("/sessions/", data=json.dumps({"drive_key": SECRET}).encode("utf-16-le"))
    entry = entry_of(api, answer)
    assert SECRET not in json.dumps(entry).replace("\\u0000", "")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("drive_key: SECRET\n", id="plain"),
        pytest.param("a:\n  - drive_key: SECRET\n    b: 1\n", id="nested"),
        pytest.param("drive_key: 'SECRET'\n", id="single quotes"),
        pytest.param('"drive_key": "SECRET"\n', id="double quotes"),
        pytest.param("drive_key   :   SECRET   # mine\n", id="spaces"),
        pytest.param("{drive_key: SECRET, b: 1}\n", id="flow"),
        pytest.param('{"drive_key":"SECRET"}\n', id="flow without spaces"),
        pytest.param("drive_key:\n  SECRET\n", id="next line"),
        pytest.param("? drive_key\n: SECRET\n", id="explicit key"),
        pytest.param("drive_key: abc,SECRET\n", id="comma"),
        pytest.param('drive_key: "abc,SECRET"\n', id="comma in quotes"),
        pytest.param("drive_key: 'abc}SECRET'\n", id="brace in quotes"),
        pytest.param("drive_key: |\n  SECRET\n", id="literal block"),
        pytest.param("drive_key: >-\n  SECRET\n  more\n", id="folded block"),
        pytest.param("drive_key: first\n  SECRET\n", id="two lines"),
        pytest.param('drive_key: "first\n  SECRET"\n', id="two quoted lines"),
        pytest.param("drive_key:\n  - SECRET\n  - x\n", id="list"),
        pytest.param("drive_key: &k SECRET\n", id="anchor"),
        pytest.param("a: &k SECRET\ndrive_key: *k\n", id="alias"),
        pytest.param("a:\n  <<: {drive_key: SECRET}\n", id="merged mapping"),
        pytest.param("a: &m {drive_key: SECRET}\nb: *m\nc: {<<: *m}\n", id="mapping under an alias"),
        pytest.param("drive_key: # the key\n  SECRET\n", id="comment between"),
        pytest.param('"drive\\u005fkey": SECRET\n', id="escaped key"),
        pytest.param('"drive\\x5fkey": SECRET\n', id="key escaped by two digits"),
        pytest.param("drive_key: SECRET\nb: [\n", id="broken further down"),
    ],
)
def test_a_drive_key_in_yaml_is_redacted(api: Api, body: str) -> None:
    text = body.replace("SECRET", SECRET)
    answer = api.post("/sessions/", data=text.encode(), headers={"Content-Type": "application/yaml"})
    entry = entry_of(api, answer)
    assert entry["operation"] == "sessions.create"
    assert SECRET not in json.dumps(entry)


def test_a_drive_key_of_a_wrong_type_is_not_quoted_in_the_answer_of_the_journal(api: Api) -> None:
    answer = api.post("/sessions/", json=with_drive([SECRET]))
    assert answer.status_code == 400
    assert SECRET not in json.dumps(entry_of(api, answer))


def test_what_is_no_secret_stays_readable(api: Api) -> None:
    answer = api.execute(SESSION_ID, "My drive_key is lost")
    entry = entry_of(api, answer)
    assert entry["body"] == {"content": "My drive_key is lost"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("outcom=ok", "There is no parameter outcom; did you mean outcome?"),
        ("outcome=oke", "No request has the outcome oke; did you mean ok?"),
        ("operation=sessions.lst", "No request has the operation sessions.lst; did you mean sessions.list?"),
        ("status=abc", "status must be a number, not 'abc'"),
    ],
)
def test_a_journal_filter_that_can_match_nothing_is_refused(api: Api, query: str, said: str) -> None:
    response = api.control("GET", f"/journal?{query}")
    assert (response.status_code, response.json()["error"]["message"]) == (400, said)


def test_an_unknown_control_path_names_the_near_one(api: Api) -> None:
    message = api.control("GET", "/jurnal").json()["error"]["message"]
    assert message == "There is no /__emulator/jurnal; did you mean /__emulator/journal?"


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: [one], lambda one: {"scripts": [one]}], ids=["one", "list", "seed"]
)
def test_scripts_are_added_in_three_shapes(api: Api, wrap: Any) -> None:
    added = api.control("POST", "/scripts", json=wrap({"name": "mine", "then": {"reply": "Mine"}}))
    assert (added.status_code, added.json()) == (201, [{"name": "mine"}])
    assert api.execute(api.create_session()).json()["messages"][0]["content"] == "Mine"
    assert api.control("DELETE", "/scripts").status_code == 204


def test_scripts_are_shown_as_they_were_written_without_secrets(api: Api) -> None:
    when = {"content": {"contains": "Bearer abcdef1234567890"}, "variables": {"api_key": "k-123456"}}
    added = [
        {"name": "plain", "then": [{"reply": "k-123456", "delay_ms": 1}, {"reply": "Two"}]},
        {"name": "secret", "when": when, "times": 2, "then": {"reply": "Hi"}},
    ]
    api.control("POST", "/scripts", json=added)
    response = api.control("GET", "/scripts")
    assert response.json()[:2] == [
        {
            "name": "plain", "from": "added", "hits": 0, "times": None,
            "when": {}, "then": [{"reply": "[redacted]", "delay_ms": 1}, {"reply": "Two"}],
        },
        {
            "name": "secret", "from": "added", "hits": 0, "times": 2,
            "when": {"content": {"contains": "Bearer [redacted]"}, "variables": {"api_key": "[redacted]"}},
            "then": {"reply": "Hi"},
        },
    ]  # fmt: skip
    assert response.headers["X-Total-Count"] == str(len(response.json()))


def test_of_scripts_for_which_an_answer_has_no_room_the_texts_are_left_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts, "ANSWER", ANSWER._replace(most=2_000))
    api.control("POST", "/scripts", json=[{"then": {"reply": "x" * 900}} for _ in range(3)])
    shown = api.control("GET", "/scripts").json()
    assert [one["then"] is None for one in shown[:3]] == [False, True, True]
    assert all(one["name"] for one in shown)


def test_one_script_is_dropped(api: Api) -> None:
    api.control(
        "POST",
        "/scripts",
        json=[{"name": "rain", "then": {"reply": "Rain"}}, {"name": "sun", "then": {"reply": "Sun"}}],
    )
    assert api.control("DELETE", "/scripts/rain").status_code == 204
    assert api.execute(api.create_session()).json()["messages"][0]["content"] == "Sun"
    gone = api.control("DELETE", "/scripts/sum")
    assert (gone.status_code, gone.json()["error"]["message"]) == (404, "There is no script 'sum'; did you mean sun?")
    seeded = api.control("GET", "/scripts").json()[-1]["name"]
    kept = api.control("DELETE", f"/scripts/{seeded}")
    message = f"The script {seeded} is of the seed, and stays; one of that name that you add goes before it"
    assert (kept.status_code, kept.json()["error"]["message"]) == (409, message)
    api.control("POST", "/scripts", json={"name": seeded, "then": {"reply": "Mine"}})
    assert api.control("DELETE", f"/scripts/{seeded}").status_code == 204


@pytest.mark.parametrize("name", [".", ".."])
def test_a_script_has_no_name_that_clients_resolve_in_a_path(api: Api, name: str) -> None:
    before = api.control("GET", "/scripts").json()
    refused = api.control("POST", "/scripts", json={"name": name, "then": {"reply": "x"}})
    assert refused.status_code == 400
    assert api.control("GET", "/scripts").json() == before


@pytest.mark.parametrize(("value", "status"), [("1", 501), ("true", 501), ("0", 200), ("false", 200), ("maybe", 400)])
def test_the_strict_header_says_yes_or_no(api: Api, value: str, status: int) -> None:
    session = api.create_session()
    path = f"/runtime/{session}/execute/"
    assert api.post(path, json={"content": "Good day"}, headers={"X-Emulator-Strict": value}).status_code == status


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/agent/", FLAT, 'system_config is required: wrap the configuration, {"system_config": {…}}.'),
        ("/sessions/", {"system_config": FLAT}, "Send the configuration itself, as it stands below system_config."),
        ("/sessions/", {"agent_id": "x"}, "/sessions/from-agent/"),
    ],
    ids=["bare", "wrapped", "agent"],
)
def test_a_configuration_in_the_wrong_wrapping_is_told_so(api: Api, path: str, body: Any, said: str) -> None:
    response = api.post(path, json=body)
    assert response.status_code == 400
    assert said in response.json()["error"]["details"]["errors"][0]["message"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("X-Emulator-Falt", "There is no header X-Emulator-Falt; did you mean X-Emulator-Fault?"),
        ("X-Emulator-Namepsace", "There is no header X-Emulator-Namepsace; did you mean X-Emulator-Namespace?"),
    ],
)
def test_a_misspelt_header_of_ours_is_refused_on_both_planes(api: Api, header: str, said: str) -> None:
    on_data = api.get("/sessions/", headers={header: "x"})
    on_control = api.control("GET", "/state", headers={header: "x"})
    assert [(one.status_code, one.json()["error"]["message"]) for one in (on_data, on_control)] == [(400, said)] * 2


def test_a_misspelt_query_of_ours_is_refused(api: Api) -> None:
    answer = api.get("/sessions/?emulator_falt=500")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "emulator_error")
    assert answer.json()["error"]["message"] == "There is no parameter emulator_falt; did you mean emulator_fault?"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("scop=clock", "There is no parameter scop; did you mean scope?"),
        ("namespce=w1", "There is no parameter namespce; did you mean namespace?"),
        ("scope=clock&scope=faults", "scope is given twice; separate values by commas where there may be several"),
    ],
)
def test_a_query_that_would_do_nothing_resets_nothing(api: Api, query: str, said: str) -> None:
    session_id = api.create_session()
    answer = api.control("POST", f"/reset?{query}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, said)
    assert api.get(f"/sessions/{session_id}/").status_code == 200


@pytest.mark.parametrize(
    ("when", "hint"),
    [
        ({"agent": "man"}, "This script never answers: the namespace has no agent man; did you mean main?"),
        ({"agent_key": "nobody"}, "This script never answers: the namespace has no agent_key nobody."),
        ({"session": "none"}, "This script never answers: the namespace has no session none."),
        ({"turn": {"from": 3, "to": 2}}, "This script never answers: no turn is from 3 to 2."),
        ({"session": SESSION_ID}, None),
        ({}, None),
    ],
    ids=["agent", "agent_key", "session", "turn", "known", "any"],
)
def test_a_script_that_cannot_answer_is_added_with_a_hint(api: Api, when: dict[str, Any], hint: str | None) -> None:
    answer = api.control("POST", "/scripts", json={"name": "mine", "when": when, "then": {"reply": "Hi"}})
    assert answer.json() == [{"name": "mine", **({"hint": hint} if hint else {})}]


@pytest.mark.parametrize("body", [b"{}", b" { } ", b"null", b"\n"])
def test_the_empty_object_that_clients_send_is_no_body(api: Api, body: bytes) -> None:
    for path in ("/reset", "/clear", "/gates/door/open"):
        assert api.control("POST", path, data=body, headers={"Content-Type": "application/json"}).status_code == 200
    answer = api.control("POST", "/reset", data=iter([body]), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert api.control("DELETE", "/faults", data=body).status_code == 204


@pytest.mark.parametrize("body", [b"[]", b"{", b"0", b"{}{}", b'""', b"{" + b" " * 2_000_000 + b"}"])
def test_any_other_body_is_refused_where_none_is_taken(api: Api, body: bytes) -> None:
    answer = api.control("POST", "/reset", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 413)


def test_a_body_that_nobody_reads_is_refused(api: Api) -> None:
    session_id = api.create_session()
    answer = api.control("POST", "/reset", json={"scope": "clock"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "POST /reset takes no body; it takes ?scope=",
    )
    assert api.get(f"/sessions/{session_id}/").status_code == 200


@every_row
def test_every_operation_refuses_queries_that_it_does_not_know(api: Api, row: Operation) -> None:
    assert refused(api.control(row.method, f"{path_of(row)}?nonsense=1"), 400)


def test_header_and_query_that_name_two_namespaces_are_refused(api: Api) -> None:
    name = api.control("POST", "/namespaces").json()["name"]
    answer = api.control("GET", f"/state?namespace={name}", headers={"X-Emulator-Namespace": "default"})
    assert refused(answer, 400)
    assert api.control("GET", f"/state?namespace={name}", headers={"X-Emulator-Namespace": name}).status_code == 200


def test_opening_a_gate_tells_who_still_waits_elsewhere(api: Api) -> None:
    api.control("POST", "/scripts", json={"then": {"gate": "slow", "reply": "Done."}})
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Wait")
        while not api.control("GET", "/gates").json():
            pass
        typo = api.control("POST", "/gates/slwo/open").json()
        assert (typo["released"], typo["still_waiting"]) == (0, {"slow": 1})
        assert api.control("POST", "/gates/slow/open").json()["released"] == 1
        assert asked.result(10).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [("tail=1", [3]), ("tail=2", [2, 3]), ("limit=1", [1]), ("method=get", [1, 2, 3]), ("operation=agents.*", [2])],
)
def test_the_journal_is_asked_for_its_end_and_by_groups(fresh: Api, query: str, found: list[int]) -> None:
    fresh.get("/sessions/")
    fresh.get("/agent/")
    fresh.get("/sessions/")
    assert [int(entry["id"][4:]) for entry in entries(fresh, f"?{query}")] == found


def test_a_path_is_found_with_and_without_its_slash(fresh: Api) -> None:
    fresh.get("/agent/")
    fresh.get("/agent")
    assert len(entries(fresh, "?path=/api/v1/agent")) == len(entries(fresh, "?path=/api/v1/agent/")) == 2
