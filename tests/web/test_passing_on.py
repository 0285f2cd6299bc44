"""What is passed on is answered as if it had come to its owner: an emulator that passes everything on stands before a real one."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import requests
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.exceptions import InvalidStatus

from atthene_emulator import EmulatorClient, EmulatorServer, server
from atthene_emulator.errors import Misuse
from atthene_emulator.web.app import create_app
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.passing_on.guard import PeerGuard
from atthene_emulator.web.passing_on.passed_back import NotOwner, OwnerUnreachable, PassedBack
from atthene_emulator.web.passing_on.relay import Relay
from atthene_emulator.web.passing_on.sender import received, send_not_mine, telling
from tests.conftest import Api
from tests.protocol.talking import request, talking
from tests.rows import filled, sent
from tests.web.socket.client import opened
from tests.web.test_events import Reader

SECRET = "known-to-all"
KEY = {"x-api-key": "test-key"}
SESSION = "session_abc123"
DOWNLOAD = filled("/sessions/{session_id}/artifacts/{artifact_id}/download/")
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=expires=)\d+|(?<=signature=)\w+")
OWN = ("date", "x-request-id")  # headers that differ from one answer to the next


def own(emulator: Any, **_: Any) -> ASGIApp:
    """An owner, which is reached by clients as well."""
    app = create_app(emulator)

    async def owner(scope: Scope, receive: Receive, send: Send) -> None:
        came = None
        if scope["type"] != "lifespan":
            with suppress(Misuse):  # of a client; the application refuses it
                came = received(scope, SECRET)
        await app(came or scope, receive, send)

    return owner


class Front:
    """Passes everything on: to `address`, and to `next_one` what comes back."""

    def __init__(self, address: str, next_one: str = "") -> None:
        self.address = address
        self.next_one = next_one
        self.relay = Relay(SECRET)
        self.passed_back: list[type[PassedBack]] = []

    def made(self, emulator: Any, **_: Any) -> ASGIApp:
        self._app = create_app(emulator)
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            self.relay.close()
            return
        try:
            await self.relay.pass_on(self.address, scope, receive, send)
        except PassedBack as back:
            self.passed_back.append(type(back))
            await self.relay.pass_on(self.next_one, scope, back.receive, send)


def started(made: Callable[..., ASGIApp]) -> EmulatorServer:
    """A server of ours for another application."""
    with patch.object(server, "create_app", made):
        return EmulatorServer()


@pytest.fixture(scope="module")
def owner() -> Iterator[EmulatorServer]:
    with started(own) as running:
        yield running


@pytest.fixture(scope="module")
def front(owner: EmulatorServer) -> Iterator[EmulatorServer]:
    with started(Front(owner.url).made) as running:
        yield running


@pytest.fixture
def direct(owner: EmulatorServer) -> Api:
    client = Api(owner)
    assert client.control("POST", "/reset?scope=state,scripts,faults,clock,journal").status_code == 200
    return client


@pytest.fixture
def passed(front: EmulatorServer, direct: Api) -> Api:
    assert direct is not None
    return Api(front)


def comparable(answer: requests.Response) -> tuple[int, dict[str, str], bytes]:
    """What two answers to the same request have in common: all but times, what is signed of them, and the port that they name."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in OWN}
    host = urlsplit(answer.url).netloc.encode()
    return answer.status_code, headers, MOMENT.sub(b"now", answer.content.replace(host, b"host"))


def both(direct: Api, passed: Api, method: str, path: str, **options: Any) -> list[requests.Response]:
    """The answers to a request that comes to the owner, and is passed on, from the same state."""
    answers = []
    for client in (direct, passed):
        direct.control("POST", "/reset")
        answers.append(client.request(method, path, **options))
    return answers


# Requests and answers


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_every_operation_answers_the_same(direct: Api, passed: Api, row: Operation) -> None:
    one, other = both(direct, passed, row.method, filled(row.path), **sent(row))
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("HEAD", "/sessions/", {}),
        ("OPTIONS", "/sessions/", {}),
        ("PUT", "/sessions/", {}),
        ("GET", "/sessions/?limit=1&offset=0", {}),
        ("GET", "/nowhere/%C3%A4%20b/", {}),
        ("GET", "/sessions/", {"headers": {"x-api-key": "wrong"}}),
        ("GET", "/sessions/", {"headers": {"X-Emulator-Fault": "429"}}),
        ("GET", "/sessions/", {"headers": {"X-Emulator-Fault": "502"}}),
        ("POST", "/sessions/", {"data": b"x" * 2_000_000, "headers": {"Content-Type": "application/json"}}),
        ("POST", "/sessions/", {"data": iter([b'{"name": ', b"1}"]), "headers": {"Content-Type": "application/json"}}),
        ("GET", DOWNLOAD, {}),
        ("GET", DOWNLOAD, {"headers": {"Range": "bytes=1-3"}}),
        ("GET", DOWNLOAD, {"headers": {"Range": "bytes=999999-"}}),
        ("HEAD", DOWNLOAD, {}),
        ("DELETE", f"/sessions/{SESSION}/", {"headers": {"Connection": "close"}}),
    ],
)
def test_what_is_unusual_is_answered_the_same(
    direct: Api, passed: Api, method: str, path: str, options: dict[str, Any]
) -> None:
    answers = []
    for client in (direct, passed):
        direct.control("POST", "/reset")
        given = (
            {**options, "data": iter([b'{"name": ', b"1}"])}
            if not isinstance(options.get("data", b""), bytes)
            else options
        )
        headers = {**KEY, **options.get("headers", {})}
        url = client.server.base_url + path
        answers.append(requests.request(method, url, timeout=10, **{**given, "headers": headers}))
    assert comparable(answers[0]) == comparable(answers[1])


def heard(running: EmulatorServer, *headers: str, line: str = "GET /api/v1/sessions/") -> tuple[bytes, str]:
    """What a request is answered with, byte by byte, and how the connection ends."""
    with socket.create_connection(("127.0.0.1", int(running.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(request(line, "x-api-key: test-key", *headers))
        data = b""
        try:
            while more := connection.recv(65536):
                data += more
        except ConnectionResetError:
            return data, "reset"
        return b"\r\n".join(
            one for one in data.split(b"\r\n") if not one.startswith((b"date:", b"x-request-id:"))
        ), "closed"


@pytest.mark.parametrize("kind", ["drop", "reset", "garbage", "truncate", "malformed", "503", "418", "drop;delay=20"])
@pytest.mark.parametrize("line", ["GET /api/v1/sessions/", f"GET /api/v1{DOWNLOAD}", "HEAD /api/v1/sessions/"])
def test_a_fault_looks_the_same(direct: Api, passed: Api, kind: str, line: str) -> None:
    headers = (f"X-Emulator-Fault: {kind}", "Connection: close")
    one, other = (heard(api.server, *headers, line=line) for api in (direct, passed))
    assert one == other
    entries = direct.control("GET", "/journal").json()
    assert len(entries) == 2, "it struck once each"


def test_requests_of_one_connection_are_answered_in_order(passed: Api) -> None:
    with talking(passed.server) as talk:
        talk.say(
            b"".join(request(f"GET /api/v1/sessions/?limit={limit}", "x-api-key: test-key") for limit in (1, 0, 1))
        )
        assert [talk.hear().status for _ in range(3)] == [200, 400, 200]


def test_a_body_is_read_only_when_it_is_wanted(passed: Api) -> None:
    head = ("Content-Type: application/json", "Expect: 100-continue", "Content-Length: 1000")
    with talking(passed.server) as talk:
        assert talk.ask("POST /api/v1/sessions/", *head, "x-api-key: wrong").status == 401
    with talking(passed.server) as talk:
        assert talk.ask("POST /api/v1/sessions/", *head, "x-api-key: test-key").status == 100
        talk.say(b"[" + b" " * 998 + b"]")
        assert talk.hear().status == 400


@pytest.mark.parametrize("framing", ["Content-Length: 200001", "Transfer-Encoding: chunked"])
def test_a_body_goes_as_it_comes(passed: Api, framing: str) -> None:
    pieces = [b"[", b" " * 99_999, b" " * 100_000, b"]"]
    with talking(passed.server) as talk:
        talk.say(request("POST /api/v1/sessions/", "x-api-key: test-key", "Content-Type: application/json", framing))
        for piece in pieces:
            talk.say(b"%x\r\n%b\r\n" % (len(piece), piece) if framing.endswith("chunked") else piece)
        if framing.endswith("chunked"):
            talk.say(b"0\r\n\r\n")
        assert talk.hear().status == 400


def test_a_body_that_is_no_body_is_refused_by_the_owner(direct: Api, passed: Api) -> None:
    answers = []
    for api in (direct, passed):
        with talking(api.server) as talk:
            talk.say(request("POST /api/v1/sessions/", "x-api-key: test-key", "Transfer-Encoding: chunked"))
            talk.say(b"5\r\nhello\r\nnonsense\r\n")
            answers.append(talk.hear())
    assert answers[0].status == answers[1].status == 400
    assert answers[0].error == answers[1].error


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it never came"


# Clients that leave, and what is followed


def test_the_owner_notices_that_a_client_leaves(direct: Api, passed: Api) -> None:
    direct.control("POST", "/scripts", json=[{"then": {"reply": "Done", "gate": "held"}}])
    with talking(passed.server) as talk:
        talk.say(
            request(f"POST /api/v1/runtime/{SESSION}/execute/", "x-api-key: test-key", body=b'{"content": "Hello"}')
        )
        until(lambda: bool(direct.control("GET", "/gates").json()))
    until(lambda: not direct.control("GET", "/gates").json())


def test_events_come_at_once(direct: Api, passed: Api) -> None:
    with Reader(passed) as reader:
        reader.greeted()
        for _ in range(3):
            direct.get("/sessions/")
            assert reader.event().data["operation"] == "sessions.list"


# Sockets


def test_a_socket_is_passed_on(passed: Api) -> None:
    with EmulatorClient(passed.server.url).create_namespace() as atthene, atthene.socket(SESSION) as one:
        atthene.script("It rains.")
        one.send("How is the weather?")
        assert [event.delta for event in one.until() if event.delta] == ["It", " rains."]
        assert one.text() == "It rains."


def test_large_messages_go_both_ways(passed: Api) -> None:
    text = "x" * 900_000
    with EmulatorClient(passed.server.url).create_namespace() as atthene, atthene.socket(SESSION, timeout=20) as one:
        atthene.script(text)
        one.send(text)
        assert one.text() == text


def ends(
    api: Api, query: str = "", headers: dict[str, str] | None = None, *said: str | bytes
) -> tuple[int | None, str]:
    """How a socket is closed that says something."""
    with opened(api, query, headers) as line:
        for one in said:
            line.connection.send(one)
        return line.closed()


@pytest.mark.parametrize(
    ("query", "headers", "said"),
    [
        ("", {}, ()),
        ("", {"x-api-key": "wrong"}, ()),
        ("", KEY, (" " * 1_100_000,)),
        ("", {**KEY, "X-Emulator-Fault": "close=4003"}, ()),
        ("", {**KEY, "X-Emulator-Fault": "drop"}, ()),
    ],
    ids=["no key", "wrong key", "too large", "closed", "cut off"],
)
def test_a_socket_ends_the_same(
    direct: Api, passed: Api, query: str, headers: dict[str, str], said: tuple[str, ...]
) -> None:
    assert ends(direct, query, headers, *said) == ends(passed, query, headers, *said)


def test_a_refused_upgrade_is_passed_on(direct: Api, passed: Api) -> None:
    answers = []
    for api in (direct, passed):
        with pytest.raises(InvalidStatus) as refused, opened(api, path="/nowhere/"):
            pass
        answers.append((refused.value.response.status_code, bytes(refused.value.response.body or b"")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_owner_hears_how_a_socket_is_closed(owner: EmulatorServer, direct: Api, passed: Api) -> None:
    told: list[str] = []
    with patch.object(
        owner.emulator, "listener", lambda _, entry, __: told.append(f"{entry.operation} {entry.status}")
    ):
        for api in (direct, passed):
            with opened(api) as line:
                assert line.pending() == []
                line.connection.close(4321, "Enough")
        until(lambda: [one.rpartition(" ")[2] for one in told].count("4321") == 2)
    half = len(told) // 2
    assert told[:half] == told[half:]


# Owners that are none


def vacant() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def foreign(_: Any, **__: Any) -> ASGIApp:
    """One who owns nothing any longer."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await receive() if scope["type"] == "websocket" else None
            await send_not_mine(scope, receive, send)

    return app


@pytest.fixture(params=[NotOwner, OwnerUnreachable], ids=["moved", "gone"])
def second(request: pytest.FixtureRequest, owner: EmulatorServer) -> Iterator[tuple[EmulatorServer, Front, type]]:
    """A front that finds the owner at the second try."""
    if request.param is OwnerUnreachable:
        front = Front(vacant(), owner.url)
        with started(front.made) as running:
            yield running, front, request.param
        return
    with started(foreign) as former:
        front = Front(former.url, owner.url)
        with started(front.made) as running:
            yield running, front, request.param


def test_what_came_back_is_passed_on_again(direct: Api, second: tuple[EmulatorServer, Front, type]) -> None:
    running, front, event = second
    api = Api(running)
    assert api.get("/sessions/").status_code == 200
    assert api.create_session()
    large = requests.post(
        f"{running.base_url}/sessions/", headers=KEY, data=iter([b"[", b" " * 900_000, b"]"]), timeout=10
    )
    assert large.status_code == 400
    with opened(api) as line:
        assert line.pending() == []
    assert front.passed_back == [event] * 4
    assert direct.get("/sessions/").status_code == 200


# Who passes on


def scope_of(**more: Any) -> Scope:
    return {
        "type": "http", "method": "GET", "scheme": "https", "client": ("10.1.2.3", 4711), "server": ("10.0.0.1", 443),
        "headers": [(b"host", b"emulator.example.com")], **more,
    }  # fmt: skip


def test_the_owner_knows_who_asked() -> None:
    scope = scope_of()
    told = telling(scope, SECRET, expects=True)
    inside = {**scope, "scheme": "http", "client": ("10.0.0.1", 9), "server": ("10.0.0.2", 8485)}
    inside["headers"] = [*scope["headers"], told, (b"expect", b"100-continue")]
    assert received(inside, SECRET) == scope
    assert received(scope, SECRET) is None
    with pytest.raises(Misuse, match="X-Emulator-Passed-On"):
        received(inside, "another")
    with pytest.raises(Misuse, match="X-Emulator-Passed-On"):
        received({**inside, "headers": [*inside["headers"], told]}, SECRET)
    with pytest.raises(Misuse, match="X-Emulator-Passed-On"):
        telling(inside, SECRET, expects=False)


@pytest.mark.parametrize("way", ["direct", "passed"])
def test_such_a_header_of_a_client_is_refused(request: pytest.FixtureRequest, way: str) -> None:
    api: Api = request.getfixturevalue(way)
    answer = requests.get(
        f"{api.server.base_url}/sessions/", headers={**KEY, "X-Emulator-Passed-On": "x {}"}, timeout=10
    )
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "emulator_error")


def guarded(emulator: Any, **_: Any) -> ASGIApp:
    app, guard = create_app(emulator), PeerGuard(own(emulator), SECRET)

    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        await (app if scope["type"] == "lifespan" else guard)(scope, receive, send)

    return chosen


def test_a_port_for_emulators_answers_nobody_else() -> None:
    with started(guarded) as inside, started(Front(inside.url).made) as front:
        assert Api(front).get("/sessions/").status_code == 200
        for header in ({}, {"X-Emulator-Passed-On": "another {}"}, {"Authorization": "Bearer token"}):
            answer = requests.get(f"{inside.base_url}/sessions/", headers={**KEY, **header}, timeout=10)
            assert (answer.status_code, answer.json()["error"]["type"]) == (403, "emulator_error")
        with pytest.raises(InvalidStatus, match="403"), opened(Api(inside)):
            pass
