"""The clock of a namespace drives everything that has a time, and tests move it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from time import monotonic, time
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

SESSION_ID = "session_abc123"
NOON = "2025-01-15T10:30:00Z"
UNIX_NOON = 1_736_937_000
SLOW = {"name": "slow", "when": {"content": "Take your time"}, "then": {"reply": "Done", "delay_ms": 20_000}}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose journal holds no requests of other modules."""
    with EmulatorServer() as running:
        yield running


def freeze(api: Api, now: str = NOON) -> None:
    answer = api.control("PUT", "/clock", json={"mode": "frozen", "now": now})
    assert answer.json() == {"mode": "frozen", "now": now}


def advance(api: Api, seconds: float) -> str:
    """Move forward; what the clock shows then."""
    answer = api.control("POST", "/clock/advance", json={"seconds": seconds})
    assert answer.status_code == 200, answer.text
    shown: str = answer.json()["now"]
    return shown


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it never came"


def is_processing(api: Api) -> bool:
    return bool(api.get(f"/runtime/{SESSION_ID}/status/").json()["status"] == "processing")


# Looking at it and setting it


def test_the_clock_runs_with_the_machine_by_default(api: Api) -> None:
    before = int(time())
    shown = api.control("GET", "/clock").json()
    assert shown.keys() == {"mode", "now"}
    assert shown["mode"] == "running"
    assert before <= unix(shown["now"]) <= time()


def test_a_frozen_clock_stands_still(api: Api) -> None:
    freeze(api)
    assert {api.control("GET", "/clock").json()["now"] for _ in range(3)} == {NOON}
    assert api.control("GET", "/state").json()["clock"] == {"mode": "frozen", "now": NOON}


def test_a_clock_is_frozen_at_what_it_shows(api: Api) -> None:
    freeze(api)
    advance(api, 90)
    assert api.control("PUT", "/clock", json={"mode": "frozen"}).json()["now"] == "2025-01-15T10:31:30Z"


def test_freezing_a_running_clock_stops_it_now(api: Api) -> None:
    before = int(time())
    frozen = api.control("PUT", "/clock", json={"mode": "frozen"}).json()
    assert frozen["mode"] == "frozen"
    assert before <= unix(frozen["now"]) <= time()
    assert api.control("GET", "/clock").json() == frozen


def test_a_clock_runs_on_from_a_time(api: Api) -> None:
    shown = api.control("PUT", "/clock", json={"mode": "running", "now": NOON}).json()
    assert shown["mode"] == "running"
    assert UNIX_NOON <= unix(shown["now"]) <= UNIX_NOON + 10
    assert UNIX_NOON + 3600 <= unix(advance(api, 3600)) <= UNIX_NOON + 3620


def test_a_frozen_clock_runs_on_from_what_it_shows(api: Api) -> None:
    freeze(api)
    shown = api.control("PUT", "/clock", json={"mode": "running"}).json()
    assert shown["mode"] == "running"
    assert UNIX_NOON <= unix(shown["now"]) <= UNIX_NOON + 10


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2025-01-15T11:30:00+01:00", NOON),
        ("2025-01-15T10:30:00", NOON),
        ("2025-01-15", "2025-01-15T00:00:00Z"),
        ("2025-01-15T10:30:00.900Z", NOON),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
    ids=["zone", "no zone is utc", "date", "fraction", "before 1970", "first", "last"],
)
def test_a_time_is_read(api: Api, now: str, shown: str) -> None:
    answer = api.control("PUT", "/clock", json={"mode": "frozen", "now": now})
    assert (answer.status_code, answer.json()) == (200, {"mode": "frozen", "now": shown})


def test_a_reset_puts_the_clock_back(api: Api) -> None:
    freeze(api)
    api.control("POST", "/reset?scope=clock")
    assert api.control("GET", "/clock").json()["mode"] == "running"


def test_a_reset_of_the_state_alone_leaves_the_clock(api: Api) -> None:
    freeze(api)
    api.control("POST", "/reset?scope=state")
    assert api.control("GET", "/clock").json() == {"mode": "frozen", "now": NOON}


def test_each_namespace_has_its_own_clock(api: Api) -> None:
    seed = {"clock": {"mode": "frozen", "now": NOON}}
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    space = {"namespace": made["name"]}
    freeze(api, "2030-01-01T00:00:00Z")
    api.control("POST", "/clock/advance", json={"seconds": 5}, params=space)
    assert api.control("GET", "/clock", params=space).json()["now"] == "2025-01-15T10:30:05Z"
    assert api.control("GET", "/clock").json()["now"] == "2030-01-01T00:00:00Z"
    api.control("DELETE", f"/namespaces/{made['name']}")


# Wrong uses


@pytest.mark.parametrize(
    "body",
    [
        "{}", "[]", "null", "{", '{"now": "2025-01-15T10:30:00Z"}', '{"mode": "stopped"}', '{"mode": "Frozen"}',
        '{"mode": null}', '{"mode": "frozen", "now": 1736937000}', '{"mode": "frozen", "now": null}',
        '{"mode": "frozen", "now": ""}', '{"mode": "frozen", "now": "later"}', '{"mode": "running", "now": "10:30"}',
        '{"mode": "frozen", "now": "2025-13-01T00:00:00Z"}', '{"mode": "frozen", "now": "2025-02-30T00:00:00Z"}',
        '{"mode": "frozen", "now": "10000-01-01T00:00:00Z"}', '{"mode": "frozen", "now": "0000-01-01T00:00:00Z"}',
        '{"mode": "frozen", "now": "9999-12-31T23:59:59-14:00"}', '{"mode": "frozen", "now": "0001-01-01T00:00:00+14:00"}',
        '{"mode": "running", "now": "9999-12-31T23:59:59-14:00"}', '{"mode": "frozen", "at": "2025-01-15T10:30:00Z"}',
        '{"mode": "frozen", "now": "2025-01-15T10:30:00Z", "speed": 2}',
    ],
)  # fmt: skip
def test_what_is_no_clock_is_refused(api: Api, body: str) -> None:
    freeze(api)
    answer = api.control("PUT", "/clock", data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 400)
    assert api.control("GET", "/clock").json() == {"mode": "frozen", "now": NOON}
    assert api.get("/agent/").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "{}", "[]", "null", "5", '{"seconds": -1}', '{"seconds": -0.001}', '{"seconds": "5"}', '{"seconds": null}',
        '{"seconds": true}', '{"seconds": NaN}', '{"seconds": Infinity}', '{"seconds": 1e999}', '{"seconds": 1e300}',
        '{"seconds": 3155760001}', '{"seconds": 99999999999999999999999}', '{"second": 5}', '{"seconds": 5, "minutes": 1}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["frozen", "running"])
def test_what_is_no_time_to_advance_is_refused(api: Api, mode: str, body: str) -> None:
    api.control("PUT", "/clock", json={"mode": mode, "now": NOON})
    answer = api.control("POST", "/clock/advance", data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 400)
    assert UNIX_NOON <= unix(api.control("GET", "/clock").json()["now"]) <= UNIX_NOON + 10


def test_a_clock_never_goes_beyond_the_year_9999(api: Api) -> None:
    freeze(api, "9999-12-31T23:59:00Z")
    answer = api.control("POST", "/clock/advance", json={"seconds": 60})
    assert refused(answer, 400)
    assert answer.json()["error"]["message"] == "The clock cannot be moved: the year 9999 is the last one"
    assert advance(api, 59) == "9999-12-31T23:59:59Z"
    assert api.create_session()


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"])
def test_a_delay_at_the_end_of_time_ends(api: Api, now: str) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": now})
    api.control("POST", "/scripts", json=SLOW)
    assert api.execute(SESSION_ID, "Take your time").status_code == 200
    assert api.control("GET", "/clock").json()["now"] == "9999-12-31T23:59:59Z"


def test_a_clock_that_runs_at_the_end_of_time_can_still_be_read(api: Api) -> None:
    now = "9999-12-31T23:59:59.999999Z"
    answer = api.control("PUT", "/clock", json={"mode": "running", "now": now})
    if answer.status_code != 200:
        assert refused(answer, 400)
        return
    assert api.control("GET", "/clock").json()["now"] == "9999-12-31T23:59:59Z"
    assert api.post("/sessions/from-agent/customer_support_agent/").status_code == 201


def test_advancing_by_nothing_is_nothing(api: Api) -> None:
    freeze(api)
    assert advance(api, 0) == NOON


def test_parts_of_seconds_add_up(api: Api) -> None:
    freeze(api)
    assert [advance(api, 0.5) for _ in range(3)] == [NOON, "2025-01-15T10:30:01Z", "2025-01-15T10:30:01Z"]


# What it drives


def test_a_new_session_and_a_new_agent_are_of_the_time_that_the_clock_shows(api: Api) -> None:
    freeze(api, "2001-02-03T04:05:06Z")
    session = api.get(f"/sessions/{api.create_session()}/").json()
    assert session["created_at"] == "2001-02-03T04:05:06Z"
    agent = api.post("/agent/", json={"system_config": {**session["agent_config"], "name": "New"}}).json()
    assert (agent["created_at"], agent["updated_at"]) == ("2001-02-03T04:05:06Z", "2001-02-03T04:05:06Z")
    advance(api, 60)
    changed = api.patch("/agent/new/", json={"system_config": {"description": "Newer"}}).json()
    assert (changed["created_at"], changed["updated_at"]) == ("2001-02-03T04:05:06Z", "2001-02-03T04:06:06Z")


def test_a_frozen_clock_makes_a_slow_answer_instant_with_its_execution_time(api: Api) -> None:
    freeze(api)
    api.control("POST", "/scripts", json=SLOW)
    started = monotonic()
    answer = api.execute(SESSION_ID, "Take your time").json()
    assert monotonic() - started < 5
    assert answer["execution_time"] == 20
    assert (answer["created_at"], answer["completed_at"]) == (UNIX_NOON, UNIX_NOON + 20)
    assert api.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:20Z"
    assert api.get(f"/runtime/{SESSION_ID}/status/").json()["last_activity"] == "2025-01-15T10:30:20Z"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", "/clock/advance", {"seconds": 20}, "completed", id="advance"),
        pytest.param("PUT", "/clock", {"mode": "frozen"}, "completed", id="freeze"),
        pytest.param("PUT", "/clock", {"mode": "running", "now": "2099-01-01T00:00:00Z"}, "error", id="run from later"),
        pytest.param("PUT", "/clock", {"mode": "frozen", "now": "2099-01-01T00:00:00Z"}, "error", id="freeze later"),
    ],
)
def test_a_slow_answer_on_a_running_clock_ends_when_the_clock_is_moved(
    api: Api, method: str, path: str, body: dict[str, Any], status: str
) -> None:
    api.control("POST", "/scripts", json=SLOW)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Take your time")
        until(lambda: is_processing(api))
        assert api.control(method, path, json=body).status_code == 200
        answer = asked.result(10)
    assert answer.status_code == 200
    assert answer.json()["status"] == status
    assert answer.json().get("execution_time", 20) >= 20


def test_a_slow_answer_waits_for_the_rest_when_the_clock_is_moved_a_little(api: Api) -> None:
    api.control("POST", "/scripts", json=SLOW)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Take your time")
        until(lambda: is_processing(api))
        advance(api, 10)
        assert is_processing(api)
        assert not asked.done()
        advance(api, 10)
        assert asked.result(10).json()["execution_time"] in (20, 21, 22)


def test_a_clock_that_is_put_back_never_makes_an_execution_end_before_it_began(api: Api) -> None:
    script = {"when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "held"}}
    api.control("POST", "/scripts", json=script)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Wait")
        until(lambda: is_processing(api))
        freeze(api, "2001-01-01T00:00:00Z")
        api.control("POST", "/gates/held/open")
        answer = asked.result(10)
    assert answer.status_code == 200
    assert answer.json()["execution_time"] >= 0
    assert answer.json()["completed_at"] >= answer.json()["created_at"]
    assert api.control("GET", "/journal?operation=runtime.execute").json()[-1]["duration_ms"] >= 0


def test_a_key_expires_when_the_clock_gets_there(api: Api) -> None:
    clock = {"mode": "frozen", "now": NOON}
    keys = [{"key": "short-lived", "expires_at": "2025-01-15T10:31:00Z"}]
    seed = {"clock": clock, "accounts": [{"id": "ada", "company": "acme", "api_keys": keys}]}
    made = api.control("POST", "/namespaces", json={"seed": seed}).json()
    client = api.as_account("short-lived")

    def later(seconds: float) -> requests.Response:
        api.control("POST", "/clock/advance", json={"seconds": seconds}, params={"namespace": made["name"]})
        return client.get("/agent/")

    assert client.get("/agent/").status_code == 200
    assert later(59).status_code == 200
    answer = later(1)
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "API key has expired")
    api.control("DELETE", f"/namespaces/{made['name']}")


def test_a_key_has_not_expired_yet_in_the_past(api: Api) -> None:
    assert api.as_account("expired-key").get("/agent/").status_code == 401
    freeze(api, "2023-12-31T23:59:59Z")
    assert api.as_account("expired-key").get("/agent/").status_code == 200
    advance(api, 1)
    assert api.as_account("expired-key").get("/agent/").status_code == 401


def test_a_session_becomes_idle_when_time_passes(api: Api) -> None:
    freeze(api)
    session_id = api.create_session()
    path = f"/runtime/{session_id}/status/"
    assert api.get(path).json()["status"] == "active"
    advance(api, 30 * 60 - 1)
    assert api.get(path).json()["status"] == "active"
    advance(api, 2)
    assert api.get(path).json()["status"] == "idle"
    assert api.execute(session_id).status_code == 200
    assert api.get(path).json()["status"] == "active"


def test_the_journal_is_of_the_time_that_the_clock_shows(api: Api) -> None:
    freeze(api)
    api.get("/agent/")
    advance(api, 61)
    api.get("/agent/")
    entries = api.control("GET", "/journal").json()[-2:]
    assert [(entry["at"], entry["duration_ms"]) for entry in entries] == [(NOON, 0), ("2025-01-15T10:31:01Z", 0)]


def test_a_snapshot_is_of_the_time_that_the_clock_shows_and_puts_it_back(api: Api) -> None:
    freeze(api)
    taken = api.control("POST", "/snapshots", json={"name": "noon"}).json()
    assert taken["taken_at"] == NOON
    advance(api, 3600)
    api.control("POST", "/snapshots/noon/restore")
    assert api.control("GET", "/clock").json() == {"mode": "frozen", "now": NOON}
    api.control("DELETE", "/snapshots/noon")


def test_a_delay_ends_though_the_machine_is_put_back_meanwhile(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    back = count(0, -3600)
    monkeypatch.setattr("time.time", lambda: UNIX_NOON + next(back))
    assert api.get("/agent/", headers={"X-Emulator-Fault": "delay=30"}).status_code == 200
    assert api.execute(SESSION_ID, "Quick").status_code == 200
    api.control("POST", "/scripts", json={"name": "slow", "then": {"reply": "Done", "delay_ms": 30}})
    assert api.execute(SESSION_ID, "Slow").json()["messages"][0]["content"] == "Done"
