"""Rate limits count what accepted keys ask, refill with the namespace's clock, and are off unless they are wanted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api

SESSION_ID = "session_abc123"
NOON = "2025-01-15T10:30:00Z"
BODY = {"error": {"type": "rate_limit_error", "message": "Rate limit exceeded"}}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose journal holds no requests of other modules."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Api:
    """A client of the emulator as its seed left it, with a clock that stands still."""
    client = Api(server)
    assert client.control("POST", "/reset").status_code == 200
    assert client.control("PUT", "/clock", json={"mode": "frozen", "now": NOON}).status_code == 200
    return client


def limit(api: Api, requests: int, per_seconds: float, **scope: str) -> None:
    """Count from now on."""
    body = {"requests": requests, "per_seconds": per_seconds, **scope}
    assert api.control("PUT", "/rate-limit", json=body).status_code == 200


def advance(api: Api, seconds: float) -> None:
    assert api.control("POST", "/clock/advance", json={"seconds": seconds}).status_code == 200


def told(answer: requests.Response) -> tuple[str | None, ...]:
    """Limit, remaining and reset."""
    return tuple(answer.headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def test_no_requests_are_counted_by_default(api: Api) -> None:
    assert api.control("GET", "/rate-limit").json() == {"requests": None}
    answers = [api.get("/agent/") for _ in range(100)]
    assert {answer.status_code for answer in answers} == {200}
    assert {told(answer) for answer in answers} == {(None, None, None)}


def test_so_many_requests_are_answered_and_the_next_is_not(api: Api) -> None:
    limit(api, 3, 60)
    assert [api.get("/agent/").status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_a_request_too_many_is_told_when_to_come_back(api: Api) -> None:
    limit(api, 3, 60)
    answers = [api.get("/agent/") for _ in range(4)]
    assert [told(answer) for answer in answers] == [
        ("3", "2", "20"),
        ("3", "1", "40"),
        ("3", "0", "60"),
        ("3", "0", "60"),
    ]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, None, None, "20"]
    assert answers[3].json() == BODY
    assert answers[3].headers["X-Emulator-Evidence"] == "decided"
    entry = api.control("GET", "/journal").json()[-1]
    assert (entry["outcome"], entry["status"], entry["operation"]) == ("rate_limited", 429, "agents.list")


def test_requests_come_back_one_by_one_with_the_clock(api: Api) -> None:
    limit(api, 3, 60)
    assert [api.get("/agent/").status_code for _ in range(4)] == [200, 200, 200, 429]
    advance(api, 19)
    assert api.get("/agent/").headers["Retry-After"] == "1"
    advance(api, 1)
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    advance(api, 40)
    assert [api.get("/agent/").status_code for _ in range(3)] == [200, 200, 429]


def test_no_more_come_back_than_there_were(api: Api) -> None:
    limit(api, 2, 1)
    advance(api, 86_400)
    assert [api.get("/agent/").status_code for _ in range(3)] == [200, 200, 429]
    advance(api, 86_400)
    assert [api.get("/agent/").status_code for _ in range(3)] == [200, 200, 429]


def test_who_waits_as_told_is_answered(api: Api) -> None:
    limit(api, 7, 100)
    for _ in range(7):
        assert api.get("/agent/").status_code == 200
    for _ in range(5):
        answer = api.get("/agent/")
        assert answer.status_code == 429
        advance(api, int(answer.headers["Retry-After"]))
        assert api.get("/agent/").status_code == 200


def test_time_that_passes_in_parts_counts_as_a_whole(api: Api) -> None:
    limit(api, 1, 1)
    assert api.get("/agent/").status_code == 200
    for _ in range(10):
        advance(api, 0.1)
    assert api.get("/agent/").status_code == 200


def test_a_request_that_was_refused_costs_nothing(api: Api) -> None:
    limit(api, 1, 10)
    assert [api.get("/agent/").status_code for _ in range(20)] == [200] + [429] * 19
    advance(api, 10)
    assert api.get("/agent/").status_code == 200


def test_each_key_has_its_own_count(api: Api) -> None:
    limit(api, 1, 60)
    other = api.as_account("other-key")
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    assert [other.get("/agent/").status_code for _ in range(2)] == [200, 429]


def test_a_key_is_one_key_however_it_is_sent(api: Api) -> None:
    limit(api, 1, 60)
    assert api.get("/agent/").status_code == 200
    answer = api.as_account(None).get("/agent/", headers={"Authorization": "Bearer test-key"})
    assert answer.status_code == 429


def test_each_session_has_its_own_count(api: Api) -> None:
    other = api.create_session()
    limit(api, 2, 60, scope="session")
    assert [api.execute(SESSION_ID).status_code for _ in range(3)] == [200, 200, 429]
    assert api.get(f"/runtime/{SESSION_ID}/status/").status_code == 429
    assert [api.execute(other).status_code for _ in range(3)] == [200, 200, 429]


def test_requests_about_no_session_are_not_counted_per_session(api: Api) -> None:
    limit(api, 1, 60, scope="session")
    answers = [api.get("/agent/"), api.post("/sessions/", json=FLAT), api.get("/sessions/"), api.get("/sessions/")]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 200]
    assert {told(answer) for answer in answers} == {(None, None, None)}


def test_a_429_of_a_session_does_not_execute(api: Api) -> None:
    limit(api, 1, 60, scope="session")
    assert [api.execute(SESSION_ID, "Hello").status_code for _ in range(3)] == [200, 429, 429]
    api.control("DELETE", "/rate-limit")
    assert api.get(f"/runtime/{SESSION_ID}/messages/").json()["total"] == 4


@pytest.mark.parametrize("key", [None, "wrong", "expired-key", "forbidden-key"])
def test_keys_that_are_not_accepted_are_not_counted(api: Api, key: str | None) -> None:
    limit(api, 1, 60)
    client = api.as_account(key)
    answers = [client.get("/agent/") for _ in range(3)]
    assert {answer.status_code for answer in answers} <= {401, 403}
    assert {told(answer) for answer in answers} == {(None, None, None)}
    assert api.get("/agent/").status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing/"), ("PUT", "/agent/"), ("OPTIONS", "/agent/")])
def test_what_is_no_operation_is_not_counted(api: Api, method: str, path: str) -> None:
    limit(api, 1, 60)
    for _ in range(3):
        assert api.request(method, path).status_code in (204, 404, 405)
    assert api.get("/agent/").status_code == 200


@pytest.mark.parametrize("path", ["/agent/no-such/", f"/runtime/{SESSION_ID}/messages/?limit=x"])
def test_errors_of_an_operation_are_counted(api: Api, path: str) -> None:
    limit(api, 1, 60)
    answer = api.get(path)
    assert answer.status_code in (400, 404)
    assert told(answer) == ("1", "0", "60")
    assert api.get("/agent/").status_code == 429


def test_the_limit_wins_over_a_fault(api: Api) -> None:
    limit(api, 1, 60)
    api.control("POST", "/faults", json={"status": 503})
    answer = api.get("/agent/")
    assert (answer.status_code, told(answer)) == (503, ("1", "0", "60"))
    answer = api.get("/agent/")
    assert (answer.status_code, answer.json()) == (429, BODY)
    assert "X-Emulator-Fault" not in answer.headers


def test_two_clients_of_one_key_share_its_count(api: Api) -> None:
    limit(api, 10, 60)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: Api(api.server).get("/agent/").status_code, range(20)))
    assert (answers.count(200), answers.count(429)) == (10, 10)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"requests": 60, "per_seconds": 60}, {"requests": 60, "per_seconds": 60, "scope": "key"}),
        ({"requests": 1, "per_seconds": 0.5, "scope": "session"}, {"requests": 1, "per_seconds": 0.5, "scope": "session"}),
    ],
    ids=["by key", "by session"],
)  # fmt: skip
def test_the_limit_is_shown_as_it_was_set(api: Api, body: dict[str, Any], shown: dict[str, Any]) -> None:
    assert api.control("PUT", "/rate-limit", json=body).json() == shown
    assert api.control("GET", "/rate-limit").json() == shown


def test_a_limit_that_is_set_again_counts_anew(api: Api) -> None:
    limit(api, 1, 60)
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    limit(api, 1, 60)
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]


def test_a_limit_that_is_dropped_counts_no_longer(api: Api) -> None:
    limit(api, 1, 60)
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    assert api.control("DELETE", "/rate-limit").status_code == 204
    assert api.control("GET", "/rate-limit").json() == {"requests": None}
    answer = api.get("/agent/")
    assert (answer.status_code, told(answer)) == (200, (None, None, None))
    assert api.control("DELETE", "/rate-limit").status_code == 204


def test_a_reset_drops_a_limit_that_was_set(api: Api) -> None:
    limit(api, 1, 60)
    assert api.control("POST", "/reset").status_code == 200
    assert api.control("GET", "/rate-limit").json() == {"requests": None}


def test_a_limit_is_of_one_namespace(api: Api) -> None:
    made = api.control("POST", "/namespaces", json={}).json()
    limit(api, 1, 60)
    other = api.as_account(made["api_key"])
    assert [other.get("/agent/").status_code for _ in range(3)] == [200, 200, 200]
    api.control("DELETE", f"/namespaces/{made['name']}")


def test_a_seed_brings_a_limit_and_a_reset_brings_it_back(api: Api) -> None:
    clock = {"mode": "frozen", "now": NOON}
    seed = {"clock": clock, "rate_limit": {"requests": 1, "per_seconds": 30}}
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    space = {"namespace": made["name"]}
    client = api.as_account(made["api_key"])
    assert told(client.get("/agent/")) == ("1", "0", "30")
    assert client.get("/agent/").headers["Retry-After"] == "30"
    api.control("DELETE", "/rate-limit", params=space)
    assert client.get("/agent/").status_code == 200
    api.control("POST", "/reset", params=space)
    assert [client.get("/agent/").status_code for _ in range(2)] == [200, 429]
    api.control("DELETE", f"/namespaces/{made['name']}")


def test_a_snapshot_keeps_the_limit_and_its_count(api: Api) -> None:
    limit(api, 2, 60)
    assert api.get("/agent/").status_code == 200
    api.control("POST", "/snapshots", json={"name": "one-left"})
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    api.control("POST", "/snapshots/one-left/restore")
    assert [api.get("/agent/").status_code for _ in range(2)] == [200, 429]
    api.control("DELETE", "/snapshots/one-left")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"requests": 1}, "per_seconds", id="no time"),
        pytest.param({"per_seconds": 1}, "requests", id="no requests"),
        pytest.param({"requests": 0, "per_seconds": 1}, "requests", id="none"),
        pytest.param({"requests": -1, "per_seconds": 1}, "requests", id="less than none"),
        pytest.param({"requests": 1.5, "per_seconds": 1}, "requests", id="one and a half"),
        pytest.param({"requests": "1", "per_seconds": 1}, "requests", id="text"),
        pytest.param({"requests": 1_000_001, "per_seconds": 1}, "requests", id="too many"),
        pytest.param({"requests": True, "per_seconds": 1}, "requests", id="true"),
        pytest.param({"requests": 1, "per_seconds": 0}, "per_seconds", id="at once"),
        pytest.param({"requests": 1, "per_seconds": -1}, "per_seconds", id="back in time"),
        pytest.param({"requests": 1, "per_seconds": 86_401}, "per_seconds", id="more than a day"),
        pytest.param({"requests": 1, "per_seconds": None}, "per_seconds", id="null"),
        pytest.param({"requests": 1, "per_seconds": 1, "scope": "company"}, "scope", id="another scope"),
        pytest.param("much", "body", id="another word"),
        pytest.param({"requests": 1, "per_seconds": 1, "burst": 5}, "burst", id="unknown key"),
    ],
)
def test_a_limit_that_can_not_be_is_refused(api: Api, body: Any, field: str) -> None:
    limit(api, 5, 60)
    answer = api.control("PUT", "/rate-limit", json=body)
    assert refused(answer, 400)
    assert [problem["field"] for problem in answer.json()["error"]["details"]["errors"]] == [field]
    assert api.control("GET", "/rate-limit").json()["requests"] == 5


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", "60", "null", "{", '{"requests": NaN, "per_seconds": 1}', '{"requests": 1, "per_seconds": 1e999}'],
)
def test_what_is_no_limit_is_refused(api: Api, body: str) -> None:
    answer = api.control("PUT", "/rate-limit", data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 400)
    assert api.control("GET", "/rate-limit").json() == {"requests": None}


@pytest.mark.parametrize("per_seconds", [1e-9, 1e-300, 5e-324])
def test_a_very_short_time_limits_nobody(api: Api, per_seconds: float) -> None:
    limit(api, 1, per_seconds)
    assert api.get("/agent/").status_code == 200
    advance(api, 1)
    assert api.get("/agent/").status_code == 200


def test_a_local_page_reads_what_is_left(api: Api) -> None:
    limit(api, 1, 60)
    answer = api.get("/agent/", headers={"Origin": "http://localhost:5173"})
    exposed = {name.strip().lower() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= exposed


def exhausted(api: Api) -> int:
    """How many requests are answered before one is refused."""
    count = 0
    while api.get("/sessions/").status_code == 200:
        count += 1
    return count


def test_the_documented_limit_is_a_hundred_in_a_minute_for_an_account(api: Api) -> None:
    answer = api.control("PUT", "/rate-limit", json="documented")
    assert answer.json() == {"requests": 100, "per_seconds": 60.0, "scope": "account"}
    assert exhausted(api) == 100
    answer = api.get("/sessions/")
    assert (answer.status_code, answer.json()) == (429, BODY)
    assert api.as_account("other-key").get("/sessions/").status_code == 200
    advance(api, 60)
    assert exhausted(api) == 100


def test_keys_of_one_account_share_the_documented_limit(api: Api) -> None:
    seed = {"accounts": [{"id": "a", "api_keys": ["limit-one", "limit-two"]}], "rate_limit": "documented"}
    assert api.control("POST", "/namespaces", json={"name": "limited", "seed": seed}).status_code == 201
    one, two = api.as_account("limit-one"), api.as_account("limit-two")
    assert exhausted(one) >= 100
    assert two.get("/sessions/").status_code == 429
    assert api.control("DELETE", "/namespaces/limited").status_code == 204


@pytest.mark.usefixtures("api")
def test_the_client_sets_the_documented_limit(server: EmulatorServer) -> None:
    limit = server.client.rate_limit("documented")
    assert limit is not None
    assert (limit.requests, limit.per_seconds, limit.scope) == (100, 60.0, "account")
    assert server.client.rate_limit() == limit
