"""What becomes of an execution whose client leaves: it is given up, or goes on to its end as if the client had stayed."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from threading import Event
from typing import Any

import pytest

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.domain.on_disconnect import OnDisconnect
from atthene_emulator.domain.run import Run
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.web.test_namespaces import World, make, problems, until_waiting

NOON = "2025-06-01T12:00:00Z"
PAIR = {
    "name": "Pair",
    "entry_point": "first",
    "agents": [{"name": "first", "agent_type": "llm_agent"}, {"name": "second", "agent_type": "llm_agent"}],
    "edges": [{"from": "first", "to": "second"}, {"from": "second", "to": "END"}],
}
SEED = {
    "clock": {"mode": "running", "now": NOON},
    "accounts": [{"id": "ada"}],
    "sessions": [{"id": "session_1", "config": {"name": "Desk", "agent_type": "llm_agent"}}],
}
KEPT, NOTHING = ["Wait", "Done"], list[str]()
RULES = ("abandon", "finish")
NOTICED = Event()


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture(autouse=True)
def noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note when the server has seen that a client left a waiting execution, which nothing shows outside."""
    asked = OnDisconnect.lets_finish

    def note(rule: OnDisconnect, run: Run) -> bool:
        answer = asked(rule, run)
        NOTICED.set()
        return answer

    monkeypatch.setattr(OnDisconnect, "lets_finish", note)


def world_of(server: EmulatorServer, rule: str | None = "finish", **step: Any) -> World:
    """A world whose agent waits at the gate `door`; its seed has this rule."""
    ruled = {} if rule is None else {"on_disconnect": rule}
    scripts = [{"when": {"content": "Wait"}, "then": {"gate": "door", "reply": "Done", **step}}]
    return make(server, seed={**SEED, **ruled, "scripts": scripts})


def ask(world: World, session: str = "session_1", *, waiting: int = 1) -> HTTPConnection:
    """Ask, and return when so many executions wait; closing the connection is leaving."""
    connection = HTTPConnection("127.0.0.1", int(world.server.url.rpartition(":")[2]), timeout=10)
    headers = {"x-api-key": str(world.key), "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/runtime/{session}/execute/", json.dumps({"content": "Wait"}), headers)
    until_waiting(world, waiting)
    return connection


def hang_up(connection: HTTPConnection) -> None:
    """Leave, and return when the server knows."""
    NOTICED.clear()
    connection.close()
    assert NOTICED.wait(10)


def leave(world: World, session: str = "session_1", *, waiting: int = 1) -> None:
    """Ask, and leave when so many executions wait."""
    hang_up(ask(world, session, waiting=waiting))


def ended(world: World) -> dict[str, Any]:
    """The entry of an execution, once there is one."""
    match = {"operation": "runtime.execute"}
    (entry,) = world.told("POST", "/journal/wait", json={"match": match})
    return dict(entry)


def executions(world: World) -> list[tuple[str, str]]:
    """The status of each execution and what its first agent said."""
    shown = world.told("GET", "/sessions/session_1/executions")["executions"]
    return [(one["status"], one["turns"][0]["text"] if one["turns"] else "") for one in shown]


def client_of(world: World) -> EmulatorNamespace:
    """The client of Python; the world goes with it."""
    return EmulatorNamespace(world.server.url, world.name, str(world.key))


# The rule


@pytest.mark.parametrize("rule", RULES)
def test_it_is_set_and_a_reset_goes_back_to_that_of_the_seed(server: EmulatorServer, rule: str) -> None:
    world = world_of(server, None)
    assert world.told("GET", "/on-disconnect") == {"on_disconnect": "abandon"}
    shown = world.told("PUT", "/on-disconnect", json={"on_disconnect": rule})
    assert shown == world.told("GET", "/on-disconnect") == {"on_disconnect": rule}
    world.told("POST", "/reset?scope=on_disconnect")
    assert world.told("GET", "/on-disconnect") == {"on_disconnect": "abandon"}


@pytest.mark.parametrize("body", [{}, {"on_disconnect": "stay"}, {"on_disconnect": None}, {"rule": "finish"}])
def test_what_is_none_is_refused_and_changes_nothing(server: EmulatorServer, body: dict[str, Any]) -> None:
    world = world_of(server)
    assert problems(world.control("PUT", "/on-disconnect", json=body))
    assert world.told("GET", "/on-disconnect") == {"on_disconnect": "finish"}


@pytest.mark.parametrize("where", ["seed.on_disconnect", "seed.scripts.0.then.on_disconnect"])
def test_a_seed_that_says_something_else_is_refused(server: EmulatorServer, where: str) -> None:
    script = {"then": {"reply": "Yes", "on_disconnect": "stay"}}
    wrong = {"on_disconnect": "stay"} if where == "seed.on_disconnect" else {"scripts": [script]}
    assert list(problems(Api(server).control("POST", "/namespaces", json={"seed": {**SEED, **wrong}}))) == [where]


def test_python_sets_it(server: EmulatorServer) -> None:
    world = world_of(server)
    with client_of(world) as client:
        assert client.on_disconnect() == "finish"
        assert client.on_disconnect("abandon") == client.on_disconnect() == "abandon"
        client.reset("on_disconnect")
        assert client.on_disconnect() == "finish"


def test_a_fork_has_it(server: EmulatorServer) -> None:
    world = world_of(server, None)
    world.told("PUT", "/on-disconnect", json={"on_disconnect": "finish"})
    forked = make(server, **{"from": world.name})
    assert forked.told("GET", "/on-disconnect") == {"on_disconnect": "finish"}


@pytest.mark.parametrize(
    ("seed", "namespace", "script", "history"),
    [
        (None, None, None, NOTHING),
        ("finish", None, None, KEPT),
        ("finish", "abandon", None, NOTHING),
        ("abandon", "finish", None, KEPT),
        ("finish", "finish", "abandon", NOTHING),
        ("abandon", "abandon", "finish", KEPT),
        (None, None, "finish", KEPT),
    ],
)
def test_a_script_goes_before_the_namespace_and_that_before_its_seed(
    server: EmulatorServer, seed: str | None, namespace: str | None, script: str | None, history: list[str]
) -> None:
    world = world_of(server, seed, **({"on_disconnect": script} if script else {}))
    if namespace is not None:
        world.told("PUT", "/on-disconnect", json={"on_disconnect": namespace})
    leave(world)
    world.told("POST", "/gates/door/open")
    assert ended(world)["status"] == (200 if history else 0)
    assert world.said("session_1") == history


def test_it_counts_when_the_client_leaves(server: EmulatorServer) -> None:
    world = world_of(server, "abandon")
    connection = ask(world)
    world.told("PUT", "/on-disconnect", json={"on_disconnect": "finish"})
    hang_up(connection)
    world.told("PUT", "/on-disconnect", json={"on_disconnect": "abandon"})
    world.told("POST", "/gates/door/open")
    assert ended(world)["status"] == 200
    assert world.said("session_1") == KEPT


# Going on


def test_a_page_that_is_reloaded_sees_its_session_busy_and_then_the_answer(server: EmulatorServer) -> None:
    world = world_of(server)
    leave(world)
    assert world.status("session_1") == "processing"
    assert world.said("session_1") == []
    busy = world.execute("session_1", "Me again")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "1")
    world.told("DELETE", "/journal")
    world.told("POST", "/gates/door/open")
    entry = ended(world)
    assert (entry["status"], entry["outcome"], entry["delivered"]) == (200, "ok", False)
    assert entry["response"]["messages"][0]["content"] == "Done"
    assert world.status("session_1") == "active"
    assert world.said("session_1") == KEPT
    assert executions(world) == [("completed", "Done")]


def test_sockets_are_told_of_it_to_the_end(server: EmulatorServer) -> None:
    world = world_of(server, None, on_disconnect="finish")
    with client_of(world) as client, client.socket("session_1") as socket:
        leave(world)
        world.told("POST", "/gates/door/open")
        assert socket.text() == "Done"


def test_what_is_kept_is_what_would_be_if_the_client_had_stayed(server: EmulatorServer) -> None:
    seen = []
    for stays in (True, False):
        world = world_of(server)
        world.told("PUT", "/clock", json={"mode": "frozen", "now": NOON})
        connection = ask(world)
        if not stays:
            hang_up(connection)
        world.told("POST", "/gates/door/open")
        entry = ended(world)
        connection.close()
        shown = world.get("/runtime/session_1/messages/").json(), world.told("GET", "/sessions/session_1/executions")
        seen.append((entry["status"], entry["response"], shown, world.told("GET", "/sessions/session_1/events")))
    assert seen[0] == seen[1]


def test_what_goes_on_goes_on_through_all_its_steps(server: EmulatorServer) -> None:
    scripts = [
        {"when": {"agent": "first"}, "then": {"gate": "door", "reply": "One", "on_disconnect": "finish"}},
        {"when": {"agent": "second"}, "then": {"gate": "door", "reply": "Two", "on_disconnect": "abandon"}},
    ]
    world = make(server, seed={**SEED, "sessions": [{"id": "session_1", "config": PAIR}], "scripts": scripts})
    leave(world)
    world.told("POST", "/gates/door/open")
    assert ended(world)["status"] == 200
    assert world.said("session_1") == ["Wait", "One", "Two"]


def test_the_word_of_one_step_is_not_that_of_the_next(server: EmulatorServer) -> None:
    scripts = [
        {"when": {"agent": "first"}, "then": {"reply": "One", "on_disconnect": "finish"}},
        {"when": {"agent": "second"}, "then": {"gate": "door", "reply": "Two"}},
    ]
    world = make(server, seed={**SEED, "sessions": [{"id": "session_1", "config": PAIR}], "scripts": scripts})
    leave(world)
    assert ended(world)["status"] == 0
    assert world.said("session_1") == []


@pytest.mark.parametrize(("rule", "history"), [("finish", ["Wait", "By hand"]), ("abandon", [])])
def test_a_step_that_is_given_by_hand_has_its_own_word(server: EmulatorServer, rule: str, history: list[str]) -> None:
    other = next(one for one in RULES if one != rule)
    world = world_of(server, None, on_disconnect=other)
    connection = ask(world)
    step = {"reply": "By hand", "gate": "window", "on_disconnect": rule}
    world.told("POST", "/gates/door/answer", json=step)
    until_waiting(world, 1)
    hang_up(connection)
    world.told("POST", "/gates/window/open")
    ended(world)
    assert world.said("session_1") == history


# Ending otherwise


def advanced(world: World) -> None:
    world.told("POST", "/clock/advance", json={"seconds": 31})


def cancelled(world: World) -> None:
    assert world.post("/runtime/session_1/cancel/").status_code == 200


def reset(world: World) -> None:
    world.told("POST", "/reset")


def deleted(world: World) -> None:
    assert world.delete("/sessions/session_1/").status_code == 204
    world.told("POST", "/gates/door/open")


@pytest.mark.parametrize(
    ("end", "status", "outcome"),
    [(advanced, 200, "timeout"), (cancelled, 200, "cancelled"), (reset, 503, "aborted"), (deleted, 200, "ok")],
)
def test_it_ends_as_any_that_waits(
    server: EmulatorServer, end: Callable[[World], None], status: int, outcome: str
) -> None:
    world = world_of(server)
    leave(world)
    end(world)
    entry = ended(world)
    assert (entry["status"], entry["outcome"], entry["delivered"]) == (status, outcome, False)
    until_waiting(world, 0)
    assert world.told("GET", "/on-disconnect") == {"on_disconnect": "finish"}


def test_a_server_that_stops_does_not_wait_for_it() -> None:
    with EmulatorServer() as server:
        world = world_of(server)
        leave(world)
    assert not server._thread.is_alive()  # noqa: SLF001  # that it has ended is the fact


def test_it_counts_among_those_that_wait(server: EmulatorServer) -> None:
    world = world_of(server)
    second = world.create_session()
    leave(world)
    leave(world, second, waiting=2)
    world.told("POST", "/gates/door/open")
    until_waiting(world, 0)


# What has not begun


@pytest.mark.parametrize("holding", ["latency", "fault"])
def test_a_request_that_is_held_up_when_its_client_leaves_begins_nothing(server: EmulatorServer, holding: str) -> None:
    world = world_of(server)
    if holding == "latency":
        world.told("PUT", "/latency", json={"ms": 600_000})
    else:
        world.told("POST", "/faults", json={"operation": "runtime.execute", "delay_ms": 600_000})
    ask(world, waiting=0).close()
    entry = ended(world)
    assert (entry["status"], entry["outcome"], entry["delivered"]) == (0, "aborted", False)
    world.told("DELETE", "/latency")
    assert world.said("session_1") == []
