"""An owner that was paused until others have taken over: nothing that it still remembers is answered, and nothing is written."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from atthene_emulator.addresses import API, CONTROL, SOCKET
from atthene_emulator.steady_clock import steady
from tests.kill.processes import Process, running
from tests.redis_server import RedisServer
from tests.web.socket.client import DIRECT, Line

TTL = 1.0  # seconds
PATIENCE = 20  # seconds for one answer, and for anything that is waited for
MADE, DEFAULT = "made", "default"


class World(NamedTuple):
    """Two emulators of one Redis, and a session in a namespace that the first of them owns.

    Attributes:
        owner: it has answered everything so far.
        other: it has answered nothing.
        stack: closes connections after the test.
    """

    redis: RedisServer
    owner: Process
    other: Process
    namespace: str
    session: str
    stack: ExitStack

    def line(self, process: Process) -> HTTPConnection:
        """A connection that an emulator has taken."""
        line = self.stack.enter_context(closing(HTTPConnection(*process.address, timeout=PATIENCE)))
        line.request("GET", f"{CONTROL}/health")
        assert line.getresponse().read()
        return line

    def send(self, line: HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> HTTPConnection:
        """Have a request reach an emulator; whether it answers is another thing."""
        given = {"x-api-key": "test-key", "x-emulator-namespace": self.namespace, "content-type": "application/json"}
        line.request(method, path, None if body is None else json.dumps(body), {**given, **headers})
        return line

    def say(self, line: HTTPConnection, content: str) -> HTTPConnection:
        """Have a turn reach an emulator."""
        return self.send(line, "POST", f"{API}/runtime/{self.session}/execute/", {"content": content})

    def history(self, process: Process) -> list[str]:
        """What was said to the agent, as soon as it is told."""
        line, end = self.line(process), steady() + PATIENCE
        while (answer := self.send(line, "GET", f"{API}/runtime/{self.session}/messages/").getresponse()).status == 503:
            answer.read()
            assert steady() < end, "it has not answered in time"
        assert answer.status == 200, answer.read()
        return said(answer.read())

    def socket(self, process: Process) -> ClientConnection:
        """One that has joined the session."""
        headers = {"x-api-key": "test-key", "x-emulator-namespace": self.namespace}
        url = "ws://{}:{}{}".format(*process.address, SOCKET)
        opened: ClientConnection = self.stack.enter_context(
            connect(url, additional_headers=headers, open_timeout=PATIENCE, close_timeout=1, **DIRECT)
        )
        Line(opened).send("connect", session_id=self.session)
        return opened

    @property
    def owner_lives(self) -> bool:
        """Whether Redis has the owner's heartbeats still."""
        found = self.redis.command("KEYS", "{atthene-emulator}:node:*")
        return found.startswith(b"*2\r\n")

    def overtake(self) -> None:
        """Pause the owner until it is none any more."""
        self.owner.pause()
        end = steady() + PATIENCE
        while self.owner_lives:
            assert steady() < end, "its heartbeats have not ended"


def said(history: bytes) -> list[str]:
    return [one["content"] for one in json.loads(history)["messages"] if one["role"] == "user"]


@pytest.fixture(params=[MADE, DEFAULT])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with RedisServer() as redis, ExitStack() as stack:
        places = [tmp_path / name for name in ("owner.log", "other.log")]
        owner, other = stack.enter_context(running([Process(redis.url, TTL, place) for place in places]))
        world = World(redis, owner, other, request.param, "session_abc123", stack)
        if request.param == MADE:
            made = world.send(world.line(owner), "POST", f"{CONTROL}/namespaces", {"name": MADE}).getresponse()
            assert made.status == 201, made.read()
        assert said_by(world.say(world.line(owner), "before"))
        address = redis.command("HGET", f"{{atthene-emulator}}:owner:{request.param}", "address")
        assert redis.command("EXISTS", b"{atthene-emulator}:node:" + address.split(b"\r\n")[1]) == b":1\r\n"
        yield world


def said_by(turn: HTTPConnection) -> str:
    """The id of the request of a turn that was answered, else nothing."""
    answer = turn.getresponse()
    body = answer.read()
    assert answer.status in (200, 503), body
    return answer.headers["x-request-id"] if answer.status == 200 else ""


def rest_of(stream: HTTPResponse) -> bytes:
    """What still comes of a stream that ends, without comments."""
    lines = []
    try:
        while line := stream.readline():
            lines.append(line)
    except (HTTPException, ConnectionError):
        pass
    return b"".join(line for line in lines if not line.startswith(b":") and line.strip())


def begun(stream: HTTPConnection) -> HTTPResponse:
    """The answer, when its first line was told."""
    answer = stream.getresponse()
    assert answer.readline() == b": hello\n"
    return answer


def test_who_was_paused_tells_nothing_of_what_it_remembers(world: World) -> None:
    owner, other = world.owner, world.other
    events = f"{CONTROL}/events"
    socket = world.socket(owner)
    assert Line(socket).pending() == []
    followed = begun(world.send(world.line(owner), "GET", events))
    first, second, third, fourth = (world.line(owner) for _ in range(4))

    world.overtake()
    reads = [
        world.send(first, "GET", f"{CONTROL}/sessions/{world.session}/messages"),
        world.send(second, "GET", f"{API}/runtime/{world.session}/messages/"),
    ]
    stream = world.send(third, "GET", events, **{"Last-Event-ID": "0"})
    late = world.say(fourth, "late")
    Line(socket).say("late, by a socket", session_id=world.session)
    end = steady() + PATIENCE
    while not (request_id := said_by(world.say(world.line(other), "meanwhile"))):
        assert steady() < end, "nobody takes over"

    owner.go_on()
    for read in reads:
        answer = read.getresponse()
        body = answer.read()
        assert answer.status == 503 or "meanwhile" in said(body), body
    is_told = bool(said_by(late))
    answer = stream.getresponse()
    if answer.status != 503:
        while request_id.encode() not in (line := answer.readline()):
            assert line, "the stream has ended without it"
    assert rest_of(followed) == b""
    assert Line(socket).closed()[0] in (1001, 1012)
    after = _says_by_socket(world, "after")

    history = world.history(owner)
    assert history == world.history(other)
    place = history.index("before") + 1
    assert history[place] == "meanwhile"
    assert sorted(history[place + 1 :]) == ["after"] * after + ["late"] * is_told


def _says_by_socket(world: World, content: str) -> bool:
    """Whether a turn by a new socket to who was the owner was answered."""
    try:
        Line(world.socket(world.owner)).turn(content, session_id=world.session)
    except (ConnectionClosed, InvalidStatus):
        return False
    return True
