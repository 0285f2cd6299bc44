"""A latency makes each answer of the imitated API late, by the namespace's clock, before anything else becomes of the request."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.client.latency import Latency
from atthene_emulator.server import EmulatorServer
from atthene_emulator.timestamps import parse_time
from tests.conftest import Api
from tests.web.test_namespaces import PATIENCE, World, make, message, problems

NOON = "2025-06-01T12:00:00Z"
FROZEN = {"clock": {"mode": "frozen", "now": NOON}, "accounts": [{"id": "ada"}]}
LONG = 600_000  # milliseconds that nobody waits for really


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


def world_of(server: EmulatorServer, seed: dict[str, Any] | None = None) -> World:
    return make(server, seed=FROZEN | (seed or {}))


def passed(world: World) -> float:
    """Seconds that the frozen clock has moved on."""
    return parse_time(world.told("GET", "/clock")["now"]) - parse_time(NOON)


def late(world: World, ms: Any) -> None:
    world.told("PUT", "/latency", json={"ms": ms})


# Saying how late


@pytest.mark.parametrize("ms", [1, 300, LONG, {"from": 0, "to": 1}, {"from": 300, "to": 1200}])
def test_it_is_set_and_dropped(server: EmulatorServer, ms: Any) -> None:
    world = world_of(server)
    assert world.told("GET", "/latency") == {"ms": None}
    assert world.told("PUT", "/latency", json={"ms": ms}) == world.told("GET", "/latency") == {"ms": ms}
    world.told("DELETE", "/latency")
    assert world.told("GET", "/latency") == {"ms": None}


@pytest.mark.parametrize("ms", [0, -1, LONG + 1, 1.5, "300", None, {"from": 1}, {"from": 1, "to": LONG + 1}])
def test_what_is_none_is_refused_and_changes_nothing(server: EmulatorServer, ms: Any) -> None:
    world = world_of(server, {"latency": {"ms": 5}})
    assert all(field.startswith("ms") for field in problems(world.control("PUT", "/latency", json={"ms": ms})))
    assert world.told("GET", "/latency") == {"ms": 5}


def test_a_range_that_is_turned_round_is_refused(server: EmulatorServer) -> None:
    said = "from is 9, more than to; exchange them."
    world = world_of(server)
    backwards = {"ms": {"from": 9, "to": 1}}
    assert problems(world.control("PUT", "/latency", json=backwards)) == {"ms": said}
    refused = Api(server).control("POST", "/namespaces", json={"seed": {**FROZEN, "latency": backwards}})
    assert problems(refused) == {"seed.latency.ms": said}


def test_an_option_wins_over_seeds_and_a_reset_goes_back_to_it() -> None:
    with EmulatorServer(latency="2-3") as server:
        world = world_of(server, {"latency": {"ms": 5}})
        assert world.told("GET", "/latency") == {"ms": {"from": 2, "to": 3}}
        late(world, 7)
        world.told("POST", "/reset?scope=latency")
        assert world.told("GET", "/latency") == {"ms": {"from": 2, "to": 3}}


def test_milliseconds_may_be_a_number_in_python() -> None:
    with EmulatorServer(latency=2) as server, server.client as client:  # type: ignore[arg-type]
        assert client.latency() == Latency(2, 2)
        assert client.latency((3, 4)) == Latency(3, 4)


# Being late


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sessions/", 200),
        ("POST", "/agent/validate/", 200),
        ("GET", "/sessions/nobody/", 404),
        ("GET", "/nothing/", 404),
        ("PUT", "/sessions/", 405),
        ("OPTIONS", "/sessions/", 204),
    ],
)
def test_every_answer_is_late_by_the_clock(server: EmulatorServer, method: str, path: str, status: int) -> None:
    world = world_of(server)
    late(world, 2000)
    body = {"name": "A", "agent_type": "llm_agent"} if method == "POST" else None
    headers = {"X-Emulator-Namespace": world.name}
    assert world.request(method, path, json=body, headers=headers).status_code == status
    assert passed(world) == 2
    assert world.as_account("wrong").get("/sessions/", headers=headers).status_code == 401
    assert passed(world) == 4
    assert [entry["duration_ms"] for entry in world.told("GET", "/journal")] == [2000, 2000]


def test_the_control_plane_is_never_late(server: EmulatorServer) -> None:
    world = world_of(server, {"latency": {"ms": 2000}})
    world.told("GET", "/state")
    assert passed(world) == 0


def test_a_latency_comes_before_what_is_made_and_before_a_fault(server: EmulatorServer) -> None:
    world = world_of(server, {"latency": {"ms": 2000}})
    session = world.create_session()
    assert world.told("GET", f"/sessions/{session}")["created_at"] == "2025-06-01T12:00:02Z"
    world.told("POST", "/faults", json={"status": 503, "retry_after": {"date": 10}, "delay_ms": 1000, "times": 1})
    assert world.get("/sessions/").headers["Retry-After"] == "Sun, 01 Jun 2025 12:00:15 GMT"
    assert passed(world) == 5


def test_equal_worlds_are_equally_late(server: EmulatorServer) -> None:
    def delays(world: World) -> list[float]:
        for _ in range(5):
            world.get("/sessions/")
        return [entry["duration_ms"] for entry in world.told("GET", "/journal")]

    seed = {"latency": {"ms": {"from": 300, "to": 1200}}}
    one, other = delays(world_of(server, seed)), delays(world_of(server, seed))
    assert one == other
    assert len(set(one)) > 1
    assert all(300 <= delay <= 1200 for delay in one)


def test_a_fork_goes_on_with_the_next_delay(server: EmulatorServer) -> None:
    world = world_of(server, {"latency": {"ms": {"from": 300, "to": 100_000}}})
    world.get("/sessions/")
    world.told("POST", "/snapshots", json={"name": "here"})
    fork = make(server, **{"from": world.name})
    for one in (world, fork):
        one.get("/sessions/")
    assert fork.told("GET", "/journal")[-1]["duration_ms"] == world.told("GET", "/journal")[-1]["duration_ms"]


@pytest.mark.parametrize("held", ["latency", "fault"])
def test_a_body_that_nobody_reads_is_no_hindrance(server: EmulatorServer, held: str) -> None:
    world = world_of(server)
    session = world.create_session()
    if held == "latency":
        late(world, 5)
    else:
        world.told("POST", "/faults", json={"delay_ms": 5})
    assert world.delete(f"/sessions/{session}/", json={"reason": "old"}).status_code in (200, 204)


def test_what_is_refused_waits_for_no_body(server: EmulatorServer) -> None:
    world = world_of(server)
    late(world, 5)
    connection = HTTPConnection(server.url.partition("//")[2], timeout=PATIENCE)
    connection.putrequest("POST", "/api/v1/agent/")
    for name, value in (
        ("X-Emulator-Namespace", world.name),
        ("Content-Length", "1000"),
        ("Content-Type", "application/json"),
    ):
        connection.putheader(name, value)
    connection.endheaders(b"{")
    assert connection.getresponse().status == 401
    connection.close()


def test_a_running_clock_lets_it_pass_really(server: EmulatorServer) -> None:
    world = make(server, seed={"accounts": [{"id": "ada"}], "latency": {"ms": 30}})
    started = time.monotonic()
    world.get("/sessions/")
    assert time.monotonic() - started >= 0.03


# Ends of waiting


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def waiting(world: World, pool: ThreadPoolExecutor, server: EmulatorServer) -> "Future[requests.Response]":
    """A request that is late, by a clock that runs; its future answer."""
    world.told("PUT", "/clock", json={"mode": "running"})
    late(world, LONG)
    held = pool.submit(world.again().get, "/sessions/")
    space = server.emulator.namespace(world.name)
    deadline = time.monotonic() + PATIENCE
    while not space.waiting:
        assert time.monotonic() < deadline
    return held


@pytest.mark.parametrize("way", ["reset", "deleted"])
def test_who_waits_is_sent_away_with_the_namespace(
    server: EmulatorServer, background: ThreadPoolExecutor, way: str
) -> None:
    world = world_of(server)
    held = waiting(world, background, server)
    if way == "reset":
        world.told("POST", "/reset")
    else:
        Api(server).control("DELETE", f"/namespaces/{world.name}")
    assert "was ended while it waited" in message(held.result(PATIENCE), 503)


def test_a_clock_that_is_moved_ends_it(server: EmulatorServer, background: ThreadPoolExecutor) -> None:
    world = world_of(server)
    held = waiting(world, background, server)
    world.told("POST", "/clock/advance", json={"seconds": LONG / 1000})
    assert held.result(PATIENCE).status_code == 200


def test_a_client_that_leaves_is_written_down(server: EmulatorServer) -> None:
    world = make(server, seed={"accounts": [{"id": "ada"}], "latency": {"ms": LONG}})
    with pytest.raises(requests.Timeout):
        requests.get(f"{server.base_url}/sessions/", headers={"x-api-key": world.key or ""}, timeout=0.05)
    (entry,) = world.told("POST", "/journal/wait", json={"match": {"outcome": "aborted"}})
    assert (entry["status"], entry["delivered"]) == (0, False)


def test_a_server_stops_though_somebody_waits(background: ThreadPoolExecutor) -> None:
    server = EmulatorServer().start()
    world = world_of(server)
    held = waiting(world, background, server)
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 4
    assert held.exception(PATIENCE) is not None or held.result().status_code == 503


# Sockets


def test_each_frame_of_a_socket_is_late(server: EmulatorServer) -> None:
    world = world_of(server, {"latency": {"ms": 2000}})
    session = world.create_session()
    with EmulatorNamespace(server.url, world.name, world.key or "") as client, client.socket(session) as socket:
        socket.send("Hello")
        assert socket.result().status == "completed"
    assert passed(world) == 6  # the session was made, joined and told something


def test_a_socket_that_waits_is_closed_with_its_namespace(server: EmulatorServer) -> None:
    world = world_of(server)
    session = world.create_session()
    with EmulatorNamespace(server.url, world.name, world.key or "") as client, client.socket(session) as socket:
        world.told("PUT", "/clock", json={"mode": "running"})
        late(world, LONG)
        socket.send("Hello")
        world.told("POST", "/reset")
        with pytest.raises(Exception, match="1012"):
            socket.result()
