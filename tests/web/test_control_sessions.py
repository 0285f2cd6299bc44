"""The control plane shows the sessions of all accounts: what they wait for, whose they are, and a key that may use them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api
from tests.web.test_namespaces import World, make, message

NOON = "2025-06-01T12:00:00Z"
DESK = {**FLAT, "name": "Desk", "variables": {"city": {"type": "str", "level": "session", "default": "Bern"}}}
OLD, LIMITED = {"key": "ada-old", "expires_at": "2025-05-01T00:00:00Z"}, {"key": "bob-1", "permissions": ["sessions"]}
SEED: dict[str, Any] = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [{"id": "ada", "api_keys": [OLD, "ada-1"]}, {"id": "bob", "api_keys": [LIMITED]}],
    "agents": [{"id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "owner": "ada", "system_config": DESK}],
    "sessions": [
        {"id": "first", "owner": "ada", "agent_key": "desk", "created_at": "2025-06-01T10:00:00Z"},
        {"id": "Second", "owner": "bob", "config": FLAT, "created_at": "2025-06-01T11:59:00Z"},
        {
            "id": "third",
            "owner": "ada",
            "agent_key": "desk",
            "status": "error",
            "created_at": "2025-06-01T11:00:00Z",
            "variables": {"city": "Ulm"},
        },
    ],
    "scripts": [{"when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "door"}}],
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


def found(world: World, query: str = "") -> list[str]:
    """The ids of the sessions in an answer."""
    return [one["session_id"] for one in world.told("GET", f"/sessions{query}")]


def test_a_session_is_shown_whole(world: World) -> None:
    shown = world.told("GET", "/sessions")[1]
    digest = shown["configuration"]["config_hash"]
    listed = {
        "session_id": "third",
        "owner": "ada",
        "user": None,
        "agent_id": "6f9619ff-8b86-4011-b42d-00c04fc964ff",
        "agent_key": "desk",
        "configuration": {"name": "Desk", "config_hash": digest},
        "status": "error",
        "waits_for": None,
        "turns": 0,
        "message_count": 0,
        "created_at": "2025-06-01T11:00:00Z",
        "last_activity": "2025-06-01T11:00:00Z",
    }
    assert shown == listed
    assert digest in [one["config_hash"] for one in world.told("GET", "/coverage")]
    usage = {"input_tokens": 0, "output_tokens": 0}
    alone = {**listed, "usage": usage, "variables": {"city": "Ulm"}, "running": None, "api_key": world.key}
    assert world.told("GET", "/sessions/third") == alone


def test_sessions_with_the_newest_activity_come_first(world: World) -> None:
    assert found(world) == ["Second", "third", "first"]
    world.as_account("ada-1").request(
        "POST", "/runtime/first/execute/", json={"content": "Hi"}, headers={"X-Emulator-Namespace": world.name}
    )
    first = world.told("GET", "/sessions")[0]
    assert (first["session_id"], first["turns"], first["message_count"]) == ("first", 1, 2)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=error", ["third"]),
        ("?status=idle", ["first"]),
        ("?agent_key=desk", ["third", "first"]),
        ("?agent_key=nobody", []),
        ("?q=SEC", ["Second"]),
        ("?q=ir", ["third", "first"]),
        ("?q=ir&status=error", ["third"]),
        ("?limit=1", ["Second"]),
        ("?limit=1&offset=1", ["third"]),
        ("?limit=5&offset=2", ["first"]),
        ("?offset=999999999", []),
        ("?limit=0", []),
    ],
)
def test_sessions_are_chosen_by_filters_in_pages(world: World, query: str, expected: list[str]) -> None:
    assert found(world, query) == expected


def test_the_count_is_of_all_that_match(world: World) -> None:
    answer = world.control("GET", "/sessions?agent_key=desk&limit=1")
    assert (len(answer.json()), answer.headers["X-Total-Count"]) == (1, "2")


def test_a_hash_may_be_cut(world: World) -> None:
    digest = world.told("GET", "/sessions/Second")["configuration"]["config_hash"]
    assert found(world, f"?config_hash={digest}") == found(world, f"?config_hash={digest[:4]}") == ["Second"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?status=actve", "No session has the status actve; did you mean active?"),
        ("?status=x", "No session has the status x; there are active, processing, idle, error."),
        ("?config_hash=xyz", "config_hash is 12 hexadecimal digits, or their beginning, not 'xyz'"),
        ("?limit=501", "limit is 500 at most, not 501; offset leads to further ones"),
        ("?offset=-1", "offset must be a whole number, not '-1'"),
        ("?agentkey=desk", "There is no parameter agentkey; did you mean agent_key?"),
    ],
)
def test_a_filter_that_can_match_nothing_is_refused(world: World, query: str, said: str) -> None:
    assert message(world.control("GET", f"/sessions{query}"), 400) == said


def test_a_session_that_there_is_not_is_refused_with_the_name_that_was_meant(world: World) -> None:
    assert message(world.control("GET", "/sessions/secnd"), 404) == "There is no session 'secnd'; did you mean Second?"
    assert "GET /__emulator/sessions lists them" in message(world.control("GET", "/sessions/nothing-like-it"), 404)


def test_what_a_session_waits_for_is_told(world: World) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            requests.post,
            f"{world.server.base_url}/runtime/first/execute/",
            json={"content": "Wait"},
            headers={"x-api-key": "ada-1", "X-Emulator-Namespace": world.name},
            timeout=10,
        )
        while not world.told("GET", "/gates"):
            pass
        shown = world.told("GET", "/sessions?status=processing")
        on_its_way = world.told("GET", "/sessions/first")["running"]
        world.told("POST", "/gates/door/open")
        assert running.result().status_code == 200
    assert [(one["session_id"], one["waits_for"], one["turns"]) for one in shown] == [("first", {"gate": "door"}, 1)]
    assert on_its_way == {
        "turn": 1,
        "started_at": NOON,
        "content": "Wait",
        "agent": "main",
        "seconds_left": 30.0,
    }
    after = world.told("GET", "/sessions/first")
    assert (after["waits_for"], after["running"]) == (None, None)


def test_a_person_is_waited_for(server: EmulatorServer) -> None:
    with server.client.create_namespace() as world:
        world.use_scenario("approval")
        with world.socket("session_approval") as socket:
            socket.send("Write to Ada")
            socket.next_event("HitlRequired")
            assert socket.pause is not None
            assert world.session("session_approval").waits_for == {"pause": socket.pause.tool_call_id}


def test_of_an_account_that_the_namespace_has_no_key_for_it_is_one_of_the_seed(server: EmulatorServer) -> None:
    accounts = [{"id": "eve", "api_keys": ["eve-1"]}, {"id": "ada", "api_keys": [OLD, "ada-1"]}]
    first = {"id": "first", "owner": "ada", "config": FLAT}
    world = make(server, seed={"accounts": accounts, "sessions": [first]})
    assert world.told("GET", "/sessions/first")["api_key"] == "ada-1"


def test_a_key_that_may_not_do_everything_is_not_told(world: World) -> None:
    assert world.told("GET", "/sessions/Second")["api_key"] is None


def test_who_has_the_key_of_the_namespace_alone_is_told_no_other() -> None:
    with (
        EmulatorServer(control_token="open sesame") as server,
        server.client as client,
        client.create_namespace(seed=SEED) as world,
        EmulatorNamespace(server.url, world.namespace, world.api_key) as by_key,
    ):
        assert world.session("first").api_key == world.api_key
        assert by_key.session("first").api_key == world.api_key
        assert by_key.session("Second").api_key is None


def test_secrets_in_variables_are_not_shown(server: EmulatorServer) -> None:
    configuration = {**DESK, "variables": {"api_key": {"type": "str", "level": "session", "default": "s3cr3t-Key"}}}
    world = make(server, seed={**SEED, "sessions": [{"id": "one", "owner": "ada", "config": configuration, "variables": {"api_key": "s3cr3t-Key"}}]})  # fmt: skip
    assert "s3cr3t" not in world.control("GET", "/sessions/one").text


class TestMessages:
    def test_they_are_what_the_api_tells_its_owner(self, api: Api) -> None:
        api.post("/runtime/session_abc123/execute/", json={"content": "Hello"})
        told = api.get("/runtime/session_abc123/messages/").json()
        assert api.control("GET", "/sessions/session_abc123/messages").json() == told

    def test_the_newest_are_shown_oldest_first(self, api: Api) -> None:
        whole = api.control("GET", "/sessions/session_abc123/messages").json()
        shown = api.control("GET", "/sessions/session_abc123/messages?tail=1").json()
        assert shown == {"messages": whole["messages"][-1:], "total": 2, "has_more": False}

    def test_looking_at_them_leaves_no_trace(self, api: Api) -> None:
        api.control("DELETE", "/journal")
        api.control("GET", "/sessions/session_abc123/messages")
        assert api.control("GET", "/journal").json() == []

    @pytest.mark.parametrize(("query", "message"), [("?tail=501", "tail is 500 at most"), ("?tail=x", "whole number")])
    def test_a_bound_that_cannot_be_is_refused(self, api: Api, query: str, message: str) -> None:
        answer = api.control("GET", f"/sessions/session_abc123/messages{query}")
        assert (answer.status_code, message in answer.text) == (400, True)

    def test_a_session_that_there_is_not_suggests_a_near_one(self, api: Api) -> None:
        answer = api.control("GET", "/sessions/session_abc12/messages")
        assert (answer.status_code, "did you mean session_abc123?" in answer.text) == (404, True)
