"""Several emulators over one Redis are one: whichever is asked, and whoever has a namespace, the answer is the same."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.redis_server import RedisServer
from tests.web.test_events import HELD, Event, Reader

MANY = range(3)
EVERYWHERE = "?namespaces=all"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def three(redis: RedisServer) -> Iterator[list[Api]]:
    """Three that share everything."""
    with ExitStack() as stack:
        yield [Api(stack.enter_context(EmulatorServer(store=redis.url))) for _ in MANY]


@pytest.fixture
def made(three: list[Api]) -> Iterator[Callable[..., dict[str, Any]]]:
    """Makes namespaces at any of them; at the end they are deleted."""
    names = []

    def make(at: int = 0, **body: Any) -> dict[str, Any]:
        answer = three[at].control("POST", "/namespaces", json=body)
        assert answer.status_code == 201, answer.text
        names.append(answer.json()["name"])
        return dict(answer.json())

    yield make
    for name in names:
        three[0].control("DELETE", f"/namespaces/{name}")


def ask(api: Api, key: str) -> int:
    """A request of the imitated API in the namespace of this key."""
    return requests.get(f"{api.server.base_url}/sessions/", headers={"x-api-key": key}, timeout=20).status_code


def told(event: Event) -> tuple[str, str, Any]:
    """What an event is about."""
    return event.kind, event.data["namespace"], event.data.get("change") or event.data["path"]


def names(api: Api) -> set[str]:
    return {one["name"] for one in api.control("GET", "/namespaces").json()}


def is_read(api: Api, events: Reader) -> bool:
    """Whether a reader is told of a request."""
    ask(api, "test-key")
    try:
        events.event()
    except (requests.RequestException, StopIteration, RuntimeError):
        return False
    return True


# Events


@pytest.mark.parametrize("reader", MANY)
def test_a_reader_at_any_of_them_is_told_of_everything(three: list[Api], reader: int) -> None:
    with Reader(three[reader], EVERYWHERE) as events:
        events.greeted()
        keys = [three[at].control("POST", "/namespaces", json={"name": f"e{at}"}).json()["api_key"] for at in MANY]
        for at, key in enumerate(keys):
            assert ask(three[(at + 1) % 3], key) == 200
            assert three[(at + 2) % 3].control("DELETE", f"/namespaces/e{at}").status_code == 204
        seen: list[tuple[str, str, Any]] = []
        while sum(change == "deleted" for _, _, change in seen) < 3:
            seen.append(told(events.event()))
    for at in MANY:
        name = f"e{at}"
        assert [one for one in seen if one[1] == name] == [
            ("namespace", name, "created"),
            ("request", name, "/api/v1/sessions/"),
            ("namespace", name, "deleted"),
        ]
    assert ("control", "default", "/__emulator/namespaces") in seen


def test_nothing_is_missed_after_the_greeting(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    one = made()
    assert ask(three[1], one["api_key"]) == 200  # which has it from now on, and knows of no reader
    with Reader(three[0], EVERYWHERE) as events:
        events.greeted()
        assert ask(three[1], one["api_key"]) == 200
        assert told(events.event()) == ("request", one["name"], "/api/v1/sessions/")


def test_requests_of_a_namespace_come_in_their_order(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    key, paths = made()["api_key"], [f"/sessions/none-{number}/" for number in range(60)]
    with Reader(three[0], EVERYWHERE) as events:
        events.greeted()
        for number, path in enumerate(paths):
            url = f"{three[number % 3].server.base_url}{path}"
            requests.get(url, headers={"x-api-key": key}, timeout=20)
        assert [event.data["path"].removeprefix("/api/v1") for event in events.events(60)] == paths


def test_sessions_and_control_requests_are_told_of(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    one = made(seed="default")
    named, key = {"X-Emulator-Namespace": one["name"]}, {"x-api-key": one["api_key"]}
    with Reader(three[0], EVERYWHERE) as events:
        events.greeted()
        assert three[1].control("POST", "/clear", headers=named).status_code == 200
        assert told(events.event()) == ("control", one["name"], "/__emulator/clear")
        assert three[2].control("POST", "/reset", headers=named).status_code == 200
        assert three[0].control("POST", "/scripts", json=HELD, headers=named).status_code == 201
        url = f"{three[1].server.base_url}/sessions/session_abc123/execute/"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(requests.post, url, headers=key, json={"content": "Wait"}, timeout=20)
            assert [events.event().kind for _ in range(3)] == ["control", "control", "session"]
            assert three[2].control("POST", "/gates/held/open", headers=named).ok
            assert waiting.result().ok
        assert {events.event().kind for _ in range(3)} == {"control", "session", "request"}


def test_the_key_of_a_namespace_is_hidden(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    one = made()
    with Reader(three[0], EVERYWHERE) as events:
        events.greeted()
        url = f"{three[1].server.base_url}/sessions/{one['api_key']}/"
        requests.get(url, headers={"x-api-key": one["api_key"]}, timeout=20)
        assert one["api_key"] not in str(events.event())


def test_a_reader_learns_that_something_is_missing(redis: RedisServer, three: list[Api]) -> None:
    with Reader(three[0], EVERYWHERE) as events:
        events.greeted()
        ask(three[0], "test-key")
        last = events.event().id
        redis.command("CLIENT", "KILL", "TYPE", "pubsub")
        while is_read(three[0], events):
            pass  # until it is dropped
    with Reader(three[0], f"{EVERYWHERE}&last_event_id={last}") as again:
        gap = again.event()
    assert gap.kind == "gap"


# All namespaces


@pytest.mark.parametrize("asked", MANY)
def test_the_journal_has_the_requests_of_all(three: list[Api], made: Callable[..., dict[str, Any]], asked: int) -> None:
    there = [made() for _ in MANY]
    for at, one in enumerate(there):
        assert ask(three[at], one["api_key"]) == 200
    found = three[asked].control("GET", f"/journal{EVERYWHERE}&path=/api/v1/sessions/&tail=3").json()
    assert [one["namespace"] for one in found] == [one["name"] for one in there]


@pytest.mark.parametrize("asked", MANY)
def test_coverage_counts_the_executions_of_all(
    three: list[Api], made: Callable[..., dict[str, Any]], asked: int
) -> None:
    def executions() -> int:
        return sum(one["executions"] for one in three[asked].control("GET", f"/coverage{EVERYWHERE}").json())

    before = executions()
    for at in MANY:
        url = f"{three[at].server.base_url}/sessions/session_abc123/execute/"
        key = made(seed="default")["api_key"]
        answer = requests.post(url, headers={"x-api-key": key}, json={"content": "Hello"}, timeout=20)
        assert answer.ok, answer.text
    assert executions() == before + 3


LOGS = ("/journal", "/sessions", "/sessions/session_abc123/executions", "/coverage", "/state")


@pytest.mark.parametrize("asked", MANY)
def test_a_deleted_namespace_can_be_looked_at(
    three: list[Api], made: Callable[..., dict[str, Any]], asked: int
) -> None:
    one = made(seed="default")
    named = {"X-Emulator-Namespace": one["name"]}

    def look(at: int) -> list[Any]:
        answers = [three[at].control("GET", path, headers=named) for path in LOGS]
        assert {answer.status_code for answer in answers} == {200}
        *logs, state = [answer.json() for answer in answers]
        return [*logs, state["sessions"]]

    url = f"{three[(asked + 1) % 3].server.base_url}/sessions/session_abc123/execute/"
    assert requests.post(url, headers={"x-api-key": one["api_key"]}, json={"content": "Hello"}, timeout=20).ok
    before = look(asked)
    coverage = three[0].control("GET", f"/coverage{EVERYWHERE}").json()
    assert three[(asked + 2) % 3].control("DELETE", f"/namespaces/{one['name']}").status_code == 204
    assert look(asked) == before
    listed = three[asked].control("GET", "/namespaces?deleted=true").json()
    assert next(one["name"] for one in listed if one["deleted_at"]) == one["name"]
    assert one["name"] in {one["name"] for one in three[asked].control("GET", "/export").json()["namespaces"]}
    assert three[asked].control("GET", f"/coverage{EVERYWHERE}").json() == coverage
    refused = three[asked].control("POST", "/reset", headers=named)
    assert (refused.status_code, "any more: it was deleted" in refused.text) == (404, True)


def test_names_are_known_to_all(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    name = made(1)["name"]
    assert all(name in names(api) for api in three)
    assert three[2].control("POST", "/namespaces", json={"name": name}).status_code == 409
    assert three[2].control("DELETE", f"/namespaces/{name}").status_code == 204
    assert not any(name in names(api) for api in three)
    assert made(0, name=name)["name"] == name


def test_names_and_keys_are_given_once(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    with ThreadPoolExecutor(9) as pool:
        there = list(pool.map(lambda number: made(number % 3), range(45)))
    assert len({one["name"] for one in there}) == len({one["api_key"] for one in there}) == 45
    assert {one["name"] for one in there} <= names(three[0])


def test_a_fork_goes_on_from_what_another_emulator_has(three: list[Api], made: Callable[..., dict[str, Any]]) -> None:
    one = made(seed="default")
    answer = requests.post(
        f"{three[1].server.base_url}/sessions/session_abc123/execute/",
        headers={"x-api-key": one["api_key"]},
        json={"content": "Hello"},
        timeout=20,
    )
    assert answer.ok, answer.text
    for at in MANY:
        fork = made(at, **{"from": one["name"]})
        told_there = three[at].control("GET", "/state", headers={"X-Emulator-Namespace": fork["name"]}).json()
        of_source = three[1].control("GET", "/state", headers={"X-Emulator-Namespace": one["name"]}).json()
        assert told_there["sessions"] == of_source["sessions"]


# Time to live, and readiness


def test_a_namespace_that_nobody_uses_is_forgotten_by_all(
    three: list[Api], made: Callable[..., dict[str, Any]]
) -> None:
    used, unused = made(0, ttl_seconds=1), made(0, ttl_seconds=1)
    assert ask(three[1], unused["api_key"]) == 200
    end = monotonic() + 20
    while unused["name"] in names(three[2]):
        assert ask(three[1], used["api_key"]) == 200
        assert monotonic() < end, "it is still there"
    assert ask(three[1], used["api_key"]) == 200


def test_it_is_not_ready_while_the_store_cannot_be_used() -> None:
    with RedisServer() as own, EmulatorServer(store=own.url) as server:
        api = Api(server)
        assert api.control("GET", "/ready").status_code == 200
        own.kill()
        assert api.control("GET", "/ready").status_code == 503
        assert api.control("GET", "/health").status_code == 200
        own.start()
        end = monotonic() + 20
        while api.control("GET", "/ready").status_code != 503 and monotonic() < end:
            pass  # what was kept is lost, and says so
        assert api.control("GET", "/ready").status_code == 503
