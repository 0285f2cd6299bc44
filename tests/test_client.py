"""The Python client: a method for each operation of the control plane, and a world to test in."""

import asyncio
import dataclasses
import doctest
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

import atthene_emulator.client.emulator
import atthene_emulator.client.gates
import atthene_emulator.client.socket
import atthene_emulator.server
from atthene_emulator import EmulatorClient, EmulatorNamespace, EmulatorServer, addresses
from atthene_emulator.client import (
    Answered,
    ClockState,
    Execution,
    GateState,
    JournalEntry,
    Move,
    NobodyWaits,
    Pause,
    RateLimit,
    Scenario,
    Script,
    transport,
)
from atthene_emulator.client.gates import Gate
from atthene_emulator.client.reading import quoted_text
from atthene_emulator.client.transport import Connections
from atthene_emulator.errors import EmulatorRefused, EmulatorUnreachable, Problem, SetupError
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation

WITH_EXAMPLES = [
    atthene_emulator.client.emulator,
    atthene_emulator.client.gates,
    atthene_emulator.client.socket,
    atthene_emulator.server,
]
SESSION = "session_abc123"
SEED = {
    "clock": {"mode": "frozen", "now": "2025-01-15T10:30:00Z"},
    "accounts": [{"id": "user_1"}],
    "scenarios": {"busy": {"description": "Too much to do", "faults": [{"status": 503}]}},
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own, whose namespaces are only those that the tests make."""
    with EmulatorServer() as running, running.client:
        yield running


@pytest.fixture
def client(server: EmulatorServer) -> EmulatorClient:
    return server.client


@pytest.fixture
def world(client: EmulatorClient) -> Iterator[EmulatorNamespace]:
    with client.create_namespace() as made:
        yield made


@pytest.fixture
def free_url() -> str:
    """Where nobody answers."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


def execute(world: EmulatorNamespace, content: Any = "How is the weather?", session: str = SESSION) -> Any:
    """What the service answers to a message."""
    url = f"{world.base_url}/runtime/{session}/execute/"
    return world.http.post(url, json={"content": content}, timeout=10).json()


def reply(world: EmulatorNamespace, content: Any = "How is the weather?") -> Any:
    """The text of the answer."""
    return execute(world, content)["messages"][0]["content"]


def start(world: EmulatorNamespace, key: str) -> str:
    """A new session of an agent."""
    answer = world.http.get(f"{world.base_url}/sessions/from-agent/", params={"agent_key": key}, timeout=10)
    assert answer.ok, answer.text
    session: str = answer.json()["session_id"]
    return session


def answered_by_hand(world: EmulatorNamespace) -> None:
    world.script("At last.", gate="by-hand")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(reply, world)
        world.gate("by-hand").wait_until_waiting()
        world.answer("by-hand", "Typed.")
        assert answer.result() == "Typed."


def first_event(world: EmulatorNamespace) -> None:
    world.clear()
    with closing(world.events(after=0)) as events:
        next(events)


CALLS: dict[tuple[str, str], Callable[[EmulatorNamespace], Any]] = {
    ("GET", "/health"): lambda world: world.health(),
    ("GET", "/ready"): lambda world: world.ready(),
    ("GET", "/evidence"): lambda world: world.evidence(),
    ("GET", "/openapi.json"): lambda world: world.openapi(),
    ("GET", "/asyncapi.json"): lambda world: world.asyncapi(),
    ("GET", "/operations"): lambda world: world.operations(),
    ("GET", "/namespaces"): lambda world: world.namespaces(),
    ("POST", "/namespaces"): lambda world: world.create_namespace().delete(),
    ("DELETE", "/namespaces/{name}"): lambda world: world.delete(),
    ("GET", "/export"): lambda world: world.export(),
    ("GET", "/state"): lambda world: world.state(),
    ("POST", "/reset"): lambda world: world.reset(),
    ("POST", "/clear"): lambda world: world.clear(),
    ("GET", "/snapshots"): lambda world: world.snapshots(),
    ("POST", "/snapshots"): lambda world: world.snapshot(),
    ("GET", "/snapshots/{name}"): lambda world: world.export_snapshot(world.snapshot().name),
    ("PUT", "/snapshots/{name}"): lambda world: world.import_snapshot(
        "b", world.export_snapshot(world.snapshot("a").name)
    ),
    ("DELETE", "/snapshots/{name}"): lambda world: world.drop_snapshot(world.snapshot().name),
    ("POST", "/snapshots/{name}/restore"): lambda world: world.restore(world.snapshot().name),
    ("GET", "/journal"): lambda world: world.journal(),
    ("GET", "/journal/{id}"): lambda world: world.entry(
        world.http.get(f"{world.base_url}/sessions/", timeout=10).headers["X-Request-Id"]
    ),
    ("DELETE", "/journal"): lambda world: world.clear_journal(),
    ("POST", "/journal/wait"): lambda world: (execute(world), world.wait()),
    ("GET", "/events"): first_event,
    ("GET", "/faults"): lambda world: world.faults(),
    ("POST", "/faults"): lambda world: world.fault(429),
    ("DELETE", "/faults"): lambda world: world.drop_faults(),
    ("DELETE", "/faults/{id}"): lambda world: world.drop_fault(world.fault(429).id),
    ("GET", "/clock"): lambda world: world.clock(),
    ("PUT", "/clock"): lambda world: world.freeze(),
    ("POST", "/clock/advance"): lambda world: world.advance(1),
    ("GET", "/rate-limit"): lambda world: world.rate_limit(),
    ("PUT", "/rate-limit"): lambda world: world.rate_limit(60),
    ("DELETE", "/rate-limit"): lambda world: world.drop_rate_limit(),
    ("GET", "/latency"): lambda world: world.latency(),
    ("PUT", "/latency"): lambda world: world.latency((1, 2)),
    ("DELETE", "/latency"): lambda world: world.drop_latency(),
    ("GET", "/on-disconnect"): lambda world: world.on_disconnect(),
    ("PUT", "/on-disconnect"): lambda world: world.on_disconnect("finish"),
    ("GET", "/transitions"): lambda world: world.transitions(),
    ("PUT", "/transitions"): lambda world: world.transitions("immediate"),
    ("DELETE", "/transitions"): lambda world: world.drop_transitions(),
    ("GET", "/scripts"): lambda world: world.scripts(),
    ("POST", "/scripts"): lambda world: world.script("It rains."),
    ("DELETE", "/scripts"): lambda world: world.drop_scripts(),
    ("DELETE", "/scripts/{name}"): lambda world: world.drop_script(world.script("It rains.")),
    ("GET", "/scenarios"): lambda world: world.scenarios(),
    ("POST", "/scenarios/{name}"): lambda world: world.create_namespace(seed=SEED).use_scenario("busy"),
    ("GET", "/sessions"): lambda world: world.sessions(),
    ("GET", "/sessions/{session_id}"): lambda world: world.session(SESSION),
    ("GET", "/sessions/{session_id}/messages"): lambda world: world.messages(SESSION),
    ("GET", "/sessions/{session_id}/executions"): lambda world: world.executions(SESSION),
    ("GET", "/sessions/{session_id}/events"): lambda world: world.stream(SESSION),
    ("GET", "/sessions/{session_id}/graph"): lambda world: world.session_graph(SESSION),
    ("GET", "/configurations"): lambda world: world.configurations(),
    ("GET", "/configurations/{config_hash}"): lambda world: world.configuration(
        world.configurations()[0]["config_hash"]
    ),
    ("POST", "/configurations/check"): lambda world: world.check_configuration("name: X"),
    ("GET", "/coverage"): lambda world: world.coverage(),
    ("GET", "/gates"): lambda world: world.gates(),
    ("POST", "/gates/{name}/open"): lambda world: world.open_gate("slow"),
    ("POST", "/gates/{name}/close"): lambda world: world.close_gate("slow"),
    ("POST", "/gates/{name}/answer"): answered_by_hand,
    ("POST", "/provider-states"): lambda world: world.provider_state("empty"),
}


@pytest.mark.parametrize("row", CONTROL, ids=lambda row: f"{row.method} {row.path}")
def test_every_operation_of_the_control_plane_has_a_method(
    world: EmulatorNamespace, row: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    send = Connections.open

    def noted(self: Connections, method: str, target: str, *arguments: Any) -> Any:
        asked.append((method, target.partition("?")[0].removeprefix(addresses.CONTROL)))
        return send(self, method, target, *arguments)

    monkeypatch.setattr(Connections, "open", noted)
    CALLS[row.method, row.path](world)
    pattern = re.sub(r"{\w+}", "[^/]+", row.path)
    assert [path for method, path in asked if method == row.method and re.fullmatch(pattern, path)]


@pytest.mark.parametrize("module", WITH_EXAMPLES, ids=lambda module: module.__name__)
def test_the_examples_run(server: EmulatorServer, module: ModuleType) -> None:
    names = {**vars(module), "url": server.url, "client": server.client}
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(module, globs=names):
        runner.run(example)
    assert runner.summarize().failed == 0
    assert runner.tries > 0


@pytest.mark.parametrize(
    "name", ["EmulatorClient", "EmulatorNamespace", "EmulatorServer"], ids=lambda name: name.removeprefix("Emulator")
)
def test_the_package_offers_its_classes(name: str) -> None:
    assert getattr(atthene_emulator, name).__name__ == name
    assert name in atthene_emulator.__all__


def test_the_package_offers_nothing_else() -> None:
    with pytest.raises(AttributeError, match="module 'atthene_emulator' has no attribute 'EmulatorCloud'"):
        atthene_emulator.EmulatorCloud  # noqa: B018


RECORDS = [one for one in vars(atthene_emulator.client).values() if dataclasses.is_dataclass(one)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_a_record_is_documented(record: type) -> None:
    words = set(re.findall(r"\w+", record.__doc__ or ""))
    shown = [field.name for field in dataclasses.fields(record) if not field.name.startswith("_")]
    assert len(RECORDS) > 10
    assert [name for name in shown if name not in words] == []


# Where it runs


@pytest.mark.parametrize("end", ["", "/", "/api/v1", "/api/v1/", "/__emulator", "/__emulator/"])
def test_an_address_may_be_that_of_either_part(server: EmulatorServer, end: str) -> None:
    with EmulatorClient(server.url + end) as client:
        assert (client.url, client.base_url, client.control_url) == (server.url, server.base_url, server.control_url)
        assert client.health().status == "ok"


def test_an_address_may_lack_the_scheme(server: EmulatorServer) -> None:
    with EmulatorClient(server.url.removeprefix("http://")) as client:
        assert client.health().version == atthene_emulator.__version__


def test_proxies_and_passwords_of_the_environment_are_ignored(
    server: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with EmulatorClient(server.url) as client, client.create_namespace() as world:
        assert execute(world)["status"] == "completed"


def test_nobody_there_is_unreachable(free_url: str) -> None:
    with EmulatorClient(free_url) as client, pytest.raises(EmulatorUnreachable) as error:
        client.health()
    assert str(error.value) == (
        f"No emulator answers at {free_url}; start one with `atthene-emulator serve`, or name another URL (--url)."
    )


@pytest.mark.parametrize("url", ["http://", "gopher://localhost", "http://[::1"])
def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    with EmulatorClient(url) as client, pytest.raises(EmulatorUnreachable):
        client.health()


def test_an_emulator_that_takes_too_long_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with EmulatorClient(url, timeout=0.05) as client, pytest.raises(EmulatorUnreachable) as error:
            client.health()
    assert str(error.value) == f"The emulator at {url} did not answer within 0.05 s."


class Stranger(BaseHTTPRequestHandler):
    """A server that is no emulator: each path answers with the body and the status that it is."""

    answers: ClassVar = {
        "/health": (200, "<html>Hello</html>"),
        "/state": (404, "<html>Not here</html>"),
        "/namespaces": (401, '{"error": {"type": "authentication_error", "message": "No"}}'),
        "/clock": (400, '{"error": "bad"}'),
        "/ready": (302, ""),
    }

    def do_GET(self) -> None:
        status, text = self.answers[self.path.removeprefix(addresses.CONTROL)]
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[EmulatorClient]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with EmulatorClient(f"http://127.0.0.1:{server.server_port}") as client:
            yield client
        server.shutdown()
        thread.join()


def test_another_service_that_has_a_health_is_no_emulator(
    stranger: EmulatorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Stranger.answers, "/health", (200, '{"status": "up"}'))
    with pytest.raises(EmulatorUnreachable, match=r'is no emulator: it says {"status": "up"}'):
        stranger.health()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (EmulatorClient.health, "200 <html>Hello</html>"),
        (EmulatorClient.state, "404 <html>Not here</html>"),
        (EmulatorClient.namespaces, '401 {"error": {"type": "authentication_error", "message": "No"}}'),
        (EmulatorClient.clock, '400 {"error": "bad"}'),
    ],
    ids=["page", "no page", "another service", "other errors"],
)
def test_another_server_is_no_emulator(
    stranger: EmulatorClient, ask: Callable[[EmulatorClient], object], said: str
) -> None:
    with pytest.raises(EmulatorUnreachable) as error:
        ask(stranger)
    assert str(error.value) == f"What answers at {stranger.url} is no emulator: it says {said}"


def test_a_refusal_has_the_words_of_the_emulator_and_each_mistake(world: EmulatorNamespace) -> None:
    with pytest.raises(EmulatorRefused) as refused:
        world.add_scripts([{"wen": 1}])
    assert refused.value.status == 400
    assert refused.value.message == "These are no scripts"
    assert refused.value.problems == (
        Problem("scripts.0.wen", "wen is not known here; did you mean when?"),
        Problem("scripts.0.then", "then is required."),
    )
    assert str(refused.value) == (
        "These are no scripts: scripts.0.wen: wen is not known here; did you mean when?\n"
        "  scripts.0.then: then is required."
    )


def test_a_control_token_is_sent() -> None:
    with EmulatorServer(seeds=("empty",), control_token="open sesame") as server, server.client as client:
        assert client.ready()
        with client.create_namespace() as world:
            assert world.state()["counts"]["accounts"] == 1
        with EmulatorClient(server.url) as other:
            assert other.ready()
            with pytest.raises(EmulatorRefused) as refused:
                other.health()
    assert refused.value.status == 401


@pytest.mark.parametrize("token", ["", " "])
def test_an_empty_control_token_is_refused(token: str) -> None:
    with pytest.raises(SetupError, match="control token is empty"):
        EmulatorClient("http://localhost", token)


@pytest.mark.parametrize("token", ["schlüssel", "a\nb"])
def test_a_control_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(SetupError, match="no header can carry"):
        EmulatorClient("http://localhost", token)


# Namespaces


def test_health_says_what_runs(client: EmulatorClient, world: EmulatorNamespace) -> None:
    health = client.health()
    assert (health.status, health.version, health.contract) == ("ok", atthene_emulator.__version__, "current")
    assert health.namespaces == len(client.namespaces()) >= 2
    assert world.namespace in [one.name for one in client.namespaces()]


def test_the_imitated_api_is_described(client: EmulatorClient) -> None:
    assert "runtime.execute" in [row["name"] for row in client.operations()]
    assert client.openapi()["openapi"].startswith("3.1.")
    assert client.openapi(control=True)["x-plane"] == "control"
    assert client.asyncapi()["asyncapi"] == "3.0.0"
    assert client.evidence()


def test_two_namespaces_share_nothing(client: EmulatorClient, world: EmulatorNamespace) -> None:
    with client.create_namespace() as other:
        world.script("It rains.")
        assert (reply(world), len(world.journal())) == ("It rains.", 1)
        assert other.journal() == ()
        assert world.api_key != other.api_key


def test_a_namespace_is_gone_when_it_was_left(client: EmulatorClient) -> None:
    with client.create_namespace("short-lived") as world:
        assert repr(world) == f"EmulatorNamespace('{client.url}', 'short-lived')"
    assert "short-lived" not in [one.name for one in client.namespaces()]
    with pytest.raises(EmulatorRefused, match="There is no namespace 'short-lived' any more: it was deleted"):
        world.reset()


def test_a_namespace_that_is_gone_can_be_looked_at(client: EmulatorClient) -> None:
    with client.create_namespace() as world:
        execute(world)
    assert [one.content for one in world.journal()] == ["How is the weather?"]
    newest = client.namespaces(deleted=True)[len(client.namespaces())]
    assert (newest.name, newest.api_key) == (world.namespace, None)
    assert newest.deleted_at is not None


def test_a_namespace_that_is_gone_already_may_be_left(client: EmulatorClient) -> None:
    with client.create_namespace() as world:
        world.delete()


def test_the_default_namespace_stays_when_it_is_left(server: EmulatorServer) -> None:
    with EmulatorNamespace(server.url, "default", server.api_key) as world:
        assert world.http.get(f"{world.base_url}/sessions/", timeout=10).status_code == 200
    assert server.client.namespaces()[0].name == "default"


def test_what_cannot_be_deleted_is_said(client: EmulatorClient) -> None:
    with pytest.raises(EmulatorRefused, match="default cannot be deleted"):
        EmulatorNamespace(client.url, "default", "key").delete()


def test_a_namespace_starts_from_a_seed(client: EmulatorClient) -> None:
    with client.create_namespace(seed="busy") as busy, client.create_namespace(seed=SEED) as own:
        assert busy.state()["counts"]["sessions"] == 500
        assert own.clock() == ClockState("frozen", "2025-01-15T10:30:00Z")


def test_a_namespace_goes_on_from_another(client: EmulatorClient, world: EmulatorNamespace) -> None:
    world.snapshot("before")
    world.script("It rains.")
    with client.create_namespace(fork_of=world.namespace) as fork:
        assert reply(fork) == "It rains."
    with client.create_namespace("old", fork_of=world.namespace, snapshot="before") as old:
        assert reply(old) != "It rains."


def test_a_client_may_be_about_a_namespace(server: EmulatorServer, world: EmulatorNamespace) -> None:
    with EmulatorClient(server.url, namespace=world.namespace) as client:
        client.clear()
    assert world.state()["counts"]["sessions"] == 0


def test_a_reset_goes_back_to_the_seed(world: EmulatorNamespace) -> None:
    world.clear()
    world.script("It rains.")
    assert world.reset("scripts") == ("scripts",)
    assert (world.state()["counts"]["sessions"], len(world.scripts())) == (0, 4)
    assert world.reset() == (
        "state",
        "scripts",
        "faults",
        "rate_limit",
        "latency",
        "on_disconnect",
        "transitions",
        "clock",
    )
    assert world.state()["counts"]["sessions"] == 1


def test_snapshots_are_kept_and_carried_elsewhere(world: EmulatorNamespace) -> None:
    taken = world.snapshot("full")
    assert (taken.name, taken.agents, taken.sessions) == ("full", 2, 1)
    assert world.snapshots() == (taken,)
    document = world.export_snapshot("full")
    world.drop_snapshot("full")
    assert world.snapshots() == ()
    assert world.import_snapshot("again", document).sessions == 1
    world.clear()
    assert world.restore("again").name == "again"
    assert world.state()["counts"]["sessions"] == 1


def test_names_are_quoted_in_paths(world: EmulatorNamespace) -> None:
    with pytest.raises(EmulatorRefused, match=r"no snapshot 'ä \?'"):
        world.restore("ä ?")


def test_a_scenario_is_switched_to(client: EmulatorClient) -> None:
    with client.create_namespace(seed=SEED) as world:
        busy = Scenario("busy", "Too much to do", active=False)
        assert busy in world.scenarios()
        assert world.use_scenario("busy") == Scenario("busy", "Too much to do", active=True)
        assert world.http.get(f"{world.base_url}/sessions/", timeout=10).status_code == 503
        world.provider_state("busy", action="teardown")
        assert world.http.get(f"{world.base_url}/sessions/", timeout=10).status_code == 200


# Requests


def test_the_journal_has_what_was_asked(world: EmulatorNamespace) -> None:
    execute(world)
    (entry,) = world.journal(operation="runtime.execute", status=200, method="POST", session_id=SESSION)
    assert (entry.content, entry.outcome, entry.script) == ("How is the weather?", "default_answer", ("default",))
    assert str(entry) == f"POST /api/v1/runtime/{SESSION}/execute/ → 200 default_answer · default"
    assert world.journal(status=404) == ()
    assert world.journal(limit=1, offset=1) == ()
    world.clear_journal()
    assert world.journal() == ()


def test_an_entry_is_shown_with_short_bodies(world: EmulatorNamespace) -> None:
    world.http.get(f"{world.base_url}/sessions/nowhere/", params={"deep": "1"}, timeout=10)
    world.http.post(f"{world.base_url}/agent/", data="x" * 1000, timeout=10)
    missing, broken = world.journal()
    assert missing.with_bodies() == (
        "GET /api/v1/sessions/nowhere/?deep=1 → 404 not_found\n"
        '    < {"error": {"type": "not_found", "message": "Session not found"}}'
    )
    assert broken.with_bodies().split("\n")[1] == f"    > {'x' * 239}…"


@pytest.mark.parametrize("contract", ["current", "reference", "connecting"])
def test_a_reply_that_does_not_fit_is_shown_in_whole(world: EmulatorNamespace, contract: str) -> None:
    reply = "It is a long story.\n" * 40 + "The end"
    world.add_scripts([{"name": "long", "when": {"content": "Tell"}, "then": {"reply": reply}}])
    world.http.post(
        f"{world.base_url}/runtime/{SESSION}/execute/",
        json={"content": "Tell"},
        headers={"X-Emulator-Contract": contract},
        timeout=10,
    )
    (entry,) = world.journal()
    lines = entry.with_bodies().split("\n")
    assert lines[2].startswith("    < {")
    assert lines[3] == f"    < … {json.dumps(reply)}"
    assert len(lines) == 4


def test_a_page_of_history_is_shortened_all_the_same(world: EmulatorNamespace) -> None:
    world.http.get(f"{world.base_url}/runtime/{SESSION}/messages/", timeout=10)
    (entry,) = world.journal()
    assert len(entry.with_bodies().split("\n")) == 2


def test_of_a_very_long_message_the_end_is_counted() -> None:
    assert quoted_text("x" * 12_000).endswith('xxx" … 2,000 characters more')


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({"content": "Hi"}, "Hi"),
        (
            {"content": [{"type": "text", "text": "One"}, {"type": "image_url"}, {"type": "text", "text": "Two"}]},
            "One\nTwo",
        ),
        ({"content": 7}, None),
        ({}, None),
        ("content: Hi", None),
        (None, None),
    ],
    ids=["text", "blocks", "number", "nothing", "YAML", "no body"],
)
def test_the_content_of_an_entry_is_the_users_text(body: Any, content: str | None) -> None:
    entry = JournalEntry(
        "req_000001", "2025-01-15T10:30:00Z", None, "POST", "/", "", {}, body, 0, None, 1.0, "aborted", None, (), "", (),
        delivered=False,
    )  # fmt: skip
    assert entry.content == content
    assert str(entry) == "POST / → no answer aborted"


def test_requests_are_waited_for(world: EmulatorNamespace) -> None:
    execute(world)
    (first,) = world.wait(operation="runtime.execute")
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(world.wait, after=first.id, status=200)
        execute(world, "And tomorrow?")
        assert [one.content for one in coming.result()] == ["And tomorrow?"]


def test_the_journal_of_all_namespaces_says_where_each_request_came(
    client: EmulatorClient, world: EmulatorNamespace
) -> None:
    execute(world)
    world.fault(503, operation="runtime.execute")
    execute(world)
    found = client.journal(everywhere=True, tail=2)
    assert [(one.namespace, one.fault) for one in found] == [(world.namespace, None), (world.namespace, "503")]


def test_waiting_in_vain_says_what_came_instead(world: EmulatorNamespace) -> None:
    execute(world)
    with pytest.raises(AssertionError) as failed:
        world.wait(2, 0.01, operation="runtime.execute", status=429)
    (said,) = str(failed.value).splitlines()
    assert said.startswith(
        "0 of 2 requests with operation runtime.execute, status 429 came within 0.01 s; 1 others came: req_"
    )
    assert said.endswith("status is 200, not 429")


def test_a_wait_that_could_never_end_is_refused(world: EmulatorNamespace) -> None:
    with pytest.raises(EmulatorRefused, match="operation must be"):
        world.wait(operation="runtime.exceute")


@pytest.mark.parametrize(
    "wait", [lambda world: world.wait(timeout=0.01), lambda world: world.gate("g").wait_until_waiting(timeout=0.01)]
)
def test_waiting_in_vain_within_an_event_loop_says_that_it_is_blocked(
    world: EmulatorNamespace, wait: Callable[[EmulatorNamespace], None]
) -> None:
    async def program() -> None:
        wait(world)

    with pytest.raises(AssertionError, match=r"has blocked the event loop .* AsyncEmulatorClient"):
        asyncio.run(program())
    with pytest.raises(AssertionError) as outside:
        wait(world)
    assert "loop" not in str(outside.value)


def test_events_tell_what_happens(world: EmulatorNamespace) -> None:
    with closing(world.events()) as events:
        world.advance(1)
        execute(world)
        moved, asked = next(events), next(events)
    assert (moved.kind, moved.data["path"]) == ("control", "/__emulator/clock/advance")
    assert (asked.kind, asked.data["operation"], asked.id) == ("request", "runtime.execute", moved.id + 1)
    with closing(world.events(after=moved.id)) as events:
        assert next(events) == asked


def test_events_of_all_namespaces_say_where_they_happen(client: EmulatorClient) -> None:
    with closing(client.events(everywhere=True)) as events:
        with client.create_namespace("watched") as world:
            execute(world)
        told = [(event.kind, event.data["namespace"]) for event in (next(events) for _ in range(4))]
    assert [kind for kind, namespace in told if namespace == "watched"] == ["namespace", "request", "namespace"]
    assert ("control", "default") in told  # where it stands among another's events is not promised


def test_events_end_with_their_namespace(world: EmulatorNamespace) -> None:
    events = world.events()
    world.delete()
    assert list(events) == []


# Scripts and faults


@pytest.mark.parametrize(
    ("arguments", "parts", "answers"),
    [
        (("It rains.",), {}, ["It rains."] * 3),
        (("It rains.",), {"content": "How is the weather?", "agent": "main"}, ["It rains."] * 3),
        ((["It rains.", "It pours."],), {}, ["It rains.", "It pours.", "It pours."]),
        (([{"reply": "It rains."}, "It pours."],), {"usage": {"input_tokens": 1, "output_tokens": 2}}, ["It rains.", "It pours.", "It pours."]),
        (({"reply": "It rains.", "delay_ms": 1},), {"turn": {"from": 2}}, ["It rains."] * 3),
        (({"when": {"content": {"contains": "weather"}}, "then": {"reply": "It rains."}},), {}, ["It rains."] * 3),
    ],
    ids=["text", "with conditions", "one for each match", "steps", "step", "whole"],
)  # fmt: skip
def test_a_script_is_said_in_one_line(
    world: EmulatorNamespace, arguments: tuple[Any], parts: Any, answers: list[str]
) -> None:
    name = world.script(*arguments, **parts)
    assert [reply(world) for _ in range(3)] == answers
    script = world.scripts()[0]
    assert (script.name, script.source, script.hits, script.times) == (name, "added", 3, None)


def test_a_script_has_a_name_and_steps_aside(world: EmulatorNamespace) -> None:
    assert world.script("It rains.", name="rain", times=1) == "rain"
    assert reply(world) == "It rains."
    assert reply(world) != "It rains."
    shown = {"when": {}, "then": {"reply": "It rains."}}
    assert world.scripts()[0] == Script("rain", "added", hits=1, times=1, **shown)
    world.script("It pours.", name="pour")
    world.drop_script("rain")
    assert [one.name for one in world.scripts() if one.source == "added"] == ["pour"]
    world.drop_scripts()
    assert {one.source for one in world.scripts()} == {"seed"}


def test_a_script_need_not_reply(world: EmulatorNamespace) -> None:
    world.script(error={"type": "tool_error", "message": "No weather today"}, has_image=False)
    execute(world)
    (execution,) = world.executions(SESSION)
    assert (execution.status, execution.error) == ("error", {"type": "tool_error", "message": "No weather today"})


def test_what_no_script_has_is_a_mistake_in_the_test(world: EmulatorNamespace) -> None:
    with pytest.raises(TypeError, match="has no contents; it has agent, agent_key, session, turn, content, "):
        world.script("It rains.", contents="weather")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="was given a whole script; write name into it"):
        world.script({"then": {"reply": "It rains."}}, name="rain")


def test_a_fault_strikes_what_it_is_about(world: EmulatorNamespace) -> None:
    fault = world.fault(429, operation="runtime.execute", times=1, retry_after=7)
    assert (fault.kind, fault.entry["retry_after"]) == ("error", 7)
    assert execute(world)["error"]["type"] == "rate_limit_error"
    assert execute(world)["status"] == "completed"
    assert [(one.id, one.matched, one.fired) for one in world.faults()] == [(fault.id, 2, 1)]
    world.drop_fault(fault.id)
    assert world.faults() == ()


@pytest.mark.parametrize(
    ("what", "parts", "kind"),
    [("drop", {}, "drop"), (None, {"delay_ms": 1}, "delay"), ({"status": 503}, {"id": "down"}, "error")],
    ids=["kind", "parts", "whole"],
)
def test_a_fault_is_said_in_one_line(world: EmulatorNamespace, what: Any, parts: Any, kind: str) -> None:
    assert world.fault(what, **parts).kind == kind
    world.drop_faults()
    assert world.faults() == ()


def test_a_rate_limit_is_set_and_dropped(world: EmulatorNamespace) -> None:
    assert world.rate_limit() is None
    assert world.rate_limit(1, per_seconds=30) == RateLimit(1, 30, "key")
    assert "messages" in execute(world)
    assert execute(world)["error"]["type"] == "rate_limit_error"
    world.drop_rate_limit()
    assert world.rate_limit() is None


# Time and gates


@pytest.mark.parametrize(
    "at", ["2025-01-15T10:30:00Z", datetime(2025, 1, 15, 10, 30, tzinfo=UTC)], ids=lambda at: type(at).__name__
)
def test_the_clock_is_frozen_and_moved(world: EmulatorNamespace, at: Any) -> None:
    assert world.freeze(at) == ClockState("frozen", "2025-01-15T10:30:00Z")
    assert world.advance(1.5).now == "2025-01-15T10:30:01Z"
    assert world.freeze().now == "2025-01-15T10:30:01Z"
    assert world.run().mode == world.clock().mode == "running"


def test_an_execution_is_held_at_a_gate(world: EmulatorNamespace) -> None:
    world.script("At last.", gate="slow")
    gate = world.gate("slow")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(reply, world)
        gate.wait_until_waiting()
        assert world.gates() == (GateState("slow", open=False, waiting=1, sessions=(SESSION,)),)
        gate.open()
        assert answer.result() == "At last."
    assert (gate.waiting, world.gates()[0].open) == (0, True)
    gate.close()
    assert world.gates() == ()


def test_who_waits_at_a_gate_is_answered_by_hand(world: EmulatorNamespace) -> None:
    world.script("At last.", gate="by-hand")
    gate = world.gate("by-hand")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(reply, world)
        gate.wait_until_waiting()
        assert gate.answer("Typed.", thinking="Hm.") == Answered(SESSION, 2)
        assert answer.result() == "Typed."
    assert world.gates() == ()
    with pytest.raises(EmulatorRefused, match="Nobody waits at the gate by-hand"):
        world.answer("by-hand", "Too late.")


def test_nobody_at_a_gate_is_said(world: EmulatorNamespace) -> None:
    with pytest.raises(NobodyWaits, match=r"0 of 1 executions wait at the gate slow after 0\.02 s"):
        world.gate("slow").wait_until_waiting(timeout=0.02)


def test_a_gate_is_waited_at_by_the_clock_however_long_looking_takes() -> None:
    looks: list[bool] = []

    def slow() -> tuple[GateState, ...]:
        looks.append(Event().wait(0.06))
        return ()

    gates: Any = SimpleNamespace(gates=slow)
    with pytest.raises(NobodyWaits):
        Gate(gates, "slow").wait_until_waiting(timeout=0.1)
    assert len(looks) <= 3


# Executions


def test_executions_have_their_path(world: EmulatorNamespace) -> None:
    session = start(world, "research_assistant")
    execute(world, session=session)
    (execution,) = world.executions(session)
    assert isinstance(execution, Execution)
    assert (execution.turn, execution.status, execution.agents) == (1, "completed", ("researcher", "writer"))
    assert execution.path[1] == Move("researcher", "writer", None, "edge")
    assert world.coverage()[0]["executions"] in (0, 1)


def test_a_pause_tells_what_a_person_is_asked(world: EmulatorNamespace) -> None:
    mail = {"name": "Mail", "agent_type": "react_agent", "tools": ["mail_delete_email"]}
    created = world.http.post(f"{world.base_url}/sessions/", json=mail, timeout=10)
    session = created.json()["session_id"]
    assert world.paused(session) is None
    world.freeze()
    world.script("Gone.", tool_calls=[{"name": "mail_delete_email", "arguments": {"id": 7}}])
    assert execute(world, session=session)["error"] == "Execution timeout (30s)"
    pause = world.paused(session)
    assert isinstance(pause, Pause)
    assert (pause.turn, pause.agent, pause.tool, pause.arguments) == (1, "main", "mail_delete_email", {"id": 7})
    assert (pause.source, pause.prompt) == ("mandatory", "Confirm action?")


def test_a_path_is_asserted(world: EmulatorNamespace) -> None:
    session = start(world, "research_assistant")
    execute(world, session=session)
    assert world.assert_path("researcher", "writer").turn == 1
    assert world.assert_path("START", "researcher", "writer", "END", session_id=session).status == "completed"


def test_another_path_is_shown_with_its_reasons(world: EmulatorNamespace) -> None:
    session = start(world, "research_assistant")
    execute(world, session=session)
    with pytest.raises(AssertionError) as error:
        world.assert_path("writer", "END")
    assert str(error.value) == (
        f"Execution 1 of {session} (completed) ran researcher → writer, not writer → END; its path was\n"
        "  __start__ → researcher: entry point\n"
        "  researcher → writer: edge\n"
        "  writer → __end__: edge"
    )


def test_a_path_of_nothing_is_shown(world: EmulatorNamespace) -> None:
    with pytest.raises(AssertionError, match=r"^Nothing was executed$"):
        world.assert_path("main")
    with pytest.raises(AssertionError, match=rf"^Nothing was executed in {SESSION}$"):
        world.assert_path("main", session_id=SESSION)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"session_id": SESSION},
        {"content": " Hello there "},
        {"script": "greeting", "times": 1},
        {"times": 2},
        {"content": "Goodbye", "times": 0},
    ],
    ids=str,
)
def test_executions_are_asserted(world: EmulatorNamespace, wanted: Any) -> None:
    execute(world, "Hello there")
    execute(world)
    assert len(world.assert_executed(**wanted)) == wanted.get("times", len(world.assert_executed(**wanted)))


def test_executions_that_were_not_are_shown_with_what_came_instead(world: EmulatorNamespace) -> None:
    with pytest.raises(AssertionError) as error:
        world.assert_executed(content="Hello", script="greeting")
    assert str(error.value) == (
        "There was no execution with content 'Hello', script 'greeting'; no request came at all"
    )
    world.http.get(f"{world.base_url}/sessions/none/", timeout=10)
    with pytest.raises(AssertionError, match="There was no execution; this came:\n  GET /api/v1/sessions/none/ → 404"):
        world.assert_executed()
    execute(world)
    with pytest.raises(
        AssertionError, match=r"^There was 1 execution where 2 should be; this came:\n  POST .* 200 default_ans"
    ):
        world.assert_executed(times=2)
    with pytest.raises(AssertionError, match=f"no execution with session 'none'; this came:\n  POST .*{SESSION}"):
        world.assert_executed("none")


def test_requests_that_failed_are_no_executions(world: EmulatorNamespace) -> None:
    world.fault(429, times=1)
    world.fault("drop", operation="runtime.execute", after=1, times=1)
    execute(world)
    world.assert_executed(times=0)


def test_default_answers_are_asserted_away(world: EmulatorNamespace) -> None:
    execute(world, "Hello there")
    world.assert_no_default_answers()
    execute(world)
    with pytest.raises(AssertionError) as error:
        world.assert_no_default_answers()
    first, second, *_ = str(error.value).split("\n")
    assert first == (
        "No script answered 'How is the weather?'; add one, such as atthene.script('…', content='How is the weather?')"
    )
    assert second == f"  POST /api/v1/runtime/{SESSION}/execute/ → 200 default_answer · default"


def test_what_was_added_and_not_used_is_told(world: EmulatorNamespace) -> None:
    world.script("It rains.", name="rain", content="rain?")
    world.script("It snows.", name="snow", content="snow?")
    world.fault(429, id="limit", operation="agents.list")
    execute(world, "snow?")
    assert world.unused() == (
        'The script rain has answered nothing: {"name": "rain", "when": {"content": "rain?"}, "then": {"reply": "It rains."}}',
        'The fault limit has struck nothing: {"status": 429, "id": "limit", "operation": "agents.list"}',
    )
    world.reset()
    assert world.unused() == ()


# How it is reached


def test_a_connection_that_was_closed_meanwhile_is_opened_again(free_url: str) -> None:
    port = int(free_url.rpartition(":")[2])
    client = EmulatorClient(free_url)
    for _ in range(2):
        with EmulatorServer(seeds=("empty",), port=port):
            assert client.clock().mode == "running"


def test_threads_may_share_a_client(world: EmulatorNamespace) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda number: world.script("Hm.", name=f"n{number}"), range(100)))
    assert {one.name for one in world.scripts()} >= set(names)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\n", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], ids=["nothing", "half", "SSH"]
)
def test_what_speaks_no_http_is_unreachable(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def speak() -> None:
            with server.accept()[0] as peer:
                peer.recv(65536)
                peer.sendall(said)

        speaking = pool.submit(speak)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with EmulatorClient(url) as client, pytest.raises(EmulatorUnreachable):
            client.health()
        speaking.result()


def test_a_certificate_that_is_not_trusted_is_said(monkeypatch: pytest.MonkeyPatch, server: EmulatorServer) -> None:
    def refuse(plain: socket.socket, _: str) -> socket.socket:
        plain.close()
        raise ssl.SSLCertVerificationError

    monkeypatch.setattr(transport, "_encrypted", refuse)
    with pytest.raises(
        EmulatorUnreachable, match="is not trusted here; name the file of its authority in SSL_CERT_FILE"
    ):
        EmulatorClient(server.url.replace("http:", "https:")).health()


def test_a_server_that_does_not_encrypt_is_unreachable(server: EmulatorServer) -> None:
    with pytest.raises(EmulatorUnreachable):
        EmulatorClient(server.url.replace("http:", "https:")).health()


def test_whoever_waits_for_events_is_woken_when_they_are_closed(world: EmulatorNamespace) -> None:
    events = world.events()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(list, events)
        events.close()
        assert waiting.result(5) == []


def test_a_namespace_whose_http_nobody_uses_loads_no_requests(world: EmulatorNamespace) -> None:
    with world:
        assert "http" not in vars(world)


@pytest.mark.parametrize("content", [datetime(2025, 1, 15, tzinfo=UTC), float("nan"), {1, 2}], ids=type)
def test_what_json_has_no_word_for_is_said_so(server: EmulatorServer, content: Any) -> None:
    with pytest.raises(SetupError, match=r"^POST /namespaces cannot be sent, since JSON has no word for it: "):
        server.client.create_namespace(seed={"accounts": [{"id": content}]})
