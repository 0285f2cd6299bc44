"""Namespaces: worlds of one server that know nothing of one another, how they begin and how they end."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.errors import EmulatorRefused
from atthene_emulator.limits import NAMESPACE_SECONDS
from atthene_emulator.server import EmulatorServer
from atthene_emulator.timestamps import parse_time
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation
from tests.conftest import FLAT, Api

SESSION_ID = "session_abc123"
AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
PATIENCE = 10  # seconds that a test looks for something before it gives up
NOON = "2025-06-01T12:00:00Z"
WAITING = {"name": "waiting", "when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "door"}}
COUNTING = {
    "name": "counting",
    "when": {"content": "Count"},
    "times": 3,
    "then": [{"reply": "One"}, {"reply": "Two"}, {"reply": "Many"}],
}
WITH_VARIABLE = {**FLAT, "variables": {"user_name": {"type": "str"}}}
SEED = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [{"id": "ada", "company": "engines"}],
    "agents": [{"id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "system_config": {**FLAT, "name": "Desk"}}],
    "sessions": [{"id": "session_1", "agent_key": "desk", "messages": [{"role": "user", "content": "Early"}]}],
    "scripts": [COUNTING],
}


class World(Api):
    """A client of one namespace, by its key; the control plane is told the name."""

    def __init__(self, server: EmulatorServer, name: str, key: str) -> None:
        super().__init__(server, key)
        self.name = name

    def control(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request about this namespace to the control plane."""
        return super().control(method, path, headers={"X-Emulator-Namespace": self.name}, **options)

    def told(self, method: str, path: str, **options: Any) -> Any:
        """What the control plane answers to a request that it accepts; None without a body."""
        answer = self.control(method, path, **options)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def again(self) -> "World":
        """The same client with a connection of its own, for another thread."""
        return World(self.server, self.name, self.key or "")

    def reply(self, session_id: str, content: str, **more: Any) -> str:
        """What a session's agent answers."""
        answer = self.execute(session_id, content, **more)
        assert answer.status_code == 200, answer.text
        text: str = answer.json()["messages"][0]["content"]
        return text

    def said(self, session_id: str) -> list[str]:
        """The texts of a session's history."""
        messages = self.get(f"/runtime/{session_id}/messages/?limit=1000").json()["messages"]
        return [message["content"] for message in messages]

    def status(self, session_id: str) -> str:
        """The status of a session."""
        status: str = self.get(f"/runtime/{session_id}/status/").json()["status"]
        return status


def make(server: EmulatorServer, **body: Any) -> World:
    """A new namespace."""
    answer = Api(server).control("POST", "/namespaces", json=body)
    assert answer.status_code == 201, answer.text
    return World(server, answer.json()["name"], answer.json()["api_key"])


def problems(answer: requests.Response, status: int = 400) -> dict[str, str]:
    """Fields and messages of a refusal of the emulator."""
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["type"] == "emulator_error"
    return {one["field"]: one["message"] for one in answer.json()["error"].get("details", {}).get("errors", ())}


def message(answer: requests.Response, status: int) -> str:
    """The sentence of a refusal of the emulator."""
    problems(answer, status)
    said: str = answer.json()["error"]["message"]
    return said


def until_waiting(world: World, waiting: int) -> None:
    """Ask again and again until so many executions wait at gates."""
    deadline = time.monotonic() + PATIENCE
    while sum(gate["waiting"] for gate in world.told("GET", "/gates")) != waiting:
        assert time.monotonic() < deadline, world.told("GET", "/gates")


def hold(world: World, pool: ThreadPoolExecutor, session_id: str) -> "Future[requests.Response]":
    """Start an execution that waits at the gate `door`; its future answer."""
    running = pool.submit(world.again().execute, session_id, "Wait")
    until_waiting(world, 1)
    return running


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose namespaces nobody else makes."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    """A new namespace from the seed of the server."""
    made = make(server)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


@pytest.fixture
def other(server: EmulatorServer) -> Iterator[World]:
    """Another one like `world`."""
    made = make(server)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


# Making them


def test_a_new_namespace_is_told_with_a_name_a_key_and_an_address(api: Api) -> None:
    answer = api.control("POST", "/namespaces", json={"name": "worker-1"})
    assert answer.status_code == 201
    made = answer.json()
    assert made == {"name": "worker-1", "api_key": made["api_key"], "base_url": api.server.base_url}
    assert made["api_key"].startswith("key_")
    assert api.control("DELETE", "/namespaces/worker-1").status_code == 204


def test_a_namespace_can_be_made_without_a_body(api: Api) -> None:
    made = api.control("POST", "/namespaces")
    assert made.status_code == 201
    assert made.json()["name"].startswith("ns-")
    assert api.control("DELETE", f"/namespaces/{made.json()['name']}").status_code == 204


def test_names_and_keys_that_are_chosen_are_never_the_same_twice(server: EmulatorServer) -> None:
    made = [make(server) for _ in range(5)]
    assert len({one.name for one in made}) == 5
    assert len({one.key for one in made}) == 5


def test_namespaces_are_listed_with_their_keys_until_they_are_deleted(api: Api, world: World) -> None:
    listed = api.control("GET", "/namespaces").json()
    first = {name: listed[0][name] for name in ("name", "api_key", "base_url", "ttl_seconds")}
    assert first == {"name": "default", "api_key": "test-key", "base_url": api.server.base_url, "ttl_seconds": None}
    assert (listed[-1]["name"], listed[-1]["api_key"]) == (world.name, world.key)
    assert api.control("DELETE", f"/namespaces/{world.name}").status_code == 204
    names = [one["name"] for one in api.control("GET", "/namespaces").json()]
    assert names == [one["name"] for one in listed[:-1]]


@pytest.mark.in_memory(reason="each emulator counts those that it knows of")
def test_health_counts_the_namespaces(api: Api, world: World) -> None:
    before = api.control("GET", "/health").json()["namespaces"]
    api.control("DELETE", f"/namespaces/{world.name}")
    assert api.control("GET", "/health").json()["namespaces"] == before - 1


def test_a_namespace_begins_with_the_seed_of_the_server(world: World) -> None:
    assert [agent["agent_key"] for agent in world.get("/agent/").json()] == [
        "customer_support_agent",
        "research_assistant",
    ]
    assert world.said(SESSION_ID) == [
        "Hello, I need help with my account.",
        "Of course! What seems to be the trouble?",
    ]
    assert world.reply(SESSION_ID, "Hello") == "Hello! How can I help you today?"


def test_a_namespace_begins_with_the_seed_and_not_with_what_became_of_it(api: Api) -> None:
    api.create_session()
    api.control("POST", "/clock/advance", json={"seconds": 100_000})
    counts = make(api.server).told("GET", "/state")["counts"]
    assert counts.pop("content_bytes") > 0
    assert counts == {
        "accounts": 2, "agents": 2, "sessions": 1, "files": 2, "collections": 1, "knowledge_bases": 1, "artifacts": 1,
        "images": 0, "content_dropped": 0, "scripts": 4, "faults": 0, "snapshots": 0, "journal": 0, "journal_dropped": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "agents", "sessions", "clock"),
    [("default", 2, 1, "running"), ("empty", 0, 0, "running"), ("busy", 50, 500, "frozen")],
)
def test_a_namespace_is_made_from_a_bundled_seed(
    server: EmulatorServer, seed: str, agents: int, sessions: int, clock: str
) -> None:
    made = make(server, seed=seed)
    state = made.told("GET", "/state")
    assert (state["counts"]["agents"], state["counts"]["sessions"]) == (agents, sessions)
    assert state["clock"]["mode"] == clock
    assert made.get("/agent/").status_code == 200


def test_a_namespace_is_made_from_an_inline_seed(server: EmulatorServer) -> None:
    made = make(server, seed=SEED)
    (agent,) = made.get("/agent/").json()
    assert (agent["agent_key"], agent["owner"], agent["company"]) == ("desk", "ada", "engines")
    assert agent["created_at"] == NOON
    assert made.said("session_1") == ["Early"]
    assert [made.reply("session_1", "Count") for _ in range(3)] == ["One", "Two", "Many"]


def test_seeds_in_a_list_add_up(server: EmulatorServer) -> None:
    own = {
        "sessions": [{"id": "mine", "owner": "user_123", "agent_key": "customer_support_agent"}],
        "contract": "reference",
    }
    made = make(server, seed=["default", own])
    assert len(made.get("/agent/").json()) == 2
    assert {one["session_id"] for one in made.get("/sessions/").json()} == {"session_abc123", "mine"}
    assert made.told("GET", "/state")["contract"] == "reference"


def test_a_namespace_may_have_another_contract_than_its_seed(server: EmulatorServer) -> None:
    made = make(server, seed={"contract": "reference"}, contract="connecting")
    assert made.told("GET", "/state")["contract"] == "connecting"
    assert make(server, contract="reference").told("GET", "/state")["contract"] == "reference"


def test_an_inline_seed_may_be_yaml(api: Api) -> None:
    text = "name: from-yaml\nseed:\n  accounts: [{id: ada, company: engines}]\n  prompts: {greeting: Hi}\n"
    headers = {"Content-Type": "application/yaml"}
    answer = api.control("POST", "/namespaces", data=text, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (201, "from-yaml")


def test_an_empty_inline_seed_makes_a_namespace_that_can_be_used(server: EmulatorServer) -> None:
    made = make(server, seed={})
    assert made.get("/sessions/").json() == []
    assert made.reply(made.create_session(), "Hi")
    assert made.told("GET", "/state")["accounts"] == [{"id": "user_123", "company": "company_456", "api_keys": ["ke…"]}]


@pytest.mark.parametrize(
    ("contract", "prefix"), [("reference", "session_"), ("connecting", "sess_")], ids=["reference", "connecting"]
)
def test_an_inline_seed_chooses_the_contract(server: EmulatorServer, contract: str, prefix: str) -> None:
    made = make(server, seed={"contract": contract})
    assert made.told("GET", "/state")["contract"] == contract
    headers = {"x-api-key": made.key}
    created = requests.post(f"{server.base_url}/sessions/", json=FLAT, headers=headers, timeout=PATIENCE)
    assert created.json()["session_id"].startswith(prefix)
    forked = make(server, **{"from": made.name})
    assert forked.told("GET", "/state")["contract"] == contract


def test_the_minted_key_belongs_to_an_account_that_may_do_everything(server: EmulatorServer) -> None:
    seed = {
        "accounts": [
            {"id": "guest", "api_keys": [{"key": "guest-key", "permissions": ["agents"]}]},
            {"id": "late", "api_keys": [{"key": "late-key", "expires_at": "2030-01-01T00:00:00Z"}]},
            {"id": "chief", "api_keys": ["chief-key"]},
        ],
        "agents": [{"owner": "chief", "system_config": FLAT}],
    }
    (agent,) = make(server, seed=seed).get("/agent/").json()
    assert agent["owner"] == "chief"


# Wrong uses


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"name": ""}, "name", id="empty name"),
        pytest.param({"name": "a b"}, "name", id="name with a space"),
        pytest.param({"name": "a/b"}, "name", id="name with a slash"),
        pytest.param({"name": "ä"}, "name", id="name with an umlaut"),
        pytest.param({"name": "a\n"}, "name", id="name with a line end"),
        pytest.param({"name": "a" * 65}, "name", id="name of 65 characters"),
        pytest.param({"name": "."}, "name", id="a dot, which clients take out of a path"),
        pytest.param({"name": ".."}, "name", id="two dots, which clients take out of a path"),
        pytest.param({"name": 1}, "name", id="number for a name"),
        pytest.param({"name": None}, "name", id="null for a name"),
        pytest.param({"nmae": "a"}, "nmae", id="unknown key"),
        pytest.param({"seed": ""}, "seed", id="empty seed name"),
        pytest.param({"seed": []}, "seed", id="no seed in a list"),
        pytest.param({"seed": ["default", 3]}, "seed.1", id="number in a list of seeds"),
        pytest.param({"seed": ["default", {"agnets": []}]}, "seed.1.agnets", id="unknown key of the second seed"),
        pytest.param({"seed": ["default", "default"]}, "seed.1", id="seed twice"),
        pytest.param({"contract": "old"}, "contract", id="unknown contract of a namespace"),
        pytest.param({"from": "default", "contract": "current"}, "contract", id="contract of a fork"),
        pytest.param({"seed": None}, "seed", id="null for a seed"),
        pytest.param({"seed": "default", "from": "default"}, "seed", id="seed and from"),
        pytest.param({"snapshot": "a"}, "from", id="snapshot without from"),
        pytest.param({"from": ""}, "from", id="empty from"),
        pytest.param({"from": {}}, "from", id="mapping for from"),
        pytest.param({"seed": {"agnets": []}}, "seed.agnets", id="unknown key of a seed"),
        pytest.param({"seed": {"accounts": [{}]}}, "seed.accounts.0.id", id="account without an id"),
        pytest.param({"seed": {"contract": "old"}}, "seed.contract", id="unknown contract"),
        pytest.param({"seed": {"clock": {"mode": "frozen"}}}, "seed.clock.now", id="frozen at no time"),
        pytest.param({"seed": {"clock": {"mode": "frozen", "now": "noon"}}}, "seed.clock.now", id="frozen at no date"),
        pytest.param({"seed": {"agents": [{"system_config": FLAT}]}}, "seed.agents.0.owner", id="no owner"),
        pytest.param(
            {"seed": {**SEED, "agents": [{"config_file": "agent.yaml"}], "sessions": []}},
            "seed.agents.0.config_file",
            id="file of an agent",
        ),
        pytest.param(
            {"seed": {**SEED, "sessions": [{"config_file": "/etc/passwd"}]}},
            "seed.sessions.0.config_file",
            id="file of a session",
        ),
        pytest.param(
            {"seed": {**SEED, "agents": [{"system_config": {**FLAT, "llm_config": 3}}], "sessions": []}},
            "seed.agents.0.system_config.llm_config",
            id="invalid configuration",
        ),
        pytest.param(
            {"seed": {**SEED, "sessions": [{"agent_key": "desc"}]}}, "seed.sessions.0.agent_key", id="unknown agent"
        ),
        pytest.param(
            {"seed": {"scripts": [{"when": {"content": {"matches": "("}}, "then": {"reply": "x"}}]}},
            "seed.scripts.0.when.content.matches",
            id="no regular expression",
        ),
        pytest.param({"seed": {"faults": [{"status": 299}]}}, "seed.faults.0.status", id="impossible status"),
        pytest.param(
            {"seed": {"scenarios": {"bad": {"faults": [{"operation": "x", "status": 429}]}}}},
            "seed.scenarios.bad.faults.0.operation",
            id="fault of an unknown operation in a scenario",
        ),
    ],
)
def test_a_wrong_namespace_is_refused_and_the_field_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    before = [one["name"] for one in api.control("GET", "/namespaces").json()]
    answer = api.control("POST", "/namespaces", json=body)
    assert field in problems(answer)
    assert [one["name"] for one in api.control("GET", "/namespaces").json()] == before


def test_every_mistake_of_an_inline_seed_is_named_at_once(api: Api) -> None:
    seed = {**SEED, "sessions": [{"agent_key": "desc"}, {"agent_key": "desk", "owner": "adda"}]}
    assert problems(api.control("POST", "/namespaces", json={"seed": seed})) == {
        "seed.sessions.0.agent_key": "ada has no agent desc; did you mean desk?",
        "seed.sessions.1.owner": "There is no account adda; did you mean ada?",
    }


@pytest.mark.parametrize("name", ["a", "Worker_1.b-c", "a" * 64, "_.0", "0"])
def test_a_name_has_up_to_64_letters_digits_and_marks(api: Api, name: str) -> None:
    assert api.control("POST", "/namespaces", json={"name": name}).status_code == 201
    assert api.control("GET", "/state", params={"namespace": name}).json()["namespace"] == name
    assert api.control("DELETE", f"/namespaces/{name}").status_code == 204


@pytest.mark.parametrize("body", [{}, {"seed": "empty"}, {"seed": SEED}, {"from": "default"}], ids=str)
def test_a_taken_name_is_refused(api: Api, world: World, body: dict[str, Any]) -> None:
    world.create_session()
    said = message(api.control("POST", "/namespaces", json={**body, "name": world.name}), 409)
    assert said == f"There is a namespace {world.name} already; choose another name, or delete it first"
    assert len(world.get("/sessions/").json()) == 2


def test_the_name_default_is_taken(api: Api) -> None:
    assert "default" in message(api.control("POST", "/namespaces", json={"name": "default"}), 409)


def test_a_name_is_free_again_after_its_namespace_was_deleted(server: EmulatorServer) -> None:
    first = make(server, name="again")
    first.create_session()
    Api(server).control("DELETE", "/namespaces/again")
    second = make(server, name="again")
    assert len(second.get("/sessions/").json()) == 1
    assert first.get("/sessions/").status_code == 401


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"seed": "defualt"}, "There is no seed defualt; did you mean default?"),
        ({"from": "defualt"}, "There is no namespace 'defualt'; did you mean default?"),
        ({"from": "default", "snapshot": "x"}, "There is no snapshot 'x'; there are none, take one first"),
    ],
    ids=["seed", "from", "snapshot"],
)
def test_an_unknown_beginning_is_refused_and_the_near_one_named(api: Api, body: dict[str, Any], said: str) -> None:
    assert message(api.control("POST", "/namespaces", json={"name": "never", **body}), 404) == said
    assert api.control("GET", "/state", params={"namespace": "never"}).status_code == 404


@pytest.mark.parametrize("seed", ["../fixtures/default", "fixtures/default.yaml", "/etc/passwd", "default.yaml"])
def test_a_seed_cannot_be_a_path(api: Api, seed: str) -> None:
    assert "There is no seed" in message(api.control("POST", "/namespaces", json={"seed": seed}), 404)


# Choosing one


def test_an_unmodified_client_is_isolated_by_its_key_alone(server: EmulatorServer, world: World, other: World) -> None:
    def asked(method: str, path: str, key: str | None, body: Any = None) -> requests.Response:
        headers = {"x-api-key": key or ""}
        return requests.request(method, server.base_url + path, json=body, headers=headers, timeout=PATIENCE)

    created = asked("POST", "/sessions/", world.key, FLAT).json()["session_id"]
    assert asked("GET", f"/sessions/{created}/", world.key).status_code == 200
    assert asked("GET", f"/sessions/{created}/", other.key).status_code == 404
    assert asked("GET", f"/sessions/{created}/", "test-key").status_code == 404
    assert asked("POST", f"/runtime/{created}/execute/", world.key, {"content": "Hello"}).status_code == 200
    assert [len(asked("GET", "/sessions/", one.key).json()) for one in (world, other)] == [2, 1]
    assert asked("DELETE", f"/agent/{AGENT_ID}/", other.key).status_code == 204
    assert asked("GET", f"/agent/{AGENT_ID}/", world.key).status_code == 200


def test_the_header_wins_over_the_key(server: EmulatorServer, world: World, other: World) -> None:
    created = other.create_session()
    api = Api(server, "test-key")
    chosen = {"X-Emulator-Namespace": other.name}
    assert api.get(f"/sessions/{created}/", headers=chosen).status_code == 200
    assert api.get(f"/sessions/{created}/").status_code == 404
    assert world.get(f"/sessions/{created}/", headers=chosen).status_code == 401


@pytest.mark.parametrize(
    ("key", "status", "said"),
    [
        ("test-key", 200, ""),
        ("other-key", 200, ""),
        ("expired-key", 401, "API key has expired"),
        ("forbidden-key", 403, "You do not have permission to access this resource"),
        ("no-key", 401, "Invalid or missing authentication credentials"),
        (None, 401, "Invalid or missing authentication credentials"),
    ],
)
def test_the_keys_of_the_seed_count_in_a_namespace_that_the_header_names(
    server: EmulatorServer, world: World, key: str | None, status: int, said: str
) -> None:
    answer = Api(server, key).get("/agent/", headers={"X-Emulator-Namespace": world.name})
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["error"]["message"] == said


def test_a_key_of_an_inline_seed_selects_its_namespace(server: EmulatorServer) -> None:
    seed = {**SEED, "accounts": [{"id": "ada", "api_keys": ["a-key-of-ada"]}]}
    make(server, name="of-ada", seed=seed)
    assert [one["agent_key"] for one in Api(server, "a-key-of-ada").get("/agent/").json()] == ["desk"]
    Api(server).control("DELETE", "/namespaces/of-ada")
    assert Api(server, "a-key-of-ada").get("/agent/").status_code == 401


def test_a_key_that_two_seeds_have_selects_the_namespace_that_is_left(server: EmulatorServer) -> None:
    seed = {**SEED, "accounts": [{"id": "ada", "api_keys": ["shared-key"]}]}
    make(server, name="first", seed=seed)
    second = make(server, name="second", seed=seed)
    session_id = second.create_session()
    Api(server).control("DELETE", "/namespaces/first")
    assert Api(server, "shared-key").get(f"/sessions/{session_id}/").status_code == 200


def test_an_unknown_namespace_is_refused_on_both_planes_and_the_near_one_named(api: Api) -> None:
    chosen = {"X-Emulator-Namespace": "defalt"}
    said = "There is no namespace 'defalt'; did you mean default?"
    assert message(api.get("/sessions/", headers=chosen), 404) == said
    assert message(api.control("GET", "/state", headers=chosen), 404) == said
    assert message(api.control("GET", "/state?namespace=defalt"), 404) == said
    assert message(api.control("DELETE", "/namespaces/defalt"), 404) == said
    assert message(api.as_account(None).get("/nothing/", headers=chosen), 404) == said


@pytest.mark.parametrize("name", ["", "Default", "default ,default", "\u00e4"], ids=["empty", "case", "list", "umlaut"])
def test_a_name_must_be_written_exactly(api: Api, name: str) -> None:
    headers: dict[str, Any] = {"X-Emulator-Namespace": name.encode("latin-1")}
    assert message(api.get("/sessions/", headers=headers), 404).startswith("There is no namespace")
    assert message(api.control("GET", "/state", headers=headers), 404).startswith("There is no namespace")


def test_the_request_id_is_that_of_the_journal_of_the_namespace(
    server: EmulatorServer, world: World, other: World
) -> None:
    first = [world.get("/agent/").headers["X-Request-Id"] for _ in range(2)]
    second = Api(server).get("/sessions/", headers={"X-Emulator-Namespace": other.name}).headers["X-Request-Id"]
    assert (first, second) == (["req_000001", "req_000002"], "req_000001")
    assert [entry["id"] for entry in world.told("GET", "/journal")] == first
    assert [(entry["id"], entry["path"]) for entry in other.told("GET", "/journal")] == [(second, "/api/v1/sessions/")]


def test_a_request_with_a_wrong_key_is_written_down_in_the_namespace_that_the_header_names(
    server: EmulatorServer, world: World
) -> None:
    Api(server, "wrong").get("/agent/", headers={"X-Emulator-Namespace": world.name})
    assert [entry["outcome"] for entry in world.told("GET", "/journal")] == ["auth_error"]


# Isolation


def conversation(world: World) -> list[str]:
    """Ids of every kind, and everything else that is counted or drawn, of the same requests."""
    agent = world.post("/agent/", json={"system_config": {**FLAT, "name": "Mine"}}).json()["id"]
    sessions = [world.with_contract(one).create_session() for one in ("current", "reference", "connecting")]
    started = world.post(f"/sessions/from-agent/{agent}/").json()["session_id"]
    answer = world.execute(sessions[0], "Hello")
    ids = [message["id"] for message in world.get(f"/runtime/{sessions[0]}/messages/").json()["messages"]]
    world.told("POST", "/faults", json={"probability": 0.5, "operation": "agents.list", "status": 503})
    chances = [str(world.get("/agent/").status_code) for _ in range(8)]
    snapshot = world.told("POST", "/snapshots")["name"]
    return [
        agent, *sessions, started, answer.json()["metadata"]["execution_id"], *ids, answer.headers["X-Request-Id"],
        *chances, snapshot,
    ]  # fmt: skip


def test_the_same_requests_in_two_new_namespaces_give_the_same_ids(world: World, other: World) -> None:
    first = conversation(world)
    assert conversation(other) == first
    assert set(first[-9:-1]) == {"200", "503"}


def test_requests_that_take_turns_give_the_same_ids_in_both_namespaces(world: World, other: World) -> None:
    ids = [(world.create_session(), other.create_session()) for _ in range(5)]
    assert all(one == another for one, another in ids)
    assert len(set(ids)) == 5


def test_agents_and_sessions_are_isolated(world: World, other: World) -> None:
    created = world.create_session()
    world.reply(created, "Hello")
    world.delete(f"/agent/{AGENT_ID}/")
    world.delete(f"/sessions/{SESSION_ID}/")
    assert other.get(f"/sessions/{created}/").status_code == 404
    assert other.get(f"/agent/{AGENT_ID}/").status_code == 200
    assert other.status(SESSION_ID) == "idle"
    assert other.post("/agent/", json={"system_config": {**FLAT, "name": "Mine"}}).status_code == 201
    assert world.post("/agent/", json={"system_config": {**FLAT, "name": "Mine"}}).status_code == 201


def test_records_of_the_seed_are_isolated(world: World, other: World) -> None:
    world.patch(f"/agent/{AGENT_ID}/", json={"system_config": {"llm_config": {"temperature": 0.1}}})
    world.reply(SESSION_ID, "Hello")
    assert other.get(f"/agent/{AGENT_ID}/").json()["system_config"]["llm_config"]["temperature"] == 0.7
    assert other.get(f"/agent/{AGENT_ID}/").json()["version_number"] == "1.0.0"
    assert (len(world.said(SESSION_ID)), len(other.said(SESSION_ID))) == (4, 2)


def test_clocks_are_isolated(api: Api, world: World, other: World) -> None:
    world.told("PUT", "/clock", json={"mode": "frozen", "now": NOON})
    other.told("PUT", "/clock", json={"mode": "frozen", "now": "2020-01-01T00:00:00Z"})
    world.told("POST", "/clock/advance", json={"seconds": 60})
    assert world.told("GET", "/clock") == {"mode": "frozen", "now": "2025-06-01T12:01:00Z"}
    assert other.told("GET", "/clock") == {"mode": "frozen", "now": "2020-01-01T00:00:00Z"}
    assert api.control("GET", "/clock").json()["mode"] == "running"
    headers = {"X-Emulator-Namespace": other.name}  # in 2020 the key has not expired yet
    assert api.as_account("expired-key").get("/agent/", headers=headers).status_code == 200


def test_faults_are_isolated(api: Api, world: World, other: World) -> None:
    world.told("POST", "/faults", json={"status": 503})
    assert world.get("/agent/").status_code == 503
    assert other.get("/agent/").status_code == 200
    assert api.get("/agent/").status_code == 200
    assert other.told("GET", "/faults") == []
    other.told("DELETE", "/faults")
    assert world.get("/agent/").status_code == 503


def test_scripts_and_their_hits_are_isolated(world: World, other: World) -> None:
    world.told("POST", "/scripts", json=COUNTING)
    assert [world.reply(SESSION_ID, "Count") for _ in range(2)] == ["One", "Two"]
    assert other.execute(SESSION_ID, "Count").headers["X-Emulator-Script"] == "default"
    other.told("POST", "/scripts", json=COUNTING)
    assert other.reply(SESSION_ID, "Count") == "One"
    assert [one.told("GET", "/scripts")[0]["hits"] for one in (world, other)] == [2, 1]
    other.told("DELETE", "/scripts")
    assert world.reply(SESSION_ID, "Count") == "Many"


def test_journals_are_isolated(world: World, other: World) -> None:
    world.get("/agent/")
    assert [len(one.told("GET", "/journal")) for one in (world, other)] == [1, 0]
    other.get("/sessions/")
    other.told("DELETE", "/journal")
    assert [len(one.told("GET", "/journal")) for one in (world, other)] == [1, 0]
    waited = other.control("POST", "/journal/wait", json={"match": {"path": "/api/v1/agent/"}, "timeout_seconds": 0})
    assert "nothing came at all" in message(waited, 408)


def test_rate_limits_are_isolated(api: Api, world: World, other: World) -> None:
    limit = {"requests": 1, "per_seconds": 3600}
    world.told("PUT", "/rate-limit", json=limit)
    assert [world.get("/agent/").status_code for _ in range(2)] == [200, 429]
    assert other.get("/agent/").status_code == 200
    assert "X-RateLimit-Limit" not in other.get("/agent/").headers
    other.told("PUT", "/rate-limit", json=limit)
    chosen = [{"X-Emulator-Namespace": one.name} for one in (world, other)]
    assert [api.get("/agent/", headers=one).status_code for one in chosen] == [200, 200]  # one bucket each
    assert [api.get("/agent/", headers=one).status_code for one in chosen] == [429, 429]


def test_snapshots_are_isolated(world: World, other: World) -> None:
    world.told("POST", "/snapshots", json={"name": "mine"})
    assert other.told("GET", "/snapshots") == []
    assert other.control("POST", "/snapshots/mine/restore").status_code == 404
    assert other.control("DELETE", "/snapshots/mine").status_code == 404
    other.told("POST", "/snapshots", json={"name": "mine"})
    other.told("DELETE", "/snapshots/mine")
    assert [one["name"] for one in world.told("GET", "/snapshots")] == ["mine"]


def test_gates_are_isolated(world: World, other: World, background: ThreadPoolExecutor) -> None:
    for one in (world, other):
        one.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, SESSION_ID)
    other.told("POST", "/gates/door/open")
    assert other.reply(SESSION_ID, "Wait") == "Done"
    assert world.told("GET", "/gates") == [{"name": "door", "open": False, "waiting": 1, "sessions": [SESSION_ID]}]
    assert world.status(SESSION_ID) == "processing"
    other.told("POST", "/reset")
    other.told("POST", "/clear")
    assert world.told("GET", "/gates") == [{"name": "door", "open": False, "waiting": 1, "sessions": [SESSION_ID]}]
    world.told("POST", "/gates/door/open")
    assert held.result().status_code == 200


def test_executions_and_coverage_are_isolated(world: World, other: World) -> None:
    world.reply(SESSION_ID, "Hello")
    assert len(world.told("GET", f"/sessions/{SESSION_ID}/executions")["executions"]) == 1
    assert other.told("GET", f"/sessions/{SESSION_ID}/executions")["executions"] == []
    assert [sum(one["executions"] for one in which.told("GET", "/coverage")) for which in (world, other)] == [1, 0]


@pytest.mark.parametrize("path", ["/reset", "/clear"])
def test_a_reset_of_one_leaves_the_others_alone(api: Api, world: World, other: World, path: str) -> None:
    created = [one.create_session() for one in (api, other)]
    other.told("POST", "/scripts", json=COUNTING)
    world.told("POST", path)
    assert other.get(f"/sessions/{created[1]}/").status_code == 200
    assert other.reply(SESSION_ID, "Count") == "One"
    assert api.get(f"/sessions/{created[0]}/").status_code == 200


def test_scenarios_are_isolated(server: EmulatorServer) -> None:
    seed = {**SEED, "scenarios": {"down": {"faults": [{"status": 503}]}}}
    first, second = make(server, seed=seed), make(server, seed=seed)
    first.told("POST", "/scenarios/down")
    assert [one.get("/agent/").status_code for one in (first, second)] == [503, 200]
    assert second.told("GET", "/scenarios")[0] == {"name": "down", "description": "", "active": False}


# Forks


@pytest.fixture
def busy(server: EmulatorServer) -> World:
    """A namespace in which something has happened."""
    made = make(server, seed=SEED)
    assert made.reply("session_1", "Count") == "One"
    session_id = made.create_session(WITH_VARIABLE)
    assert made.execute(session_id, "Hi", inputs={"user_name": "Ada"}).status_code == 200
    return made


def fork(source: World, **more: Any) -> World:
    """A fork of a namespace."""
    return make(source.server, **{"from": source.name, **more})


def newest(world: World) -> str:
    """The newest session."""
    session_id: str = world.get("/sessions/").json()[0]["session_id"]
    return session_id


def test_a_fork_is_what_its_source_was(busy: World) -> None:
    forked = fork(busy)
    for path in ("/agent/", "/sessions/", "/runtime/session_1/messages/", "/runtime/session_1/status/"):
        assert forked.get(path).json() == busy.get(path).json()
    for path in ("/scripts", "/faults", "/clock", "/gates", "/rate-limit", "/sessions/session_1/executions"):
        assert forked.told("GET", path) == busy.told("GET", path)


def test_a_fork_has_a_key_a_journal_and_snapshots_of_its_own(busy: World) -> None:
    busy.told("POST", "/snapshots")
    forked = fork(busy)
    assert forked.key != busy.key
    assert forked.told("GET", "/journal") == []
    assert forked.told("GET", "/snapshots") == []
    assert busy.get("/agent/", headers={"X-Emulator-Namespace": forked.name}).status_code == 401


def test_a_fork_gives_the_ids_that_its_source_gives_next(busy: World) -> None:
    forked = fork(busy)
    assert forked.create_session() == busy.create_session()
    assert forked.execute("session_1", "Hi").json() == busy.execute("session_1", "Hi").json()


def test_a_fork_and_its_source_both_extend_the_history(busy: World) -> None:
    forked = fork(busy)
    forked.reply("session_1", "Of the fork")
    busy.reply("session_1", "Of the source")
    forked.reply("session_1", "Of the fork again")
    second = fork(forked)
    second.reply("session_1", "Of the second")
    assert [text for text in busy.said("session_1") if text.startswith("Of")] == ["Of the source"]
    assert [text for text in forked.said("session_1") if text.startswith("Of")] == ["Of the fork", "Of the fork again"]
    assert [text for text in second.said("session_1") if text.startswith("Of")] == [
        "Of the fork",
        "Of the fork again",
        "Of the second",
    ]
    assert [len(one.said("session_1")) for one in (busy, forked, second)] == [5, 7, 9]


@pytest.mark.parametrize("first", ["source", "fork"])
def test_a_fork_and_its_source_count_scripts_on_their_own(busy: World, first: str) -> None:
    forked = fork(busy)
    worlds = (busy, forked) if first == "source" else (forked, busy)
    for one in worlds:
        assert [one.reply("session_1", "Count") for _ in range(2)] == ["Two", "Many"]
        assert one.execute("session_1", "Count").headers["X-Emulator-Script"] == "default"
        assert one.told("GET", "/scripts") == [
            {
                "name": "counting",
                "from": "seed",
                "hits": 3,
                "times": 3,
                "when": COUNTING["when"],
                "then": COUNTING["then"],
            }
        ]


def test_a_fork_and_its_source_keep_variables_on_their_own(busy: World) -> None:
    for one in (busy, fork(busy)):
        one.told("POST", "/scripts", json={"when": {"content": "Who"}, "then": {"reply": "{{ variables.user_name }}"}})
    forked, session_id = fork(busy), newest(busy)
    assert forked.reply(session_id, "Who") == "Ada"
    assert forked.reply(session_id, "Who", inputs={"user_name": "Grace"}) == "Grace"
    assert busy.reply(session_id, "Who") == "Ada"
    assert forked.reply(session_id, "Who") == "Grace"


def test_a_fork_and_its_source_go_on_independently(busy: World) -> None:
    busy.told("POST", "/faults", json={"id": "once", "operation": "agents.list", "status": 503, "times": 1})
    busy.told("PUT", "/rate-limit", json={"requests": 10, "per_seconds": 60})
    forked = fork(busy)
    assert [forked.get("/agent/").status_code for _ in range(2)] == [503, 200]
    assert [busy.get("/agent/").status_code for _ in range(2)] == [503, 200]
    forked.told("POST", "/clock/advance", json={"seconds": 3600})
    forked.told("POST", "/gates/door/open")
    forked.told("DELETE", "/rate-limit")
    forked.told("POST", "/clear")
    assert busy.told("GET", "/clock")["now"] == NOON
    assert busy.told("GET", "/gates") == []
    assert busy.told("GET", "/rate-limit")["requests"] == 10
    assert len(busy.get("/sessions/").json()) == 2


def test_a_fork_of_a_namespace_whose_executions_wait_has_sessions_at_rest(
    world: World, background: ThreadPoolExecutor
) -> None:
    world.told("POST", "/scripts", json={**WAITING, "times": 1})
    held = hold(world, background, SESSION_ID)
    forked = fork(world)
    assert world.status(SESSION_ID) == "processing"
    assert forked.status(SESSION_ID) != "processing"
    forked.told("POST", "/gates/door/open")
    assert forked.reply(SESSION_ID, "Wait") == "Done"  # what waits in the source has not happened here
    assert forked.said(SESSION_ID)[2:] == ["Wait", "Done"]
    world.told("POST", "/gates/door/open")
    assert held.result().status_code == 200
    assert world.said(SESSION_ID)[2:] == ["Wait", "Done"]


def test_a_fork_may_begin_with_a_snapshot(busy: World) -> None:
    busy.told("POST", "/snapshots", json={"name": "kept"})
    expected = busy.said("session_1")
    busy.reply("session_1", "Later")
    forked = fork(busy, snapshot="kept")
    assert forked.said("session_1") == expected
    assert len(busy.said("session_1")) == len(expected) + 2
    assert forked.reply("session_1", "Count") == "Two"


def test_a_fork_outlives_its_source(busy: World) -> None:
    forked = fork(busy)
    Api(busy.server).control("DELETE", f"/namespaces/{busy.name}")
    assert forked.reply("session_1", "Count") == "Two"
    assert busy.get("/sessions/").status_code == 401


def test_a_reset_of_a_fork_goes_back_to_the_seed_of_its_source(busy: World) -> None:
    forked = fork(busy)
    forked.told("POST", "/reset")
    assert forked.said("session_1") == ["Early"]
    assert len(forked.get("/sessions/").json()) == 1
    assert len(busy.get("/sessions/").json()) == 2


def test_the_default_namespace_can_be_forked(api: Api) -> None:
    created = api.create_session()
    forked = make(api.server, **{"from": "default"})
    assert forked.get(f"/sessions/{created}/").status_code == 200


# Deleting them


def test_the_default_namespace_cannot_be_deleted(api: Api) -> None:
    created = api.create_session()
    said = message(api.control("DELETE", "/namespaces/default"), 409)
    assert said.startswith("The namespace default cannot be deleted")
    assert api.get(f"/sessions/{created}/").status_code == 200


def test_a_deleted_namespace_is_gone(api: Api, world: World) -> None:
    answer = api.control("DELETE", f"/namespaces/{world.name}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert world.get("/agent/").status_code == 401
    message(world.control("POST", "/reset"), 404)
    message(api.get("/agent/", headers={"X-Emulator-Namespace": world.name}), 404)
    message(api.control("DELETE", f"/namespaces/{world.name}"), 404)


@pytest.mark.parametrize(("query", "times"), [("", 1), ("?forever=false", 1), ("?forever=true", 0)])
def test_a_namespace_that_is_deleted_forever_cannot_be_looked_at(
    api: Api, world: World, query: str, times: int
) -> None:
    assert api.control("DELETE", f"/namespaces/{world.name}{query}").status_code == 204
    names = [one["name"] for one in api.control("GET", "/namespaces?deleted=true").json()]
    assert names.count(world.name) == times


def test_a_namespace_is_deleted_forever_or_not(api: Api, world: World) -> None:
    said = message(api.control("DELETE", f"/namespaces/{world.name}?forever=yes"), 400)
    assert said == "forever must be true or false, not 'yes'"
    assert world.get("/agent/").status_code == 200


def test_a_request_with_the_key_of_a_deleted_namespace_is_one_of_the_default_namespace(api: Api, world: World) -> None:
    api.control("DELETE", f"/namespaces/{world.name}")
    answer = world.get("/agent/")
    assert api.control("GET", "/journal").json()[-1]["id"] == answer.headers["X-Request-Id"]


def test_a_deletion_sends_waiting_executions_away(api: Api, world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json=WAITING)
    held = hold(world, background, SESSION_ID)
    assert api.control("DELETE", f"/namespaces/{world.name}").status_code == 204
    said = message(held.result(PATIENCE), 503)
    assert said == "The request was ended while it waited: its namespace was deleted"


def test_a_deletion_ends_a_scripted_delay(api: Api, world: World, background: ThreadPoolExecutor) -> None:
    world.told("POST", "/scripts", json={"when": {"content": "Wait"}, "then": {"reply": "Done", "delay_ms": 60_000}})
    held = background.submit(world.again().execute, SESSION_ID, "Wait")
    deadline = time.monotonic() + PATIENCE
    while world.status(SESSION_ID) != "processing":
        assert time.monotonic() < deadline
    api.control("DELETE", f"/namespaces/{world.name}")
    message(held.result(PATIENCE), 503)


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"delay_ms": 60_000}], ids=["hang", "delay"])
def test_a_deletion_sends_away_who_suffers_a_fault(
    api: Api, world: World, background: ThreadPoolExecutor, fault: dict[str, Any]
) -> None:
    world.told("POST", "/faults", json={"operation": "agents.list", **fault})
    held = background.submit(world.again().get, "/agent/")
    deadline = time.monotonic() + PATIENCE
    while world.told("GET", "/faults")[0]["fired"] != 1:
        assert time.monotonic() < deadline
    api.control("DELETE", f"/namespaces/{world.name}")
    message(held.result(PATIENCE), 503)


def test_a_deletion_sends_away_who_waits_for_the_journal(
    api: Api, world: World, background: ThreadPoolExecutor
) -> None:
    events = world.control("GET", "/events")
    body = {"match": {"operation": "agents.list"}, "timeout_seconds": PATIENCE}
    held = background.submit(world.again().control, "POST", "/journal/wait", json=body)
    world.get("/sessions/")
    api.control("DELETE", f"/namespaces/{world.name}")
    assert held.result(PATIENCE).status_code in (404, 503)  # 404 if it came after the deletion
    assert b"sessions.list" in events.content  # which ends


def test_a_namespace_that_took_another_seed_is_deleted_with_all_its_keys(server: EmulatorServer) -> None:
    seed = {**SEED, "accounts": [{"id": "ada", "api_keys": ["taken-key"]}]}
    first = make(server, seed=seed)
    first.told("POST", "/provider-states", json={"state": "empty"})
    Api(server).control("DELETE", f"/namespaces/{first.name}")
    second = make(server, seed=seed)
    assert Api(server, "taken-key").get("/agent/").status_code == 200
    Api(server).control("DELETE", f"/namespaces/{second.name}")


# How long they are kept


@pytest.mark.parametrize("ttl", [None, 0.5, 3600, NAMESPACE_SECONDS.most])
def test_a_namespace_says_when_it_was_made_and_used(server: EmulatorServer, ttl: float | None) -> None:
    world = make(server, **({} if ttl is None else {"ttl_seconds": ttl}))
    (listed,) = [one for one in Api(server).control("GET", "/namespaces").json() if one["name"] == world.name]
    assert (listed["ttl_seconds"], listed["unused_seconds"]) == (ttl, 0)
    assert parse_time(listed["created_at"]) <= parse_time(listed["last_used"]) + 1


@pytest.mark.parametrize("ttl", [0, -1, NAMESPACE_SECONDS.most + 1, "1h", True, []], ids=str)
def test_a_time_that_is_none_is_refused(server: EmulatorServer, ttl: Any) -> None:
    before = len(Api(server).control("GET", "/namespaces").json())
    assert "ttl_seconds" in problems(Api(server).control("POST", "/namespaces", json={"ttl_seconds": ttl}))
    assert len(Api(server).control("GET", "/namespaces").json()) == before


def test_a_namespace_that_nobody_uses_goes(server: EmulatorServer) -> None:
    world = make(server, ttl_seconds=0.01)
    deadline = time.monotonic() + PATIENCE
    while world.name in [one["name"] for one in Api(server).control("GET", "/namespaces").json()]:
        assert time.monotonic() < deadline
    assert world.get("/agent/").status_code == 401
    message(world.control("POST", "/reset"), 404)


def test_who_waits_at_a_gate_uses_his_namespace(
    world: World, background: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = make(world.server, ttl_seconds=3600, **{"from": world.name})
    waiting.told("POST", "/scripts", json=WAITING)
    held = background.submit(waiting.again().execute, SESSION_ID, "Wait")
    deadline = time.monotonic() + PATIENCE
    while not waiting.told("GET", "/gates"):
        assert time.monotonic() < deadline
    monkeypatch.setattr(world.server.emulator, "_timer", lambda: time.monotonic() + 7200)
    assert waiting.name in [one["name"] for one in Api(world.server).control("GET", "/namespaces").json()]
    waiting.told("POST", "/gates/door/open")
    assert held.result(PATIENCE).status_code == 200
    Api(world.server).control("DELETE", f"/namespaces/{waiting.name}")


# Keys that were made


def test_the_key_of_a_namespace_that_is_gone_is_no_seeds(server: EmulatorServer, world: World) -> None:
    Api(server).control("DELETE", f"/namespaces/{world.name}")
    seed = {**SEED, "accounts": [{"id": "eve", "api_keys": [world.key]}]}
    said = message(Api(server).control("POST", "/namespaces", json={"seed": seed}), 409)
    assert said == "A key of the seed was made for a namespace; choose another one"
    assert world.get("/agent/").status_code == 401


# Looking at one that was deleted


READING = [row for row in CONTROL if row.method == "GET" and row.access == "namespace" and row.name != "events.follow"]
CHANGING = [row for row in CONTROL if row.method != "GET" and row.access == "namespace"]


def path_of(row: Operation, gone: World) -> str:
    known = "req_000001" if row.path.startswith("/journal") else "fault-1"
    digest = gone.told("GET", "/configurations")[0]["config_hash"]
    return row.path.format(name="taken", id=known, session_id=SESSION_ID, config_hash=digest)


@pytest.fixture
def gone(server: EmulatorServer) -> World:
    """A namespace that was used and deleted."""
    world = make(server)
    world.reply(SESSION_ID, "Hello")
    world.told("POST", "/snapshots", json={"name": "taken"})
    world.told("POST", "/faults", json={"status": 503})
    Api(server).control("DELETE", f"/namespaces/{world.name}")
    return world


@pytest.mark.parametrize("row", READING, ids=lambda row: row.name)
def test_what_is_read_of_a_namespace_is_answered_when_it_was_deleted(gone: World, row: Operation) -> None:
    assert gone.control("GET", path_of(row, gone)).status_code == 200
    assert Api(gone.server).control("GET", f"{path_of(row, gone)}?namespace={gone.name}").status_code == 200


def test_it_is_shown_as_it_was(server: EmulatorServer) -> None:
    world = make(server)
    world.reply(SESSION_ID, "Hello")
    paths = (
        "/journal",
        "/sessions",
        f"/sessions/{SESSION_ID}/executions",
        f"/sessions/{SESSION_ID}/events",
        "/coverage",
    )
    before = [world.told("GET", path) for path in paths]
    Api(server).control("DELETE", f"/namespaces/{world.name}")
    assert [world.told("GET", path) for path in paths] == before
    state = world.told("GET", "/state")
    assert (state["namespace"], state["counts"]["sessions"]) == (world.name, 1)
    assert [account["api_keys"] for account in state["accounts"]] == [[], []]
    assert world.told("GET", f"/sessions/{SESSION_ID}")["api_key"] is None


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: row.name)
def test_nothing_changes_a_namespace_that_was_deleted(gone: World, row: Operation) -> None:
    path = path_of(row, gone).replace("/namespaces/taken", f"/namespaces/{gone.name}")
    before = gone.told("GET", "/state")
    assert message(gone.control(row.method, path), 404) == (
        f"There is no namespace {gone.name!r} any more: it was deleted, and can only be looked at, by GET requests to the "
        "control plane"
    )
    assert gone.told("GET", "/state") == before


def test_nobody_uses_it_by_the_imitated_api(gone: World) -> None:
    assert gone.get("/agent/").status_code == 401
    named = Api(gone.server).get("/agent/", headers={"X-Emulator-Namespace": gone.name})
    assert message(named, 404).startswith(f"There is no namespace {gone.name!r} any more")


def test_its_events_end_at_once(gone: World) -> None:
    answer = gone.control("GET", "/events?last_event_id=0")
    assert "event: request" in answer.text
    assert gone.control("GET", "/events").text == ": hello\n\n"


def test_those_that_were_deleted_are_listed_behind_the_others_if_they_are_wanted(api: Api, gone: World) -> None:
    living = api.control("GET", "/namespaces").json()
    assert {one["deleted_at"] for one in living} == {None}
    first = api.control("GET", "/namespaces?deleted=true").json()[len(living)]
    assert (first["name"], first["api_key"]) == (gone.name, None)
    assert first["created_at"] <= first["last_used"] <= first["deleted_at"]
    assert message(api.control("GET", "/namespaces?deleted=yes"), 400) == "deleted must be true or false, not 'yes'"


def test_a_new_one_may_have_its_name_and_is_meant_then(server: EmulatorServer, gone: World) -> None:
    again = make(server, name=gone.name)
    assert again.told("GET", "/journal") == []
    Api(server).control("DELETE", f"/namespaces/{again.name}")
    assert again.told("GET", "/journal") == []


def test_where_a_token_is_set_only_that_looks_at_one_that_was_deleted() -> None:
    with EmulatorServer(control_token="open sesame") as server, server.client as client:
        made = client.create_namespace("gone")
        made.delete()
        assert EmulatorNamespace(server.url, "gone", "", "open sesame").state()["namespace"] == "gone"
        with pytest.raises(EmulatorRefused) as refused:
            EmulatorNamespace(server.url, "gone", made.api_key).state()
        assert refused.value.status == 401
