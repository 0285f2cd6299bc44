"""A restart changes nothing: whatever a namespace holds, its answers are those of an emulator that goes on in memory."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from atthene_emulator.server import EmulatorServer
from atthene_emulator.timestamps import parse_time
from tests.conftest import FLAT, Api
from tests.redis_server import RedisServer
from tests.web.images import PNG
from tests.web.socket.client import joined, opened
from tests.web.test_events import Reader
from tests.web.test_namespaces import World

NOON = "2025-06-01T12:00:00Z"
AT_ONCE = {"files": "immediate", "collections": "immediate", "knowledge_bases": "immediate"}
STEPS = {
    "name": "steps",
    "when": {"content": "Step"},
    "then": [{"reply": "First"}, {"reply": "Second"}, {"reply": "Third"}],
}
TOLD = {
    "name": "telling",
    "when": {"content": {"contains": "password"}},
    "then": {"reply": "Found: {{ knowledge[0].text }}"},
}
HELPER = {
    **FLAT,
    "name": "Helper",
    "knowledge_bases": [{"name": "help", "knowledge_base_type": "milvus", "knowledge_base_id": "Help"}],
}
MAILER = {
    "name": "Mailer",
    "agent_type": "react_agent",
    "tools": [
        {"name": "mail_send_email", "tool_type": "mail_send_email", "hitl_config": {"requires_human_approval": True}}
    ],
}
MAIL = {
    "name": "mail",
    "when": {"content": "Mail"},
    "then": {
        "tool_calls": [{"name": "mail_send_email", "arguments": {"to": "ada@example.com"}, "result": "sent"}],
        "reply": "It is sent.",
    },
}
SEED: dict[str, Any] = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [{"id": "ada", "company": "engines", "api_keys": ["test-key"]}],
    "agents": [{"id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "system_config": {**FLAT, "name": "Desk"}}],
    "sessions": [
        {"id": "session_1", "agent_key": "desk", "messages": [{"role": "user", "content": "Early"}]},
        {"id": "mailer", "config": MAILER},
    ],
    "scripts": [STEPS, TOLD, MAIL],
    "scenarios": {
        "down": {
            "scripts": [{"name": "sorry", "when": {"content": "Hi"}, "then": [{"reply": "Sorry"}, {"reply": "Again"}]}],
            "faults": [{"operation": "agents.list", "status": 503, "every": 2}],
        }
    },
    "provider_states": {"a customer has talked": {"sessions": [{"id": "session_{{ params.n }}", "agent_key": "desk"}]}},
}

# What is told: everything up to the first `yield` is done before the restart, what is yielded afterwards is compared.


def sessions(world: World) -> Iterator[Any]:
    one, other = world.create_session(), world.create_session({**FLAT, "variables": {"x": {"type": "str"}}})
    world.execute(other, "Hello", inputs={"x": "y"})
    gone = world.create_session()
    world.delete(f"/sessions/{gone}/")
    yield
    yield from (world.get(f"/sessions/{session}/") for session in (one, other, gone, "session_1"))
    yield world.get("/sessions/?limit=2&offset=1")
    yield world.get("/sessions/from-agent/")
    yield world.control("GET", "/sessions")
    yield world.control("GET", f"/sessions/{other}")
    yield world.execute(other, "Again")


def default_agent(world: World) -> Iterator[Any]:
    session = world.get("/sessions/default-agent/").json()["session_id"]
    world.execute(session, "Hello")
    yield
    yield world.get("/sessions/default-agent/")
    yield world.get(f"/runtime/{session}/messages/")


def histories(world: World) -> Iterator[Any]:
    for text in ("Hello", "Step", "Step"):
        world.execute("session_1", text, correlation_id=f"corr-{text}")
    yield
    yield world.get("/runtime/session_1/messages/?limit=3&offset=1")
    yield world.get("/runtime/session_1/status/")
    yield world.control("GET", "/sessions/session_1/messages")
    yield world.execute("session_1", "Step")
    yield world.get("/runtime/session_1/messages/")


def agents(world: World) -> Iterator[Any]:
    made = world.post("/agent/", json={"system_config": {**FLAT, "name": "Second"}}).json()["id"]
    gone = world.post("/agent/", json={"system_config": {**FLAT, "name": "Third"}}).json()["id"]
    world.patch(f"/agent/{made}/", json={"system_config": {"llm_config": {"temperature": 0.1}}})
    world.post(f"/sessions/from-agent/{made}/")
    world.patch(f"/agent/{made}/", json={"system_config": {"llm_config": {"temperature": 0.2}}})
    world.delete(f"/agent/{gone}/")
    yield
    for path in ("", "versions/current/", "export_yaml/"):
        yield world.get(f"/agent/{made}/{path}")
    yield world.get("/agent/")
    yield world.get("/sessions/")
    yield world.patch(f"/agent/{made}/", json={"system_config": {"description": "Newer"}})
    yield world.get(f"/agent/{made}/versions/current/")
    yield world.post("/agent/", json={"system_config": {**FLAT, "name": "Third"}})


def configurations(world: World) -> Iterator[Any]:
    world.create_session({**FLAT, "name": "Unusual"})
    yield
    listed = world.control("GET", "/configurations")
    yield listed
    for one in listed.json():
        yield world.control("GET", f"/configurations/{one['config_hash']}")


def upload(world: World, name: str = "manual.txt", data: str = "") -> str:
    answer = world.post("/files/", files={"file": (name, data or f"This is {name}.")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def files(world: World) -> Iterator[Any]:
    kept, other, gone = upload(world), upload(world, "other.txt"), upload(world, "gone.txt")
    world.post("/files/bulk/", json={"operation": "update_tags", "file_ids": [kept], "parameters": {"tags": ["new"]}})
    world.delete(f"/files/{gone}/")
    yield
    yield from (world.get(f"/files/{file}/") for file in (kept, other, gone))
    yield world.get("/files/")
    yield world.control("GET", "/state")
    world.told("POST", "/snapshots", json={"name": "bytes"})
    yield world.control("GET", "/snapshots/bytes?secrets=true").json()["contents"]
    yield world.delete(f"/files/{kept}/")
    yield world.control("GET", "/state")


def files_on_their_way(world: World) -> Iterator[Any]:
    world.told(
        "PUT",
        "/transitions",
        json={"files": {"after_polls": 3}, "failures": [{"file": "*.pdf", "in": ["files"], "times": 2}]},
    )
    file, broken = upload(world), upload(world, "broken.pdf")
    world.get(f"/files/{file}/")
    yield
    for _ in range(3):
        yield world.get(f"/files/{file}/")
        yield world.get(f"/files/{broken}/")
    yield world.control("GET", "/transitions")
    yield world.get(f"/files/{upload(world, 'other.pdf')}/")
    yield world.get(f"/files/{upload(world, 'third.pdf')}/")


def collections(world: World) -> Iterator[Any]:
    world.told("PUT", "/transitions", json=AT_ONCE)
    made = world.post("/collections/", json={"name": "Manuals", "description": "All"}).json()["id"]
    one, other = upload(world, "one.txt"), upload(world, "other.txt")
    world.post(f"/collections/{made}/files/", json={"file_ids": [one, other]})
    world.delete(f"/collections/{made}/files/{other}/")
    yield
    yield world.get(f"/collections/{made}/")
    yield world.get("/collections/")
    yield world.get("/knowledge-bases/available-collections/")
    yield world.patch(f"/collections/{made}/", json={"name": "Newer"})
    yield world.delete(f"/files/{one}/")
    yield world.get(f"/collections/{made}/")


def knowledge_bases(world: World) -> Iterator[Any]:
    world.told("PUT", "/transitions", json=AT_ONCE)
    file = upload(world, "faq.md", "To reset a password, open the settings.")
    other = upload(world, "other.md", "A password has ten letters.")
    body = {"name": "Help", "processing_engine": "milvus", "selected_datasources": [file, other]}
    made = world.post("/knowledge-bases/", json=body).json()["knowledge_base"]["id"]
    session = world.create_session(HELPER)
    world.execute(session, "reset password settings")
    yield
    for path in ("", "status/", "check_status/"):
        yield world.get(f"/knowledge-bases/{made}/{path}")
    yield world.get("/knowledge-bases/")
    yield world.execute(session, "reset password settings")
    yield world.delete(f"/files/{file}/")
    yield world.execute(session, "reset password settings")
    yield world.control("GET", f"/sessions/{session}/executions")


def knowledge_bases_on_their_way(world: World) -> Iterator[Any]:
    world.told("PUT", "/transitions", json={**AT_ONCE, "knowledge_bases": {"after_seconds": 20}})
    body = {"name": "Help", "processing_engine": "milvus", "selected_datasources": [upload(world)]}
    made = world.post("/knowledge-bases/", json=body).json()["knowledge_base"]["id"]
    world.told("POST", "/clock/advance", json={"seconds": 10})
    yield
    yield world.get(f"/knowledge-bases/{made}/check_status/")
    world.told("POST", "/clock/advance", json={"seconds": 11})
    yield world.get(f"/knowledge-bases/{made}/check_status/")


def artifacts(world: World) -> Iterator[Any]:
    sent = {"file": ("notes.txt", b"The lamp was made in 1987.")}
    made = world.post("/sessions/session_1/artifacts/", files=sent, data={"title": "Notes"}).json()["artifact_id"]
    path = f"/sessions/session_1/artifacts/{made}"
    url = world.get(f"{path}/url/").json()["url"]
    world.post(f"{path}/copy-to-platform/")
    yield
    for what in ("url", "status", "download", "preview"):
        yield world.get(f"{path}/{what}/")
    yield world.get(f"/artifacts/{made}/")
    yield world.get("/files/")
    yield requests.get(
        world.server.url + url.removeprefix(urlsplit(url)._replace(path="", query="").geturl()), timeout=10
    )
    yield world.post(f"{path}/remove-from-platform/")


def images(world: World) -> Iterator[Any]:
    url = urlsplit(world.post("/images/upload/", files={"file": ("dot.png", PNG)}).json()["url"])
    yield
    shown = requests.get(f"{world.server.url}{url.path}?{url.query}", timeout=10)
    assert shown.content == PNG
    yield shown
    yield world.post("/images/upload/", files={"file": ("dot.png", PNG)})


def feedback(world: World) -> Iterator[Any]:
    world.execute("session_1", "Hello")
    message = world.get("/runtime/session_1/messages/").json()["messages"][-1]["id"]
    world.post("/sessions/feedback/", json={"message": message, "rating": 1, "comment": "Great!"})
    yield
    yield world.control("GET", "/sessions/session_1")
    yield world.control("GET", "/sessions/session_1/messages")
    yield world.post("/sessions/feedback/", json={"message": message, "rating": -1})
    yield world.control("GET", "/sessions/session_1/messages")


def scripts(world: World) -> Iterator[Any]:
    world.told(
        "POST", "/scripts", json={"name": "twice", "when": {"content": "Twice"}, "times": 2, "then": {"reply": "Here"}}
    )
    world.execute("session_1", "Step")
    world.execute("session_1", "Twice")
    world.told("POST", "/scripts", json={"name": "gone", "then": {"reply": "Gone"}})
    world.told("DELETE", "/scripts/gone")
    yield
    yield world.control("GET", "/scripts")
    for text in ("Step", "Twice", "Twice", "Step", "password"):
        yield world.execute("session_1", text)
    yield world.control("GET", "/scripts")


def faults(world: World) -> Iterator[Any]:
    some = [
        {"operation": "agents.list", "status": 503, "every": 3},
        {"operation": "sessions.list", "status": 500, "times": 2},
    ]
    world.told("POST", "/faults", json=[*some, {"operation": "files.list", "status": 500, "probability": 0.5}])
    for path in ("/agent/", "/agent/", "/sessions/", "/files/"):
        world.get(path)
    yield
    yield world.control("GET", "/faults")
    for path in ("/agent/", "/sessions/", "/sessions/", *["/files/"] * 8):
        yield world.get(path)
    yield world.control("GET", "/faults")


def clock(world: World) -> Iterator[Any]:
    world.told("PUT", "/clock", json={"mode": "frozen", "now": "2031-01-01T00:00:00Z"})
    world.told("POST", "/clock/advance", json={"seconds": 90.5})
    yield
    yield world.control("GET", "/clock")
    yield world.post("/sessions/", json=FLAT)


def ids(world: World) -> Iterator[Any]:
    world.create_session()
    world.execute("session_1", "Hello")
    upload(world)
    yield
    yield world.post("/sessions/", json=FLAT)
    yield world.execute("session_1", "Hello")
    yield world.post("/agent/", json={"system_config": {**FLAT, "name": "Second"}})
    yield world.post("/files/", files={"file": ("a.txt", "a")})
    yield world.post("/collections/", json={"name": "c"})
    yield world.get("/agent/")


def gates(world: World) -> Iterator[Any]:
    world.told(
        "POST",
        "/scripts",
        json={"name": "held", "when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "door"}},
    )
    world.told("POST", "/gates/door/open")
    world.told("POST", "/gates/other/close")
    yield
    yield world.control("GET", "/gates")
    yield world.execute("session_1", "Wait")
    yield world.control("GET", "/gates")


def rate_limit(world: World) -> Iterator[Any]:
    world.told("PUT", "/rate-limit", json={"requests": 5, "per_seconds": 60, "scope": "account"})
    for _ in range(3):
        world.get("/agent/")
    world.told("POST", "/clock/advance", json={"seconds": 7})
    yield
    yield world.control("GET", "/rate-limit")
    for _ in range(4):
        yield world.get("/agent/")


def latency(world: World) -> Iterator[Any]:
    world.told("PUT", "/latency", json={"ms": {"from": 1, "to": 5}})
    world.get("/agent/")
    yield
    yield world.control("GET", "/latency")
    for _ in range(3):
        yield world.get("/agent/")
        yield world.control("GET", "/clock")


def on_disconnect(world: World) -> Iterator[Any]:
    world.told("PUT", "/on-disconnect", json={"on_disconnect": "finish"})
    yield
    yield world.control("GET", "/on-disconnect")
    world.told("POST", "/reset?scope=on_disconnect")
    yield world.control("GET", "/on-disconnect")


def scenario(world: World) -> Iterator[Any]:
    world.told("POST", "/scenarios/down")
    world.execute("session_1", "Hi")
    world.get("/agent/")
    yield
    yield world.control("GET", "/state")
    yield world.control("GET", "/scenarios")
    yield world.execute("session_1", "Hi")
    yield world.get("/agent/")
    world.told("POST", "/scenarios/happy-path")
    yield world.control("GET", "/state")
    yield world.control("GET", "/scripts")


def executions(world: World) -> Iterator[Any]:
    for text in ("Hello", "Step"):
        world.execute("session_1", text)
    yield
    for what in ("executions?prompts=true", "events", "graph", "graph?format=mermaid"):
        yield world.control("GET", f"/sessions/session_1/{what}")


def cancelled(world: World) -> Iterator[Any]:
    world.execute("mailer", "Mail")
    world.post("/runtime/mailer/cancel/")
    yield
    yield world.get("/runtime/mailer/status/")
    yield world.control("GET", "/sessions/mailer/executions")
    yield world.control("GET", "/sessions/mailer/events")
    yield world.execute("mailer", "Mail")


def coverage(world: World) -> Iterator[Any]:
    for text in ("Hello", "Step"):
        world.execute("session_1", text)
    yield
    yield world.control("GET", "/coverage")
    world.execute("mailer", "Hello")
    yield world.control("GET", "/coverage")


def snapshots(world: World) -> Iterator[Any]:
    session = world.create_session()
    world.execute("session_1", "Step")
    upload(world)
    world.told("POST", "/snapshots", json={"name": "before"})
    world.execute("session_1", "Step")
    world.delete(f"/sessions/{session}/")
    world.told("POST", "/clear")
    world.told("POST", "/snapshots", json={"name": "cleared"})
    yield
    yield world.control("GET", "/snapshots")
    yield world.control("GET", "/snapshots/before?secrets=true")
    yield world.control("GET", "/snapshots/cleared")
    yield world.get("/sessions/")
    world.told("POST", "/snapshots/before/restore")
    yield world.get("/sessions/")
    yield world.get("/files/")
    yield world.get("/runtime/session_1/messages/")
    yield world.execute("session_1", "Step")
    yield world.post("/sessions/", json=FLAT)
    yield world.control("GET", "/state")


def imported_snapshots(world: World) -> Iterator[Any]:
    world.execute("session_1", "Step")
    upload(world)
    world.told("POST", "/snapshots", json={"name": "taken"})
    document = world.told("GET", "/snapshots/taken?secrets=true")
    world.told("PUT", "/snapshots/sent", json=document)
    world.told("DELETE", "/snapshots/taken")
    world.told("POST", "/snapshots/sent/restore")
    world.execute("session_1", "Step")
    yield
    yield world.control("GET", "/snapshots")
    yield world.control("GET", "/snapshots/sent?secrets=true")
    yield world.control("GET", "/state")
    yield world.execute("session_1", "Step")
    world.told("POST", "/snapshots/sent/restore")
    yield world.execute("session_1", "Step")


def a_reset(world: World) -> Iterator[Any]:
    world.create_session()
    world.execute("session_1", "Step")
    world.told("POST", "/reset")
    yield
    yield world.control("GET", "/state")
    yield world.post("/sessions/", json=FLAT)
    yield world.execute("session_1", "Step")
    yield world.control("GET", "/journal")


def a_clear(world: World) -> Iterator[Any]:
    world.create_session()
    world.told("POST", "/clear")
    yield
    yield world.control("GET", "/state")
    yield world.control("GET", "/scripts")
    yield world.get("/sessions/")
    world.told("POST", "/reset")
    yield world.control("GET", "/state")


def provider_states(world: World) -> Iterator[Any]:
    asked = {"state": "a customer has talked", "action": "setup"}
    world.told("POST", "/provider-states", json={**asked, "params": {"n": 7}})
    yield
    yield world.get("/sessions/")
    yield world.control("POST", "/provider-states", json={**asked, "params": {"n": 8}})
    yield world.get("/sessions/")


def journal(world: World) -> Iterator[Any]:
    world.get("/agent/?api_key=s3cret")
    world.execute("session_1", "Hello")
    world.get("/nowhere/")
    Api(world.server, "wrong").get("/agent/", headers={"X-Emulator-Namespace": world.name})
    yield
    listed = world.control("GET", "/journal")
    yield listed
    yield world.control("GET", f"/journal/{listed.json()[0]['id']}")
    yield world.control("POST", "/journal/wait", json={"match": {"operation": "runtime.execute"}})
    yield world.get("/agent/").headers["X-Request-Id"]
    yield world.control("GET", "/journal?limit=2")
    world.told("DELETE", "/journal")
    yield world.get("/agent/").headers["X-Request-Id"]


def events_of_the_feed(world: World) -> Iterator[Any]:
    for _ in range(3):
        world.get("/agent/")
    yield
    world.told("POST", "/gates/door/open")
    world.get("/agent/")
    with Reader(world, f"?namespace={world.name}&last_event_id=2") as reader:
        yield "\n".join(reader.line() for _ in range(12))


def events_of_a_session(world: World) -> Iterator[Any]:
    with joined(world, "session_1", key=world.key) as line:
        frames = line.turn("Step")
    yield
    with opened(world, headers={"x-api-key": str(world.key)}) as line:
        line.send("reconnect", session_id="session_1", last_message_id=frames[1]["message_id"])
        yield line.pending()
        yield line.turn("Step")
        line.send("reconnect", session_id="session_1", last_message_id="0-0")
        yield line.pending()


THINGS = (
    sessions, default_agent, histories, agents, configurations, files, files_on_their_way, collections, knowledge_bases,
    knowledge_bases_on_their_way, artifacts, images, feedback, scripts, faults, clock, ids, gates, rate_limit, latency,
    on_disconnect, scenario, executions, cancelled, coverage, snapshots, imported_snapshots, a_reset, a_clear,
    provider_states, journal, events_of_the_feed, events_of_a_session,
)  # fmt: skip
PORT = re.compile(r"127\.0\.0\.1:\d+")
OWN = ("date",)  # headers that differ from one answer to the next
Thing = Callable[[World], Iterator[Any]]
NUMBERS = count(1)
Start = Callable[[], EmulatorServer]


def comparable(shown: Any) -> Any:
    """What is told again, byte by byte, but for where and when it was asked."""
    if not isinstance(shown, requests.Response):
        return PORT.sub("127.0.0.1", shown) if isinstance(shown, str) else shown
    headers = {name: value for name, value in shown.headers.items() if name.lower() not in OWN}
    return (
        shown.status_code,
        PORT.sub("127.0.0.1", str(headers)),
        PORT.sub("127.0.0.1", shown.content.decode("latin-1")),
    )


def told(thing: Thing, world: World, restarted: Callable[[], EmulatorServer] | None = None) -> list[Any]:
    """What is told of a thing, which is told by another server than it is done by, if there is one."""
    going = thing(world)
    next(going)
    if restarted is not None:
        world.server = restarted()
        world.http = requests.Session()
    return [comparable(one) for one in going]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the seed."""
    path = tmp_path_factory.mktemp("seed") / "seed.yaml"
    path.write_text(yaml.safe_dump(SEED))
    return str(path)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as running:
        yield running


@pytest.fixture(params=["sqlite", "redis"])
def start(request: pytest.FixtureRequest, seed: str, tmp_path: Path) -> Start:
    """Starts emulators on one store, one after another."""
    store = f"sqlite:{tmp_path / 'state.db'}"
    if request.param == "redis":
        store = f"{request.getfixturevalue('redis').url}?prefix=restart-{next(NUMBERS)}"
    return lambda: EmulatorServer(seeds=(seed,), store=store)


def world_of(server: EmulatorServer, where: str) -> World:
    """The namespace of that name; `default` is there."""
    if where == "default":
        return World(server, where, "test-key")
    body: dict[str, Any] = {"name": where, **({"from": "default"} if where == "fork" else {"seed": SEED})}
    return World(server, where, Api(server).control("POST", "/namespaces", json=body).json()["api_key"])


@pytest.mark.parametrize("where", ["default", "made", "fork"])
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
def test_it_is_the_same_after_a_restart(start: Start, seed: str, thing: Thing, where: str) -> None:
    with EmulatorServer(seeds=(seed,)) as server:
        expected = told(thing, world_of(server, where))
    with ExitStack() as stack:
        server = start().start()

        def restarted() -> EmulatorServer:
            server.stop()
            return stack.enter_context(start())

        found = told(thing, world_of(server, where), restarted)
    assert found == expected


@pytest.mark.parametrize("where", ["default", "made", "fork"])
def test_nothing_is_lost_by_several_restarts(start: Start, where: str) -> None:
    shown = ("/state", "/scripts", "/faults", "/sessions/session_1/executions?prompts=true", "/journal?limit=1000")

    def look() -> list[Any]:
        found = [comparable(world.control("GET", path)) for path in shown]
        return [*found, [one.json() for one in (world.control("GET", path) for path in ("/gates", "/snapshots"))]]

    with start() as server:
        world = world_of(server, where)
        for thing in (histories, scripts, agents, collections, artifacts, gates, snapshots):
            next(thing(world))
        seen = look()
    for _ in range(3):
        with start() as server:
            world.server, world.http = server, requests.Session()
            assert look() == seen
    with start() as server:
        world.server, world.http = server, requests.Session()
        assert world.execute("session_1", "Step").status_code == 404
        world.told("POST", "/snapshots/before/restore")
        assert world.reply("session_1", "Step") in {"First", "Second", "Third"}


def test_what_waits_has_not_happened(start: Start) -> None:
    with start() as server:
        world = world_of(server, "made")
        with joined(world, "mailer", key=world.key) as line:
            line.say("Mail")
            line.until("HitlRequired")
    with start() as server:
        world.server, world.http = server, requests.Session()
        assert (world.status("mailer"), world.said("mailer")) == ("active", [])
        assert world.control("GET", "/sessions/mailer/executions").json()["executions"] == []


def test_a_clock_that_is_ahead_stays_ahead(start: Start) -> None:
    with start() as server:
        world = world_of(server, "made")
        world.told("PUT", "/clock", json={"mode": "running", "now": "2031-01-01T00:00:00Z"})
        world.told("POST", "/clock/advance", json={"seconds": 3600})
        before = world.told("GET", "/clock")
    with start() as server:
        world.server, world.http = server, requests.Session()
        after = world.told("GET", "/clock")
    assert after["mode"] == "running"
    assert 0 <= parse_time(after["now"]) - parse_time(before["now"]) < 60


def test_namespaces_are_there_with_their_keys(start: Start) -> None:
    def listed(server: EmulatorServer) -> list[dict[str, Any]]:
        own = ("base_url", "last_used", "unused_seconds")  # where, and when it was asked
        shown = Api(server).control("GET", "/namespaces").json()
        return [{name: value for name, value in one.items() if name not in own} for one in shown]

    with start() as server:
        api = Api(server)
        world = world_of(server, "kept")
        session = world.create_session()
        for body in ({"name": "lasting", "ttl_seconds": 3600}, {"name": "forked", "from": "kept"}, {"name": "gone"}):
            assert api.control("POST", "/namespaces", json=body).status_code == 201
        assert api.control("DELETE", "/namespaces/gone").status_code == 204
        before = listed(server)
    with start() as server:
        assert [one["name"] for one in before] == ["default", "kept", "lasting", "forked"]
        assert sorted(listed(server), key=str) == sorted(before, key=str)
        again = {one["name"]: World(server, one["name"], one["api_key"]) for one in before}
        for name, there in (("kept", 200), ("forked", 200), ("lasting", 404)):
            assert again[name].get(f"/sessions/{session}/").status_code == there
        api = Api(server)
        assert api.control("POST", "/namespaces", json={"name": "kept"}).status_code == 409
        keys = {one["api_key"] for one in before}
        assert api.control("POST", "/namespaces").json()["api_key"] not in keys
        assert World(server, "gone", "x").control("POST", "/reset").status_code == 404


def test_those_that_were_deleted_can_be_looked_at(start: Start) -> None:
    shown = ("/journal", "/scripts", "/sessions/session_1/executions", "/coverage", "/snapshots")
    with start() as server:
        world = world_of(server, "gone")
        world.reply("session_1", "Step")
        world.told("POST", "/snapshots", json={"name": "taken"})
        before = [world.told("GET", path) for path in shown]
        coverage = Api(server).control("GET", "/coverage?namespaces=all").json()
        assert Api(server).control("DELETE", "/namespaces/gone").status_code == 204
    for _ in range(2):
        with start() as server:
            world.server, world.http = server, requests.Session()
            assert [world.told("GET", path) for path in shown] == before
            listed = Api(server).control("GET", "/namespaces?deleted=true").json()
            assert [one["name"] for one in listed if one["deleted_at"]] == ["gone"]
            assert Api(server).control("GET", "/coverage?namespaces=all").json() == coverage
            assert world.control("POST", "/reset").status_code == 404
